//! A model folder -> the same model with its matrices in int8: half the bytes of f16, and less to do at load.
use super::config::{Architecture, Layout};
use crate::{
    nn::{cpu::quantize::quantize, Weights},
    Error, Result,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

const WEIGHTS: &str = "model.safetensors";

/// Bytes of the weights before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub before: u64,
    pub after: u64,
}

/// Writes the model of folder `from` into folder `to`: weights in int8 with a scale for each row, every other file as it
/// is. Running in int8 gives the same bytes from either folder.
///
/// # Errors
/// Where `from` holds no encoder-decoder, or `to` holds a model already or cannot be written.
pub fn quantize_folder(from: &Path, to: &Path, allow_pickle: bool) -> Result<Sizes> {
    let config = from.join("config.json");
    let text = fs::read_to_string(&config).map_err(|e| {
        Error::new(format!("cannot read `{}`", config.display()))
            .caused_by(e)
            .hint("a model folder holds `config.json`, `model.safetensors` and its tokenizer's files")
    })?;
    let architecture = Architecture::parse(&text, &config.display().to_string())?;
    let file = to.join(WEIGHTS);
    if file.exists() {
        return Err(Error::new(format!("`{}` is there already", file.display())).hint("give a new folder"));
    }
    let weights = Weights::of_folder(from, allow_pickle)?;
    let bytes = match &architecture {
        Architecture::Transformer(layout) => quantize(&weights, &repeated(&weights, layout))?,
        Architecture::T5(_) => quantize(&weights, &[])?,
        Architecture::Toy(_) => return Err(Error::new("a toy model has no weights")),
    };
    let unwritable = |e| Error::new(format!("cannot write to `{}`", to.display())).caused_by(e);
    fs::create_dir_all(to).map_err(unwritable)?;
    for path in others(from).map_err(|e| Error::new(format!("cannot read `{}`", from.display())).caused_by(e))? {
        if let Some(name) = path.file_name() {
            fs::copy(&path, to.join(name)).map_err(unwritable)?;
        }
    }
    let new = to.join(format!("{WEIGHTS}.new"));
    fs::write(&new, &bytes)
        .and_then(|()| fs::rename(&new, &file))
        .map_err(unwritable)?;
    Ok(Sizes {
        before: weights.shards().map(|s| s.len() as u64).sum(),
        after: bytes.len() as u64,
    })
}

/// Names of a shared embedding that repeat an earlier one: the loaders read the first that is there.
fn repeated<'a>(w: &Weights, layout: &Layout) -> Vec<&'a str> {
    let names = &super::cpu::SHARED_EMBEDDING;
    let Some(first) = w.first_of(names).filter(|_| layout.shared && layout.tied) else {
        return vec![];
    };
    let same = |name: &str| match (w.view(first), w.view(name)) {
        (Ok(a), Ok(b)) => a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes,
        _ => false,
    };
    names.iter().copied().filter(|n| *n != first && same(n)).collect()
}

/// The files of a folder that are not weights in any form.
fn others(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = vec![];
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let ends = [
            "safetensors",
            "bin",
            "h5",
            "msgpack",
            "ot",
            "pt",
            "onnx",
            "gguf",
            "index.json",
        ];
        // The piece models of some tokenizers end in `.bpe.model`, none in these.
        if path.is_file() && !ends.iter().any(|e| name.ends_with(&format!(".{e}"))) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_stay_behind_and_nothing_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("to");
        let names = ["model.safetensors", "pytorch_model.bin.index.json", "tf_model.h5"];
        let kept = ["config.json", "sentencepiece.bpe.model", "sunto.json", "vocab.json"];
        let from = dir.path().join("from");
        fs::create_dir_all(from.join("folder")).unwrap();
        names
            .iter()
            .chain(&kept)
            .for_each(|n| fs::write(from.join(n), "{}").unwrap());
        let found = others(&from).unwrap();
        let found: Vec<_> = found.iter().filter_map(|p| p.file_name()?.to_str()).collect();
        assert_eq!(found, kept);
        let error = quantize_folder(&dir.path().join("none"), &to, false).unwrap_err();
        assert!(error.to_string().starts_with("cannot read"), "{error}");
        let model = Path::new("tests/parity/families/bart");
        let sizes = quantize_folder(model, &to, false).unwrap();
        assert!(sizes.after < sizes.before, "{sizes:?}");
        let again = quantize_folder(model, &to, false).unwrap_err();
        assert!(again.to_string().ends_with("is there already"), "{again}");
        let same = quantize_folder(&to, &dir.path().join("third"), false).unwrap();
        assert_eq!((same.before, same.after), (sizes.after, sizes.after));
    }
}
