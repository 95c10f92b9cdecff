//! A byte trie over pieces, in three flat arrays: prefix search for Unigram and for user-defined symbols.
use std::collections::VecDeque;

/// No piece ends at this node.
const NONE: u32 = u32::MAX;

/// Children of node `n` are `labels[first[n]..first[n + 1]]`, sorted; the child at index `i` is node `i + 1`.
#[derive(Debug, Default)]
pub struct Trie {
    first: Vec<u32>,
    labels: Vec<u8>,
    ids: Vec<u32>,
}

impl Trie {
    /// Builds the trie of `(key, id)`; empty keys are left out, of equal keys the first stays.
    pub fn new<'a>(keys: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let mut keys: Vec<(&[u8], u32)> = keys.into_iter().map(|(k, id)| (k.as_bytes(), id)).collect();
        keys.retain(|(k, _)| !k.is_empty());
        keys.sort_by_key(|(k, _)| *k);
        keys.dedup_by_key(|(k, _)| *k);
        let mut trie = Self::default();
        // Breadth first, so that the children of one node lie side by side: (range of keys, depth).
        let mut queue = VecDeque::from([(0, keys.len(), 0)]);
        while let Some((mut lo, hi, depth)) = queue.pop_front() {
            trie.first.push(trie.labels.len() as u32);
            let ends = lo < hi && keys[lo].0.len() == depth;
            trie.ids.push(if ends { keys[lo].1 } else { NONE });
            lo += usize::from(ends);
            while lo < hi {
                let label = keys[lo].0[depth];
                let next = lo + keys[lo..hi].partition_point(|(k, _)| k[depth] == label);
                trie.labels.push(label);
                queue.push_back((lo, next, depth + 1));
                lo = next;
            }
        }
        trie.first.push(trie.labels.len() as u32);
        trie
    }

    /// Calls `found(length, id)` for every key that `text` begins with, shortest first.
    pub fn prefixes(&self, text: &[u8], mut found: impl FnMut(usize, u32)) {
        let mut node = 0;
        for (i, byte) in text.iter().enumerate() {
            let (from, to) = (self.first[node] as usize, self.first[node + 1] as usize);
            let Ok(at) = self.labels[from..to].binary_search(byte) else {
                return;
            };
            node = from + at + 1;
            if self.ids[node] != NONE {
                found(i + 1, self.ids[node]);
            }
        }
    }

    /// Length of the longest key that `text` begins with.
    pub fn longest(&self, text: &[u8]) -> Option<usize> {
        let mut longest = None;
        self.prefixes(text, |len, _| longest = Some(len));
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_all_prefixes_shortest_first() {
        let trie = Trie::new([("ab", 1), ("a", 0), ("abcd", 2), ("b", 3), ("", 9), ("a", 7), ("è", 4)]);
        let check = |text: &str, expected: &[(usize, u32)]| {
            let mut got = vec![];
            trie.prefixes(text.as_bytes(), |l, id| got.push((l, id)));
            assert_eq!(got, expected, "{text:?}");
        };
        check("", &[]);
        check("x", &[]);
        check("a", &[(1, 0)]);
        check("abc", &[(1, 0), (2, 1)]);
        check("abcde", &[(1, 0), (2, 1), (4, 2)]);
        check("ba", &[(1, 3)]);
        check("è", &[(2, 4)]);
        assert_eq!(trie.longest(b"abce"), Some(2));
        assert_eq!(trie.longest(b"c"), None);
        assert_eq!(Trie::new([]).longest(b"c"), None);
    }
}
