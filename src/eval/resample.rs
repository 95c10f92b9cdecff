//! How sure a score is: bootstrap intervals, paired tests and their correction, written once for every metric.
//!
//! All randomness is SplitMix64 from (seed, trial number), so results do not depend on the number of threads.
//! Unlike sacreBLEU, a shuffle that reaches the observed difference counts as reaching it (`>=`, not `>`), so a
//! system against itself has p = 1.
use super::metric::{Direction, Metric, Stats};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Up to this many differing segments, all sign flips are enumerated.
const EXACT_UP_TO: usize = 16;
/// Rounding of summed statistics must not decide whether a shuffle reaches the observed difference.
const TOLERANCE: f64 = 1e-9;

/// A 95% percentile interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// How two systems are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Swaps the systems' segments at random (Riezler & Maxwell 2005); exact where few segments differ.
    #[default]
    PairedRandomization,
    /// Draws segments with replacement (Koehn 2004, as sacreBLEU and Moses compute p).
    PairedBootstrap,
    /// All sign flips, enumerated.
    ExactSignFlip,
}

impl Test {
    pub fn name(self) -> &'static str {
        match self {
            Test::PairedRandomization => "paired-randomization",
            Test::PairedBootstrap => "paired-bootstrap",
            Test::ExactSignFlip => "exact-sign-flip",
        }
    }
}

/// How often and from which seed to resample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    pub test: Test,
    /// Shuffles or resamples of a paired test.
    pub trials: usize,
    /// Resamples of an interval.
    pub resamples: usize,
    pub seed: u64,
    /// Differences with a corrected p below this are shown as differences, in thousandths.
    pub alpha_thousandths: u32,
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            test: Test::default(),
            trials: 10_000,
            resamples: 1000,
            seed: 12345,
            alpha_thousandths: 50,
        }
    }
}

impl Resampling {
    pub fn alpha(&self) -> f64 {
        f64::from(self.alpha_thousandths) / 1000.0
    }
}

/// What a paired test found: `delta` is the second system's score less the first's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    pub delta: f64,
    /// Bootstrap interval of `delta`.
    pub interval: Interval,
    pub test: Test,
    pub p: f64,
    /// Segments compared, and those on which the statistics differ at all.
    pub n: usize,
    pub differing: usize,
    /// No data could give a smaller p with this many segments and trials.
    pub smallest_p: f64,
    /// Share of the trials whose difference *equals* the observed one: they count in p here and do not in sacreBLEU.
    /// Not small where statistics are whole numbers and the systems are near each other (TER).
    #[serde(default)]
    pub tied: f64,
}

/// What may be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Better,
    Worse,
    /// The test could have shown a difference and did not.
    NoDifferenceShown,
    /// So few segments differ that no outcome could have been significant.
    TooFewSegments,
    /// The metric describes and does not judge.
    NotJudged,
}

impl Verdict {
    /// The verdict on a paired test, from its corrected p.
    pub fn of(paired: &Paired, corrected: f64, direction: Direction, alpha: f64) -> Self {
        if direction == Direction::Neutral {
            return Verdict::NotJudged;
        }
        if corrected < alpha {
            let up = paired.delta > 0.0;
            return if up == (direction == Direction::Higher) {
                Verdict::Better
            } else {
                Verdict::Worse
            };
        }
        if paired.differing > 0 && paired.smallest_p >= alpha {
            return Verdict::TooFewSegments;
        }
        Verdict::NoDifferenceShown
    }

    pub fn words(self) -> &'static str {
        match self {
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::NoDifferenceShown => "no difference shown",
            Verdict::TooFewSegments => "too few segments to tell",
            Verdict::NotJudged => "not judged",
        }
    }
}

/// SplitMix64 (Steele et al. 2014).
struct Random(u64);

impl Random {
    /// The stream of one trial.
    fn new(seed: u64, trial: u64) -> Self {
        let mut start = Random(seed ^ trial.wrapping_mul(0xd134_2543_de82_ef95));
        Self(start.next() ^ trial)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Calls `f` with `n` draws from 0..n, with replacement; the bias is below n / 2^32.
    fn draws(&mut self, n: usize, mut f: impl FnMut(usize)) {
        let pick = |x: u64| ((x * n as u64) >> 32) as usize;
        for _ in 0..n / 2 {
            let x = self.next();
            f(pick(x >> 32));
            f(pick(x & 0xffff_ffff));
        }
        if n % 2 == 1 {
            f(pick(self.next() >> 32));
        }
    }
}

/// Statistics of all segments as one table: (segments, width).
struct Table {
    width: usize,
    cells: Vec<f64>,
}

impl Table {
    fn new(stats: &[Stats], width: usize) -> Self {
        let mut cells = Vec::with_capacity(stats.len() * width);
        for s in stats {
            cells.extend((0..width).map(|i| s.0.get(i).copied().unwrap_or(0.0)));
        }
        Self { width, cells }
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.cells[i * self.width..(i + 1) * self.width]
    }
}

fn width(stats: &[Stats]) -> usize {
    stats.iter().map(|s| s.0.len()).max().unwrap_or(0)
}

fn add(total: &mut [f64], row: &[f64]) {
    total.iter_mut().zip(row).for_each(|(t, x)| *t += x);
}

/// Scores of `resamples` draws of the segments, in the order of the trials.
fn resampled(metric: &dyn Metric, table: &Table, n: usize, resamples: usize, seed: u64) -> Vec<f64> {
    let one = |trial: usize| {
        let mut total = Stats(vec![0.0; table.width]);
        Random::new(seed, trial as u64).draws(n, |i| add(&mut total.0, table.row(i)));
        metric.score(&total)
    };
    (0..resamples).into_par_iter().map(one).collect()
}

/// The middle 95% of scores, by the indices that sacreBLEU takes.
fn percentiles(mut scores: Vec<f64>) -> Option<Interval> {
    scores.sort_by(f64::total_cmp);
    let cut = scores.len() / 40;
    Some(Interval {
        low: *scores.get(cut)?,
        high: *scores.get(scores.len() - cut - 1)?,
    })
}

/// Bootstrap interval of a corpus score; `None` without segments or resamples.
pub fn interval(metric: &dyn Metric, stats: &[Stats], resamples: usize, seed: u64) -> Option<Interval> {
    if stats.is_empty() {
        return None;
    }
    let table = Table::new(stats, width(stats));
    percentiles(resampled(metric, &table, stats.len(), resamples, seed))
}

/// Compares two systems on the same segments; `None` without segments or where their numbers differ.
pub fn paired(metric: &dyn Metric, base: &[Stats], other: &[Stats], how: &Resampling) -> Option<Paired> {
    let n = base.len();
    if n == 0 || other.len() != n {
        return None;
    }
    let w = width(base).max(width(other));
    let (a, b) = (Table::new(base, w), Table::new(other, w));
    let score = |total: Vec<f64>| metric.score(&Stats(total));
    let sum = |table: &Table| (0..n).fold(vec![0.0; w], |mut total, i| (add(&mut total, table.row(i)), total).1);
    let (sum_a, sum_b) = (sum(&a), sum(&b));
    let delta = score(sum_b.clone()) - score(sum_a.clone());

    let scores_a = resampled(metric, &a, n, how.resamples, how.seed);
    let scores_b = resampled(metric, &b, n, how.resamples, how.seed);
    let interval = percentiles(scores_b.iter().zip(&scores_a).map(|(b, a)| b - a).collect())?;

    let differing: Vec<usize> = (0..n).filter(|&i| a.row(i) != b.row(i)).collect();
    let k = differing.len();
    let smallest_flip = 2f64.powi(1 - k.min(1000) as i32).min(1.0);
    let exact = k <= EXACT_UP_TO && how.test != Test::PairedBootstrap;
    let test = if exact { Test::ExactSignFlip } else { how.test };
    // Difference of scores after swapping the segments that `swapped` names.
    let flipped = |swapped: &dyn Fn(usize) -> bool| {
        let (mut x, mut y) = (sum_a.clone(), sum_b.clone());
        for (bit, &i) in differing.iter().enumerate() {
            if swapped(bit) {
                for (column, (u, v)) in a.row(i).iter().zip(b.row(i)).enumerate() {
                    x[column] += v - u;
                    y[column] -= v - u;
                }
            }
        }
        (score(y) - score(x)).abs()
    };
    // [1, 1 if it only equals] for a difference that reaches the observed one.
    let reach = |difference: f64| {
        let beyond = difference - delta.abs();
        [
            usize::from(beyond >= -TOLERANCE),
            usize::from(beyond.abs() <= TOLERANCE),
        ]
    };
    let both = |a: [usize; 2], b: [usize; 2]| [a[0] + b[0], a[1] + b[1]];
    let (p, tied, smallest_p) = match test {
        Test::ExactSignFlip if exact => {
            let all = (1usize << k) as f64;
            let [reached, tied] = (0..1usize << k)
                .into_par_iter()
                .map(|mask| reach(flipped(&|bit| mask >> bit & 1 == 1)))
                .reduce(|| [0, 0], both);
            (reached as f64 / all, tied as f64 / all, smallest_flip)
        }
        Test::PairedBootstrap => {
            let (scores_a, scores_b) = if how.trials == how.resamples {
                (scores_a, scores_b)
            } else {
                let draw = |table| resampled(metric, table, n, how.trials, how.seed);
                (draw(&a), draw(&b))
            };
            let differences: Vec<f64> = scores_b.iter().zip(&scores_a).map(|(b, a)| (b - a).abs()).collect();
            let mean = differences.iter().sum::<f64>() / differences.len().max(1) as f64;
            let [reached, tied] = differences.iter().map(|d| reach(d - mean)).fold([0, 0], both);
            let all = (how.trials + 1) as f64;
            ((reached + 1) as f64 / all, tied as f64 / all, 1.0 / all)
        }
        _ => {
            let one = |trial: usize| {
                let mut random = Random::new(how.seed, trial as u64);
                let words: Vec<u64> = (0..k.div_ceil(64)).map(|_| random.next()).collect();
                reach(flipped(&|bit| words[bit / 64] >> (bit % 64) & 1 == 1))
            };
            let [reached, tied] = (0..how.trials).into_par_iter().map(one).reduce(|| [0, 0], both);
            let all = (how.trials + 1) as f64;
            (
                (reached + 1) as f64 / all,
                tied as f64 / all,
                smallest_flip.max(1.0 / all),
            )
        }
    };
    let test = if test == Test::ExactSignFlip && !exact {
        Test::PairedRandomization
    } else {
        test
    };
    Some(Paired {
        delta,
        interval,
        test,
        p,
        n,
        differing: k,
        smallest_p,
        tied,
    })
}

/// Holm's step-down correction (1979) of the p-values of one family, in their order.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&i, &j| p[i].total_cmp(&p[j]));
    let mut corrected = vec![1.0; p.len()];
    let mut most = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        most = most.max(p[i] * (p.len() - rank) as f64).min(1.0);
        corrected[i] = most;
    }
    corrected
}

#[cfg(test)]
#[path = "resample_tests.rs"]
mod tests;
