//! `sunto eval` from outside: what it prints, what it says of bad input, how it exits.
use crate::command::run;
use serde_json::Value;
use std::{fs, path::Path};

fn sunto(folder: &Path, args: &[&str]) -> (i32, String, String) {
    run(folder, args, "")
}

/// A folder with a hypothesis, two references and broken files.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    write(
        "h.txt",
        b"The police arrested three people.\nThe court is in Milan.\nNothing else was found.\n",
    );
    write(
        "r.txt",
        b"Police arrested three people.\nThe court sits in Milan.\nNothing else was found.\n",
    );
    write(
        "r2.txt",
        b"Three people were arrested.\nThe court is in Milan.\nThey found nothing else.\n",
    );
    write("short.txt", b"Police arrested three people.\n");
    write("latin.txt", b"ok\nperch\xe9\nok\n");
    write("blank.txt", b"\n\n\n");
    write("none.txt", b"");
    folder
}

#[test]
fn score_prints_json_by_metric_name() {
    let folder = folder();
    let names = "bleu,chrf,chrf++,ter,rouge-1,rouge-2,rouge-l,rouge-lsum";
    let args = [
        "eval",
        "score",
        "--hyp",
        "h.txt",
        "--ref",
        "r.txt",
        "--metrics",
        names,
        "--format",
        "json",
    ];
    let (code, out, err) = sunto(folder.path(), &args);
    assert_eq!((code, err.as_str()), (0, ""));
    let scores: Value = serde_json::from_str(&out).unwrap();
    let keys: Vec<_> = scores.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, names.split(',').collect::<Vec<_>>());
    for (name, entry) in scores.as_object().unwrap() {
        let score = entry["score"].as_f64().unwrap();
        assert!((0.0..=100.0 + 1e-9).contains(&score), "{name} {score}");
        assert!(entry["signature"].as_str().unwrap().contains("nrefs:1|"), "{name}");
        let interval = entry["interval"].as_array().unwrap();
        assert!(
            interval[0].as_f64().unwrap() <= score && score <= interval[1].as_f64().unwrap(),
            "{name}"
        );
    }
}

#[test]
fn options_change_score_and_signature() {
    let folder = folder();
    let score = |more: &[&str]| -> (f64, String) {
        let mut args = vec!["eval", "score", "--hyp", "h.txt", "--ref", "r.txt", "--format", "json"];
        args.extend(more);
        let (code, out, err) = sunto(folder.path(), &args);
        assert_eq!(code, 0, "{err}");
        let value: Value = serde_json::from_str(&out).unwrap();
        let entry = value.as_object().unwrap().values().next().unwrap();
        (
            entry["score"].as_f64().unwrap(),
            entry["signature"].as_str().unwrap().to_string(),
        )
    };
    let check = |more: &[&str], part: &str| {
        let (score, signature) = score(more);
        assert!(signature.contains(part), "{signature}");
        score
    };
    let one = check(&["--metrics", "bleu"], "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|");
    assert!(check(&["--metrics", "bleu", "--ref", "r2.txt"], "nrefs:2|") > one);
    check(&["--metrics", "bleu", "--tokenize", "char"], "tok:char|");
    check(&["--metrics", "bleu", "--smooth", "floor=0.5"], "smooth:floor[0.50]|");
    check(&["--metrics", "chrf", "--lowercase"], "case:lc|");
    check(&["--metrics", "rouge-1"], "stem:porter|");
    check(&["--metrics", "rouge-1", "--no-stemmer"], "stem:no|");
}

#[test]
fn sentences_are_listed_on_request() {
    let folder = folder();
    let args = [
        "eval",
        "score",
        "--hyp",
        "h.txt",
        "--ref",
        "r.txt",
        "--metrics",
        "bleu,ter",
        "--sentence",
    ];
    let (code, out, _) = sunto(folder.path(), &args);
    assert_eq!(code, 0);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[0], "segment\tbleu\tter");
    assert_eq!(lines[3], "3\t100.00\t0.00");
    assert!(lines[4].starts_with("bleu ") && lines[5].starts_with("ter "), "{out}");
}

#[test]
fn bad_input_is_named_and_ends_with_two() {
    let folder = folder();
    let check = |args: &[&str], expected: &str| {
        let mut all = vec!["eval", "score", "--hyp", "h.txt"];
        all.extend(args);
        let (code, out, err) = sunto(folder.path(), &all);
        assert_eq!((code, out.as_str(), err.as_str()), (2, "", expected), "{args:?}");
    };
    check(
        &["--ref", "short.txt"],
        "error: `short.txt` has 1 line, `h.txt` has 3: 2 too few\n  hint: line n of every file is about the same \
         segment; look for lost or doubled line ends\n",
    );
    check(
        &["--ref", "missing.txt"],
        "error: cannot read `missing.txt`\n  caused by: No such file or directory (os error 2)\n  hint: check the path\n",
    );
    check(
        &["--ref", "latin.txt"],
        "error: `latin.txt` line 2 is not valid UTF-8\n  hint: convert it to UTF-8 first, for example with `iconv -t \
         UTF-8`\n",
    );
    check(
        &["--ref", "blank.txt"],
        "error: every line of `blank.txt` is empty\n  hint: a reference has one segment a line, as the hypothesis has\n",
    );
    check(&["--ref", "none.txt"], "error: `none.txt` is empty\n");
    check(
        &["--ref", "r.txt", "--tokenize", "zh"],
        "error: unknown tokenizer `zh`\n  hint: tokenizers are 13a, intl, char, none\n",
    );
}

#[test]
fn an_unknown_metric_lists_the_known() {
    let folder = folder();
    let args = [
        "eval",
        "score",
        "--hyp",
        "h.txt",
        "--ref",
        "r.txt",
        "--metrics",
        "bleu,meteor",
    ];
    let (code, out, err) = sunto(folder.path(), &args);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("error: unknown metric `meteor`\n  hint: metrics are bleu, chrf, chrf++, ter, rouge-1,"),
        "{err}"
    );
    assert!(err.ends_with("bertscore, comet, metricx, metricx-qe, nli\n"), "{err}");
}
