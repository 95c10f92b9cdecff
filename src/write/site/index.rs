//! The index page, the plain list of all briefs, and the data that the index searches.
use super::{entry::Entry, Options};
use crate::write::theme;
use minijinja::value::Serde;
use serde::Serialize;

/// Briefs that the index shows before anybody searches; the others come with the search data, or by the plain list.
pub const SHOWN: usize = 40;

#[derive(Serialize)]
struct Index<'a> {
    site: &'a str,
    count: usize,
    /// The count as people read it: `2,000`.
    total: String,
    entries: &'a [Entry],
    first: &'a str,
    last: &'a str,
}

/// The index.
///
/// # Errors
/// Of the template, which the tests render.
pub fn page(entries: &[Entry], options: &Options) -> Result<String, minijinja::Error> {
    let days = || entries.iter().map(|e| e.day.as_str()).filter(|d| !d.is_empty());
    let index = Index {
        site: &options.title,
        count: entries.len(),
        total: grouped(entries.len()),
        entries: &entries[..entries.len().min(SHOWN)],
        first: days().min().unwrap_or_default(),
        last: days().max().unwrap_or_default(),
    };
    theme::render("index.html", Serde(&index))
}

/// A number with commas between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[derive(Serialize)]
struct Archive<'a> {
    site: &'a str,
    years: Vec<Year<'a>>,
}

#[derive(Serialize)]
struct Year<'a> {
    name: &'a str,
    entries: Vec<&'a Entry>,
}

/// The list of all briefs by year: works without scripts.
///
/// # Errors
/// Of the template, which the tests render.
pub fn archive(entries: &[Entry], options: &Options) -> Result<String, minijinja::Error> {
    let mut years: Vec<Year> = vec![];
    for entry in entries {
        let name = entry.day.get(..4).unwrap_or("Undated");
        match years.last_mut() {
            Some(year) if year.name == name => year.entries.push(entry),
            _ => years.push(Year {
                name,
                entries: vec![entry],
            }),
        }
    }
    let archive = Archive {
        site: &options.title,
        years,
    };
    theme::render("all.html", Serde(&archive))
}

/// A brief in the search data, with short keys: a page loads some thousands of them.
#[derive(Serialize)]
struct Record<'a> {
    p: &'a str,
    h: &'a str,
    t: &'a str,
    d: &'a str,
    w: &'a str,
    s: &'a str,
    l: &'a [String],
    a: &'a [String],
    n: &'a [String],
    f: usize,
    c: &'a [&'static str],
}

/// The search data as a script: a page opened from a disk may load scripts, but not JSON.
pub fn data(entries: &[Entry]) -> String {
    let records: Vec<Record> = entries
        .iter()
        .map(|e| Record {
            p: &e.page,
            h: &e.headline,
            t: &e.title,
            d: &e.day,
            w: &e.date,
            s: &e.text,
            l: &e.places,
            a: &e.agencies,
            n: &e.names,
            f: e.open,
            c: &e.checks,
        })
        .collect();
    let json = serde_json::to_string(&records).unwrap_or_else(|_| "[]".into());
    format!("globalThis.suntoBriefs = {};\n", inert(&json))
}

/// JSON that stays data wherever it is put: no `</script>`, no `<!--`, and no line separators of old JavaScript.
pub fn inert(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        for (number, expected) in [(0, "0"), (999, "999"), (2000, "2,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn data_stays_data_inside_a_script() {
        for (json, expected) in [
            (r#"["</script><!--"]"#, r#"["\u003c/script>\u003c!--"]"#),
            ("[\"a\u{2028}b\u{2029}\"]", r#"["a\u2028b\u2029"]"#),
            (r#"["è & \""]"#, r#"["è & \""]"#),
        ] {
            assert_eq!(inert(json), expected);
            let (a, b): (serde_json::Value, serde_json::Value) = (
                serde_json::from_str(json).unwrap(),
                serde_json::from_str(expected).unwrap(),
            );
            assert_eq!(a, b);
        }
    }
}
