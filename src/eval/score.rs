//! Scoring texts that are already there: lines in, scores with signature and interval out. Never runs a model.
use super::{
    metric::{Direction, Label, Metric, Segment, Stats},
    resample::{self, Interval, Resampling},
};
use crate::{Error, Result};
use std::path::Path;

/// A corpus score: there is none without its signature.
#[derive(Clone, Debug)]
pub struct Score {
    pub label: Label,
    pub score: f64,
    /// Segments in which there was anything to measure; where 0, the score says nothing.
    pub measured: usize,
    /// 95% bootstrap interval; `None` where nothing was measured.
    pub interval: Option<Interval>,
    /// Statistics of each segment, from which tests and sentence scores come.
    pub stats: Vec<Stats>,
}

/// Scores segments; the signature says how the interval was drawn.
///
/// # Errors
/// Where the metric cannot score them, or gives a number that is none (NaN, infinite): with the segment's number.
pub fn score(metric: &dyn Metric, segments: &[Segment], how: &Resampling) -> Result<Score> {
    let stats = metric.stats(segments)?;
    let mut label = metric.label().clone();
    if let Some(i) = stats.iter().position(|s| s.0.iter().any(|x| !x.is_finite())) {
        return Err(Error::new(format!(
            "`{}` gives no finite number for segment {}",
            label.name,
            i + 1
        )));
    }
    let score = metric.score(&stats.iter().sum());
    if !score.is_finite() {
        return Err(Error::new(format!("`{}` gives no finite score", label.name)));
    }
    let measured = stats.iter().filter(|s| metric.measured(s)).count();
    let interval = match measured {
        0 => None,
        _ => resample::interval(metric, &stats, how.resamples, how.seed),
    };
    if interval.is_some() {
        label.signature = format!("{}|bs:{}|seed:{}", label.signature, how.resamples, how.seed);
    }
    Ok(Score {
        label,
        score,
        measured,
        interval,
        stats,
    })
}

/// Whether the first of two scores is better; `None` where the metric does not judge.
pub fn better(direction: Direction, a: f64, b: f64) -> Option<bool> {
    match direction {
        Direction::Higher => Some(a > b),
        Direction::Lower => Some(a < b),
        Direction::Neutral => None,
    }
}

/// The lines of a text, one segment each; a carriage return before the line end is not part of the line.
///
/// # Errors
/// Where a line is not UTF-8 (with its number) or there is none.
pub fn lines(path: &Path, bytes: &[u8]) -> Result<Vec<String>> {
    let name = path.display();
    let mut raw: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    if raw.last().is_some_and(|l| l.is_empty()) {
        raw.pop();
    }
    if raw.is_empty() {
        return Err(Error::new(format!("`{name}` is empty")));
    }
    let line = |(i, line): (usize, &[u8])| match std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)) {
        Ok(line) => Ok(line.to_string()),
        Err(_) => Err(Error::new(format!("`{name}` line {} is not valid UTF-8", i + 1))
            .hint("convert it to UTF-8 first, for example with `iconv -t UTF-8`")),
    };
    raw.into_iter().enumerate().map(line).collect()
}

/// Reads a file of one segment a line.
///
/// # Errors
/// Where it cannot be read, and those of [`lines`].
pub fn read_lines(path: &Path) -> Result<Vec<String>> {
    let read = |e| {
        Error::new(format!("cannot read `{}`", path.display()))
            .caused_by(e)
            .hint("check the path")
    };
    lines(path, &std::fs::read(path).map_err(read)?)
}

/// Checks that `found` lines of `path` answer the `expected` ones of `first`.
///
/// # Errors
/// Where they do not: which file, and by how many lines.
pub fn same_count(path: &Path, found: usize, first: &Path, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let (path, first, by) = (path.display(), first.display(), found.abs_diff(expected));
    let way = if found < expected { "few" } else { "many" };
    let plural = if found == 1 { "" } else { "s" };
    Err(Error::new(format!(
        "`{path}` has {found} line{plural}, `{first}` has {expected}: {by} too {way}"
    ))
    .hint("line n of every file is about the same segment; look for lost or doubled line ends"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::metric::{build, Options};

    #[test]
    fn lines_are_segments() {
        let check = |bytes: &[u8], expected: std::result::Result<&[&str], &str>| {
            let found = lines(Path::new("h.txt"), bytes).map_err(|e| e.to_string());
            assert_eq!(
                found,
                expected
                    .map(|l| l.iter().map(|s| s.to_string()).collect())
                    .map_err(str::to_string)
            );
        };
        check(b"a\nb\n", Ok(&["a", "b"]));
        check(b"a\nb", Ok(&["a", "b"]));
        check(b"a\r\n\r\nb", Ok(&["a", "", "b"]));
        check(b"\n", Ok(&[""]));
        check(b"", Err("`h.txt` is empty"));
        check(b"a\n\xff\n", Err("`h.txt` line 2 is not valid UTF-8"));
    }

    #[test]
    fn counts_say_which_and_by_how_many() {
        let check = |found, expected, text: &str| {
            let error = same_count(Path::new("r.txt"), found, Path::new("h.txt"), expected).unwrap_err();
            assert_eq!(error.to_string(), text);
        };
        check(9, 10, "`r.txt` has 9 lines, `h.txt` has 10: 1 too few");
        check(12, 10, "`r.txt` has 12 lines, `h.txt` has 10: 2 too many");
        assert!(same_count(Path::new("r"), 3, Path::new("h"), 3).is_ok());
    }

    #[test]
    fn a_score_carries_signature_and_interval() {
        let metric = build("bleu", &Options::default()).unwrap();
        let lines = [
            "The police arrested three people in Milan today.",
            "Two offices were searched by the police.",
        ];
        let segment = |h: &'static str, r: &'static str| Segment {
            hypothesis: h,
            references: vec![r],
            ..Default::default()
        };
        let segments = [
            segment(lines[0], lines[0]),
            segment(lines[1], "The police searched two offices."),
        ];
        let scored = score(metric.as_ref(), &segments, &Resampling::default()).unwrap();
        let interval = scored.interval.unwrap();
        assert!(
            interval.low <= scored.score && scored.score <= interval.high,
            "{scored:?}"
        );
        assert!(scored
            .label
            .signature
            .ends_with("|compat:sacrebleu-2.x|bs:1000|seed:12345"));
    }
}
