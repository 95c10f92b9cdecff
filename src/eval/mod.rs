//! Systems to scores: a suite over a corpus, metrics over segments, tests over statistics.
pub mod briefing;
pub mod citations;
pub mod corpus;
pub mod corruption;
pub mod metric;
pub mod metrics;
pub mod prediction;
pub mod report;
pub mod resample;
pub mod run;
pub mod score;
pub mod suite;
pub mod tokenize;

pub use corpus::Corpus;
pub use metric::{Direction, Label, Metric, Options, Record, Segment, Stats, Unit};
pub use prediction::{Output, Predictions, Producer};
pub use report::EvalReport;
pub use resample::{Interval, Paired, Resampling, Test, Verdict};
pub use score::Score;
pub use suite::{Suite, System, Task};
