//! Weight matrices packed for the kernels: panels of 64 outputs, int8 with one scale for each output, or f32.
use super::{
    kernels::{dispatch, Bytes, Floats, Isa, Op, COLUMNS},
    ops,
    pages::Lines,
};

/// What a linear layer multiplies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
    /// Weights in int8 with a scale for each output, inputs in int8 with a scale for each row, sums exact.
    Int8,
    /// The same with inputs in 16 bits, as two bytes that are multiplied each: twice the work, 1/256 of the error.
    Wide,
}

/// A matrix (outputs, inputs) of int8; weight = value * scale of its output.
pub struct Int8 {
    /// For each panel, for each 4 inputs, 4 lines of 16 outputs.
    pub(super) lines: Lines<Bytes>,
    /// Lines of a panel.
    pub(super) panel: usize,
    /// For each output, padded with zeros to whole panels.
    pub(super) scales: Vec<f32>,
    /// For each panel, what its sums begin with: -128 times the sum of an output's weights, as inputs are unsigned.
    pub(super) begin: Vec<[i32; COLUMNS]>,
    outputs: usize,
    inputs: usize,
}

/// A matrix (outputs, inputs) of f32.
pub struct F32 {
    /// For each panel, for each input, 4 lines of 16 outputs.
    pub(super) lines: Lines<Floats>,
    outputs: usize,
    inputs: usize,
}

pub enum Panels {
    Int8(Int8),
    F32(F32),
}

/// Largest magnitude of a quantized weight. -128 is left out, so that signs are symmetric.
const LARGEST: f32 = 127.0;

struct Quantize<'a>(&'a [f32], &'a mut [i8]);

impl Op for Quantize<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<I: Isa>(self) -> f32 {
        let largest = ops::largest_magnitude::<I>(self.0);
        if largest == 0.0 || !largest.is_finite() {
            self.1.fill(0);
            return 0.0;
        }
        let factor = LARGEST / largest;
        for (q, v) in self.1.iter_mut().zip(self.0) {
            *q = ops::round(v * factor) as i8;
        }
        largest / LARGEST
    }
}

/// One output's weights as int8: `values` must be as long as `row`. Returns the scale.
pub fn quantize(row: &[f32], values: &mut [i8]) -> f32 {
    dispatch(Quantize(row, values))
}

impl Int8 {
    /// Packs rows of int8; `scales` has one entry for each output.
    pub fn pack(values: &[i8], scales: &[f32], inputs: usize) -> Self {
        let outputs = scales.len();
        assert_eq!(values.len(), outputs * inputs);
        let (panels, steps) = (outputs.div_ceil(COLUMNS), inputs.div_ceil(4));
        let mut packed = Lines::zeros(panels * steps * 4, Bytes([0; 64]));
        let lines = packed.as_mut_slice();
        let mut begin = vec![[0; COLUMNS]; panels];
        for (o, row) in values.chunks_exact(inputs.max(1)).enumerate() {
            begin[o / COLUMNS][o % COLUMNS] = -128 * row.iter().map(|&v| i32::from(v)).sum::<i32>();
            let (panel, line, byte) = (o / COLUMNS, o % COLUMNS / 16, o % 16 * 4);
            let panel = &mut lines[panel * steps * 4..][..steps * 4];
            let (fours, rest) = row.as_chunks::<4>();
            for (four, lines) in fours.iter().zip(panel.as_chunks_mut::<4>().0) {
                lines[line].0[byte..byte + 4].copy_from_slice(four);
            }
            if !rest.is_empty() {
                panel[fours.len() * 4 + line].0[byte..byte + rest.len()].copy_from_slice(rest);
            }
        }
        let mut scales = scales.to_vec();
        scales.resize(panels * COLUMNS, 0.0);
        Self {
            lines: packed,
            panel: steps * 4,
            scales,
            begin,
            outputs,
            inputs,
        }
    }

    /// Quantizes and packs rows of f32.
    pub fn of(values: &[f32], inputs: usize) -> Self {
        let mut quantized = vec![0; values.len()];
        let rows = values.chunks_exact(inputs).zip(quantized.chunks_exact_mut(inputs));
        let scales: Vec<f32> = rows.map(|(row, q)| quantize(row, q)).collect();
        Self::pack(&quantized, &scales, inputs)
    }

    fn row(&self, output: usize, to: &mut [f32]) {
        let steps = self.inputs.div_ceil(4);
        let (line, byte, scale) = (output % COLUMNS / 16, output % 16 * 4, self.scales[output]);
        let panel = &self.lines[output / COLUMNS * steps * 4..][..steps * 4];
        for (to, lines) in to.chunks_mut(4).zip(panel.as_chunks::<4>().0) {
            for (to, q) in to.iter_mut().zip(&lines[line].0[byte..byte + 4]) {
                *to = f32::from(*q) * scale;
            }
        }
    }
}

impl F32 {
    pub fn pack(values: &[f32], inputs: usize) -> Self {
        let outputs = values.len() / inputs.max(1);
        let mut packed = Lines::zeros(outputs.div_ceil(COLUMNS) * inputs * 4, Floats([0.0; 16]));
        let lines = packed.as_mut_slice();
        for (o, row) in values.chunks_exact(inputs.max(1)).enumerate() {
            let panel = &mut lines[o / COLUMNS * inputs * 4..][..inputs * 4];
            for (v, lines) in row.iter().zip(panel.as_chunks_mut::<4>().0) {
                lines[o % COLUMNS / 16].0[o % 16] = *v;
            }
        }
        Self {
            lines: packed,
            outputs,
            inputs,
        }
    }

    fn row(&self, output: usize, to: &mut [f32]) {
        let panel = &self.lines[output / COLUMNS * self.inputs * 4..][..self.inputs * 4];
        for (to, lines) in to.iter_mut().zip(panel.as_chunks::<4>().0) {
            *to = lines[output % COLUMNS / 16].0[output % 16];
        }
    }
}

impl Panels {
    /// Lines of a panel.
    pub(super) fn lines(&self) -> usize {
        match self {
            Self::Int8(m) => m.panel,
            Self::F32(m) => m.inputs * 4,
        }
    }

    pub fn outputs(&self) -> usize {
        match self {
            Self::Int8(m) => m.outputs,
            Self::F32(m) => m.outputs,
        }
    }

    pub fn inputs(&self) -> usize {
        match self {
            Self::Int8(m) => m.inputs,
            Self::F32(m) => m.inputs,
        }
    }

    /// The weights of one output, (inputs): an embedding, where the matrix is a tied projection.
    pub fn row(&self, output: usize, to: &mut [f32]) {
        match self {
            Self::Int8(m) => m.row(output, to),
            Self::F32(m) => m.row(output, to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back() {
        for (outputs, inputs) in [(1, 1), (3, 5), (64, 8), (65, 7), (130, 12)] {
            let values: Vec<f32> = (0..outputs * inputs).map(|i| (i as f32 * 0.7).sin()).collect();
            let exact = Panels::F32(F32::pack(&values, inputs));
            let close = Panels::Int8(Int8::of(&values, inputs));
            let mut row = vec![0.0; inputs];
            for (o, expected) in values.chunks(inputs).enumerate() {
                exact.row(o, &mut row);
                assert_eq!(row, expected);
                close.row(o, &mut row);
                let largest = expected.iter().fold(0f32, |m, v| m.max(v.abs()));
                assert!(row.iter().zip(expected).all(|(a, b)| (a - b).abs() <= largest / 253.0));
            }
        }
    }

    #[test]
    fn quantized_values_use_the_whole_range_and_zeros_stay() {
        let check = |row: &[f32], expected: &[i8], scale: f32| {
            let mut values = vec![1; row.len()];
            assert_eq!(quantize(row, &mut values), scale);
            assert_eq!(values, expected);
        };
        check(&[1.0, -1.0, 0.5, 0.0], &[127, -127, 64, 0], 1.0 / 127.0);
        check(&[0.0, 0.0], &[0, 0], 0.0);
        check(&[f32::INFINITY, 1.0], &[0, 0], 0.0);
    }
}
