//! `sunto models`: which models run here, and what one of them is.
use super::{
    args::models::{ModelsArgs, ModelsCommand, ShowArgs},
    failure::Failure,
    output,
    settings::Settings,
    translator::{self, Place},
};
use crate::model::{self, embedded, Architecture, Options, Source};
use serde_json::{json, Value};
use std::{fs, path::Path, process::ExitCode};

pub fn run(settings: &Settings, args: &ModelsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        ModelsCommand::List => list()?,
        ModelsCommand::Show(args) => show(settings, args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list() -> anyhow::Result<()> {
    match embedded::files() {
        Some(files) => output::line(&format!(
            "{:<14}Italian to English  {:>5.1} MB  embedded",
            embedded::NAME,
            megabytes(files.weights.len() as u64)
        ))?,
        None => output::line("none embedded; give a folder with `--model`")?,
    }
    Ok(())
}

fn show(settings: &Settings, args: &ShowArgs) -> anyhow::Result<()> {
    let place = translator::find(&args.name)?;
    let options = Options {
        device: translator::device(settings)?,
        allow_pickle: settings.allow_pickle,
    };
    let (source, shown, bytes) = match &place {
        Place::Embedded => {
            let files = embedded::files().ok_or_else(|| Failure::new("this binary was built without a model"))?;
            let source = Source::Embedded {
                name: embedded::NAME,
                config: files.config,
                generation: None,
                weights: files.weights,
            };
            (source, "embedded".to_string(), files.weights.len() as u64)
        }
        Place::Folder(dir) => (Source::Folder(dir), dir.display().to_string(), weights_in(dir)),
    };
    let loaded = model::load(source, &options)?;
    let mut facts = json!({"name": args.name, "place": shown});
    describe(&loaded.architecture, &mut facts);
    facts["weights"] = format!("{:.1} MB", megabytes(bytes)).into();
    facts["computes in"] = loaded.stamp.dtype.clone().into();
    facts["sha256"] = loaded.stamp.sha256.clone().into();
    match args.json {
        true => output::line(&serde_json::to_string_pretty(&facts)?)?,
        false => output::print(&output::table(&facts))?,
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
