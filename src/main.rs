//! The `sunto` command: see [`sunto::cli`].
fn main() -> std::process::ExitCode {
    sunto::cli::main()
}
