//! Dates as Italian articles write them, to `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
use crate::text::{calendar::MONTHS_IT, pattern::regex};
use regex::{Captures, Regex};
use std::sync::LazyLock;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let months: String = MONTHS_IT.iter().map(|m| format!("{m}|{}|", &m[..3])).collect();
    let month = format!("(?:{}sett)", months);
    regex(&format!(
        r"(?ix)
        \b(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)(?:-(?P<d1>\d\d))?(?:[t\ ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?)?\b
        | \b(?P<d2>\d\d?)\s?[/.-]\s?(?P<m2>\d\d?)\s?[/.-]\s?(?P<y2>(?:19|20)?\d\d)\b
        | \b(?:(?P<d3>\d\d?)(?:°|º)?\s+)?(?P<m3>{month})\.?\s+(?P<y3>(?:19|20)\d\d)\b"
    ))
});

static TIME: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\b(?:(?:alle|ore|h)\s*)*\d\d?[:.]\d\d(?:[:.]\d\d)?\b"));

static LEADING: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)^\s*(?:date|data)\s*:?\s+"));

/// Words that stand beside a date on a line of its own.
const BESIDE: &str = "date data pubblicato pubblicata pubblicazione aggiornato aggiornata aggiornamento ultimo ultima \
    modifica modificato di del il lo lì li in alle alla ore h redazione ansa agi adnkronos lunedì martedì mercoledì giovedì \
    venerdì sabato domenica lun mar mer gio ven sab dom e a creato scritto inserito online on last update published updated";

/// The first date in `text`, normalised; a bare year is one too (`2024`).
pub fn normalise(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.into());
    }
    DATE.captures_iter(text).find_map(|c| iso(&c))
}

/// The date of a text that says nothing else: `16/12/2023`, `Roma, 16 dicembre 2023`, `Pubblicato il 3.5.2024 alle 10:30`.
pub fn whole(text: &str) -> Option<String> {
    // Nearly every sentence is told apart here, before any pattern runs.
    if text.len() > 160 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let date = DATE.captures_iter(text).find_map(|c| iso(&c))?;
    let rest = DATE.replace_all(text, "\u{1}");
    let rest = TIME.replace_all(&rest, " ");
    let place = rest.split_once(',').filter(|(place, after)| {
        let after = after.trim_start().trim_start_matches("lì").trim_start();
        let words = place.split_whitespace();
        after.starts_with('\u{1}')
            && words.clone().count() <= 3
            && words.clone().all(|w| w.starts_with(char::is_uppercase))
    });
    let rest = place.map_or(rest.as_ref(), |(_, after)| after).to_lowercase();
    let mut words = rest.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words
        .all(|w| BESIDE.split_ascii_whitespace().any(|b| b == w))
        .then_some(date)
}

/// A date with its label at the head of a text (`date 2024-03 La polizia ...`): byte where it ends, and the date.
pub fn leading(text: &str) -> Option<(usize, String)> {
    let label = LEADING.find(text)?;
    let found = DATE.captures_at(text, label.end())?;
    let span = found.get(0)?;
    let ends = text[span.end()..].chars().next().is_none_or(char::is_whitespace);
    (span.start() == label.end() && ends)
        .then(|| iso(&found).map(|date| (span.end(), date)))
        .flatten()
}

fn iso(found: &Captures) -> Option<String> {
    let part = |names: [&str; 3]| {
        names
            .iter()
            .find_map(|n| found.name(n))
            .map(|m| m.as_str().to_lowercase())
    };
    let year = part(["y1", "y2", "y3"])?;
    let year: u32 = if year.len() == 2 {
        2000 + year.parse::<u32>().ok()?
    } else {
        year.parse().ok()?
    };
    let month = part(["m1", "m2", "m3"])?;
    let month: u32 = match month.parse() {
        Ok(number) => number,
        Err(_) => 1 + MONTHS_IT.iter().position(|m| month.starts_with(&m[..3]))? as u32,
    };
    let day = part(["d1", "d2", "d3"]);
    if !(1..=12).contains(&month) {
        return None;
    }
    match day {
        None => Some(format!("{year:04}-{month:02}")),
        Some(day) => {
            let day: u32 = day.parse().ok()?;
            (1..=31)
                .contains(&day)
                .then(|| format!("{year:04}-{month:02}-{day:02}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises() {
        for (text, expected) in [
            ("16/12/2023", Some("2023-12-16")),
            ("3.5.24", Some("2024-05-03")),
            ("2024-03", Some("2024-03")),
            ("2024-02-09T10:11:00+01:00", Some("2024-02-09")),
            ("2024", Some("2024")),
            ("1° marzo 2024", Some("2024-03-01")),
            ("Giovedì 7 sett. 2023", Some("2023-09-07")),
            ("dicembre 2023", Some("2023-12")),
            ("32/12/2023", None),
            ("12/13/2023", None),
            ("n. 231/2001", None),
            ("ieri", None),
            ("", None),
        ] {
            assert_eq!(normalise(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn knows_a_line_that_is_a_date() {
        for (text, expected) in [
            ("16/12/2023", Some("2023-12-16")),
            ("16/12/2023.", Some("2023-12-16")),
            ("Roma, 16 dicembre 2023", Some("2023-12-16")),
            ("Reggio Calabria, lì 3 maggio 2024", Some("2024-05-03")),
            ("Pubblicato il 3.5.2024 alle 10:30", Some("2024-05-03")),
            ("Aggiornato: 3 maggio 2024 ore 14.30", Some("2024-05-03")),
            (
                "mercoledì 3 maggio 2023 | Ultimo aggiornamento 4 maggio 2023",
                Some("2023-05-03"),
            ),
            ("date 2024-03", Some("2024-03")),
            ("L'arresto è avvenuto il 16/12/2023.", None),
            ("Elezioni, 16 dicembre 2023 al voto", None),
            ("Dal 3 maggio 2024 si vota", None),
            ("Alle 14.30", None),
        ] {
            assert_eq!(whole(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn finds_a_leading_date() {
        for (text, expected) in [
            (" date 2024-03 La polizia", Some((13, "2024-03"))),
            ("data: 16/12/2023\nTesto", Some((16, "2023-12-16"))),
            ("Date 2024 eventi", None),
            ("La data 2024-03", None),
        ] {
            assert_eq!(leading(text), expected.map(|(n, d)| (n, d.to_string())), "{text}");
        }
    }
}
