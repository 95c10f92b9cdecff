//! Model folders made to do harm: a short error, no panic, and no more memory than a small model needs.
#![cfg(unix)]
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// Kilobytes of address space that a run may take: a declared tensor of ten gigabytes does not fit.
const MEMORY: &str = "3000000";

/// Runs `sunto` on a model folder, with little memory.
fn translate(model: &Path) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY} && exec \"$@\""), "sh"]);
    command.arg(assert_cmd::cargo::cargo_bin("sunto"));
    command
        .args(["--offline", "--threads", "1", "translate", "--lines", "-", "--model"])
        .arg(model);
    command
        .env_remove("SUNTO_MODEL")
        .env_remove("SUNTO_CONFIG")
        .env("HF_HOME", model);
    command.env("XDG_CONFIG_HOME", model);
    command.stdin(std::process::Stdio::null());
    command.output().unwrap()
}

/// Fails where a folder with these files in place of good ones is not refused in three lines.
fn refused(case: &str, files: &[(&str, Vec<u8>)]) {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "config.json",
        "model.safetensors",
        "source.spm",
        "target.spm",
        "vocab.json",
    ] {
        fs::copy(Path::new("models/small-it-en").join(name), dir.path().join(name)).unwrap();
    }
    for (name, bytes) in files {
        match bytes.is_empty() && *name == "model.safetensors" && files.len() > 1 {
            true => fs::remove_file(dir.path().join(name)).unwrap(),
            false => fs::write(dir.path().join(name), bytes).unwrap(),
        }
    }
    let output = translate(dir.path());
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{case}: {:?} {err}", output.status);
    assert!(
        err.starts_with("error: ") && err.lines().count() <= 3 && !err.contains("panicked"),
        "{case}: {err}"
    );
    assert!(output.stdout.is_empty(), "{case}");
}

/// A safetensors file with this header and these many bytes of data.
fn safetensors(header: &str, data: usize) -> Vec<u8> {
    [
        &(header.len() as u64).to_le_bytes()[..],
        header.as_bytes(),
        &vec![0; data],
    ]
    .concat()
}

#[test]
fn good_files_are_not_refused() {
    let output = translate(Path::new("models/small-it-en"));
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn weights() {
    let good = fs::read("models/small-it-en/model.safetensors").unwrap();
    let file = |case: &str, bytes: Vec<u8>| refused(case, &[("model.safetensors", bytes)]);
    file("half a file", good[..good.len() / 2].to_vec());
    file("a header's beginning", good[..100].to_vec());
    file("empty", vec![]);
    file("noise", vec![0xA5; 4096]);
    file(
        "a header of 2^60 bytes",
        [&(1u64 << 60).to_le_bytes()[..], b"{}"].concat(),
    );
    let ten = r#"{"a":{"dtype":"F32","shape":[2500000000],"data_offsets":[0,10000000000]}}"#;
    file("ten gigabytes declared", safetensors(ten, 16));
    let overflow = r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,16]}}"#;
    file("a shape beyond all numbers", safetensors(overflow, 16));
    file("no tensors", safetensors("{}", 0));
    file("a header without end", safetensors(&"[".repeat(100_000), 0));
    let index = |shard: &str| format!(r#"{{"weight_map":{{"a":"{shard}"}}}}"#).into_bytes();
    for shard in ["../../../../etc/passwd", "/etc/passwd", "gone.safetensors"] {
        refused(
            shard,
            &[
                ("model.safetensors", vec![]),
                ("model.safetensors.index.json", index(shard)),
            ],
        );
    }
}

#[test]
fn configurations() {
    let good: serde_json::Value = serde_json::from_slice(&fs::read("models/small-it-en/config.json").unwrap()).unwrap();
    let with = |key: &str, value: serde_json::Value| {
        let mut config = good.clone();
        config[key] = value;
        refused(key, &[("config.json", config.to_string().into_bytes())]);
    };
    with("encoder_attention_heads", 0.into());
    with("decoder_attention_heads", 7.into());
    with("encoder_layers", 1_000_000_000.into());
    with("decoder_layers", (1u64 << 60).into());
    with("d_model", (1u64 << 40).into());
    with("vocab_size", 4_000_000_000u64.into());
    with("model_type", "unheard-of".into());
    for (case, text) in [
        ("empty", ""),
        ("a list", "[]"),
        ("cut", "{\"model_type\":"),
        ("html", "<html>"),
    ] {
        refused(case, &[("config.json", text.as_bytes().to_vec())]);
    }
    refused(
        "nested without end",
        &[("config.json", "[".repeat(200_000).into_bytes())],
    );
}

#[test]
fn tokenizers() {
    refused(
        "holes",
        &[("vocab.json", br#"{"</s>":0,"<unk>":1,"<pad>":4000000000}"#.to_vec())],
    );
    refused("no end of sentence", &[("vocab.json", br#"{"a":0}"#.to_vec())]);
    refused(
        "an id twice",
        &[("vocab.json", br#"{"</s>":0,"<unk>":0,"<pad>":1}"#.to_vec())],
    );
    refused("a negative id", &[("vocab.json", br#"{"</s>":-1,"<unk>":0}"#.to_vec())]);
    let spm = fs::read("models/small-it-en/source.spm").unwrap();
    refused("half a model", &[("source.spm", spm[..spm.len() / 2].to_vec())]);
    refused("noise", &[("source.spm", vec![0xA5; 4096])]);
    // A first field that declares 2^62 bytes.
    let field = [
        &[0x0a][..],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        b"abc",
    ]
    .concat();
    refused("a field of 2^62 bytes", &[("source.spm", field)]);
    refused("empty", &[("source.spm", vec![])]);
}

/// The head of a GGUF file: how many tensors and how many keys it declares, then what follows.
fn gguf(tensors: u64, keys: u64, rest: &[u8]) -> Vec<u8> {
    [
        b"GGUF",
        &3u32.to_le_bytes()[..],
        &tensors.to_le_bytes(),
        &keys.to_le_bytes(),
        rest,
    ]
    .concat()
}

#[test]
fn chat_models() {
    let key = |kind: u32, value: &[u8]| [&1u64.to_le_bytes()[..], b"k", &kind.to_le_bytes(), value].concat();
    let (string, array) = (8u32, 9u32);
    let array_of = |kind: u32, len: u64| [&kind.to_le_bytes()[..], &len.to_le_bytes()].concat();
    let huge = (1u64 << 60).to_le_bytes();
    let good = fs::read("tests/parity/chat/qwen3.gguf").unwrap();
    let tensor = [
        &1u64.to_le_bytes()[..],
        b"t",
        &4u32.to_le_bytes(),
        &huge,
        &huge,
        &huge,
        &huge,
        &[0; 12],
    ]
    .concat();
    for (case, bytes) in [
        ("empty", vec![]),
        ("noise", vec![0xA5; 4096]),
        ("a beginning", good[..2000].to_vec()),
        ("half a file", good[..good.len() / 2].to_vec()),
        ("2^60 tensors", gguf(1 << 60, 0, b"")),
        ("2^60 keys", gguf(0, 1 << 60, b"")),
        ("a key's name of 2^60 bytes", gguf(0, 1, &huge)),
        ("a text of 2^60 bytes", gguf(0, 1, &key(string, &huge))),
        ("a list of 2^60 numbers", gguf(0, 1, &key(array, &array_of(0, 1 << 60)))),
        (
            "a list in itself, without end",
            gguf(0, 1, &key(array, &array_of(array, 1).repeat(300_000))),
        ),
        ("a tensor beyond all numbers", gguf(1, 0, &tensor)),
        ("no keys", gguf(0, 0, b"")),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m.gguf");
        fs::write(&path, bytes).unwrap();
        let output = translate(&path);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{case}: {:?} {err}", output.status);
        assert!(
            err.starts_with("error: ") && err.lines().count() <= 3 && !err.contains("panicked"),
            "{case}: {err}"
        );
    }
}
