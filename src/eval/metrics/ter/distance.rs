//! Edit distance for TER: banded as sacreBLEU's around a pseudo-diagonal, with a bit-parallel short cut.

const BEAM: usize = 25;
const FAR: u32 = u32::MAX / 2;

/// Which words of one sequence stand at which of the other, and which are wrong.
pub struct Alignment {
    /// For each reference word, the hypothesis word it stands at or after; -1 before the first.
    pub position: Vec<isize>,
    pub reference_errors: Vec<bool>,
    pub hypothesis_errors: Vec<bool>,
}

/// Distances of hypotheses of one length to one reference.
pub struct EditDistance<'a> {
    reference: &'a [u32],
    /// First and last + 1 column computed in each row.
    band: Vec<(usize, usize)>,
    /// Rows of costs for the hypothesis last aligned; rows of its prefixes serve every shift of it.
    rows: Vec<u32>,
    scratch: Vec<u32>,
    /// For each word number, the reference positions that hold it, one bit each; empty where the reference is long.
    positions: Vec<u64>,
}

impl<'a> EditDistance<'a> {
    /// `length` is the number of words of every hypothesis to come: shifts keep it.
    pub fn new(reference: &'a [u32], length: usize) -> Self {
        let columns = reference.len() + 1;
        let ratio = if length > 0 {
            reference.len() as f64 / length as f64
        } else {
            1.0
        };
        let beam = if (BEAM as f64) < ratio / 2.0 {
            (ratio / 2.0 + BEAM as f64).ceil() as usize
        } else {
            BEAM
        };
        let mut band = vec![(0, columns)];
        for i in 1..=length {
            let diagonal = (i as f64 * ratio).floor() as usize;
            let end = if i == length {
                columns
            } else {
                columns.min(diagonal + beam)
            };
            band.push((diagonal.saturating_sub(beam), end));
        }
        let mut positions = vec![];
        if reference.len() <= 64 {
            for (j, &word) in reference.iter().enumerate() {
                let word = word as usize;
                positions.resize(positions.len().max(word + 1), 0);
                positions[word] |= 1 << j;
            }
        }
        Self {
            reference,
            band,
            rows: vec![],
            scratch: vec![],
            positions,
        }
    }

    fn columns(&self) -> usize {
        self.reference.len() + 1
    }

    /// Fills row `i` of `words` from the row above: substitution first, then deletion, then insertion.
    fn row(&self, word: u32, i: usize, above: &[u32], row: &mut [u32]) {
        row.fill(FAR);
        let (begin, end) = self.band[i];
        for j in begin..end {
            row[j] = if j == 0 {
                above[0] + 1
            } else {
                let substitute = above[j - 1] + u32::from(word != self.reference[j - 1]);
                substitute.min(above[j] + 1).min(row[j - 1] + 1)
            };
        }
    }

    /// The distance of `words`, and how they align; later calls of `of` may reuse its rows.
    pub fn align(&mut self, words: &[u32]) -> (usize, Alignment) {
        let columns = self.columns();
        let mut rows = std::mem::take(&mut self.rows);
        rows.clear();
        rows.extend(0..columns as u32);
        rows.resize((words.len() + 1) * columns, FAR);
        for (i, &word) in words.iter().enumerate() {
            let (above, below) = rows[i * columns..].split_at_mut(columns);
            self.row(word, i + 1, above, &mut below[..columns]);
        }
        self.rows = rows;
        (self.rows[self.rows.len() - 1] as usize, self.trace(words))
    }

    /// Walks back from the corner, preferring as the rows do.
    fn trace(&self, words: &[u32]) -> Alignment {
        let columns = self.columns();
        let at = |i: usize, j: usize| self.rows[i * columns + j];
        let (mut i, mut j) = (words.len(), self.reference.len());
        let mut position = vec![-1; self.reference.len()];
        let mut reference_errors = vec![false; self.reference.len()];
        let mut hypothesis_errors = vec![false; words.len()];
        while i > 0 || j > 0 {
            let cost = at(i, j);
            let differ = i > 0 && j > 0 && words[i - 1] != self.reference[j - 1];
            if i > 0 && j > 0 && at(i - 1, j - 1) + u32::from(differ) == cost {
                i -= 1;
                j -= 1;
                position[j] = i as isize;
                reference_errors[j] = differ;
                hypothesis_errors[i] = differ;
            } else if i > 0 && at(i - 1, j) + 1 == cost {
                i -= 1;
                hypothesis_errors[i] = true;
            } else {
                // A row outside the band cannot be reached: every cell on the way was computed from its neighbours.
                j -= 1;
                position[j] = i as isize - 1;
                reference_errors[j] = true;
            }
        }
        Alignment {
            position,
            reference_errors,
            hypothesis_errors,
        }
    }

    /// The distance of `words`, a shift of the `aligned` words.
    pub fn of(&mut self, words: &[u32], aligned: &[u32]) -> usize {
        if let Some(distance) = self.bit_parallel(words) {
            return distance;
        }
        let columns = self.columns();
        let same = words.iter().zip(aligned).take_while(|(a, b)| a == b).count();
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.extend_from_slice(&self.rows[same * columns..(same + 1) * columns]);
        scratch.resize(2 * columns, FAR);
        let (mut above, mut below) = scratch.split_at_mut(columns);
        for (i, &word) in words.iter().enumerate().skip(same) {
            self.row(word, i + 1, above, below);
            std::mem::swap(&mut above, &mut below);
        }
        let distance = above[columns - 1];
        self.scratch = scratch;
        distance as usize
    }

    /// Hyyrö's (2003) bit-parallel Levenshtein distance for references of up to 64 words; `None` where the band
    /// might have hidden the best path, so that the banded distance could be larger.
    fn bit_parallel(&self, words: &[u32]) -> Option<usize> {
        let m = self.reference.len();
        if self.positions.is_empty() {
            return None;
        }
        let (mut plus, mut minus, mut distance) = (u64::MAX, 0u64, m);
        let last = 1u64 << (m - 1);
        for &word in words {
            let equal = self.positions.get(word as usize).copied().unwrap_or(0);
            let zero = (((equal & plus).wrapping_add(plus)) ^ plus) | equal | minus;
            let mut right_plus = minus | !(zero | plus);
            let right_minus = plus & zero;
            distance += usize::from(right_plus & last != 0);
            distance -= usize::from(right_minus & last != 0);
            right_plus = right_plus << 1 | 1;
            plus = right_minus << 1 | !(zero | right_plus);
            minus = right_plus & zero;
        }
        // A path of this cost leaves the main diagonal by at most `distance`, and the pseudo-diagonal lies within
        // the difference of lengths of it.
        let inside = distance + m.abs_diff(words.len()) + 2 <= BEAM;
        let no_band = self.band.iter().all(|&(begin, end)| begin == 0 && end == m + 1);
        (inside || no_band).then_some(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator, so that cases vary and stay the same.
    fn sequence(seed: &mut u64, length: usize, vocabulary: u64) -> Vec<u32> {
        (0..length)
            .map(|_| {
                *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                ((*seed >> 33) % vocabulary) as u32
            })
            .collect()
    }

    #[test]
    fn the_short_cut_equals_the_band() {
        let mut seed = 1;
        let mut taken = 0;
        for case in 0..400 {
            let (n, m) = (1 + case % 40, 1 + (case * 7) % 64);
            let reference = sequence(&mut seed, m, 30);
            let mut words = reference.iter().copied().cycle().take(n).collect::<Vec<_>>();
            words[n / 2] = 7;
            let mut distance = EditDistance::new(&reference, n);
            let (banded, _) = distance.align(&words);
            if let Some(short) = distance.bit_parallel(&words) {
                taken += 1;
                assert_eq!(short, banded, "{reference:?} {words:?}");
            }
        }
        assert!(taken > 100, "{taken}");
    }

    #[test]
    fn rows_of_a_common_prefix_serve_a_shift() {
        let mut seed = 3;
        for m in [5, 30, 80] {
            let reference = sequence(&mut seed, m, 40);
            let words = sequence(&mut seed, m + 3, 40);
            let mut distance = EditDistance::new(&reference, words.len());
            distance.align(&words);
            let mut shifted = words.clone();
            shifted[2..].rotate_left(1);
            let quick = distance.of(&shifted, &words);
            assert_eq!(quick, distance.align(&shifted).0);
        }
    }
}
