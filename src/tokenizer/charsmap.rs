//! SentencePiece's precompiled normalisation rules: a Darts double array over UTF-8 and the strings it points to.
//!
//! The tokenizers crate applies these rules to grapheme clusters; SentencePiece takes the longest rule at each byte
//! position, and differs from that on combining marks. Ids must equal SentencePiece's, so this walks as it does.
use crate::{Error, Result};

/// Rules `prefix -> replacement`, as stored in `normalizer_spec.precompiled_charsmap`.
#[derive(Debug)]
pub struct Charsmap {
    units: Vec<u32>,
    /// Replacements, each ended by NUL.
    strings: String,
}

impl Charsmap {
    /// Reads `u32 size of the array in bytes | array | strings`, little endian.
    pub fn parse(blob: &[u8]) -> Result<Self> {
        let bad = |what: &str| Error::new(format!("cannot read the normalisation rules: {what}"));
        let (size, rest) = blob
            .split_first_chunk::<4>()
            .ok_or_else(|| bad("shorter than their header"))?;
        let size = u32::from_le_bytes(*size) as usize;
        if size > rest.len() || !size.is_multiple_of(4) {
            return Err(bad(&format!("{size} bytes declared, {} there", rest.len())));
        }
        let (array, strings) = rest.split_at(size);
        let units = array
            .chunks_exact(4)
            .map(|u| u32::from_le_bytes([u[0], u[1], u[2], u[3]]))
            .collect();
        let strings = std::str::from_utf8(strings).map_err(|_| bad("the replacements are not UTF-8"))?;
        Ok(Self {
            units,
            strings: strings.to_owned(),
        })
    }

    /// The longest rule that `text` begins with: bytes consumed and their replacement.
    pub fn longest(&self, text: &str) -> Option<(usize, &str)> {
        let mut best = None;
        let mut at = offset(*self.units.first()?);
        for (i, &byte) in text.as_bytes().iter().enumerate() {
            at ^= usize::from(byte);
            let Some(&unit) = self.units.get(at) else { break };
            if unit & (1 << 31 | 0xff) != u32::from(byte) {
                break;
            }
            at ^= offset(unit);
            if unit >> 8 & 1 == 1 {
                let Some(&leaf) = self.units.get(at) else { break };
                best = Some((i + 1, (leaf & !(1 << 31)) as usize));
            }
        }
        let (length, start) = best.filter(|&(length, _)| text.is_char_boundary(length))?;
        let string = self.strings.get(start..)?;
        Some((length, &string[..string.find('\0').unwrap_or(string.len())]))
    }
}

/// Darts-clone's packed relative position of a unit's children.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & (1 << 9)) >> 6)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_blobs_are_refused_or_harmless() {
        for (blob, what) in [
            (&b""[..], "shorter than their header"),
            (b"\xff\xff\xff\xff", "4294967295 bytes declared, 0 there"),
            (b"\x03\0\0\0abc", "3 bytes declared, 3 there"),
            (b"\0\0\0\0\xff", "the replacements are not UTF-8"),
        ] {
            let error = Charsmap::parse(blob).unwrap_err().to_string();
            assert_eq!(error, format!("cannot read the normalisation rules: {what}"));
        }
        // Arrays that point outside of themselves match nothing.
        for unit in [0u32, u32::MAX, 0x7fff_ffff, 1 << 9 | 0xffff_fc00] {
            let mut blob = 4u32.to_le_bytes().to_vec();
            blob.extend(unit.to_le_bytes());
            assert_eq!(Charsmap::parse(&blob).unwrap().longest("abc"), None);
        }
    }
}
