//! The parts of `brief` under test, by path.
#[path = "../../src/brief/journal.rs"]
pub mod journal;
