//! Pieces and their ids: what a model's embedding rows stand for.
use crate::{Error, Result};
use serde::de::{Deserializer as _, MapAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// Ids `0..len`, each with one piece, no piece twice.
#[derive(Debug, Default)]
pub struct Vocabulary {
    pieces: Vec<String>,
    ids: HashMap<String, u32>,
    special: Vec<bool>,
}

impl Vocabulary {
    /// Pieces in the order of their ids. Of equal pieces the first id is found by text.
    pub fn new(pieces: Vec<String>) -> Self {
        let mut ids = HashMap::with_capacity(pieces.len());
        for (id, piece) in (0u32..).zip(&pieces) {
            ids.entry(piece.clone()).or_insert(id);
        }
        Self {
            special: vec![false; pieces.len()],
            pieces,
            ids,
        }
    }

    /// Reads a `vocab.json`, `{piece: id}`: every id from 0 on must be there once.
    pub fn from_json(file: &[u8]) -> Result<Self> {
        let mut json = serde_json::Deserializer::from_slice(file);
        let pairs = json
            .deserialize_map(Pairs)
            .and_then(|p| json.end().map(|()| p))
            .map_err(|e| {
                Error::new("not a vocabulary of the form {piece: id}")
                    .caused_by(e)
                    .hint("fetch the file again")
            })?;
        let mut slots: Vec<Option<String>> = vec![None; pairs.len()];
        let size = slots.len();
        for (piece, id) in pairs {
            let Some(slot) = slots.get_mut(id as usize) else {
                return Err(Error::new(format!(
                    "the id {id} of `{piece}` leaves holes: {size} pieces have the ids 0 to {}",
                    size - 1
                )));
            };
            if let Some(other) = slot {
                return Err(Error::new(format!("`{other}` and `{piece}` have the same id {id}")));
            }
            *slot = Some(piece);
        }
        let vocabulary = Self::new(slots.into_iter().flatten().collect());
        match vocabulary.ids.len() == size {
            true => Ok(vocabulary),
            false => Err(Error::new("a piece is there twice")),
        }
    }

    /// Appends a piece, or finds it; returns its id.
    pub fn add(&mut self, piece: &str) -> u32 {
        if let Some(&id) = self.ids.get(piece) {
            return id;
        }
        let id = self.pieces.len() as u32;
        self.ids.insert(piece.to_owned(), id);
        self.pieces.push(piece.to_owned());
        self.special.push(false);
        id
    }

    /// Marks a piece as standing for no text, where it is there; returns its id.
    pub fn mark_special(&mut self, piece: &str) -> Option<u32> {
        let id = self.id(piece)?;
        self.special[id as usize] = true;
        Some(id)
    }

    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub fn id(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece).copied()
    }

    pub fn piece(&self, id: u32) -> Option<&str> {
        self.pieces.get(id as usize).map(String::as_str)
    }

    pub fn is_special(&self, id: u32) -> bool {
        self.special.get(id as usize).copied().unwrap_or(false)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (0u32..).zip(self.pieces.iter().map(String::as_str))
    }
}

/// Keeps the pairs of a JSON object as they stand: a map would hide doubled keys.
struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, u32)>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of pieces and ids")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = vec![];
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_vocabularies_are_refused() {
        for (file, expected) in [
            (
                r#"{"a": 0, "b": 2}"#,
                "the id 2 of `b` leaves holes: 2 pieces have the ids 0 to 1",
            ),
            (
                r#"{"a": 4294967295}"#,
                "the id 4294967295 of `a` leaves holes: 1 pieces have the ids 0 to 0",
            ),
            (r#"{"a": 0, "b": 0}"#, "`a` and `b` have the same id 0"),
            (r#"{"a": 0, "a": 1}"#, "a piece is there twice"),
            (r#"{"a": 0, "b": -1}"#, "not a vocabulary of the form {piece: id}"),
            (r#"{"a": 0, "b": 1e9}"#, "not a vocabulary of the form {piece: id}"),
            (r#"{"a": 0} {"#, "not a vocabulary of the form {piece: id}"),
            (r#"{"a": 0"#, "not a vocabulary of the form {piece: id}"),
            (r#"["a"]"#, "not a vocabulary of the form {piece: id}"),
            ("", "not a vocabulary of the form {piece: id}"),
        ] {
            assert_eq!(
                Vocabulary::from_json(file.as_bytes()).unwrap_err().to_string(),
                expected,
                "{file}"
            );
        }
    }

    #[test]
    fn ids_and_pieces_agree() {
        let mut v = Vocabulary::from_json(r#"{"b": 1, "</s>": 0, "▁": 2}"#.as_bytes()).unwrap();
        assert_eq!(
            (v.len(), v.id("▁"), v.piece(1), v.piece(3), v.id("c")),
            (3, Some(2), Some("b"), None, None)
        );
        assert_eq!((v.add("x"), v.add("b"), v.len()), (3, 1, 4));
        assert_eq!((v.mark_special("</s>"), v.mark_special("<pad>")), (Some(0), None));
        assert!(v.is_special(0) && !v.is_special(1) && !v.is_special(99));
    }
}
