//! The output projection with log-softmax, edits and top-k in its epilogue: logits live in one tile and no longer.
use crate::nn::{
    cpu::{
        kernels::{dispatch, Isa, Op, COLUMNS},
        linear::Take,
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

use std::f32::consts::LOG2_E;

/// Logits may be this far above the base: e^60 times any vocabulary is still a number.
const NEAR: f32 = 60.0;

/// A line of the cache, that it be read and written as one.
#[repr(align(64))]
struct Lanes([f32; 16]);

/// What an edit does to a token.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Add(f32),
    Only,
    Ban,
}

impl Change {
    /// Of changes to one token, which comes first.
    fn rank(self) -> u8 {
        match self {
            Self::Add(_) => 0,
            Self::Only => 1,
            Self::Ban => 2,
        }
    }
}

/// One row's search through the vocabulary.
pub(super) struct Best {
    /// A logit near the largest, and the sums of exp(logit - base), in lanes.
    base: f32,
    sums: Lanes,
    /// -base in powers of two, once there is one.
    shift: f32,
    /// Logits up to here change nothing: neither are they among the best, nor too far above the base.
    limit: f32,
    /// The best so far, best first; logits until the end.
    found: Vec<Candidate>,
    /// By token, in the order in which they apply.
    changes: Vec<(u32, Change)>,
    next: usize,
    /// The first token that is changed from here on.
    changed: u32,
    /// Only tokens with `Change::Only` count.
    only: bool,
}

impl Default for Best {
    fn default() -> Self {
        Self {
            base: f32::NEG_INFINITY,
            sums: Lanes([0.0; 16]),
            shift: 0.0,
            limit: f32::NEG_INFINITY,
            found: vec![],
            changes: vec![],
            next: 0,
            changed: 0,
            only: false,
        }
    }
}

impl Best {
    /// Begins anew, with the memory of `found` and its own.
    fn begin(&mut self, edits: Option<&Edits>, mut found: Vec<Candidate>) {
        let mut changes = std::mem::take(&mut self.changes);
        changes.clear();
        found.clear();
        if let Some(edits) = edits {
            changes.extend(edits.add.iter().map(|&(t, bonus)| (t, Change::Add(bonus))));
            changes.extend(edits.only.iter().flatten().map(|&t| (t, Change::Only)));
            changes.extend(edits.ban.iter().map(|&t| (t, Change::Ban)));
            changes.sort_unstable_by_key(|(t, change)| (*t, change.rank()));
        }
        *self = Self {
            found,
            changes,
            only: edits.is_some_and(|e| e.only.is_some()),
            ..Self::default()
        };
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        let next = self.changes.get(self.next).map_or(u32::MAX, |(t, _)| *t);
        self.changed = if self.only { 0 } else { next };
    }

    /// Takes in the logits of tokens `first..`, which it may change.
    #[inline(always)]
    fn take<I: Isa>(&mut self, first: u32, logits: &mut [f32; COLUMNS], k: usize) {
        // Nearly always nothing is new: one comparison says so.
        let mut over = I::over(logits, self.limit);
        if over != 0 {
            self.rebase::<I>(ops::largest::<I>(logits));
        }
        let mut powers = [0f32; COLUMNS];
        for (power, &logit) in powers.iter_mut().zip(&*logits) {
            *power = ops::exp2_rough::<I>(I::fma(logit, LOG2_E, self.shift));
        }
        let mut sums = self.sums.0;
        for chunk in powers.as_chunks::<16>().0 {
            for i in 0..16 {
                sums[i] += chunk[i];
            }
        }
        self.sums.0 = sums;
        if first + COLUMNS as u32 > self.changed {
            self.change(first, logits);
            over = I::over(logits, self.limit);
        }
        if over != 0 {
            self.insert(first, logits, over, k);
        }
    }

    /// Takes a new base where `largest` is too far above the one there is.
    #[inline(always)]
    fn rebase<I: Isa>(&mut self, largest: f32) {
        if largest > self.base + NEAR || self.base == f32::NEG_INFINITY {
            let factor = ops::exp::<I>(self.base - largest);
            self.sums.0.iter_mut().for_each(|s| *s *= factor);
            self.base = largest;
            // Where all logits so far are -inf, so is the base.
            self.shift = -largest.max(-1e38) * LOG2_E;
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
        self.look_ahead();
    }

    /// Takes in the logits that `over` has a bit for. NaN has none: a broken row yields no candidate rather than a
    /// wrong one.
    fn insert(&mut self, first: u32, logits: &[f32; COLUMNS], mut over: u64, k: usize) {
        while over != 0 {
            let i = over.trailing_zeros();
            over &= over - 1;
            let (token, logp) = (first + i, logits[i as usize]);
            if logp > self.worst(k) {
                let at = self.found.partition_point(|b| b.logp >= logp);
                self.found.insert(at, Candidate { token, logp });
                self.found.truncate(k);
            }
        }
        self.limit = self.worst(k).min(self.base + NEAR);
    }

    #[inline(always)]
    fn finish<I: Isa>(&mut self) {
        let norm = self.base + I::sum(&self.sums.0).ln();
        self.found.iter_mut().for_each(|c| c.logp -= norm);
        self.found.retain(|c| c.logp > f32::NEG_INFINITY);
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
        let mut bests = Bests(self.best, self.k);
        self.linear.products::<I>(self.x, bests.0.len(), &mut bests);
        bests.0.iter_mut().for_each(Best::finish::<I>);
    }
}

/// Each row's search, for so many tokens.
struct Bests<'a>(&'a mut [Best], usize);

impl Take for Bests<'_> {
    #[inline(always)]
    fn take<I: Isa>(&mut self, row: usize, panel: usize, logits: &mut [f32; COLUMNS]) {
        self.0[row].take::<I>((panel * COLUMNS) as u32, logits, self.1);
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

    /// (rows, dim) -> each row's `k` best tokens after its edits, best first, ties by lower id, in `found`, (rows).
    pub fn best(
        &self,
        x: &[f32],
        edits: &[Edits],
        k: usize,
        quantized: &mut Quantized,
        room: &mut Vec<Best>,
        found: &mut [Vec<Candidate>],
    ) {
        if room.len() < found.len() {
            room.resize_with(found.len(), Best::default);
        }
        let best = &mut room[..found.len()];
        for (r, (best, found)) in best.iter_mut().zip(&mut *found).enumerate() {
            best.begin(edits.get(r), std::mem::take(found));
        }
        dispatch(Search {
            linear: &self.linear,
            x: self.linear.prepare(x, quantized),
            best: &mut *best,
            k,
        });
        for (best, found) in best.iter_mut().zip(found) {
            std::mem::swap(&mut best.found, found);
        }
    }
}
