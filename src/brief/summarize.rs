//! Sentences -> a shorter text: long ones in parts that the model can read, whose summaries are summarized again.
//!
//! No sentence is lost on the way in: each stands in exactly one part, and one that is too long for the model is read
//! in clauses.
use super::ModelStamp;
use crate::{
    decode::{Generator, Prompt, Search},
    text::{clauses::clauses, split, words},
    Error, Result,
};
use std::collections::HashSet;

/// What summarizes: a model with its search, or a stand-in in tests.
pub trait Summarize: Send + Sync {
    /// The summary of each text, in order. Every text fits.
    fn summarize(&self, texts: &[&str]) -> Result<Vec<String>>;
    /// Whether the model reads this text in one piece.
    fn fits(&self, text: &str) -> bool;
    fn stamp(&self) -> ModelStamp;
    /// Search settings as text, for the provenance.
    fn search(&self) -> String;
}

/// A summary in sentences, and a headline where the model wrote one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub headline: Option<String>,
    pub sentences: Vec<String>,
}

/// Rounds of summaries of summaries: a text a thousand times the model's window needs three.
const MOST_ROUNDS: usize = 6;

/// The summary of a text given in sentences: of the whole where it fits, else of parts, then of their summaries.
///
/// # Errors
/// Where the model fails.
pub fn summary(sentences: &[&str], model: &dyn Summarize) -> Result<Summary> {
    if !model.fits("") {
        let what = "the model reads too few tokens at once: its prompt alone does not fit";
        return Err(Error::new(what).hint("take a model with a longer context"));
    }
    let mut texts: Vec<String> = sentences.iter().map(|s| s.to_string()).collect();
    let mut found = Summary::default();
    for _ in 0..MOST_ROUNDS {
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let parts = parts(&refs, &|t| model.fits(t));
        if parts.is_empty() {
            return Ok(found);
        }
        let refs: Vec<&str> = parts.iter().map(String::as_str).collect();
        let read: Vec<Summary> = model.summarize(&refs)?.iter().map(|s| Summary::parse(s)).collect();
        found = join(read);
        let size = |t: &[String]| t.iter().map(|s| words::count(s)).sum::<usize>();
        // A model that does not shorten would go round for ever: then what it wrote of the parts is the summary.
        if parts.len() == 1 || size(&found.sentences) >= size(&texts) {
            break;
        }
        texts = found.sentences.clone();
    }
    Ok(found)
}

/// Consecutive sentences joined into texts that fit, of about the same length: no part is a leftover.
pub fn parts(sentences: &[&str], fits: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut pieces = vec![];
    for s in sentences.iter().map(|s| s.trim()).filter(|s| !s.is_empty()) {
        match fits(s) {
            true => pieces.push(s),
            false => pieces.extend(clauses(s, fits).into_iter().map(|span| span.of(s))),
        }
    }
    let filled = fill(&pieces, fits, usize::MAX);
    if filled.len() < 2 {
        return filled;
    }
    let total: usize = pieces.iter().map(|p| words::count(p)).sum();
    let even = fill(&pieces, fits, total.div_ceil(filled.len()));
    match even.len() <= filled.len() {
        true => even,
        false => filled,
    }
}

/// Parts that are closed once they have `enough` words, or where the next piece would not fit.
fn fill(pieces: &[&str], fits: &dyn Fn(&str) -> bool, enough: usize) -> Vec<String> {
    let mut parts: Vec<String> = vec![];
    for piece in pieces {
        if let Some(last) = parts.last_mut().filter(|last| words::count(last) < enough) {
            let longer = format!("{last} {piece}");
            if fits(&longer) {
                *last = longer;
                continue;
            }
        }
        parts.push(piece.to_string());
    }
    parts
}

/// Summaries of the parts as one; the first headline stands for all, a sentence that comes again is said once.
fn join(read: Vec<Summary>) -> Summary {
    let mut seen = HashSet::new();
    let mut joined = Summary::default();
    for s in read {
        joined.headline = joined.headline.or(s.headline);
        let new = s.sentences.into_iter().filter(|t| seen.insert(t.to_lowercase()));
        joined.sentences.extend(new);
    }
    joined
}

impl Summary {
    /// Reads what a model wrote: PEGASUS' `<n>` is a line end, BART's spaced full stops close up, chat models number
    /// or bullet their sentences and call a headline so.
    pub fn parse(text: &str) -> Self {
        let text = text.replace("<n>", "\n").replace(" .", ".").replace("**", "");
        let mut found = Self::default();
        for line in text.lines() {
            let line = unmarked(line);
            let headline = ["headline:", "title:", "titolo:"].iter().find_map(|mark| {
                let head = line.get(..mark.len())?;
                head.eq_ignore_ascii_case(mark).then(|| line[mark.len()..].trim())
            });
            match headline {
                Some(headline) if !headline.is_empty() => {
                    found
                        .headline
                        .get_or_insert_with(|| headline.trim_matches('"').to_string());
                }
                Some(_) => {}
                None => found.sentences.extend(
                    split::split(line)
                        .iter()
                        .map(|s| s.of(line).to_string())
                        .filter(|s| s.chars().any(char::is_alphanumeric)),
                ),
            }
        }
        found
    }
}

/// A line without the bullet, number or hash signs that lists and headings begin with.
fn unmarked(line: &str) -> &str {
    let line = line.trim().trim_start_matches('#').trim_start();
    if let Some(rest) = ["- ", "* ", "• ", "– "].iter().find_map(|b| line.strip_prefix(b)) {
        return rest.trim_start();
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line[digits..].strip_prefix(". ").or(line[digits..].strip_prefix(") ")) {
        Some(rest) if (1..3).contains(&digits) => rest.trim_start(),
        _ => line,
    }
}

/// An encoder-decoder set to summarize.
pub struct Summarizer {
    generator: Generator,
    search: Search,
    name: String,
    revision: Option<String>,
    /// What a text is wrapped in: `{text}` stands for it.
    prompt: Option<String>,
    max_source: usize,
}

impl Summarizer {
    pub fn new(generator: Generator, search: Search, name: impl Into<String>, revision: Option<String>) -> Self {
        // Models without positions of their own (T5) were trained on 512 tokens.
        let max_source = generator.max_source().min(1024);
        Self {
            max_source,
            generator,
            search,
            name: name.into(),
            revision,
            prompt: None,
        }
    }

    /// Wraps each text: `summarize: {text}`.
    pub fn with_prompt(mut self, prompt: Option<String>) -> Self {
        self.prompt = prompt;
        self
    }

    /// Reads at most this many tokens at once, framing included.
    pub fn with_max_source(mut self, tokens: usize) -> Self {
        self.max_source = tokens.min(self.generator.max_source()).max(8);
        self
    }

    fn prompted(&self, text: &str) -> String {
        match &self.prompt {
            Some(prompt) => prompt.replacen("{text}", text, 1),
            None => text.to_string(),
        }
    }
}

impl Summarize for Summarizer {
    fn summarize(&self, texts: &[&str]) -> Result<Vec<String>> {
        let prompts: Vec<Prompt> = texts.iter().map(|t| self.prompted(t).into()).collect();
        let found = self.generator.generate(&prompts, &self.search)?;
        let best = |hypotheses: Vec<crate::decode::Hypothesis>| hypotheses.into_iter().next().map(|h| h.text);
        Ok(found.into_iter().map(|h| best(h).unwrap_or_default()).collect())
    }

    fn fits(&self, text: &str) -> bool {
        self.generator.codec().encode(&self.prompted(text)).len() <= self.max_source
    }

    fn stamp(&self) -> ModelStamp {
        ModelStamp::of(&self.name, self.revision.as_deref(), self.generator.stamp())
    }

    fn search(&self) -> String {
        let s = &self.search;
        let mut text = format!(
            "beams:{}|length_penalty:{:?}|min_tokens:{}|max_tokens:{}",
            s.beams, s.length_penalty, s.min_tokens, s.max_tokens
        );
        if s.no_repeat_ngram > 0 {
            text += &format!("|no_repeat_ngram:{}", s.no_repeat_ngram);
        }
        text + &format!("|max_source:{}", self.max_source)
    }
}

#[cfg(test)]
mod tests;
