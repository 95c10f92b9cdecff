//! The cache on disk, in the layout of Hugging Face's own tools: `models--ORG--NAME/{blobs,refs,snapshots}`.
//!
//! What those tools pulled is used as it is; what is pulled here has a lock beside it, `sunto/COMMIT.toml`.
use super::{
    is_commit,
    lock::{Lock, LockedFile},
    Spec,
};
use crate::{model::card::is_repository, Error, Result};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A lock is small; more is none.
const MAX_LOCK: u64 = 1 << 20;

/// `HF_HOME/hub`, or another folder of this layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    pub dir: PathBuf,
}

/// One model's files, all of one commit, in the transformers layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub repo: String,
    pub commit: String,
    pub dir: PathBuf,
    /// `None` where another tool pulled it.
    pub lock: Option<Lock>,
}

impl Cache {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder of a repository. The name must have been checked ([`is_repository`]).
    pub fn folder(&self, repo: &str) -> PathBuf {
        self.dir.join(format!("models--{}", repo.replace('/', "--")))
    }

    /// The whole model of this name, if it is here.
    pub fn find(&self, spec: &Spec) -> Result<Option<Snapshot>> {
        let commit = match is_commit(&spec.revision) {
            true => spec.revision.clone(),
            false => match fs::read_to_string(self.folder(&spec.repo).join("refs").join(&spec.revision)) {
                Ok(text) if is_commit(text.trim()) => text.trim().to_string(),
                _ => return Ok(None),
            },
        };
        let snapshot = self.snapshot(&spec.repo, &commit)?;
        let expected: Vec<String> = match (&snapshot.lock, &spec.card) {
            (Some(lock), _) => lock.files.iter().map(|f| f.path.clone()).collect(),
            (None, Some(card)) => {
                let beside = card.beside.iter().flat_map(|b| &b.files);
                let files = card.files.iter().chain(beside);
                files.filter(|f| !is_optional(f)).cloned().collect()
            }
            (None, None) => vec!["config.json".into()],
        };
        Ok(expected
            .iter()
            .all(|f| snapshot.dir.join(f).is_file())
            .then_some(snapshot))
    }

    /// What is here of one commit, whole or not.
    pub fn snapshot(&self, repo: &str, commit: &str) -> Result<Snapshot> {
        let folder = self.folder(repo);
        let path = lock_path(&folder, commit);
        let lock = match path.metadata() {
            Ok(m) if m.len() > MAX_LOCK => {
                return Err(Error::new(format!("`{}` is too large for a lock", path.display())))
            }
            Ok(_) => {
                let text = fs::read_to_string(&path)
                    .map_err(|e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e))?;
                Some(Lock::parse(&path.display().to_string(), &text)?)
            }
            Err(_) => None,
        };
        Ok(Snapshot {
            repo: repo.into(),
            commit: commit.into(),
            dir: folder.join("snapshots").join(commit),
            lock,
        })
    }

    /// Every snapshot of every model, by name and commit.
    pub fn snapshots(&self) -> Result<Vec<Snapshot>> {
        let mut found = vec![];
        for folder in names(&self.dir) {
            let Some(name) = folder.strip_prefix("models--") else {
                continue;
            };
            let repo = name.replacen("--", "/", 1);
            if !is_repository(&repo) {
                continue;
            }
            let dir = self.dir.join(&folder).join("snapshots");
            for commit in names(&dir).into_iter().filter(|c| is_commit(c)) {
                found.push(self.snapshot(&repo, &commit)?);
            }
        }
        Ok(found)
    }

    /// Puts a file that lies at `from` (in this repository's `blobs`) where blobs are, and links it into the snapshot.
    pub fn place(&self, repo: &str, commit: &str, file: &LockedFile, from: &Path) -> Result<()> {
        let folder = self.folder(repo);
        let blob = folder.join("blobs").join(&file.sha256);
        let to = folder.join("snapshots").join(commit).join(&file.path);
        let put = || -> io::Result<()> {
            if from != blob {
                fs::rename(from, &blob)?;
            }
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            if to.symlink_metadata().is_ok() {
                fs::remove_file(&to)?;
            }
            link(&blob, &to, 2 + file.path.matches('/').count())
        };
        put().map_err(|e| Error::new(format!("cannot write `{}`", to.display())).caused_by(e))
    }

    /// Writes the lock, then lets the revision point to the commit: from here on the model is whole.
    pub fn finish(&self, lock: &Lock) -> Result<()> {
        lock.check(&lock.repo)?;
        let folder = self.folder(&lock.repo);
        write(&lock_path(&folder, &lock.commit), &lock.text()?)?;
        if lock.revision != lock.commit {
            write(&folder.join("refs").join(&lock.revision), &lock.commit)?;
        }
        Ok(())
    }
}

/// Files of a card that not every export of the model has.
pub fn is_optional(file: &str) -> bool {
    [
        "generation_config.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
    ]
    .contains(&file)
}

fn lock_path(folder: &Path, commit: &str) -> PathBuf {
    folder.join("sunto").join(format!("{commit}.toml"))
}

/// Names in a folder, sorted; none where there is no folder.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Replaces a small file as a whole: a reader sees the old one or the new one.
fn write(path: &Path, text: &str) -> Result<()> {
    let put = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        fs::write(&new, text)?;
        fs::rename(&new, path)
    };
    put().map_err(|e| Error::new(format!("cannot write `{}`", path.display())).caused_by(e))
}

/// A relative link, so that a cache may be moved; a second name or a copy where there are no links.
fn link(blob: &Path, to: &Path, depth: usize) -> io::Result<()> {
    #[cfg(unix)]
    {
        let name = blob.file_name().unwrap_or_default();
        let mut target: PathBuf = std::iter::repeat_n("..", depth).collect();
        target.push("blobs");
        target.push(name);
        std::os::unix::fs::symlink(target, to)
    }
    #[cfg(not(unix))]
    {
        let _ = depth;
        fs::hard_link(blob, to).or_else(|_| fs::copy(blob, to).map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789012345678901234567890123456789";

    fn locked(path: &str) -> LockedFile {
        LockedFile {
            path: path.into(),
            size: 3,
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
            from: None,
        }
    }

    #[test]
    fn placed_finished_and_found() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path());
        let spec = Spec::parse("a/b@refs/pr/2").unwrap();
        assert_eq!(cache.find(&spec).unwrap(), None);
        let blobs = cache.folder("a/b").join("blobs");
        fs::create_dir_all(&blobs).unwrap();
        let files = [locked("config.json"), locked("deep/er/x.json")];
        let mut from = blobs.join("x.part");
        fs::write(&from, "abc").unwrap();
        for file in &files {
            cache.place("a/b", COMMIT, file, &from).unwrap();
            from = blobs.join(&file.sha256);
        }
        assert_eq!(cache.find(&spec).unwrap(), None, "it is not finished");
        let lock = Lock {
            repo: "a/b".into(),
            revision: "refs/pr/2".into(),
            commit: COMMIT.into(),
            licence: "mit".into(),
            files: files.to_vec(),
        };
        cache.finish(&lock).unwrap();
        let found = cache.find(&spec).unwrap().unwrap();
        assert_eq!(fs::read_to_string(found.dir.join("deep/er/x.json")).unwrap(), "abc");
        assert_eq!(found.lock, Some(lock));
        assert_eq!(cache.snapshots().unwrap(), std::slice::from_ref(&found));
        let by_commit = Spec::parse(&format!("a/b@{COMMIT}")).unwrap();
        assert_eq!(cache.find(&by_commit).unwrap(), Some(found.clone()));
        fs::remove_file(found.dir.join("config.json")).unwrap();
        assert_eq!(cache.find(&spec).unwrap(), None, "a file is missing");
    }

    #[test]
    fn what_other_tools_pulled_is_found_without_a_lock() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path());
        let folder = cache.folder("a/b");
        for (path, content) in [
            ("refs/main".to_string(), COMMIT),
            (format!("snapshots/{COMMIT}/config.json"), "{}"),
        ] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let found = cache.find(&Spec::parse("a/b").unwrap()).unwrap().unwrap();
        assert_eq!((found.commit.as_str(), found.lock), (COMMIT, None));
        fs::write(folder.join("refs/main"), "../../../etc").unwrap();
        assert_eq!(cache.find(&Spec::parse("a/b").unwrap()).unwrap(), None);
    }
}
