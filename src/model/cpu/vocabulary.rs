//! The output projection with log-softmax, edits and top-k in its epilogue: logits live in one tile and no longer.
use crate::nn::{
    cpu::{
        kernels::{dispatch, Isa, Op, COLUMNS, ROWS},
        linear::Tile,
        ops,
        panels::Panels,
        Linear, Quantized, Rows,
    },
    Weights,
};
use crate::{
    model::{Candidate, Edits},
    Result,
};

pub(super) struct Vocabulary {
    linear: Linear,
}

/// What an edit does to a token.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Add(f32),
    Only,
    Ban,
}

/// One row's search through the vocabulary.
struct Best {
    /// Largest logit so far, and the sum of exp(logit - largest).
    largest: f32,
    sum: f32,
    /// The best so far, best first; logits until the end.
    found: Vec<Candidate>,
    /// By token, in the order in which they apply.
    changes: Vec<(u32, Change)>,
    next: usize,
    /// Only tokens with `Change::Only` count.
    only: bool,
}

impl Best {
    fn new(edits: Option<&Edits>, k: usize) -> Self {
        let mut changes = vec![];
        if let Some(edits) = edits {
            changes.extend(edits.add.iter().map(|&(t, bonus)| (t, Change::Add(bonus))));
            changes.extend(edits.only.iter().flatten().map(|&t| (t, Change::Only)));
            changes.extend(edits.ban.iter().map(|&t| (t, Change::Ban)));
            // Stable: additions stay before what keeps or bans the same token.
            changes.sort_by_key(|(t, _)| *t);
        }
        Self {
            largest: f32::NEG_INFINITY,
            sum: 0.0,
            found: Vec::with_capacity(k + 1),
            changes,
            next: 0,
            only: edits.is_some_and(|e| e.only.is_some()),
        }
    }

    /// Takes in the logits of tokens `first..`, which it may change.
    #[inline(always)]
    fn take<I: Isa>(&mut self, first: u32, logits: &mut [f32; COLUMNS], k: usize) {
        let mut largest = ops::largest(logits);
        if largest > self.largest {
            self.sum *= ops::exp::<I>(self.largest - largest);
            self.largest = largest;
        }
        let base = self.largest;
        let mut shares = [0f32; COLUMNS];
        for (share, logit) in shares.iter_mut().zip(&*logits) {
            *share = ops::exp::<I>(logit - base);
        }
        self.sum += ops::sum(&shares);
        let end = first + COLUMNS as u32;
        if self.changes.get(self.next).is_some_and(|(t, _)| *t < end) || self.only {
            self.change(first, logits);
            largest = ops::largest(logits);
        }
        let worst = self.worst(k);
        if largest > worst {
            self.insert(first, logits, k, worst);
        }
    }

    fn worst(&self, k: usize) -> f32 {
        match self.found.len() >= k {
            true => self.found.last().map_or(f32::INFINITY, |c| c.logp),
            false => f32::NEG_INFINITY,
        }
    }

    fn change(&mut self, first: u32, logits: &mut [f32; COLUMNS]) {
        let mut kept = [!self.only; COLUMNS];
        while let Some(&(token, change)) = self.changes.get(self.next) {
            let at = (token - first) as usize;
            if at >= COLUMNS {
                break;
            }
            match change {
                Change::Add(bonus) => logits[at] += bonus,
                Change::Only => kept[at] = true,
                Change::Ban => logits[at] = f32::NEG_INFINITY,
            }
            self.next += 1;
        }
        for (logit, kept) in logits.iter_mut().zip(kept) {
            if !kept {
                *logit = f32::NEG_INFINITY;
            }
        }
    }

    fn insert(&mut self, first: u32, logits: &[f32; COLUMNS], k: usize, mut worst: f32) {
        for (token, &logp) in (first..).zip(logits) {
            // NaN is refused too: a broken row yields no candidate rather than a wrong one.
            if logp.is_nan() || logp <= worst {
                continue;
            }
            let at = self.found.partition_point(|b| b.logp >= logp);
            self.found.insert(at, Candidate { token, logp });
            self.found.truncate(k);
            worst = self.worst(k);
        }
    }

    fn finish(mut self) -> Vec<Candidate> {
        let norm = self.largest + self.sum.ln();
        self.found.iter_mut().for_each(|c| c.logp -= norm);
        self.found.retain(|c| c.logp > f32::NEG_INFINITY);
        self.found
    }
}

struct Search<'a> {
    linear: &'a Linear,
    x: Rows<'a>,
    best: &'a mut [Best],
    k: usize,
}

impl Op for Search<'_> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let rows = self.best.len();
        let mut tile = Tile::new();
        for panel in 0..self.linear.outputs().div_ceil(COLUMNS) {
            for at in (0..rows).step_by(ROWS) {
                let count = (rows - at).min(ROWS);
                self.linear.tile::<I>(self.x, at, count, panel, &mut tile);
                for (best, logits) in self.best[at..at + count].iter_mut().zip(&mut tile.y.0) {
                    best.take::<I>((panel * COLUMNS) as u32, logits, self.k);
                }
            }
        }
    }
}

impl Vocabulary {
    /// `panels` is (vocab, dim); the checkpoint may hold a bias of logits.
    pub fn new(w: &Weights, panels: Panels, vocab: usize) -> Result<Self> {
        let name = "final_logits_bias";
        let bias = match w.contains(name) {
            true => w.get(name, &[1, vocab])?,
            false => vec![0.0; vocab],
        };
        Ok(Self {
            linear: Linear::new(panels, bias, f32::NEG_INFINITY),
        })
    }

    pub fn panels(&self) -> &Panels {
        &self.linear.panels
    }

    /// (rows, dim) -> each row's `k` best tokens after its edits, best first, ties by lower id.
    pub fn best(&self, x: &[f32], edits: &[Edits], k: usize, quantized: &mut Quantized) -> Vec<Vec<Candidate>> {
        let rows = x.len() / self.linear.inputs();
        let mut best: Vec<Best> = (0..rows).map(|r| Best::new(edits.get(r), k)).collect();
        dispatch(Search {
            linear: &self.linear,
            x: self.linear.prepare(x, quantized),
            best: &mut best,
            k,
        });
        best.into_iter().map(Best::finish).collect()
    }
}
