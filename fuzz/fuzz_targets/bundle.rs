//! Any bytes as a bundle's manifest and as a bundle, and whole bundles with some bytes changed: what is unpacked is what
//! the manifest lists, each file as its hash says, and nothing outside the folder.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fs};
use sunto_fuzz::folder;
use sunto_fuzz::model::{
    bundle::{unpack, Manifest},
    card::is_relative,
};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A whole bundle of one file with this content.
fn whole(content: &[u8]) -> Vec<u8> {
    let hash = sha256(content);
    let file = serde_json::json!({"path": "a/config.json", "size": content.len(), "sha256": hash});
    let model = serde_json::json!({"repo": "a/b", "revision": "main", "commit": "0".repeat(40), "licence": "mit", "file": [file]});
    let manifest = serde_json::json!({"version": 1, "models": [model]}).to_string();
    let mut tar = tar::Builder::new(vec![]);
    for (name, bytes) in [
        ("manifest.json", manifest.as_bytes()),
        (format!("blobs/{hash}").as_str(), content),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes).expect("an entry in memory");
    }
    tar.into_inner().expect("a bundle in memory")
}

fn try_unpack(bytes: &[u8]) -> bool {
    let room = folder("bundle");
    let unpacked = unpack(bytes, room);
    let names: BTreeSet<String> = fs::read_dir(room)
        .expect("the room")
        .map(|e| e.expect("a file").file_name().into_string().expect("a hash"))
        .collect();
    let good = unpacked.is_ok();
    if let Ok(manifest) = unpacked {
        let files = manifest.models.iter().flat_map(|m| &m.files);
        assert_eq!(names, files.clone().map(|f| f.sha256.clone()).collect());
        for file in files {
            assert!(is_relative(&file.path));
            assert_eq!(sha256(&fs::read(room.join(&file.sha256)).expect("a file")), file.sha256);
        }
    }
    for name in names {
        fs::remove_file(room.join(name)).expect("a file of the room");
    }
    good
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    match kind % 3 {
        0 => {
            if let Ok(manifest) = Manifest::parse(bytes) {
                assert!(manifest
                    .models
                    .iter()
                    .flat_map(|m| &m.files)
                    .all(|f| is_relative(&f.path)));
            }
        }
        1 => drop(try_unpack(bytes)),
        // Four changes of three bytes each (where, twice; what), then the file of a bundle.
        _ if bytes.len() >= 12 => {
            let (changes, content) = bytes.split_at(12);
            let mut bundle = whole(content);
            assert!(try_unpack(&bundle), "a whole bundle");
            for change in changes.chunks_exact(3) {
                let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bundle.len();
                bundle[at] = change[2];
            }
            try_unpack(&bundle);
        }
        _ => {}
    }
});
