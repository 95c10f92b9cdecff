//! `sunto site`: a folder of briefs as static pages.
use super::{args::site::SiteArgs, output, settings::Settings};
use crate::{
    write::site::{self, Options, SiteError},
    Error,
};
use std::process::ExitCode;

/// Rejected files that are named one by one; the others are counted.
const NAMED: usize = 10;

pub fn run(settings: &Settings, args: &SiteArgs) -> anyhow::Result<ExitCode> {
    let mut options = Options::default();
    if let Some(title) = args.title.as_ref().filter(|t| !t.trim().is_empty()) {
        options.title = title.trim().into();
    }
    options.base_url = args.base_url.clone();
    let built = site::build(&args.input, &args.output, &options).map_err(explain)?;
    for (place, reason) in built.rejected.iter().take(NAMED) {
        output::tell(format_args!("warning: `{place}` is left out: {reason}"));
    }
    if built.rejected.len() > NAMED {
        output::tell(format_args!(
            "warning: {} more are left out",
            built.rejected.len() - NAMED
        ));
    }
    if !settings.quiet {
        let removed = match built.removed {
            0 => String::new(),
            n => format!(", {n} of earlier briefs removed"),
        };
        let index = args.output.join("index.html");
        output::tell(format_args!("{} pages{removed}: `{}`", built.pages, index.display()));
    }
    Ok(match built.rejected.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn explain(error: SiteError) -> anyhow::Error {
    let hint = match &error {
        SiteError::NoBriefs { .. } => "make some with `sunto brief INPUT... -o DIR --format json`",
        SiteError::BaseUrl { .. } => "give the whole address, such as `https://example.org/briefs/`",
        _ => return error.into(),
    };
    Error::new(error.to_string()).hint(hint).into()
}
