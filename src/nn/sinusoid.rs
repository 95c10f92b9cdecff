//! Sinusoids that stand for positions: one row of values by each of the conventions that checkpoints use.

/// The two conventions of sinusoids that checkpoints use; both put all sines before all cosines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sinusoid {
    /// Angle `p / 10000^(2i/d)` (Marian, PEGASUS).
    Marian,
    /// Angle `p / 10000^(i/(d/2-1))` (fairseq: M2M100, NLLB).
    Fairseq,
}

impl Sinusoid {
    /// One row of `dim` values for position `p`. An odd dimension has one sine more (Marian) or ends in a zero (fairseq).
    pub fn row(self, p: usize, dim: usize) -> Vec<f32> {
        let half = if self == Self::Marian { dim.div_ceil(2) } else { dim / 2 };
        let angle = |i: usize| match self {
            Self::Marian => p as f64 / 10000f64.powf(2.0 * i as f64 / dim as f64),
            // The reference computes these in f32: its angles at large positions carry f32 rounding, ours must too.
            Self::Fairseq => {
                let step = (10000f64.ln() / (half as f64 - 1.0)) as f32;
                f64::from(p as f32 * (-(i as f32 * step)).exp())
            }
        };
        let mut row = vec![0.0; dim];
        for i in 0..half {
            row[i] = angle(i).sin() as f32;
            if half + i < dim {
                row[half + i] = angle(i).cos() as f32;
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinusoids_follow_both_conventions() {
        let check = |kind: Sinusoid, p: usize, expected: &[f32]| {
            let row = kind.row(p, expected.len());
            assert!(
                row.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6),
                "{kind:?} {p}: {row:?}"
            );
        };
        check(Sinusoid::Marian, 0, &[0.0, 0.0, 1.0, 1.0]);
        check(Sinusoid::Marian, 1, &[0.841_471, 0.009_999_83, 0.540_302_3, 0.999_95]);
        check(Sinusoid::Fairseq, 1, &[0.841_471, 0.000_1, 0.540_302_3, 1.0]);
        check(Sinusoid::Fairseq, 2, &[0.909_297_4, 0.000_2, -0.416_146_8, 1.0]);
    }
}
