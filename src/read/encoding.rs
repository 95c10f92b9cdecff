//! Bytes to text: byte-order marks, UTF-8, UTF-16 with and without mark, what HTML declares, Windows-1252.
use super::Fault;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, UTF_8, WINDOWS_1252};

/// The text of `bytes` without byte-order mark, and the encoding found. `declared` is used where the bytes are not
/// UTF-8; Windows-1252 where nothing else is known.
pub fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<(String, &'static Encoding), Fault> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return whole(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return whole(encoding, bytes);
    }
    if bytes.contains(&0) {
        return Err(Fault::Binary);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if is_text(text) {
            Ok((text.to_owned(), UTF_8))
        } else {
            Err(Fault::Binary)
        };
    }
    whole(declared.filter(|e| *e != UTF_8).unwrap_or(WINDOWS_1252), bytes)
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Result<(String, &'static Encoding), Fault> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    if is_text(&text) {
        Ok((text.into_owned(), encoding))
    } else {
        Err(Fault::Binary)
    }
}

/// Few control and replacement characters, and no NUL: one in fifty is still a damaged text.
fn is_text(text: &str) -> bool {
    let odd = |c: char| {
        c == '\u{fffd}' || c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{1a}')
    };
    let (mut all, mut bad) = (0usize, 0usize);
    for c in text.chars() {
        if c == '\0' {
            return false;
        }
        all += 1;
        bad += usize::from(odd(c));
    }
    bad * 50 <= all.max(50)
}

/// UTF-16 without a mark: nearly every second byte is zero, as in Latin text.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    if sample.len() < 8 {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|&&b| b == 0).count() * 2;
    let (even, odd) = (zeros(0), zeros(1));
    let (most, few) = (sample.len() * 7 / 10, sample.len() / 20);
    if odd >= most && even <= few {
        Some(UTF_16LE)
    } else if even >= most && odd <= few {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether the input is UTF-16, by mark or by its zeros: it cannot be read line by line as bytes.
pub fn is_wide(head: &[u8]) -> bool {
    matches!(Encoding::for_bom(head), Some((e, _)) if e != UTF_8) || unmarked_utf16(head).is_some()
}

/// The encoding that an HTML page declares in its first kilobyte: `charset=...`.
pub fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let after = &head[head.find("charset")? + "charset".len()..];
    let label = after
        .trim_start()
        .strip_prefix('=')?
        .trim_start()
        .trim_start_matches(['"', '\'']);
    let end = label
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':'))
        .unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
        let mark = mark.then_some('\u{feff}');
        let units: Vec<u16> = mark
            .into_iter()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .collect();
        units
            .iter()
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    }

    #[test]
    fn decodes() {
        let text = "Perché «Città» costò 5 € più";
        let (latin, _, _) = WINDOWS_1252.encode(text);
        for (bytes, name) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            (utf16(text, true, true), "UTF-16LE"),
            (utf16(text, false, true), "UTF-16BE"),
            (utf16(text, true, false), "UTF-16LE"),
            (utf16(text, false, false), "UTF-16BE"),
            (latin.into_owned(), "windows-1252"),
        ] {
            let (found, encoding) = decode(&bytes, None).unwrap();
            assert_eq!((found.as_str(), encoding.name()), (text, name));
        }
    }

    #[test]
    fn follows_what_a_page_declares() {
        for (page, expected) in [
            ("<meta charset=\"iso-8859-15\">", Some("ISO-8859-15")),
            (
                "<meta http-equiv=content-type content='text/html; charset = windows-1250'>",
                Some("windows-1250"),
            ),
            ("<meta charset=none>", None),
            ("<p>charset</p>", None),
        ] {
            assert_eq!(declared(page.as_bytes()).map(|e| e.name()), expected);
        }
        let (bytes, _, _) = encoding_rs::ISO_8859_15.encode("costa 5 €");
        assert_eq!(
            decode(&bytes, Encoding::for_label(b"iso-8859-15")).unwrap().0,
            "costa 5 €"
        );
    }

    #[test]
    fn refuses_what_is_no_text() {
        let noise: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2654435761) >> 13) as u8).collect();
        for bytes in [&noise[..], b"testo\0nascosto", &[1u8, 2, 3, 4, 5, 6, 7, 8].repeat(50)] {
            assert!(matches!(decode(bytes, None), Err(Fault::Binary)));
        }
        assert_eq!(decode(b"", None).unwrap().0, "");
    }
}
