//! Legal status, hearsay and negation: the English must keep the strength of the Italian.
use super::{finding, Check, Finding, Pair, Verdict};
use crate::text::{
    status::{marks, Mark, Marked, Status},
    words::Language,
    Span,
};

pub fn check(pair: Pair) -> Vec<Finding> {
    let source = marks(pair.source, Language::Italian);
    let target = marks(pair.target, Language::English);
    let mut findings = status(pair, &source, &target);
    findings.extend(hedges(pair, &source, &target));
    findings.extend(negations(pair, &source, &target));
    findings
}

fn first(marks: &[Marked], mark: Mark) -> Option<Span> {
    marks.iter().find(|m| m.mark == mark).map(|m| m.span)
}

fn has(marks: &[Marked], mark: Mark) -> bool {
    first(marks, mark).is_some()
}

/// Words of guilt and of acquittal in the English need the like in the Italian, and the other way round.
fn status(pair: Pair, source: &[Marked], target: &[Marked]) -> Vec<Finding> {
    const LIGHTER: [Status; 4] = [Status::Suspect, Status::Reported, Status::Accused, Status::Arrested];
    let mut out = vec![];
    for strong in [Status::Convicted, Status::Acquitted] {
        let mark = Mark::Status(strong);
        match (first(source, mark), first(target, mark)) {
            (None, Some(said)) => {
                let other = strongest(source);
                let (verdict, reason) = match other {
                    Some((s, span)) => (
                        Verdict::Altered,
                        format!(
                            "the English says `{}`, the Italian `{}` ({})",
                            said.of(pair.target),
                            span.of(pair.source),
                            s.label()
                        ),
                    ),
                    None => (
                        Verdict::Unsupported,
                        format!("the English says `{}`, the Italian does not", said.of(pair.target)),
                    ),
                };
                out.push(finding(
                    pair,
                    Check::Status,
                    verdict,
                    other.map(|(_, s)| s),
                    Some(said),
                    reason,
                ));
            }
            (Some(span), None) if firm(pair, span) => {
                let other = LIGHTER.into_iter().find_map(|s| {
                    let told = first(target, Mark::Status(s))?;
                    (!has(source, Mark::Status(s))).then_some(told)
                });
                if let Some(told) = other {
                    let reason = format!(
                        "the Italian says `{}`, the English `{}`",
                        span.of(pair.source),
                        told.of(pair.target)
                    );
                    out.push(finding(
                        pair,
                        Check::Status,
                        Verdict::Altered,
                        Some(span),
                        Some(told),
                        reason,
                    ));
                }
            }
            _ => {}
        }
    }
    if out.is_empty() {
        out.extend(lost(pair, source, target));
    }
    out
}

/// Whether an Italian word of conviction or acquittal is one and nothing else.
fn firm(pair: Pair, span: Span) -> bool {
    let word = span.of(pair.source).to_lowercase();
    ["condannat", "assolt", "assoluzion", "prosciolt", "colpevol", "patteggi"]
        .iter()
        .any(|w| word.starts_with(w))
}

/// A suspect or defendant of the Italian of whom the English says nothing of the kind.
fn lost(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let span = first(source, Mark::Status(Status::Suspect))?;
    let any = target.iter().any(|m| matches!(m.mark, Mark::Status(_) | Mark::Hedge));
    let word = span.of(pair.source).to_lowercase();
    (!any && word.starts_with("indagat")).then(|| {
        let reason = format!("the Italian says `{}`, the English does not", span.of(pair.source));
        finding(pair, Check::Status, Verdict::Missing, Some(span), None, reason)
    })
}

fn strongest(marks: &[Marked]) -> Option<(Status, Span)> {
    [Status::Accused, Status::Arrested, Status::Reported, Status::Suspect]
        .into_iter()
        .find_map(|s| first(marks, Mark::Status(s)).map(|span| (s, span)))
}

/// `avrebbe` + participle and `presunto` ask for some sign of distance in the English.
fn hedges(pair: Pair, source: &[Marked], target: &[Marked]) -> Vec<Finding> {
    let soft = |m: &[Marked]| has(m, Mark::Hedge) || has(m, Mark::SoftHedge);
    let of = |m: &[Marked], text: &str, words: &[&str]| {
        let told = |x: &&Marked| words.iter().any(|w| x.span.of(text).to_lowercase().starts_with(w));
        m.iter()
            .filter(|x| matches!(x.mark, Mark::Hedge | Mark::SoftHedge))
            .find(told)
            .map(|x| x.span)
    };
    // `presunto` is said of one noun: a `would` elsewhere in the sentence does not carry it
    let presumed = of(source, pair.source, &["presunt"]);
    let carried = of(
        target,
        pair.target,
        &[
            "alleg",
            "suspect",
            "presum",
            "suppos",
            "putative",
            "accus",
            "report",
            "believed",
            "claim",
            "apparent",
            "so-called",
            "purport",
            "charg",
            "thought",
            "hypothe",
            "potential",
        ],
    );
    let told = first(source, Mark::Hedge).filter(|_| !soft(target));
    if let Some(span) = told.or(presumed.filter(|_| carried.is_none())) {
        let reason = format!(
            "the Italian reports it as a claim (`{}`), the English as a fact",
            span.of(pair.source)
        );
        return vec![finding(pair, Check::Hedge, Verdict::Altered, Some(span), None, reason)];
    }
    if let (Some(said), false) = (first(target, Mark::Hedge), soft(source)) {
        let reason = format!(
            "the English reports it as a claim (`{}`), the Italian as a fact",
            said.of(pair.target)
        );
        return vec![finding(pair, Check::Hedge, Verdict::Altered, None, Some(said), reason)];
    }
    vec![]
}

fn negations(pair: Pair, source: &[Marked], target: &[Marked]) -> Vec<Finding> {
    let any = |m: &[Marked]| has(m, Mark::Negation) || has(m, Mark::SoftNegation);
    if let (Some(span), false) = (first(source, Mark::Negation).filter(|s| negates(pair, *s)), any(target)) {
        let reason = format!(
            "the Italian denies it (`{}`), the English does not",
            span.of(pair.source)
        );
        return vec![finding(
            pair,
            Check::Negation,
            Verdict::Altered,
            Some(span),
            None,
            reason,
        )];
    }
    // `No. 231` is no denial
    let number = |s: &Span| {
        s.of(pair.target).eq_ignore_ascii_case("no")
            && pair.target[s.end..]
                .trim_start_matches('.')
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit())
    };
    let denials = || {
        target
            .iter()
            .filter(|m| m.mark == Mark::Negation)
            .map(|m| m.span)
            .find(|s| !number(s))
    };
    if let (Some(said), false) = (denials(), any(source)) {
        let reason = format!(
            "the English denies it (`{}`), the Italian does not",
            said.of(pair.target)
        );
        return vec![finding(
            pair,
            Check::Negation,
            Verdict::Altered,
            None,
            Some(said),
            reason,
        )];
    }
    vec![]
}

/// Whether an Italian negative word negates: `finché non`, `se non`, `mai` in a question do not.
fn negates(pair: Pair, span: Span) -> bool {
    let before = pair.source[..span.start].trim_end().to_lowercase();
    let after = pair.source[span.end..].trim_start().to_lowercase();
    let idle = [
        "finché",
        "fino a quando",
        "se",
        "di quanto",
        "che",
        "chissà",
        "fin quando",
        "quanto",
        "a meno che",
        "più",
        "come",
    ];
    let never = span.of(pair.source).eq_ignore_ascii_case("mai");
    let quotes = ["solo", "soltanto", "appena", "è che", "c'è dubbio"];
    !idle.iter().any(|w| before.ends_with(w)) && !never && !quotes.iter().any(|w| after.starts_with(w))
}
