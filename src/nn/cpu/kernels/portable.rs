//! Tile products for any machine: what the others are tested against.
use super::{checked, Bytes, Floats, Isa, Soon, Sums, COLUMNS};

#[derive(Clone, Copy)]
pub struct Portable;

impl Isa for Portable {
    const FMA: bool = false;

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
        for (r, sums) in sums.0[..rows].iter_mut().enumerate() {
            *sums = *begin;
            let x = &x[r * stride..][..steps * 4];
            for (x, lines) in x.as_chunks::<4>().0.iter().zip(panel.as_chunks::<4>().0) {
                for (line, sums) in lines.iter().zip(sums.as_chunks_mut::<16>().0) {
                    for (w, sum) in line.0.as_chunks::<4>().0.iter().zip(sums) {
                        for i in 0..4 {
                            *sum += i32::from(x[i]) * i32::from(w[i]);
                        }
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>) {
        let steps = checked(x, stride, rows, panel, 1);
        for (r, sums) in sums.0[..rows].iter_mut().enumerate() {
            *sums = [0.0; COLUMNS];
            for (x, lines) in x[r * stride..][..steps].iter().zip(panel.as_chunks::<4>().0) {
                for (line, sums) in lines.iter().zip(sums.as_chunks_mut::<16>().0) {
                    for (w, sum) in line.0.iter().zip(sums) {
                        *sum += x * w;
                    }
                }
            }
        }
    }
}
