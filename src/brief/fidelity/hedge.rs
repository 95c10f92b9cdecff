//! Hearsay: each statement that the Italian reports as a claim stays one, clause by clause.
//!
//! `avrebbe` + participle, `presunto`, `reati contestati` ask for a sign of distance in the English at about the same
//! place, or for an attribution that governs the clause: English has no mood of hearsay, and `according to prosecutors he
//! paid` says all that `secondo la procura avrebbe pagato` says. Elsewhere `secondo la procura` uses up its `according to`.
use super::{
    balance::{self, place, Partners},
    finding, Check, Finding, Pair, Verdict,
};
use crate::text::{
    pattern::Pattern,
    status::{of, uncovered, Mark, Marked},
    Span,
};
use std::sync::LazyLock;

/// How far apart, as a share of the sentence, a claim and its English may lie.
const WINDOW: f32 = 0.4;
/// In short sentences, so many bytes of the English.
const REACH: f32 = 40.0;
/// Beside the window, for a claim that the English puts in.
const SLACK: f32 = 0.1;

/// After a conditional that tells of duty or wish, not of hearsay: `avrebbe dovuto`.
static DUTY: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^\s+(?:\w+\s+)?(?:dovut|potut|volut|dovere|potere|preferit)"));

/// Claims about one noun: a modal verb elsewhere in the sentence does not carry them.
static NOUN: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^(?:presunt|asserit|sedicent|reat|ipotesi|addebit)"));

static MODAL: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)^(?:would|could|might|['’]d|likely|prob|possib|perhaps|was to|were to|seem|appear|estim|suggest|argu|maint|conten|said to)",
    )
});

/// Italian that names who says so.
static SAYS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:secondo|stando a\w*|a (?:detta|dire|giudizio|parere|avviso) d\w+|a (?:suo|loro) (?:dire|avviso|giudizio)|",
        r"(?:sosten|sostien|spieg|rifer|afferm|denunc|avvert|racconta|contesta|ipotizz|ritien|riteng|intendere|obiett|",
        r"dichiar|assicur|accus)\w*|dic(?:e|ono|eva)|asser\w+|ipotesi|illazion\w+|voc[ei]|per (?:la procura|l['’]accusa|gli inquirenti|gli investigatori|la difesa))"
    ))
});

/// English that names who says so, for its whole clause.
static ATTRIBUTION: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:according to|in (?:[\w'’]+ ){1,4}(?:view|words|opinion|eyes|reconstruction)|",
        r"(?:maintain|argu|claim|contend|alleg|insist|explain|report|complain|warn|recount|suspect|believ|hint|denounc|object)\w*|",
        r"assert\w*|hypothes\w+|speculation|rumou?rs?|idea|says?|said|saying|account|theory|reportedly|appears?)\b"
    ))
});

/// Italian between two conditionals that makes them one statement: `avrebbe seguito la donna e le avrebbe rigato l'auto`.
static COORDINATED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)(?:\b(?:e|ed|o|oppure|ma|né|poi)\s+(?:(?:poi|quindi|anche|non|infine|così|inoltre)\s+)?",
        r"(?:(?:gli|le|lo|la|li|ne|ci|vi|si|l['’]|se|glie\w+)\s*){0,2}|",
        r",\s+(?:(?:gli|le|lo|la|li|ne|ci|vi|si|l['’]|glie\w+)\s*){1,2})$"
    ))
});

/// English verbs that translate an Italian verb of saying and carry nothing else.
static SAYING: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)^(?:said|told|states?|stated)$"));

const PARTNERS: Partners = &[
    ("second|stando|a detta|a dire|per ", "accord|in the view"),
    ("riten|credo|crede", "deem|believ|consider|thought|held"),
    (
        "sostien|sosteng|afferm|raccont|dice|dicono|rifer|annunc",
        "maintain|claim|argu|contend|said|told|stat|report",
    ),
    ("ipotes|ipotizz", "hypoth|theor|suspect|alleg|assum"),
    ("accus|contest|imputat", "accus|alleg|charg"),
    ("sospett|indiz|indagat", "suspect|suspicion|under invest|invest"),
    ("pare|sembr|apparent", "seem|appear|apparent"),
    ("potrebb|fors", "could|may|might|perhaps"),
    ("probabil|verosim", "likely|probabl|presum"),
    ("denunc", "report|claim"),
    ("stim", "estim"),
    ("…rebb", "would|'d|’d"),
];

pub fn check(pair: Pair, source: &[Marked], target: &[Marked]) -> Option<Finding> {
    let mut claims: Vec<Span> = of(source, Mark::Hedge)
        .filter(|s| !DUTY.is_match(&pair.source[s.end..]))
        .collect();
    let all = claims.clone();
    claims.retain(|s| {
        let first = all.iter().all(|other| other.start >= s.start);
        first || NOUN.is_match(s.of(pair.source)) || !COORDINATED.is_match(&pair.source[..s.start])
    });
    let told: Vec<Span> = of(target, Mark::Hedge).collect();
    if claims.is_empty() && told.is_empty() {
        return None;
    }
    let soft_it = uncovered(source, Mark::SoftHedge, Mark::Hedge);
    let (_, free) = balance::leftover(
        (pair.source, soft_it.clone()),
        (pair.target, uncovered(target, Mark::SoftHedge, Mark::Hedge)),
        PARTNERS,
        f32::INFINITY,
    );
    let carriers: Vec<Span> = told
        .iter()
        .copied()
        .chain(free.into_iter().filter(|s| !SAYING.is_match(s.of(pair.target))))
        .collect();
    let window = WINDOW.max(REACH / pair.target.len().max(1) as f32);
    let far = |it: Span, en: Span| (place(pair.source, it.start) - place(pair.target, en.start)).abs();
    // one claim and one sign of it, wherever the sentence was turned round
    let lone = claims.len() == 1 && !told.is_empty();
    let carries = |i: usize, j: usize| {
        (lone || far(claims[i], carriers[j]) <= window)
            && !(NOUN.is_match(claims[i].of(pair.source)) && MODAL.is_match(carriers[j].of(pair.target)))
    };
    let unpaired = balance::unpaired(claims.len(), carriers.len(), &carries);
    if let Some(i) = unpaired.filter(|i| !attributed(pair, claims[*i])) {
        let reason = format!(
            "the Italian reports it as a claim (`{}`), the English as a fact",
            claims[i].of(pair.source)
        );
        return Some(finding(
            pair,
            Check::Hedge,
            Verdict::Altered,
            Some(claims[i]),
            None,
            reason,
        ));
    }
    let reasons: Vec<Span> = all.into_iter().chain(soft_it).collect();
    let stands = |i: usize, j: usize| lone && told.len() == 1 || far(reasons[j], told[i]) <= window + SLACK;
    let i = balance::unpaired(told.len(), reasons.len(), &stands)?;
    let reason = format!(
        "the English reports it as a claim (`{}`), the Italian as a fact",
        told[i].of(pair.target)
    );
    Some(finding(
        pair,
        Check::Hedge,
        Verdict::Altered,
        None,
        Some(told[i]),
        reason,
    ))
}

/// Whether both sides name who says it, for the clause of this claim: nothing but commas between.
fn attributed(pair: Pair, claim: Span) -> bool {
    if NOUN.is_match(claim.of(pair.source)) {
        return false;
    }
    let stop = |c: char| matches!(c, ';' | ':' | '.' | '«' | '»' | '“' | '”');
    let before = pair.source[..claim.start].rsplit(stop).next().unwrap_or_default();
    let after = pair.source[claim.end..].split(stop).next().unwrap_or_default();
    (SAYS.is_match(before) || SAYS.is_match(after)) && ATTRIBUTION.is_match(pair.target)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::word, *};

    #[test]
    fn claims_stay_claims() {
        for (it, en, expected) in [
            (
                "L'uomo avrebbe ricevuto denaro.",
                "The man allegedly received money.",
                None,
            ),
            (
                "L'uomo avrebbe ricevuto denaro.",
                "The man is said to have received money.",
                None,
            ),
            (
                "L'uomo avrebbe ricevuto denaro.",
                "The man received money.",
                Some("avrebbe"),
            ),
            ("Avrebbe detto di no.", "He said no.", Some("Avrebbe")),
            ("Il presunto complice è fuggito.", "The alleged accomplice fled.", None),
            (
                "Il presunto complice potrebbe fuggire.",
                "The accomplice could flee.",
                Some("presunto"),
            ),
            (
                "Secondo la procura è fuggito.",
                "According to prosecutors he fled.",
                None,
            ),
            (
                "Secondo la procura avrebbe pagato i dirigenti.",
                "According to prosecutors he paid the managers.",
                None,
            ),
            (
                "Secondo la procura avrebbe pagato i dirigenti.",
                "He paid the managers.",
                Some("avrebbe"),
            ),
            (
                "Secondo la procura era lui; avrebbe pagato i dirigenti.",
                "According to prosecutors it was him; he paid the managers.",
                Some("avrebbe"),
            ),
            (
                "Il presunto capo, un uomo di Lodi, avrebbe diretto i traffici.",
                "The alleged head, a man from Lodi, allegedly directed the trafficking.",
                None,
            ),
            (
                "«Così», dice il pm Bianchi, sarebbe andata.",
                "\"So it went,\" says prosecutor Bianchi.",
                None,
            ),
            (
                "Avrebbe seguito la donna e le avrebbe rigato l'auto.",
                "He allegedly followed the woman and scratched her car.",
                None,
            ),
            ("Avrebbe dovuto pagare.", "He should have paid.", None),
            ("È fuggito.", "He allegedly fled.", Some("allegedly")),
            (
                "I reati contestati sono frode e riciclaggio.",
                "The alleged offences are fraud and money laundering.",
                None,
            ),
            (
                "I reati contestati sono frode e riciclaggio.",
                "The offences are fraud and money laundering.",
                Some("reati contestati"),
            ),
            (
                "Due sarebbero partiti da Lodi con la refurtiva, e un terzo avrebbe venduto ogni cosa a Pavia.",
                "Two allegedly left Lodi with the stolen goods, and a third sold everything in Pavia.",
                Some("avrebbe"),
            ),
        ] {
            assert_eq!(word(check, it, en).as_deref(), expected, "{it} / {en}");
        }
    }
}
