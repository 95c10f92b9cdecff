//! Sentences that a brief may not drop: a denial, and the presumption of innocence.
//!
//! Directive (EU) 2016/343 and D.Lgs. 188/2021 forbid presenting a suspect as guilty before a final judgment: where a
//! brief speaks of people under investigation, what they deny and that they are presumed innocent goes with it.
use crate::text::{Article, Role, SentenceId};
use regex::Regex;
use std::sync::LazyLock;

static SUSPECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:indagat[oaie]|imputat[oaie]|arrestat[oaie]|arrest[oi]|denunciat[oaie]|fermat[oaie]|accusat[oaie]|",
        r"sospettat[oaie]|misur[ae] cautelar[ie]|custodia cautelare|arresti domiciliari|sottopost[oaie] a indagini?)\b",
    ))
    .expect("a valid pattern")
});

static PRESUMPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)presunzione d(?:i|')\s?(?:innocenza|non colpevolezza)|presunt[oaie] (?:innocent[ei]|non colpevol[ei])|",
        r"(?:sentenza|condanna|pronuncia)[^.;]{0,30}(?:definitiva|irrevocabile|passata in giudicato)|non colpevol[ei] fino|",
        r"innocent[ei] fino",
    ))
    .expect("a valid pattern")
});

static DENIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:nega(?:no|va|vano|to|ndo|rono)?|negò|respin(?:ge|gono|to|geva|gendo|se|sero)|smenti(?:sce|scono|to|va)|",
        r"rigetta(?:no|to)?|contesta(?:no)?)\b[^.;]{0,60}\b(?:accus[ae]|addebit[oi]|contestazion[ei]|responsabilità|fatti|coinvolgimento|",
        r"ricostruzione)|\b(?:si (?:dice|dicono|è dett[oa]|sono dett[ie]|dichiara(?:no|t[oa])?|è dichiarat[oa]|sono dichiarat[ie]|",
        r"proclama(?:no)?|è proclamat[oa]|è professat[oa]|professa(?:no)?|ritien[ei]|considera))\s+(?:del tutto |totalmente |completamente )?",
        r"(?:innocent[ei]|estrane[oiae])|\bestrane[oiae] ai fatti|\b(?:la propria|la sua|la loro) (?:totale |completa )?(?:innocenza|estraneità)",
    ))
    .expect("a valid pattern")
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

/// `chosen` and, where it speaks of suspects, the article's denials and presumption sentences; in article order.
pub fn keep(article: &Article, chosen: &[SentenceId]) -> Vec<SentenceId> {
    let mut kept = chosen.to_vec();
    let suspects = chosen.iter().any(|&id| mentions_suspect(article.sentence(id)))
        || article
            .content()
            .any(|(_, s, t)| s.role == Role::Title && mentions_suspect(t));
    if suspects {
        for (id, s, text) in article.content() {
            if s.role == Role::Body && (states_presumption(text) || states_denial(text)) && !kept.contains(&id) {
                kept.push(id);
            }
        }
    }
    kept.sort();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("La graduatoria definitiva sarà pubblicata a maggio.", false),
            ("La presunzione del ministro ha irritato i sindacati.", false),
        ] {
            assert_eq!(states_presumption(text), expected, "{text}");
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
