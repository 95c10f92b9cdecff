//! A model folder without weights that echoes its source, for tests of what stands around a model.
use std::{fs, path::Path};

/// Pieces of the tokenizer below; the last but one is `Q`.
pub const PIECES: usize = 800;

/// Makes `dir/name`, a model of `vocab_size` tokens; pieces beyond them cannot be translated. Gives the folder.
pub fn model(dir: &Path, name: &str, vocab_size: usize) -> String {
    let folder = dir.join(name);
    fs::create_dir_all(&folder).unwrap();
    let config = serde_json::json!({
        "model_type": "toy", "vocab_size": vocab_size, "echo": 40.0, "max_positions": 512,
        "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
    });
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let pieces = "tests/parity/tokenizer/layouts/spiece.model";
    fs::copy(pieces, folder.join("spiece.model")).unwrap();
    folder.display().to_string()
}
