//! The measures, one file each; `metric.rs` holds their names.
pub mod bertscore;
pub mod bleu;
pub mod chrf;
pub mod extractive;
pub mod figures;
mod ngrams;
pub mod ratio;
pub mod record;
pub mod rouge;
pub mod ter;
