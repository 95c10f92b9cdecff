//! Reading: every format against `tests/golden/read`, and every odd input that must cost one error and no more.
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use sunto::read::{estimate, from_bytes, open, open_all, Fault, Options, ReadError};
use sunto::text::{Article, Role};

/// The articles and errors of an input as one JSON text, with each sentence beside its role.
fn golden(input: &Path) -> String {
    let rows: Vec<serde_json::Value> = open(input)
        .map(|read| match read {
            Ok(a) => serde_json::json!({
                "id": a.id, "title": a.meta.title, "date": a.meta.date, "language": a.meta.language,
                "sentences": a.sentences.iter().map(|s| serde_json::json!([
                    s.paragraph, s.role, s.span.start, s.span.of(&a.text)
                ])).collect::<Vec<_>>(),
            }),
            Err(e) => serde_json::json!({ "error": e.to_string(), "hint": e.hint() }),
        })
        .collect();
    serde_json::to_string_pretty(&rows).unwrap() + "\n"
}

/// `UPDATE=1` rewrites the expectations.
#[test]
fn formats_are_read_as_expected() {
    let mut cases: Vec<PathBuf> = fs::read_dir("tests/golden/read")
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 8);
    for case in cases {
        let input = fs::read_dir(&case)
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|p| p.file_stem().unwrap() == "in");
        let input = input.unwrap();
        let found = golden(&input);
        let expected = case.join("article.json");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        assert_eq!(found, fs::read_to_string(&expected).unwrap(), "{}", case.display());
    }
}

/// Nothing vanishes: what no sentence covers is white space and markup.
#[test]
fn sentences_cover_the_text() {
    let articles = open("tests/golden/read").chain(open("seeds/articles")).flatten();
    assert!(articles.map(|a| check_cover(&a)).count() > 380);
}

fn check_cover(article: &Article) {
    let is_markup = |c: char| c.is_whitespace() || "#-–—*•·▪►◦‣".contains(c);
    let mut at = 0;
    for s in &article.sentences {
        assert!(
            s.span.start >= at && s.span.end > s.span.start,
            "{s:?} in {:?}",
            article.text
        );
        assert!(
            article.text[at..s.span.start].chars().all(is_markup),
            "before {s:?} in {:?}",
            article.text
        );
        at = s.span.end;
    }
    assert!(
        article.text[at..].chars().all(is_markup),
        "after {at} in {:?}",
        article.text
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// The golden inputs cut, doubled and mangled, read as every format: never a panic, never a lost character.
    #[test]
    fn mangled_inputs_are_read(case in 0usize..8, edits in prop::collection::vec(any::<(u16, u16, u8)>(), 0..12)) {
        let mut inputs: Vec<PathBuf> = fs::read_dir("tests/golden/read").unwrap().map(|e| e.unwrap().path()).collect();
        inputs.sort();
        let input = fs::read_dir(&inputs[case]).unwrap().map(|e| e.unwrap().path());
        let mut bytes = fs::read(input.into_iter().find(|p| p.file_stem().unwrap() == "in").unwrap()).unwrap();
        for (at, len, kind) in edits {
            let at = at as usize % (bytes.len() + 1);
            let end = (at + len as usize % 200).min(bytes.len());
            const PIECES: [&[u8]; 8] = [b"\n\n", b". ", b" - ", b"<b>", b"\xe0", "»".as_bytes(), b"\"", b"# "];
            match kind % 4 {
                0 => drop(bytes.drain(at..end)),
                1 => { let piece = bytes[at..end].to_vec(); bytes.splice(at..at, piece); }
                2 => { bytes.splice(at..at, PIECES[kind as usize / 4 % 8].iter().copied()); }
                _ => if at < bytes.len() { bytes[at] = kind },
            }
        }
        for name in ["a.txt", "a.md", "a.html", "a.jsonl"] {
            let options = Options { italian_only: false, ..Options::default() };
            for article in from_bytes(name, bytes.clone(), &options).into_iter().flatten() {
                check_cover(&article);
            }
        }
    }
}

const TEXT: &str = "La polizia ha concluso ieri una lunga indagine sui furti di biciclette in città.\n";

/// A folder for one test, removed after it.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn read(path: &Path) -> (Vec<Article>, Vec<ReadError>) {
    let (mut articles, mut errors) = (vec![], vec![]);
    for read in open(path) {
        match read {
            Ok(a) => articles.push(a),
            Err(e) => errors.push(e),
        }
    }
    (articles, errors)
}

/// The one error of a file, as people see it: message and hint.
fn error(name: &str, bytes: &[u8]) -> String {
    let dir = folder();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    let (articles, errors) = read(&path);
    assert_eq!((articles.len(), errors.len()), (0, 1), "{name}");
    let shown = path.display().to_string();
    format!("{} / {}", errors[0], errors[0].hint().unwrap_or("")).replace(&shown, name)
}

#[test]
fn what_is_no_article_is_named() {
    const SAVE: &str = "save it as plain text (UTF-8), HTML or Markdown first";
    let zip = |inside: &str| [b"PK\x03\x04\x14\x00", inside.as_bytes()].concat();
    for (name, bytes, expected) in [
        (
            "vuoto.txt",
            vec![],
            "`vuoto.txt` has no text / the file has no sentence beside boilerplate and metadata",
        ),
        (
            "bianco.txt",
            b" \n\t\n".to_vec(),
            "`bianco.txt` has no text / the file has no sentence beside boilerplate and metadata",
        ),
        (
            "solo.txt",
            "© Web\n\n16/12/2023\n".into(),
            "`solo.txt` has no text / the file has no sentence beside boilerplate and metadata",
        ),
        (
            "nul.txt",
            b"La polizia\0 indaga.".to_vec(),
            &format!("`nul.txt` is not text / {SAVE}"),
        ),
        (
            "a.pdf",
            b"%PDF-1.7\n%\xE2\xE3".to_vec(),
            &format!("`a.pdf` is a PDF document, which is not read / {SAVE}"),
        ),
        (
            "pdf.txt",
            b"%PDF-1.7\n".to_vec(),
            &format!("`pdf.txt` is a PDF document, which is not read / {SAVE}"),
        ),
        (
            "a.docx",
            zip("word/document.xml"),
            &format!("`a.docx` is a Word document, which is not read / {SAVE}"),
        ),
        (
            "a.xlsx",
            zip("xl/workbook.xml"),
            &format!("`a.xlsx` is an Excel spreadsheet, which is not read / {SAVE}"),
        ),
        (
            "bello.json",
            "{\n  \"text\": \"La polizia indaga.\"\n}\n".into(),
            "bad record at `bello.json:1`: the object is not complete on its line / each line is one JSON object: \
             {\"id\": \"...\", \"title\": \"...\", \"date\": \"...\", \"text\": \"...\"}",
        ),
        (
            "inglese.txt",
            "The police closed a long inquiry into thefts of bicycles in the town on Monday, officers said.".into(),
            "`inglese.txt` is in English, not in Italian / only Italian is read",
        ),
        (
            "profondo.html",
            "<div>".repeat(50_000).into(),
            "`profondo.html` nests more than 1000 elements / save the page as plain text",
        ),
    ] {
        assert_eq!(error(name, &bytes), expected);
    }
}

#[test]
fn large_inputs_are_refused_and_the_next_ones_read() {
    let dir = folder();
    let line = "La polizia indaga. ".repeat((50 << 20) / 19);
    fs::write(dir.path().join("a.txt"), &line).unwrap();
    let record = |text: &str| format!("{{\"text\": \"{text}\"}}\n");
    fs::write(
        dir.path().join("b.jsonl"),
        record(TEXT.trim()) + &record(&line) + &record(TEXT.trim()),
    )
    .unwrap();
    fs::write(dir.path().join("c.txt"), TEXT).unwrap();
    drop(line);
    let (articles, errors) = read(dir.path());
    assert_eq!(
        articles.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(),
        ["b-1", "b-3", "c"]
    );
    assert!(
        errors
            .iter()
            .all(|e| matches!(e.fault, Fault::TooLarge { limit: 0x1000000 })),
        "{errors:?}"
    );
    assert_eq!(errors.len(), 2);
    assert!(errors[1].input.ends_with("b.jsonl:2"));
}

/// Half a megabyte of one line in shapes that make careless rules look back over all of it: each gives its answer.
#[test]
fn hostile_text_is_read() {
    let dir = folder();
    for (name, unit, readable) in [
        ("a.txt", "La polizia indaga. ", true),
        ("b.txt", "A. B. C. ", true),
        ("c.txt", "(a). (B). ", true),
        ("d.txt", ".", true),
        ("e.txt", "a.", true),
        ("f.txt", "        .", true),
        ("g.txt", "« \" ' ( ", true),
        ("h.txt", "© ", true),
        ("i.html", "<p>La polizia indaga</p>", true),
        ("j.html", "<b><i>la ", false),
        ("k.html", "&amp;&egrave;&#0;", true),
        ("l.md", "[la [", true),
        ("m.md", "> * la ", true),
    ] {
        let path = dir.path().join(name);
        // Markup is parsed by others' code: less of it shows a square as well.
        let n = if name.ends_with(".txt") { 512 << 10 } else { 64 << 10 };
        fs::write(&path, unit.repeat(n / unit.len())).unwrap();
        let options = Options {
            italian_only: false,
            ..Options::default()
        };
        let read: Vec<_> = open_all([path], options).collect();
        assert_eq!(read.len(), 1, "{name}");
        assert_eq!(
            read[0].is_ok(),
            readable,
            "{name}: {:?}",
            read[0].as_ref().map(|a| a.sentences.len())
        );
    }
}

#[cfg(unix)]
#[test]
fn pipes_loops_and_locked_files_cost_one_error_each() {
    use std::os::unix::fs::{symlink, PermissionsExt};
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("sotto")).unwrap();
    fs::write(at("sotto/a.txt"), TEXT).unwrap();
    symlink(dir.path(), at("sotto/giro")).unwrap();
    symlink(at("manca.txt"), at("rotto.txt")).unwrap();
    assert!(Command::new("mkfifo").arg(at("tubo.txt")).status().unwrap().success());
    fs::write(at("z.txt"), TEXT).unwrap();
    fs::write(at("chiuso.txt"), TEXT).unwrap();
    fs::set_permissions(at("chiuso.txt"), fs::Permissions::from_mode(0o000)).unwrap();
    let readable = fs::read(at("chiuso.txt")).is_ok(); // as root
    let (articles, errors) = read(dir.path());
    let ids: Vec<&str> = articles.iter().map(|a| a.id.as_str()).collect();
    let all = ["chiuso", "sotto-a", "z"];
    assert_eq!(ids, if readable { &all[..] } else { &all[1..] });
    let shown: Vec<String> = errors
        .iter()
        .map(|e| e.to_string().replace(&format!("{}/", dir.path().display()), ""))
        .collect();
    let expected = [
        "cannot read `chiuso.txt`",
        "cannot find `rotto.txt`",
        "`tubo.txt` is a named pipe, not a file",
    ];
    assert_eq!(shown, if readable { &expected[1..] } else { &expected[..] });
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_read() {
    use std::os::unix::ffi::OsStrExt;
    let dir = folder();
    let name = std::ffi::OsStr::from_bytes(b"citt\xe0.txt");
    fs::write(dir.path().join(name), TEXT).unwrap();
    let (articles, errors) = read(dir.path());
    assert!(errors.is_empty());
    assert_eq!(articles[0].id, "citt");
}

#[test]
fn folders_are_read_in_order_and_only_what_is_text() {
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    for sub in ["b", "pagina_files", ".git"] {
        fs::create_dir(at(sub)).unwrap();
    }
    for name in [
        "c.txt",
        "b/z.md",
        "b/a.txt",
        "pagina.html",
        "pagina_files/annuncio.html",
        ".git/x.txt",
        ".nascosto.txt",
    ] {
        fs::write(at(name), TEXT).unwrap();
    }
    fs::write(at("foto.jpg"), b"\xFF\xD8\xFF").unwrap();
    fs::write(at("tabella.xlsx"), b"PK\x03\x04xl/").unwrap();
    let (articles, errors) = read(dir.path());
    assert_eq!(
        articles.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(),
        ["b-a", "b-z", "c", "pagina"]
    );
    assert_eq!(estimate(&[dir.path().to_path_buf(), at("c.txt")]), Some(6));
    assert_eq!(estimate(&["-".into()]), None);
    assert_eq!(errors.len(), 1);
    assert!(matches!(
        errors[0].fault,
        Fault::Unsupported {
            what: "an Excel spreadsheet"
        }
    ));
}

#[test]
fn an_empty_folder_and_a_missing_file_are_errors() {
    let dir = folder();
    let (_, errors) = read(dir.path());
    assert!(matches!(
        errors[..],
        [ReadError {
            fault: Fault::NoArticles,
            ..
        }]
    ));
    let (_, errors) = read(&dir.path().join("manca.txt"));
    assert!(matches!(
        errors[..],
        [ReadError {
            fault: Fault::NotFound,
            ..
        }]
    ));
}

/// A file that goes away between the listing of its folder and its reading.
#[test]
fn a_file_that_vanishes_is_an_error() {
    let dir = folder();
    for name in ["a.txt", "b.txt", "c.txt"] {
        fs::write(dir.path().join(name), TEXT).unwrap();
    }
    let mut articles = open(dir.path());
    assert_eq!(articles.next().unwrap().unwrap().id, "a");
    fs::remove_file(dir.path().join("b.txt")).unwrap();
    assert!(matches!(
        articles.next(),
        Some(Err(ReadError {
            fault: Fault::NotFound,
            ..
        }))
    ));
    assert_eq!(articles.next().unwrap().unwrap().id, "c");
    assert!(articles.next().is_none());
}

#[test]
fn scripts_never_reach_the_text() {
    for article in open("tests/golden/read").flatten() {
        assert!(
            !article.text.contains("apparire") && !article.text.contains("alert"),
            "{}",
            article.text
        );
    }
    let roles: Vec<Role> = open("tests/golden/read/html-page/in.html")
        .next()
        .unwrap()
        .unwrap()
        .sentences
        .iter()
        .map(|s| s.role)
        .collect();
    for role in [
        Role::Title,
        Role::Standfirst,
        Role::Heading,
        Role::Body,
        Role::Metadata,
        Role::Boilerplate,
    ] {
        assert!(roles.contains(&role), "{role:?}");
    }
}
