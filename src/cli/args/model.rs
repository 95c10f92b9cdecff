//! Arguments of every command that translates: which model, and how it searches.
use clap::builder::FalseyValueParser;
use std::path::PathBuf;

#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Model options")]
pub struct ModelArgs {
    /// Translator: a card's name, a Hugging Face repository, or a folder in the transformers layout [default: small-it-en].
    #[arg(
        long,
        visible_alias = "translator",
        value_name = "CARD|ORG/NAME|FOLDER",
        env = "SUNTO_MODEL",
        hide_env = true
    )]
    pub model: Option<String>,
    /// Width of the beam search; 1 is greedy [default: 4].
    #[arg(long, value_name = "N", env = "SUNTO_BEAMS", hide_env = true)]
    pub beams: Option<usize>,
    /// Tokens at most of each translated sentence [default: three times its source's length].
    #[arg(long, value_name = "N", env = "SUNTO_MAX_TOKENS", hide_env = true)]
    pub max_tokens: Option<usize>,
    /// Keep each sentence as it was first translated: do not try again where figures or names are lost.
    #[arg(long, env = "SUNTO_NO_REPAIR", hide_env = true, value_parser = FalseyValueParser::new())]
    pub no_repair: bool,
    /// Terms to be used: lines of Italian, a tab and English, or TBX. What became of each is among the findings.
    #[arg(long, value_name = "FILE", env = "SUNTO_GLOSSARY", hide_env = true)]
    pub glossary: Option<PathBuf>,
}
