//! `sunto eval`: scores of texts, runs of suites, comparisons and reports.
mod score;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Measure translations and briefs: scores with signatures, intervals and paired tests.
#[derive(Args, Debug)]
pub struct EvalArgs {
    #[command(subcommand)]
    pub command: EvalCommand,
}

#[derive(Subcommand, Debug)]
pub enum EvalCommand {
    /// Score text files (one segment a line) against references, as the sacrebleu command does.
    Score(score::ScoreArgs),
}

/// Runs one `eval` command.
///
/// # Errors
/// Where files cannot be read or do not fit together.
pub fn run(args: &EvalArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        EvalCommand::Score(args) => score::run(args),
    }
}
