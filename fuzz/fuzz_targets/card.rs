//! Any text as a model card and as a lock: what is read keeps inside its folder, and a lock is written as it was read.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::model::card::{is_relative, is_repository, ModelCard};
use sunto_fuzz::model::hub::{is_commit, Lock};

fuzz_target!(|text: &str| {
    match ModelCard::parse("a", text) {
        Ok(card) => {
            let beside = card.beside.iter().flat_map(|b| &b.files);
            assert!(card.files.iter().chain(beside).all(|f| is_relative(f)));
            assert!(card.beside.iter().all(|b| is_repository(&b.repo) && is_commit(&b.revision)));
            assert!(card.repo.as_deref().is_none_or(is_repository));
            assert!(card.prompted("testo").contains("testo"));
            let (_, _) = (card.is_non_commercial(), card.has_pickle());
        }
        Err(error) => assert!(!error.what.is_empty()),
    }
    match Lock::parse("a", text) {
        Ok(lock) => {
            assert!(is_repository(&lock.repo) && is_commit(&lock.commit));
            assert!(lock.files.iter().all(|f| is_relative(&f.path)));
            lock.size();
            let written = lock.text().expect("a lock that was read can be written");
            assert_eq!(
                Lock::parse("a", &written).expect("a lock that was written can be read"),
                lock
            );
        }
        Err(error) => assert!(!error.what.is_empty()),
    }
});
