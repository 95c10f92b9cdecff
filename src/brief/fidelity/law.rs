//! Legal status, hearsay and negation: the English must keep the strength of the Italian.
use super::{altered, finding, hedge, negation, strength, Check, Finding, Pair, Verdict};
use crate::text::{
    pattern::Pattern,
    status::{marks, of, Mark, Marked, Status},
    words::Language,
    Span,
};
use std::sync::LazyLock;

/// After `deferito`: and left free.
static FREE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^ (?:\w+ )?(?:a piede libero|in (?:stato di )?libertà|all)"));

/// English before an arrest that is not made: `without being arrested`.
static SPARED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:without|not|no|never|rather than|avoid\w*)(?: (?:an?|any|being|been|having|be|under))* ?$")
});

/// English that convicts or clears in words that also mean other things: `ordered to pay`, `has been cleared`.
static OTHERWISE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:ordered|fined|liable|clear(?:ed|s)|dropped|released|found against|lets? off|struck|(?:not|never) (?:to )?stand trial)\b",
    )
});

/// Italian that may be told as a conviction.
static CONVICTION: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)condann|colpevol|patteggi|pregiudicat|\bre[oi]\b|ergastol|forzat|galeott|detenut|giudicat|recidiv|precedent|",
        r"sentenza|sconta|inflitt|autor[ei]\b|autric|responsabil|malviv|criminal|delinquent"
    ))
});

static CHARGED: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^(?:defendant|accused|charged|indict|on trial|stand trial|committed)"));

static CLEARED: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)^(?:acquit|exonerat|innocen|cleared)"));

/// English of proceedings that ran out of time.
static LIMIT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:time[- ]barred|limitations?|lapsed?|expir\w+|prescri\w+|too late|extinguish\w*|r[au]n out|out of time)\b",
    )
});

pub fn check(pair: Pair) -> Vec<Finding> {
    let source = marks(pair.source, Language::Italian);
    let target = marks(pair.target, Language::English);
    let mut findings = status(pair, &source, &target);
    if findings.is_empty() {
        findings.extend(strength::accused(pair));
    }
    findings.extend(hedge::check(pair, &source, &target).or_else(|| strength::attribution(pair)));
    findings.extend(negation::check(pair, &source, &target).or_else(|| strength::denial(pair)));
    findings
}

fn first(marks: &[Marked], mark: Mark) -> Option<Span> {
    of(marks, mark).next()
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
            // a place that is `cleared of` snow
            (None, Some(said)) if said.of(pair.target).eq_ignore_ascii_case("cleared of") && nobody(source) => {}
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
            (Some(span), None) if firm(pair, span) && !OTHERWISE.is_match(pair.target) => {
                let other = LIGHTER.into_iter().find_map(|s| {
                    let told =
                        of(target, Mark::Status(s)).find(|t| !t.of(pair.target).to_lowercase().starts_with("alleg"))?;
                    (!has(source, Mark::Status(s))).then_some(told)
                });
                out.extend(other.map(|told| altered(pair, Check::Status, span, told)));
            }
            _ => {}
        }
    }
    if out.is_empty() {
        let found = sentenced(pair, source, target).or_else(|| branded(pair, source, target));
        let found = found.or_else(|| reversed(pair, source, target));
        let found = found.or_else(|| arrested(pair, source, target));
        let found = found.or_else(|| charged(pair, source, target));
        out.extend(found.or_else(|| lapsed(pair, source, target)));
    }
    if out.is_empty() {
        out.extend(lost(pair, source, target));
    }
    out
}

/// Whether an Italian word of conviction or acquittal is one and nothing else.
fn firm(pair: Pair, span: Span) -> bool {
    let word = span.of(pair.source).to_lowercase();
    ["condannat", "assolt", "assoluzion", "prosciol", "colpevol", "patteggi"]
        .iter()
        .any(|w| word.starts_with(w))
}

/// Whether no word says what somebody is in proceedings.
fn nobody(marks: &[Marked]) -> bool {
    !marks.iter().any(|m| matches!(m.mark, Mark::Status(_)))
}

fn count(marks: &[Marked], status: Status) -> usize {
    of(marks, Mark::Status(status)).count()
}

/// A suspect who is called a convict, though a word of guilt stands elsewhere in the Italian: `gli indagati non possono
/// essere considerati colpevoli`.
fn branded(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let starts = |span: Span, text: &str, words: &[&str]| {
        let word = span.of(text).to_lowercase();
        words.iter().any(|w| word.starts_with(w))
    };
    let called = |marks: &[Marked], status: &[Status], text: &str, words: &[&str]| {
        let any = marks
            .iter()
            .filter(|m| matches!(m.mark, Mark::Status(s) if status.contains(&s)));
        any.map(|m| m.span).find(|s| starts(*s, text, words))
    };
    let suspects = [Status::Suspect, Status::Accused];
    let told = called(
        source,
        &suspects,
        pair.source,
        &["indagat", "coindagat", "imputat", "sospettat", "sottopost"],
    )?;
    let light = [
        "suspect",
        "under investigation",
        "investigated",
        "person",
        "defendant",
        "accused",
        "charged",
        "indicted",
    ];
    let said = called(
        target,
        &[Status::Convicted],
        pair.target,
        &["convict", "offender", "perpetrator", "culprit", "criminals"],
    )?;
    let convicts = called(
        source,
        &[Status::Convicted],
        pair.source,
        &[
            // `la condanna` is nobody
            "condannat",
            "autor",
            "autric",
            "malviv",
            "crimin",
            "pregiudic",
            "rei",
            "reo",
        ],
    );
    if convicts.is_some() || called(target, &suspects, pair.target, &light).is_some() {
        return None;
    }
    Some(altered(pair, Check::Status, told, said))
}

/// `convicted` of somebody in proceedings, where the Italian has a word of punishment but none of conviction.
fn sentenced(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    const LIGHTER: [Status; 4] = [Status::Suspect, Status::Reported, Status::Accused, Status::Arrested];
    let told = LIGHTER.into_iter().find_map(|s| first(source, Mark::Status(s)))?;
    let mut said = of(target, Mark::Status(Status::Convicted));
    let said = said.find(|s| s.of(pair.target).to_lowercase().starts_with("convict"))?;
    (!CONVICTION.is_match(pair.source)).then(|| altered(pair, Check::Status, told, said))
}

/// Somebody reported to the prosecutor and left free whom the English arrests.
fn arrested(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let told = of(source, Mark::Status(Status::Reported)).find(|s| {
        let word = s.of(pair.source).to_lowercase();
        word.starts_with("denunciat") || (word.starts_with("deferit") && FREE.is_match(&pair.source[s.end..]))
    })?;
    let firm = |s: &Span| !SPARED.is_match(&pair.target[..s.start]);
    let said: Vec<Span> = of(target, Mark::Status(Status::Arrested)).filter(firm).collect();
    let kept = has(target, Mark::Status(Status::Reported)) || said.len() <= count(source, Status::Arrested);
    (!kept).then(|| altered(pair, Check::Status, told, *said.last().unwrap_or(&told)))
}

/// Somebody who is no more than investigated in the Italian, and charged in the English.
fn charged(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let investigated = |s: &Span| {
        s.of(pair.source)
            .to_lowercase()
            .trim_start_matches("co")
            .starts_with("indagat")
    };
    let told = of(source, Mark::Status(Status::Suspect)).find(investigated)?;
    let said = of(target, Mark::Status(Status::Accused)).find(|s| CHARGED.is_match(s.of(pair.target)))?;
    let kept = has(source, Mark::Status(Status::Accused)) || has(target, Mark::Status(Status::Suspect));
    (!kept).then(|| altered(pair, Check::Status, told, said))
}

/// Proceedings that ran out of time, of which the English makes an acquittal.
fn lapsed(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let ended = Mark::Status(Status::Acquitted);
    let limit = |s: &Span| s.of(pair.source).to_lowercase().starts_with("prescri");
    let told = of(source, ended).find(limit)?;
    let said = of(target, ended).find(|s| CLEARED.is_match(s.of(pair.target)))?;
    let kept = of(source, ended).any(|s| !limit(&s) && !s.of(pair.source).starts_with("non luogo"));
    (!kept && !LIMIT.is_match(pair.target)).then(|| altered(pair, Check::Status, told, said))
}

/// An acquittal of the Italian that the English turns into one more conviction.
fn reversed(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let span = first(source, Mark::Status(Status::Acquitted)).filter(|s| firm(pair, *s))?;
    let said = first(target, Mark::Status(Status::Convicted))?;
    if has(target, Mark::Status(Status::Acquitted))
        || count(target, Status::Convicted) <= count(source, Status::Convicted)
    {
        return None;
    }
    Some(altered(pair, Check::Status, span, said))
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
    [
        Status::Accused,
        Status::Arrested,
        Status::Reported,
        Status::Suspect,
        Status::Acquitted,
    ]
    .into_iter()
    .find_map(|s| first(marks, Mark::Status(s)).map(|span| (s, span)))
}
