//! Glossaries read from good and bad files, and their terms found in sentences.
use super::*;

const TERMS: &str = "it\ten\tnote\nperquisizione\tsearch\t\nindagato\tperson under investigation / suspect\tnever `accused`\n\
    indagati\tsuspects\t\nPolizia di Stato\tState Police\t\nPolizia Locale\tLocal Police\t\nComune\tmunicipality\t\n\
    Procura della Repubblica\tPublic Prosecutor's Office\t\nperquisizione domiciliare\thome search\t\n\
    corte d'appello\tCourt of Appeal\t\nmisura cautelare\tprecautionary measure\t\nTAR\tRegional Administrative Court\t\n\
    in flagranza di reato\tin the act\t\ndenuncia\tcomplaint (by a citizen) / report (by the police)\t\npm\tprosecutor\t\n\
    divieto di avvicinamento\trestraining order\t\nintercettazioni\twiretaps\t\n";

fn glossary() -> Glossary {
    Glossary::parse(TERMS.as_bytes()).unwrap()
}

/// `text=>form` for each match, with the first English form that is asked for.
fn shown(sentence: &str) -> String {
    let glossary = glossary();
    let one = |m: &Match| format!("{}=>{}", m.span.of(sentence), glossary.forms(m)[0]);
    glossary
        .matches(sentence)
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn terms_are_found_in_every_form() {
    let check = |sentence: &str, expected: &str| assert_eq!(shown(sentence), expected, "{sentence}");
    check("Una perquisizione a Milano.", "perquisizione=>search");
    check("Le perquisizioni sono state sei.", "perquisizioni=>searches");
    check("Perquisizioni all'alba", "Perquisizioni=>searches");
    check(
        "tre perquisizioni domiciliari",
        "perquisizioni domiciliari=>home searches",
    );
    check("L'indagata nega.", "indagata=>person under investigation");
    check("Le indagate negano.", "indagate=>people under investigation");
    check("Gli indagati negano.", "indagati=>suspects");
    check("la polizia di Stato", "polizia di Stato=>State Police");
    check("dalla Polizia locale", "Polizia locale=>Local Police");
    check("il Comune di Pavia", "Comune=>municipality");
    check("in comune accordo", "");
    check("i Comuni", "Comuni=>municipalities");
    check(
        "la procura della Repubblica di Lodi",
        "procura della Repubblica=>Public Prosecutor's Office",
    );
    check("davanti alla Corte di appello", "Corte di appello=>Court of Appeal");
    check("la Corte d’Appello", "Corte d’Appello=>Court of Appeal");
    check("nove misure cautelari", "misure cautelari=>precautionary measures");
    check(
        "il Tar e il T.A.R.",
        "Tar=>Regional Administrative Court; T.A.R=>Regional Administrative Court",
    );
    check("arrestato in flagranza di reato", "in flagranza di reato=>in the act");
    check(
        "colto nella flagranza del reato",
        "nella flagranza del reato=>in the act",
    );
    check("la denuncia e le denunce", "denuncia=>complaint; denunce=>complaints");
    check("il Pm di turno", "Pm=>prosecutor");
    check(
        "i divieti di avvicinamento",
        "divieti di avvicinamento=>restraining orders",
    );
    check("una intercettazione", "intercettazione=>wiretap");
    check("nessun termine qui", "");
    check("", "");
}

#[test]
fn every_alternative_will_do() {
    let glossary = glossary();
    let found = glossary.matches("denuncia").remove(0);
    assert_eq!(glossary.forms(&found), ["complaint", "Complaint", "report", "Report"]);
}

#[test]
fn the_projects_own_glossary_is_one() {
    let own = Glossary::parse(include_bytes!("../../../seeds/glossary.tsv")).unwrap();
    assert!(own.terms.len() > 150);
    assert_eq!(own.sha256.len(), 64);
}

const TBX: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><text><body>
<termEntry id="1"><note>never translated by &quot;accused&quot;</note>
  <langSet xml:lang="it-IT"><tig><term>indagato</term></tig><tig><term>persona indagata</term></tig></langSet>
  <langSet xml:lang="en"><tig><term>suspect</term></tig><ntig><termGrp><term>person under
     investigation</term></termGrp></ntig></langSet></termEntry>
<termEntry id="2"><langSet xml:lang="fr"><tig><term>perquisition</term></tig></langSet></termEntry>
</body></text></martif>"#;

#[test]
fn tbx_old_and_new() {
    let old = Glossary::parse(TBX.as_bytes()).unwrap();
    let new = TBX
        .replace("termEntry", "conceptEntry")
        .replace("langSet", "langSec")
        .replace("<tig>", "<termSec>")
        .replace("</tig>", "</termSec>")
        .replace("martif", "tbx");
    assert_eq!(old.terms, Glossary::parse(new.as_bytes()).unwrap().terms);
    assert_eq!(old.terms.len(), 2);
    assert_eq!(old.terms[0].english, ["suspect", "person under investigation"]);
    assert_eq!(
        (old.terms[0].line, old.terms[1].italian.as_str()),
        (4, "persona indagata")
    );
    assert_eq!(old.terms[0].note, "never translated by \"accused\"");
    let named = Glossary::parse("en\tit\nsearch\tperquisizione\n".as_bytes()).unwrap();
    assert_eq!(named.terms[0].italian, "perquisizione");
}

#[test]
fn bad_files_say_what_and_where() {
    let check = |bytes: &[u8], expected: &str| {
        let error = Glossary::parse(bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{error} instead of {expected}");
    };
    check(b"", "line 1: no terms");
    check(b"it\ten\n", "line 1: no terms");
    check(
        b"# a comment\nperquisizione\n",
        "line 2: one column, expected an Italian term, a tab and its English",
    );
    check(b"a\tb\nperquisizione\t \n", "line 2: no English term");
    check(b"\tsearch\n", "line 1: no Italian term");
    check(b"\xe0\tb\n", "line 1: not UTF-8 text");
    check(b"a\tb\nc\t\xff\n", "line 2: not UTF-8 text");
    check(
        b"gip\tjudge\nfurto\ttheft\nGip\tjudge\nFurto\ttheft\nfurto\trobbery\n",
        "line 5: `furto` is there already, on line 2",
    );
    check(
        b"polizia di Stato\tx\nPolizia dello Stato\ty\n",
        "line 2: `Polizia dello Stato` is there already, on line 1",
    );
    check(b"...\tdots\n", "line 1: `...` has no word");
    check(b"furto\t(theft)\n", "line 1: `furto` has no English");
    check(
        "a\tb\n".replace('a', &"a".repeat(500)).as_bytes(),
        "line 1: a term of more than 400 characters",
    );
    check(b"<martif><text></martif>", "line 1: not well-formed XML");
    check(b"<martif><text>", "line 1: the file ends within `<text>`");
    check(b"<html><p>no</p></html>", "no concept with terms in `it` and in `en`");
    check(
        "<a>".repeat(100).as_bytes(),
        "elements inside each other more than 64 times",
    );
    let bomb = "<!DOCTYPE x [\n<!ENTITY a \"aaaaaaaaaa\">\n<!ENTITY b \"&a;&a;&a;&a;\">\n]>\n<martif>&b;</martif>";
    check(bomb.as_bytes(), "it declares entities of its own");
    let unknown = TBX.replace("&quot;", "&xxe;");
    check(unknown.as_bytes(), "line 4: the entity `&xxe;` is none of XML's own");
    check(&vec![b'a'; MAX_BYTES + 1], "line 1: the file is larger than 16 MiB");
}

#[test]
fn no_bytes_break_it() {
    for text in [
        "<",
        "<!",
        "<!DOCTYPE",
        "<a",
        "<a b=c>",
        "<a xml:lang='it'/>",
        "\t\t\t",
        "a\tb\tc\td\te",
        "\u{feff}a\tb",
        "'\t'",
        "È\tè",
        "<term>x</term>",
        "<termEntry><term>&#x110000;</term></termEntry>",
        "<termEntry><langSet xml:lang='it'><term>&#0;",
    ] {
        if let Ok(glossary) = Glossary::parse(text.as_bytes()) {
            glossary.matches(text);
        }
    }
}
