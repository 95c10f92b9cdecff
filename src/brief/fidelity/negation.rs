//! Negation: every denial of one text has its partner, at about the same place, in the other.
//!
//! A strong word (`non`, `not`) asks for a partner; a word that is negative by its meaning (`senza`, `unable`) may be
//! one but asks for none, and is used up by the word that translates it.
use super::{
    balance::{self, place, Partners},
    finding, Check, Finding, Pair, Verdict,
};
use crate::text::{
    pattern::Pattern,
    status::{of, uncovered, Mark, Marked},
    Span,
};
use std::sync::LazyLock;

/// How far apart, as a share of the sentence, a denial put in and what stands behind it may lie.
const ADDED: f32 = 0.2;
/// The same for a denial left out: the English word that carries it may be an adjective far from it.
const DROPPED: f32 = 0.4;
/// The same where as many words deny on either side.
const TURNED: f32 = 0.5;
/// In short sentences, so many bytes of the English.
const REACH: f32 = 40.0;

/// A strong word of negation.
struct Strong {
    span: Span,
    /// Part of a denial that another word has made, or none at all: asks for nothing.
    idle: bool,
    /// Part of the sign before it.
    joined: bool,
    /// Law's set phrases change their place freely.
    anywhere: bool,
}

/// Italian that ends before a `non` that denies nothing.
static BEFORE_IDLE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)(?:(?:fin(?:tanto)?ché|fino a (?:quando|che)|fin quando|a meno che)\b[^;.]{0,160}|\bammesso e|\b(?:quanto|più|come|se|per caso|da quando)|",
        r"facoltà di|diritto di|presunzione di|presum[a-z]+)$"
    ))
});

/// Italian that starts after a `non` that denies nothing.
static AFTER_IDLE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)^(?:solo|soltanto|è che|c['’]è dubbio|appena|è escluso|troppo|oltre|meno|più di|accompagnat|vedent|udent|autosuff|profit|è (?:rimasto|restato) che|(?:resta|rimane|fa|fanno|c['’]è) (?:altro )?che|la pensa così|colpevol)",
    )
});

/// Italian before a word such as `mai` that only goes along: another negative in the same clause.
static LICENSED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:non|né|senza|nessun[oa]?|nulla|niente|mai|neppure|nemmeno|lungi|prima|priv[oaie]|neg(?:a|ano|ato|ando|ava|avano|are|ò)|smenti\w*|esclu\w*)\b[^;:.!?»]{0,90}$",
    )
});

/// Italian before a `nessuno` that opens a clause and denies by itself.
static OPENED: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)(?:^|[,;:.«“(]|\b(?:e|ma|perché|che|dove))$"));

/// Italian before a `mai` that asks or compares: `perché mai`, `il più grande mai`.
static EVER: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)(?:perché|più)$|\b(?:più|primo|prima|maggior[ei]?|qualsiasi|quanti|ogni|se egli|se)\b[^;:.]{0,60}$",
    )
});

static ACQUITTAL: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^\s*(?:aver\w* commesso|costituisce|sussiste|punibil)"));

static ROVING: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"(?i)^(?:estrane|incensurat|a piede|in .*libert|tac|sfiduci|nullatenent|pers|impercett)")
});

static NUMBER: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)^(?:s?\.\s*\d|\s\d)"));

/// English that starts after a negative word that denies nothing.
static ENGLISH_IDLE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)^\s*(?:(?:only|just|least|even|but)\b|(?:more|less|fewer|later|earlier|sooner|worse|better|other|short) (?:than|of)\b|-?\s?confidence\b|(?:matter|doubt|wonder)\b)",
    )
});

/// Words of softer negation that translate each other: Italian stems, English stems.
const PARTNERS: Partners = &[
    ("senza|priv", "without|free|lack|devoid|non"),
    ("neg", "den"),
    ("esclu|smenti", "exclu|rul|den|disprov"),
    ("manca", "lack|miss|fail|absen"),
    ("assen", "absen|lack"),
    ("respin", "reject"),
    ("vieta|divieto", "prohib"),
    ("evita|scongiur", "avoid"),
    ("illeci|illegal|abusiv|irregol", "illegal|unlaw|irreg|un"),
    ("ignot|sconosc|ignor", "un"),
    ("anzich|piutto", "instead|rather"),
    ("tranne|eccetto", "except|apart|excl|other"),
    ("impossib|in|ir", "impos|un|in"),
    ("poc", "few|bare|hard|scarc"),
    ("fallit", "fail|miss"),
    ("zero", "zero|nil"),
];

pub fn check(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let (its, ens) = (italian(pair.source, source), english(pair.target, target));
    if its.iter().chain(&ens).all(|s| s.idle) {
        return None;
    }
    let soft = |marks| uncovered(marks, Mark::SoftNegation, Mark::Negation);
    let (soft_it, soft_en) = balance::leftover((pair.source, soft(source)), (pair.target, soft(target)), PARTNERS, 0.5);
    let reach = REACH / pair.target.len().max(1) as f32;

    // Italian signs, double negations as one.
    let mut have: Vec<balance::Places> = vec![];
    for s in &its {
        let at = place(pair.source, s.span.start);
        match have.last_mut() {
            Some(sign) if s.joined => sign.push(at),
            _ => have.push(if s.anywhere { vec![] } else { vec![at] }),
        }
    }
    // a status stands where the sentence names its bearer: `estraneo ai fatti`, `a piede libero`
    let moves = |s: &Span| ROVING.is_match(s.of(pair.source));
    have.extend(soft_it.iter().map(|s| {
        if moves(s) {
            vec![]
        } else {
            vec![place(pair.source, s.start)]
        }
    }));
    let asks: Vec<&Strong> = ens.iter().filter(|s| !s.idle).collect();
    let need: Vec<_> = asks.iter().map(|s| vec![place(pair.target, s.span.start)]).collect();
    // as many on both sides: a sentence turned round
    let balanced = soft_en.is_empty() && asks.len() <= its.iter().filter(|s| !s.idle).count();
    let window = if balanced { TURNED } else { ADDED };
    if let Some(i) = balance::unmatched(&need, &have, window.max(reach)) {
        let said = asks[i].span;
        let reason = format!(
            "the English denies it (`{}`), the Italian does not",
            said.of(pair.target)
        );
        return Some(finding(
            pair,
            Check::Negation,
            Verdict::Altered,
            None,
            Some(said),
            reason,
        ));
    }

    let asks: Vec<&Strong> = its.iter().filter(|s| !s.idle).collect();
    let need: Vec<_> = asks
        .iter()
        .map(|s| {
            if s.anywhere {
                vec![]
            } else {
                vec![place(pair.source, s.span.start)]
            }
        })
        .collect();
    let have: Vec<_> = ens
        .iter()
        .map(|s| s.span.start)
        .chain(soft_en.iter().map(|s| s.start))
        .map(|at| vec![place(pair.target, at)])
        .collect();
    let i = balance::unmatched(&need, &have, DROPPED.max(reach))?;
    let span = asks[i].span;
    let reason = format!(
        "the Italian denies it (`{}`), the English does not",
        span.of(pair.source)
    );
    Some(finding(
        pair,
        Check::Negation,
        Verdict::Altered,
        Some(span),
        None,
        reason,
    ))
}

fn italian(text: &str, marks: &[Marked]) -> Vec<Strong> {
    let mut denial: Option<usize> = None;
    of(marks, Mark::Negation)
        .map(|span| {
            let word = span.of(text).to_lowercase();
            let before = text[..span.start].trim_end();
            let after = text[span.end..].trim_start();
            if word == "non" {
                denial = Some(span.start);
                return Strong {
                    span,
                    idle: BEFORE_IDLE.is_match(before) || AFTER_IDLE.is_match(after),
                    joined: false,
                    anywhere: ACQUITTAL.is_match(after),
                };
            }
            let opens = word.starts_with("nessun") && OPENED.is_match(before) && !before.ends_with("senza che");
            let idle = !opens
                && (LICENSED.is_match(before)
                    || word == "né"
                    || (word == "mai" && (EVER.is_match(before) || after.contains('?')))
                    || (word == "nulla" && after.starts_with("osta")));
            let joined = idle && word != "né" && denial.is_some_and(|d| span.start - d < 70);
            if !idle {
                denial = None;
            }
            Strong {
                span,
                idle,
                joined,
                anywhere: false,
            }
        })
        .collect()
}

fn english(text: &str, marks: &[Marked]) -> Vec<Strong> {
    of(marks, Mark::Negation)
        .filter(|span| !(span.of(text).eq_ignore_ascii_case("no") && NUMBER.is_match(&text[span.end..])))
        .map(|span| Strong {
            span,
            idle: span.of(text).eq_ignore_ascii_case("nor") || ENGLISH_IDLE.is_match(&text[span.end..]),
            joined: false,
            anywhere: false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::word, *};

    #[test]
    fn every_denial_has_its_partner() {
        for (it, en, expected) in [
            ("Non ha precedenti.", "He has no record.", None),
            ("Non ha precedenti.", "He has a record.", Some("Non")),
            ("Ha un lavoro.", "He does not have a job.", Some("not")),
            ("Nessuno ha mai visto nulla.", "Nobody ever saw anything.", None),
            ("Non ha mai visto nessuno.", "He has never seen anyone.", None),
            ("Senza aver mai pagato.", "Without ever having paid.", None),
            ("È arrivato senza documenti.", "He arrived without papers.", None),
            (
                "È arrivato a Bari senza documenti.",
                "He did not arrive in Bari without papers.",
                Some("not"),
            ),
            ("Non è stato condannato.", "He has not not been convicted.", Some("not")),
            ("Di loro nessuna traccia.", "There is not no trace of them.", Some("no")),
            (
                "Resta finché il ponte non riapre.",
                "It stays until the bridge reopens.",
                None,
            ),
            (
                "Si avvale della facoltà di non rispondere.",
                "He exercises his right to silence.",
                None,
            ),
            (
                "Il d.lgs. n. 231 del 2001.",
                "Legislative Decree No. 231 of 2001.",
                None,
            ),
            (
                "Il più grande sequestro mai compiuto.",
                "The largest seizure ever made.",
                None,
            ),
            (
                "Assolto per non aver commesso il fatto il direttore dei lavori di Lodi.",
                "The director of works in Lodi was acquitted because he did not commit it.",
                None,
            ),
            (
                "L'ente non ha risposto; il Comune, che ha approvato il bilancio in aprile, ha pagato tutte le somme.",
                "The body replied; the municipality, which approved its budget in April, has not paid all the sums.",
                Some("not"),
            ),
        ] {
            assert_eq!(word(check, it, en).as_deref(), expected, "{it} / {en}");
        }
    }
}
