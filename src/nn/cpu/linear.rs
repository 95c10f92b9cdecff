//! `y = x W^T + b` over packed panels, with what comes next done while a tile is still in the cache.
use super::{
    kernels::{dispatch, Isa, Op, Sums, COLUMNS, ROWS},
    ops,
    panels::{Int8, Panels, Precision, F32},
};
use crate::{
    nn::{Activation, Weights},
    Error, Result,
};
use safetensors::Dtype;

/// Rows of one block: its inputs stay in the second cache while the panels pass by.
const BLOCK: usize = 64 * ROWS;

/// A linear layer, or several with the same input side by side.
pub struct Linear {
    pub panels: Panels,
    /// Inputs are quantized to 16 bits: see [`Precision::Wide`].
    wide: bool,
    /// For each output, padded to whole panels.
    bias: Vec<f32>,
}

/// What becomes of a product.
#[derive(Clone, Copy, PartialEq)]
pub enum Then {
    Store,
    Activate(Activation),
    /// It is added to what the output holds.
    Add,
}

/// Rows of input, (rows, inputs), as a layer multiplies them.
#[derive(Clone, Copy)]
pub enum Rows<'a> {
    F32(&'a [f32]),
    /// `stride` bytes a row, and a scale for each. A wide row has `stride` bytes of high halves, then as many of low ones.
    Int8 {
        bytes: &'a [u8],
        scales: &'a [f32],
        stride: usize,
        wide: bool,
    },
}

/// Room for quantized inputs, kept from call to call.
#[derive(Default)]
pub struct Quantized {
    bytes: Vec<u8>,
    scales: Vec<f32>,
}

struct Quantize<'a> {
    x: &'a [f32],
    inputs: usize,
    wide: bool,
    bytes: &'a mut [u8],
    scales: &'a mut [f32],
}

impl Op for Quantize<'_> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let stride = self.inputs.div_ceil(4) * 4;
        let rows = self.x.chunks_exact(self.inputs).zip(self.scales);
        if self.wide {
            for ((x, scale), to) in rows.zip(self.bytes.chunks_exact_mut(2 * stride)) {
                let (high, low) = to.split_at_mut(stride);
                *scale = ops::quantize_wide::<I>(x, high, low);
            }
        } else {
            for ((x, scale), to) in rows.zip(self.bytes.chunks_exact_mut(stride)) {
                *scale = ops::quantize::<I>(x, to);
            }
        }
    }
}

struct Forward<'a> {
    layer: &'a Linear,
    x: Rows<'a>,
    rows: usize,
    then: Then,
    to: &'a mut [f32],
}

impl Op for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let outputs = self.layer.outputs();
        let mut tile = Tile::new();
        for block in (0..self.rows).step_by(BLOCK) {
            let end = (block + BLOCK).min(self.rows);
            for panel in 0..outputs.div_ceil(COLUMNS) {
                let first = panel * COLUMNS;
                let columns = (outputs - first).min(COLUMNS);
                for at in (block..end).step_by(ROWS) {
                    let count = (end - at).min(ROWS);
                    self.layer.tile::<I>(self.x, at, count, panel, &mut tile);
                    for (r, y) in tile.y.0[..count].iter_mut().enumerate() {
                        let to = &mut self.to[(at + r) * outputs + first..][..columns];
                        if let Then::Activate(a) = self.then {
                            ops::activate::<I>(a, y);
                        }
                        // A whole panel has a fixed length, which compiles to a few instructions.
                        match (<&mut [f32; COLUMNS]>::try_from(&mut *to), self.then) {
                            (Ok(to), Then::Add) => to.iter_mut().zip(&*y).for_each(|(to, y)| *to += y),
                            (Ok(to), _) => *to = *y,
                            (Err(_), Then::Add) => to.iter_mut().zip(&*y).for_each(|(to, y)| *to += y),
                            (Err(_), _) => to.copy_from_slice(&y[..columns]),
                        }
                    }
                }
            }
        }
    }
}

/// Room for one tile.
pub struct Tile {
    sums: Sums<i32>,
    /// The products, bias included.
    pub y: Sums<f32>,
}

impl Tile {
    pub fn new() -> Self {
        Self {
            sums: Sums([[0; COLUMNS]; ROWS]),
            y: Sums([[0.0; COLUMNS]; ROWS]),
        }
    }
}

impl Default for Tile {
    fn default() -> Self {
        Self::new()
    }
}

impl Linear {
    /// A layer of `bias.len()` outputs; `pad` is the bias of outputs that only fill the last panel.
    pub fn new(panels: Panels, mut bias: Vec<f32>, pad: f32) -> Self {
        assert_eq!(panels.outputs(), bias.len());
        bias.resize(bias.len().div_ceil(COLUMNS) * COLUMNS, pad);
        Self {
            panels,
            wide: false,
            bias,
        }
    }

    /// The same layer, which quantizes its inputs as `precision` says.
    pub fn with_inputs(mut self, precision: Precision) -> Self {
        self.wide = precision == Precision::Wide;
        self
    }

    /// Loads `{name}.weight`, and `{name}.bias` where there is one, for each name, side by side.
    pub fn load(w: &Weights, names: &[&str], inputs: usize, outputs: usize, precision: Precision) -> Result<Self> {
        let matrices: Vec<(String, usize)> = names.iter().map(|n| (format!("{n}.weight"), outputs)).collect();
        let panels = load_panels(w, &matrices, inputs, precision)?;
        let mut bias = vec![];
        for name in names {
            let name = format!("{name}.bias");
            if w.contains(&name) {
                bias.extend(w.get(&name, &[outputs])?);
            }
            bias.resize(bias.len().div_ceil(outputs) * outputs, 0.0);
        }
        bias.resize(names.len() * outputs, 0.0);
        Ok(Self::new(panels, bias, 0.0).with_inputs(precision))
    }

    pub fn inputs(&self) -> usize {
        self.panels.inputs()
    }

    pub fn outputs(&self) -> usize {
        self.panels.outputs()
    }

    /// Brings rows, (rows, inputs), into the form that this layer multiplies.
    pub fn prepare<'a>(&self, x: &'a [f32], room: &'a mut Quantized) -> Rows<'a> {
        if let Panels::F32(_) = self.panels {
            return Rows::F32(x);
        }
        let inputs = self.inputs();
        let (rows, stride) = (x.len() / inputs, inputs.div_ceil(4) * 4);
        let wide = self.wide;
        let all = rows * stride * if wide { 2 } else { 1 };
        if room.bytes.len() < all {
            room.bytes.resize(all, 0);
        }
        if room.scales.len() < rows {
            room.scales.resize(rows, 0.0);
        }
        let (bytes, scales) = (&mut room.bytes[..all], &mut room.scales[..rows]);
        dispatch(Quantize {
            x,
            inputs,
            wide,
            bytes: &mut *bytes,
            scales: &mut *scales,
        });
        Rows::Int8 {
            bytes,
            scales,
            stride,
            wide,
        }
    }

    /// (rows, inputs) -> (rows, outputs)
    pub fn forward(&self, x: &[f32], room: &mut Quantized, then: Then, to: &mut [f32]) {
        let rows = x.len() / self.inputs();
        dispatch(Forward {
            layer: self,
            x: self.prepare(x, room),
            rows,
            then,
            to,
        });
    }

    /// Rows `first..first + count` times one panel, bias included -> `tile.y`.
    #[inline(always)]
    pub fn tile<I: Isa>(&self, x: Rows, first: usize, count: usize, panel: usize, tile: &mut Tile) {
        let bias = &self.bias[panel * COLUMNS..][..COLUMNS];
        match (&self.panels, x) {
            (
                Panels::Int8(m),
                Rows::Int8 {
                    bytes,
                    scales,
                    stride,
                    wide,
                },
            ) => {
                let lines = m.lines.len() * COLUMNS / m.scales.len();
                let lines = &m.lines[panel * lines..][..lines];
                let (weights, offsets) = (
                    &m.scales[panel * COLUMNS..][..COLUMNS],
                    &m.offsets[panel * COLUMNS..][..COLUMNS],
                );
                if wide {
                    // Each row is two of the kernel's, next to each other.
                    for at in (0..count).step_by(ROWS / 2) {
                        let count = (count - at).min(ROWS / 2);
                        let bytes = &bytes[(first + at) * 2 * stride..];
                        I::int8(bytes, stride, 2 * count, lines, &mut tile.sums);
                        for r in 0..count {
                            let scale = scales[first + at + r];
                            for c in 0..COLUMNS {
                                let high = (tile.sums.0[2 * r][c] - offsets[c]) as f32;
                                let low = (tile.sums.0[2 * r + 1][c] - offsets[c]) as f32;
                                tile.y.0[at + r][c] = I::fma(I::fma(high, 256.0, low), scale * weights[c], bias[c]);
                            }
                        }
                    }
                    return;
                }
                I::int8(&bytes[first * stride..], stride, count, lines, &mut tile.sums);
                for r in 0..count {
                    let scale = scales[first + r];
                    for c in 0..COLUMNS {
                        let sum = (tile.sums.0[r][c] - offsets[c]) as f32;
                        tile.y.0[r][c] = I::fma(sum, scale * weights[c], bias[c]);
                    }
                }
            }
            (Panels::F32(m), Rows::F32(x)) => {
                let inputs = self.inputs();
                let lines = &m.lines[panel * inputs * 4..][..inputs * 4];
                I::f32(&x[first * inputs..], inputs, count, lines, &mut tile.y);
                for y in &mut tile.y.0[..count] {
                    for c in 0..COLUMNS {
                        y[c] += bias[c];
                    }
                }
            }
            _ => unreachable!("`prepare` gives each layer the rows it multiplies"),
        }
    }
}

/// Loads matrices (outputs, inputs) side by side, quantized where `precision` says so and they are not yet.
pub fn load_panels(w: &Weights, matrices: &[(String, usize)], inputs: usize, precision: Precision) -> Result<Panels> {
    if precision == Precision::F32 {
        let mut values = vec![];
        for (name, outputs) in matrices {
            values.extend(w.get(name, &[*outputs, inputs])?);
        }
        return Ok(Panels::F32(F32::pack(&values, inputs)));
    }
    let (mut values, mut scales) = (vec![], vec![]);
    for (name, outputs) in matrices {
        let view = w.view(name)?;
        if view.dtype == Dtype::I8 {
            if view.shape != [*outputs, inputs] {
                let found = view.shape;
                return Err(Error::new(format!(
                    "tensor `{name}` has shape {found:?}, the configuration expects {:?}",
                    [*outputs, inputs]
                )));
            }
            values.extend(view.bytes.iter().map(|&b| b as i8));
            scales.extend(w.get(&format!("{name}_scale"), &[*outputs])?);
        } else {
            let floats = w.get(name, &[*outputs, inputs])?;
            let start = values.len();
            values.resize(start + floats.len(), 0);
            let rows = floats
                .chunks_exact(inputs)
                .zip(values[start..].chunks_exact_mut(inputs));
            scales.extend(rows.map(|(row, to)| super::panels::quantize(row, to)));
        }
    }
    Ok(Panels::Int8(Int8::pack(&values, &scales, inputs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize, seed: f32) -> Vec<f32> {
        (0..n).map(|i| (i as f32 * 0.713 + seed).sin()).collect()
    }

    #[test]
    fn products_are_right_in_either_precision_and_any_shape() {
        for (rows, inputs, outputs) in [(1, 4, 1), (2, 7, 65), (6, 64, 64), (7, 33, 130), (400, 8, 3)] {
            let (x, w, bias) = (
                values(rows * inputs, 0.1),
                values(outputs * inputs, 0.2),
                values(outputs, 0.3),
            );
            let before = values(rows * outputs, 0.4);
            let exact = Linear::new(Panels::F32(F32::pack(&w, inputs)), bias.clone(), 0.0);
            let int8 = || Linear::new(Panels::Int8(Int8::of(&w, inputs)), bias.clone(), 0.0);
            let (close, closer) = (int8(), int8().with_inputs(Precision::Wide));
            for (layer, tolerance) in [(exact, 1e-5), (close, 0.012), (closer, 0.006)] {
                let tolerance = tolerance * (1.0 + inputs as f32).sqrt();
                for then in [Then::Store, Then::Add, Then::Activate(Activation::Relu)] {
                    let mut to = before.clone();
                    layer.forward(&x, &mut Quantized::default(), then, &mut to);
                    for r in 0..rows {
                        for o in 0..outputs {
                            let sum: f32 = (0..inputs).map(|i| x[r * inputs + i] * w[o * inputs + i]).sum();
                            let y = sum + bias[o];
                            let expected = match then {
                                Then::Store => y,
                                Then::Add => y + before[r * outputs + o],
                                Then::Activate(_) => y.max(0.0),
                            };
                            let got = to[r * outputs + o];
                            assert!(
                                (got - expected).abs() < tolerance,
                                "{rows} {inputs} {outputs}: {got} {expected}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn wide_inputs_leave_the_error_of_the_weights() {
        for (rows, inputs, outputs) in [(1, 4, 1), (3, 7, 65), (4, 64, 64), (13, 33, 130), (2, 2048, 3)] {
            let (x, w) = (values(rows * inputs, 0.7), values(outputs * inputs, 0.8));
            let packed = Panels::Int8(Int8::of(&w, inputs));
            let mut weights = vec![0.0; outputs * inputs];
            for (o, to) in weights.chunks_exact_mut(inputs).enumerate() {
                packed.row(o, to);
            }
            let layer = Linear::new(packed, vec![0.0; outputs], 0.0).with_inputs(Precision::Wide);
            let mut to = vec![0.0; rows * outputs];
            layer.forward(&x, &mut Quantized::default(), Then::Store, &mut to);
            for (r, to) in to.chunks_exact(outputs).enumerate() {
                for (o, found) in to.iter().enumerate() {
                    let pairs = x[r * inputs..].iter().zip(&weights[o * inputs..][..inputs]);
                    let expected: f64 = pairs.map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                    let error = (f64::from(*found) - expected).abs();
                    assert!(
                        error < 4e-5 * (inputs as f64).sqrt(),
                        "{rows} {inputs} {outputs}: {error}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_row_does_not_depend_on_its_neighbours() {
        let (inputs, outputs, rows) = (36, 70, 11);
        let (x, w) = (values(rows * inputs, 0.5), values(outputs * inputs, 0.6));
        for precision in [Precision::F32, Precision::Int8, Precision::Wide] {
            let panels = match precision {
                Precision::F32 => Panels::F32(F32::pack(&w, inputs)),
                _ => Panels::Int8(Int8::of(&w, inputs)),
            };
            let layer = Linear::new(panels, vec![0.0; outputs], 0.0).with_inputs(precision);
            let mut all = vec![0.0; rows * outputs];
            layer.forward(&x, &mut Quantized::default(), Then::Store, &mut all);
            for r in 0..rows {
                let mut one = vec![0.0; outputs];
                layer.forward(
                    &x[r * inputs..][..inputs],
                    &mut Quantized::default(),
                    Then::Store,
                    &mut one,
                );
                assert_eq!(one, all[r * outputs..][..outputs]);
            }
        }
    }
}
