//! The words of the command line, as typed: inert, no defaults resolved. `settings` resolves them.
pub mod brief;
pub mod check;
pub mod doctor;
pub mod model;
pub mod models;
pub mod replay;
pub mod site;
pub mod summarize;
pub mod translate;

use clap::{builder::FalseyValueParser, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// English briefs of Italian news, with every sentence cited and checked, on your own machine.
#[derive(Parser, Debug)]
#[command(name = "sunto", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  sunto brief articolo.txt                      an English brief of an Italian article
  sunto brief rassegna/ --format html -o briefs one page for each article of a folder
  sunto translate --lines < frasi.it            one English line for each Italian line
  sunto doctor                                  what would run here, and where its files are

`sunto COMMAND --help` shows the options and examples of one command.";

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Italian articles in, English briefs out.
    Brief(brief::BriefArgs),
    /// Translate an article, or lines as they come.
    Translate(translate::TranslateArgs),
    /// Summarize English or Italian texts in their own language.
    Summarize(summarize::SummarizeArgs),
    /// List, show, pull and verify models; carry them to machines without a network.
    Models(models::ModelsArgs),
    /// Run a batch again from its manifest, and name the first brief that comes out differently.
    Replay(replay::ReplayArgs),
    /// Check a translation, or a brief, against its Italian.
    Check(check::CheckArgs),
    /// Show what would run here: device, threads, processor features, models, settings.
    Doctor(doctor::DoctorArgs),
    /// Make a site of a folder of briefs: static pages, search, feeds.
    Site(site::SiteArgs),
    /// Measure translations and briefs.
    Eval(super::eval::EvalArgs),
}

/// Options of every command. Each is also a key of `sunto.toml` and a variable `SUNTO_...`; flags win over variables,
/// variables over the file.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Settings file [default: `sunto.toml` here, else in the user's configuration folder].
    #[arg(long, global = true, value_name = "FILE", env = "SUNTO_CONFIG", hide_env = true)]
    pub config: Option<PathBuf>,
    /// Where to compute: auto, cpu, cuda, cuda:N or metal [default: auto].
    #[arg(long, global = true, value_name = "NAME", env = "SUNTO_DEVICE", hide_env = true)]
    pub device: Option<String>,
    /// In what precision to compute [default: what suits the device].
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "TYPE",
        env = "SUNTO_DTYPE",
        hide_env = true
    )]
    pub dtype: Option<Dtype>,
    /// Processor threads [default: all].
    #[arg(long, global = true, value_name = "N", env = "SUNTO_THREADS", hide_env = true)]
    pub threads: Option<usize>,
    /// Seed of every random choice [default: 1].
    #[arg(long, global = true, value_name = "N", env = "SUNTO_SEED", hide_env = true)]
    pub seed: Option<u64>,
    /// Never use the network.
    #[arg(long, global = true, env = "SUNTO_OFFLINE", hide_env = true, value_parser = FalseyValueParser::new())]
    pub offline: bool,
    /// Read weights from `pytorch_model.bin` where a model has no safetensors.
    #[arg(long, global = true, env = "SUNTO_ALLOW_PICKLE", hide_env = true, value_parser = FalseyValueParser::new())]
    pub allow_pickle: bool,
    /// Refuse models whose licence forbids commercial use or is not known.
    #[arg(long, global = true, env = "SUNTO_COMMERCIAL", hide_env = true, value_parser = FalseyValueParser::new())]
    pub commercial: bool,
    /// Say nothing on stderr but errors.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more on stderr.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dtype {
    F32,
    F16,
    Bf16,
    Int8,
}

impl Dtype {
    pub fn name(self) -> &'static str {
        match self {
            Dtype::F32 => "f32",
            Dtype::F16 => "f16",
            Dtype::Bf16 => "bf16",
            Dtype::Int8 => "int8",
        }
    }
}
