//! What a batch has done, in an append-only file: one JSON line an article, read again when the batch goes on.
use crate::text::{hex::hex, Article};
use crate::{read::ReadError, Error};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::error::Error as _;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The journal's name in its output folder.
pub const JOURNAL: &str = "journal.jsonl";
/// The file whose lock says that a batch is at work in the folder.
const LOCK: &str = ".sunto.lock";

/// Why an article has no brief: the three lines of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub error: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl From<ReadError> for Failure {
    fn from(e: ReadError) -> Self {
        Self {
            error: e.to_string(),
            cause: e.source().map(|c| c.to_string()),
            hint: e.hint().map(String::from),
        }
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self {
            error: e.to_string(),
            cause: e.source().map(|c| c.to_string()),
            hint: e.hint,
        }
    }
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// [`fingerprint`] of the article; of the input and its error, where no article could be read.
    pub article: String,
    /// Fingerprint of the settings.
    pub settings: String,
    pub status: Status,
    pub id: String,
    pub input: String,
    /// The brief's file in the output folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Of the file's content, by [`sha256`] of one text: what a replay is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Done,
    Failed,
}

/// A fault of the output folder: it ends a batch, unlike an article's own.
pub(super) fn io_error(what: impl Into<String>, cause: io::Error) -> Error {
    let hint = match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Some("make room and give the same command again: it goes on where it stopped")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Some("choose another folder with `-o`"),
        _ => None,
    };
    let error = Error::new(what).caused_by(cause);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// SHA-256 of what makes an article the same: id, title, date and text.
pub fn fingerprint(article: &Article) -> String {
    let part = |s: &Option<String>| s.clone().unwrap_or_default();
    sha256(&[
        &article.id,
        &part(&article.meta.title),
        &part(&article.meta.date),
        &article.text,
    ])
}

/// SHA-256 of several texts, each with its length so that no two lists give the same bytes.
pub fn sha256(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// An open journal: holds the folder's lock until it is dropped or its process ends, however it ends.
pub struct Journal {
    file: File,
    folder: PathBuf,
    settings: String,
    /// First half of the article's fingerprint -> last status under these settings: 17 bytes an article.
    known: HashMap<u128, Status>,
    lock: File,
}

impl Journal {
    /// Opens or begins the journal of `folder`, which is made if need be. A last line that a killed process left
    /// half-written is cut off.
    pub fn open(folder: &Path, settings: &str) -> Result<Self, Error> {
        let shown = folder.display();
        std::fs::create_dir_all(folder).map_err(|e| io_error(format!("cannot make the folder `{shown}`"), e))?;
        let lock = lock(folder)?;
        let path = folder.join(JOURNAL);
        let failed = |e| io_error(format!("cannot open the journal `{}`", path.display()), e);
        let file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed)?;
        let mut journal = Self {
            file,
            folder: folder.to_path_buf(),
            settings: settings.to_string(),
            known: HashMap::new(),
            lock,
        };
        journal.load().map_err(failed)?;
        Ok(journal)
    }

    /// Reads the lines; what is no entry is passed over, so that one bad line costs one article done twice.
    fn load(&mut self) -> io::Result<()> {
        let mut reader = BufReader::new(self.file.try_clone()?);
        if !self.file.metadata()?.is_file() {
            return Err(io::Error::other("not a file"));
        }
        let (mut whole, mut line) = (0u64, Vec::new());
        loop {
            line.clear();
            let n = reader.read_until(b'\n', &mut line)?;
            if n == 0 {
                return Ok(());
            }
            if line.last() != Some(&b'\n') {
                return self.file.set_len(whole);
            }
            whole += n as u64;
            if let Ok(entry) = serde_json::from_slice::<Entry>(&line) {
                if entry.settings == self.settings {
                    self.known.insert(key(&entry.article), entry.status);
                }
            }
        }
    }

    /// What became of an article under these settings.
    pub fn status(&self, article: &str) -> Option<Status> {
        self.known.get(&key(article)).copied()
    }

    /// Appends a line in one write.
    pub fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        let failed = |e| {
            io_error(
                format!("cannot write the journal `{}`", self.folder.join(JOURNAL).display()),
                e,
            )
        };
        let mut line = serde_json::to_vec(entry).map_err(|e| failed(e.into()))?;
        line.push(b'\n');
        let before = self.file.seek(SeekFrom::End(0)).map_err(failed)?;
        if let Err(e) = self.file.write_all(&line) {
            // A full disk may have taken half of it.
            let _ = self.file.set_len(before);
            return Err(failed(e));
        }
        self.known.insert(key(&entry.article), entry.status);
        Ok(())
    }
}

/// Unlocked by name, not only by closing: a child process just being started may share the open file.
impl Drop for Journal {
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// All entries of a folder's journal, in order, under any settings.
pub fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let reader = BufReader::new(File::open(folder.join(JOURNAL))?);
    let mut found = vec![];
    for line in reader.lines() {
        found.push(serde_json::from_str(&line?)?);
    }
    Ok(found)
}

fn key(fingerprint: &str) -> u128 {
    u128::from_str_radix(fingerprint.get(..32).unwrap_or("0"), 16).unwrap_or(0)
}

/// Takes the folder's lock, or says who has it.
fn lock(folder: &Path) -> Result<File, Error> {
    let shown = folder.display();
    let path = folder.join(LOCK);
    let failed = |e| io_error(format!("cannot write to the folder `{shown}`"), e);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let who = holder
                .trim()
                .parse::<u32>()
                .map(|pid| format!(" (process {pid})"))
                .unwrap_or_default();
            return Err(
                Error::new(format!("the folder `{shown}` is in use by another sunto{who}"))
                    .hint("wait until it has ended, or choose another folder with `-o`"),
            );
        }
        // Some network file systems have no locks: one user then has to take care.
        Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => return Ok(file),
        Err(TryLockError::Error(e)) => return Err(failed(e)),
    }
    file.set_len(0)
        .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
        .map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(article: &str, settings: &str, status: Status) -> Entry {
        Entry {
            article: sha256(&[article]),
            settings: settings.into(),
            status,
            id: article.into(),
            input: format!("{article}.txt"),
            file: None,
            sha256: None,
            failure: None,
        }
    }

    #[test]
    fn remembers_by_article_and_settings() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(dir.path(), "s1").unwrap();
        journal.append(&entry("a", "s1", Status::Done)).unwrap();
        journal.append(&entry("b", "s1", Status::Failed)).unwrap();
        journal.append(&entry("b", "s1", Status::Done)).unwrap();
        drop(journal);
        for (settings, article, expected) in [
            ("s1", "a", Some(Status::Done)),
            ("s1", "b", Some(Status::Done)),
            ("s2", "a", None),
            ("s1", "c", None),
        ] {
            let journal = Journal::open(dir.path(), settings).unwrap();
            assert_eq!(journal.status(&sha256(&[article])), expected, "{settings} {article}");
        }
        assert_eq!(entries(dir.path()).unwrap().len(), 3);
    }

    #[test]
    fn cuts_a_torn_line_and_passes_over_a_bad_one() {
        let dir = tempfile::tempdir().unwrap();
        let good = serde_json::to_string(&entry("a", "s", Status::Done)).unwrap();
        std::fs::write(dir.path().join(JOURNAL), format!("{good}\n{{\"article\": \"1")).unwrap();
        let mut journal = Journal::open(dir.path(), "s").unwrap();
        journal.append(&entry("b", "s", Status::Done)).unwrap();
        drop(journal);
        assert_eq!(
            entries(dir.path())
                .unwrap()
                .iter()
                .map(|e| e.id.as_str())
                .collect::<Vec<_>>(),
            ["a", "b"]
        );
        std::fs::write(dir.path().join(JOURNAL), format!("no entry\n{good}\n")).unwrap();
        let journal = Journal::open(dir.path(), "s").unwrap();
        assert_eq!(journal.status(&sha256(&["a"])), Some(Status::Done));
    }

    #[test]
    fn a_folder_has_one_user_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = Journal::open(dir.path(), "s").unwrap();
        let error = Journal::open(dir.path(), "s").err().unwrap();
        let expected = format!(
            "the folder `{}` is in use by another sunto (process {})",
            dir.path().display(),
            std::process::id()
        );
        assert_eq!(error.to_string(), expected);
        drop(first);
        assert!(Journal::open(dir.path(), "s").is_ok());
    }

    #[test]
    fn fingerprints_tell_articles_apart() {
        let article = |id: &str, text: &str| Article {
            id: id.into(),
            text: text.into(),
            ..Article::default()
        };
        let first = fingerprint(&article("a", "b"));
        assert_eq!(first, fingerprint(&article("a", "b")));
        for other in [article("ab", ""), article("", "ab"), article("a", "c")] {
            assert_ne!(first, fingerprint(&other));
        }
    }
}
