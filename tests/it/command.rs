//! `sunto` as people start it, with no settings and no models but what a test gives it.
use assert_cmd::Command;
use std::path::Path;

/// `sunto WORDS...` in a folder.
pub fn sunto(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sunto").unwrap();
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SUNTO_") {
            command.env_remove(name);
        }
    }
    command.env("XDG_CONFIG_HOME", dir.join("no-configuration"));
    command.env("HF_HOME", dir.join("no-models")).env_remove("HF_HUB_CACHE");
    command.current_dir(dir).args(words);
    command
}

/// What a run gives: exit status, stdout, stderr.
pub fn run(dir: &Path, words: &[&str], stdin: &str) -> (i32, String, String) {
    let output = sunto(dir, words).write_stdin(stdin).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}
