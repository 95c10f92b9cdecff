//! One brief as a page: the brief with its citations, the article beside its English, what to verify, what made it.
use super::{
    findings::{self, Note},
    marks::{pieces, Mark, Piece},
};
use crate::{
    brief::{Brief, Fact, ModelStamp, Provenance, Skipped, Verdict},
    text::calendar::Date,
    write::{
        dates, guards, notices, terms,
        text::{facts, headline, tidy},
        theme,
    },
};
use minijinja::value::Serde;
use serde::Serialize;

/// All that the template reads.
#[derive(Serialize)]
struct Page<'a> {
    /// Title of the site; empty for a page of its own.
    site: &'a str,
    /// The style, where the page has to hold it.
    style: Option<&'static str>,
    headline: String,
    title: String,
    day: &'a str,
    date: String,
    places: Vec<String>,
    agencies: Vec<String>,
    notices: Vec<String>,
    summary: Vec<Line<'a>>,
    rows: Vec<Row<'a>>,
    notes: &'a [Note<'a>],
    supported: usize,
    facts: Vec<Group<'a>>,
    group: Option<&'a crate::brief::Group>,
    guards: Vec<guards::Line<'a>>,
    terms: Vec<terms::Line<'a>>,
    skipped: &'a [Skipped],
    /// The file of the article: pages are shared, and the folders of the machine that made them are nobody's business.
    file: Option<&'a str>,
    provenance: Vec<(&'static str, String)>,
}

/// One sentence of the brief.
#[derive(Serialize)]
struct Line<'a> {
    pieces: Vec<Piece<'a>>,
    cites: Vec<Cite<'a>>,
    /// Ids of the rows that it rests on, separated by spaces: what lights up with it.
    lights: String,
}

/// A citation, by the number that the page shows: the first sentence of the article is 1.
#[derive(Serialize)]
struct Cite<'a> {
    number: usize,
    quote: &'a str,
    /// Whether the page has a row for it.
    row: bool,
}

/// One sentence of the article in both languages.
#[derive(Serialize)]
struct Row<'a> {
    number: usize,
    english: Vec<Piece<'a>>,
    italian: Vec<Piece<'a>>,
    cited_by: Vec<usize>,
    /// Ids of the brief's sentences that cite it.
    lights: String,
    notes: Vec<&'a Note<'a>>,
    /// Whether it is the article's title.
    title: bool,
    /// Of a brief of several articles, the one that begins here.
    begins: Option<Begins<'a>>,
}

/// An article among several.
#[derive(Serialize)]
struct Begins<'a> {
    id: &'a str,
    title: String,
    date: String,
}

/// Facts of one kind.
#[derive(Serialize)]
struct Group<'a> {
    name: String,
    facts: Vec<&'a Fact>,
}

/// The page of a brief, on the site of that title or, with a style and no site, on its own.
///
/// # Errors
/// Of the template, which the tests render.
pub fn render(brief: &Brief, site: &str, style: Option<&'static str>) -> Result<String, minijinja::Error> {
    let found = findings::of(brief);
    let given = brief.source.date.as_deref().unwrap_or_default();
    let page = Page {
        site,
        style,
        headline: headline(brief),
        title: tidy(brief.source.title.as_deref().unwrap_or_default()),
        day: Date::parse(given).map(|_| given).unwrap_or_default(),
        date: dates::shown(given),
        places: facts(brief, "place"),
        agencies: facts(brief, "agency"),
        notices: notices::of(brief),
        summary: summary(brief, &found.summary),
        rows: rows(brief, &found),
        notes: &found.notes,
        supported: brief
            .findings
            .iter()
            .filter(|f| f.verdict == Verdict::Supported)
            .count(),
        facts: groups(&brief.facts),
        group: brief.group.as_ref(),
        guards: guards::lines(brief),
        terms: terms::lines(brief),
        skipped: &brief.skipped,
        // Of several articles each is named where it begins.
        file: match brief.group.is_some() {
            true => None,
            false => file(brief),
        },
        provenance: provenance(&brief.provenance),
    };
    theme::render("brief.html", Serde(&page))
}

fn file(brief: &Brief) -> Option<&str> {
    brief.source.path.as_deref().and_then(|p| p.rsplit(['/', '\\']).next())
}

fn summary<'a>(brief: &'a Brief, marks: &[Vec<Mark>]) -> Vec<Line<'a>> {
    let has_row = |sentence: u32| brief.translation.iter().any(|t| t.sentence == sentence);
    let lines = brief.summary.iter().zip(marks).map(|(sentence, marks)| {
        let cites: Vec<Cite> = sentence
            .citations
            .iter()
            .map(|c| Cite {
                number: c.sentence as usize + 1,
                quote: &c.quote,
                row: has_row(c.sentence),
            })
            .collect();
        Line {
            pieces: pieces(&sentence.text, marks.clone()),
            lights: ids('s', cites.iter().filter(|c| c.row).map(|c| c.number)),
            cites,
        }
    });
    lines.collect()
}

fn rows<'a>(brief: &'a Brief, found: &'a findings::Notes<'a>) -> Vec<Row<'a>> {
    let member = |sentence: u32| brief.group.as_ref().and_then(|g| g.member(sentence));
    let begins = |i: usize| {
        let own = member(brief.translation[i].sentence)?;
        let before = i.checked_sub(1).and_then(|i| member(brief.translation[i].sentence));
        before.is_none_or(|m| m.first != own.first).then(|| Begins {
            id: &own.id,
            title: tidy(own.source.title.as_deref().unwrap_or_default()),
            date: dates::shown(own.source.date.as_deref().unwrap_or_default()),
        })
    };
    let rows = brief.translation.iter().enumerate().map(|(i, t)| {
        let number = t.sentence as usize + 1;
        let cited_by: Vec<usize> = (1..)
            .zip(&brief.summary)
            .filter(|(_, s)| s.citations.iter().any(|c| c.sentence == t.sentence))
            .map(|(n, _)| n)
            .collect();
        Row {
            number,
            english: pieces(&t.text, found.english[i].clone()),
            italian: pieces(&t.source, found.italian[i].clone()),
            lights: ids('b', cited_by.iter().copied()),
            cited_by,
            notes: found.notes.iter().filter(|n| n.row == Some(number)).collect(),
            title: member(t.sentence)
                .map_or(&brief.source, |m| &m.source)
                .title
                .as_deref()
                .is_some_and(|title| title.trim() == t.source.trim()),
            begins: begins(i),
        }
    });
    rows.collect()
}

fn ids(letter: char, numbers: impl Iterator<Item = usize>) -> String {
    numbers.map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(" ")
}

/// Kinds of fact in the order of the table, with their headings.
const KINDS: [(&str, &str); 10] = [
    ("status", "Legal status"),
    ("date", "Dates"),
    ("time", "Times"),
    ("place", "Places"),
    ("agency", "Agencies"),
    ("name", "Names"),
    ("number", "Numbers"),
    ("money", "Amounts"),
    ("percent", "Percentages"),
    ("age", "Ages"),
];

/// Facts by kind; kinds that the table does not know come last, under their own name.
fn groups(facts: &[Fact]) -> Vec<Group<'_>> {
    let known = KINDS.iter().map(|(kind, name)| (*kind, name.to_string()));
    let mut others: Vec<&str> = vec![];
    for fact in facts {
        if !KINDS.iter().any(|(k, _)| *k == fact.kind) && !others.contains(&fact.kind.as_str()) {
            others.push(&fact.kind);
        }
    }
    let others = others.into_iter().map(|kind| (kind, kind.to_string()));
    known
        .chain(others)
        .map(|(kind, name)| Group {
            name,
            facts: facts.iter().filter(|f| f.kind == kind).collect(),
        })
        .filter(|g| !g.facts.is_empty())
        .collect()
}

/// What made the brief, as labels and values.
fn provenance(p: &Provenance) -> Vec<(&'static str, String)> {
    let model = |m: &ModelStamp| {
        let revision = m
            .revision
            .as_ref()
            .map(|r| format!(", revision {r}"))
            .unwrap_or_default();
        format!("{} ({}{revision}), sha256 {}", m.name, m.dtype, m.sha256)
    };
    let items = [
        ("Made by", Some(p.version.clone())),
        ("Strategy", Some(p.strategy.clone())),
        ("Translator", p.translator.as_ref().map(model)),
        ("Summarizer", p.summarizer.as_ref().map(model)),
        ("Search", Some(p.search.clone())),
        ("Glossary", p.glossary.as_ref().map(|g| format!("sha256 {g}"))),
        ("Seed", Some(p.seed.to_string())),
    ];
    items
        .into_iter()
        .filter_map(|(label, value)| value.filter(|v| !v.is_empty()).map(|v| (label, v)))
        .collect()
}
