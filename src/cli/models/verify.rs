//! `sunto models verify`: every file of the locks, read again and compared.
use super::pull::spec;
use crate::{
    cli::{args::models::VerifyArgs, hub, output},
    model::hub::{lock::Check, Lock, LockedFile, Snapshot},
    Error,
};
use std::{path::Path, process::ExitCode};

/// Something is not as it was pulled.
const DIFFERENT: u8 = 1;

pub fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let cache = hub::cache();
    let snapshots: Vec<Snapshot> = match args.names.as_slice() {
        [] => cache.snapshots()?.into_iter().filter(|s| s.lock.is_some()).collect(),
        names => names.iter().map(|n| named(n)).collect::<anyhow::Result<_>>()?,
    };
    if snapshots.is_empty() {
        output::line("nothing was pulled yet")?;
    }
    let mut status = ExitCode::SUCCESS;
    for snapshot in &snapshots {
        let Some(lock) = &snapshot.lock else {
            return Err(
                Error::new(format!("`{}` was not pulled by sunto: there is no lock", snapshot.repo))
                    .hint(format!(
                        "`sunto models pull {}` compares it with the hub and locks it",
                        snapshot.repo
                    ))
                    .into(),
            );
        };
        let bad = different(lock, &snapshot.dir)?;
        match bad.is_empty() {
            true => output::line(&format!(
                "good: {} at {}, {} files",
                lock.repo,
                lock.commit,
                lock.files.len()
            ))?,
            false => {
                status = ExitCode::from(DIFFERENT);
                for line in bad {
                    output::line(&format!("bad: {} at {}: {line}", lock.repo, lock.commit))?;
                }
            }
        }
    }
    Ok(status)
}

/// The snapshot of a name: whole or not, as a missing file is what is looked for.
fn named(name: &str) -> anyhow::Result<Snapshot> {
    let spec = spec(name)?;
    let cache = hub::cache();
    if let Some(found) = cache.find(&spec)? {
        return Ok(found);
    }
    let of_revision = |s: &Snapshot| {
        s.repo == spec.repo
            && (s.commit == spec.revision || s.lock.as_ref().is_some_and(|l| l.revision == spec.revision))
    };
    let found = cache.snapshots()?.into_iter().find(of_revision);
    Ok(found.ok_or_else(|| {
        Error::new(format!("the model `{}` is not here", spec.name()))
            .hint(format!("`sunto models pull {}`", spec.name()))
    })?)
}

fn different(lock: &Lock, dir: &Path) -> anyhow::Result<Vec<String>> {
    let look = |file: &LockedFile| -> anyhow::Result<Option<String>> {
        let path = &file.path;
        Ok(match file.verify(dir)? {
            Check::Good => None,
            Check::Missing => Some(format!("`{path}` is missing")),
            Check::Size(found) => Some(format!("`{path}` has {found} bytes, expected {}", file.size)),
            Check::Content => Some(format!("`{path}` has another SHA-256")),
        })
    };
    lock.files.iter().filter_map(|f| look(f).transpose()).collect()
}
