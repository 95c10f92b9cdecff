//! From an article to a brief: draft, cite, check.
pub mod finding;
pub mod types;

pub use finding::{Check, Excerpt, Finding, Verdict};
pub use types::{Brief, BriefSentence, Citation, Fact, ModelStamp, Provenance, Skipped, Source, Translation};
