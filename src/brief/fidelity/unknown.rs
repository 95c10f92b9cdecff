//! Capitalised English words that are neither English nor a name of the Italian: invented names, garbled heads of sentences.
//!
//! A translator adapts names (`Lucerne`, `Gothenburg`), so a word of the Italian that is much like it excuses one.
use super::{
    finding,
    names::{capitals, Capital},
    Check, Finding, Pair, Verdict,
};
use crate::text::{
    calendar, entity, gazetteer,
    lexicon::{is_english, renderings},
    normalize::fold,
    words::{words, Language},
    Span,
};

/// Letters of the shortest word that is looked at.
const SHORTEST: usize = 4;

/// Words of `target` with a capital of which neither English nor the Italian knows anything.
fn unknown<'a>(source: &str, target: &'a str) -> Vec<Capital<'a>> {
    let mut out = capitals(target);
    out.retain(|c| {
        let name = base(c.word);
        let letters = name.chars().count() >= SHORTEST && name.chars().all(char::is_alphabetic);
        let mixed = name.chars().skip(1).all(char::is_lowercase);
        letters && mixed && (entity::is_surname(name) || !is_known(name))
    });
    if out.is_empty() {
        return out;
    }
    let (italian, english) = (spelled(source), spelled(target));
    let is_name = |c: &Capital| !c.doubtful || renderings(c.word).is_none();
    let names: Vec<String> = capitals(source)
        .iter()
        .filter(|c| is_name(c))
        .map(|c| spelling(c.word))
        .collect();
    // a name that the English lacks may have become this one: `Carlo Magno`, Charlemagne
    let adapted = names.iter().any(|name| !english.contains(name));
    out.retain(|c| {
        let name = spelling(base(c.word));
        let excused = adapted && !entity::is_surname(base(c.word));
        // a garbled word is like the Italian that it comes from
        let words = if c.doubtful { &names } else { &italian };
        let known =
            italian.contains(&name) || !entity::is_surname(base(c.word)) && words.iter().any(|w| alike(w, &name));
        !excused && !known
    });
    out
}

/// A name without the sign of the genitive.
pub(super) fn base(word: &str) -> &str {
    word.trim_end_matches("'s").trim_end_matches("’s")
}

fn spelled(text: &str) -> Vec<String> {
    words(text).iter().map(|s| spelling(s.of(text))).collect()
}

/// A word as both languages might spell it: `Pechino` and `Peking` begin alike.
fn spelling(word: &str) -> String {
    let folded = fold(word).replace("ph", "f").replace("ch", "c").replace("sc", "s");
    let mut out = String::new();
    for c in folded.chars() {
        let c = match c {
            'k' | 'q' => 'c',
            'y' | 'j' => 'i',
            'w' => 'v',
            'x' => 's',
            'h' => continue,
            other => other,
        };
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

fn is_known(name: &str) -> bool {
    is_english(&name.to_lowercase()) || is_no_person(name)
}

/// Whether a word with a capital is of a place, an agency or the calendar.
pub(super) fn is_no_person(name: &str) -> bool {
    // adjectives of places: `Moorish`, `Genevan`
    const OF_PLACES: [&str; 8] = ["ism", "ish", "ian", "ians", "ese", "an", "ans", "ic"];
    let small = name.to_lowercase();
    OF_PLACES.iter().any(|end| small.ends_with(end))
        || gazetteer::place_of(name, Language::English).is_some()
        || gazetteer::names_a_part(name)
        || gazetteer::agency_of(name, Language::English).is_some()
        || calendar::month_en(&small).is_some()
}

/// Whether one word may be the other in a second language's spelling: by its beginning, or but for few letters.
fn alike(italian: &str, english: &str) -> bool {
    let (m, n) = (italian.chars().count(), english.chars().count());
    let common = italian.chars().zip(english.chars()).take_while(|(a, b)| a == b).count();
    m >= 3
        && (common >= 4
            || common >= 3 && n <= 5
            || distance(italian, english) * 5 <= m.max(n) * 2
            || m > 3 && english.contains(italian)
            || italian.contains(english))
}

/// Letters to change, add or drop to make one word the other (Levenshtein).
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let kept = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = kept.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

fn is_a_name(word: &str) -> bool {
    entity::is_surname(word) || entity::is_given_name(word)
}

/// Names that the Italian does not have.
pub fn names(pair: Pair) -> Vec<Finding> {
    let found = unknown(pair.source, pair.target);
    let told = found.iter().filter(|c| !c.doubtful || is_a_name(base(c.word)));
    told.map(|c| {
        let reason = format!("the English names `{}`, the Italian does not", c.word);
        finding(pair, Check::Name, Verdict::Unsupported, None, Some(c.span), reason)
    })
    .collect()
}

/// Words that open a sentence or a quotation and are neither English nor in the Italian.
pub fn heads(source: &str, target: &str) -> Vec<Span> {
    let found = unknown(source, target);
    let heads = found.iter().filter(|c| c.doubtful && !is_a_name(base(c.word)));
    heads.map(|c| c.span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_nowhere() {
        for (it, en, name, head) in [
            (
                "Lo ha detto il difensore.",
                "The lawyer, Ferrante, said so.",
                Some("Ferrante"),
                None,
            ),
            ("Lo ha detto Ferrante.", "It was Ferrante who said so.", None, None),
            ("Il lago di Lucerna.", "The lake, Lucerne, is deep.", None, None),
            ("Violenza sessuale.", "Sixual violence.", None, Some("Sixual")),
            ("Rubati gioielli.", "\"Gewellery stolen.\"", None, Some("Gewellery")),
            ("Ha taciuto.", "Ferrante was silent.", Some("Ferrante"), None),
            (
                "Rubati gioielli.",
                "Jewellery stolen in Italy on Monday by Italians.",
                None,
                None,
            ),
            ("Carlo Magno non scriveva.", "Charlemagne could not write.", None, None),
            ("A Pechino piove.", "It rains in Peking.", None, None),
            (
                "Lo ha detto il difensore.",
                "It was Rossi's lawyer who said so.",
                Some("Rossi's"),
                None,
            ),
            (
                "L'inchiesta «Radica» di Lodi.",
                "The \"Radica\" inquiry of Lodi.",
                None,
                None,
            ),
            ("A Göteborg piove.", "In Gothenburg it rains.", None, None),
            ("", "", None, None),
        ] {
            let found = names(Pair::new(0, it, en));
            let found: Vec<_> = found
                .iter()
                .filter_map(|f| f.target.as_ref().map(|t| t.text.as_str()))
                .collect();
            assert_eq!(found, Vec::from_iter(name), "{it} / {en}");
            let found: Vec<_> = heads(it, en).iter().map(|s| s.of(en)).collect();
            assert_eq!(found, Vec::from_iter(head), "{it} / {en}");
        }
    }
}
