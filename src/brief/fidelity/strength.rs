//! Strength of statements: an accusation, an opinion, a source or a denial that the English drops altogether.
//!
//! The rules are coarse on purpose. Each asks whether the whole English sentence has one word of the kind, whatever it
//! stands for: translators word these things freely, and an alarm on a faithful sentence costs more than a miss.
use super::{altered, finding, Check, Finding, Pair, Verdict};
use crate::text::{pattern::Pattern, Span};
use std::sync::LazyLock;

/// Italian that accuses or suspects somebody.
static ACCUSED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:(?:accusat|sospettat|indiziat|imputat)[oaie] d(?:i|el|ello|ella|ei|egli|elle|ell)\b|con l['’]accusa di\b|si contestav\w+|",
        r"(?:cui|quali|quale|gli|viene|vengono|è|sono) (?:\w+ )?contestat[oaie]\b)"
    ))
});

/// Italian that says what somebody is held to be.
static HELD: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:(?:è|sono|era|erano|fosse|essere|stat[oaie]) (?:\w+ )?(?:ritenut|considerat)[oaie]\b|ritenut[oaie] l['’]|",
        r"ritenut[oaie] (?:\w+ )?(?:il|la|i|gli|le|lo|un[oa]?|tra|fra|dagli inquirenti|responsabil\w*|autor\w*|complic\w*|contigu\w*|vicin\w*|affiliat\w*)\b)"
    ))
});

/// English of any kind that accuses, suspects, or gives an opinion.
static DISTANT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:accus\w*|charg\w*|alleg\w*|suspect\w*|suspicion\w*|believed?|consider\w*|deem\w*|thought|held|regard\w*|",
        r"claim\w*|presum\w*|suppos\w*|purport\w*|putative|reportedly|according|indict\w*|defendants?|on trial|investigated|",
        r"under investigation|said to|counts?|theor\w*|complain\w*|imput\w*|attribut\w*|seen as|face[sd]?|facing|assum\w*|",
        r"found|estimat\w*|contest\w*|challeng\w*|disput\w*|rated|reported|judged|ruled|blamed|wanted|appears?|seems?|offen[cs]es|breaches|violations)\b"
    ))
});

/// Italian that names the source of a statement.
static SOURCE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)(?:\bsecondo (?:(?:(?:gli|i|la|le|il|lo|un|una|alcun[ei]|molti|quanto|chi|fonti)\b|(?:l|un|all)['’]) ?\w*|cui\b|",
        r"(?-i:[A-Z])\w*)|\bstando a\w*|\ba detta d\w+|\ba dire d\w+|\ba (?:suo|loro) (?:dire|avviso|giudizio)\b|\bad? avviso d\w+|",
        r"(?:^|[.,;:(«] ?)per (?:gli inquirenti|gli investigatori|la procura|l['’]accusa|i magistrati|i pm|il pm|gli agenti|",
        r"i carabinieri|i giudici|il giudice|il gip)\b)"
    ))
});

/// `Secondo` that means a rule, a plan, an order or a rank.
static RULE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)^secondo (?:(?:gli|i|la|le|il|lo|un|una) |(?:l|un)['’])(?:norm|legg|legis|linee|regol|pian|schema|criter|modal|",
        r"programm|rito|procedur|disposi|previsi|calendar|ordin|prassi|copion|tradizion|protocol|spiral|curv|tabell|formul|articol|metod|",
        r"ide[ae]|cronopro|princip|temp|bisogn|pos[ot]|turn|usanz|ricett|disegn|codic|sistem|model|clausol|contratt|istruzion|qual|",
        r"gust|capacit|stess|logic|scans|gerarch|necess|interess|cas[io]|gol|calcol)"
    ))
});

/// English of any kind that gives a source or keeps its distance.
static SOURCED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:according|accordance|said|say|says|saying|alleg\w*|claim\w*|reportedly|believ\w*|suspected|accus\w*|view|",
        r"opinion|maintain\w*|argu\w*|contend\w*|theor\w*|hypothes\w*|reconstruct\w*|told|tells?|(?-i:states)|stated|appears?|",
        r"seem\w*|thought|version|case|judgment|eyes|estimat\w*|think\w*|presum\w*|suppos\w*|suggest\w*|concluded?|explain\w*|",
        r"deem\w*|understood|show[sn]?|puts?|in line with|going by|suspicion|charges?|considers?|held|holds?|finds?|found|",
        r"established|reckons?|words|under the|by (?:(?:the|an?|his|her|their|all) )?(?:\w+ )?(?:account|calculation|estimate)s?|",
        r"for (?:(?:the|an?) )?(?:\w+ )?(?:prosecut|investigat|judge|court|defen|lawyer|union|mayor|association|detective|",
        r"carabinieri|police)\w*)\b"
    ))
});

/// Italian of somebody who denies.
static DENIES: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:neg(?:a|ano|ava|avano|ato|ata|ati|ate|are|ando|ò|arono)|smenti(?:sce|scono|va|vano|to|ta|ti|te)|(?:resping\w+|respint[oaie]) (?:ogni|tutt[eio]|l[e'’]|",
        r"gli|i|con)\b|(?:si )?(?:dichiara|dice|professa|proclama)\w* (?:\w+ )?(?:innocent|estrane)\w+)"
    ))
});

/// English of any kind that denies.
static DENIED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:den(?:y|ies|ied|ying|ials?)|reject\w*|dismiss\w*|refus\w*|refut\w*|disput\w*|repudiat\w*|not|no|never|none|",
        r"nothing|nor|neither|cannot|without|innocen\w*|disclaim\w*|rebuff\w*|rul\w* out|turn\w* down|contradict\w*|disprov\w*|",
        r"contest\w*|protest\w*|repel\w*|rebut\w*|declin\w*|depriv\w*|unable|withh\w+|negat\w+|unfounded|(?:push|fight|fought)\w*)\b|n['’]t\b"
    ))
});

static ADMITS_IT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:ammett\w*|ammis\w*|ammess\w*|ammise\w*|ammission\w*|confess\w*|riconosc\w*|patteggi\w*)")
});

static ADMITS_EN: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)\b(?:admit(?:s|ted|ting)?|admissions?|confess\w*|(?:plead\w*|pled) guilty)\b"));

/// English of a denial put plainly, beside which an admission of something else may stand.
static PLAIN: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:den(?:y|ies|ied|ying|ials?)|reject\w*|refut\w*|disput\w*|innocen\w*|repudiat\w*|disclaim\w*)\b",
    )
});

/// A match without what stands before its first word.
fn trimmed(text: &str, found: Span) -> Span {
    let words = found.of(text).trim_start_matches([' ', '.', ',', ';', ':', '(', '«']);
    Span::new(found.end - words.len(), found.end)
}

/// Somebody accused, or held to be something, whom the English tells of as of a fact.
pub fn accused(pair: Pair) -> Option<Finding> {
    let parts = |text: &'_ str| text.split(';').map(str::len).collect::<Vec<_>>();
    let (its, ens) = (parts(pair.source), parts(pair.target));
    // part by part, where both sentences have as many
    let (its, ens) = match its.len() == ens.len() {
        true => (its, ens),
        false => (vec![pair.source.len()], vec![pair.target.len()]),
    };
    let (mut it, mut en) = (0, 0);
    its.into_iter().zip(ens).find_map(|(source, target)| {
        let found = accused_in(pair, Span::new(it, it + source), Span::new(en, en + target));
        (it, en) = (it + source + 1, en + target + 1);
        found
    })
}

fn accused_in(pair: Pair, source: Span, target: Span) -> Option<Finding> {
    if DISTANT.is_match(target.of(pair.target)) {
        return None;
    }
    let (check, told) = match ACCUSED.find(source.of(pair.source)) {
        Some(m) => (Check::Status, m),
        None => (Check::Hedge, HELD.find(source.of(pair.source))?),
    };
    let told = trimmed(source.of(pair.source), told);
    let told = Span::new(source.start + told.start, source.start + told.end);
    let reason = format!(
        "the Italian says that somebody holds it to be so (`{}`), the English tells it as a fact",
        told.of(pair.source)
    );
    Some(finding(pair, check, Verdict::Altered, Some(told), None, reason))
}

/// A source of the Italian (`secondo gli inquirenti`) in whose place the English has none.
pub fn attribution(pair: Pair) -> Option<Finding> {
    let named = SOURCE.find_all(pair.source);
    let mut told = named.into_iter().map(|s| trimmed(pair.source, s));
    let told = told.find(|s| !RULE.is_match(&pair.source[s.start..]))?;
    if SOURCED.is_match(pair.target) {
        return None;
    }
    let reason = format!(
        "the Italian gives the source of it (`{}`), the English tells it as a fact",
        told.of(pair.source)
    );
    Some(finding(pair, Check::Hedge, Verdict::Altered, Some(told), None, reason))
}

/// A denial that the English turns into an admission, or leaves out.
pub fn denial(pair: Pair) -> Option<Finding> {
    let told = trimmed(pair.source, DENIES.find(pair.source)?);
    if let Some(said) = ADMITS_EN.find(pair.target) {
        if !ADMITS_IT.is_match(pair.source) && !PLAIN.is_match(pair.target) {
            return Some(altered(pair, Check::Negation, told, said));
        }
    }
    if DENIED.is_match(pair.target) {
        return None;
    }
    let reason = format!(
        "the Italian denies it (`{}`), the English does not",
        told.of(pair.source)
    );
    Some(finding(
        pair,
        Check::Negation,
        Verdict::Altered,
        Some(told),
        None,
        reason,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(check: fn(Pair) -> Option<Finding>, cases: &[(&str, &str, Option<&str>)]) {
        for (it, en, expected) in cases {
            let found = check(Pair::new(0, it, en));
            assert!(found.iter().all(|f| f.verdict == Verdict::Altered), "{it} / {en}");
            let word = found.and_then(|f| f.source).map(|e| e.text);
            assert_eq!(word.as_deref(), *expected, "{it} / {en}");
        }
    }

    #[test]
    fn accusations_stay_accusations() {
        cases(
            accused,
            &[
                (
                    "L'uomo è accusato di frode.",
                    "The man committed fraud.",
                    Some("accusato di"),
                ),
                ("L'uomo è accusato di frode.", "The man is accused of fraud.", None),
                ("L'uomo è accusato di frode.", "The man faces fraud charges.", None),
                (
                    "Il contabile, sospettato di furto.",
                    "The accountant, a thief.",
                    Some("sospettato di"),
                ),
                (
                    "È ritenuto il capo del gruppo.",
                    "He is the boss of the group.",
                    Some("È ritenuto"),
                ),
                (
                    "È ritenuto il capo del gruppo.",
                    "He is believed to be the boss of the group.",
                    None,
                ),
                (
                    "Arrestati due uomini ritenuti responsabili di furti.",
                    "Two men held for thefts arrested.",
                    None,
                ),
                ("È il capo del gruppo.", "He is the boss of the group.", None),
                (
                    "È accusato di furto; un altro è indagato.",
                    "He committed theft; another is under investigation.",
                    Some("accusato di"),
                ),
                (
                    "Al titolare viene contestata la truffa.",
                    "The owner committed fraud.",
                    Some("viene contestata"),
                ),
            ],
        );
    }

    #[test]
    fn sources_stay_named() {
        cases(
            attribution,
            &[
                (
                    "Secondo gli inquirenti l'auto era rubata.",
                    "The car was stolen.",
                    Some("Secondo gli inquirenti"),
                ),
                (
                    "Secondo gli inquirenti l'auto era rubata.",
                    "Investigators say the car was stolen.",
                    None,
                ),
                (
                    "L'auto, stando alla Procura, era rubata.",
                    "The car was stolen.",
                    Some("stando alla"),
                ),
                (
                    "Per gli inquirenti l'auto era rubata.",
                    "The car was stolen.",
                    Some("Per gli inquirenti"),
                ),
                (
                    "L'auto, secondo Bianchi, era rubata.",
                    "The car was stolen.",
                    Some("secondo Bianchi"),
                ),
                (
                    "I fondi vanno spesi secondo il regolamento.",
                    "The funds are spent as the rules require.",
                    None,
                ),
                ("È il secondo furto.", "It is the second theft.", None),
                ("È denunciato per furto.", "He was reported for theft.", None),
            ],
        );
    }

    #[test]
    fn denials_stay_denials() {
        cases(
            denial,
            &[
                (
                    "L'uomo nega ogni addebito.",
                    "The man admits every charge.",
                    Some("nega"),
                ),
                ("L'uomo nega ogni addebito.", "The man denies every charge.", None),
                (
                    "L'uomo nega ogni addebito.",
                    "The man did not speak and admits all.",
                    Some("nega"),
                ),
                (
                    "L'uomo respinge ogni accusa.",
                    "The man accepts every charge.",
                    Some("respinge ogni"),
                ),
                (
                    "Si dichiara innocente.",
                    "He says he is guilty.",
                    Some("Si dichiara innocente"),
                ),
                ("Si dichiara innocente.", "He pleads not guilty.", None),
                (
                    "Ammette il furto e nega la rapina.",
                    "He admits the theft, not the robbery.",
                    None,
                ),
                ("Nega il resto.", "He denies the rest and admits nothing.", None),
            ],
        );
    }
}
