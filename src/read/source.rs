//! What to read, in order: files as given, files of folders, standard input. Opens only what cannot block.
use super::{format, Fault, ReadError};
use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// One file, or standard input.
#[derive(Clone, Debug)]
pub struct Source {
    /// `None` is standard input.
    pub path: Option<PathBuf>,
    /// As people know it; a name that is not UTF-8 has `\u{fffd}` in it.
    pub shown: String,
    /// A name for what is made of it: letters, digits, `-`, `_` and `.` of the path below the folder given.
    pub id: String,
}

impl Source {
    pub fn file(path: &Path, root: Option<&Path>) -> Self {
        let below = root
            .and_then(|r| path.strip_prefix(r).ok())
            .filter(|p| p.components().next().is_some());
        let stem = match below {
            Some(below) => below.with_extension("").to_string_lossy().into_owned(),
            None => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        Self {
            path: Some(path.to_path_buf()),
            shown: path.to_string_lossy().into_owned(),
            id: tidy(&stem),
        }
    }

    /// Opens the source for reading: regular files of at most `limit` bytes (jsonl of any size), never a pipe.
    pub fn open(&self, limit: u64) -> Result<Box<dyn BufRead + Send>, Fault> {
        let Some(path) = &self.path else {
            return Ok(Box::new(BufReader::new(io::stdin())));
        };
        let meta = fs::metadata(path)?;
        if let Some(what) = not_a_file(&meta) {
            return Err(Fault::NotAFile { what });
        }
        let streams = matches!(format::by_name(path), Some(format::Format::Jsonl));
        if meta.len() > limit && !streams {
            let head: Vec<u8> = {
                let mut file = BufReader::new(File::open(path)?);
                file.fill_buf()?.to_vec()
            };
            // A large file of seeds is streamed too; a large PDF is better called a PDF.
            if format::of(Some(path), &head) != format::Format::Seeds && format::foreign(&head).is_none() {
                return Err(Fault::TooLarge { limit });
            }
        }
        Ok(Box::new(BufReader::with_capacity(64 << 10, File::open(path)?)))
    }
}

/// A name that is safe on every file system: what is not a letter, digit, `-`, `_` or `.` becomes `-`.
pub fn tidy(name: &str) -> String {
    let tidy: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '-'
            }
        })
        .collect();
    let tidy = tidy.trim_matches(['-', '.']);
    // File systems allow 255 bytes; room is left for an ending and a number.
    let cut = (0..=tidy.len().min(200))
        .rev()
        .find(|&i| tidy.is_char_boundary(i))
        .unwrap_or(0);
    if cut == 0 {
        "article".into()
    } else {
        tidy[..cut].into()
    }
}

#[cfg(unix)]
fn not_a_file(meta: &Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    let kind = meta.file_type();
    Some(match () {
        _ if kind.is_file() => return None,
        _ if kind.is_fifo() => "a named pipe",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_dir() => "a folder",
        _ => "a device",
    })
}

#[cfg(not(unix))]
fn not_a_file(meta: &Metadata) -> Option<&'static str> {
    (!meta.is_file()).then_some("a device")
}

/// All sources of the inputs, found as they are asked for.
pub struct Sources {
    inputs: VecDeque<PathBuf>,
    folder: Option<Folder>,
}

struct Folder {
    root: PathBuf,
    walk: Box<dyn Iterator<Item = walkdir::Result<walkdir::DirEntry>> + Send>,
    found: bool,
}

impl Sources {
    pub fn new(inputs: Vec<PathBuf>) -> Self {
        Self {
            inputs: inputs.into(),
            folder: None,
        }
    }

    /// The next file of the open folder; `None` closes it.
    fn next_in_folder(folder: &mut Folder) -> Option<Result<Source, ReadError>> {
        for entry in folder.walk.by_ref() {
            match entry {
                Err(e) if e.loop_ancestor().is_some() => continue, // its files are being read already
                Err(e) => {
                    folder.found = true;
                    let input = e.path().unwrap_or(&folder.root).to_string_lossy().into_owned();
                    let cause = e
                        .into_io_error()
                        .unwrap_or_else(|| io::Error::other("the folder changed"));
                    return Some(Err(ReadError {
                        input,
                        fault: cause.into(),
                    }));
                }
                Ok(entry) => {
                    let path = entry.path();
                    let kind = entry.file_type();
                    if kind.is_dir() || !is_wanted(path, kind.is_file()) {
                        continue;
                    }
                    folder.found = true;
                    return Some(Ok(Source::file(path, Some(&folder.root))));
                }
            }
        }
        None
    }
}

impl Iterator for Sources {
    type Item = Result<Source, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(folder) = &mut self.folder {
                if let Some(next) = Self::next_in_folder(folder) {
                    return Some(next);
                }
                let (found, root) = (folder.found, folder.root.to_string_lossy().into_owned());
                self.folder = None;
                if !found {
                    return Some(Err(ReadError::new(root, Fault::NoArticles)));
                }
            }
            let input = self.inputs.pop_front()?;
            if input.as_os_str() == "-" {
                return Some(Ok(Source {
                    path: None,
                    shown: "-".into(),
                    id: "stdin".into(),
                }));
            }
            if !input.is_dir() {
                return Some(Ok(Source::file(&input, None)));
            }
            let walk = WalkDir::new(&input).follow_links(true).sort_by_file_name().into_iter();
            let walk = Box::new(walk.filter_entry(|e| e.depth() == 0 || !is_hidden(e.path()) && !is_page_folder(e)));
            self.folder = Some(Folder {
                root: input,
                walk,
                found: false,
            });
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
}

/// `page_files/` beside `page.html`: scripts, images and frames that a browser saved with the page.
fn is_page_folder(entry: &walkdir::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let Some(page) = name.strip_suffix("_files").or_else(|| name.strip_suffix("_file")) else {
        return false;
    };
    let beside = |ext: &str| entry.path().with_file_name(format!("{page}.{ext}")).exists();
    entry.file_type().is_dir() && (beside("html") || beside("htm"))
}

/// Files of a folder to read or to complain about: known formats, names without extension, documents, pipes.
fn is_wanted(path: &Path, is_file: bool) -> bool {
    !is_file || path.extension().is_none() || format::by_name(path).is_some() || format::is_document(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidies_names() {
        for (name, expected) in [
            ("articolo", "articolo"),
            ("2024/marzo/la nota", "2024-marzo-la-nota"),
            ("../../etc/passwd", "etc-passwd"),
            ("perché", "perché"),
            ("a\u{fffd}b", "a-b"),
            ("...", "article"),
            ("", "article"),
        ] {
            assert_eq!(tidy(name), expected);
        }
        assert_eq!(tidy(&"è".repeat(300)).len(), 200);
    }
}
