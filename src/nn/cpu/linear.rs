//! `y = x W^T + b` over packed panels, with what comes next done while a tile is still in the cache.
use super::{
    kernels::{dispatch, Isa, Op, Plan, Sums, COLUMNS, ROWS},
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
        let mut to = Output {
            outputs: self.layer.outputs(),
            then: self.then,
            to: self.to,
        };
        self.layer.products::<I>(self.x, self.rows, &mut to);
    }
}

/// What takes products. `take` must be `#[inline(always)]`, as an [`Op`] must.
pub trait Take {
    /// The products of one row with one panel, bias included, which may be changed. Panels come in their order.
    fn take<I: Isa>(&mut self, row: usize, panel: usize, products: &mut [f32; COLUMNS]);
}

struct Output<'a> {
    outputs: usize,
    then: Then,
    to: &'a mut [f32],
}

impl Take for Output<'_> {
    #[inline(always)]
    fn take<I: Isa>(&mut self, row: usize, panel: usize, y: &mut [f32; COLUMNS]) {
        let first = panel * COLUMNS;
        let columns = (self.outputs - first).min(COLUMNS);
        let to = &mut self.to[row * self.outputs + first..][..columns];
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

/// Some rows times one panel.
struct Tile {
    panel: usize,
    first: usize,
    count: usize,
    whole: Sums<i32>,
    floats: Sums<f32>,
}

impl Tile {
    fn new() -> Self {
        Self {
            panel: 0,
            first: 0,
            count: 0,
            whole: Sums([[0; COLUMNS]; ROWS]),
            floats: Sums([[0.0; COLUMNS]; ROWS]),
        }
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

    /// Multiplies rows, (rows, inputs), by all panels; `to` takes the products.
    #[inline(always)]
    pub fn products<I: Isa>(&self, x: Rows, rows: usize, to: &mut impl Take) {
        // A wide row is two of the kernel's.
        let most = if self.wide { ROWS / 2 } else { ROWS };
        let mut tile = Tile::new();
        for block in (0..rows).step_by(BLOCK) {
            let end = (block + BLOCK).min(rows);
            let tiles = (end - block).div_ceil(most);
            let plan = Plan::new(self.panels.lines(), tiles, (end - block).min(most) * ROWS / most);
            for panel in 0..self.outputs().div_ceil(COLUMNS) {
                for (i, first) in (block..end).step_by(most).enumerate() {
                    (tile.panel, tile.first, tile.count) = (panel, first, (end - first).min(most));
                    self.multiply::<I>(x, &plan, i, &mut tile);
                    self.finish::<I>(x, &tile, to);
                }
            }
        }
    }

    /// The sums of the `i`th tile over its panel.
    #[inline(always)]
    fn multiply<I: Isa>(&self, x: Rows, plan: &Plan, i: usize, tile: &mut Tile) {
        let Tile {
            panel, first, count, ..
        } = *tile;
        match (&self.panels, x) {
            (
                Panels::Int8(m),
                Rows::Int8 {
                    bytes, stride, wide, ..
                },
            ) => {
                let lines = &m.lines[panel * m.panel..][..m.panel];
                let halves = if wide { 2 } else { 1 };
                let (bytes, soon) = (&bytes[first * halves * stride..], plan.soon(lines, i));
                I::int8(
                    bytes,
                    stride,
                    halves * count,
                    lines,
                    &m.begin[panel],
                    soon,
                    &mut tile.whole,
                );
            }
            (Panels::F32(m), Rows::F32(x)) => {
                let inputs = self.inputs();
                let lines = &m.lines[panel * inputs * 4..][..inputs * 4];
                I::f32(&x[first * inputs..], inputs, count, lines, &mut tile.floats);
            }
            _ => unreachable!("`prepare` gives each layer the rows it multiplies"),
        }
    }

    /// The products of a tile, from its sums.
    #[inline(always)]
    fn finish<I: Isa>(&self, x: Rows, tile: &Tile, to: &mut impl Take) {
        let columns = tile.panel * COLUMNS..(tile.panel + 1) * COLUMNS;
        let bias = &self.bias[columns.clone()];
        for r in 0..tile.count {
            let row = tile.first + r;
            let mut y = [0f32; COLUMNS];
            match (&self.panels, x) {
                (Panels::Int8(m), Rows::Int8 { scales, wide, .. }) => {
                    let (scale, weights) = (scales[row], &m.scales[columns.clone()]);
                    if wide {
                        let (high, low) = (&tile.whole.0[2 * r], &tile.whole.0[2 * r + 1]);
                        for c in 0..COLUMNS {
                            let sum = I::fma(high[c] as f32, 256.0, low[c] as f32);
                            y[c] = I::fma(sum, scale * weights[c], bias[c]);
                        }
                    } else {
                        for c in 0..COLUMNS {
                            y[c] = I::fma(tile.whole.0[r][c] as f32, scale * weights[c], bias[c]);
                        }
                    }
                }
                _ => {
                    for c in 0..COLUMNS {
                        y[c] = tile.floats.0[r][c] + bias[c];
                    }
                }
            }
            to.take::<I>(row, tile.panel, &mut y);
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
