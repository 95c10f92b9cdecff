//! Quantities of a text in one normal form, whatever the language: `117mila` and `117,000` are the same number.
//!
//! A quantity is a value with a kind and a span. How sure it is that a translation has to carry it is its [`Weight`]:
//! `14` must be there, `due` may become `both`, `la coppia` may become `two`.
mod english;
mod italian;
mod lexer;
mod numerals;

use super::{words::Language, Span};

/// What a quantity measures. Only [`Kind::Money`] knows its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Number,
    Money(Currency),
    Percent,
    Age,
    /// A day, a month or a year, or any of them together.
    Date,
    Time,
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

/// Quantities of a text in order of their spans, which do not overlap.
pub fn quantities(text: &str, language: Language) -> Vec<Quantity> {
    let tokens = lexer::tokens(text);
    match language {
        Language::Italian => italian::read(text, &tokens),
        Language::English => english::read(text, &tokens),
    }
}

#[cfg(test)]
mod tests;
