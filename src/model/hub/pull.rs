//! Brings a model into the cache: what has come is kept, what comes is compared with the hub's hashes, then locked.
use super::{
    cache::Cache,
    client::{Client, Fault},
    commercial_use,
    listing::{Listing, RemoteFile, MAX_INDEX},
    lock::{Lock, LockedFile},
    Remote, Spec,
};
use crate::{model::card::Beside, text::hex::hex, Error, Result};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    thread::sleep,
    time::Duration,
};

/// Tries in a row that bring not one byte.
const IDLE_TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// No file is larger where the hub does not say how large it is.
const MAX_UNKNOWN: u64 = 1 << 36;

/// What a pull may do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub allow_pickle: bool,
    /// Refuse licences that forbid commercial use.
    pub commercial: bool,
}

/// What happens during a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// What will be pulled, under which licence.
    Found { commit: &'a str, licence: &'a str },
    /// A file is here already.
    Kept { path: &'a str },
    /// A file begins, where so many bytes are here.
    Begin { path: &'a str, size: Option<u64>, at: u64 },
    /// So many bytes of it are here.
    At(u64),
    /// It is here and compared.
    End,
}

/// Pulls a model and returns its lock.
///
/// # Errors
/// Where the hub does not answer or refuses, files are missing or come with wrong hashes, the licence is refused, or
/// the cache cannot be written. What has come whole or in part is kept for the next try.
pub fn pull(
    remote: &Remote,
    cache: &Cache,
    spec: &Spec,
    options: &Options,
    tell: &mut dyn FnMut(Event),
) -> Result<Lock> {
    let name = spec.name();
    if let (true, Some(card)) = (options.commercial, &spec.card) {
        commercial_use(&name, &card.licence)?;
    }
    let client = Client::new(remote);
    let listing = patiently(|| client.listing(spec))?;
    let licence = spec.card.as_ref().map_or(&listing.licence, |c| &c.licence);
    if options.commercial {
        commercial_use(&name, licence)?;
    }
    if let Some(pin) = spec.card.as_ref().and_then(|c| c.pin.as_deref()) {
        if !listing.commit.starts_with(pin) {
            return Err(Error::new(format!(
                "`{}` of `{}` is now commit {}, the card `{name}` pins {pin}",
                spec.revision, spec.repo, listing.commit
            ))
            .hint(format!(
                "look at what changed, then take it with `sunto models pull {}@{}`",
                spec.repo, listing.commit
            )));
        }
    }
    tell(Event::Found {
        commit: &listing.commit,
        licence,
    });
    let mut wanted = listing.needed(&spec.repo, spec.card.as_ref(), options.allow_pickle)?;
    // Whatever is refused is refused before gigabytes have come.
    let beside = spec.card.iter().flat_map(|c| &c.beside);
    let others: Vec<(Spec, Vec<RemoteFile>)> = beside
        .map(|b| files_beside(&client, b, options))
        .collect::<Result<_>>()?;
    let _alone = alone(cache, spec)?;
    let mut transfer = Transfer {
        client: &client,
        cache,
        spec,
        commit: &listing.commit,
        into: (&spec.repo, &listing.commit),
        tell,
    };
    let mut files: Vec<LockedFile> = vec![];
    let mut next = 0;
    while let Some(file) = wanted.get(next).cloned() {
        next += 1;
        files.push(transfer.bring(&file)?);
        if file.path.ends_with(".safetensors.index.json") {
            let shards = shards(cache, spec, &listing, &file)?;
            wanted.extend(shards.into_iter().filter(|s| !files.iter().any(|f| f.path == s.path)));
        }
    }
    for (source, files_beside) in &others {
        let mut transfer = Transfer {
            client: &client,
            cache,
            spec: source,
            commit: &source.revision,
            into: (&spec.repo, &listing.commit),
            tell: &mut *transfer.tell,
        };
        for file in files_beside {
            files.push(LockedFile {
                from: Some(format!("{}@{}", source.repo, source.revision)),
                ..transfer.bring(file)?
            });
        }
    }
    let lock = Lock {
        repo: spec.repo.clone(),
        revision: spec.revision.clone(),
        commit: listing.commit.clone(),
        licence: licence.clone(),
        files,
    };
    cache.finish(&lock)?;
    Ok(lock)
}

/// What another repository gives to a card's model, at the commit that the card names.
fn files_beside(client: &Client, wanted: &Beside, options: &Options) -> Result<(Spec, Vec<RemoteFile>)> {
    let source = Spec {
        repo: wanted.repo.clone(),
        revision: wanted.revision.clone(),
        card: None,
    };
    let listing = patiently(|| client.listing(&source))?;
    if listing.commit != wanted.revision {
        let (asked, found) = (source.name(), &listing.commit);
        return Err(Error::new(format!("the hub answers `{asked}` with commit {found}")));
    }
    if options.commercial {
        commercial_use(&wanted.repo, &listing.licence)?;
    }
    let file = |path: &String| {
        let found = listing.file(path).cloned();
        found.ok_or_else(|| Error::new(format!("`{}` has no file `{path}`", source.name())))
    };
    let files = wanted.files.iter().map(file).collect::<Result<_>>()?;
    Ok((source, files))
}

/// Shards that a pulled index names.
fn shards(cache: &Cache, spec: &Spec, listing: &Listing, index: &RemoteFile) -> Result<Vec<RemoteFile>> {
    let path = cache.snapshot(&spec.repo, &listing.commit)?.dir.join(&index.path);
    let unreadable = |e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e);
    let mut text = vec![];
    let file = File::open(&path).map_err(unreadable)?;
    file.take(MAX_INDEX).read_to_end(&mut text).map_err(unreadable)?;
    listing.shards(&spec.repo, &index.path, &text)
}

/// Two pulls of one model would write into the same files: the second one is told so.
fn alone(cache: &Cache, spec: &Spec) -> Result<File> {
    let folder = cache.folder(&spec.repo);
    let path = folder.join("sunto").join("pull.lock");
    let open = || -> io::Result<File> {
        for part in ["sunto", "blobs", "refs", "snapshots"] {
            fs::create_dir_all(folder.join(part))?;
        }
        File::create(&path)
    };
    let file = open().map_err(|e| {
        Error::new(format!("cannot write to the cache `{}`", cache.dir.display()))
            .caused_by(e)
            .hint("`HF_HOME` says where models are kept")
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Error::new(format!("another process is pulling `{}`", spec.name()))
            .hint("wait for it; what it pulls is kept")),
        // A file system without locks: nothing to be done about it.
        Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}

/// Tries again what fails for a moment.
fn patiently<T>(mut f: impl FnMut() -> Result<T, Fault>) -> Result<T> {
    let mut wait = FIRST_WAIT;
    for _ in 1..IDLE_TRIES {
        match f() {
            Err(Fault::Passing(_)) => sleep(wait),
            Err(Fault::Lasting(e)) => return Err(e),
            Ok(found) => return Ok(found),
        }
        wait *= 2;
    }
    f().map_err(Fault::error)
}

struct Transfer<'a> {
    client: &'a Client<'a>,
    cache: &'a Cache,
    /// Where files come from.
    spec: &'a Spec,
    commit: &'a str,
    /// Repository and commit of the snapshot that they go into.
    into: (&'a str, &'a str),
    tell: &'a mut dyn FnMut(Event),
}

impl Transfer<'_> {
    /// One file into the snapshot, by the network only where it is not here.
    fn bring(&mut self, file: &RemoteFile) -> Result<LockedFile> {
        let (repo, commit) = self.into;
        let folder = self.cache.folder(repo);
        let here = folder.join("snapshots").join(commit).join(&file.path);
        let blob = file.sha256.as_ref().map(|h| folder.join("blobs").join(h));
        for path in [Some(&here), blob.as_ref()].into_iter().flatten() {
            if path.metadata().is_ok_and(|m| file.size.is_none_or(|s| s == m.len())) {
                let (found, git) = hashed(path, &file.path)?;
                // Without a hash to compare with, what is here may be anything.
                let known = file.sha256.is_some() || file.git.is_some();
                if known && file.is(&found, &git) {
                    if *path != here {
                        self.cache.place(repo, commit, &found, path)?;
                    }
                    (self.tell)(Event::Kept { path: &file.path });
                    return Ok(found);
                }
            }
        }
        let id = match (&file.sha256, &file.git) {
            (Some(hash), _) | (None, Some(hash)) => hash.clone(),
            (None, None) => hex(&Sha256::digest(format!("{}/{}", self.commit, file.path))),
        };
        let part = folder.join("blobs").join(format!("{id}.part"));
        self.fetch(file, &part)?;
        let (found, git) = hashed(&part, &file.path)?;
        if !file.is(&found, &git) {
            let _ = fs::remove_file(&part); // it is of no use; the error says the rest
            return Err(Error::new(format!(
                "`{}` of `{}` came with a wrong hash: {}",
                file.path,
                self.spec.name(),
                found.sha256
            ))
            .hint("pull again; if it stays so, the server gives another file than it lists"));
        }
        self.cache.place(repo, commit, &found, &part)?;
        (self.tell)(Event::End);
        Ok(found)
    }

    /// Brings all bytes of a file into `part`, going on after cuts.
    fn fetch(&mut self, file: &RemoteFile, part: &Path) -> Result<()> {
        let mut idle = 0;
        loop {
            let at = part.metadata().map_or(0, |m| m.len());
            match file.size {
                Some(size) if at == size && part.is_file() => return Ok(()),
                Some(size) if at > size => fs::remove_file(part).map_err(|e| unwritable(part, e))?,
                _ => {}
            }
            let cause = match self.stream(file, part) {
                Ok(true) => return Ok(()),
                Ok(false) => None,
                Err(Fault::Lasting(e)) => return Err(e),
                Err(Fault::Passing(e)) => Some(e),
            };
            let progress = part.metadata().map_or(0, |m| m.len()) > at;
            idle = if progress { 0 } else { idle + 1 };
            if idle >= IDLE_TRIES {
                let what = format!("`{}` of `{}` broke off", file.path, self.spec.name());
                let error = match cause {
                    Some(e) => Error::new(what).caused_by(e),
                    None => Error::new(what),
                };
                return Err(error.hint("what has come is kept: run the same command to go on"));
            }
            sleep(FIRST_WAIT * (1 << idle.saturating_sub(1)));
        }
    }

    /// One request; whether the file is whole after it.
    fn stream(&mut self, file: &RemoteFile, part: &Path) -> Result<bool, Fault> {
        let at = part.metadata().map_or(0, |m| m.len());
        let Some(mut stream) = self.client.file(self.spec, self.commit, &file.path, at)? else {
            let _ = fs::remove_file(part); // what is here goes beyond what there is: begin again
            return Ok(false);
        };
        let local = |e| Fault::Lasting(unwritable(part, e));
        let mut out = OpenOptions::new().create(true).append(true).open(part).map_err(local)?;
        // A server without ranges sends it all again.
        out.set_len(stream.from).map_err(local)?;
        let size = file.size.or(stream.size);
        let limit = size.unwrap_or(MAX_UNKNOWN);
        let mut at = stream.from;
        (self.tell)(Event::Begin {
            path: &file.path,
            size,
            at,
        });
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = match stream.reader.read(&mut buffer) {
                Ok(0) => return Ok(size.is_none_or(|s| s == at)),
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => {
                    let what = format!("the connection was cut after {at} bytes");
                    return Err(Fault::Passing(Error::new(what).caused_by(e)));
                }
            };
            at += n as u64;
            if at > limit {
                let _ = fs::remove_file(part);
                return Err(Fault::Lasting(Error::new(format!(
                    "the server sends more of `{}` than the {limit} bytes that it lists",
                    file.path
                ))));
            }
            out.write_all(&buffer[..n]).map_err(local)?;
            (self.tell)(Event::At(at));
        }
    }
}

fn unwritable(path: &Path, e: io::Error) -> Error {
    Error::new(format!("cannot write `{}`", path.display())).caused_by(e)
}

/// Size and SHA-256 of a file, and git's hash of it.
fn hashed(path: &Path, name: &str) -> Result<(LockedFile, String)> {
    let hash = || -> io::Result<(LockedFile, String)> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let (mut sha256, mut git) = (Sha256::new(), Sha1::new());
        git.update(format!("blob {size}\0"));
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            sha256.update(&buffer[..n]);
            git.update(&buffer[..n]);
        }
        let file = LockedFile {
            path: name.into(),
            size,
            sha256: hex(&sha256.finalize()),
            from: None,
        };
        Ok((file, hex(&git.finalize())))
    };
    hash().map_err(|e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_git_and_sha256sum() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        fs::write(&path, "hello\n").unwrap();
        let (file, git) = hashed(&path, "x").unwrap();
        assert_eq!(git, "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(
            file.sha256,
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
        );
    }
}
