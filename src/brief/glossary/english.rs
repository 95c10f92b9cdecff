//! The English side of a term: its plural or singular, and where it stands in a text.
use super::italian::Number;
use crate::text::{normalize::fold, words::words, Span};

/// Words that end what a number is put on: `search | of computer equipment`.
const AFTER_HEAD: &[&str] = &[
    "of", "for", "to", "in", "on", "by", "with", "without", "against", "under", "from", "at", "until", "between",
];

/// English forms of a term in a number, each also with a capital at its beginning.
pub fn forms(english: &[String], number: Number) -> Vec<String> {
    let mut out: Vec<String> = vec![];
    let mut add = |form: String| {
        let capital = capitalized(&form);
        for f in [form, capital] {
            if !out.contains(&f) {
                out.push(f);
            }
        }
    };
    for form in english {
        match number {
            Number::AsGiven => add(form.clone()),
            // What English does not count (`money laundering`) stays as it is; the model knows.
            Number::Plural => {
                plurals(form).into_iter().for_each(&mut add);
                add(form.clone());
            }
            Number::Singular => {
                singular(form).into_iter().for_each(&mut add);
                add(form.clone());
            }
        }
    }
    out
}

/// The text with a capital at its beginning.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(c) => c.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The term before, at and after the word that carries the number.
fn at_head(form: &str) -> Option<(String, &str, String)> {
    let words: Vec<&str> = form.split(' ').collect();
    let end = words.iter().position(|w| AFTER_HEAD.contains(w)).unwrap_or(words.len());
    let head = words[..end].last()?;
    // Participles and adjectives carry no number: `arrested in the act`, `undercover`, `alleged`.
    if head.ends_with("ed") || matches!(*head, "undercover" | "sold" | "held" | "alleged") {
        return None;
    }
    let join = |w: &[&str], before: bool| match (w.is_empty(), before) {
        (true, _) => String::new(),
        (_, true) => format!("{} ", w.join(" ")),
        (_, false) => format!(" {}", w.join(" ")),
    };
    Some((join(&words[..end - 1], true), head, join(&words[end..], false)))
}

fn plurals(form: &str) -> Vec<String> {
    let Some((before, head, after)) = at_head(form) else {
        return vec![];
    };
    let vowel = |c: char| "aeiou".contains(c.to_ascii_lowercase());
    let all = match head {
        "person" => vec!["people".into(), "persons".into()],
        "man" => vec!["men".into()],
        "woman" => vec!["women".into()],
        "child" => vec!["children".into()],
        "thief" => vec!["thieves".into()],
        // Already one, or never: `goods`, `premises`, `Carabinieri`.
        h if h.ends_with('s') && !h.ends_with("ss") => vec![],
        h if h.ends_with(['x', 'z']) || h.ends_with("ss") || h.ends_with("ch") || h.ends_with("sh") => {
            vec![format!("{h}es")]
        }
        h if h.ends_with('y') && !h.chars().rev().nth(1).is_some_and(vowel) => {
            vec![format!("{}ies", &h[..h.len() - 1])]
        }
        h => vec![format!("{h}s")],
    };
    all.into_iter().map(|h: String| format!("{before}{h}{after}")).collect()
}

fn singular(form: &str) -> Option<String> {
    let (before, head, after) = at_head(form)?;
    let one = match head {
        "people" => "person".into(),
        h if h.ends_with("ies") && h.len() > 4 => format!("{}y", &h[..h.len() - 3]),
        h if ["ches", "shes", "sses", "xes"].iter().any(|e| h.ends_with(e)) => h[..h.len() - 2].into(),
        h if h.ends_with('s') && !h.ends_with("ss") => h[..h.len() - 1].into(),
        _ => return None,
    };
    Some(format!("{before}{one}{after}"))
}

/// Where a form stands in a text as whole words, letter case, hyphens and the kind of apostrophe aside.
pub fn find(text: &str, form: &str) -> Option<Span> {
    let folded = |t: &str| -> Vec<(Span, String)> { words(t).into_iter().map(|s| (s, fold(s.of(t)))).collect() };
    let (text, form) = (folded(text), folded(form));
    let at = text
        .windows(form.len().max(1))
        .find(|w| !form.is_empty() && w.iter().zip(&form).all(|(a, b)| a.1 == b.1))?;
    Some(Span::new(at[0].0.start, at[at.len() - 1].0.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |form: &str, number: Number, expected: &str| {
            assert_eq!(forms(&[form.to_string()], number)[0], expected, "{form}");
        };
        check("search", Number::Plural, "searches");
        check(
            "search of computer equipment",
            Number::Plural,
            "searches of computer equipment",
        );
        check("residence order", Number::Plural, "residence orders");
        check("robbery", Number::Plural, "robberies");
        check("theft", Number::Plural, "thefts");
        check(
            "person under investigation",
            Number::Plural,
            "people under investigation",
        );
        check(
            "Public Prosecutor's Office",
            Number::Plural,
            "Public Prosecutor's Offices",
        );
        check("municipality", Number::Plural, "municipalities");
        check("arrested in the act", Number::Plural, "arrested in the act");
        check("convicted", Number::Plural, "convicted");
        check("against", Number::Plural, "against");
        check("search", Number::AsGiven, "search");
        check("suspects", Number::Singular, "suspect");
        check("wiretaps", Number::Singular, "wiretap");
        check("Carabinieri", Number::Singular, "Carabinieri");
        check("house arrest", Number::Singular, "house arrest");
    }

    #[test]
    fn forms_may_begin_a_sentence() {
        assert_eq!(
            forms(&["suspect".into()], Number::Plural),
            ["suspects", "Suspects", "suspect", "Suspect"]
        );
        assert_eq!(forms(&["TAR".into()], Number::AsGiven), ["TAR"]);
    }

    #[test]
    fn found_as_whole_words() {
        let check = |text: &str, form: &str, expected: Option<&str>| {
            assert_eq!(find(text, form).map(|s| s.of(text)), expected, "{form} in {text}");
        };
        check(
            "The Public Prosecutor’s Office in Milan",
            "public prosecutor's office",
            Some("Public Prosecutor’s Office"),
        );
        check(
            "a pre trial detention order",
            "pre-trial detention order",
            Some("pre trial detention order"),
        );
        check("researches", "search", None);
        check("two suspects", "suspect", None);
        check("anything", "", None);
        check("", "search", None);
    }
}
