//! Arguments of `sunto brief`.
use super::model::ModelArgs;
use crate::brief::Protect;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct BriefArgs {
    /// Articles: .txt, .md, .html or .jsonl files, folders of them, or `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value = "md", value_name = "FORMAT")]
    pub format: BriefFormat,
    /// Write one file an article into this folder instead of standard output. A journal in it tells what is done:
    /// the same command given again goes on where it stopped.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How the brief is made [default: extract-translate].
    ///
    /// extract-translate: rank the Italian sentences, keep the best in order, translate them; nothing can be invented.
    /// translate-summarize: translate all, then an English summarizer writes the brief.
    /// summarize-translate: an Italian summarizer writes the brief, then it is translated.
    /// direct: a chat model reads Italian and writes the English brief.
    /// lead: the first sentences of the article, translated.
    #[arg(long, value_name = "NAME", env = "SUNTO_STRATEGY", hide_env = true)]
    pub strategy: Option<String>,
    /// Model that writes the brief, for the strategies that need one: a card's name, or a folder.
    #[arg(long, value_name = "CARD|FOLDER", env = "SUNTO_SUMMARIZER", hide_env = true)]
    pub summarizer: Option<String>,
    /// Articles briefed at the same time, with `-o`.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "output")]
    pub jobs: usize,
    /// Try articles again that failed before, with `-o`.
    #[arg(long, requires = "output")]
    pub retry_failed: bool,
    /// Stop at the first article that fails.
    #[arg(long)]
    pub fail_fast: bool,
    /// Details that identify minors and victims: names, exact ages under 18, a family tie with a small place.
    ///
    /// auto: flag them in articles that tell of harm to minors or of intimate crime. on: in every article.
    /// redact: withhold them in brief, translation and quotes, and tell what was withheld. off: do not look.
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "on"
    )]
    pub protect: ProtectWhen,
    /// Merge articles on one event into one brief that cites each, and list where their figures disagree. With `-o`,
    /// one file an event, and the brief of each article as JSON in `DIR/articles`.
    #[arg(long)]
    pub group: bool,
    /// Exit with 1 if any passage is marked for verification.
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub model: ModelArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProtectWhen {
    Auto,
    On,
    Off,
    Redact,
}

impl From<ProtectWhen> for Protect {
    fn from(when: ProtectWhen) -> Self {
        match when {
            ProtectWhen::Auto => Protect::Auto,
            ProtectWhen::On => Protect::On,
            ProtectWhen::Off => Protect::Off,
            ProtectWhen::Redact => Protect::Redact,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BriefFormat {
    /// Markdown for people: brief, sources, Italian beside English.
    Md,
    /// One JSON object an article, indented; `docs/brief.schema.json` describes it.
    Json,
    /// The same, one line an article; for one that fails, `{"error": ..., "input": ...}`.
    Jsonl,
    /// One self-contained page an article.
    Html,
}

const EXAMPLES: &str = "\
Examples:
  sunto brief articolo.txt                         a brief to read, on the terminal
  sunto brief articolo.html --format html > a.html a page, Italian beside English
  sunto brief rassegna/ --format html -o briefs    one page for each article of a folder
  sunto brief rassegna/ --format jsonl | jq .headline
  sunto brief a.txt b.txt --group                  one brief of two reports on one event
  sunto brief rassegna/ --group -o events          one file for each event of a folder
  curl -s URL | sunto brief -                      an article from a pipe

Exit status: 0 done; 1 done, but some articles could not be read (or `--strict` and a passage to verify);
2 nothing could be started.";
