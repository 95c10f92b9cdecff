//! Hostile and odd input to the command itself: each thing costs one error that names it, and the others are briefed.
use crate::toy;
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};
use sunto::brief::journal::{entries, Journal};

const TEXT: &str = "La polizia ha concluso ieri una lunga indagine sui furti di biciclette in città.\n";

/// A folder for one test with a toy model in it, open to other users.
struct Place {
    dir: tempfile::TempDir,
    model: String,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let model = toy::model(dir.path(), "toy", toy::PIECES);
        Self { dir, model }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// `sunto brief WORDS...` with the toy, in the folder.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sunto"));
        command
            .args(["brief", "--model", &self.model, "--beams", "1"])
            .args(words);
        command
            .env("XDG_CONFIG_HOME", self.dir.path())
            .current_dir(self.dir.path());
        command
    }

    fn brief(&self, words: &[&str]) -> (i32, String, String) {
        ended(&mut self.command(words))
    }
}

fn ended(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Says that a machine does not allow what a test needs, past the capture of its output.
fn skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_of_odd_files() {
    use std::os::unix::{ffi::OsStrExt, fs::symlink};
    let place = Place::new();
    let at = |name: &str| place.at("in").join(name);
    fs::create_dir_all(at("sotto")).unwrap();
    symlink(place.at("in"), at("sotto/giro")).unwrap();
    symlink(at("manca"), at("a-rotto.txt")).unwrap();
    symlink("c-giro.txt", at("c-giro.txt")).unwrap();
    assert!(Command::new("mkfifo").arg(at("d-tubo.txt")).status().unwrap().success());
    let pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
    let sheet = b"PK\x03\x04\x14\0\0\0\x08\0xl/workbook.xml";
    let bomb: String = (1..12)
        .map(|i| format!("<!ENTITY lol{i} \"{}\">", format!("&lol{};", i - 1).repeat(10)))
        .collect();
    let bomb = format!("<!DOCTYPE html [<!ENTITY lol0 \"lol\">{bomb}]><html><body><p>{TEXT} &lol11;</p></body></html>");
    let script =
        format!("<html><script>alert('apparire')</script><style>p{{}}</style><body><p>{TEXT}</p></body></html>");
    let files: [(&str, &[u8]); 10] = [
        ("e-nul.txt", b"La polizia\0 indaga su\0 tutto."),
        ("f-tabella.xlsx", sheet),
        ("g-tabella.csv.txt", sheet),
        ("h-atto.pdf", pdf),
        ("i-atto.txt", pdf),
        ("l-profondo.html", "<div>".repeat(60_000).leak().as_bytes()),
        ("m-bomba.html", bomb.as_bytes()),
        ("n-script.html", script.as_bytes()),
        ("o-buono.txt", TEXT.as_bytes()),
        (
            "p-riga.txt",
            "La polizia indaga. ".repeat((50 << 20) / 19).leak().as_bytes(),
        ),
    ];
    for (name, bytes) in files {
        fs::write(at(name), bytes).unwrap();
    }
    fs::write(
        place.at("in").join(std::ffi::OsStr::from_bytes(b"q-citt\xe0.txt")),
        TEXT,
    )
    .unwrap();
    fs::write(at("sotto/r.txt"), TEXT).unwrap();
    let (status, _, err) = place.brief(&["in", "-o", "out"]);
    assert_eq!(status, 1);
    let errors: Vec<&str> = err.lines().filter_map(|l| l.strip_prefix("error: ")).collect();
    let expected = [
        "cannot find `in/a-rotto.txt`",
        "cannot read `in/c-giro.txt`",
        "`in/d-tubo.txt` is a named pipe, not a file",
        "`in/e-nul.txt` is not text",
        "`in/f-tabella.xlsx` is an Excel spreadsheet, which is not read",
        "`in/g-tabella.csv.txt` is an Excel spreadsheet, which is not read",
        "`in/h-atto.pdf` is a PDF document, which is not read",
        "`in/i-atto.txt` is a PDF document, which is not read",
        "`in/l-profondo.html` nests more than 1000 elements",
        "`in/p-riga.txt` is larger than 16777216 bytes",
    ];
    assert_eq!(errors, expected);
    assert!(err.ends_with("5 articles briefed into `out`, 10 failed\n"), "{err}");
    for name in ["m-bomba", "n-script", "o-buono", "q-citt", "sotto-r"] {
        let text = fs::read_to_string(place.at("out").join(format!("{name}.md"))).unwrap();
        assert!(
            text.contains("furti di biciclette") && text.len() < 4096,
            "{name}: {text}"
        );
        assert!(!text.contains("alert") && !text.contains("lollol"), "{name}: {text}");
    }
}

/// Office files and tables, by their bytes and by their names, one at a time.
#[test]
fn documents_by_mistake_are_named() {
    let place = Place::new();
    let zip = |inside: &str| [b"PK\x03\x04\x14\0\0\0\0\0", inside.as_bytes()].concat();
    let office = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec();
    for (name, bytes, what) in [
        ("a.xls", office.clone(), "an old Office document"),
        ("b.txt", office, "an old Office document"),
        (
            "c.ods",
            zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            "an OpenDocument file",
        ),
        ("d.docx", zip("word/document.xml"), "a Word document"),
        ("e.md", b"%PDF-1.4\n".to_vec(), "a PDF document"),
        (
            "f.html",
            b"{\\rtf1\\ansi La polizia indaga.}".to_vec(),
            "an RTF document",
        ),
        ("g.csv", b"id;titolo\n1;La polizia indaga\n".to_vec(), "a table"),
        ("h", b"\x1F\x8B\x08\0".to_vec(), "a gzip archive"),
    ] {
        fs::write(place.at(name), bytes).unwrap();
        let (status, out, err) = place.brief(&[name]);
        let told = format!(
            "error: `{name}` is {what}, which is not read\n  hint: save it as plain text (UTF-8), HTML or Markdown first\n"
        );
        assert_eq!((status, out.as_str(), err), (1, "", told));
    }
}

/// Records, quotations and lists inside each other without end: an error or their text, and the next record is read.
#[test]
fn deep_nesting_costs_one_record() {
    let place = Place::new();
    let deep = format!("{{\"id\":\"x\",\"text\":{}\n", "[".repeat(200_000));
    let good = serde_json::json!({"id": "y", "text": TEXT}).to_string();
    fs::write(place.at("a.jsonl"), deep + &good).unwrap();
    let (status, out, err) = place.brief(&["a.jsonl", "--format", "jsonl"]);
    let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((status, lines.len()), (1, 2), "{err}");
    assert_eq!(
        (&lines[0]["input"], &lines[1]["id"]),
        (&"a.jsonl:1".into(), &"y".into())
    );
    assert!(err.starts_with("error: bad record at `a.jsonl:1`: "), "{err}");
    for (name, opening) in [("quotations.md", ">"), ("lists.md", "- ")] {
        fs::write(place.at(name), opening.repeat(20_000) + TEXT).unwrap();
        let (status, out, err) = place.brief(&[name]);
        assert_eq!((status, err.as_str()), (0, ""), "{name}");
        assert!(out.contains("furti di biciclette"), "{name}");
    }
}

/// Standard error on a full disk, as a log may be: what is told there is lost, and nothing else.
#[cfg(target_os = "linux")]
#[test]
fn a_batch_goes_on_where_nobody_can_be_told() {
    let place = Place::new();
    fs::create_dir(place.at("in")).unwrap();
    fs::write(place.at("in/a.pdf"), b"%PDF-1.7\n").unwrap();
    fs::write(place.at("in/b.txt"), TEXT).unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = place.command(&["in", "-o", "out"]).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(place.at("out/b.md").exists());
    // The same for results that have nowhere to go: an error, and no panic.
    let output = place.command(&["in/b.txt"]).stdout(full()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(
        err.starts_with("error: ") && err.contains("No space left on device"),
        "{err}"
    );
}

/// Text that would be markup where it is not escaped, as title, date, text and id of a record.
#[test]
fn markup_is_text_in_every_format() {
    let place = Place::new();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>";
    let record = serde_json::json!({
        "id": format!("x{evil}"), "title": format!("La polizia {evil} indaga"), "date": format!("2024-02-03 {evil}"),
        "text": format!("La polizia ha concluso {evil} una lunga indagine. Il comune di Lodi ha {evil} approvato il bilancio."),
    });
    fs::write(place.at("a.jsonl"), record.to_string()).unwrap();
    let unescaped = ["<script>alert", "<img src", "<svg"];
    for format in ["html", "md", "json", "jsonl"] {
        let (status, out, err) = place.brief(&["a.jsonl", "--format", format]);
        assert_eq!((status, err.as_str()), (0, ""), "{format}");
        assert!(out.contains("alert(1)"), "{format}: the text is there");
        match format {
            "html" | "md" => {
                for markup in unescaped {
                    // In Markdown `\<` is a less-than sign.
                    let bare = out.matches(markup).count() - out.matches(&format!("\\{markup}")).count();
                    assert_eq!(bare, 0, "{format}: {markup} in {out}");
                }
            }
            _ => {
                let brief: Value = serde_json::from_str(&out).unwrap();
                assert!(brief["translation"][0]["source"]
                    .as_str()
                    .unwrap()
                    .contains("<script>alert(1)"));
            }
        }
    }
    let (status, ..) = place.brief(&["a.jsonl", "--format", "json", "-o", "briefs"]);
    assert_eq!(status, 0);
    let site = Command::new(env!("CARGO_BIN_EXE_sunto"))
        .args(["site", "briefs", "-o", "public"])
        .current_dir(place.dir.path())
        .status();
    assert!(site.unwrap().success());
    for entry in walkdir::WalkDir::new(place.at("public")).into_iter().flatten() {
        if entry.file_type().is_file() {
            let page = fs::read_to_string(entry.path()).unwrap();
            for markup in unescaped {
                assert!(!page.contains(markup), "{markup} in {}", entry.path().display());
            }
        }
    }
}

/// A file system of its own in memory, gone with its value.
struct Disk(PathBuf);

impl Disk {
    /// `None` where the machine does not allow it.
    fn mount(path: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let options = format!("size={size},mode=777");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(path)
            .output();
        done.ok()
            .filter(|d| d.status.success())
            .map(|_| Self(path.to_path_buf()))
    }

    fn remount(&self, options: &str) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(&self.0)
            .status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn forty(path: &Path) {
    let line = |i: usize| {
        let text = format!("Il comune numero {i} ha approvato il bilancio. ").repeat(20);
        serde_json::json!({"id": format!("a{i:02}"), "text": text}).to_string() + "\n"
    };
    fs::write(path, (0..40).map(line).collect::<String>()).unwrap();
}

#[test]
fn a_full_disk_ends_the_batch_and_room_lets_it_go_on() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place.at("out"), "200k") else {
        return skipped("a full disk: this user may not mount a small file system");
    };
    forty(&place.at("a.jsonl"));
    let run = ["a.jsonl", "-o", "out", "--format", "json", "--jobs", "2"];
    let (status, _, err) = place.brief(&run);
    assert_eq!(status, 2, "{err}");
    let lines: Vec<&str> = err.lines().collect();
    assert!(lines[0].starts_with("error: cannot write "), "{err}");
    assert_eq!(lines[1], "  caused by: No space left on device (os error 28)");
    assert_eq!(
        lines[2],
        "  hint: make room and give the same command again: it goes on where it stopped"
    );
    let briefs = || {
        let names = fs::read_dir(place.at("out"))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap());
        names
            .filter(|n| n.starts_with('a') && n.ends_with(".json"))
            .collect::<Vec<_>>()
    };
    let before = briefs();
    assert!(!before.is_empty() && before.len() < 40, "{}", before.len());
    for name in &before {
        let whole: Value = serde_json::from_str(&fs::read_to_string(place.at("out").join(name)).unwrap()).unwrap();
        assert!(whole["headline"].is_string());
    }
    assert!(entries(&place.at("out")).unwrap().len() <= before.len());
    disk.remount("size=16m");
    let (status, _, err) = place.brief(&run);
    assert_eq!(status, 0, "{err}");
    assert_eq!(briefs().len(), 40);
    let mut done: Vec<String> = entries(&place.at("out")).unwrap().into_iter().map(|e| e.id).collect();
    done.dedup();
    assert_eq!(done.len(), 40);
}

#[test]
fn a_folder_that_is_read_only_says_so() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place.at("out"), "1m") else {
        return skipped("a read-only folder: this user may not mount a small file system");
    };
    fs::write(place.at("a.txt"), TEXT).unwrap();
    disk.remount("ro");
    let said = |what: &str| {
        format!("error: {what}\n  caused by: Read-only file system (os error 30)\n  hint: choose another folder with `-o`\n")
    };
    let (status, _, err) = place.brief(&["a.txt", "-o", "out"]);
    assert_eq!((status, err), (2, said("cannot write to the folder `out`")));
    let (status, _, err) = place.brief(&["a.txt", "-o", "out/sotto"]);
    assert_eq!((status, err), (2, said("cannot make the folder `out/sotto`")));
}

/// As a user who may not: root may read and write everything.
#[cfg(target_os = "linux")]
#[test]
fn what_a_user_may_not_read_or_write_is_named() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    const NOBODY: u32 = 65534;
    let place = Place::new();
    let mode = |name: &str, mode| fs::set_permissions(place.at(name), fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(place.at("in")).unwrap();
    fs::create_dir(place.at("out")).unwrap();
    fs::create_dir(place.at("closed")).unwrap();
    for name in ["in/a.txt", "in/b.txt"] {
        fs::write(place.at(name), TEXT).unwrap();
    }
    mode("", 0o755);
    mode("out", 0o777);
    mode("closed", 0o555);
    mode("in/a.txt", 0o000);
    let root = fs::read(place.at("in/a.txt")).is_ok();
    let brief = |words: &[&str]| {
        let mut command = place.command(words);
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
            .output()
            .map(|o| (o.status.code().unwrap(), String::from_utf8(o.stderr).unwrap()))
    };
    let denied = "  caused by: Permission denied (os error 13)\n";
    let Ok((status, err)) = brief(&["in", "-o", "out"]) else {
        return skipped("unreadable files: another user cannot start this program");
    };
    let told = format!("error: cannot read `in/a.txt`\n{denied}1 article briefed into `out`, 1 failed\n");
    assert_eq!((status, err), (1, told));
    let (status, err) = brief(&["in/b.txt", "-o", "closed"]).unwrap();
    let told = format!("error: cannot write to the folder `closed`\n{denied}  hint: choose another folder with `-o`\n");
    assert_eq!((status, err), (2, told));
}

#[test]
fn a_folder_in_use_names_its_user() {
    let place = Place::new();
    fs::write(place.at("a.txt"), TEXT).unwrap();
    let held = Journal::open(&place.at("out"), "s").unwrap();
    let (status, _, err) = place.brief(&["a.txt", "-o", "out"]);
    let told = format!(
        "error: the folder `out` is in use by another sunto (process {})\n  hint: wait until it has ended, or choose \
         another folder with `-o`\n",
        std::process::id()
    );
    assert_eq!((status, err), (2, told));
    drop(held);
    assert_eq!(place.brief(&["a.txt", "-o", "out"]).0, 0);
}

/// A file that goes away while the batch is at work, and one that comes too late to be read.
#[test]
fn a_file_that_vanishes_is_one_error() {
    let place = Place::new();
    fs::create_dir(place.at("in")).unwrap();
    for name in ["a.txt", "b.txt", "c.txt"] {
        fs::write(place.at("in").join(name), TEXT).unwrap();
    }
    let articles = sunto::read::open(place.at("in")).inspect(|_| {
        let _ = fs::remove_file(place.at("in/b.txt"));
    });
    let plan = sunto::brief::batch::Plan {
        folder: place.at("out"),
        settings: "s".into(),
        extension: "md".into(),
        jobs: 1,
        retry_failed: false,
        fail_fast: false,
    };
    let brief = |a: &sunto::text::Article| Ok::<_, sunto::brief::journal::Failure>(a.id.clone());
    let mut told = vec![];
    let summary = sunto::brief::batch::run(articles, &plan, brief, |b: &String| b.clone(), &mut |event| {
        if let sunto::brief::batch::Event::Failed { failure, .. } = event {
            told.push(failure.error.clone());
        }
    });
    assert_eq!(summary.map(|s| (s.done, s.failed)).unwrap(), (2, 1));
    assert_eq!(told, [format!("cannot find `{}`", place.at("in/b.txt").display())]);
}
