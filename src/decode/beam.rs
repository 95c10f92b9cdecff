//! Beam search over one source, step by step, exactly as transformers' `generate` searches; beams = 1 is greedy.
use super::{
    constraint::{self, Forms, Joint, Progress},
    processors, Search,
};
use crate::model::{config::EarlyStopping, Candidate, Edits};
use std::sync::Arc;

/// Added to wanted tokens so that the model returns them whatever their rank, and taken off again.
const BONUS: f32 = 256.0;

/// A hypothesis that may still grow.
#[derive(Default)]
struct Live {
    /// Start token first.
    tokens: Vec<u32>,
    /// Sum of log-probabilities.
    score: f32,
    progress: Progress,
    attention: Vec<Arc<Vec<f32>>>,
}

/// A hypothesis that has ended.
pub(super) struct Ended {
    /// Without the start token.
    pub tokens: Vec<u32>,
    /// Sum of log-probabilities over length^length_penalty.
    pub score: f32,
    pub unmet: Vec<usize>,
    pub attention: Vec<Arc<Vec<f32>>>,
}

impl Live {
    /// Becomes what `parent` is after one step, in the memory that it has.
    fn grow(&mut self, parent: &Live, step: &Step, attention: Option<&Arc<Vec<f32>>>) {
        self.tokens.clone_from(&parent.tokens);
        self.tokens.push(step.token);
        self.score = step.score;
        self.progress.clone_from(&step.progress);
        self.attention.clone_from(&parent.attention);
        self.attention.extend(attention.cloned());
    }
}

/// A continuation of one live hypothesis.
struct Step {
    /// Its place before continuations were sorted.
    order: usize,
    parent: usize,
    token: u32,
    score: f32,
    progress: Progress,
    ends: bool,
}

/// How tokens stand to those before them, by their ids.
pub(super) type Joints<'a> = &'a (dyn Fn(u32) -> Joint + Sync);

pub(super) struct Beam<'a> {
    search: &'a Search,
    joints: Joints<'a>,
    phrases: &'a [Forms],
    /// Hypotheses kept; more than `search.beams` where phrases need banks.
    beams: usize,
    limit: usize,
    live: Vec<Live>,
    /// Hypotheses that were left, kept for their memory.
    left: Vec<Live>,
    /// Continuations of a step, kept for their memory; and which of them go on.
    steps: Vec<Step>,
    going: Vec<usize>,
    ended: Vec<Ended>,
    /// Ended without all phrases: returned if meeting them costs too much.
    loose: Vec<Ended>,
    /// Whether a live hypothesis may still beat the ended ones.
    promising: bool,
    /// What was wanted of each live hypothesis in the last request.
    forced: Vec<Option<u32>>,
    wanted: Vec<Vec<u32>>,
    /// Candidates that it asked for of each row; the batch may have asked for more.
    asked: usize,
}

impl<'a> Beam<'a> {
    pub fn new(search: &'a Search, phrases: &'a [Forms], joints: Joints<'a>, limit: usize) -> Self {
        let progress = Progress::new(phrases);
        let beams = match progress.is_complete() {
            true => search.beams,
            false => search.beams.max((constraint::tokens(phrases) + 1).clamp(2, 10)),
        };
        let first = Live {
            tokens: vec![search.start],
            score: 0.0,
            progress,
            attention: vec![],
        };
        Self {
            search,
            joints,
            phrases,
            beams,
            limit,
            live: vec![first],
            left: vec![],
            steps: vec![],
            going: vec![],
            ended: vec![],
            loose: vec![],
            promising: true,
            forced: vec![],
            wanted: vec![],
            asked: 0,
        }
    }

    /// Rows it will take at most.
    pub fn width(&self) -> usize {
        self.beams
    }

    pub fn is_done(&self) -> bool {
        let full = self.ended.len() >= self.beams;
        self.live.is_empty() || !self.promising || (full && self.search.early_stopping == EarlyStopping::Always)
    }

    /// For each live hypothesis its last token and the edits of its next, which are written over; and how many candidates
    /// are needed.
    pub fn request(&mut self, tokens: &mut Vec<u32>, edits: &mut Vec<Edits>) -> usize {
        self.forced.clear();
        self.wanted.clear();
        let mut extra = 0;
        for live in &self.live {
            if edits.len() == tokens.len() {
                edits.push(Edits::default());
            }
            let edit = &mut edits[tokens.len()];
            edit.clear();
            tokens.push(live.tokens.last().copied().unwrap_or(self.search.start));
            let forced = processors::next(self.search, &live.tokens, self.limit, edit);
            let mut wanted = vec![];
            if forced.is_none() && !live.progress.is_complete() {
                wanted = live.progress.wanted(self.phrases);
                edit.add.extend(wanted.iter().map(|&t| (t, BONUS)));
            }
            extra = extra.max(wanted.len());
            self.forced.push(forced);
            self.wanted.push(wanted);
        }
        self.asked = self.keep() + extra;
        self.asked
    }

    /// Continuations to look at: enough that as many as beams do not end.
    fn keep(&self) -> usize {
        if self.is_greedy() {
            1
        } else {
            (1 + self.search.eos.len()).max(2) * self.beams
        }
    }

    fn is_greedy(&self) -> bool {
        self.beams == 1
    }

    /// Takes each live hypothesis' candidates; gives the rows, among its own, that go on, in order.
    pub fn advance(&mut self, rows: &[Vec<Candidate>], attention: Option<&[Vec<f32>]>, kept: &mut Vec<usize>) {
        kept.clear();
        let length = self.live[0].tokens.len();
        let mut steps = std::mem::take(&mut self.steps);
        self.collect(rows, length, &mut steps);
        let attention: Option<Vec<Arc<Vec<f32>>>> = attention.map(|a| a.iter().cloned().map(Arc::new).collect());
        let seen = |parent: usize| attention.as_ref().map(|a| &a[parent]);
        let denominator = (length as f32).powf(self.search.length_penalty);
        // Only the best `beams` may end; those behind them are there so that enough go on.
        let open = !(self.ended.len() >= self.beams && self.search.early_stopping == EarlyStopping::Always);
        for step in steps.iter().take(self.beams).filter(|s| s.ends && open) {
            let mut live = Live::default();
            live.grow(&self.live[step.parent], step, seen(step.parent));
            let (tokens, score) = (live.tokens[1..].to_vec(), step.score / denominator);
            let ended = Ended {
                tokens,
                score,
                unmet: live.progress.unmet(),
                attention: live.attention,
            };
            let pool = if ended.unmet.is_empty() {
                &mut self.ended
            } else {
                &mut self.loose
            };
            let at = pool.partition_point(|e| e.score >= score);
            pool.insert(at, ended);
            pool.truncate(self.beams);
        }
        if self.is_greedy() && steps.first().is_some_and(|s| s.ends) {
            self.live.clear();
            return;
        }
        self.going.clear();
        self.going.extend((0..steps.len()).filter(|&i| !steps[i].ends));
        if self.phrases.is_empty() || self.is_greedy() {
            self.going.truncate(self.beams);
        } else {
            let banks: Vec<usize> = self
                .going
                .iter()
                .map(|&i| steps[i].progress.bank(self.phrases))
                .collect();
            let chosen = constraint::allocate(&banks, self.beams);
            self.going = chosen.iter().map(|&i| self.going[i]).collect();
        }
        if self.going.is_empty() && self.ended.is_empty() && self.loose.is_empty() {
            self.give_up(denominator);
        }
        let before = self.live.len();
        for &i in &self.going {
            let step = &steps[i];
            let mut next = self.left.pop().unwrap_or_default();
            next.grow(&self.live[step.parent], step, seen(step.parent));
            self.live.push(next);
            kept.push(step.parent);
        }
        self.left.extend(self.live.drain(..before));
        self.steps = steps;
        self.promising = self.is_promising(length);
    }

    /// The best continuations of all live hypotheses, best first.
    fn collect(&self, rows: &[Vec<Candidate>], length: usize, steps: &mut Vec<Step>) {
        steps.clear();
        for (parent, live) in self.live.iter().enumerate() {
            let forced = self.forced[parent].map(|token| Candidate { token, logp: 0.0 });
            let candidates = forced.as_ref().map_or(&rows[parent][..], std::slice::from_ref);
            for c in candidates.iter().take(self.asked) {
                let wanted = forced.is_none() && self.wanted[parent].contains(&c.token);
                let logp = if wanted { c.logp - BONUS } else { c.logp };
                let progress = match self.phrases.is_empty() {
                    true => Progress::default(),
                    false => live.progress.after(self.phrases, c.token, (self.joints)(c.token)),
                };
                let ends = self.search.eos.contains(&c.token) || length >= self.limit;
                steps.push(Step {
                    order: steps.len(),
                    parent,
                    token: c.token,
                    score: live.score + logp,
                    progress,
                    ends,
                });
            }
        }
        // Ties go to the earlier hypothesis, then to the lower token.
        steps.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.order.cmp(&b.order)));
        if self.phrases.is_empty() {
            steps.truncate(self.keep());
        }
    }

    /// Whether to go on: transformers' `_check_early_stop_heuristic`. Once false it stays false.
    fn is_promising(&self, length: usize) -> bool {
        let (Some(best), true) = (self.live.first(), self.promising) else {
            return self.promising;
        };
        // With phrases the banks would keep going to the limit: as many complete hypotheses as are asked for are enough.
        let enough = match self.phrases.is_empty() {
            true => self.beams,
            false => self.search.n_best.max(2),
        };
        if self.ended.len() < enough {
            return true;
        }
        let penalty = self.search.length_penalty;
        let longest = self.search.early_stopping == EarlyStopping::Never && penalty > 0.0;
        let hypothetical = if longest { self.limit } else { length } as f32;
        let best = match self.phrases.is_empty() {
            true => self.live.iter().map(|l| l.score).fold(best.score, f32::max),
            // What has its phrases still to come pays for them later.
            false => {
                let complete = self.live.iter().filter(|l| l.progress.is_complete());
                complete.map(|l| l.score).fold(f32::NEG_INFINITY, f32::max)
            }
        };
        self.ended
            .last()
            .is_none_or(|worst| best / hypothetical.powf(penalty) > worst.score)
    }

    /// Every continuation is forbidden: what there is must do.
    fn give_up(&mut self, denominator: f32) {
        for live in &self.live {
            let (tokens, score) = (live.tokens[1..].to_vec(), live.score / denominator);
            let attention = live.attention.clone();
            self.loose.push(Ended {
                tokens,
                score,
                unmet: live.progress.unmet(),
                attention,
            });
        }
    }

    /// The best hypotheses, best first: those that meet all phrases, unless that costs too much.
    pub fn finish(&mut self) -> Vec<Ended> {
        let price = match (self.ended.first(), self.loose.first()) {
            (Some(met), Some(free)) => free.score - met.score,
            _ => 0.0,
        };
        let (mut met, mut loose) = (std::mem::take(&mut self.ended), std::mem::take(&mut self.loose));
        let mut all = if price > self.search.constraint_cost {
            loose.append(&mut met);
            loose
        } else {
            met.append(&mut loose);
            met
        };
        all.truncate(self.search.n_best.max(1));
        all
    }
}
