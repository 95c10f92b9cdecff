//! What identifies a minor or a victim in a sentence: a name, an exact age under 18, a family tie with a small place.
use crate::text::{
    gazetteer,
    pattern::{regex, Pattern},
    words::Language,
    Span,
};
use regex::Regex;
use std::sync::LazyLock;

/// Kind of an identifying detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Name,
    Age,
    Place,
}

impl Kind {
    /// As a reason says it.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Name => "a name beside a minor or a victim",
            Kind::Age => "an exact age under 18",
            Kind::Place => "a small place beside a family tie",
        }
    }

    /// What stands in its place where it is withheld.
    pub fn mark(self) -> &'static str {
        match self {
            Kind::Name => "[name withheld]",
            Kind::Age => "[age withheld]",
            Kind::Place => "[place withheld]",
        }
    }
}

/// Italian words for minors and victims.
static PROTECTED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:minori|minorenn[ei]|(?:il|la|un|una|del|della|dal|dalla|al|alla|sul|sulla) minore|under 18|bambin[oaie]|ragazzin[oaie]|adolescent[ei]|neonat[oaie]|alunn[oaie]|",
        r"vittim[ae]|person[ae] offes[ae]|figliastr[oaie]|figlioletto|figlioletta|bimb[oaie])\b",
    ))
});

/// Italian words for harm done to a person.
static HARM: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:abus[oi]|abusat[oaie]|violenz[ae]|maltrattament[oi]|maltrattat[oaie]|adescament[oi]|adescat[oaie]|",
        r"pedopornografi\w+|pedofili\w*|stupr\w+|molesti[ae]|molestat[oaie]|sfruttament[oi]|persecutori|stalking|bullismo|",
        r"cyberbullismo|revenge porn|sextortion|tratta di|percoss[eoai]|lesioni|ricatt[oi]|ricattat[oaie]|arrest\w+|indag\w+)\b",
    ))
});

/// Sexual and domestic crime: its victims are protected whatever their age.
static INTIMATE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:violenz[ae] sessual[ei]|abus[oi] sessual[ei]|stupr\w+|pedopornografi\w+|maltrattamenti in famiglia|revenge porn|adescament[oi] di minor\w+)\b",
    )
});

static FAMILY: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:figli[oae]|figliastr[oaie]|madre|padre|mamma|papà|sorell[ae]|fratell[oi]|nipot[ei]|nonn[oaie]|zi[oae]|patrigno|matrigna|cugin[oaie]|genitor[ei])\b",
    )
});

static NAME: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b\p{Lu}[\p{Ll}'’]{2,}(?: (?:De|Di|Del|Della|Lo|La))? \p{Lu}\p{Ll}{2,}\b"));

/// A given name alone, right after a word for a child or before an age.
static GIVEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?i:piccol[oa]|bambin[oa]|ragazzin[oa]|alunn[oa]|vittima|bimb[oa]|figli[oa])(?:,? (?i:di nome|chiamat[oa]))?,? (\p{Lu}\p{Ll}{2,})\b",
    )
});
static AGED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(\p{Lu}\p{Ll}{2,}),? (?:di )?(\d{1,2}|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|diciassette) anni\b",
    )
});

/// Offices whose holders are named in their function.
static OFFICE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:procurator\w*|pm|p\.m\.|pubblic[oa] minister[oa]|giudice|gip|gup|avvocat[oa]|avv\.?|legale|difensor[ei]|sindac[oa]|",
        r"comandante|ministr[oa]|president[ei]|presidentessa|dirigente|direttor[ei]|direttrice|don|dott\.?|dottor(?:e|essa)?|",
        r"prof\.?|professor(?:e|essa)?|colonnello|capitano|maggiore|generale|questore|prefett[oa]|vescovo|psicolog[oa]|garante|",
        r"assessor[ea]|perito|consulente|sostitut[oa]|ispettor[ei]|ispettrice|commissari[oa]|portavoce)\b[^.;:]{0,25}$",
    ))
});

/// First words of names that are no person's.
const BODIES: &str = "polizia procura tribunale corte questura squadra guardia arma nucleo comando centro servizio direzione \
    ministero regione comune provincia via piazza san santa sant istituto scuola liceo telefono save terre garante codice stato \
    consiglio commissione gruppo reparto compagnia stazione ufficio unione convenzione direttiva carabinieri cassazione corso \
    ospedale azienda università dipartimento autorità garante operazione centri servizi il la le lo gli un una nel nella dal \
    dalla del della secondo dopo per con in al alla lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo \
    aprile maggio giugno luglio agosto settembre ottobre novembre dicembre casa villa monte porta ponte lago";

static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:a|ad|di|nel comune di|residente a|in frazione|nella frazione di|nel paese di|paese di) (\p{Lu}[\p{L}'’]{2,}(?: (?:(?:di|del|della|sul|in|al) )?\p{Lu}[\p{L}'’]{2,}){0,3})",
    )
});

static ITALIAN_AGE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)\b(?:(\d{1,2}|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|",
        r"diciassette)(?: anni\b)|(\d{1,2}|dodic|tredic|quattordic|quindic|sedic|diciassett|undic|diec)[- ]?enn[ei]\b)",
    ))
});
/// Before `14 anni`: a person rather than a sentence or a span of time.
static PERSON: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:ragazz\w*|bambin\w*|bimb\w*|figli\w*|studentess\w*|student[ei]|alunn\w*|minor\w*|vittim\w*|giovan\w*|sorell\w*|fratell\w*|nipot\w*|adolescent\w*|nata|nato|(?-i:\p{Lu}\p{Ll}+),)\s?(?:,|di|appena|solo|ha|aveva|avevano|hanno|dell['’]età di|\s)*$",
    )
});
static ENGLISH_AGE: LazyLock<Regex> = LazyLock::new(|| {
    const WORDS: &str = "four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen";
    regex(&format!(
        r"(?i)\b(?:(?:(\d{{1,2}})|{WORDS})[- ]year[- ]olds?\b|aged (?:(\d{{1,2}})|{WORDS})\b|(?:(\d{{1,2}})|{WORDS}) years old\b|of (?:(\d{{1,2}})|{WORDS})\b|, (\d{{1,2}}),)"
    ))
});

/// Before `of 14`, and before `, 14,` as a name is.
static ENGLISH_PERSON: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:girl|boy|child|children|(?:step|grand)?(?:daughter|son)|student|pupil|teenager|minor|victim|sister|brother|niece|nephew|adolescent|baby|(?:step)?child)s?\s?$",
    )
});
static NAMED: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"\p{Lu}\p{Ll}+$"));

/// Whether a text of several sentences tells of minors or victims who are to be protected.
pub fn marked(text: &str) -> bool {
    INTIMATE.is_match(text)
        || (HARM.is_match(text) && (PROTECTED.is_match(text) || !ages(text, Language::Italian).is_empty()))
}

/// Whether a sentence speaks of a minor or a victim.
pub fn speaks_of_protected(sentence: &str) -> bool {
    PROTECTED.is_match(sentence) || GIVEN.is_match(sentence) || !ages(sentence, Language::Italian).is_empty()
}

/// Exact ages under 18 of a sentence, each with its span.
pub fn ages(sentence: &str, language: Language) -> Vec<Span> {
    let pattern = match language {
        Language::Italian => &ITALIAN_AGE,
        Language::English => &ENGLISH_AGE,
    };
    let found = pattern.captures_iter(sentence).filter_map(|c| {
        let whole = c.get(0)?;
        let digits = c.iter().skip(1).flatten().find_map(|m| m.as_str().parse::<u32>().ok());
        let years = language == Language::Italian && whole.as_str().to_lowercase().ends_with("anni");
        let person = !years || PERSON.is_match(&sentence[..whole.start()]);
        let before = &sentence[..whole.start()];
        let (person, span) = match whole.as_str() {
            // `, 14,` keeps its commas
            text if text.starts_with(", ") => (
                ENGLISH_PERSON.is_match(before) || NAMED.is_match(before),
                Span::new(whole.start() + 2, whole.end() - 1),
            ),
            text if text.to_lowercase().starts_with("of ") => {
                (ENGLISH_PERSON.is_match(before), Span::new(whole.start(), whole.end()))
            }
            _ => (person, Span::new(whole.start(), whole.end())),
        };
        (digits.is_none_or(|n| n < 18) && person).then_some(span)
    });
    found.collect()
}

/// Names and small places of an Italian sentence that identify somebody who is protected.
pub fn of(sentence: &str) -> Vec<(Kind, Span)> {
    let mut out = vec![];
    if speaks_of_protected(sentence) {
        out.extend(names(sentence).into_iter().map(|s| (Kind::Name, s)));
    }
    if speaks_of_protected(sentence) && FAMILY.is_match(sentence) {
        let places = PLACE.captures_iter(sentence).filter_map(|c| c.get(1));
        let small = places
            .filter(|m| small(m.as_str()))
            .map(|m| Span::new(m.start(), m.end()));
        out.extend(small.filter(|s| !out_names(sentence, *s)).map(|s| (Kind::Place, s)));
    }
    out
}

/// Whether a span is (part of) a person's name.
fn out_names(sentence: &str, span: Span) -> bool {
    names(sentence)
        .iter()
        .any(|n| n.start <= span.start && span.start < n.end)
}

/// A place that is no province's capital, region or country.
fn small(name: &str) -> bool {
    gazetteer::italian(name).is_none_or(|p| p.kind == "place")
}

fn names(sentence: &str) -> Vec<Span> {
    let person = |name: &str| {
        let mut words = name.split(' ');
        let first = words.next().unwrap_or("").to_lowercase();
        !BODIES.split_ascii_whitespace().any(|w| w == first)
            && gazetteer::italian(name).is_none()
            && name.split(' ').all(|w| gazetteer::italian(w).is_none())
    };
    let full = NAME
        .find_iter(sentence)
        .filter(|m| m.as_str().contains(' ') && person(m.as_str()));
    let mut out: Vec<Span> = full
        .filter(|m| !OFFICE.is_match(&sentence[..m.start()]))
        .map(|m| Span::new(m.start(), m.end()))
        .collect();
    let under = |c: &regex::Captures| {
        c.get(2)
            .is_none_or(|n| n.as_str().parse::<u32>().map_or(true, |n| n < 18))
    };
    let alone = GIVEN
        .captures_iter(sentence)
        .chain(AGED.captures_iter(sentence).filter(under))
        .filter_map(|c| c.get(1))
        .filter(|m| person(m.as_str()))
        .map(|m| Span::new(m.start(), m.end()));
    for span in alone {
        if !out.iter().any(|o| o.start <= span.start && span.start < o.end) {
            out.push(span);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_identifies() {
        use Kind::*;
        for (it, expected) in [
            (
                "La vittima, Anna Bertolazzi, ha presentato querela.",
                vec![(Name, "Anna Bertolazzi")],
            ),
            (
                "La piccola Marta è stata ascoltata con uno psicologo.",
                vec![(Name, "Marta")],
            ),
            (
                "La minore, figlia di un commerciante di Valdobbia, è in comunità.",
                vec![(Place, "Valdobbia")],
            ),
            ("Il minore, figlio di un uomo di Milano, è in comunità.", vec![]),
            ("Il procuratore Carlo Bertolazzi ha ascoltato la vittima.", vec![]),
            ("La Polizia Postale ha sentito i minori.", vec![]),
            ("Carlo Bertolazzi guida la squadra.", vec![]),
        ] {
            let found: Vec<(Kind, &str)> = of(it).into_iter().map(|(k, s)| (k, s.of(it))).collect();
            assert_eq!(found, expected, "{it}");
        }
    }

    #[test]
    fn finds_exact_ages_under_18() {
        for (language, text, expected) in [
            (
                Language::Italian,
                "La ragazza di 14 anni è stata ascoltata.",
                vec!["14 anni"],
            ),
            (Language::Italian, "Una 16enne e una 47enne.", vec!["16enne"]),
            (Language::Italian, "Una quattordicenne.", vec!["quattordicenne"]),
            (Language::Italian, "Condannato a una pena di 14 anni.", vec![]),
            (Language::Italian, "La ragazza di 19 anni.", vec![]),
            (
                Language::English,
                "The 14-year-old girl was heard.",
                vec!["14-year-old"],
            ),
            (
                Language::English,
                "Two children aged 9 and a woman aged 41.",
                vec!["aged 9"],
            ),
            (Language::English, "A sixteen-year-old.", vec!["sixteen-year-old"]),
            (Language::English, "A 47-year-old.", vec![]),
            (
                Language::English,
                "His stepson of 14, and a girl of nine.",
                vec!["of 14", "of nine"],
            ),
            (Language::English, "Marta, 14, was heard.", vec!["14"]),
            (Language::English, "A fine of 14 euros, 12, 13.", vec![]),
        ] {
            let found: Vec<&str> = ages(text, language).iter().map(|s| s.of(text)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn marks_articles_by_simple_cues() {
        for (text, expected) in [
            (
                "Maltrattamenti a scuola, sospesa una maestra: i bambini sono seguiti dai servizi.",
                true,
            ),
            ("Violenza sessuale, condanna confermata in appello.", true),
            ("Arrestato un uomo: la quindicenne è affidata ai servizi.", true),
            ("Il museo offre laboratori per bambini ogni sabato.", false),
            ("Arrestato un uomo per frode fiscale.", false),
        ] {
            assert_eq!(marked(text), expected, "{text}");
        }
    }
}
