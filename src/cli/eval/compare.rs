//! `sunto eval compare`: two reports on one corpus; the gate of a change.
use super::write_file;
use crate::cli::output;
use crate::eval::{report, EvalReport, Resampling, Verdict};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The report to compare with, for example eval/baselines/translate.json.
    pub base: PathBuf,
    /// The report of the change.
    pub new: PathBuf,
    /// Only these metrics decide, with commas between them; all of the reports if not given.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub metrics: Vec<String>,
    /// Write the comparisons as JSON to a file.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub fn run(args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let (base, new) = (EvalReport::open(&args.base)?, EvalReport::open(&args.new)?);
    let s = &base.significance;
    let alpha_thousandths = (s.alpha * 1000.0).round() as u32;
    let (test, trials, resamples, seed) = (s.test, s.trials, s.resamples, s.seed);
    let how = Resampling {
        test,
        trials,
        resamples,
        seed,
        alpha_thousandths,
    };
    let found = report::compare(&base, &new, &args.metrics, &how)?;
    let missing = report::missing(&base, &new, &args.metrics);
    if !missing.is_empty() {
        let (path, missing) = (args.new.display(), missing.join(", "));
        output::tell(format_args!(
            "warning: `{path}` does not have, and nothing compares: {missing}"
        ));
    }
    output::print(&crate::write::report::comparisons(&found, how.alpha()))?;
    if let Some(path) = &args.output {
        write_file(path, &(serde_json::to_string_pretty(&found)? + "\n"))?;
    }
    let worse = found.iter().filter(|c| c.verdict == Verdict::Worse).count();
    if worse > 0 {
        output::tell(format_args!(
            "{worse} significant fall{}",
            if worse == 1 { "" } else { "s" }
        ));
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}
