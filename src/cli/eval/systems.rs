//! The systems of a suite that run models, built on the path that `sunto brief` and `sunto translate` take.
use crate::eval::{error::Result, EvalError, Producer, System};

/// Builds a system that runs models.
///
/// # Errors
/// Where its models or strategy cannot be had.
pub fn make(system: &System) -> Result<Box<dyn Producer>> {
    Err(EvalError::new(format!(
        "system `{}` needs a model, and this build runs none",
        system.name
    ))
    .hint("give the system `outputs = \"FILE\"`"))
}
