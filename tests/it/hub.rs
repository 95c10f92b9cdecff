//! `sunto models pull` and `verify` against a hub on this machine: faults of the network, of servers, of users.
pub mod server;

use assert_cmd::Command;
use serde_json::Value;
use server::Server;
use std::{fs, path::Path, process};
use tempfile::TempDir;

const CONFIG: &[u8] = b"{\"model_type\":\"marian\"}";

/// Bytes of a weights file that nobody loads.
fn weights() -> Vec<u8> {
    (0..100_000u32).map(|i| (i % 251) as u8).collect()
}

/// A repository with a small and a large file.
fn server() -> Server {
    Server::new(
        "prova/modello",
        &[("config.json", CONFIG), ("model.safetensors", &weights())],
    )
}

/// `sunto WORDS...` that sees this hub and an own cache.
pub fn sunto(home: &Path, endpoint: &str, words: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sunto").unwrap();
    environment(home, endpoint, |name, value| {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    });
    command.current_dir(home).args(words);
    command
}

fn environment(home: &Path, endpoint: &str, mut set: impl FnMut(&str, Option<&str>)) {
    for name in [
        "SUNTO_CONFIG",
        "SUNTO_DEVICE",
        "SUNTO_MODEL",
        "SUNTO_OFFLINE",
        "SUNTO_COMMERCIAL",
        "HF_TOKEN",
        "HF_TOKEN_PATH",
        "HF_HUB_CACHE",
        "HF_HUB_OFFLINE",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        set(name, None);
    }
    set("HF_ENDPOINT", Some(endpoint));
    set("HF_HOME", home.join("hf").to_str());
    set("XDG_CONFIG_HOME", home.join("none").to_str());
}

/// Exit status, stdout, stderr.
pub fn outcome(mut command: Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    // Nothing here kills a child: where one has no status, somebody else did, or it broke; the signal tells which.
    let Some(status) = output.status.code() else {
        panic!("{command:?}: {}\n{out}\n{err}", output.status);
    };
    (status, out, err)
}

fn run(home: &TempDir, server: &Server, words: &[&str]) -> (i32, String, String) {
    outcome(sunto(home.path(), &server.address, words))
}

/// The lock of `prova/modello`, if there is one.
fn lock(home: &TempDir) -> Option<toml::Value> {
    let dir = home.path().join("hf/hub/models--prova--modello/sunto");
    let mut locks = fs::read_dir(dir).ok()?.flatten().map(|e| e.path());
    let path = locks.find(|p| p.extension().is_some_and(|e| e == "toml"))?;
    Some(toml::from_str(&fs::read_to_string(path).unwrap()).unwrap())
}

fn snapshot(home: &TempDir) -> std::path::PathBuf {
    home.path()
        .join("hf/hub/models--prova--modello/snapshots/c0ffee0000000000000000000000000000000001")
}

#[test]
fn a_model_is_pulled_locked_verified_and_mended() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    let (status, out, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(
        out.starts_with(
            "prova/modello: 2 files, 0.1 MB, licence mit, commit c0ffee0000000000000000000000000000000001\n"
        ),
        "{out}"
    );
    assert_eq!(fs::read(snapshot(&home).join("model.safetensors")).unwrap(), weights());
    let lock = lock(&home).unwrap();
    assert_eq!(
        lock["commit"].as_str(),
        Some("c0ffee0000000000000000000000000000000001")
    );
    let file = &lock["file"].as_array().unwrap()[1];
    assert_eq!(
        (
            file["path"].as_str().unwrap(),
            file["size"].as_integer().unwrap(),
            file["sha256"].as_str().unwrap().len()
        ),
        ("model.safetensors", 100_000, 64)
    );
    server.seen();

    // Nothing comes twice.
    let (status, ..) = run(&home, &server, &["models", "pull", "prova/modello"]);
    let asked: Vec<String> = server.seen().into_iter().map(|r| r.path).collect();
    assert_eq!(
        (status, asked),
        (
            0,
            vec!["/api/models/prova/modello/revision/main?blobs=true".to_string()]
        )
    );

    let verify = |expected: (i32, &str)| {
        let (status, out, err) = run(&home, &server, &["models", "verify", "prova/modello", "--offline"]);
        assert!(status == expected.0 && out.contains(expected.1), "{status} {out} {err}");
    };
    verify((
        0,
        "good: prova/modello at c0ffee0000000000000000000000000000000001, 2 files\n",
    ));
    let path = snapshot(&home).join("model.safetensors");
    let mut other = weights();
    other[5] ^= 1;
    fs::write(&path, &other).unwrap(); // through the link, into the blob
    verify((1, "`model.safetensors` has another SHA-256"));
    fs::write(&path, b"short").unwrap();
    verify((1, "`model.safetensors` has 5 bytes, expected 100000"));
    fs::remove_file(&path).unwrap();
    verify((1, "`model.safetensors` is missing"));
    assert!(server.seen().is_empty());

    let (status, ..) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!((status, fs::read(&path).unwrap() == weights()), (0, true));
    let (_, out, _) = run(&home, &server, &["models", "list"]);
    let line = out.lines().find(|l| l.starts_with("prova/modello")).unwrap();
    assert!(line.contains("mit") && line.ends_with("here"), "{line}");
}

#[test]
fn a_cut_connection_is_taken_up_where_it_broke() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    server.set(|s| s.cut = Some((30_000, 2)));
    let (status, out, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!(status, 0, "{out}{err}");
    let ranges: Vec<Option<String>> = server.seen().into_iter().skip(2).map(|r| r.range).collect();
    assert_eq!(ranges, [None, Some("bytes=30000-".into()), Some("bytes=60000-".into())]);
    assert_eq!(fs::read(snapshot(&home).join("model.safetensors")).unwrap(), weights());
}

#[test]
fn another_run_goes_on_where_one_gave_up() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    server.set(|s| (s.cut, s.down_after_cut) = (Some((30_000, 1)), true));
    let name = ["models", "pull", "prova/modello"];
    let (status, _, err) = run(&home, &server, &name);
    assert_eq!(status, 2);
    assert_eq!(lock(&home), None, "a model that is not whole is not locked");
    assert!(
        err.starts_with(
            "error: `model.safetensors` of `prova/modello` broke off\n  caused by: cannot reach `http://127.0.0.1:"
        ) && err.ends_with("hint: what has come is kept: run the same command to go on\n"),
        "{err}"
    );
    server.set(|s| s.down = false);
    server.seen();
    let (status, _, err) = run(&home, &server, &name);
    assert_eq!((status, err.as_str()), (0, ""));
    let asked = server.seen();
    assert_eq!(asked.len(), 2, "the listing and the rest of the weights: {asked:?}");
    assert!(
        asked[1].range.as_deref().is_some_and(|r| r == "bytes=30000-"),
        "{asked:?}"
    );
    assert_eq!(fs::read(snapshot(&home).join("model.safetensors")).unwrap(), weights());
}

#[test]
fn a_server_without_ranges_sends_it_all_again() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    server.set(|s| (s.no_ranges, s.cut) = (true, Some((30_000, 1))));
    let (status, _, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(fs::read(snapshot(&home).join("model.safetensors")).unwrap(), weights());
}

#[test]
fn wrong_content_never_becomes_a_model() {
    let mut other = weights();
    other[5] ^= 1;
    for (path, lie, why) in [
        (
            "model.safetensors",
            other,
            "error: `model.safetensors` of `prova/modello` came with a wrong hash: ",
        ),
        (
            "config.json",
            b"{\"model_type\":\"barian\"}".to_vec(),
            "error: `config.json` of `prova/modello` came with a wrong hash: ",
        ),
        (
            "model.safetensors",
            vec![0; 100_001],
            "error: the server sends more of `model.safetensors` than the 100000 bytes that it lists\n",
        ),
    ] {
        let (home, server) = (tempfile::tempdir().unwrap(), server());
        server.set(|s| {
            s.lies.insert(path.into(), lie);
        });
        let (status, out, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.starts_with(why), "{err}");
        assert!(lock(&home).is_none() && !snapshot(&home).join(path).exists());
        let blobs = fs::read_dir(home.path().join("hf/hub/models--prova--modello/blobs")).unwrap();
        assert!(
            blobs.flatten().all(|b| b.path().extension().is_none()),
            "a bad part was kept"
        );
        // What a good server sends next is taken.
        server.set(|s| s.lies.clear());
        assert_eq!(run(&home, &server, &["models", "pull", "prova/modello"]).0, 0);
    }
}

#[test]
fn refusals_say_what_to_do() {
    let check = |refuse: (u16, &'static str, usize), name: &str, expected: &[&str]| {
        let (home, server) = (tempfile::tempdir().unwrap(), server());
        server.set(|s| s.refuse = Some(refuse));
        let (status, out, err) = run(&home, &server, &["models", "pull", name]);
        assert_eq!((status, out.as_str()), (2, ""), "{err}");
        assert!(expected.iter().all(|e| err.contains(e)), "{err}");
        assert!(err.lines().count() <= 3, "{err}");
    };
    let name = "prova/modello";
    check(
        (401, "RepoNotFound", 9),
        name,
        &["does not give `prova/modello` (status 401)", "set `HF_TOKEN`"],
    );
    check((403, "GatedRepo", 9), name, &["(status 403)", "accept them"]);
    check(
        (404, "RevisionNotFound", 9),
        "prova/modello@v9",
        &["has no such revision of `prova/modello@v9`"],
    );
    check((418, "", 9), name, &["answers `prova/modello` with status 418"]);
    check(
        (503, "", 99),
        name,
        &[
            "is not able to give `prova/modello` now (status 503)",
            "try again later",
        ],
    );
    check(
        (0, "", 0),
        "prova/altro",
        &["has no `prova/altro`", "`sunto models list`"],
    );
    check(
        (0, "", 0),
        "small-it-en",
        &["`small-it-en` is embedded in this program"],
    );
    check((0, "", 0), "nulla", &["there is no model `nulla`"]);
}

#[test]
fn a_moment_of_weakness_is_waited_out() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    server.set(|s| s.refuse = Some((503, "", 2)));
    assert_eq!(run(&home, &server, &["models", "pull", "prova/modello"]).0, 0);
}

#[test]
fn tokens_go_to_the_hub_and_not_to_where_it_redirects() {
    let (home, server, store) = (tempfile::tempdir().unwrap(), server(), server());
    server.set(|s| (s.token, s.redirect) = (Some("hf_abc".into()), Some(format!("{}/stored", store.address))));
    let (status, _, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!(status, 2);
    assert!(err.contains("(status 401)") && err.contains("set `HF_TOKEN`"), "{err}");
    server.seen();
    let mut with = sunto(home.path(), &server.address, &["models", "pull", "prova/modello"]);
    with.env("HF_TOKEN", "hf_abc");
    assert_eq!(outcome(with).0, 0);
    assert!(server
        .seen()
        .iter()
        .all(|r| r.token.as_deref() == Some("Bearer hf_abc")));
    let stored = store.seen();
    assert_eq!(stored.len(), 2);
    assert!(
        stored
            .iter()
            .all(|r| r.token.is_none() && r.path.starts_with("/stored/prova/")),
        "{stored:?}"
    );
    assert_eq!(fs::read(snapshot(&home).join("model.safetensors")).unwrap(), weights());

    // The token of `hf auth login` counts too.
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("hf")).unwrap();
    fs::write(home.path().join("hf/token"), "hf_abc\n").unwrap();
    assert_eq!(run(&home, &server, &["models", "pull", "prova/modello"]).0, 0);
}

#[test]
fn redirects_in_a_circle_end() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    let own = server.address.clone();
    server.set(|s| s.redirect = Some(format!("{own}/stored")));
    let (status, _, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!(status, 2);
    assert!(err.contains("redirects in a circle") || err.contains("has no"), "{err}");
}

#[test]
fn strange_listings_are_refused() {
    let commit = "c0ffee0000000000000000000000000000000001";
    let listing = |siblings: &str| format!(r#"{{"sha":"{commit}","siblings":[{siblings}]}}"#);
    for (text, why) in [
        (
            "<html>".to_string(),
            "the hub's answer on `prova/modello` cannot be read",
        ),
        (
            r#"{"sha":"../../../../etc"}"#.into(),
            "names no commit but `../../../../etc`",
        ),
        (
            listing(r#"{"rfilename":"../../x/config.json"}"#),
            "has no weights that can be read",
        ),
        (
            listing(r#"{"rfilename":"config.json"},{"rfilename":"pytorch_model.bin"}"#),
            "the weights of `prova/modello` are a pickle",
        ),
        (
            listing(r#"{"rfilename":"config.json"},{"rfilename":"model.safetensors.index.json"}"#),
            "is not a shard index",
        ),
    ] {
        let (home, server) = (tempfile::tempdir().unwrap(), server());
        server.set(|s| {
            s.listing = Some(text);
            s.files
                .insert("model.safetensors.index.json".into(), b"{\"weight_map\":7}".to_vec());
        });
        let (status, _, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
        assert_eq!(status, 2);
        assert!(err.contains(why), "{err}");
        assert!(lock(&home).is_none());
    }
}

#[test]
fn shards_come_with_their_index() {
    let index = br#"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-1.safetensors"}}"#;
    let large = weights();
    let server = Server::new(
        "prova/modello",
        &[
            ("config.json", CONFIG),
            ("model.safetensors.index.json", index),
            ("model-1.safetensors", &large),
            ("model-2.safetensors", b"two"),
            ("model-3.safetensors", b"not named"),
        ],
    );
    let home = tempfile::tempdir().unwrap();
    let (status, out, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("prova/modello: 4 files"), "{out}");
}

#[test]
fn cards_pin_commits_and_other_commits_are_asked_for() {
    let files: Vec<(&str, &[u8])> = [
        "config.json",
        "model.safetensors",
        "source.spm",
        "target.spm",
        "vocab.json",
    ]
    .map(|n| (n, CONFIG))
    .to_vec();
    let server = Server::new("Helsinki-NLP/opus-mt-it-en", &files);
    let home = tempfile::tempdir().unwrap();
    let (status, _, err) = run(&home, &server, &["models", "pull", "opus-mt-it-en"]);
    assert_eq!(status, 2);
    assert!(
        err.contains("is now commit c0ffee0000000000000000000000000000000001, the card `opus-mt-it-en` pins d43c831"),
        "{err}"
    );
    server.set(|s| s.commit = "d43c831000000000000000000000000000000000".into());
    server.seen();
    let (status, out, err) = run(&home, &server, &["models", "pull", "opus-mt-it-en"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(
        out.starts_with("opus-mt-it-en: 5 files, 0.0 MB, licence Apache-2.0, commit d43c831"),
        "{out}"
    );
    assert!(server.seen()[0].path.ends_with("/revision/refs%2Fpr%2F3?blobs=true"));
    let (_, out, _) = run(&home, &server, &["models", "list"]);
    let state = |name: &str| {
        out.lines()
            .find(|l| l.starts_with(name))
            .map(|l| l.rsplit("  ").next().unwrap())
    };
    assert_eq!(
        (state("opus-mt-it-en"), state("opus-mt-itc-en")),
        (Some("here"), Some("can be pulled"))
    );
}

/// A metric's model lacks what its authors left with its encoder: a pull brings that beside it, locked with its source.
#[test]
fn what_another_repository_holds_comes_beside() {
    let commit = "c23d21b0620b635a76227c604d44e43a9f0ee389";
    let server = Server::new(
        "Unbabel/wmt22-comet-da",
        &[
            ("hparams.yaml", b"hidden_sizes: [8]"),
            ("model.safetensors", &weights()),
        ],
    );
    server.set(|s| s.commit = "47ed078000000000000000000000000000000000".into());
    let home = tempfile::tempdir().unwrap();
    let pull = |words: &[&str]| run(&home, &server, &[&["models", "pull", "comet-22"], words].concat());
    let (status, _, err) = pull(&[]);
    assert!(
        status == 2 && err.contains(&format!("has no `FacebookAI/xlm-roberta-large@{commit}`")),
        "{err}"
    );
    server.also(
        "FacebookAI/xlm-roberta-large",
        "0000000000000000000000000000000000000001",
        &[("config.json", CONFIG), ("tokenizer.json", b"{}")],
    );
    let (status, _, err) = pull(&[]);
    assert!(
        status == 2 && err.contains("with commit 0000000000000000000000000000000000000001"),
        "{err}"
    );
    server.set(|s| s.other.as_mut().unwrap().commit = commit.into());
    server.set(|s| s.other.as_mut().unwrap().licence = Some("cc-by-nc-4.0".into()));
    server.seen();
    let (status, _, err) = pull(&["--commercial"]);
    assert!(status == 2 && err.contains("may not be used commercially"), "{err}");
    assert_eq!(server.seen().len(), 2, "listings only: nothing came before the refusal");
    let (status, out, err) = pull(&[]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("comet-22: 4 files"), "{out}");
    let folder = home.path().join("hf/hub/models--Unbabel--wmt22-comet-da");
    let lock = folder.join("sunto/47ed078000000000000000000000000000000000.toml");
    let lock: toml::Value = toml::from_str(&fs::read_to_string(lock).unwrap()).unwrap();
    let from: Vec<Option<&str>> = lock["file"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f.get("from").and_then(|x| x.as_str()))
        .collect();
    let source = format!("FacebookAI/xlm-roberta-large@{commit}");
    assert_eq!(from, [None, None, Some(source.as_str()), Some(source.as_str())]);
    let dir = folder.join("snapshots/47ed078000000000000000000000000000000000");
    assert_eq!(fs::read(dir.join("config.json")).unwrap(), CONFIG);
    let (status, out, _) = run(&home, &server, &["models", "verify", "comet-22", "--offline"]);
    assert!(status == 0 && out.ends_with("4 files\n"), "{out}");
    // Its card says what it is, without loading it.
    let (status, out, _) = run(&home, &server, &["models", "show", "comet-22", "--json"]);
    let facts: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (status, &facts["task"], &facts["state"]),
        (0, &"metric".into(), &"here".into())
    );
    fs::remove_file(dir.join("config.json")).unwrap();
    let (_, out, _) = run(&home, &server, &["models", "show", "comet-22", "--json"]);
    assert!(out.contains("can be pulled"), "{out}");
}

#[test]
fn licences_are_shown_and_refused_for_commercial_use() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    let (status, _, err) = run(&home, &server, &["--commercial", "models", "pull", "nllb-600m"]);
    assert_eq!(status, 2);
    assert!(
        err.starts_with("error: `nllb-600m` may not be used commercially: its licence is CC-BY-NC-4.0\n"),
        "{err}"
    );
    assert!(server.seen().is_empty(), "the card says enough");
    for (licence, why) in [
        (
            Some("cc-by-nc-sa-4.0"),
            "may not be used commercially: its licence is cc-by-nc-sa-4.0",
        ),
        (None, "does not say under which licence it may be used"),
    ] {
        server.set(|s| s.licence = licence.map(String::from));
        let (status, _, err) = run(&home, &server, &["--commercial", "models", "pull", "prova/modello"]);
        assert!(status == 2 && err.contains(why), "{err}");
    }
    server.set(|s| s.licence = Some("cc-by-nc-4.0".into()));
    let (status, out, _) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert!(
        status == 0 && out.contains("licence cc-by-nc-4.0 (not for commercial use)"),
        "{out}"
    );
    let words = ["translate", "--commercial", "--model", "prova/modello", "x.txt"];
    let (status, _, err) = run(&home, &server, &words);
    assert!(status == 2 && err.contains("may not be used commercially"), "{err}");
    let (_, out, _) = run(&home, &server, &["models", "list", "--json"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    let marked =
        |name: &str| list.as_array().unwrap().iter().find(|l| l["name"] == name).unwrap()["non_commercial"].clone();
    assert_eq!(
        (marked("prova/modello"), marked("opus-mt-it-en")),
        (true.into(), false.into())
    );
}

#[test]
fn pickles_are_pulled_on_demand_only() {
    let server = Server::new(
        "prova/modello",
        &[("config.json", CONFIG), ("pytorch_model.bin", b"PK")],
    );
    let home = tempfile::tempdir().unwrap();
    let (status, _, err) = run(&home, &server, &["models", "pull", "prova/modello"]);
    assert!(status == 2 && err.contains("`--allow-pickle`"), "{err}");
    let (status, ..) = run(&home, &server, &["models", "pull", "--allow-pickle", "prova/modello"]);
    assert_eq!(status, 0);
}

/// A repository with the files of the embedded model.
fn real() -> Server {
    let read = |name: &str| fs::read(format!("models/small-it-en/{name}")).unwrap();
    let names = [
        "config.json",
        "model.safetensors",
        "source.spm",
        "target.spm",
        "vocab.json",
    ];
    let files: Vec<(&str, Vec<u8>)> = names.iter().map(|n| (*n, read(n))).collect();
    let mut all: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (*n, b.as_slice())).collect();
    all.push(("sunto.json", b"{\"normalization\":\"sunto\"}"));
    Server::new("prova/modello", &all)
}

#[test]
fn a_pulled_model_translates_offline_as_the_embedded_one() {
    let (home, server) = (tempfile::tempdir().unwrap(), real());
    fs::write(home.path().join("a.txt"), "La biblioteca è chiusa.\n").unwrap();
    let words = ["translate", "--lines", "--model", "prova/modello", "a.txt"];
    let (status, out, err) = run(&home, &server, &words);
    assert_eq!((status, out.as_str()), (2, ""));
    assert_eq!(
        err,
        "error: the model `prova/modello` is not here\n  hint: `sunto models pull prova/modello`\n"
    );
    assert!(server.seen().is_empty(), "translating never pulls");
    assert_eq!(run(&home, &server, &["models", "pull", "prova/modello"]).0, 0);
    server.seen();
    let (status, pulled, err) = run(&home, &server, &words);
    assert_eq!((status, err.as_str()), (0, ""));
    let (_, embedded, _) = run(&home, &server, &["translate", "--lines", "a.txt"]);
    assert_eq!(pulled, embedded);
    assert!(!pulled.trim().is_empty());
    let (_, facts, _) = run(&home, &server, &["models", "show", "prova/modello", "--json"]);
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!(
        (&facts["commit"], &facts["licence"]),
        (&"c0ffee0000000000000000000000000000000001".into(), &"mit".into())
    );
    assert!(server.seen().is_empty(), "a model that is here needs no network");
}

#[test]
fn offline_no_command_reaches_out() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    fs::write(home.path().join("a.txt"), "La biblioteca è chiusa.\n").unwrap();
    for words in [
        &["models", "pull", "opus-mt-it-en"][..],
        &["models", "pull", "prova/modello"],
        &["models", "list"],
        &["models", "verify"],
        &["doctor"],
        &["translate", "a.txt", "--model", "opus-mt-it-en"],
        &["brief", "a.txt", "--model", "prova/modello"],
        &["translate", "--lines", "a.txt"],
    ] {
        for how in ["--offline", "SUNTO_OFFLINE", "HF_HUB_OFFLINE"] {
            if how != "--offline" && words.get(1) != Some(&"pull") {
                continue;
            }
            let mut command = sunto(home.path(), &server.address, words);
            match how {
                "--offline" => command.arg(how),
                variable => command.env(variable, "1"),
            };
            let (status, _, err) = outcome(command);
            let expected = match words.get(1) {
                Some(&"pull") => "error: the network is off\n",
                _ if words.contains(&"--model") => "is not here\n  hint: the network is off: bring it",
                _ => "",
            };
            assert_eq!(
                (status, err.contains(expected)),
                (if expected.is_empty() { 0 } else { 2 }, true),
                "{words:?} {err}"
            );
        }
    }
    assert!(server.seen().is_empty());
}

/// The system's own word for it: not one socket is made, by no thread. Skipped aloud where there is no strace.
#[test]
fn offline_makes_no_socket() {
    let (home, server) = (tempfile::tempdir().unwrap(), server());
    fs::write(home.path().join("a.txt"), "La biblioteca è chiusa.\n").unwrap();
    let log = home.path().join("trace");
    let traced = |words: &[&str]| {
        let mut command = process::Command::new("strace");
        environment(home.path(), &server.address, |name, value| {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        });
        command.args(["-f", "-qq", "-e", "trace=%network", "-o"]).arg(&log);
        command
            .arg(assert_cmd::cargo::cargo_bin("sunto"))
            .args(words)
            .current_dir(home.path());
        let output = command.output().ok()?;
        let trace = fs::read_to_string(&log).ok()?;
        // Where tracing is forbidden, strace says so itself.
        let forbidden = String::from_utf8_lossy(&output.stderr).contains("strace:");
        (!forbidden).then(|| {
            trace
                .lines()
                .filter(|l| l.contains("socket(") || l.contains("connect("))
                .count()
        })
    };
    let Some(sockets) = traced(&["--offline", "brief", "a.txt"]) else {
        eprintln!("SKIPPED offline_makes_no_socket: strace cannot run here");
        return;
    };
    assert_eq!(sockets, 0);
    assert_eq!(traced(&["--offline", "models", "pull", "prova/modello"]), Some(0));
    // The trace would have shown them.
    assert!(traced(&["models", "pull", "prova/modello"]).is_some_and(|n| n > 0));
}
