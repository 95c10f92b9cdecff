//! Models in one file for machines without a network: a tar of a manifest and of files named by their SHA-256.
//!
//! An import believes nothing: the manifest comes first and is bounded, every entry must be one that it lists, of the
//! size that it says, and no file joins the cache before its hash has been compared.
use super::hub::{
    lock::{is_sha256, Lock, LockedFile},
    Cache, Snapshot,
};
use crate::{text::hex::hex, Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};
use tar::{Archive, Builder, EntryType, Header};

const MANIFEST: &str = "manifest.json";
/// The manifest of a hundred models has less.
const MAX_MANIFEST: u64 = 4 << 20;
/// What a bundle may declare: more than the largest open models have.
const MAX_TOTAL: u64 = 1 << 40;
const VERSION: u32 = 1;

/// What is in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Of this layout.
    pub version: u32,
    pub models: Vec<Lock>,
}

impl Manifest {
    /// Reads and checks a manifest's bytes.
    ///
    /// # Errors
    /// Where it is no manifest, or names what could lead outside the cache, or declares too much.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|e| Error::new("the bundle's manifest cannot be read").caused_by(e))?;
        if manifest.version != VERSION {
            return Err(Error::new(format!(
                "the bundle has version {}, expected {VERSION}",
                manifest.version
            )));
        }
        for model in &manifest.models {
            model.check("in the bundle's manifest")?;
        }
        let files = manifest.models.iter().flat_map(|m| &m.files);
        let total = files.map(|f| f.size).fold(0, u64::saturating_add);
        match (manifest.models.len(), total) {
            (0, _) => Err(Error::new("the bundle has no models")),
            (_, total) if total > MAX_TOTAL => Err(Error::new(format!(
                "the bundle declares {total} bytes, expected at most {MAX_TOTAL}"
            ))),
            _ => Ok(manifest),
        }
    }

    /// Every distinct file by its hash, and its size.
    fn contents(&self) -> Result<BTreeMap<&str, u64>> {
        let mut contents = BTreeMap::new();
        for file in self.models.iter().flat_map(|m| &m.files) {
            if contents
                .insert(file.sha256.as_str(), file.size)
                .is_some_and(|size| size != file.size)
            {
                let what = format!("the bundle's manifest gives two sizes for the file {}", file.sha256);
                return Err(Error::new(what));
            }
        }
        Ok(contents)
    }
}

/// Writes pulled models into a bundle; their files are compared with their locks on the way.
///
/// # Errors
/// Where a model has no lock, a file is not as it was pulled, or the bundle cannot be written.
pub fn export(models: &[Snapshot], out: impl Write) -> Result<Manifest> {
    let mut locks = vec![];
    for model in models {
        locks.push(model.lock.clone().ok_or_else(|| {
            Error::new(format!("`{}` has no lock", model.repo)).hint(format!(
                "`sunto models pull {}` compares its files with the hub and locks them",
                model.repo
            ))
        })?);
    }
    let manifest = Manifest {
        version: VERSION,
        models: locks,
    };
    let text =
        serde_json::to_vec_pretty(&manifest).map_err(|e| Error::new("cannot write the manifest").caused_by(e))?;
    Manifest::parse(&text)?;
    let unwritable = |e| Error::new("cannot write the bundle").caused_by(e);
    let mut tar = Builder::new(out);
    add(&mut tar, MANIFEST, text.len() as u64, &mut text.as_slice()).map_err(unwritable)?;
    let mut left = manifest.contents()?;
    for (model, lock) in models.iter().zip(&manifest.models) {
        for file in &lock.files {
            if left.remove(file.sha256.as_str()).is_none() {
                continue; // another model has the same file
            }
            let path = model.dir.join(&file.path);
            let unreadable = |e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e);
            let source = File::open(&path).map_err(unreadable)?;
            let same = source.metadata().map_err(unreadable)?.len() == file.size;
            let mut hashed = Hashed {
                inner: source.take(file.size),
                hash: Sha256::new(),
            };
            if same {
                add(&mut tar, &format!("blobs/{}", file.sha256), file.size, &mut hashed).map_err(unwritable)?;
            }
            if !same || hex(&hashed.hash.finalize()) != file.sha256 {
                return Err(
                    Error::new(format!("`{}` of `{}` is not as it was pulled", file.path, lock.repo))
                        .hint(format!("`sunto models pull {}` mends it", lock.repo)),
                );
            }
        }
    }
    tar.into_inner().and_then(|mut out| out.flush()).map_err(unwritable)?;
    Ok(manifest)
}

/// One entry; the same bytes for the same content, whoever writes them and when.
fn add(tar: &mut Builder<impl Write>, name: &str, size: u64, content: &mut dyn Read) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, content)
}

struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hash.update(&buffer[..n]);
        Ok(n)
    }
}

/// Brings the models of a bundle into the cache and returns what it brought.
///
/// # Errors
/// Where the bundle is not whole, or holds anything but what its manifest lists. Nothing of it is in the cache then.
pub fn import(bundle: impl Read, cache: &Cache) -> Result<Manifest> {
    let unwritable = |e| Error::new(format!("cannot write to the cache `{}`", cache.dir.display())).caused_by(e);
    fs::create_dir_all(&cache.dir).map_err(unwritable)?;
    let room = Room(cache.dir.join(format!(".sunto-import-{}", std::process::id())));
    fs::create_dir_all(&room.0).map_err(unwritable)?;
    let manifest = unpack(bundle, &room.0)?;
    for lock in &manifest.models {
        settle(lock, cache, &room.0)?;
    }
    Ok(manifest)
}

/// A folder for what is not yet trusted; it goes whatever happens.
struct Room(PathBuf);

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads a bundle into `room`, each file under its hash.
pub fn unpack(bundle: impl Read, room: &Path) -> Result<Manifest> {
    let broken = |e: io::Error| Error::new("the bundle is not whole").caused_by(e);
    let mut archive = Archive::new(bundle);
    // Raw: long names, sparse files and other extensions would make the reader allocate; none is needed here.
    let mut entries = archive.entries().map_err(broken)?.raw(true);
    let first = entries.next().ok_or_else(|| Error::new("the bundle is empty"))?;
    let mut first = first.map_err(|e| Error::new("this is not a bundle").caused_by(e))?;
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() || first.header().entry_type() != EntryType::Regular {
        return Err(Error::new(
            "this is not a bundle: it does not begin with `manifest.json`",
        ));
    }
    let mut text = vec![];
    first
        .by_ref()
        .take(MAX_MANIFEST + 1)
        .read_to_end(&mut text)
        .map_err(broken)?;
    if text.len() as u64 > MAX_MANIFEST {
        return Err(Error::new(format!(
            "the bundle's manifest has more than {MAX_MANIFEST} bytes"
        )));
    }
    let manifest = Manifest::parse(&text)?;
    let mut left = manifest.contents()?;
    for entry in entries {
        let mut entry = entry.map_err(broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let shown = name.escape_debug().to_string();
        if entry.header().entry_type() != EntryType::Regular {
            return Err(Error::new(format!("`{shown}` in the bundle is no plain file")));
        }
        let hash = name.strip_prefix("blobs/").filter(|h| is_sha256(h)).unwrap_or_default();
        let Some(size) = left.remove(hash) else {
            return Err(Error::new(format!(
                "`{shown}` in the bundle is not in its manifest, or is there twice"
            )));
        };
        if entry.size() != size {
            let found = entry.size();
            return Err(Error::new(format!(
                "`{shown}` in the bundle has {found} bytes, its manifest says {size}"
            )));
        }
        let path = room.join(hash);
        let mut out =
            File::create(&path).map_err(|e| Error::new(format!("cannot write `{}`", path.display())).caused_by(e))?;
        let mut hashed = Hashed {
            inner: entry.by_ref().take(size),
            hash: Sha256::new(),
        };
        let copied = io::copy(&mut hashed, &mut out).map_err(broken)?;
        if copied != size {
            return Err(Error::new(format!("the bundle ends within `{shown}`")));
        }
        let found = hex(&hashed.hash.finalize());
        if found != hash {
            return Err(
                Error::new(format!("`{shown}` in the bundle has a wrong SHA-256: {found}"))
                    .hint("copy the bundle again, or export it again"),
            );
        }
    }
    let missing = left.into_keys().next().map(str::to_owned);
    match missing {
        Some(hash) => Err(Error::new(format!("the bundle lacks the file {hash} of its manifest"))
            .hint("copy the bundle again, or export it again")),
        None => Ok(manifest),
    }
}

/// One model from the room into the cache.
fn settle(lock: &Lock, cache: &Cache, room: &Path) -> Result<()> {
    let blobs = cache.folder(&lock.repo).join("blobs");
    let unwritable = |e| Error::new(format!("cannot write to `{}`", blobs.display())).caused_by(e);
    fs::create_dir_all(&blobs).map_err(unwritable)?;
    for file in &lock.files {
        let LockedFile { sha256, .. } = file;
        let part = blobs.join(format!("{sha256}.import"));
        // Another model of the bundle may have the same file.
        fs::copy(room.join(sha256), &part).map_err(unwritable)?;
        cache.place(&lock.repo, &lock.commit, file, &part)?;
    }
    cache.finish(lock)
}
