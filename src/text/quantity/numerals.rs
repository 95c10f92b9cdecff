//! Number words and figures as numbers, in Italian and English.

const UNITS_IT: &[(&str, u64)] = &[
    ("quattordici", 14),
    ("quindici", 15),
    ("diciassette", 17),
    ("diciannove", 19),
    ("diciotto", 18),
    ("sedici", 16),
    ("tredici", 13),
    ("dodici", 12),
    ("undici", 11),
    ("dieci", 10),
    ("nove", 9),
    ("otto", 8),
    ("sette", 7),
    ("sei", 6),
    ("cinque", 5),
    ("quattro", 4),
    ("tre", 3),
    ("tré", 3),
    ("due", 2),
    ("uno", 1),
    ("zero", 0),
    ("un", 1),
    ("una", 1),
    // before a vowel: `ventott'anni`
    ("ott", 8),
    ("diciott", 18),
    ("sett", 7),
    ("quattr", 4),
];
const TENS_IT: &[(&str, u64)] = &[
    ("venti", 20),
    ("trenta", 30),
    ("quaranta", 40),
    ("cinquanta", 50),
    ("sessanta", 60),
    ("settanta", 70),
    ("ottanta", 80),
    ("novanta", 90),
];

/// `duecentocinquantatré` as 253: one written word up to 999,999.
pub fn italian_word(word: &str) -> Option<u64> {
    let word = word.to_lowercase();
    if let Some((head, tail)) = word.split_once("mila") {
        return Some(below_thousand(head)? * 1000 + rest(tail)?);
    }
    if let Some(tail) = word.strip_prefix("mille") {
        return Some(1000 + rest(tail)?);
    }
    below_thousand(&word)
}

fn rest(word: &str) -> Option<u64> {
    match word {
        "" => Some(0),
        _ => below_thousand(word),
    }
}

fn below_thousand(word: &str) -> Option<u64> {
    let hundreds = |head: &str| match head {
        "" => Some(1),
        _ => UNITS_IT
            .iter()
            .find(|(w, n)| *w == head && *n > 1 && *n < 10)
            .map(|(_, n)| *n),
    };
    // `centotto`, `duecentottanta`: the vowel is shared
    for cut in ["cento", "cent"] {
        if let Some((head, tail)) = word.split_once(cut) {
            let rest = if tail.is_empty() { Some(0) } else { below_hundred(tail) };
            if let (Some(h), Some(r)) = (hundreds(head), rest) {
                return (cut == "cento" || tail.is_empty() || tail.starts_with('o')).then_some(h * 100 + r);
            }
        }
    }
    below_hundred(word)
}

fn below_hundred(word: &str) -> Option<u64> {
    if let Some((_, n)) = UNITS_IT.iter().find(|(w, _)| *w == word) {
        return Some(*n);
    }
    TENS_IT.iter().find_map(|(tens, n)| {
        // `trent'anni`
        if word == *tens || word == &tens[..tens.len() - 1] {
            return Some(*n);
        }
        let tail = word.strip_prefix(tens).or_else(|| {
            let elided = word.strip_prefix(&tens[..tens.len() - 1])?;
            elided.starts_with(['u', 'o']).then_some(elided)
        })?;
        UNITS_IT.iter().find(|(w, u)| *w == tail && *u < 10).map(|(_, u)| n + u)
    })
}

/// `terzo`, `ventitreesimo`, `centoventesima`.
pub fn italian_ordinal(word: &str) -> Option<u64> {
    let stem = word.strip_suffix(['o', 'a', 'i', 'e'])?;
    const FIRST: [&str; 10] = [
        "prim", "second", "terz", "quart", "quint", "sest", "settim", "ottav", "non", "decim",
    ];
    if let Some(n) = FIRST.iter().position(|f| *f == stem) {
        // `prima`, `seconda` and others are too often something else: `italian_implied` knows them
        return (n > 5 && stem != "non").then_some(n as u64 + 1);
    }
    let stem = stem.strip_suffix("esim")?;
    let whole = ["", "i", "a", "o", "e", "ci"]
        .iter()
        .find_map(|v| italian_word(&format!("{stem}{v}")));
    // `ventitreesimo` keeps its vowel, `ventiseiesimo` too
    whole.or_else(|| italian_word(stem)).filter(|n| *n > 10)
}

/// `eleventh`, `thirtieth`: one word over ten.
pub fn english_ordinal(word: &str) -> Option<u64> {
    match word {
        "eleventh" => Some(11),
        "twelfth" => Some(12),
        "hundredth" => Some(100),
        _ => {
            let teen = word.strip_suffix("teenth").map(|s| format!("{s}teen"));
            let ten = word.strip_suffix("ieth").map(|s| format!("{s}y"));
            english_word(&teen.or(ten)?)
        }
    }
}

/// `cinquantina`, `ventina`: about so many.
pub fn italian_about(word: &str) -> Option<u64> {
    Some(match word {
        "decina" => 10,
        "dozzina" => 12,
        "quindicina" => 15,
        "ventina" => 20,
        "trentina" => 30,
        "quarantina" => 40,
        "cinquantina" => 50,
        "sessantina" => 60,
        "settantina" => 70,
        "ottantina" => 80,
        "novantina" => 90,
        "centinaio" => 100,
        "migliaio" => 1000,
        _ => return None,
    })
}

/// Words that imply a number without being one.
pub fn italian_implied(word: &str) -> Option<f64> {
    Some(match word {
        "un" | "uno" | "una" | "primo" | "prima" | "primi" | "prime" | "unico" | "unica" | "singolo" | "singola" => 1.0,
        "entrambi" | "entrambe" | "ambedue" | "coppia" | "coniugi" | "paio" | "doppio" | "doppia" | "duplice"
        | "secondo" | "seconda" | "biennio" | "biennale" | "raddoppia" | "raddoppiato" | "raddoppiata" | "bimestre"
        | "raddoppiati" => 2.0,
        "terzo" | "terza" | "terzi" | "triplo" | "triplice" | "trio" | "triennio" | "triennale" | "trimestre"
        | "terzetto" => 3.0,
        "quarto" | "quarta" | "quarti" | "quadriennio" | "quadruplo" | "quartetto" => 4.0,
        "quinto" | "quinta" | "quinti" | "quinquennio" | "quinquennale" => 5.0,
        "sesto" | "sesta" | "semestre" | "semestrale" => 6.0,
        "maggiorenne" | "maggiorenni" | "minorenne" | "minorenni" => 18.0,
        "tridimensionale" | "tridimensionali" => 3.0,
        "settimo" | "settima" => 7.0,
        "ottavo" | "ottava" => 8.0,
        "nono" | "nona" => 9.0,
        "decimo" | "decima" | "decennio" | "decennale" => 10.0,
        "quindicinale" => 15.0,
        "ventennio" | "ventennale" => 20.0,
        "trentennale" | "trentennio" => 30.0,
        "quarantennale" => 40.0,
        "cinquantenario" => 50.0,
        "quintale" | "quintali" | "centenario" | "centenaria" => 100.0,
        "metà" | "mezzo" | "mezza" | "mezz" => 0.5,
        _ => return None,
    })
}

/// The same for English.
pub fn english_implied(word: &str) -> Option<f64> {
    Some(match word {
        "one" | "a" | "an" | "first" | "once" | "single" | "sole" => 1.0,
        "both" | "pair" | "couple" | "double" | "doubled" | "doubling" | "twice" | "second" | "twofold"
        | "biennial" => 2.0,
        "third" | "thirds" | "triple" | "tripled" | "trio" | "thrice" => 3.0,
        "fourth" | "quarter" | "quarters" | "quadruple" => 4.0,
        "fifth" | "fifths" => 5.0,
        "sixth" => 6.0,
        "seventh" => 7.0,
        "eighth" => 8.0,
        "ninth" => 9.0,
        "tenth" | "decade" => 10.0,
        "fortnight" => 14.0,
        "centenary" | "centennial" => 100.0,
        "half" => 0.5,
        _ => return None,
    })
}

/// One English number word below a hundred.
pub fn english_word(word: &str) -> Option<u64> {
    Some(match word {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}

/// Figures as a number: separators of thousands and decimals as the language writes them. `14.30` in Italian and
/// `14,30` in English are neither.
pub fn figure(text: &str, thousands: char, decimal: char) -> Option<f64> {
    let (whole, fraction) = match text.split_once(decimal) {
        Some((w, f)) => (w, Some(f)),
        None => (text, None),
    };
    if fraction.is_some_and(|f| f.is_empty() || !f.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    // Swiss thousands: `12’500`; `29'41` is a time
    if whole.split(['\'', '’']).skip(1).any(|g| g.len() != 3) {
        return None;
    }
    let whole = whole.replace(['\'', '’'], "");
    let groups: Vec<&str> = whole.split(thousands).collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(digits)
        || (groups.len() > 1 && (groups[0].len() > 3 || groups[1..].iter().any(|g| g.len() != 3)))
    {
        return None;
    }
    format!("{}.{}", groups.concat(), fraction.unwrap_or("0")).parse().ok()
}

/// `XIX` as 19: capital Roman numerals of two letters or more, up to 99.
pub fn roman(text: &str) -> Option<u64> {
    if text.len() < 2 || !text.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L')) {
        return None;
    }
    let value = |b: u8| match b {
        b'I' => 1i64,
        b'V' => 5,
        b'X' => 10,
        _ => 50,
    };
    let bytes = text.as_bytes();
    let total: i64 = (0..bytes.len())
        .map(|i| match bytes.get(i + 1) {
            Some(&next) if value(next) > value(bytes[i]) => -value(bytes[i]),
            _ => value(bytes[i]),
        })
        .sum();
    u64::try_from(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_italian_number_words() {
        for (word, expected) in [
            ("due", Some(2)),
            ("undici", Some(11)),
            ("diciassette", Some(17)),
            ("venti", Some(20)),
            ("ventuno", Some(21)),
            ("ventitré", Some(23)),
            ("ventotto", Some(28)),
            ("trentatre", Some(33)),
            ("quarantuno", Some(41)),
            ("novantanove", Some(99)),
            ("cento", Some(100)),
            ("centoventi", Some(120)),
            ("centotto", Some(108)),
            ("centottanta", Some(180)),
            ("duecento", Some(200)),
            ("duecentocinquantatré", Some(253)),
            ("novecentonovantanove", Some(999)),
            ("mille", Some(1000)),
            ("millecinquecento", Some(1500)),
            ("tremila", Some(3000)),
            ("duemilaventitré", Some(2023)),
            ("centomila", Some(100_000)),
            ("casa", None),
            ("ventaglio", None),
            ("centro", None),
            ("centrale", None),
            ("milano", None),
            ("ottobre", None),
            ("seicento", Some(600)),
            ("", None),
        ] {
            assert_eq!(italian_word(word), expected, "{word}");
        }
    }

    #[test]
    fn reads_ordinals() {
        for (word, expected) in [
            ("settimo", Some(7)),
            ("undicesima", Some(11)),
            ("diciannovesimo", Some(19)),
            ("ventesimi", Some(20)),
            ("ventunesimo", Some(21)),
            ("ventitreesima", Some(23)),
            ("ventiseiesimo", Some(26)),
            ("quarantottesimo", Some(48)),
            ("centesimo", Some(100)),
            ("centoventesimo", Some(120)),
            ("millesimo", Some(1000)),
            ("ennesimo", None),
            ("battesimo", None),
            ("medesimo", None),
            ("prima", None),
        ] {
            assert_eq!(italian_ordinal(word), expected, "{word}");
        }
        for (word, expected) in [
            ("eleventh", Some(11)),
            ("thirteenth", Some(13)),
            ("twentieth", Some(20)),
            ("ninetieth", Some(90)),
            ("hundredth", Some(100)),
            ("first", None),
            ("teeth", None),
        ] {
            assert_eq!(english_ordinal(word), expected, "{word}");
        }
    }

    #[test]
    fn reads_figures() {
        for (text, it, en) in [
            ("1.250.000", Some(1_250_000.0), None),
            ("1,250,000", None, Some(1_250_000.0)),
            ("3,5", Some(3.5), None),
            ("3.5", None, Some(3.5)),
            ("2023", Some(2023.0), Some(2023.0)),
            ("1.500,75", Some(1500.75), None),
            ("1,500.75", None, Some(1500.75)),
            ("12'500", Some(12_500.0), Some(12_500.0)),
            ("29'41", None, None),
            ("14.30", None, Some(14.3)),
            ("1.25", None, Some(1.25)),
            ("10.000", Some(10_000.0), Some(10.0)),
        ] {
            assert_eq!(figure(text, '.', ','), it, "{text} in Italian");
            assert_eq!(figure(text, ',', '.'), en, "{text} in English");
        }
    }

    #[test]
    fn reads_roman_numerals() {
        for (text, expected) in [
            ("XIX", Some(19)),
            ("XX", Some(20)),
            ("IV", Some(4)),
            ("XL", Some(40)),
            ("I", None),
            ("MILANO", None),
            ("", None),
        ] {
            assert_eq!(roman(text), expected, "{text}");
        }
    }
}
