//! Times decoding on request: one JSON job a line on standard input, one JSON result a line on standard output.
//!
//! A job is `{"sources": [[ids]], "beams": k, "threads": n, "tokens": t}`; `tokens` forces that many target tokens a
//! sentence, 0 lets sentences end by themselves. The result has the seconds and the ids. `benches/compare.py` drives it.
//!
//! Usage: decode FOLDER DTYPE (started by `cargo bench --bench decode -- FOLDER DTYPE`)
use serde::Deserialize;
use std::{io::BufRead, path::Path, time::Instant};
use sunto::{
    decode::{Codec, Generator, Search, Task},
    model::{load, Options, Source},
    nn::Device,
};

#[derive(Deserialize)]
struct Job {
    sources: Vec<Vec<u32>>,
    beams: usize,
    threads: usize,
    tokens: usize,
}

/// Jobs are ids: no text.
struct Ids;

impl Codec for Ids {
    fn encode(&self, _: &str) -> Vec<u32> {
        vec![]
    }
    fn encode_phrase(&self, _: &str) -> Vec<u32> {
        vec![]
    }
    fn decode(&self, _: &[u32]) -> String {
        String::new()
    }
}

/// `VmHWM` in MB, where the system tells it.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [folder, dtype] = &arguments[..] else {
        // `cargo test --benches` and a bare `cargo bench` have nothing to time.
        return Ok(());
    };
    let begin = Instant::now();
    let device = Device::cpu().with_dtype(dtype)?;
    let loaded = load(
        Source::Folder(Path::new(folder)),
        &Options {
            device,
            ..Options::default()
        },
    )?;
    let mut generator = Generator::new(loaded, Ids);
    println!(r#"{{"load": {}}}"#, begin.elapsed().as_secs_f64());
    for line in std::io::stdin().lock().lines() {
        let job: Job = serde_json::from_str(&line?)?;
        let mut search = Search {
            n_best: 1,
            batch_tokens: usize::MAX,
            ..generator.defaults().clone().with_beams(job.beams)
        };
        if job.tokens > 0 {
            search.min_tokens = job.tokens;
            search.max_tokens = job.tokens;
        }
        generator.workers = job.threads;
        let task = |source: &Vec<u32>| Task {
            source: source.clone(),
            phrases: vec![],
        };
        let tasks: Vec<Task> = job.sources.iter().map(task).collect();
        let begin = Instant::now();
        let found = generator.generate_ids(&tasks, &search)?;
        let seconds = begin.elapsed().as_secs_f64();
        let ids: Vec<&[u32]> = found.iter().map(|h| &h[0].tokens[..]).collect();
        let result = serde_json::json!({"seconds": seconds, "ids": ids, "peak_mb": peak_mb()});
        println!("{result}");
    }
    Ok(())
}
