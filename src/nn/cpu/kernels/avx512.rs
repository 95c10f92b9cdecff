//! Tile products in AVX-512: 6 rows by 64 columns in 24 registers, `vpdpbusd` for int8.
use super::{checked, prefetch_x86, Bytes, Floats, Isa, Op, Sums};
use std::arch::x86_64::*;

#[derive(Clone, Copy)]
pub struct Avx512Vnni;

pub fn is_here() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx512f") && has!("avx512bw") && has!("avx512vl") && has!("avx512dq") && has!("avx512vnni") && has!("fma")
}

/// Runs `op` with these instructions.
///
/// # Safety
/// The machine must have them: see [`is_here`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")]
pub unsafe fn enter<O: Op>(op: O) -> O::Output {
    op.run::<Avx512Vnni>()
}

impl Isa for Avx512Vnni {
    const FMA: bool = true;

    #[inline(always)]
    fn prefetch<T>(soon: &[T]) {
        prefetch_x86(soon);
    }

    #[inline(always)]
    fn int8(x: &[u8], stride: usize, rows: usize, panel: &[Bytes], sums: &mut Sums<i32>) {
        let steps = checked(x, stride, rows, panel, 4);
        let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
        // SAFETY: called within `enter` only, so the instructions exist; `checked` has shown that `rows` rows of
        // 4 * steps bytes lie in `x` and 4 * steps lines in `panel`; `sums` holds ROWS x 64 values.
        unsafe {
            match rows {
                1 => int8::<1>(x, stride, w, steps, to),
                2 => int8::<2>(x, stride, w, steps, to),
                3 => int8::<3>(x, stride, w, steps, to),
                4 => int8::<4>(x, stride, w, steps, to),
                5 => int8::<5>(x, stride, w, steps, to),
                _ => int8::<6>(x, stride, w, steps, to),
            }
        }
    }

    #[inline(always)]
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
        let steps = checked(x, stride, rows, panel, 1);
        let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
        // SAFETY: as for `int8`, with `steps` values a row.
        unsafe {
            match rows {
                1 => f32s::<1>(x, stride, w, steps, to),
                2 => f32s::<2>(x, stride, w, steps, to),
                3 => f32s::<3>(x, stride, w, steps, to),
                4 => f32s::<4>(x, stride, w, steps, to),
                5 => f32s::<5>(x, stride, w, steps, to),
                _ => f32s::<6>(x, stride, w, steps, to),
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512vnni")]
unsafe fn int8<const R: usize>(x: *const u8, stride: usize, mut w: *const i8, steps: usize, to: *mut i32) {
    let mut sums = [[_mm512_setzero_si512(); 4]; R];
    for step in 0..steps {
        let columns: [__m512i; 4] = std::array::from_fn(|c| unsafe { _mm512_load_si512(w.add(64 * c).cast()) });
        for (r, sums) in sums.iter_mut().enumerate() {
            let x = _mm512_set1_epi32(unsafe { x.add(r * stride + 4 * step).cast::<i32>().read_unaligned() });
            for (sum, w) in sums.iter_mut().zip(columns) {
                *sum = _mm512_dpbusd_epi32(*sum, x, w);
            }
        }
        w = unsafe { w.add(256) };
    }
    for (r, sums) in sums.into_iter().enumerate() {
        for (c, sum) in sums.into_iter().enumerate() {
            unsafe { _mm512_store_si512(to.add(64 * r + 16 * c).cast(), sum) };
        }
    }
}

#[target_feature(enable = "avx512f")]
unsafe fn f32s<const R: usize>(x: *const f32, stride: usize, mut w: *const f32, steps: usize, to: *mut f32) {
    let mut sums = [[_mm512_setzero_ps(); 4]; R];
    for step in 0..steps {
        let columns: [__m512; 4] = std::array::from_fn(|c| unsafe { _mm512_load_ps(w.add(16 * c)) });
        for (r, sums) in sums.iter_mut().enumerate() {
            let x = _mm512_set1_ps(unsafe { *x.add(r * stride + step) });
            for (sum, w) in sums.iter_mut().zip(columns) {
                *sum = _mm512_fmadd_ps(x, w, *sum);
            }
        }
        w = unsafe { w.add(64) };
    }
    for (r, sums) in sums.into_iter().enumerate() {
        for (c, sum) in sums.into_iter().enumerate() {
            unsafe { _mm512_store_ps(to.add(64 * r + 16 * c), sum) };
        }
    }
}
