//! Memory for packed weights, in huge pages where the system has them: a step reads all of them, one after the other.
//!
//! With pages of 4 KiB that is one look-up in the tables of pages every 64 lines, which a virtual machine pays twice.
//! Matrices are smaller than a huge page, so they share chunks.
use memmap2::MmapMut;
use std::{
    marker::PhantomData,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// A huge page of x86-64, and of aarch64 with pages of 4 KiB.
const HUGE: usize = 2 << 20;
/// Least size of a chunk: address space, of which only what is written to becomes memory.
const CHUNK: usize = 16 << 20;
/// A line of the cache: matrices begin on one.
const LINE: usize = 64;

/// What may be all zeros and needs no destructor.
pub trait Plain: Copy + Send + Sync + 'static {}

impl Plain for super::kernels::Bytes {}
impl Plain for super::kernels::Floats {}

/// Memory that several matrices share. Ranges are handed out once and never overlap.
struct Chunk {
    /// Keeps the memory mapped; it is reached through `start` only.
    _map: MmapMut,
    start: *mut u8,
    /// Bytes handed out so far, and in all.
    used: Mutex<usize>,
    size: usize,
}

// SAFETY: `start` is only turned into references to ranges that belong to one `Lines` each.
unsafe impl Send for Chunk {}
// SAFETY: as above; `used` is locked.
unsafe impl Sync for Chunk {}

/// The chunk that the next matrix may still fit into.
static OPEN: Mutex<Weak<Chunk>> = Mutex::new(Weak::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that is locked here is left half done by a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chunk {
    fn new(least: usize) -> std::io::Result<Self> {
        let size = least.max(CHUNK).next_multiple_of(HUGE);
        let mut map = MmapMut::map_anon(size + HUGE)?;
        #[cfg(target_os = "linux")]
        // Advice: a system without huge pages goes on with small ones.
        let _ = map.advise(memmap2::Advice::HugePage);
        let ahead = map.as_ptr().align_offset(HUGE).min(HUGE);
        let start = map.as_mut_ptr().wrapping_add(ahead);
        Ok(Self {
            _map: map,
            start,
            used: Mutex::new(0),
            size,
        })
    }

    /// Where the next `bytes` begin, where they fit.
    fn take(&self, bytes: usize) -> Option<usize> {
        let mut used = lock(&self.used);
        let end = used.checked_add(bytes)?.checked_next_multiple_of(LINE)?;
        (end <= self.size).then(|| std::mem::replace(&mut *used, end))
    }
}

/// Lines of a packed matrix: a slice that begins as zeros, or the heap's where the system maps no memory.
pub struct Lines<T>(Kept<T>);

enum Kept<T> {
    Chunk {
        chunk: Arc<Chunk>,
        first: usize,
        length: usize,
        of: PhantomData<T>,
    },
    Heap(Vec<T>),
}

impl<T: Plain> Lines<T> {
    /// `length` times `zero`, which is all zeros.
    pub fn zeros(length: usize, zero: T) -> Self {
        let bytes = length * size_of::<T>();
        assert!(align_of::<T>() <= LINE);
        let mut open = lock(&OPEN);
        if let Some(chunk) = open.upgrade() {
            if let Some(first) = chunk.take(bytes) {
                return Self::within(chunk, first, length);
            }
        }
        let Ok(chunk) = Chunk::new(bytes).map(Arc::new) else {
            return Self(Kept::Heap(vec![zero; length]));
        };
        let Some(first) = chunk.take(bytes) else {
            return Self(Kept::Heap(vec![zero; length]));
        };
        *open = Arc::downgrade(&chunk);
        Self::within(chunk, first, length)
    }

    fn within(chunk: Arc<Chunk>, first: usize, length: usize) -> Self {
        let of = PhantomData;
        Self(Kept::Chunk {
            chunk,
            first,
            length,
            of,
        })
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match &mut self.0 {
            // SAFETY: as in `deref`; the range belongs to this value alone, which is borrowed mutably.
            Kept::Chunk {
                chunk, first, length, ..
            } => unsafe { std::slice::from_raw_parts_mut(chunk.start.add(*first).cast(), *length) },
            Kept::Heap(values) => values,
        }
    }
}

impl<T: Plain> Deref for Lines<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            // SAFETY: `take` gave these bytes, which lie within the mapped chunk and begin on a line, to this value
            // only; they were mapped as zeros, which are a value of every `Plain` type.
            Kept::Chunk {
                chunk, first, length, ..
            } => unsafe { std::slice::from_raw_parts(chunk.start.add(*first).cast(), *length) },
            Kept::Heap(values) => values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::kernels::Bytes, *};

    #[test]
    fn lines_are_zeros_of_their_own() {
        let mut all: Vec<Lines<Bytes>> = [0, 1, 3, 1000, CHUNK / 64, 7, 2 * CHUNK / 64 + 1]
            .iter()
            .map(|&n| Lines::zeros(n, Bytes([0; 64])))
            .collect();
        for (i, lines) in all.iter_mut().enumerate() {
            assert!(lines.iter().all(|l| l.0 == [0; 64]));
            assert!(lines.as_ptr().is_aligned());
            lines.as_mut_slice().fill(Bytes([i as i8 + 1; 64]));
        }
        for (i, lines) in all.iter().enumerate() {
            assert!(lines.iter().all(|l| l.0 == [i as i8 + 1; 64]), "{i}");
        }
        drop(all.remove(3));
        assert!(all[3].iter().all(|l| l.0 == [5; 64]));
    }

    #[test]
    fn threads_share_chunks_but_not_lines() {
        let fill = |n: i8| {
            let mut lines = Lines::zeros(500 + n as usize, Bytes([0; 64]));
            lines.as_mut_slice().fill(Bytes([n; 64]));
            lines
        };
        let all: Vec<Lines<Bytes>> = std::thread::scope(|s| {
            let threads: Vec<_> = (1..20).map(|n| s.spawn(move || fill(n))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for (n, lines) in (1..20).zip(&all) {
            assert!(lines.iter().all(|l| l.0 == [n; 64]));
        }
    }
}
