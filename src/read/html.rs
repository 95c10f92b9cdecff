//! Saved web pages: all text that a browser would show, with what readability finds to be the article told apart.
//!
//! Nothing is executed: elements that hold no text of the page (scripts, styles, frames, forms' choices) are skipped.
use super::page::{Kind, Page};
use super::Fault;
use crate::text::normalize::one_line;
use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};
use std::collections::HashSet;

/// Deeper nesting is no page of text, and costs parsers time that grows with its square.
const DEEPEST: usize = 1000;

/// Elements never read.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "head", "select",
    "textarea", "datalist", "audio", "video", "map", "applet", "frameset", "dialog",
];

/// Elements of the page rather than of the article.
const FURNITURE: &[&str] = &[
    "nav",
    "footer",
    "aside",
    "form",
    "button",
    "figcaption",
    "menu",
    "label",
];

/// Elements that stay inside a line of text.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "img",
];

/// Words in the class of a standfirst.
const STANDFIRST: &[&str] = &[
    "standfirst",
    "subtitle",
    "sottotitolo",
    "sommario",
    "occhiello",
    "catenaccio",
    "excerpt",
    "summary",
    "deck",
    "abstract",
];

/// The page of an HTML document.
pub fn page(html: &str) -> Result<Page, Fault> {
    check_depth(html)?;
    let all = collect(&Document::from(html));
    let config = Config {
        max_elements_to_parse: 100_000,
        ..Config::default()
    };
    let article = Readability::new(html, None, Some(config))
        .ok()
        .and_then(|mut r| r.parse().ok());
    let content = article
        .as_ref()
        .map(|a| collect(&Document::from(a.content.as_ref())))
        .unwrap_or_default();
    let inside = Inside::new(&content);
    let mut page = Page::default();
    if let Some(article) = &article {
        page.title = Some(one_line(&article.title)).filter(|t| !t.is_empty());
        page.date = article.published_time.clone();
    }
    page.date = page.date.take().or_else(|| all.date.clone());
    let title = all.blocks.iter().position(|b| is_title(b, page.title.as_deref()));
    let usable = all.blocks.iter().any(|b| !b.furniture && inside.holds(&b.text));
    match (title, &page.title) {
        (Some(i), _) => page.title = Some(one_line(&all.blocks[i].text)),
        (None, Some(title)) => page.push(&title.clone(), Kind::Title),
        _ => {}
    }
    let mut body = false;
    for (i, block) in all.blocks.iter().enumerate() {
        let held = if usable {
            inside.holds(&block.text)
        } else {
            !block.furniture
        };
        let near_title = title.is_some_and(|t| i > t) && !body;
        let kind = match () {
            _ if title == Some(i) => Kind::Title,
            _ if near_title && !block.furniture && block.standfirst => Kind::Standfirst,
            _ if near_title && held && block.heading && i == title.unwrap_or(0) + 1 => Kind::Standfirst,
            _ if !held => Kind::Boilerplate,
            _ if block.heading => Kind::Heading,
            _ => {
                body = true;
                Kind::Paragraph
            }
        };
        page.push(&block.text, kind);
    }
    Ok(page)
}

/// Blocks of an HTML fragment inside another format.
pub fn blocks(html: &str) -> Result<Vec<(String, Kind)>, Fault> {
    check_depth(html)?;
    let found = collect(&Document::from(html));
    let kind = |b: &Found| match () {
        _ if b.furniture => Kind::Boilerplate,
        _ if b.heading => Kind::Heading,
        _ => Kind::Paragraph,
    };
    Ok(found
        .blocks
        .into_iter()
        .map(|b| (kind(&b), b.text))
        .map(|(k, t)| (t, k))
        .collect())
}

/// A run of text between two block boundaries.
#[derive(Debug)]
struct Found {
    text: String,
    heading: bool,
    first_level: bool,
    standfirst: bool,
    furniture: bool,
}

#[derive(Debug, Default)]
struct Collected {
    blocks: Vec<Found>,
    /// The `datetime` of the first `<time>`.
    date: Option<String>,
}

/// The state of the walk inside one element, restored when it ends.
#[derive(Clone, Copy, Default)]
struct State {
    heading: bool,
    first_level: bool,
    standfirst: bool,
    furniture: bool,
    preformatted: bool,
}

enum Step<'a> {
    Enter(NodeRef<'a>, State),
    Break(State),
}

/// Walks the document without recursion: deep pages must not overflow the stack.
fn collect(document: &Document) -> Collected {
    let mut found = Collected::default();
    let mut line = String::new();
    let mut steps = vec![Step::Enter(document.root(), State::default())];
    while let Some(step) = steps.pop() {
        let (node, state) = match step {
            Step::Enter(node, state) => (node, state),
            Step::Break(state) => {
                flush(&mut line, state, &mut found.blocks);
                continue;
            }
        };
        if node.is_text() {
            add_text(&node.text(), state.preformatted, &mut line);
            continue;
        }
        let name = node.node_name().map(|n| n.to_string()).unwrap_or_default();
        if SKIPPED.contains(&name.as_str()) || node.is_comment() || node.is_doctype() {
            continue;
        }
        match name.as_str() {
            "br" => {
                // Two breaks are a paragraph's end.
                if line.trim_end_matches(' ').ends_with('\n') {
                    flush(&mut line, state, &mut found.blocks);
                } else {
                    line.push('\n');
                }
                continue;
            }
            "time" if found.date.is_none() => found.date = node.attr("datetime").map(|d| d.to_string()),
            _ => {}
        }
        let inner = inside(&node, &name, state);
        let block = node.is_element() && !INLINE.contains(&name.as_str());
        if block {
            flush(&mut line, state, &mut found.blocks);
            steps.push(Step::Break(inner));
        }
        steps.extend(node.children_it(true).map(|child| Step::Enter(child, inner)));
    }
    flush(&mut line, State::default(), &mut found.blocks);
    found
}

/// The state inside an element.
fn inside(node: &NodeRef, name: &str, mut state: State) -> State {
    if matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") {
        state.heading = true;
        state.first_level = name == "h1";
    }
    state.preformatted |= name == "pre";
    let hidden = node.has_attr("hidden")
        || node.attr("aria-hidden").is_some_and(|v| &*v == "true")
        || node
            .attr("style")
            .is_some_and(|s| s.replace(' ', "").contains("display:none"));
    state.furniture |= FURNITURE.contains(&name) || hidden;
    if let Some(class) = node.class() {
        let class = class.to_lowercase();
        state.standfirst |= STANDFIRST.iter().any(|s| class.contains(s));
    }
    state
}

fn flush(line: &mut String, state: State, blocks: &mut Vec<Found>) {
    let text = line.trim();
    if !text.is_empty() {
        blocks.push(Found {
            text: text.to_string(),
            heading: state.heading,
            first_level: state.first_level,
            standfirst: state.standfirst,
            furniture: state.furniture,
        });
    }
    line.clear();
}

/// Adds text as a browser shows it: runs of white space are one space, unless preformatted.
fn add_text(text: &str, preformatted: bool, line: &mut String) {
    for c in text.chars() {
        match c {
            '\0' => {}
            ' ' | '\t' | '\n' | '\r' | '\u{c}' if !preformatted => {
                if !line.is_empty() && !line.ends_with([' ', '\n']) {
                    line.push(' ');
                }
            }
            c => line.push(c),
        }
    }
}

/// The block that is the page's title: its first first-level heading, or the heading that equals it.
fn is_title(block: &Found, title: Option<&str>) -> bool {
    let same = title.is_some_and(|t| t == one_line(&block.text));
    !block.furniture && (block.first_level || block.heading && same)
}

/// What readability found to be the article: whole blocks, and all of its text for blocks that it cut otherwise.
struct Inside {
    blocks: HashSet<String>,
    text: String,
}

impl Inside {
    fn new(content: &Collected) -> Self {
        let lines: Vec<String> = content.blocks.iter().map(|b| one_line(&b.text)).collect();
        Self {
            text: lines.join(" "),
            blocks: lines.into_iter().collect(),
        }
    }

    fn holds(&self, block: &str) -> bool {
        const LONG: usize = 60;
        let line = one_line(block);
        self.blocks.contains(&line) || line.len() >= LONG && self.text.contains(&line)
    }
}

/// Refuses pages nested so deeply that parsing them would take minutes.
fn check_depth(html: &str) -> Result<(), Fault> {
    // Elements whose end tag may be left out nest without end in sloppy pages, and do no harm.
    const OPEN: &[&str] = &[
        "p", "li", "br", "img", "hr", "meta", "link", "input", "td", "tr", "th", "dd", "dt", "option", "source", "col",
        "wbr",
    ];
    let (mut depth, mut deepest) = (0usize, 0);
    for part in html.split('<').skip(1) {
        if let Some(end) = part.strip_prefix('/') {
            let name: String = end.chars().take_while(char::is_ascii_alphanumeric).collect();
            if !OPEN.contains(&name.to_ascii_lowercase().as_str()) {
                depth = depth.saturating_sub(1);
            }
        } else if part.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
            let closed = part.split('>').next().is_some_and(|tag| tag.ends_with('/'));
            if !closed && !OPEN.contains(&name.to_ascii_lowercase().as_str()) {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
    }
    if deepest > DEEPEST {
        Err(Fault::TooDeep { limit: DEEPEST })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[&str]) {
        let found: Vec<String> = blocks(html).unwrap().into_iter().map(|b| b.0).collect();
        assert_eq!(found, expected, "{html}");
    }

    #[test]
    fn reads_text_as_shown() {
        check("<p>Uno  due\n tre</p><p>quattro", &["Uno due tre", "quattro"]);
        check("<p>Testo <b>in</b> <a href=x>linea</a>.</p>", &["Testo in linea."]);
        check("<div>a<div>b</div>c</div>", &["a", "b", "c"]);
        check("<p>riga<br>riga<br><br>nuovo</p>", &["riga\nriga", "nuovo"]);
        check("<ul><li>uno<li>due</ul>", &["uno", "due"]);
        check("<p>&egrave; &amp; &laquo;s&igrave;&raquo; &#8364;</p>", &["è & «sì» €"]);
        check("<h1>Titolo</h1>testo", &["Titolo", "testo"]);
        check("", &[]);
    }

    #[test]
    fn never_shows_scripts_and_styles() {
        check(
            "<script>alert('a')</script><style>p{color:red}</style><body><noscript>b</noscript><p onclick=\"c()\">testo</p>\
             <template><p>d</p></template><iframe srcdoc='<p>e</p>'></iframe><svg><text>f</text></svg><!-- g -->\
             <textarea>h</textarea><script>document.write('<p>i</p>')</script>",
            &["testo"],
        );
    }

    #[test]
    fn entities_do_not_explode() {
        let bomb = "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><p>&b;&b; testo</p>";
        let text: String = blocks(bomb).unwrap().into_iter().map(|b| b.0).collect();
        assert!(text.contains("testo") && text.len() < 200, "{text}");
    }

    #[test]
    fn refuses_deep_nesting() {
        let deep = "<div>".repeat(100_000);
        assert!(matches!(page(&deep), Err(Fault::TooDeep { limit: DEEPEST })));
        let fine = format!("{}testo{}", "<div>".repeat(900), "</div>".repeat(900));
        check(&fine, &["testo"]);
        check(&"<p>testo".repeat(3000), &vec!["testo"; 3000]);
    }
}
