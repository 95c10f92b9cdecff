//! What a reader abroad has to know before relying on a brief, in plain words; the same in every format.
use crate::{
    brief::{safeguards, Brief, Check, Finding, Verdict},
    model::embedded,
};

/// Notices of a brief, most important first.
pub fn of(brief: &Brief) -> Vec<String> {
    let mut notices = vec![];
    if brief
        .translation
        .iter()
        .any(|t| safeguards::mentions_suspect(&t.source))
    {
        notices.push(
            "The article reports on people under investigation or in criminal proceedings. They are presumed innocent \
             until a final judgment."
                .to_string(),
        );
    }
    if let Some(group) = &brief.group {
        let apart = match group.disagreements.len() {
            0 => "no disagreement between their figures was found".to_string(),
            1 => "they disagree in 1 place".to_string(),
            n => format!("they disagree in {n} places"),
        };
        notices.push(format!(
            "Merged from {} articles on one event; {apart}.",
            group.articles.len()
        ));
    }
    let protected = brief.findings.iter().filter(|f| f.check == Check::Protection);
    match protected.fold(
        (0, 0),
        |(kept, gone), f| if f.repaired { (kept, gone + 1) } else { (kept + 1, gone) },
    ) {
        (0, 0) => {}
        (0, gone) => notices.push(format!(
            "Details that may identify a minor or a victim were withheld ({gone}); the findings say which and why."
        )),
        (kept, _) => notices.push(format!(
            "Details that may identify a minor or a victim stand in this brief ({kept}); do not pass them on. \
             `--protect=redact` withholds them."
        )),
    }
    let open = open(brief);
    if !open.is_empty() {
        let kinds = open
            .iter()
            .map(|f| label(f.check))
            .collect::<std::collections::BTreeSet<_>>();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        notices.push(format!(
            "Machine translation; {} to verify against the Italian ({}).",
            match open.len() {
                1 => "1 passage".to_string(),
                n => format!("{n} passages"),
            },
            kinds.join(", ")
        ));
    } else {
        notices.push("Machine translation: verify against the Italian before acting on it.".to_string());
    }
    if brief
        .provenance
        .translator
        .as_ref()
        .is_some_and(|m| m.name == embedded::NAME)
    {
        notices.push(
            "Translated by the small model that comes with sunto. Figures, dates, names, legal status and hearsay are \
             checked; a noun or verb may be wrong without a mark. Do not act on a sentence without its Italian."
                .to_string(),
        );
    }
    notices
}

/// Findings of a brief that ask the reader to look at the source.
pub fn open(brief: &Brief) -> Vec<&Finding> {
    brief.findings.iter().filter(|f| doubtful(f)).collect()
}

/// Whether a finding asks the reader to look at the source.
pub fn doubtful(finding: &Finding) -> bool {
    finding.verdict != Verdict::Supported && !finding.repaired
}

/// The word that people use for a check.
pub fn label(check: Check) -> &'static str {
    match check {
        Check::Number => "number",
        Check::Money => "amount",
        Check::Percent => "percentage",
        Check::Age => "age",
        Check::Date => "date",
        Check::Time => "time",
        Check::Name => "name",
        Check::Place => "place",
        Check::Agency => "agency",
        Check::Negation => "negation",
        Check::Status => "legal status",
        Check::Hedge => "allegation",
        Check::Presumption => "presumption of innocence",
        Check::Denial => "denial",
        Check::Glossary => "term",
        Check::Length => "length",
        Check::Repetition => "repetition",
        Check::Wording => "wording",
        Check::Language => "language",
        Check::Protection => "protection of minors",
    }
}

/// What a finding is called: its check and its verdict. Where the English itself is at fault, the Italian has nothing
/// that it could have altered or left out, and the check says all.
pub fn heading(finding: &Finding) -> String {
    let check = label(finding.check);
    match finding.check {
        Check::Length | Check::Repetition | Check::Wording | Check::Language | Check::Protection => check.into(),
        _ => format!("{check}, {}", verdict(finding.verdict)),
    }
}

/// The word that people use for a verdict.
fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::Altered => "altered",
        Verdict::Unsupported => "not in the source",
        Verdict::Missing => "missing",
    }
}
