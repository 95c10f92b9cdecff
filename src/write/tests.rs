//! A brief in every format: nothing lost, nothing of an article taken for markup.
use super::*;
use crate::brief::{BriefSentence, Check, Citation, Excerpt, Fact, Finding, Translation, Verdict};

fn brief() -> Brief {
    Brief {
        id: "a-1".into(),
        headline: "Two <b>people</b> arrested".into(),
        summary: vec![BriefSentence {
            text: "Two people were arrested for *fraud*.".into(),
            citations: vec![Citation {
                sentence: 1,
                start: 10,
                end: 34,
                quote: "Due persone arrestate.".into(),
            }],
        }],
        facts: vec![Fact {
            kind: "number".into(),
            text: "2".into(),
            source: "Due".into(),
            sentence: 1,
            start: 10,
            end: 13,
        }],
        translation: vec![Translation {
            sentence: 1,
            source: "Due persone arrestate <script>alert(1)</script>|".into(),
            text: "Two people were arrested.".into(),
            score: -0.5,
        }],
        findings: vec![Finding {
            check: Check::Number,
            verdict: Verdict::Altered,
            source: Some(Excerpt {
                sentence: 1,
                start: 0,
                end: 3,
                text: "Due".into(),
            }),
            target: None,
            reason: "the Italian says 2".into(),
            repaired: false,
        }],
        ..serde_json::from_value(serde_json::json!({
            "id": "", "source": {"path": "a.txt", "title": null, "date": "2024-03-02", "language": "ita"}, "headline": "",
            "summary": [], "facts": [], "translation": [], "skipped": [], "findings": [],
            "provenance": {"version": "sunto", "strategy": "lead", "translator": null, "summarizer": null, "search": "beams:1",
                "glossary": null, "seed": 0}
        }))
        .unwrap()
    }
}

#[test]
fn json_holds_all_of_it() {
    for format in [Format::Json, Format::Jsonl] {
        let back: Brief = serde_json::from_str(&render(&brief(), format)).unwrap();
        assert_eq!(back, brief());
    }
    assert_eq!(render(&brief(), Format::Jsonl).matches('\n').count(), 1);
}

#[test]
fn markup_in_an_article_stays_text() {
    let html = render(&brief(), Format::Html);
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    assert!(html.contains("Two &lt;b&gt;people") && html.contains("href=\"#s2\""));
    assert!(
        !html.contains("http:") && !html.contains("https:"),
        "an external resource"
    );
    let markdown = render(&brief(), Format::Markdown);
    assert!(
        markdown.starts_with("# Two \\<b\\>people\\</b\\> arrested\n"),
        "{markdown}"
    );
    assert!(markdown.contains("for \\*fraud\\*. [1]"));
    assert!(markdown.contains("**number, altered** [1]: the Italian says 2"));
}

#[test]
fn the_schema_in_docs_is_that_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/brief.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, schema()).unwrap();
    }
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        schema(),
        "run `UPDATE=1 cargo test schema`"
    );
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let value = serde_json::to_value(brief()).unwrap();
    assert!(jsonschema::is_valid(&schema, &value));
    let mut broken = value;
    broken["summary"] = "none".into();
    assert!(!jsonschema::is_valid(&schema, &broken));
}

#[test]
fn findings_about_the_english_alone_have_no_verdict() {
    for (check, verdict, expected) in [
        (Check::Number, Verdict::Altered, "number, altered"),
        (Check::Hedge, Verdict::Missing, "allegation, missing"),
        (Check::Status, Verdict::Unsupported, "legal status, not in the source"),
        (Check::Repetition, Verdict::Unsupported, "repetition"),
        (Check::Wording, Verdict::Unsupported, "wording"),
        (Check::Length, Verdict::Missing, "length"),
    ] {
        let mut brief = brief();
        brief.findings[0].check = check;
        brief.findings[0].verdict = verdict;
        assert_eq!(notices::heading(&brief.findings[0]), expected);
        assert!(
            render(&brief, Format::Markdown).contains(&format!("**{expected}**")),
            "{expected}"
        );
    }
}

#[test]
fn a_file_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.md");
    file(&path, b"one").unwrap();
    file(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert!(file(&dir.path().join("no/such/folder.md"), b"x").is_err());
}

#[test]
fn people_see_what_became_of_terms() {
    let mut brief = brief();
    let excerpt = |text: &str| Excerpt {
        sentence: 1,
        start: 0,
        end: text.len(),
        text: text.into(),
    };
    let term = |italian: &str, english: Option<&str>, reason: &str| Finding {
        check: Check::Glossary,
        verdict: if english.is_some() {
            Verdict::Supported
        } else {
            Verdict::Missing
        },
        source: Some(excerpt(italian)),
        target: english.map(excerpt),
        reason: reason.into(),
        repaired: false,
    };
    for format in [Format::Markdown, Format::Html] {
        assert!(
            !render(&brief, format).to_lowercase().contains(">terms") && !render(&brief, format).contains("## Terms")
        );
    }
    brief.findings = vec![
        term("perquisizioni", Some("searches"), "as asked"),
        term("Perquisizioni", Some("Searches"), "as asked"),
        term("pm", None, "the glossary asks for `prosecutor`"),
    ];
    let md = render(&brief, Format::Markdown);
    assert!(
        md.contains("| perquisizioni | searches | yes |\n| pm | the glossary asks for \\`prosecutor\\` | no |\n"),
        "{md}"
    );
    let html = render(&brief, Format::Html);
    assert_eq!(html.matches("<td lang=\"it\">perquisizioni</td>").count(), 1, "{html}");
    assert!(
        html.contains("<td><strong>Not used</strong>: the glossary asks for"),
        "{html}"
    );
}

#[test]
fn rows_of_several_articles_say_which_they_are_of() {
    let member = |id: &str, first: u32, title: &str| {
        serde_json::from_value(serde_json::json!({"id": id, "first": first, "sentences": 2,
            "source": {"path": format!("{id}.txt"), "title": title, "date": "2024-03-02", "language": "ita"}}))
        .unwrap()
    };
    let row = |sentence: u32, source: &str| Translation {
        sentence,
        source: source.into(),
        text: format!("English {sentence}"),
        score: 0.0,
    };
    let grouped = Brief {
        translation: vec![
            row(0, "Titolo uno"),
            row(1, "Frase."),
            row(2, "Titolo <due>"),
            row(3, "Frase."),
        ],
        findings: vec![],
        group: Some(crate::brief::Group {
            articles: vec![member("a-1", 0, "Titolo uno"), member("b-2", 2, "Titolo <due>")],
            disagreements: vec![],
        }),
        ..brief()
    };
    let page = render(&grouped, Format::Html);
    let at = |needle: &str| page.find(needle).unwrap_or_else(|| panic!("{needle}: {page}"));
    assert!(at("<h3>a-1</h3>") < at("English 0") && at("English 1") < at("<h3>b-2</h3>"));
    assert!(at("<h3>b-2</h3>") < at("English 2"));
    assert_eq!(page.matches("class=\"begins\"").count(), 2);
    assert!(page.contains("Titolo &lt;due&gt;</span>") && page.contains("The articles</h2>"));
    assert!(page.contains("Brief of 2 Italian articles"));
    // Each article's title is one, not only the first one's.
    assert_eq!(
        page.matches("row title\"").count() + page.matches("row cited title\"").count(),
        2
    );
    let text = render(&grouped, Format::Markdown);
    assert!(text.contains("| **a-1** | |\n| Titolo uno | English 0 |"), "{text}");
    assert!(text.contains("| **b-2** | |\n| Titolo"), "{text}");
    let alone = render(&brief(), Format::Html);
    assert!(!alone.contains("class=\"begins\"") && alone.contains("The article</h2>"));
}
