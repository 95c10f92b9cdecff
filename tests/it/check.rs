//! `sunto check` from outside: line by line, whole texts, briefs, bad input, exit codes.
use crate::command::run;
use serde_json::Value;
use std::fs;

const IT: &str = "Sono stati arrestati 15 uomini.\nIl 47enne si dice innocente.\n\nIl 3 marzo 2024.\n";
const EN: &str = "15 men were arrested.\nThe 74-year-old says he is innocent.\n\nOn 3 March 2024.\n";

fn sunto(files: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    run(folder.path(), &[&["check"], args].concat(), "")
}

#[test]
fn one_object_for_each_line() {
    let files = [("it", IT), ("en", EN)];
    let (code, out, err) = sunto(&files, &["--source", "it", "--target", "en", "--lines"]);
    assert_eq!(
        (code, err.as_str()),
        (0, "4 pairs checked, 1 finding\n2 of 3 figures carried over (66.7 %)\n")
    );
    let rows: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let verdicts: Vec<Vec<&str>> = rows
        .iter()
        .map(|r| {
            r["findings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| f["verdict"].as_str().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(
        verdicts,
        [vec!["supported"], vec!["altered"], vec![], vec!["supported"]]
    );
    let age = &rows[1]["findings"][0];
    assert_eq!(
        (&age["check"], &age["source"]["start"], &age["source"]["end"]),
        (&"age".into(), &3.into(), &9.into())
    );
    assert_eq!(rows[1]["line"], 2);
}

#[test]
fn relative_dates_are_reckoned_from_the_day_given() {
    let files = [
        ("it", "Ieri due fermi.\nAperta lo scorso novembre.\n"),
        ("en", "Two arrests on 19 March.\nOpened in November 2022.\n"),
    ];
    let verdicts = |date: &[&str]| {
        let args = [&["--source", "it", "--target", "en", "--lines"], date].concat();
        let (code, out, err) = sunto(&files, &args);
        assert_eq!(code, 0, "{err}");
        let row = |line: &str| serde_json::from_str::<Value>(line).unwrap()["findings"].clone();
        let dates = |findings: Value| {
            let of_dates = findings
                .as_array()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|f| f["check"] == "date");
            of_dates
                .map(|f| f["verdict"].as_str().unwrap().to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        out.lines().map(|l| dates(row(l))).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&["--date", "2024-03-20"]), ["supported", "altered"]);
    assert_eq!(verdicts(&[]), ["unsupported", "unsupported"]);
    let (code, _, err) = sunto(&files, &["--source", "it", "--target", "en", "--date", "ieri"]);
    assert_eq!(code, 2);
    assert!(err.contains("expected YYYY-MM-DD"), "{err}");
}

#[test]
fn strict_exits_one_only_where_something_is_wrong() {
    for (en, strict, expected) in [(EN, true, 1), (EN, false, 0), (&EN.replace("74", "47"), true, 0)] {
        let mut args = vec!["--source", "it", "--target", "en"];
        args.extend(strict.then_some("--strict"));
        assert_eq!(sunto(&[("it", IT), ("en", en)], &args).0, expected, "{en} {strict}");
    }
}

#[test]
fn bad_input_is_explained() {
    let files = [
        ("it", IT),
        ("short", "One line.\n"),
        ("no.json", "{}"),
        ("empty.json", ""),
    ];
    for (args, expected) in [
        (
            &["--source", "it", "--target", "short", "--lines"][..],
            "the source has 4 lines, the target 1",
        ),
        (&["--source", "it", "--target", "gone"], "cannot read `gone`"),
        (&["no.json"], "`no.json` is not a brief"),
        (&["empty.json"], "`empty.json` holds no brief"),
    ] {
        let (code, out, err) = sunto(&files, args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(
            err.starts_with(&format!("error: {expected}")) && err.lines().count() <= 3,
            "{args:?}: {err}"
        );
    }
}
