//! Briefs to make pages of: two small ones, and as many as wanted from the project's bilingual articles.
use sunto::{
    brief::{
        Brief, BriefSentence, Check, Citation, Excerpt, Fact, Finding, ModelStamp, Provenance, Skipped, Source,
        Translation, Verdict,
    },
    read::seeds::{self, Reference},
    text::{Article, SentenceId},
};

/// A brief of one sentence.
pub fn brief(id: &str) -> Brief {
    Brief {
        id: id.into(),
        source: Source {
            path: Some(format!("articles/{id}.txt")),
            title: Some("Sequestrati telefoni".into()),
            date: Some("2024-02-09".into()),
            language: Some("ita".into()),
        },
        headline: "Phones seized".into(),
        summary: vec![BriefSentence {
            text: "Phones were seized.".into(),
            citations: vec![Citation {
                sentence: 0,
                start: 0,
                end: 27,
                quote: "I telefoni sono sequestrati.".into(),
            }],
        }],
        facts: vec![],
        translation: vec![Translation {
            sentence: 0,
            source: "I telefoni sono sequestrati.".into(),
            text: "Phones were seized.".into(),
            score: -0.4,
        }],
        skipped: vec![],
        findings: vec![],
        group: None,
        provenance: provenance(),
    }
}

fn provenance() -> Provenance {
    Provenance {
        version: "sunto 0.0.0".into(),
        strategy: "extract-translate".into(),
        translator: Some(ModelStamp {
            name: "sample".into(),
            revision: None,
            sha256: "0".repeat(64),
            tokenizer: None,
            dtype: "int8".into(),
        }),
        summarizer: None,
        search: "beams:4|length_penalty:1.0|max_tokens:256".into(),
        glossary: None,
        seed: 1,
    }
}

/// Two briefs with every part of a page.
pub fn two() -> Vec<Brief> {
    let mut first = brief("w-1");
    first.translation.push(Translation {
        sentence: 2,
        source: "La Procura di Udine ha indagato 26 persone.".into(),
        text: "The Udine Prosecutor's Office investigated 25 people.".into(),
        score: -0.7,
    });
    first.summary.push(BriefSentence {
        text: "Prosecutors in Udine are investigating 26 people.".into(),
        citations: vec![Citation {
            sentence: 2,
            start: 30,
            end: 73,
            quote: "La Procura di Udine ha indagato 26 persone.".into(),
        }],
    });
    let fact = |kind: &str, text: &str, source: &str| Fact {
        kind: kind.into(),
        text: text.into(),
        source: source.into(),
        sentence: 2,
        start: 0,
        end: 0,
    };
    first.facts = vec![
        fact("number", "26", "26"),
        fact("place", "Udine", "Udine"),
        fact("agency", "Udine Prosecutor's Office", "Procura di Udine"),
        fact("status", "under investigation", "indagato"),
    ];
    first.skipped = vec![Skipped {
        role: "boilerplate".into(),
        start: 28,
        end: 29,
        text: "Condividi".into(),
    }];
    first.findings = vec![Finding {
        check: Check::Number,
        verdict: Verdict::Altered,
        source: Some(Excerpt {
            sentence: 2,
            start: 32,
            end: 34,
            text: "26".into(),
        }),
        target: Some(Excerpt {
            sentence: 2,
            start: 43,
            end: 45,
            text: "25".into(),
        }),
        reason: "the Italian says 26".into(),
        repaired: false,
    }];
    let mut second = brief("w-2");
    second.headline = "A library opens in Forlì".into();
    second.source.title = Some("Apre la biblioteca".into());
    second.source.date = Some("2023-11".into());
    vec![first, second]
}

/// `count` briefs from `seeds/articles`, whose reference translations and briefs stand in for a model's. Beyond the
/// number of articles they repeat under other ids and dates.
pub fn from_seeds(count: usize) -> Vec<Brief> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/articles");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    let pairs: Vec<(Article, Reference)> = files
        .iter()
        .flat_map(|f| seeds::open(f).unwrap().map(Result::unwrap))
        .take(count)
        .collect();
    (0..count)
        .map(|i| {
            let (article, reference) = &pairs[i % pairs.len()];
            let round = i / pairs.len();
            let mut brief = of(article, reference, i);
            if round > 0 {
                brief.id = format!("{}-{round}", brief.id);
                let date = brief.source.date.take().unwrap_or_default();
                let year = date.get(..4).and_then(|y| y.parse::<usize>().ok()).unwrap_or(2024);
                brief.source.date = Some(format!("{}{}", year - round % 15, date.get(4..).unwrap_or_default()));
            }
            brief
        })
        .collect()
}

fn of(article: &Article, reference: &Reference, index: usize) -> Brief {
    let citation = |id: SentenceId| {
        let span = article.sentences[id.0 as usize].span;
        Citation {
            sentence: id.0,
            start: span.start,
            end: span.end,
            quote: article.sentence(id).into(),
        }
    };
    let sentences: Vec<&str> = reference.brief.split_inclusive(". ").map(str::trim).collect();
    let support = &reference.support;
    let summary = sentences.iter().enumerate().map(|(i, text)| BriefSentence {
        text: text.to_string(),
        // The references say which sentences carry the brief, not which of its sentences: they are dealt out in order.
        citations: (0..support.len())
            .filter(|k| k * sentences.len() / support.len().max(1) == i)
            .map(|k| citation(support[k]))
            .collect(),
    });
    let translation: Vec<Translation> = article
        .content()
        .map(|(id, _, source)| Translation {
            sentence: id.0,
            source: source.into(),
            text: reference.translations[id.0 as usize].clone(),
            score: -0.5,
        })
        .collect();
    Brief {
        id: article.id.clone(),
        source: Source {
            path: article
                .meta
                .path
                .as_ref()
                .and_then(|p| Some(p.rsplit_once('/')?.1.to_string())),
            title: article.meta.title.clone(),
            date: Some(reference.date.clone()),
            language: Some("ita".into()),
        },
        headline: reference.headline.clone(),
        summary: summary.collect(),
        facts: facts(reference, &translation),
        findings: findings(&translation, index),
        translation,
        skipped: vec![],
        group: None,
        provenance: provenance(),
    }
}

/// The references' list of what a translation must keep, sorted into kinds by its shape.
fn facts(reference: &Reference, translation: &[Translation]) -> Vec<Fact> {
    let facts = reference.must.iter().filter_map(|text| {
        let t = translation.iter().find(|t| t.text.contains(text.as_str()))?;
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let kind = match text.as_bytes() {
            [_, _, _, _, b'-', ..] if digits >= 6 => "date",
            _ if digits > 0 => "number",
            _ if text.bytes().all(|b| b.is_ascii_uppercase()) || text.contains("Police") => "agency",
            _ if t.text.contains(&format!("in {text}")) => "place",
            _ => "name",
        };
        Some(Fact {
            kind: kind.into(),
            text: text.clone(),
            source: text.clone(),
            sentence: t.sentence,
            start: 0,
            end: 0,
        })
    });
    facts.collect()
}

/// Two of three briefs have a finding: the first figure of a sentence, said to be another.
fn findings(translation: &[Translation], index: usize) -> Vec<Finding> {
    let figure = |text: &str| {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let figure = text[start..]
            .split(|c: char| !c.is_ascii_digit() && !".,".contains(c))
            .next()?;
        Some((start, start + figure.trim_end_matches(['.', ',']).len()))
    };
    let found = translation.iter().skip(index % 5).filter_map(|t| {
        let ((a, b), (c, d)) = (figure(&t.source)?, figure(&t.text)?);
        let excerpt = |text: &str, start, end| Excerpt {
            sentence: t.sentence,
            start,
            end,
            text: text[start..end].into(),
        };
        Some(Finding {
            check: [Check::Number, Check::Date, Check::Age, Check::Status][index % 4],
            verdict: Verdict::Altered,
            source: Some(excerpt(&t.source, a, b)),
            target: Some(excerpt(&t.text, c, d)),
            reason: format!(
                "a sample: the Italian has {}, the English {}",
                &t.source[a..b],
                &t.text[c..d]
            ),
            repaired: false,
        })
    });
    found.take(index % 3).collect()
}
