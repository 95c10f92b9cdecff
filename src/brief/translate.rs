//! Sentences -> English: long ones in clauses, all of them in one set of batches, loops noticed and tried again.
//!
//! Nothing is cut: what the model cannot read in one piece is read in several, and their English is joined.
use super::{
    hints::{self, hinted, Hint, Hinted},
    spelling::Joined,
    ModelStamp, Translate, Translated,
};
use crate::{
    decode::{Constraint, Generator, Hypothesis, Prompt, Search},
    text::{clauses::clauses, Span},
    Result,
};

/// Source tokens of one piece. Models are trained on sentences; a longer one is read better as clauses.
const PIECE_TOKENS: usize = 120;

/// English tokens for each Italian one in a second attempt, beside what every search adds: a search for phrases that
/// the model resists would else go on to a limit that is made for odd sentences.
const AGAIN_RATIO: f32 = 1.5;

/// A phrase that must appear in the English of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Where in the Italian sentence it comes from, in bytes: it goes with the clause that holds this place.
    pub at: usize,
    /// English forms, one of which must appear.
    pub forms: Vec<String>,
}

/// A sentence and what its English must contain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request<'a> {
    pub text: &'a str,
    pub phrases: Vec<Phrase>,
    /// What a model that reads hints is told besides those of the lexicon.
    pub hints: Vec<Hint>,
}

/// How requests are searched, where it is not as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Translations of each request at most; 0 is one.
    pub alternatives: usize,
    /// In clauses of at most half its length, even where the model reads the sentence whole.
    pub halves: bool,
    /// No sequence of this many tokens comes twice; 0 is as usual.
    pub no_repeat_ngram: usize,
    /// A second attempt: it ends where no translation of a sentence is that long, and loops are not tried again.
    pub again: bool,
    /// What has hints, for a model that reads them.
    pub hinted: Hinted,
}

/// A generator set to translate.
pub struct Translator {
    generator: Generator,
    search: Search,
    name: String,
    revision: Option<String>,
    piece_tokens: usize,
    /// Whether the model reads hints beside rare words.
    hints: bool,
}

/// One clause of one request on its way through the model.
struct Piece {
    request: usize,
    prompt: Prompt,
    /// Which phrases of the request its constraints are.
    phrases: Vec<usize>,
}

impl Translator {
    pub fn new(generator: Generator, search: Search, name: impl Into<String>, revision: Option<String>) -> Self {
        let piece_tokens = generator.max_source().min(PIECE_TOKENS);
        Self {
            generator,
            search,
            name: name.into(),
            revision,
            piece_tokens,
            hints: false,
        }
    }

    /// Puts English hints beside rare words, for a model that was trained to read them.
    pub fn with_hints(mut self, hints: bool) -> Self {
        self.hints = hints;
        self
    }

    /// Splits sentences into clauses of at most this many source tokens.
    pub fn with_piece_tokens(mut self, tokens: usize) -> Self {
        self.piece_tokens = tokens.min(self.generator.max_source()).max(1);
        self
    }

    /// Whether other hints would change what the model reads of a text.
    pub fn has_other_hints(&self, text: &str) -> bool {
        self.hints && hints::has_expressions(text)
    }

    pub fn generator(&self) -> &Generator {
        &self.generator
    }

    /// Width of the search.
    pub fn beams(&self) -> usize {
        self.search.beams
    }

    /// Translations of each request, best first, in the order of the requests.
    ///
    /// # Errors
    /// Where the model fails.
    pub fn translations(&self, requests: &[Request], how: &How) -> Result<Vec<Vec<Translated>>> {
        let pieces: Vec<Piece> = requests
            .iter()
            .enumerate()
            .flat_map(|(i, r)| self.pieces(i, r, how))
            .collect();
        let search = Search {
            n_best: how.alternatives.max(1),
            beams: self.search.beams.max(how.alternatives),
            no_repeat_ngram: match how.no_repeat_ngram {
                0 => self.search.no_repeat_ngram,
                n => n,
            },
            max_ratio: match how.again {
                true => Some(self.search.max_ratio.map_or(AGAIN_RATIO, |r| r.min(AGAIN_RATIO))),
                false => self.search.max_ratio,
            },
            ..self.search.clone()
        };
        let prompts: Vec<Prompt> = pieces.iter().map(|p| p.prompt.clone()).collect();
        let mut found = self.generator.generate(&prompts, &search)?;
        if !how.again {
            self.retry_loops(&pieces, &search, &mut found)?;
        }
        let mut results: Vec<Vec<Translated>> = requests.iter().map(|_| vec![]).collect();
        let mut at = 0;
        while at < pieces.len() {
            let request = pieces[at].request;
            let end = at + pieces[at..].iter().take_while(|p| p.request == request).count();
            let most = found[at..end].iter().map(Vec::len).max().unwrap_or(0);
            for rank in 0..most {
                // Where a clause has fewer alternatives, its last one stands in for the rest.
                let chosen = found[at..end].iter().map(|h| h.get(rank).or(h.last()));
                results[request].push(join(&pieces[at..end], chosen, &search));
            }
            at = end;
        }
        for (result, request) in results.iter_mut().zip(requests) {
            if result.is_empty() {
                // A blank sentence has a blank translation.
                result.push(Translated {
                    unmet: (0..request.phrases.len()).collect(),
                    ..Translated::default()
                });
            }
        }
        Ok(results)
    }

    fn pieces(&self, request: usize, r: &Request, how: &How) -> Vec<Piece> {
        let tokens = |piece: &str| self.generator.codec().encode(piece).len();
        let most = match how.halves {
            true => self.piece_tokens.min(tokens(r.text) * 3 / 5),
            false => self.piece_tokens,
        };
        let fits = |piece: &str| tokens(piece) <= most;
        let spans: Vec<Span> = clauses(r.text, &fits);
        let piece = |(i, span): (usize, &Span)| {
            // White space between clauses belongs to the one before it.
            let until = spans.get(i + 1).map_or(usize::MAX, |next| next.start);
            let since = if i == 0 { 0 } else { span.start };
            let phrases: Vec<usize> = (0..r.phrases.len())
                .filter(|&p| (since..until).contains(&r.phrases[p].at))
                .collect();
            let constraints = phrases
                .iter()
                .map(|&p| Constraint {
                    forms: r.phrases[p].forms.clone(),
                })
                .collect();
            let spelt = Joined::of(span.of(r.text));
            Piece {
                request,
                prompt: Prompt {
                    text: match self.hints {
                        true => {
                            let here = r
                                .hints
                                .iter()
                                .filter(|h| h.span.start >= span.start && h.span.end <= span.end);
                            let moved = here.map(|h| Hint {
                                span: spelt.place(Span::new(h.span.start - span.start, h.span.end - span.start)),
                                ..h.clone()
                            });
                            hinted(&spelt.text, &hints::with(hints::hints(&spelt.text, how.hinted), moved))
                        }
                        false => spelt.text,
                    },
                    constraints,
                },
                phrases,
            }
        };
        spans.iter().enumerate().map(piece).collect()
    }

    /// A piece whose best hypothesis repeats itself is searched again with repetition forbidden.
    fn retry_loops(&self, pieces: &[Piece], search: &Search, found: &mut [Vec<Hypothesis>]) -> Result<()> {
        let is_bad = |h: &[Hypothesis]| h.first().is_some_and(|h| is_loop(&h.tokens) || is_cut(h, search));
        let bad: Vec<usize> = (0..found.len()).filter(|&i| is_bad(&found[i])).collect();
        if bad.is_empty() {
            return Ok(());
        }
        let strict = Search {
            no_repeat_ngram: 3,
            ..search.clone()
        };
        let prompts: Vec<Prompt> = bad.iter().map(|&i| pieces[i].prompt.clone()).collect();
        for (i, again) in bad.into_iter().zip(self.generator.generate(&prompts, &strict)?) {
            if !is_bad(&again) {
                found[i] = again;
            }
        }
        Ok(())
    }
}

impl Translate for Translator {
    fn translate(&self, sentences: &[&str]) -> Result<Vec<Translated>> {
        let requests: Vec<Request> = sentences
            .iter()
            .map(|&text| Request {
                text,
                ..Request::default()
            })
            .collect();
        let found = self.translations(&requests, &How::default())?;
        Ok(found.into_iter().map(|mut t| t.swap_remove(0)).collect())
    }

    fn stamp(&self) -> ModelStamp {
        ModelStamp::of(&self.name, self.revision.as_deref(), self.generator.stamp())
    }

    fn search(&self) -> String {
        let s = &self.search;
        let mut text = format!(
            "beams:{}|length_penalty:{:?}|max_tokens:{}",
            s.beams, s.length_penalty, s.max_tokens
        );
        if let Some(ratio) = s.max_ratio {
            text += &format!("|max_ratio:{ratio:?}");
        }
        if s.no_repeat_ngram > 0 {
            text += &format!("|no_repeat_ngram:{}", s.no_repeat_ngram);
        }
        if self.hints {
            text += "|hints";
        }
        text + &format!("|piece_tokens:{}", self.piece_tokens)
    }
}

/// The English of the clauses of one sentence as one text.
fn join<'h>(pieces: &[Piece], chosen: impl Iterator<Item = Option<&'h Hypothesis>>, search: &Search) -> Translated {
    let mut joined = Translated::default();
    let (mut sum, mut tokens) = (0.0, 0);
    for (i, (piece, hypothesis)) in pieces.iter().zip(chosen).enumerate() {
        let Some(h) = hypothesis else { continue };
        let last = i + 1 == pieces.len();
        joined.text = append(joined.text, &h.text, &piece.prompt.text, i == 0, last);
        sum += h.score * h.tokens.len() as f32;
        tokens += h.tokens.len();
        joined
            .unmet
            .extend(h.unmet.iter().filter_map(|&c| piece.phrases.get(c)));
        joined.repeats |= is_loop(&h.tokens) || is_cut(h, search);
    }
    joined.unmet.sort_unstable();
    joined.score = sum / tokens.max(1) as f32;
    joined
}

/// Words that stand lower-case within a sentence: a clause that the model began like a sentence may begin with one.
const LOWER: &str = "a an the and or but nor so yet which who whom whose that what while when where if because since after before \
    during until according also then this these those in on at of for from with by to as it its he she they we his her their \
    there both all some many other another not thanks through following under between among";

/// Appends the English of a clause. A full stop or capital that only the cut explains is taken back.
fn append(mut text: String, next: &str, source: &str, first: bool, last: bool) -> String {
    let mut next = next.trim();
    if !last && !source.trim_end().ends_with(['.', '!', '?', '…']) {
        next = next.trim_end_matches('.');
    }
    if next.is_empty() {
        return text;
    }
    if first || text.is_empty() {
        return text + next;
    }
    let word = next.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let was_lower = source.trim_start().chars().next().is_some_and(char::is_lowercase);
    let lower = word.to_lowercase();
    // Only clause ends tell where the comma was; the model saw it at the end of the clause before.
    text.push(' ');
    if was_lower && LOWER.split_whitespace().any(|w| w == lower) {
        text.push_str(&lower);
        text.push_str(&next[word.len()..]);
    } else {
        text.push_str(next);
    }
    text
}

/// Whether the same few tokens come again and again: four times for one token, three for 2 to 12.
fn is_loop(tokens: &[u32]) -> bool {
    (1..=12).any(|n| {
        let times = if n == 1 { 4 } else { 3 };
        (0..(tokens.len() + 1).saturating_sub(n * times)).any(|i| {
            let unit = &tokens[i..i + n];
            tokens[i..i + n * times].chunks(n).all(|c| c == unit)
        })
    })
}

/// Whether the limit ended it, not the model.
fn is_cut(h: &Hypothesis, search: &Search) -> bool {
    let ended = h.tokens.last().is_some_and(|t| search.eos.contains(t));
    !ended || h.tokens.len() >= search.max_tokens
}

#[cfg(test)]
mod tests;
