//! `sunto brief`: articles in, briefs out; an article that fails is told on stderr and the others go on.
use super::{
    args::brief::{BriefArgs, BriefFormat},
    batch,
    failure::{self},
    output,
    progress::Progress,
    settings::Settings,
    summarizer, translator,
};
use crate::{
    brief::{group, strategy, Brief, Briefer},
    read,
    write::{self, notices, Format},
    Error,
};
use std::process::ExitCode;

pub fn run(settings: &Settings, args: &BriefArgs) -> anyhow::Result<ExitCode> {
    let format = format(args.format);
    one_page_at_a_time(args)?;
    let briefer = briefer(settings, args)?;
    match &args.output {
        Some(folder) => batch::run(settings, args, &briefer, format, folder),
        None => to_stdout(settings, args, &briefer, format),
    }
}

/// What makes the briefs that the arguments ask for.
pub fn briefer(settings: &Settings, args: &BriefArgs) -> anyhow::Result<Briefer> {
    let name = settings.strategy(args.strategy.as_deref(), strategy::NAMES[0]);
    // A summarizer of the settings file or a variable serves the strategies that need one; only a flag can be one too
    // many.
    let flagged = args
        .summarizer
        .clone()
        .filter(|s| std::env::var("SUNTO_SUMMARIZER").ok().as_ref() != Some(s));
    let summarizer = match strategy::need(&name) {
        Some(_) => settings.summarizer(args.summarizer.as_deref()),
        None => flagged,
    };
    let strategy = summarizer::strategy(settings, &name, summarizer.as_deref())?;
    let translator = translator::open(settings, &settings.model(&args.model)?)?;
    Ok(Briefer {
        strategy,
        translator,
        protect: args.protect.into(),
        seed: settings.seed,
    })
}

fn to_stdout(settings: &Settings, args: &BriefArgs, briefer: &Briefer, format: Format) -> anyhow::Result<ExitCode> {
    let progress = Progress::new(settings, || read::estimate(&args.inputs), "articles");
    let (mut written, mut failed, mut doubtful) = (0, 0, 0);
    let mut together = vec![];
    let mut show = |brief: &Brief| -> anyhow::Result<()> {
        if written > 0 && format == Format::Html {
            return Err(several_pages().into());
        }
        doubtful += notices::open(brief).len();
        let text = write::render(brief, format);
        let gap = if written > 0 && format == Format::Markdown {
            "\n\n"
        } else {
            ""
        };
        progress.suspend(|| output::print(&format!("{gap}{text}")))?;
        written += 1;
        Ok(())
    };
    for article in read::open_all(args.inputs.iter().cloned(), read::Options::default()) {
        let input = match &article {
            Ok(article) => article.meta.path.clone().unwrap_or_else(|| article.id.clone()),
            Err(error) => error.input.clone(),
        };
        let brief = article.map_err(anyhow::Error::from).and_then(|article| {
            progress.at(&article.id);
            let brief = briefer.brief(&article);
            brief.map_err(|e| anyhow::Error::from(e).context(format!("cannot brief `{}`", article.id)))
        });
        progress.step();
        match brief {
            Ok(brief) if args.group => together.push(brief),
            Ok(brief) => show(&brief)?,
            Err(error) => {
                progress.error(&failure::lines(&error));
                if format == Format::Jsonl {
                    // One line a record, in order: a caller that zips records with answers stays in step.
                    let line = serde_json::json!({"error": error.to_string(), "input": input});
                    progress.suspend(|| output::line(&line.to_string()))?;
                }
                failed += 1;
                if args.fail_fast {
                    break;
                }
            }
        }
    }
    for brief in group::group(together) {
        show(&brief)?;
    }
    progress.finish();
    Ok(ExitCode::from(u8::from(failed > 0 || (args.strict && doubtful > 0))))
}

pub fn format(format: BriefFormat) -> Format {
    match format {
        BriefFormat::Md => Format::Markdown,
        BriefFormat::Json => Format::Json,
        BriefFormat::Jsonl => Format::Jsonl,
        BriefFormat::Html => Format::Html,
    }
}

/// A page is a document of its own: several of them do not go into one stream.
fn one_page_at_a_time(args: &BriefArgs) -> Result<(), Error> {
    let several = args.inputs.len() > 1 || args.inputs.iter().any(|p| p.is_dir());
    match args.format == BriefFormat::Html && args.output.is_none() && several && !args.group {
        true => Err(several_pages()),
        false => Ok(()),
    }
}

fn several_pages() -> Error {
    Error::new("several HTML pages do not fit into one stream").hint("give a folder with `-o DIR`")
}
