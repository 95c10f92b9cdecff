//! Memory in huge pages where the system has them: packed weights, which a step reads one after the other, and keys and
//! values, which it reads here and there.
//!
//! With pages of 4 KiB that is one look-up in the tables of pages every 64 lines, which a virtual machine pays twice.
//! Matrices are smaller than a huge page, so they share chunks; what grows has a [`Slab`] of its own.
use memmap2::MmapMut;
use std::{
    marker::PhantomData,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// A huge page of x86-64, and of aarch64 with pages of 4 KiB.
const HUGE: usize = 2 << 20;
/// Least size of a chunk: address space, of which only what is written to becomes memory.
const CHUNK: usize = 16 << 20;
/// Bytes of a [`Slab`] from which on it lies in huge pages.
const LEAST: usize = 2 * HUGE;
/// A line of the cache: matrices begin on one.
const LINE: usize = 64;

/// What may be all zeros and needs no destructor.
pub trait Plain: Copy + Send + Sync + 'static {}

impl Plain for super::kernels::Bytes {}
impl Plain for super::kernels::Floats {}
impl Plain for f32 {}

/// Zeros from the system, beginning at a huge page.
struct Map {
    /// Keeps the memory mapped; it is reached through `start` only.
    _map: MmapMut,
    start: *mut u8,
    size: usize,
}

// SAFETY: the memory belongs to this value, and `start` is only used through it.
unsafe impl Send for Map {}
// SAFETY: as above.
unsafe impl Sync for Map {}

impl Map {
    /// At least so many bytes.
    fn new(least: usize) -> std::io::Result<Self> {
        let size = least.next_multiple_of(HUGE);
        let mut map = MmapMut::map_anon(size + HUGE)?;
        #[cfg(target_os = "linux")]
        // Advice: a system without huge pages goes on with small ones.
        let _ = map.advise(memmap2::Advice::HugePage);
        let ahead = map.as_ptr().align_offset(HUGE).min(HUGE);
        let start = map.as_mut_ptr().wrapping_add(ahead);
        Ok(Self { _map: map, start, size })
    }
}

/// Memory that several matrices share. Ranges are handed out once and never overlap.
struct Chunk {
    map: Map,
    /// Bytes handed out so far.
    used: Mutex<usize>,
}

/// The chunk that the next matrix may still fit into.
static OPEN: Mutex<Weak<Chunk>> = Mutex::new(Weak::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that is locked here is left half done by a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chunk {
    fn new(least: usize) -> std::io::Result<Self> {
        Ok(Self {
            map: Map::new(least.max(CHUNK))?,
            used: Mutex::new(0),
        })
    }

    /// Where the next `bytes` begin, where they fit.
    fn take(&self, bytes: usize) -> Option<usize> {
        let mut used = lock(&self.used);
        let end = used.checked_add(bytes)?.checked_next_multiple_of(LINE)?;
        (end <= self.map.size).then(|| std::mem::replace(&mut *used, end))
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
            } => unsafe { std::slice::from_raw_parts_mut(chunk.map.start.add(*first).cast(), *length) },
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
            } => unsafe { std::slice::from_raw_parts(chunk.map.start.add(*first).cast(), *length) },
            Kept::Heap(values) => values,
        }
    }
}

/// Values that grow in number, as zeros at first: on the heap while they are few, in huge pages from there on.
pub struct Slab<T>(Place<T>);

enum Place<T> {
    Heap(Vec<T>),
    Mapped {
        map: Map,
        length: usize,
        of: PhantomData<T>,
    },
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self(Place::Heap(vec![]))
    }
}

impl<T: Plain + Default> Slab<T> {
    /// Makes sure that there are at least `length` values; those that are there stay.
    pub fn grow(&mut self, length: usize) {
        if length <= self.len() {
            return;
        }
        let bytes = length * size_of::<T>();
        if let Place::Mapped { map, length: now, .. } = &mut self.0 {
            if bytes <= map.size {
                *now = length;
                return;
            }
        }
        // Twice as much each time: what is copied in all stays below what there is at the end.
        let mapped = match bytes > LEAST {
            true => Map::new(bytes.max(2 * self.len() * size_of::<T>())).ok(),
            false => None,
        };
        let Some(map) = mapped else {
            let mut values = match std::mem::take(self).0 {
                Place::Heap(values) => values,
                mapped => Self(mapped).to_vec(),
            };
            values.resize(length, T::default());
            self.0 = Place::Heap(values);
            return;
        };
        assert!(align_of::<T>() <= LINE);
        let of = PhantomData;
        let mut grown = Self(Place::Mapped { map, length, of });
        grown[..self.len()].copy_from_slice(self);
        *self = grown;
    }
}

impl<T: Plain> Deref for Slab<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Place::Heap(values) => values,
            // SAFETY: `grow` has seen to it that `length` values lie in the map, which begins on a page and belongs to
            // this value; the system gave zeros, which are a value of every `Plain` type.
            Place::Mapped { map, length, .. } => unsafe { std::slice::from_raw_parts(map.start.cast(), *length) },
        }
    }
}

impl<T: Plain> DerefMut for Slab<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Place::Heap(values) => values,
            // SAFETY: as in `deref`; the map is borrowed mutably with this value.
            Place::Mapped { map, length, .. } => unsafe { std::slice::from_raw_parts_mut(map.start.cast(), *length) },
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
    fn a_slab_keeps_what_it_holds_while_it_grows() {
        let mut slab = Slab::<f32>::default();
        let mut before = 0;
        for length in [
            0,
            1,
            1000,
            900,
            LEAST / 4,
            LEAST / 4 + 1,
            LEAST,
            3 * LEAST,
            3 * LEAST + 7,
        ] {
            slab.grow(length);
            assert!(slab.len() >= length);
            assert!(
                slab[..before].iter().enumerate().all(|(i, v)| *v == i as f32),
                "{length}"
            );
            assert!(slab[before..].iter().all(|v| *v == 0.0), "{length}");
            (before..slab.len()).for_each(|i| slab[i] = i as f32);
            before = slab.len();
        }
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
