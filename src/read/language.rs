//! Whether an article is Italian: whatlang on what it says, function words where it is short.
use crate::text::{words, Article};
use whatlang::{detect as whatlang, Lang, Script};

/// What the text seems to be written in.
pub struct Detected {
    language: Option<Lang>,
    italian: bool,
}

impl Detected {
    /// The English name of the language, where it is surely not Italian.
    pub fn not_italian(&self) -> Option<String> {
        if self.italian {
            return None;
        }
        Some(
            self.language
                .map_or("another language".into(), |l| l.eng_name().to_string()),
        )
    }

    /// ISO 639-3.
    pub fn code(&self) -> Option<String> {
        if self.italian {
            Some("ita".into())
        } else {
            self.language.map(|l| l.code().into())
        }
    }
}

/// Looks at the first 4,000 bytes or so of the article's own text.
pub fn detect(article: &Article) -> Detected {
    let mut sample = String::new();
    for (_, _, sentence) in article.content() {
        sample.extend(sentence.chars().take(2000));
        sample.push(' ');
        if sample.len() > 4000 {
            break;
        }
    }
    detect_text(&sample)
}

fn detect_text(text: &str) -> Detected {
    let found = words::words(text);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let share = |language| {
        let stop = found.iter().filter(|w| words::is_stop(w.of(text), language)).count();
        stop as f32 / found.len().max(1) as f32
    };
    let (it, en) = (share(words::Language::Italian), share(words::Language::English));
    let guess = whatlang(text);
    let language = guess.as_ref().map(|g| g.lang());
    // Trigrams need some text: below that, function words decide, and with nothing to go by the text is taken on trust.
    let short = found.len() < 25;
    let latin = guess.as_ref().is_none_or(|g| g.script() == Script::Latin);
    let italian = language == Some(Lang::Ita)
        || it >= 0.3 && it > en
        || short && latin && it >= en && (it > 0.0 || !guess.as_ref().is_some_and(|g| g.is_reliable()) && letters > 0);
    Detected {
        language: language.filter(|l| *l != Lang::Ita || italian),
        italian,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_italian_from_the_rest() {
        for (text, expected) in [
            ("La polizia ha arrestato due persone nella provincia di Milano, spiega la procura in una nota.", None),
            ("Arrestato un uomo a Pisa", None),
            ("Milano", None),
            ("Juventus-Inter 2-1", None),
            ("Il software open source e il machine learning nel business: la start-up punta sul cloud.", None),
            (
                "The police arrested two people in the province of Milan on Monday, the prosecutor's office said in a \
                 statement released in the afternoon after the searches.",
                Some("English"),
            ),
            ("The police arrested two people in Milan.", Some("English")),
            (
                "La policía detuvo ayer a dos personas en la provincia de Madrid, según explicó la fiscalía en una nota \
                 que fue publicada por la tarde después de los registros.",
                Some("Spanish"),
            ),
            (
                "La police a arrêté hier deux personnes dans la région de Lyon, a expliqué le parquet dans un communiqué \
                 publié dans l'après-midi après les perquisitions.",
                Some("French"),
            ),
            ("Полиция арестовала двух человек в Москве.", Some("Russian")),
        ] {
            assert_eq!(detect_text(text).not_italian().as_deref(), expected, "{text}");
        }
    }
}
