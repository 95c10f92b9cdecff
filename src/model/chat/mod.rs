//! Chat models in GGUF files: told what to do in words, they answer in words.
//!
//! Beside [`super::Seq2Seq`], not behind it: no encoder, no beams, one text in and one text out.
mod gguf;
mod network;
mod template;

pub use network::{best, Context, Layout, Network};
pub use template::{Message, Template};

use super::{hub::lock, load::Stamp};
use crate::{
    nn::{cpu::Precision, Device},
    tokenizer::ChatTokenizer,
    Error, Result,
};
use gguf::Gguf;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A chat model with its tokenizer and template. Immutable; shared by threads.
pub struct Chat {
    network: Network,
    tokenizer: ChatTokenizer,
    template: Template,
    /// Tokens that end an answer.
    stops: Vec<u32>,
    stamp: Stamp,
}

/// What a model answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub text: String,
    /// Mean log-probability of its tokens.
    pub score: f32,
    /// Whether the limit ended it, not the model.
    pub cut: bool,
}

/// The GGUF file that a path means: itself, or the only one of a folder.
///
/// # Errors
/// Where a folder holds several.
pub fn file(path: &Path) -> Result<Option<PathBuf>> {
    let is_gguf = |p: &Path| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("gguf"));
    if !path.is_dir() {
        return Ok((is_gguf(path) && path.is_file()).then(|| path.to_path_buf()));
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter(|p| is_gguf(p) && p.is_file())
        .collect();
    found.sort();
    match found.len() {
        0 | 1 => Ok(found.pop()),
        n => Err(Error::new(format!("`{}` holds {n} GGUF files", path.display()))
            .hint(format!("give one of them: `{}`", found[0].display()))),
    }
}

impl Chat {
    /// Opens a GGUF file. On the CPU a device of `int8` multiplies with the file's own few bits and rounds what they meet
    /// to 8 bits, as llama.cpp does; any other computes in f32, in four bytes a weight. A `tokenizer.json`, a `chat_template.jinja` or the `chat_template` of a
    /// `tokenizer_config.json` beside it come before what the file itself says.
    ///
    /// # Errors
    /// Where the file is broken, of another architecture, or has neither tokenizer nor template.
    pub fn open(path: &Path, device: &Device) -> Result<Self> {
        let floats = device.is_cpu() && device.precision() == Precision::F32;
        let device = &device.inner;
        let mut gguf = Gguf::open(path, device, floats)?;
        let shown = path.display();
        let beside = |name: &str| path.parent().and_then(|dir| fs::read(dir.join(name)).ok());
        let unusable = |e| Error::new(format!("the tokenizer of `{shown}` cannot be used")).caused_by(e);
        let vocabulary = gguf.vocabulary();
        let tokenizer = match beside("tokenizer.json") {
            Some(bytes) => ChatTokenizer::from_json(&bytes),
            None => ChatTokenizer::from_gguf(&vocabulary),
        };
        let tokenizer = tokenizer.map_err(unusable)?;
        let token = |key: &str| -> Option<(u32, String)> {
            let id = gguf.number(&format!("tokenizer.ggml.{key}"))?;
            let text = vocabulary.tokens.get(usize::try_from(id).ok()?)?;
            Some((u32::try_from(id).ok()?, text.clone()))
        };
        let (bos, eos) = (token("bos_token_id"), token("eos_token_id"));
        let own = || gguf.text("tokenizer.chat_template").map(String::from);
        let text = template_beside(&beside).or_else(own).ok_or_else(|| {
            Error::new(format!("`{shown}` has no chat template"))
                .hint("put the model's `tokenizer_config.json` beside it, or take a model that was tuned for chat")
        })?;
        let name = |token: &Option<(u32, String)>| token.as_ref().map_or(String::new(), |t| t.1.clone());
        let template = Template::new(&text, &name(&bos), &name(&eos))?;
        let ends = [
            "<|im_end|>",
            "<end_of_turn>",
            "<|eot_id|>",
            "<|end_of_text|>",
            "<|endoftext|>",
            "</s>",
        ];
        let mut stops: Vec<u32> = ends.iter().filter_map(|t| tokenizer.control(t)).collect();
        stops.extend([eos, token("eot_token_id")].into_iter().flatten().map(|t| t.0));
        stops.sort_unstable();
        stops.dedup();
        let network = Network::load(&mut gguf, device)?;
        let dtype = match floats {
            true => "f32".into(),
            false => gguf.kind("blk.0.ffn_up.weight").unwrap_or_default(),
        };
        Ok(Self {
            network,
            tokenizer,
            template,
            stops,
            stamp: Stamp {
                sha256: sha256(path)?,
                tokenizer: None,
                dtype,
            },
        })
    }

    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    pub fn layout(&self) -> &Layout {
        self.network.layout()
    }

    pub fn network(&self) -> &Network {
        &self.network
    }

    pub fn tokenizer(&self) -> &ChatTokenizer {
        &self.tokenizer
    }

    /// Whether it only translates, and takes no instructions.
    pub fn only_translates(&self) -> bool {
        self.template.takes_languages()
    }

    /// The text that the model reads: control tokens in the messages themselves are broken, so that an article cannot
    /// speak as the system.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn prompt(&self, messages: &[Message]) -> Result<String> {
        let harmless = |m: &Message| Message {
            role: m.role,
            content: self.tokenizer.harmless(&m.content),
        };
        self.template.render(&messages.iter().map(harmless).collect::<Vec<_>>())
    }

    /// Whether the messages and an answer of `most` tokens fit into the model's context.
    pub fn fits(&self, messages: &[Message], most: usize) -> bool {
        let prompt = self.prompt(messages);
        prompt.is_ok_and(|p| self.tokenizer.encode(&p).len() + most <= self.layout().context)
    }

    /// The likeliest answer, token by token, of `most` tokens at most.
    ///
    /// # Errors
    /// Where the messages do not fit, or the model fails.
    pub fn answer(&self, messages: &[Message], most: usize) -> Result<Answer> {
        let ids = self.tokenizer.encode(&self.prompt(messages)?);
        let most = most.min(self.layout().context.saturating_sub(ids.len()));
        let mut context = self.network.context();
        let mut logits = self.network.read(&ids, &mut context)?;
        let (mut written, mut sum, mut cut) = (vec![], 0.0, true);
        while written.len() < most {
            let token = best(&logits);
            sum += log_probability(&logits, token);
            if self.stops.contains(&token) {
                cut = false;
                break;
            }
            written.push(token);
            if written.len() < most {
                logits = self.network.read(&[token], &mut context)?;
            }
        }
        Ok(Answer {
            text: said(&self.tokenizer.decode(&written)),
            score: sum / (written.len() + usize::from(!cut)).max(1) as f32,
            cut,
        })
    }
}

/// What an answer says, without what a model thought aloud before it.
fn said(text: &str) -> String {
    let text = text.trim();
    match (text.starts_with("<think>"), text.find("</think>")) {
        (_, Some(end)) => text[end + "</think>".len()..].trim().to_string(),
        (true, None) => String::new(),
        _ => text.to_string(),
    }
}

fn log_probability(logits: &[f32], token: u32) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|x| (x - most).exp()).sum();
    logits.get(token as usize).map_or(0.0, |x| x - most - sum.ln())
}

/// The chat template of a file beside the model.
fn template_beside(beside: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<String> {
    if let Some(text) = beside("chat_template.jinja") {
        return String::from_utf8(text).ok();
    }
    let config: serde_json::Value = serde_json::from_slice(&beside("tokenizer_config.json")?).ok()?;
    match &config["chat_template"] {
        serde_json::Value::String(text) => Some(text.clone()),
        // Several by name: the one without a purpose of its own.
        serde_json::Value::Array(all) => {
            let default = all.iter().find(|t| t["name"] == "default")?;
            default["template"].as_str().map(String::from)
        }
        _ => None,
    }
}

fn sha256(path: &Path) -> Result<String> {
    lock::sha256(path).map_err(|e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e))
}
