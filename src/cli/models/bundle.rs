//! `sunto models bundle`: models in a file, for machines without a network.
use super::pull::spec;
use crate::{
    cli::{args::models::BundleCommand, hub, output, place, settings::Settings},
    model::{
        bundle::{self, Manifest},
        hub::commercial_use,
    },
    Error,
};
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter},
    path::Path,
};

pub fn run(settings: &Settings, command: &BundleCommand) -> anyhow::Result<()> {
    match command {
        BundleCommand::Export { names, output } => export(settings, names, output),
        BundleCommand::Import { file } => import(file),
    }
}

fn export(settings: &Settings, names: &[String], to: &Path) -> anyhow::Result<()> {
    let cache = hub::cache();
    let mut models = vec![];
    for name in names {
        let spec = spec(name)?;
        let found = cache.find(&spec)?.ok_or_else(|| {
            Error::new(format!("the model `{name}` is not here")).hint(format!("`sunto models pull {}`", spec.name()))
        })?;
        if settings.commercial {
            commercial_use(name, place::licence(&spec, &found))?;
        }
        models.push(found);
    }
    let shown = to.display();
    let mut new = to.as_os_str().to_owned();
    new.push(".new");
    let new = Path::new(&new);
    let unwritable = |e| Error::new(format!("cannot write `{shown}`")).caused_by(e);
    let out = BufWriter::new(File::create(new).map_err(unwritable)?);
    let done = bundle::export(&models, out);
    if done.is_err() {
        let _ = fs::remove_file(new); // half a bundle is of no use
    }
    let manifest = done?;
    fs::rename(new, to).map_err(unwritable)?;
    tell(&manifest, &format!("in `{shown}`"))
}

fn import(from: &Path) -> anyhow::Result<()> {
    let shown = from.display();
    let file = File::open(from).map_err(|e| Error::new(format!("cannot open `{shown}`")).caused_by(e))?;
    let cache = hub::cache();
    let manifest = bundle::import(BufReader::new(file), &cache)?;
    tell(&manifest, &format!("in `{}`", cache.dir.display()))
}

fn tell(manifest: &Manifest, place: &str) -> anyhow::Result<()> {
    for model in &manifest.models {
        output::line(&format!(
            "{} at {}: {} files, {:.1} MB, licence {}, {place}",
            model.repo,
            model.commit,
            model.files.len(),
            model.size() as f64 / 1e6,
            match model.licence.as_str() {
                "" => "not stated",
                licence => licence,
            }
        ))?;
    }
    Ok(())
}
