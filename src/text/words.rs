//! Words of Italian and English text: spans, stop words, stems and how rare each is.
use super::{normalize::fold, Span};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The two languages of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    Italian,
    English,
}

/// Word tokens of `text`, in order. An apostrophe ends the article or pronoun before it (`dell'|accordo`); digits
/// keep their separators (`1.250.000`, `14.30`, `231/2001`, `416-bis`); acronyms keep their dots (`C.N.C.P.O`).
pub fn words(text: &str) -> Vec<Span> {
    let mut found = vec![];
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let (mut end, mut last, mut run) = (start + c.len_utf8(), c, 1);
        while let Some(&(at, c)) = chars.peek() {
            let after = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
            let joins = match c {
                _ if c.is_alphanumeric() => true,
                // Combining marks belong to the letter before them.
                '\u{300}'..='\u{36f}' => true,
                '.' | ',' | ':' | '/' if last.is_ascii_digit() => after.is_ascii_digit(),
                '-' if last.is_ascii_digit() => after.is_alphanumeric(),
                '.' => run == 1 && last.is_alphabetic() && after.is_alphabetic(),
                _ => false,
            };
            if !joins {
                break;
            }
            run = if c.is_alphanumeric() { run + 1 } else { 0 };
            last = c;
            end = at + c.len_utf8();
            chars.next();
        }
        found.push(Span::new(start, end));
    }
    found
}

/// Number of words, as the house counts lengths: runs between white space.
pub fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

const STOP_IT: &str = "a ad agli ai al all alla alle allo anche ancora avere aveva avevano ben c che chi ci cio come con \
    contro cui d da dagli dai dal dall dalla dalle dallo degli dei del dell della delle dello dentro di dopo dove due e ed \
    era erano essere fa fino fra fu gia gli ha hai hanno ho i il in infatti io l la le lei li lo loro lui ma me mentre mi \
    mia mio molto ne negli nei nel nell nella nelle nello noi non nostra nostro o ogni oltre oppure per perche pero piu \
    poi prima proprio quale quali quando quanto quasi quella quelle quelli quello questa queste questi questo qui s se \
    sia siamo si sono sotto stata state stati stato su sua sue sugli sui sul sull sulla sulle sullo suo suoi t ti tra tu \
    tutta tutte tutti tutto un una uno v verso vi voi era sara saranno sarebbe sarebbero avrebbe avrebbero ai cosi quindi \
    inoltre alcuni alcune altri altre altro altra stessa stesso tale tali";

const STOP_EN: &str = "a about above after again against all also am an and any are as at be because been before being \
    below between both but by can could did do does doing down during each few for from further had has have having he \
    her here hers him his how i if in into is it its itself just me more most my no nor not now of off on once only or \
    other our out over own s same she should so some such t than that the their them then there these they this those \
    through to too under until up us very was we were what when where which while who whom why will with would you your";

/// Function words: too common to say what a text is about.
pub fn is_stop(word: &str, language: Language) -> bool {
    stop_words(language).contains(fold(word).as_str())
}

fn stop_words(language: Language) -> &'static HashSet<&'static str> {
    static IT: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_IT.split_ascii_whitespace().collect());
    static EN: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_EN.split_ascii_whitespace().collect());
    match language {
        Language::Italian => &IT,
        Language::English => &EN,
    }
}

/// Italian prepositions and articles, in lower case and whatever their form, each by its plain form.
pub fn function_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "di" | "d" | "del" | "dello" | "della" | "dell" | "dei" | "degli" | "delle" => "di",
        "a" | "ad" | "al" | "allo" | "alla" | "all" | "ai" | "agli" | "alle" => "a",
        "da" | "dal" | "dallo" | "dalla" | "dall" | "dai" | "dagli" | "dalle" => "da",
        "in" | "nel" | "nello" | "nella" | "nell" | "nei" | "negli" | "nelle" => "in",
        "su" | "sul" | "sullo" | "sulla" | "sull" | "sui" | "sugli" | "sulle" => "su",
        "con" | "col" | "coi" => "con",
        "il" | "lo" | "la" | "l" | "i" | "gli" | "le" => "il",
        "un" | "uno" | "una" => "un",
        _ => return None,
    })
}

/// The Snowball stem of a word, in lower case: what two forms of a word share.
pub fn stem(word: &str, language: Language) -> String {
    let algorithm = match language {
        Language::Italian => Algorithm::Italian,
        Language::English => Algorithm::English,
    };
    Stemmer::create(algorithm).stem(&word.to_lowercase()).into_owned()
}

/// Stems of the words of `text` that carry content, in order: no stop words, no single letters.
pub fn content(text: &str, language: Language) -> Vec<String> {
    let stop = stop_words(language);
    let long = |w: &str| w.chars().nth(1).is_some() || w.chars().all(|c| c.is_ascii_digit());
    words(text)
        .iter()
        .map(|s| s.of(text))
        .filter(|w| long(w) && !stop.contains(fold(w).as_str()))
        .map(|w| stem(w, language))
        .collect()
}

/// Inverse document frequencies: how rare each word is in a collection.
#[derive(Clone, Debug, Default)]
pub struct Idf {
    documents: usize,
    containing: HashMap<String, usize>,
}

impl Idf {
    /// Counts documents, each given as its words (any form, e.g. [`content`]'s stems).
    pub fn of<D, W>(documents: D) -> Self
    where
        D: IntoIterator<Item = W>,
        W: IntoIterator<Item = String>,
    {
        let mut idf = Self::default();
        for document in documents {
            idf.documents += 1;
            for word in document.into_iter().collect::<HashSet<_>>() {
                *idf.containing.entry(word).or_default() += 1;
            }
        }
        idf
    }

    /// `ln((n + 1) / (df + 1)) + 1`: 1 for a word of every document, greatest for one never seen.
    pub fn weight(&self, word: &str) -> f32 {
        let df = self.containing.get(word).copied().unwrap_or(0);
        ((self.documents + 1) as f32 / (df + 1) as f32).ln() + 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::*;

    #[test]
    fn finds_words() {
        for (text, expected) in [
            ("L'indagine della procura.", "L indagine della procura"),
            ("1.250.000 euro, ore 14.30", "1.250.000 euro ore 14.30"),
            ("art. 416-bis c.p. e n. 231/2001", "art 416-bis c.p e n 231/2001"),
            ("il C.N.C.P.O. di Roma.", "il C.N.C.P.O di Roma"),
            ("«È così», dice.Poi tace", "È così dice Poi tace"),
            ("Milan's court", "Milan s court"),
            ("pedo-pornografia 47-57 anni", "pedo pornografia 47-57 anni"),
            ("costa 1,5. Poi", "costa 1,5 Poi"),
            ("", ""),
            ("…—«»", ""),
        ] {
            let found: Vec<&str> = words(text).iter().map(|s| s.of(text)).collect();
            assert_eq!(found.join(" "), expected);
        }
    }

    #[test]
    fn knows_stop_words() {
        for (word, language, expected) in [
            ("della", Italian, true),
            ("Perché", Italian, true),
            ("procura", Italian, false),
            ("the", English, true),
            ("The", English, true),
            ("court", English, false),
        ] {
            assert_eq!(is_stop(word, language), expected, "{word}");
        }
    }

    #[test]
    fn stems_content() {
        assert_eq!(content("Gli indagati e l'indagato", Italian), ["indag", "indag"]);
        assert_eq!(content("The suspects and the suspect", English), ["suspect", "suspect"]);
    }

    #[test]
    fn rare_words_weigh_more() {
        let documents = ["il giudice", "il pubblico ministero", "il giudice civile"];
        let idf = Idf::of(documents.map(|d| d.split(' ').map(String::from).collect::<Vec<_>>()));
        assert_eq!(idf.weight("il"), 1.0);
        assert!(idf.weight("giudice") < idf.weight("civile"));
        assert!(idf.weight("civile") < idf.weight("mai"));
    }
}
