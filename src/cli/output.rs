//! Standard output carries results only; a closed pipe comes back as an error that `main` takes for success.
use serde_json::Value;
use std::io::{self, Write};

/// Writes a result and flushes it.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a result as its own line or lines and flushes it.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// A JSON object as lines of name and value, for people.
pub fn table(facts: &Value) -> String {
    let object = facts.as_object().into_iter().flatten();
    object
        .map(|(name, value)| format!("{name:<16}{}\n", plain(value)))
        .collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Null => "none".into(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
