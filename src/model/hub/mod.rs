//! Models of a hub: named by card or repository, looked up in the cache that Hugging Face's own tools use, pulled.
//!
//! `cache` and `lock` never touch the network; `client` alone does, and only `pull` calls it.
pub mod cache;
#[cfg(feature = "hub")]
mod client;
pub mod listing;
pub mod lock;
#[cfg(feature = "hub")]
pub mod pull;

pub use cache::{Cache, Snapshot};
pub use lock::{Lock, LockedFile};

use super::card::{is_repository, ModelCard};
use crate::{Error, Result};

/// What stands for the main branch where nobody says which.
const MAIN: &str = "main";

/// Where models are pulled from, and as whom.
#[derive(Clone)]
pub struct Remote {
    /// `https://huggingface.co`, or a mirror's address.
    pub endpoint: String,
    /// Sent to the endpoint's own host only.
    pub token: Option<String>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let token = self.token.as_ref().map(|_| "hidden");
        f.debug_struct("Remote")
            .field("endpoint", &self.endpoint)
            .field("token", &token)
            .finish()
    }
}

/// One model at one revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// `ORG/NAME`.
    pub repo: String,
    /// Branch, tag, `refs/pr/N` or commit.
    pub revision: String,
    /// What is known of it, where a card describes this repository.
    pub card: Option<ModelCard>,
}

impl Spec {
    /// A card's name, `ORG/NAME`, or `ORG/NAME@REVISION`; `None` for what is none of these.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(card) = ModelCard::named(name) {
            return Some(Self {
                repo: card.repo.clone()?,
                revision: card.revision.clone().unwrap_or_else(|| MAIN.into()),
                card: Some(card),
            });
        }
        let (repo, revision) = match name.split_once('@') {
            Some((repo, revision)) => (repo, Some(revision)),
            None => (name, None),
        };
        if !is_repository(repo) || revision.is_some_and(|r| !is_revision(r)) {
            return None;
        }
        let card = ModelCard::all().flatten().find(|c| c.repo.as_deref() == Some(repo));
        let usual = card.as_ref().and_then(|c| c.revision.clone());
        let revision = revision.map(str::to_owned);
        // Another revision of a known model still has its prompt and its files, but not its pinned commit.
        let card = card.map(|c| match &revision {
            Some(other) if Some(other) != c.revision.as_ref() => ModelCard {
                revision: Some(other.clone()),
                pin: None,
                ..c
            },
            _ => c,
        });
        Some(Self {
            repo: repo.into(),
            revision: revision.or(usual).unwrap_or_else(|| MAIN.into()),
            card,
        })
    }

    /// As the user may write it on the command line.
    pub fn name(&self) -> String {
        match &self.card {
            Some(card) if Some(&self.revision) == ModelCard::named(&card.name).and_then(|c| c.revision).as_ref() => {
                card.name.clone()
            }
            _ if self.revision == MAIN => self.repo.clone(),
            _ => format!("{}@{}", self.repo, self.revision),
        }
    }
}

/// Whether a revision is a branch, tag, `refs/pr/N` or commit, and safe as a path below `refs/` and in an address.
pub fn is_revision(revision: &str) -> bool {
    revision.len() <= 200
        && super::card::is_relative(revision)
        && revision
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && revision.split('/').all(|part| !part.starts_with(['.', '-']))
}

/// Whether this is a whole commit, 40 hexadecimal digits.
pub fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Refuses models whose licence forbids commercial use, or is not known.
///
/// # Errors
/// Where it is so.
pub fn commercial_use(name: &str, licence: &str) -> Result<()> {
    if super::card::is_non_commercial(licence) {
        return Err(Error::new(format!(
            "`{name}` may not be used commercially: its licence is {licence}"
        ))
        .hint("leave `--commercial` out for research or private use, or choose a model from `sunto models list`"));
    }
    match licence {
        "" | "unknown" | "other" => Err(Error::new(format!(
            "`{name}` does not say under which licence it may be used"
        ))
        .hint("read its page; leave `--commercial` out if you have settled it with its authors")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_repositories_and_revisions() {
        let check = |name: &str, expected: Option<(&str, &str, Option<&str>)>| {
            let spec = Spec::parse(name);
            let found = spec.as_ref().map(|s| {
                let card = s.card.as_ref().map(|c| c.name.as_str());
                (s.repo.as_str(), s.revision.as_str(), card)
            });
            assert_eq!(found, expected, "{name}");
        };
        let opus = "Helsinki-NLP/opus-mt-it-en";
        check("opus-mt-it-en", Some((opus, "refs/pr/3", Some("opus-mt-it-en"))));
        check(opus, Some((opus, "refs/pr/3", Some("opus-mt-it-en"))));
        check(&format!("{opus}@main"), Some((opus, "main", Some("opus-mt-it-en"))));
        check("a/b", Some(("a/b", "main", None)));
        check("a/b@v1.0", Some(("a/b", "v1.0", None)));
        check("small-it-en", None);
        check("a/b@../c", None);
        check("a/b@", None);
        check("../b", None);
        check("nowhere", None);
        check("a/b/c", None);
        let name = |n: &str| Spec::parse(n).unwrap().name();
        assert_eq!(name(opus), "opus-mt-it-en");
        assert_eq!(name(&format!("{opus}@main")), opus);
        assert_eq!(name("a/b@v1"), "a/b@v1");
        assert!(Spec::parse(opus).unwrap().card.unwrap().pin.is_some());
        assert!(Spec::parse(&format!("{opus}@main"))
            .unwrap()
            .card
            .unwrap()
            .pin
            .is_none());
    }

    #[test]
    fn commercial_use_needs_a_licence_that_allows_it() {
        for (licence, allowed) in [
            ("Apache-2.0", true),
            ("MIT", true),
            ("cc-by-4.0", true),
            ("CC-BY-NC-4.0", false),
            ("cc-by-nc-sa-4.0", false),
            ("other", false),
            ("", false),
        ] {
            assert_eq!(commercial_use("x", licence).is_ok(), allowed, "{licence}");
        }
    }

    #[test]
    fn tokens_are_never_shown() {
        let remote = Remote {
            endpoint: "https://h".into(),
            token: Some("hf_secret".into()),
        };
        assert!(!format!("{remote:?}").contains("secret"));
    }
}
