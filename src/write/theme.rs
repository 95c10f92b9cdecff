//! Templates, style and script of the pages: real files under `write/theme`, compiled in.
use super::text;
use minijinja::{syntax::SyntaxConfig, AutoEscape, Environment, Value};
use std::sync::LazyLock;

/// Style of a brief's page, and of what all pages share.
pub const STYLE: &str = include_str!("theme/style.css");

/// Style of a site: that of its briefs, its index and its list.
pub const SITE_STYLE: &str = concat!(include_str!("theme/style.css"), include_str!("theme/site/index.css"));

/// Script of a site.
pub const SITE_SCRIPT: &str = include_str!("theme/site/site.js");

const TEMPLATES: [(&str, &str); 4] = [
    ("shell.html", include_str!("theme/shell.html")),
    ("brief.html", include_str!("theme/brief.html")),
    ("index.html", include_str!("theme/site/index.html")),
    ("all.html", include_str!("theme/site/all.html")),
];

static THEME: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .expect("the usual delimiters"),
    );
    env.add_filter("quoted", text::quoted);
    for (name, source) in TEMPLATES {
        env.add_template(name, source)
            .expect("a template that the tests render");
    }
    env
});

/// A page from its template; every value is escaped.
///
/// # Errors
/// Of the template, which the tests render.
pub fn render(name: &str, context: impl Into<Value>) -> Result<String, minijinja::Error> {
    THEME.get_template(name)?.render(context.into())
}
