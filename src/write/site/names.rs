//! File names of pages: the same brief has the same name in every build, on every file system.
use crate::{brief::Brief, text::hex::hex};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Longest readable part of a name, in characters.
const LONGEST: usize = 60;

/// Names given so far.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name of a brief's page, without folder and extension; none for a second brief of the same article.
    ///
    /// Two articles of the same id (files of one name in two folders) are told apart by their path.
    pub fn page(&mut self, brief: &Brief) -> Option<String> {
        let path = brief.source.path.as_deref().unwrap_or_default();
        let name = name(&brief.id, "");
        [name, self::name(&brief.id, path)]
            .into_iter()
            .find(|n| self.taken.insert(n.clone()))
    }
}

/// The id itself where it is a plain name, else what is plain in it and eight digits of its hash.
fn name(id: &str, path: &str) -> String {
    let mut plain = String::new();
    for c in id.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => plain.push(c),
            _ if !plain.is_empty() && !plain.ends_with('-') => plain.push('-'),
            _ => {}
        }
        if plain.len() == LONGEST {
            break;
        }
    }
    let plain = plain.trim_end_matches('-');
    if path.is_empty() && plain == id && !reserved(plain) {
        return plain.into();
    }
    let mut name = plain.to_string();
    if !name.is_empty() {
        name.push('-');
    }
    let hash = Sha256::new_with_prefix(id)
        .chain_update([0])
        .chain_update(path)
        .finalize();
    name + &hex(&hash[..4])
}

/// Names that a common file system keeps for devices.
fn reserved(name: &str) -> bool {
    let device = name.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(name, "con" | "prn" | "aux" | "nul" | "") || (device.len() < name.len() && matches!(device, "com" | "lpt"))
}

/// Whether a line of the listing is a name that [`Names`] gives: never a path.
pub fn is_page(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_stable() {
        for (id, expected) in [
            ("w4-001", "w4-001"),
            ("articolo", "articolo"),
            ("Articolo", "articolo-"),
            ("../../etc/passwd", "etc-passwd-"),
            ("", ""),
            ("perché no?", "perch-no-"),
            ("con", "con-"),
            ("com1", "com1-"),
            ("😀", ""),
            ("\"><script>", "script-"),
        ] {
            let name = name(id, "");
            assert!(name.starts_with(expected), "{id}: {name}");
            assert!(is_page(&name), "{id}: {name}");
            assert_eq!(name, self::name(id, ""), "{id}");
        }
        assert_ne!(name("a b", ""), name("a-b", ""));
        assert_ne!(name("A", ""), name("a", ""));
        assert!(name(&"x".repeat(300), "").len() <= LONGEST + 9);
    }

    #[test]
    fn a_listing_never_leads_out_of_its_folder() {
        for bad in ["", "..", "../index", "a/b", "a.html", "C:", "A"] {
            assert!(!is_page(bad), "{bad}");
        }
    }
}
