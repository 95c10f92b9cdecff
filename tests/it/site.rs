//! The reader's pages: golden files of two briefs, hostile text, feeds that parse, builds that follow their folder.
mod sample;

use sample::{brief, from_seeds};
use std::{collections::BTreeMap, fs, path::Path};
use sunto::{
    brief::{Brief, Check, Citation, Excerpt, Fact, Finding, Verdict},
    write::site::{build, Built, Options, SiteError},
};

fn save(dir: &Path, briefs: &[Brief]) {
    for (i, b) in briefs.iter().enumerate() {
        let text = serde_json::to_string_pretty(b).unwrap();
        fs::write(dir.join(format!("{i:04}.json")), text).unwrap();
    }
}

/// Builds a site of `briefs` and gives its files by name.
fn site(briefs: &[Brief], options: &Options) -> (Built, BTreeMap<String, String>) {
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("in"), dir.path().join("out"));
    fs::create_dir(&input).unwrap();
    save(&input, briefs);
    let built = build(&input, &output, options).unwrap();
    let files = walkdir::WalkDir::new(&output).into_iter().flatten();
    let files = files.filter(|e| e.file_type().is_file()).map(|e| {
        let name = e.path().strip_prefix(&output).unwrap().display().to_string();
        (name, fs::read_to_string(e.path()).unwrap())
    });
    (built, files.collect())
}

fn with_address() -> Options {
    Options {
        title: "Briefs & notes".into(),
        base_url: Some("https://example.org/site".into()),
    }
}

#[test]
fn two_briefs_as_in_the_golden_files() {
    let (built, files) = site(&sample::two(), &with_address());
    assert_eq!((built.pages, built.rejected.len()), (2, 0));
    for name in [
        "index.html",
        "all.html",
        "briefs/w-1.html",
        "search.js",
        "feed.xml",
        "feed.json",
    ] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden/site")
            .join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, &files[name]).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(
            files[name], expected,
            "{name}: if the change is meant, run with `UPDATE=1`"
        );
    }
}

#[test]
fn building_twice_changes_no_byte_and_withdrawn_briefs_vanish() {
    let dir = tempfile::tempdir().unwrap();
    // The pages stand inside the folder of briefs: they are not read as briefs.
    let output = dir.path().join("public");
    save(dir.path(), &sample::two());
    build(dir.path(), &output, &Options::default()).unwrap();
    let stamp = |name: &str| fs::metadata(output.join(name)).unwrap().modified().unwrap();
    let before = ["index.html", "briefs/w-1.html", "feed.xml"].map(stamp);
    let again = build(dir.path(), &output, &Options::default()).unwrap();
    assert_eq!((again.pages, again.removed), (2, 0));
    assert_eq!(again.rejected, []);
    assert_eq!(before, ["index.html", "briefs/w-1.html", "feed.xml"].map(stamp));

    fs::write(output.join("briefs/mine.html"), "kept").unwrap();
    fs::remove_file(dir.path().join("0000.json")).unwrap();
    let less = build(dir.path(), &output, &Options::default()).unwrap();
    assert_eq!((less.pages, less.removed), (1, 1));
    assert!(!output.join("briefs/w-1.html").exists() && output.join("briefs/mine.html").exists());
    assert!(!fs::read_to_string(output.join("index.html"))
        .unwrap()
        .contains("w-1.html"));
}

const HOSTILE: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \" onmouseover=\"x ' ]]> --> {{ 7*7 }} {% x %}";

#[test]
fn hostile_text_stays_text() {
    let mut b = brief("</script>\"'<svg onload=alert(3)>");
    b.headline = HOSTILE.into();
    b.source.title = Some(HOSTILE.into());
    b.source.date = Some(HOSTILE.into());
    b.source.path = Some(format!("javascript:{HOSTILE}\u{0}\u{1b}\u{2028}"));
    b.summary[0].text = HOSTILE.into();
    b.summary[0].citations[0].quote = HOSTILE.into();
    b.translation[0].source = HOSTILE.into();
    b.translation[0].text = HOSTILE.into();
    for kind in ["place", "agency", "name", HOSTILE] {
        b.facts.push(Fact {
            kind: kind.into(),
            text: HOSTILE.into(),
            source: HOSTILE.into(),
            sentence: 0,
            start: 0,
            end: 0,
        });
    }
    b.findings = vec![finding(0, "<img src=x onerror=alert(2)>", HOSTILE)];
    b.provenance.search = HOSTILE.into();
    let options = Options {
        title: HOSTILE.into(),
        base_url: None,
    };
    let (built, files) = site(&[b], &options);
    assert_eq!(built.pages, 1);
    for (name, text) in &files {
        if name.ends_with(".css") || name == "site.js" {
            continue;
        }
        for bad in ["<script>", "</script><", "<img", "<svg", "onmouseover=\"", "49"] {
            // A hash may hold 49; no text of ours does.
            let text = text.replace(page_name(&files), "");
            assert!(
                name.ends_with("feed.json") && bad != "49" || !text.contains(bad),
                "{name}: `{bad}`"
            );
        }
    }
    let page = &files[&format!("briefs/{}.html", page_name(&files))];
    assert!(page.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"), "{page}");
    assert!(
        page.contains("<mark title=\"place, altered: &lt;&#x2f;script&gt;"),
        "{page}"
    );
    let data = files["search.js"].strip_prefix("globalThis.suntoBriefs = ").unwrap();
    let records: serde_json::Value = serde_json::from_str(data.trim_end().trim_end_matches(';')).unwrap();
    assert_eq!(records[0]["h"], HOSTILE);
    assert!(!data.contains('<') && !data.contains('\u{2028}'));
}

fn page_name(files: &BTreeMap<String, String>) -> &str {
    let page = files
        .keys()
        .find_map(|n| n.strip_prefix("briefs/")?.strip_suffix(".html"));
    page.unwrap()
}

fn finding(sentence: u32, text: &str, reason: &str) -> Finding {
    Finding {
        check: Check::Place,
        verdict: Verdict::Altered,
        source: None,
        target: Some(Excerpt {
            sentence,
            start: 0,
            end: 0,
            text: text.into(),
        }),
        reason: reason.into(),
        repaired: false,
    }
}

#[test]
fn feeds_parse_and_name_every_brief_once() {
    let mut briefs = from_seeds(60);
    briefs[3].headline = "Control \u{0}\u{b}\u{ffff}characters & <tags>".into();
    briefs[4].source.date = None;
    let (_, files) = site(&briefs, &with_address());
    let atom = Atom::parse(&files["feed.xml"]);
    assert_eq!(atom.count("entry"), 50);
    for (element, least) in [
        ("title", 51),
        ("id", 51),
        ("updated", 51),
        ("summary", 50),
        ("author", 1),
    ] {
        assert_eq!(atom.count(element), least, "{element}");
    }
    let mut ids = atom.texts("id");
    assert!(ids.iter().all(|id| id.starts_with("urn:uuid:") && id.len() == 45));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 51);
    let json: serde_json::Value = serde_json::from_str(&files["feed.json"]).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["feed_url"], "https://example.org/site/feed.json");
    let items = json["items"].as_array().unwrap();
    assert_eq!(items.len(), 50);
    for item in items {
        let page = item["url"]
            .as_str()
            .unwrap()
            .strip_prefix("https://example.org/site/")
            .unwrap();
        assert!(files.contains_key(page), "{page}");
        assert!(atom.texts("id").iter().any(|id| item["id"] == id.as_str()));
    }
}

/// Names and texts of an XML file's elements; fails on what is not well-formed.
struct Atom(Vec<(String, String)>);

impl Atom {
    fn parse(xml: &str) -> Self {
        use quick_xml::events::Event;
        let mut reader = quick_xml::Reader::from_str(xml);
        let (mut elements, mut open): (Vec<(String, String)>, Vec<usize>) = (vec![], vec![]);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(e) => {
                    open.push(elements.len());
                    elements.push((String::from_utf8(e.name().as_ref().to_vec()).unwrap(), String::new()));
                }
                Event::Text(t) => {
                    if let Some(&i) = open.last() {
                        elements[i].1.push_str(&t.decode().unwrap());
                    }
                }
                Event::End(_) => drop(open.pop()),
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty());
        let legal = |c: char| c >= ' ' || "\t\n\r".contains(c);
        assert!(xml.chars().all(|c| legal(c) && c != '\u{ffff}' && c != '\u{fffe}'));
        Self(elements)
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|e| e.0 == name).count()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|e| e.0 == name);
        named.map(|e| e.1.trim().to_string()).collect()
    }
}

#[test]
fn citations_and_rows_name_each_other() {
    let (_, files) = site(&from_seeds(12), &Options::default());
    let pages = files
        .iter()
        .filter(|(n, _)| n.starts_with("briefs/") && n.ends_with(".html"));
    let mut links = 0;
    for (name, html) in pages {
        let ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|p| p.split('"').next())
            .collect();
        for attribute in ["href=\"#", "data-lights=\""] {
            for target in html.split(attribute).skip(1).filter_map(|p| p.split('"').next()) {
                for id in target.split_whitespace() {
                    assert!(ids.contains(&id), "{name}: `{id}`");
                    links += 1;
                }
            }
        }
        let mut once = ids.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "{name}: an id stands twice");
    }
    assert!(links > 200, "{links}");
}

#[test]
fn a_citation_without_its_row_is_no_dead_link() {
    let mut b = brief("x");
    b.summary[0].citations.push(Citation {
        sentence: 77,
        start: 0,
        end: 3,
        quote: "Non tradotta.".into(),
    });
    let (_, files) = site(&[b], &Options::default());
    let page = &files["briefs/x.html"];
    assert!(!page.contains("href=\"#s78\"") && page.contains("<span class=\"cite\" title=\"Non tradotta.\">78</span>"));
}

#[test]
fn findings_stand_where_their_words_are() {
    let mut b = brief("x");
    b.summary[0].text = "Police in Rome seized 26 phones.".into();
    b.translation[0].text = "In Rome 26 phones were seized.".into();
    b.translation[0].source = "A Roma sequestrati 25 telefoni.".into();
    let mut about_brief = finding(0, "26 phones", "the Italian says 25");
    about_brief.source = Some(Excerpt {
        sentence: 1,
        start: 0,
        end: 0,
        text: "nowhere".into(),
    });
    let mut repaired = finding(0, "Rome", "mended");
    repaired.repaired = true;
    let mut supported = finding(0, "Rome", "as it says");
    supported.verdict = Verdict::Supported;
    b.findings = vec![finding(0, "In Rome", "which Rome"), about_brief, repaired, supported];
    let (_, files) = site(&[b], &Options::default());
    let page = &files["briefs/x.html"];
    assert!(
        page.contains("<mark title=\"place, altered: which Rome\">In Rome</mark> 26 phones"),
        "{page}"
    );
    assert!(page
        .contains("seized <mark title=\"place, altered: the Italian says 25\"><a href=\"#f2\">26 phones</a></mark>."));
    assert!(!page.contains("mended") && page.contains("1 passage agrees with the Italian"));
    assert!(files["search.js"].contains("\"f\":2,\"c\":[\"place\"]"));
}

#[test]
fn a_brief_that_quotes_its_article_is_marked_too() {
    let mut b = brief("x");
    b.translation[0].text = "Phones were seized.".into();
    b.summary[0].text = "On Friday: Phones were seized.".into();
    b.findings = vec![finding(0, "seized", "the Italian says more")];
    let (_, files) = site(&[b], &Options::default());
    let page = &files["briefs/x.html"];
    let mark = "<mark title=\"place, altered: the Italian says more\">";
    assert!(page.contains(&format!("Phones were {mark}seized</mark>.")), "{page}");
    assert!(
        page.contains(&format!("Phones were {mark}<a href=\"#f1\">seized</a></mark>.")),
        "{page}"
    );
}

#[test]
fn lines_are_briefs_too_and_what_is_none_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("in"), dir.path().join("out"));
    fs::create_dir_all(input.join("sub")).unwrap();
    let line = |id: &str| serde_json::to_string(&brief(id)).unwrap();
    fs::write(
        input.join("all.jsonl"),
        format!("{}\n\n{{\"error\": \"bad article\"}}\n{}", line("a"), line("b")),
    )
    .unwrap();
    fs::write(input.join("sub/c.json"), line("c")).unwrap();
    fs::write(input.join("sub/a.json"), line("a")).unwrap(); // the same id and path again
    let mut other = brief("a");
    other.source.path = Some("elsewhere/a.txt".into());
    fs::write(input.join("sub/d.json"), serde_json::to_string(&other).unwrap()).unwrap();
    fs::write(input.join("manifest.json"), "{}").unwrap();
    fs::write(input.join("notes.txt"), "no brief").unwrap();
    fs::write(input.join("half.json"), &line("h")[..40]).unwrap();
    let built = build(&input, &output, &Options::default()).unwrap();
    let mut rejected: Vec<&str> = built
        .rejected
        .iter()
        .map(|(p, _)| p.rsplit('/').next().unwrap())
        .collect();
    rejected.sort();
    assert_eq!(built.pages, 5, "{:?}", built.rejected);
    assert_eq!(rejected, ["all.jsonl:3", "half.json"]);
    for name in ["a", "b", "c"] {
        assert!(output.join(format!("briefs/{name}.html")).exists(), "{name}");
    }
}

#[test]
fn errors_name_the_thing() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("none");
    let error = build(&missing, &dir.path().join("out"), &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read `{}`", missing.display()));
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let error = build(&empty, &dir.path().join("out"), &Options::default()).unwrap_err();
    assert!(matches!(error, SiteError::NoBriefs { .. }), "{error}");
    fs::write(dir.path().join("file"), "").unwrap();
    let error = build(&empty, &dir.path().join("file"), &Options::default()).unwrap_err();
    assert!(matches!(error, SiteError::Unwritable { .. }), "{error}");
    let options = Options {
        base_url: Some("example.org".into()),
        ..Options::default()
    };
    let error = build(&empty, &dir.path().join("out"), &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "base address `example.org` does not begin with `https://` or `http://`"
    );
}

/// Two thousand briefs for `tests/browser`: `SITE_SAMPLE=DIR cargo test --test it site::` writes them there.
#[test]
fn two_thousand_briefs_make_a_site() {
    let briefs = from_seeds(2000);
    assert_eq!(briefs.len(), 2000);
    match std::env::var_os("SITE_SAMPLE") {
        Some(dir) => {
            fs::create_dir_all(&dir).unwrap();
            save(Path::new(&dir), &briefs);
        }
        None => {
            let (built, files) = site(&briefs, &Options::default());
            assert_eq!((built.pages, built.rejected.len()), (2000, 0));
            assert!(files["index.html"].len() < 100_000, "{}", files["index.html"].len());
            assert!(files["search.js"].len() < 4_000_000, "{}", files["search.js"].len());
        }
    }
}
