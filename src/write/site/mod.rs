//! A folder of briefs as a folder of static pages: an index to search, one page a brief, two feeds.
//!
//! Nothing is fetched from elsewhere and nothing needs a server: the pages also work opened from a disk.
mod briefs;
mod entry;
mod feeds;
mod index;
mod names;

use super::{html, theme};
use entry::Entry;
use names::Names;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// What the owner of a site decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// Name of the site, shown on every page.
    pub title: String,
    /// Where the site will stand, for the feeds' absolute links: `https://example.org/briefs/`.
    pub base_url: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            title: "Italian news in brief".into(),
            base_url: None,
        }
    }
}

/// What a build did.
#[derive(Debug, Default)]
pub struct Built {
    pub pages: usize,
    /// Pages of an earlier build whose brief is gone: they are removed.
    pub removed: usize,
    /// Files or lines that hold no brief, with why: `PATH` or `PATH:LINE`.
    pub rejected: Vec<(String, String)>,
}

/// Why no site could be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot write `{path}`")]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("`{path}` holds no briefs in JSON")]
    NoBriefs { path: PathBuf },
    #[error("base address `{url}` does not begin with `https://` or `http://`")]
    BaseUrl { url: String },
    #[error("cannot make the page of `{id}`")]
    Page { id: String, source: minijinja::Error },
}

/// Names of the pages of the last build, one a line: what the next build may remove.
const LISTING: &str = ".sunto-pages";

/// Makes the site of the briefs under `input` (`.json` files of one brief, `.jsonl` files of one a line).
///
/// Briefs are read and their pages written one at a time; only the index's record of each stays in memory.
///
/// # Errors
/// Where `input` cannot be listed or holds no brief, and where `output` cannot be written. A file that is no brief is
/// no error: it is listed in [`Built::rejected`].
pub fn build(input: &Path, output: &Path, options: &Options) -> Result<Built, SiteError> {
    let base = base(options)?;
    let pages = output.join("briefs");
    fs::create_dir_all(&pages).map_err(|source| SiteError::Unwritable {
        path: pages.clone(),
        source,
    })?;
    let mut built = Built::default();
    let mut names = Names::default();
    let mut entries = vec![];
    for item in briefs::under(input, output)? {
        match item {
            Err((place, reason)) => built.rejected.push((place, reason)),
            Ok((place, brief)) => match names.page(&brief) {
                None => built
                    .rejected
                    .push((place, format!("there is another brief of `{}`", brief.id))),
                Some(name) => {
                    let html = html::within(&brief, &options.title).map_err(|source| SiteError::Page {
                        id: brief.id.clone(),
                        source,
                    })?;
                    put(&pages.join(format!("{name}.html")), &html)?;
                    entries.push(Entry::of(&brief, name));
                }
            },
        }
    }
    if entries.is_empty() && built.rejected.is_empty() {
        return Err(SiteError::NoBriefs { path: input.into() });
    }
    entries.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.page.cmp(&b.page)));
    let whole = |source| SiteError::Page {
        id: "index".into(),
        source,
    };
    put(
        &output.join("index.html"),
        &index::page(&entries, options).map_err(whole)?,
    )?;
    put(
        &output.join("all.html"),
        &index::archive(&entries, options).map_err(whole)?,
    )?;
    put(&output.join("search.js"), &index::data(&entries))?;
    put(
        &output.join("feed.xml"),
        &feeds::atom(&entries, options, base.as_deref()),
    )?;
    put(
        &output.join("feed.json"),
        &feeds::json(&entries, options, base.as_deref()),
    )?;
    put(&output.join("site.css"), theme::SITE_STYLE)?;
    put(&output.join("site.js"), theme::SITE_SCRIPT)?;
    built.pages = entries.len();
    built.removed = forget(&pages, &entries)?;
    Ok(built)
}

/// The site's address, ending in a slash.
fn base(options: &Options) -> Result<Option<String>, SiteError> {
    let Some(url) = &options.base_url else {
        return Ok(None);
    };
    if !["https://", "http://"]
        .iter()
        .any(|s| url.starts_with(s) && url.len() > s.len())
    {
        return Err(SiteError::BaseUrl { url: url.clone() });
    }
    Ok(Some(format!("{}/", url.trim_end_matches('/'))))
}

/// Writes a file by rename, so that a server never sends half of it. A file that is as it should be stays untouched:
/// its time tells a synchronising copy that nothing changed.
fn put(path: &Path, content: &str) -> Result<(), SiteError> {
    if fs::read(path).is_ok_and(|old| old == content.as_bytes()) {
        return Ok(());
    }
    let part = path.with_extension(format!("{}.part", std::process::id()));
    fs::write(&part, content)
        .and_then(|()| fs::rename(&part, path))
        .map_err(|source| {
            fs::remove_file(&part).ok();
            SiteError::Unwritable {
                path: path.into(),
                source,
            }
        })
}

/// Removes the pages that an earlier build wrote and this one did not: a brief that was withdrawn must not stay public.
fn forget(pages: &Path, entries: &[Entry]) -> Result<usize, SiteError> {
    let listing = pages.join(LISTING);
    let now: BTreeSet<&str> = entries.iter().map(|e| e.page.as_str()).collect();
    let mut removed = 0;
    for old in fs::read_to_string(&listing).unwrap_or_default().lines() {
        if names::is_page(old) && !now.contains(old) && fs::remove_file(pages.join(format!("{old}.html"))).is_ok() {
            removed += 1;
        }
    }
    let mut list: String = now.into_iter().flat_map(|n| [n, "\n"]).collect();
    if list.is_empty() {
        list.push('\n');
    }
    put(&listing, &list)?;
    Ok(removed)
}
