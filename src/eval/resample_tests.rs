//! Intervals and tests on numbers whose answers are known by hand.
use super::*;
use crate::{
    eval::metric::{Label, Segment},
    Result,
};

/// The mean of one number per segment.
struct Mean(Label);

fn mean() -> Mean {
    Mean(Label {
        name: "mean".into(),
        signature: String::new(),
        direction: Direction::Higher,
    })
}

impl Metric for Mean {
    fn label(&self) -> &Label {
        &self.0
    }
    fn stats(&self, _: &[Segment]) -> Result<Vec<Stats>> {
        Ok(vec![])
    }
    fn score(&self, total: &Stats) -> f64 {
        total.0[0] / total.0[1]
    }
}

fn stats(values: &[f64]) -> Vec<Stats> {
    values.iter().map(|v| Stats(vec![*v, 1.0])).collect()
}

#[test]
fn holm_steps_down() {
    let check = |p: &[f64], expected: &[f64]| {
        for (ours, theirs) in holm(p).iter().zip(expected) {
            assert!((ours - theirs).abs() < 1e-12, "{p:?}");
        }
    };
    check(&[], &[]);
    check(&[0.04], &[0.04]);
    check(&[0.01, 0.04, 0.03], &[0.03, 0.06, 0.06]);
    check(&[0.5, 0.9, 0.6], &[1.0, 1.0, 1.0]);
}

#[test]
fn few_segments_are_enumerated() {
    let check = |a: &[f64], b: &[f64], p: f64, smallest: f64| {
        let found = paired(&mean(), &stats(a), &stats(b), &Resampling::default()).unwrap();
        assert_eq!(found.test, Test::ExactSignFlip);
        assert!(
            (found.p - p).abs() < 1e-12 && (found.smallest_p - smallest).abs() < 1e-12,
            "{found:?}"
        );
    };
    // All five better: only all flipped or none flipped reaches it, 2 of 32.
    check(&[0.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0], 2.0 / 32.0, 2.0 / 32.0);
    // Against itself.
    check(&[1.0, 2.0], &[1.0, 2.0], 1.0, 1.0);
    // One segment proves nothing; equal segments do not count.
    check(&[0.0, 7.0, 7.0], &[9.0, 7.0, 7.0], 1.0, 1.0);
    // +3 and -1: |2| reached by ++ +- -+ -- all but... sums: 2, 4, -4, -2 -> all four.
    check(&[0.0, 1.0], &[3.0, 0.0], 1.0, 0.5);
}

#[test]
fn a_clear_difference_is_found_and_noise_is_not() {
    let noise = |seed: u64, shift: f64| -> Vec<f64> {
        let mut random = Random::new(seed, 0);
        (0..200)
            .map(|_| (random.next() >> 40) as f64 / (1u64 << 24) as f64 + shift)
            .collect()
    };
    let check = |test, shift, verdict| {
        let how = Resampling {
            test,
            trials: 1000,
            ..Resampling::default()
        };
        let found = paired(&mean(), &stats(&noise(1, 0.0)), &stats(&noise(2, shift)), &how).unwrap();
        assert_eq!(
            Verdict::of(&found, found.p, Direction::Higher, 0.05),
            verdict,
            "{found:?}"
        );
        assert_eq!(found.test, test);
        assert!(found.interval.low < found.delta && found.delta < found.interval.high);
    };
    for test in [Test::PairedBootstrap, Test::PairedRandomization] {
        check(test, 0.2, Verdict::Better);
        check(test, -0.2, Verdict::Worse);
        check(test, 0.0, Verdict::NoDifferenceShown);
    }
}

#[test]
fn verdicts_follow_direction_and_n() {
    let paired = |delta, differing, smallest_p| Paired {
        delta,
        interval: Interval { low: 0.0, high: 0.0 },
        test: Test::ExactSignFlip,
        p: 0.01,
        n: 10,
        differing,
        smallest_p,
        tied: 0.0,
    };
    let check = |found: Paired, p, direction, expected| assert_eq!(Verdict::of(&found, p, direction, 0.05), expected);
    check(paired(1.0, 9, 0.004), 0.01, Direction::Higher, Verdict::Better);
    check(paired(1.0, 9, 0.004), 0.01, Direction::Lower, Verdict::Worse);
    check(paired(-1.0, 9, 0.004), 0.01, Direction::Lower, Verdict::Better);
    check(
        paired(-1.0, 9, 0.004),
        0.2,
        Direction::Higher,
        Verdict::NoDifferenceShown,
    );
    check(paired(1.0, 3, 0.25), 0.25, Direction::Higher, Verdict::TooFewSegments);
    check(paired(0.0, 0, 1.0), 1.0, Direction::Higher, Verdict::NoDifferenceShown);
    check(paired(5.0, 9, 0.004), 0.01, Direction::Neutral, Verdict::NotJudged);
}

#[test]
fn an_interval_holds_the_score_and_repeats() {
    let values: Vec<f64> = (0..100).map(f64::from).collect();
    let first = interval(&mean(), &stats(&values), 1000, 1).unwrap();
    assert_eq!(Some(first), interval(&mean(), &stats(&values), 1000, 1));
    assert_ne!(Some(first), interval(&mean(), &stats(&values), 1000, 2));
    // The mean's standard error is 2.89, so the interval is near 49.5 +- 5.7.
    assert!(
        (43.0..45.5).contains(&first.low) && (53.5..56.0).contains(&first.high),
        "{first:?}"
    );
    assert_eq!(interval(&mean(), &[], 1000, 1), None);
}
