//! Errors as people read them: what failed on which thing, what caused it, what to do next; three lines at most.
use super::output;
use crate::{read::ReadError, text::normalize::one_line, Error};
use clap::error::ErrorKind;
use std::{io, process::ExitCode};

/// Prints an error to stderr.
pub fn print(error: &anyhow::Error) {
    output::tell(lines(error));
}

/// The two or three lines of an error: its own message, the messages of its causes, the first hint among them.
pub fn lines(error: &anyhow::Error) -> String {
    let mut text = format!("error: {}", one_line(&error.to_string()));
    let mut causes: Vec<String> = vec![];
    for cause in error.chain().skip(1) {
        let cause = one_line(&cause.to_string());
        // Many libraries repeat their cause in their own message.
        if !text.contains(&cause) && !causes.iter().any(|c| c.contains(&cause)) {
            causes.push(cause);
        }
    }
    if !causes.is_empty() {
        text.push_str(&format!("\n  caused by: {}", causes.join(": ")));
    }
    if let Some(hint) = error.chain().find_map(hint) {
        text.push_str(&format!("\n  hint: {}", one_line(&hint)));
    }
    text
}

/// The hint of an error of ours.
pub fn hint(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(e) = error.downcast_ref::<Error>() {
        return e.hint.clone();
    }
    error
        .downcast_ref::<ReadError>()
        .and_then(|e| e.hint().map(String::from))
}

/// Whether somebody closed the pipe that we write to, as `head` does.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| {
        let kind = e.downcast_ref::<io::Error>().map(io::Error::kind).or_else(|| {
            e.downcast_ref::<serde_json::Error>()
                .and_then(serde_json::Error::io_error_kind)
        });
        kind == Some(io::ErrorKind::BrokenPipe)
    })
}

/// Help and version as clap prints them; its errors in our three lines.
pub fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print(); // a closed pipe is no failure
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(super::CANNOT_START)
        }
        _ => {
            output::tell(usage_lines(&error.render().to_string()));
            ExitCode::from(super::CANNOT_START)
        }
    }
}

/// clap's page of text, shortened: the error, its tip or the help to read.
fn usage_lines(page: &str) -> String {
    let end = page.find("\n\n").unwrap_or(page.len());
    let what = one_line(page[..end].trim_start_matches("error:"));
    let tips: Vec<String> = page
        .lines()
        .filter_map(|l| l.trim().strip_prefix("tip:"))
        .map(one_line)
        .collect();
    let command = page
        .lines()
        .find_map(|l| l.strip_prefix("Usage: "))
        .map(|l| {
            let words = l
                .split_whitespace()
                .take_while(|w| w.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            words.filter(|w| !w.starts_with('-')).collect::<Vec<_>>().join(" ")
        })
        .filter(|c| !c.is_empty())
        .unwrap_or_else(|| "sunto".into());
    let hint = match tips.is_empty() {
        true => format!("run `{command} --help`"),
        false => tips.join("; "),
    };
    let text = format!("error: {}\n  hint: {}", backticks(&what), backticks(&hint));
    text
}

/// 'quoted' as `quoted`.
fn backticks(text: &str) -> String {
    text.replace('\'', "`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn three_lines_at_most() {
        let cause = io::Error::other("disk\non fire");
        let check = |error: anyhow::Error, expected: &str| assert_eq!(lines(&error), expected);
        check(Error::new("cannot start").into(), "error: cannot start");
        check(
            Error::new("cannot read `x`")
                .caused_by(cause)
                .hint("use another disk")
                .into(),
            "error: cannot read `x`\n  caused by: disk on fire\n  hint: use another disk",
        );
        check(
            anyhow::Error::from(Error::new("no `x`").hint("make one")).context("cannot brief `y`"),
            "error: cannot brief `y`\n  caused by: no `x`\n  hint: make one",
        );
        check(
            Error::new("bad suite").hint("mend it").into(),
            "error: bad suite\n  hint: mend it",
        );
    }

    #[test]
    fn broken_pipes_are_seen_through_contexts() {
        let pipe = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).context("cannot write");
        assert!(is_broken_pipe(&pipe));
        assert!(!is_broken_pipe(&Error::new("other").into()));
    }

    #[test]
    fn usage_errors_take_two_lines() {
        let check = |words: &[&str], expected: &str| {
            let error = super::super::args::Args::try_parse_from(words).unwrap_err();
            assert_eq!(usage_lines(&error.render().to_string()), expected);
        };
        check(
            &["sunto", "--colour"],
            "error: unexpected argument `--colour` found\n  hint: run `sunto --help`",
        );
        check(
            &["sunto", "docter"],
            "error: unrecognized subcommand `docter`\n  hint: a similar subcommand exists: `doctor`",
        );
        check(
            &["sunto", "doctor", "--threads", "x"],
            "error: invalid value `x` for `--threads <N>`: invalid digit found in string\n  hint: run `sunto --help`",
        );
    }
}
