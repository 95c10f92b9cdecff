//! What Italian words may become in English, and which English words there are: `seeds/lexicon`, by Snowball stems.
//!
//! Counted in word-aligned text and completed by hand (`models/small-it-en/recipe/lexicon.py`); for forms that became
//! something else in sentences, `choices.py` has the last word. The tables are searched where they lie, so that a start
//! costs nothing.
use super::{
    quantity::numerals::italian_word,
    table::find,
    words::{is_stop, stem, Language},
};

const RENDERINGS: &str = include_str!("../../seeds/lexicon/italian-english.tsv");
const ENGLISH: &str = include_str!("../../seeds/lexicon/english.txt");
const CHOICES: &str = include_str!("../../seeds/lexicon/choices.tsv");

/// Words that stand more often in the training text than this, the model knows by itself.
const RARE: u32 = 800;
/// What stands in the table of choices for a form that has no hint.
const NONE: &str = "-";
/// Occurrences of a word, and share of one form, that make what was counted a rendering to offer.
const LEAST_COUNT: u32 = 5;
const LEAST_SHARE: f32 = 0.4;

/// Endings of infinitives, and of what is more often a form of a verb than of a noun of the same stem.
const INFINITIVE: &[&str] = &["are", "ere", "ire", "rre", "rsi"];
const FINITE: &[&str] = &[
    "ano", "ono", "ava", "avano", "eva", "evano", "iva", "ivano", "ò", "arono", "erono", "irono", "ando", "endo",
    "are", "ere", "ire", "arsi", "ersi", "irsi", "rà", "ranno", "rebbe", "rebbero", "asse", "esse", "isse", "ssero",
    "ato", "ati", "ate", "uto", "uti", "ute",
];

/// English for one Italian stem.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Times its forms stand in the text that was counted.
    pub count: u32,
    /// English forms that stood for it, the most frequent first, each with its share of the occurrences; function
    /// words are left out.
    pub forms: Vec<(&'static str, f32)>,
    /// Renderings written by hand, for each lemma of the stem: base forms, of one or more words.
    pub lemmas: Vec<(&'static str, Vec<&'static str>)>,
}

impl Entry {
    /// Share of the occurrences that have one of the English forms.
    pub fn mass(&self) -> f32 {
        self.forms.iter().map(|(_, share)| share).sum()
    }

    /// Renderings written by hand, whatever the lemma.
    pub fn by_hand(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.lemmas
            .iter()
            .flat_map(|(_, renderings)| renderings.iter().copied())
    }

    /// Renderings written by hand for the lemma that is most like a word (in small letters).
    pub fn of(&self, word: &str) -> &[&'static str] {
        let common = |lemma: &str| lemma.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
        let verbal = FINITE.iter().any(|e| word.ends_with(e));
        let is_verb = |lemma: &str| INFINITIVE.iter().any(|e| lemma.ends_with(e));
        let likeness = |lemma: &'static str| {
            let short = std::cmp::Reverse(lemma.chars().count());
            let same = body(lemma) == body(word);
            (
                lemma == word,
                verbal && is_verb(lemma),
                same,
                common(lemma),
                short,
                lemma,
            )
        };
        let nearest = self.lemmas.iter().max_by_key(|(lemma, _)| likeness(lemma));
        nearest.map_or(&[], |(_, renderings)| renderings)
    }

    /// The rendering to offer for a word: of those written by hand the one that stood most often, else what stood most
    /// often if that is telling.
    fn choice(&self, word: &str) -> Option<&'static str> {
        let share = |rendering: &str| -> f32 {
            let stems: Vec<String> = rendering
                .split(' ')
                .filter(|w| !is_stop(w, Language::English))
                .map(|w| stem(w, Language::English))
                .collect();
            let said = |form: &str| stems.contains(&stem(form, Language::English));
            self.forms.iter().filter(|(form, _)| said(form)).map(|(_, s)| s).sum()
        };
        let mut hand = self.of(word).iter().map(|r| (*r, share(r)));
        if let Some(first) = hand.next() {
            let best = hand.fold(first, |best, r| if r.1 > best.1 { r } else { best });
            return Some(best.0);
        }
        let (form, share) = self.forms.first()?;
        (self.count >= LEAST_COUNT && *share >= LEAST_SHARE).then_some(*form)
    }
}

/// A word without its last vowel: what `soggetto` and `soggetti` share, and `soggettivo` does not.
fn body(word: &str) -> &str {
    word.strip_suffix(['a', 'e', 'i', 'o']).unwrap_or(word)
}

/// English for an Italian word, whatever its form.
pub fn renderings(word: &str) -> Option<Entry> {
    let stem = stem(word, Language::Italian);
    let line = find(RENDERINGS, &stem, |line| line.split('\t').next().unwrap_or(line))?;
    let mut fields = line.split('\t').skip(1);
    let count = fields.next()?.parse().ok()?;
    let share = |pair: &'static str| {
        let (form, thousandths) = pair.rsplit_once(':')?;
        Some((form, thousandths.parse::<f32>().ok()? / 1000.0))
    };
    let forms = fields.next()?.split(' ').filter_map(share);
    let lemma = |of: &'static str| {
        let (lemma, renderings) = of.split_once('=')?;
        Some((lemma, renderings.split('|').collect()))
    };
    Some(Entry {
        count,
        forms: forms.filter(|(form, _)| !is_stop(form, Language::English)).collect(),
        lemmas: fields.next()?.split(';').filter_map(lemma).collect(),
    })
}

/// Whether the lexicon has an Italian word, written by hand or counted often enough to be no misspelling.
pub fn is_known(word: &str) -> bool {
    renderings(word).is_some_and(|e| e.count >= LEAST_COUNT || !e.lemmas.is_empty())
}

/// Words that the lexicon can answer for: no function words, names, numbers or short words. `first`: whether it opens
/// its text, where a capital says nothing.
pub fn is_content(word: &str, first: bool) -> bool {
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    word.chars().count() > 3
        && word.chars().all(char::is_alphabetic)
        && (first || !capital)
        && !is_stop(word, Language::Italian)
        && !is_number(word)
}

/// Number words, which are checked and mended as quantities.
fn is_number(word: &str) -> bool {
    let word = word.to_lowercase();
    matches!(word.as_str(), "milioni" | "milione" | "miliardi" | "miliardo") || italian_word(&word).is_some()
}

/// The English to offer a model for a word that it has seldom seen.
pub fn hint(word: &str) -> Option<&'static str> {
    let entry = renderings(word).filter(|e| e.count < RARE)?;
    let word = word.to_lowercase();
    match chosen(&word) {
        Some(rendering) => (rendering != NONE).then_some(rendering),
        None => entry.choice(&word),
    }
}

/// What stood beside a form (in small letters) in pairs of sentences more often than the lexicon's own choice.
fn chosen(form: &str) -> Option<&'static str> {
    let line = find(CHOICES, form, |line| line.split('\t').next().unwrap_or(line))?;
    line.split('\t').nth(1)
}

/// Whether English has a word with this stem, as far as the tables know.
pub fn is_english(word: &str) -> bool {
    let known = |w: &str| find(ENGLISH, &stem(w, Language::English), |line| line).is_some();
    let rest = |prefixes: &[&str]| {
        prefixes
            .iter()
            .find_map(|p| word.strip_prefix(p).filter(|r| r.len() > 3))
    };
    let compared = |end: &&str| {
        let silent = |r: &str| end.starts_with('e') && known(&format!("{r}e"));
        word.strip_suffix(end)
            .is_some_and(|r| r.len() > 2 && (r.len() > 3 && known(r) || silent(r)))
    };
    known(word)
        || ["est", "er", "ers", "like", "less", "ness"].iter().any(compared)
        || rest(&[
            "un", "re", "non", "pre", "mis", "over", "under", "micro", "anti", "multi", "hyper", "inter", "super",
            "ultra", "cyber", "neuro", "semi", "counter", "out", "de", "sub",
        ])
        .is_some_and(known)
        || is_compound(word, known)
}

/// Short words that others are often made with.
const SHORT_PARTS: &[&str] = &[
    "man", "men", "boy", "way", "air", "sea", "sun", "car", "day", "arm", "head", "tax", "war", "box", "bed", "gun",
    "ice", "law", "oil", "pot", "web", "net", "top", "sky",
];

/// Whether a word is made of two that English has: `snowpack`, `dockworkers`, `waybill`.
fn is_compound(word: &str, known: impl Fn(&str) -> bool) -> bool {
    // `flowoured` ends in a form of `our`, which makes no words
    let long = |w: &str| w.len() >= 4 && stem(w, Language::English).len() >= 4;
    let part = |w: &str| SHORT_PARTS.contains(&w) || long(w) && known(w);
    word.len() >= 7 && word.is_ascii() && (3..=word.len() - 3).any(|at| part(&word[..at]) && part(&word[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_renderings() {
        let check = |word: &str, expected: &str| {
            let found = renderings(word).unwrap_or_else(|| panic!("{word} is not known"));
            assert!(found.forms.iter().any(|(f, _)| *f == expected), "{word}: {found:?}");
        };
        check("perquisizioni", "searches");
        check("smantellato", "dismantled");
        check("furgone", "van");
        check("Sequestrati", "seized");
        assert_eq!(renderings("xyzzy"), None);
        assert_eq!(renderings(""), None);
    }

    #[test]
    fn hints_are_those_of_forms() {
        let check = |word: &str, expected: Option<&str>| assert_eq!(hint(word), expected, "{word}");
        check("furgone", Some("van"));
        check("soggetti", Some("individual"));
        check("Detenuti", Some("prisoner"));
        check("ladri", Some("thief"));
        check("furono", None);
        check("furti", Some("theft"));
        check("xyzzy", None);
    }

    #[test]
    fn knows_english() {
        for word in [
            "search",
            "searches",
            "toughest",
            "undercover",
            "measles",
            "prosecutors",
            "unpaid",
            "snowpack",
            "dockworkers",
            "waybill",
            "leaderless",
        ] {
            assert!(is_english(word), "{word}");
        }
        for word in ["moologists", "vetry", "flowoured", "xyzzy", ""] {
            assert!(!is_english(word), "{word}");
        }
    }

    /// The tables are as the recipe makes them of what was written by hand.
    #[test]
    fn what_was_written_by_hand_is_found() {
        let mut words = 0;
        for line in include_str!("../../seeds/lexicon/by-hand.tsv").lines() {
            let [lemma, _, english] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("not three fields: {line}");
            };
            // Pronominal verbs stand under the stem of their plain infinitive, terms of several words under none.
            if lemma.ends_with("rsi") || !lemma.chars().all(char::is_alphabetic) {
                continue;
            }
            let entry = renderings(lemma).unwrap_or_else(|| panic!("{lemma} is not known"));
            let hand: Vec<&str> = entry.by_hand().collect();
            assert!(
                english.split(", ").all(|e| hand.contains(&e)),
                "{lemma}: {english}, {hand:?}"
            );
            words += 1;
        }
        assert!(words > 15_000, "{words}");
    }

    #[test]
    fn every_line_is_found_again() {
        for (table, tab) in [(RENDERINGS, true), (ENGLISH, false), (CHOICES, true)] {
            let key = |line: &'static str| if tab { line.split('\t').next().unwrap() } else { line };
            let lines: Vec<&str> = table.lines().collect();
            assert!(lines.windows(2).all(|w| key(w[0]) < key(w[1])), "sorted, no key twice");
            for line in lines {
                assert_eq!(find(table, key(line), key), Some(line));
            }
        }
    }
}
