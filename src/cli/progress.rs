//! Narration on stderr: a bar on a terminal, nothing elsewhere; warnings always, unless `--quiet`.
use super::settings::Settings;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{stderr, IsTerminal};

/// What a command tells while it runs.
pub struct Progress {
    bar: ProgressBar,
    quiet: bool,
}

impl Progress {
    /// A bar of `total` steps, or a counter where the total is not known.
    pub fn new(settings: &Settings, total: Option<u64>, what: &'static str) -> Self {
        let shown = stderr().is_terminal() && !settings.quiet;
        let bar = match total {
            Some(n) => ProgressBar::new(n),
            None => ProgressBar::new_spinner(),
        };
        bar.set_draw_target(match shown {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        });
        let template = match total {
            Some(_) => format!("{{bar:30}} {{pos}}/{{len}} {what} · {{elapsed}} · {{wide_msg}}"),
            None => format!("{{spinner}} {{pos}} {what} · {{elapsed}} · {{wide_msg}}"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self {
            bar,
            quiet: settings.quiet,
        }
    }

    /// Names what is being worked on.
    pub fn at(&self, what: &str) {
        self.bar.set_message(what.to_string());
        self.bar.tick();
    }

    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// A note for people, above the bar.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("{text}"));
        }
    }

    /// An error, above the bar, also with `--quiet`.
    pub fn error(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    /// Runs `f` while the bar is out of the way of what it writes to standard output.
    pub fn suspend<T>(&self, f: impl FnOnce() -> T) -> T {
        self.bar.suspend(f)
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
