//! Arguments of `sunto replay`.
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ReplayArgs {
    /// The `manifest.json` that `sunto brief -o DIR` wrote.
    #[arg(value_name = "MANIFEST")]
    pub manifest: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  sunto replay briefs/manifest.json    brief the same articles again and compare every byte

Nothing is written. Exit status: 0 all briefs came out the same; 1 one did not, or the settings cannot be had again;
2 nothing could be started.";
