//! A folder of JSON to briefs, one at a time: what is no brief is named with the reason.
use super::SiteError;
use crate::brief::Brief;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// A brief and where it stands, or what stands there instead and why it is no brief.
pub type Item = Result<(String, Brief), (String, String)>;

/// Files that a batch writes beside its briefs.
const RECORDS: [&str; 3] = ["manifest.json", "journal.jsonl", crate::write::EVENTS];

/// Longest file or line that is read as a brief, in bytes.
const LIMIT: u64 = 64 << 20;

/// The briefs under `input`, by path; `output` may lie inside it and is left out.
///
/// # Errors
/// Where the folder cannot be listed.
pub fn under(input: &Path, output: &Path) -> Result<impl Iterator<Item = Item>, SiteError> {
    let output = output.canonicalize().ok();
    let mut files = vec![];
    let walk = WalkDir::new(input).sort_by_file_name().into_iter();
    let own = |path: &Path| output.is_some() && path.canonicalize().ok() == output;
    for entry in walk.filter_entry(|e| !(e.file_type().is_dir() && own(e.path()))) {
        let entry = entry.map_err(|e| SiteError::Unreadable {
            path: e.path().unwrap_or(input).into(),
            source: e.into(),
        })?;
        let name = entry.file_name().to_string_lossy();
        let extension = entry.path().extension().and_then(|e| e.to_str());
        let hidden = name.starts_with('.') && entry.depth() > 0;
        if entry.file_type().is_file()
            && !hidden
            && !RECORDS.contains(&name.as_ref())
            && matches!(extension, Some("json" | "jsonl"))
        {
            let lines = extension == Some("jsonl");
            files.push((entry.path().to_path_buf(), lines));
        }
    }
    Ok(files
        .into_iter()
        .flat_map(|(path, lines)| if lines { records(path) } else { whole(path) }))
}

fn whole(path: PathBuf) -> Box<dyn Iterator<Item = Item>> {
    let shown = path.display().to_string();
    let mut bytes = vec![];
    let read = File::open(&path).and_then(|f| f.take(LIMIT + 1).read_to_end(&mut bytes));
    let item = match read {
        Err(e) => Err((shown, e.to_string())),
        Ok(n) if n as u64 > LIMIT => Err((shown, format!("larger than {LIMIT} bytes"))),
        Ok(_) => parse(shown, &bytes),
    };
    Box::new(std::iter::once(item))
}

fn records(path: PathBuf) -> Box<dyn Iterator<Item = Item>> {
    let shown = path.display().to_string();
    let mut reader = match File::open(&path) {
        Ok(file) => BufReader::new(file),
        Err(e) => return Box::new(std::iter::once(Err((shown, e.to_string())))),
    };
    let mut number = 0;
    let mut over = false;
    Box::new(std::iter::from_fn(move || {
        while !over {
            let mut line = vec![];
            number += 1;
            let place = format!("{shown}:{number}");
            match reader.by_ref().take(LIMIT + 1).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(n) if n as u64 > LIMIT => {
                    over = true;
                    return Some(Err((place, format!("a line larger than {LIMIT} bytes"))));
                }
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => return Some(parse(place, &line)),
                Err(e) => {
                    over = true;
                    return Some(Err((place, e.to_string())));
                }
            }
        }
        None
    }))
}

fn parse(place: String, bytes: &[u8]) -> Item {
    match serde_json::from_slice(bytes) {
        Ok(brief) => Ok((place, brief)),
        Err(e) => Err((place, format!("not a brief: {e}"))),
    }
}
