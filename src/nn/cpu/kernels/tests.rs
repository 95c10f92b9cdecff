//! Every kernel against plain integer arithmetic: small shapes exhaustively, the extremes, and random shapes.
use super::*;
use proptest::prelude::*;

/// What sums begin with.
const BEGIN: [i32; COLUMNS] = {
    let mut begin = [0; COLUMNS];
    let mut c = 0;
    while c < COLUMNS {
        begin[c] = c as i32 * 100_003 - 3_000_000;
        c += 1;
    }
    begin
};

struct Int8<'a>(&'a [u8], usize, usize, &'a [Bytes], Soon);

impl Op for Int8<'_> {
    type Output = Sums<i32>;
    #[inline(always)]
    fn run<I: Isa>(self) -> Sums<i32> {
        let mut sums = Sums([[-1; COLUMNS]; ROWS]);
        I::int8(self.0, self.1, self.2, self.3, &BEGIN, self.4, &mut sums);
        sums
    }
}

struct F32<'a>(&'a [f32], usize, usize, &'a [Floats]);

impl Op for F32<'_> {
    type Output = Sums<f32>;
    #[inline(always)]
    fn run<I: Isa>(self) -> Sums<f32> {
        let mut sums = Sums([[f32::NAN; COLUMNS]; ROWS]);
        I::f32(self.0, self.1, self.2, self.3, &mut sums);
        sums
    }
}

/// Checks one int8 tile of `rows` rows and 4 * `steps` inputs on every level of this machine.
fn check(rows: usize, steps: usize, slack: usize, x: impl Fn(usize, usize) -> u8, w: impl Fn(usize, usize) -> i8) {
    let (inputs, stride) = (4 * steps, 4 * steps + slack);
    let values: Vec<u8> = (0..rows * stride)
        .map(|i| x(i / stride.max(1), i % stride.max(1)))
        .collect();
    let panel: Vec<Bytes> = (0..4 * steps)
        .map(|l| Bytes(std::array::from_fn(|b| w(l / 4 * 4 + b % 4, l % 4 * 16 + b / 4))))
        .collect();
    for level in Level::here() {
        // What is asked for meanwhile changes nothing, be it there or not.
        for soon in [
            Soon::NOTHING,
            Plan::new(panel.len(), 1, 6).soon(&panel, 0),
            Plan::new(panel.len(), 3, 6).soon(&panel, 2),
            Plan::new(panel.len(), 40, 6).soon(&panel, 39),
        ] {
            let sums = dispatch_on(level, Int8(&values, stride, rows, &panel, soon));
            for r in 0..rows {
                for (c, begin) in BEGIN.iter().enumerate() {
                    let expected: i32 = (0..inputs).map(|i| i32::from(x(r, i)) * i32::from(w(i, c))).sum();
                    let expected = begin + expected;
                    assert_eq!(sums.0[r][c], expected, "{level:?} rows {rows} steps {steps} at {r},{c}");
                }
            }
        }
    }
}

#[test]
fn small_shapes_are_exact() {
    for rows in 1..=ROWS {
        for steps in 0..=9 {
            for slack in [0, 4, 5] {
                check(
                    rows,
                    steps,
                    slack,
                    |r, i| (r * 91 + i * 37 + 11) as u8,
                    |i, c| (i * 53 + c * 29 + 7) as u8 as i8,
                );
            }
        }
    }
}

#[test]
fn extremes_do_not_saturate() {
    for (x, w) in [(255, -128), (255, 127), (0, -128), (255, -1)] {
        check(ROWS, 600, 0, |_, _| x, |_, _| w);
        check(
            2,
            5,
            0,
            |_, i| if i % 2 == 0 { x } else { 0 },
            |i, _| if i % 2 == 0 { w } else { -w.max(-127) },
        );
    }
}

#[test]
fn f32_sums_in_order() {
    for (rows, steps) in [(1, 1), (2, 7), (3, 64), (6, 129), (5, 0)] {
        let x: Vec<f32> = (0..rows * steps).map(|i| (i as f32 * 0.37).sin()).collect();
        let w = |i: usize, c: usize| ((i * 64 + c) as f32 * 0.11).cos();
        let panel: Vec<Floats> = (0..4 * steps)
            .map(|l| Floats(std::array::from_fn(|b| w(l / 4, l % 4 * 16 + b))))
            .collect();
        for level in Level::here() {
            let sums = dispatch_on(level, F32(&x, steps, rows, &panel));
            for r in 0..rows {
                for c in 0..COLUMNS {
                    let expected: f64 = (0..steps)
                        .map(|i| f64::from(x[r * steps + i]) * f64::from(w(i, c)))
                        .sum();
                    assert!(
                        (f64::from(sums.0[r][c]) - expected).abs() < 1e-4,
                        "{level:?} {rows} {steps}"
                    );
                }
            }
        }
    }
}

struct Lanes([[f32; 16]; 16]);

impl Op for Lanes {
    type Output = ([[f32; 16]; 16], f32, f32, [u64; 3]);
    #[inline(always)]
    fn run<I: Isa>(mut self) -> Self::Output {
        let values = std::array::from_fn(|i| self.0[i / 16][i % 16]);
        let over = [-2.0, 61.5, 62.0].map(|limit| I::over(&values, limit));
        let (sum, largest) = (I::sum(&self.0[3]), I::largest(&self.0[3]));
        I::transpose(&mut self.0);
        (self.0, sum, largest, over)
    }
}

#[test]
fn lanes_are_summed_compared_and_turned() {
    // Of the first 64 values 62 is the largest, in a place of its own.
    let square = std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            if (i, j) == (2, 9) {
                62.0
            } else {
                (i * 16 + j) as f32 % 62.0
            }
        })
    });
    for level in Level::here() {
        let (turned, sum, largest, over) = dispatch_on(level, Lanes(square));
        for i in 0..16 {
            for j in 0..16 {
                assert_eq!(turned[j][i], square[i][j], "{level:?} {i} {j}");
            }
        }
        assert_eq!(sum, square[3].iter().sum::<f32>(), "{level:?}");
        assert_eq!(largest, 61.0, "{level:?}");
        assert_eq!(over, [u64::MAX, 1 << 41, 0], "{level:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_shapes_are_exact(rows in 1..=ROWS, steps in 0usize..80, slack in 0usize..9, seed in any::<u64>()) {
        let hash = |a: usize, b: usize| {
            let mixed = (seed ^ (a as u64) << 32 ^ b as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (mixed >> 56) as u8
        };
        check(rows, steps, slack, hash, |i, c| hash(i + 1000, c) as i8);
    }
}
