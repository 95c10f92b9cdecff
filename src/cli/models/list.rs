//! `sunto models list`: what is here, and what can be pulled.
use crate::{
    cli::{args::models::ListArgs, hub, output, settings::Settings},
    model::{
        card::{is_non_commercial, ModelCard},
        embedded,
        hub::{commercial_use, Snapshot, Spec},
    },
};
use serde_json::{json, Value};

/// One line of the list.
struct Line {
    name: String,
    task: String,
    languages: String,
    megabytes: u64,
    speed: String,
    licence: String,
    state: &'static str,
    /// What its card adds; in JSON only.
    notes: String,
}

const HEAD: [&str; 7] = ["name", "task", "languages", "MB", "speed", "licence", "state"];

pub fn run(settings: &Settings, args: &ListArgs) -> anyhow::Result<()> {
    let mut lines = lines()?;
    if settings.commercial {
        let refused = lines
            .iter_mut()
            .filter(|l| commercial_use(&l.name, &l.licence).is_err());
        refused.for_each(|l| l.state = "refused");
    }
    if args.json {
        let all: Vec<Value> = lines.iter().map(as_json).collect();
        return Ok(output::line(&serde_json::to_string_pretty(&all)?)?);
    }
    let rows: Vec<[String; 7]> = std::iter::once(HEAD.map(String::from))
        .chain(lines.iter().map(cells))
        .collect();
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().enumerate().map(|(i, cell)| match i {
            3 => format!("{cell:>w$}", w = widths[i]),
            _ => format!("{cell:<w$}", w = widths[i]),
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    if rows.iter().any(|r| r[5].ends_with('*')) {
        text.push_str("\n* not for commercial use; `--commercial` refuses it\n");
    }
    Ok(output::print(&text)?)
}

fn lines() -> anyhow::Result<Vec<Line>> {
    let cache = hub::cache();
    let mut lines = vec![];
    let mut shown: Vec<String> = vec![];
    for card in ModelCard::all() {
        let card = card?;
        let spec = Spec::parse(&card.name);
        let found = spec.as_ref().map(|s| cache.find(s)).transpose()?.flatten();
        if let Some(found) = &found {
            shown.push(found.dir.display().to_string());
        }
        lines.push(of_card(&card, found.is_some()));
    }
    for snapshot in cache.snapshots()? {
        if !shown.contains(&snapshot.dir.display().to_string()) {
            lines.extend(of_snapshot(&snapshot));
        }
    }
    Ok(lines)
}

fn of_card(card: &ModelCard, here: bool) -> Line {
    Line {
        name: card.name.clone(),
        task: word(&card.task),
        languages: format!("{} > {}", card.languages.source, card.languages.target),
        megabytes: card.megabytes.into(),
        speed: word(&card.speed),
        licence: card.licence.clone(),
        state: match (card.embedded, here) {
            (true, _) if embedded::files().is_some() => "here, in this binary",
            (true, _) => "left out of this binary",
            (_, true) => "here",
            _ => "can be pulled",
        },
        notes: card.notes.clone(),
    }
}

/// A model without a card, where its lock says what it is.
fn of_snapshot(snapshot: &Snapshot) -> Option<Line> {
    let lock = snapshot.lock.as_ref()?;
    let named = Spec::parse(&format!("{}@{}", lock.repo, lock.revision)).map(|s| s.name());
    Some(Line {
        name: named.unwrap_or_else(|| lock.repo.clone()),
        task: "-".into(),
        languages: "-".into(),
        megabytes: lock.size().div_ceil(1_000_000),
        speed: "-".into(),
        licence: match lock.licence.as_str() {
            "" => "not stated".into(),
            licence => licence.into(),
        },
        state: "here",
        notes: String::new(),
    })
}

fn cells(line: &Line) -> [String; 7] {
    let mark = if is_non_commercial(&line.licence) { " *" } else { "" };
    [
        line.name.clone(),
        line.task.clone(),
        line.languages.clone(),
        line.megabytes.to_string(),
        line.speed.clone(),
        format!("{}{mark}", line.licence),
        line.state.to_string(),
    ]
}

fn as_json(line: &Line) -> Value {
    json!({
        "name": line.name,
        "task": line.task,
        "languages": line.languages,
        "megabytes": line.megabytes,
        "speed": line.speed,
        "licence": line.licence,
        "non_commercial": is_non_commercial(&line.licence),
        "state": line.state,
        "notes": line.notes,
    })
}

/// The word that a card's file has for it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => "-".into(),
    }
}
