//! `sunto brief -o` from outside: the same bytes at any `--threads` and `--jobs`, failures told, kept and tried again.
use crate::{command::run, toy};
use std::{collections::BTreeMap, fs, path::Path};

/// `sunto brief WORDS...` in a folder, without settings of the machine: exit status and stderr.
fn brief(dir: &Path, words: &[&str]) -> (i32, String) {
    let (code, out, err) = run(dir, &[&["brief"], words].concat(), "");
    assert_eq!(out, "");
    (code, err)
}

/// Briefs and journal of a folder; the manifest has timings in it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name != "manifest.json" && !name.starts_with('.'))
        .map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap()))
        .collect()
}

/// A file of `count` records of three to six sentences.
fn records(dir: &Path, count: usize) {
    let sentence = |i: usize, j: usize| match j % 3 {
        0 => format!("Il comune di Lodi ha approvato {} delibere nel 2024. ", i + 2),
        1 => format!(
            "La spesa vale {} milioni di euro, secondo il bilancio numero {j}. ",
            3 * i + 1
        ),
        _ => format!(
            "L'udienza si terrà il {} marzo davanti al giudice di Pavia. ",
            1 + (i + j) % 28
        ),
    };
    let line = |i: usize| {
        let text: String = (0..3 + i % 4).map(|j| sentence(i, j)).collect();
        serde_json::json!({"id": format!("r{i:02}"), "title": format!("Atto {i} del comune"), "text": text}).to_string()
    };
    fs::write(
        dir.join("atti.jsonl"),
        (0..count).map(|i| line(i) + "\n").collect::<String>(),
    )
    .unwrap();
}

/// The folder that each pair of `--threads` and `--jobs` writes is that of the first, byte by byte.
fn the_same(dir: &Path, count: usize, settings: &[&str], runs: &[(&str, &str)]) {
    let mut first = None;
    for (threads, jobs) in runs {
        let out = format!("out-{threads}-{jobs}");
        let run = [
            "atti.jsonl",
            "-o",
            &out,
            "--threads",
            threads,
            "--jobs",
            jobs,
            "--format",
            "json",
        ];
        let (status, err) = brief(dir, &[&run[..], settings].concat());
        assert_eq!((status, err), (0, format!("{count} articles briefed into `{out}`\n")));
        let files = files(&dir.join(&out));
        assert_eq!(files.len(), count + 1);
        let first = first.get_or_insert_with(|| files.clone());
        for (name, content) in first {
            assert_eq!(
                Some(content as &str),
                files.get(name).map(|f| f as &str),
                "{name} at {threads} and {jobs}"
            );
        }
    }
}

#[test]
fn the_same_bytes_at_any_threads_and_jobs() {
    let dir = tempfile::tempdir().unwrap();
    records(dir.path(), 20);
    let model = toy::model(dir.path(), "toy", toy::PIECES);
    let runs = [("1", "1"), ("1", "4"), ("2", "1"), ("3", "2"), ("4", "7")];
    the_same(dir.path(), 20, &["--model", &model], &runs);
}

#[test]
fn the_embedded_model_too() {
    let dir = tempfile::tempdir().unwrap();
    records(dir.path(), 2);
    the_same(dir.path(), 2, &["--beams", "1"], &[("1", "1"), ("2", "2")]);
}

#[test]
fn failures_are_told_kept_and_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("in")).unwrap();
    let good = "Il comune ha approvato il bilancio di previsione per il prossimo anno.";
    // The tokenizer's piece `Q` is no token of this model.
    let model = toy::model(dir.path(), "toy", toy::PIECES - 2);
    let bad = format!("{good} Il sindaco ha parlato della Q8.");
    for (name, text) in [("a.txt", good), ("b.txt", &bad), ("c.txt", ""), ("d.txt", good)] {
        fs::write(at("in").join(name), text).unwrap();
    }
    let go = |more: &[&str]| {
        brief(
            dir.path(),
            &[&["in", "--model", &model, "--beams", "1"][..], more].concat(),
        )
    };
    let known = toy::PIECES - 2;
    let refused =
        format!("error: cannot brief `b`\n  caused by: token {known} lies outside the vocabulary of {known}\n");
    let empty = "error: `in/c.txt` has no text\n  hint: the file has no sentence beside boilerplate and metadata\n";
    let (status, err) = go(&["-o", "out"]);
    assert_eq!(
        (status, err),
        (1, format!("{refused}{empty}2 articles briefed into `out`, 2 failed\n"))
    );
    let (status, err) = go(&["-o", "out"]);
    let before = "1 failed before (`--retry-failed` tries again)";
    let told = format!("{empty}0 articles briefed into `out`, 2 done before, 1 failed, {before}\n");
    assert_eq!((status, err), (1, told));
    let (status, err) = go(&["-o", "out", "--retry-failed"]);
    let told = format!("{refused}{empty}0 articles briefed into `out`, 2 done before, 2 failed\n");
    assert_eq!((status, err), (1, told));
    // Mended, and nothing is left to tell.
    fs::write(at("in/b.txt"), good).unwrap();
    fs::remove_file(at("in/c.txt")).unwrap();
    let (status, err) = go(&["-o", "out"]);
    assert_eq!(
        (status, err),
        (0, "1 article briefed into `out`, 2 done before\n".into())
    );
    // The first failure ends the run; what stands before it is done.
    fs::write(at("in/b.txt"), &bad).unwrap();
    let (status, err) = go(&["-o", "fast", "--fail-fast"]);
    assert_eq!(
        (status, err),
        (1, format!("{refused}1 article briefed into `fast`, 1 failed\n"))
    );
    // A worker may have written a later brief already: it is not in the journal, so the next run makes it again.
    let left = files(&at("fast"));
    let journal = fs::read_to_string(at("fast/journal.jsonl")).unwrap();
    assert!(
        left.contains_key("a.md") && !left.contains_key("b.md"),
        "{:?}",
        left.keys()
    );
    assert!(journal.contains("a.md") && !journal.contains("d.md"), "{journal}");
}
