//! The command as people run it: stdout, stderr and exit status in full, on the embedded model and without the network.
use crate::command::{run, sunto};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const ARTICLE: &str = "Biblioteca chiusa per lavori\n\nLa biblioteca di Lodi resterà chiusa fino al 12 maggio. \
                       Il comune ha stanziato 40.000 euro per il tetto. I libri saranno spostati nella scuola vicina.\n";

/// A folder with an article in it.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.txt"), ARTICLE).unwrap();
    dir
}

#[test]
fn what_cannot_start_says_why_and_what_to_do() {
    let dir = folder();
    fs::write(dir.path().join("bad.toml"), "beam = 4\n").unwrap();
    fs::write(dir.path().join("model.bin"), "x").unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    for (words, expected) in [
        (&["breif", "a.txt"][..], "error: unrecognized subcommand `breif`\n  hint: a similar subcommand exists: `brief`\n"),
        (
            &["brief"],
            "error: the following required arguments were not provided: <INPUT>...\n  hint: run `sunto brief --help`\n",
        ),
        (
            &["brief", "a.txt", "--format", "pdf"],
            "error: invalid value `pdf` for `--format <FORMAT>` [possible values: md, json, jsonl, html]\n  \
             hint: run `sunto --help`\n",
        ),
        (
            &["brief", "a.txt", "--strategy", "magic"],
            "error: unknown strategy `magic`\n  hint: strategies are extract-translate, translate-summarize, summarize-translate, direct, lead\n",
        ),
        (&["brief", "a.txt", "--beams", "0"], "error: `beams` is 0, expected at least 1\n"),
        (&["brief", "a.txt", "--max-tokens", "0"], "error: `max-tokens` is 0, expected at least 1\n"),
        (&["brief", "a.txt", "--threads", "0"], "error: `threads` is 0, expected at least 1\n"),
        (&["brief", "a.txt", "-o", "out", "--jobs", "0"], "error: `jobs` is 0, expected at least 1\n"),
        (
            &["brief", "a.txt", "a.txt", "--format", "html"],
            "error: several HTML pages do not fit into one stream\n  hint: give a folder with `-o DIR`\n",
        ),
        (
            &["brief", "a.txt", "--device", "abacus"],
            "error: `abacus` names no device; expected `auto`, `cpu`, `cuda` or `metal`\n",
        ),
        (
            &["brief", "a.txt", "--model", "nowhere"],
            "error: there is no model `nowhere`\n  hint: `--model` takes a name that \
             `sunto models list` shows, ORG/NAME, or a folder in the transformers layout\n",
        ),
        (
            &["brief", "a.txt", "--model", "model.bin"],
            "error: `model.bin` is a file, not a model folder\n  \
             hint: give a `.gguf` file, or the folder of `config.json`, `model.safetensors` and the tokenizer's files\n",
        ),
        (
            &["brief", "a.txt", "--model", "empty"],
            "error: cannot read `empty/config.json`\n  caused by: No such file or directory (os error 2)\n  \
             hint: a model folder holds `config.json`, `model.safetensors` and its tokenizer's files\n",
        ),
        (
            &["--config", "none.toml", "doctor"],
            "error: cannot read the settings file `none.toml`\n  caused by: No such file or directory (os error 2)\n  \
             hint: check the path given with `--config` or `SUNTO_CONFIG`\n",
        ),
        (
            &["--config", "bad.toml", "doctor"],
            "error: settings file `bad.toml`, line 1: unknown field `beam`, expected one of `device`, `dtype`, `threads`, \
             `seed`, `offline`, `allow-pickle`, `commercial`, `model`, `translator`, `summarizer`, `beams`, `max-tokens`, `no-repair`, `glossary`, `strategy`\n",
        ),
        (
            &["translate", "--lines", "none.txt"],
            "error: cannot read `none.txt`\n  caused by: No such file or directory (os error 2)\n  \
             hint: check the path; `-` reads standard input\n",
        ),
        (&["translate", "--lines", "--batch", "0"], "error: `batch` is 0, expected at least 1\n"),
    ] {
        let (status, out, err) = run(dir.path(), words, "");
        assert_eq!((status, out.as_str(), err.as_str()), (2, "", expected), "{words:?}");
    }
}

#[test]
fn articles_that_cannot_be_read_do_not_stop_the_others() {
    let dir = folder();
    fs::write(dir.path().join("empty.txt"), "").unwrap();
    fs::write(dir.path().join("bytes.txt"), [0u8, 1, 2, 0, 255, 0, 0]).unwrap();
    let english =
        "The library will stay closed until May and the council has set aside money for the roof of the building.";
    fs::write(dir.path().join("english.txt"), english.repeat(4)).unwrap();
    let words = [
        "brief",
        "none.txt",
        "empty.txt",
        "bytes.txt",
        "english.txt",
        "a.txt",
        "--format",
        "jsonl",
        "--beams",
        "1",
    ];
    let (status, out, err) = run(dir.path(), &words, "");
    assert_eq!(status, 1, "{err}");
    let records: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let none = serde_json::json!({"error": "cannot find `none.txt`", "input": "none.txt"});
    assert_eq!(
        (records.len(), &records[0], &records[4]["source"]["path"]),
        (5, &none, &"a.txt".into())
    );
    let expected = "error: cannot find `none.txt`\n  hint: check the path; `-` reads standard input\n\
                    error: `empty.txt` has no text\n  hint: the file has no sentence beside boilerplate and metadata\n";
    assert!(err.starts_with(expected), "{err}");
    assert!(
        err.contains("error: `bytes.txt` is not text\n") && err.contains("`english.txt` is in English, not in Italian")
    );
    assert_eq!(err.matches("error:").count(), 4);
}

#[test]
fn a_brief_on_the_embedded_model() {
    let dir = folder();
    let (status, out, err) = run(
        dir.path(),
        &["brief", "a.txt", "--format", "json", "--beams", "1", "--offline"],
        "",
    );
    assert_eq!((status, err.as_str()), (0, ""));
    let brief: Value = serde_json::from_str(&out).unwrap();
    let schema: Value = serde_json::from_str(&fs::read_to_string("docs/brief.schema.json").unwrap()).unwrap();
    assert!(jsonschema::is_valid(&schema, &brief));
    assert_eq!(brief["source"]["path"], "a.txt");
    assert_eq!(brief["translation"].as_array().unwrap().len(), 4);
    assert_eq!(brief["provenance"]["translator"]["name"], "small-it-en");
    let summary = brief["summary"].as_array().unwrap();
    assert!(!summary.is_empty());
    for citation in summary.iter().flat_map(|s| s["citations"].as_array().unwrap()) {
        let at = |key: &str| citation[key].as_u64().unwrap() as usize;
        assert_eq!(citation["quote"], ARTICLE[at("start")..at("end")]);
    }
    for t in brief["translation"].as_array().unwrap() {
        assert!(!t["text"].as_str().unwrap().trim().is_empty(), "{t}");
    }
}

#[test]
fn formats_for_people_and_a_folder_that_goes_on_where_it_stopped() {
    let dir = folder();
    let quick = ["--beams", "1", "--max-tokens", "24"];
    let (status, out, err) = run(dir.path(), &[&["brief", "-"][..], &quick].concat(), ARTICLE);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(
        out.starts_with("# ") && out.contains("[1]") && out.contains("| Italian | English |"),
        "{out}"
    );

    let batch = [&["brief", "a.txt", "--format", "html", "-o", "out"][..], &quick].concat();
    let (status, out, err) = run(dir.path(), &batch, "");
    assert_eq!(
        (status, out.as_str(), err.as_str()),
        (0, "", "1 article briefed into `out`\n")
    );
    let page = fs::read_to_string(dir.path().join("out/a.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("lang=\"it\""));
    let (status, _, err) = run(dir.path(), &batch, "");
    assert_eq!(
        (status, err.as_str()),
        (0, "0 articles briefed into `out`, 1 done before\n")
    );
}

#[test]
fn one_line_out_for_each_line_in() {
    let dir = tempfile::tempdir().unwrap();
    let lines = "La seduta è sospesa.\r\n\n   \nIl treno è in ritardo di dieci minuti.\tOggi\nsenza fine";
    let words = ["translate", "--lines", "--beams", "1", "--format"];
    let (status, out, err) = run(dir.path(), &[&words[..], &["text"]].concat(), lines);
    assert_eq!((status, err.as_str()), (0, ""));
    let text: Vec<&str> = out.lines().collect();
    assert_eq!((text.len(), text[1], text[2]), (5, "", ""), "{out}");
    assert!([0, 3, 4].iter().all(|&i| !text[i].is_empty()), "{out}");
    let (_, out, _) = run(dir.path(), &[&words[..], &["tsv", "--batch", "2"]].concat(), lines);
    let tsv: Vec<Vec<&str>> = out.lines().map(|l| l.split('\t').collect()).collect();
    assert!(tsv.iter().all(|l| l.len() == 2), "{out}");
    assert_eq!(tsv[0], ["La seduta è sospesa.", text[0]]);
    let (_, out, _) = run(dir.path(), &[&words[..], &["jsonl"]].concat(), lines);
    let records: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        (records.len(), &records[3]["line"], &records[1]["text"]),
        (5, &4.into(), &"".into())
    );
    assert_eq!(records[0]["text"], text[0]);
    assert_eq!(
        run(dir.path(), &["translate", "--lines"], ""),
        (0, String::new(), String::new())
    );
}

#[test]
fn an_article_is_translated_paragraph_by_paragraph() {
    let dir = folder();
    let (status, out, err) = run(dir.path(), &["translate", "a.txt", "--beams", "1"], "");
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out.split("\n\n").count(), 2, "{out}");
    let (status, out, err) = run(dir.path(), &["translate", "none.txt"], "");
    let expected = "error: cannot find `none.txt`\n  hint: check the path; `-` reads standard input\n";
    assert_eq!((status, out.as_str(), err.as_str()), (1, "", expected));
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let dir = folder();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("sunto"))
        .args(["doctor"])
        .current_dir(dir.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn help_teaches_with_examples() {
    let dir = tempfile::tempdir().unwrap();
    for (words, expected) in [
        (&["--help"][..], "sunto brief articolo.txt"),
        (&["brief", "--help"], "sunto brief rassegna/ --format html -o briefs"),
        (
            &["translate", "--help"],
            "sunto translate --lines < frasi.it > frasi.en",
        ),
        (&["doctor", "--help"], "--device"),
    ] {
        let (status, out, err) = run(dir.path(), words, "");
        assert_eq!((status, err.as_str()), (0, ""), "{words:?}");
        assert!(out.contains(expected), "{words:?}: {out}");
    }
    let (status, out, _) = run(dir.path(), &["--version"], "");
    assert_eq!((status, out), (0, format!("sunto {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn models_are_listed_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let (status, out, err) = run(dir.path(), &["models", "list"], "");
    assert_eq!((status, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].starts_with("name ") && lines[1].starts_with("small-it-en "),
        "{out}"
    );
    assert!(lines[1].ends_with("here, in this binary"), "{out}");
    assert!(
        out.contains("CC-BY-NC-4.0 *") && out.ends_with("`--commercial` refuses it\n"),
        "{out}"
    );
    let (status, out, _) = run(dir.path(), &["models", "show", "small-it-en", "--json"], "");
    let facts: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (status, &facts["place"], facts["sha256"].as_str().unwrap().len()),
        (0, &"embedded".into(), 64)
    );
    let (status, out, err) = run(dir.path(), &["models", "show", "gone"], "");
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.starts_with("error: there is no model `gone`\n"), "{err}");
}

#[test]
fn settings_come_from_file_variables_and_flags() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("sunto.toml"),
        "beams = 6\nthreads = 1\nstrategy = \"lead\"\n",
    )
    .unwrap();
    let doctor = |change: &dyn Fn(&mut Command)| -> Value {
        let mut command = sunto(dir.path(), &["doctor", "--json"]);
        change(&mut command);
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
    };
    let facts = doctor(&|_| ());
    assert_eq!(
        (&facts["beams"], &facts["threads"], &facts["strategy"]),
        (&6.into(), &1.into(), &"lead".into())
    );
    let facts = doctor(&|c| {
        c.env("SUNTO_THREADS", "2").env("SUNTO_OFFLINE", "1");
    });
    assert_eq!((&facts["threads"], &facts["network"]), (&2.into(), &"off".into()));
    let facts = doctor(&|c| {
        c.env("SUNTO_THREADS", "2").args(["--threads", "3"]);
    });
    assert_eq!(facts["threads"], 3);
}
