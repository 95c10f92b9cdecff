//! The measures, one file each; `metric.rs` holds their names.
pub mod bleu;
pub mod chrf;
mod ngrams;
pub mod rouge;
pub mod ter;
