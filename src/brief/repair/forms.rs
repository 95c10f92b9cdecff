//! How English writes a quantity: the forms of which one must stand in a translation.
use crate::text::{
    calendar::MONTHS_EN,
    quantity::{Currency, Kind, Quantity, Value},
};

const UNITS: [&str; 20] = [
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
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const ORDINALS: [&str; 11] = [
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];
/// English forms of an Italian quantity, the usual one first.
pub fn forms(quantity: &Quantity) -> Vec<String> {
    match (quantity.kind, quantity.value) {
        (_, Value::Date { year, month, day }) => date(year, month, day),
        (_, Value::Time { hour, minute }) => time(hour, minute),
        (Kind::Decade, Value::Number(v)) => vec![format!("{v:.0}s")],
        (Kind::Century, Value::Number(v)) => ordinal(v).iter().map(|o| format!("{o} century")).collect(),
        (Kind::Ordinal, Value::Number(v)) => ordinal(v),
        (Kind::Money(currency), Value::Number(v)) => money(currency, v),
        (Kind::Percent, Value::Number(v)) => percent(v),
        (Kind::RaceTime, Value::Number(v)) => vec![race(v)],
        // a year and four months, in years
        (Kind::Measure(_), Value::Number(v)) if ((v * 1e3).round() / 1e3 - v).abs() > 1e-9 => vec![],
        (_, Value::Number(v)) => number(v),
    }
}

/// `1250000` as `1,250,000` and `1.25 million`, `23` as `23` and `twenty-three`, `6` as `six` and `6`.
pub fn number(v: f64) -> Vec<String> {
    let mut out = vec![];
    let whole = v.fract() == 0.0 && (0.0..1e15).contains(&v);
    match words(v) {
        Some(w) if v <= 10.0 => out.extend([w, decimal(v)]),
        Some(w) => out.extend([decimal(v), w]),
        None => out.push(decimal(v)),
    }
    for (scale, name) in [(1e9, "billion"), (1e6, "million")] {
        let scaled = v / scale;
        let short = (scaled * 100.0).round() / 100.0;
        if (1.0..1000.0).contains(&scaled) && (short - scaled).abs() < 1e-9 {
            out.insert(0, format!("{} {name}", decimal(short)));
            if let Some(w) = words(short).filter(|_| short <= 20.0) {
                out.push(format!("{w} {name}"));
            }
            break;
        }
    }
    if whole && (1000.0..10_000.0).contains(&v) {
        out.push(format!("{v:.0}"));
    }
    match v as u64 {
        100 if whole => out.push("a hundred".into()),
        1000 if whole => out.extend(["a thousand".into(), "one thousand".into()]),
        _ => (),
    }
    out
}

/// Digits with commas at the thousands and a point.
pub(super) fn decimal(v: f64) -> String {
    let text = format!("{v}");
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    match rest {
        Some(r) => format!("{out}.{r}"),
        None => out,
    }
}

/// Words for whole numbers up to a hundred.
fn words(v: f64) -> Option<String> {
    if v.fract() != 0.0 || !(0.0..=100.0).contains(&v) {
        return None;
    }
    let n = v as usize;
    Some(match (n / 10, n % 10) {
        _ if n < 20 => UNITS[n].into(),
        (10, _) => "one hundred".into(),
        (tens, 0) => TENS[tens].into(),
        (tens, units) => format!("{}-{}", TENS[tens], UNITS[units]),
    })
}

fn money(currency: Currency, v: f64) -> Vec<String> {
    let (sign, one, many) = match currency {
        Currency::Euro => ("€", "euro", "euros"),
        Currency::Dollar => ("$", "dollar", "dollars"),
        Currency::Pound => ("£", "pound", "pounds"),
        Currency::Lira => ("", "lira", "lire"),
        Currency::Franc => ("", "franc", "francs"),
        Currency::Yen => ("¥", "yen", "yen"),
        Currency::Bitcoin => ("", "bitcoin", "bitcoin"),
    };
    let name = if v == 1.0 { one } else { many };
    // Swiss francs, Australian dollars: the word between is the model's.
    let loose = matches!(currency, Currency::Franc | Currency::Dollar | Currency::Lira);
    number(v)
        .into_iter()
        .flat_map(|n| {
            let signed =
                (!sign.is_empty() && n.starts_with(|c: char| c.is_ascii_digit())).then(|| format!("{sign}{n}"));
            [Some(format!("{n} {name}")), signed, loose.then_some(n)]
        })
        .flatten()
        .collect()
}

/// Seconds as `2:08:51` or `29:41.3`.
fn race(v: f64) -> String {
    let (minutes, seconds) = ((v / 60.0).floor(), v % 60.0);
    let seconds = format!("{:.3}", seconds);
    let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
    let two = match seconds.split('.').next().map_or(0, str::len) {
        1 => format!("0{seconds}"),
        _ => seconds.to_string(),
    };
    match (minutes / 60.0).floor() {
        _ if minutes == 0.0 => seconds.to_string(),
        0.0 => format!("{minutes}:{two}"),
        hours => format!("{hours}:{:02}:{two}", minutes % 60.0),
    }
}

fn percent(v: f64) -> Vec<String> {
    let digits = decimal(v);
    let mut out = vec![
        format!("{digits}%"),
        format!("{digits} per cent"),
        format!("{digits} percent"),
    ];
    out.extend(words(v).map(|w| format!("{w} per cent")));
    out
}

fn ordinal(v: f64) -> Vec<String> {
    let n = v as usize;
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    let word = ORDINALS.get(n).filter(|w| !w.is_empty()).map(|w| w.to_string());
    word.into_iter().chain([format!("{n}{suffix}")]).collect()
}

fn date(year: Option<i32>, month: Option<u8>, day: Option<u8>) -> Vec<String> {
    let month = month.and_then(|m| MONTHS_EN.get(usize::from(m).wrapping_sub(1)));
    let year = year.map(|y| y.to_string());
    match (day, month, year) {
        (Some(d), Some(m), Some(y)) => vec![format!("{d} {m} {y}"), format!("{m} {d}, {y}")],
        (Some(d), Some(m), None) => vec![format!("{d} {m}"), format!("{m} {d}")],
        (None, Some(m), Some(y)) => vec![format!("{m} {y}")],
        (None, Some(m), None) => vec![m.to_string()],
        (_, None, Some(y)) => vec![y],
        (_, None, None) => vec![],
    }
}

fn time(hour: u8, minute: u8) -> Vec<String> {
    let half = (hour + 11) % 12 + 1;
    let mark = if hour < 12 { "am" } else { "pm" };
    match minute {
        0 => vec![
            format!("{half} {mark}"),
            format!("{hour}:00"),
            format!("{hour}.00"),
            format!("{half} o'clock"),
        ],
        m => vec![
            format!("{hour}:{m:02}"),
            format!("{half}.{m:02} {mark}"),
            format!("{half}:{m:02} {mark}"),
            format!("{hour}.{m:02}"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{
        quantity::{quantities, Weight},
        words::Language,
    };

    fn of(italian: &str) -> Vec<String> {
        let found = quantities(italian, Language::Italian);
        let q = found.iter().max_by_key(|q| q.weight).unwrap();
        forms(q)
    }

    #[test]
    fn forms_of_italian_quantities() {
        let check = |italian: &str, expected: &str| assert_eq!(of(italian).join("|"), expected, "{italian}");
        check("1.250.000 abitanti", "1.25 million|1,250,000");
        check("117mila connessioni", "117,000");
        check("23 arresti", "23|twenty-three");
        check("sei indagati", "six|6");
        check("venti agenti", "20|twenty");
        check("1.500 agenti", "1,500|1500");
        check("3,5 km", "3.5");
        check("due miliardi di persone", "2 billion|2,000,000,000|two billion");
        check("11.700 euro", "11,700 euros|€11,700");
        check(
            "12 milioni di euro",
            "12 million euros|€12 million|12,000,000 euros|€12,000,000|twelve million euros",
        );
        check("il 3,5 per cento", "3.5%|3.5 per cent|3.5 percent");
        check("il 3 marzo 2024", "3 March 2024|March 3, 2024");
        check("il 3 marzo", "3 March|March 3");
        check("nel marzo del 2024", "March 2024");
        check("nel 2023", "2023");
        check("anni Ottanta", "1980s");
        check("alle 14.30", "14:30|2.30 pm|2:30 pm|14.30");
        check("alle ore 20", "8 pm|20:00|20.00|8 o'clock");
        check("alle 00:15", "0:15|12.15 am|12:15 am|0.15");
        check("la 12ª edizione", "12th");
        check("il 3° posto", "third|3rd");
        check("un uomo di 47 anni", "47|forty-seven");
        check("cento persone", "100|one hundred|a hundred");
    }

    /// Every form says in English what the Italian says.
    #[test]
    fn forms_are_read_back() {
        for line in include_str!("../../text/quantity/italian.cases").lines() {
            let italian = line.split(" =>").next().unwrap();
            for q in quantities(italian, Language::Italian)
                .iter()
                .filter(|q| q.weight > Weight::Implied)
            {
                for form in forms(q) {
                    let english = format!("It began by {form} or so.");
                    let back = quantities(&english, Language::English);
                    let value = |q: &Quantity| match q.value {
                        Value::Number(v) => Some(v),
                        Value::Date {
                            year,
                            month: None,
                            day: None,
                        } => year.map(f64::from),
                        _ => None,
                    };
                    let same = |b: &Quantity| match (value(q), value(b)) {
                        (Some(x), Some(y)) => (x - y).abs() < 1e-6 * x.abs().max(1.0),
                        _ => q.value == b.value || matches!(q.value, Value::Time { .. }),
                    };
                    assert!(back.iter().any(same), "{italian}: `{form}` gives {back:?}");
                }
            }
        }
    }
}
