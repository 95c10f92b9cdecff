//! `sunto check`: the fidelity checks on anyone's translation, or on a brief anew.
use super::{
    args::check::{CheckArgs, Format},
    output,
    settings::Settings,
    translator,
};
use crate::text::calendar::Date;
use crate::{
    brief::{
        fidelity::{self, Checked, Pair},
        repair::Source,
        Brief, Finding, Verdict,
    },
    Error,
};
use serde::Serialize;
use std::{fs, path::Path, process::ExitCode};

/// One pair as JSON: with `--lines`, objects and lines of the files correspond.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Number from 1: of the line with `--lines`, else of the pair.
    line: usize,
    source: &'a str,
    target: &'a str,
    findings: &'a [Finding],
}

pub fn run(settings: &Settings, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let format = args.format.unwrap_or(match args.lines {
        true => Format::Jsonl,
        false => Format::Text,
    });
    let glossary = args.glossary.as_deref().map(translator::glossary).transpose()?;
    let (mut pairs, mut alarms) = (0, 0);
    let (mut figures, mut terms) = ((0, 0), (0, 0));
    for (file, mut checked) in checked(args)? {
        for (n, c) in checked.iter_mut().enumerate() {
            figures = (figures.0 + c.carried.0, figures.1 + c.carried.1);
            if let Some(glossary) = &glossary {
                let told = Source::new(&c.source, Some(glossary)).terms_of(&c.target);
                let used = told.iter().filter(|f| f.verdict == Verdict::Supported).count();
                terms = (terms.0 + used, terms.1 + told.len());
                c.findings.extend(told.into_iter().map(|f| f.about(n as u32)));
            }
            let found = c.findings.iter().filter(|f| f.verdict != Verdict::Supported).count();
            match format {
                Format::Jsonl => output::line(&serde_json::to_string(&Record {
                    file: file.clone(),
                    line: n + 1,
                    source: &c.source,
                    target: &c.target,
                    findings: &c.findings,
                })?)?,
                Format::Text if found > 0 => output::print(&shown(file.as_deref(), n + 1, c))?,
                Format::Text => {}
            }
            pairs += 1;
            alarms += found;
        }
    }
    if !settings.quiet {
        let s = |n: usize| if n == 1 { "" } else { "s" };
        output::tell(format_args!(
            "{pairs} pair{} checked, {alarms} finding{}",
            s(pairs),
            s(alarms)
        ));
        for (what, (kept, of)) in [("figures carried over", figures), ("terms used", terms)] {
            if of > 0 {
                output::tell(format_args!(
                    "{kept} of {of} {what} ({:.1} %)",
                    100.0 * kept as f64 / of as f64
                ));
            }
        }
    }
    Ok(match args.strict && alarms > 0 {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// What was checked, by brief or as one pair of texts without a name.
fn checked(args: &CheckArgs) -> anyhow::Result<Vec<(Option<String>, Vec<Checked>)>> {
    if let (Some(source), Some(target)) = (&args.source, &args.target) {
        let (italian, english) = (read(source)?, read(target)?);
        let checked = match args.lines {
            true => by_line(&italian, &english, args.date)?,
            false => fidelity::check_texts(&italian, &english, args.date),
        };
        return Ok(vec![(None, checked)]);
    }
    let mut out = vec![];
    for path in &args.briefs {
        let hint = "make one with `sunto brief INPUT --format json`, or give --source and --target";
        for brief in briefs(path, hint)? {
            out.push((Some(path.display().to_string()), fidelity::check_brief(&brief)));
        }
    }
    Ok(out)
}

/// The briefs of a JSON or jsonl file: at least one. `hint` says what to give instead.
pub fn briefs(path: &Path, hint: &str) -> anyhow::Result<Vec<Brief>> {
    let text = read(path)?;
    let read = serde_json::Deserializer::from_str(&text).into_iter::<Brief>();
    let briefs: Vec<Brief> = read.collect::<Result<_, _>>().map_err(|e| {
        Error::new(format!("`{}` is not a brief", path.display()))
            .caused_by(e)
            .hint(hint.to_string())
    })?;
    match briefs.is_empty() {
        true => Err(Error::new(format!("`{}` holds no brief", path.display())).into()),
        false => Ok(briefs),
    }
}

fn by_line(italian: &str, english: &str, date: Option<Date>) -> anyhow::Result<Vec<Checked>> {
    let (its, ens) = (italian.lines().count(), english.lines().count());
    if its != ens {
        let what = format!("the source has {its} lines, the target {ens}");
        return Err(Error::new(what).hint("without --lines, sentences are aligned").into());
    }
    let pairs = italian.lines().zip(english.lines()).enumerate();
    let check = |(n, (source, target))| Checked::pair(Pair::new(n as u32, source, target).on(date));
    Ok(pairs.map(check).collect())
}

fn read(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).map_err(|e| {
        Error::new(format!("cannot read `{}`", path.display()))
            .caused_by(e)
            .hint("give a UTF-8 text file")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.into(),
        None => text,
    })
}

/// A pair with what asks for a look, for people.
fn shown(file: Option<&str>, number: usize, c: &Checked) -> String {
    let mut text = format!("{}{number}\n", file.map(|f| format!("{f}:")).unwrap_or_default());
    for (name, side) in [("it", &c.source), ("en", &c.target)] {
        text.push_str(format!("  {name}  {}", side.replace('\n', " ")).trim_end());
        text.push('\n');
    }
    for f in c.findings.iter().filter(|f| f.verdict != Verdict::Supported) {
        text.push_str(&format!("  {} {}: {}\n", word(&f.verdict), word(&f.check), f.reason));
    }
    text + "\n"
}

/// A verdict or check as its JSON has it.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(s)) => s,
        _ => String::new(),
    }
}
