//! `sunto models`: which models there are, what one of them is, how it comes here, stays as it came, gets smaller.
#[cfg(feature = "hub")]
mod bar;
mod bundle;
mod list;
mod pull;
mod quantize;
mod verify;

use super::{
    args::models::{ModelsArgs, ModelsCommand, ShowArgs},
    output,
    place::{self, Place},
    settings::Settings,
    translator,
};
use crate::{
    model::{self, chat::Chat, embedded, Architecture, Options, Source},
    Error,
};
use serde_json::{json, Value};
use std::{fs, path::Path, process::ExitCode};

pub fn run(settings: &Settings, args: &ModelsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        ModelsCommand::List(args) => list::run(args)?,
        ModelsCommand::Show(args) => show(settings, args)?,
        ModelsCommand::Pull(args) => pull::run(settings, args)?,
        ModelsCommand::Quantize(args) => quantize::run(settings, args)?,
        ModelsCommand::Bundle(command) => bundle::run(settings, command)?,
        ModelsCommand::Verify(args) => return verify::run(args),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(settings: &Settings, args: &ShowArgs) -> anyhow::Result<()> {
    let place = place::find(settings, &args.name)?;
    if let Some(path) = place.chat()? {
        return show_chat(settings, args, &place, &path);
    }
    let options = Options {
        device: translator::device(settings)?,
        allow_pickle: settings.allow_pickle,
    };
    let (source, shown, bytes) = match place.folder() {
        Some(dir) => (Source::Folder(dir), dir.display().to_string(), weights_in(dir)),
        None => {
            let files = embedded::files().ok_or_else(|| Error::new("this binary was built without a model"))?;
            let source = Source::Embedded {
                name: embedded::NAME,
                config: files.config,
                generation: None,
                weights: files.weights,
            };
            (source, "embedded".to_string(), files.weights.len() as u64)
        }
    };
    let loaded = model::load(source, &options)?;
    let mut facts = json!({"name": args.name, "place": shown});
    origin(&place, &mut facts);
    describe(&loaded.architecture, &mut facts);
    facts["weights"] = format!("{:.1} MB", megabytes(bytes)).into();
    facts["computes in"] = loaded.stamp.dtype.clone().into();
    facts["sha256"] = loaded.stamp.sha256.clone().into();
    print(args, &facts)
}

/// A chat model: its own file says all there is to say.
fn show_chat(settings: &Settings, args: &ShowArgs, place: &Place, path: &Path) -> anyhow::Result<()> {
    let chat = Chat::open(path, &translator::device(settings)?)?;
    let mut facts = json!({"name": args.name, "place": path.display().to_string()});
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

/// Where a model of the cache came from.
fn origin(place: &Place, facts: &mut Value) {
    if let Place::Cached(cached) = place {
        facts["repository"] = cached.spec.repo.clone().into();
        facts["revision"] = cached.spec.revision.clone().into();
        facts["commit"] = cached.snapshot.commit.clone().into();
        facts["licence"] = place::licence(&cached.spec, &cached.snapshot).into();
    }
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

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
