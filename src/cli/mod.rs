//! Arguments, settings, terminal.
use std::process::ExitCode;

/// Runs the command line; the only function the binary calls.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
