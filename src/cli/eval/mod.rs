//! `sunto eval`: scores of texts, runs of suites, comparisons and reports.
mod citations;
mod compare;
mod fidelity;
mod models;
mod report;
mod run;
mod score;
mod systems;

use crate::cli::settings::Settings;
use crate::write::{self, report::ReportFormat};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use std::{path::Path, process::ExitCode};

/// Measure translations and briefs: scores with signatures, intervals and paired tests.
#[derive(Args, Debug)]
pub struct EvalArgs {
    #[command(subcommand)]
    pub command: EvalCommand,
}

#[derive(Subcommand, Debug)]
pub enum EvalCommand {
    /// Run a suite: every system over the corpus, then scores, tests and a report; an interrupted run goes on.
    Run(run::RunArgs),
    /// Score text files (one segment a line) against references, as the sacrebleu command does; or score again the
    /// predictions of a run, without running a model.
    Score(score::ScoreArgs),
    /// Damage faithful translations and count what the fidelity checks catch.
    Fidelity(fidelity::FidelityArgs),
    /// Count which of a brief's citations support it, by what the authors of the articles named.
    Citations(citations::CitationsArgs),
    /// Compare two reports on the same corpus; exit 1 where the second is significantly worse.
    Compare(compare::CompareArgs),
    /// Write a report again in another format.
    Report(report::ReportArgs),
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Text,
    Md,
    Json,
    Html,
}

impl From<Form> for ReportFormat {
    fn from(form: Form) -> Self {
        match form {
            Form::Text => Self::Text,
            Form::Md => Self::Markdown,
            Form::Json => Self::Json,
            Form::Html => Self::Html,
        }
    }
}

/// Runs one `eval` command.
///
/// # Errors
/// Where files cannot be read or do not fit together, or a system fails.
pub fn run(settings: &Settings, args: &EvalArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        EvalCommand::Run(args) => run::run(settings, args),
        EvalCommand::Score(args) => score::run(settings, args),
        EvalCommand::Compare(args) => compare::run(args),
        EvalCommand::Report(args) => report::run(args),
        EvalCommand::Fidelity(args) => fidelity::run(args),
        EvalCommand::Citations(args) => citations::run(args),
    }
}

/// Writes a report or part of one, by rename; its folder is made.
fn write_file(path: &Path, content: &str) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(cannot)?;
    }
    write::file(path, content.as_bytes()).with_context(cannot)
}
