//! What was pulled: repository, commit, licence, and size and SHA-256 of every file; one TOML file a commit.
use crate::text::{hex::hex, normalize::one_line};
use crate::{
    model::{
        card::{is_relative, is_repository},
        hub::{is_commit, is_revision},
    },
    Error, Result,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    path::Path,
};

/// More files than any model has.
const MAX_FILES: usize = 1000;

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedFile {
    /// Path in the repository.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Hexadecimal digits, lower case.
    pub sha256: String,
    /// `ORG/NAME@COMMIT` of another repository, where it came from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// One model as it was pulled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    pub repo: String,
    /// What was asked for: a branch, a tag, `refs/pr/N` or the commit itself.
    pub revision: String,
    pub commit: String,
    pub licence: String,
    #[serde(rename = "file", default)]
    pub files: Vec<LockedFile>,
}

/// What a look at one locked file found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Good,
    Missing,
    /// Its size is another.
    Size(u64),
    /// Its content is another.
    Content,
}

impl Lock {
    /// Reads and checks a lock's text; `name` is for errors.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let lock: Self = toml::from_str(text)
            .map_err(|e| Error::new(format!("the lock `{name}` cannot be read")).caused_by(one_line(e.message())))?;
        lock.check(name)?;
        Ok(lock)
    }

    /// Whether nothing in it could lead outside its folder.
    pub fn check(&self, name: &str) -> Result<()> {
        let bad = |what: String| Err(Error::new(format!("the lock `{name}` is not usable")).caused_by(what));
        if !is_repository(&self.repo) {
            return bad(format!("`{}` is not of the form ORG/NAME", self.repo));
        }
        if !is_commit(&self.commit) {
            return bad(format!("`{}` is not a commit", self.commit));
        }
        if !is_revision(&self.revision) {
            return bad(format!("`{}` is not a revision", self.revision));
        }
        if self.files.is_empty() || self.files.len() > MAX_FILES {
            return bad(format!("it has {} files, expected 1 to {MAX_FILES}", self.files.len()));
        }
        let mut seen = BTreeSet::new();
        for file in &self.files {
            if !is_relative(&file.path) || file.path.len() > 500 {
                return bad(format!("`{}` is not a path inside a model", file.path));
            }
            if !is_sha256(&file.sha256) {
                return bad(format!("`{}` is not a SHA-256", file.sha256));
            }
            let is_source = |from: &String| {
                from.split_once('@')
                    .is_some_and(|(r, c)| is_repository(r) && is_commit(c))
            };
            if let Some(from) = file.from.as_ref().filter(|f| !is_source(f)) {
                return bad(format!("`{from}` is not of the form ORG/NAME@COMMIT"));
            }
            if !seen.insert(&file.path) {
                return bad(format!("`{}` is there twice", file.path));
            }
        }
        Ok(())
    }

    /// The text that [`Lock::parse`] reads.
    pub fn text(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Error::new(format!("cannot write the lock of `{}`", self.repo)).caused_by(e))
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|f| f.size).fold(0, u64::saturating_add)
    }
}

impl LockedFile {
    /// Reads the file in `dir` and compares.
    pub fn verify(&self, dir: &Path) -> Result<Check> {
        let path = dir.join(&self.path);
        let Ok(metadata) = path.metadata() else {
            return Ok(Check::Missing);
        };
        if metadata.len() != self.size {
            return Ok(Check::Size(metadata.len()));
        }
        let found = sha256(&path).map_err(|e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e))?;
        Ok(match found == self.sha256 {
            true => Check::Good,
            false => Check::Content,
        })
    }
}

/// Whether this is a SHA-256 as hexadecimal digits, lower case.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// SHA-256 of a file, a piece at a time.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..n]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> Lock {
        Lock {
            repo: "a/b".into(),
            revision: "refs/pr/1".into(),
            commit: "0123456789012345678901234567890123456789".into(),
            licence: "mit".into(),
            files: vec![LockedFile {
                path: "onnx/x.json".into(),
                size: 3,
                sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
                from: None,
            }],
        }
    }

    #[test]
    fn written_and_read() {
        let lock = lock();
        assert_eq!(Lock::parse("x", &lock.text().unwrap()).unwrap(), lock);
        let mut other = lock;
        other.files[0].from = Some(format!("c/d@{}", other.commit));
        assert_eq!(Lock::parse("x", &other.text().unwrap()).unwrap(), other);
        other.files[0].from = Some("c/d@../e".into());
        let error = other.check("x").unwrap_err().cause.unwrap();
        assert_eq!(error.to_string(), "`c/d@../e` is not of the form ORG/NAME@COMMIT");
    }

    #[test]
    fn what_leads_outside_is_refused() {
        let text = lock().text().unwrap();
        for (from, to, why) in [
            ("a/b", "a/../../b", "`a/../../b` is not of the form ORG/NAME"),
            ("onnx/x.json", "../x.json", "`../x.json` is not a path inside a model"),
            (
                "onnx/x.json",
                "/etc/passwd",
                "`/etc/passwd` is not a path inside a model",
            ),
            ("refs/pr/1", "refs/../1", "`refs/../1` is not a revision"),
            ("ba7816bf", "BA7816bf", "is not a SHA-256"),
            ("0123456789012345678901234567890123456789", "..", "`..` is not a commit"),
        ] {
            let error = Lock::parse("x", &text.replace(from, to)).unwrap_err();
            assert_eq!(error.to_string(), "the lock `x` is not usable");
            let cause = error.cause.unwrap().to_string();
            assert!(cause.ends_with(why), "{cause}");
        }
        let mut twice = lock();
        twice.files.push(twice.files[0].clone());
        assert!(twice.check("x").is_err());
        for text in ["", "repo = 1", "\u{0}", &format!("colour = 1\n{text}")] {
            assert_eq!(
                Lock::parse("x", text).unwrap_err().to_string(),
                "the lock `x` cannot be read"
            );
        }
    }

    #[test]
    fn files_are_compared_by_size_and_content() {
        let dir = tempfile::tempdir().unwrap();
        let file = &lock().files[0];
        let path = dir.path().join(&file.path);
        assert_eq!(file.verify(dir.path()).unwrap(), Check::Missing);
        std::fs::create_dir(dir.path().join("onnx")).unwrap();
        for (content, expected) in [("abc", Check::Good), ("abd", Check::Content), ("ab", Check::Size(2))] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(file.verify(dir.path()).unwrap(), expected);
        }
    }
}
