//! From a row of logits to its best candidates: log-softmax, edits and top-k in one place for every executor.
use super::{Candidate, Edits};

/// Turns logits into log-probabilities, in place.
pub fn log_softmax(row: &mut [f32]) {
    let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Subtracted one after the other: max + ln(sum) would lose digits where logits are large.
    let norm = row.iter().map(|&v| (v - max).exp()).sum::<f32>().ln();
    for v in row {
        *v = (*v - max) - norm;
    }
}

/// The `k` best candidates of a row of logits after `edits`, best first, ties by lower id.
/// Candidates of no probability are left out. `row` is used up as scratch.
pub fn best(row: &mut [f32], edits: Option<&Edits>, k: usize) -> Vec<Candidate> {
    log_softmax(row);
    if let Some(edits) = edits.filter(|e| !e.is_empty()) {
        edits.apply(row);
    }
    top(row, k)
}

/// The `k` largest finite values of a row, as candidates.
pub fn top(row: &[f32], k: usize) -> Vec<Candidate> {
    if k >= row.len() {
        let mut all: Vec<Candidate> = row.iter().enumerate().filter_map(candidate).collect();
        all.sort_by(|a, b| b.logp.total_cmp(&a.logp));
        return all;
    }
    let mut best: Vec<Candidate> = Vec::with_capacity(k + 1);
    let mut worst = f32::NEG_INFINITY;
    for entry in row.iter().enumerate() {
        if best.len() == k && *entry.1 <= worst {
            continue;
        }
        let Some(c) = candidate(entry) else { continue };
        let at = best.partition_point(|b| b.logp >= c.logp);
        best.insert(at, c);
        best.truncate(k);
        if best.len() == k {
            worst = best.last().map_or(worst, |b| b.logp);
        }
    }
    best
}

fn candidate((token, &logp): (usize, &f32)) -> Option<Candidate> {
    // NaN is refused too: a broken row yields no candidate rather than a wrong one.
    (logp > f32::NEG_INFINITY).then_some(Candidate {
        token: token as u32,
        logp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_ties_by_id() {
        let check = |row: &[f32], k: usize, expected: &[u32]| {
            let tokens: Vec<u32> = top(row, k).iter().map(|c| c.token).collect();
            assert_eq!(tokens, expected, "{row:?} {k}");
        };
        check(&[1.0, 3.0, 2.0], 2, &[1, 2]);
        check(&[1.0, 3.0, 2.0], 9, &[1, 2, 0]);
        check(&[2.0, 2.0, 2.0, 2.0], 2, &[0, 1]);
        check(&[2.0, 2.0, 2.0, 2.0], 4, &[0, 1, 2, 3]);
        check(&[f32::NEG_INFINITY, 1.0, f32::NAN], 3, &[1]);
        check(&[f32::NEG_INFINITY, 1.0, f32::NAN, 0.0], 2, &[1, 3]);
        check(&[1.0], 0, &[]);
        check(&[], 3, &[]);
    }

    #[test]
    fn log_probabilities_sum_to_one_before_edits() {
        let mut row = vec![1000.0, 999.0, 998.0];
        let sum: f32 = best(&mut row, None, 3).iter().map(|c| c.logp.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-6);
        let edits = Edits {
            ban: vec![0],
            ..Edits::default()
        };
        let mut row = vec![0.0, 0.0];
        let left = best(&mut row, Some(&edits), 2);
        assert_eq!(
            left,
            [Candidate {
                token: 1,
                logp: -std::f32::consts::LN_2
            }],
            "no renormalisation"
        );
    }
}
