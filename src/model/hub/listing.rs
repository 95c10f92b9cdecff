//! What the hub says of a repository, and which of its files a model needs.
use super::{
    cache::is_optional,
    is_commit,
    lock::{is_sha256, LockedFile},
};
use crate::{
    model::card::{is_relative, ModelCard},
    Error, Result,
};
use serde::Deserialize;

/// A shard index of a very large model has some hundred kilobytes.
pub const MAX_INDEX: u64 = 16 << 20;
/// Everything but weights that a model folder may hold and something here reads.
const SMALL: [&str; 14] = [
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "target_vocab.json",
    "merges.txt",
    "source.spm",
    "target.spm",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
    "sunto.json",
];
const INDEX: &str = "model.safetensors.index.json";

/// One file as the hub lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    pub path: String,
    pub size: Option<u64>,
    /// Of large files.
    pub sha256: Option<String>,
    /// Git's own hash, of small files: SHA-1 of a header and the content.
    pub git: Option<String>,
}

impl RemoteFile {
    /// Whether a file with these hashes is the one that the hub lists.
    pub fn is(&self, file: &LockedFile, git: &str) -> bool {
        self.size.is_none_or(|s| s == file.size)
            && match (&self.sha256, &self.git) {
                (Some(sha256), _) => *sha256 == file.sha256,
                (None, Some(expected)) => expected == git,
                (None, None) => true,
            }
    }
}

/// A repository at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub commit: String,
    /// As its page states it; empty where it does not.
    pub licence: String,
    pub files: Vec<RemoteFile>,
}

#[derive(Deserialize)]
struct Answer {
    sha: String,
    #[serde(rename = "cardData")]
    card_data: Option<CardData>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct CardData {
    license: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    blob_id: Option<String>,
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    sha256: Option<String>,
    size: Option<u64>,
}

impl Listing {
    /// Reads the answer of `api/models/ORG/NAME/revision/REVISION?blobs=true`.
    pub fn parse(repo: &str, answer: &[u8]) -> Result<Self> {
        let answer: Answer = serde_json::from_slice(answer)
            .map_err(|e| Error::new(format!("the hub's answer on `{repo}` cannot be read")).caused_by(e))?;
        if !is_commit(&answer.sha) {
            return Err(Error::new(format!(
                "the hub's answer on `{repo}` names no commit but `{}`",
                answer.sha.escape_debug()
            )));
        }
        let stated = answer.card_data.and_then(|d| d.license).and_then(|l| match l {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Array(several) => {
                Some(several.iter().filter_map(|l| l.as_str()).collect::<Vec<_>>().join(", "))
            }
            _ => None,
        });
        let tagged = || answer.tags.iter().find_map(|t| t.strip_prefix("license:"));
        let licence = stated.unwrap_or_else(|| tagged().unwrap_or_default().to_string());
        let files = answer.siblings.into_iter().filter(|s| is_relative(&s.rfilename));
        let files = files.map(|s| RemoteFile {
            size: s.lfs.as_ref().and_then(|l| l.size).or(s.size),
            sha256: s.lfs.as_ref().and_then(|l| l.sha256.clone()).filter(|h| is_sha256(h)),
            git: s.blob_id.filter(|h| is_commit(h) && s.lfs.is_none()),
            path: s.rfilename,
        });
        Ok(Self {
            commit: answer.sha,
            licence,
            files: files.collect(),
        })
    }

    pub fn file(&self, path: &str) -> Option<&RemoteFile> {
        self.files.iter().find(|f| f.path == path)
    }

    /// The files that the model needs: its card's, else what its kind of files allows. Shards come later, when their
    /// index has been read.
    ///
    /// # Errors
    /// Where one is missing, there are no weights, or there is only a pickle and nobody allowed that.
    pub fn needed(&self, repo: &str, card: Option<&ModelCard>, allow_pickle: bool) -> Result<Vec<RemoteFile>> {
        let Some(card) = card else {
            return self.inferred(repo, allow_pickle);
        };
        if card.has_pickle() && !allow_pickle {
            return Err(pickle(repo));
        }
        let mut found = vec![];
        for path in &card.files {
            match self.file(path) {
                Some(file) => found.push(file.clone()),
                None if is_optional(path) => {}
                None => {
                    return Err(Error::new(format!("`{repo}` has no file `{path}`"))
                        .hint("its files changed since its card was written; try another revision: ORG/NAME@REVISION"))
                }
            }
        }
        Ok(found)
    }

    fn inferred(&self, repo: &str, allow_pickle: bool) -> Result<Vec<RemoteFile>> {
        let mut found: Vec<RemoteFile> = SMALL.iter().filter_map(|name| self.file(name)).cloned().collect();
        let gguf = || {
            let mut files: Vec<&RemoteFile> = self.files.iter().filter(|f| f.path.ends_with(".gguf")).collect();
            // 4 bits are what most people run; else the smallest.
            files.sort_by_key(|f| (!f.path.to_lowercase().contains("q4_k_m"), f.size));
            files.first().copied()
        };
        let pickle_file = || self.file("pytorch_model.bin");
        let weights = self
            .file("model.safetensors")
            .or_else(|| self.file(INDEX))
            .or_else(gguf);
        match (weights, pickle_file()) {
            (Some(file), _) => found.push(file.clone()),
            (None, Some(file)) if allow_pickle => found.push(file.clone()),
            (None, Some(_)) => return Err(pickle(repo)),
            (None, None) => {
                return Err(Error::new(format!("`{repo}` has no weights that can be read"))
                    .hint("expected `model.safetensors`, its shards with their index, or a `.gguf` file"))
            }
        }
        let is_gguf = found.iter().any(|f| f.path.ends_with(".gguf"));
        if self.file("config.json").is_none() && !is_gguf {
            return Err(Error::new(format!("`{repo}` has no `config.json`"))
                .hint("it is not a model in the transformers layout"));
        }
        Ok(found)
    }

    /// The shards that an index names.
    ///
    /// # Errors
    /// Where it is no index, or names what the repository does not have.
    pub fn shards(&self, repo: &str, index: &str, text: &[u8]) -> Result<Vec<RemoteFile>> {
        #[derive(Deserialize)]
        struct Index {
            weight_map: std::collections::BTreeMap<String, String>,
        }
        let parsed: Index = serde_json::from_slice(text)
            .map_err(|e| Error::new(format!("`{index}` of `{repo}` is not a shard index")).caused_by(e))?;
        let names: std::collections::BTreeSet<String> = parsed.weight_map.into_values().collect();
        let shard = |name: &String| {
            self.file(name).cloned().ok_or_else(|| {
                Error::new(format!(
                    "`{index}` of `{repo}` names the shard `{}`, which is not there",
                    name.escape_debug()
                ))
            })
        };
        names.iter().map(shard).collect()
    }
}

fn pickle(repo: &str) -> Error {
    Error::new(format!("the weights of `{repo}` are a pickle"))
        .hint("pickles are read without running their code, but only when you say `--allow-pickle`")
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789012345678901234567890123456789";

    fn listing(names: &[&str]) -> Listing {
        let siblings: Vec<String> = names
            .iter()
            .map(|n| format!(r#"{{"rfilename":"{n}","size":3}}"#))
            .collect();
        let text = format!(r#"{{"sha":"{COMMIT}","siblings":[{}]}}"#, siblings.join(","));
        Listing::parse("a/b", text.as_bytes()).unwrap()
    }

    #[test]
    fn the_answer_is_read() {
        let text = format!(
            r#"{{"sha":"{COMMIT}","gated":false,"cardData":{{"license":"cc-by-4.0"}},"siblings":[
            {{"rfilename":"config.json","size":10,"blobId":"{COMMIT}"}},
            {{"rfilename":"../evil","size":10}},
            {{"rfilename":"m.safetensors","size":1,"blobId":"{COMMIT}","lfs":{{"sha256":"{}","size":99,"pointerSize":1}}}}]}}"#,
            "a".repeat(64)
        );
        let found = Listing::parse("a/b", text.as_bytes()).unwrap();
        assert_eq!(
            (found.commit.as_str(), found.licence.as_str(), found.files.len()),
            (COMMIT, "cc-by-4.0", 2)
        );
        assert_eq!(found.files[0].git.as_deref(), Some(COMMIT));
        assert_eq!((found.files[1].size, &found.files[1].git), (Some(99), &None));
        let tags = format!(r#"{{"sha":"{COMMIT}","tags":["x","license:mit"]}}"#);
        assert_eq!(Listing::parse("a/b", tags.as_bytes()).unwrap().licence, "mit");
        for bad in ["", "{}", "[]", r#"{"sha":"../../x"}"#, r#"{"sha":1}"#, "<html>"] {
            assert!(Listing::parse("a/b", bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn files_are_chosen_by_kind() {
        let check = |names: &[&str], pickle: bool, expected: Result<&[&str], &str>| {
            let found = listing(names).needed("a/b", None, pickle);
            let paths = found.map(|f| f.into_iter().map(|f| f.path).collect::<Vec<_>>());
            let expected = expected.map(|e| e.iter().map(|p| p.to_string()).collect());
            assert_eq!(paths.map_err(|e| e.to_string()), expected.map_err(String::from));
        };
        let all = [
            "README.md",
            "config.json",
            "model.safetensors",
            "pytorch_model.bin",
            "tf_model.h5",
        ];
        check(&all, true, Ok(&["config.json", "model.safetensors"]));
        check(&["config.json", INDEX], false, Ok(&["config.json", INDEX]));
        check(
            &["config.json", "pytorch_model.bin"],
            true,
            Ok(&["config.json", "pytorch_model.bin"]),
        );
        check(
            &["config.json", "pytorch_model.bin"],
            false,
            Err("the weights of `a/b` are a pickle"),
        );
        check(&["x-Q8_0.gguf", "x-Q4_K_M.gguf"], false, Ok(&["x-Q4_K_M.gguf"]));
        check(&["model.safetensors"], false, Err("`a/b` has no `config.json`"));
        check(&["config.json"], false, Err("`a/b` has no weights that can be read"));
    }

    #[test]
    fn shards_must_be_there() {
        let found = listing(&["a-1.safetensors", "a-2.safetensors"]);
        let shards = |text: &str| found.shards("a/b", INDEX, text.as_bytes());
        let two = r#"{"weight_map":{"x":"a-2.safetensors","y":"a-1.safetensors","z":"a-2.safetensors"}}"#;
        assert_eq!(shards(two).unwrap().len(), 2);
        assert!(shards(r#"{"weight_map":{"x":"../../etc/passwd"}}"#).is_err());
        assert!(shards("{}").is_err());
    }
}
