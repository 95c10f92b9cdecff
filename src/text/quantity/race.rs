//! Times of races, with the signs of minutes and seconds or with colons: `2h08'51"`, `29'41"3`, `12''71`, `2:08:51`.
use super::{
    grammar::{Found, Reading},
    lexer::Class,
    Kind, Value, Weight,
};
use crate::text::pattern::regex;
use regex::Regex;
use std::sync::LazyLock;

/// Hours, minutes, seconds and the digits of their fraction; minutes and seconds of two digits after a larger unit.
/// `15"` alone may end a quotation, and `14:30` is a time of the day.
static FORMS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    const MINUTE: &str = "['’′]";
    const SECOND: &str = "(?:[\"”″]|''|’’|′′)";
    [
        regex(&format!(
            r"^(?:(?P<h>\d{{1,2}}) ?h ?)?(?P<m>\d{{1,3}}){MINUTE} ?(?P<s>\d{{2}}){SECOND}(?P<f>\d{{1,3}})?"
        )),
        regex(&format!(r"^(?P<s>\d{{1,2}}){SECOND}(?P<f>\d{{1,3}})\b")),
        regex(r"^(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2})(?:[.,](?P<f>\d{1,3}))?\b"),
        regex(r"^(?P<m>\d{1,3}):(?P<s>\d{2})[.,](?P<f>\d{1,3})\b"),
    ]
});

/// Seconds of the time of a race that a text begins with, and its length in bytes.
pub fn leading(text: &str) -> Option<(f64, usize)> {
    // Nearly every figure is told apart here, before a pattern is made.
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    if !rest.starts_with(['\'', '’', '′', '"', '”', '″', ':', 'h']) {
        return None;
    }
    let found = FORMS.iter().find_map(|form| form.captures(text))?;
    let part = |name: &str| found.name(name).map(|m| m.as_str());
    let count = |name: &str| part(name).map_or(Some(0.0), |digits| digits.parse::<f64>().ok());
    let fraction: f64 = part("f").map_or(Some(0.0), |digits| format!("0.{digits}").parse().ok())?;
    let seconds = count("s").filter(|s| *s < 60.0)? + fraction;
    Some((count("h")? * 3600.0 + count("m")? * 60.0 + seconds, found.get(0)?.len()))
}

/// A figure that is the time of a race.
pub fn time(r: Reading, i: usize) -> Option<Found> {
    let t = r.tokens.get(i).filter(|t| t.class == Class::Figure)?;
    let (seconds, length) = leading(&t.text)?;
    (length == t.text.len()).then_some((Kind::RaceTime, Value::Number(seconds), Weight::Firm, i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_races_in_seconds() {
        for (text, expected) in [
            ("2h08'51\"", Some((7731.0, 8))),
            ("29'41\"3, davanti", Some((1781.3, 7))),
            ("1'53\"47", Some((113.47, 7))),
            ("12''71.", Some((12.71, 6))),
            ("3'21''4", Some((201.4, 7))),
            ("2:08:51", Some((7731.0, 7))),
            ("29:41.3", Some((1781.3, 7))),
            ("14:30", None),
            ("15\" e poi", None),
            ("29'41", None),
            ("12'500", None),
            ("1'75\"", None),
            ("", None),
        ] {
            assert_eq!(leading(text), expected, "{text}");
        }
    }
}
