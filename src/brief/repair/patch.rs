//! The right figure put in the place of a wrong one: the last resort, where no search finds it.
use super::forms;
use crate::text::{
    calendar::MONTHS_EN,
    quantity::{quantities, Kind, Quantity, Value},
    words::Language,
};

/// English for `wrong`, a quantity of an English sentence, that says what the Italian quantity says; its unit stays.
/// `None` where the two are of different kinds, or it is not clear what to replace.
pub fn patch(quantity: &Quantity, wrong: &str) -> Option<String> {
    let read = quantities(wrong, Language::English);
    let other = read.first().filter(|_| read.len() == 1);
    let mut forms = forms::forms(quantity).into_iter();
    match (quantity.value, other.map(|o| o.value)) {
        (Value::Date { .. }, Some(Value::Date { .. })) => {
            let american =
                MONTHS_EN.iter().any(|m| wrong.starts_with(m)) && wrong.contains(|c: char| c.is_ascii_digit());
            let (first, second) = (forms.next()?, forms.next());
            Some(second.filter(|_| american).unwrap_or(first))
        }
        (Value::Time { .. }, Some(Value::Time { .. })) => forms.next(),
        (Value::Number(v), Some(Value::Number(_)) | None) => number(quantity.kind, v, wrong, other?.kind),
        _ => None,
    }
}

fn number(kind: Kind, v: f64, wrong: &str, other: Kind) -> Option<String> {
    if kind == Kind::Ordinal || other == Kind::Ordinal {
        let ordinal = (kind == other).then_some(Value::Number(v))?;
        let q = Quantity {
            kind,
            value: ordinal,
            weight: crate::text::quantity::Weight::Firm,
            span: crate::text::Span::new(0, 0),
        };
        return forms::forms(&q).into_iter().next();
    }
    let digit = |c: char| c.is_ascii_digit();
    let Some(start) = wrong.find(digit) else {
        // `sixteen people`: the quantity is the number alone
        let right = forms::number(v).into_iter().next()?;
        return match other {
            Kind::Number => Some(right),
            // `twelve months`, `three-month`
            Kind::Measure(_) if !["square", "cubic", "half"].iter().any(|w| wrong.contains(w)) => {
                let unit = wrong.rfind([' ', '-'])?;
                Some(format!("{right}{}", &wrong[unit..]))
            }
            _ => None,
        };
    };
    let mut end = wrong.rfind(digit)? + 1;
    if wrong[start..end]
        .chars()
        .any(|c| !c.is_ascii_digit() && !matches!(c, '.' | ','))
    {
        return None;
    }
    for scale in [" million", " billion", " thousand", " hundred"] {
        if wrong[end..].starts_with(scale) {
            end += scale.len();
            break;
        }
    }
    // `$16m`, `16k`
    if wrong[end..].starts_with(char::is_alphabetic) {
        return None;
    }
    let right = forms::number(v).into_iter().find(|f| f.starts_with(digit))?;
    Some(format!("{}{right}{}", &wrong[..start], &wrong[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_replaced_and_units_stay() {
        let check = |italian: &str, wrong: &str, expected: Option<&str>| {
            let found = quantities(italian, Language::Italian);
            let q = found.iter().max_by_key(|q| q.weight).unwrap();
            let right = patch(q, wrong);
            assert_eq!(right.as_deref(), expected, "{italian}: {wrong}");
        };
        check("15 persone", "16", Some("15"));
        check("15 persone", "sixteen", Some("15"));
        check("sei persone", "7", Some("6"));
        check("sei mesi", "seven months", Some("six months"));
        check("18 mesi", "8-month", Some("18-month"));
        check("sei persone", "seven", Some("six"));
        check("il 3,5 per cento", "35%", Some("3.5%"));
        check("il 12%", "20 per cent", Some("12 per cent"));
        check("11.700 euro", "€11.7", Some("€11,700"));
        check("12 milioni di euro", "12 euros", Some("12 million euros"));
        check("500 euro", "12 million euros", Some("500 euros"));
        check("un uomo di 47 anni", "57-year-old", Some("47-year-old"));
        check("il 3 marzo 2024", "5 March 2024", Some("3 March 2024"));
        check("il 3 marzo 2024", "March 5, 2024", Some("March 3, 2024"));
        check("a maggio", "April", Some("May"));
        check("alle 14.30", "4:30 pm", Some("14:30"));
        check("il 3° posto", "2nd", Some("third"));
        check("il 3 marzo 2024", "16", None);
        check("15 persone", "$16m", None);
        check("15 persone", "5 March", None);
    }
}
