//! Arguments of `sunto summarize`.
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct SummarizeArgs {
    /// Texts in the summarizer's own language: .txt, .md, .html or .jsonl files, folders of them, or `-`.
    #[arg(default_value = "-", value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Summarizer: a card's name, or a folder in the transformers layout.
    #[arg(long, value_name = "CARD|FOLDER", env = "SUNTO_SUMMARIZER", hide_env = true)]
    pub summarizer: Option<String>,
    /// What to write.
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub format: SummaryFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// One sentence a line, a blank line between texts.
    Text,
    /// One JSON object a text: its id, headline and sentences; for one that fails, `{"error": ..., "input": ...}`.
    Jsonl,
}

const EXAMPLES: &str = "\
Examples:
  sunto summarize --summarizer bart-large-cnn report.txt   an English summary of an English text
  sunto summarize --summarizer ./it5-news articolo.txt     an Italian one of an Italian text

Texts longer than the model reads at once are read in parts, whose summaries are summarized again.";
