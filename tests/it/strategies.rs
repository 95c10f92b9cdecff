//! Strategies from outside, on models without weights that echo their source: what is read, written, cited and said.
use crate::command::run;
use serde_json::Value;
use std::{fs, path::Path};

const ARTICLE: &str = "Blitz della Guardia di Finanza a Lodi\n\nLa Guardia di Finanza ha perquisito le case di due indagati a Lodi. \
    Sono stati sequestrati 74 dispositivi e 12 telefoni.\n\nI due, di 47 e 31 anni, negano ogni addebito. \
    Vale la presunzione di innocenza fino a sentenza definitiva. L'udienza si terrà il 3 marzo 2024 davanti al giudice.\n";

/// A folder with a model that echoes its source: `most` target tokens at most, `window` source tokens at most.
fn echo(dir: &Path, name: &str, most: usize, window: usize) -> String {
    let folder = dir.join(name);
    fs::create_dir_all(&folder).unwrap();
    let config = serde_json::json!({
        "model_type": "toy", "vocab_size": 1000, "echo": 40.0, "max_positions": window, "max_length": 500,
        "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
        "task_specific_params": {"summarization": {
            "max_length": most + 1, "num_beams": 1, "no_repeat_ngram_size": 0, "prefix": ""}},
    });
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    fs::copy(
        "tests/parity/tokenizer/layouts/spiece.model",
        folder.join("spiece.model"),
    )
    .unwrap();
    folder.display().to_string()
}

/// In the repository's folder: some models are named by their place in it.
fn sunto(args: &[&str]) -> (String, String, i32) {
    let (code, out, err) = run(Path::new("."), &[args, &["--quiet"]].concat(), "");
    (out, err, code)
}

#[test]
fn a_written_brief_is_cited_and_keeps_denial_and_presumption() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("a.txt").display().to_string();
    fs::write(&input, ARTICLE).unwrap();
    let translator = echo(dir.path(), "translator", 400, 512);
    let summarizer = echo(dir.path(), "summarizer", 40, 512);
    for strategy in ["translate-summarize", "summarize-translate", "direct"] {
        let args = [
            "brief",
            &input,
            "--format",
            "json",
            "--strategy",
            strategy,
            // The toy echoes Italian, which repair would not leave alone.
            "--no-repair",
            "--translator",
            &translator,
            "--summarizer",
            &summarizer,
        ];
        let (stdout, stderr, code) = sunto(&args);
        assert_eq!((stderr.as_str(), code), ("", 0), "{strategy}");
        let brief: Value = serde_json::from_str(&stdout).unwrap();
        let provenance = &brief["provenance"];
        assert_eq!(provenance["strategy"], strategy);
        assert_eq!(provenance["summarizer"]["name"], "summarizer");
        assert_eq!(brief["headline"], "Blitz della Guardia di Finanza a Lodi");
        let summary = brief["summary"].as_array().unwrap();
        assert!(
            summary[0]["text"]
                .as_str()
                .unwrap()
                .starts_with("La Guardia di Finanza ha perquisito"),
            "{summary:?}"
        );
        for sentence in summary {
            let citations = sentence["citations"].as_array().unwrap();
            assert!(!citations.is_empty(), "{sentence}");
            for c in citations {
                let at = |key: &str| c[key].as_u64().unwrap() as usize;
                assert_eq!(c["quote"], ARTICLE[at("start")..at("end")]);
            }
        }
        let text: Vec<&str> = summary.iter().map(|s| s["text"].as_str().unwrap()).collect();
        let text = text.join(" ");
        // Forty tokens end before them: they were put back.
        assert!(
            text.contains("negano ogni addebito") && text.contains("presunzione di innocenza"),
            "{text}"
        );
    }
}

#[test]
fn a_long_text_is_summarized_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let sentences: Vec<String> = (1..=30)
        .map(|n| format!("Il comune numero {n} ha approvato il bilancio."))
        .collect();
    let input = dir.path().join("lungo.txt").display().to_string();
    fs::write(&input, sentences.join(" ")).unwrap();
    let summarizer = echo(dir.path(), "summarizer", 22, 120);
    let (stdout, stderr, code) = sunto(&["summarize", &input, "--summarizer", &summarizer]);
    assert_eq!((stderr.as_str(), code), ("", 0));
    assert!(stdout.starts_with("Il comune numero 1 ha approvato"), "{stdout}");
    assert!(stdout.len() < 200, "{stdout}");
    let (stdout, _, code) = sunto(&[
        "summarize",
        "missing.txt",
        &input,
        "--summarizer",
        &summarizer,
        "--format",
        "jsonl",
    ]);
    let lines: Vec<Value> = stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((lines.len(), code), (2, 1));
    assert_eq!(lines[0]["input"], "missing.txt");
    assert!(lines[1]["sentences"][0].is_string());
}

#[test]
fn a_chat_model_briefs_and_translates() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("a.txt").display().to_string();
    fs::write(&input, "La corte di Lodi ha deciso il rinvio.\n").unwrap();
    let translator = echo(dir.path(), "translator", 400, 512);
    let brief = |translator: &str, file: &str| {
        let args = [
            "brief",
            &input,
            "--format",
            "json",
            "--strategy",
            "direct",
            // The toy echoes Italian, which repair would not leave alone.
            "--no-repair",
            "--translator",
            translator,
            "--summarizer",
            file,
        ];
        sunto(&args)
    };
    let (stdout, stderr, code) = brief(&translator, "tests/parity/chat/gemma3.gguf");
    assert_eq!((stderr.as_str(), code), ("", 0));
    let brief_: Value = serde_json::from_str(&stdout).unwrap();
    let (stamp, search) = (&brief_["provenance"]["summarizer"], &brief_["provenance"]["search"]);
    assert_eq!(
        (&stamp["name"], &stamp["dtype"]),
        (&Value::from("gemma3"), &Value::from("f16"))
    );
    assert!(
        search
            .as_str()
            .unwrap()
            .contains("summarizer chat greedy|max_tokens:400|prompt:"),
        "{search}"
    );
    assert_eq!(
        brief_["translation"][0]["text"],
        "La corte di Lodi ha deciso il rinvio."
    );
    let args = ["translate", &input, "--translator", "tests/parity/chat/llama.gguf"];
    let (stdout, stderr, code) = sunto(&args);
    assert_eq!((stderr.as_str(), code), ("", 0));
    assert!(!stdout.trim().is_empty());
    let (stdout, stderr, code) = sunto(&["models", "show", "tests/parity/chat/qwen3.gguf", "--json"]);
    assert_eq!((stderr.as_str(), code), ("", 0));
    let facts: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (&facts["family"], &facts["longest text"]),
        (&Value::from("qwen3 chat model"), &Value::from(2048))
    );
    let (_, stderr, code) = brief(&translator, "tests/parity/chat");
    let hint = "hint: give one of them: `tests/parity/chat/gemma3.gguf`";
    assert_eq!(
        (stderr, code),
        (format!("error: `tests/parity/chat` holds 4 GGUF files\n  {hint}\n"), 2)
    );
}

#[test]
fn a_strategy_without_its_model_says_which_to_pull() {
    let dir = tempfile::tempdir().unwrap();
    let translator = echo(dir.path(), "translator", 400, 512);
    let check = |args: &[&str], expected: &str| {
        let (stdout, stderr, code) = sunto(args);
        assert_eq!((stdout.as_str(), stderr.as_str(), code), ("", expected, 2), "{args:?}");
    };
    let pull = |card: &str| {
        format!("  hint: `sunto models pull {card}`, then `--summarizer {card}`; or give a model's folder\n")
    };
    for (strategy, what, card) in [
        ("translate-summarize", "a summarizer of English", "bart-large-cnn"),
        ("summarize-translate", "a summarizer of Italian", "it5-news"),
        (
            "direct",
            "a model that reads Italian and writes English briefs",
            "qwen3-4b",
        ),
    ] {
        check(
            &["brief", "-", "--strategy", strategy, "--translator", &translator],
            &format!("error: the strategy `{strategy}` needs {what}\n{}", pull(card)),
        );
    }
    check(
        &[
            "brief",
            "-",
            "--strategy",
            "translate-summarize",
            "--summarizer",
            "bart-large-cnn",
        ],
        "error: the model `bart-large-cnn` is not here\n  hint: `sunto models pull bart-large-cnn`\n",
    );
    check(
        &["brief", "-", "--summarizer", &translator],
        &format!(
            "error: the strategy `extract-translate` has no use for the summarizer `{translator}`\n  hint: choose `--strategy \
             translate-summarize`, `summarize-translate` or `direct`, or leave `--summarizer` out\n"
        ),
    );
    check(
        &["summarize", "-"],
        "error: no summarizer was given\n  hint: `sunto models pull bart-large-cnn`, then `--summarizer bart-large-cnn`; or give a \
         model's folder\n",
    );
}
