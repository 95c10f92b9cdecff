//! The parts of `brief` under test, by path.
#[path = "../../src/brief/glossary/mod.rs"]
pub mod glossary;
#[path = "../../src/brief/journal.rs"]
pub mod journal;
