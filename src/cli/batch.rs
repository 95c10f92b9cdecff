//! `sunto brief -o DIR`: one file an article, with a journal, so that the same command goes on where it stopped.
use super::{args::brief::BriefArgs, doctor, events, progress::Progress, settings::Settings};
use crate::{
    brief::{
        batch::{self, Event, Plan, Summary},
        journal::{self},
        manifest::{self, Machine, Manifest, Outcome},
        Briefer,
    },
    read,
    write::{self, notices, Format},
    Error,
};
use std::{
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

pub fn run(
    settings: &Settings,
    args: &BriefArgs,
    briefer: &Briefer,
    format: Format,
    folder: &Path,
) -> anyhow::Result<ExitCode> {
    if args.jobs == 0 {
        return Err(Error::new("`jobs` is 0, expected at least 1").into());
    }
    // Events are made of the briefs of articles, which a batch of their own keeps.
    let (events, asked) = (folder, format);
    let (folder, format) = match args.group {
        true => (&*folder.join(events::ARTICLES), Format::Json),
        false => (folder, format),
    };
    let plan = Plan {
        folder: folder.to_path_buf(),
        settings: manifest::settings(&briefer.provenance(), format.extension()),
        extension: format.extension().into(),
        jobs: args.jobs,
        retry_failed: args.retry_failed,
        fail_fast: args.fail_fast,
    };
    let progress = Progress::new(settings, || read::estimate(&args.inputs), "articles");
    let doubtful = AtomicUsize::new(0);
    let mut manifest = describe_run(settings, args, briefer, &plan)?;
    let (begun, mut words, mut opened) = (Instant::now(), 0, false);
    let mut files = vec![];
    let articles = read::open_all(args.inputs.iter().cloned(), read::Options::default());
    let summary = batch::run(
        articles,
        &plan,
        |article| briefer.brief(article).map_err(|e| refused(&article.id, e)),
        |brief| {
            doubtful.fetch_add(notices::open(brief).len(), Ordering::Relaxed);
            write::render(brief, format)
        },
        &mut |event| {
            // The folder is ours once something has happened in it; a killed batch leaves its manifest too.
            if !std::mem::replace(&mut opened, true) {
                let _ = manifest.write(folder);
            }
            if let Event::Done { words: n, .. } = &event {
                words += n;
            }
            match &event {
                Event::Done { file, .. } | Event::Skipped { file: Some(file), .. } if args.group => {
                    files.push(file.to_path_buf());
                }
                _ => {}
            }
            tell(&progress, &event, words, begun.elapsed());
            progress.step();
        },
    );
    progress.finish();
    let summary = summary?;
    let seconds = begun.elapsed().as_secs_f64();
    manifest.result = Some(Outcome {
        summary: summary.clone(),
        seconds,
        words_per_second: summary.words as f64 / seconds.max(1e-9),
    });
    manifest.write(folder)?;
    progress.note(&describe(&summary, folder));
    let mut doubtful = doubtful.into_inner();
    if args.group {
        let merged = events::write(events, &files, asked)?;
        let s = if merged.events == 1 { "" } else { "s" };
        progress.note(&format!("{} event{s} in `{}`", merged.events, events.display()));
        doubtful = merged.open;
    }
    Ok(ExitCode::from(u8::from(
        !summary.complete() || (args.strict && doubtful > 0),
    )))
}

/// Everything that is needed to run the batch again, with the defaults of today spelled out.
fn describe_run(settings: &Settings, args: &BriefArgs, briefer: &Briefer, plan: &Plan) -> anyhow::Result<Manifest> {
    let model = settings.model(&args.model)?;
    let text = |p: &Path| p.to_string_lossy().into_owned();
    let mut command = vec!["brief".to_string()];
    command.extend(args.inputs.iter().map(|p| text(p)));
    let options = [
        ("--format", Some(plan.extension.clone())),
        ("--output", Some(text(&plan.folder))),
        ("--strategy", Some(briefer.strategy.name().to_string())),
        (
            "--summarizer",
            briefer
                .strategy
                .summarizer()
                .and(settings.summarizer(args.summarizer.as_deref())),
        ),
        ("--model", Some(model.model)),
        ("--beams", Some(model.beams.to_string())),
        ("--max-tokens", model.max_tokens.map(|n| n.to_string())),
        ("--seed", Some(settings.seed.to_string())),
        ("--device", Some(settings.device.clone())),
        ("--dtype", settings.dtype.map(|d| d.name().to_string())),
        ("--glossary", model.glossary.as_deref().map(text)),
        ("--jobs", Some(plan.jobs.to_string())),
    ];
    command.extend((!model.repair).then(|| "--no-repair".to_string()));
    command.push(format!("--protect={}", briefer.protect.label()));
    for (name, value) in options {
        command.extend(value.into_iter().flat_map(|v| [name.to_string(), v]));
    }
    let provenance = briefer.provenance();
    Ok(Manifest {
        version: provenance.version.clone(),
        command,
        working_folder: text(&std::env::current_dir()?),
        provenance,
        settings: plan.settings.clone(),
        machine: Machine {
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: doctor::features().into_iter().map(String::from).collect(),
            device: settings.device.clone(),
            threads: settings.thread_count(),
            jobs: plan.jobs,
        },
        result: None,
    })
}

/// A model's error on one article: it names the article first, since others follow.
fn refused(id: &str, error: Error) -> journal::Failure {
    let why = journal::Failure::from(error);
    let causes: Vec<String> = std::iter::once(why.error).chain(why.cause).collect();
    journal::Failure {
        error: format!("cannot brief `{id}`"),
        cause: Some(causes.join(": ")),
        hint: why.hint,
    }
}

fn tell(progress: &Progress, event: &Event, words: usize, elapsed: Duration) {
    match event {
        Event::Done { input, .. } => progress.at_speed(words, elapsed, input),
        Event::Skipped { input, .. } | Event::FailedBefore { input } => progress.at(input),
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
