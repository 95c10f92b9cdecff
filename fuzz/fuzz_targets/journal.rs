//! Any bytes as a journal that a killed process or a bad disk left: it opens, what is entered now is found again, and
//! no line that was whole is lost.
#![no_main]
use libfuzzer_sys::fuzz_target;
use std::fs;
use sunto_fuzz::brief::journal::{sha256, Entry, Journal, Status, JOURNAL};
use sunto_fuzz::folder;

fuzz_target!(|bytes: &[u8]| {
    let path = folder("journal").join(JOURNAL);
    fs::write(&path, bytes).expect("a journal");
    let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let entry = |name: &str, status| Entry {
        article: sha256(&[name]),
        settings: "s".into(),
        status,
        id: name.into(),
        input: name.into(),
        file: None,
        sha256: None,
        failure: None,
    };
    let mut journal = Journal::open(folder("journal"), "s").expect("any bytes are a journal");
    assert_eq!(
        fs::read(&path).expect("the journal"),
        bytes[..whole],
        "whole lines are kept, a torn one is cut off"
    );
    journal.append(&entry("a", Status::Failed)).expect("a line");
    journal.append(&entry("a", Status::Done)).expect("a line");
    drop(journal);
    let after = fs::read(&path).expect("the journal");
    assert_eq!(after[..whole], bytes[..whole]);
    assert_eq!(after[whole..].iter().filter(|&&b| b == b'\n').count(), 2);
    let journal = Journal::open(folder("journal"), "s").expect("the same journal");
    assert_eq!(journal.status(&sha256(&["a"])), Some(Status::Done));
    assert_eq!(fs::read(&path).expect("the journal"), after, "opening changes nothing");
});
