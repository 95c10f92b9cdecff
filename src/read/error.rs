//! Why an input gave no article: each a sentence for people and a hint for the next step.
use std::{fmt, io};

/// One input that could not be read. Others are not affected.
#[derive(Debug)]
pub struct ReadError {
    /// The input as the user knows it: a path, `-`, or `PATH:LINE` for a record.
    pub input: String,
    pub fault: Fault,
}

/// What is wrong with it.
#[derive(Debug)]
pub enum Fault {
    NotFound,
    /// Another error of the operating system.
    Unreadable(io::Error),
    /// A pipe, socket or device: `a named pipe`.
    NotAFile {
        what: &'static str,
    },
    /// A folder with nothing to read in it.
    NoArticles,
    Empty,
    /// Bytes that are no text in any encoding.
    Binary,
    /// A format of documents that is not read: `a PDF document`.
    Unsupported {
        what: &'static str,
    },
    TooLarge {
        limit: u64,
    },
    /// HTML elements nested more deeply than any page of text.
    TooDeep {
        limit: usize,
    },
    /// English name of the language it is in.
    NotItalian {
        language: String,
    },
    /// A record that is not as it should be: what was expected.
    BadRecord {
        reason: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let input = &self.input;
        match &self.fault {
            Fault::NotFound => write!(f, "cannot find `{input}`"),
            Fault::Unreadable(_) => write!(f, "cannot read `{input}`"),
            Fault::NotAFile { what } => write!(f, "`{input}` is {what}, not a file"),
            Fault::NoArticles => write!(f, "`{input}` holds no articles"),
            Fault::Empty => write!(f, "`{input}` has no text"),
            Fault::Binary => write!(f, "`{input}` is not text"),
            Fault::Unsupported { what } => write!(f, "`{input}` is {what}, which is not read"),
            Fault::TooLarge { limit } => write!(f, "`{input}` is larger than {} bytes", limit),
            Fault::TooDeep { limit } => write!(f, "`{input}` nests more than {limit} elements"),
            Fault::NotItalian { language } => write!(f, "`{input}` is in {language}, not in Italian"),
            Fault::BadRecord { reason } => write!(f, "bad record at `{input}`: {reason}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Unreadable(e) => Some(e),
            _ => None,
        }
    }
}

impl ReadError {
    pub fn new(input: impl Into<String>, fault: Fault) -> Self {
        Self {
            input: input.into(),
            fault,
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match &self.fault {
            Fault::NotFound => "check the path; `-` reads standard input",
            Fault::Unreadable(_) => return None,
            Fault::NotAFile { .. } => "pipe its content in and give `-` as the input",
            Fault::NoArticles => "articles are .txt, .md, .html and .jsonl files",
            Fault::Empty => "the file has no sentence beside boilerplate and metadata",
            Fault::Binary | Fault::Unsupported { .. } => "save it as plain text (UTF-8), HTML or Markdown first",
            Fault::TooLarge { .. } => "split it into one article a file, or one a line as jsonl",
            Fault::TooDeep { .. } => "save the page as plain text",
            Fault::NotItalian { .. } => "only Italian is read",
            Fault::BadRecord { .. } => {
                "each line is one JSON object: {\"id\": \"...\", \"title\": \"...\", \"date\": \"...\", \"text\": \"...\"}"
            }
        })
    }
}

/// An error of opening a file, by who is to blame.
impl From<io::Error> for Fault {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::NotFound => Fault::NotFound,
            _ => Fault::Unreadable(e),
        }
    }
}
