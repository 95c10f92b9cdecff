//! Markdown: the text that a reader of the rendered page sees, headings and paragraphs as the markup has them.
use super::page::{Kind, Page};
use super::{html, Fault};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The page of a Markdown text. Front matter gives title and date; HTML inside goes the way of all HTML.
pub fn page(text: &str) -> Result<Page, Fault> {
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut page = Page::default();
    let (mut block, mut markup, mut front) = (String::new(), String::new(), false);
    let (mut kind, mut images) = (Kind::Unknown, 0);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => front = true,
            Event::End(TagEnd::MetadataBlock(_)) => {
                front = false;
                front_matter(&std::mem::take(&mut block), &mut page);
            }
            Event::Start(Tag::Heading { level, .. }) => {
                page.push(&std::mem::take(&mut block), kind);
                let titled = page.blocks.iter().any(|b| b.kind == Kind::Title);
                kind = if level == HeadingLevel::H1 && !titled {
                    Kind::Title
                } else {
                    Kind::Heading
                };
            }
            Event::End(TagEnd::Heading(_)) => {
                let heading = std::mem::take(&mut block);
                // Front matter has often given the title already.
                if page.title.as_deref() != Some(heading.trim()) {
                    page.push(&heading, kind);
                }
                kind = Kind::Unknown;
            }
            Event::Start(Tag::HtmlBlock) => page.push(&std::mem::take(&mut block), kind),
            Event::End(TagEnd::HtmlBlock) => {
                for (text, kind) in html::blocks(&std::mem::take(&mut markup))? {
                    page.push(&text, kind);
                }
            }
            Event::Html(html) => markup.push_str(&html),
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images -= 1,
            // The description of an image is no text of the article.
            Event::Text(_) | Event::Code(_) if images > 0 => {}
            Event::Text(text) | Event::Code(text) => block.push_str(&text),
            Event::SoftBreak if front => block.push('\n'),
            Event::SoftBreak => block.push(' '),
            Event::HardBreak => block.push('\n'),
            Event::End(TagEnd::TableCell) => block.push_str("; "),
            Event::Start(
                Tag::Paragraph | Tag::Item | Tag::CodeBlock(_) | Tag::TableRow | Tag::TableHead | Tag::List(_),
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableRow
                | TagEnd::TableHead
                | TagEnd::List(_),
            )
            | Event::Rule => page.push(std::mem::take(&mut block).trim_end_matches("; "), kind),
            _ => {}
        }
    }
    page.push(&block, kind);
    // Without a first-level heading the first heading of the page is its title.
    if !page.blocks.iter().any(|b| b.kind == Kind::Title) && page.title.is_none() {
        if let Some(first) = page.blocks.first_mut().filter(|b| b.kind == Kind::Heading) {
            first.kind = Kind::Title;
        }
    }
    Ok(page)
}

/// `title: ...` and `date: ...` of a YAML block; the title becomes the first block.
fn front_matter(yaml: &str, page: &mut Page) {
    for line in yaml.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']).to_string();
        match key.trim().to_lowercase().as_str() {
            _ if value.is_empty() => {}
            "title" | "titolo" => {
                page.push(&value, Kind::Title);
                page.title = Some(value);
            }
            "date" | "data" => page.date = Some(value),
            "description" | "subtitle" | "sottotitolo" => page.push(&value, Kind::Standfirst),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &[(Kind, &str)]) {
        let page = page(markdown).unwrap();
        let found: Vec<(Kind, &str)> = page.blocks.iter().map(|b| (b.kind, b.span.of(&page.text))).collect();
        assert_eq!(found, expected, "{markdown}");
    }

    #[test]
    fn reads_markup() {
        use Kind::*;
        check(
            "# Titolo\n\nTesto *con* [collegamento](http://a.it) e `codice`.",
            &[(Title, "Titolo"), (Unknown, "Testo con collegamento e codice.")],
        );
        check(
            "## Titolo\n\nTesto\nsu due righe.\n\n### Sezione\n\nAltro.",
            &[
                (Title, "Titolo"),
                (Unknown, "Testo su due righe."),
                (Heading, "Sezione"),
                (Unknown, "Altro."),
            ],
        );
        check(
            "- uno\n- due\n\n1. tre\n2. quattro",
            &[
                (Unknown, "uno"),
                (Unknown, "due"),
                (Unknown, "tre"),
                (Unknown, "quattro"),
            ],
        );
        check(
            "| a | b |\n|---|---|\n| 1 | 2 |",
            &[(Unknown, "a; b"), (Unknown, "1; 2")],
        );
        check(
            "Prima\n\n<script>alert(1)</script>\n\n<div>Dentro</div>\n\nDopo",
            &[(Unknown, "Prima"), (Paragraph, "Dentro"), (Unknown, "Dopo")],
        );
        check("![descrizione](a.png)\n\n> Citazione.", &[(Unknown, "Citazione.")]);
        check("", &[]);
    }

    #[test]
    fn reads_front_matter() {
        let page = page("---\ntitle: \"Un titolo\"\ndate: 2024-03-01\ntags: [a]\n---\n\nTesto.").unwrap();
        assert_eq!(
            (page.title.as_deref(), page.date.as_deref()),
            (Some("Un titolo"), Some("2024-03-01"))
        );
        assert_eq!(page.text, "Un titolo\n\nTesto.");
    }
}
