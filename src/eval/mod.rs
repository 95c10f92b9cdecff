//! Systems to scores.
pub mod error;
pub mod metric;
pub mod metrics;
pub mod resample;
pub mod score;
pub mod tokenize;

pub use error::EvalError;
pub use metric::{Direction, Label, Metric, Options, Record, Segment, Stats};
pub use resample::{Interval, Paired, Resampling, Test, Verdict};
pub use score::Score;
