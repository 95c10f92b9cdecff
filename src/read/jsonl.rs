//! Records, one JSON object a line: `{"id", "title", "date", "text"}`; read line by line, whatever the file's size.
use super::page::{Kind, Page};
use super::{finish, source, Fault, Options, ReadError};
use crate::text::Article;
use serde_json::Value;
use source::Source;
use std::io::{BufRead, Read};

/// The records of one input.
pub struct Jsonl {
    reader: Box<dyn BufRead + Send>,
    source: Source,
    options: Options,
    line: usize,
    done: bool,
}

impl Jsonl {
    pub fn new(reader: Box<dyn BufRead + Send>, source: Source, options: Options) -> Self {
        Self {
            reader,
            source,
            options,
            line: 0,
            done: false,
        }
    }

    /// The next line that is not blank; `None` at the end.
    fn next_line(&mut self) -> Option<Result<Vec<u8>, Fault>> {
        let limit = self.options.max_bytes;
        loop {
            let mut bytes = Vec::new();
            self.line += 1;
            match self.reader.by_ref().take(limit + 1).read_until(b'\n', &mut bytes) {
                Err(e) => {
                    self.done = true;
                    return Some(Err(Fault::Unreadable(e)));
                }
                Ok(0) => return None,
                Ok(_) => {}
            }
            if bytes.len() as u64 > limit && bytes.last() != Some(&b'\n') {
                if let Err(e) = skip_line(&mut self.reader) {
                    self.done = true;
                    return Some(Err(Fault::Unreadable(e)));
                }
                return Some(Err(Fault::TooLarge { limit }));
            }
            let start = if self.line == 1 {
                bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)
            } else {
                &bytes
            };
            if !start.trim_ascii().is_empty() {
                return Some(Ok(start.to_vec()));
            }
        }
    }

    fn article(&mut self, line: &[u8], path: String) -> Result<Article, Fault> {
        // An indented object would give an error a line: one is enough.
        self.done |= matches!(line.trim_ascii(), b"{" | b"[");
        let (page, id) = record(line)?;
        let id = id.map_or_else(|| format!("{}-{}", self.source.id, self.line), |id| source::tidy(&id));
        finish(page, id, path, &self.options)
    }
}

impl Iterator for Jsonl {
    type Item = Result<Article, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let line = self.next_line()?;
        let path = format!("{}:{}", self.source.shown, self.line);
        let article = line.and_then(|line| self.article(&line, path.clone()));
        Some(article.map_err(|fault| ReadError { input: path, fault }))
    }
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        let end = bytes.iter().position(|&b| b == b'\n');
        let used = end.map_or(bytes.len(), |i| i + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// One record: its page and its id. The title stands before the text unless the text begins with it.
fn record(line: &[u8]) -> Result<(Page, Option<String>), Fault> {
    let bad = |reason: String| Fault::BadRecord { reason };
    let value: Value = serde_json::from_slice(line).map_err(|e| {
        bad(match e.is_eof() {
            true => "the object is not complete on its line".into(),
            false => format!("not a JSON object (column {})", e.column()),
        })
    })?;
    let Value::Object(object) = value else {
        return Err(bad("expected a JSON object".into()));
    };
    let text = |name: &str| match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(s)) => Ok(Some(s.replace('\0', " "))),
        Some(Value::Number(n)) if name == "id" => Ok(Some(n.to_string())),
        Some(_) => Err(bad(format!("`{name}` is not a string"))),
    };
    let body = text("text")?.ok_or_else(|| bad("no `text`".into()))?;
    let title = text("title")?.filter(|t| !t.trim().is_empty());
    let mut page = Page {
        date: text("date")?,
        ..Page::default()
    };
    if let Some(title) = &title {
        if !body.trim_start().starts_with(title.trim()) {
            page.push(title, Kind::Title);
        }
    }
    page.title = title.map(|t| t.trim().to_string());
    page.push(&body, Kind::Unknown);
    Ok((page, text("id")?.filter(|id| !id.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong_with_a_record() {
        for (line, expected) in [
            ("", "the object is not complete on its line"),
            ("{\"text\": \"a", "the object is not complete on its line"),
            ("text", "not a JSON object (column 2)"),
            ("[1]", "expected a JSON object"),
            ("{}", "no `text`"),
            ("{\"text\": 5}", "`text` is not a string"),
            ("{\"text\": \"a\", \"title\": []}", "`title` is not a string"),
        ] {
            let Err(Fault::BadRecord { reason }) = record(line.as_bytes()) else {
                panic!("{line} was read")
            };
            assert_eq!(reason, expected, "{line}");
        }
    }

    #[test]
    fn reads_a_record() {
        let (page, id) =
            record("{\"id\": 7, \"title\": \"Titolo\", \"date\": \"3 maggio 2024\", \"text\": \"Testo.\"}".as_bytes())
                .unwrap();
        assert_eq!((page.text.as_str(), id.as_deref()), ("Titolo\n\nTesto.", Some("7")));
        let (page, _) = record("{\"title\": \"Titolo\", \"text\": \"Titolo\\n\\nTesto.\"}".as_bytes()).unwrap();
        assert_eq!(page.text, "Titolo\n\nTesto.");
    }
}
