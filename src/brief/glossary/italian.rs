//! Italian inflection, as far as terms need it: the forms of a noun, an adjective or a participle, by their endings.
use crate::text::words;

/// Number of a form beside that of the term it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Number {
    /// As the term has it, or not to be told.
    #[default]
    AsGiven,
    Singular,
    Plural,
}

use Number::{AsGiven, Plural, Singular};

/// Prepositions and articles that stand for each other within a term, each by its plain form: `un` for `il` too.
pub fn function_word(word: &str) -> Option<&'static str> {
    match word {
        "tra" | "fra" => Some("tra"),
        _ => words::function_word(word).map(|plain| if plain == "un" { "il" } else { plain }),
    }
}

/// Adjectives and participles of these endings have a feminine; `sequestro` and `furto` do not matter or do not have
/// one, and `sequestra` is a verb.
const WITH_FEMININE: &[&str] = &["to", "so", "ico", "ivo", "rio", "ano", "ino", "co", "lo"];

/// Forms of a word in lower case, itself first, each with its number.
pub fn forms(word: &str) -> Vec<(String, Number)> {
    let mut out = vec![(word.to_string(), AsGiven)];
    let short = word.chars().count() < 4;
    let Some(last) = word.chars().next_back().filter(|c| "oaei".contains(*c) && !short) else {
        return out;
    };
    let stem = &word[..word.len() - 1];
    let mut add = |form: String, number| {
        if out.iter().all(|(f, _)| *f != form) {
            out.push((form, number));
        }
    };
    match last {
        'o' => {
            for plural in masculine_plurals(stem) {
                add(plural, Plural);
            }
            if WITH_FEMININE.iter().any(|e| word.ends_with(e)) {
                add(format!("{stem}a"), AsGiven);
                for plural in feminine_plurals(stem) {
                    add(plural, Plural);
                }
            }
        }
        'a' => {
            if word.ends_with("ista") {
                add(format!("{stem}i"), Plural);
            }
            for plural in feminine_plurals(stem) {
                add(plural, Plural);
            }
        }
        'e' => {
            add(format!("{stem}i"), Plural);
            if let Some(agent) = word.strip_suffix("tore") {
                add(format!("{agent}trice"), AsGiven);
                add(format!("{agent}trici"), Plural);
            }
        }
        _ => {
            for ending in ["o", "e", "a"] {
                let hard = stem.strip_suffix('h').filter(|_| ending != "e").unwrap_or(stem);
                add(format!("{hard}{ending}"), Singular);
            }
            if word.ends_with("ti") {
                add(format!("{stem}e"), AsGiven);
            }
        }
    }
    out
}

fn masculine_plurals(stem: &str) -> Vec<String> {
    match stem.chars().next_back() {
        Some('c' | 'g') => vec![format!("{stem}i"), format!("{stem}hi")],
        Some('i') => vec![stem.to_string()],
        _ => vec![format!("{stem}i")],
    }
}

fn feminine_plurals(stem: &str) -> Vec<String> {
    match stem.chars().next_back() {
        Some('c' | 'g') => vec![format!("{stem}he")],
        Some('i') if stem.ends_with("ci") || stem.ends_with("gi") => {
            vec![format!("{}e", &stem[..stem.len() - 1]), format!("{stem}e")]
        }
        _ => vec![format!("{stem}e")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_words() {
        let check = |word: &str, expected: &str| {
            let shown: Vec<String> = forms(word)
                .into_iter()
                .map(|(f, n)| match n {
                    AsGiven => f,
                    Singular => format!("{f}:s"),
                    Plural => format!("{f}:p"),
                })
                .collect();
            assert_eq!(shown.join(" "), expected);
        };
        check("perquisizione", "perquisizione perquisizioni:p");
        check("indagato", "indagato indagati:p indagata indagate:p");
        check("sequestro", "sequestro sequestri:p");
        check("omicidio", "omicidio omicidi:p");
        check("sindaco", "sindaco sindaci:p sindachi:p sindaca sindache:p");
        check("denuncia", "denuncia denunce:p denuncie:p");
        check("querela", "querela querele:p");
        check("procuratore", "procuratore procuratori:p procuratrice procuratrici:p");
        check("indagati", "indagati indagato:s indagate:s indagata:s");
        check("inquirenti", "inquirenti inquirento:s inquirente:s inquirenta:s");
        check("carabinieri", "carabinieri carabiniero:s carabiniere:s carabiniera:s");
        check("terrorista", "terrorista terroristi:p terroriste:p");
        check("attività", "attività");
        check("gip", "gip");
        check("pm", "pm");
        check("", "");
    }
}
