//! Arguments of `sunto check`.
use crate::text::calendar::Date;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: what asks for a look.
    Text,
    /// One JSON object a pair, with what agrees as well.
    Jsonl,
}

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Briefs to check anew: `.json` of one brief, `.jsonl` of one a line.
    #[arg(value_name = "BRIEF", required_unless_present = "source", conflicts_with_all = ["source", "target", "lines"])]
    pub briefs: Vec<PathBuf>,
    /// The Italian text.
    #[arg(long, value_name = "FILE", requires = "target")]
    pub source: Option<PathBuf>,
    /// Its English, by any person or system.
    #[arg(long, value_name = "FILE", requires = "source")]
    pub target: Option<PathBuf>,
    /// Line by line: each line of one file belongs to the same line of the other.
    #[arg(long, requires = "source")]
    pub lines: bool,
    /// Day of the text, `YYYY-MM-DD`: `ieri` and `last November` are held against dates in figures.
    #[arg(long, value_name = "DATE", requires = "source", value_parser = day)]
    pub date: Option<Date>,
    /// Tell as well what became of a glossary's terms: lines of Italian, a tab and English, or TBX.
    #[arg(long, value_name = "FILE", env = "SUNTO_GLOSSARY", hide_env = true)]
    pub glossary: Option<PathBuf>,
    /// How to print [default: jsonl with --lines, else text].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Exit with 1 where anything is altered, unsupported or missing.
    #[arg(long)]
    pub strict: bool,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "expected YYYY-MM-DD, YYYY-MM or YYYY".into())
}

const EXAMPLES: &str = "\
Examples:
  sunto check --source it.txt --target en.txt                    sentences aligned, findings for people
  sunto check --source it.txt --target en.txt --lines > f.jsonl  one object a line of the files
  sunto check --source it.txt --target en.txt --date 2024-03-20  `ieri` is the 19th of March
  sunto check brief.json --strict                                a brief, checked anew";
