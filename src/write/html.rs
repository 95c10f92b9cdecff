//! A brief as a page: alone, with its style in it, or as one of a site. Both come from one template.
mod findings;
mod marks;
mod page;

use super::theme;
use crate::brief::Brief;

/// A self-contained page without scripts: for a mail, a folder, a printer.
pub fn render(brief: &Brief) -> String {
    let page = page::render(brief, "", Some(theme::STYLE));
    // The template is ours and the tests render it; a reader of a broken build should still see why.
    page.unwrap_or_else(|e| format!("<!doctype html>\n<title>error</title>\n<p>{}\n", e.kind()))
}

/// A page of the site of that title, which keeps style and script beside its pages.
///
/// # Errors
/// Of the template, which the tests render.
pub fn within(brief: &Brief, site: &str) -> Result<String, minijinja::Error> {
    page::render(brief, site, None)
}
