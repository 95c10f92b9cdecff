//! `sunto summarize`: texts to summaries in the summarizer's own language; one that fails is told and the others go on.
use super::{
    args::summarize::{SummarizeArgs, SummaryFormat},
    failure::{self},
    output,
    progress::Progress,
    settings::Settings,
    summarizer,
};
use crate::{
    brief::{
        strategy::readable,
        summarize::{summary, Summary},
    },
    read, Error,
};
use serde_json::json;
use std::process::ExitCode;

pub fn run(settings: &Settings, args: &SummarizeArgs) -> anyhow::Result<ExitCode> {
    let name = settings.summarizer(args.summarizer.as_deref()).ok_or_else(|| {
        Error::new("no summarizer was given")
            .hint("`sunto models pull bart-large-cnn`, then `--summarizer bart-large-cnn`; or give a model's folder")
    })?;
    let model = summarizer::open(settings, &name)?;
    let progress = Progress::new(settings, || read::estimate(&args.inputs), "texts");
    let (mut written, mut failed) = (0, 0);
    for article in read::open_all(args.inputs.iter().cloned(), read::Options::default()) {
        let (input, made) = match article {
            Ok(article) => {
                progress.at(&article.id);
                let texts = readable(&article, |id| article.sentence(id));
                let texts: Vec<&str> = texts.iter().map(|(_, t)| t.as_str()).collect();
                let made = summary(&texts, model.as_ref());
                let made =
                    made.map_err(|e| anyhow::Error::from(e).context(format!("cannot summarize `{}`", article.id)));
                (article.id.clone(), made)
            }
            Err(error) => (error.input.clone(), Err(error.into())),
        };
        progress.step();
        match made {
            Ok(Summary {
                headline, sentences, ..
            }) => {
                let text = match args.format {
                    SummaryFormat::Text => {
                        let gap = if written > 0 { "\n" } else { "" };
                        format!("{gap}{}\n", sentences.join("\n"))
                    }
                    SummaryFormat::Jsonl => {
                        let record = json!({"id": input, "headline": headline, "sentences": sentences});
                        format!("{record}\n")
                    }
                };
                progress.suspend(|| output::print(&text))?;
                written += 1;
            }
            Err(error) => {
                progress.error(&failure::lines(&error));
                if args.format == SummaryFormat::Jsonl {
                    let line = json!({"error": error.to_string(), "input": input}).to_string();
                    progress.suspend(|| output::line(&line))?;
                }
                failed += 1;
            }
        }
    }
    progress.finish();
    Ok(ExitCode::from(u8::from(failed > 0)))
}
