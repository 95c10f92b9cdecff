//! Suites and their corpus: every suite opens, no test sentence is in training, runs resume, reports gate.
use assert_cmd::Command;
use std::{collections::HashSet, fs, path::Path};
use sunto::eval::{suite::Split, Corpus, EvalReport, Suite};

fn sunto(args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("sunto").unwrap().args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_suite_opens() {
    for entry in fs::read_dir("eval").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let suite = Suite::open(&path).unwrap();
            assert_eq!(suite.split, Split::Test, "{}", suite.name);
            assert!(!Corpus::open(&suite.corpus, suite.split).unwrap().items.is_empty());
        }
    }
}

/// Formulas of court reporting that training articles have too; everything shorter is of no one.
const FORMULAS: &[&str] = &[
    "Le motivazioni saranno depositate entro novanta giorni.",
    "Nessuna misura personale è stata richiesta.",
];

/// Letters and digits only, so that spelling of quotes and spaces hides nothing.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Training sees seeds/articles/train-*.txt and seeds/pairs/*.txt, and nothing else of this repository.
#[test]
fn no_test_sentence_is_in_the_training_files() {
    let mut trained: HashSet<String> = HashSet::new();
    for folder in ["seeds/articles", "seeds/pairs"] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("eval-") || !name.ends_with(".txt") {
                continue;
            }
            for line in fs::read_to_string(&path).unwrap().lines() {
                let line = line.strip_prefix("T: ").or(line.strip_prefix("S: ")).unwrap_or(line);
                trained.extend(line.split(" ||| ").map(bare));
            }
        }
    }
    assert!(trained.len() > 20_000, "only {} training sentences read", trained.len());
    let corpus = Corpus::open(Path::new("seeds/articles"), Split::Test).unwrap();
    let mut leaked = vec![];
    for item in &corpus.items {
        let italian = item.article.sentences.iter().map(|s| s.span.of(&item.article.text));
        for text in italian.chain(item.reference.translations.iter().map(String::as_str)) {
            if text.split_whitespace().count() >= 5 && !FORMULAS.contains(&text) && trained.contains(&bare(text)) {
                leaked.push(text.to_string());
            }
        }
    }
    assert!(
        leaked.is_empty(),
        "test sentences in training files:\n{}",
        leaked.join("\n")
    );
}

/// A folder with a suite over the test split whose two systems are files: the references, and spoiled references.
fn two_systems() -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(Path::new("seeds/articles"), Split::Test).unwrap();
    let good: Vec<String> = corpus
        .items
        .iter()
        .flat_map(|i| i.reference.translations.clone())
        .collect();
    let spoil = |line: &String| line.split_whitespace().rev().collect::<Vec<_>>().join(" ");
    let write = |name: &str, lines: Vec<String>| fs::write(folder.path().join(name), lines.join("\n") + "\n").unwrap();
    write("bad.txt", good.iter().map(spoil).collect());
    write("good.txt", good.clone());
    let suite = |systems: &[(&str, &str)]| {
        let mut text =
            "task = \"translate\"\ncorpus = \"seeds/articles\"\nmetrics = [\"bleu\", \"chrf\", \"must-recall\"]\n"
                .to_string();
        for (name, file) in systems {
            let path = folder.path().join(file);
            text += &format!("[[system]]\nname = \"{name}\"\noutputs = '{}'\n", path.display());
        }
        text + "[significance]\ntrials = 200\nresamples = 100\n"
    };
    fs::write(
        folder.path().join("both.toml"),
        suite(&[("one", "good.txt"), ("two", "bad.txt")]),
    )
    .unwrap();
    fs::write(
        folder.path().join("fallen.toml"),
        suite(&[("one", "bad.txt"), ("two", "bad.txt")]),
    )
    .unwrap();
    (folder, good)
}

#[test]
fn a_run_scores_resumes_and_gates() {
    let (folder, good) = two_systems();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (code, out, err) = sunto(&["eval", "run", &path("both.toml"), "-o", &path("a")]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("▼") && err.contains("two: 30 articles"), "{out}{err}");
    let report = EvalReport::open(Path::new(&path("a/report.json"))).unwrap();
    assert_eq!(report.segments.len(), good.len());
    assert!((report.system("one").unwrap().score("bleu").unwrap().score - 100.0).abs() < 1e-9);
    let must = report.system("one").unwrap().score("must-recall").unwrap();
    assert!(
        must.score > 95.0,
        "the references hold {} of what they must",
        must.score
    );
    assert_eq!(must.stats.len(), 30);

    // Again, after losing the last lines and half of one: the rest is read, not made.
    let journal = folder.path().join("a/predictions.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    let kept: usize = whole.lines().take(50).map(|l| l.len() + 1).sum();
    fs::write(&journal, &whole.as_bytes()[..kept + 40]).unwrap();
    let first = fs::read_to_string(path("a/report.json")).unwrap();
    let (code, _, err) = sunto(&["eval", "run", &path("both.toml"), "-o", &path("a")]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("one: 30 articles (from an earlier run)"), "{err}");
    assert_eq!(fs::read_to_string(path("a/report.json")).unwrap(), first);

    // Scoring the predictions again gives the same report without the outputs' files.
    fs::remove_file(path("good.txt")).unwrap();
    let (code, _, err) = sunto(&[
        "eval",
        "score",
        &path("a/predictions.jsonl"),
        "--suite",
        &path("both.toml"),
    ]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(fs::read_to_string(path("a/report.json")).unwrap(), first);

    // The gate: equal is no fall, worse is.
    let (code, out, _) = sunto(&["eval", "compare", &path("a/report.json"), &path("a/report.json")]);
    assert_eq!(code, 0);
    assert!(out.contains("no difference shown") && !out.contains("worse"), "{out}");
    assert_eq!(sunto(&["eval", "run", &path("fallen.toml"), "-o", &path("b")]).0, 0);
    let (code, out, err) = sunto(&["eval", "compare", &path("a/report.json"), &path("b/report.json")]);
    assert_eq!((code, err.as_str()), (1, "3 significant falls\n"), "{out}");

    // Every form of the report holds the systems, and the page asks nothing of elsewhere.
    for format in ["text", "md", "json", "html"] {
        let (code, out, _) = sunto(&["eval", "report", &path("a/report.json"), "--format", format]);
        assert_eq!(code, 0);
        assert!(
            out.contains("one") && out.contains("two") && out.contains("nrefs:1"),
            "{format}"
        );
        if format == "html" {
            assert!(!out.contains("<script") && !out.contains("http") && !out.contains("report template"));
            assert!(out.matches("<svg").count() >= 6 && out.contains("<del>") && out.contains("<ins>"));
        }
    }
}

#[test]
fn faults_of_suites_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.toml");
    let shown = path.display().to_string();
    let check = |suite: &str, expected: &str| {
        fs::write(&path, suite).unwrap();
        let (code, _, err) = sunto(&[
            "eval",
            "run",
            &shown,
            "-o",
            &folder.path().join("o").display().to_string(),
        ]);
        assert_eq!(code, 2);
        assert_eq!(err, expected.replace("S.toml", &shown));
    };
    check(
        "task = \"brief\"\ncorpus = \n",
        "error: `S.toml` line 2 is not a suite\n  caused by: string values must be quoted, expected literal string\n  \
         hint: a suite has task, corpus, metrics and [[system]] tables: see eval/translate.toml\n",
    );
    let head = "task = \"brief\"\nmetrics = [\"rouge-1\"]\n[[system]]\nname = \"a\"\noutputs = \"none.txt\"\n";
    check(
        &format!("corpus = \"nowhere\"\n{head}"),
        "error: cannot read corpus `nowhere`\n  caused by: No such file or directory (os error 2)\n  hint: check \
         `corpus` in the suite\n",
    );
    check(
        &format!("corpus = \"seeds/articles\"\n{head}"),
        "error: cannot read `none.txt`\n  caused by: No such file or directory (os error 2)\n  hint: check the path\n",
    );
    let (code, _, err) = sunto(&["eval", "report", "Cargo.toml"]);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: `Cargo.toml` is not an evaluation report\n  caused by: expected value"),
        "{err}"
    );
}
