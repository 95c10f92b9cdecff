//! The bar of a pull: one file at a time, in bytes; on a terminal only.
use crate::{cli::settings::Settings, model::hub::pull::Event};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{stderr, IsTerminal};

/// Shows the events of a pull.
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub fn new(settings: &Settings) -> Self {
        let bar = ProgressBar::no_length();
        bar.set_draw_target(match stderr().is_terminal() && !settings.quiet {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        });
        let template = "{bar:30} {bytes}/{total_bytes} · {bytes_per_sec} · {eta} · {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    pub fn show(&self, event: Event) {
        match event {
            Event::Found { commit, licence } => self.bar.set_message(format!("commit {commit}, licence {licence}")),
            Event::Kept { path } => self.bar.set_message(format!("{path} is here")),
            Event::Begin { path, size, at } => {
                if let Some(size) = size {
                    self.bar.set_length(size);
                }
                self.bar.set_position(at);
                self.bar.reset_eta();
                self.bar.set_message(path.to_string());
            }
            Event::At(at) => self.bar.set_position(at),
            Event::End => {}
        }
    }

    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
