//! The systems of a suite that run models, built on the path that `sunto brief` and `sunto translate` take.
use crate::{
    brief::{strategy, Briefer},
    cli::{args::model::ModelArgs, failure, settings::Settings, summarizer, translator},
    eval::{briefing::Briefing, Producer, Suite, System},
    Error, Result,
};
use std::path::Path;

/// Checks the settings of all systems before any of them runs.
///
/// # Errors
/// Where a key or its value is none of a settings file's: with its line.
pub fn check(settings: &Settings, path: &Path, suite: &Suite) -> Result<()> {
    for (nth, system) in suite.systems.iter().enumerate() {
        for (key, value) in &system.settings {
            let one = toml::Table::from_iter([(key.clone(), value.clone())]);
            if let Err(e) = settings.with(&one) {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let (shown, line) = (path.display(), line_of(&text, nth, key));
                let what = format!(
                    "`{shown}` line {line}: system `{}` cannot have this `{key}`",
                    system.name
                );
                return Err(Error::new(what)
                    .caused_by(e.to_string())
                    .hint("a system has a name and `outputs`, or the keys of a settings file: see docs/eval.md"));
            }
        }
    }
    Ok(())
}

/// The line of a key in the nth `[[system]]`.
fn line_of(text: &str, nth: usize, key: &str) -> usize {
    let mut systems = 0;
    for (n, line) in (1..).zip(text.lines()) {
        systems += usize::from(line.trim() == "[[system]]");
        let name = line
            .split('=')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches(['"', '\'']);
        if systems == nth + 1 && name == key {
            return n;
        }
    }
    1
}

/// Builds a system that runs models.
///
/// # Errors
/// Where its model or strategy cannot be had, or its settings are none.
pub fn make(settings: &Settings, system: &System) -> Result<Box<dyn Producer>> {
    let fault = |e: anyhow::Error| {
        let mut fault = Error::new(format!("system `{}`: {e}", system.name));
        if let Some(cause) = e.source() {
            fault = fault.caused_by(cause.to_string());
        }
        match e.chain().find_map(failure::hint) {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    };
    let settings = settings.with(&system.settings).map_err(|e| fault(e.into()))?;
    let name = settings.strategy(None, strategy::NAMES[0]);
    // A summarizer of the user's own settings serves the strategies that need one; only the suite's can be one too many.
    let summarizer = match strategy::need(&name) {
        Some(_) => settings.summarizer(None),
        None => system
            .settings
            .get("summarizer")
            .map(|s| s.as_str().unwrap_or_default().to_string()),
    };
    let strategy = summarizer::strategy(&settings, &name, summarizer.as_deref()).map_err(fault)?;
    let model = settings.model(&ModelArgs::default()).map_err(fault)?;
    Ok(Box::new(Briefing(Briefer {
        strategy,
        translator: translator::open(&settings, &model).map_err(fault)?,
        protect: Default::default(),
        seed: settings.seed,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_keys() {
        let text = "task = 1\nbeams = 2\n[[system]]\nname = 1\n\n[[system]]\n \"beams\" = 4\n";
        let check = |nth, key: &str, expected| assert_eq!(line_of(text, nth, key), expected, "{key}");
        check(1, "beams", 7);
        check(0, "name", 4);
        check(0, "absent", 1);
    }
}
