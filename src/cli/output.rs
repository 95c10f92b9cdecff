//! Standard output carries results only; a closed pipe comes back as an error that `main` takes for success. Standard
//! error is for people: where it is closed or its disk is full, the work goes on without them.
use serde_json::Value;
use std::{
    fmt::Display,
    io::{self, Write},
};

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

/// Says something to people, in a line of its own; `eprintln` would end the program where it cannot be heard.
pub fn tell(words: impl Display) {
    // One write, so that the lines of two threads do not mix.
    let _ = io::stderr().write_all(format!("{words}\n").as_bytes());
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
