//! The systems of a suite that run models, built on the path that `sunto brief` and `sunto translate` take.
use crate::{
    brief::{strategy, Briefer},
    cli::{args::model::ModelArgs, settings::Settings, translator},
    eval::{briefing::Briefing, error::Result, EvalError, Producer, System},
};

/// Builds a system that runs models.
///
/// # Errors
/// Where its model or strategy cannot be had, or it asks for what this command cannot set.
pub fn make(settings: &Settings, system: &System) -> Result<Box<dyn Producer>> {
    let fault = |what: String| EvalError::new(format!("system `{}`: {what}", system.name));
    let unset = [
        ("summarizer", system.summarizer.is_some()),
        ("glossary", system.glossary.is_some()),
    ];
    if let Some((name, _)) = unset.iter().find(|(_, set)| *set) {
        return Err(fault(format!("`{name}` cannot be set in a suite yet")));
    }
    let name = system.strategy.as_deref().unwrap_or(strategy::NAMES[0]);
    let strategy = strategy::by_name(name).ok_or_else(|| {
        fault(format!("unknown strategy `{name}`")).hint(format!("strategies are {}", strategy::NAMES.join(", ")))
    })?;
    let model = ModelArgs {
        model: system.translator.clone(),
        beams: system.beams,
        max_tokens: None,
    };
    let translator = settings
        .model(&model)
        .and_then(|model| translator::open(settings, &model))
        .map_err(|e| fault("the translator cannot be opened".into()).caused_by(e))?;
    Ok(Box::new(Briefing(Briefer {
        strategy,
        translator,
        seed: settings.seed,
    })))
}
