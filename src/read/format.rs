//! What a file is, by its name and its first bytes.
use std::path::Path;

/// The formats that articles are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Markdown,
    Html,
    Jsonl,
    /// The bilingual `#ART` format of `seeds/articles`.
    Seeds,
}

/// The format by the extension of a name, in any case.
pub fn by_name(path: &Path) -> Option<Format> {
    Some(match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "txt" | "text" => Format::Text,
        "md" | "markdown" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "jsonl" | "ndjson" => Format::Jsonl,
        _ => return None,
    })
}

/// Extensions of documents that people take for articles: named in an error rather than passed over in a folder.
pub fn is_document(path: &Path) -> bool {
    const DOCUMENTS: &[&str] = &[
        "pdf", "doc", "docx", "odt", "rtf", "epub", "xls", "xlsx", "ods", "ppt", "pptx",
    ];
    path.extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| DOCUMENTS.contains(&e.to_ascii_lowercase().as_str()))
}

/// Names a format that is not read, where only the name of a file tells it from text.
pub fn foreign_name(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    matches!(extension.as_str(), "csv" | "tsv").then_some("a table")
}

/// The format of a file that begins with `head`.
pub fn of(path: Option<&Path>, head: &[u8]) -> Format {
    let start = beginning(head);
    if start.starts_with(b"#ART ") {
        return Format::Seeds;
    }
    path.and_then(by_name).unwrap_or_else(|| {
        let tag = start.get(..9.min(start.len())).unwrap_or(b"").to_ascii_lowercase();
        if is_record(head) {
            Format::Jsonl
        } else if tag.starts_with(b"<!doctype") || tag.starts_with(b"<html") || tag.starts_with(b"<head") {
            Format::Html
        } else {
            Format::Text
        }
    })
}

/// Whether the first thing in `head` is a JSON object with a key.
pub fn is_record(head: &[u8]) -> bool {
    let start = beginning(head);
    start.first() == Some(&b'{') && start[1..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'"')
}

fn beginning(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}

/// Names a format that is not read, by its magic bytes.
pub fn foreign(head: &[u8]) -> Option<&'static str> {
    let has = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF document"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office document"),
        (b"{\\rtf", "an RTF document"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xFD7zXZ\x00", "an xz archive"),
        (b"\x28\xB5\x2F\xFD", "a zstd archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"\x89PNG\r\n", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"\x7FELF", "a program"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ];
    if head.starts_with(b"PK\x03\x04") {
        return Some(if has(b"word/") {
            "a Word document"
        } else if has(b"xl/") {
            "an Excel spreadsheet"
        } else if has(b"ppt/") {
            "a PowerPoint presentation"
        } else if has(b"opendocument") {
            "an OpenDocument file"
        } else if has(b"epub+zip") {
            "an EPUB book"
        } else {
            "a zip archive"
        });
    }
    MAGIC
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map(|&(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_formats() {
        for (name, head, expected) in [
            ("a.txt", "Testo", Format::Text),
            ("a.TXT", "<html>", Format::Text),
            ("a.md", "# Titolo", Format::Markdown),
            ("a.htm", "Testo", Format::Html),
            ("a.jsonl", "{}", Format::Jsonl),
            ("a", "{\"text\": 1}", Format::Jsonl),
            ("a", "  <!DOCTYPE html>", Format::Html),
            ("a", "\u{feff}<html lang=it>", Format::Html),
            ("a", "{così} inizia", Format::Text),
            ("a", "", Format::Text),
            ("a.txt", "#ART w1-001\n", Format::Seeds),
        ] {
            assert_eq!(of(Some(Path::new(name)), head.as_bytes()), expected, "{name} {head}");
        }
    }

    #[test]
    fn knows_tables_by_name() {
        for (name, expected) in [
            ("a.csv", Some("a table")),
            ("A.TSV", Some("a table")),
            ("a.csv.txt", None),
            ("csv", None),
        ] {
            assert_eq!(foreign_name(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn knows_foreign_formats() {
        for (head, expected) in [
            (&b"%PDF-1.7\n"[..], Some("a PDF document")),
            (b"PK\x03\x04....word/document.xml", Some("a Word document")),
            (b"PK\x03\x04....xl/workbook.xml", Some("an Excel spreadsheet")),
            (
                b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text",
                Some("an OpenDocument file"),
            ),
            (b"PK\x03\x04....", Some("a zip archive")),
            (b"{\\rtf1", Some("an RTF document")),
            (b"Polizia", None),
            (b"", None),
        ] {
            assert_eq!(foreign(head), expected);
        }
    }
}
