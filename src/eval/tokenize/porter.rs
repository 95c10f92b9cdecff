//! The Porter stemmer with NLTK's extensions, which google rouge-score uses (`nltk.stem.PorterStemmer`).
//!
//! Written from the algorithm's description (Porter 1980) and the documented extensions; words are ASCII.

/// The stem of a lower-case ASCII word.
pub fn stem(word: &str) -> String {
    if let Some(irregular) = irregular(word) {
        return irregular.to_string();
    }
    if word.len() <= 2 {
        return word.to_string();
    }
    let mut w = word.as_bytes().to_vec();
    step1a(&mut w);
    step1b(&mut w);
    step1c(&mut w);
    step2(&mut w);
    rules(&mut w, STEP3, |stem| measure(stem) > 0);
    step4(&mut w);
    step5(&mut w);
    String::from_utf8_lossy(&w).into_owned()
}

fn irregular(word: &str) -> Option<&'static str> {
    Some(match word {
        "sky" | "skies" => "sky",
        "dying" => "die",
        "lying" => "lie",
        "tying" => "tie",
        "news" => "news",
        "innings" | "inning" => "inning",
        "outings" | "outing" => "outing",
        "cannings" | "canning" => "canning",
        "howe" => "howe",
        "proceed" => "proceed",
        "exceed" => "exceed",
        "succeed" => "succeed",
        _ => return None,
    })
}

/// Whether each letter is a consonant: not a vowel, and `y` only where no consonant stands before it.
fn consonants(word: &[u8]) -> impl Iterator<Item = bool> + '_ {
    let mut before = false;
    word.iter().map(move |b| {
        before = match b {
            b'a' | b'e' | b'i' | b'o' | b'u' => false,
            b'y' => !before,
            _ => true,
        };
        before
    })
}

fn is_consonant(word: &[u8], i: usize) -> bool {
    consonants(&word[..=i]).last().unwrap_or(false)
}

/// Porter's m: how often a consonant follows a vowel.
fn measure(stem: &[u8]) -> usize {
    let mut vowel = false;
    let mut m = 0;
    for consonant in consonants(stem) {
        m += usize::from(consonant && vowel);
        vowel = !consonant;
    }
    m
}

fn ends_double_consonant(word: &[u8]) -> bool {
    let n = word.len();
    n >= 2 && word[n - 1] == word[n - 2] && is_consonant(word, n - 1)
}

/// Consonant, vowel, consonant (not w, x, y) at the end; or (NLTK) the whole word is vowel, consonant.
fn ends_cvc(word: &[u8]) -> bool {
    let n = word.len();
    if n == 2 {
        return !is_consonant(word, 0) && is_consonant(word, 1);
    }
    n >= 3
        && is_consonant(word, n - 3)
        && !is_consonant(word, n - 2)
        && is_consonant(word, n - 1)
        && !matches!(word[n - 1], b'w' | b'x' | b'y')
}

fn replace(word: &mut Vec<u8>, suffix: usize, with: &str) {
    word.truncate(word.len() - suffix);
    word.extend_from_slice(with.as_bytes());
}

/// Applies the first rule whose suffix fits, if its stem meets the condition; tries no other.
fn rules(word: &mut Vec<u8>, table: &[(&str, &str)], condition: impl Fn(&[u8]) -> bool) {
    for (suffix, with) in table {
        if word.ends_with(suffix.as_bytes()) {
            if condition(&word[..word.len() - suffix.len()]) {
                replace(word, suffix.len(), with);
            }
            return;
        }
    }
}

fn step1a(w: &mut Vec<u8>) {
    if w.ends_with(b"ies") && w.len() == 4 {
        return replace(w, 3, "ie");
    }
    rules(w, &[("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")], |_| true);
}

fn step1b(w: &mut Vec<u8>) {
    if w.ends_with(b"ied") {
        let with = if w.len() == 4 { "ie" } else { "i" };
        return replace(w, 3, with);
    }
    if w.ends_with(b"eed") {
        return rules(w, &[("eed", "ee")], |stem| measure(stem) > 0);
    }
    let has_vowel = |stem: &[u8]| consonants(stem).any(|c| !c);
    let Some(suffix) = [2, 3]
        .into_iter()
        .zip(["ed", "ing"])
        .find_map(|(n, s)| (w.ends_with(s.as_bytes()) && has_vowel(&w[..w.len() - n])).then_some(n))
    else {
        return;
    };
    w.truncate(w.len() - suffix);
    for (ending, with) in [("at", "ate"), ("bl", "ble"), ("iz", "ize")] {
        if w.ends_with(ending.as_bytes()) {
            return replace(w, 2, with);
        }
    }
    if ends_double_consonant(w) {
        if !matches!(w.last(), Some(b'l' | b's' | b'z')) {
            w.pop();
        }
    } else if measure(w) == 1 && ends_cvc(w) {
        w.push(b'e');
    }
}

/// NLTK: `y` becomes `i` after a consonant, unless that consonant is the whole stem.
fn step1c(w: &mut Vec<u8>) {
    rules(w, &[("y", "i")], |stem| {
        stem.len() > 1 && is_consonant(stem, stem.len() - 1)
    });
}

const STEP2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
];

fn step2(w: &mut Vec<u8>) {
    // NLTK applies ALLI first and begins the step again: `traditionalli` -> `traditional` -> `tradition`.
    if w.ends_with(b"alli") && measure(&w[..w.len() - 4]) > 0 {
        replace(w, 4, "al");
        return step2(w);
    }
    if w.ends_with(b"logi") {
        // The `l` counts with the stem, so that short stems like `geo` work.
        if measure(&w[..w.len() - 3]) > 0 {
            replace(w, 4, "log");
        }
        return;
    }
    rules(w, STEP2, |stem| measure(stem) > 0);
}

const STEP3: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

fn step4(w: &mut Vec<u8>) {
    const BEFORE_ION: &[(&str, &str)] = &[
        ("al", ""),
        ("ance", ""),
        ("ence", ""),
        ("er", ""),
        ("ic", ""),
        ("able", ""),
        ("ible", ""),
        ("ant", ""),
        ("ement", ""),
        ("ment", ""),
        ("ent", ""),
        ("ou", ""),
        ("ism", ""),
        ("ate", ""),
        ("iti", ""),
        ("ous", ""),
        ("ive", ""),
        ("ize", ""),
    ];
    if w.ends_with(b"ion") {
        return rules(w, &[("ion", "")], |stem| {
            measure(stem) > 1 && matches!(stem.last(), Some(b's' | b't'))
        });
    }
    rules(w, BEFORE_ION, |stem| measure(stem) > 1);
}

fn step5(w: &mut Vec<u8>) {
    if w.ends_with(b"e") {
        let stem = &w[..w.len() - 1];
        let m = measure(stem);
        if m > 1 || (m == 1 && !ends_cvc(stem)) {
            w.pop();
        }
    }
    if w.ends_with(b"ll") && measure(&w[..w.len() - 1]) > 1 {
        w.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_nltks() {
        let check = |word: &str, expected: &str| assert_eq!(stem(word), expected, "{word}");
        check("caresses", "caress");
        check("ponies", "poni");
        check("ties", "tie");
        check("died", "die");
        check("spied", "spi");
        check("agreed", "agre");
        check("feed", "feed");
        check("plastered", "plaster");
        check("hopping", "hop");
        check("falling", "fall");
        check("filing", "file");
        check("happy", "happi");
        check("enjoy", "enjoy");
        check("relational", "relat");
        check("radically", "radic");
        check("traditionally", "tradit");
        check("geology", "geolog");
        check("hopefully", "hope");
        check("adoption", "adopt");
        check("controll", "control");
        check("proceed", "proceed");
        check("skies", "sky");
        check("yyyy", "yyyi");
        check("117mila", "117mila");
        check("2023s", "2023");
    }
}
