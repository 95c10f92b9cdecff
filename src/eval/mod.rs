//! Systems to scores.
