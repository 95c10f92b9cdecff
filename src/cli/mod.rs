//! Arguments, settings, terminal: one file a command, errors in three lines.
//!
//! To add a command: its arguments in `args/`, its `run(&Settings, &Args) -> anyhow::Result<ExitCode>` in a file here,
//! one variant in [`args::Command`] and one line in `dispatch`.
#![deny(clippy::print_stderr, clippy::print_stdout)]
pub mod args;
mod batch;
mod brief;
mod chat;
mod check;
mod doctor;
mod eval;
mod events;
mod failure;
mod hub;
mod models;
mod output;
mod place;
mod progress;
mod replay;
mod settings;
mod site;
mod summarize;
mod summarizer;
mod translate;
mod translator;

use args::{Args, Command};
use clap::Parser;
use settings::Settings;
use std::process::ExitCode;

/// Nothing could be done at all: wrong arguments, no model, unreadable settings.
const CANNOT_START: u8 = 2;

/// Runs the command line; the only function the binary calls.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return failure::usage(&error),
    };
    dispatch(&args).unwrap_or_else(|error| {
        if failure::is_broken_pipe(&error) {
            return ExitCode::SUCCESS; // the reader has seen enough
        }
        failure::print(&error);
        ExitCode::from(CANNOT_START)
    })
}

fn dispatch(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = Settings::resolve(&args.global)?;
    settings.apply_threads();
    match &args.command {
        Command::Brief(args) => brief::run(&settings, args),
        Command::Translate(args) => translate::run(&settings, args),
        Command::Summarize(args) => summarize::run(&settings, args),
        Command::Models(args) => models::run(&settings, args),
        Command::Replay(args) => replay::run(&settings, args),
        Command::Check(args) => check::run(&settings, args),
        Command::Doctor(args) => doctor::run(&settings, args),
        Command::Site(args) => site::run(&settings, args),
        Command::Eval(args) => eval::run(&settings, args),
    }
}
