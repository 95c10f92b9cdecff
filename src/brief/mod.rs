//! From an article to a brief: draft, cite, check.
pub mod finding;

pub use finding::{Check, Excerpt, Finding, Verdict};
