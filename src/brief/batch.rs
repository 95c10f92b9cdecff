//! Many articles to many files: nothing lost, nothing done twice, the same files whatever the number of workers.
//!
//! Articles are read on the calling thread, briefed by `jobs` threads and committed in the order of reading; a window
//! bounds how many are in memory. A brief is renamed into place before its line enters the journal, so a process
//! killed at any moment leaves whole files only, and at worst does a few articles again.
use super::journal::{fingerprint, io_error, sha256, Entry, Failure, Journal, Status};
use crate::text::{words, Article};
use crate::{read::ReadError, Error};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{channel, sync_channel, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// What to do with the articles.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The output folder.
    pub folder: PathBuf,
    /// Fingerprint of all settings that change a brief.
    pub settings: String,
    /// Ending of the output files, e.g. `md`.
    pub extension: String,
    /// Articles briefed at the same time; at least 1.
    pub jobs: usize,
    /// Try articles again that failed under the same settings.
    pub retry_failed: bool,
    /// Stop at the first article that fails.
    pub fail_fast: bool,
}

/// How a batch went.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Briefed now.
    pub done: usize,
    /// Briefed before under the same settings.
    pub skipped: usize,
    /// Failed now.
    pub failed: usize,
    /// Failed before, and not tried again.
    pub failed_before: usize,
    /// Words of the articles briefed now.
    pub words: usize,
}

impl Summary {
    /// Whether every article has its brief.
    pub fn complete(&self) -> bool {
        self.failed + self.failed_before == 0
    }
}

/// Progress, in the order of reading.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    Done {
        input: &'a str,
        file: &'a Path,
        words: usize,
    },
    Skipped {
        input: &'a str,
        /// Its brief; none where the same article was given before in this run.
        file: Option<&'a Path>,
    },
    Failed {
        input: &'a str,
        failure: &'a Failure,
    },
    FailedBefore {
        input: &'a str,
    },
}

/// Briefs `articles` into `plan.folder`. `brief` makes a brief `B`, `render` the content of its file. An article's
/// fault is a line of the journal and an event; only the output folder's own faults end the batch.
pub fn run<B, E: Into<Failure>>(
    articles: impl Iterator<Item = Result<Article, ReadError>>,
    plan: &Plan,
    brief: impl Fn(&Article) -> Result<B, E> + Sync,
    render: impl Fn(&B) -> String + Sync,
    on: &mut dyn FnMut(Event),
) -> Result<Summary, Error> {
    let mut journal = Journal::open(&plan.folder, &plan.settings)?;
    sweep(&plan.folder);
    let jobs = plan.jobs.max(1);
    let window = jobs as u64 * 4;
    let (give, take) = sync_channel::<Task>(window as usize);
    let take = Mutex::new(take);
    let (report, reports) = channel::<(u64, Outcome)>();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let report = report.clone();
            let (take, brief, render) = (&take, &brief, &render);
            scope.spawn(move || {
                while let Some(task) = next(take) {
                    let number = task.number;
                    if report.send((number, work(task, &plan.folder, brief, render))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(report);
        let mut queue = Queue {
            plan,
            names: HashSet::new(),
            seen: HashSet::new(),
        };
        let mut articles = articles.fuse();
        let mut summary = Summary::default();
        let mut waiting: BTreeMap<u64, Outcome> = BTreeMap::new();
        let (mut read, mut committed) = (0u64, 0u64);
        let mut stopping = false;
        loop {
            while !stopping && read - committed < window {
                let Some(next) = articles.next() else {
                    stopping = true;
                    break;
                };
                match queue.admit(next, read, &journal) {
                    Admitted::Task(task) => {
                        // The workers outlive this loop: they end when `give` is dropped.
                        let _ = give.send(task);
                    }
                    Admitted::Known(outcome) => {
                        waiting.insert(read, outcome);
                    }
                }
                read += 1;
            }
            if committed == read {
                break;
            }
            while !waiting.contains_key(&committed) {
                match reports.recv() {
                    Ok((number, outcome)) => waiting.insert(number, outcome),
                    Err(_) => break,
                };
            }
            while let Some(outcome) = waiting.remove(&committed) {
                committed += 1;
                let failed = commit(outcome, &mut journal, &mut summary, on)?;
                if failed && plan.fail_fast {
                    return Ok(summary);
                }
            }
        }
        drop(give);
        Ok(summary)
    })
}

/// One article on its way to a worker.
struct Task {
    number: u64,
    article: Article,
    fingerprint: String,
    settings: String,
    name: String,
}

/// What became of one article.
enum Outcome {
    Done { entry: Entry, words: usize },
    Failed { entry: Entry, known: bool },
    Skipped { input: String, file: Option<PathBuf> },
    FailedBefore { input: String },
    Fatal(Error),
}

enum Admitted {
    Task(Task),
    Known(Outcome),
}

/// Decides what is to be done with each article as it is read.
struct Queue<'a> {
    plan: &'a Plan,
    /// Lower-cased file names of this run, hashed: some file systems do not tell case apart.
    names: HashSet<u128>,
    /// Articles of this run, hashed: the same file given twice is briefed once.
    seen: HashSet<u128>,
}

impl Queue<'_> {
    fn admit(&mut self, read: Result<Article, ReadError>, number: u64, journal: &Journal) -> Admitted {
        let article = match read {
            Ok(article) => article,
            Err(error) => return Admitted::Known(self.unread(error, journal)),
        };
        let input = article.meta.path.clone().unwrap_or_else(|| article.id.clone());
        let print = fingerprint(&article);
        if !self.seen.insert(short(&print)) {
            return Admitted::Known(Outcome::Skipped { input, file: None });
        }
        let mut name = format!("{}.{}", article.id, self.plan.extension);
        if !self.names.insert(short(&sha256(&[&name.to_lowercase()]))) {
            name = format!("{}-{}.{}", article.id, &print[..8], self.plan.extension);
            self.names.insert(short(&sha256(&[&name.to_lowercase()])));
        }
        match journal.status(&print) {
            Some(Status::Done) if self.plan.folder.join(&name).is_file() => Admitted::Known(Outcome::Skipped {
                input,
                file: Some(name.into()),
            }),
            Some(Status::Failed) if !self.plan.retry_failed => Admitted::Known(Outcome::FailedBefore { input }),
            _ => {
                let settings = self.plan.settings.clone();
                Admitted::Task(Task {
                    number,
                    article,
                    fingerprint: print,
                    settings,
                    name,
                })
            }
        }
    }

    /// An input that gave no article: a line of the journal, once.
    fn unread(&self, error: ReadError, journal: &Journal) -> Outcome {
        let input = error.input.clone();
        let failure = Failure::from(error);
        let article = sha256(&["unread", &input, &failure.error]);
        let known = journal.status(&article).is_some();
        let entry = Entry {
            article,
            settings: self.plan.settings.clone(),
            status: Status::Failed,
            id: String::new(),
            input,
            file: None,
            sha256: None,
            failure: Some(failure),
        };
        Outcome::Failed { entry, known }
    }
}

fn short(fingerprint: &str) -> u128 {
    u128::from_str_radix(&fingerprint[..32], 16).unwrap_or_default()
}

fn next(tasks: &Mutex<Receiver<Task>>) -> Option<Task> {
    tasks.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// One article's brief, from text to file.
fn work<B, E: Into<Failure>>(
    task: Task,
    folder: &Path,
    brief: &impl Fn(&Article) -> Result<B, E>,
    render: &impl Fn(&B) -> String,
) -> Outcome {
    let Task {
        article,
        fingerprint,
        settings,
        name,
        ..
    } = task;
    let input = article.meta.path.clone().unwrap_or_else(|| article.id.clone());
    let made = catch_unwind(AssertUnwindSafe(|| {
        brief(&article).map(|b| render(&b)).map_err(E::into)
    }));
    let made = made.unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .cloned()
            .or(panic.downcast_ref::<&str>().map(|s| s.to_string()));
        Err(Failure {
            error: "the briefing of this article broke down".into(),
            cause: said,
            hint: None,
        })
    });
    let mut entry = Entry {
        article: fingerprint,
        settings,
        status: Status::Done,
        id: article.id,
        input,
        file: None,
        sha256: None,
        failure: None,
    };
    match made {
        Ok(content) => {
            if let Err(error) = write_whole(folder, &name, content.as_bytes()) {
                return Outcome::Fatal(error);
            }
            entry.file = Some(name);
            entry.sha256 = Some(sha256(&[&content]));
            Outcome::Done {
                entry,
                words: words::count(&article.text),
            }
        }
        Err(failure) => {
            entry.status = Status::Failed;
            entry.failure = Some(failure);
            Outcome::Failed { entry, known: false }
        }
    }
}

/// Enters the outcome in the journal, counts it and tells of it; true if the article failed.
fn commit(
    outcome: Outcome,
    journal: &mut Journal,
    summary: &mut Summary,
    on: &mut dyn FnMut(Event),
) -> Result<bool, Error> {
    match outcome {
        Outcome::Done { entry, words } => {
            journal.append(&entry)?;
            summary.done += 1;
            summary.words += words;
            let file = PathBuf::from(entry.file.as_deref().unwrap_or_default());
            on(Event::Done {
                input: &entry.input,
                file: &file,
                words,
            });
            Ok(false)
        }
        Outcome::Failed { entry, known } => {
            if !known {
                journal.append(&entry)?;
            }
            summary.failed += 1;
            on(Event::Failed {
                input: &entry.input,
                failure: &entry.failure.unwrap_or_default(),
            });
            Ok(true)
        }
        Outcome::Skipped { input, file } => {
            summary.skipped += 1;
            on(Event::Skipped {
                input: &input,
                file: file.as_deref(),
            });
            Ok(false)
        }
        Outcome::FailedBefore { input } => {
            summary.failed_before += 1;
            on(Event::FailedBefore { input: &input });
            Ok(true)
        }
        Outcome::Fatal(error) => Err(error),
    }
}

/// Beginning of the name of a file that is being written.
const PART: &str = ".sunto-part-";

/// Writes a file so that it is there whole or not at all.
pub fn write_whole(folder: &Path, name: &str, content: &[u8]) -> Result<(), Error> {
    let (part, path) = (folder.join(format!("{PART}{name}")), folder.join(name));
    fs::write(&part, content)
        .and_then(|()| fs::rename(&part, &path))
        .map_err(|e| {
            let _ = fs::remove_file(&part);
            io_error(format!("cannot write `{}`", path.display()), e)
        })
}

/// Removes what a killed process left half-written; the folder's lock is held.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PART) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
