//! `sunto models bundle`: what goes in comes out elsewhere; what a manifest does not list stays out.
use crate::hub::{outcome, server::Server, sunto};
use sha2::{Digest, Sha256};
use std::{fs, io::Read, path::Path};
use sunto::model::{
    bundle::{import, Manifest},
    hub::{Cache, Lock, LockedFile, Spec},
};
use tar::{Builder, EntryType, Header};

const COMMIT: &str = "c0ffee0000000000000000000000000000000001";

#[test]
fn a_model_goes_there_and_back() {
    let weights = vec![7u8; 50_000];
    let server = Server::new(
        "prova/modello",
        &[
            ("config.json", b"{}"),
            ("generation_config.json", b"{}"),
            ("model.safetensors", &weights),
        ],
    );
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let run = |home: &Path, words: &[&str]| outcome(sunto(home, &server.address, words));
    let bundle = here.path().join("models.tar");
    let bundle = bundle.to_str().unwrap();
    let export = ["models", "bundle", "export", "prova/modello", "-o", bundle];
    let (status, _, err) = run(here.path(), &export);
    assert!(status == 2 && err.contains("is not here"), "{err}");
    assert_eq!(run(here.path(), &["models", "pull", "prova/modello"]).0, 0);
    server.seen();
    let (status, out, err) = run(here.path(), &export);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(
        out.starts_with(&format!(
            "prova/modello at {COMMIT}: 3 files, 0.1 MB, licence mit, in `"
        )),
        "{out}"
    );
    let first = fs::read(bundle).unwrap();
    assert_eq!(run(here.path(), &export).0, 0);
    assert_eq!(fs::read(bundle).unwrap(), first, "the same models make the same bundle");

    let (status, _, err) = run(there.path(), &["--offline", "models", "bundle", "import", bundle]);
    assert_eq!((status, err.as_str()), (0, ""));
    let (status, out, _) = run(there.path(), &["--offline", "models", "verify", "prova/modello"]);
    assert_eq!(
        (status, out),
        (0, format!("good: prova/modello at {COMMIT}, 3 files\n"))
    );
    let found = Cache::new(there.path().join("hf/hub"))
        .find(&Spec::parse("prova/modello").unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(fs::read(found.dir.join("model.safetensors")).unwrap(), weights);
    assert!(server.seen().is_empty(), "bundles need no network");
    let left: Vec<_> = fs::read_dir(there.path().join("hf/hub"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(left, ["models--prova--modello"]);

    // What is not as it was pulled does not travel.
    fs::write(
        Cache::new(here.path().join("hf/hub"))
            .find(&Spec::parse("prova/modello").unwrap())
            .unwrap()
            .unwrap()
            .dir
            .join("model.safetensors"),
        [8; 50_000],
    )
    .unwrap();
    let (status, _, err) = run(here.path(), &export);
    assert!(
        status == 2 && err.contains("`model.safetensors` of `prova/modello` is not as it was pulled"),
        "{err}"
    );
    assert_eq!(fs::read(bundle).unwrap(), first, "the good bundle is still there");
}

fn sha(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A manifest of one model with these files (path, size, hash).
fn manifest(files: &[(&str, u64, String)]) -> Vec<u8> {
    let files = files.iter().map(|(path, size, sha256)| LockedFile {
        path: path.to_string(),
        size: *size,
        sha256: sha256.clone(),
        from: None,
    });
    let lock = Lock {
        repo: "a/b".into(),
        revision: "main".into(),
        commit: COMMIT.into(),
        licence: "mit".into(),
        files: files.collect(),
    };
    serde_json::to_vec(&Manifest {
        version: 1,
        models: vec![lock],
    })
    .unwrap()
}

/// A tar of entries that need not be honest: name, kind, declared size, content.
fn tar(entries: &[(&str, EntryType, u64, &[u8])]) -> Vec<u8> {
    let mut tar = Builder::new(vec![]);
    for (name, kind, size, content) in entries {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(*size);
        header.set_mode(0o644);
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn hostile_bundles_leave_nothing_behind() {
    let file = |path: &str| manifest(&[(path, 3, sha(b"abc"))]);
    let good = file("config.json");
    let blob = format!("blobs/{}", sha(b"abc"));
    let regular = |name, content: &'static [u8]| (name, EntryType::Regular, content.len() as u64, content);
    let with = |manifest: &[u8], rest: &[(&str, EntryType, u64, &[u8])]| {
        let mut entries: Vec<(&str, EntryType, u64, &[u8])> =
            vec![("manifest.json", EntryType::Regular, manifest.len() as u64, manifest)];
        entries.extend(rest);
        tar(&entries)
    };
    let b = blob.as_str();
    let huge = manifest(&[("config.json", 1 << 50, sha(b"abc"))]);
    let large = manifest(&[("config.json", 1 << 39, sha(b"abc"))]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", vec![], "the bundle is empty"),
        ("noise", vec![0x55; 2000], "this is not a bundle"),
        (
            "no manifest",
            tar(&[regular(b, b"abc")]),
            "does not begin with `manifest.json`",
        ),
        (
            "a manifest that is none",
            with(b"{}", &[]),
            "the bundle's manifest cannot be read",
        ),
        (
            "a path upwards",
            with(&file("../x"), &[regular(b, b"abc")]),
            "is not usable",
        ),
        (
            "an absolute path",
            with(&file("/x"), &[regular(b, b"abc")]),
            "is not usable",
        ),
        (
            "an entry upwards",
            with(&good, &[regular("../x", b"abc")]),
            "`../x` in the bundle is not in its manifest",
        ),
        (
            "an absolute entry",
            with(&good, &[regular("/tmp/x", b"abc")]),
            "`/tmp/x` in the bundle is not in its manifest",
        ),
        (
            "a wrong hash",
            with(&good, &[regular(b, b"abd")]),
            "has a wrong SHA-256",
        ),
        (
            "a wrong size",
            with(&good, &[regular(b, b"abcd")]),
            "has 4 bytes, its manifest says 3",
        ),
        ("a missing file", with(&good, &[]), "the bundle lacks the file"),
        (
            "a file twice",
            with(&good, &[regular(b, b"abc"), regular(b, b"abc")]),
            "or is there twice",
        ),
        (
            "a link",
            with(&good, &[(b, EntryType::Symlink, 0, b"")]),
            "is no plain file",
        ),
        (
            "a hard link",
            with(&good, &[(b, EntryType::Link, 0, b"")]),
            "is no plain file",
        ),
        (
            "a sparse file",
            with(&good, &[(b, EntryType::GNUSparse, 3, b"abc")]),
            "is no plain file",
        ),
        (
            "a device",
            with(&good, &[(b, EntryType::Char, 0, b"")]),
            "is no plain file",
        ),
        (
            "a long name",
            with(&good, &[("././@LongLink", EntryType::GNULongName, 3, b"abc")]),
            "is no plain file",
        ),
        ("a petabyte declared", with(&huge, &[]), "expected at most"),
        (
            "half a terabyte declared",
            with(&large, &[(b, EntryType::Regular, 1 << 39, b"abc")]),
            "the bundle ",
        ),
    ];
    for (case, bytes, why) in cases {
        let home = tempfile::tempdir().unwrap();
        let error = import(bytes.as_slice(), &Cache::new(home.path())).unwrap_err();
        assert!(error.to_string().contains(why), "{case}: {error}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "{case} left something");
    }
    let home = tempfile::tempdir().unwrap();
    let whole = with(&good, &[regular(b, b"abc")]);
    import(whole.as_slice(), &Cache::new(home.path())).unwrap();
    for cut in [10, 511, 513, 1024, 1500] {
        let home = tempfile::tempdir().unwrap();
        assert!(import(&whole[..cut], &Cache::new(home.path())).is_err(), "{cut}");
    }
}

#[test]
fn a_manifest_without_end_is_not_read_to_its_end() {
    let mut header = Header::new_ustar();
    header.set_path("manifest.json").unwrap();
    header.set_entry_type(EntryType::Regular);
    header.set_size(1 << 40);
    header.set_cksum();
    let head = header.as_bytes().to_vec();
    let endless = head.as_slice().chain(std::io::repeat(b' '));
    let home = tempfile::tempdir().unwrap();
    let error = import(endless, &Cache::new(home.path())).unwrap_err();
    assert_eq!(error.to_string(), "the bundle's manifest has more than 4194304 bytes");
}
