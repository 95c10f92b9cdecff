//! Legal status, hearsay and negation: the English must keep the strength of the Italian.
use super::{finding, hedge, negation, Check, Finding, Pair, Verdict};
use crate::text::{
    status::{marks, Mark, Marked, Status},
    words::Language,
    Span,
};

pub fn check(pair: Pair) -> Vec<Finding> {
    let source = marks(pair.source, Language::Italian);
    let target = marks(pair.target, Language::English);
    let mut findings = status(pair, &source, &target);
    findings.extend(hedge::check(pair, &source, &target));
    findings.extend(negation::check(pair, &source, &target));
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
