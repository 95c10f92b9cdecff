//! What an evaluation found: scores with signatures and intervals, comparisons with their tests, and the texts.
use super::{
    corpus::CorpusStamp,
    metric::{self, Direction, Options, Stats, Unit},
    resample::{self, Interval, Paired, Resampling, Verdict},
    suite::Task,
};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A whole evaluation; `docs/eval.md` says how to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvalReport {
    /// `sunto` and its version.
    pub version: String,
    pub suite: String,
    pub task: Task,
    pub corpus: CorpusStamp,
    pub significance: SignificanceStamp,
    pub systems: Vec<SystemReport>,
    /// Every system but the first against the first, on every metric.
    pub comparisons: Vec<Comparison>,
    /// The task's segments, in order: what `SystemReport::outputs` answer.
    pub segments: Vec<SegmentReport>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignificanceStamp {
    pub test: resample::Test,
    pub trials: usize,
    pub resamples: usize,
    pub seed: u64,
    pub alpha: f64,
    /// How p-values of several systems on one metric are corrected.
    pub correction: String,
}

impl From<&Resampling> for SignificanceStamp {
    fn from(r: &Resampling) -> Self {
        let (test, trials, resamples, seed) = (r.test, r.trials, r.resamples, r.seed);
        Self {
            test,
            trials,
            resamples,
            seed,
            alpha: r.alpha(),
            correction: "holm".into(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemReport {
    pub name: String,
    /// Its settings, or the file its outputs came from.
    pub about: String,
    pub fingerprint: String,
    pub cost: Cost,
    pub scores: Vec<ScoreReport>,
    pub outputs: Vec<String>,
}

impl SystemReport {
    pub fn score(&self, metric: &str) -> Option<&ScoreReport> {
        self.scores.iter().find(|s| s.metric == metric)
    }
}

/// What a system's outputs cost on the machine that made them; 0 where they were made elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    pub seconds: f64,
    /// Words of the Italian articles.
    pub words: usize,
    /// Largest resident set while the system ran, where the system that sunto runs on tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_mb: Option<f64>,
}

impl Cost {
    pub fn words_per_second(&self) -> Option<f64> {
        (self.seconds > 0.0).then(|| self.words as f64 / self.seconds)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreReport {
    pub metric: String,
    pub score: f64,
    pub interval: Option<Interval>,
    pub signature: String,
    pub direction: Direction,
    pub unit: Unit,
    /// Sufficient statistics of each segment: what comparisons with later reports are drawn from.
    pub stats: Vec<Stats>,
}

impl ScoreReport {
    /// The score of each segment by itself, `None` where it has nothing to measure; BLEU without the orders that a
    /// short segment does not have.
    pub fn segments(&self) -> Vec<Option<f64>> {
        let options = Options {
            effective_order: true,
            ..Options::default()
        };
        match metric::build(&self.metric, &options) {
            Ok(metric) => {
                let one = |s: &Stats| metric.measured(s).then(|| metric.score(s));
                self.stats.iter().map(one).collect()
            }
            Err(_) => vec![],
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub base: String,
    pub system: String,
    pub metric: String,
    #[serde(flatten)]
    pub paired: Paired,
    /// p after correction for the systems compared on this metric.
    pub corrected: f64,
    pub verdict: Verdict,
}

/// One thing a system had to write, with what it was made from and what a person wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentReport {
    pub article: String,
    pub genre: String,
    /// Number of the sentence in its article; absent for briefs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<u32>,
    pub source: String,
    pub reference: String,
}

impl EvalReport {
    /// # Errors
    /// Where the file cannot be read or is no report.
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::new(format!("cannot read `{shown}`"))
                .caused_by(e)
                .hint("check the path")
        })?;
        serde_json::from_str(&text).map_err(|e| {
            Error::new(format!("`{shown}` is not an evaluation report"))
                .caused_by(e)
                .hint("`sunto eval run SUITE` writes one: `report.json`")
        })
    }

    pub fn system(&self, name: &str) -> Option<&SystemReport> {
        self.systems.iter().find(|s| s.name == name)
    }
}

/// Compares systems with the first, metric by metric, and corrects p over the systems.
pub fn against_first(systems: &[SystemReport], how: &Resampling) -> Vec<Comparison> {
    let Some((base, others)) = systems.split_first() else {
        return vec![];
    };
    let mut all = vec![];
    for score in &base.scores {
        let pairs = others
            .iter()
            .filter_map(|s| Some((base.name.as_str(), s.name.as_str(), score, s.score(&score.metric)?)));
        all.extend(tested(pairs, how));
    }
    all
}

/// Compares each system of `new` with the one of the same name in `old`; p is corrected over all systems and metrics.
///
/// # Errors
/// Where the reports measure different articles or tasks, or one metric in two ways, or have no system in common.
pub fn compare(old: &EvalReport, new: &EvalReport, metrics: &[String], how: &Resampling) -> Result<Vec<Comparison>> {
    if old.task != new.task {
        return Err(
            Error::new("one report measures translations, the other briefs").hint("compare two reports of one suite")
        );
    }
    if old.corpus.sha256 != new.corpus.sha256 {
        let of = |r: &EvalReport| {
            let c = &r.corpus;
            format!(
                "{} articles of `{}` ({})",
                c.articles,
                c.path,
                c.sha256.chars().take(12).collect::<String>()
            )
        };
        return Err(Error::new(format!(
            "the reports measure different corpora: {} and {}",
            of(old),
            of(new)
        ))
        .hint("run the suite again on one corpus: `sunto eval run SUITE`"));
    }
    let wanted = |m: &str| metrics.is_empty() || metrics.iter().any(|w| w == m);
    let mut pairs = vec![];
    for after in &new.systems {
        let Some(before) = old.system(&after.name) else {
            continue;
        };
        for a in before.scores.iter().filter(|s| wanted(&s.metric)) {
            let Some(b) = after.score(&a.metric) else { continue };
            if what_is_measured(&a.signature) != what_is_measured(&b.signature) {
                let (metric, before, after) = (&a.metric, &a.signature, &b.signature);
                return Err(Error::new(format!("`{metric}` is measured in two ways: `{before}` and `{after}`")).hint(
                    "score the older predictions again with `eval score PREDICTIONS --suite SUITE`, or choose metrics \
                     with `--metrics`",
                ));
            }
            pairs.push((before.name.as_str(), after.name.as_str(), a, b));
        }
    }
    if pairs.is_empty() {
        let names = |r: &EvalReport| {
            r.systems
                .iter()
                .map(|s| format!("`{}`", s.name))
                .collect::<Vec<_>>()
                .join(", ")
        };
        return Err(Error::new(format!(
            "no system and metric in both reports: {} and {}",
            names(old),
            names(new)
        )));
    }
    Ok(tested(pairs.into_iter(), how))
}

/// A signature without the program's version and the bootstrap of its interval.
fn what_is_measured(signature: &str) -> Vec<&str> {
    let about = |part: &&str| !["impl:", "bs:", "seed:"].iter().any(|p| part.starts_with(p));
    signature.split('|').filter(about).collect()
}

/// Systems and metrics of `old` that `new` does not have: no comparison tells of them.
pub fn missing(old: &EvalReport, new: &EvalReport, metrics: &[String]) -> Vec<String> {
    let wanted = |m: &str| metrics.is_empty() || metrics.iter().any(|w| w == m);
    let mut missing = vec![];
    for before in &old.systems {
        let Some(after) = new.system(&before.name) else {
            missing.push(format!("system `{}`", before.name));
            continue;
        };
        let lost = before
            .scores
            .iter()
            .filter(|s| wanted(&s.metric) && after.score(&s.metric).is_none());
        missing.extend(lost.map(|s| format!("`{}` of `{}`", s.metric, before.name)));
    }
    missing
}

fn tested<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str, &'a ScoreReport, &'a ScoreReport)>,
    how: &Resampling,
) -> Vec<Comparison> {
    let mut found = vec![];
    for (base, system, a, b) in pairs {
        let Ok(metric) = metric::build(&a.metric, &Options::default()) else {
            continue;
        };
        let Some(paired) = resample::paired(metric.as_ref(), &a.stats, &b.stats, how) else {
            continue;
        };
        found.push((base, system, a, paired));
    }
    let judged: Vec<usize> = (0..found.len())
        .filter(|&i| found[i].2.direction != Direction::Neutral)
        .collect();
    let p: Vec<f64> = judged.iter().map(|&i| found[i].3.p).collect();
    let corrected = resample::holm(&p);
    let corrected = |i: usize| judged.iter().position(|&j| j == i).map(|k| corrected[k]);
    let comparisons = found.iter().enumerate().map(|(i, (base, system, score, paired))| {
        let corrected = corrected(i).unwrap_or(paired.p);
        Comparison {
            base: base.to_string(),
            system: system.to_string(),
            metric: score.metric.clone(),
            paired: paired.clone(),
            corrected,
            verdict: Verdict::of(paired, corrected, score.direction, how.alpha()),
        }
    });
    comparisons.collect()
}
