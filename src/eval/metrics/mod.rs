//! The measures, one file each; `metric.rs` holds their names.
pub mod bertscore;
pub mod bleu;
pub mod carried;
pub mod chrf;
pub mod comet;
pub mod extractive;
pub mod figures;
pub mod hallucination;
pub mod learned;
pub mod metricx;
mod ngrams;
pub mod nli;
pub mod ratio;
pub mod record;
pub mod rouge;
pub mod ter;
