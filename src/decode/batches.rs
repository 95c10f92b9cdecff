//! Many sources through one model: long ones first, as many rows as the budget allows, refilled as hypotheses end.
use super::{
    beam::{Beam, Ended, Joints},
    constraint::Forms,
    Search,
};
use crate::{
    model::{Edits, Seq2Seq},
    Error, Result,
};
use std::collections::VecDeque;

/// A framed source and the phrases its target must contain.
pub struct Task {
    pub source: Vec<u32>,
    pub phrases: Vec<Forms>,
}

/// Searches every task; the order of results is the order of tasks. `workers` threads share the tasks by a fixed
/// rule, so that a result does not depend on timing.
pub(super) fn run(
    model: &dyn Seq2Seq,
    tasks: &[Task],
    search: &Search,
    joints: Joints,
    workers: usize,
) -> Result<Vec<Vec<Ended>>> {
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(tasks[i].source.len()));
    let workers = workers.clamp(1, tasks.len().max(1));
    let share = |w: usize| {
        order
            .iter()
            .copied()
            .skip(w)
            .step_by(workers)
            .collect::<VecDeque<usize>>()
    };
    let found = if workers == 1 {
        vec![work(model, tasks, share(0), search, joints)]
    } else {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers)
                .map(|w| scope.spawn(move_work(model, tasks, share(w), search, joints)))
                .collect();
            let panicked = |_| Err(Error::new("a decoding thread stopped"));
            threads.into_iter().map(|t| t.join().unwrap_or_else(panicked)).collect()
        })
    };
    let mut results: Vec<Vec<Ended>> = tasks.iter().map(|_| vec![]).collect();
    for part in found {
        for (i, ended) in part? {
            results[i] = ended;
        }
    }
    Ok(results)
}

type Part = Result<Vec<(usize, Vec<Ended>)>>;

fn move_work<'a>(
    model: &'a dyn Seq2Seq,
    tasks: &'a [Task],
    queue: VecDeque<usize>,
    search: &'a Search,
    joints: Joints<'a>,
) -> impl FnOnce() -> Part + Send + 'a {
    move || work(model, tasks, queue, search, joints)
}

/// One worker: its tasks through one decoding state.
fn work(model: &dyn Seq2Seq, tasks: &[Task], mut queue: VecDeque<usize>, search: &Search, joints: Joints) -> Part {
    let mut state = model.start(&[])?;
    let mut running: Vec<(usize, Beam)> = vec![];
    let mut done = vec![];
    // Kept from step to step for their memory.
    let (mut tokens, mut edits, mut counts) = (vec![], vec![], vec![]);
    let (mut candidates, mut rows, mut kept) = (vec![], vec![], vec![]);
    loop {
        // Refill once half of the rows are free: each admission pays an encoder pass, so few and large ones.
        let width = |running: &[(usize, Beam)]| running.iter().map(|(_, b)| b.width()).sum::<usize>();
        if let Some(&next) = queue.front() {
            let capacity = (search.batch_tokens / tasks[next].source.len().max(1)).max(1);
            if running.is_empty() || width(&running) * 2 <= capacity {
                let first = running.len();
                let mut rows = width(&running);
                while let Some(&i) = queue.front() {
                    let limit = search.limit(tasks[i].source.len(), model.max_target());
                    let beam = Beam::new(search, &tasks[i].phrases, joints, limit);
                    if !running.is_empty() && rows + beam.width() > capacity {
                        break;
                    }
                    rows += beam.width();
                    running.push((i, beam));
                    queue.pop_front();
                }
                let sources: Vec<&[u32]> = running[first..].iter().map(|(i, _)| &tasks[*i].source[..]).collect();
                state.admit(&sources)?;
            }
        }
        if running.is_empty() {
            return Ok(done);
        }
        tokens.clear();
        counts.clear();
        let mut k = 1;
        for (_, beam) in &mut running {
            let before = tokens.len();
            k = k.max(beam.request(&mut tokens, &mut edits));
            counts.push(tokens.len() - before);
        }
        let edits = match edits[..tokens.len()].iter().all(Edits::is_empty) {
            true => &[][..],
            false => &edits[..tokens.len()],
        };
        state.step_into(&tokens, edits, k.min(model.vocab_size()), &mut candidates)?;
        let attention = if search.attention { state.attention() } else { None };
        rows.clear();
        let (mut at, mut counts) = (0, counts.iter());
        running.retain_mut(|(i, beam)| {
            let count = counts.next().copied().unwrap_or(0);
            let seen = attention.as_ref().map(|a| &a[at..at + count]);
            beam.advance(&candidates[at..at + count], seen, &mut kept);
            let goes_on = !beam.is_done();
            if goes_on {
                rows.extend(kept.iter().map(|r| at + r));
            } else {
                done.push((*i, beam.finish()));
            }
            at += count;
            goes_on
        });
        state.select(&rows)?;
    }
}
