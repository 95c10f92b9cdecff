//! Quantities of a text in one normal form, whatever the language: `117mila` and `117,000` are the same number.
//!
//! A quantity is a value with a kind and a span. How sure it is that a translation has to carry it is its [`Weight`]:
//! `14` must be there, `due` may become `both`, `la coppia` may become `two`.
mod compound;
mod english;
mod grammar;
mod italian;
mod lexer;
pub(super) mod numerals;
mod race;
mod units;

pub use numerals::roman;

use super::{calendar, words::Language, Span};

/// What a quantity measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Number,
    Money(Currency),
    Measure(Unit),
    Percent,
    Age,
    /// A day, a month or a year, or any of them together.
    Date,
    /// The first year of ten: `gli anni Ottanta` is 1980.
    Decade,
    /// `l'Ottocento` is the 19th.
    Century,
    Time,
    /// In seconds: `2h08'51"`.
    RaceTime,
    Ordinal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Currency {
    Euro,
    Dollar,
    Pound,
    Lira,
    Franc,
    Yen,
    Bitcoin,
}

/// What a measured number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Millimetre,
    Centimetre,
    Metre,
    Kilometre,
    Mile,
    SquareMetre,
    SquareKilometre,
    CubicMetre,
    Hectare,
    Gram,
    Kilogram,
    Tonne,
    Litre,
    Degree,
    Watt,
    Kilowatt,
    Megawatt,
    Gigawatt,
    Megabyte,
    Gigabyte,
    Terabyte,
}

/// What a unit measures; months and years have no fixed number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Duration,
    Months,
    Length,
    Area,
    Mass,
    Power,
    Memory,
}

impl Unit {
    /// What it measures, and how many of that dimension's base unit it is.
    pub fn dimension(self) -> Option<(Dimension, f64)> {
        use Dimension::*;
        Some(match self {
            Unit::Second => (Duration, 1.0),
            Unit::Minute => (Duration, 60.0),
            Unit::Hour => (Duration, 3600.0),
            Unit::Day => (Duration, 86_400.0),
            Unit::Week => (Duration, 604_800.0),
            Unit::Month => (Months, 1.0),
            Unit::Year => (Months, 12.0),
            Unit::Millimetre => (Length, 1e-3),
            Unit::Centimetre => (Length, 1e-2),
            Unit::Metre => (Length, 1.0),
            Unit::Kilometre => (Length, 1e3),
            Unit::SquareMetre => (Area, 1.0),
            Unit::Hectare => (Area, 1e4),
            Unit::SquareKilometre => (Area, 1e6),
            Unit::Gram => (Mass, 1e-3),
            Unit::Kilogram => (Mass, 1.0),
            Unit::Tonne => (Mass, 1e3),
            Unit::Watt => (Power, 1.0),
            Unit::Kilowatt => (Power, 1e3),
            Unit::Megawatt => (Power, 1e6),
            Unit::Gigawatt => (Power, 1e9),
            Unit::Megabyte => (Memory, 1.0),
            Unit::Gigabyte => (Memory, 1e3),
            Unit::Terabyte => (Memory, 1e6),
            Unit::Mile | Unit::CubicMetre | Unit::Litre | Unit::Degree => return None,
        })
    }

    /// Its English name in the plural.
    pub fn english(self) -> &'static str {
        match self {
            Unit::Second => "seconds",
            Unit::Minute => "minutes",
            Unit::Hour => "hours",
            Unit::Day => "days",
            Unit::Week => "weeks",
            Unit::Month => "months",
            Unit::Year => "years",
            Unit::Millimetre => "millimetres",
            Unit::Centimetre => "centimetres",
            Unit::Metre => "metres",
            Unit::Kilometre => "kilometres",
            Unit::Mile => "miles",
            Unit::SquareMetre => "square metres",
            Unit::SquareKilometre => "square kilometres",
            Unit::CubicMetre => "cubic metres",
            Unit::Hectare => "hectares",
            Unit::Gram => "grams",
            Unit::Kilogram => "kilograms",
            Unit::Tonne => "tonnes",
            Unit::Litre => "litres",
            Unit::Degree => "degrees",
            Unit::Watt => "watts",
            Unit::Kilowatt => "kilowatts",
            Unit::Megawatt => "megawatts",
            Unit::Gigawatt => "gigawatts",
            Unit::Megabyte => "megabytes",
            Unit::Gigabyte => "gigabytes",
            Unit::Terabyte => "terabytes",
        }
    }
}

/// The normal form of a quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    /// What is known of a date.
    Date {
        year: Option<i32>,
        month: Option<u8>,
        day: Option<u8>,
    },
    /// On the 24-hour clock.
    Time {
        hour: u8,
        minute: u8,
    },
}

/// Whether a faithful translation has to carry the quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Said in passing (`entrambi`, `the pair`, `primo`): may support the other side, is never asked for.
    Implied,
    /// A small number in words (`due`, `three`): a different one is a fault, a dropped one is not.
    Soft,
    /// Figures, dates, larger numbers.
    Firm,
}

/// One quantity of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub kind: Kind,
    pub value: Value,
    pub weight: Weight,
    /// Bytes of the text.
    pub span: Span,
}

/// Whether two values are one but for rounding.
pub fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Quantities of a text in order of their spans, which do not overlap.
pub fn quantities(text: &str, language: Language) -> Vec<Quantity> {
    dated(text, language, None)
}

/// The same for a text of this date: `ieri`, `lo scorso novembre`, `two years ago` become days, months and years.
pub fn dated(text: &str, language: Language, today: Option<calendar::Date>) -> Vec<Quantity> {
    read(text, &lexer::tokens(text), language, today)
}

/// Quantities as they stand, and beside them the dates that words like `ieri` and `last November` mean on this day.
pub fn said_and_meant(text: &str, language: Language, today: calendar::Date) -> (Vec<Quantity>, Vec<Quantity>) {
    let tokens = lexer::tokens(text);
    let said = read(text, &tokens, language, None);
    let mut meant = read(text, &tokens, language, Some(today));
    meant.retain(|q| matches!(q.value, Value::Date { .. }) && !said.contains(q));
    (said, meant)
}

fn read(text: &str, tokens: &[lexer::Token], language: Language, today: Option<calendar::Date>) -> Vec<Quantity> {
    let reading = grammar::Reading { text, tokens, today };
    match language {
        Language::Italian => grammar::read(reading, &italian::GRAMMAR),
        Language::English => grammar::read(reading, &english::GRAMMAR),
    }
}

#[cfg(test)]
mod tests;
