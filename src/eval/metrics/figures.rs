//! Whether an English text holds a figure, date, time or name, however it writes it.
use crate::text::{
    normalize::fold,
    quantity::{quantities, Quantity, Value},
    words::Language,
};

/// Every number an English text names, in digits (`1,234.5`) or in words (`twenty-one`, `3 million`, `third`), with the
/// days and years of its dates.
pub fn numbers(text: &str) -> Vec<f64> {
    let mut found = vec![];
    for q in quantities(text, Language::English) {
        match q.value {
            Value::Number(v) => found.push(v),
            Value::Date { year, day, .. } => {
                found.extend(day.map(f64::from));
                found.extend(year.map(f64::from));
            }
            Value::Time { .. } => {}
        }
    }
    found
}

/// Whether `text` holds what `must` asks for: a date `2024-02-06`, a time `16:20`, a number `11,700`, or a string.
pub fn holds(text: &str, must: &str) -> bool {
    if let Some((year, month, day)) = date(must) {
        return holds_date(&quantities(text, Language::English), year, month, day);
    }
    if let Some((hour, minute)) = time(must) {
        let sought = Value::Time { hour, minute };
        return quantities(text, Language::English).iter().any(|q| q.value == sought);
    }
    if must.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.') {
        let sought: Option<f64> = must.replace(',', "").parse().ok();
        return sought.is_some_and(|n| numbers(text).iter().any(|x| (x - n).abs() < 1e-9));
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

fn date(must: &str) -> Option<(i32, u8, u8)> {
    let mut parts = must.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Some((
        year.parse().ok()?,
        month.parse().ok().filter(|m| (1..=12).contains(m))?,
        day.parse().ok()?,
    ))
}

/// Day and month together, and the year somewhere: an article names it once.
fn holds_date(found: &[Quantity], year: i32, month: u8, day: u8) -> bool {
    let of = |q: &Quantity| match q.value {
        Value::Date { year, month, day } => (year, month, day),
        _ => (None, None, None),
    };
    found.iter().any(|q| (of(q).1, of(q).2) == (Some(month), Some(day))) && found.iter().any(|q| of(q).0 == Some(year))
}

fn time(must: &str) -> Option<(u8, u8)> {
    let (hour, minute) = must.split_once(':')?;
    Some((
        hour.parse().ok().filter(|h| *h < 24)?,
        minute.parse().ok().filter(|m| *m < 60)?,
    ))
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
        check("between 2 and 3 million", "2,000,000", true);
        check("the third floor", "3", true);
        check("2023-24 season", "2023", true);
        check("in 2024", "20", false);
        check("in 2024", "2024", true);
        check("on 6 February 2024", "6", true);
        check("185 officers", "85", false);
        check("on 6 February 2024", "2024-02-06", true);
        check("on February 6, 2024", "2024-02-06", true);
        check("the 6th of February 2024", "2024-02-06", true);
        check("on 16 February 2024", "2024-02-06", false);
        check("on 6 February", "2024-02-06", false);
        check("In 2024, on 6 February, it", "2024-02-06", true);
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
