//! Whether an English text holds a figure, date, time or name, however it writes it.
use crate::text::normalize::fold;

const UNITS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &[
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: &[(&str, f64)] = &[("hundred", 1e2), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9)];
const ORDINALS: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Every number an English text names, in digits (`1,234.5`) or in words (`twenty-one`, `3 million`).
pub fn numbers(text: &str) -> Vec<f64> {
    let lower = text.to_lowercase();
    let mut found = vec![];
    let mut running: Option<f64> = None;
    for token in lower.split(|c: char| c.is_whitespace() || c == '-' || c == '–' || c == '/') {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        let scale = SCALES
            .iter()
            .find(|(s, _)| *s == token.trim_end_matches('s'))
            .map(|(_, v)| *v);
        if let (Some(scale), Some(value)) = (scale, running) {
            // The parts stay as well: `3 million` holds 3, and `three hundred` 3.
            running = Some(value * scale);
            found.push(value * scale);
            continue;
        }
        let value = in_digits(token).or_else(|| in_words(token)).or(scale);
        if let Some(value) = value {
            // `twenty-one`, `three hundred (and) five`.
            let joined = running
                .filter(|r| value < 100.0 && r % 10.0 == 0.0 && *r >= 20.0)
                .map(|r| r + value);
            found.extend(joined);
            found.push(value);
            running = joined.or(Some(value));
        } else if token != "and" {
            running = None;
        }
    }
    found
}

fn in_words(token: &str) -> Option<f64> {
    let at = |list: &[&str]| list.iter().position(|w| *w == token);
    let tens = || at(TENS).map(|i| (i as f64 + 2.0) * 10.0);
    at(UNITS)
        .map(|i| i as f64)
        .or_else(tens)
        .or_else(|| at(ORDINALS).map(|i| i as f64 + 1.0))
}

/// `1,234.5`, `2024`, `14th`, `€50`: the first run of digits with its separators.
fn in_digits(token: &str) -> Option<f64> {
    let start = token.find(|c: char| c.is_ascii_digit())?;
    let rest = &token[start..];
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.')
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches(['.', ',']).replace(',', "").parse().ok()
}

/// Whether `text` holds what `must` asks for: a date `2024-02-06`, a time `16:20`, a number `11,700`, or a string.
pub fn holds(text: &str, must: &str) -> bool {
    if let Some((year, month, day)) = date(must) {
        return holds_date(text, year, month, day);
    }
    if let Some((hour, minute)) = time(must) {
        return holds_time(text, hour, minute);
    }
    if must.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.') {
        return in_digits(must).is_some_and(|n| numbers(text).iter().any(|x| (x - n).abs() < 1e-9));
    }
    let plain = |s: &str| {
        s.split(|c: char| !c.is_alphanumeric())
            .map(fold)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (text, must) = (format!(" {} ", plain(text)), format!(" {} ", plain(must).trim()));
    text.contains(&must)
}

fn date(must: &str) -> Option<(u32, usize, u32)> {
    let mut parts = must.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Some((
        year.parse().ok()?,
        month.parse().ok().filter(|m| (1..=12).contains(m))?,
        day.parse().ok()?,
    ))
}

/// Day and month side by side, and the year somewhere: an article names it once.
fn holds_date(text: &str, year: u32, month: usize, day: u32) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let is_day = |w: &&str| w.trim_end_matches(|c: char| c.is_alphabetic()).parse() == Ok(day);
    let near = words.iter().enumerate().any(|(i, w)| {
        *w == MONTHS[month - 1]
            && (i > 0 && is_day(&words[i - 1])
                || words.get(i + 1).is_some_and(is_day)
                || i > 1 && words[i - 1] == "of" && is_day(&words[i - 2]))
    });
    near && words.iter().any(|w| w.parse() == Ok(year))
}

fn time(must: &str) -> Option<(u32, u32)> {
    let (hour, minute) = must.split_once(':')?;
    Some((
        hour.parse().ok().filter(|h| *h < 24)?,
        minute.parse().ok().filter(|m| *m < 60)?,
    ))
}

/// `16:20`, `16.20`, `4:20 pm`, `4.20 p.m.`; the full hour also as `4 pm`.
fn holds_time(text: &str, hour: u32, minute: u32) -> bool {
    let text = text.to_lowercase().replace("p.m", "pm").replace("a.m", "am");
    let half = (hour + 11) % 12 + 1;
    let mark = if hour < 12 { "am" } else { "pm" };
    let mut forms = vec![];
    for dot in [':', '.'] {
        forms.push(format!("{hour}{dot}{minute:02}"));
        forms.push(format!("{hour:02}{dot}{minute:02}"));
        forms.extend([
            format!("{half}{dot}{minute:02} {mark}"),
            format!("{half}{dot}{minute:02}{mark}"),
        ]);
    }
    if minute == 0 {
        forms.extend([format!("{half} {mark}"), format!("{half}{mark}")]);
    }
    let bounded = |form: &String| {
        text.match_indices(form.as_str()).any(|(i, f)| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            !digit(text[..i].chars().next_back()) && !digit(text[i + f.len()..].chars().next())
        })
    };
    forms.iter().any(bounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn musts_are_found_however_written() {
        let check =
            |text: &str, must: &str, expected: bool| assert_eq!(holds(text, must), expected, "{must} in {text}");
        check("worth 11,700 euros", "11,700", true);
        check("worth 11700 euros.", "11,700", true);
        check("about 0.70%", "0.7", true);
        check("twenty-one people", "21", true);
        check("three hundred and five", "305", true);
        check("3.5 million", "3,500,000", true);
        check("eighty-five officers", "85", true);
        check("sixteen months", "16", true);
        check("the 58-year-old", "58", true);
        check("2023-24 season", "2023", true);
        check("in 2024", "20", false);
        check("185 officers", "85", false);
        check("on 6 February 2024", "2024-02-06", true);
        check("on February 6, 2024", "2024-02-06", true);
        check("the 6th of February 2024", "2024-02-06", true);
        check("on 16 February 2024", "2024-02-06", false);
        check("on 6 February", "2024-02-06", false);
        check("at 4.20 pm", "16:20", true);
        check("at 16:20", "16:20", true);
        check("at 2:17", "12:17", false);
        check("at 4 p.m. sharp", "16:00", true);
        check("in Reggio Calabria,", "Reggio Calabria", true);
        check("CNCPO's", "CNCPO", true);
        check("Arghilla prison", "Arghillà", true);
        check("in Veneto", "Vene", false);
        check("", "7", false);
    }
}
