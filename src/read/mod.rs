//! Files to articles: [`open`] names what to read, [`Articles`] reads one article at a time.
pub mod dates;
pub mod encoding;
mod error;
mod format;
mod furniture;
mod html;
mod jsonl;
mod language;
mod layout;
mod markdown;
mod page;
pub mod seeds;
mod source;
mod txt;

pub use error::{Fault, ReadError};
pub use format::Format;
pub use seeds::Reference;

use crate::text::Article;
use page::Page;
use source::{Source, Sources};
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// How inputs are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Largest text, HTML or Markdown file, and longest jsonl record, in bytes.
    pub max_bytes: u64,
    /// Refuse articles that are not in Italian.
    pub italian_only: bool,
    /// Read every file as this format; by default the name and the first bytes decide.
    pub format: Option<Format>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_bytes: 16 << 20,
            italian_only: true,
            format: None,
        }
    }
}

/// Articles of one file, of all files under a folder, or of standard input (`-`), with default options.
pub fn open(path: impl AsRef<Path>) -> Articles {
    open_all([path.as_ref().to_path_buf()], Options::default())
}

/// Articles of several inputs, in order; folders in order of names, at any depth.
pub fn open_all(inputs: impl IntoIterator<Item = PathBuf>, options: Options) -> Articles {
    Articles {
        sources: Sources::new(inputs.into_iter().collect()),
        options,
        records: None,
    }
}

/// How many articles the inputs seem to hold, for a progress bar: one a file, one a line of a file of records. `None`
/// where a stream may hold any number.
pub fn estimate(inputs: &[PathBuf]) -> Option<u64> {
    let mut count = 0;
    for source in Sources::new(inputs.to_vec()).flatten() {
        let path = source.path.as_deref()?;
        count += match format::by_name(path) {
            Some(Format::Jsonl) => lines(&source).unwrap_or(1),
            _ => 1,
        };
    }
    Some(count)
}

/// Lines of a file, counted without keeping any.
fn lines(source: &Source) -> Option<u64> {
    let mut reader = source.open(u64::MAX).ok()?;
    let (mut count, mut last) = (0, b'\n');
    loop {
        let bytes = reader.fill_buf().ok()?;
        let Some(&end) = bytes.last() else {
            return Some(count + u64::from(last != b'\n'));
        };
        count += bytes.iter().filter(|&&b| b == b'\n').count() as u64;
        last = end;
        let read = bytes.len();
        reader.consume(read);
    }
}

/// Articles of bytes in memory, as of a file called `name`.
pub fn from_bytes(name: &str, bytes: Vec<u8>, options: &Options) -> Vec<Result<Article, ReadError>> {
    let path = PathBuf::from(name);
    let source = Source::file(&path, None);
    match read(Cursor::new(bytes), &source, options) {
        Ok(Opened::One(article)) => vec![Ok(*article)],
        Ok(Opened::Many(records)) => records.collect(),
        Err(fault) => vec![Err(ReadError::new(name, fault))],
    }
}

/// A stream of articles: one file (of a jsonl file, one record) is held in memory at a time. What cannot be read is
/// an error among the articles; the next ones follow.
pub struct Articles {
    sources: Sources,
    options: Options,
    records: Option<Records>,
}

/// The articles of one file that holds several.
type Records = Box<dyn Iterator<Item = Result<Article, ReadError>> + Send>;

impl Iterator for Articles {
    type Item = Result<Article, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(next) = self.records.as_mut().and_then(Iterator::next) {
                return Some(next);
            }
            self.records = None;
            match self.sources.next()? {
                Err(error) => return Some(Err(error)),
                Ok(source) => match source
                    .open(self.options.max_bytes)
                    .and_then(|r| read(r, &source, &self.options))
                {
                    Ok(Opened::One(article)) => return Some(Ok(*article)),
                    Ok(Opened::Many(records)) => self.records = Some(records),
                    Err(fault) => {
                        return Some(Err(ReadError {
                            input: source.shown,
                            fault,
                        }))
                    }
                },
            }
        }
    }
}

enum Opened {
    One(Box<Article>),
    Many(Records),
}

/// Reads one source: the whole of it, or record by record.
fn read(mut reader: impl BufRead + Send + 'static, source: &Source, options: &Options) -> Result<Opened, Fault> {
    let head = peek(&mut reader)?;
    let by_name = || {
        source
            .path
            .as_deref()
            .filter(|_| options.format.is_none())
            .and_then(format::foreign_name)
    };
    if let Some(what) = format::foreign(&head).or_else(by_name) {
        return Err(Fault::Unsupported { what });
    }
    let format = options
        .format
        .unwrap_or_else(|| format::of(source.path.as_deref(), &head));
    let limit = options.max_bytes;
    let mut reader: Box<dyn BufRead + Send> = Box::new(Cursor::new(head.clone()).chain(reader));
    if matches!(format, Format::Jsonl | Format::Seeds) {
        if encoding::is_wide(&head) {
            let (text, _) = encoding::decode(&read_all(reader, limit)?, None)?;
            reader = Box::new(Cursor::new(text.into_bytes()));
        }
        let options = options.clone();
        return Ok(Opened::Many(match format {
            Format::Jsonl => Box::new(jsonl::Jsonl::new(reader, source.clone(), options)),
            _ => Box::new(seeds::Seeds::new(reader, &source.shown, limit).map(|r| r.map(|(article, _)| article))),
        }));
    }
    let bytes = read_all(reader, limit)?;
    let declared = (format == Format::Html).then(|| encoding::declared(&bytes)).flatten();
    let (text, _) = encoding::decode(&bytes, declared)?;
    drop(bytes);
    let page = match format {
        Format::Html => html::page(&text)?,
        Format::Markdown => markdown::page(&text)?,
        _ => txt::page(text),
    };
    finish(page, source.id.clone(), source.shown.clone(), options).map(|a| Opened::One(Box::new(a)))
}

/// Lays the page out and refuses what is no Italian article.
fn finish(page: Page, id: String, path: String, options: &Options) -> Result<Article, Fault> {
    let mut article = layout::arrange(page, id);
    article.meta.path = Some(path);
    if article.content().next().is_none() {
        return Err(Fault::Empty);
    }
    let found = language::detect(&article);
    if options.italian_only {
        if let Some(other) = found.not_italian() {
            return Err(Fault::NotItalian { language: other });
        }
    }
    article.meta.language = found.code();
    Ok(article)
}

/// The first bytes of an input: enough to know its format, and no more than has come on a slow stream once that is
/// known to be jsonl.
fn peek(reader: &mut impl BufRead) -> Result<Vec<u8>, Fault> {
    const ENOUGH: usize = 4096;
    let mut head = Vec::new();
    while head.len() < ENOUGH {
        let got = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Fault::Unreadable(e)),
        };
        if got.is_empty() {
            break;
        }
        let n = got.len().min(ENOUGH);
        head.extend_from_slice(&got[..n]);
        reader.consume(n);
        if format::is_record(&head) {
            break;
        }
    }
    Ok(head)
}

fn read_all(reader: impl Read, limit: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    BufReader::new(reader.take(limit + 1))
        .read_to_end(&mut bytes)
        .map_err(Fault::Unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(Fault::TooLarge { limit });
    }
    Ok(bytes)
}
