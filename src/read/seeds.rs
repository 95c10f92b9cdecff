//! The `#ART` format of `seeds/articles`: bilingual articles with a reference brief, for measuring and for training.
use super::{Fault, ReadError};
use crate::text::{Article, Meta, Role, Sentence, SentenceId, Span};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// What a person wrote for an article: the English, the brief, and what a brief must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// English of each sentence of the article: same length and order as `Article::sentences`.
    pub translations: Vec<String>,
    pub headline: String,
    pub brief: String,
    /// Key facts, one sentence each.
    pub facts: Vec<String>,
    /// Body sentences that the brief rests on, in the order given.
    pub support: Vec<SentenceId>,
    /// Numbers, dates and names that a full translation keeps.
    pub must: Vec<String>,
    pub topic: String,
    pub genre: String,
    /// `YYYY-MM-DD`.
    pub date: String,
}

/// The articles of one file, with their references.
pub fn open(path: impl AsRef<Path>) -> Result<Seeds, ReadError> {
    let path = path.as_ref();
    let shown = path.to_string_lossy().into_owned();
    match std::fs::File::open(path) {
        Ok(file) => Ok(Seeds::new(
            Box::new(BufReader::new(file)),
            &shown,
            super::Options::default().max_bytes,
        )),
        Err(e) => Err(ReadError::new(shown, e.into())),
    }
}

/// A stream of articles: one is held at a time.
pub struct Seeds {
    reader: Box<dyn BufRead + Send>,
    shown: String,
    line: usize,
    limit: u64,
    done: bool,
}

impl Seeds {
    pub fn new(reader: Box<dyn BufRead + Send>, shown: &str, limit: u64) -> Self {
        Self {
            reader,
            shown: shown.into(),
            line: 0,
            limit,
            done: false,
        }
    }

    fn next_line(&mut self) -> Result<Option<String>, Fault> {
        let mut bytes = Vec::new();
        self.reader
            .by_ref()
            .take(self.limit + 1)
            .read_until(b'\n', &mut bytes)
            .map_err(Fault::Unreadable)?;
        if bytes.len() as u64 > self.limit {
            return Err(Fault::TooLarge { limit: self.limit });
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        let line = String::from_utf8(bytes).map_err(|_| bad("not UTF-8"))?;
        Ok(Some(line.trim_start_matches('\u{feff}').trim_end().to_string()))
    }

    /// Reads to the next `#END`.
    fn next_article(&mut self) -> Result<Option<(Article, Reference)>, Fault> {
        let mut entry = loop {
            let Some(line) = self.next_line()? else { return Ok(None) };
            if let Some(id) = line.strip_prefix("#ART ") {
                break Entry::new(id.trim(), format!("{}:{}", self.shown, self.line));
            }
            if !line.is_empty() {
                return Err(bad(format!(
                    "expected `#ART`, got `{}`",
                    line.chars().take(40).collect::<String>()
                )));
            }
        };
        loop {
            let line = self.next_line()?.ok_or_else(|| bad("no `#END`"))?;
            if line == "#END" {
                return entry.finish().map(Some);
            }
            entry.take(&line)?;
        }
    }
}

impl Iterator for Seeds {
    type Item = Result<(Article, Reference), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.next_article() {
            Ok(found) => found.map(Ok),
            Err(fault) => {
                // Where one article ends cannot be known after a fault: the rest of the file is given up.
                self.done = true;
                Some(Err(ReadError::new(
                    format!("{}:{}", self.shown, self.line.max(1)),
                    fault,
                )))
            }
        }
    }
}

fn bad(reason: impl Into<String>) -> Fault {
    Fault::BadRecord { reason: reason.into() }
}

/// One article while its lines come in.
struct Entry {
    article: Article,
    reference: Reference,
    support: Vec<usize>,
    paragraph: u32,
    /// A paragraph begins with the next sentence.
    parted: bool,
    in_brief: bool,
}

impl Entry {
    fn new(id: &str, path: String) -> Self {
        let meta = Meta {
            path: Some(path),
            language: Some("ita".into()),
            ..Meta::default()
        };
        let article = Article {
            id: super::source::tidy(id),
            meta,
            ..Article::default()
        };
        Self {
            article,
            reference: Reference::default(),
            support: vec![],
            paragraph: 0,
            parted: false,
            in_brief: false,
        }
    }

    fn take(&mut self, line: &str) -> Result<(), Fault> {
        match line {
            "" => return Ok(()),
            "P" if !self.in_brief => {
                self.parted = true;
                return Ok(());
            }
            "BRIEF" => {
                self.in_brief = true;
                return Ok(());
            }
            _ => {}
        }
        let field = |name: &str| line.strip_prefix(name).map(|v| v.trim().to_string());
        if self.in_brief {
            let r = &mut self.reference;
            if let Some(v) = field("H:") {
                r.headline = v;
            } else if let Some(v) = field("B:") {
                r.brief = v;
            } else if let Some(v) = field("F:") {
                r.facts.push(v);
            } else if let Some(v) = field("X:") {
                let numbers: Result<Vec<usize>, _> = v.split(',').map(|n| n.trim().parse()).collect();
                self.support = numbers.map_err(|_| bad("`X:` holds numbers of body sentences, parted by commas"))?;
            } else if let Some(v) = field("M:") {
                r.must = v
                    .split(';')
                    .map(|m| m.trim().to_string())
                    .filter(|m| !m.is_empty())
                    .collect();
            } else {
                return Err(bad("expected `H:`, `B:`, `F:`, `X:`, `M:` or `#END`"));
            }
            return Ok(());
        }
        if !line.contains(" ||| ") {
            if let Some(v) = field("topic:") {
                self.reference.topic = v;
                return Ok(());
            } else if let Some(v) = field("genre:") {
                self.reference.genre = v;
                return Ok(());
            } else if let Some(v) = field("date:") {
                self.article.meta.date = super::dates::normalise(&v);
                self.reference.date = v;
                return Ok(());
            }
        }
        let (role, line) = match (line.strip_prefix("T: "), line.strip_prefix("S: ")) {
            (Some(rest), _) => (Role::Title, rest),
            (_, Some(rest)) => (Role::Standfirst, rest),
            _ => (Role::Body, line),
        };
        let (italian, english) = line
            .split_once(" ||| ")
            .ok_or_else(|| bad("expected `Italian ||| English`"))?;
        if italian.trim().is_empty() {
            return Err(bad("no Italian before `|||`"));
        }
        self.add(italian.trim(), english.trim(), role);
        Ok(())
    }

    fn add(&mut self, italian: &str, english: &str, role: Role) {
        let text = &mut self.article.text;
        if !self.article.sentences.is_empty() {
            let apart = self.parted || self.article.sentences.last().is_some_and(|s| s.role != role);
            self.paragraph += u32::from(apart);
            text.push_str(if apart { "\n\n" } else { " " });
        }
        self.parted = false;
        let start = text.len();
        text.push_str(italian);
        let span = Span::new(start, text.len());
        if role == Role::Title {
            self.article.meta.title = Some(italian.to_string());
        }
        self.article.sentences.push(Sentence {
            span,
            paragraph: self.paragraph,
            role,
        });
        self.reference.translations.push(english.to_string());
    }

    fn finish(mut self) -> Result<(Article, Reference), Fault> {
        let body: Vec<SentenceId> = self
            .article
            .sentences
            .iter()
            .enumerate()
            .filter(|(_, s)| s.role == Role::Body)
            .map(|(i, _)| SentenceId(i as u32))
            .collect();
        for n in self.support {
            let id = n.checked_sub(1).and_then(|i| body.get(i));
            self.reference
                .support
                .push(*id.ok_or_else(|| bad(format!("`X:` names sentence {n} of {}", body.len())))?);
        }
        if body.is_empty() {
            return Err(Fault::Empty);
        }
        Ok((self.article, self.reference))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<(Article, Reference), ReadError>> {
        Seeds::new(
            Box::new(std::io::Cursor::new(text.as_bytes().to_vec())),
            "a.txt",
            1 << 20,
        )
        .collect()
    }

    #[test]
    fn reads_an_article() {
        let text =
            "#ART w9-001\ntopic: prova\ngenre: news report\ndate: 2024-02-09\nT: Titolo ||| Title\nP\nUno. ||| One.\n\
                    Due. ||| Two.\nP\nTre. ||| Three.\nBRIEF\nH: Head\nB: Brief one.\nF: A fact\nF: Another\nX: 1,3\n\
                    M: 2; Roma\n#END\n";
        let (article, reference) = read(text).remove(0).unwrap();
        assert_eq!(article.text, "Titolo\n\nUno. Due.\n\nTre.");
        assert_eq!(reference.translations, ["Title", "One.", "Two.", "Three."]);
        assert_eq!(reference.support, [SentenceId(1), SentenceId(3)]);
        assert_eq!(reference.must, ["2", "Roma"]);
        assert_eq!(
            article.sentences.iter().map(|s| s.paragraph).collect::<Vec<_>>(),
            [0, 1, 1, 2]
        );
    }

    #[test]
    fn names_the_line_at_fault() {
        for (text, expected) in [
            ("Ciao\n", "bad record at `a.txt:1`: expected `#ART`, got `Ciao`"),
            (
                "#ART a\nUno.\n",
                "bad record at `a.txt:2`: expected `Italian ||| English`",
            ),
            ("#ART a\nUno. ||| One.\n", "bad record at `a.txt:2`: no `#END`"),
            (
                "#ART a\nUno. ||| One.\nBRIEF\nX: 2\n#END\n",
                "bad record at `a.txt:5`: `X:` names sentence 2 of 1",
            ),
        ] {
            let errors: Vec<String> = read(text)
                .into_iter()
                .filter_map(|r| r.err().map(|e| e.to_string()))
                .collect();
            assert_eq!(errors, [expected]);
        }
    }

    #[test]
    fn reads_all_articles_of_the_project() {
        let mut count = 0;
        for entry in std::fs::read_dir("seeds/articles").unwrap() {
            for seed in open(entry.unwrap().path()).unwrap() {
                let (article, reference) = seed.unwrap();
                assert_eq!(article.sentences.len(), reference.translations.len());
                assert!(article.meta.title.is_some() && !reference.brief.is_empty() && !reference.support.is_empty());
                count += 1;
            }
        }
        assert!(count >= 380, "{count}");
    }
}
