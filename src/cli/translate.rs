//! `sunto translate`: an article sentence by sentence, or lines as they come.
//!
//! With `--lines` it serves as a step of a pipeline: a batch is what has arrived, never more than has arrived, and
//! each batch is flushed, so that a caller who waits for an answer before it sends the next line is served at once.
use super::{
    args::translate::{TranslateArgs, TranslateFormat},
    failure::{self},
    output,
    progress::Progress,
    settings::Settings,
    translator,
};
use crate::{
    brief::{repair, Finding, Translate, Translated},
    read,
    text::{calendar::Date, normalize::one_line, Article, SentenceId},
    Error,
};
use serde_json::json;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    process::ExitCode,
    sync::mpsc::{sync_channel, Receiver},
};

pub fn run(settings: &Settings, args: &TranslateArgs) -> anyhow::Result<ExitCode> {
    if args.batch == 0 {
        return Err(Error::new("`batch` is 0, expected at least 1").into());
    }
    let model = settings.model(&args.model)?;
    if args.lines {
        let input = open(&args.input)?;
        let translator = translator::open(settings, &model)?;
        return lines(translator.as_ref(), input, args);
    }
    articles(translator::open(settings, &model)?.as_ref(), settings, args)
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, Error> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let shown = path.display();
    match File::open(path) {
        Ok(_) if path.is_dir() => Err(Error::new(format!("`{shown}` is a folder")).hint("give a file of lines")),
        Ok(file) => Ok(Box::new(file)),
        Err(e) => Err(Error::new(format!("cannot read `{shown}`"))
            .caused_by(e)
            .hint("check the path; `-` reads standard input")),
    }
}

/// One line out for each line in.
fn lines(translator: &dyn Translate, input: Box<dyn Read + Send>, args: &TranslateArgs) -> anyhow::Result<ExitCode> {
    let (sender, receiver) = sync_channel::<io::Result<String>>(4 * args.batch);
    // The reader ends with its input or, once nobody listens, with the next line; nobody has to wait for it.
    std::thread::spawn(move || {
        let mut input = BufReader::new(input);
        let mut bytes = vec![];
        loop {
            bytes.clear();
            let line = match input.read_until(b'\n', &mut bytes) {
                Ok(0) => return,
                Ok(_) => Ok(text(&bytes)),
                Err(e) => Err(e),
            };
            let failed = line.is_err();
            if sender.send(line).is_err() || failed {
                return;
            }
        }
    });
    let mut number = 0;
    while let Some(batch) = arrived(&receiver, args.batch)? {
        let filled: Vec<&str> = batch.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
        let mut translated = translator.translate(&filled)?.into_iter();
        let mut out = String::new();
        for line in &batch {
            number += 1;
            let english = match line.trim().is_empty() {
                true => Translated::default(),
                false => translated.next().unwrap_or_default(),
            };
            let findings = findings(line.trim(), &english, args.format, None);
            let mut record = json!({
                "line": number, "source": line, "text": english.text, "score": english.score, "findings": findings,
            });
            put(&mut out, args.format, line, &english.text, &mut record);
        }
        output::print(&out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The next lines: waits for one, takes what else is there.
fn arrived(receiver: &Receiver<io::Result<String>>, most: usize) -> io::Result<Option<Vec<String>>> {
    let Ok(first) = receiver.recv() else { return Ok(None) };
    let mut batch = vec![first?];
    while batch.len() < most {
        match receiver.try_recv() {
            Ok(line) => batch.push(line?),
            Err(_) => break,
        }
    }
    Ok(Some(batch))
}

/// A line without its end; bytes that are not UTF-8 become the replacement character.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    text.strip_suffix('\r').unwrap_or(text).to_string()
}

/// Articles, sentence by sentence.
fn articles(translator: &dyn Translate, settings: &Settings, args: &TranslateArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new(settings, || None, "articles");
    let mut failed = false;
    for (n, article) in read::open(&args.input).enumerate() {
        match article {
            Ok(article) => {
                progress.at(&article.id);
                let (ids, sentences): (Vec<SentenceId>, Vec<&str>) =
                    article.content().map(|(id, _, t)| (id, t)).unzip();
                let english = translator.translate(&sentences)?;
                let text = document(&article, &ids, &english, args.format);
                progress.suspend(|| {
                    if n > 0 && args.format == TranslateFormat::Text {
                        output::print("\n\n")?;
                    }
                    output::print(&text)
                })?;
            }
            Err(error) => {
                failed = true;
                progress.error(&failure::lines(&error.into()));
            }
        }
        progress.step();
    }
    progress.finish();
    Ok(ExitCode::from(u8::from(failed)))
}

/// Paragraphs as text, or one line a sentence.
fn document(article: &Article, ids: &[SentenceId], english: &[Translated], format: TranslateFormat) -> String {
    let mut out = String::new();
    let mut paragraph = None;
    for (id, english) in ids.iter().zip(english) {
        let sentence = &article.sentences[id.0 as usize];
        let source = article.sentence(*id);
        if format == TranslateFormat::Text {
            match paragraph {
                None => (),
                Some(p) if p == sentence.paragraph => out.push(' '),
                Some(_) => out.push_str("\n\n"),
            }
            paragraph = Some(sentence.paragraph);
            out.push_str(&one_line(&english.text));
            continue;
        }
        let findings: Vec<Finding> = findings(source, english, format, article.meta.day())
            .into_iter()
            .map(|f| f.about(id.0))
            .collect();
        let mut record = json!({
            "article": article.id, "sentence": id.0, "source": source, "text": english.text, "score": english.score,
            "findings": findings,
        });
        put(&mut out, format, source, &english.text, &mut record);
    }
    if format == TranslateFormat::Text && !out.is_empty() {
        out.push('\n');
    }
    out
}

/// What asks for a look and what was mended, for the format that shows it.
fn findings(source: &str, english: &Translated, format: TranslateFormat, day: Option<Date>) -> Vec<Finding> {
    match format == TranslateFormat::Jsonl && !source.is_empty() {
        true => repair::faults(source, english, day)
            .into_iter()
            .chain(english.findings.iter().cloned())
            .collect(),
        false => vec![],
    }
}

/// One line in a format.
fn put(out: &mut String, format: TranslateFormat, source: &str, english: &str, record: &mut serde_json::Value) {
    match format {
        TranslateFormat::Text => out.push_str(&one_line(english)),
        TranslateFormat::Tsv => {
            out.push_str(&one_line(source));
            out.push('\t');
            out.push_str(&one_line(english));
        }
        TranslateFormat::Jsonl => out.push_str(&record.take().to_string()),
    }
    out.push('\n');
}
