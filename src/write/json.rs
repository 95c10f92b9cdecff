//! A brief as JSON: pretty for a file, one line for a stream, and the schema of both.
use crate::brief::Brief;

pub fn pretty(brief: &Brief) -> String {
    let mut text = serde_json::to_string_pretty(brief).unwrap_or_default();
    text.push('\n');
    text
}

pub fn line(brief: &Brief) -> String {
    let mut text = serde_json::to_string(brief).unwrap_or_default();
    text.push('\n');
    text
}

pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Brief)).unwrap_or_default();
    text.push('\n');
    text
}
