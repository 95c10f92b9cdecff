//! A table of names in both languages.
use super::*;
use Language::{English, Italian};

fn check(language: Language, text: &str, expected: &str) {
    let found = entities(text, language);
    assert!(found.windows(2).all(|w| w[0].span.end <= w[1].span.start), "{found:?}");
    let shown: Vec<String> = found
        .iter()
        .map(|e| {
            let kind = format!("{:?}", e.kind).to_lowercase();
            let seen = e.span.of(text);
            match seen == e.english {
                true => format!("{kind} {seen}"),
                false => format!("{kind} {seen} = {}", e.english),
            }
        })
        .collect();
    assert_eq!(shown.join(" | "), expected, "{text}");
}

#[test]
fn italian() {
    for (text, expected) in [
        ("Il processo si apre a Milano.", "place Milano = Milan"),
        ("Tra Roma e Torino, passando per Firenze", "place Roma = Rome | place Torino = Turin | place Firenze = Florence"),
        ("Un incendio a Treviglio (BG) e uno a Pieve Emanuele (MI)", "place Treviglio | place Pieve Emanuele"),
        ("a Nocera (ZZ)", ""),
        ("A L'Aquila e nell'Aquilano", "place L'Aquila"),
        ("L’Italia e la Francia", "place Italia = Italy | place Francia = France"),
        ("dell'Emilia-Romagna", "place Emilia-Romagna"),
        ("a Reggio Calabria e a Reggio Emilia", "place Reggio Calabria | place Reggio Emilia"),
        ("in Costa d'Avorio", "place Costa d'Avorio = Ivory Coast"),
        ("il sindaco di Lodi, Marta Ferri", "place Lodi | person Marta Ferri"),
        ("Marco Milano abita in via Roma", "person Marco Milano"),
        ("la chiesa di San Giorgio", ""),
        ("il procuratore Bellini ha parlato", "person Bellini"),
        ("l'avvocato Luca De Santis", "person Luca De Santis"),
        ("Anna D’Amico e Rosa Dell'Orto", "person Anna D’Amico | person Rosa Dell'Orto"),
        ("Bellini tace", ""),
        ("La Guardia di Finanza di Bari", "agency Guardia di Finanza | place Bari"),
        ("i carabinieri di Lecce", "agency carabinieri = Carabinieri | place Lecce"),
        ("la Procura della Repubblica di Napoli", "agency Procura della Repubblica = Public Prosecutor's Office | place Napoli = Naples"),
        ("gli agenti del C.N.C.P.O. e del CNCPO", "agency C.N.C.P.O. = National Centre for Combating Online Child Sexual Abuse Material | agency CNCPO = National Centre for Combating Online Child Sexual Abuse Material"),
        ("i militari del Ros e della Dda", "agency Ros = Special Operations Group | agency Dda = District Anti-Mafia Directorate"),
        ("una nota dell'Istat", "agency Istat = National Institute of Statistics"),
        ("il progetto XYZQ e la F.A.B.I.", "acronym XYZQ | acronym F.A.B.I. = FABI"),
        ("il secolo XVIII", ""),
        ("SEQUESTRATI BENI PER DUE MILIONI", ""),
        ("la Banca d’Italia", "agency Banca d’Italia = Bank of Italy"),
        ("la procura tace", ""),
        ("Emirati Arabi Uniti e Nuova Zelanda", "place Emirati Arabi Uniti = United Arab Emirates | place Nuova Zelanda = New Zealand"),
        ("", ""),
    ] {
        check(Italian, text, expected);
    }
}

#[test]
fn english() {
    for (text, expected) in [
        ("The trial opens in Milan.", "place Milan"),
        ("between Rome and Turin", "place Rome | place Turin"),
        ("the mayor of Lodi, Marta Ferri", "place Lodi | person Marta Ferri"),
        ("Prosecutor Bellini spoke", "person Bellini"),
        (
            "the Guardia di Finanza of Bari",
            "agency Guardia di Finanza | place Bari",
        ),
        (
            "the Bank of Italy and the European Commission",
            "agency Bank of Italy | agency European Commission",
        ),
        (
            "the State Police's CNCPO",
            "agency State Police | agency CNCPO = National Centre for Combating Online Child Sexual Abuse Material",
        ),
        ("in New York and The Hague", "place New York | place The Hague"),
        ("May is here", ""),
    ] {
        check(English, text, expected);
    }
}

#[test]
fn odd_text_does_no_harm() {
    for text in [
        "",
        " ",
        "'",
        "’A",
        "A.B.",
        "(BG)",
        "É",
        "🙂 Marco 🙂",
        "L'",
        "D'",
        "--",
        "A (MI",
        "Via",
    ] {
        entities(text, Italian);
        entities(text, English);
    }
}

#[test]
fn a_dotted_acronym_ends_where_its_word_does() {
    for (text, expected) in [
        ("il C.O.S.C. di Roma", "il|C.O.S.C.|di|Roma"),
        ("il C.O.S.C di Roma", "il|C.O.S.C|di|Roma"),
        ("C.O.S.C", "C.O.S.C"),
        ("la U.S.Roma", "la|U.S.|Roma"),
        ("A.B.Cé A.B.C1 A.B.C_ A.B.C\u{301}", "A.B.|Cé|A.B.|C|A.B.|C|A.B.|C"),
        ("A.B.É-Z", "A.B.É|Z"),
        ("", ""),
    ] {
        let found: Vec<&str> = words(text).iter().map(|w| w.text).collect();
        assert_eq!(found.join("|"), expected, "{text}");
    }
}
