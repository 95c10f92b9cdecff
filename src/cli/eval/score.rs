//! `sunto eval score`: files of lines in, scores out, as text or JSON.
use super::models;
use crate::eval::{
    metric::{self, Options, Reads},
    metrics::bleu::Smoothing,
    run as suite_run, score,
    tokenize::mteval::Tokenizer,
    Corpus, Metric, Predictions, Resampling, Score, Segment, Suite,
};
use crate::{
    cli::{output, settings::Settings},
    Error,
};
use clap::{Args, ValueEnum};
use serde_json::{json, Map, Value};
use std::{collections::BTreeMap, io::Read, path::Path, path::PathBuf, process::ExitCode};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    Text,
    Json,
}

#[derive(Args, Debug)]
pub struct ScoreArgs {
    /// A run's predictions.jsonl, to score again; needs --suite.
    #[arg(value_name = "PREDICTIONS", requires = "suite", conflicts_with_all = ["hyp", "refs"])]
    pub predictions: Option<PathBuf>,
    /// The suite of the predictions; the report is written beside them.
    #[arg(long, value_name = "FILE", requires = "predictions")]
    pub suite: Option<PathBuf>,
    /// The system's output, one segment a line; `-` is standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "predictions")]
    pub hyp: Option<PathBuf>,
    /// A reference, one segment a line; repeat for several.
    #[arg(long = "ref", value_name = "FILE")]
    pub refs: Vec<PathBuf>,
    /// The source, one segment a line, for metrics that read it.
    #[arg(long, value_name = "FILE")]
    pub src: Option<PathBuf>,
    /// Metrics, with commas between them.
    #[arg(long, value_delimiter = ',', default_value = "bleu,chrf,ter", value_name = "NAMES")]
    pub metrics: Vec<String>,
    /// Model of a learned metric (bertscore, comet, metricx, metricx-qe, nli); repeat for several. If not given, the
    /// metric's usual card.
    #[arg(long = "metric-model", value_name = super::models::FORM)]
    pub models: Vec<String>,
    #[arg(long, value_enum, default_value = "text")]
    pub format: ScoreFormat,
    /// BLEU's tokenizer: 13a, intl, char or none.
    #[arg(long, default_value = "13a", value_name = "NAME")]
    pub tokenize: String,
    /// BLEU's smoothing: exp, none, floor[=VALUE] or add-k[=VALUE].
    #[arg(long, default_value = "exp", value_name = "NAME")]
    pub smooth: String,
    /// Compare BLEU and chrF without regard to case.
    #[arg(long)]
    pub lowercase: bool,
    /// ROUGE without the Porter stemmer.
    #[arg(long)]
    pub no_stemmer: bool,
    /// Scores of every segment as well; BLEU then leaves out orders that a short segment does not have.
    #[arg(long)]
    pub sentence: bool,
    /// Bootstrap resamples for the 95% interval; 0 for none.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub resamples: usize,
    /// Seed of the resamples.
    #[arg(long, default_value_t = 12345)]
    pub seed: u64,
}

pub fn run(settings: &Settings, args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    match (&args.predictions, &args.suite, &args.hyp) {
        (Some(predictions), Some(suite), _) => again(settings, predictions, suite),
        (_, _, Some(hyp)) => files(settings, args, hyp),
        // The arguments' rules leave no other case.
        _ => anyhow::bail!("give --hyp and --ref, or predictions and --suite"),
    }
}

/// Scores the predictions of a run anew; no system's model is run.
fn again(settings: &Settings, path: &Path, suite: &Path) -> anyhow::Result<ExitCode> {
    let suite = Suite::open(suite)?;
    let corpus = Corpus::open(&suite.corpus, suite.split)?;
    // Only reading makes a missing file; here it is a mistake.
    let there = std::fs::metadata(path);
    there.map_err(|e| {
        Error::new(format!("cannot read `{}`", path.display()))
            .caused_by(e)
            .hint("check the path")
    })?;
    let predictions = Predictions::open(path)?;
    let options = super::run::options(settings, &suite)?;
    let report = suite_run::rescore(&suite, &corpus, &predictions, &options, &mut super::run::show)?;
    super::run::finish(&report, path.parent().unwrap_or(Path::new(".")))
}

fn files(settings: &Settings, args: &ScoreArgs, hyp: &Path) -> anyhow::Result<ExitCode> {
    let mut options = options(args)?;
    options.device = models::device(settings)?;
    options.allow_pickle = settings.allow_pickle;
    let given = models::parse(&args.models, &args.metrics)?;
    // Names and files are checked before any model is looked for.
    for name in &args.metrics {
        if name.trim().is_empty() {
            return Err(Error::new("`--metrics` has an empty name")
                .hint("names with one comma between them")
                .into());
        }
        metric::build(name.trim(), &options)?;
        readable(args, name.trim())?;
    }

    let hypotheses = read(hyp)?;
    let also = |path: &PathBuf| -> anyhow::Result<Vec<String>> {
        let lines = read(path)?;
        score::same_count(path, lines.len(), hyp, hypotheses.len())?;
        Ok(lines)
    };
    let references = args.refs.iter().map(also).collect::<anyhow::Result<Vec<_>>>()?;
    let source = args.src.as_ref().map(also).transpose()?;
    warn_of_blank_references(args, &references)?;
    options.models = models::resolve(settings, &given, &args.metrics)?;
    let metrics = args
        .metrics
        .iter()
        .map(|name| metric::build(name.trim(), &options))
        .collect::<Result<Vec<_>, _>>()?;

    let segments: Vec<Segment> = (0..hypotheses.len())
        .map(|i| Segment {
            hypothesis: &hypotheses[i],
            references: references.iter().map(|r| r[i].as_str()).collect(),
            source: source.as_ref().map(|s| s[i].as_str()),
            record: None,
        })
        .collect();
    let how = Resampling {
        resamples: args.resamples,
        seed: args.seed,
        ..Resampling::default()
    };
    let scores = metrics
        .iter()
        .map(|m| score::score(m.as_ref(), &segments, &how))
        .collect::<Result<Vec<_>, _>>();
    let scores = scores?;
    let sentences = args
        .sentence
        .then(|| sentences(args, &options, &metrics, &scores))
        .transpose()?;

    match args.format {
        ScoreFormat::Json => output::line(&serde_json::to_string_pretty(&to_json(&scores, sentences.as_deref()))?)?,
        ScoreFormat::Text => output::print(&to_text(&scores, sentences.as_deref()))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the metric of this name has what it reads.
fn readable(args: &ScoreArgs, name: &str) -> Result<(), Error> {
    let reads = metric::reads(name);
    let without = |what: &str| Error::new(format!("`{name}` reads {what}, and none is given"));
    match reads {
        Some(Reads::Reference | Reads::Both) if args.refs.is_empty() => {
            Err(without("a reference").hint("give it with `--ref FILE`"))
        }
        Some(Reads::Source | Reads::Both) if args.src.is_none() => {
            Err(without("the source").hint("give it with `--src FILE`"))
        }
        Some(Reads::Record) => Err(Error::new(format!(
            "`{name}` reads what an evaluation article records, which files of lines do not have"
        ))
        .hint("name it in a suite and run that: `sunto eval run SUITE`")),
        _ => Ok(()),
    }
}

fn options(args: &ScoreArgs) -> anyhow::Result<Options> {
    let tokenizer = Tokenizer::parse(&args.tokenize).ok_or_else(|| {
        let names: Vec<_> = Tokenizer::ALL.iter().map(|(n, _)| *n).collect();
        Error::new(format!("unknown tokenizer `{}`", args.tokenize))
            .hint(format!("tokenizers are {}", names.join(", ")))
    })?;
    let smoothing = Smoothing::parse(&args.smooth).ok_or_else(|| {
        let hint = "smoothings are exp, none, floor, floor=VALUE, add-k, add-k=VALUE";
        Error::new(format!("unknown smoothing `{}`", args.smooth)).hint(hint)
    })?;
    let stemmer = !args.no_stemmer;
    let references = args.refs.len();
    Ok(Options {
        references,
        tokenizer,
        smoothing,
        effective_order: false,
        lowercase: args.lowercase,
        stemmer,
        ..Options::default()
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<String>> {
    let lines = if path == Path::new("-") {
        let mut bytes = vec![];
        std::io::stdin().read_to_end(&mut bytes)?;
        score::lines(path, &bytes)?
    } else {
        score::read_lines(path)?
    };
    if lines[0].starts_with('\u{feff}') {
        let path = path.display();
        output::tell(format_args!(
            "warning: `{path}` begins with a byte order mark, which is scored as a character, as sacreBLEU does"
        ));
    }
    Ok(lines)
}

/// A reference file of blank lines is a mistake; single blank lines are scored as sacreBLEU scores them.
fn warn_of_blank_references(args: &ScoreArgs, references: &[Vec<String>]) -> anyhow::Result<()> {
    for (path, lines) in args.refs.iter().zip(references) {
        if lines.iter().all(|l| l.trim().is_empty()) {
            let hint = "a reference has one segment a line, as the hypothesis has";
            return Err(Error::new(format!("every line of `{}` is empty", path.display()))
                .hint(hint)
                .into());
        }
    }
    let Some(first) = references.first() else { return Ok(()) };
    let count = first.len();
    let blank: Vec<usize> = (0..count)
        .filter(|&i| references.iter().all(|r| r[i].trim().is_empty()))
        .collect();
    if let Some(first) = blank.first() {
        output::tell(format_args!(
            "warning: {} of {count} segments have no reference, first on line {}",
            blank.len(),
            first + 1
        ));
    }
    Ok(())
}

/// Scores of each segment, metric by metric.
fn sentences(
    args: &ScoreArgs,
    options: &Options,
    metrics: &[Box<dyn Metric>],
    scores: &[Score],
) -> anyhow::Result<Vec<Vec<Option<f64>>>> {
    // The statistics are there: learned metrics need no model for their segments' scores.
    let options = Options {
        effective_order: true,
        models: BTreeMap::new(),
        ..options.clone()
    };
    let single = args
        .metrics
        .iter()
        .map(|name| metric::build(name.trim(), &options))
        .collect::<Result<Vec<_>, _>>();
    let single = single?;
    debug_assert_eq!(single.len(), metrics.len());
    Ok(single
        .iter()
        .zip(scores)
        .map(|(m, s)| {
            let one = |stats| m.measured(stats).then(|| m.score(stats));
            s.stats.iter().map(one).collect()
        })
        .collect())
}

/// `{"bleu": {"score": .., "signature": .., "interval": [low, high]}, ..}`, with `sentences` where asked for; `null`
/// where there was nothing to measure.
fn to_json(scores: &[Score], sentences: Option<&[Vec<Option<f64>>]>) -> Value {
    let mut out = Map::new();
    for (i, s) in scores.iter().enumerate() {
        let interval = s.interval.map(|i| json!([i.low, i.high]));
        let score = (s.measured > 0).then_some(s.score);
        let mut entry = json!({ "score": score, "signature": s.label.signature, "interval": interval });
        if let Some(sentences) = sentences {
            entry["sentences"] = json!(sentences[i]);
        }
        out.insert(s.label.name.clone(), entry);
    }
    Value::Object(out)
}

fn to_text(scores: &[Score], sentences: Option<&[Vec<Option<f64>>]>) -> String {
    let mut out = String::new();
    if let Some(sentences) = sentences {
        let names: Vec<_> = scores.iter().map(|s| s.label.name.as_str()).collect();
        out += &format!("segment\t{}\n", names.join("\t"));
        for i in 0..sentences.first().map_or(0, Vec::len) {
            let row: Vec<_> = sentences.iter().map(|s| shown(s[i])).collect();
            out += &format!("{}\t{}\n", i + 1, row.join("\t"));
        }
    }
    let width = scores.iter().map(|s| s.label.name.len()).max().unwrap_or(0);
    for s in scores {
        let interval = s
            .interval
            .map_or(String::new(), |i| format!("  [{:.2}, {:.2}]", i.low, i.high));
        out += &format!(
            "{:<width$} {:>6}{interval}  {}\n",
            s.label.name,
            shown((s.measured > 0).then_some(s.score)),
            s.label.signature
        );
    }
    out
}

/// Two digits; a dash where there was nothing to measure.
fn shown(score: Option<f64>) -> String {
    score.map_or("–".into(), |s| format!("{s:.2}"))
}
