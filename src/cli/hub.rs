//! Where models are kept and pulled from: the variables that Hugging Face's own tools read.
use super::settings::Settings;
use crate::{
    model::hub::{Cache, Remote},
    Error,
};
use std::{env, fs, path::PathBuf};

const ENDPOINT: &str = "https://huggingface.co";

/// `HF_HUB_CACHE`, else `HF_HOME/hub`, else `huggingface/hub` in the user's folder for caches.
pub fn cache() -> Cache {
    match variable("HF_HUB_CACHE") {
        Some(dir) => Cache::new(dir),
        None => Cache::new(home().join("hub")),
    }
}

/// `HF_ENDPOINT`, and `HF_TOKEN` or the token that `hf auth login` wrote.
///
/// # Errors
/// Where the network is off.
pub fn remote(settings: &Settings) -> Result<Remote, Error> {
    if settings.offline {
        return Err(Error::new("the network is off").hint(
            "leave out `--offline`, `SUNTO_OFFLINE`, `HF_HUB_OFFLINE` and `offline` in the settings file, or bring the \
             model with `sunto models bundle`",
        ));
    }
    let file = || {
        let path = variable("HF_TOKEN_PATH").map_or_else(|| home().join("token"), PathBuf::from);
        fs::read_to_string(path).ok()
    };
    let token = variable("HF_TOKEN").or_else(file).map(|t| t.trim().to_string());
    Ok(Remote {
        endpoint: variable("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.into()),
        // What cannot stand in a header is no token.
        token: token.filter(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_graphic())),
    })
}

/// Whether `HF_HUB_OFFLINE` asks for silence.
pub fn is_offline() -> bool {
    variable("HF_HUB_OFFLINE").is_some_and(|v| !["0", "false", "no", "off"].contains(&v.to_lowercase().as_str()))
}

fn home() -> PathBuf {
    variable("HF_HOME").map_or_else(
        || {
            let caches = variable("XDG_CACHE_HOME").map(PathBuf::from);
            let user = || env::home_dir().unwrap_or_default().join(".cache");
            caches.unwrap_or_else(user).join("huggingface")
        },
        PathBuf::from,
    )
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.is_empty())
}
