//! Minors and victims: what would identify them is flagged, and withheld on request.
//!
//! Italian codes of practice (the charters of Treviso and of Rome) and Directive 2012/29/EU protect the identity of
//! minors and victims; a translation must not carry it further, nor sharpen it.
mod details;
mod garbled;

use super::{Brief, Check, Excerpt, Finding, Verdict};
use crate::text::{
    normalize::fold,
    words::{words, Language},
    Span,
};
pub use details::Kind;
use std::collections::{BTreeSet, HashSet};

/// What to do about details that identify a minor or a victim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protect {
    /// Flag them in articles that tell of harm to minors or of intimate crime.
    #[default]
    Auto,
    /// Flag them in every article.
    On,
    Off,
    /// Withhold them, and tell what was withheld.
    Redact,
}

impl Protect {
    /// As the command line has it.
    pub fn label(self) -> &'static str {
        match self {
            Protect::Auto => "auto",
            Protect::On => "on",
            Protect::Off => "off",
            Protect::Redact => "redact",
        }
    }
}

/// Flags or withholds what identifies a minor or a victim, with one finding each that says why.
pub fn apply(brief: &mut Brief, protect: Protect) {
    let all = brief.translation.iter().map(|t| t.source.as_str());
    let whole = all.collect::<Vec<_>>().join("\n");
    match protect {
        Protect::Off => return,
        Protect::Auto if !details::marked(&whole) => return,
        _ => {}
    }
    let found = flags(brief);
    match protect {
        Protect::Redact => withhold(brief, &found),
        _ => brief.findings.extend(found.into_iter().map(|f| f.finding)),
    }
}

struct Flag {
    kind: Kind,
    /// As both texts have it; empty for an age.
    text: String,
    finding: Finding,
}

fn excerpt(sentence: u32, text: &str, span: Span) -> Excerpt {
    Excerpt {
        sentence,
        start: span.start,
        end: span.end,
        text: span.of(text).to_string(),
    }
}

fn flags(brief: &Brief) -> Vec<Flag> {
    let mut out = vec![];
    for t in &brief.translation {
        let flag = |kind: Kind, text: &str, source: Option<Span>, target: Option<Span>, verdict, reason| Flag {
            kind,
            text: text.to_string(),
            finding: Finding {
                check: Check::Protection,
                verdict,
                source: source.map(|s| excerpt(t.sentence, &t.source, s)),
                target: target.map(|s| excerpt(t.sentence, &t.text, s)),
                reason,
                repaired: false,
            },
        };
        for (kind, span) in details::of(&t.source) {
            let name = span.of(&t.source);
            let english = t.text.find(name).map(|at| Span::new(at, at + name.len()));
            let reason = format!("{} may identify somebody who is protected", kind.label());
            out.push(flag(kind, name, Some(span), english, Verdict::Supported, reason));
        }
        let italian = details::ages(&t.source, Language::Italian);
        let english = details::ages(&t.text, Language::English);
        for (n, age) in english.iter().enumerate() {
            let (verdict, reason) = match italian.get(n) {
                Some(_) => (
                    Verdict::Supported,
                    format!("{} may identify somebody who is protected", Kind::Age.label()),
                ),
                None => (
                    Verdict::Unsupported,
                    "the English gives an exact age under 18 where the Italian does not".to_string(),
                ),
            };
            out.push(flag(
                Kind::Age,
                "",
                italian.get(n).copied(),
                Some(*age),
                verdict,
                reason,
            ));
        }
        for age in italian.iter().skip(english.len()) {
            let reason = format!("{} stands in the Italian beside this brief", Kind::Age.label());
            out.push(flag(Kind::Age, "", Some(*age), None, Verdict::Supported, reason));
        }
    }
    out
}

/// Words of names and places that are withheld everywhere, longest first.
struct Withheld(Vec<(String, Kind)>);

impl Withheld {
    fn new(flags: &[Flag]) -> Self {
        let mut words = BTreeSet::new();
        for f in flags.iter().filter(|f| !f.text.is_empty()) {
            words.insert((f.text.clone(), f.kind));
            if f.kind == Kind::Name {
                // the surname or the given name alone, later in the text
                let parts = f.text.split(' ').filter(|w| w.chars().count() > 2);
                words.extend(parts.map(|w| (w.to_string(), Kind::Name)));
            }
        }
        // a title in capitals
        let loud: Vec<_> = words.iter().map(|(w, k)| (w.to_uppercase(), *k)).collect();
        words.extend(loud);
        Self::sorted(words.into_iter().collect())
    }

    fn sorted(mut words: Vec<(String, Kind)>) -> Self {
        words.sort_by_key(|(w, _)| std::cmp::Reverse(w.len()));
        Self(words)
    }

    /// The same with the misspelt forms that the English of a brief has, and a flag for each sentence that has one.
    fn with_garbled(self, brief: &Brief) -> (Self, Vec<Flag>) {
        let italian: HashSet<String> = brief
            .translation
            .iter()
            .flat_map(|t| words(&t.source).into_iter().map(|s| fold(s.of(&t.source))))
            .collect();
        let single = |kind| {
            let of_kind = self.0.iter().filter(move |(w, k)| *k == kind && !w.contains(' '));
            of_kind.map(|(w, _)| w.as_str()).collect::<Vec<_>>()
        };
        let wanted = [Kind::Name, Kind::Place].map(|kind| (kind, single(kind)));
        let found = |text: &str| -> Vec<(String, Kind)> {
            let of_kind = |(kind, names): &(Kind, Vec<&str>)| {
                let words = garbled::garbled(text, names, &italian).into_iter();
                words.map(|w| (w.to_string(), *kind)).collect::<Vec<_>>()
            };
            wanted.iter().flat_map(of_kind).collect()
        };
        let mut misspelt: BTreeSet<(String, Kind)> = BTreeSet::new();
        let mut flags = vec![];
        for t in &brief.translation {
            for (word, kind) in found(&t.text) {
                let at = t.text.find(&word).map(|at| Span::new(at, at + word.len()));
                flags.push(Flag {
                    kind,
                    text: word.clone(),
                    finding: Finding {
                        check: Check::Protection,
                        verdict: Verdict::Supported,
                        source: None,
                        target: at.map(|s| excerpt(t.sentence, &t.text, s)),
                        reason: String::new(),
                        repaired: false,
                    },
                });
                misspelt.insert((word, kind));
            }
        }
        let written = brief.summary.iter().map(|s| &s.text).chain([&brief.headline]);
        misspelt.extend(
            written
                .chain(brief.facts.iter().map(|f| &f.text))
                .flat_map(|t| found(t)),
        );
        let words = self.0.into_iter().chain(misspelt).collect();
        (Self::sorted(words), flags)
    }

    fn names(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (word, kind) in &self.0 {
            text = replace_word(&text, word, kind.mark());
        }
        text
    }

    fn of(&self, text: &str, language: Language) -> String {
        let mut out = text.to_string();
        for age in details::ages(text, language).into_iter().rev() {
            out.replace_range(age.start..age.end, Kind::Age.mark());
        }
        self.names(&out)
    }
}

/// Replaces `word` where it stands as a word of its own.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let whole = edge(before.chars().next_back().or(out.chars().next_back())) && edge(after.chars().next());
        out.push_str(before);
        out.push_str(if whole { by } else { word });
        rest = after;
    }
    out + rest
}

fn withhold(brief: &mut Brief, flags: &[Flag]) {
    let (withheld, misspelt) = Withheld::new(flags).with_garbled(brief);
    let (it, en) = (Language::Italian, Language::English);
    let change = |text: &mut String, language| *text = withheld.of(text, language);
    change(&mut brief.headline, en);
    if let Some(title) = &mut brief.source.title {
        change(title, it);
    }
    for s in &mut brief.summary {
        change(&mut s.text, en);
        s.citations.iter_mut().for_each(|c| change(&mut c.quote, it));
    }
    for f in &mut brief.facts {
        change(&mut f.text, en);
        change(&mut f.source, it);
        // a bare `14 anni` tells of nobody; beside its English it does
        let is_age = |text: &String| text.contains(Kind::Age.mark());
        if is_age(&f.text) != is_age(&f.source) {
            f.text = Kind::Age.mark().into();
            f.source = Kind::Age.mark().into();
        }
    }
    for t in &mut brief.translation {
        change(&mut t.source, it);
        change(&mut t.text, en);
    }
    brief.skipped.iter_mut().for_each(|s| change(&mut s.text, it));
    for f in &mut brief.findings {
        change(&mut f.reason, en);
        f.reason = withheld.of(&f.reason, it);
    }
    // What other checks point at has moved, or is withheld.
    let sentences: Vec<(u32, String, String)> = brief
        .translation
        .iter()
        .map(|t| (t.sentence, t.source.clone(), t.text.clone()))
        .collect();
    let whole = |sentence: u32, english: bool| {
        let found = sentences.iter().find(|s| s.0 == sentence);
        found.map_or("", |s| if english { &s.2 } else { &s.1 })
    };
    for f in &mut brief.findings {
        for (excerpt, english) in [(&mut f.source, false), (&mut f.target, true)] {
            let Some(e) = excerpt else { continue };
            let text = withheld.of(&e.text, if english { en } else { it });
            relocate(e, whole(e.sentence, english), text);
        }
    }
    for (flag, how) in flags
        .iter()
        .map(|f| (f, ""))
        .chain(misspelt.iter().map(|f| (f, ", misspelt")))
    {
        let mut f = flag.finding.clone();
        for (excerpt, english) in [(&mut f.source, false), (&mut f.target, true)] {
            if let Some(e) = excerpt {
                relocate(e, whole(e.sentence, english), flag.kind.mark().to_string());
            }
        }
        f.reason = format!("withheld {}{how}", flag.kind.label());
        f.repaired = true;
        brief.findings.push(f);
    }
}

/// Points at the same words in a sentence that has changed; at all of it where they are gone.
fn relocate(excerpt: &mut Excerpt, sentence: &str, text: String) {
    match sentence.find(&text) {
        Some(at) => (excerpt.start, excerpt.end, excerpt.text) = (at, at + text.len(), text),
        None => (excerpt.start, excerpt.end, excerpt.text) = (0, sentence.len(), sentence.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::{BriefSentence, Citation};

    fn brief() -> Brief {
        let rows = [
            (
                "Maltrattamenti: la minore di 14 anni, Marta Zorzanello, figlia di un artigiano di Valdobbia, è in comunità.",
                "Ill-treatment: the 14-year-old girl, Marta Zorzanello, the daughter of a craftsman from Valdobbia, is in care.",
            ),
            ("Zorzanello è seguita dai servizi sociali.", "Zorzanello is followed by social services."),
        ];
        Brief {
            headline: "Court hears Marta Zorzanello".into(),
            summary: vec![BriefSentence {
                text: rows[0].1.into(),
                citations: vec![Citation {
                    sentence: 0,
                    start: 0,
                    end: rows[0].0.len(),
                    quote: rows[0].0.into(),
                }],
            }],
            ..Brief::of_rows("a", &rows)
        }
    }

    #[test]
    fn flags_tell_and_change_nothing() {
        let mut flagged = brief();
        apply(&mut flagged, Protect::Auto);
        assert_eq!(flagged.translation, brief().translation);
        let told: Vec<&str> = flagged
            .findings
            .iter()
            .filter_map(|f| f.target.as_ref())
            .map(|e| e.text.as_str())
            .collect();
        assert_eq!(told, ["Marta Zorzanello", "Valdobbia", "14-year-old"]);
        assert!(flagged.findings.iter().all(|f| f.check == Check::Protection));
        let mut off = brief();
        apply(&mut off, Protect::Off);
        assert_eq!(off, brief());
    }

    #[test]
    fn withholds_everywhere_and_logs_why() {
        let mut withheld = brief();
        apply(&mut withheld, Protect::Redact);
        let json = serde_json::to_string(&withheld).unwrap();
        for gone in ["Marta", "Zorzanello", "Valdobbia", "14 anni", "14-year"] {
            assert!(!json.contains(gone), "{gone}: {json}");
        }
        assert_eq!(withheld.headline, "Court hears [name withheld]");
        assert_eq!(
            withheld.translation[1].text,
            "[name withheld] is followed by social services."
        );
        assert_eq!(withheld.findings.len(), 3);
        for f in &withheld.findings {
            assert!(f.repaired && f.reason.starts_with("withheld "), "{f:?}");
            let e = f.target.as_ref().unwrap();
            assert_eq!(withheld.translation[0].text[e.start..e.end], e.text);
        }
    }

    #[test]
    fn withholds_names_that_the_model_misspelt() {
        let mut withheld = brief();
        withheld.translation[1].text = "Zorzanelo is followed by social services of Valdobia.".into();
        withheld.headline = "COURT HEARS MARTHA ZORZANELO".into();
        withheld.source.title = Some("IN AULA MARTA ZORZANELLO".into());
        apply(&mut withheld, Protect::Redact);
        let json = serde_json::to_string(&withheld).unwrap();
        for gone in ["Mart", "Zorzanel", "Valdob", "MARTA", "ZORZA"] {
            assert!(!json.contains(gone), "{gone}: {json}");
        }
        let told: Vec<&str> = withheld.findings.iter().map(|f| f.reason.as_str()).collect();
        assert_eq!(told[3], "withheld a name beside a minor or a victim, misspelt");
        assert_eq!(told[4], "withheld a small place beside a family tie, misspelt");
    }

    #[test]
    fn an_age_that_the_english_adds_is_unsupported() {
        let mut sharper = brief();
        sharper.translation[1].text = "The 14-year-old is followed by social services.".into();
        apply(&mut sharper, Protect::Auto);
        let added = sharper
            .findings
            .iter()
            .filter(|f| f.verdict == Verdict::Unsupported)
            .count();
        assert_eq!(added, 1);
    }

    #[test]
    fn articles_without_cues_are_left_alone_unless_asked() {
        let mut calm = brief();
        for t in &mut calm.translation {
            t.source = "Il laboratorio con la bambina Marta apre sabato.".into();
            t.text = "The workshop with the child Marta opens on Saturday.".into();
        }
        let mut asked = calm.clone();
        apply(&mut calm, Protect::Auto);
        apply(&mut asked, Protect::On);
        assert!(calm.findings.is_empty());
        assert_eq!(asked.findings.len(), 2);
    }
}
