//! Agencies: one that the English names and the Italian does not, beside one that the English has lost.
//!
//! Translators paraphrase agencies (`the officers` for `i carabinieri`), so a lost one alone says nothing, except where
//! its name is the same in both languages; and an English one needs nothing that could stand for it in the Italian.
use super::{altered, apart, finding, Check, Finding, Pair, Verdict};
use crate::text::{
    entity::{entities, Entity, Kind},
    gazetteer,
    normalize::fold,
    words::Language,
    Span,
};

/// Names that both languages share, folded: they come along or are missing.
const SHARED: [&str; 6] = [
    "europol",
    "interpol",
    "eurojust",
    "legambiente",
    "confindustria",
    "trenitalia",
];

/// Whether the Italian (folded) has a word that stands for an agency without naming it: `le Fiamme Gialle`, by the last
/// column of the gazetteer.
fn implied(agency: &Entity, source: &str) -> bool {
    let Some(known) = gazetteer::agency_of(&agency.english, Language::English) else {
        return false;
    };
    let begins = |stem: &str| match stem {
        _ if stem.contains(' ') => source.contains(stem),
        // `ros`, `nas`: not the beginning of `rosso`
        _ if stem.len() < 5 => source.split(|c: char| !c.is_alphabetic()).any(|w| w == stem),
        _ => source.split(|c: char| !c.is_alphabetic()).any(|w| w.starts_with(stem)),
    };
    known.demonyms.iter().any(|stem| begins(stem))
}

fn agencies(text: &str, language: Language) -> Vec<Entity> {
    let mut found = entities(text, language);
    // acronyms that the gazetteer does not know, and generic names, say too little
    let named = |e: &Entity| {
        let name = fold(&e.english);
        e.span.of(text).starts_with(char::is_uppercase) || distinct(&name) || name.ends_with("police")
    };
    found.retain(|e| e.kind == Kind::Agency && named(e));
    found
}

pub fn check(pair: Pair) -> Vec<Finding> {
    let english = agencies(pair.target, Language::English);
    let italian = agencies(pair.source, Language::Italian);
    if english.is_empty() && italian.is_empty() {
        return vec![];
    }
    let (from, to) = (fold(pair.source), fold(pair.target));
    let apart = apart(pair.source);
    let said =
        |e: &Entity, own: &str, text: &str| text.contains(&fold(&e.english)) || text.contains(&fold(e.span.of(own)));
    let stands = |e: &Entity| {
        let name = fold(&e.english);
        said(e, pair.target, &from) || italian.iter().any(|i| related(&fold(&i.english), &name)) || implied(e, &apart)
    };
    let mut invented: Vec<&Entity> = english.iter().filter(|e| !stands(e)).collect();
    let mut out = vec![];
    for e in &italian {
        let name = fold(&e.english);
        if said(e, pair.source, &to) || english.iter().any(|t| related(&fold(&t.english), &name)) {
            continue;
        }
        if !invented.is_empty() {
            out.push(altered(pair, Check::Agency, e.span, invented.remove(0).span));
        } else if SHARED.contains(&name.as_str()) {
            let reason = format!("the Italian names `{}`, the English does not", e.span.of(pair.source));
            out.push(finding(
                pair,
                Check::Agency,
                Verdict::Missing,
                Some(e.span),
                None,
                reason,
            ));
        }
    }
    // `i finanzieri` became another agency
    if let (Some(e), Some(at)) = (invented.first(), pair.source.find("finanzier")) {
        let kept = ["guardia", "financ", "finanz", "officer", "police"];
        let own = fold(e.span.of(pair.target));
        if !kept.iter().any(|k| to.replace(&own, "").contains(k)) {
            let end = pair.source[at..].find(|c: char| !c.is_alphabetic());
            let span = Span::new(at, end.map_or(pair.source.len(), |n| at + n));
            out.push(altered(pair, Check::Agency, span, invented.remove(0).span));
        }
    }
    for e in invented.into_iter().filter(|e| distinct(&fold(&e.english))) {
        let reason = format!("the English names `{}`, the Italian does not", e.span.of(pair.target));
        out.push(finding(
            pair,
            Check::Agency,
            Verdict::Unsupported,
            None,
            Some(e.span),
            reason,
        ));
    }
    out
}

/// Agencies whose English name is never put for a common noun of the Italian.
fn distinct(name: &str) -> bool {
    let known = [
        "carabinieri",
        "guardia di finanza",
        "istat",
        "national institute of statistics",
        "bank of italy",
        "court of auditors",
    ];
    known.contains(&name) || SHARED.contains(&name)
}

/// The same agency by a longer or shorter name: `Postal Police` and `Postal and Communications Police`.
fn related(a: &str, b: &str) -> bool {
    a == b || a.contains(b) || b.contains(a) || {
        let words = |s: &str| {
            s.split(' ')
                .filter(|w| w.len() > 3)
                .map(str::to_string)
                .collect::<Vec<_>>()
        };
        let (a, b) = (words(a), words(b));
        let shorter = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
        !shorter.0.is_empty() && shorter.0.iter().all(|w| shorter.1.contains(w))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_are_held_against_each_other() {
        use Verdict::*;
        for (it, en, expected) in [
            ("I Carabinieri di Lodi.", "The Carabinieri of Lodi.", None),
            ("I Carabinieri di Lodi.", "The officers of Lodi.", None),
            ("I Carabinieri di Lodi.", "The Postal Police of Lodi.", Some(Altered)),
            ("La Guardia di Finanza.", "The Finance Police.", None),
            ("Le Fiamme Gialle di Bari.", "The Guardia di Finanza of Bari.", None),
            ("La Suprema Corte ha deciso.", "The Court of Cassation ruled.", None),
            (
                "La Cassazione ha deciso.",
                "The Court of Auditors ruled.",
                Some(Altered),
            ),
            ("Con il supporto di Europol.", "With support from Europol.", None),
            ("Con il supporto di Europol.", "With support.", Some(Missing)),
            (
                "Con il supporto di Europol.",
                "With support from Interpol.",
                Some(Altered),
            ),
            (
                "La polizia ha fermato due uomini.",
                "Police and the Carabinieri detained two men.",
                Some(Unsupported),
            ),
            (
                "Con i carabinieri di Lodi.",
                "With the Traffic Police of Lodi.",
                Some(Altered),
            ),
            ("I finanzieri di Bari.", "The Istat of Bari.", Some(Altered)),
            ("I finanzieri di Bari.", "The officers of Bari.", None),
            (
                "Il nucleo di polizia economico-finanziaria.",
                "The Economic and Financial Police Unit.",
                None,
            ),
            ("La Polizia Postale e delle comunicazioni.", "The Postal Police.", None),
        ] {
            let found: Vec<Verdict> = check(Pair::new(0, it, en)).into_iter().map(|f| f.verdict).collect();
            assert_eq!(found, Vec::from_iter(expected), "{it} / {en}");
        }
    }
}
