//! Measures that are one sum over another: what most checks on briefs come to.
use crate::{
    eval::metric::{origin, Direction, Label, Metric, Segment, Stats},
    Result,
};

/// Numerator and denominator of one segment; both 0 where the segment has nothing to measure.
pub type Parts = fn(&Segment) -> (f64, f64);

/// The sum of numerators over the sum of denominators, times a scale.
pub struct Ratio {
    label: Label,
    parts: Parts,
    scale: f64,
}

impl Ratio {
    /// A percentage.
    pub fn percent(name: &str, what: &str, direction: Direction, parts: Parts) -> Self {
        Self::scaled(name, what, direction, 100.0, parts)
    }

    pub fn scaled(name: &str, what: &str, direction: Direction, scale: f64, parts: Parts) -> Self {
        let signature = format!("{what}|{}", origin(""));
        Self {
            label: Label {
                name: name.into(),
                signature,
                direction,
            },
            parts,
            scale,
        }
    }
}

impl Metric for Ratio {
    fn label(&self) -> &Label {
        &self.label
    }

    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        Ok(segments
            .iter()
            .map(|s| (self.parts)(s))
            .map(|(a, b)| Stats(vec![a, b]))
            .collect())
    }

    /// 0 where nothing was measured.
    fn score(&self, total: &Stats) -> f64 {
        match total.0.as_slice() {
            [a, b] if *b > 0.0 => self.scale * a / b,
            _ => 0.0,
        }
    }

    fn measured(&self, total: &Stats) -> bool {
        matches!(total.0.as_slice(), [_, b] if *b > 0.0)
    }
}
