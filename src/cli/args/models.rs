//! Arguments of `sunto models`.
use clap::Subcommand;
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ModelsArgs {
    #[command(subcommand)]
    pub command: ModelsCommand,
}

#[derive(Subcommand, Clone, Debug)]
pub enum ModelsCommand {
    /// Models that are here, and models that can be pulled.
    List(ListArgs),
    /// What a model is: its place, family, shape, size and hash.
    Show(ShowArgs),
    /// Bring a model into the cache; the only command that uses the network.
    Pull(PullArgs),
    /// Compare the files of pulled models with their locks.
    Verify(VerifyArgs),
    /// Write a model with its matrices in int8: a quarter of the bytes of f32, and quicker to load.
    Quantize(QuantizeArgs),
    /// Carry models in one file to machines without a network.
    #[command(subcommand)]
    Bundle(BundleCommand),
}

#[derive(Subcommand, Clone, Debug)]
pub enum BundleCommand {
    /// Write pulled models into a file.
    Export {
        /// Models that are here.
        #[arg(value_name = "CARD|ORG/NAME[@REVISION]", required = true)]
        names: Vec<String>,
        /// The bundle.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Bring the models of a file into the cache, each file compared with its SHA-256.
    Import {
        /// What `export` wrote.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(clap::Args, Clone, Debug)]
pub struct ListArgs {
    /// As one JSON array.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub struct ShowArgs {
    /// A name that `list` shows, ORG/NAME, a folder in the transformers layout, or a GGUF file.
    #[arg(value_name = "NAME|FOLDER|FILE")]
    pub name: String,
    /// As one JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub struct PullArgs {
    /// Names that `list` shows, or repositories, at a revision if wished.
    #[arg(value_name = "CARD|ORG/NAME[@REVISION]", required = true)]
    pub names: Vec<String>,
}

#[derive(clap::Args, Clone, Debug)]
pub struct VerifyArgs {
    /// Models to compare [default: all that were pulled].
    #[arg(value_name = "CARD|ORG/NAME[@REVISION]")]
    pub names: Vec<String>,
}

#[derive(clap::Args, Clone, Debug)]
pub struct QuantizeArgs {
    /// A folder in the transformers layout, or a model that is here.
    #[arg(value_name = "FOLDER|NAME")]
    pub model: String,
    /// The new folder: everything but the weights is copied.
    #[arg(short, long, value_name = "FOLDER")]
    pub output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  sunto models list
  sunto models pull opus-mt-tc-big-it-en             then: sunto brief FILE --model opus-mt-tc-big-it-en
  sunto models pull Helsinki-NLP/opus-mt-de-en@main  any repository in the transformers layout
  sunto models verify
  sunto models bundle export opus-mt-tc-big-it-en -o models.tar    there: sunto models bundle import models.tar
  sunto models quantize ./my-finetuned-model -o ./my-model-int8
  sunto models show ./my-finetuned-model --json

Models are kept where Hugging Face's tools keep them (HF_HOME); HF_TOKEN and HF_ENDPOINT are respected.";
