//! `sunto eval run`: a suite to a folder of predictions and reports.
use super::{models, systems, write_file};
use crate::cli::{output, settings::Settings};
use crate::eval::{metric::Options, run as suite_run, Corpus, EvalReport, Predictions, Suite};
use crate::write::report::{render, ReportFormat};
use crate::Error;
use clap::Args;
use std::io::{self, IsTerminal, Write};
use std::{path::Path, path::PathBuf, process::ExitCode};

#[derive(Args, Debug)]
pub struct RunArgs {
    /// The suite, for example eval/translate.toml.
    pub suite: PathBuf,
    /// Folder for predictions.jsonl and report.{json,md,html}; eval/runs/SUITE if not given.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Only these systems of the suite.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub systems: Vec<String>,
}

pub fn run(settings: &Settings, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let mut suite = Suite::open(&args.suite)?;
    systems::check(settings, &args.suite, &suite)?;
    if !args.systems.is_empty() {
        if let Some(absent) = args
            .systems
            .iter()
            .find(|n| suite.systems.iter().all(|s| s.name != **n))
        {
            let names: Vec<_> = suite.systems.iter().map(|s| format!("`{}`", s.name)).collect();
            return Err(Error::new(format!("the suite has no system `{absent}`"))
                .hint(format!("its systems are {}", names.join(", ")))
                .into());
        }
        suite.systems.retain(|s| args.systems.contains(&s.name));
    }
    // Before anything computes: the threads start with their first work.
    let mut run = settings.clone();
    run.threads = settings.threads.or(suite.threads);
    run.apply_threads();
    let corpus = Corpus::open(&suite.corpus, suite.split)?;
    let folder = args
        .output
        .clone()
        .unwrap_or_else(|| Path::new("eval/runs").join(&suite.name));
    let mut predictions = Predictions::open(&folder.join("predictions.jsonl"))?;
    let options = options(settings, &suite)?;
    let report = suite_run::run(
        &suite,
        &corpus,
        &mut predictions,
        &options,
        &mut |system| systems::make(settings, system),
        &mut show,
    )?;
    finish(&report, &folder)
}

/// What the suite's metrics are built from: learned ones with their models' folders.
pub fn options(settings: &Settings, suite: &Suite) -> anyhow::Result<Options> {
    Ok(Options {
        models: models::resolve(settings, &suite.models, &suite.metrics)?,
        device: models::device(settings)?,
        allow_pickle: settings.allow_pickle,
        ..Options::default()
    })
}

/// Progress on standard error: one line that is written over on a terminal, a line a system elsewhere.
pub fn show(event: suite_run::Event) {
    let terminal = io::stderr().is_terminal();
    match event {
        suite_run::Event::Article {
            system,
            article,
            done,
            of,
            reused,
        } => {
            let how = if reused { " (from an earlier run)" } else { "" };
            if terminal {
                let _ = write!(io::stderr(), "\r\x1b[2K{system}: {done}/{of} {article}{how}");
            }
            if done == of {
                output::tell(format_args!(
                    "{}{system}: {of} articles{how}",
                    if terminal { "\r\x1b[2K" } else { "" }
                ));
            }
        }
        suite_run::Event::Scoring { .. } => {}
    }
}

/// Writes the report in its three forms and shows the table.
pub fn finish(report: &EvalReport, folder: &Path) -> anyhow::Result<ExitCode> {
    for (name, format) in [
        ("report.json", ReportFormat::Json),
        ("report.md", ReportFormat::Markdown),
        ("report.html", ReportFormat::Html),
    ] {
        write_file(&folder.join(name), &render(report, format))?;
    }
    output::print(&render(report, ReportFormat::Text))?;
    output::tell(format_args!("wrote {}", folder.join("report.{json,md,html}").display()));
    Ok(ExitCode::SUCCESS)
}
