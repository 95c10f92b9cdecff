//! A brief as Markdown for people: what was found, where it stands in the Italian, what to verify.
use super::{guards, notices, terms};
use crate::{brief::Brief, text::normalize::one_line};
use std::fmt::Write;

pub fn render(brief: &Brief) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# {}\n", escape(&brief.headline));
    let _ = writeln!(out, "{}\n", meta(brief));
    for notice in notices::of(brief) {
        let _ = writeln!(out, "> {notice}");
    }
    let numbers = cited(brief);
    let _ = writeln!(out);
    for s in &brief.summary {
        let cites: String = s
            .citations
            .iter()
            .filter_map(|c| number(&numbers, c.sentence))
            .map(|n| format!("[{n}]"))
            .collect();
        let _ = writeln!(out, "{} {cites}\n", escape(&s.text));
    }
    if brief.summary.is_empty() {
        let _ = writeln!(out, "*No sentence of the article could be taken into a brief.*\n");
    }
    if let Some(group) = brief.group.as_ref().filter(|g| !g.disagreements.is_empty()) {
        let _ = writeln!(out, "## Where the sources disagree\n");
        for d in &group.disagreements {
            let told = d.told.iter().map(|t| {
                let shown = number(&numbers, t.sentence)
                    .map(|n| format!(" [{n}]"))
                    .unwrap_or_default();
                let english = match t.english.is_empty() {
                    true => String::new(),
                    false => format!("{}; ", escape(&t.english)),
                };
                format!("{}: {english}Italian: {}{shown}", escape(&t.article), escape(&t.text))
            });
            let _ = writeln!(out, "- {}", told.collect::<Vec<_>>().join(" · "));
        }
        let _ = writeln!(out);
    }
    let open = notices::open(brief);
    if !open.is_empty() {
        let _ = writeln!(out, "## To verify\n");
        for f in open {
            let place = f.source.as_ref().or(f.target.as_ref()).map(|e| e.sentence);
            let shown = place
                .and_then(|s| number(&numbers, s))
                .map(|n| format!(" [{n}]"))
                .unwrap_or_default();
            let _ = writeln!(out, "- **{}**{shown}: {}", notices::heading(f), escape(&f.reason));
        }
        let _ = writeln!(out);
    }
    if !brief.facts.is_empty() {
        let _ = writeln!(
            out,
            "## Facts\n\n| kind | English | Italian | source |\n|---|---|---|---|"
        );
        for f in &brief.facts {
            let at = number(&numbers, f.sentence)
                .map(|n| format!("[{n}]"))
                .unwrap_or_default();
            let _ = writeln!(out, "| {} | {} | {} | {at} |", f.kind, cell(&f.text), cell(&f.source));
        }
        let _ = writeln!(out);
    }
    let guarded = guards::lines(brief);
    if !guarded.is_empty() {
        let _ = writeln!(out, "## Protection of minors and victims\n");
        for g in guarded {
            let shown = number(&numbers, g.sentence as u32 - 1)
                .map(|n| format!(" [{n}]"))
                .unwrap_or_default();
            let _ = writeln!(out, "- {}{shown}: {}", escape(g.text), escape(g.reason));
        }
        let _ = writeln!(out);
    }
    let terms = terms::lines(brief);
    if !terms.is_empty() {
        let _ = writeln!(out, "## Terms\n\n| Italian | English | used |\n|---|---|---|");
        for t in terms {
            let used = if t.used { "yes" } else { "no" };
            let _ = writeln!(out, "| {} | {} | {used} |", cell(t.italian), cell(t.english));
        }
        let _ = writeln!(out);
    }
    let _ = writeln!(out, "## Sources\n");
    for (i, id) in numbers.iter().enumerate() {
        if let Some(quote) = quote(brief, *id) {
            let member = brief.group.as_ref().and_then(|g| g.member(*id));
            let of = member.map(|m| format!(" ({})", escape(&m.id))).unwrap_or_default();
            let _ = writeln!(out, "{}. {}{of}", i + 1, escape(&quote));
        }
    }
    let _ = writeln!(out, "\n## Italian and English\n\n| Italian | English |\n|---|---|");
    let mut before = None;
    for t in &brief.translation {
        let member = brief.group.as_ref().and_then(|g| g.member(t.sentence));
        if let Some(m) = member.filter(|m| before != Some(m.first)) {
            before = Some(m.first);
            let _ = writeln!(out, "| **{}** | |", cell(&m.id));
        }
        let _ = writeln!(out, "| {} | {} |", cell(&t.source), cell(&t.text));
    }
    let p = &brief.provenance;
    let model = p.translator.as_ref().map(|m| {
        let hash = m.sha256.get(..12).unwrap_or(&m.sha256);
        format!(" · {} ({}, sha256 {hash})", m.name, m.dtype)
    });
    let glossary = p
        .glossary
        .as_deref()
        .map(|hash| format!(" · glossary sha256 {}", hash.get(..12).unwrap_or(hash)));
    let _ = writeln!(
        out,
        "\n---\n{} · {}{} · {}{}",
        p.version,
        p.strategy,
        model.unwrap_or_default(),
        p.search,
        glossary.unwrap_or_default()
    );
    out
}

/// Cited sentences in the order in which the brief cites them: `[1]` is the first.
fn cited(brief: &Brief) -> Vec<u32> {
    let mut numbers = vec![];
    for c in brief.summary.iter().flat_map(|s| &s.citations) {
        if !numbers.contains(&c.sentence) {
            numbers.push(c.sentence);
        }
    }
    numbers
}

fn number(numbers: &[u32], sentence: u32) -> Option<usize> {
    numbers.iter().position(|n| *n == sentence).map(|i| i + 1)
}

fn quote(brief: &Brief, sentence: u32) -> Option<String> {
    let mut citations = brief.summary.iter().flat_map(|s| &s.citations);
    citations.find(|c| c.sentence == sentence).map(|c| one_line(&c.quote))
}

fn meta(brief: &Brief) -> String {
    let s = &brief.source;
    let mut parts = vec![];
    if let Some(title) = &s.title {
        parts.push(format!("*{}*", escape(title.trim())));
    }
    parts.extend(s.date.clone());
    parts.extend(s.path.as_ref().map(|p| format!("`{}`", p.replace('`', "'"))));
    match parts.is_empty() {
        true => format!("`{}`", brief.id.replace('`', "'")),
        false => parts.join(" · "),
    }
}

/// Text that Markdown shows as it is: nothing in an article is markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn cell(text: &str) -> String {
    escape(&one_line(text))
}
