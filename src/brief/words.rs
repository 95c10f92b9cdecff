//! A codec of whole words for tests on the toy model, which echoes its source.
use crate::decode::Codec;
use std::sync::Mutex;

/// Gives each word the next free id, from 3 on; id 2 is any word beyond the vocabulary.
pub struct Words {
    known: Mutex<Vec<String>>,
    vocab: usize,
    /// What a source is read as: `15` is taken for `16`.
    misread: Option<(&'static str, &'static str)>,
}

impl Words {
    pub fn new(vocab: usize) -> Self {
        let known = Mutex::new(vec![]);
        Self {
            known,
            vocab,
            misread: None,
        }
    }

    pub fn misreading(mut self, from: &'static str, to: &'static str) -> Self {
        self.misread = Some((from, to));
        self
    }
}

impl Codec for Words {
    fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = match self.misread {
            Some((from, to)) => self.encode_phrase(&text.replace(from, to)),
            None => self.encode_phrase(text),
        };
        ids.push(0);
        ids
    }

    fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        let mut words = self.known.lock().unwrap();
        let id = |w: &str| {
            let at = words.iter().position(|x| x == w).unwrap_or_else(|| {
                words.push(w.to_string());
                words.len() - 1
            });
            match at + 3 < self.vocab {
                true => at as u32 + 3,
                false => 2,
            }
        };
        phrase.split_whitespace().map(id).collect()
    }

    fn decode(&self, ids: &[u32]) -> String {
        let words = self.known.lock().unwrap();
        let word = |&id: &u32| words.get((id as usize).wrapping_sub(3)).cloned();
        ids.iter().filter_map(word).collect::<Vec<_>>().join(" ")
    }
}
