//! `sunto brief -o DIR`: one file an article, with a journal, so that the same command goes on where it stopped.
use super::{args::brief::BriefArgs, failure::Failure, progress::Progress, settings::Settings};
use crate::{
    brief::{
        batch::{self, Event, Plan, Summary},
        journal::{self, BatchError},
        Briefer,
    },
    read,
    write::{self, notices, Format},
};
use std::{
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
};

pub fn run(
    settings: &Settings,
    args: &BriefArgs,
    briefer: &Briefer,
    format: Format,
    folder: &Path,
) -> anyhow::Result<ExitCode> {
    if args.jobs == 0 {
        return Err(Failure::new("`jobs` is 0, expected at least 1").into());
    }
    let plan = Plan {
        folder: folder.to_path_buf(),
        settings: journal::sha256(&[&serde_json::to_string(&briefer.provenance())?, format.extension()]),
        extension: format.extension().into(),
        jobs: args.jobs,
        retry_failed: args.retry_failed,
        fail_fast: args.fail_fast,
    };
    let total = read::estimate(&args.inputs);
    let progress = Progress::new(settings, total, "articles");
    let doubtful = AtomicUsize::new(0);
    let articles = read::open_all(args.inputs.iter().cloned(), read::Options::default());
    let summary = batch::run(
        articles,
        &plan,
        |article| briefer.brief(article),
        |brief| {
            doubtful.fetch_add(notices::open(brief).len(), Ordering::Relaxed);
            write::render(brief, format)
        },
        &mut |event| {
            tell(&progress, &event);
            progress.step();
        },
    );
    progress.finish();
    let summary = summary.map_err(hinted)?;
    progress.note(&describe(&summary, folder));
    let doubtful = doubtful.into_inner();
    Ok(ExitCode::from(u8::from(
        !summary.complete() || (args.strict && doubtful > 0),
    )))
}

fn tell(progress: &Progress, event: &Event) {
    match event {
        Event::Done { input, .. } | Event::Skipped { input } | Event::FailedBefore { input } => progress.at(input),
        Event::Failed { failure, .. } => {
            let mut text = format!("error: {}", failure.error);
            for (label, line) in [("caused by", &failure.cause), ("hint", &failure.hint)] {
                if let Some(line) = line {
                    text.push_str(&format!("\n  {label}: {line}"));
                }
            }
            progress.error(&text);
        }
    }
}

fn describe(summary: &Summary, folder: &Path) -> String {
    let mut text = format!("{} briefed into `{}`", articles(summary.done), folder.display());
    for (n, what) in [
        (summary.skipped, "done before"),
        (summary.failed, "failed"),
        (summary.failed_before, "failed before (`--retry-failed` tries again)"),
    ] {
        if n > 0 {
            text.push_str(&format!(", {n} {what}"));
        }
    }
    text
}

fn articles(n: usize) -> String {
    match n {
        1 => "1 article".into(),
        n => format!("{n} articles"),
    }
}

fn hinted(error: BatchError) -> anyhow::Error {
    let mut failure = Failure::new(error.what);
    if let Some(hint) = error.hint {
        failure = failure.hint(hint);
    }
    if let Some(cause) = error.cause {
        failure = failure.because(cause);
    }
    failure.into()
}
