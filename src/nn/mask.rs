//! Attention masks as numbers to add to scores: 0 where a position may be seen, a large negative where not.
use super::Device;
use crate::Result;
use candle_core::{DType, Tensor};

/// What hides a position. Finite, so that a row with nothing to see stays free of NaN, and within f16.
fn hidden(device: &Device) -> f32 {
    if device.dtype == DType::F16 {
        -6e4
    } else {
        -1e30
    }
}

/// (rows, 1, 1, time): hides what lies at or after each row's length; none where no row is padded.
pub fn after(lengths: &[usize], time: usize, device: &Device) -> Result<Option<Tensor>> {
    if lengths.iter().all(|&l| l >= time) {
        return Ok(None);
    }
    ranges(lengths.iter().map(|&l| (0, l)), lengths.len(), time, device).map(Some)
}

/// (rows, 1, 1, time): hides what lies before each row's first position; none where no row is padded.
pub fn before(first: &[usize], time: usize, device: &Device) -> Result<Option<Tensor>> {
    if first.iter().all(|&f| f == 0) {
        return Ok(None);
    }
    ranges(first.iter().map(|&f| (f, time)), first.len(), time, device).map(Some)
}

fn ranges(seen: impl Iterator<Item = (usize, usize)>, rows: usize, time: usize, device: &Device) -> Result<Tensor> {
    let hidden = hidden(device);
    let mut values = Vec::with_capacity(rows * time);
    for (start, end) in seen {
        values.extend((0..time).map(|t| if (start..end).contains(&t) { 0.0 } else { hidden }));
    }
    device.tensor(values, &[rows, 1, 1, time])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_hidden_on_either_side() {
        let device = Device::cpu();
        let rows = |t: Option<Tensor>| -> Option<Vec<Vec<bool>>> {
            let t = t?.flatten(0, 2).unwrap().to_vec2::<f32>().unwrap();
            Some(t.iter().map(|r| r.iter().map(|&v| v == 0.0).collect()).collect())
        };
        assert_eq!(rows(after(&[3, 3], 3, &device).unwrap()), None);
        assert_eq!(
            rows(after(&[1, 3], 3, &device).unwrap()),
            Some(vec![vec![true, false, false], vec![true, true, true]])
        );
        assert_eq!(rows(before(&[0, 0], 3, &device).unwrap()), None);
        assert_eq!(
            rows(before(&[0, 2], 3, &device).unwrap()),
            Some(vec![vec![true, true, true], vec![false, false, true]])
        );
    }
}
