//! What `sunto eval` says of bad files: which file, which line, by how many, and what to do; three lines at most.
use crate::command::run;
use std::{fs, path::Path};

fn sunto(folder: &Path, args: &[&str]) -> (i32, String) {
    let (code, _, err) = run(folder, args, "");
    (code, err)
}

const SUITE: &str =
    "task = \"translate\"\ncorpus = \"c\"\nmetrics = [\"bleu\"]\n[[system]]\nname = \"a\"\noutputs = \"o.txt\"\n";

/// A folder with a corpus of one article, outputs, a report and broken files of every kind.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    let article = fs::read_to_string("seeds/articles/eval-01.txt").unwrap();
    let first = article.split_inclusive("#END").next().unwrap();
    fs::create_dir(folder.path().join("c")).unwrap();
    write("c/eval-01.txt", format!("{first}\n").as_bytes());
    let count = first.lines().filter(|l| l.starts_with("S: ")).count().max(1);
    write("o.txt", "An output.\n".repeat(count).as_bytes());
    write("suite.toml", SUITE.as_bytes());
    write("h.txt", b"one\ntwo\nthree\n");
    write("r.txt", b"one\ntwo\nthree\n");
    write("two.txt", b"one\ntwo\n");
    write("five.txt", b"1\n2\n3\n4\n5\n");
    write("gap.txt", b"one\n\nthree\n");
    write("latin.txt", b"one\ntw\xf2\nthree\n");
    write("latin.toml", b"task = \"translat\xe9\"\n");
    write("nan.json", br#"{"version":"x","suite":"s","score":NaN}"#);
    write("huge.json", br#"{"version":"x","suite":1e999}"#);
    folder
}

#[test]
fn files_of_lines() {
    let folder = folder();
    let check = |args: &[&str], expected: &str| {
        let all: Vec<&str> = ["eval", "score"].iter().chain(args).copied().collect();
        assert_eq!(sunto(folder.path(), &all), (2, expected.to_string()), "{args:?}");
    };
    let counts = "line n of every file is about the same segment; look for lost or doubled line ends";
    check(
        &["--hyp", "none.txt", "--ref", "r.txt"],
        "error: cannot read `none.txt`\n  caused by: No such file or directory (os error 2)\n  hint: check the path\n",
    );
    check(
        &["--hyp", "h.txt", "--ref", "r.txt", "--ref", "two.txt"],
        &format!("error: `two.txt` has 2 lines, `h.txt` has 3: 1 too few\n  hint: {counts}\n"),
    );
    check(
        &["--hyp", "h.txt", "--ref", "r.txt", "--src", "five.txt"],
        &format!("error: `five.txt` has 5 lines, `h.txt` has 3: 2 too many\n  hint: {counts}\n"),
    );
    for (flag, other) in [("--hyp", "--ref"), ("--ref", "--hyp"), ("--src", "--ref")] {
        let mut args = vec![flag, "latin.txt", other, "r.txt"];
        if flag == "--src" {
            args.extend(["--hyp", "h.txt"]);
        }
        check(
            &args,
            "error: `latin.txt` line 2 is not valid UTF-8\n  hint: convert it to UTF-8 first, for example with `iconv -t \
             UTF-8`\n",
        );
    }
    // One blank reference is scored as sacreBLEU scores it, and said.
    let (code, err) = sunto(folder.path(), &["eval", "score", "--hyp", "h.txt", "--ref", "gap.txt"]);
    assert_eq!(
        (code, err.as_str()),
        (0, "warning: 1 of 3 segments have no reference, first on line 2\n")
    );
    // What a metric reads has to be there; what it does not read has not.
    check(
        &["--hyp", "h.txt"],
        "error: `bleu` reads a reference, and none is given\n  hint: give it with `--ref FILE`\n",
    );
    check(
        &["--hyp", "h.txt", "--ref", "r.txt", "--metrics", "number-recall"],
        "error: `number-recall` reads the source, and none is given\n  hint: give it with `--src FILE`\n",
    );
    check(
        &["--hyp", "h.txt", "--ref", "r.txt", "--metrics", "must-recall"],
        "error: `must-recall` reads what an evaluation article records, which files of lines do not have\n  hint: name it \
         in a suite and run that: `sunto eval run SUITE`\n",
    );
    let (code, err) = sunto(
        folder.path(),
        &["eval", "score", "--hyp", "h.txt", "--metrics", "length"],
    );
    assert_eq!((code, err.as_str()), (0, ""));
    check(
        &["--hyp", "h.txt", "--ref", "r.txt", "--metrics", "bleu,,ter"],
        "error: `--metrics` has an empty name\n  hint: names with one comma between them\n",
    );
    fs::write(folder.path().join("marked.txt"), "\u{feff}one\ntwo\nthree\n").unwrap();
    let args = ["eval", "score", "--hyp", "marked.txt", "--ref", "r.txt"];
    let warning =
        "warning: `marked.txt` begins with a byte order mark, which is scored as a character, as sacreBLEU does\n";
    assert_eq!(sunto(folder.path(), &args), (0, warning.to_string()));
}

#[test]
fn reports_and_predictions() {
    let folder = folder();
    let check = |args: &[&str], expected: &str| {
        let (code, err) = sunto(folder.path(), args);
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.starts_with(expected), "{args:?}: {err}");
        assert!(err.lines().count() <= 3 && !err.contains("panicked"), "{err}");
    };
    for (file, cause) in [
        ("nan.json", "expected value"),
        ("huge.json", "number out of range"),
        ("h.txt", "expected value"),
    ] {
        let expected = format!("error: `{file}` is not an evaluation report\n  caused by: {cause}");
        check(&["eval", "report", file], &expected);
        check(&["eval", "compare", file, file], &expected);
    }
    check(
        &["eval", "report", "none.json"],
        "error: cannot read `none.json`\n  caused by: No such file",
    );
    check(
        &["eval", "compare", "latin.txt", "nan.json"],
        "error: cannot read `latin.txt`\n  caused by: stream did not contain valid UTF-8",
    );
    check(
        &["eval", "score", "none.jsonl", "--suite", "suite.toml"],
        "error: cannot read `none.jsonl`\n  caused by: No such file",
    );
    check(
        &["eval", "score", "h.txt", "--suite", "suite.toml"],
        "error: no prediction of system `a` for article `",
    );
    check(
        &["eval", "score", "latin.txt", "--suite", "suite.toml"],
        "error: cannot read `latin.txt`",
    );
}

#[test]
fn suites_and_their_outputs() {
    let folder = folder();
    let check = |suite: &str, expected: &str| {
        fs::write(folder.path().join("s.toml"), suite).unwrap();
        let (code, err) = sunto(folder.path(), &["eval", "run", "s.toml", "-o", "out"]);
        assert_eq!(code, 2, "{suite}: {err}");
        assert!(err.starts_with(expected), "{err}");
        assert!(err.lines().count() <= 3, "{err}");
    };
    let (code, err) = sunto(folder.path(), &["eval", "run", "latin.toml"]);
    assert_eq!((code, err.as_str()), (2, "error: `latin.toml` line 1 is not valid UTF-8\n  hint: convert it to UTF-8 first, for example with `iconv -t UTF-8`\n"));
    check("task = \"translate\"\nmetrics = [\"bleu\"\n", "error: `s.toml` line ");
    check(
        "task = \"translate\"\nmetrics = [\"bleu\"]\n",
        "error: `s.toml` is not a suite\n  caused by: missing field `corpus`\n  hint: a suite has",
    );
    check(
        &SUITE.replace("bleu", "blue"),
        "error: `s.toml`: unknown metric `blue`\n  hint: metrics are bleu,",
    );
    let absent = "error: the suite has no system `b`\n  hint: its systems are `a`\n";
    let args = ["eval", "run", "suite.toml", "--systems", "a,b"];
    assert_eq!(sunto(folder.path(), &args), (2, absent.to_string()));
    fs::write(folder.path().join("o.txt"), "One line.\n").unwrap();
    check(SUITE, "error: `o.txt` has 1 line, `c` has ");
    fs::write(folder.path().join("o.txt"), b"One line \xff.\n").unwrap();
    check(SUITE, "error: `o.txt` line 1 is not valid UTF-8");
    fs::write(
        folder.path().join("o.jsonl"),
        "{\"article\": \"x\"}\n{\"article\": NaN}\n",
    )
    .unwrap();
    check(
        &SUITE.replace("o.txt", "o.jsonl"),
        "error: `o.jsonl` line 2 is no output\n  caused by: expected value",
    );
    fs::write(folder.path().join("o.jsonl"), "{\"article\": \"x\"}\n").unwrap();
    check(
        &SUITE.replace("o.txt", "o.jsonl"),
        "error: `o.jsonl` has no output for article `",
    );
    fs::remove_file(folder.path().join("c/eval-01.txt")).unwrap();
    check(
        SUITE,
        "error: corpus `c` has no article of split `test`\n  hint: the test split is the files `eval-*.txt`",
    );
}
