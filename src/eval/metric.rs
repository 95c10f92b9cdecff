//! A metric is the statistics of one segment and a score of their sum; names become metrics here and nowhere else.
//!
//! Sentence scores, corpus scores, intervals and paired tests are then written once, in `resample`.
use super::{metrics, tokenize::mteval::Tokenizer};
use crate::{nn::Device, Error, Result as Fallible};
use std::{collections::BTreeMap, ops::AddAssign};

/// What a metric compares: one line of a system's output with what people wrote.
#[derive(Clone, Debug, Default)]
pub struct Segment<'a> {
    pub hypothesis: &'a str,
    /// At least one for the metrics that need a reference.
    pub references: Vec<&'a str>,
    /// The Italian, for the metrics that read it.
    pub source: Option<&'a str>,
    /// What the reference brief of an article records beside its text.
    pub record: Option<&'a Record>,
}

/// What an evaluation article records beside its texts, with what the system cited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Key facts (`F:` lines).
    pub facts: Vec<String>,
    /// Strings that any faithful translation contains (`M:` line).
    pub must: Vec<String>,
    /// Sentences of the article that support the reference brief (`X:` line).
    pub support: Vec<u32>,
    /// Sentences of the article that the system's brief cites; `None` where the system cites nothing at all.
    pub cited: Option<Vec<u32>>,
    /// The article in English: what a brief is compared with for copying and novelty.
    pub english: String,
}

/// Sufficient statistics of one segment; they add up over a corpus, in any order.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
pub struct Stats(pub Vec<f64>);

/// Most statistics are counts: they are written as whole numbers, which keeps reports small.
impl serde::Serialize for Stats {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0.iter().all(|x| x.fract() == 0.0 && x.abs() < 1e15);
        if whole {
            serializer.collect_seq(self.0.iter().map(|x| *x as i64))
        } else {
            serializer.collect_seq(&self.0)
        }
    }
}

impl AddAssign<&Stats> for Stats {
    fn add_assign(&mut self, other: &Stats) {
        self.0.resize(self.0.len().max(other.0.len()), 0.0);
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a += b);
    }
}

impl<'a> std::iter::Sum<&'a Stats> for Stats {
    fn sum<I: Iterator<Item = &'a Stats>>(segments: I) -> Self {
        let mut total = Stats::default();
        segments.for_each(|s| total += s);
        total
    }
}

/// Which way a score is good. `Neutral` numbers describe (length, novelty); no test decides on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Higher,
    Lower,
    Neutral,
}

/// What a score is called and all that changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub name: String,
    /// For example `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|impl:sunto-0.1.0|compat:sacrebleu-2.x`.
    pub signature: String,
    pub direction: Direction,
}

/// A measure of segments. Batched, because neural metrics need it; immutable, shared by threads.
pub trait Metric: Send + Sync {
    fn label(&self) -> &Label;
    /// Statistics of each segment, in order.
    fn stats(&self, segments: &[Segment]) -> Fallible<Vec<Stats>>;
    /// The score of summed statistics, on the scale 0 to 100 unless the metric's page says otherwise.
    fn score(&self, total: &Stats) -> f64;
    /// Whether there was anything to measure: a text without dates has no recall of dates, neither 0 nor 100.
    fn measured(&self, _total: &Stats) -> bool {
        true
    }
}

/// What a metric's name leaves open.
#[derive(Clone, Debug)]
pub struct Options {
    /// References per segment, for the signature.
    pub references: usize,
    pub tokenizer: Tokenizer,
    pub smoothing: metrics::bleu::Smoothing,
    /// BLEU of single sentences: orders that a short sentence does not have are left out.
    pub effective_order: bool,
    pub lowercase: bool,
    /// ROUGE's Porter stemmer.
    pub stemmer: bool,
    /// What learned metrics are computed by, by their names; where, too.
    pub models: BTreeMap<String, metrics::learned::ModelOf>,
    pub device: Device,
    /// Whether a learned metric's weights may be a pickle.
    pub allow_pickle: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            references: 1,
            tokenizer: Tokenizer::default(),
            smoothing: metrics::bleu::Smoothing::default(),
            effective_order: false,
            lowercase: false,
            stemmer: true,
            models: BTreeMap::new(),
            device: Device::cpu(),
            allow_pickle: false,
        }
    }
}

type Build = fn(&Options) -> Box<dyn Metric>;

/// What one segment of a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// What the task makes: a sentence of a translation, a whole brief.
    Output,
    /// A whole article: what is recorded of it belongs to no one sentence.
    Article,
}

/// What a metric reads beside the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Nothing,
    Reference,
    Source,
    Both,
    /// What an evaluation article records: no file of lines has it.
    Record,
}

use Reads::{Nothing, Record as Recorded, Reference, Source};

/// Every metric that needs no model: the only list.
const METRICS: &[(&str, Reads, Build)] = &[
    ("bleu", Reference, |o| Box::new(metrics::bleu::Bleu::new(o))),
    ("chrf", Reference, |o| Box::new(metrics::chrf::Chrf::new(o, 0))),
    ("chrf++", Reference, |o| Box::new(metrics::chrf::Chrf::new(o, 2))),
    ("ter", Reference, |o| Box::new(metrics::ter::Ter::new(o))),
    ("rouge-1", Reference, |o| {
        Box::new(metrics::rouge::Rouge::new(o, metrics::rouge::Kind::Ngram(1)))
    }),
    ("rouge-2", Reference, |o| {
        Box::new(metrics::rouge::Rouge::new(o, metrics::rouge::Kind::Ngram(2)))
    }),
    ("rouge-l", Reference, |o| {
        Box::new(metrics::rouge::Rouge::new(o, metrics::rouge::Kind::Lcs))
    }),
    ("rouge-lsum", Reference, |o| {
        Box::new(metrics::rouge::Rouge::new(o, metrics::rouge::Kind::LcsSum))
    }),
    ("must-recall", Recorded, |_| Box::new(metrics::record::must_recall())),
    ("fact-recall", Recorded, |_| Box::new(metrics::record::fact_recall())),
    ("citation-precision", Recorded, |_| {
        Box::new(metrics::record::citation_precision())
    }),
    ("citation-recall", Recorded, |_| {
        Box::new(metrics::record::citation_recall())
    }),
    ("number-recall", Source, |_| Box::new(metrics::carried::number_recall())),
    ("number-precision", Source, |_| {
        Box::new(metrics::carried::number_precision())
    }),
    ("date-recall", Source, |_| Box::new(metrics::carried::date_recall())),
    ("date-precision", Source, |_| {
        Box::new(metrics::carried::date_precision())
    }),
    ("name-recall", Source, |_| Box::new(metrics::carried::name_recall())),
    ("name-precision", Source, |_| {
        Box::new(metrics::carried::name_precision())
    }),
    (
        "compression",
        Recorded,
        |_| Box::new(metrics::extractive::compression()),
    ),
    ("coverage", Recorded, |_| Box::new(metrics::extractive::coverage())),
    ("density", Recorded, |_| Box::new(metrics::extractive::density())),
    ("novel-2", Recorded, |_| Box::new(metrics::extractive::novel_bigrams())),
    ("repetition", Nothing, |_| Box::new(metrics::extractive::repetition())),
    ("loops", Nothing, |_| Box::new(metrics::hallucination::loops())),
    ("hallucination", Reference, |_| {
        Box::new(metrics::hallucination::hallucination())
    }),
    ("length", Nothing, |_| Box::new(metrics::extractive::length())),
];

/// Names of all metrics, those that need a model last.
pub fn names() -> impl Iterator<Item = &'static str> {
    METRICS.iter().map(|(name, ..)| *name).chain(metrics::learned::names())
}

/// The metric of a name. A learned metric without its model sums statistics that a report holds, and makes none.
///
/// # Errors
/// Where no metric has this name (the hint lists those there are), or a model cannot be opened.
pub fn build(name: &str, options: &Options) -> Fallible<Box<dyn Metric>> {
    if let Some(learned) = metrics::learned::build(name, options) {
        return learned;
    }
    match METRICS.iter().find(|(n, ..)| *n == name) {
        Some((.., build)) => Ok(build(options)),
        None => {
            let names = names().collect::<Vec<_>>().join(", ");
            Err(Error::new(format!("unknown metric `{name}`")).hint(format!("metrics are {names}")))
        }
    }
}

/// What the metric of this name reads beside the output; `None` where there is no such metric.
pub fn reads(name: &str) -> Option<Reads> {
    let plain = METRICS.iter().find(|(n, ..)| *n == name).map(|(_, reads, _)| *reads);
    plain.or_else(|| metrics::learned::reads(name))
}

/// What one segment of the metric of this name is.
pub fn unit(name: &str) -> Unit {
    match reads(name) {
        Some(Reads::Record) => Unit::Article,
        _ => Unit::Output,
    }
}

/// The tail of every signature: whose numbers these are, and whose they equal.
pub(crate) fn origin(compat: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match compat {
        "" => format!("impl:sunto-{version}"),
        _ => format!("impl:sunto-{version}|compat:{compat}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_builds_and_signs() {
        for name in names() {
            let metric = build(name, &Options::default()).unwrap();
            let label = metric.label();
            assert_eq!(label.name, name);
            assert!(label.signature.contains("impl:sunto-"), "{}", label.signature);
            assert!(
                !label.signature.contains("version:"),
                "{} claims to be another program's",
                label.signature
            );
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known() {
        let error = build("bleurt", &Options::default()).err().unwrap();
        assert_eq!(error.to_string(), "unknown metric `bleurt`");
        assert!(error.hint.unwrap().starts_with("metrics are bleu, chrf"));
    }

    #[test]
    fn stats_add_up() {
        let parts = [Stats(vec![1.0, 2.0]), Stats(vec![]), Stats(vec![3.0, 4.0])];
        assert_eq!(parts.iter().sum::<Stats>(), Stats(vec![4.0, 6.0]));
    }
}
