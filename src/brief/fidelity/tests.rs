//! Pairs and what a check has to say of them.
use super::*;
use crate::text::{
    status::{marks, Marked},
    words::Language,
};

/// The word that a check of marks finds fault with, in the Italian where it has one there.
pub fn word(
    check: impl Fn(Pair, &[Marked], &[Marked]) -> Option<Finding>,
    source: &str,
    target: &str,
) -> Option<String> {
    let pair = Pair::new(0, source, target);
    let (italian, english) = (marks(source, Language::Italian), marks(target, Language::English));
    check(pair, &italian, &english).map(|f| f.source.or(f.target).map(|e| e.text).unwrap_or_default())
}

fn verdicts(source: &str, target: &str) -> Vec<(Check, Verdict)> {
    let pair = Pair::new(0, source, target);
    check(pair).into_iter().map(|f| (f.check, f.verdict)).collect()
}

#[test]
fn faithful_english_gives_no_finding() {
    for (it, en) in [
        ("Sono stati sequestrati 1.250.000 euro.", "1,250,000 euros were seized."),
        (
            "Analizzate oltre 117mila connessioni.",
            "More than 117,000 connections were analysed.",
        ),
        (
            "Il 47enne è stato arrestato il 3 marzo 2024.",
            "The 47-year-old was arrested on 3 March 2024.",
        ),
        ("Tra i 19 e i 69 anni.", "Aged between 19 and 69."),
        ("Entrambi gli imputati negano.", "Both defendants deny it."),
        ("Alle 14.30 la polizia è entrata.", "At 2.30 pm the police went in."),
        (
            "L'uomo avrebbe abusato della fiducia dei colleghi.",
            "The man allegedly abused the trust of his colleagues.",
        ),
        ("Non è stato condannato.", "He has not been convicted."),
        ("Perquisizioni a Milano e Torino.", "Searches in Milan and Turin."),
        (
            "L'indagato Marco Testi si dice innocente.",
            "The suspect, Marco Testi, says he is innocent.",
        ),
        ("Nessuno è rimasto ferito.", "No one was hurt."),
        ("Due anni di reclusione.", "Two years in prison."),
        ("Un anno e sei mesi di reclusione.", "18 months in prison."),
        ("Un anno e mezzo.", "18 months."),
        ("Due chili e quattrocento grammi.", "2.4 kilos."),
        ("Chiude in 2h08'51\".", "He finishes in 2:08:51."),
        ("Alle sei di sera.", "At 6 pm."),
        ("Ieri sera alle 6.30.", "At 6.30 pm yesterday."),
        ("È indagato a Lodi.", "He is under investigation in Lodi."),
        ("Due indagati a Lodi.", "Two suspects in Lodi."),
        ("Un imprenditore veronese.", "A businessman from Verona."),
        ("Un'azienda catanese.", "A company from Catania."),
        ("Un focolaio nel Pavese.", "An outbreak in the Pavia area."),
        ("Un centro dell'Oristanese.", "A centre in the Oristano area."),
        ("Un professore aretino.", "A teacher from Arezzo."),
        (
            "L'uomo è stato denunciato in stato di libertà.",
            "The man was charged without being arrested.",
        ),
        (
            "Il reato è stato dichiarato prescritto.",
            "The offence was declared time-barred.",
        ),
        (
            "Assolto dalla truffa, il furto è prescritto.",
            "Acquitted of fraud; the theft is out of time.",
        ),
    ] {
        assert_eq!(verdicts(it, en), [], "{it} / {en}");
    }
}

#[test]
fn dates_are_reckoned_from_the_article() {
    let day = Date::parse("2024-03-20");
    let (altered, missing, unsure) = (
        Some(Verdict::Altered),
        Some(Verdict::Missing),
        Some(Verdict::Unsupported),
    );
    for (it, en, known, unknown) in [
        ("Aperta lo scorso novembre.", "Opened last November.", None, None),
        ("Aperta lo scorso novembre.", "Opened in November.", None, None),
        ("Aperta lo scorso novembre.", "Opened in November 2023.", None, unsure),
        (
            "Aperta lo scorso novembre.",
            "Opened in November 2022.",
            altered,
            unsure,
        ),
        ("Aperta lo scorso novembre.", "Opened last October.", altered, altered),
        ("Fermati ieri.", "Detained yesterday.", None, None),
        ("Fermati ieri.", "Detained on 19 March.", None, unsure),
        ("Fermati ieri.", "Detained on 18 March.", altered, unsure),
        ("Fermati ieri.", "Detained today.", altered, altered),
        ("Fermati ieri.", "Detained.", missing, missing),
        ("Fermati il 19 marzo.", "Detained yesterday.", None, unsure),
        ("Fermati il 17 marzo.", "Detained yesterday.", altered, unsure),
        ("Chiusa dieci anni fa.", "Closed in 2014.", None, unsure),
        ("Chiusa dieci anni fa.", "Closed in 2012.", altered, unsure),
        ("Chiusa nel 2014.", "Closed ten years ago.", None, unsure),
        ("Oggi 19 arresti.", "20 arrests today.", altered, altered),
        ("Il processo il mese prossimo.", "The trial is next month.", None, None),
        ("Il processo il mese prossimo.", "The trial is in May.", altered, unsure),
        ("Tra sei mesi.", "In six months' time.", None, None),
        ("Fermato stanotte.", "Detained last night.", None, None),
        (
            "Ieri il rinvio al 25 marzo.",
            "Postponed yesterday to 25 June.",
            altered,
            altered,
        ),
    ] {
        for (date, expected) in [(day, known), (None, unknown)] {
            let found: Vec<Verdict> = check(Pair::new(0, it, en).on(date))
                .into_iter()
                .map(|f| f.verdict)
                .collect();
            assert_eq!(found, Vec::from_iter(expected), "{it} / {en} on {date:?}");
        }
    }
}

#[test]
fn changed_facts_are_found() {
    use super::{Check::*, Verdict::*};
    for (it, en, expected) in [
        (
            "Sono stati sequestrati 1.250.000 euro.",
            "1,520,000 euros were seized.",
            (Money, Altered),
        ),
        (
            "Sono stati sequestrati 500 euro.",
            "500 dollars were seized.",
            (Money, Altered),
        ),
        (
            "Analizzate 117mila connessioni.",
            "117 connections were analysed.",
            (Number, Altered),
        ),
        ("Arrestate 15 persone.", "People were arrested.", (Number, Missing)),
        (
            "Arrestate alcune persone.",
            "15 people were arrested.",
            (Number, Unsupported),
        ),
        ("Il 3 marzo 2024.", "On 5 March 2024.", (Date, Altered)),
        ("Il 3 marzo 2024.", "On 3 May 2024.", (Date, Altered)),
        ("Il 47enne milanese.", "The 74-year-old from Milan.", (Age, Altered)),
        ("Il calo è del 12%.", "The fall is 21%.", (Percent, Altered)),
        ("Sei arresti.", "Seven arrests.", (Number, Altered)),
        (
            "L'indagato è residente a Lodi.",
            "The convicted man lives in Lodi.",
            (Status, Altered),
        ),
        ("Due indagati.", "Two guilty men.", (Status, Altered)),
        (
            "È stato denunciato in stato di libertà.",
            "He was arrested.",
            (Status, Altered),
        ),
        ("Due indagati a Lodi.", "Two defendants in Lodi.", (Status, Altered)),
        ("È indagato a Lodi.", "He was charged in Lodi.", (Status, Altered)),
        (
            "È stato fermato a Lodi.",
            "He was convicted in Lodi.",
            (Status, Altered),
        ),
        (
            "È stato arrestato a Lodi.",
            "He was convicted in Lodi.",
            (Status, Altered),
        ),
        (
            "Due imputati a Lodi, una condanna a Pavia.",
            "Two convicted offenders in Lodi, one sentence in Pavia.",
            (Status, Altered),
        ),
        (
            "È stato arrestato: rischia due anni di reclusione.",
            "He was convicted: he risks two years in prison.",
            (Status, Altered),
        ),
        ("Il sindaco smentisce.", "The mayor admits it.", (Negation, Altered)),
        ("È stato assolto.", "He was convicted.", (Status, Altered)),
        ("Il capo tace.", "The boss, Moroni, is silent.", (Name, Unsupported)),
        (
            "Alle 6.30 la polizia è entrata.",
            "Police went in at 6.30 pm.",
            (Time, Altered),
        ),
        (
            "Alle 18.30 la polizia è entrata.",
            "Police went in at 6.30 am.",
            (Time, Altered),
        ),
        ("Un anno e sei mesi.", "A year and eight months.", (Number, Altered)),
        ("Due chili e quattrocento grammi.", "2.6 kilos.", (Number, Altered)),
        ("Chiude in 2h08'51\".", "He finishes in 2:18:51.", (Time, Altered)),
        (
            "Violenza sessuale a Lodi.",
            "Sixual violence in Lodi.",
            (Wording, Unsupported),
        ),
        (
            "Due arrestati e nove denunciati.",
            "Two were arrested and nine detained.",
            (Status, Altered),
        ),
        (
            "Il reato è stato dichiarato prescritto.",
            "He was acquitted of the offence.",
            (Status, Altered),
        ),
        ("È accusato di frode.", "He committed fraud.", (Status, Altered)),
        ("È ritenuto il capo.", "He is the boss.", (Hedge, Altered)),
        (
            "Secondo gli inquirenti era il capo.",
            "He was the boss.",
            (Hedge, Altered),
        ),
        (
            "L'uomo nega ogni addebito.",
            "The man admits every charge.",
            (Negation, Altered),
        ),
        (
            "L'uomo avrebbe ricevuto denaro.",
            "The man received money.",
            (Hedge, Altered),
        ),
        (
            "Il presunto complice è fuggito.",
            "The accomplice fled.",
            (Hedge, Altered),
        ),
        ("Non ha precedenti.", "He has a criminal record.", (Negation, Altered)),
        ("Ha un lavoro.", "He does not have a job.", (Negation, Altered)),
        ("Perquisizioni a Milano.", "Searches in Turin.", (Place, Altered)),
        ("È davvero vero.", "It is really true in Verona.", (Place, Unsupported)),
        ("Il capo tace.", "The boss Paolo Moroni is silent.", (Name, Unsupported)),
        (
            "Parlano Serafino Coccia e Lucrezia Patrizi.",
            "Serafino Patrizi and Lucrezia Coccia speak.",
            (Name, Altered),
        ),
        (
            "L'imputato è stato assolto.",
            "The defendant was convicted.",
            (Status, Altered),
        ),
    ] {
        let found = verdicts(it, en);
        assert!(found.contains(&expected), "{it} / {en}: {found:?}");
    }
}

#[test]
fn a_scale_is_left_out_only_by_figures_that_count_nothing() {
    let check =
        |it: &str, en: &str, expected: &[(Check, Verdict)]| assert_eq!(verdicts(it, en), expected, "{it} / {en}");
    check(
        "Erano 900 milioni nel 2022, ridotti a 350 nel 2023.",
        "They were 900 million in 2022, cut to 350 million in 2023.",
        &[],
    );
    let altered = [(Check::Number, Verdict::Altered)];
    check(
        "Sequestrati beni per 23 milioni. Quarantuno gli indagati.",
        "Goods for 23 million seized. 41 million suspects.",
        &altered,
    );
    check(
        "Sequestrati 23 milioni a 41 indagati.",
        "23 million seized from 41 million suspects.",
        &altered,
    );
}

#[test]
fn people_who_are_gone_are_missed() {
    let names = |it: &str, en: &str| {
        verdicts(it, en)
            .into_iter()
            .filter(|(c, _)| *c == Check::Name)
            .collect::<Vec<_>>()
    };
    let check = |it: &str, en: &str, expected: &[(Check, Verdict)]| assert_eq!(names(it, en), expected, "{it} / {en}");
    let missing = [(Check::Name, Verdict::Missing)];
    check(
        "Hanno parlato Mario Ferrante e Luca Bassi.",
        "The man and Luca Bassi spoke.",
        &missing,
    );
    check(
        "Hanno parlato Mario Ferrante e Luca Bassi.",
        "Mario Ferrante and Luca Bassi spoke.",
        &[],
    );
    // Names that have an English form.
    check(
        "Così scriveva Cristoforo Colombo.",
        "So wrote Christopher Columbus.",
        &[],
    );
    check("La corona di Carlo Magno.", "The crown of Charlemagne.", &[]);
}
