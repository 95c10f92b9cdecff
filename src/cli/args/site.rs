//! Arguments of `sunto site`.
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct SiteArgs {
    /// Folder of briefs: `.json` files of one brief, `.jsonl` files of one a line.
    #[arg(value_name = "DIR")]
    pub input: PathBuf,
    /// Folder of the pages: made where it is missing, brought up to date where it is not.
    #[arg(short, long, value_name = "PUBLIC")]
    pub output: PathBuf,
    /// Name of the site [default: Italian news in brief].
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Where the site will stand, for absolute links in its feeds: `https://example.org/briefs/`.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  sunto brief articles/ -o briefs/ --format json
  sunto site briefs/ -o public/            then open public/index.html";
