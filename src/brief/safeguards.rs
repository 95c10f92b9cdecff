//! Sentences that a brief may not drop: a denial, and the presumption of innocence.
//!
//! Directive (EU) 2016/343 and D.Lgs. 188/2021 forbid presenting a suspect as guilty before a final judgment: where a
//! brief speaks of people under investigation, what they deny and that they are presumed innocent goes with it.
use crate::text::{pattern::Pattern, Article, Role, SentenceId};
use std::sync::LazyLock;

/// Denials that a brief takes along at most: one for each side of a usual report.
pub const MOST_DENIALS: usize = 2;

static SUSPECT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:indagat[oaie]|imputat[oaie]|arrestat[oaie]|arrest[oi]|denunciat[oaie]|fermat[oaie]|accusat[oaie]|",
        r"sospettat[oaie]|misur[ae] cautelar[ie]|custodia cautelare|arresti domiciliari|sottopost[oaie] a indagini?)\b",
    ))
});

static PRESUMPTION: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)presunzione d(?:i|')\s?(?:innocenza|non colpevolezza)|presunt[oaie] (?:innocent[ei]|non colpevol[ei])|",
        r"presum(?:e|ono|ersi|ere|endosi)[^.;]{0,12} (?:innocent[ei]|non colpevol[ei])|non colpevol[ei] (?:fino|sino)|",
        r"innocent[ei] (?:fino|sino)|restano (?:tutti )?non colpevol[ei]|non [^.;]{0,30}colpevol[ei] (?:fino|sino)|",
        r"colpevolezza[^.;]{0,80} da dimostrare|(?:fino|sino) all['’]ultimo grado di giudizio|",
        r"(?:\b(?:fino|sino|sol[oa]|soltanto|solamente|esclusivamente)\b|accertat[oaie])[^.;]{0,60}\b(?:sentenza|condanna|pronuncia|giudizio)\b",
        r"[^.;]{0,30}(?:definitiv|irrevocabil|passat[oa] in giudicato)",
    ))
});

static DENIAL: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:nega(?:no|va|vano|to|ndo|rono)?|negò|respin(?:ge|gono|to|geva|gendo|se|sero)|smenti(?:sce|scono|to|va)|",
        r"rigetta(?:no|to)?|contesta(?:no)?)\b[^.;]{0,60}\b(?:accus[ae]|addebit[oi]|contestazion[ei]|responsabilità|fatti|coinvolgimento|",
        r"ricostruzione)|\b(?:si (?:dice|dicono|è dett[oa]|sono dett[ie]|dichiara(?:no|t[oa])?|è dichiarat[oa]|sono dichiarat[ie]|",
        r"proclama(?:no)?|è proclamat[oa]|è professat[oa]|professa(?:no)?|ritien[ei]|considera))\s+(?:del tutto |totalmente |completamente )?",
        r"(?:innocent[ei]|estrane[oiae])|\bestrane[oiae] ai fatti|\b(?:la propria|la sua|la loro) (?:totale |completa )?(?:innocenza|estraneità)",
    ))
});

/// English words of a denial, of what a defence says, of the presumption of innocence: wide, since they are only looked
/// for in sentences that cite one in Italian.
static DENIAL_EN: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:den(?:y|ies|ied|ying|ials?)|reject\w*|contest\w*|refut\w*|disput\w*|innocen\w*|not guilty|wrongdoing|",
        r"(?:no|any) (?:involvement|part|role)|not involved|nothing to do|lawyers?|defen[cs]e|defend(?:s|ing)|counsel|appeal\w*)\b",
    ))
});
static PRESUMPTION_EN: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:presum\w*|innocen\w*|guilt\w*|(?:final|definitive|irrevocable) (?:\w+ )?(?:judge?ment|ruling|verdict|conviction|sentence)|",
        r"(?:yet|still|remains?) to be (?:prove[nd]|established|confirmed|ascertained)|(?:judge?ment|ruling|conviction) (?:is|becomes) final)\b",
    ))
});

static DEFENDER: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:avvocat[oaie]|avv|difensor[ei]|difensiv[oi]|(?:suo|loro|proprio|il|i) legal[ei]|la difesa|le difese|assistit[oaie])\b",
    )
});

static SAYS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)[«“]|\b(?:ribatt|replica|replicat|sostien|sostengon|parla d|parlano d|spiega|afferma|ribadi|precisa|obiett|",
        r"dimostrer|fa sapere|fanno sapere|ha presentato ricorso|ha impugnato|annuncia)",
    ))
});

/// Whether a sentence speaks of somebody under investigation, arrested, reported or charged.
pub fn mentions_suspect(sentence: &str) -> bool {
    SUSPECT.is_match(sentence)
}

/// Whether a sentence states the presumption of innocence or that only a final judgment settles responsibility.
pub fn states_presumption(sentence: &str) -> bool {
    PRESUMPTION.is_match(sentence)
}

/// Whether a sentence reports that somebody denies what they are accused of.
pub fn states_denial(sentence: &str) -> bool {
    DENIAL.is_match(sentence)
}

/// Whether a sentence reports what the defence says.
pub fn states_defence(sentence: &str) -> bool {
    DEFENDER.is_match(sentence) && SAYS.is_match(sentence)
}

/// Whether an English sentence that cites this Italian one tells the denial or the presumption that it holds; true of
/// Italian that holds neither.
pub fn carries(english: &str, italian: &str) -> bool {
    let presumes = states_presumption(italian);
    let denies = states_denial(italian) || !presumes && states_defence(italian);
    !(denies || presumes) || denies && DENIAL_EN.is_match(english) || presumes && PRESUMPTION_EN.is_match(english)
}

/// `chosen` and, where it speaks of suspects, what a brief may not drop: the article's denials (else what the defence
/// says first) and its first sentence on the presumption of innocence. In article order.
pub fn keep(article: &Article, chosen: &[SentenceId]) -> Vec<SentenceId> {
    let mut kept = chosen.to_vec();
    let suspects = chosen.iter().any(|&id| mentions_suspect(article.sentence(id)))
        || article
            .content()
            .any(|(_, s, t)| s.role == Role::Title && mentions_suspect(t));
    if suspects {
        let body = |says: fn(&str) -> bool, most: usize| -> Vec<SentenceId> {
            let found = article.content().filter(|(_, s, t)| s.role == Role::Body && says(t));
            found.map(|(id, _, _)| id).take(most).collect()
        };
        let denials = match body(states_denial, MOST_DENIALS) {
            none if none.is_empty() => body(states_defence, 1),
            some => some,
        };
        let presumption = body(states_presumption, 1);
        kept.extend(denials.into_iter().chain(presumption));
        kept.sort();
        kept.dedup();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_the_defence_says() {
        for (text, expected) in [
            (
                "«Ha diretto una centrale, non una cosca», ribatte il suo difensore, l’avvocato Neri.",
                true,
            ),
            ("Il loro avvocato parla di documenti smarriti.", true),
            (
                "Il tecnico, tramite l'avvocata Bianchi, fa sapere che chiarirà ogni cosa.",
                true,
            ),
            ("«Il mio assistito era il primo dei truffati».", true),
            ("Due di loro hanno nominato un difensore di fiducia.", false),
            ("Sul mercato illegale la merce vale «un milione».", false),
            ("Le motivazioni arriveranno fra novanta giorni.", false),
        ] {
            assert_eq!(states_defence(text), expected, "{text}");
        }
    }

    #[test]
    fn knows_denials() {
        for (text, expected) in [
            ("L'imprenditore nega ogni addebito.", true),
            ("I due respingono tutte le accuse.", true),
            ("L'ex sindaco si dice estraneo ai fatti.", true),
            (
                "Il legale ha ribadito la totale estraneità del suo assistito: «è estraneo ai fatti».",
                true,
            ),
            ("Si è dichiarata innocente davanti al gip.", true),
            ("Il dirigente ha negato qualsiasi coinvolgimento.", true),
            ("Il giudice ha negato il permesso di soggiorno.", false),
            ("La procura contesta agli indagati il riciclaggio.", false),
            ("Gli abitanti sono rimasti estranei alla festa.", false),
        ] {
            assert_eq!(states_denial(text), expected, "{text}");
        }
    }

    #[test]
    fn knows_the_presumption_of_innocence() {
        for (text, expected) in [
            ("Vale il principio della presunzione di innocenza.", true),
            (
                "Gli indagati sono da ritenersi presunti innocenti fino a sentenza irrevocabile.",
                true,
            ),
            (
                "Le responsabilità saranno accertate soltanto con sentenza definitiva.",
                true,
            ),
            ("Resta ferma la presunzione di non colpevolezza.", true),
            (
                "Gli stessi non possono essere considerati colpevoli fino alla condanna definitiva.",
                true,
            ),
            (
                "Tutte le persone coinvolte si presumono non colpevoli, in ossequio all'art. 27 della Costituzione.",
                true,
            ),
            ("Gli interessati godono della presunzione di non colpevolezza.", true),
            (
                "La colpevolezza, in ragione dello stato del procedimento, è ancora tutta da dimostrare.",
                true,
            ),
            (
                "Un uomo già condannato in via definitiva per mafia, che la sentenza indica come reggente.",
                false,
            ),
            ("È la prima sentenza definitiva sul caso.", false),
            ("La graduatoria definitiva sarà pubblicata a maggio.", false),
            ("La presunzione del ministro ha irritato i sindacati.", false),
        ] {
            assert_eq!(states_presumption(text), expected, "{text}");
        }
    }

    #[test]
    fn knows_whether_english_carries_them() {
        for (italian, english, expected) in [
            ("I due negano ogni addebito.", "The two deny every charge.", true),
            ("I due negano ogni addebito.", "The two were arrested in Lodi.", false),
            (
                "«Il mio assistito chiarirà», dice l'avvocato Neri.",
                "His lawyer says all will be cleared up.",
                true,
            ),
            ("Vale la presunzione di innocenza.", "All are presumed innocent.", true),
            ("Vale la presunzione di innocenza.", "The proceedings go on.", false),
            (
                "La colpevolezza è ancora tutta da dimostrare.",
                "The allegations have yet to be proven.",
                true,
            ),
            ("Due arresti a Lodi.", "Two arrests in Lodi.", true),
        ] {
            assert_eq!(carries(english, italian), expected, "{italian} / {english}");
        }
    }

    #[test]
    fn knows_suspects() {
        for (text, expected) in [
            ("Sei indagati in totale.", true),
            ("Due arresti e altri quattro denunciati.", true),
            ("È agli arresti domiciliari.", true),
            ("Il treno si è fermato.", true), // too much rather than too little: it only keeps safeguards in
            ("La mostra apre domani.", false),
        ] {
            assert_eq!(mentions_suspect(text), expected, "{text}");
        }
    }
}
