//! Whole texts and briefs: aligned or cited sentences checked, and what a brief may not drop.
use super::{align, check, check_all, excerpt, Check, Finding, Pair, Verdict};
use crate::{
    brief::{safeguards, Brief, BriefSentence, Translation},
    text::{calendar::Date, split, Span},
};

/// Italian and English that belong together, with what was looked up in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub source: String,
    pub target: String,
    pub findings: Vec<Finding>,
    /// Firm quantities of the Italian that the English carries, and how many there are.
    pub carried: (usize, usize),
}

impl Checked {
    /// A pair with all that was looked up in it; a side without text is one finding.
    pub fn pair(pair: Pair) -> Self {
        let (findings, carried) = whole(pair);
        Self {
            source: pair.source.into(),
            target: pair.target.into(),
            findings,
            carried,
        }
    }
}

/// Findings of an Italian text and its translation, bead by bead. Excerpts carry the sentence's number in its own text,
/// from 0, and offsets into that sentence. `date` is the article's.
pub fn check_texts(source: &str, target: &str, date: Option<Date>) -> Vec<Checked> {
    let (italian, english) = (split::split(source), split::split(target));
    fn texts<'a>(text: &'a str, spans: &[Span]) -> Vec<&'a str> {
        spans.iter().map(|s| s.of(text)).collect()
    }
    let beads = align::align(&texts(source, &italian), &texts(target, &english));
    let slice = |text: &str, spans: &[Span]| match (spans.first(), spans.last()) {
        (Some(a), Some(b)) => text[a.start..b.end].to_string(),
        _ => String::new(),
    };
    beads
        .into_iter()
        .map(|(from, to)| {
            let (its, ens) = (&italian[from.clone()], &english[to.clone()]);
            let (it, en) = (slice(source, its), slice(target, ens));
            let mut checked = Checked::pair(Pair::new(from.start as u32, &it, &en).on(date));
            for f in &mut checked.findings {
                if let Some(e) = &mut f.source {
                    place(e, its, from.start);
                }
                if let Some(e) = &mut f.target {
                    place(e, ens, to.start);
                }
            }
            checked
        })
        .collect()
}

/// Moves an excerpt of several sentences in a row to the one that it starts in.
fn place(excerpt: &mut super::Excerpt, sentences: &[Span], first: usize) {
    let Some(base) = sentences.first().map(|s| s.start) else {
        return;
    };
    let at = sentences
        .iter()
        .rposition(|s| s.start - base <= excerpt.start)
        .unwrap_or(0);
    let shift = sentences[at].start - base;
    excerpt.sentence = (first + at) as u32;
    excerpt.start -= shift;
    excerpt.end -= shift;
}

fn whole(pair: Pair) -> (Vec<Finding>, (usize, usize)) {
    let whole = |text: &str| excerpt(pair.sentence, text, Span::new(0, text.len()));
    match (pair.source.trim().is_empty(), pair.target.trim().is_empty()) {
        (true, true) => (vec![], (0, 0)),
        (false, true) => {
            let (check, what) = match pair.source {
                s if safeguards::states_denial(s) => (Check::Denial, "a denial is left out"),
                s if safeguards::states_presumption(s) => {
                    (Check::Presumption, "the presumption of innocence is left out")
                }
                _ => (Check::Length, "the sentence has no translation"),
            };
            let missing = Finding {
                check,
                verdict: Verdict::Missing,
                source: Some(whole(pair.source)),
                target: None,
                reason: what.into(),
                repaired: false,
            };
            (vec![missing], check_all(pair).1)
        }
        (true, false) => {
            let invented = Finding {
                check: Check::Length,
                verdict: Verdict::Unsupported,
                source: None,
                target: Some(whole(pair.target)),
                reason: "no Italian stands behind this sentence".into(),
                repaired: false,
            };
            (vec![invented], (0, 0))
        }
        (false, false) => check_all(pair),
    }
}

/// Findings of a brief, made anew from its own text: each translated sentence, each sentence of the brief against what
/// it cites, and denials and presumption sentences that a brief about suspects leaves out.
pub fn check_brief(brief: &Brief) -> Vec<Checked> {
    let of = |t: &Translation| Checked::pair(Pair::new(t.sentence, &t.source, &t.text).on(brief.day(t.sentence)));
    let mut out: Vec<Checked> = brief.translation.iter().map(of).collect();
    out.extend(check_summary(brief));
    out.extend(dropped(brief));
    out
}

/// Each sentence of a brief that is not a translation word for word, against what it cites: only what it says has to
/// be so, for a brief selects; a sentence that cites nothing is one finding.
pub fn check_summary(brief: &Brief) -> Vec<Checked> {
    let mut out = vec![];
    for (n, sentence) in brief.summary.iter().enumerate() {
        // what is a translation word for word has been checked as one
        let cited: Vec<&str> = sentence.citations.iter().map(|c| c.quote.as_str()).collect();
        if brief
            .translation
            .iter()
            .any(|t| t.text == sentence.text && cited == [t.source.as_str()])
        {
            continue;
        }
        let source = cited.join(" ");
        let day = sentence.citations.first().and_then(|c| brief.day(c.sentence));
        let pair = Pair::new(n as u32, &source, &sentence.text).on(day);
        let mut findings = match cited.is_empty() {
            true => whole(pair).0,
            false => check(pair),
        };
        // of one sentence told in other words, the hearsay has to come along
        findings.retain(|f| f.target.is_some() || (f.check == Check::Hedge && cited.len() == 1));
        for f in &mut findings {
            cite(f, sentence);
        }
        out.push(Checked {
            source,
            target: sentence.text.clone(),
            findings,
            carried: (0, 0),
        });
    }
    out
}

/// Moves the Italian of a finding from the joined quotes to the quote that it stands in.
fn cite(finding: &mut Finding, sentence: &BriefSentence) {
    let Some(e) = &mut finding.source else { return };
    let mut base = 0;
    for c in &sentence.citations {
        if e.start < base + c.quote.len() {
            e.sentence = c.sentence;
            e.start -= base;
            e.end -= base;
            return;
        }
        base += c.quote.len() + 1;
    }
}

/// Denials and presumption sentences that a brief about suspects has to cite and does not: as many as
/// [`safeguards::keep`] takes along. The title, of which the body says the same again, does not count.
pub fn dropped(brief: &Brief) -> Vec<Checked> {
    let cited = || brief.summary.iter().flat_map(|s| &s.citations);
    if !cited().any(|c| safeguards::mentions_suspect(&c.quote)) {
        return vec![];
    }
    let body = || {
        let title = brief.source.title.as_deref().map(str::trim);
        brief.translation.iter().filter(move |t| Some(t.source.trim()) != title)
    };
    // a summarizer's sentence may rest on a denial and not tell it
    let translated = |s: &BriefSentence, sentence: u32| {
        brief
            .translation
            .iter()
            .any(|t| t.sentence == sentence && t.text == s.text)
    };
    let tells = |s: &BriefSentence, sentence: u32, italian: &str| {
        let cites = s.citations.iter().any(|c| c.sentence == sentence);
        cites && (translated(s, sentence) || safeguards::carries(&s.text, italian))
    };
    let is_told = |sentence: u32, italian: &str| brief.summary.iter().any(|s| tells(s, sentence, italian));
    let lacking = |says: fn(&str) -> bool, most: usize| {
        let told = cited()
            .filter(|c| says(&c.quote) && is_told(c.sentence, &c.quote))
            .count();
        let open = body().filter(move |t| says(&t.source) && !is_told(t.sentence, &t.source));
        open.take(most.saturating_sub(told))
    };
    let denials =
        lacking(safeguards::states_denial, safeguards::MOST_DENIALS).map(|t| (t, Check::Denial, "the denial"));
    let presumption =
        lacking(safeguards::states_presumption, 1).map(|t| (t, Check::Presumption, "the presumption of innocence"));
    let missing = |(t, check, what): (&Translation, Check, &str)| Checked {
        source: t.source.clone(),
        target: String::new(),
        findings: vec![Finding {
            check,
            verdict: Verdict::Missing,
            source: Some(excerpt(t.sentence, &t.source, Span::new(0, t.source.len()))),
            target: None,
            reason: format!("the brief speaks of suspects and leaves out {what}"),
            repaired: false,
        }],
        carried: (0, 0),
    };
    denials.chain(presumption).map(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::Citation;

    fn found(checked: &[Checked]) -> Vec<(Check, Verdict)> {
        let all = checked.iter().flat_map(|c| &c.findings);
        all.filter(|f| f.verdict != Verdict::Supported)
            .map(|f| (f.check, f.verdict))
            .collect()
    }

    #[test]
    fn texts_are_aligned_and_their_findings_placed() {
        let it = "La polizia di Milano ha fermato 15 persone. I difensori negano ogni addebito. Il processo comincia il 3 marzo 2024.";
        let en = "Police in Milan detained 15 people. The trial begins on 5 March 2024.";
        let checked = check_texts(it, en, None);
        assert_eq!(
            found(&checked),
            [(Check::Denial, Verdict::Missing), (Check::Date, Verdict::Altered)]
        );
        let date = checked[2].findings.iter().find(|f| f.check == Check::Date).unwrap();
        let (source, target) = (date.source.as_ref().unwrap(), date.target.as_ref().unwrap());
        assert_eq!((source.sentence, target.sentence), (2, 1));
        assert_eq!(checked[2].source[source.start..source.end], source.text);
        assert_eq!(checked[2].target[target.start..target.end], target.text);
    }

    #[test]
    fn a_brief_about_suspects_keeps_the_denial() {
        let rows = [
            ("Due indagati a Lodi.", "Two suspects in Lodi."),
            ("I due negano ogni addebito.", "The two deny every charge."),
        ];
        let brief = |cited: &[u32], text: &str| Brief {
            summary: vec![BriefSentence {
                text: text.into(),
                citations: cited
                    .iter()
                    .map(|&sentence| Citation {
                        sentence,
                        start: 0,
                        end: 0,
                        quote: rows[sentence as usize].0.into(),
                    })
                    .collect(),
            }],
            ..Brief::of_rows("a", &rows)
        };
        let denial = (Check::Denial, Verdict::Missing);
        assert_eq!(found(&check_brief(&brief(&[0], "Two suspects in Lodi."))), [denial]);
        assert_eq!(
            found(&check_brief(&brief(&[0, 1], "Two suspects in Lodi deny every charge."))),
            []
        );
        let altered = found(&check_brief(&brief(
            &[0, 1],
            "Two convicted men in Lodi deny every charge.",
        )));
        assert_eq!(altered, [(Check::Status, Verdict::Altered)]);
    }
}
