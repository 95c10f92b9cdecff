//! The grammar of Italian quantities: `2 milioni e mezzo di euro`, `47enne`, `400 metri quadrati`.
mod dates;

use super::{
    grammar::{bare_year, before, opening, plain, word_at, Found, Grammar, Number, Reading},
    lexer::{Class, Token},
    numerals::{self, italian_word},
    race, units, Kind, Unit, Value, Weight,
};

pub const GRAMMAR: Grammar = Grammar {
    parsers: &[
        race::time,
        dates::relative,
        dates::date,
        dates::time,
        counted,
        ordinal,
        word,
    ],
    joins: &[
        "e", "ed", "o", "i", "gli", "il", "le", "la", ",", "-", "–", "ai", "al", "agli", "a", "di", "ha",
    ],
    before_ages: &["tra", "fra"],
    scale,
};

/// Words that a year follows.
const BEFORE_YEAR: &[&str] = &["nel", "dal", "del", "anno", "al", "fin"];

/// A number that stands for something countable, with what it measures.
fn counted(r: Reading, i: usize) -> Option<Found> {
    let tokens = r.tokens;
    let first = &tokens[i];
    let leads = first.class == Class::Sign || (first.text == "euro" && tokens.get(i + 1)?.class == Class::Figure);
    if let Some(c) = units::currency(&first.text).filter(|_| leads) {
        let n = number(tokens, i + 1)?;
        return Some((Kind::Money(c), Value::Number(n.value), n.weight, n.next));
    }
    let n = number(tokens, i)?;
    let words = first.class == Class::Word && n.next == i + 1 && n.value > 1900.0 && n.value < 2100.0;
    let spelled = (words && n.value % 100.0 != 0.0).then_some(n.value as i32);
    let year = bare_year(tokens, i, n.next, BEFORE_YEAR).or(spelled);
    if let Some(year) = year.filter(|y| year_stands(tokens, n.next, *y)) {
        if !word_at(tokens, n.next, &["%"]) && measure(tokens, i, &n).0 == Kind::Number {
            let value = Value::Date {
                year: Some(year),
                month: None,
                day: None,
            };
            return Some((Kind::Date, value, Weight::Firm, n.next));
        }
    }
    let (mut kind, mut next, mut more) = measure(tokens, i, &n);
    // not `sei persone e mezzo chilo`
    let half = |at: usize| {
        let unit = tokens.get(at + 2).is_some_and(|t| units::unit(&t.text).is_some());
        word_at(tokens, at, &["e"]) && word_at(tokens, at + 1, &["mezzo", "mezza"]) && !unit
    };
    if kind == Kind::Number && more == 0.0 {
        // `due e mezzo`, `due quintali e mezzo`, `due volte e mezzo`
        let heavy = tokens.get(n.next).and_then(|t| heavy(&t.text));
        let after = if heavy.is_some() { n.next + 1 } else { n.next };
        if half(after) {
            more = 0.5;
            next = after + 2;
        } else if heavy.is_none() && half(after + 1) {
            more = 0.5;
        }
        if let Some((unit, times)) = heavy {
            kind = Kind::Measure(unit);
            next = next.max(after);
            more = (n.value + more) * times - n.value;
        }
    }
    // `quattro euro e mezzo`
    if matches!(kind, Kind::Money(_)) && n.value < 1000.0 && half(next) {
        more = 0.5;
        next += 2;
    }
    let weight = match kind {
        Kind::Number if start_of_call(tokens, i, next) => Weight::Implied,
        Kind::Measure(_) if more != 0.0 && n.weight == Weight::Implied => n.weight,
        Kind::Number | Kind::Ordinal | Kind::Measure(_) if more == 0.0 => n.weight,
        _ => n.weight.max(Weight::Soft),
    };
    Some((kind, Value::Number(n.value + more), weight, next))
}

/// Whether nothing that could be counted follows: asked only of years before 1900.
fn year_stands(tokens: &[Token], next: usize, year: i32) -> bool {
    let noun = |t: &Token| t.class == Class::Word && t.text.len() > 4 && t.text.ends_with(['i', 'e']);
    year >= 1900 || !tokens.get(next).is_some_and(noun)
}

/// `il 118`: an emergency number, which English may call by what it is.
fn start_of_call(tokens: &[Token], i: usize, next: usize) -> bool {
    next == i + 1
        && tokens[i].is(&["112", "113", "115", "117", "118"])
        && before(tokens, i, 1, &["il", "al", "dal", "del", "sul"])
}

/// Nouns whose `di 12 anni` is a duration.
const LASTING: &[&str] = &[
    "pena",
    "pene",
    "condanna",
    "condanne",
    "reclusione",
    "carcere",
    "periodo",
    "durata",
    "squalifica",
    "contratto",
    "attesa",
    "termine",
    "giro",
    "corso",
    "distanza",
    "arco",
    "più",
    "meno",
    "massimo",
    "minimo",
    "totale",
    "piano",
    "mandato",
    "lavoro",
    "indagini",
    "prescrizione",
    "interdizione",
    "divieto",
    "sospensione",
    "limite",
    "oltre",
];

/// Kind of what is counted, the token after it, and what `e mezzo` adds.
fn measure(tokens: &[Token], start: usize, n: &Number) -> (Kind, usize, f64) {
    let next = n.next;
    let at = |words: &[&str]| word_at(tokens, next, words);
    if at(&["%"]) {
        return (Kind::Percent, next + 1, 0.0);
    }
    if at(&["per"]) && word_at(tokens, next + 1, &["cento"]) {
        return (Kind::Percent, next + 2, 0.0);
    }
    if at(&["punti", "punto"]) && word_at(tokens, next + 1, &["percentuali", "percentuale"]) {
        return (Kind::Percent, next + 2, 0.0);
    }
    let unit = if at(&["di"]) { next + 1 } else { next };
    if let Some(c) = tokens.get(unit).and_then(|t| units::currency(&t.text)) {
        return (Kind::Money(c), unit + 1, 0.0);
    }
    if tokens.get(next).is_some_and(|t| t.joined) {
        if at(&["enne", "enni"]) {
            return (Kind::Age, next + 1, 0.0);
        }
        let dash = usize::from(at(&["-"]));
        if word_at(tokens, next + dash, &["enne", "enni"]) {
            return (Kind::Age, next + dash + 1, 0.0);
        }
        if at(&["°", "º", "ª", "esimo", "esima", "esimi", "esime"]) {
            return (Kind::Ordinal, next + 1, 0.0);
        }
    }
    if before(tokens, start, 1, &["under", "over"]) && n.value < 120.0 {
        return (Kind::Age, next, 0.0);
    }
    if at(&["anni"]) && is_age(tokens, start, next) && n.value < 130.0 {
        let whole = word_at(tokens, next + 1, &["compiuti"]);
        return (Kind::Age, next + 1 + usize::from(whole), 0.0);
    }
    let Some(unit) = tokens.get(next).and_then(|t| measured(tokens, next, &t.text)) else {
        return (Kind::Number, next, 0.0);
    };
    let (unit, end) = match word_at(tokens, next + 1, &["quadrati", "quadri", "quadrato", "cubi", "cubo"]) {
        true => (
            units::raised(unit, tokens[next + 1].text.starts_with("cub")).unwrap_or(unit),
            next + 2,
        ),
        false => (unit, next + 1),
    };
    match word_at(tokens, end, &["e"]) && word_at(tokens, end + 1, &["mezzo", "mezza"]) {
        true => (Kind::Measure(unit), end + 2, 0.5),
        false => (Kind::Measure(unit), end, 0.0),
    }
}

fn measured(tokens: &[Token], i: usize, word: &str) -> Option<Unit> {
    // `l'ora`, `un'ora`: the singular after one
    let one = word == "ora" && i > 0 && tokens[i - 1].is(&["'", "’"]);
    // `21 ore 9` is a time
    units::unit(word).or(one.then_some(Unit::Hour))
}

/// Whether `anni` at `next` are somebody's: `di 47 e 31 anni`, `ha 16 anni`, `, 63 anni,`.
fn is_age(tokens: &[Token], start: usize, next: usize) -> bool {
    let after = next + 1;
    if word_at(tokens, after, &["fa", "prima", "dopo", "or", "più"])
        || word_at(tokens, after, &["di", "e"])
            && word_at(
                tokens,
                after + 1,
                &[
                    "reclusione",
                    "carcere",
                    "indagini",
                    "lavoro",
                    "attesa",
                    "prigione",
                    "mezzo",
                ],
            )
    {
        return false;
    }
    let list = |t: &Token| t.class == Class::Figure || t.is(&["e", "ed", ",", "i", "o", "a", "ai", "-", "gli"]);
    let mut from = start;
    while from > 0 && (list(&tokens[from - 1]) || italian_word(&tokens[from - 1].text).is_some_and(|n| n > 1)) {
        from -= 1;
    }
    let months =
        word_at(tokens, after, &["e"]) && (after + 1..after + 4).any(|i| word_at(tokens, i, &["mesi", "mese"]));
    if before(tokens, from, 1, &["di", "d", "'", "’"]) {
        return !before(tokens, from, 2, LASTING) && !months && !word_at(tokens, after, &["di"]);
    }
    if before(
        tokens,
        from,
        1,
        &[
            "ha", "aveva", "avevano", "hanno", "compiuto", "età", "compie", "compirà", "avrebbe",
        ],
    ) {
        return !months && !word_at(tokens, after, &["di", "per"]);
    }
    let between = before(tokens, from, 1, &["tra", "fra"]) && before(tokens, from, 2, &["compresa", "compresi", "età"]);
    if between || before(tokens, from, 1, &["dai", "i"]) || tokens[from..start].iter().any(|t| t.is(&["i", "ai"])) {
        return !word_at(tokens, after, &["di", "successivi", "precedenti", "scorsi"]) && !months;
    }
    // an apposition: `Rossi, 63 anni, di Lodi`
    let comma = before(tokens, start, 1, &[",", "("]) && start >= 2 && tokens[start - 2].class == Class::Word;
    let closed = tokens.get(after).is_none_or(|t| t.is(&[",", ")", "."]));
    comma && closed && !before(tokens, start, 2, &["mesi", "anni"])
}

/// Units that English writes in others: 100 kilograms, 100 grams.
fn heavy(word: &str) -> Option<(Unit, f64)> {
    match word {
        "quintale" | "quintali" => Some((Unit::Kilogram, 100.0)),
        "etto" | "etti" => Some((Unit::Gram, 100.0)),
        "lustro" | "lustri" => Some((Unit::Year, 5.0)),
        _ => None,
    }
}

fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "mila" => 1e3,
        "milioni" | "milione" | "mln" => 1e6,
        "miliardi" | "miliardo" | "mld" => 1e9,
        _ => return None,
    })
}

pub(super) fn number(tokens: &[Token], i: usize) -> Option<Number> {
    let t = tokens.get(i)?;
    let half = t.is(&["mezzo", "mezza"]) && word_at(tokens, i + 1, &["milione", "miliardo"]);
    let (mut value, mut weight) = match t.class {
        _ if half => (0.5, Weight::Firm),
        // `il Settecento` is a century, `per cento` without a number none
        Class::Word if t.capital && !opening(tokens, i) && t.text.ends_with("cento") && t.text != "cento" => {
            return None
        }
        Class::Word if t.text == "cento" && before(tokens, i, 1, &["per"]) && !money(tokens, i + 1) => return None,
        // `il milione e settecentomila`
        Class::Word if t.is(&["milione", "miliardo"]) && before(tokens, i, 1, &["il", "del", "al", "dal", "sul"]) => {
            (1.0, Weight::Implied)
        }
        Class::Figure => {
            let v = numerals::figure(&t.text, '.', ',').or_else(|| numerals::figure(&t.text, ',', '.'))?;
            (v, Weight::Firm)
        }
        Class::Word => {
            let n = italian_word(&t.text)?;
            let weight = match n {
                0..=1 => Weight::Implied,
                // winds
                20 if t.text == "venti" && winds(tokens, i + 1) => Weight::Implied,
                2..=10 => Weight::Soft,
                // winds again
                20 if t.text == "venti" && before(tokens, i, 1, &["i", "dai", "dei", "ai", "con"]) => Weight::Soft,
                _ => Weight::Firm,
            };
            (n as f64, weight)
        }
        Class::Sign => return None,
    };
    let lone = t.is(&["milione", "miliardo"]);
    let mut next = if lone { i } else { i + 1 };
    // `vent'anni`
    if t.class == Class::Word && word_at(tokens, next, &["'", "’"]) && word_at(tokens, next + 1, &["anni"]) {
        next += 1;
    }
    if let Some(tens) = tokens
        .get(next)
        .and_then(|t| heap(&t.text))
        .filter(|_| value >= 2.0 && value.fract() == 0.0)
    {
        return Some(Number {
            value: value * tens,
            next: next + 1,
            weight: Weight::Firm,
        });
    }
    while word_at(tokens, next, &["."]) && word_at(tokens, next + 1, &["000"]) {
        next += 2;
        value *= 1e3;
    }
    // `duemila e quattrocento`
    let thousands = t.class == Class::Word && value >= 1e3 && value % 1e3 == 0.0;
    let between = before(tokens, i, 1, &["tra", "fra", "dai", "i", "le"]);
    if thousands && !between && word_at(tokens, next, &["e"]) {
        let more = tokens.get(next + 1).filter(|t| t.class == Class::Word);
        let more = more.and_then(|t| italian_word(&t.text));
        if let Some(more) = more.filter(|m| (100..1000).contains(m) && m % 10 == 0) {
            return Some(Number {
                value: value + more as f64,
                next: next + 2,
                weight: Weight::Firm,
            });
        }
    }
    let Some(factor) = tokens.get(next).and_then(|t| scale(&t.text)) else {
        return Some(Number { value, next, weight });
    };
    value *= factor;
    let bare = lone && !word_at(tokens, next + 1, &["e"]);
    weight = if bare { Weight::Implied } else { Weight::Firm };
    next += 1;
    if factor == 1e3 && word_at(tokens, next, &["miliardi"]) {
        return Some(Number {
            value: value * 1e9,
            next: next + 1,
            weight,
        });
    }
    let and = usize::from(word_at(tokens, next, &["e"]));
    if and == 1 && word_at(tokens, next + 1, &["mezzo"]) {
        value += 0.5 * factor;
        next += 2;
    } else if let Some(more) = number(tokens, next + and).filter(|m| m.value >= 1000.0 && m.value < factor) {
        // `un milione e 200mila`, `3 milioni 250 mila`; `nel 2019` after a full number is a year
        let year = plain(tokens.get(next + and), 1900, 2100).is_some();
        if !year {
            value += more.value;
            next = more.next;
        }
    }
    Some(Number { value, next, weight })
}

/// Whether what follows makes winds of `venti`: `di burrasca`, `a 195 km/h`.
fn winds(tokens: &[Token], i: usize) -> bool {
    let fast = word_at(tokens, i, &["a"]) && tokens.get(i + 1).is_some_and(|t| t.class == Class::Figure);
    fast || word_at(tokens, i, &["di", "da", "forti"])
}

fn money(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| units::currency(&t.text).is_some())
}

/// `tre decine`, `due centinaia`.
fn heap(word: &str) -> Option<f64> {
    Some(match word {
        "decine" => 10.0,
        "dozzine" => 12.0,
        "centinaia" => 100.0,
        "migliaia" => 1000.0,
        _ => return None,
    })
}

/// `ventitreesimo`: over ten, where English writes figures too.
fn ordinal(r: Reading, i: usize) -> Option<Found> {
    let n = numerals::italian_ordinal(&r.tokens[i].text)?;
    let weight = match n {
        0..=10 | 100 => Weight::Implied,
        _ => Weight::Soft,
    };
    Some((Kind::Ordinal, Value::Number(n as f64), weight, i + 1))
}

/// Single words that imply a number: `entrambi`, `una cinquantina`, `XIX`, `cinquantenne`.
fn word(r: Reading, i: usize) -> Option<Found> {
    let t = r.tokens.get(i).filter(|t| t.class == Class::Word)?;
    let implied = |v: f64, kind, next| Some((kind, Value::Number(v), Weight::Implied, next));
    if let Some(((month, day), next)) = feast(r.tokens, i) {
        let value = Value::Date {
            year: None,
            month: Some(month),
            day: Some(day),
        };
        return Some((Kind::Date, value, Weight::Implied, next));
    }
    // `un'ora e venti`, `l'ora e 35`
    if t.text == "ora" && before(r.tokens, i, 1, &["'", "’"]) && before(r.tokens, i, 2, &["un", "l"]) {
        return implied(1.0, Kind::Measure(Unit::Hour), i + 1);
    }
    if t.is(&["mezza", "mezzo"]) {
        let of = r.tokens.get(i + 1).and_then(|t| numerals::italian_about(&t.text));
        if let Some(n) = of {
            return implied(0.5 * n as f64, Kind::Number, i + 2);
        }
    }
    if let Some(n) = numerals::italian_about(&t.text) {
        return implied(n as f64, Kind::Number, i + 1);
    }
    if let Some(n) = numerals::roman(t.span.of(r.text)) {
        return implied(n as f64, Kind::Ordinal, i + 1);
    }
    // `cinquantenne`, `diciottenni`, `ultrasettantenne`
    let age = ["enne", "enni"].iter().find_map(|e| t.text.strip_suffix(e));
    let stem = age
        .map(|s| s.strip_prefix("ultra").unwrap_or(s))
        .filter(|s| !s.is_empty() && !t.is(&["ottenne"]));
    let restored = stem.and_then(|s| {
        ["", "a", "i", "e", "o"]
            .iter()
            .find_map(|v| italian_word(&format!("{s}{v}")))
    });
    if let Some(n) = restored.filter(|n| *n > 1 && *n < 130) {
        return Some((Kind::Age, Value::Number(n as f64), Weight::Firm, i + 1));
    }
    implied(numerals::italian_implied(&t.text)?, Kind::Number, i + 1)
}

/// Month and day of a feast that English may write as a date.
fn feast(tokens: &[Token], i: usize) -> Option<((u8, u8), usize)> {
    let saint = |name: &str| word_at(tokens, i + 1, &[name]);
    Some(match tokens[i].text.as_str() {
        "ferragosto" => ((8, 15), i + 1),
        "capodanno" => ((1, 1), i + 1),
        "epifania" => ((1, 6), i + 1),
        "ognissanti" => ((11, 1), i + 1),
        "immacolata" if tokens[i].capital => ((12, 8), i + 1),
        "natale" if tokens[i].capital => ((12, 25), i + 1),
        "santo" if saint("stefano") => ((12, 26), i + 2),
        "san" if saint("silvestro") => ((12, 31), i + 2),
        _ => return None,
    })
}
