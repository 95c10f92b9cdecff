//! Arguments, settings, terminal.
mod eval;

use crate::eval::EvalError;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser, Debug)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Eval(eval::EvalArgs),
}

/// Runs the command line; the only function the binary calls.
pub fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Eval(args) => eval::run(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        if let Some(cause) = error.chain().nth(1) {
            eprintln!("  caused by: {cause}");
        }
        if let Some(hint) = error.downcast_ref::<EvalError>().and_then(|e| e.hint.as_ref()) {
            eprintln!("  hint: {hint}");
        }
        ExitCode::from(2)
    })
}
