//! How a token knows its place: learned or sinusoidal vectors added to embeddings, or a bias on attention scores.
use super::{Device, Sinusoid, Weights};
use crate::{Error, Result};
use candle_core::Tensor;

/// Vectors added to embeddings: one row for each position, (positions, dim).
pub struct Positions {
    table: Tensor,
    /// Row of the first token.
    offset: usize,
    rows: usize,
}

impl Positions {
    /// Loads a learned table of `max + offset` rows.
    pub fn learned(w: &Weights, name: &str, max: usize, offset: usize, dim: usize, device: &Device) -> Result<Self> {
        let rows = max + offset;
        Ok(Self {
            table: device.tensor(w.get(name, &[rows, dim])?, &[rows, dim])?,
            offset,
            rows,
        })
    }

    /// Computes a sinusoidal table for `max` positions, the first of which is `offset`.
    pub fn sinusoidal(kind: Sinusoid, max: usize, offset: usize, dim: usize, device: &Device) -> Result<Self> {
        let rows = max + offset;
        let values: Vec<f32> = (0..rows).flat_map(|p| kind.row(p, dim)).collect();
        Ok(Self {
            table: device.tensor(values, &[rows, dim])?,
            offset,
            rows,
        })
    }

    /// The longest sequence that has a place for every token.
    pub fn max(&self) -> usize {
        self.rows - self.offset
    }

    /// (time, dim): positions 0..time.
    pub fn first(&self, time: usize) -> Result<Tensor> {
        self.check(time)?;
        Ok(self.table.narrow(0, self.offset, time)?)
    }

    /// (rows, 1, dim): one position for each row.
    pub fn each(&self, positions: &[usize], device: &Device) -> Result<Tensor> {
        self.check(positions.iter().max().map_or(0, |p| p + 1))?;
        let ids = positions.iter().map(|p| (p + self.offset) as u32).collect();
        Ok(self
            .table
            .index_select(&device.ids(ids, &[positions.len()])?, 0)?
            .unsqueeze(1)?)
    }

    fn check(&self, time: usize) -> Result<()> {
        if time > self.max() {
            return Err(Error::new(format!(
                "{time} tokens are more than the model's {} positions",
                self.max()
            )));
        }
        Ok(())
    }
}

/// T5's bucket of a distance `key - query`: exact up to half of the buckets, logarithmic up to `max_distance`.
/// A decoder looks back only and uses all buckets for that (`bidirectional` false).
pub fn bucket(distance: i64, bidirectional: bool, buckets: usize, max_distance: usize) -> usize {
    let (mut base, mut buckets, mut n) = (0, buckets, -distance);
    if bidirectional {
        buckets /= 2;
        if n < 0 {
            base = buckets;
            n = -n;
        }
    } else {
        n = n.max(0);
    }
    let exact = buckets / 2;
    if (n as usize) < exact {
        return base + n as usize;
    }
    // f32 as in the reference: the edges of the buckets depend on its rounding.
    let ratio = (n as f32 / exact as f32).ln() / (max_distance as f32 / exact as f32).ln();
    let log = exact + (ratio * (buckets - exact) as f32) as usize;
    base + log.min(buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_has_all_buckets_for_the_past() {
        // Expected: transformers' T5Attention._relative_position_bucket(relative_position, bidirectional, 32, 128).
        let check = |distance: i64, bidirectional: bool, expected: usize| {
            assert_eq!(
                bucket(distance, bidirectional, 32, 128),
                expected,
                "{distance} {bidirectional}"
            );
        };
        for (distance, expected) in [(0, 0), (5, 0), (-1, 1), (-15, 15), (-16, 16), (-127, 31), (-1000, 31)] {
            check(distance, false, expected);
        }
        for (distance, expected) in [
            (0, 0),
            (1, 17),
            (-1, 1),
            (-7, 7),
            (-8, 8),
            (8, 24),
            (-16, 10),
            (-127, 15),
            (127, 31),
        ] {
            check(distance, true, expected);
        }
    }

    #[test]
    fn a_sequence_over_the_table_is_an_error() {
        let p = Positions::sinusoidal(Sinusoid::Marian, 4, 2, 4, &Device::cpu()).unwrap();
        assert_eq!(p.max(), 4);
        assert_eq!(p.first(4).unwrap().dims(), [4, 4]);
        assert_eq!(
            p.first(5).unwrap_err().to_string(),
            "5 tokens are more than the model's 4 positions"
        );
        assert!(p.each(&[4], &Device::cpu()).is_err());
    }
}
