//! Damage to the strength of what is said in law: suspects made guilty, accusations made facts, denials made admissions.
use super::splice;
use regex::Regex;

pub struct Law {
    suspect: Regex,
    investigated: Regex,
    detained: Regex,
    acquitted: Regex,
    lapsed: Regex,
    hedge: Regex,
    accused: Regex,
    held: Regex,
    source: Regex,
    distant: Regex,
    denies: Regex,
    reported: Regex,
}

impl Law {
    pub fn new() -> Self {
        let r = |p: &str| Regex::new(p).expect("a valid pattern");
        Self {
            suspect: r(
                r"\b(suspects|suspect|people under investigation|person under investigation|defendants|defendant|accused men|accused)\b",
            ),
            investigated: r(
                r"\b(?:(suspects|people under investigation)|(suspect|person under investigation)|(under investigation|investigated))\b",
            ),
            detained: r(r"\b(?:was|were|been) (arrested|detained)\b"),
            acquitted: r(r"\b(acquitted|cleared)\b"),
            lapsed: r(
                r"\b(?:time-barred|(?:has |have |had )?lapsed|(?:has |have |had )?expired|statute-barred|out of time)\b",
            ),
            hedge: r(r"\b(allegedly|alleged|reportedly) "),
            accused: r(r"\b(?:(is|are|was|were|be|been) (?:\w+ly )?)?(accused of|suspected of|charged with) (\w+)"),
            held: r(
                r"\b(?:(is|are|was|were|be|been) (?:\w+ly )?)?(?:believed|considered|thought|deemed|held) to (be|have) (\w+)",
            ),
            source: r(r"^According to [^,;.]{3,70}, (\w)|, according to [^,;.]{3,70}([,.])"),
            distant: r(
                r"(?i)\b(?:alleg\w+|reportedly|said|says?|believed to|thought to|according to|suspected|accus\w+|claim\w*|charge[sd]?|maintain\w*)\b",
            ),
            denies: r(r"\b(?:(denies)|(deny)|(denied)|(denying))\b(?: \w+)?"),
            reported: r(
                r"\breported(?:(?: to the (?:judicial )?authorit(?:ies|y))?,? without arrest| to the (?:judicial )?authorit(?:ies|y))",
            ),
        }
    }

    /// Every damage that applies to a sentence, with its kind.
    pub fn damage(&self, italian: &str, english: &str) -> Vec<(&'static str, String)> {
        let mut out = vec![];
        let mut push = |kind, text: Option<String>| out.extend(text.filter(|t| t != english).map(|t| (kind, t)));
        push(
            "suspect made guilty",
            self.suspect.find(english).map(|m| {
                let many = m.as_str().ends_with('s') || m.as_str().starts_with("people");
                splice(
                    english,
                    m.range(),
                    if many {
                        "convicted offenders"
                    } else {
                        "convicted offender"
                    },
                )
            }),
        );
        push("suspect made accused", self.charged(italian, english));
        push(
            "arrest made conviction",
            self.detained
                .captures(english)
                .and_then(|c| c.get(1))
                .map(|m| splice(english, m.range(), "convicted")),
        );
        push(
            "acquittal reversed",
            self.acquitted
                .find(english)
                .map(|m| splice(english, m.range(), "convicted")),
        );
        push(
            "lapse made acquittal",
            self.lapsed
                .find(english)
                .filter(|_| italian.contains("prescri") && !english.contains("limitation"))
                .map(|m| splice(english, m.range(), "ended in acquittal")),
        );
        push("hedge dropped", self.unhedged(english));
        push("accusation told as fact", self.committed(english));
        push("opinion told as fact", self.certain(english));
        push("attribution dropped", self.unsourced(english));
        push("denial made admission", self.admitted(english));
        push(
            "reported made arrested",
            self.reported
                .find(english)
                .map(|m| splice(english, m.range(), "arrested")),
        );
        out
    }

    /// Somebody whom the Italian calls no more than investigated, charged.
    fn charged(&self, italian: &str, english: &str) -> Option<String> {
        let italian = italian.to_lowercase();
        let more = ["imputat", "accus", "contest", "addebit", "giudizio", "processo"];
        let c = self.investigated.captures(english)?;
        if !italian.contains("indagat") || more.iter().any(|w| italian.contains(w)) {
            return None;
        }
        let new = match (c.get(1), c.get(2)) {
            (Some(_), _) => "defendants",
            (_, Some(_)) => "defendant",
            _ => "charged",
        };
        Some(splice(english, c.get(0)?.range(), new))
    }

    /// Without `allegedly`, where nothing else keeps its distance.
    fn unhedged(&self, english: &str) -> Option<String> {
        let mut words = self.hedge.find_iter(english);
        let word = words.find(|m| hedges(m.as_str(), &english[m.end()..]))?;
        let text = splice(english, word.range(), "");
        (!self.distant.is_match(&text)).then_some(text)
    }

    /// An accusation told as what happened: `is accused of fraud` as `committed fraud`.
    fn committed(&self, english: &str) -> Option<String> {
        let c = self.accused.captures(english)?;
        let (whole, next) = (c.get(0)?, c.get(3)?);
        // `seriously suspected of`
        if c.get(1).is_none() && english[..whole.start()].trim_end().ends_with("ly") {
            return None;
        }
        let gerund = next.as_str().ends_with("ing");
        let fact = match c.get(1).map(|v| v.as_str()) {
            Some(verb) if gerund => format!("{verb} "),
            Some(_) => "committed ".to_string(),
            None if gerund => String::new(),
            None => "who committed ".to_string(),
        };
        Some(splice(english, whole.start()..next.start(), &fact))
    }

    /// An opinion told as what is: `is believed to be the leader` as `is the leader`.
    fn certain(&self, english: &str) -> Option<String> {
        let c = self.held.captures(english)?;
        let (whole, next) = (c.get(0)?, c.get(3)?);
        let fact = match (c.get(1).map(|v| v.as_str()), &c[2]) {
            (Some(verb), "be") => format!("{verb} "),
            (None, "be") => "who are ".to_string(),
            (Some("was" | "were"), _) => "had ".to_string(),
            (Some(_), _) => "have ".to_string(),
            (None, _) => "who have ".to_string(),
        };
        Some(splice(english, whole.start()..next.start(), &fact))
    }

    /// Without the source that it gives, where nothing else keeps its distance.
    fn unsourced(&self, english: &str) -> Option<String> {
        let c = self.source.captures(english)?;
        let rest = match (c.get(1), c.get(2)) {
            (Some(first), _) => first.as_str().to_uppercase(),
            (_, Some(stop)) if stop.as_str() == "." => ".".to_string(),
            _ => String::new(),
        };
        let text = splice(english, c.get(0)?.range(), &rest);
        (!self.distant.is_match(&text)).then_some(text)
    }

    /// A denial made an admission; `denies access` is none.
    fn admitted(&self, english: &str) -> Option<String> {
        const REFUSED: [&str; 3] = ["access", "entry", "bail"];
        let c = self.denies.captures(english)?;
        let verb = c.iter().skip(1).flatten().next()?;
        let object = english[verb.end()..c.get(0)?.end()].trim();
        let admits = ["admits", "admit", "admitted", "admitting"];
        let form = (1..=4).find(|i| c.get(*i).is_some())?;
        (!REFUSED.contains(&object)).then(|| splice(english, verb.range(), admits[form - 1]))
    }
}

/// Whether a word of hearsay can go and leave a sentence: in `is alleged to have` and `alleged a loss` it is the verb.
fn hedges(word: &str, after: &str) -> bool {
    let verb = ["to", "a", "the", "that", "against", "by", "losses"];
    let next = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    word.trim() != "alleged" || !verb.contains(&next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_leaves_a_sentence() {
        for (italian, english, kind, expected) in [
            (
                "Due indagati.",
                "Two suspects.",
                "suspect made guilty",
                "Two convicted offenders.",
            ),
            (
                "Due indagati.",
                "Two suspects.",
                "suspect made accused",
                "Two defendants.",
            ),
            (
                "Fermato.",
                "He was detained.",
                "arrest made conviction",
                "He was convicted.",
            ),
            (
                "Assolto.",
                "He was acquitted.",
                "acquittal reversed",
                "He was convicted.",
            ),
            (
                "Reato prescritto.",
                "The offence lapsed.",
                "lapse made acquittal",
                "The offence ended in acquittal.",
            ),
            ("Avrebbe pagato.", "He allegedly paid.", "hedge dropped", "He paid."),
            (
                "Accusato di frode.",
                "He is accused of fraud.",
                "accusation told as fact",
                "He committed fraud.",
            ),
            (
                "Ritenuto il capo.",
                "He is believed to be the boss.",
                "opinion told as fact",
                "He is the boss.",
            ),
            (
                "Secondo i pm.",
                "According to prosecutors, he paid.",
                "attribution dropped",
                "He paid.",
            ),
            ("Nega.", "He denies it.", "denial made admission", "He admits it."),
            (
                "Denunciato.",
                "He was reported without arrest.",
                "reported made arrested",
                "He was arrested.",
            ),
        ] {
            let made = Law::new().damage(italian, english);
            let text = made.iter().find(|(k, _)| *k == kind).map(|(_, t)| t.as_str());
            assert_eq!(text, Some(expected), "{kind}: {made:?}");
        }
        let sourced = "According to police he allegedly paid.";
        assert!(!Law::new()
            .damage("", sourced)
            .iter()
            .any(|(k, _)| *k == "hedge dropped"));
    }
}
