//! Suites and their corpus: every suite opens, no test sentence is in training, runs resume, reports gate.
use crate::command::run;
use std::{
    collections::HashSet,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};
use sunto::eval::{suite::Split, Corpus, EvalReport, Suite};
use unicode_normalization::UnicodeNormalization;

fn sunto(args: &[&str]) -> (i32, String, String) {
    run(Path::new("."), args, "")
}

#[test]
fn every_suite_opens() {
    for entry in fs::read_dir("eval").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let suite = Suite::open(&path).unwrap();
            assert_eq!(suite.split, Split::Test, "{}", suite.name);
            assert!(!Corpus::open(&suite.corpus, suite.split).unwrap().items.is_empty());
        }
    }
}

/// Formulas of court reporting that training articles have too; what is shorter than five words is of no one.
const FORMULAS: &[&str] = &[
    "Le motivazioni saranno depositate entro novanta giorni.",
    "Nessuna misura personale è stata richiesta.",
    "In the same period of the previous year there had been 29 cases.",
];

/// Letters without accents, in lower case, and every figure as 0: spelling of quotes and spaces hides nothing, and
/// neither does a date or sum that was changed.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    for c in text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        match c.is_numeric() {
            true if bare.ends_with('0') => {}
            true => bare.push('0'),
            false => bare.push(c),
        }
    }
    bare
}

/// Sentences of both languages in a line of `#ART` or pair files, or of tab-separated pairs.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let line = ["T: ", "S: ", "F: "]
        .iter()
        .find_map(|p| line.strip_prefix(p))
        .unwrap_or(line);
    line.split(" ||| ").flat_map(|part| part.split('\t'))
}

/// The files that training reads: seeds/articles/train-*.txt and seeds/pairs/*.txt, as docs/data.md and the recipe say,
/// and, where `SUNTO_CORPUS` names a folder, the texts of others in it.
fn training_files() -> Vec<PathBuf> {
    let list = fs::read_to_string("docs/data.md").unwrap();
    assert!(list.contains("`seeds/articles/train-*.txt`, `seeds/pairs/*.txt`"));
    let recipe = fs::read_to_string("models/small-it-en/recipe/README.md").unwrap();
    for line in recipe.lines().filter(|l| l.contains("eval-")) {
        let lower = line.to_lowercase();
        assert!(
            lower.contains("held out") || lower.contains("never"),
            "the recipe reads the test split: {line}"
        );
    }
    let mut files = vec![];
    let mut folders = vec![PathBuf::from("seeds/articles"), PathBuf::from("seeds/pairs")];
    folders.extend(std::env::var_os("SUNTO_CORPUS").map(PathBuf::from));
    for folder in folders {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = [".txt", ".tsv", ".it", ".en"].iter().any(|e| name.ends_with(e));
            if path.is_file() && !name.to_lowercase().starts_with("eval") && text {
                files.push(path);
            }
        }
    }
    if let Some(folder) = std::env::var_os("SUNTO_CORPUS").map(PathBuf::from) {
        let read = files.iter().filter(|f| f.starts_with(&folder)).count();
        assert!(read > 0, "`SUNTO_CORPUS` holds no text");
    }
    files
}

/// What training reads, in the two forms in which a test sentence is looked for.
#[derive(Default)]
struct Trained {
    sentences: HashSet<String>,
    /// Runs of eight words: a sentence that shares most of them with training is that sentence, reworded at an end.
    runs: HashSet<u64>,
}

impl Trained {
    fn read(&mut self, text: &str) {
        for text in text.lines().flat_map(sentences) {
            self.sentences.insert(bare(text));
            self.runs.extend(runs_of(text));
        }
    }

    fn has(&self, text: &str) -> bool {
        let own = runs_of(text);
        let shared = own.iter().filter(|r| self.runs.contains(r)).count();
        self.sentences.contains(&bare(text)) || 2 * shared > own.len()
    }
}

#[test]
fn a_leak_is_found_however_it_is_written() {
    let check = |trained: &str, tested: &str, expected: bool| {
        let mut read = Trained::default();
        read.read(trained);
        assert_eq!(read.has(tested), expected, "{tested:?} in {trained:?}");
    };
    let sentence = "Il 3 marzo la giunta ha approvato il bilancio di previsione con 14 voti favorevoli e due astenuti.";
    check(sentence, sentence, true);
    check(
        "S: Il 7 marzo la giunta ha  approvato il bilancio di previsione con 19 voti favorevoli e due astenuti ||| X",
        sentence,
        true,
    );
    check(
        "X\tIL 3 MARZO la giunta ha approvato il bilancio di previsione con 14 voti favorevoli e «due» astenuti",
        sentence,
        true,
    );
    check(
        "Come noto, il 3 marzo la giunta ha approvato il bilancio di previsione con 14 voti favorevoli.",
        sentence,
        true,
    );
    check(
        "Il 3 marzo la giunta ha respinto il bilancio di previsione con 14 voti favorevoli e due astenuti.",
        sentence,
        false,
    );
    check("La giunta ha approvato il bilancio di previsione.", sentence, false);
    check("", sentence, false);
}

#[test]
fn no_test_sentence_is_in_the_training_files() {
    let mut trained = Trained::default();
    for path in training_files() {
        trained.read(&fs::read_to_string(&path).unwrap());
    }
    let count = trained.sentences.len();
    assert!(count > 20_000, "only {count} training sentences read");
    let corpus = Corpus::open(Path::new("seeds/articles"), Split::Test).unwrap();
    let (mut leaked, mut checked) = (vec![], 0);
    for item in &corpus.items {
        let italian = item.article.sentences.iter().map(|s| s.span.of(&item.article.text));
        let reference = &item.reference;
        let english = reference
            .translations
            .iter()
            .chain(&reference.facts)
            .map(String::as_str);
        let briefs = [reference.headline.as_str(), reference.brief.as_str()];
        for text in italian.chain(english).chain(briefs) {
            let words = text.split_whitespace().count();
            if words < 5 || FORMULAS.contains(&text) {
                continue;
            }
            checked += 1;
            if trained.has(text) {
                leaked.push(text.to_string());
            }
        }
    }
    assert!(checked > 900, "only {checked} test sentences checked");
    assert!(
        leaked.is_empty(),
        "test sentences in training files:\n{}",
        leaked.join("\n")
    );
}

fn runs_of(text: &str) -> Vec<u64> {
    let words: Vec<String> = text.split_whitespace().map(bare).filter(|w| !w.is_empty()).collect();
    let hash = |run: &[String]| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    };
    words.windows(8).map(hash).collect()
}

const SMALL: &str = "#ART small-1\ntopic: town council\ngenre: cronaca\ndate: 2024-03-01\n\
    T: Il bilancio è approvato ||| The budget is approved\nP\n\
    Il consiglio comunale ha approvato ieri il bilancio di previsione. ||| The council approved the budget yesterday.\n\
    BRIEF\nH: Council approves budget\nB: The council approved its budget yesterday.\nF: The budget was approved\n\
    X: 1\nM: bilancio\n#END\n";

/// Two settings of one model in one suite: the settings are those of `sunto.toml`, and reach the systems.
#[test]
fn systems_take_settings_as_the_command_does() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    fs::create_dir(&corpus).unwrap();
    fs::write(corpus.join("eval-01.txt"), SMALL).unwrap();
    let suite = folder.path().join("s.toml");
    let text = format!(
        "task = \"translate\"\ncorpus = '{}'\nmetrics = [\"chrf\", \"hallucination\"]\nthreads = 1\n\
         [[system]]\nname = \"narrow\"\nstrategy = \"lead\"\nbeams = 1\nmax-tokens = 3\nno-repair = true\n\
         [[system]]\nname = \"plain\"\nstrategy = \"lead\"\nbeams = 2\nno-repair = true\n\
         [significance]\ntrials = 50\nresamples = 20\n",
        corpus.display()
    );
    fs::write(&suite, text).unwrap();
    let out = folder.path().join("o");
    let (code, _, err) = sunto(&[
        "eval",
        "run",
        &suite.display().to_string(),
        "-o",
        &out.display().to_string(),
    ]);
    assert_eq!(code, 0, "{err}");
    let report = EvalReport::open(&out.join("report.json")).unwrap();
    let (narrow, plain) = (report.system("narrow").unwrap(), report.system("plain").unwrap());
    assert_eq!(narrow.about, "beams:1|max-tokens:3|no-repair:true|strategy:lead");
    assert!(
        narrow.fingerprint.contains("lead|small-it-en|"),
        "{}",
        narrow.fingerprint
    );
    let words = |s: &str| s.split_whitespace().count();
    assert!(narrow.outputs.iter().all(|o| words(o) <= 3));
    assert!(plain.outputs.iter().any(|o| words(o) > 6));
    assert!(plain.score("chrf").unwrap().score > narrow.score("chrf").unwrap().score);
    assert!(plain.cost.seconds > 0.0);
}

/// A folder with a suite over the test split whose two systems are files: the references, and spoiled references.
fn two_systems() -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(Path::new("seeds/articles"), Split::Test).unwrap();
    let good: Vec<String> = corpus
        .items
        .iter()
        .flat_map(|i| i.reference.translations.clone())
        .collect();
    let spoil = |line: &String| line.split_whitespace().rev().collect::<Vec<_>>().join(" ");
    let write = |name: &str, lines: Vec<String>| fs::write(folder.path().join(name), lines.join("\n") + "\n").unwrap();
    write("bad.txt", good.iter().map(spoil).collect());
    write("good.txt", good.clone());
    let suite = |systems: &[(&str, &str)]| {
        let mut text =
            "task = \"translate\"\ncorpus = \"seeds/articles\"\nmetrics = [\"bleu\", \"chrf\", \"must-recall\"]\n"
                .to_string();
        for (name, file) in systems {
            let path = folder.path().join(file);
            text += &format!("[[system]]\nname = \"{name}\"\noutputs = '{}'\n", path.display());
        }
        text + "[significance]\ntrials = 200\nresamples = 100\n"
    };
    fs::write(
        folder.path().join("both.toml"),
        suite(&[("one", "good.txt"), ("two", "bad.txt")]),
    )
    .unwrap();
    fs::write(
        folder.path().join("fallen.toml"),
        suite(&[("one", "bad.txt"), ("two", "bad.txt")]),
    )
    .unwrap();
    (folder, good)
}

#[test]
fn a_run_scores_resumes_and_gates() {
    let (folder, good) = two_systems();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (code, out, err) = sunto(&["eval", "run", &path("both.toml"), "-o", &path("a")]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("▼") && err.contains("two: 30 articles"), "{out}{err}");
    let report = EvalReport::open(Path::new(&path("a/report.json"))).unwrap();
    assert_eq!(report.segments.len(), good.len());
    assert!((report.system("one").unwrap().score("bleu").unwrap().score - 100.0).abs() < 1e-9);
    let must = report.system("one").unwrap().score("must-recall").unwrap();
    assert!(
        must.score > 95.0,
        "the references hold {} of what they must",
        must.score
    );
    assert_eq!(must.stats.len(), 30);

    // Again, after losing the last lines and half of one: the rest is read, not made.
    let journal = folder.path().join("a/predictions.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    let kept: usize = whole.lines().take(50).map(|l| l.len() + 1).sum();
    fs::write(&journal, &whole.as_bytes()[..kept + 40]).unwrap();
    let first = fs::read_to_string(path("a/report.json")).unwrap();
    let (code, _, err) = sunto(&["eval", "run", &path("both.toml"), "-o", &path("a")]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("one: 30 articles (from an earlier run)"), "{err}");
    assert_eq!(fs::read_to_string(path("a/report.json")).unwrap(), first);

    // Scoring the predictions again gives the same report without the outputs' files.
    fs::remove_file(path("good.txt")).unwrap();
    let (code, _, err) = sunto(&[
        "eval",
        "score",
        &path("a/predictions.jsonl"),
        "--suite",
        &path("both.toml"),
    ]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(fs::read_to_string(path("a/report.json")).unwrap(), first);

    // The gate: equal is no fall, worse is.
    let (code, out, _) = sunto(&["eval", "compare", &path("a/report.json"), &path("a/report.json")]);
    assert_eq!(code, 0);
    assert!(out.contains("no difference shown") && !out.contains("worse"), "{out}");
    assert_eq!(sunto(&["eval", "run", &path("fallen.toml"), "-o", &path("b")]).0, 0);
    let (code, out, err) = sunto(&["eval", "compare", &path("a/report.json"), &path("b/report.json")]);
    assert_eq!((code, err.as_str()), (1, "3 significant falls\n"), "{out}");

    // What has gone is told; what is measured in another way is not compared.
    let changed = |from: &str, to: &str| {
        fs::write(path("changed.json"), first.replace(from, to)).unwrap();
        sunto(&["eval", "compare", &path("a/report.json"), &path("changed.json")])
    };
    let (code, _, err) = changed("\"name\":\"two\"", "\"name\":\"three\"");
    assert_eq!(code, 0);
    assert!(
        err.ends_with("changed.json` does not have, and nothing compares: system `two`\n"),
        "{err}"
    );
    let (code, _, err) = changed("tok:13a", "tok:char");
    assert_eq!(code, 2);
    assert!(err.starts_with("error: `bleu` is measured in two ways: `"), "{err}");

    // Every form of the report holds the systems, and the page asks nothing of elsewhere.
    for format in ["text", "md", "json", "html"] {
        let (code, out, _) = sunto(&["eval", "report", &path("a/report.json"), "--format", format]);
        assert_eq!(code, 0);
        assert!(
            out.contains("one") && out.contains("two") && out.contains("nrefs:1"),
            "{format}"
        );
        if format == "html" {
            assert!(!out.contains("<script") && !out.contains("http") && !out.contains("report template"));
            assert!(out.matches("<svg").count() >= 6 && out.contains("<del>") && out.contains("<ins>"));
        }
    }
}

#[test]
fn faults_of_suites_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.toml");
    let shown = path.display().to_string();
    let check = |suite: &str, expected: &str| {
        fs::write(&path, suite).unwrap();
        let (code, _, err) = sunto(&[
            "eval",
            "run",
            &shown,
            "-o",
            &folder.path().join("o").display().to_string(),
        ]);
        assert_eq!(code, 2);
        let expected = expected.replace("S.toml", &shown);
        match expected.split_once("FIELDS") {
            Some((before, after)) => assert!(err.starts_with(before) && err.ends_with(after), "{err}"),
            None => assert_eq!(err, expected),
        }
    };
    check(
        "task = \"brief\"\ncorpus = \n",
        "error: `S.toml` line 2 is not a suite\n  caused by: string values must be quoted, expected literal string\n  \
         hint: a suite has task, corpus, metrics and [[system]] tables: see eval/translate.toml\n",
    );
    let head = "task = \"brief\"\nmetrics = [\"rouge-1\"]\n[[system]]\nname = \"a\"\noutputs = \"none.txt\"\n";
    check(
        &format!("corpus = \"nowhere\"\n{head}"),
        "error: cannot read corpus `nowhere`\n  caused by: No such file or directory (os error 2)\n  hint: check \
         `corpus` in the suite\n",
    );
    check(
        &format!("corpus = \"seeds/articles\"\n{head}"),
        "error: cannot read `none.txt`\n  caused by: No such file or directory (os error 2)\n  hint: check the path\n",
    );
    let suite = |system: &str| {
        format!("task = \"translate\"\ncorpus = \"seeds/articles\"\nmetrics = [\"bleu\"]\n[[system]]\nname = \"a\"\n{system}")
    };
    check(
        &suite("beam = 4\n"),
        "error: `S.toml` line 6: system `a` cannot have this `beam`\n  caused by: unknown field `beam`, expected one of FIELDS\n  hint: a system has a name and `outputs`, or the keys of a settings file: see \
         docs/eval.md\n",
    );
    check(
        &suite("translator = \"/nowhere/at-all\"\n"),
        "error: system `a`: there is no model `/nowhere/at-all`\n  hint: `--model` takes a name that \
         `sunto models list` shows, ORG/NAME, or a folder in the transformers layout\n",
    );
    let (code, _, err) = sunto(&["eval", "report", "Cargo.toml"]);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: `Cargo.toml` is not an evaluation report\n  caused by: expected value"),
        "{err}"
    );
}
