//! `sunto models`: which models there are, what one of them is, how it comes here, stays as it came, gets smaller.
#[cfg(feature = "hub")]
mod bar;
mod bundle;
mod list;
mod pull;
mod quantize;
mod show;
mod verify;

use super::{
    args::models::{ModelsArgs, ModelsCommand},
    settings::Settings,
};
use std::process::ExitCode;

pub fn run(settings: &Settings, args: &ModelsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        ModelsCommand::List(args) => list::run(settings, args)?,
        ModelsCommand::Show(args) => show::run(settings, args)?,
        ModelsCommand::Pull(args) => pull::run(settings, args)?,
        ModelsCommand::Quantize(args) => quantize::run(settings, args)?,
        ModelsCommand::Bundle(command) => bundle::run(settings, command)?,
        ModelsCommand::Verify(args) => return verify::run(args),
    }
    Ok(ExitCode::SUCCESS)
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
