//! One measure in two units: `un anno e sei mesi` is a year and a half, `due chili e quattrocento grammi` 2.4 kilograms.
use super::{
    grammar::{word_at, Member},
    lexer::{Class, Token},
    units, Kind, Unit, Value, Weight,
};

/// How many of the smaller unit make the larger, where the two are said of one measure.
fn ratio(large: Unit, small: Unit) -> Option<f64> {
    Some(match (large, small) {
        (Unit::Year, Unit::Month) => 12.0,
        (Unit::Year, Unit::Day) => 365.0,
        (Unit::Month, Unit::Day) => 30.0,
        (Unit::Week, Unit::Day) => 7.0,
        (Unit::Day, Unit::Hour) => 24.0,
        (Unit::Hour, Unit::Minute) | (Unit::Minute, Unit::Second) => 60.0,
        (Unit::Hour, Unit::Second) => 3600.0,
        (Unit::Kilometre, Unit::Metre) | (Unit::Kilogram, Unit::Gram) | (Unit::Tonne, Unit::Kilogram) => 1000.0,
        (Unit::Metre, Unit::Centimetre) => 100.0,
        (Unit::Centimetre, Unit::Millimetre) => 10.0,
        _ => return None,
    })
}

/// Makes one of measures that stand together, and of what `e otto` and `and a half` add to a unit.
pub fn join(tokens: &[Token], found: &mut Vec<Member>) {
    let (mut i, mut smallest) = (0, None);
    while i + 1 < found.len() {
        // the `a` of `and a half` is read as one
        let half = found.get(i + 2).filter(|b| tokens[b.start].text == "half");
        if let Some((whole, _)) = half.and_then(|b| joined(tokens, &found[i], b, None, None)) {
            found.splice(i..i + 3, [whole]);
        } else if let Some((whole, small)) = joined(tokens, &found[i], &found[i + 1], found.get(i + 2), smallest) {
            found.splice(i..i + 2, [whole]);
            smallest = Some(small);
        } else {
            (i, smallest) = (i + 1, None);
        }
    }
}

fn and(token: &Token) -> bool {
    token.is(&["e", "ed", "and"])
}

/// The whole of two members, and the unit of its last part; `then` is the member after them, `smallest` the unit of the
/// last part so far.
fn joined(
    tokens: &[Token],
    a: &Member,
    b: &Member,
    then: Option<&Member>,
    smallest: Option<Unit>,
) -> Option<(Member, Unit)> {
    let (Value::Number(n), Value::Number(more)) = (a.value, b.value) else {
        return None;
    };
    let (large, end) = match a.kind {
        Kind::Measure(unit) => (unit, a.next),
        // `a year and six months`
        Kind::Number if a.weight == Weight::Implied && n == 1.0 => {
            (tokens.get(a.next).and_then(|t| units::unit(&t.text))?, a.next + 1)
        }
        _ => return None,
    };
    let between = tokens.get(end..b.start)?;
    let one = |is: fn(&Token) -> bool| between.len() == 1 && is(&between[0]);
    let a_half = between.len() == 2 && and(&between[0]) && between[1].text == "a" && tokens[b.start].text == "half";
    // `two hours, eight minutes and one second`, not `every two hours, eight minutes of rest`
    let goes_on = then.is_some_and(|c| c.start == b.next + 1 && and(&tokens[b.next]) && c.kind != Kind::Number);
    let plain = between.is_empty() || one(and) || one(|t| t.text == ",") && goes_on;
    let (part, small) = match b.kind {
        Kind::Number if a_half => (0.5, large),
        Kind::Measure(small) if plain => {
            let below = smallest.is_none_or(|unit| ratio(unit, small).is_some());
            let ratio = ratio(large, small).filter(|r| more < *r && below)?;
            (more / ratio, small)
        }
        Kind::Number if (between.is_empty() || one(and)) && smallest.is_none() && stands_alone(tokens, b) => {
            (spoken(large, more)?, large)
        }
        _ => return None,
    };
    let whole = Member {
        kind: Kind::Measure(large),
        value: Value::Number(n + part),
        weight: a.weight.max(b.weight).max(Weight::Soft),
        start: a.start,
        next: b.next,
    };
    Some((whole, small))
}

/// Words that go on after a measure; any other one is what its last number counts.
const AFTER: &[&str] = &[
    "di", "per", "alla", "al", "in", "dopo", "dal", "dalla", "dai", "del", "prima", "porta", "più", "ci", "con", "of",
    "long", "high", "tall", "deep", "wide", "ahead", "behind", "on", "from", "e",
];

/// Whether a number counts nothing that follows it.
fn stands_alone(tokens: &[Token], number: &Member) -> bool {
    let one = number.next == number.start + 1 && number.weight > Weight::Implied;
    let noun = tokens.get(number.next).is_some_and(|t| t.class == Class::Word);
    one && (!noun || word_at(tokens, number.next, AFTER))
}

/// What `e otto` adds to two kilograms, `e ottanta` to a metre.
fn spoken(unit: Unit, n: f64) -> Option<f64> {
    match unit {
        Unit::Kilogram if (1.0..10.0).contains(&n) => Some(n / 10.0),
        Unit::Kilogram if (100.0..1000.0).contains(&n) => Some(n / 1000.0),
        Unit::Minute if (1.0..60.0).contains(&n) => Some(n / 60.0),
        Unit::Year if (1.0..12.0).contains(&n) => Some(n / 12.0),
        Unit::Hour if (10.0..60.0).contains(&n) => Some(n / 60.0),
        Unit::Metre if (10.0..100.0).contains(&n) => Some(n / 100.0),
        _ => None,
    }
}
