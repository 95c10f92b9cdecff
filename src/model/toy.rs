//! A model without weights: it echoes its source through a fixed bigram noise, so that the search and all above it
//! can be tested in microseconds, beams and constraints included.
use super::{candidates, config::Toy, Candidate, DecoderState, Edits, Seq2Seq};
use crate::{Error, Result};

pub struct ToyModel {
    config: Toy,
}

impl ToyModel {
    pub fn new(config: Toy) -> Self {
        Self { config }
    }

    /// Logits after `previous` at `place` of a source: noise of the bigram, and the echo of the source token there.
    fn logits(&self, previous: u32, source: &[u32], place: usize) -> Vec<f32> {
        let Toy {
            vocab_size,
            echo,
            noise,
            ..
        } = self.config;
        let mut row: Vec<f32> = (0..vocab_size as u32).map(|t| noise * bigram(previous, t)).collect();
        // Past its end a source asks for its last token again: the end-of-sequence token of the framing.
        if let Some(&wanted) = source.get(place).or(source.last()) {
            row[wanted as usize] += echo;
        }
        row
    }
}

/// A fixed pseudo-random number in 0..1 for each pair of tokens (SplitMix64's finalizer).
fn bigram(a: u32, b: u32) -> f32 {
    let mut z = (u64::from(a) << 32 | u64::from(b)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
}

impl Seq2Seq for ToyModel {
    fn start(&self, sources: &[&[u32]]) -> Result<Box<dyn DecoderState + '_>> {
        let mut state = State {
            model: self,
            rows: vec![],
        };
        state.admit(sources)?;
        Ok(Box::new(state))
    }

    fn vocab_size(&self) -> usize {
        self.config.vocab_size
    }

    fn max_source(&self) -> Option<usize> {
        self.config.max_positions
    }

    fn max_target(&self) -> Option<usize> {
        self.config.max_positions
    }
}

struct State<'a> {
    model: &'a ToyModel,
    /// Each row's source and the number of tokens it was fed.
    rows: Vec<(Vec<u32>, usize)>,
}

impl DecoderState for State<'_> {
    fn step_into(&mut self, tokens: &[u32], edits: &[Edits], k: usize, found: &mut Vec<Vec<Candidate>>) -> Result<()> {
        if tokens.len() != self.rows.len() {
            return Err(Error::new(format!(
                "a step of {} tokens for {} rows",
                tokens.len(),
                self.rows.len()
            )));
        }
        let step = |(r, (source, place)): (usize, &mut (Vec<u32>, usize))| {
            let mut row = self.model.logits(tokens[r], source, *place);
            *place += 1;
            candidates::best(&mut row, edits.get(r), k)
        };
        *found = self.rows.iter_mut().enumerate().map(step).collect();
        Ok(())
    }

    fn select(&mut self, rows: &[usize]) -> Result<()> {
        let row = |&r: &usize| {
            self.rows
                .get(r)
                .cloned()
                .ok_or_else(|| Error::new(format!("row {r} is not there")))
        };
        self.rows = rows.iter().map(row).collect::<Result<_>>()?;
        Ok(())
    }

    fn admit(&mut self, sources: &[&[u32]]) -> Result<()> {
        let Toy {
            vocab_size,
            max_positions,
            ..
        } = self.model.config;
        for source in sources {
            if max_positions.is_some_and(|most| source.len() > most) {
                return Err(Error::new(format!(
                    "{} tokens are more than the model's positions",
                    source.len()
                )));
            }
            if let Some(id) = source.iter().find(|&&id| id as usize >= vocab_size) {
                return Err(Error::new(format!(
                    "token {id} lies outside the vocabulary of {vocab_size}"
                )));
            }
            self.rows.push((source.to_vec(), 0));
        }
        Ok(())
    }

    fn attention(&self) -> Option<Vec<Vec<f32>>> {
        let row = |(source, place): &(Vec<u32>, usize)| {
            let at = place.saturating_sub(1).min(source.len().saturating_sub(1));
            (0..source.len()).map(|i| if i == at { 1.0 } else { 0.0 }).collect()
        };
        Some(self.rows.iter().map(row).collect())
    }
}
