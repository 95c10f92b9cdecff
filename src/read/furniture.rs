//! Phrases that pages put around articles: credits, cookie notices, share labels, links to other articles.
//!
//! Each rule asks for a short text of a known form, so that an article *about* cookies or newsletters stays whole.
use crate::text::normalize::{fold, normalize};
use crate::text::words;

/// Labels that stand alone, accents and punctuation apart.
const ALONE: &str = "condividi|stampa|commenta|commenti|home|home page|menu|cerca|pubblicita|advertisement|annuncio|accetta|\
    accetta tutto|accetta tutti|rifiuta|rifiuta tutto|accedi|abbonati|registrati|facebook|twitter|whatsapp|telegram|linkedin|\
    instagram|youtube|email|copia link|copia il link|newsletter|segue|ansa|adnkronos|agi|askanews|web|foto|video|tag|torna su|\
    torna alla home|share|tweet|salva|ascolta|chiudi|continua|contenuto sponsorizzato|sponsorizzato|privacy|cookie|contatti|\
    chi siamo|note legali|mappa del sito|mostra altro|carica altro|vedi altro|galleria|fotogallery|riproduzione riservata|\
    tutti i diritti riservati|i piu letti|le piu lette|piu letti|piu lette|articoli correlati|notizie correlate|\
    contenuti correlati|altre notizie|ultime notizie|ti potrebbe interessare|ti potrebbero interessare|potrebbe interessarti|\
    potrebbero interessarti|ti potrebbe interessare anche|potrebbe interessarti anche|leggi anche|leggi tutto|vedi anche|\
    guarda anche|ti consigliamo|correlati|salta al contenuto|vai al contenuto|salta al contenuto principale";

/// Beginnings of short texts without a verb of the article's own.
const BEGINNINGS: &str = "(c) |© |copyright |riproduzione riservata|tutti i diritti riservati|ti potrebbe interessare|\
    ti potrebbero interessare|potrebbe interessarti|potrebbero interessarti|potresti leggere|leggi anche|leggi pure|\
    leggi l'articolo completo|leggi tutto|vedi anche|guarda anche|guarda il video|articoli correlati|condividi su|\
    condividi l'articolo|condividi questo|condividi via|invia per email|seguici su|segui la nostra|iscriviti alla newsletter|\
    iscriviti al nostro|iscriviti al canale|iscriviti gratis|abbonati a|abbonati per|registrati per|ricevi le notizie|\
    ricevi la newsletter|scarica l'app|clicca qui|cookie policy|privacy policy|informativa sui cookie|informativa sulla privacy|\
    gestisci le preferenze|gestisci i cookie|lascia un commento|foto:|foto di repertorio|foto d'archivio|foto di archivio|\
    foto ansa|(foto|fonte:|fonte foto|fonti:|credits:|crediti:|video:|tag:|tags:|argomenti:|categorie:|tempo di lettura|\
    ascolta l'articolo|ascolta questo articolo|lettura in |accetta e |rispondi a |torna a ";

/// Phrases of consent notices, wherever they stand in a text of moderate length.
const NOTICES: &str =
    "questo sito utilizza|questo sito usa|questo sito web utilizza|utilizziamo i cookie|utilizziamo cookie|\
    usiamo i cookie|usiamo cookie|noi e i nostri partner|noi e terze parti selezionate|accetta tutti i cookie|\
    proseguendo la navigazione|continuando a navigare|cliccando su accetta|cliccando su \"accetta|acconsenti all'uso|\
    we use cookies|this site uses cookies";

/// Whether `text`, a block or sentence, is furniture of the page rather than text of the article.
pub fn is_boilerplate(text: &str) -> bool {
    let count = words::count(text);
    if count > 120 {
        return false;
    }
    let plain = normalize(text).to_lowercase();
    if listed(NOTICES, |p| plain.contains(p)) {
        return true;
    }
    if count > 16 {
        return false;
    }
    let bare = fold(plain.trim_matches(|c: char| !c.is_alphanumeric()));
    let symbols = !plain.chars().any(char::is_alphanumeric) && plain.chars().any(|c| "©®*_=~#•|<>".contains(c));
    symbols || listed(ALONE, |p| bare == p) || listed(BEGINNINGS, |p| plain.starts_with(p))
}

/// Whether what follows `text` are links to other articles.
pub fn opens_links(text: &str) -> bool {
    let plain = fold(normalize(text).trim_matches(|c: char| !c.is_alphanumeric()));
    listed(
        "ti potrebbe|ti potrebbero|potrebbe interessarti|potrebbero interessarti|leggi anche|articoli correlati|\
         notizie correlate|contenuti correlati|altre notizie|ultime notizie|i piu letti|le piu lette|vedi anche|correlati",
        |p| plain.starts_with(p),
    ) && words::count(text) <= 6
}

/// A line that names the author: `di Maria Rossi`, `a cura della redazione`, `Redazione`.
pub fn is_byline(text: &str) -> bool {
    let trimmed = text.trim_end_matches(['.', ' ']);
    let lower = trimmed.to_lowercase();
    let count = words::count(trimmed);
    if count > 6 || trimmed.ends_with(['!', '?']) {
        return false;
    }
    if matches!(
        lower.as_str(),
        "redazione" | "di redazione" | "la redazione" | "a cura della redazione" | "redazione online"
    ) {
        return true;
    }
    let names = lower
        .strip_prefix("di ")
        .or_else(|| lower.strip_prefix("a cura di "))
        .map(|n| &trimmed[trimmed.len() - n.len()..]);
    names.is_some_and(|names| {
        let mut all = names.split_whitespace().filter(|w| *w != "e");
        count >= 3 && all.all(|w| w.starts_with(char::is_uppercase))
    })
}

fn listed(list: &str, found: impl Fn(&str) -> bool) -> bool {
    list.split('|').any(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_boilerplate() {
        for text in [
            "© Web",
            "(C) Web",
            "© Riproduzione riservata",
            "RIPRODUZIONE RISERVATA ©",
            "Ti potrebbe interessare",
            "Ti potrebbe interessare:",
            "Leggi anche: Il processo continua a Roma",
            "Condividi su Facebook",
            "Iscriviti alla newsletter!",
            "Questo sito utilizza cookie tecnici e di profilazione. Cliccando su accetta acconsenti.",
            "Pubblicità",
            "Foto: Ansa",
            "Tempo di lettura: 3 minuti",
            "(ANSA).",
            "(segue)",
            "***",
        ] {
            assert!(is_boilerplate(text), "{text}");
        }
        for text in [
            "Il Garante ha multato il sito per i cookie e per l'informativa sulla privacy ai minori.",
            "La pubblicità ingannevole costa cara.",
            "Stampa e televisione sotto accusa",
            "La foto di repertorio non ritrae l'indagato.",
            "Accetta la proposta il sindaco",
            "Copyright, la Corte decide",
            "-",
            "",
        ] {
            assert!(!is_boilerplate(text), "{text}");
        }
    }

    #[test]
    fn knows_bylines() {
        for (text, expected) in [
            ("di Maria Rossi", true),
            ("Di Maria Rossi e Ugo Verdi", true),
            ("a cura di Maria Rossi", true),
            ("Redazione", true),
            ("di Milano", false),
            ("di nuovo in piazza", false),
            ("Di Maio a Roma", false),
        ] {
            assert_eq!(is_byline(text), expected, "{text}");
        }
    }
}
