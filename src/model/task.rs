//! `task_specific_params.summarization` of a `config.json`: how the authors of BART and T5 checkpoints summarize.
use serde::Deserialize;
use serde_json::Value;

/// Settings of one task; what is absent stands in `generation_config.json` or nowhere.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TaskParams {
    /// Text before each source: `summarize: `.
    pub prefix: Option<String>,
    pub num_beams: Option<usize>,
    pub length_penalty: Option<f32>,
    /// Target tokens, the start token included.
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub no_repeat_ngram_size: Option<usize>,
}

impl TaskParams {
    /// The summarization settings in the text of a `config.json`; none where it has none that can be read.
    pub fn summarization(config: &str) -> Self {
        let config: Value = serde_json::from_str(config).unwrap_or_default();
        let tasks = &config["task_specific_params"];
        let mut found: Self = serde_json::from_value(tasks["summarization"].clone()).unwrap_or_default();
        // PEGASUS and some BART checkpoints keep the prefix beside the tasks.
        let prefix = || config["prefix"].as_str().map(String::from);
        found.prefix = found.prefix.or_else(prefix).filter(|p| !p.trim().is_empty());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_there() {
        let check = |config: &str, expected: TaskParams| {
            assert_eq!(TaskParams::summarization(config), expected, "{config}");
        };
        let t5 = r#"{"task_specific_params": {"summarization": {"early_stopping": true, "length_penalty": 2.0,
            "max_length": 200, "min_length": 30, "no_repeat_ngram_size": 3, "num_beams": 4, "prefix": "summarize: "},
            "translation_en_to_de": {"prefix": "translate English to German: "}}}"#;
        check(
            t5,
            TaskParams {
                prefix: Some("summarize: ".into()),
                num_beams: Some(4),
                length_penalty: Some(2.0),
                min_length: Some(30),
                max_length: Some(200),
                no_repeat_ngram_size: Some(3),
            },
        );
        check(
            r#"{"prefix": " ", "task_specific_params": {"summarization": {"max_length": 142}}}"#,
            TaskParams {
                max_length: Some(142),
                ..TaskParams::default()
            },
        );
        for none in [
            "",
            "[]",
            "{}",
            r#"{"task_specific_params": null}"#,
            r#"{"task_specific_params": {"summarization": 1}}"#,
        ] {
            check(none, TaskParams::default());
        }
    }
}
