//! Tables of quantities in both languages: text and the normal form of what is in it.
use super::*;
use Language::*;

/// `117000`, `euro 3500000`, `%3.5`, `age 47`, `2024-03-06`, `14:30`, `nth 3`; soft ones end in `?`, implied are left out.
fn shown(text: &str, language: Language) -> String {
    let found = quantities(text, language);
    let spans_fit = found.windows(2).all(|w| w[0].span.end <= w[1].span.start);
    assert!(spans_fit, "{text}: {found:?}");
    let show = |q: &Quantity| {
        let value = match q.value {
            Value::Number(v) => format!("{v}"),
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
        let kind = match q.kind {
            Kind::Money(c) => format!("{c:?} ").to_lowercase(),
            Kind::Percent => "%".into(),
            Kind::Age => "age ".into(),
            Kind::Ordinal => "nth ".into(),
            _ => String::new(),
        };
        format!("{kind}{value}{}", if q.weight == Weight::Soft { "?" } else { "" })
    };
    let shown: Vec<String> = found.iter().filter(|q| q.weight > Weight::Implied).map(show).collect();
    shown.join(" | ")
}

fn check(language: Language, table: &str) {
    let mut wrong = vec![];
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (text, expected) = line.split_once(" =>").unwrap_or_else(|| panic!("no ` =>` in {line}"));
        let (found, expected) = (shown(text, language), expected.trim());
        if found != expected {
            wrong.push(format!("{text}: {found} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
