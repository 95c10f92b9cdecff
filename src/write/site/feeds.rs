//! The newest briefs as an Atom feed (RFC 4287) and as a JSON feed (version 1.1).
use super::{entry::Entry, Options};
use crate::text::hex::hex;
use crate::write::{dates, text::tidy};
use quick_xml::{
    events::{BytesDecl, BytesText, Event},
    Writer,
};
use serde_json::{json, Map, Value};
use sha2::{Digest, Sha256};
use std::io;

/// Briefs in a feed.
const NEWEST: usize = 50;

/// The time of an article without a date: Atom requires one, and a clock would make two builds differ.
const UNDATED: &str = "1970-01-01T00:00:00Z";

/// The Atom feed; links are absolute where the site's address is known, else relative as Atom allows.
pub fn atom(entries: &[Entry], options: &Options, base: Option<&str>) -> String {
    let mut writer = Writer::new_with_indent(vec![], b' ', 1);
    // Writing to memory cannot fail.
    let _ = feed(&mut writer, entries, options, base);
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    text
}

fn feed(w: &mut Writer<Vec<u8>>, entries: &[Entry], options: &Options, base: Option<&str>) -> io::Result<()> {
    let newest = &entries[..entries.len().min(NEWEST)];
    let updated = newest.iter().find_map(|e| dates::rfc3339(&e.day));
    let home = base.unwrap_or("./").to_string();
    w.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    w.create_element("feed")
        .with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "en")])
        .write_inner_content(|w| {
            leaf(w, "title", &options.title)?;
            leaf(w, "id", &urn(base.unwrap_or(&options.title)))?;
            leaf(w, "updated", updated.as_deref().unwrap_or(UNDATED))?;
            link(w, "self", &format!("{home}feed.xml"))?;
            link(w, "alternate", &home)?;
            w.create_element("author")
                .write_inner_content(|w| leaf(w, "name", &options.title))?;
            leaf(w, "generator", concat!("sunto ", env!("CARGO_PKG_VERSION")))?;
            for e in newest {
                w.create_element("entry").write_inner_content(|w| {
                    leaf(w, "title", &e.headline)?;
                    leaf(w, "id", &urn(&e.id))?;
                    leaf(w, "updated", dates::rfc3339(&e.day).as_deref().unwrap_or(UNDATED))?;
                    link(
                        w,
                        "alternate",
                        &format!("{}briefs/{}.html", base.unwrap_or_default(), e.page),
                    )?;
                    for tag in e.places.iter().chain(&e.agencies) {
                        w.create_element("category")
                            .with_attribute(("term", tag.as_str()))
                            .write_empty()?;
                    }
                    leaf(w, "summary", &e.text)
                })?;
            }
            Ok(())
        })?;
    Ok(())
}

fn leaf(w: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    w.create_element(name).write_text_content(BytesText::new(&tidy(text)))?;
    Ok(())
}

fn link(w: &mut Writer<Vec<u8>>, rel: &str, href: &str) -> io::Result<()> {
    w.create_element("link")
        .with_attributes([("rel", rel), ("href", href)])
        .write_empty()?;
    Ok(())
}

/// A lasting name for a feed's entry that needs no address: a UUID of version 8 (RFC 9562) from a hash.
fn urn(name: &str) -> String {
    let mut b: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    b[6] = (b[6] & 0x0f) | 0x80;
    b[8] = (b[8] & 0x3f) | 0x80;
    let hex = hex(&b[..16]);
    let [a, b, c, d, e] = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{a}-{b}-{c}-{d}-{e}")
}

/// The JSON feed.
pub fn json(entries: &[Entry], options: &Options, base: Option<&str>) -> String {
    let items: Vec<Value> = entries
        .iter()
        .take(NEWEST)
        .map(|e| {
            let mut item = Map::new();
            item.insert("id".into(), urn(&e.id).into());
            item.insert(
                "url".into(),
                format!("{}briefs/{}.html", base.unwrap_or_default(), e.page).into(),
            );
            item.insert("title".into(), e.headline.clone().into());
            item.insert("content_text".into(), e.text.clone().into());
            if let Some(date) = dates::rfc3339(&e.day) {
                item.insert("date_published".into(), date.into());
            }
            let tags: Vec<&String> = e.places.iter().chain(&e.agencies).collect();
            if !tags.is_empty() {
                item.insert("tags".into(), json!(tags));
            }
            item.into()
        })
        .collect();
    let mut feed = Map::new();
    feed.insert("version".into(), "https://jsonfeed.org/version/1.1".into());
    feed.insert("title".into(), options.title.clone().into());
    if let Some(base) = base {
        feed.insert("home_page_url".into(), base.into());
        feed.insert("feed_url".into(), format!("{base}feed.json").into());
    }
    feed.insert("language".into(), "en".into());
    feed.insert("items".into(), items.into());
    let mut text = serde_json::to_string_pretty(&feed).unwrap_or_default();
    text.push('\n');
    text
}
