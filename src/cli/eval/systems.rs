//! The systems of a suite that run models, built on the path that `sunto brief` and `sunto translate` take.
use crate::{
    brief::{strategy, Briefer},
    cli::{args::model::ModelArgs, failure, settings::Settings, summarizer, translator},
    eval::{briefing::Briefing, error::Result, EvalError, Producer, System},
};

/// Builds a system that runs models.
///
/// # Errors
/// Where its model or strategy cannot be had, or it asks for what this command cannot set.
pub fn make(settings: &Settings, system: &System) -> Result<Box<dyn Producer>> {
    let fault = |what: String| EvalError::new(format!("system `{}`: {what}", system.name));
    let name = system.strategy.as_deref().unwrap_or(strategy::NAMES[0]);
    let strategy = summarizer::strategy(settings, name, system.summarizer.as_deref()).map_err(|e| {
        let (what, cause) = (e.to_string(), e.source().map(ToString::to_string));
        let fault = match failure::hint(e.as_ref()) {
            Some(hint) => fault(what).hint(hint),
            None => fault(what),
        };
        match cause {
            Some(cause) => fault.caused_by(cause),
            None => fault,
        }
    })?;
    let model = ModelArgs {
        model: system.translator.clone(),
        beams: system.beams,
        max_tokens: None,
        glossary: system.glossary.clone(),
        no_repair: system.repair == Some(false),
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
