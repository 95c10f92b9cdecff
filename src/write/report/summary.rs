//! The small texts that every form of a report shares.
use crate::eval::{report::SystemReport, EvalReport, Verdict};

pub fn score(x: f64) -> String {
    format!("{x:.2}")
}

pub fn p_value(p: f64) -> String {
    if p < 0.0001 {
        "<0.0001".into()
    } else if p < 0.001 {
        format!("{p:.4}")
    } else {
        format!("{p:.3}")
    }
}

/// What the test against the first system says, as a mark after a score.
pub fn mark(report: &EvalReport, system: &str, metric: &str) -> &'static str {
    let found = report
        .comparisons
        .iter()
        .find(|c| c.system == system && c.metric == metric);
    match found.map(|c| c.verdict) {
        Some(Verdict::Better) => " ▲",
        Some(Verdict::Worse) => " ▼",
        Some(Verdict::NoDifferenceShown) => " =",
        Some(Verdict::TooFewSegments) => " ?",
        Some(Verdict::NotJudged) | None => "",
    }
}

/// How differences were tested, in words.
pub fn tests(report: &EvalReport) -> String {
    let s = &report.significance;
    let base = report.systems.first().map_or("", |s| s.name.as_str());
    if report.systems.len() < 2 {
        return format!(
            "95% intervals by bootstrap ({} resamples, seed {}).",
            s.resamples, s.seed
        );
    }
    format!(
        "Against `{base}`: ▲ better, ▼ worse, = no difference shown, ? too few segments to tell; {} ({} trials, exact \
         where few segments differ), p corrected by Holm over the systems of each metric, alpha {}; 95% intervals by \
         bootstrap ({} resamples), seed {}.",
        s.test.name(),
        s.trials,
        s.alpha,
        s.resamples,
        s.seed
    )
}

/// `[name, settings, seconds, words per second, peak MB]`.
pub fn cost(system: &SystemReport) -> [String; 5] {
    let c = &system.cost;
    let measured = c.seconds > 0.0;
    [
        system.name.clone(),
        system.about.clone(),
        if measured {
            format!("{:.1}", c.seconds)
        } else {
            "-".into()
        },
        c.words_per_second().map_or("-".into(), |w| format!("{w:.0}")),
        c.peak_mb.map_or("-".into(), |m| format!("{m:.0}")),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn small_p_values_are_not_rounded_to_zero() {
        let check = |p, expected: &str| assert_eq!(super::p_value(p), expected);
        check(0.5, "0.500");
        check(0.0009, "0.0009");
        check(0.00005, "<0.0001");
        check(1.0, "1.000");
    }
}
