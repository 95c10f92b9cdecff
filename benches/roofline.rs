//! Measures what a machine allows: its clock, its peak of int8 products, and how fast it reads; prints one JSON object.
//!
//! Peak: products of bytes that stay in registers, as the kernels multiply them. Reading: every thread goes through the
//! same set again and again, as workers go through one model's weights; the threads' bytes are added. Clock: additions
//! that each wait for the one before. The best of several repetitions counts: a limit is what nothing disturbed.
//!
//! Usage: roofline [--quick] (started by `cargo bench --bench roofline -- --measure`)
use std::{hint::black_box, sync::Barrier, thread, time::Instant};

/// Seconds that one repetition takes at least.
const LEAST: f64 = 0.005;

/// Best rate of `repetitions` over `threads`, all at once: `work` does something `times` and says how much that was.
fn rate(threads: usize, repetitions: usize, work: impl Fn(usize) -> f64 + Sync) -> f64 {
    let mut times = 1;
    loop {
        let begin = Instant::now();
        work(times);
        if begin.elapsed().as_secs_f64() > LEAST {
            break;
        }
        times *= 2;
    }
    let once = || {
        let barrier = Barrier::new(threads);
        let one = || {
            barrier.wait();
            let begin = Instant::now();
            let done = work(times);
            done / begin.elapsed().as_secs_f64()
        };
        thread::scope(|s| {
            let all: Vec<_> = (0..threads).map(|_| s.spawn(one)).collect();
            all.into_iter().map(|t| t.join().unwrap_or(0.0)).sum::<f64>()
        })
    };
    (0..repetitions).map(|_| once()).fold(0.0, f64::max)
}

/// Additions one after the other; returns how many.
fn additions(times: usize) -> f64 {
    let mut sum = times as u64;
    for _ in 0..times * 1000 {
        for _ in 0..100 {
            // Opaque to the compiler: it cannot add up in advance.
            #[cfg(target_arch = "x86_64")]
            // SAFETY: adds one register to itself plus one.
            unsafe {
                std::arch::asm!("lea {0}, [{0} + 1]", inout(reg) sum, options(pure, nomem, nostack))
            };
            #[cfg(target_arch = "aarch64")]
            // SAFETY: adds one to a register.
            unsafe {
                std::arch::asm!("add {0}, {0}, #1", inout(reg) sum, options(pure, nomem, nostack))
            };
            #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
            {
                sum = black_box(sum + 1);
            }
        }
    }
    black_box(sum);
    (times * 100_000) as f64
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::{arch::x86_64::*, hint::black_box};

    /// 20 independent sums in registers; two operations a byte.
    #[target_feature(enable = "avx512f,avx512vnni")]
    pub fn products_512(times: usize) -> f64 {
        let mut sums = [_mm512_setzero_si512(); 20];
        let (x, w) = (black_box(_mm512_set1_epi8(3)), black_box(_mm512_set1_epi8(5)));
        for _ in 0..times * 1000 {
            for sum in &mut sums {
                *sum = _mm512_dpbusd_epi32(*sum, x, w);
            }
        }
        black_box(sums);
        (times * 1000 * 20 * 128) as f64
    }

    #[target_feature(enable = "avx2,avxvnni")]
    pub fn products_256(times: usize) -> f64 {
        let mut sums = [_mm256_setzero_si256(); 12];
        let (x, w) = (black_box(_mm256_set1_epi8(3)), black_box(_mm256_set1_epi8(5)));
        for _ in 0..times * 1000 {
            for sum in &mut sums {
                *sum = _mm256_dpbusd_avx_epi32(*sum, x, w);
            }
        }
        black_box(sums);
        (times * 1000 * 12 * 64) as f64
    }

    /// `xor` of a set, 8 lines at a time.
    #[target_feature(enable = "avx512f")]
    pub fn read_512(set: &[u8]) {
        let mut sums = [_mm512_setzero_si512(); 8];
        for lines in set.chunks_exact(512) {
            for (i, sum) in sums.iter_mut().enumerate() {
                // SAFETY: 8 lines of 64 bytes lie in a chunk of 512.
                let line = unsafe { _mm512_loadu_si512(lines.as_ptr().add(64 * i).cast()) };
                *sum = _mm512_xor_si512(*sum, line);
            }
        }
        black_box(sums);
    }
}

fn read_plain(set: &[u8]) {
    let mut sums = [0u64; 16];
    for lines in set.as_chunks::<128>().0 {
        for (sum, word) in sums.iter_mut().zip(lines.as_chunks::<8>().0) {
            *sum ^= u64::from_ne_bytes(*word);
        }
    }
    black_box(sums);
}

fn read(set: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: the machine has it.
        unsafe { x86::read_512(set) };
        return;
    }
    read_plain(set);
}

/// Operations a second of int8 products, and the instruction; none where this file knows no instruction of the machine.
fn products(threads: usize, repetitions: usize) -> (f64, &'static str) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512vnni") {
            // SAFETY: the machine has it.
            let work = |times| unsafe { x86::products_512(times) };
            return (rate(threads, repetitions, work), "vpdpbusd of 512 bits");
        }
        if std::arch::is_x86_feature_detected!("avxvnni") {
            // SAFETY: the machine has it.
            let work = |times| unsafe { x86::products_256(times) };
            return (rate(threads, repetitions, work), "vpdpbusd of 256 bits");
        }
    }
    let _ = (threads, repetitions);
    (0.0, "not measured")
}

/// Bytes a second through `bytes` of memory, in huge pages where asked for and where the system grants them.
fn bandwidth(bytes: usize, huge: bool, threads: usize, repetitions: usize) -> std::io::Result<f64> {
    let mut map = memmap2::MmapMut::map_anon(bytes)?;
    #[cfg(target_os = "linux")]
    if huge {
        map.advise(memmap2::Advice::HugePage)?;
    }
    let _ = huge;
    map.fill(1);
    let work = |times: usize| {
        (0..times).for_each(|_| read(&map));
        (times * bytes) as f64
    };
    Ok(rate(threads, repetitions, work))
}

fn main() -> std::io::Result<()> {
    let has = |name: &str| std::env::args().any(|a| a == name);
    if !has("--measure") && !has("--quick") {
        // `cargo test --benches` and a bare `cargo bench` have nothing to measure.
        return Ok(());
    }
    let repetitions = if has("--quick") { 10 } else { 60 };
    let mut found = vec![];
    for threads in [1, 2] {
        let mut reads = vec![];
        for mib in [16, 32, 64, 128] {
            let plain = bandwidth(mib << 20, false, threads, repetitions)? / 1e9;
            let huge = bandwidth(mib << 20, true, threads, repetitions)? / 1e9;
            reads.push(format!(
                r#"{{"mib": {mib}, "gb_s": {plain:.2}, "huge_gb_s": {huge:.2}}}"#
            ));
        }
        let (peak, instruction) = products(threads, repetitions);
        found.push(format!(
            r#"{{"threads": {threads}, "clock_ghz": {:.3}, "int8_gops": {:.1}, "int8": "{instruction}", "read": [{}]}}"#,
            rate(threads, repetitions, additions) / 1e9 / threads as f64,
            peak / 1e9,
            reads.join(", ")
        ));
    }
    println!("[{}]", found.join(",\n "));
    Ok(())
}
