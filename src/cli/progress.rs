//! Narration on stderr: a bar on a terminal, nothing elsewhere; warnings always, unless `--quiet`.
use super::settings::Settings;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{stderr, IsTerminal},
    time::Duration,
};

/// What a command tells while it runs.
pub struct Progress {
    bar: ProgressBar,
    quiet: bool,
}

impl Progress {
    /// A bar of `total` steps, or a counter where the total is not known; it is asked for only where it will be shown,
    /// since knowing it may take a walk through all files.
    pub fn new(settings: &Settings, total: impl FnOnce() -> Option<u64>, what: &'static str) -> Self {
        let quiet = settings.quiet;
        match stderr().is_terminal() && !quiet {
            true => Self::on(ProgressDrawTarget::stderr(), total(), what, quiet),
            false => Self::on(ProgressDrawTarget::hidden(), None, what, quiet),
        }
    }

    fn on(target: ProgressDrawTarget, total: Option<u64>, what: &'static str, quiet: bool) -> Self {
        let bar = match total {
            Some(n) => ProgressBar::new(n),
            None => ProgressBar::new_spinner(),
        };
        bar.set_draw_target(target);
        let template = match total {
            Some(_) => {
                format!("{{bar:20}} {{pos}}/{{len}} {what} · {{elapsed}}, about {{eta}} left · {{wide_msg}}")
            }
            None => format!("{{spinner}} {{pos}} {what} · {{elapsed}} · {{wide_msg}}"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, quiet }
    }

    /// Tells the speed so far, and names what has been worked on.
    pub fn at_speed(&self, words: usize, elapsed: Duration, what: &str) {
        let speed = words as f64 / elapsed.as_secs_f64().max(1e-9);
        self.at(&format!("{speed:.0} words/s · {what}"));
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
            self.bar.suspend(|| super::output::tell(text));
        }
    }

    /// An error, above the bar, also with `--quiet`.
    pub fn error(&self, text: &str) {
        self.bar.suspend(|| super::output::tell(text));
    }

    /// Runs `f` while the bar is out of the way of what it writes to standard output.
    pub fn suspend<T>(&self, f: impl FnOnce() -> T) -> T {
        self.bar.suspend(f)
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    /// A terminal of 120 columns that keeps what is written on it.
    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<String>>);

    impl Paper {
        fn write(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            120
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write(&format!("{text}\n"))
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.write(text)
        }

        fn clear_line(&self) -> io::Result<()> {
            self.write("\r")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is on the terminal after two of `total` steps.
    fn shown(total: Option<u64>) -> String {
        let paper = Paper::default();
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(paper.clone()), 255);
        let progress = Progress::on(target, total, "articles", false);
        for (words, input) in [(500, "a.txt"), (1000, "b.txt")] {
            progress.at_speed(words, Duration::from_secs(4), input);
            progress.step();
        }
        // Drawing is limited by time: the last state is drawn whatever the time.
        progress.bar.force_draw();
        let text = paper.0.lock().unwrap().clone();
        text.rsplit('\r').next().unwrap_or_default().trim().to_string()
    }

    #[test]
    fn a_bar_tells_the_time_left_and_the_speed() {
        let bar = shown(Some(8));
        assert!(bar.contains(" 2/8 articles · "), "{bar}");
        assert!(
            bar.contains(", about ") && bar.contains(" left · 250 words/s · b.txt"),
            "{bar}"
        );
        let counter = shown(None);
        assert!(
            counter.contains(" 2 articles · ") && counter.contains(" · 250 words/s · b.txt"),
            "{counter}"
        );
        assert!(!counter.contains("left"), "{counter}");
    }
}
