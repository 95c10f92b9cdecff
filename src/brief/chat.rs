//! A chat model told to translate or to brief: the prompts, and what is done with the answers.
use super::{
    glossary::Glossary,
    repair::Source,
    summarize::{Part, Written},
    ModelStamp, Summarize, Translate, Translated,
};
use crate::{
    model::chat::{Chat, Message},
    text::{clauses::clauses, hex::hex, normalize::one_line},
    Error, Result,
};

/// Tokens at most of a brief: a headline and six sentences.
const BRIEF_TOKENS: usize = 400;
/// Tokens at most of a translated sentence, where it is short; a longer one gets three times its own.
const LEAST_TOKENS: usize = 64;

const TRANSLATE: &str =
    "Translate this Italian sentence into English. Keep every figure, date and name; keep allegations \
    allegations: `indagato` is a person under investigation, `avrebbe` with a participle is allegedly. Answer with the \
    translation alone.\n\n";

/// Before the terms of a sentence.
const TERMS: &str = " Use these English terms: ";

const BRIEF: &str = "Below is a news text. Write a brief of it in English for a reader abroad: first one line that begins with \
    `Headline:`, then three to six sentences in plain language, most important first. Say only what the text says; keep its \
    figures, dates, places and agencies exactly; keep allegations allegations (`indagato` is a person under investigation, \
    nobody is guilty before a final judgment); if somebody denies something, say so. Do not name minors. Answer with the \
    headline and the sentences alone.\n\n";

/// A chat model with its place in a strategy.
pub struct ChatWriter {
    chat: Chat,
    name: String,
    revision: Option<String>,
    /// Terms that translations are asked to use.
    glossary: Option<Glossary>,
}

impl ChatWriter {
    pub fn new(chat: Chat, name: impl Into<String>, revision: Option<String>) -> Self {
        Self {
            chat,
            name: name.into(),
            revision,
            glossary: None,
        }
    }

    /// Asks for the terms of a glossary, sentence by sentence.
    pub fn with_glossary(mut self, glossary: Option<Glossary>) -> Self {
        self.glossary = glossary;
        self
    }

    /// What is said before a piece that is to be translated: the task, and the terms that stand in it.
    fn instruction(&self, piece: &str) -> String {
        let terms = Source::new(piece, self.glossary.as_ref()).terms;
        let asked = terms.iter().filter_map(|t| {
            let english = t.forms.first()?;
            Some(format!("`{}` is `{english}`", t.span.of(piece)))
        });
        let asked: Vec<String> = asked.collect();
        match asked.is_empty() {
            true => TRANSLATE.to_string(),
            false => format!("{}{TERMS}{}.\n\n", TRANSLATE.trim_end(), asked.join(", ")),
        }
    }

    fn ask(&self, instruction: &str, text: &str) -> [Message; 1] {
        // Models that only translate know what to do.
        match self.chat.only_translates() {
            true => [Message::user(text)],
            false => [Message::user(format!("{instruction}{text}"))],
        }
    }

    fn limit(&self, text: &str) -> usize {
        LEAST_TOKENS.max(3 * self.chat.tokenizer().encode(text).len())
    }

    fn sentence(&self, sentence: &str) -> Result<Translated> {
        let ask = |piece: &str| self.ask(&self.instruction(piece), piece);
        let fits = |piece: &str| self.chat.fits(&ask(piece), self.limit(piece));
        if !fits("") {
            let what = format!(
                "`{}` reads too few tokens at once: its prompt alone does not fit",
                self.name
            );
            return Err(Error::new(what).hint("take a model with a longer context"));
        }
        let mut joined = Translated::default();
        let mut pieces = 0;
        for span in clauses(sentence, &fits) {
            let piece = span.of(sentence);
            let answer = self.chat.answer(&ask(piece), self.limit(piece))?;
            // A sentence is one line, however the model lays it out.
            let text = one_line(&answer.text);
            if !joined.text.is_empty() && !text.is_empty() {
                joined.text.push(' ');
            }
            joined.text.push_str(&text);
            joined.score += answer.score;
            joined.repeats |= answer.cut;
            pieces += 1;
        }
        joined.score /= pieces.max(1) as f32;
        joined.findings = Source::new(sentence, self.glossary.as_ref()).terms_of(&joined.text);
        Ok(joined)
    }

    fn stamp(&self) -> ModelStamp {
        ModelStamp::of(&self.name, self.revision.as_deref(), self.chat.stamp())
    }
}

impl Translate for ChatWriter {
    fn translate(&self, sentences: &[&str]) -> Result<Vec<Translated>> {
        sentences.iter().map(|s| self.sentence(s)).collect()
    }

    fn stamp(&self) -> ModelStamp {
        ChatWriter::stamp(self)
    }

    fn search(&self) -> String {
        let mut text = format!("chat greedy|prompt:{}", digest(TRANSLATE));
        if let Some(hash) = self.glossary.as_ref().and_then(|g| g.sha256.get(..12)) {
            text += &format!("|glossary:{hash}|terms:{}", digest(TERMS));
        }
        text
    }

    fn glossary(&self) -> Option<&str> {
        self.glossary.as_ref().map(|g| g.sha256.as_str())
    }
}

impl Summarize for ChatWriter {
    fn summarize(&self, parts: &[Part]) -> Result<Vec<Written>> {
        if self.chat.only_translates() {
            return Err(
                Error::new(format!("`{}` translates, it does not write briefs", self.name))
                    .hint("give it as `--translator`, and a chat model as `--summarizer`"),
            );
        }
        let brief = |part: &Part| -> Result<Written> {
            Ok(self
                .chat
                .answer(&self.ask(BRIEF, &part.text), BRIEF_TOKENS)?
                .text
                .into())
        };
        parts.iter().map(brief).collect()
    }

    fn fits(&self, text: &str) -> bool {
        self.chat.fits(&self.ask(BRIEF, text), BRIEF_TOKENS)
    }

    fn stamp(&self) -> ModelStamp {
        ChatWriter::stamp(self)
    }

    fn search(&self) -> String {
        format!("chat greedy|max_tokens:{BRIEF_TOKENS}|prompt:{}", digest(BRIEF))
    }
}

/// The first digits of a prompt's SHA-256: another wording is another system.
fn digest(prompt: &str) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(prompt.as_bytes())[..4])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Device;
    use std::path::Path;

    fn writer(name: &str) -> ChatWriter {
        let path = format!("tests/parity/chat/{name}.gguf");
        ChatWriter::new(Chat::open(Path::new(&path), &Device::cpu()).unwrap(), name, None)
    }

    #[test]
    fn terms_are_asked_for_and_reported() {
        let glossary = Glossary::parse("perquisizione\tsearch\ngip\tpreliminary investigations judge\n".as_bytes());
        let writer = writer("llama").with_glossary(Some(glossary.unwrap()));
        let asked = |piece: &str| writer.instruction(piece);
        assert_eq!(asked("Tre arresti."), TRANSLATE);
        assert!(
            asked("Le perquisizioni a Lodi.").ends_with(" Use these English terms: `perquisizioni` is `searches`.\n\n"),
            "{}",
            asked("Le perquisizioni a Lodi.")
        );
        // Random weights: whatever comes out, each term is told of once.
        let found = writer
            .translate(&["Il gip ordina la perquisizione."])
            .unwrap()
            .remove(0);
        assert_eq!(found.findings.len(), 2);
        assert!(found.findings.iter().all(|f| f.check == crate::brief::Check::Glossary));
        assert!(Translate::search(&writer).contains("|glossary:") && Translate::glossary(&writer).is_some());
    }

    #[test]
    fn long_sentences_are_read_in_pieces_that_fit() {
        // Random weights: what is tested is that every piece fits, one line comes back and nothing depends on the rest.
        let writer = writer("llama");
        let short = "La corte ha deciso.";
        let long = "la corte, che si era riunita in marzo, ha deciso di rinviare il caso, ".repeat(5);
        let found = writer.translate(&[short, "", long.as_str()]).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1], Translated::default());
        assert!(found.iter().all(|t| !t.text.contains('\n')));
        assert_eq!(writer.translate(&[short]).unwrap()[0], found[0]);
        assert!(writer.fits(short) || !writer.fits(&long));
        assert_eq!(Summarize::stamp(&writer), Translate::stamp(&writer));
        assert_eq!(Summarize::stamp(&writer).sha256.len(), 64);
    }
}
