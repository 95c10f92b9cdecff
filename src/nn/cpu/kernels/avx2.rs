//! Tile products in AVX2, with and without the VNNI instructions of 256 bits.
//!
//! Without VNNI the bytes are widened to 16 bits and multiplied by `vpmaddwd`: half as fast as `vpmaddubsw`, which
//! saturates, but exact.
use super::{checked, prefetch_x86, Bytes, Floats, Isa, Op, Soon, Sums, COLUMNS};
use std::arch::x86_64::*;

#[derive(Clone, Copy)]
pub struct Avx2;
#[derive(Clone, Copy)]
pub struct AvxVnni;

pub fn is_here() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
}

/// Runs `op` with AVX2 and FMA.
///
/// # Safety
/// The machine must have them: see [`is_here`].
#[target_feature(enable = "avx2,fma")]
pub unsafe fn enter<O: Op>(op: O) -> O::Output {
    op.run::<Avx2>()
}

/// Runs `op` with AVX2, FMA and AVX-VNNI.
///
/// # Safety
/// The machine must have them.
#[target_feature(enable = "avx2,fma,avxvnni")]
pub unsafe fn enter_vnni<O: Op>(op: O) -> O::Output {
    op.run::<AvxVnni>()
}

#[inline(always)]
fn floats(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
    let steps = checked(x, stride, rows, panel, 1);
    let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
    // SAFETY: called within `enter` only, so the instructions exist; `checked` has shown that `rows` rows of `steps`
    // values lie in `x` and 4 * steps lines in `panel`; `sums` holds ROWS x 64 values.
    unsafe { by_rows!(f32s; rows; x, stride, w, steps, to) }
}

impl Isa for Avx2 {
    const FMA: bool = true;

    #[inline(always)]
    fn prefetch<T>(soon: &[T]) {
        prefetch_x86(soon);
    }

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
        let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
        let begin = begin.as_ptr();
        // SAFETY: as in `floats`, with 4 * steps bytes a row; `begin` holds 64 values.
        unsafe { by_rows!(int8; rows; x, stride, w, steps, begin, to) }
    }

    #[inline(always)]
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
        floats(x, stride, rows, panel, sums);
    }
}

impl Isa for AvxVnni {
    const FMA: bool = true;

    #[inline(always)]
    fn prefetch<T>(soon: &[T]) {
        prefetch_x86(soon);
    }

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
        let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
        let begin = begin.as_ptr();
        // SAFETY: as in `floats`, with 4 * steps bytes a row; `begin` holds 64 values.
        unsafe { by_rows!(int8_vnni; rows; x, stride, w, steps, begin, to) }
    }

    #[inline(always)]
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
        floats(x, stride, rows, panel, sums);
    }
}

/// 8 columns at a time: each sum is kept in two halves, for inputs 0 and 1 and for inputs 2 and 3 of each four.
#[target_feature(enable = "avx2")]
unsafe fn int8<const R: usize>(
    x: *const u8,
    stride: usize,
    w: *const i8,
    steps: usize,
    begin: *const i32,
    to: *mut i32,
) {
    for group in 0..8 {
        let mut sums = [[_mm256_setzero_si256(); 2]; R];
        for step in 0..steps {
            let w = unsafe { _mm256_load_si256(w.add(256 * step + 32 * group).cast()) };
            let low = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(w));
            let high = _mm256_cvtepi8_epi16(_mm256_extracti128_si256::<1>(w));
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = _mm_set1_epi32(unsafe { x.add(r * stride + 4 * step).cast::<i32>().read_unaligned() });
                let x = _mm256_cvtepu8_epi16(x);
                sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(x, low));
                sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(x, high));
            }
        }
        for (r, [low, high]) in sums.into_iter().enumerate() {
            let sum = _mm256_permute4x64_epi64::<0xD8>(_mm256_hadd_epi32(low, high));
            let begin = unsafe { _mm256_loadu_si256(begin.add(8 * group).cast()) };
            unsafe { _mm256_store_si256(to.add(64 * r + 8 * group).cast(), _mm256_add_epi32(sum, begin)) };
        }
    }
}

#[target_feature(enable = "avx2,avxvnni")]
unsafe fn int8_vnni<const R: usize>(
    x: *const u8,
    stride: usize,
    w: *const i8,
    steps: usize,
    begin: *const i32,
    to: *mut i32,
) {
    for group in 0..4 {
        let begin: [__m256i; 2] =
            std::array::from_fn(|c| unsafe { _mm256_loadu_si256(begin.add(16 * group + 8 * c).cast()) });
        let mut sums = [begin; R];
        for step in 0..steps {
            let w = unsafe { w.add(256 * step + 64 * group) };
            let columns: [__m256i; 2] = std::array::from_fn(|c| unsafe { _mm256_load_si256(w.add(32 * c).cast()) });
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = _mm256_set1_epi32(unsafe { x.add(r * stride + 4 * step).cast::<i32>().read_unaligned() });
                for (sum, w) in sums.iter_mut().zip(columns) {
                    *sum = _mm256_dpbusd_avx_epi32(*sum, x, w);
                }
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            for (c, sum) in sums.into_iter().enumerate() {
                unsafe { _mm256_store_si256(to.add(64 * r + 16 * group + 8 * c).cast(), sum) };
            }
        }
    }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn f32s<const R: usize>(x: *const f32, stride: usize, w: *const f32, steps: usize, to: *mut f32) {
    for group in 0..4 {
        let mut sums = [[_mm256_setzero_ps(); 2]; R];
        for step in 0..steps {
            let w = unsafe { w.add(64 * step + 16 * group) };
            let columns: [__m256; 2] = std::array::from_fn(|c| unsafe { _mm256_load_ps(w.add(8 * c)) });
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = _mm256_set1_ps(unsafe { *x.add(r * stride + step) });
                for (sum, w) in sums.iter_mut().zip(columns) {
                    *sum = _mm256_fmadd_ps(x, w, *sum);
                }
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            for (c, sum) in sums.into_iter().enumerate() {
                unsafe { _mm256_store_ps(to.add(64 * r + 16 * group + 8 * c), sum) };
            }
        }
    }
}
