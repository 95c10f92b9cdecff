//! Sentences that fail the checks are translated again, in other ways, and the best of what comes out is kept.
//!
//! The first translation of every sentence is free: a list of the best hypotheses, of which the first without a
//! finding is taken. Those with words that nothing in the Italian accounts for go again with other hints. Sentences that
//! still have a finding go again, all of them in one batch, with the forms of what is missing as phrases that must appear;
//! then with everything that must be carried over; then in clauses. Where all that fails, a wrong figure or a garbled word
//! is replaced in the text. What a further attempt mended is told by a finding of its own.
pub mod forms;
mod garbled;
mod patch;
mod phrases;
mod source;

use super::{
    fidelity::{self, Doubts, Pair},
    glossary::Glossary,
    hints::Hinted,
    shape::{self, Fault},
    translate::{How, Request, Translator},
    Check, Excerpt, Finding, ModelStamp, Translate, Translated, Verdict,
};
use crate::{text::calendar::Date, Result};
pub use source::Source;

/// How a translation came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// The model's own best.
    Free,
    /// Another of its hypotheses.
    Alternative,
    /// Searched for so that it holds what was missing.
    Missing,
    /// Searched for so that it holds all that must be carried over.
    Everything,
    /// The same, clause by clause.
    Clauses,
    /// Searched for with known renderings of words that nothing in the English answers to.
    Words,
    /// With fewer hints.
    Hints,
    /// A figure replaced in the text.
    Patched,
}

impl Means {
    fn told(self) -> &'static str {
        match self {
            Means::Free => "translated freely",
            Means::Alternative => "another of the model's translations was taken",
            Means::Missing | Means::Everything => "translated again with what must be carried over",
            Means::Clauses => "translated again in clauses",
            Means::Words => "translated again with known renderings of words that had no answer",
            Means::Hints => "translated again with other hints",
            Means::Patched => "the figure was put in its place",
        }
    }
}

/// One translation with what is wrong with it.
#[derive(Clone, Debug)]
struct Attempt {
    text: Translated,
    means: Means,
    faults: Vec<Finding>,
    /// What is to be doubted about the wording; faults come first.
    doubts: Doubts,
}

impl Attempt {
    /// Findings; a sentence that goes in circles or is cut short is worse than one with a wrong figure or status, and
    /// that is worse than one with a wrong name.
    fn weight(&self) -> usize {
        let weigh = |f: &Finding| match f.check {
            Check::Repetition | Check::Length => 4,
            Check::Name | Check::Place | Check::Agency | Check::Glossary => 2,
            _ => 3,
        };
        self.faults.iter().map(weigh).sum()
    }

    /// Whether it is to be preferred: fewer faults, else less to doubt about its wording.
    fn is_better(&self, other: &Attempt) -> bool {
        (self.weight(), self.doubts.weight()) < (other.weight(), other.doubts.weight())
    }

    /// Whether the model finds it not much less likely.
    fn is_near(&self, other: &Attempt) -> bool {
        self.text.score > other.text.score - MARGIN
    }

    fn has(&self, check: Check) -> bool {
        self.faults.iter().any(|f| f.check == check)
    }
}

/// Log-probability for each token that a translation with a word asked for may lose against the one without.
const MARGIN: f32 = 0.35;

/// Sources of fewer words are not cut into clauses.
const CLAUSE_WORDS: usize = 12;

/// A translator that checks what it translates, and translates what fails again.
pub struct Repair {
    translator: Translator,
    /// Whether figures, names and shape are mended.
    checks: bool,
    /// Terms that are asked for.
    glossary: Option<Glossary>,
}

impl Repair {
    /// Mends what the checks find.
    pub fn new(translator: Translator) -> Self {
        Self {
            translator,
            checks: true,
            glossary: None,
        }
    }

    /// Asks for the terms of a glossary as well.
    pub fn with_glossary(mut self, glossary: Option<Glossary>) -> Self {
        self.glossary = glossary;
        self
    }

    /// Leaves what the checks find as it is: nothing but terms is asked for.
    pub fn terms_only(mut self) -> Self {
        self.checks = false;
        self
    }

    fn judged(&self, source: &Source, text: Translated, means: Means) -> Attempt {
        let mut faults = match self.checks {
            true => faults(source.text, &text, None),
            false => vec![],
        };
        faults.extend(source.lost_terms(&text.text));
        let doubts = match self.checks {
            true => source.reading.doubts(&text.text),
            false => Doubts::default(),
        };
        Attempt {
            text,
            means,
            faults,
            doubts,
        }
    }

    /// Replaces the best of each case that has faults by what is better among new translations of it.
    fn again(&self, sources: &[Source], best: &mut [Attempt], means: Means) -> Result<()> {
        for looping in [false, true] {
            let is_open = |i: &usize| best[*i].weight() > 0 && best[*i].has(Check::Repetition) == looping;
            let open: Vec<usize> = (0..best.len()).filter(is_open).collect();
            let mut asked = vec![];
            for i in open {
                let (source, faults) = (&sources[i], &best[i].faults);
                let text = source.text;
                let phrases = match means {
                    Means::Missing => phrases::missing(source, faults),
                    // Where nothing else must be carried over, this would search the same again.
                    Means::Everything if !phrases::are_more(source, faults) => continue,
                    _ => phrases::all(source, faults),
                };
                let cut = means == Means::Clauses && text.split_whitespace().count() >= CLAUSE_WORDS;
                // Without anything to hold on to, a search finds what it found before.
                let other = looping && means == Means::Missing;
                if cut || other || (!phrases.is_empty() && means != Means::Clauses) {
                    asked.push((i, sources[i].request(phrases)));
                }
            }
            let how = How {
                alternatives: 2,
                halves: means == Means::Clauses,
                no_repeat_ngram: if looping { 3 } else { 0 },
                again: true,
                ..How::default()
            };
            self.attempt(sources, best, asked, &how, means, |_, _| true)?;
        }
        Ok(())
    }

    /// Searches what is asked for, and keeps what is better than the best of its case and also `keeps` beside it.
    fn attempt(
        &self,
        sources: &[Source],
        best: &mut [Attempt],
        asked: Vec<(usize, Request)>,
        how: &How,
        means: Means,
        keeps: impl Fn(&Attempt, &Attempt) -> bool,
    ) -> Result<()> {
        let (cases, requests): (Vec<usize>, Vec<Request>) = asked.into_iter().unzip();
        for (i, found) in cases.into_iter().zip(self.translator.translations(&requests, how)?) {
            for text in found {
                let attempt = self.judged(&sources[i], text, means);
                if attempt.is_better(&best[i]) && keeps(&attempt, &best[i]) {
                    best[i] = attempt;
                }
            }
        }
        Ok(())
    }

    /// Translates what repeats itself, or has words that nothing explains, with fewer hints: the model may take the hint of
    /// an expression for its last word alone, and say the rest once more.
    fn unhinted(&self, sources: &[Source], best: &mut [Attempt]) -> Result<()> {
        let is_open = |i: &usize| {
            let (best, text) = (&best[*i], sources[*i].text);
            self.checks && best.doubts.is_odd() && self.translator.has_other_hints(text)
        };
        let open: Vec<usize> = (0..best.len()).filter(is_open).collect();
        for hinted in [Hinted::Outside, Hinted::Words] {
            let how = How {
                alternatives: 2,
                again: true,
                hinted,
                ..How::default()
            };
            let asked = open.iter().map(|&i| (i, sources[i].request(vec![]))).collect();
            self.attempt(sources, best, asked, &how, Means::Hints, Attempt::is_near)?;
        }
        Ok(())
    }

    /// Asks for known renderings of words without an answer, where that loses nothing else.
    fn reword(&self, sources: &[Source], best: &mut [Attempt]) -> Result<()> {
        let mut asked = vec![];
        for i in 0..best.len() {
            let phrases = phrases::unanswered(&best[i].doubts);
            if !phrases.is_empty() {
                asked.push((i, sources[i].request(phrases)));
            }
        }
        let how = How {
            alternatives: 2,
            again: true,
            ..How::default()
        };
        let tidy = |a: &Attempt, best: &Attempt| ends(&a.text.text) <= ends(&best.text.text) && a.is_near(best);
        self.attempt(sources, best, asked, &how, Means::Words, tidy)
    }

    /// Replaces wrong figures in the text as far as that helps, and tells what was mended and what became of terms.
    fn finish(&self, source: &Source, first: &Attempt, mut best: Attempt) -> Translated {
        let put = |best: &Attempt, english: String| {
            let text = Translated {
                text: english,
                ..best.text.clone()
            };
            self.judged(source, text, Means::Patched)
        };
        while let Some(better) = phrases::patches(source.text, &best.faults, &best.text.text)
            .into_iter()
            .map(|english| put(&best, english))
            .find(|attempt| attempt.weight() < best.weight())
        {
            best = better;
        }
        let mut words = vec![];
        loop {
            let tried = garbled::patches(&source.reading, &best.doubts, &best.text.text).into_iter();
            let judged = tried.map(|(english, wrong, right)| (put(&best, english), wrong, right));
            let is_better = |a: &Attempt| a.weight() <= best.weight() && a.doubts.weight() < best.doubts.weight();
            let Some((better, wrong, right)) = judged.into_iter().find(|(a, ..)| is_better(a)) else {
                break;
            };
            words.push((wrong, right));
            best = better;
        }
        let remains = |f: &Finding| {
            let same = |g: &Finding| g.check == f.check && g.source == f.source;
            best.faults
                .iter()
                .any(|g| same(g) && (f.source.is_some() || g.reason == f.reason))
        };
        let is_mended = |f: &&Finding| f.check != Check::Glossary && !remains(f);
        let mended = first.faults.iter().filter(is_mended).map(|f| Finding {
            // Its place in the English is gone with the first translation.
            target: None,
            reason: format!("at first {}; {}", f.reason, best.means.told()),
            repaired: true,
            ..f.clone()
        });
        let mut findings: Vec<Finding> = mended.collect();
        let words = words
            .iter()
            .map(|(wrong, right)| mended_word(wrong, right, &best.text.text));
        findings.extend(words);
        findings.extend(source.terms_of(&best.text.text));
        Translated {
            findings,
            repeats: best.text.repeats || best.has(Check::Repetition),
            ..best.text
        }
    }
}

impl Translate for Repair {
    fn translate(&self, sentences: &[&str]) -> Result<Vec<Translated>> {
        let how = How {
            alternatives: self.translator.beams(),
            ..How::default()
        };
        let glossary = self.glossary.as_ref();
        let sources: Vec<Source> = sentences.iter().map(|text| Source::new(text, glossary)).collect();
        let requests: Vec<Request> = sources.iter().map(|s| s.request(vec![])).collect();
        let mut first = vec![];
        let mut best = vec![];
        for (source, found) in sources.iter().zip(self.translator.translations(&requests, &how)?) {
            let mut attempts = found.into_iter().enumerate().map(|(rank, text)| {
                let means = if rank == 0 { Means::Free } else { Means::Alternative };
                self.judged(source, text, means)
            });
            let Some(free) = attempts.next() else { continue };
            let mut kept = free.clone();
            for attempt in attempts {
                if attempt.is_better(&kept) {
                    kept = attempt;
                }
            }
            first.push(free);
            best.push(kept);
        }
        self.unhinted(&sources, &mut best)?;
        for means in [Means::Missing, Means::Everything, Means::Clauses] {
            self.again(&sources, &mut best, means)?;
        }
        self.reword(&sources, &mut best)?;
        let finished = sources.iter().zip(first.iter().zip(best));
        Ok(finished
            .map(|(source, (first, best))| self.finish(source, first, best))
            .collect())
    }

    fn stamp(&self) -> ModelStamp {
        self.translator.stamp()
    }

    fn search(&self) -> String {
        let mut text = format!("{}|repair:{}", self.translator.search(), u8::from(self.checks));
        if let Some(hash) = self.glossary.as_ref().and_then(|g| g.sha256.get(..12)) {
            text += &format!("|glossary:{hash}");
        }
        text
    }

    fn glossary(&self) -> Option<&str> {
        self.glossary.as_ref().map(|g| g.sha256.as_str())
    }
}

/// What is told of a garbled word that was replaced in an English sentence. It remains to be looked at: the word is the
/// likeliest, and where one is garbled the rest may be wrong.
fn mended_word(wrong: &str, right: &str, english: &str) -> Finding {
    let target = english.find(right).map(|start| Excerpt {
        sentence: 0,
        start,
        end: start + right.len(),
        text: right.to_string(),
    });
    Finding {
        check: Check::Wording,
        verdict: Verdict::Unsupported,
        source: None,
        target,
        reason: format!("`{wrong}` is no English word; `{right}` was put in its place from the lexicon"),
        repaired: false,
    }
}

/// Sentence ends within a text, and one if it stops without: a phrase that found no place is put after the last one.
fn ends(text: &str) -> usize {
    let text = text.trim();
    let inside = text
        .match_indices(['.', '!', '?'])
        .filter(|(at, _)| text[at + 1..].starts_with([' ', '"']));
    inside.count() + usize::from(!text.ends_with(['.', '!', '?', '"']))
}

/// What is wrong with a translation, of an article of this day: findings of the checks, and of its shape.
pub fn faults(source: &str, translated: &Translated, date: Option<Date>) -> Vec<Finding> {
    let mut faults = fidelity::facts(Pair::new(0, source, &translated.text).on(date));
    let shape = shape::fault(source, &translated.text);
    let shape = shape.or(translated.repeats.then_some(Fault::Loop));
    faults.extend(shape.map(|fault| shapeless(source, fault)));
    faults
}

fn shapeless(source: &str, fault: Fault) -> Finding {
    let (check, verdict, reason) = match fault {
        Fault::Loop => (
            Check::Repetition,
            Verdict::Unsupported,
            "the translation repeats itself or breaks off",
        ),
        Fault::Short => (
            Check::Length,
            Verdict::Missing,
            "the translation is much shorter than the Italian",
        ),
        Fault::Long => (
            Check::Length,
            Verdict::Unsupported,
            "the translation is much longer than the Italian",
        ),
    };
    Finding {
        check,
        verdict,
        source: Some(Excerpt {
            sentence: 0,
            start: 0,
            end: source.len(),
            text: source.to_string(),
        }),
        target: None,
        reason: reason.into(),
        repaired: false,
    }
}

#[cfg(test)]
mod tests;
