//! The report as one self-contained page: no script, no link elsewhere, light and dark.
use super::{
    diff, plot,
    summary::{cost, p_value, score, tests},
};
use crate::eval::{
    metric::{self, Options, Stats, Unit},
    report::{EvalReport, ScoreReport},
    Direction, Task, Verdict,
};
use crate::text::words;
use minijinja::{value::Serde, Environment};
use serde::Serialize;
use serde_json::json;

const TEMPLATE: &str = include_str!("../theme/report.html");
const STYLE: &str = include_str!("../theme/report.css");
/// Segments shown in each list.
const SHOWN: usize = 8;

#[derive(Serialize)]
struct Cell {
    score: String,
    interval: String,
    /// `better`, `worse`, `none`, `few` or empty.
    verdict: &'static str,
    title: String,
    best: bool,
}

#[derive(Serialize)]
struct Plot {
    title: String,
    note: String,
    svg: String,
}

#[derive(Serialize)]
struct Side {
    system: String,
    score: String,
    pieces: Vec<diff::Piece>,
}

#[derive(Serialize)]
struct Example {
    article: String,
    genre: String,
    sentence: Option<u32>,
    source: String,
    reference: String,
    sides: Vec<Side>,
}

/// Renders the page.
pub fn page(report: &EvalReport) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    let metrics: Vec<&ScoreReport> = report.systems.first().map_or(vec![], |s| s.scores.iter().collect());
    let row = |m: &&ScoreReport| {
        let cells: Vec<Cell> = report.systems.iter().map(|s| cell(report, &s.name, m)).collect();
        json!({ "name": m.metric, "arrow": arrow(m.direction), "cells": cells })
    };
    let rows: Vec<_> = metrics.iter().map(row).collect();
    let signatures: Vec<_> = metrics
        .iter()
        .map(|m| (m.metric.as_str(), m.signature.as_str()))
        .collect();
    let comparisons: Vec<_> = report
        .comparisons
        .iter()
        .filter(|c| c.verdict != Verdict::NotJudged)
        .map(comparison)
        .collect();
    let main = main_metric(report);
    let values = main.map(|m| segment_scores(report, m)).unwrap_or_default();
    let direction = main
        .and_then(|m| report.systems[0].score(m))
        .map_or(Direction::Higher, |s| s.direction);
    let task = match report.task {
        Task::Translate => "Translation",
        Task::Brief => "Briefs",
    };
    let legend: Vec<_> = report
        .systems
        .iter()
        .enumerate()
        .map(|(i, s)| (i % 6, s.name.as_str()))
        .collect();
    let context = json!({
        "style": STYLE,
        "suite": report.suite,
        "task": task,
        "version": report.version,
        "corpus": report.corpus,
        "segments": report.segments.len(),
        "unit": if report.task == Task::Translate { "sentences" } else { "briefs" },
        "tests": quoted(&tests(report)),
        "rows": rows,
        "legend": legend,
        "intervals": interval_plots(report, &metrics),
        "distributions": distributions(report, &metrics),
        "main": main,
        "buckets": main.map(|m| buckets(report, m)).unwrap_or_default(),
        "comparisons": comparisons,
        "worst": worst(report, &values, direction),
        "different": different(report, &values),
        "costs": report.systems.iter().map(cost).collect::<Vec<_>>(),
        "signatures": signatures,
    });
    let rendered = environment.render_str(TEMPLATE, Serde(&context));
    // The template is part of the program and its context is built above: a fault is a fault of the tests.
    rendered.unwrap_or_else(|e| format!("<!doctype html><title>sunto</title><p>report template: {e}</p>"))
}

fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "↑",
        Direction::Lower => "↓",
        Direction::Neutral => "",
    }
}

fn cell(report: &EvalReport, system: &str, metric: &ScoreReport) -> Cell {
    let Some(s) = report.system(system).and_then(|r| r.score(&metric.metric)) else {
        return Cell {
            score: "–".into(),
            interval: String::new(),
            verdict: "",
            title: String::new(),
            best: false,
        };
    };
    let found = report
        .comparisons
        .iter()
        .find(|c| c.system == system && c.metric == metric.metric);
    let verdict = match found.map(|c| c.verdict) {
        Some(Verdict::Better) => "better",
        Some(Verdict::Worse) => "worse",
        Some(Verdict::NoDifferenceShown) => "none",
        Some(Verdict::TooFewSegments) => "few",
        _ => "",
    };
    let title = found.filter(|_| !verdict.is_empty()).map_or(String::new(), |c| {
        format!(
            "{} than {}: {:+.2}, p {}",
            c.verdict.words(),
            c.base,
            c.paired.delta,
            p_value(c.corrected)
        )
    });
    let others = report
        .systems
        .iter()
        .filter_map(|o| o.score(&metric.metric))
        .map(|o| o.score);
    let best = match metric.direction {
        Direction::Higher => others.fold(f64::MIN, f64::max) == s.score,
        Direction::Lower => others.fold(f64::MAX, f64::min) == s.score,
        Direction::Neutral => false,
    };
    let interval = s
        .interval
        .map_or(String::new(), |i| format!("{} – {}", score(i.low), score(i.high)));
    Cell {
        score: score(s.score),
        interval,
        verdict,
        title,
        best: best && report.systems.len() > 1,
    }
}

/// The cells of a comparison's row, each with what stands below it in small type.
fn comparison(c: &crate::eval::report::Comparison) -> Vec<[String; 2]> {
    let p = &c.paired;
    let plain = |text: &str| [text.to_string(), String::new()];
    vec![
        plain(&c.metric),
        plain(&c.system),
        plain(c.verdict.words()),
        [
            format!("{:+.2}", p.delta),
            format!("{:+.2} to {:+.2}", p.interval.low, p.interval.high),
        ],
        plain(&p_value(p.p)),
        plain(&p_value(c.corrected)),
        [p.n.to_string(), format!("{} differ", p.differing)],
        [p_value(p.smallest_p), p.test.name().to_string()],
    ]
}

/// Names in backticks, in the page's quotation marks.
fn quoted(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(i, part)| match i {
            0 => part.to_string(),
            i if i % 2 == 1 => format!("“{part}"),
            _ => format!("”{part}"),
        })
        .collect()
}

/// The metric that plots and lists are drawn for: the first that scores the task's outputs one by one.
fn main_metric(report: &EvalReport) -> Option<&str> {
    let of_outputs = |s: &&ScoreReport| s.unit == Unit::Output && s.direction != Direction::Neutral;
    let scores = &report.systems.first()?.scores;
    let preferred = scores
        .iter()
        .filter(of_outputs)
        .find(|s| s.metric.starts_with("chrf") || s.metric == "rouge-lsum");
    preferred
        .or_else(|| scores.iter().find(of_outputs))
        .map(|s| s.metric.as_str())
}

/// For each system, the score of each segment.
fn segment_scores(report: &EvalReport, metric: &str) -> Vec<Vec<Option<f64>>> {
    report
        .systems
        .iter()
        .map(|s| s.score(metric).map(ScoreReport::segments).unwrap_or_default())
        .collect()
}

fn interval_plots(report: &EvalReport, metrics: &[&ScoreReport]) -> Vec<Plot> {
    let judged = metrics.iter().filter(|m| m.direction != Direction::Neutral).take(6);
    judged
        .map(|m| {
            let row = |s: &crate::eval::report::SystemReport| {
                let found = s.score(&m.metric)?;
                Some((s.name.clone(), found.score, found.interval.map(|i| (i.low, i.high))))
            };
            let rows: Vec<_> = report.systems.iter().filter_map(row).collect();
            let note = if m.direction == Direction::Lower {
                "lower is better"
            } else {
                ""
            };
            Plot {
                title: m.metric.clone(),
                note: note.into(),
                svg: plot::intervals(&rows),
            }
        })
        .collect()
}

fn distributions(report: &EvalReport, metrics: &[&ScoreReport]) -> Vec<Plot> {
    // What a segment has or has not, and shares of a few numbers, make two bars and no distribution.
    let varied = |m: &ScoreReport| {
        let mut scores: Vec<f64> = m.segments().into_iter().flatten().collect();
        scores.sort_by(f64::total_cmp);
        scores.dedup();
        scores.len() > 12
    };
    let of_outputs = metrics
        .iter()
        .filter(|m| m.unit == Unit::Output && m.direction != Direction::Neutral && varied(m))
        .take(4);
    of_outputs
        .map(|m| {
            let all = segment_scores(report, &m.metric);
            let all = all.into_iter().map(|scores| scores.into_iter().flatten().collect());
            let series: Vec<_> = report.systems.iter().map(|s| s.name.clone()).zip(all).collect();
            let note = "segments scoring above 100 stand in the last bin";
            let note = if m.metric == "ter" { note } else { "" };
            Plot {
                title: m.metric.clone(),
                note: note.into(),
                svg: plot::distribution(&series, 100.0, 20),
            }
        })
        .collect()
}

/// Corpus scores of parts of the segments: by length of the source, by figures in it, by genre.
fn buckets(report: &EvalReport, metric_name: &str) -> Vec<Plot> {
    let Ok(metric) = metric::build(metric_name, &Options::default()) else {
        return vec![];
    };
    let plot = |title: &str, groups: &[String], of: &dyn Fn(usize) -> String| {
        let bars = groups.iter().map(|group| {
            let inside: Vec<usize> = (0..report.segments.len()).filter(|&i| of(i) == *group).collect();
            let score = |s: &crate::eval::report::SystemReport| {
                let stats = &s.score(metric_name)?.stats;
                let total: Stats = inside.iter().filter_map(|&i| stats.get(i)).sum();
                metric
                    .measured(&total)
                    .then(|| metric.score(&total))
                    .filter(|_| !inside.is_empty())
            };
            (
                format!("{group} ({})", inside.len()),
                report.systems.iter().map(score).collect(),
            )
        });
        let bars: Vec<(String, Vec<Option<f64>>)> = bars.collect();
        let bars: Vec<_> = bars
            .into_iter()
            .filter(|(_, v)| v.iter().any(Option::is_some))
            .collect();
        // One group is the whole corpus again.
        (bars.len() > 1).then(|| Plot {
            title: title.into(),
            note: String::new(),
            svg: plot::bars(&bars),
        })
    };
    let lengths: &[(&str, usize)] = match report.task {
        Task::Translate => &[
            ("up to 10 words", 10),
            ("11 to 20", 20),
            ("21 to 35", 35),
            ("over 35", usize::MAX),
        ],
        Task::Brief => &[("up to 300 words", 300), ("301 to 600", 600), ("over 600", usize::MAX)],
    };
    let length = |i: usize| {
        let n = words::count(&report.segments[i].source);
        lengths
            .iter()
            .find(|(_, most)| n <= *most)
            .map_or(String::new(), |(name, _)| name.to_string())
    };
    let figures = |i: usize| {
        let n = report.segments[i]
            .source
            .split_whitespace()
            .filter(|w| w.contains(|c: char| c.is_ascii_digit()))
            .count();
        ["no figure", "one or two figures", "three or more"][if n == 0 { 0 } else { 1 + usize::from(n > 2) }]
            .to_string()
    };
    let genre = |i: usize| report.segments[i].genre.clone();
    let mut genres: Vec<String> = report.segments.iter().map(|s| s.genre.clone()).collect();
    genres.sort();
    genres.dedup();
    let listed = |names: &[&str]| names.iter().map(|s| s.to_string()).collect::<Vec<_>>();
    let plots = [
        plot(
            "By length of the source",
            &lengths.iter().map(|(n, _)| n.to_string()).collect::<Vec<_>>(),
            &length,
        ),
        plot(
            "By figures in the source",
            &listed(&["no figure", "one or two figures", "three or more"]),
            &figures,
        ),
        plot("By genre", &genres, &genre),
    ];
    plots.into_iter().flatten().collect()
}

fn example(report: &EvalReport, values: &[Vec<Option<f64>>], i: usize) -> Example {
    let segment = &report.segments[i];
    let side = |(system, values): (&crate::eval::report::SystemReport, &Vec<Option<f64>>)| Side {
        system: system.name.clone(),
        score: values
            .get(i)
            .copied()
            .flatten()
            .map_or(String::new(), |v| format!("{v:.1}")),
        pieces: diff::words(&segment.reference, system.outputs.get(i).map_or("", String::as_str)),
    };
    Example {
        article: segment.article.clone(),
        genre: segment.genre.clone(),
        sentence: segment.sentence,
        source: shortened(&segment.source),
        reference: segment.reference.clone(),
        sides: report.systems.iter().zip(values).map(side).collect(),
    }
}

/// The beginning of a long text.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(900) {
        Some((end, _)) => {
            let end = text[..end].rfind(char::is_whitespace).unwrap_or(end);
            format!("{} …", text[..end].trim_end())
        }
        None => text.to_string(),
    }
}

/// Segments that the first system does worst on.
fn worst(report: &EvalReport, values: &[Vec<Option<f64>>], direction: Direction) -> Vec<Example> {
    let Some(first) = values.first() else { return vec![] };
    let scores = first.iter().enumerate().take(report.segments.len());
    let mut order: Vec<(usize, f64)> = scores.filter_map(|(i, s)| Some((i, (*s)?))).collect();
    order.sort_by(|(_, a), (_, b)| match direction {
        Direction::Lower => b.total_cmp(a),
        _ => a.total_cmp(b),
    });
    order
        .into_iter()
        .take(SHOWN)
        .map(|(i, _)| example(report, values, i))
        .collect()
}

/// Segments on which the systems are furthest apart.
fn different(report: &EvalReport, values: &[Vec<Option<f64>>]) -> Vec<Example> {
    if values.len() < 2 {
        return vec![];
    }
    let count = values
        .iter()
        .map(Vec::len)
        .min()
        .unwrap_or(0)
        .min(report.segments.len());
    let spread = |i: usize| {
        let (low, high) = values
            .iter()
            .filter_map(|v| v[i])
            .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        high - low
    };
    let mut order: Vec<usize> = (0..count).filter(|&i| spread(i) > 0.0).collect();
    order.sort_by(|&a, &b| spread(b).total_cmp(&spread(a)));
    order
        .into_iter()
        .take(SHOWN)
        .map(|i| example(report, values, i))
        .collect()
}
