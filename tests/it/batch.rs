//! Batches: killed at any moment, resumed, retried; one bad article among good ones; the same files at any `jobs`.
use crate::toy;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use sunto::brief::batch::{run, Event, Plan, Summary};
use sunto::brief::journal::{entries, Failure, Status, JOURNAL};
use sunto::brief::manifest::{replay, Manifest};
use sunto::decode::Generator;
use sunto::model::Options;
use sunto::read::{open, ReadError};
use sunto::text::Article;

/// The first sentence as brief; an article whose text has `RIFIUTATO` fails, one with `ROTTO` panics.
fn lead(article: &Article) -> Result<String, Failure> {
    assert!(!article.text.contains("ROTTO"), "broken on purpose");
    if article.text.contains("RIFIUTATO") {
        return Err(Failure {
            error: format!("cannot brief `{}`", article.id),
            ..Failure::default()
        });
    }
    let first = article.content().next().map_or("", |(_, _, sentence)| sentence);
    Ok(format!("# {}\n{first}\n", article.id))
}

#[allow(clippy::ptr_arg)] // the batch is generic over what it renders
fn render(brief: &String) -> String {
    brief.clone()
}

fn plan(folder: &Path) -> Plan {
    Plan {
        folder: folder.to_path_buf(),
        settings: "s1".into(),
        extension: "md".into(),
        jobs: 2,
        retry_failed: false,
        fail_fast: false,
    }
}

fn batch(input: &Path, plan: &Plan) -> Summary {
    run(open(input), plan, lead, render, &mut |_| {}).unwrap()
}

/// A jsonl file of `n` short articles.
fn articles(folder: &Path, n: usize) -> std::path::PathBuf {
    let path = folder.join("articoli.jsonl");
    let line = |i: usize| {
        format!(
            "{{\"id\": \"a{i:04}\", \"text\": \"Il comune numero {i} ha approvato il bilancio. Vale {i} milioni.\"}}\n"
        )
    };
    fs::write(&path, (0..n).map(line).collect::<String>()).unwrap();
    path
}

/// Every file of a folder but its lock, with its content.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    names
        .filter(|n| n != ".sunto.lock")
        .map(|n| (n.clone(), fs::read_to_string(folder.join(n)).unwrap()))
        .collect()
}

#[test]
fn the_same_files_at_any_number_of_jobs() {
    let dir = tempfile::tempdir().unwrap();
    let input = articles(dir.path(), 60);
    let mut all = vec![];
    for jobs in [1, 2, 7] {
        let out = dir.path().join(jobs.to_string());
        let summary = batch(&input, &Plan { jobs, ..plan(&out) });
        assert_eq!(
            summary,
            Summary {
                done: 60,
                words: 60 * 11,
                ..Summary::default()
            }
        );
        all.push(files(&out));
    }
    assert_eq!(all[0].len(), 61);
    assert!(
        all.iter().all(|f| *f == all[0]),
        "journal and briefs differ with the number of jobs"
    );
}

#[test]
fn a_bad_article_is_a_line_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let text = "Il comune ha approvato il bilancio di previsione per il prossimo anno.";
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    fs::create_dir(&out).unwrap();
    for (name, text) in [
        ("a.txt", text),
        ("b.txt", "Il comune: RIFIUTATO."),
        ("c.txt", ""),
        ("d.txt", "Il comune: ROTTO."),
        ("e.txt", text),
    ] {
        write(name, text);
    }
    let inputs = || ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"].map(|n| dir.path().join(n));
    let go = |plan: &Plan| {
        let mut seen = vec![];
        let articles = sunto::read::open_all(inputs(), Default::default());
        let summary = run(articles, plan, lead, render, &mut |e| {
            seen.push(match e {
                Event::Done { .. } => "done".to_string(),
                Event::Skipped { .. } => "skipped".into(),
                Event::Failed { failure, .. } => failure.error.replace(&format!("{}/", dir.path().display()), ""),
                Event::FailedBefore { .. } => "failed before".into(),
            })
        });
        (summary.unwrap(), seen)
    };
    let broke = "the briefing of this article broke down";
    let (summary, seen) = go(&plan(&out));
    assert_eq!(seen, ["done", "cannot brief `b`", "`c.txt` has no text", broke, "done"]);
    assert_eq!((summary.done, summary.failed, summary.complete()), (2, 3, false));
    // Again: what is done and what failed is known; an unreadable input is told again, but entered once.
    let (summary, seen) = go(&plan(&out));
    assert_eq!(
        seen,
        [
            "skipped",
            "failed before",
            "`c.txt` has no text",
            "failed before",
            "skipped"
        ]
    );
    assert_eq!((summary.skipped, summary.failed_before, summary.failed), (2, 2, 1));
    assert_eq!(entries(&out).unwrap().len(), 5);
    // A deleted brief is made again; other settings begin anew.
    fs::remove_file(out.join("a.md")).unwrap();
    assert_eq!(go(&plan(&out)).1[0], "done");
    assert_eq!(
        go(&Plan {
            settings: "s2".into(),
            ..plan(&out)
        })
        .1[0],
        "done"
    );
    // Retried, with one fault mended.
    write("b.txt", text);
    write("d.txt", "Il comune: ROTTO.");
    let (summary, seen) = go(&Plan {
        retry_failed: true,
        ..plan(&out)
    });
    assert_eq!(seen, ["skipped", "done", "`c.txt` has no text", broke, "skipped"]);
    assert_eq!((summary.done, summary.failed), (1, 2));
}

#[test]
fn fail_fast_stops_at_the_first_failure_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let input = articles(dir.path(), 40);
    let text = fs::read_to_string(&input).unwrap().replace("numero 17 ", "RIFIUTATO ");
    fs::write(&input, text).unwrap();
    let summary = batch(
        &input,
        &Plan {
            fail_fast: true,
            jobs: 4,
            ..plan(&out)
        },
    );
    assert_eq!((summary.done, summary.failed), (17, 1));
    let statuses: Vec<Status> = entries(&out).unwrap().iter().map(|e| e.status).collect();
    assert_eq!(statuses.len(), 18);
    assert_eq!(statuses[17], Status::Failed);
}

#[test]
fn articles_of_one_name_get_a_file_each() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let input = dir.path().join("a.jsonl");
    let line = |id: &str, n: u32| format!("{{\"id\": \"{id}\", \"text\": \"Il comune ha approvato {n} delibere.\"}}\n");
    fs::write(&input, line("x", 1) + &line("x", 2) + &line("X", 3) + &line("x", 1)).unwrap();
    for _ in 0..2 {
        let summary = batch(&input, &plan(&out));
        assert_eq!((summary.done + summary.skipped, summary.failed), (4, 0));
        assert_eq!(files(&out).keys().filter(|n| n.ends_with(".md")).count(), 3);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_ends_the_batch() {
    let dir = tempfile::tempdir().unwrap();
    let input = articles(dir.path(), 3);
    fs::write(dir.path().join("file"), "").unwrap();
    let error = run(
        open(&input),
        &plan(&dir.path().join("file/out")),
        lead,
        render,
        &mut |_| {},
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot make the folder `{}/file/out`", dir.path().display())
    );
    // A full disk: `/dev/full` stands for the file that is to be written.
    let out = dir.path().join("out");
    let full = |article: &Article| {
        std::os::unix::fs::symlink("/dev/full", out.join(format!(".sunto-part-{}.md", article.id))).unwrap();
        lead(article)
    };
    let error = run(open(&input), &plan(&out), full, render, &mut |_| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot write `{}`", out.join("a0000.md").display())
    );
    assert!(error.hint.unwrap().starts_with("make room"));
    // Once there is room the batch goes on, and nothing of the attempt is left.
    assert_eq!(batch(&input, &plan(&out)).done, 3);
    assert_eq!(
        files(&out).keys().collect::<Vec<_>>(),
        ["a0000.md", "a0001.md", "a0002.md", JOURNAL]
    );
    // A journal that is no file is not read: a device would never end.
    let out = dir.path().join("device");
    fs::create_dir(&out).unwrap();
    std::os::unix::fs::symlink("/dev/zero", out.join(JOURNAL)).unwrap();
    let error = run(open(&input), &plan(&out), lead, render, &mut |_| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot open the journal `{}`", out.join(JOURNAL).display())
    );
}

#[test]
fn a_replay_finds_the_first_difference() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let input = articles(dir.path(), 9);
    let text = fs::read_to_string(&input).unwrap().replace("numero 4 ", "RIFIUTATO ");
    fs::write(&input, &text).unwrap();
    batch(&input, &plan(&out));
    let again = |change: &str| {
        let brief = |a: &Article| lead(a).map(|b| b.replace(change, "cambiato"));
        let found = replay(open(&input), &out, "s1", brief, render).unwrap();
        (
            found.same,
            found
                .difference
                .map(|(i, d)| (i.rsplit(':').next().unwrap().to_string(), d)),
        )
    };
    assert_eq!(again("nulla"), (9, None));
    let differs = |line: &str, what: &str| Some((line.to_string(), what.to_string()));
    let expected = "`a0006.md` line 2: was `Il comune numero 6 ha approvato il bilancio.`, is `Il comune cambiato ha approvato il bilancio.`";
    assert_eq!(again("numero 6"), (6, differs("7", expected)));
    fs::write(&input, text.replace("numero 2 ", "numero 22 ")).unwrap();
    assert_eq!(
        again("nulla"),
        (
            2,
            differs("3", "the article has changed, or was not there, when the batch ran")
        )
    );
    fs::write(
        &input,
        text.lines().take(7).map(|l| format!("{l}\n")).collect::<String>(),
    )
    .unwrap();
    assert_eq!(
        again("nulla"),
        (7, differs("8", "the article is not there any more, or has changed"))
    );
    // Another fingerprint of settings knows nothing of these briefs.
    let other = replay(open(&input), &out, "s2", lead, render).unwrap();
    assert_eq!(other.same, 0);
}

#[test]
fn manifests_are_read_as_written() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = Manifest {
        command: vec!["brief".into(), "a b.txt".into()],
        settings: "s".into(),
        ..Manifest::default()
    };
    manifest.write(dir.path()).unwrap();
    assert_eq!(Manifest::read(&dir.path().join("manifest.json")).unwrap(), manifest);
    fs::write(dir.path().join("x.json"), "{}").unwrap();
    let error = Manifest::read(&dir.path().join("x.json")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`{}` is no manifest of a batch", dir.path().join("x.json").display())
    );
}

/// Memory is bounded: no more articles are read ahead than the window holds.
#[test]
fn reading_waits_for_the_workers() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    let dir = tempfile::tempdir().unwrap();
    let input = articles(dir.path(), 200);
    let (read, made, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let counted = open(&input).inspect(|_: &Result<Article, ReadError>| {
        let ahead = read.fetch_add(1, SeqCst) + 1 - made.load(SeqCst);
        most.fetch_max(ahead, SeqCst);
    });
    let work = |a: &Article| {
        let brief = lead(a);
        made.fetch_add(1, SeqCst);
        brief
    };
    run(
        counted,
        &Plan {
            jobs: 3,
            ..plan(&dir.path().join("out"))
        },
        work,
        render,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(made.load(SeqCst), 200);
    assert!(
        most.load(SeqCst) <= 3 * 4 + 1,
        "{} articles were held",
        most.load(SeqCst)
    );
}

/// The process that [`killed_a_hundred_times_nothing_is_lost_or_doubled`] kills: a batch as any other, run by this test
/// binary, whose briefs are first sentences by way of the toy model.
#[test]
fn batch_process() {
    let given = ["SUNTO_TEST_IN", "SUNTO_TEST_OUT", "SUNTO_TEST_MODEL"].map(std::env::var_os);
    let [Some(input), Some(out), Some(model)] = given else {
        return;
    };
    let generator = Generator::open(Path::new(&model), &Options::default()).unwrap();
    let echo = |article: &Article| -> Result<String, Failure> {
        let first = article.content().next().map_or("", |(_, _, sentence)| sentence);
        let found = generator.generate(&[first.into()], generator.defaults())?;
        Ok(format!("# {}\n{}\n", article.id, found[0][0].text))
    };
    let summary = run(
        open(Path::new(&input)),
        &plan(Path::new(&out)),
        echo,
        render,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(summary.done + summary.skipped, 1000);
}

#[test]
fn killed_a_hundred_times_nothing_is_lost_or_doubled() {
    let dir = tempfile::tempdir().unwrap();
    let input = articles(dir.path(), 1000);
    let model = toy::model(dir.path(), "toy", toy::PIECES);
    let start = |out: &Path| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "batch::batch_process"])
            .envs([
                ("SUNTO_TEST_IN", input.as_os_str()),
                ("SUNTO_TEST_OUT", out.as_os_str()),
                ("SUNTO_TEST_MODEL", model.as_ref()),
            ])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let (expected, begun) = (dir.path().join("expected"), Instant::now());
    assert!(start(&expected).wait().unwrap().success());
    let (expected, whole) = (files(&expected), begun.elapsed());
    assert!(expected["a0007.md"].contains("bilancio"), "{}", expected["a0007.md"]);
    let (mut kills, mut round, mut seed) = (0, 0, 12345u64);
    while kills < 100 {
        round += 1;
        let out = dir.path().join(format!("out{round}"));
        loop {
            let mut child = start(&out);
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            // Up to a twelfth of the time of all: from before its first file to some dozens of files later.
            std::thread::sleep(whole.mul_f64((seed >> 33) as f64 / f64::from(1u32 << 31) / 12.0));
            let ended = child.try_wait().unwrap().is_some();
            child.kill().unwrap();
            assert_eq!(child.wait().unwrap().success(), ended);
            kills += usize::from(!ended);
            // Whatever the moment: no brief is half-written, and the journal is readable but for a torn last line.
            if out.join(JOURNAL).exists() && kills % 10 == 0 {
                for (name, content) in files(&out)
                    .iter()
                    .filter(|(n, _)| n.ends_with(".md") && !n.starts_with('.'))
                {
                    assert_eq!(content, &expected[name]);
                }
            }
            if ended || kills >= 100 {
                break;
            }
        }
        assert!(start(&out).wait().unwrap().success());
        assert_eq!(files(&out), expected, "round {round}");
        let done = entries(&out).unwrap();
        let names: std::collections::BTreeSet<&str> = done.iter().filter_map(|e| e.file.as_deref()).collect();
        assert_eq!((done.len(), names.len()), (1000, 1000));
    }
}

/// The command itself, on the embedded model: resumed, replayed, and the first difference named.
#[test]
fn a_batch_is_resumed_and_replayed_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    articles(dir.path(), 2);
    let go = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sunto"));
        let output = command.current_dir(dir.path()).args(words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let brief = [
        "brief",
        "articoli.jsonl",
        "-o",
        "out",
        "--strategy",
        "lead",
        "--beams",
        "1",
        "--format",
        "json",
    ];
    assert_eq!(
        go(&brief),
        (Some(0), String::new(), "2 articles briefed into `out`\n".into())
    );
    let again = go(&[&brief[..], &["--jobs", "2"]].concat());
    assert_eq!(again.2, "0 articles briefed into `out`, 2 done before\n");
    let manifest = Manifest::read(&dir.path().join("out/manifest.json")).unwrap();
    let stamp = manifest.provenance.translator.unwrap();
    let hashes = [Some(stamp.sha256), stamp.tokenizer].map(|h| h.map_or(0, |h| h.len()));
    assert_eq!(hashes, [64, 64]);
    assert_eq!(manifest.result.unwrap().summary.skipped, 2);
    assert_eq!(
        go(&["replay", "out/manifest.json"]),
        (Some(0), "2 articles the same\n".into(), String::new())
    );
    let text = fs::read_to_string(dir.path().join("articoli.jsonl")).unwrap();
    fs::write(dir.path().join("articoli.jsonl"), text.replace("numero 1", "numero 3")).unwrap();
    let expected =
        "1 article the same; then `articoli.jsonl:2`: the article has changed, or was not there, when the batch ran\n";
    assert_eq!(
        go(&["replay", "out/manifest.json"]),
        (Some(1), expected.into(), String::new())
    );
    let (code, out, err) = go(&["replay", "articoli.jsonl"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        err.starts_with("error: `articoli.jsonl` is no manifest of a batch\n  caused by: "),
        "{err}"
    );
}
