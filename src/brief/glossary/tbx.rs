//! Glossaries as TBX (ISO 30042), old names and new: concepts with terms in each language.
use super::{GlossaryError, Term};
use crate::text::normalize::one_line;
use quick_xml::{escape::resolve_predefined_entity, events::Event, Reader};

/// Elements inside each other at most: TBX needs ten.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Italian,
    English,
    Other,
}

/// One concept as it is read.
#[derive(Default)]
struct Concept {
    line: usize,
    italian: Vec<String>,
    english: Vec<String>,
    note: String,
}

/// Reads every concept that has terms in Italian and in English.
pub fn terms(text: &str) -> Result<Vec<Term>, GlossaryError> {
    let mut reader = Reader::from_str(text);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut open: Vec<String> = vec![];
    let mut side = Side::Other;
    let mut concept = Concept::default();
    let mut words: Option<String> = None;
    let mut terms = vec![];
    loop {
        let event = reader.read_event();
        let line = lines.of(reader.buffer_position() as usize);
        let fault = |what: String| GlossaryError::new(line, what);
        match event.map_err(|e| fault(format!("not well-formed XML: {e}")))? {
            Event::Start(element) => {
                let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
                match name.as_str() {
                    "termEntry" | "conceptEntry" => {
                        concept = Concept {
                            line,
                            ..Concept::default()
                        }
                    }
                    "langSet" | "langSec" => side = language(&element),
                    "term" | "note" => words = Some(String::new()),
                    _ => (),
                }
                open.push(name);
                if open.len() > MAX_DEPTH {
                    return Err(fault(format!("elements inside each other more than {MAX_DEPTH} times")));
                }
            }
            Event::End(_) => {
                let name = open.pop().unwrap_or_default();
                let said = match name.as_str() {
                    "term" | "note" => words.take(),
                    _ => None,
                };
                let said = said.map(|s| one_line(&s));
                match (name.as_str(), said) {
                    ("term", Some(term)) if !term.is_empty() => match side {
                        Side::Italian => concept.italian.push(term),
                        Side::English => concept.english.push(term),
                        Side::Other => (),
                    },
                    ("note", Some(note)) => concept.note = note,
                    ("langSet" | "langSec", _) => side = Side::Other,
                    ("termEntry" | "conceptEntry", _) => terms.extend(std::mem::take(&mut concept).terms()),
                    _ => (),
                }
            }
            Event::Text(text) => {
                if let Some(words) = &mut words {
                    words.push_str(&text.decode().map_err(|e| fault(e.to_string()))?);
                }
            }
            Event::CData(data) => {
                if let Some(words) = &mut words {
                    words.push_str(&data.decode().map_err(|e| fault(e.to_string()))?);
                }
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|e| fault(e.to_string()))?;
                let number = reference.resolve_char_ref().map_err(|e| fault(e.to_string()))?;
                let known = number.map(String::from);
                let known = known.or_else(|| resolve_predefined_entity(&name).map(String::from));
                let known = known.ok_or_else(|| fault(format!("the entity `&{name};` is none of XML's own")))?;
                if let Some(words) = &mut words {
                    words.push_str(&known);
                }
            }
            Event::DocType(kind) => {
                let kind = kind.decode().map_err(|e| fault(e.to_string()))?;
                if kind.contains("<!ENTITY") {
                    return Err(fault(
                        "it declares entities of its own, which a glossary has no use for".into(),
                    ));
                }
            }
            Event::Eof if !open.is_empty() => {
                return Err(fault(format!("the file ends within `<{}>`", open[open.len() - 1])));
            }
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => (),
        }
    }
    match terms.is_empty() {
        true => Err(GlossaryError::new(
            1,
            "no concept with terms in `it` and in `en`: is this a TBX file?",
        )),
        false => Ok(terms),
    }
}

impl Concept {
    /// Each Italian term with all English ones.
    fn terms(self) -> impl Iterator<Item = Term> {
        let Concept {
            line,
            italian,
            english,
            note,
        } = self;
        let has_both = !english.is_empty();
        let term = move |italian| Term {
            italian,
            english: english.clone(),
            note: note.clone(),
            line,
        };
        italian.into_iter().filter(move |_| has_both).map(term)
    }
}

/// The language that an element's `xml:lang` names: `it`, `it-IT`, `ita`.
fn language(element: &quick_xml::events::BytesStart) -> Side {
    let code = element.attributes().flatten().find(|a| a.key.as_ref() == b"xml:lang");
    let code = code
        .map(|a| String::from_utf8_lossy(&a.value).to_lowercase())
        .unwrap_or_default();
    match code.split(['-', '_']).next() {
        Some("it" | "ita") => Side::Italian,
        Some("en" | "eng") => Side::English,
        _ => Side::Other,
    }
}

/// Line numbers of places that only go forward.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, position: usize) -> usize {
        let until = position.clamp(self.at, self.text.len());
        self.line += self.text.as_bytes()[self.at..until]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        self.at = until;
        self.line
    }
}
