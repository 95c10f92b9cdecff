//! Arguments of `sunto translate`.
use super::model::ModelArgs;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct TranslateArgs {
    /// An article or, with `--lines`, a file of lines; `-` is standard input.
    #[arg(default_value = "-", value_name = "FILE")]
    pub input: PathBuf,
    /// One line out for each line in, as soon as it is translated; empty lines stay empty.
    #[arg(long)]
    pub lines: bool,
    /// What to write.
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub format: TranslateFormat,
    /// Lines at most that are translated together, with `--lines`.
    #[arg(long, value_name = "N", default_value_t = 64, requires = "lines")]
    pub batch: usize,
    #[command(flatten)]
    pub model: ModelArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TranslateFormat {
    /// English only.
    Text,
    /// Italian, a tab, English.
    Tsv,
    /// One JSON object a sentence (a line, with `--lines`), with its score and findings.
    Jsonl,
}

const EXAMPLES: &str = "\
Examples:
  sunto translate articolo.txt                    an article, paragraph by paragraph
  sunto translate articolo.txt --format tsv       each sentence beside its English
  sunto translate --lines < frasi.it > frasi.en   line by line, as a step of a pipeline
  echo 'La seduta è sospesa.' | sunto translate --lines";
