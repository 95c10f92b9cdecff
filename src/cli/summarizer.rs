//! Opens the summarizer that a command asks for, and the strategy that it serves.
use super::{chat, place, settings::Settings, translator};
use crate::{
    brief::{
        strategy::{self, Strategy},
        Summarize, Summarizer,
    },
    decode::{Generator, Search},
    model::{
        card::{ModelCard, Task},
        load,
        task::TaskParams,
        Options, Source,
    },
    tokenizer::Tokenizer,
    Error,
};
use std::path::Path;

/// Target tokens at most where nobody says how long a summary is.
const MAX_TOKENS: usize = 160;
/// Source tokens of models that have no positions of their own, unless a card says more.
const T5_SOURCE: usize = 512;

/// The strategy of this name, with its summarizer where it needs one.
///
/// # Errors
/// Where there is no such strategy, it lacks a summarizer or has one too many, or the summarizer cannot be opened.
pub fn strategy(settings: &Settings, name: &str, summarizer: Option<&str>) -> anyhow::Result<Box<dyn Strategy>> {
    if !strategy::NAMES.contains(&name) {
        let known = strategy::NAMES.join(", ");
        return Err(Error::new(format!("unknown strategy `{name}`"))
            .hint(format!("strategies are {known}"))
            .into());
    }
    let made = match (strategy::need(name), summarizer) {
        (None, None) => strategy::by_name(name),
        (None, Some(given)) => return Err(Error::new(format!(
            "the strategy `{name}` has no use for the summarizer `{given}`"
        ))
        .hint("choose `--strategy translate-summarize`, `summarize-translate` or `direct`, or leave `--summarizer` out")
        .into()),
        (Some(need), None) => {
            let card = need.card;
            return Err(Error::new(format!("the strategy `{name}` needs {}", need.what))
                .hint(format!(
                    "`sunto models pull {card}`, then `--summarizer {card}`; or give a model's folder"
                ))
                .into());
        }
        (Some(_), Some(given)) => strategy::with(name, Some(open(settings, given)?)),
    };
    // Every name of the list is made where its need is met.
    made.ok_or_else(|| Error::new(format!("the strategy `{name}` cannot be made")).into())
}

/// The summarizer of this name, loaded.
///
/// # Errors
/// Where there is no such model here, it does not summarize, or its files do not fit together.
pub fn open(settings: &Settings, name: &str) -> anyhow::Result<Box<dyn Summarize>> {
    let place = place::find(settings, name)?;
    if let Some(writer) = chat::open(settings, &place)? {
        return Ok(Box::new(writer));
    }
    let Some(dir) = place.folder() else {
        return Err(Error::new(format!("`{name}` translates, it does not summarize"))
            .hint("summarizers are bart-large-cnn, distilbart-cnn, flan-t5-base and it5-news, or a folder")
            .into());
    };
    let options = Options {
        device: translator::device(settings)?,
        allow_pickle: settings.allow_pickle,
    };
    let loaded = load(Source::Folder(dir), &options)?;
    let has_length = loaded.generation.max_length.is_some();
    let generator = Generator::new(loaded, Tokenizer::open(dir)?);
    let config = std::fs::read_to_string(dir.join("config.json")).unwrap_or_default();
    let (task, card) = (TaskParams::summarization(&config), card(name, dir));
    let search = search(generator.defaults(), &task, card.as_ref(), has_length);
    let prompt = card
        .as_ref()
        .and_then(|c| c.prompt.clone())
        .or_else(|| task.prefix.map(|prefix| format!("{prefix}{{text}}")));
    let limit = card.as_ref().and_then(|c| c.max_source).unwrap_or(T5_SOURCE);
    let most = generator.max_source();
    let most = if most == usize::MAX { limit } else { most };
    let (shown, revision) = place.signature();
    let model = Summarizer::new(generator, search, shown, revision);
    Ok(Box::new(model.with_prompt(prompt).with_max_source(most)))
}

/// How it searches: what its card says, else what its authors do for summaries, else what they do for all tasks.
fn search(defaults: &Search, task: &TaskParams, card: Option<&ModelCard>, has_length: bool) -> Search {
    let mut search = defaults.clone();
    let card = card.map(|c| c.search.clone()).unwrap_or_default();
    // Lengths of the authors' files count the start token.
    let generated = |n: usize| n.saturating_sub(1);
    if let Some(beams) = card.beams.or(task.num_beams) {
        search.beams = beams.max(1);
    } else if search.beams == 1 {
        search.beams = 4;
    }
    if let Some(penalty) = card.length_penalty.or(task.length_penalty) {
        search.length_penalty = penalty;
    }
    if let Some(n) = card.no_repeat_ngram.or(task.no_repeat_ngram_size) {
        search.no_repeat_ngram = n;
    } else if search.no_repeat_ngram == 0 {
        search.no_repeat_ngram = 3;
    }
    if let Some(n) = card.min_tokens.or(task.min_length.map(generated)) {
        search.min_tokens = n;
    }
    match card.max_tokens.or(task.max_length.map(generated)) {
        Some(n) => search.max_tokens = n.max(1),
        None if !has_length => search.max_tokens = MAX_TOKENS,
        None => {}
    }
    search.min_tokens = search.min_tokens.min(search.max_tokens.saturating_sub(1));
    search
}

/// The card that describes a model: by its name or repository, or by the name of its folder.
fn card(name: &str, dir: &Path) -> Option<ModelCard> {
    let folder = dir.file_name().map(|n| n.to_string_lossy().into_owned());
    ModelCard::all()
        .flatten()
        .filter(|c| c.task == Task::Summarize)
        .find(|c| {
            let repo = c.repo.as_deref().unwrap_or_default();
            let last = repo.rsplit('/').next().filter(|l| !l.is_empty());
            c.name == name
                || repo == name
                || (folder.is_some() && (folder.as_deref() == last || folder.as_ref() == Some(&c.name)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_win_over_tasks_and_tasks_over_defaults() {
        let generation = crate::model::Generation {
            max_length: Some(100),
            min_length: Some(11),
            ..Default::default()
        };
        let defaults = Search::of(&generation);
        let seen = |s: &Search| (s.beams, s.length_penalty, s.min_tokens, s.max_tokens, s.no_repeat_ngram);
        let none = TaskParams::default();
        assert_eq!(seen(&search(&defaults, &none, None, true)), (4, 1.0, 10, 99, 3));
        assert_eq!(seen(&search(&defaults, &none, None, false)), (4, 1.0, 10, 160, 3));
        let task = TaskParams {
            num_beams: Some(2),
            length_penalty: Some(0.5),
            min_length: Some(31),
            max_length: Some(21),
            no_repeat_ngram_size: Some(0),
            prefix: None,
        };
        assert_eq!(seen(&search(&defaults, &task, None, true)), (2, 0.5, 19, 20, 0));
        let card = ModelCard::named("bart-large-cnn");
        assert_eq!(
            seen(&search(&defaults, &task, card.as_ref(), true)),
            (4, 2.0, 56, 142, 3)
        );
    }

    #[test]
    fn folders_are_known_by_their_repository() {
        for (name, dir, expected) in [
            ("x", "/m/bart-large-cnn", Some("bart-large-cnn")),
            ("x", "/m/flan-t5-base", Some("flan-t5-base")),
            ("x", "/m/it5-base-news-summarization", Some("it5-news")),
            ("it5-news", "/m/snapshots/0", Some("it5-news")),
            ("google/flan-t5-base", "/m/snapshots/0", Some("flan-t5-base")),
            ("x", "/m/opus-mt-it-en", None),
            ("x", "/m/mine", None),
        ] {
            assert_eq!(
                card(name, Path::new(dir)).map(|c| c.name).as_deref(),
                expected,
                "{name} {dir}"
            );
        }
    }
}
