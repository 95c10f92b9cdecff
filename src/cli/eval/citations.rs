//! `sunto eval citations`: what briefs cite, against the sentences that their authors named.
use crate::{
    cli::{check, output},
    eval::citations::{self, Table},
    read::seeds,
    Error,
};
use clap::{Args, ValueEnum};
use comfy_table::{presets, CellAlignment, Table as Shown};
use std::{collections::HashMap, path::PathBuf, process::ExitCode};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Count how many cited sentences support the brief, and how many supporting ones are cited.
#[derive(Args, Debug)]
pub struct CitationsArgs {
    /// Files in the `#ART` format, with `X:` lines: seeds/articles/*.txt, or your own.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print the sentences of so many reference briefs with what they are taken to rest on.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub show: usize,
    /// Briefs of these articles (`sunto brief FILE... --format jsonl`): how they cite, and how their words alone would.
    #[arg(long, value_name = "FILE")]
    pub briefs: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

pub fn run(args: &CitationsArgs) -> anyhow::Result<ExitCode> {
    let mut items = vec![];
    for file in &args.files {
        for entry in seeds::open(file)? {
            items.push(entry?);
        }
    }
    let mut briefs = HashMap::new();
    if let Some(path) = &args.briefs {
        let hint = "make them with `sunto brief FILE... --format jsonl > briefs.jsonl` from the same files";
        briefs.extend(check::briefs(path, hint)?.into_iter().map(|b| (b.id.clone(), b)));
        if !items.iter().any(|(a, _)| briefs.contains_key(&a.id)) {
            let what = format!("`{}` has no brief of any of the articles", path.display());
            return Err(Error::new(what).hint(hint).into());
        }
    }
    let table = citations::measure(items.iter().map(|(a, r)| (a, r)), &briefs);
    match args.format {
        Format::Json => output::line(&serde_json::to_string_pretty(&table)?)?,
        Format::Text => output::line(&shown(&table))?,
    }
    let named = |id: &str| items.iter().find(|(a, _)| a.id == id).map(|(_, r)| &r.support);
    let mut before = "";
    let mut left = args.show;
    for a in &table.aligned {
        if before != a.article {
            if left == 0 {
                break;
            }
            left -= 1;
            before = &a.article;
            let support: Vec<u32> = named(before).into_iter().flatten().map(|id| id.0).collect();
            output::line(&format!("\n{before}: the author named {support:?}"))?;
        }
        output::line(&format!("  {:?}  {}", a.cited, a.sentence))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(table: &Table) -> String {
    let mut shown = Shown::new();
    shown.load_style(presets::ASCII_MARKDOWN).set_header([
        "way",
        "cited",
        "supporting",
        "both",
        "precision",
        "recall",
        "F1",
    ]);
    for column in 1..7 {
        if let Some(c) = shown.column_mut(column) {
            c.set_cell_alignment(CellAlignment::Right);
        }
    }
    for t in &table.ways {
        let share = |x: f64| format!("{x:.3}");
        let counts = [t.cited, t.supporting, t.shared].map(|n| n.to_string());
        let shares = [t.precision(), t.recall(), t.f1()].map(share);
        shown.add_row([t.way.to_string()].into_iter().chain(counts).chain(shares));
    }
    format!("{shown}\n\n{} articles", table.articles)
}
