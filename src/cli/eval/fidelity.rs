//! `sunto eval fidelity`: how much damage the checks catch, and how often they cry wolf.
use crate::cli::output;
use crate::eval::corruption::{self, Table, Translated};
use crate::text::calendar::Date;
use anyhow::Context;
use clap::{Args, ValueEnum};
use comfy_table::{presets, CellAlignment, Table as Shown};
use std::{fs, path::PathBuf, process::ExitCode};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Damage faithful translations in many ways and count what the fidelity checks find.
#[derive(Args, Debug)]
pub struct FidelityArgs {
    /// Files with `Italian ||| English` lines: seeds/articles/*.txt, seeds/pairs/*.txt, or your own.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Damage one sentence in so many; all are checked untouched.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub every: usize,
    #[arg(long, default_value_t = 12345)]
    pub seed: u64,
    /// Print so many false alarms and misses of each kind.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub show: usize,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

pub fn run(args: &FidelityArgs) -> anyhow::Result<ExitCode> {
    let mut pairs = vec![];
    for file in &args.files {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let mut date = None;
        for line in text.lines() {
            match line.strip_prefix("date:") {
                Some(day) => date = Date::parse(day.trim()),
                None if line == "#END" => date = None,
                None => pairs.extend(pair(line, date)),
            }
        }
    }
    anyhow::ensure!(!pairs.is_empty(), "no `Italian ||| English` line in the files given");
    let table = corruption::measure(&pairs, args.every, args.seed);
    match args.format {
        Format::Json => output::line(&serde_json::to_string_pretty(&table)?)?,
        Format::Text => output::print(&text(&table, args.show))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn pair(line: &str, date: Option<Date>) -> Option<Translated> {
    let line = line
        .strip_prefix("T: ")
        .or_else(|| line.strip_prefix("S: "))
        .unwrap_or(line);
    let (italian, english) = line.split_once(" ||| ")?;
    Some(Translated {
        italian: italian.trim().into(),
        english: english.trim().into(),
        date,
    })
}

fn text(table: &Table, show: usize) -> String {
    let mut shown = Shown::new();
    shown
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(["damage", "cases", "caught", "recall"]);
    for column in 1..4 {
        if let Some(c) = shown.column_mut(column) {
            c.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut row = |name: &str, cases: usize, caught: usize| {
        let recall = format!("{:.3}", caught as f64 / cases.max(1) as f64);
        shown.add_row([name.to_string(), cases.to_string(), caught.to_string(), recall]);
    };
    let mut all = (0, 0);
    for (kind, t) in &table.kinds {
        row(kind, t.cases, t.caught);
        all = (all.0 + t.cases, all.1 + t.caught);
    }
    row("all", all.0, all.1);
    let mut out = format!(
        "{shown}\n\nuntouched: {} pairs, {} with a false alarm ({:.2}%)\n",
        table.untouched,
        table.false_alarms,
        100.0 * table.false_alarm_rate()
    );
    for (it, en, reason) in table.alarms.iter().take(show) {
        out += &format!("\nalarm  {reason}\n  it  {it}\n  en  {en}\n");
    }
    for kind in table.kinds.keys() {
        for (_, it, en) in table.misses.iter().filter(|m| m.0 == *kind).take(show) {
            out += &format!("\nmiss   {kind}\n  it  {it}\n  en  {en}\n");
        }
    }
    out
}
