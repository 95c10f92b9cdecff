//! The decoding state that every tensor network shares: caches, padding, rows that come and go.
//!
//! Rows may stand at different steps: self-attention caches are aligned at their last position, and what lies before
//! a row's first position is hidden by a mask.
use super::{candidates, Candidate, DecoderState, Edits, Seq2Seq};
use crate::{
    nn::{mask, Device, Kv},
    Error, Result,
};
use candle_core::{DType, Tensor};
use rayon::prelude::*;

/// What a step of a network may read and extend.
pub(super) struct Cache {
    /// Self-attention of each decoder layer; empty before the first step.
    pub own: Vec<Option<Kv>>,
    /// Cross-attention of each decoder layer, computed once for each source.
    pub cross: Vec<Kv>,
    /// Added to self-attention scores, over the positions after this step.
    pub own_mask: Option<Tensor>,
    /// Added to cross-attention scores.
    pub cross_mask: Option<Tensor>,
}

/// Sources padded to one length.
pub(super) struct Padded {
    /// Row-major, (rows, time).
    pub ids: Vec<u32>,
    pub lengths: Vec<usize>,
    pub time: usize,
    /// (rows, 1, 1, time), where any row is padded.
    pub mask: Option<Tensor>,
}

impl Padded {
    pub fn new(sources: &[&[u32]], pad: u32, device: &Device) -> Result<Self> {
        let lengths: Vec<usize> = sources.iter().map(|s| s.len()).collect();
        if lengths.contains(&0) {
            return Err(Error::new("a source has no tokens"));
        }
        let time = lengths.iter().copied().max().unwrap_or(0);
        let mut ids = Vec::with_capacity(time * sources.len());
        for s in sources {
            ids.extend_from_slice(s);
            ids.resize(ids.len() + time - s.len(), pad);
        }
        let mask = mask::after(&lengths, time, device)?;
        Ok(Self {
            ids,
            lengths,
            time,
            mask,
        })
    }
}

/// An encoder-decoder over tensors: what `transformer` and `t5` implement.
pub(super) trait Network: Send + Sync {
    fn device(&self) -> &Device;
    fn pad(&self) -> u32;
    /// Rows of the output projection.
    fn targets(&self) -> usize;
    fn layers(&self) -> usize;
    /// Positions of encoder and decoder, where they are limited.
    fn limits(&self) -> (Option<usize>, Option<usize>);
    /// -> (rows, time, dim)
    fn encode(&self, batch: &Padded) -> Result<Tensor>;
    /// (rows, time, dim) -> keys and values of each decoder layer.
    fn cross(&self, memory: &Tensor) -> Result<Vec<Kv>>;
    /// One token a row, at that row's own place -> logits (rows, vocab) and the last layer's cross-attention
    /// (rows, heads, 1, source time).
    fn decode(&self, tokens: &[u32], places: &[usize], cache: &mut Cache) -> Result<(Tensor, Tensor)>;
}

impl<N: Network> Seq2Seq for N {
    fn start(&self, sources: &[&[u32]]) -> Result<Box<dyn DecoderState + '_>> {
        let mut state = State::empty(self);
        state.admit(sources)?;
        Ok(Box::new(state))
    }

    fn vocab_size(&self) -> usize {
        self.targets()
    }

    fn max_source(&self) -> Option<usize> {
        self.limits().0
    }

    fn max_target(&self) -> Option<usize> {
        self.limits().1
    }
}

struct State<'a, N> {
    net: &'a N,
    own: Vec<Option<Kv>>,
    cross: Vec<Kv>,
    /// Source length of each row.
    lengths: Vec<usize>,
    /// Which source each row continues: rows that swap within a source need no new cross-attention cache.
    sources: Vec<usize>,
    admitted: usize,
    /// Tokens each row has been fed.
    places: Vec<usize>,
    /// (rows, heads, 1, source time) of the last step.
    attention: Option<Tensor>,
}

impl<'a, N: Network> State<'a, N> {
    fn empty(net: &'a N) -> Self {
        let own = vec![None; net.layers()];
        Self {
            net,
            own,
            cross: vec![],
            lengths: vec![],
            sources: vec![],
            admitted: 0,
            places: vec![],
            attention: None,
        }
    }

    fn time(&self) -> usize {
        self.places.iter().copied().max().unwrap_or(0)
    }

    /// Columns of the self-attention cache; more than `time` once the longest row has left.
    fn columns(&self) -> Result<usize> {
        Ok(self
            .own
            .first()
            .and_then(Option::as_ref)
            .map(Kv::time)
            .transpose()?
            .unwrap_or(0))
    }
}

impl<N: Network> DecoderState for State<'_, N> {
    fn step_into(&mut self, tokens: &[u32], edits: &[Edits], k: usize, found: &mut Vec<Vec<Candidate>>) -> Result<()> {
        let rows = self.places.len();
        if tokens.len() != rows || !(edits.is_empty() || edits.len() == rows) {
            return Err(Error::new(format!("a step of {} tokens for {rows} rows", tokens.len())));
        }
        found.clear();
        if rows == 0 {
            return Ok(());
        }
        let device = self.net.device();
        let (columns, source) = (self.columns()?, self.cross.first().map_or(Ok(0), Kv::time)?);
        let first: Vec<usize> = self.places.iter().map(|p| columns - p).collect();
        let mut cache = Cache {
            own: std::mem::take(&mut self.own),
            cross: std::mem::take(&mut self.cross),
            own_mask: mask::before(&first, columns + 1, device)?,
            cross_mask: mask::after(&self.lengths, source, device)?,
        };
        let decoded = self.net.decode(tokens, &self.places, &mut cache);
        self.own = cache.own;
        self.cross = cache.cross;
        let (logits, attention) = decoded?;
        self.attention = Some(attention);
        self.places.iter_mut().for_each(|p| *p += 1);
        let vocab = logits.dim(1)?;
        let mut logits = logits.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
        let best = |(r, row): (usize, &mut [f32])| candidates::best(row, edits.get(r), k);
        *found = logits.par_chunks_mut(vocab).enumerate().map(best).collect();
        Ok(())
    }

    fn select(&mut self, rows: &[usize]) -> Result<()> {
        if let Some(bad) = rows.iter().find(|&&r| r >= self.places.len()) {
            return Err(Error::new(format!("row {bad} of {}", self.places.len())));
        }
        if rows.is_empty() {
            *self = Self {
                admitted: self.admitted,
                ..Self::empty(self.net)
            };
            return Ok(());
        }
        if rows.iter().copied().eq(0..self.places.len()) {
            return Ok(());
        }
        let device = self.net.device();
        let index = device.ids(rows.iter().map(|&r| r as u32).collect(), &[rows.len()])?;
        let sources: Vec<usize> = rows.iter().map(|&r| self.sources[r]).collect();
        let keep = |values: &[usize]| -> Vec<usize> { rows.iter().map(|&r| values[r]).collect() };
        (self.lengths, self.places) = (keep(&self.lengths), keep(&self.places));
        let (time, columns) = (self.time(), self.columns()?);
        for kv in self.own.iter_mut().flatten() {
            *kv = kv.select(&index)?;
            if time < columns {
                *kv = kv.narrow(columns - time, time)?;
            }
        }
        if sources != self.sources {
            let longest = self.lengths.iter().copied().max().unwrap_or(0);
            for kv in &mut self.cross {
                *kv = kv.select(&index)?.narrow(0, longest)?;
            }
            self.sources = sources;
        }
        if let Some(attention) = &mut self.attention {
            *attention = attention.index_select(&index, 0)?;
        }
        Ok(())
    }

    fn admit(&mut self, sources: &[&[u32]]) -> Result<()> {
        if sources.is_empty() {
            return Ok(());
        }
        let batch = Padded::new(sources, self.net.pad(), self.net.device())?;
        let new = self.net.cross(&self.net.encode(&batch)?)?;
        if self.places.is_empty() {
            self.cross = new;
        } else {
            for (old, new) in self.cross.iter_mut().zip(new) {
                let (a, b) = (old.time()?, new.time()?);
                *old = old
                    .pad(0, b.saturating_sub(a))?
                    .stack(&new.pad(0, a.saturating_sub(b))?)?;
            }
            for kv in self.own.iter_mut().flatten() {
                *kv = kv.stack(&kv.zeros(sources.len())?)?;
            }
        }
        self.attention = None;
        self.sources.extend(self.admitted..self.admitted + sources.len());
        self.admitted += sources.len();
        self.lengths.extend(&batch.lengths);
        self.places.resize(self.lengths.len(), 0);
        Ok(())
    }

    fn attention(&self) -> Option<Vec<Vec<f32>>> {
        let mean = self
            .attention
            .as_ref()?
            .to_dtype(DType::F32)
            .ok()?
            .mean(1)
            .ok()?
            .squeeze(1)
            .ok()?;
        let mut rows = mean.to_vec2::<f32>().ok()?;
        for (row, &length) in rows.iter_mut().zip(&self.lengths) {
            row.truncate(length);
        }
        Some(rows)
    }
}
