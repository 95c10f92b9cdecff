//! `sunto eval report`: a report in another form.
use super::{write_file, Form};
use crate::eval::EvalReport;
use crate::write::report::{render, ReportFormat};
use crate::{cli::output, Error};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

#[derive(Args, Debug)]
pub struct ReportArgs {
    /// A report.json that `eval run` wrote.
    pub report: PathBuf,
    #[arg(long, value_enum)]
    pub format: Option<Form>,
    /// Write to a file; its extension (md, html, json, txt) decides the format where none is given.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let report = EvalReport::open(&args.report)?;
    let format = match (args.format, &args.output) {
        (Some(form), _) => form.into(),
        (None, None) => ReportFormat::Text,
        (None, Some(path)) => ReportFormat::of_path(path).ok_or_else(|| {
            Error::new(format!("cannot tell a format from `{}`", path.display()))
                .hint("use --format text, md, json or html")
        })?,
    };
    let rendered = render(&report, format);
    match &args.output {
        Some(path) => write_file(path, &rendered)?,
        None => output::print(&rendered)?,
    }
    Ok(ExitCode::SUCCESS)
}
