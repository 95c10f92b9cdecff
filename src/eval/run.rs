//! Running a suite: each system over each article, what is there already taken from disk, then scores and tests.
use super::{
    corpus::{Corpus, Item},
    metric::{self, Options, Record, Segment, Unit},
    prediction::{sha256, Made, Output, Prediction, Predictions, Producer},
    report::{against_first, Cost, EvalReport, ScoreReport, SegmentReport, SystemReport},
    score,
    suite::{Suite, System, Task},
};
use crate::{
    text::{split, words},
    Error, Result,
};
use std::time::Instant;

/// Progress of a run.
pub enum Event<'a> {
    /// One article is done: by running the system, or read from an earlier run.
    Article {
        system: &'a str,
        article: &'a str,
        done: usize,
        of: usize,
        reused: bool,
    },
    Scoring {
        metric: &'a str,
    },
}

/// Builds the producer of a system that runs models; the layer above knows how.
pub type Make<'a> = dyn FnMut(&System) -> Result<Box<dyn Producer>> + 'a;

/// What one system made of the corpus, article by article.
pub struct SystemOutputs {
    pub system: System,
    pub fingerprint: String,
    pub outputs: Vec<Output>,
    pub cost: Cost,
}

/// Runs what is not yet in `predictions`, then scores all.
///
/// # Errors
/// Where a system cannot be built or fails on an article, or outputs do not fit the corpus.
pub fn run(
    suite: &Suite,
    corpus: &Corpus,
    predictions: &mut Predictions,
    options: &Options,
    make: &mut Make,
    event: &mut dyn FnMut(Event),
) -> Result<EvalReport> {
    let mut all = vec![];
    for system in &suite.systems {
        let mut producer: Box<dyn Producer> = match &system.outputs {
            Some(path) => Box::new(Made::open(path, suite.task, corpus, system)?),
            None => make(system)?,
        };
        let fingerprint = producer.fingerprint();
        reset_peak();
        let mut found = vec![];
        for (i, item) in corpus.items.iter().enumerate() {
            let known = predictions.find(&system.name, &fingerprint, item).cloned();
            let reused = known.is_some();
            let prediction = match known {
                Some(prediction) => prediction,
                None => {
                    let begin = Instant::now();
                    let output = producer.produce(item)?;
                    let seconds = if system.outputs.is_some() {
                        0.0
                    } else {
                        begin.elapsed().as_secs_f64()
                    };
                    let prediction = Prediction {
                        system: system.name.clone(),
                        fingerprint: fingerprint.clone(),
                        article: item.article.id.clone(),
                        text: sha256(&item.article.text),
                        seconds,
                        output,
                    };
                    predictions.add(prediction.clone())?;
                    prediction
                }
            };
            found.push(prediction);
            let (article, done, of) = (item.article.id.as_str(), i + 1, corpus.items.len());
            event(Event::Article {
                system: &system.name,
                article,
                done,
                of,
                reused,
            });
        }
        let peak_mb = peak_mb().filter(|_| found.iter().any(|p| p.seconds > 0.0));
        all.push(collected(system, found, corpus, peak_mb));
    }
    evaluate(suite, corpus, all, options, event)
}

/// Scores the predictions of an earlier run; never runs a system's model.
///
/// # Errors
/// Where a system of the suite has no prediction for an article.
pub fn rescore(
    suite: &Suite,
    corpus: &Corpus,
    predictions: &Predictions,
    options: &Options,
    event: &mut dyn FnMut(Event),
) -> Result<EvalReport> {
    let mut all = vec![];
    for system in &suite.systems {
        let one = |item: &Item| {
            predictions.latest(&system.name, item).cloned().ok_or_else(|| {
                let (name, id) = (&system.name, &item.article.id);
                Error::new(format!("no prediction of system `{name}` for article `{id}`"))
                    .hint("run the suite first: `sunto eval run SUITE`")
            })
        };
        let found = corpus.items.iter().map(one).collect::<Result<Vec<_>>>()?;
        all.push(collected(system, found, corpus, None));
    }
    evaluate(suite, corpus, all, options, event)
}

fn collected(system: &System, found: Vec<Prediction>, corpus: &Corpus, peak_mb: Option<f64>) -> SystemOutputs {
    let words = corpus.items.iter().map(|i| words::count(&i.article.text)).sum();
    let cost = Cost {
        seconds: found.iter().map(|p| p.seconds).sum(),
        words,
        peak_mb,
    };
    let fingerprint = found.first().map(|p| p.fingerprint.clone()).unwrap_or_default();
    let outputs = found.into_iter().map(|p| p.output).collect();
    SystemOutputs {
        system: system.clone(),
        fingerprint,
        outputs,
        cost,
    }
}

/// One text a line a sentence, as ROUGE-Lsum reads it.
fn by_sentence(text: &str) -> String {
    split::split(text)
        .iter()
        .map(|s| s.of(text))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Number of the sentence, source, reference, output.
type Row = (Option<u32>, String, String, String);

/// The task's texts of one article.
fn texts(task: Task, item: &Item, output: &Output, system: &str) -> Result<Vec<Row>> {
    let id = &item.article.id;
    match task {
        Task::Translate => {
            let sentences = &item.article.sentences;
            if output.translation.len() != sentences.len() {
                return Err(Error::new(format!(
                    "system `{system}` translated {} of the {} sentences of article `{id}`",
                    output.translation.len(),
                    sentences.len()
                )));
            }
            let each = sentences
                .iter()
                .zip(&item.reference.translations)
                .zip(&output.translation)
                .enumerate();
            let row = |(i, ((s, r), o)): (usize, ((&crate::text::Sentence, &String), &String))| {
                (
                    Some(i as u32),
                    s.span.of(&item.article.text).to_string(),
                    r.clone(),
                    o.clone(),
                )
            };
            Ok(each.map(row).collect())
        }
        Task::Brief if output.brief.is_empty() => {
            Err(Error::new(format!("system `{system}` made no brief of article `{id}`")))
        }
        Task::Brief => {
            let brief = match output.brief.as_slice() {
                [one] => by_sentence(one),
                many => many.join("\n"),
            };
            Ok(vec![(
                None,
                item.article.text.clone(),
                by_sentence(&item.reference.brief),
                brief,
            )])
        }
    }
}

/// What the article records, beside what the system made of it.
fn record(item: &Item, output: &Output) -> Record {
    let english = if output.translation.is_empty() {
        &item.reference.translations
    } else {
        &output.translation
    };
    Record {
        facts: item.reference.facts.clone(),
        must: item.reference.must.clone(),
        support: item.reference.support.iter().map(|s| s.0).collect(),
        cited: output.cited.clone(),
        english: english.join(" "),
    }
}

/// Scores and compares what the systems made.
///
/// # Errors
/// Where an output does not fit its article, or a metric fails.
pub fn evaluate(
    suite: &Suite,
    corpus: &Corpus,
    made: Vec<SystemOutputs>,
    options: &Options,
    event: &mut dyn FnMut(Event),
) -> Result<EvalReport> {
    let how = suite.significance.resampling();
    let metrics = suite.metrics.iter().map(|name| metric::build(name, options));
    let metrics = metrics.collect::<Result<Vec<_>>>()?;
    let mut systems = vec![];
    let mut segments = vec![];
    for one in made {
        let name = one.system.name.clone();
        let rows = corpus
            .items
            .iter()
            .zip(&one.outputs)
            .map(|(i, o)| texts(suite.task, i, o, &name));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let records: Vec<Record> = corpus
            .items
            .iter()
            .zip(&one.outputs)
            .map(|(i, o)| record(i, o))
            .collect();
        let whole: Vec<(String, String)> = rows
            .iter()
            .map(|rows| {
                rows.iter()
                    .map(|(.., r, o)| (r.as_str(), o.as_str()))
                    .unzip::<_, _, Vec<_>, Vec<_>>()
            })
            .map(|(r, o)| (r.join("\n"), o.join("\n")))
            .collect();
        let by_output: Vec<Segment> = rows
            .iter()
            .flatten()
            .map(|(_, s, r, o)| Segment {
                source: Some(s),
                hypothesis: o,
                references: vec![r],
                record: None,
            })
            .collect();
        let by_article: Vec<Segment> = whole
            .iter()
            .zip(&records)
            .zip(&corpus.items)
            .map(|(((r, o), record), item)| Segment {
                source: Some(&item.article.text),
                hypothesis: o,
                references: vec![r],
                record: Some(record),
            })
            .collect();
        let mut scores = vec![];
        for (wanted, metric) in suite.metrics.iter().zip(&metrics) {
            event(Event::Scoring { metric: wanted });
            let unit = metric::unit(wanted);
            let of = if unit == Unit::Article { &by_article } else { &by_output };
            let s = score::score(metric.as_ref(), of, &how)?;
            // A system that cites nothing has no citation score, and not a score of 0.
            if s.measured == 0 {
                continue;
            }
            let (signature, direction) = (s.label.signature, s.label.direction);
            let (interval, stats) = (s.interval, s.stats);
            scores.push(ScoreReport {
                metric: s.label.name,
                score: s.score,
                interval,
                signature,
                direction,
                unit,
                stats,
            });
        }
        if segments.is_empty() {
            for (item, rows) in corpus.items.iter().zip(&rows) {
                segments.extend(rows.iter().map(|(sentence, source, reference, _)| SegmentReport {
                    article: item.article.id.clone(),
                    genre: item.reference.genre.clone(),
                    sentence: *sentence,
                    source: source.clone(),
                    reference: reference.clone(),
                }));
            }
        }
        let outputs = rows.into_iter().flatten().map(|(.., o)| o).collect();
        let about = one.system.about();
        systems.push(SystemReport {
            name,
            about,
            fingerprint: one.fingerprint,
            cost: one.cost,
            scores,
            outputs,
        });
    }
    let comparisons = against_first(&systems, &how);
    Ok(EvalReport {
        version: format!("sunto {}", env!("CARGO_PKG_VERSION")),
        suite: suite.name.clone(),
        task: suite.task,
        corpus: corpus.stamp.clone(),
        significance: (&how).into(),
        systems,
        comparisons,
        segments,
    })
}

/// Begins a new count of the largest resident set, where Linux allows it.
fn reset_peak() {
    // Not being allowed to only makes the count include earlier systems.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim()
        .trim_end_matches("kB")
        .trim()
        .parse::<f64>()
        .ok()
        .map(|kb| kb / 1024.0)
}
