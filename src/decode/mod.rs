//! Logits to hypotheses: where text meets tensors, and the only place where it does.
mod batches;
mod beam;
mod codec;
pub mod constraint;
mod processors;
mod search;

pub use batches::Task;
pub use constraint::{Forms, Joint};
pub use search::Search;

use crate::{
    model::{load, LateStamp, Loaded, Options, Seq2Seq, Source, Stamp},
    Error, Result,
};

/// Text to source ids, target ids to text: what the search needs of a tokenizer.
pub trait Codec: Send + Sync {
    /// A source, framed as the model's family reads it.
    fn encode(&self, text: &str) -> Vec<u32>;
    /// A phrase as it stands within a target sentence.
    fn encode_phrase(&self, phrase: &str) -> Vec<u32>;
    fn decode(&self, ids: &[u32]) -> String;
    /// How a target token stands to the one before it: phrases end where a word does.
    fn joint(&self, _id: u32) -> Joint {
        Joint::Apart
    }
    /// SHA-256 of the files that it was made of, where there are any.
    fn sha256(&self) -> Option<String> {
        None
    }
}

/// A phrase that must appear in the target, in one of these forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraint {
    pub forms: Vec<String>,
}

/// A source text and what its target must contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    pub text: String,
    pub constraints: Vec<Constraint>,
}

impl<T: Into<String>> From<T> for Prompt {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            constraints: vec![],
        }
    }
}

/// One target for a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    pub text: String,
    /// Without the start token; the end-of-sequence token is the last one unless the limit cut it off.
    pub tokens: Vec<u32>,
    /// Sum of log-probabilities over length^length_penalty: at a penalty of 1 the mean log-probability.
    pub score: f32,
    /// For each token, how much it looked at each source token, where the search asked for it.
    pub attention: Option<Vec<Vec<f32>>>,
    /// Constraints of the prompt that the text does not meet.
    pub unmet: Vec<usize>,
}

/// A model with its tokenizer. Immutable; shared by threads.
pub struct Generator {
    model: Box<dyn Seq2Seq>,
    codec: Box<dyn Codec>,
    defaults: Search,
    stamp: LateStamp,
    /// Threads that each decode their own batches; for models that do not use all cores by themselves.
    pub workers: usize,
}

impl Generator {
    pub fn new(loaded: Loaded, codec: impl Codec + 'static) -> Self {
        let defaults = Search::of(&loaded.generation);
        let tokenizer = codec.sha256();
        let stamp = move || Stamp {
            tokenizer,
            ..loaded.stamp.clone()
        };
        Self {
            model: loaded.model,
            defaults,
            stamp: LateStamp::new(Box::new(stamp)),
            codec: Box::new(codec),
            workers: 1,
        }
    }

    /// Opens a folder in the transformers layout: model and tokenizer.
    ///
    /// # Errors
    /// Where its files are missing, broken or do not fit each other.
    pub fn open(dir: &std::path::Path, options: &Options) -> Result<Self> {
        let loaded = load(Source::Folder(dir), options)?;
        let tokenizer = crate::tokenizer::Tokenizer::open(dir)
            .map_err(|e| Error::new(format!("cannot read the tokenizer of `{}`", dir.display())).caused_by(e))?;
        Ok(Self::new(loaded, tokenizer))
    }

    /// How the model's authors generate with it.
    pub fn defaults(&self) -> &Search {
        &self.defaults
    }

    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    pub fn codec(&self) -> &dyn Codec {
        &*self.codec
    }

    /// Most tokens of a source, framing included.
    pub fn max_source(&self) -> usize {
        self.model.max_source().unwrap_or(usize::MAX)
    }

    /// The n best hypotheses of each prompt, best first, in the order of the prompts.
    pub fn generate(&self, prompts: &[Prompt], search: &Search) -> Result<Vec<Vec<Hypothesis>>> {
        let task = |p: &Prompt| Task {
            source: self.codec.encode(&p.text),
            phrases: p.constraints.iter().map(|c| self.forms(c)).collect(),
        };
        let tasks: Vec<Task> = prompts.iter().map(task).collect();
        let mut found = self.generate_ids(&tasks, search)?;
        for (hypotheses, prompt) in found.iter_mut().zip(prompts) {
            for h in hypotheses.iter_mut().filter(|_| !prompt.constraints.is_empty()) {
                // Judged on the text: `Milan` is not in `Milanese`, whatever the pieces say.
                h.unmet = (0..prompt.constraints.len())
                    .filter(|&c| !prompt.constraints[c].forms.iter().any(|f| contains_phrase(&h.text, f)))
                    .collect();
            }
        }
        Ok(found)
    }

    /// The same on token ids: sources framed, phrases cut.
    pub fn generate_ids(&self, tasks: &[Task], search: &Search) -> Result<Vec<Vec<Hypothesis>>> {
        if let Some(long) = tasks.iter().find(|t| t.source.len() > self.max_source()) {
            let (is, most) = (long.source.len(), self.max_source());
            return Err(Error::new(format!(
                "a source has {is} tokens, the model reads at most {most}"
            )));
        }
        let found = batches::run(&*self.model, tasks, search, &|id| self.codec.joint(id), self.workers)?;
        let hypothesis = |e: beam::Ended| Hypothesis {
            text: self.codec.decode(&e.tokens),
            score: e.score,
            unmet: e.unmet,
            attention: search
                .attention
                .then(|| e.attention.iter().map(|a| a.to_vec()).collect()),
            tokens: e.tokens,
        };
        Ok(found
            .into_iter()
            .map(|ended| ended.into_iter().map(hypothesis).collect())
            .collect())
    }

    fn forms(&self, constraint: &Constraint) -> Forms {
        constraint
            .forms
            .iter()
            .map(|f| self.codec.encode_phrase(f))
            .filter(|ids| !ids.is_empty())
            .collect()
    }
}

/// Whether `text` contains `phrase` between word boundaries, letter case aside.
fn contains_phrase(text: &str, phrase: &str) -> bool {
    let (text, phrase) = (text.to_lowercase(), phrase.trim().to_lowercase());
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // `250` is not in `1,250` nor in `250.3`: a separator between digits does not end a number.
    let goes_on = |chars: &mut dyn Iterator<Item = char>| match chars.next() {
        Some('.' | ',') => chars.next().is_some_and(|c| c.is_ascii_digit()),
        c => is_word(c),
    };
    phrase.is_empty()
        || text.match_indices(&phrase).any(|(at, _)| {
            let before = is_word(phrase.chars().next()) && goes_on(&mut text[..at].chars().rev());
            let after = is_word(phrase.chars().next_back()) && goes_on(&mut text[at + phrase.len()..].chars());
            !before && !after
        })
}

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod tests;
