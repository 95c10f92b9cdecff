//! Arguments of `sunto models`.
use clap::Subcommand;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ModelsArgs {
    #[command(subcommand)]
    pub command: ModelsCommand,
}

#[derive(Subcommand, Clone, Debug)]
pub enum ModelsCommand {
    /// Models that run here without the network.
    List,
    /// What a model is: its place, family, shape, size and hash.
    Show(ShowArgs),
}

#[derive(clap::Args, Clone, Debug)]
pub struct ShowArgs {
    /// A name that `list` shows, or a folder in the transformers layout.
    #[arg(value_name = "NAME|FOLDER")]
    pub name: String,
    /// As one JSON object.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  sunto models list
  sunto models show small-it-en
  sunto models show ./my-finetuned-model --json";
