//! Tile products in Advanced SIMD: `sdot` for int8, fused multiply-add for f32.
use super::{checked, Bytes, Floats, Isa, Op, Soon, Sums, COLUMNS};
use std::arch::aarch64::*;

#[derive(Clone, Copy)]
pub struct NeonDot;

pub fn is_here() -> bool {
    std::arch::is_aarch64_feature_detected!("neon") && std::arch::is_aarch64_feature_detected!("dotprod")
}

/// Runs `op` with these instructions.
///
/// # Safety
/// The machine must have them: see [`is_here`].
#[target_feature(enable = "neon,dotprod")]
pub unsafe fn enter<O: Op>(op: O) -> O::Output {
    op.run::<NeonDot>()
}

impl Isa for NeonDot {
    const FMA: bool = true;

    #[inline(always)]
    fn int8(
        x: &[u8],
        stride: usize,
        rows: usize,
        panel: &[Bytes],
        begin: &[i32; COLUMNS],
        _: Soon,
        sums: &mut Sums<i32>,
    ) {
        let steps = checked(x, stride, rows, panel, 4);
        for r in 0..rows {
            // SAFETY: called within `enter` only, so the instructions exist; `checked` has shown that `rows` rows of
            // 4 * steps bytes lie in `x` and 4 * steps lines in `panel`; a row of `sums` holds 64 values.
            unsafe {
                int8(
                    x.as_ptr().add(r * stride),
                    panel.as_ptr().cast(),
                    steps,
                    begin.as_ptr(),
                    sums.0[r].as_mut_ptr(),
                )
            }
        }
    }

    #[inline(always)]
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
        let steps = checked(x, stride, rows, panel, 1);
        for r in 0..rows {
            // SAFETY: as for `int8`, with `steps` values a row.
            unsafe {
                f32s(
                    x.as_ptr().add(r * stride),
                    panel.as_ptr().cast(),
                    steps,
                    sums.0[r].as_mut_ptr(),
                )
            }
        }
    }
}

/// `sdot` multiplies signed bytes: 128 is taken off each input, and given back as 128 times the sum of the weights.
#[target_feature(enable = "neon,dotprod")]
unsafe fn int8(x: *const u8, w: *const i8, steps: usize, begin: *const i32, to: *mut i32) {
    let mut sums: [int32x4_t; 16] = std::array::from_fn(|c| unsafe { vld1q_s32(begin.add(4 * c)) });
    let mut shift = [vdupq_n_s32(0); 16];
    let ones = vdupq_n_s8(1);
    for step in 0..steps {
        let x = unsafe { x.add(4 * step).cast::<u32>().read_unaligned() } ^ 0x8080_8080;
        let x = vreinterpretq_s8_u32(vdupq_n_u32(x));
        for c in 0..16 {
            let w = unsafe { vld1q_s8(w.add(256 * step + 16 * c)) };
            sums[c] = dot(sums[c], w, x);
            shift[c] = dot(shift[c], w, ones);
        }
    }
    for c in 0..16 {
        let sum = vaddq_s32(sums[c], vshlq_n_s32::<7>(shift[c]));
        unsafe { vst1q_s32(to.add(4 * c), sum) };
    }
}

/// The intrinsic for `sdot` is not stable yet.
#[inline]
#[target_feature(enable = "neon,dotprod")]
fn dot(mut sum: int32x4_t, a: int8x16_t, b: int8x16_t) -> int32x4_t {
    // SAFETY: the instruction reads and writes these registers only.
    unsafe {
        std::arch::asm!(
            "sdot {sum:v}.4s, {a:v}.16b, {b:v}.16b",
            sum = inout(vreg) sum, a = in(vreg) a, b = in(vreg) b,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sum
}

#[target_feature(enable = "neon")]
unsafe fn f32s(x: *const f32, w: *const f32, steps: usize, to: *mut f32) {
    let mut sums = [vdupq_n_f32(0.0); 16];
    for step in 0..steps {
        let x = unsafe { *x.add(step) };
        for c in 0..16 {
            sums[c] = vfmaq_n_f32(sums[c], unsafe { vld1q_f32(w.add(64 * step + 4 * c)) }, x);
        }
    }
    for c in 0..16 {
        unsafe { vst1q_f32(to.add(4 * c), sums[c]) };
    }
}
