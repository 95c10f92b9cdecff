//! Which instructions this machine has, and the tile products written in them.
//!
//! An [`Op`] is written once, in plain Rust over fixed-size chunks; [`dispatch`] compiles it for every instruction set
//! and runs the best one the machine has. Only the tile products are written by hand.
/// Calls a kernel that is made for each number of rows, 1 to 6.
#[cfg(target_arch = "x86_64")]
macro_rules! by_rows {
    ($kernel:ident $(, LINES = $lines:literal)?; $rows:expr; $($arg:expr),*) => {
        match $rows {
            1 => $kernel::<1 $(, $lines)?>($($arg),*),
            2 => $kernel::<2 $(, $lines)?>($($arg),*),
            3 => $kernel::<3 $(, $lines)?>($($arg),*),
            4 => $kernel::<4 $(, $lines)?>($($arg),*),
            5 => $kernel::<5 $(, $lines)?>($($arg),*),
            _ => $kernel::<6 $(, $lines)?>($($arg),*),
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use std::sync::OnceLock;

/// Columns of a panel.
pub const COLUMNS: usize = 64;
/// Most rows of a tile.
pub const ROWS: usize = 6;

/// 64 bytes of int8 weights: 16 columns of 4 consecutive inputs each.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Bytes(pub [i8; 64]);

/// 16 columns of f32 weights for one input.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Floats(pub [f32; 16]);

/// Sums of one tile, (rows, columns).
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Sums<T>(pub [[T; COLUMNS]; ROWS]);

/// Lines of weights that will be read after those of a tile. Asked for one by one while it is multiplied, reading and
/// multiplying take their time together instead of in turns.
#[derive(Clone, Copy)]
pub struct Soon {
    start: *const Bytes,
    pace: Pace,
}

/// How many lines are asked for at once, of 4 inputs each, and at each how manieth.
#[derive(Clone, Copy)]
enum Pace {
    Nothing,
    Two { every: usize },
    Four,
}

impl Soon {
    pub const NOTHING: Self = Self {
        start: std::ptr::null(),
        pace: Pace::Nothing,
    };
}

/// What `n` tiles over one panel after the other ask for.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Lines of a panel, and those that a tile asks for.
    panel: usize,
    share: usize,
    pace: Pace,
}

impl Plan {
    /// Each of `n` tiles over a panel of `lines` asks for its share of the next panel, which may be the first of the
    /// matrix packed next; a tile of `rows` rows that has the panel for itself, for what lies two pages ahead.
    pub fn new(lines: usize, n: usize, rows: usize) -> Self {
        /// Of few rows the machine guesses the next lines itself, and better.
        const GUESSED: usize = 2;
        const AHEAD: usize = 128;
        let share = lines.div_ceil(n.max(1));
        match n {
            1 => Self {
                panel: AHEAD,
                share,
                pace: if rows <= GUESSED { Pace::Nothing } else { Pace::Four },
            },
            _ => Self {
                panel: lines,
                share,
                // Two lines at each of lines / 4 steps would be half of the panel.
                pace: Pace::Two {
                    every: (lines / 2 / share.max(1)).max(1),
                },
            },
        }
    }

    /// What the `i`th tile over `panel` asks for.
    #[inline(always)]
    pub fn soon(&self, panel: &[Bytes], i: usize) -> Soon {
        Soon {
            start: panel.as_ptr().wrapping_add(self.panel + i * self.share),
            pace: self.pace,
        }
    }
}

/// An instruction set.
///
/// # Safety
/// Implementations may use instructions that the machine lacks: methods may only be called within [`dispatch`].
pub trait Isa: Copy {
    /// Multiply and add in one instruction.
    const FMA: bool;

    /// `sums[r][c] = begin[c] + sum over i of x[r][i] * w[i][c]`, exactly, for `rows` rows of `stride` bytes.
    /// `panel` holds for each 4 inputs 64 columns of 4 weights; `soon` is asked for meanwhile.
    fn int8(
        x: &[u8],
        stride: usize,
        rows: usize,
        panel: &[Bytes],
        begin: &[i32; COLUMNS],
        soon: Soon,
        sums: &mut Sums<i32>,
    );

    /// The same for f32; `panel` holds for each input 64 columns. Inputs are added in their order.
    fn f32(x: &[f32], stride: usize, rows: usize, panel: &[Floats], sums: &mut Sums<f32>);

    /// Asks for what will be read soon; changes nothing but the time that takes.
    #[inline(always)]
    fn prefetch<T>(_soon: &[T]) {}

    /// The sum of lanes, halves added to halves. A call of its own keeps lanes in one register until here, where the
    /// compiler would otherwise take them apart.
    #[inline(always)]
    fn sum(lanes: &[f32; 16]) -> f32 {
        halved(*lanes, |a, b| a + b)
    }

    /// The largest of lanes, none of which is NaN.
    #[inline(always)]
    fn largest(lanes: &[f32; 16]) -> f32 {
        halved(*lanes, larger)
    }

    /// A bit for each value that is larger than `limit`.
    #[inline(always)]
    fn over(values: &[f32; COLUMNS], limit: f32) -> u64 {
        // Nearly always there is none, which the machine sees at once.
        match values.iter().fold(false, |any, &v| any | (v > limit)) {
            true => (0..COLUMNS).fold(0, |bits, i| bits | u64::from(values[i] > limit) << i),
            false => 0,
        }
    }

    /// Rows become columns.
    #[inline(always)]
    fn transpose(square: &mut [[f32; 16]; 16]) {
        let rows = *square;
        *square = std::array::from_fn(|i| std::array::from_fn(|j| rows[j][i]));
    }

    #[inline(always)]
    fn fma(a: f32, b: f32, c: f32) -> f32 {
        if Self::FMA {
            a.mul_add(b, c)
        } else {
            a * b + c
        }
    }
}

/// The larger one; `a` where either is NaN.
#[inline(always)]
pub fn larger(a: f32, b: f32) -> f32 {
    if b > a {
        b
    } else {
        a
    }
}

#[inline(always)]
fn halved(mut lanes: [f32; 16], join: impl Fn(f32, f32) -> f32) -> f32 {
    for width in [8, 4, 2, 1] {
        for i in 0..width {
            lanes[i] = join(lanes[i], lanes[i + width]);
        }
    }
    lanes[0]
}

/// What runs on an instruction set. `run` must be `#[inline(always)]`, or it is compiled for the oldest machine.
pub trait Op {
    type Output;
    fn run<I: Isa>(self) -> Self::Output;
}

/// The instruction sets with their own kernels, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// AVX-512 with VNNI.
    Avx512Vnni,
    /// AVX2 with the VNNI instructions of 256 bits.
    AvxVnni,
    Avx2,
    /// Advanced SIMD with dot products.
    NeonDot,
    Portable,
}

impl Level {
    const ALL: [Self; 5] = [
        Self::Avx512Vnni,
        Self::AvxVnni,
        Self::Avx2,
        Self::NeonDot,
        Self::Portable,
    ];

    /// The best that this machine has.
    pub fn best() -> Self {
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(|| Self::ALL.into_iter().find(|l| l.is_here()).unwrap_or(Self::Portable))
    }

    /// All that this machine has, best first.
    pub fn here() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|l| l.is_here())
    }

    fn is_here(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => avx512::is_here(),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni => avx2::is_here() && std::arch::is_x86_feature_detected!("avxvnni"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::is_here(),
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot => neon::is_here(),
            Self::Portable => true,
            #[allow(unreachable_patterns)]
            _ => false,
        }
    }
}

/// Runs `op` on the best instruction set of this machine.
pub fn dispatch<O: Op>(op: O) -> O::Output {
    dispatch_on(Level::best(), op)
}

/// Runs `op` on one instruction set, or portably where the machine lacks it.
pub fn dispatch_on<O: Op>(level: Level, op: O) -> O::Output {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the features that `enter` names were found on this machine.
        Level::Avx512Vnni if level.is_here() => unsafe { avx512::enter(op) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Level::AvxVnni if level.is_here() => unsafe { avx2::enter_vnni(op) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Level::Avx2 if level.is_here() => unsafe { avx2::enter(op) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Level::NeonDot if level.is_here() => unsafe { neon::enter(op) },
        _ => op.run::<portable::Portable>(),
    }
}

/// Brings the lines of a slice closer.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn prefetch_x86<T>(soon: &[T]) {
    use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
    let start: *const i8 = soon.as_ptr().cast();
    for at in (0..std::mem::size_of_val(soon)).step_by(64) {
        // SAFETY: the instruction reads nothing that a program can see, is in every x86-64, and the place lies in `soon`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(at)) };
    }
}

/// Panics unless a tile lies within its slices: what every kernel relies on. Returns the steps of a panel.
#[inline(always)]
fn checked<T, L>(x: &[T], stride: usize, rows: usize, panel: &[L], inputs_a_step: usize) -> usize {
    let steps = panel.len() / 4;
    let width = steps * inputs_a_step;
    assert!((1..=ROWS).contains(&rows) && width <= stride && x.len() >= (rows - 1) * stride + width);
    steps
}

#[cfg(test)]
mod tests;
