//! How often decoding asks for memory: in a step never, once it has what it needs.
use super::{Codec, Generator, Search, Task};
use crate::model::{embedded, load, Options};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts calls of each thread.
struct Counting;

fn count() {
    // A thread that is ending has no counter any more.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as for this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as for this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as for this function.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as for this function.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Jobs are ids: a text would be written with allocations of its own.
struct Ids;

impl Codec for Ids {
    fn encode(&self, _: &str) -> Vec<u32> {
        vec![]
    }
    fn encode_phrase(&self, _: &str) -> Vec<u32> {
        vec![]
    }
    fn decode(&self, _: &[u32]) -> String {
        String::new()
    }
}

#[test]
fn a_step_asks_for_no_memory() {
    let Some(files) = embedded::files() else { return };
    let generator = Generator::new(load(files.source(), &Options::default()).unwrap(), Ids);
    let source = |n: u32| Task {
        source: (10..20 + n).chain([0]).collect(),
        phrases: vec![],
    };
    let tasks: Vec<Task> = (0..4).map(source).collect();
    for beams in [1, 4] {
        let calls = |tokens: usize| {
            let search = Search {
                min_tokens: tokens,
                max_tokens: tokens,
                no_repeat_ngram: 3,
                ..generator.defaults().clone().with_beams(beams)
            };
            let before = CALLS.get();
            let found = generator.generate_ids(&tasks, &search).unwrap();
            assert!(found.iter().all(|h| h[0].tokens.len() == tokens));
            CALLS.get() - before
        };
        // The first takes what all need; lists double now and then.
        calls(160);
        let (fewer, more) = (calls(136), calls(160));
        assert!(
            more < fewer + 12,
            "{beams} beams: {fewer} calls in 136 steps, {more} in 160"
        );
    }
}
