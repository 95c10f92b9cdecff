//! Torch archives: their tensors are those of the safetensors, and nothing in them is ever run.
use proptest::prelude::*;
use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};
use sunto::{
    model::{load, Options, Source},
    nn::{pickle, Weights},
};
use zip::{write::SimpleFileOptions, CompressionMethod, ZipWriter};

const FOLDER: &str = "tests/parity/pickle";

/// An archive with this pickle and one storage of eight bytes.
fn archive(pickle: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in [("archive/data.pkl", pickle), ("archive/data/0", &[0; 8])] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A dictionary with one tensor `w` of two floats, its numbers as given.
fn tensor(key: &str, offset: u8, size: &[u8], stride: u8) -> Vec<u8> {
    let mut p = b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage".to_vec();
    p.extend(b"ctorch\nFloatStorage\nX");
    p.extend((key.len() as u32).to_le_bytes());
    p.extend(key.as_bytes());
    p.extend(b"X\x03\x00\x00\x00cpuK\x02tQK");
    p.push(offset);
    p.extend(size);
    p.extend(b"K");
    p.push(stride);
    p.extend(b"\x85\x89ccollections\nOrderedDict\n)RtRs.");
    p
}

/// The error of reading a file, with its cause.
fn error(file: &[u8]) -> String {
    let error = pickle::read("m.bin", file).unwrap_err();
    let cause = std::error::Error::source(&error).map(|c| format!(": {c}"));
    format!("{error}{}", cause.unwrap_or_default())
}

#[test]
fn the_tensors_are_those_of_the_safetensors() {
    let expected = Weights::open_folder(Path::new("tests/parity/families/m2m_100")).unwrap();
    for folder in [FOLDER.to_string(), format!("{FOLDER}/sharded")] {
        let found = Weights::of_folder(Path::new(&folder), true).unwrap();
        assert_eq!(found.names().count(), expected.names().count());
        for name in expected.names() {
            let (a, b) = (found.view(name).unwrap(), expected.view(name).unwrap());
            assert_eq!((a.dtype, a.shape, a.bytes), (b.dtype, b.shape, b.bytes), "{name}");
        }
    }
}

#[test]
fn a_pickle_is_read_only_where_it_is_allowed() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["config.json", "generation_config.json"] {
        fs::copy(format!("tests/parity/families/m2m_100/{file}"), dir.path().join(file)).unwrap();
    }
    fs::copy(
        format!("{FOLDER}/pytorch_model.bin"),
        dir.path().join("pytorch_model.bin"),
    )
    .unwrap();
    let open = |allow_pickle| {
        let options = Options {
            allow_pickle,
            ..Options::default()
        };
        load(Source::Folder(dir.path()), &options)
    };
    let refused = open(false).err().unwrap();
    assert_eq!(
        refused.what,
        format!("the weights in `{}` are a pickle", dir.path().display())
    );
    assert!(refused.hint.unwrap().starts_with("`--allow-pickle` reads"));
    let from_pickle = open(true).unwrap();
    let reference = load(
        Source::Folder(Path::new("tests/parity/families/m2m_100")),
        &Options::default(),
    )
    .unwrap();
    let step = |loaded: &sunto::model::Loaded| {
        let mut state = loaded.model.start(&[&[5, 6, 7, 2]]).unwrap();
        state.step(&[2], &[], 5).unwrap()
    };
    assert_eq!(step(&from_pickle), step(&reference));
    // Safetensors come first, wherever both are.
    fs::copy(
        "tests/parity/families/m2m_100/model.safetensors",
        dir.path().join("model.safetensors"),
    )
    .unwrap();
    assert_eq!(*open(true).unwrap().stamp, *reference.stamp);
    assert_eq!(*open(false).unwrap().stamp, *reference.stamp);
}

#[test]
fn code_is_refused_by_name() {
    let refused = |what: &str| {
        format!("the pickle in `m.bin` is refused: it asks Python for `{what}`: a checkpoint needs no code")
    };
    for (pickle, what) in [
        (&b"cos\nsystem\n(X\x02\x00\x00\x00lstR."[..], "os.system"),
        (b"\x80\x02cposix\nsystem\n(X\x02\x00\x00\x00lstR0}.", "posix.system"),
        (
            b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.",
            "builtins.eval",
        ),
        (b"\x80\x02c__builtin__\ngetattr\n.", "__builtin__.getattr"),
        (b"\x80\x02ctorch\nload\n.", "torch.load"),
        (
            b"\x80\x02ctorch._utils\n_rebuild_tensor_v3\n.",
            "torch._utils._rebuild_tensor_v3",
        ),
    ] {
        assert_eq!(error(&archive(pickle)), refused(what));
    }
}

#[test]
fn hostile_archives_cost_an_error() {
    let good = tensor("0", 0, b"K\x02\x85", 1);
    let found = pickle::read("m.bin", &archive(&good)).unwrap();
    assert_eq!(
        (found.len(), found[0].name.as_str(), found[0].shape.as_slice()),
        (1, "w", &[2usize][..])
    );
    let whole = "`m.bin` is not a whole torch archive";
    let legacy = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
    for file in [&b""[..], b"PK", legacy, &archive(&good)[..60]] {
        assert!(error(file).starts_with(whole), "{}", error(file));
    }
    let lies = "tensor `w` does not lie in `m.bin`";
    let short = "the pickle in `m.bin` is refused: it is cut short or describes no tensors";
    let deep = [vec![b')'], vec![0x85; 1_000_000], vec![b'.']].concat();
    let mut laughs = b"\x80\x02)q\x00".to_vec();
    for _ in 0..60 {
        laughs.extend(b"h\x00h\x00\x86q\x00");
    }
    laughs.push(b'.');
    for (pickle, expected) in [
        (tensor("1", 0, b"K\x02\x85", 1), lies),
        (tensor("../../etc/passwd", 0, b"K\x02\x85", 1), lies),
        (tensor("0", 1, b"K\x02\x85", 1), lies),
        (tensor("0", 0, b"J\xff\xff\xff\x7f\x85", 1), lies),
        (tensor("0", 0, b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85", 1), lies),
        (
            tensor(
                "0",
                0,
                b"\x8a\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x85",
                1,
            ),
            short,
        ),
        (tensor("0", 0, b"J\xff\xff\xff\xff\x85", 1), short),
        (
            tensor("0", 0, b"K\x02\x85", 0),
            "tensor `w` of `m.bin` is not stored row by row",
        ),
        (good[..good.len() - 1].to_vec(), short),
        (b".".to_vec(), short),
        (b"(.".to_vec(), short),
        (b"t.".to_vec(), short),
        (b"h\x05.".to_vec(), short),
        (b"X\xff\xff\xff\xffa.".to_vec(), short),
        (
            b"\x8d.".to_vec(),
            "the pickle in `m.bin` is refused: it has the instruction 0x8d, which no tensor needs",
        ),
        (
            b"N.".to_vec(),
            "the pickle in `m.bin` is refused: it holds no dictionary of tensors",
        ),
        (
            deep,
            "the pickle in `m.bin` is refused: it holds no dictionary of tensors",
        ),
        (
            laughs,
            "the pickle in `m.bin` is refused: it holds no dictionary of tensors",
        ),
    ] {
        assert_eq!(error(&archive(&pickle)), expected);
    }
}

proptest! {
    #[test]
    fn changed_archives_never_panic(at in 0usize..100_000, byte: u8) {
        let mut file = fs::read(format!("{FOLDER}/pytorch_model.bin")).unwrap();
        // The pickle stands first in the file, the directory last: both are hit more often than the values.
        let place = match at % 3 {
            0 => at % 6000,
            1 => file.len() - 1 - at % 6000,
            _ => at % file.len(),
        };
        file[place] = byte;
        if let Ok(found) = pickle::read("m.bin", &file) {
            prop_assert!(found.iter().all(|t| t.bytes.0 <= t.bytes.1 && t.bytes.1 <= file.len()));
        }
    }

    #[test]
    fn any_pickle_ends(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = pickle::read("m.bin", &archive(&bytes));
    }
}
