//! The splitter's table: `¦` marks every boundary expected; nothing else may be one.
use super::*;
use proptest::prelude::*;

/// Sentences of running text: `marked` with `¦` where one ends.
fn check(marked: &str) {
    let expected: Vec<&str> = marked.split('¦').map(str::trim).collect();
    let text = marked.replace('¦', "");
    let found: Vec<&str> = split(&text).iter().map(|s| s.of(&text)).collect();
    assert_eq!(found, expected, "\nin: {text}");
}

#[test]
fn plain_sentences() {
    for case in [
        "Una frase.",
        "Senza punto",
        "La polizia indaga. ¦Il giudice decide.",
        "Chi ha pagato? ¦Nessuno lo sa! ¦La procura tace.",
        "È l'esito di un'inchiesta. ¦È stata avviata a Roma.",
        "Prima frase.   ¦  Seconda frase.",
        "Tre arresti.¦ 29 denunciati.",
        "Un punto senza spazio.¦La frase dopo.",
        "Il treno è partito.¦L'altro no.",
        "Ha vinto!!! ¦Nessuno ci credeva.",
        "Davvero?! ¦Sì.",
        "Il costo è alto; nessuno paga: così dicono.",
        "Il modello iPhone costa meno. ¦iPhone e iPad calano.",
        "Ha parlato Monti. ¦«Serve tempo», ha detto.",
    ] {
        check(case);
    }
}

#[test]
fn titles_and_names() {
    for case in [
        "Il dott. Rossi è arrivato. ¦La dott.ssa Bianchi no.",
        "Lo ha detto il prof. Ugo Verdi. ¦Poi è uscito.",
        "L'avv. Neri e l'ing. Gialli hanno firmato.",
        "Il sig. Bianchi e la sig.ra Verdi hanno denunciato tutto.",
        "I sigg. Rossi e Verdi. ¦Nessun altro.",
        "Il col. Mario Neri e il cap. Luigi Verdi comandano il reparto.",
        "Il gen. Bruni, il magg. Costa e il ten. Riva erano presenti.",
        "Il m.llo Gatti ha redatto il verbale. ¦Il brig. Sala lo ha firmato.",
        "Mons. Ferri ha celebrato la messa. ¦Il card. Riva era a Roma.",
        "L'on. La Malfa ha parlato.",
        "Il sen. Di Pietro ha risposto. ¦Il governo no.",
        "Lo scrittore G. Rossi è tornato.",
        "Il libro di J. R. R. Tolkien è in mostra. ¦Costa 12 euro.",
        "Lo firma G.B. Vico. ¦Il testo è breve.",
        "L'indagato, M. R., è in carcere.",
        "È stato fermato un uomo, M. R. ¦La donna è libera.",
        "È stato fermato G.R. ¦Il giudice deciderà.",
        "La chiesa di S. Maria è chiusa. ¦Riapre la chiesa di S. Pietro.",
        "A St. Moritz nevica. ¦Anche a Ss. Trinità.",
        "Il p.m. Viola ha chiesto l'archiviazione. ¦Il g.i.p. ha detto no.",
        "Il giornalista P. De Luca ha scritto il pezzo.",
        "Giuseppe G. La Rosa è il sindaco.",
        "Papa Leone XIV. ¦Il papa è a Roma.",
        "Regnò Carlo V. ¦Il figlio gli succedette.",
        "Giocano in serie A. ¦La partita è domani.",
        "Serve la vitamina C. ¦Il medico lo conferma.",
        "Gent.mo dott. Rossi, la ringrazio. ¦Cordiali saluti.",
        "Il c.d. Decreto Sicurezza è legge.",
        "Alcune città, ad es. Milano, hanno già deciso.",
    ] {
        check(case);
    }
}

#[test]
fn law_and_offices() {
    for case in [
        "Il C.N.C.P.O. – Centro Nazionale per il Contrasto della Pedopornografia Online – coordina.",
        "Indaga il C.N.C.P.O. della Polizia Postale. ¦Il centro ha sede a Roma.",
        "Il materiale è stato trasmesso al C.N.C.P.O. ¦La procura attende.",
        "Il Commissariato di P.S. Online riceve le segnalazioni. ¦È attivo sempre.",
        "Il Centro Operativo (C.O.S.C.) della Polizia Postale ha operato.",
        "Il reato è previsto dall'art. 416-bis c.p. e punito con la reclusione.",
        "Il reato è previsto dall'art. 416-bis c.p. ¦La pena è alta.",
        "Risponde ai sensi degli artt. 81 e 110 c.p. ¦Nega tutto.",
        "Lo prevede l'art. 27 Cost. e lo ribadisce la Corte.",
        "Si applica il D.Lgs. n. 231/2001. ¦La società ha risposto.",
        "Si applica il d.lgs. 231/2001 alle imprese.",
        "La L. 69/2019 ha cambiato le regole. ¦È in vigore da agosto.",
        "Il D.P.R. 309/90 punisce lo spaccio.",
        "Il D.P.C.M. Conte resta in vigore.",
        "La sentenza n. 12 del 2020. ¦La Corte ha deciso.",
        "L'ordinanza è la n. 45. ¦Il sindaco l'ha firmata ieri.",
        "Il procedimento R.G.N.R. 123/20 è chiuso.",
        "Il comma 2, lett. b), è abrogato. ¦Resta il comma 3.",
        "Lo ha stabilito la Cass. Pen. Sez. III con una sentenza.",
        "ANCONA. Il porto è chiuso. ¦Riapre domani. ¦(segue)",
        "La cosa non è. ¦Quanto al resto, non c'è. ¦Strano.",
        "Portano cinque squadre in serie B. ¦Celebre la rimonta.",
        "Una pistola cal. 7,65 e un'agenda.",
        "Vedi pag. 12 e segg. per i dettagli.",
        "Cfr. Tab. 3 e fig. 4. ¦I dati sono Istat.",
        "La Enel S.p.A. Milano ha vinto la gara.",
        "La gara è andata alla Rossi S.p.A. ¦Il contratto vale un anno.",
        "La Bianchi S.r.l. ha fallito. ¦I creditori attendono.",
        "La Verdi & C. S.a.s. è in vendita.",
        "Ha sede negli U.S.A. dal 2001. ¦Il mercato cresce.",
        "L'U.S. Lecce gioca in casa.",
        "Roma fu fondata nel 753 a.C. ¦Secondo la leggenda fu Romolo.",
        "Nel III sec. d.C. l'impero era in crisi.",
        "Tel. 06 1234567. ¦Rispondono dalle 9.",
        "Armi, droga, denaro, ecc. ¦Tutto è stato sequestrato.",
        "Armi, droga, ecc. sono stati sequestrati.",
    ] {
        check(case);
    }
}

#[test]
fn numbers_dates_times() {
    for case in [
        "Costa 1.250.000 euro. ¦È troppo.",
        "Alle ore 14.30 è iniziata la riunione. ¦Alle 18.00 è finita.",
        "La riunione inizia alle ore 14.30. ¦Il sindaco ci sarà.",
        "Il prezzo sale dello 0,6%. ¦La produzione cala dell'1,1%.",
        "Il 3.5.2024 è stato arrestato. ¦Il 4 è stato sentito.",
        "Nel 2023. ¦Poi nel 2024.",
        "Sono 117mila. ¦Erano 90mila.",
        "Vale 3 mln. di euro. ¦Il comune paga.",
        "Sono state 26. ¦Cinque avevano precedenti.",
        "Il 5 gen. 2024 e il 3 feb. 2024 si è votato.",
        "La versione 2.0 è online. ¦La 2.1 arriva a maggio.",
        "Dista 12 km. ¦Il traffico è intenso.",
        "Ha chiuso 3-2. ¦Il pubblico applaude.",
        "1. Il primo punto è il bilancio.",
        "2) Il secondo punto è la scuola. ¦Vale un milione.",
        "IV. La quarta parte è breve. ¦Finisce qui.",
        "Il termine scade il 30 giugno p.v. ¦Il comune proroga.",
        "Al n. 3 di via Roma. ¦Al n. 5 no.",
    ] {
        check(case);
    }
}

#[test]
fn quotes_and_brackets() {
    for case in [
        "«È un risultato importante», ha detto il procuratore. ¦«Continueremo.»",
        "«È un risultato importante. ¦Continueremo a lavorare», ha detto.",
        "\"Basta!\" ha gridato la folla. ¦Poi il silenzio.",
        "\"Basta!\", ha gridato.",
        "«Chi è?» chiese il giudice. ¦«Sono io.» ¦Nessuno rise.",
        "Ha detto: «Vi aspettiamo.» ¦Poi è uscito.",
        "Ha detto \"vi aspettiamo\". ¦Poi è uscito.",
        "Ha detto \"vi aspettiamo.\" ¦Poi è uscito.",
        "Ha detto “vi aspettiamo.” ¦Poi è uscito.",
        "Ha detto 'vi aspettiamo.' ¦Poi è uscito.",
        "Il fenomeno noto come \"live 'a distanza' abuse\". ¦È in crescita.",
        "Sono riusciti \"a 'bucare' questo fenomeno\". ¦Così la procura.",
        "«Ha scritto \"non posso.\"» ¦Il teste conferma.",
        "Una citazione con spazi « La legge è uguale per tutti. » ¦Così il cartello.",
        "\"La legge è uguale per tutti.\" ¦\"Lo è davvero?\" ¦\"Sì.\"",
        "Il comune (lo dice il bilancio. Nessuno lo nega) ha speso troppo.",
        "Ha speso troppo (vedi tab. 2). ¦Il sindaco tace.",
        "(È una nota.) ¦Il testo continua.",
        "(Prima nota. ¦Seconda nota.) ¦Il testo.",
        "Il capo (nato a Roma, v. sopra) è libero!",
        "La vittima (di cui non si dà il nome!) sta bene. ¦È a casa.",
        "Ha risposto: \"Non so...\" ¦Il giudice ha insistito.",
        "«...e poi si vedrà». ¦Il ministro conclude così.",
        "Tra le città Busto Arsizio (VA), Martinengo (BG) e Napoli. ¦Altre seguono.",
    ] {
        check(case);
    }
}

#[test]
fn ellipses_and_web() {
    for case in [
        "Non so... forse domani.",
        "Non so… forse domani. ¦Vedremo.",
        "Non so... ¦Forse domani.",
        "E poi… ¦Nessuno ha risposto.",
        "Il testo [...] La Corte ha deciso.",
        "Il testo (…) è lungo. ¦La Corte lo ha letto.",
        "Scrivere a info@esempio.it. ¦Il sito è www.esempio.it.",
        "Il sito (www.commissariatodips.it) riceve segnalazioni. ¦È gratuito.",
        "Visita https://www.esempio.it/a.b?c=d. ¦Poi torna.",
        "Il file rapporto.pdf è pubblico. ¦Si scarica gratis.",
        "Lo riporta ansa.it oggi.",
    ] {
        check(case);
    }
}

#[test]
fn blocks_and_newlines() {
    for case in [
        "Titolo senza punto\n\n¦Il testo comincia qui. ¦E continua.",
        "L'indagine -\n\n¦ Nei giorni scorsi la polizia ha agito.",
        "## Le indagini\n¦Il testo comincia qui.",
        "Titolo senza punto\n¦Il testo comincia qui e poi continua a lungo.",
        "Primo paragrafo.\n¦Secondo paragrafo.",
        "Il testo è spezzato in\nmezzo alla frase. ¦Poi riprende.",
        "Il testo è spezzato dopo la\nProcura della Repubblica di Milano. ¦Poi riprende.",
        "Lo dice il procuratore,\nMarcello Neri. ¦E basta.",
        "La polizia postale di Milano ha analizzato le\nconnessioni e identificato ventisei persone a\n\
         Milano. ¦Le altre restano ignote per ora.",
        "La polizia postale della Lombardia ha sentito\nMarco Neri e altri dieci testimoni nella sede di\nvia Roma.",
        "TITOLO DELLA NOTIZIA\n¦La polizia postale di Milano ha analizzato le\nconnessioni e identificato \
         ventisei persone.",
        "Sequestrati:\n¦- tre telefoni\n¦- due computer",
        "Elenco:\n¦1. primo punto\n¦2. secondo punto",
        "Elenco:\n¦a) primo punto\n¦b) secondo punto",
        "• Primo\n¦• Secondo",
        "Riga uno.\r\n\r\n¦Riga due.",
        "Riga uno.\r¦Riga due.",
        "Fine pagina\u{c}¦Nuova pagina",
        "Uno.\u{2029}¦Due.",
        "16/12/2023\n¦Roma",
        "Arrestato un uomo a Pisa\n¦Interrogato il fratello a Lucca\n¦Libero il terzo a Siena",
        "Arresti a Pisa, in\nTrentino e a Roma",
    ] {
        check(case);
    }
}

#[test]
fn nothing_gives_nothing() {
    for text in ["", " ", "\n\n \t\u{a0}\n"] {
        assert_eq!(split(text), vec![], "{text:?}");
    }
}

/// Every paragraph of the project's own articles was written one sentence a line: joined by spaces it must come
/// apart again at the same places, but for the few quotations whose inner sentences stand on one line.
#[test]
fn agrees_with_the_articles_lines() {
    let (mut expected, mut missed, mut extra, mut notes) = (0, 0, 0, vec![]);
    for entry in std::fs::read_dir("seeds/articles").unwrap() {
        let file = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut paragraph: Vec<&str> = vec![];
        let mut inside = false;
        for line in file.lines().chain(["P"]) {
            let body = inside && line.contains(" ||| ");
            if body {
                paragraph.push(line.split(" ||| ").next().unwrap().trim());
                continue;
            }
            inside = line == "P";
            let (mut text, mut ends) = (String::new(), vec![]);
            for (i, sentence) in paragraph.iter().enumerate() {
                let item = sentence.starts_with("- ") || sentence.starts_with("– ");
                text.push_str(if i == 0 {
                    ""
                } else if item {
                    "\n"
                } else {
                    " "
                });
                text.push_str(sentence);
                ends.push(text.len());
            }
            let found: Vec<usize> = split(&text).iter().map(|s| s.end).collect();
            expected += ends.len();
            for e in ends.iter().filter(|e| !found.contains(e)) {
                missed += 1;
                let near = text[..*e].char_indices().rev().nth(40).map_or(0, |c| c.0);
                notes.push(format!(
                    "joined: ...{}",
                    text[near..].chars().take(80).collect::<String>()
                ));
            }
            for e in found.iter().filter(|e| !ends.contains(e)) {
                extra += 1;
                let near = text[..*e].char_indices().rev().nth(40).map_or(0, |c| c.0);
                notes.push(format!("cut: ...{}", text[near..].chars().take(80).collect::<String>()));
            }
            paragraph.clear();
        }
    }
    notes.push(format!("{expected} sentences, {missed} joined, {extra} cut"));
    assert!(
        expected > 2000 && missed * 500 <= expected && extra * 100 <= expected,
        "{}",
        notes.join("\n")
    );
}

proptest! {
    #[test]
    fn spans_tile_the_text(text in "\\PC{0,80}|[A-Za-zÈà0-9 .!?…«»“”\"'(),:;\\-–\n\r\u{a0}]{0,160}") {
        let mut at = 0;
        for s in split(&text) {
            prop_assert!(s.start >= at && s.end > s.start, "{s:?} after {at}");
            prop_assert!(text.is_char_boundary(s.start) && text.is_char_boundary(s.end));
            prop_assert!(text[at..s.start].trim().is_empty());
            prop_assert_eq!(s.of(&text).trim(), s.of(&text));
            at = s.end;
        }
        prop_assert!(text[at..].trim().is_empty());
    }
}
