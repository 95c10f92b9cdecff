//! Tile products in AVX-512: 6 rows by 64 columns in 24 registers, `vpdpbusd` for int8.
use super::{checked, prefetch_x86, Bytes, Floats, Isa, Op, Pace, Soon, Sums, COLUMNS};
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
    fn sum(lanes: &[f32; 16]) -> f32 {
        // SAFETY: called within `enter` only, so the instructions exist.
        unsafe { _mm512_reduce_add_ps(_mm512_loadu_ps(lanes.as_ptr())) }
    }

    #[inline(always)]
    fn largest(lanes: &[f32; 16]) -> f32 {
        // SAFETY: as above.
        unsafe { _mm512_reduce_max_ps(_mm512_loadu_ps(lanes.as_ptr())) }
    }

    #[inline(always)]
    fn transpose(square: &mut [[f32; 16]; 16]) {
        // SAFETY: as above.
        unsafe { transpose(square) }
    }

    #[inline(always)]
    fn over(values: &[f32; COLUMNS], limit: f32) -> u64 {
        // SAFETY: as above; four times 16 values are there.
        unsafe {
            let limit = _mm512_set1_ps(limit);
            let over = |c: usize| _mm512_cmp_ps_mask::<_CMP_GT_OQ>(_mm512_loadu_ps(values.as_ptr().add(16 * c)), limit);
            u64::from(over(0)) | u64::from(over(1)) << 16 | u64::from(over(2)) << 32 | u64::from(over(3)) << 48
        }
    }

    #[inline(always)]
    fn int8(
        x: &[u8],
        stride: usize,
        rows: usize,
        panel: &[Bytes],
        begin: &[i32; COLUMNS],
        soon: Soon,
        sums: &mut Sums<i32>,
    ) {
        let steps = checked(x, stride, rows, panel, 4);
        let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
        let (soon, pace, begin) = (soon.start.cast(), soon.pace, begin.as_ptr());
        // SAFETY: called within `enter` only, so the instructions exist; `checked` has shown that `rows` rows of
        // 4 * steps bytes lie in `x` and 4 * steps lines in `panel`; `sums` holds ROWS x 64 values, `begin` 64.
        unsafe {
            match pace {
                Pace::Nothing => by_rows!(int8, LINES = 0; rows; x, stride, w, steps, begin, (soon, usize::MAX), to),
                Pace::Two { every } => by_rows!(int8, LINES = 2; rows; x, stride, w, steps, begin, (soon, every), to),
                Pace::Four => by_rows!(int8, LINES = 4; rows; x, stride, w, steps, begin, (soon, 1), to),
            }
        }
    }

    #[inline(always)]
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
        let steps = checked(x, stride, rows, panel, 1);
        let (x, w, to) = (x.as_ptr(), panel.as_ptr().cast(), sums.0.as_mut_ptr().cast());
        // SAFETY: as for `int8`, with `steps` values a row.
        unsafe { by_rows!(f32s; rows; x, stride, w, steps, to) }
    }
}

#[target_feature(enable = "avx512f,avx512vnni")]
unsafe fn int8<const R: usize, const LINES: usize>(
    x: *const u8,
    stride: usize,
    mut w: *const i8,
    steps: usize,
    begin: *const i32,
    (mut soon, every): (*const i8, usize),
    to: *mut i32,
) {
    let begin: [__m512i; 4] = std::array::from_fn(|c| unsafe { _mm512_loadu_si512(begin.add(16 * c).cast()) });
    let mut sums = [begin; R];
    let mut next = 0;
    for step in 0..steps {
        if LINES > 0 && step == next {
            for line in 0..LINES {
                // Any address may be asked for: nothing is read that a program can see.
                _mm_prefetch::<_MM_HINT_T0>(soon.wrapping_add(64 * line));
            }
            soon = soon.wrapping_add(64 * LINES);
            next += every;
        }
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

/// Pairs of rows, then pairs of pairs within 128 bits, then quarters of rows.
#[target_feature(enable = "avx512f")]
unsafe fn transpose(square: &mut [[f32; 16]; 16]) {
    let rows: [__m512; 16] = std::array::from_fn(|i| unsafe { _mm512_loadu_ps(square[i].as_ptr()) });
    let pairs: [__m512; 16] = std::array::from_fn(|i| match i % 2 {
        0 => _mm512_unpacklo_ps(rows[i], rows[i + 1]),
        _ => _mm512_unpackhi_ps(rows[i - 1], rows[i]),
    });
    // Quarter q of `fours[4 i + j]` holds column 4 q + j of rows 4 i to 4 i + 3.
    let fours: [__m512; 16] = std::array::from_fn(|i| {
        let (group, j) = (i / 4 * 4, i % 4);
        let (a, b) = (pairs[group + j / 2], pairs[group + 2 + j / 2]);
        let (a, b) = (_mm512_castps_pd(a), _mm512_castps_pd(b));
        _mm512_castpd_ps(match j % 2 {
            0 => _mm512_unpacklo_pd(a, b),
            _ => _mm512_unpackhi_pd(a, b),
        })
    });
    for j in 0..4 {
        let (a, b, c, d) = (fours[j], fours[4 + j], fours[8 + j], fours[12 + j]);
        let even = (_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0x88>(c, d));
        let odd = (_mm512_shuffle_f32x4::<0xDD>(a, b), _mm512_shuffle_f32x4::<0xDD>(c, d));
        let columns = [
            (j, _mm512_shuffle_f32x4::<0x88>(even.0, even.1)),
            (4 + j, _mm512_shuffle_f32x4::<0x88>(odd.0, odd.1)),
            (8 + j, _mm512_shuffle_f32x4::<0xDD>(even.0, even.1)),
            (12 + j, _mm512_shuffle_f32x4::<0xDD>(odd.0, odd.1)),
        ];
        for (column, values) in columns {
            unsafe { _mm512_storeu_ps(square[column].as_mut_ptr(), values) };
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
