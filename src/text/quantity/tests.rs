//! Tables of quantities in both languages: text and the normal form of what is in it.
use super::*;
use crate::text::calendar;
use Language::*;

/// `117000`, `euro 3500000`, `%3.5`, `age 47`, `km 2.5`, `2024-03-06`, `14:30`, `nth 3`, `1980s`, `c19`; soft ones end in
/// `?`, implied are left out unless `all`.
fn shown(text: &str, language: Language, today: Option<&str>, all: bool) -> String {
    let today = today.map(|d| calendar::Date::parse(d).unwrap_or_else(|| panic!("no date {d}")));
    let found = dated(text, language, today);
    let spans_fit = found.windows(2).all(|w| w[0].span.end <= w[1].span.start);
    assert!(spans_fit, "{text}: {found:?}");
    let show = |q: &Quantity| {
        let value = match q.value {
            Value::Number(v) => format!("{v}"),
            Value::Date {
                year: Some(y),
                month: None,
                day: None,
            } => format!("{y}"),
            Value::Date { year, month, day } => {
                let part = |v: Option<i64>, w: usize| v.map_or("_".repeat(w), |v| format!("{v:0w$}"));
                format!(
                    "{}-{}-{}",
                    part(year.map(i64::from), 4),
                    part(month.map(i64::from), 2),
                    part(day.map(i64::from), 2)
                )
            }
            Value::Time { hour, minute } => format!("{hour:02}:{minute:02}"),
        };
        let (before, after) = match q.kind {
            Kind::Money(c) => (format!("{c:?} ").to_lowercase(), ""),
            Kind::Measure(u) => (format!("{u:?} ").to_lowercase(), ""),
            Kind::Percent => ("%".into(), ""),
            Kind::Age => ("age ".into(), ""),
            Kind::Ordinal => ("nth ".into(), ""),
            Kind::Century => ("c".into(), ""),
            Kind::RaceTime => ("race ".into(), ""),
            Kind::Decade => (String::new(), "s"),
            Kind::Number | Kind::Date | Kind::Time => (String::new(), ""),
        };
        let mark = match q.weight {
            Weight::Implied => "~",
            Weight::Soft => "?",
            Weight::Firm => "",
        };
        format!("{before}{value}{after}{mark}")
    };
    let listed = |q: &&Quantity| q.weight > Weight::Implied || all && q.value != Value::Number(1.0);
    found.iter().filter(listed).map(show).collect::<Vec<_>>().join(" | ")
}

/// Lines `text => what is in it`; `text @2024-03-20 =>` for an article of that date; `~text =>` with what is implied.
fn check(language: Language, table: &str) {
    let mut wrong = vec![];
    for line in table
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        let (text, expected) = line.split_once(" =>").unwrap_or_else(|| panic!("no ` =>` in {line}"));
        let (text, all) = text.strip_prefix('~').map_or((text, false), |t| (t, true));
        let (text, today) = text.split_once(" @").map_or((text, None), |(t, d)| (t, Some(d)));
        let (found, expected) = (shown(text, language, today, all), expected.trim());
        if found != expected {
            wrong.push(format!("{text}: {found} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_tables_are_long() {
    let lines = |t: &str| t.lines().filter(|l| l.contains(" =>")).count();
    let (it, en) = (
        lines(include_str!("italian.cases")),
        lines(include_str!("english.cases")),
    );
    assert!(it >= 200 && en >= 200 && it + en >= 400, "{it} Italian, {en} English");
}

#[test]
fn italian() {
    check(Italian, include_str!("italian.cases"));
}

#[test]
fn english() {
    check(English, include_str!("english.cases"));
}

#[test]
fn nothing_in_odd_text() {
    for text in [
        "",
        "   ",
        "…",
        "%",
        "€",
        "1/2/3/4/5/6",
        "9.9.9.9.9",
        "mila",
        "per cento",
        "🙂 12🙂",
        "999999999999999999999999",
    ] {
        for language in [Italian, English] {
            quantities(text, language);
        }
    }
}
