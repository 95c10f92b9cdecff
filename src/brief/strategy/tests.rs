//! What each strategy reads, writes, cites and keeps, with stand-ins for its models.
use super::*;
use crate::{
    brief::{
        summarize::{Part, Written},
        Brief, Briefer, Check, ModelStamp, Verdict,
    },
    text::{Sentence, Span},
};
use std::sync::{Arc, Mutex};

/// Translates word by word, so that figures and names stay.
struct Words;

const LEXICON: &[(&str, &str)] = &[
    ("La", "The"),
    ("polizia", "police"),
    ("ha", "has"),
    ("perquisito", "searched"),
    ("nove", "nine"),
    ("case", "homes"),
    ("a", "in"),
    ("I", "The"),
    ("due", "two"),
    ("indagati", "suspects"),
    ("negano", "deny"),
    ("ogni", "every"),
    ("addebito", "charge"),
    ("Sequestrati", "Seized"),
    ("dispositivi", "devices"),
    ("Blitz", "Raid"),
];

impl Translate for Words {
    fn translate(&self, sentences: &[&str]) -> Result<Vec<Translated>> {
        let word = |w: &str| {
            let bare = w.trim_end_matches('.');
            let found = LEXICON.iter().find(|(it, _)| *it == bare).map_or(bare, |(_, en)| en);
            format!("{found}{}", &w[bare.len()..])
        };
        let english = |s: &&str| Translated {
            text: s.split_whitespace().map(word).collect::<Vec<_>>().join(" "),
            ..Translated::default()
        };
        Ok(sentences.iter().map(english).collect())
    }
    fn stamp(&self) -> ModelStamp {
        ModelStamp::default()
    }
    fn search(&self) -> String {
        "lexicon".into()
    }
}

/// Writes `says`, whatever it reads; remembers what it read.
#[derive(Clone)]
struct Says {
    says: &'static str,
    read: Arc<Mutex<Vec<String>>>,
}

impl Summarize for Says {
    fn summarize(&self, parts: &[Part]) -> Result<Vec<Written>> {
        self.read.lock().unwrap().extend(parts.iter().map(|p| p.text.clone()));
        Ok(parts.iter().map(|_| self.says.to_string().into()).collect())
    }
    fn fits(&self, _: &str) -> bool {
        true
    }
    fn stamp(&self) -> ModelStamp {
        ModelStamp {
            name: "says".into(),
            ..ModelStamp::default()
        }
    }
    fn search(&self) -> String {
        "fixed".into()
    }
}

/// An article of these sentences, one a line.
fn article(rows: &[(Role, &str)]) -> Article {
    let mut article = Article::default();
    for (n, (role, text)) in rows.iter().enumerate() {
        let start = article.text.len();
        article.text.push_str(text);
        article.sentences.push(Sentence {
            span: Span::new(start, article.text.len()),
            paragraph: n as u32,
            role: *role,
        });
        article.text.push('\n');
    }
    article
}

/// What a strategy with a summarizer that writes `says` makes of an article, and what that summarizer read.
fn brief(strategy: &str, says: &'static str, article: &Article) -> (Brief, Vec<String>) {
    let read = Arc::default();
    let summarizer = Says {
        says,
        read: Arc::clone(&read),
    };
    let briefer = Briefer {
        strategy: with(strategy, Some(Box::new(summarizer))).unwrap(),
        translator: Box::new(Words),
        protect: Default::default(),
        seed: 1,
    };
    let brief = briefer.brief(article).unwrap();
    let read = read.lock().unwrap().clone();
    (brief, read)
}

fn cited(brief: &Brief) -> Vec<(&str, Vec<u32>)> {
    let of = |s: &'_ crate::brief::BriefSentence| s.citations.iter().map(|c| c.sentence).collect();
    brief.summary.iter().map(|s| (s.text.as_str(), of(s))).collect()
}

const RAID: &[(Role, &str)] = &[
    (Role::Title, "Blitz a Lodi"),
    (Role::Metadata, "12 marzo"),
    (Role::Heading, "Sequestrati 74 dispositivi -"),
    (Role::Body, "La polizia ha perquisito nove case a Lodi."),
    (Role::Body, "I due indagati negano ogni addebito."),
];

#[test]
fn every_strategy_is_made_or_says_what_it_needs() {
    for name in NAMES {
        let alone = by_name(name);
        assert_eq!(alone.is_some(), need(name).is_none(), "{name}");
        let summarizer = Says {
            says: "",
            read: Arc::default(),
        };
        let strategy = with(name, Some(Box::new(summarizer))).unwrap();
        assert_eq!(strategy.name(), *name);
        assert_eq!(strategy.summarizer().is_some(), need(name).is_some());
    }
    assert!(by_name("other").is_none() && need("other").is_none());
    for need in NAMES.iter().filter_map(|n| need(n)) {
        assert!(
            crate::model::card::ModelCard::named(need.card).is_some(),
            "{}",
            need.card
        );
    }
}

#[test]
fn translate_summarize_reads_english_and_keeps_the_denial() {
    let article = article(RAID);
    let (brief, read) = brief(
        "translate-summarize",
        "Police in Lodi searched nine homes. Devices: 74 seized.",
        &article,
    );
    assert_eq!(
        read,
        ["Seized 74 devices. The police has searched nine homes in Lodi. The two suspects deny every charge."]
    );
    assert_eq!(
        cited(&brief),
        [
            ("Police in Lodi searched nine homes.", vec![3]),
            ("Devices: 74 seized.", vec![2]),
        ]
    );
    assert_eq!(brief.headline, "Raid in Lodi");
    assert_eq!(brief.provenance.summarizer.unwrap().name, "says");
    assert_eq!(brief.provenance.search, "lexicon; summarizer fixed");
    assert_eq!(brief.translation.len(), 4);
    let mut suspects = RAID.to_vec();
    suspects.push((Role::Body, "Due indagati a Lodi, nove case perquisite."));
    let (brief, _) = self::brief(
        "translate-summarize",
        "Two suspects in Lodi after nine homes perquisite.",
        &self::article(&suspects),
    );
    assert_eq!(
        brief.summary.last().unwrap().text,
        "The two suspects deny every charge."
    );
    assert_eq!(cited(&brief).last().unwrap().1, [4]);
}

#[test]
fn what_a_summarizer_adds_is_found() {
    let article = article(RAID);
    let open = |says| -> Vec<(Check, Verdict)> {
        let (brief, _) = brief("translate-summarize", says, &article);
        brief.findings.iter().map(|f| (f.check, f.verdict)).collect()
    };
    let before = open("Police in Lodi searched nine homes.");
    let altered = open("Police in Lodi searched 12 homes.");
    assert!(!before.contains(&(Check::Number, Verdict::Altered)), "{before:?}");
    assert!(
        altered
            .iter()
            .any(|(c, v)| *c == Check::Number && matches!(v, Verdict::Altered | Verdict::Unsupported)),
        "{altered:?}"
    );
    let invented = open("A museum opens tomorrow.");
    assert!(
        invented.contains(&(Check::Length, Verdict::Unsupported)),
        "{invented:?}"
    );
}

#[test]
fn summarize_translate_reads_italian_and_finds_sources_in_italian() {
    let article = article(&RAID[1..]);
    let (brief, read) = brief(
        "summarize-translate",
        "Titolo: Blitz a Lodi\nLa polizia ha perquisito nove case. Sequestrati 74 dispositivi.",
        &article,
    );
    assert_eq!(
        read,
        ["Sequestrati 74 dispositivi. La polizia ha perquisito nove case a Lodi. I due indagati negano ogni addebito."]
    );
    assert_eq!(
        cited(&brief),
        [
            ("The police has searched nine homes.", vec![2]),
            (
                "Seized 74 dispositivi.".replace("dispositivi", "devices").as_str(),
                vec![1]
            ),
        ]
    );
    assert_eq!(brief.headline, "Raid in Lodi");
}

#[test]
fn direct_takes_what_the_model_writes() {
    let untitled = article(&RAID[3..]);
    let (brief, read) = brief(
        "direct",
        "Headline: Search in Lodi\n\n- Police searched nine homes.",
        &untitled,
    );
    assert_eq!(
        read,
        ["La polizia ha perquisito nove case a Lodi. I due indagati negano ogni addebito."]
    );
    assert_eq!(brief.headline, "Search in Lodi");
    assert_eq!(cited(&brief), [("Police searched nine homes.", vec![0])]);
    // Without a headline of its own: the first sentence. A title alone is a text; nothing at all is no fault.
    let (brief, _) = self::brief("direct", "Police searched nine homes.", &untitled);
    assert_eq!(brief.headline, "Police searched nine homes");
    assert_eq!(self::brief("direct", "x", &article(&RAID[..1])).1, ["Blitz a Lodi."]);
    let (brief, read) = self::brief("direct", "x", &article(&[]));
    assert!(read.is_empty() && brief.summary.is_empty() && brief.headline.is_empty());
}

#[test]
fn a_brief_that_leaves_the_denial_out_says_so() {
    let mut rows = vec![(Role::Title, "Blitz a Lodi"), (Role::Body, "Due indagati a Lodi.")];
    rows.extend([(Role::Body, "La polizia ha perquisito nove case a Lodi."); 12]);
    rows.push((Role::Body, "I due indagati negano ogni addebito."));
    let missing = |strategy: &str| {
        let briefer = Briefer {
            strategy: by_name(strategy).unwrap(),
            translator: Box::new(Words),
            protect: Default::default(),
            seed: 1,
        };
        let brief = briefer.brief(&article(&rows)).unwrap();
        let denials = brief.findings.into_iter().filter(|f| f.check == Check::Denial);
        denials
            .map(|f| (f.verdict, f.source.map(|e| e.sentence)))
            .collect::<Vec<_>>()
    };
    assert_eq!(missing("lead"), [(Verdict::Missing, Some(14))]);
    assert_eq!(missing("extract-translate"), []);
}
