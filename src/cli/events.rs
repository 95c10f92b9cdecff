//! `sunto brief --group -o DIR`: the briefs of a batch, merged by event, one file an event and a list of them.
//!
//! The batch keeps each article's brief in `DIR/articles` and goes on where it stopped; events follow from those files,
//! so they are written anew each time, and files of events that are no more are removed.
use crate::{
    brief::{
        batch::write_whole,
        group::{self, Anchors},
        Brief,
    },
    write::{self, notices, Format},
    Error,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// Folder of the single briefs within the output folder.
pub const ARTICLES: &str = "articles";

/// Longest name of an event's file without its ending, in bytes.
const NAME: usize = 120;

/// One line of the list of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Event {
    file: String,
    headline: String,
    /// Ids of its articles.
    articles: Vec<String>,
    disagreements: usize,
}

/// How the merging went.
pub struct Merged {
    pub events: usize,
    /// Findings that ask for a look, in all events.
    pub open: usize,
}

/// Merges the briefs of these files, which lie in `folder`'s `articles`, and writes one file an event. A brief is read
/// twice and held only while its event is written.
///
/// # Errors
/// Where a brief cannot be read or a file not be written.
pub fn write(folder: &Path, files: &[PathBuf], format: Format) -> anyhow::Result<Merged> {
    let articles = folder.join(ARTICLES);
    let read = |file: &PathBuf| -> anyhow::Result<Brief> {
        let path = articles.join(file);
        let wrong = |e: &dyn std::fmt::Display| {
            Error::new(format!("cannot read the brief `{}`", path.display()))
                .caused_by(e.to_string())
                .hint("remove it and give the same command again")
        };
        let text = fs::read_to_string(&path).map_err(|e| wrong(&e))?;
        Ok(serde_json::from_str(&text).map_err(|e| wrong(&e))?)
    };
    let anchors = files
        .iter()
        .map(|f| Ok(Anchors::of(&read(f)?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (mut list, mut open, mut names) = (vec![], 0, HashSet::new());
    for event in group::events(&anchors) {
        let members = event
            .iter()
            .map(|i| read(&files[*i]))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let stems: Vec<String> = event.iter().map(|i| stem(&files[*i])).collect();
        let ids = members.iter().map(|b| b.id.clone()).collect();
        let Some(brief) = group::merge(members) else { continue };
        let file = format!("{}.{}", name(&stems, &mut names), format.extension());
        write_whole(folder, &file, write::render(&brief, format).as_bytes())?;
        open += notices::open(&brief).len();
        list.push(Event {
            file,
            headline: brief.headline,
            articles: ids,
            disagreements: brief.group.map_or(0, |g| g.disagreements.len()),
        });
    }
    let written: HashSet<&str> = list.iter().map(|e| e.file.as_str()).collect();
    for old in listed(folder).iter().filter(|e| !written.contains(e.file.as_str())) {
        // the list is a file that anybody may have changed: nothing outside the folder
        let own = Path::new(&old.file).components().count() == 1;
        let _ = own.then(|| fs::remove_file(folder.join(&old.file)));
    }
    let mut text = serde_json::to_string_pretty(&list)?;
    text.push('\n');
    write_whole(folder, write::EVENTS, text.as_bytes())?;
    Ok(Merged {
        events: list.len(),
        open,
    })
}

/// The events of an earlier run.
fn listed(folder: &Path) -> Vec<Event> {
    let text = fs::read_to_string(folder.join(write::EVENTS)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The names of an event's articles joined, or the first with how many more, once each.
fn name(stems: &[String], taken: &mut HashSet<String>) -> String {
    let mut name = stems.join("+");
    if name.len() > NAME {
        name = format!("{}+{}", stems[0], stems.len() - 1);
    }
    while !taken.insert(name.to_lowercase()) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_after_their_articles() {
        let mut taken = HashSet::new();
        let mut check = |stems: &[&str], expected: &str| {
            let stems: Vec<String> = stems.iter().map(|s| s.to_string()).collect();
            assert_eq!(name(&stems, &mut taken), expected);
        };
        check(&["a"], "a");
        check(&["a", "b"], "a+b");
        check(&["A+B"], "A+B_");
        check(&["x", &"y".repeat(200), "z"], "x+2");
    }

    fn brief(id: &str, source: &str, english: &str) -> String {
        serde_json::json!({
            "id": id, "source": {"path": null, "title": null, "date": "2024-03-12", "language": null},
            "headline": english, "facts": [], "skipped": [], "findings": [],
            "summary": [{"text": english, "citations": [
                {"sentence": 0, "start": 0, "end": source.len(), "quote": source}
            ]}],
            "translation": [{"sentence": 0, "source": source, "text": english, "score": 0.0}],
            "provenance": {"version": "", "strategy": "", "translator": null, "summarizer": null, "search": "",
                "glossary": null, "seed": 1},
        })
        .to_string()
    }

    #[test]
    fn files_of_events_follow_the_articles() {
        let folder = tempfile::tempdir().unwrap();
        let articles = folder.path().join(ARTICLES);
        fs::create_dir(&articles).unwrap();
        for (name, text) in [
            (
                "a",
                brief("a", "A Cuneo 15 arresti tra Alba e Saluzzo.", "15 arrests in Cuneo."),
            ),
            (
                "b",
                brief(
                    "b",
                    "Sono 16 gli arresti a Cuneo, tra Alba e Saluzzo.",
                    "16 arrests in Cuneo.",
                ),
            ),
            (
                "c",
                brief("c", "Il museo di Mantova apre a maggio.", "The museum opens in May."),
            ),
        ] {
            fs::write(articles.join(format!("{name}.json")), text).unwrap();
        }
        let files = |names: &[&str]| {
            names
                .iter()
                .map(|n| PathBuf::from(format!("{n}.json")))
                .collect::<Vec<_>>()
        };
        let there = || {
            let all = fs::read_dir(folder.path()).unwrap().flatten();
            let mut all: Vec<String> = all.map(|e| e.file_name().into_string().unwrap()).collect();
            all.sort();
            all
        };
        let found = write(folder.path(), &files(&["a", "b", "c"]), Format::Markdown).unwrap();
        assert_eq!(found.events, 2);
        assert_eq!(there(), ["a+b.md", "articles", "c.md", "events.json"]);
        assert_eq!(listed(folder.path())[0].disagreements, 1);
        let text = fs::read_to_string(folder.path().join("a+b.md")).unwrap();
        assert!(
            text.contains("- a: 15 arrests in Cuneo; Italian: A Cuneo 15 arresti tra Alba e Saluzzo"),
            "{text}"
        );
        // one article is gone: its event is another, the file of the old one goes
        write(folder.path(), &files(&["b", "c"]), Format::Jsonl).unwrap();
        assert_eq!(there(), ["articles", "b.jsonl", "c.jsonl", "events.json"]);
        let broken = write(folder.path(), &files(&["missing"]), Format::Json).err().unwrap();
        assert!(broken.to_string().starts_with("cannot read the brief `"), "{broken}");
    }
}
