//! What is to be measured, as a file: `eval/*.toml` names a corpus, systems, metrics and a test.
use super::{
    metric,
    metrics::learned::{usual_card, ModelOf},
    resample::{Resampling, Test},
    score,
};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What a suite's systems make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    Translate,
    Brief,
}

/// Which files of a corpus folder: `eval-*` are the test split, all others are for training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    #[default]
    Test,
    Train,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Shown in reports; the file's name where absent.
    #[serde(default)]
    pub name: String,
    pub task: Task,
    /// Folder of `#ART` files, relative to the working directory.
    pub corpus: PathBuf,
    #[serde(default)]
    pub split: Split,
    pub metrics: Vec<String>,
    /// `[metric-model.comet]`: what learned metrics are computed by; the metric's usual card where absent.
    #[serde(default, rename = "metric-model")]
    pub models: BTreeMap<String, ModelOf>,
    /// Processor threads of the whole run, where neither flag, variable nor settings file says how many.
    #[serde(default)]
    pub threads: Option<usize>,
    /// The first is the one that the others are compared with.
    #[serde(rename = "system")]
    pub systems: Vec<System>,
    #[serde(default)]
    pub significance: Significance,
}

/// One system: settings as `sunto.toml` has them (strategy, translator, beams, ...), or a file of outputs made elsewhere.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct System {
    pub name: String,
    /// Lines in the order of the corpus (sentences or briefs), or a `.jsonl` of predictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<PathBuf>,
    /// What the layer that runs models makes the system of: the keys of the settings file, laid over the user's own.
    #[serde(flatten)]
    pub settings: toml::Table,
}

impl System {
    /// What decides its outputs, as text.
    pub fn about(&self) -> String {
        let outputs = self.outputs.iter().map(|p| format!("outputs:{}", p.display()));
        let value = |v: &toml::Value| v.as_str().map_or_else(|| v.to_string(), String::from);
        let settings = self.settings.iter().map(|(key, v)| format!("{key}:{}", value(v)));
        outputs.chain(settings).collect::<Vec<_>>().join("|")
    }
}

/// How differences are tested.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Significance {
    pub test: Test,
    pub trials: usize,
    pub resamples: usize,
    pub seed: u64,
    pub alpha: f64,
}

impl Default for Significance {
    fn default() -> Self {
        let d = Resampling::default();
        Self {
            test: d.test,
            trials: d.trials,
            resamples: d.resamples,
            seed: d.seed,
            alpha: d.alpha(),
        }
    }
}

impl Significance {
    pub fn resampling(&self) -> Resampling {
        let alpha_thousandths = (self.alpha * 1000.0).round() as u32;
        let (test, trials, resamples, seed) = (self.test, self.trials, self.resamples, self.seed);
        Resampling {
            test,
            trials,
            resamples,
            seed,
            alpha_thousandths,
        }
    }
}

impl Suite {
    /// Reads a suite.
    ///
    /// # Errors
    /// Where the file cannot be read, is no TOML (with line), or asks for what there is not.
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| {
            Error::new(format!("cannot read `{shown}`"))
                .caused_by(e)
                .hint("check the path")
        })?;
        let text = score::lines(path, &bytes)?.join("\n");
        let stem = path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        Self::parse(&text, &shown, &stem)
    }

    /// Parses the text of a suite that errors call `shown`.
    pub fn parse(text: &str, shown: &str, name: &str) -> Result<Self> {
        let mut suite: Suite = toml::from_str(text).map_err(|e| {
            let reason = e.message().lines().next().unwrap_or_default().to_string();
            // What the whole file lacks is on no line.
            let place = match e.span() {
                Some(span) if span.start > 0 || !reason.starts_with("missing field") => {
                    format!(" line {}", text[..span.start].matches('\n').count() + 1)
                }
                _ => String::new(),
            };
            Error::new(format!("`{shown}`{place} is not a suite"))
                .caused_by(reason)
                .hint("a suite has task, corpus, metrics and [[system]] tables: see eval/translate.toml")
        })?;
        if suite.name.is_empty() {
            suite.name = name.to_string();
        }
        suite.check(shown)?;
        Ok(suite)
    }

    fn check(&self, shown: &str) -> Result<()> {
        for name in &self.metrics {
            metric::build(name, &metric::Options::default()).map_err(|e| e.of(shown))?;
        }
        let fault = |what: String| Err(Error::new(format!("`{shown}`: {what}")));
        if let Some(name) = self
            .models
            .keys()
            .find(|name| !self.metrics.contains(name) || usual_card(name).is_none())
        {
            return fault(format!(
                "[metric-model.{name}] is for no metric of the suite that has a model"
            ));
        }
        if self.systems.is_empty() || self.metrics.is_empty() {
            return fault("a suite needs at least one [[system]] and one of `metrics`".into());
        }
        if self.threads == Some(0) {
            return fault("`threads` is 0, expected at least 1".into());
        }
        for (i, system) in self.systems.iter().enumerate() {
            if system.name.trim().is_empty() {
                return fault(format!("[[system]] number {} has an empty name", i + 1));
            }
            if self.systems[..i].iter().any(|s| s.name == system.name) {
                return fault(format!("two systems are called `{}`", system.name));
            }
            if system.outputs.is_none() && system.settings.is_empty() {
                let what = format!(
                    "system `{}` has neither `outputs` nor settings of what makes them",
                    system.name
                );
                return fault(what);
            }
            if let (Some(_), Some(key)) = (&system.outputs, system.settings.keys().next()) {
                return fault(format!(
                    "system `{}` has `outputs` and cannot have `{key}`",
                    system.name
                ));
            }
        }
        let s = &self.significance;
        if s.trials == 0 || !(0.001..1.0).contains(&s.alpha) {
            return fault("[significance] needs trials above 0 and alpha from 0.001 to below 1".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "task = \"brief\"\ncorpus = \"c\"\nmetrics = [\"rouge-1\"]\n[[system]]\nname = \"a\"\noutputs = \"o\"\n";

    #[test]
    fn a_suite_has_defaults() {
        let suite = Suite::parse(GOOD, "s.toml", "s").unwrap();
        assert_eq!(
            (suite.name.as_str(), suite.split, suite.task),
            ("s", Split::Test, Task::Brief)
        );
        assert_eq!(suite.significance.resampling(), Resampling::default());
        assert_eq!(suite.systems[0].about(), "outputs:o");
    }

    #[test]
    fn faults_say_where() {
        let check = |from: &str, to: &str, expected: &str| {
            let error = Suite::parse(&GOOD.replace(from, to), "s.toml", "s").unwrap_err();
            let cause = error.cause.as_ref().map(|c| format!(": {c}")).unwrap_or_default();
            assert_eq!(format!("{error}{cause}"), expected);
        };
        check(
            "\"brief\"",
            "brief",
            "`s.toml` line 1 is not a suite: string values must be quoted, expected literal string",
        );
        check(
            "\"brief\"",
            "\"x\"",
            "`s.toml` line 1 is not a suite: unknown variant `x`, expected `translate` or `brief`",
        );
        check(
            "outputs = \"o\"",
            "outputs = \"o\"\nbeams = 4",
            "`s.toml`: system `a` has `outputs` and cannot have `beams`",
        );
        check(
            "task = \"brief\"",
            "task = \"brief\"\nthread = 2",
            &format!(
                "`s.toml` line 2 is not a suite: unknown field `thread`, expected one of {}",
                "`name`, `task`, `corpus`, `split`, `metrics`, `metric-model`, `threads`, `system`, `significance`"
            ),
        );
        check(
            "metrics = [\"rouge-1\"]",
            "metrics = [\"rouge-1\"]\nmetric-model.comet.model = \"m\"",
            "`s.toml`: [metric-model.comet] is for no metric of the suite that has a model",
        );
        check(
            "metrics = [\"rouge-1\"]\n",
            "",
            "`s.toml` is not a suite: missing field `metrics`",
        );
        let least = "`s.toml`: a suite needs at least one [[system]] and one of `metrics`";
        check("[\"rouge-1\"]", "[]", least);
        check(
            "name = \"a\"",
            "name = \"\"",
            "`s.toml`: [[system]] number 1 has an empty name",
        );
        check(
            "corpus",
            "threads = 0\ncorpus",
            "`s.toml`: `threads` is 0, expected at least 1",
        );
        check("rouge-1", "rouge-x", "`s.toml`: unknown metric `rouge-x`");
        check(
            "outputs = \"o\"",
            "",
            "`s.toml`: system `a` has neither `outputs` nor settings of what makes them",
        );
        check(
            "\"o\"\n",
            "\"o\"\n[[system]]\nname = \"a\"\noutputs = \"p\"\n",
            "`s.toml`: two systems are called `a`",
        );
        check(
            "\"o\"\n",
            "\"o\"\n[significance]\nalpha = 0\n",
            "`s.toml`: [significance] needs trials above 0 and alpha from 0.001 to below 1",
        );
    }
}
