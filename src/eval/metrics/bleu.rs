//! BLEU (Papineni et al. 2002), equal to sacreBLEU 2.x: clipped n-gram precisions and a brevity penalty.
use super::ngrams::{overlap, Numbers, Windows};
use crate::eval::tokenize::{mteval::Tokenizer, trim_end, words};
use crate::{
    eval::metric::{origin, Direction, Label, Metric, Options, Segment, Stats},
    Result,
};

const ORDER: usize = 4;

/// What stands for a precision of zero (Chen & Cherry 2014).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Smoothing {
    /// Method 3, mteval's: each zero count halves what stands for the one before.
    #[default]
    Exp,
    /// Method 1: this value for a zero count.
    Floor(f64),
    /// Method 2: this value added to every count above order 1.
    AddK(f64),
    None,
}

impl Smoothing {
    /// `exp`, `none`, `floor` (0.1), `add-k` (1), or with a value: `floor=0.01`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (
                name,
                Some(value.parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0)?),
            ),
            None => (text, None),
        };
        match (name, value) {
            ("exp", None) => Some(Self::Exp),
            ("none", None) => Some(Self::None),
            ("floor", v) => Some(Self::Floor(v.unwrap_or(0.1))),
            ("add-k", v) => Some(Self::AddK(v.unwrap_or(1.0))),
            _ => None,
        }
    }

    fn signature(self) -> String {
        match self {
            Self::Exp => "exp".into(),
            Self::None => "none".into(),
            Self::Floor(v) => format!("floor[{v:.2}]"),
            Self::AddK(v) => format!("add-k[{v:.2}]"),
        }
    }
}

/// BLEU with its settings.
pub struct Bleu {
    label: Label,
    tokenizer: Tokenizer,
    smoothing: Smoothing,
    effective_order: bool,
    lowercase: bool,
}

impl Bleu {
    pub fn new(options: &Options) -> Self {
        let signature = format!(
            "nrefs:{}|case:{}|eff:{}|tok:{}|smooth:{}|{}",
            options.references,
            if options.lowercase { "lc" } else { "mixed" },
            if options.effective_order { "yes" } else { "no" },
            options.tokenizer.name(),
            options.smoothing.signature(),
            origin("sacrebleu-2.x"),
        );
        Self {
            label: Label {
                name: "bleu".into(),
                signature,
                direction: Direction::Higher,
            },
            tokenizer: options.tokenizer,
            smoothing: options.smoothing,
            effective_order: options.effective_order,
            lowercase: options.lowercase,
        }
    }

    fn tokenize(&self, line: &str) -> String {
        if self.lowercase {
            self.tokenizer.apply(trim_end(&line.to_lowercase()))
        } else {
            self.tokenizer.apply(trim_end(line))
        }
    }

    /// `[hypothesis length, closest reference length, matches of orders 1..4, n-grams of orders 1..4]`.
    fn segment(&self, segment: &Segment) -> Stats {
        let hypothesis = self.tokenize(segment.hypothesis);
        let references: Vec<String> = segment.references.iter().map(|r| self.tokenize(r)).collect();
        let mut numbers = Numbers::default();
        let hypothesis = numbers.of(words(&hypothesis));
        let references: Vec<_> = references.iter().map(|r| numbers.of(words(r))).collect();

        let length = hypothesis.len();
        // The closest length; of two equally close, the shorter.
        let closest = references
            .iter()
            .map(Vec::len)
            .min_by_key(|&r| (r.abs_diff(length), r))
            .unwrap_or(0);
        let hypothesis = Windows::new(&hypothesis, ORDER, 32);
        let references: Vec<_> = references.iter().map(|r| Windows::new(r, ORDER, 32)).collect();

        let mut stats = vec![length as f64, closest as f64];
        stats.extend((1..=ORDER).map(|n| f64::from(matches(&hypothesis, &references, n))));
        stats.extend((1..=ORDER).map(|n| hypothesis.total(n) as f64));
        Stats(stats)
    }
}

/// Matches of order `n`, each n-gram at most as often as in the reference that has it most.
fn matches(hypothesis: &Windows, references: &[Windows], n: usize) -> u32 {
    if let [reference] = references {
        return overlap(hypothesis.counts(n), reference.counts(n));
    }
    let mut most: Vec<(u128, u32)> = references.iter().flat_map(|r| r.counts(n)).collect();
    most.sort_unstable_by_key(|&(key, count)| (key, std::cmp::Reverse(count)));
    most.dedup_by_key(|(key, _)| *key);
    overlap(hypothesis.counts(n), most.into_iter())
}

impl Metric for Bleu {
    fn label(&self) -> &Label {
        &self.label
    }

    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        Ok(segments.iter().map(|s| self.segment(s)).collect())
    }

    fn score(&self, total: &Stats) -> f64 {
        let [length, reference, counts @ ..] = total.0.as_slice() else {
            return 0.0;
        };
        let (correct, totals) = counts.split_at(ORDER);
        if correct.iter().all(|&c| c == 0.0) {
            return 0.0;
        }
        let brevity = if length >= reference {
            1.0
        } else if *length > 0.0 {
            (1.0 - reference / length).exp()
        } else {
            0.0
        };
        let mut precisions = [0.0; ORDER];
        let mut orders = ORDER;
        let mut halved = 1.0;
        for n in 0..ORDER {
            let (mut c, mut t) = (correct[n], totals[n]);
            if let (Smoothing::AddK(k), 1..) = (self.smoothing, n) {
                c += k;
                t += k;
            }
            if t == 0.0 {
                break;
            }
            if self.effective_order {
                orders = n + 1;
            }
            precisions[n] = match self.smoothing {
                _ if c > 0.0 => 100.0 * c / t,
                Smoothing::Exp => {
                    halved *= 2.0;
                    100.0 / (halved * t)
                }
                Smoothing::Floor(value) => 100.0 * value / t,
                _ => 0.0,
            };
        }
        // sacreBLEU's logarithm of zero: any order left at zero makes the whole zero.
        let log = |p: f64| if p == 0.0 { -9_999_999_999.0 } else { p.ln() };
        brevity * (precisions[..orders].iter().map(|&p| log(p)).sum::<f64>() / orders as f64).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_is_read_and_signed() {
        let check = |text, expected: Option<&str>| {
            assert_eq!(
                Smoothing::parse(text).map(Smoothing::signature).as_deref(),
                expected,
                "{text}"
            );
        };
        check("exp", Some("exp"));
        check("floor", Some("floor[0.10]"));
        check("floor=0.01", Some("floor[0.01]"));
        check("add-k", Some("add-k[1.00]"));
        check("none", Some("none"));
        check("exp=2", None);
        check("floor=x", None);
        check("floor=NaN", None);
        check("kneser-ney", None);
    }

    #[test]
    fn the_closest_reference_counts_and_ties_go_to_the_shorter() {
        let check = |hypothesis, references: &[&'static str], expected| {
            let segment = Segment {
                hypothesis,
                references: references.to_vec(),
                ..Segment::default()
            };
            assert_eq!(Bleu::new(&Options::default()).segment(&segment).0[1], expected);
        };
        check("a b c", &["a b c d", "a b"], 2.0);
        check("a b c", &["a b c d", "a"], 4.0);
        check("", &["a b", "a"], 1.0);
    }
}
