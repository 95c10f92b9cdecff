//! Vector operations over rows of f32: norms, softmax, activations, quantization of inputs.
//!
//! Written over chunks of 16 values, for [`super::kernels::dispatch`] to compile to any instruction set. `exp` is a
//! polynomial, within 3e-7 of the true value relatively.
use super::{
    kept::Kept,
    kernels::{larger, Isa},
};
use crate::nn::Activation;

const LANES: usize = 16;
type Chunk = [f32; LANES];

/// 1.5 * 2^23: adding it rounds to an integer, which the low bits then hold.
const ROUND: f32 = 12_582_912.0;

/// e^x for x in [-87, 88]; beyond, the value at the nearer end.
#[inline(always)]
pub fn exp<I: Isa>(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts: the product with n of the first is exact.
    let r = I::fma(n, -0.693_359_4, x);
    let r = I::fma(n, 2.121_944_4e-4, r);
    let mut p = 1.987_569_1e-4;
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = I::fma(p, r, c);
    }
    let p = I::fma(p * r, r, r) + 1.0;
    let power = f32::from_bits((shifted.to_bits().wrapping_add(127)) << 23);
    p * power
}

/// 2^x for x up to 126, within 3e-6 of the true value relatively, in half of the instructions: for sums of many.
/// Below -126 the value there.
#[inline(always)]
pub fn exp2_rough<I: Isa>(x: f32) -> f32 {
    let x = if x < -126.0 { -126.0 } else { x };
    let shifted = x + ROUND;
    let f = x - (shifted - ROUND);
    // The polynomial of degree 4 with the least relative error on [-0.5, 0.5].
    let mut p = 9.570_105e-3;
    for c in [5.591_787e-2, 2.402_474_5e-1, 6.931_218e-1, 9.999_993e-1] {
        p = I::fma(p, f, c);
    }
    // The power of two joins the exponent: `p` lies between 0.7 and 1.42.
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// Folds chunks into lanes; the rest, where there is any, into a lane of its own.
#[inline(always)]
fn fold(x: &[f32], start: f32, f: impl Fn(f32, f32) -> f32) -> (Chunk, f32) {
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes: Chunk = [start; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            lanes[i] = f(lanes[i], chunk[i]);
        }
    }
    (lanes, rest.iter().fold(start, |lane, &v| f(lane, v)))
}

#[inline(always)]
pub fn sum<I: Isa>(x: &[f32]) -> f32 {
    let (lanes, rest) = fold(x, 0.0, |s, v| s + v);
    I::sum(&lanes) + rest
}

#[inline(always)]
pub fn largest<I: Isa>(x: &[f32]) -> f32 {
    let (lanes, rest) = fold(x, f32::NEG_INFINITY, larger);
    larger(I::largest(&lanes), rest)
}

/// Product with a kept vector.
#[inline(always)]
pub fn dot<I: Isa, T: Kept>(a: &[f32], b: &[T]) -> f32 {
    let (mut first, mut second): (Chunk, Chunk) = ([0.0; LANES], [0.0; LANES]);
    let (low, high) = a.split_at(b.len());
    let mut at = 0;
    while at + LANES <= b.len() {
        let (a, b) = (&low[at..][..LANES], &b[at..][..LANES]);
        for i in 0..LANES {
            first[i] = I::fma(a[i], b[i].first(), first[i]);
        }
        if T::PER == 2 {
            let a = &high[at..][..LANES];
            for i in 0..LANES {
                second[i] = I::fma(a[i], b[i].second(), second[i]);
            }
        }
        at += LANES;
    }
    let mut rest = 0.0;
    for i in at..b.len() {
        rest += low[i] * b[i].first();
        if T::PER == 2 {
            rest += high[i] * b[i].second();
        }
    }
    for i in 0..LANES {
        first[i] += second[i];
    }
    I::sum(&first) + rest
}

/// Normalises `x` to mean 0 and variance 1, then scales and shifts, in place.
#[inline(always)]
pub fn layer_norm<I: Isa>(x: &mut [f32], weight: &[f32], bias: &[f32], eps: f32) {
    let n = x.len() as f32;
    let mean = sum::<I>(x) / n;
    let (lanes, rest) = fold(x, 0.0, |s, v| I::fma(v - mean, v - mean, s));
    let variance = (I::sum(&lanes) + rest) / n;
    let factor = 1.0 / (variance + eps).sqrt();
    for ((x, w), b) in x.iter_mut().zip(weight).zip(bias) {
        *x = I::fma((*x - mean) * factor, *w, *b);
    }
}

/// The nearest integer, ties to even, of a value within 2^22.
#[inline(always)]
pub fn round(x: f32) -> i32 {
    (x + ROUND).to_bits() as i32 - ROUND.to_bits() as i32
}

/// The largest absolute value; 0 of nothing.
#[inline(always)]
pub fn largest_magnitude<I: Isa>(x: &[f32]) -> f32 {
    let (lanes, rest) = fold(x, 0.0, |m, v| larger(m, v.abs()));
    larger(I::largest(&lanes), rest)
}

/// Softmax in place.
#[inline(always)]
pub fn softmax<I: Isa>(x: &mut [f32]) {
    let max = largest::<I>(x);
    for v in x.iter_mut() {
        *v = exp::<I>(*v - max);
    }
    let factor = 1.0 / sum::<I>(x);
    for v in x {
        *v *= factor;
    }
}

/// One row as bytes, 128 standing for zero; returns the scale. `to` may be longer: the rest becomes 128.
#[inline(always)]
pub fn quantize<I: Isa>(x: &[f32], to: &mut [u8]) -> f32 {
    let largest = largest_magnitude::<I>(x);
    if !(largest > 1e-30 && largest.is_finite()) {
        to.fill(128);
        return 0.0;
    }
    let factor = 127.0 / largest;
    for (to, x) in to.iter_mut().zip(x) {
        *to = (round(x * factor) + 128) as u8;
    }
    to[x.len()..].fill(128);
    largest / 127.0
}

/// One row in 16 bits, as high and low bytes, 128 standing for zero in each: value = scale * (256 high + low). Returns
/// the scale.
#[inline(always)]
pub fn quantize_wide<I: Isa>(x: &[f32], high: &mut [u8], low: &mut [u8]) -> f32 {
    /// 127 * 256 + 127: both halves stay within a byte.
    const LARGEST: f32 = 32639.0;
    let largest = largest_magnitude::<I>(x);
    if !(largest > 1e-30 && largest.is_finite()) {
        high.fill(128);
        low.fill(128);
        return 0.0;
    }
    let factor = LARGEST / largest;
    for ((high, low), x) in high.iter_mut().zip(low.iter_mut()).zip(x) {
        // Both offsets at once: the low half borrows from the high one by itself.
        let value = (round(x * factor) + 128 * 257) as u32;
        (*high, *low) = ((value >> 8) as u8, value as u8);
    }
    high[x.len()..].fill(128);
    low[x.len()..].fill(128);
    largest / LARGEST
}

#[inline(always)]
fn sigmoid<I: Isa>(x: f32) -> f32 {
    1.0 / (1.0 + exp::<I>(-x))
}

/// Error function within 1.5e-7: Abramowitz and Stegun 7.1.26.
#[inline(always)]
fn erf<I: Isa>(x: f32) -> f32 {
    let t = 1.0 / I::fma(0.327_591_1, x.abs(), 1.0);
    let mut p = 1.061_405_4;
    for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = I::fma(p, t, c);
    }
    (1.0 - p * t * exp::<I>(-x * x)).copysign(x)
}

#[inline(always)]
fn tanh<I: Isa>(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp::<I>(2.0 * x))
}

/// Applies an activation in place.
#[inline(always)]
pub fn activate<I: Isa>(activation: Activation, x: &mut [f32]) {
    let each = |x: &mut [f32], f: fn(f32) -> f32| x.iter_mut().for_each(|v| *v = f(*v));
    match activation {
        Activation::Relu => each(x, |v| v.max(0.0)),
        Activation::Swish => x.iter_mut().for_each(|v| *v *= sigmoid::<I>(*v)),
        Activation::Gelu => x
            .iter_mut()
            .for_each(|v| *v *= 0.5 * (1.0 + erf::<I>(*v * std::f32::consts::FRAC_1_SQRT_2))),
        Activation::GeluNew => x
            .iter_mut()
            .for_each(|v| *v *= 0.5 * (1.0 + tanh::<I>(0.797_884_6 * (*v + 0.044_715 * *v * *v * *v)))),
        Activation::Tanh => x.iter_mut().for_each(|v| *v = tanh::<I>(*v)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernels::{dispatch_on, Level, Op};
    use super::*;

    struct Apply<F>(F);
    trait Generic {
        fn call<I: Isa>(&mut self);
    }
    impl<F: Generic> Op for Apply<F> {
        type Output = F;
        #[inline(always)]
        fn run<I: Isa>(mut self) -> F {
            self.0.call::<I>();
            self.0
        }
    }

    struct Exp(Vec<f32>);
    impl Generic for Exp {
        #[inline(always)]
        fn call<I: Isa>(&mut self) {
            self.0.iter_mut().for_each(|v| *v = exp::<I>(*v));
        }
    }

    struct Rough(Vec<f32>);
    impl Generic for Rough {
        #[inline(always)]
        fn call<I: Isa>(&mut self) {
            self.0.iter_mut().for_each(|v| *v = exp2_rough::<I>(*v));
        }
    }

    #[test]
    fn rough_powers_are_close_enough_for_sums() {
        let x: Vec<f32> = (-12_600..=12_600).map(|i| i as f32 / 100.0).collect();
        for level in Level::here() {
            let y = dispatch_on(level, Apply(Rough(x.clone()))).0;
            for (x, y) in x.iter().zip(y) {
                let expected = f64::from(*x).exp2();
                assert!((f64::from(y) / expected - 1.0).abs() < 3e-6, "{level:?} {x}: {y}");
            }
            let ends = dispatch_on(level, Apply(Rough(vec![f32::NEG_INFINITY, -1e30, f32::NAN]))).0;
            assert!(ends[0] < 1e-37 && ends[1] < 1e-37 && ends[2].is_nan(), "{ends:?}");
        }
    }

    #[test]
    fn exp_is_close_everywhere() {
        let x: Vec<f32> = (-8700..=8800).map(|i| i as f32 / 100.0).collect();
        for level in Level::here() {
            let y = dispatch_on(level, Apply(Exp(x.clone()))).0;
            for (x, y) in x.iter().zip(y) {
                let expected = f64::from(*x).exp();
                assert!((f64::from(y) / expected - 1.0).abs() < 3e-7, "{level:?} {x}: {y}");
            }
            let ends = dispatch_on(level, Apply(Exp(vec![f32::NEG_INFINITY, 1e9]))).0;
            assert!(ends[0] < 1e-37 && ends[1].is_finite());
        }
    }

    struct Act(Activation, Vec<f32>);
    impl Generic for Act {
        #[inline(always)]
        fn call<I: Isa>(&mut self) {
            activate::<I>(self.0, &mut self.1);
        }
    }

    #[test]
    fn activations_agree_with_the_tensor_path() {
        let x: Vec<f32> = (-1200..=1200).map(|i| i as f32 / 100.0).collect();
        let tensor = candle_core::Tensor::new(&x[..], &candle_core::Device::Cpu).unwrap();
        use Activation::*;
        for a in [Relu, Swish, Gelu, GeluNew, Tanh] {
            let expected = a.forward(&tensor).unwrap().to_vec1::<f32>().unwrap();
            for level in Level::here() {
                let y = dispatch_on(level, Apply(Act(a, x.clone()))).1;
                for (i, (y, e)) in y.iter().zip(&expected).enumerate() {
                    assert!((y - e).abs() < 2e-6, "{a:?} {level:?} at {}: {y} {e}", x[i]);
                }
            }
        }
    }

    struct Rows {
        x: Vec<f32>,
        norm: Vec<f32>,
        soft: Vec<f32>,
        bytes: Vec<u8>,
        scale: f32,
        halves: (Vec<u8>, Vec<u8>),
        fine: f32,
    }
    impl Generic for Rows {
        #[inline(always)]
        fn call<I: Isa>(&mut self) {
            let n = self.x.len();
            self.norm.copy_from_slice(&self.x);
            layer_norm::<I>(&mut self.norm, &vec![2.0; n], &vec![1.0; n], 1e-5);
            self.soft.copy_from_slice(&self.x);
            softmax::<I>(&mut self.soft);
            self.scale = quantize::<I>(&self.x, &mut self.bytes);
            self.fine = quantize_wide::<I>(&self.x, &mut self.halves.0, &mut self.halves.1);
        }
    }

    #[test]
    fn rows_of_any_length() {
        for n in [1, 3, 15, 16, 17, 64, 100] {
            let x: Vec<f32> = (0..n).map(|i| ((i * 7 % 13) as f32 - 5.0) * 0.5).collect();
            for level in Level::here() {
                let rows = Rows {
                    norm: x.clone(),
                    soft: x.clone(),
                    bytes: vec![0; n + 3],
                    scale: 0.0,
                    halves: (vec![0; n + 3], vec![0; n + 3]),
                    fine: 0.0,
                    x: x.clone(),
                };
                let rows = dispatch_on(level, Apply(rows));
                let mean = x.iter().sum::<f32>() / n as f32;
                let deviation = (x.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n as f32 + 1e-5).sqrt();
                let total: f32 = x.iter().map(|v| v.exp()).sum();
                for (i, v) in x.iter().enumerate() {
                    assert!((rows.norm[i] - (2.0 * (v - mean) / deviation + 1.0)).abs() < 1e-5);
                    assert!((rows.soft[i] - v.exp() / total).abs() < 1e-6);
                    let back = (f32::from(rows.bytes[i]) - 128.0) * rows.scale;
                    assert!((back - v).abs() <= rows.scale * 0.501, "{level:?} {n} {i}");
                    let half = |h: &[u8]| f32::from(h[i]) - 128.0;
                    let back = (256.0 * half(&rows.halves.0) + half(&rows.halves.1)) * rows.fine;
                    assert!((back - v).abs() <= rows.fine * 0.51, "{level:?} {n} {i}: {back} {v}");
                    assert!(rows.fine <= rows.scale / 250.0);
                }
                assert_eq!(rows.bytes[n..], [128; 3]);
                assert_eq!(
                    (&rows.halves.0[n..], &rows.halves.1[n..]),
                    (&[128; 3][..], &[128; 3][..])
                );
            }
        }
    }
}
