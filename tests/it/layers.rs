//! The shape of the code base, as tests: a module uses only modules below it, files stay readable.
use std::{fs, path::Path};

const LAYERS: &[&[&str]] = &[
    &["text", "nn"],
    &["tokenizer", "read"],
    &["model"],
    &["decode"],
    &["brief"],
    &["eval"],
    &["write"],
    &["cli"],
];

/// Calls `f(path, content)` for every Rust file under `dir`.
fn sources(dir: &Path, f: &mut dyn FnMut(&str, &str)) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, f);
        } else if path.extension().is_some_and(|e| e == "rs") {
            f(&path.display().to_string(), &fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn modules_use_only_lower_layers() {
    let rank = |m: &str| LAYERS.iter().position(|l| l.contains(&m));
    let mut bad = vec![];
    sources(Path::new("src"), &mut |file, content| {
        let parts: Vec<&str> = file.split('/').collect();
        if parts.len() < 3 {
            return;
        }
        let name = parts[1];
        let here = rank(name).unwrap_or_else(|| panic!("`src/{name}` has no layer"));
        for used in content.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if used != name && rank(&used).is_some_and(|r| r >= here) {
                bad.push(format!("{file}: `{name}` may not use `{used}`"));
            }
        }
    });
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_file_says_its_job_and_stays_short() {
    let mut bad = vec![];
    sources(Path::new("src"), &mut |file, content| {
        if !content.starts_with("//! ") {
            bad.push(format!("{file}: no module doc on the first line"));
        }
        let lines = content.lines().count();
        if lines > 500 {
            bad.push(format!("{file}: {lines} lines, the budget is 500"));
        }
    });
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn the_library_never_prints() {
    let mut bad = vec![];
    sources(Path::new("src"), &mut |file, content| {
        if file.starts_with("src/cli") || file == "src/main.rs" {
            return;
        }
        for (i, line) in content.lines().enumerate() {
            if ["println!", "eprintln!", "print!(", "dbg!("]
                .iter()
                .any(|p| line.contains(p))
            {
                bad.push(format!("{file}:{}: {}", i + 1, line.trim()));
            }
        }
    });
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
