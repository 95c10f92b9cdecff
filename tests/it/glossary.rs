//! `--glossary` end to end: what a file must be, what becomes of its terms, and that a brief names it.
use crate::command::run;
use serde_json::Value;
use std::fs;

#[test]
fn what_is_no_glossary_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8], &str); 4] = [
        (
            "one.tsv",
            b"perquisizione\n",
            "line 1: one column, expected an Italian term, a tab and its English",
        ),
        ("bytes.tsv", b"pm\tprosecutor\ngip\t\xff\n", "line 2: not UTF-8 text"),
        (
            "twice.tsv",
            b"pm\tprosecutor\npm\tp.m.\n",
            "line 2: `pm` is there already, on line 1",
        ),
        (
            "bomb.tbx",
            b"<!DOCTYPE a [<!ENTITY b \"&c;&c;\">]><martif/>",
            "line 1: it declares entities of its own, which a glossary has no use for",
        ),
    ];
    for (name, bytes, cause) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
        let expected = format!(
            "error: `{name}` is no glossary\n  caused by: {cause}\n  hint: lines are an Italian term, a tab and its \
             English; TBX is read as well\n"
        );
        let (status, out, err) = run(dir.path(), &["translate", "--lines", "--glossary", name], "");
        assert_eq!((status, out.as_str(), err.as_str()), (2, "", expected.as_str()));
    }
    let (status, _, err) = run(dir.path(), &["brief", "a.txt", "--glossary", "none.tsv"], "");
    assert_eq!(status, 2);
    assert!(
        err.starts_with("error: cannot read the glossary `none.tsv`\n  caused by: "),
        "{err}"
    );
}

#[test]
fn terms_are_told_and_the_brief_names_the_glossary() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("terms.tsv"), "it\ten\nperquisizione\tsearch\n").unwrap();
    let words = [
        "translate",
        "--lines",
        "--beams",
        "2",
        "--format",
        "jsonl",
        "--glossary",
        "terms.tsv",
    ];
    let (status, out, err) = run(dir.path(), &words, "Due perquisizioni a Milano.\n");
    assert_eq!((status, err.as_str()), (0, ""));
    let line: Value = serde_json::from_str(&out).unwrap();
    let terms = |findings: &Value| -> Vec<(String, String)> {
        let of = |f: &Value, key: &str| f[key].as_str().unwrap_or_default().to_string();
        let all = findings.as_array().unwrap().iter().filter(|f| f["check"] == "glossary");
        all.map(|f| (of(f, "verdict"), f["source"]["text"].as_str().unwrap().to_string()))
            .collect()
    };
    let told = terms(&line["findings"]);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1, "perquisizioni");
    let english = line["text"].as_str().unwrap().to_lowercase();
    assert_eq!(told[0].0 == "supported", english.contains("search"), "{line}");

    let text =
        "Milano, due perquisizioni\n\nLa Polizia ha eseguito due perquisizioni a Milano nella giornata di ieri.\n";
    fs::write(dir.path().join("a.txt"), text).unwrap();
    fs::write(dir.path().join("sunto.toml"), "glossary = \"terms.tsv\"\nbeams = 2\n").unwrap();
    let (status, out, _) = run(dir.path(), &["brief", "a.txt", "--format", "json"], "");
    assert_eq!(status, 0);
    let brief: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(brief["provenance"]["glossary"].as_str().map(str::len), Some(64));
    assert!(!terms(&brief["findings"]).is_empty());
}
