//! Sentences -> a shorter text: long ones in parts that the model can read, whose summaries are summarized again.
//!
//! Models that can say where they looked for each token say from which sentences each sentence of the summary comes.
mod looks;
mod parts;

use super::ModelStamp;
use crate::{
    decode::{Generator, Hypothesis, Prompt, Search},
    text::{split, words},
    Error, Result,
};
pub use looks::{Look, Shares, Written};
pub use parts::{parts, Part, Piece};
use std::collections::HashSet;

/// What summarizes: a model with its search, or a stand-in in tests.
pub trait Summarize: Send + Sync {
    /// The summary of each part, in order. Every part fits.
    fn summarize(&self, parts: &[Part]) -> Result<Vec<Written>>;
    /// Whether the model reads this text in one piece.
    fn fits(&self, text: &str) -> bool;
    fn stamp(&self) -> ModelStamp;
    /// Search settings as text, for the provenance.
    fn search(&self) -> String;
}

/// A summary in sentences, and a headline where the model wrote one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    pub headline: Option<String>,
    pub sentences: Vec<String>,
    /// For each sentence, where the model looked among the sentences given; empty where it cannot say.
    pub looked: Vec<Shares>,
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
    // Where each of the texts comes from.
    let mut origins: Vec<Shares> = (0..sentences.len()).map(|n| vec![(n, 1.0)]).collect();
    let mut found = Summary::default();
    for _ in 0..MOST_ROUNDS {
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let parts = parts(&refs, &|t| model.fits(t));
        if parts.is_empty() {
            return Ok(found);
        }
        let written = model.summarize(&parts)?;
        let read = written.iter().zip(&parts).map(|(w, part)| Summary::of(w, part));
        found = join(read);
        for looked in &mut found.looked {
            *looked = looks::through(looked, &origins);
        }
        let size = |t: &[String]| t.iter().map(|s| words::count(s)).sum::<usize>();
        // A model that does not shorten would go round for ever: then what it wrote of the parts is the summary.
        if parts.len() == 1 || size(&found.sentences) >= size(&texts) {
            break;
        }
        (texts, origins) = (found.sentences.clone(), found.looked.clone());
    }
    Ok(found)
}

/// Summaries of the parts as one; the first headline stands for all, a sentence that comes again is said once.
fn join(read: impl Iterator<Item = Summary>) -> Summary {
    let mut seen = HashSet::new();
    let mut joined = Summary::default();
    for s in read {
        joined.headline = joined.headline.or(s.headline);
        let new = s.sentences.into_iter().zip(s.looked);
        let (sentences, looked): (Vec<_>, Vec<_>) = new.filter(|(t, _)| seen.insert(t.to_lowercase())).unzip();
        joined.sentences.extend(sentences);
        joined.looked.extend(looked);
    }
    joined
}

impl Summary {
    /// What was written of a part, in sentences.
    fn of(written: &Written, part: &Part) -> Self {
        let mut found = Self::parse(&written.text);
        found.looked = looks::by_sentence(written, &found.sentences, part);
        found
    }

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
        let search = Search {
            attention: true,
            ..search
        };
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

    /// A hypothesis with where it looked. Source tokens are told apart by what is cut of the beginnings of the text
    /// that end where a piece ends: no token reaches over the space between two.
    fn written(&self, hypothesis: Hypothesis, part: &Part) -> Written {
        let codec = self.generator.codec();
        let whole = codec.encode(&self.prompted(&part.text));
        let common = |text: &str| {
            let begun = codec.encode(text);
            begun.iter().zip(&whole).take_while(|(a, b)| a == b).count()
        };
        // What frames a source at its end is no part of its last piece.
        let most = whole.len() - (codec.encode("").len() - common(""));
        let tokens = |text: &str| common(text).min(most);
        let prompt = self.prompt.as_deref().unwrap_or("{text}");
        let before = prompt.split("{text}").next().unwrap_or_default();
        let first = tokens(before);
        let ends: Vec<usize> = part
            .pieces
            .iter()
            .map(|p| tokens(&format!("{before}{}", &part.text[..p.end])))
            .collect();
        let looks = hypothesis.attention.iter().flatten().enumerate().map(|(n, weights)| {
            let starts = std::iter::once(first).chain(ends.iter().copied());
            let sum = |(a, b): (usize, &usize)| weights.get(a..*b).map_or(0.0, |w| w.iter().sum());
            Look {
                end: codec.decode(&hypothesis.tokens[..=n]).len().min(hypothesis.text.len()),
                pieces: starts.zip(&ends).map(sum).collect(),
            }
        });
        Written {
            looks: looks.collect(),
            text: hypothesis.text,
        }
    }

    fn prompted(&self, text: &str) -> String {
        match &self.prompt {
            Some(prompt) => prompt.replacen("{text}", text, 1),
            None => text.to_string(),
        }
    }
}

impl Summarize for Summarizer {
    fn summarize(&self, parts: &[Part]) -> Result<Vec<Written>> {
        let prompts: Vec<Prompt> = parts.iter().map(|p| self.prompted(&p.text).into()).collect();
        let found = self.generator.generate(&prompts, &self.search)?;
        let best = found.into_iter().map(|hypotheses| hypotheses.into_iter().next());
        Ok(best
            .zip(parts)
            .map(|(h, part)| h.map(|h| self.written(h, part)).unwrap_or_default())
            .collect())
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
