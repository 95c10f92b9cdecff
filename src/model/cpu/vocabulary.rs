//! The output projection with log-softmax, edits and top-k in its epilogue: logits live in one tile and no longer.
use crate::nn::{
    cpu::{
        kernels::{dispatch, Isa, Op, COLUMNS, ROWS},
        linear::Tile,
        ops,
        panels::Panels,
        Linear, Precision, Quantized, Rows,
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

/// Logits may be this far above the base: e^60 times any vocabulary is still a number.
const NEAR: f32 = 60.0;

/// What an edit does to a token.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Add(f32),
    Only,
    Ban,
}

/// One row's search through the vocabulary.
struct Best {
    /// A logit near the largest, and the sums of exp(logit - base), in lanes.
    base: f32,
    sums: [f32; 16],
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
            base: f32::NEG_INFINITY,
            sums: [0.0; 16],
            found: Vec::with_capacity(k + 1),
            changes,
            next: 0,
            only: edits.is_some_and(|e| e.only.is_some()),
        }
    }

    /// Takes in the logits of tokens `first..`, which it may change.
    #[inline(always)]
    fn take<I: Isa>(&mut self, first: u32, logits: &mut [f32; COLUMNS], k: usize) {
        let worst = self.worst(k);
        let mut lanes = [f32::NEG_INFINITY; 16];
        for chunk in logits.as_chunks::<16>().0 {
            for (lane, &logit) in lanes.iter_mut().zip(chunk) {
                *lane = if logit > *lane { logit } else { *lane };
            }
        }
        // Nearly always nothing is new: one comparison says so.
        let is_over = |limit: f32| lanes.iter().fold(false, |any, &lane| any | (lane > limit));
        let news = is_over(worst.min(self.base + NEAR));
        if news {
            self.rebase::<I>(ops::largest(&lanes));
        }
        // Where all logits so far are -inf, so is the base.
        let base = self.base.max(f32::MIN);
        for chunk in logits.as_chunks::<16>().0 {
            for (sum, &logit) in self.sums.iter_mut().zip(chunk) {
                *sum += ops::exp_rough::<I>(logit - base);
            }
        }
        let end = first + COLUMNS as u32;
        if self.changes.get(self.next).is_some_and(|(t, _)| *t < end) || self.only {
            self.change(first, logits);
            self.insert(first, logits, k, worst);
        } else if news {
            self.insert(first, logits, k, worst);
        }
    }

    /// Takes a new base where `largest` is too far above the one there is.
    #[inline(always)]
    fn rebase<I: Isa>(&mut self, largest: f32) {
        if largest > self.base + NEAR || self.base == f32::NEG_INFINITY {
            let factor = ops::exp::<I>(self.base - largest);
            self.sums.iter_mut().for_each(|s| *s *= factor);
            self.base = largest;
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
        let norm = self.base + ops::sum(&self.sums).ln();
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
    pub fn new(w: &Weights, panels: Panels, vocab: usize, precision: Precision) -> Result<Self> {
        let name = "final_logits_bias";
        let bias = match w.contains(name) {
            true => w.get(name, &[1, vocab])?,
            false => vec![0.0; vocab],
        };
        Ok(Self {
            linear: Linear::new(panels, bias, f32::NEG_INFINITY).with_inputs(precision),
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
