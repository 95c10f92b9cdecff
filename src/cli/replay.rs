//! `sunto replay`: a batch run again from its manifest, and the first brief that comes out differently.
use super::{
    args::{replay::ReplayArgs, Args, Command},
    brief, output,
    progress::Progress,
    settings::Settings,
};
use crate::{
    brief::manifest::{self, Manifest},
    read, write, Error,
};
use clap::Parser;
use std::{env, path::Path, process::ExitCode};

pub fn run(settings: &Settings, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let manifest = Manifest::read(&args.manifest)?;
    let shown = args.manifest.display().to_string();
    let path = args.manifest.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    // Relative inputs mean what they meant when the batch ran; a folder that is gone will be missed below.
    let _ = env::set_current_dir(&manifest.working_folder);
    let words = std::iter::once("sunto").chain(manifest.command.iter().map(String::as_str));
    let Ok(Args {
        global,
        command: Command::Brief(command),
    }) = Args::try_parse_from(words)
    else {
        return Err(
            Error::new(format!("`{shown}` holds no command that this version of sunto runs"))
                .hint(format!("it was written by {}", manifest.version))
                .into(),
        );
    };
    let mut again = Settings::resolve(&global)?;
    again.quiet = settings.quiet;
    let briefer = brief::briefer(&again, &command)?;
    let format = brief::format(command.format);
    let now = briefer.provenance();
    if manifest::settings(&now, format.extension()) != manifest.settings {
        output::line(&format!("settings differ: {}", differing(&manifest, &now)))?;
        return Ok(ExitCode::FAILURE);
    }
    let progress = Progress::new(&again, || None, "articles");
    let articles = read::open_all(command.inputs.iter().cloned(), read::Options::default());
    let found = manifest::replay(
        articles.inspect(|_| progress.step()),
        folder,
        &manifest.settings,
        |article| briefer.brief(article),
        |brief| write::render(brief, format),
    );
    progress.finish();
    let found = found?;
    let same = format!("{} the same", count(found.same));
    Ok(match found.difference {
        None => {
            output::line(&same)?;
            ExitCode::SUCCESS
        }
        Some((input, what)) => {
            output::line(&format!("{same}; then `{input}`: {what}"))?;
            ExitCode::FAILURE
        }
    })
}

fn count(n: usize) -> String {
    match n {
        1 => "1 article".into(),
        n => format!("{n} articles"),
    }
}

/// The first field of the provenance that is not as it was.
fn differing(manifest: &Manifest, now: &crate::brief::Provenance) -> String {
    let value = |p| serde_json::to_value(p).unwrap_or_default();
    let (was, is) = (value(&manifest.provenance), value(now));
    let fields = was.as_object().into_iter().flatten();
    let first = fields.map(|(k, v)| (k, v, &is[k])).find(|(_, a, b)| a != b);
    match first {
        Some((name, was, is)) => format!("{name} was {was}, is {is}"),
        None => "the format".into(),
    }
}
