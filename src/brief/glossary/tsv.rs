//! Glossaries as tab-separated values: Italian, English, and a note if there is one.
use super::{GlossaryError, Term};
use crate::text::normalize::one_line;

/// Reads lines `Italian<TAB>English[<TAB>note]`. A first line `it<TAB>en` names the columns, in any order; blank lines
/// and those that begin with `#` are left out.
pub fn terms(text: &str) -> Result<Vec<Term>, GlossaryError> {
    let mut columns = [Some(0), Some(1), Some(2)];
    let mut terms = vec![];
    let mut first = true;
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() || content.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = content.split('\t').map(str::trim).collect();
        if std::mem::take(&mut first) {
            if let Some(named) = header(&fields) {
                columns = named;
                continue;
            }
        }
        let field = |n: Option<usize>| n.and_then(|n| fields.get(n)).copied().unwrap_or_default();
        let [italian, english, note] = columns.map(field);
        if fields.len() < 2 {
            let what = "one column, expected an Italian term, a tab and its English";
            return Err(GlossaryError::new(line, what));
        }
        if italian.is_empty() || english.is_empty() {
            let side = if italian.is_empty() { "Italian" } else { "English" };
            return Err(GlossaryError::new(line, format!("no {side} term")));
        }
        terms.push(Term {
            italian: italian.into(),
            english: alternatives(english),
            note: note.into(),
            line,
        });
    }
    Ok(terms)
}

/// The columns of Italian, English and notes, if the fields name them.
fn header(fields: &[&str]) -> Option<[Option<usize>; 3]> {
    let of = |names: &[&str]| fields.iter().position(|f| names.contains(&f.to_lowercase().as_str()));
    let (italian, english) = (of(&["it", "italian", "italiano"])?, of(&["en", "english", "inglese"])?);
    Some([Some(italian), Some(english), of(&["note", "notes"])])
}

/// `person under investigation / suspect` as two forms; what stands in brackets is for people.
fn alternatives(english: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut depth = 0;
    for c in english.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            c if depth == 0 => plain.push(c),
            _ => (),
        }
    }
    plain
        .split(" / ")
        .map(one_line)
        .filter(|form| !form.is_empty())
        .collect()
}
