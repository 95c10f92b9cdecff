//! A page to an article: which block is title, standfirst, heading, text, date line or furniture.
use super::page::{Block, Kind, Page};
use super::{dates, furniture};
use crate::text::split::{blocks, sentences};
use crate::text::{words, Article, Meta, Role, Sentence, Span};

/// Lays out the page. Every character but white space and markup (`##`, bullets, the dash after a heading) is in one
/// sentence, whatever its role: nothing vanishes.
pub fn arrange(page: Page, id: String) -> Article {
    let Page {
        text,
        blocks: marked,
        title,
        date,
    } = page;
    let mut pieces = pieces(&text, &marked);
    opening(&text, &mut pieces);
    following(&text, &mut pieces);
    let mut meta = Meta {
        title,
        date: date.as_deref().and_then(dates::normalise),
        ..Meta::default()
    };
    let mut found = vec![];
    for (paragraph, piece) in pieces.iter().enumerate() {
        let role = piece.role.unwrap_or(Role::Body);
        for span in sentences(&text, piece.span) {
            let sentence = span.of(&text);
            let role = match role {
                Role::Body if dates::whole(sentence).is_some() => Role::Metadata,
                Role::Body if furniture::is_boilerplate(sentence) => Role::Boilerplate,
                role => role,
            };
            if role == Role::Metadata && meta.date.is_none() {
                meta.date = dates::whole(sentence);
            }
            found.push(Sentence {
                span,
                paragraph: paragraph as u32,
                role,
            });
        }
    }
    if meta.title.is_none() {
        let titles = found.iter().filter(|s| s.role == Role::Title);
        meta.title = titles
            .map(|s| (s.span.start, s.span.end))
            .reduce(|a, b| (a.0, b.1))
            .map(|(a, b)| text[a..b].into());
    }
    Article {
        id,
        meta,
        text,
        sentences: found,
    }
}

/// A block as a reader sees it, and its role once that is known.
struct Piece {
    span: Span,
    role: Option<Role>,
    /// The markup or its look says that it is no running text.
    short: bool,
    /// The markup, not the look, says what it is.
    marked: bool,
}

/// Takes marked blocks apart at their lines, strips markup, and recognises what can be known of one block alone.
fn pieces(text: &str, marked: &[Block]) -> Vec<Piece> {
    let mut found = vec![];
    for block in marked {
        for line in blocks(block.span.of(text)) {
            let mut span = Span::new(block.span.start + line.start, block.span.start + line.end);
            if let Some((end, _)) = dates::leading(span.of(text)) {
                let cut = span.start + end;
                let date = Span::new(span.start, cut);
                found.push(Piece {
                    span: date,
                    role: Some(Role::Metadata),
                    short: true,
                    marked: false,
                });
                span.start = cut + (text[cut..span.end].len() - text[cut..span.end].trim_start().len());
                if span.start == span.end {
                    continue;
                }
            }
            found.push(piece(text, span, block.kind));
        }
    }
    found
}

fn piece(text: &str, span: Span, kind: Kind) -> Piece {
    let raw = span.of(text);
    let hashes = raw.trim_start_matches('#');
    let level = raw.len() - hashes.len();
    let headed = kind == Kind::Unknown && (1..=6).contains(&level) && hashes.starts_with(' ');
    let body = if headed { hashes.trim_start() } else { bulleted(raw) };
    let dashed = body.trim_end_matches(['-', '–', '—']).trim_end();
    let heading =
        kind != Kind::Paragraph && !dashed.is_empty() && dashed.len() < body.len() && words::count(dashed) <= 14;
    let body_end = if heading { dashed.len() } else { body.len() };
    let start = span.start + (raw.len() - body.len());
    let span = Span::new(start, start + body_end);
    let inner = span.of(text);
    let role = if dates::whole(inner).is_some() || kind == Kind::Boilerplate && furniture::is_byline(inner) {
        Some(Role::Metadata)
    } else if kind == Kind::Boilerplate || furniture::is_boilerplate(inner) {
        Some(Role::Boilerplate)
    } else {
        match kind {
            Kind::Title => Some(Role::Title),
            Kind::Standfirst => Some(Role::Standfirst),
            Kind::Heading => Some(Role::Heading),
            Kind::Paragraph => Some(Role::Body),
            _ if heading => Some(Role::Heading),
            _ => None,
        }
    };
    let short = headed || heading || !is_running(inner);
    Piece {
        span,
        role,
        short,
        marked: kind != Kind::Unknown,
    }
}

/// The line without its bullet.
fn bulleted(line: &str) -> &str {
    let rest = line.trim_start_matches(['-', '–', '—', '*', '•', '·', '▪', '►', '◦', '‣']);
    if rest.len() < line.len() && rest.starts_with(char::is_whitespace) {
        rest.trim_start()
    } else {
        line
    }
}

/// Whether a block reads as text rather than as a label: it ends like a sentence, or is long.
fn is_running(text: &str) -> bool {
    let bare = text.trim_end_matches(['»', '”', '’', '"', '\'', ')', ']', ' ']);
    let count = words::count(text);
    count >= 30 || bare.ends_with(['.', '!', '?', '…', ':', ';', ',']) && count >= 8
}

/// Finds title and standfirst among the short blocks before the first running text.
fn opening(text: &str, pieces: &mut [Piece]) {
    let Some(body) = pieces
        .iter()
        .position(|p| !p.short && (p.role.is_none() || p.role == Some(Role::Body)))
    else {
        return;
    };
    for piece in &mut pieces[..body] {
        if piece.role.is_none() && furniture::is_byline(piece.span.of(text)) {
            piece.role = Some(Role::Metadata);
        }
    }
    if pieces.iter().any(|p| p.role == Some(Role::Title)) || pieces.iter().all(|p| p.marked) {
        return;
    }
    let open: Vec<usize> = (0..body)
        .filter(|&i| pieces[i].role.is_none() || pieces[i].role == Some(Role::Heading) && !pieces[i].marked)
        .collect();
    let count = |i: usize| words::count(pieces[open[i]].span.of(text));
    // A section label stands above its title: few words, and fewer than the title has.
    let labelled = open.len() > 1 && count(0) <= 5 && count(1) > count(0);
    for (n, &i) in open.iter().enumerate() {
        pieces[i].role = Some(match n {
            0 if labelled => Role::Heading,
            0 => Role::Title,
            1 if labelled => Role::Title,
            _ => Role::Standfirst,
        });
    }
}

/// Finds headings after the first running text, and the lists of links at the end.
fn following(text: &str, pieces: &mut [Piece]) {
    let mut links = false;
    let running = pieces
        .iter()
        .any(|p| !p.short && p.role.is_none_or(|r| r == Role::Body));
    for i in 0..pieces.len() {
        let span = pieces[i].span;
        if pieces[i].role == Some(Role::Boilerplate) {
            links |= furniture::opens_links(span.of(text));
            continue;
        }
        links &= pieces[i].short;
        if links && !matches!(pieces[i].role, Some(Role::Metadata | Role::Title | Role::Standfirst)) {
            pieces[i].role = Some(Role::Boilerplate);
        }
        // A heading stands before something and is no item of a list, which would follow its like.
        let next_runs = pieces[i + 1..]
            .iter()
            .find(|p| p.role != Some(Role::Boilerplate))
            .is_some_and(|p| !p.short);
        if pieces[i].role.is_none() {
            let heading = running && pieces[i].short && next_runs && is_label(span.of(text));
            pieces[i].role = Some(if heading { Role::Heading } else { Role::Body });
        }
    }
}

/// Few words without the stop of a sentence, beginning like a heading.
fn is_label(text: &str) -> bool {
    let first = text.trim_start_matches(['«', '“', '"', '\'', '‘', '(']).chars().next();
    words::count(text) <= 14
        && !text.ends_with(['.', ';', ',', ':', '…'])
        && first.is_some_and(|c| c.is_uppercase() || c.is_numeric())
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
