//! The corruption suite: faithful translations damaged one at a time, to measure what the fidelity checks catch.
//!
//! Each kind is a change that does harm to a reader who acts on the English. Every case is made from a pair that a
//! person wrote; the untouched pairs measure false alarms.
mod facts;
mod law;

use crate::{
    brief::fidelity::{self, Pair},
    text::calendar::Date,
};
use facts::Facts;
use law::Law;
use serde::Serialize;
use std::collections::BTreeMap;

/// A sentence with its translation.
#[derive(Clone, Debug)]
pub struct Translated {
    pub italian: String,
    pub english: String,
    /// Day of the article.
    pub date: Option<Date>,
}

/// What became of one kind of damage.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    pub cases: usize,
    pub caught: usize,
}

impl Tally {
    pub fn recall(&self) -> f64 {
        self.caught as f64 / self.cases.max(1) as f64
    }
}

/// The measured table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    pub kinds: BTreeMap<&'static str, Tally>,
    pub untouched: usize,
    pub false_alarms: usize,
    /// Untouched pairs with an alarm, and damaged ones without: what to read.
    pub alarms: Vec<(String, String, String)>,
    pub misses: Vec<(&'static str, String, String)>,
}

impl Table {
    pub fn recall(&self) -> f64 {
        let (cases, caught) = self.kinds.values().fold((0, 0), |a, t| (a.0 + t.cases, a.1 + t.caught));
        caught as f64 / cases.max(1) as f64
    }

    pub fn false_alarm_rate(&self) -> f64 {
        self.false_alarms as f64 / self.untouched.max(1) as f64
    }
}

/// A deterministic stream of choices (splitmix64).
struct Choices(u64);

impl Choices {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

/// Damages every pair in each way that applies, and checks all of it.
///
/// `every` keeps one pair in so many for damage to facts; all are used as untouched, and for damage to the strength of
/// what is said in law, which few sentences allow.
pub fn measure(pairs: &[Translated], every: usize, seed: u64) -> Table {
    let (facts, law) = (Facts::new(), Law::new());
    let mut choices = Choices(seed);
    let mut table = Table::default();
    for (n, pair) in pairs.iter().enumerate() {
        let alarms = check(pair, &pair.english);
        table.untouched += 1;
        if let Some(first) = alarms.first() {
            table.false_alarms += 1;
            table
                .alarms
                .push((pair.italian.clone(), pair.english.clone(), first.clone()));
        }
        let mut damage = law.damage(&pair.italian, &pair.english);
        if n % every.max(1) == 0 {
            damage.extend(facts.damage(&pair.english, &mut choices));
        }
        for (kind, damaged) in damage {
            let tally = table.kinds.entry(kind).or_default();
            tally.cases += 1;
            // an alarm that the untouched pair has as well proves nothing
            if check(pair, &damaged).iter().any(|r| !alarms.contains(r)) {
                tally.caught += 1;
            } else {
                table.misses.push((kind, pair.italian.clone(), damaged));
            }
        }
    }
    table
}

fn check(pair: &Translated, english: &str) -> Vec<String> {
    fidelity::check(Pair::new(0, &pair.italian, english).on(pair.date))
        .into_iter()
        .map(|f| format!("{:?} {:?}: {}", f.check, f.verdict, f.reason))
        .collect()
}

fn splice(text: &str, range: std::ops::Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_real_and_repeatable() {
        let english = "Two suspects aged 47 and 31 were arrested in Milan on 3 March 2024; 1,200 euros, 12% and Marco Bianchi's phone were not found.";
        let made = Facts::new().damage(english, &mut Choices(7));
        assert!(made.len() >= 12, "{made:?}");
        assert!(made.iter().all(|(_, text)| text != english));
        assert_eq!(made, Facts::new().damage(english, &mut Choices(7)));
    }
}
