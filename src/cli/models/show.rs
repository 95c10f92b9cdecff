//! `sunto models show`: what a model is, from its files where they are here, from its card where they are not.
use super::megabytes;
use crate::{
    cli::{
        args::models::ShowArgs,
        hub, output,
        place::{self, Place},
        settings::Settings,
        translator,
    },
    model::{
        self,
        card::{ModelCard, Task},
        chat::Chat,
        embedded,
        hub::{commercial_use, Spec},
        Architecture, Options, Source,
    },
};
use serde_json::{json, Value};
use std::{fs, path::Path};

pub fn run(settings: &Settings, args: &ShowArgs) -> anyhow::Result<()> {
    if let Some((spec, card)) = absent(&args.name)? {
        if settings.commercial {
            commercial_use(&args.name, &card.licence)?;
        }
        let state = format!("can be pulled: `sunto models pull {}`", spec.name());
        let mut facts = json!({"name": args.name, "state": state});
        of_card(&card, &mut facts);
        return print(args, &facts);
    }
    let place = place::find(settings, &args.name)?;
    if let Some(path) = place.chat()? {
        return chat(settings, args, &place, &path);
    }
    let (source, shown, bytes) = match place.folder() {
        Some(dir) => (Source::Folder(dir), dir.display().to_string(), weights_in(dir)),
        None => {
            let files = embedded::required()?;
            (files.source(), "embedded".to_string(), files.weights.len() as u64)
        }
    };
    let mut facts = json!({"name": args.name, "state": "here", "place": shown});
    let card = origin(&place, &mut facts);
    let writes = |c: &ModelCard| !matches!(c.task, Task::Encode | Task::Metric);
    if card.as_ref().is_none_or(writes) {
        let options = Options {
            device: translator::device(settings)?,
            allow_pickle: settings.allow_pickle,
        };
        let loaded = model::load(source, &options)?;
        describe(&loaded.architecture, &mut facts);
        facts["computes in"] = loaded.stamp.dtype.clone().into();
        facts["sha256"] = loaded.stamp.sha256.clone().into();
    }
    facts["weights"] = format!("{:.1} MB", megabytes(bytes)).into();
    print(args, &facts)
}

/// A card's model that is not in the cache.
fn absent(name: &str) -> anyhow::Result<Option<(Spec, ModelCard)>> {
    if Path::new(name).exists() {
        return Ok(None);
    }
    let Some((spec, card)) = Spec::parse(name).and_then(|s| s.card.clone().map(|c| (s, c))) else {
        return Ok(None);
    };
    Ok(hub::cache().find(&spec)?.is_none().then_some((spec, card)))
}

/// A chat model: its own file says all there is to say.
fn chat(settings: &Settings, args: &ShowArgs, place: &Place, path: &Path) -> anyhow::Result<()> {
    let chat = Chat::open(path, &translator::device(settings)?)?;
    let mut facts = json!({"name": args.name, "state": "here", "place": path.display().to_string()});
    origin(place, &mut facts);
    let layout = chat.layout();
    facts["family"] = format!("{} chat model", layout.architecture).into();
    facts["layers"] = layout.layers.into();
    facts["width"] = layout.dim.into();
    facts["vocabulary"] = layout.vocab.into();
    facts["longest text"] = layout.context.into();
    let bytes = fs::metadata(path).map_or(0, |m| m.len());
    facts["weights"] = format!("{:.1} MB", megabytes(bytes)).into();
    facts["computes in"] = chat.stamp().dtype.clone().into();
    facts["sha256"] = chat.stamp().sha256.clone().into();
    print(args, &facts)
}

/// Where a model of the cache came from, and what its card says of it; -> the card.
fn origin(place: &Place, facts: &mut Value) -> Option<ModelCard> {
    let Place::Cached(cached) = place else {
        return None;
    };
    let card = cached.spec.card.clone();
    match &card {
        Some(card) => of_card(card, facts),
        None => {
            facts["repository"] = cached.spec.repo.clone().into();
            facts["revision"] = cached.spec.revision.clone().into();
            facts["licence"] = place::licence(&cached.spec, &cached.snapshot).into();
        }
    }
    facts["commit"] = cached.snapshot.commit.clone().into();
    card
}

/// What is known of a model without its files.
fn of_card(card: &ModelCard, facts: &mut Value) {
    let said = |value: Value| value.as_str().unwrap_or("-").to_string();
    facts["task"] = json!(card.task);
    facts["languages"] = format!("{} > {}", card.languages.source, card.languages.target).into();
    facts["family"] = card.family.clone().into();
    facts["speed"] = said(json!(card.speed)).into();
    facts["licence"] = card.licence.clone().into();
    facts["non_commercial"] = card.is_non_commercial().into();
    facts["repository"] = card.repo.clone().into();
    facts["revision"] = card.revision.clone().into();
    if let Some(pin) = &card.pin {
        facts["commit"] = format!("{pin}..").into();
    }
    facts["files"] = json!(card.files);
    for other in &card.beside {
        let from = format!("{} of {}@{}", other.files.join(", "), other.repo, other.revision);
        facts["beside them"] = from.into();
    }
    facts["megabytes"] = card.megabytes.into();
    if let Some(prompt) = &card.prompt {
        facts["prompt"] = prompt.clone().into();
    }
    let search = json!(card.search);
    let given = search.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null());
    let given: Vec<String> = given
        .map(|(name, v)| format!("{} {v}", name.replace('_', " ")))
        .collect();
    if !given.is_empty() {
        facts["search"] = json!(given);
    }
    facts["notes"] = card.notes.clone().into();
}

fn print(args: &ShowArgs, facts: &Value) -> anyhow::Result<()> {
    match args.json {
        true => output::line(&serde_json::to_string_pretty(facts)?)?,
        false => output::print(&output::table(facts))?,
    }
    Ok(())
}

fn describe(architecture: &Architecture, facts: &mut Value) {
    match architecture {
        Architecture::Transformer(layout) => {
            facts["family"] = "encoder-decoder transformer".into();
            facts["layers"] = format!("{} encoder, {} decoder", layout.encoder.layers, layout.decoder.layers).into();
            facts["width"] = layout.dim.into();
            facts["vocabulary"] = layout.vocab.into();
            facts["longest source"] = layout.max_positions.into();
        }
        Architecture::T5(layout) => {
            facts["family"] = "encoder-decoder transformer with relative positions".into();
            facts["layers"] = format!("{} encoder, {} decoder", layout.encoder_layers, layout.decoder_layers).into();
            facts["width"] = layout.dim.into();
            facts["vocabulary"] = layout.vocab.into();
        }
        Architecture::Toy(toy) => {
            facts["family"] = "toy".into();
            facts["vocabulary"] = toy.vocab_size.into();
        }
    }
}

/// Bytes of the weights files of a folder.
fn weights_in(dir: &Path) -> u64 {
    let files = fs::read_dir(dir).into_iter().flatten().flatten();
    let weights = files.filter(|f| f.path().extension().is_some_and(|e| e == "safetensors" || e == "bin"));
    weights.filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum()
}
