//! Names and places: what the English names, the Italian has to name, and the places of the Italian must arrive.
use super::{altered, apart, finding, unknown, Check, Finding, Pair, Verdict};
use crate::text::{
    entity::{self, entities, Entity},
    gazetteer,
    lexicon::is_english,
    normalize::fold,
    words::Language,
    Span,
};

/// A capitalised word within a sentence.
pub struct Capital<'a> {
    pub word: &'a str,
    pub span: Span,
    /// Nothing but its place at the start of a sentence or quotation may have made it capital.
    pub doubtful: bool,
}

pub fn capitals(text: &str) -> Vec<Capital<'_>> {
    let mut out = vec![];
    let mut opening = true;
    let mut start = None;
    let end = std::iter::once((text.len(), ' '));
    for (i, c) in text.char_indices().chain(end) {
        if c.is_alphabetic()
            || (start.is_some()
                && matches!(c, '-' | '’' | '\'')
                && text[i + c.len_utf8()..].starts_with(char::is_alphabetic))
        {
            start.get_or_insert(i);
            continue;
        }
        if let Some(s) = start.take() {
            let word = &text[s..i];
            let mut from = s;
            // `dell'Aquila`, `L'Italia`: the article is not the name
            let name = match word.split_once(['\'', '’']) {
                Some((head, tail))
                    if head.len() <= 5
                        && !matches!(head, "O" | "D" | "Dell" | "Dall")
                        && !tail.is_empty()
                        && tail.len() > 1 =>
                {
                    from = i - tail.len();
                    tail
                }
                _ => word,
            };
            if name.starts_with(char::is_uppercase) {
                out.push(Capital {
                    word: name,
                    span: Span::new(from, i),
                    doubtful: opening,
                });
            }
            opening = false;
        }
        if matches!(
            c,
            '.' | '!' | '?' | ':' | '"' | '«' | '“' | '”' | '»' | '(' | '-' | '–' | '—' | '…' | '\'' | '‘' | '’'
        ) {
            opening = true;
        }
    }
    out
}

/// The same name in the other language's spelling, or one that stands within it.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a), fold(b));
    a == b || a.trim_end_matches("'s") == b || a.trim_end_matches('s') == b
}

pub fn check(pair: Pair) -> Vec<Finding> {
    let mut findings = places(pair);
    findings.extend(people(pair));
    let more = invented(pair).into_iter().chain(strangers(pair)).chain(exchanged(pair));
    for f in more.chain(unknown::names(pair)) {
        let told = |e: &Finding| {
            e.target
                .as_ref()
                .is_some_and(|t| f.target.as_ref().is_some_and(|x| t.start <= x.start && x.end <= t.end))
        };
        if !findings.iter().any(told) {
            findings.push(f);
        }
    }
    findings
}

/// Italian places whose English name does not stand in the English.
fn places(pair: Pair) -> Vec<Finding> {
    let target = fold(pair.target);
    let source = capitals(pair.source);
    let mut out = vec![];
    for (i, c) in source.iter().enumerate() {
        // `Reggio Emilia` before `Emilia`
        let two = source
            .get(i + 1)
            .map(|n| Span::new(c.span.start, n.span.end).of(pair.source));
        let two = two.and_then(gazetteer::italian);
        let Some(place) = two.or_else(|| gazetteer::italian(c.word)) else {
            continue;
        };
        if !matches!(place.kind, "province" | "region" | "country")
            || c.doubtful && (place.kind != "province" || c.word == "Fermo")
        {
            continue;
        }
        let said = place
            .english
            .iter()
            .chain(std::iter::once(&place.italian))
            .any(|e| target.contains(&fold(e)));
        // `fichi d'India`
        let before = pair.source[..c.span.start].to_lowercase();
        let after = &pair.source[c.span.end..];
        let fruit = ["fico d", "fichi d"]
            .iter()
            .any(|f| before.trim_end_matches(['\'', '’']).ends_with(f));
        // `Alessandria d'Egitto`
        if fruit || [" d'Egitto", " d’Egitto"].iter().any(|e| after.starts_with(e)) {
            continue;
        }
        if said || adjective(place.italian, &target) || part_of_a_name(&source, i, pair.source) {
            continue;
        }
        let reason = format!("the Italian names `{}`, the English does not", c.word);
        // another place of the gazetteer stands in its stead
        let other = capitals(pair.target).into_iter().find(|t| {
            gazetteer::english(t.word).is_some_and(|p| {
                !fold(pair.source).contains(&fold(p.italian))
                    && !p.english.iter().any(|e| fold(pair.source).contains(&fold(e)))
            })
        });
        out.push(match other {
            Some(t) => altered(pair, Check::Place, c.span, t.span),
            None => finding(pair, Check::Place, Verdict::Missing, Some(c.span), None, reason),
        });
    }
    out
}

/// People of the Italian whose surname the English does not have.
fn people(pair: Pair) -> Vec<Finding> {
    let person = |e: &Entity| e.kind == entity::Kind::Person;
    let surname = |text: &str| fold(text.rsplit(' ').next().unwrap_or(text));
    let (from, to) = (fold(pair.source), fold(pair.target));
    let english = entities(pair.target, Language::English);
    let mut spare: Vec<&Entity> = english
        .iter()
        .filter(|e| person(e) && !from.contains(&surname(e.span.of(pair.target))))
        .collect();
    let is_strange = |c: &Capital| {
        let word = unknown::base(c.word);
        !from.contains(&fold(word)) && !unknown::is_no_person(word)
    };
    let mut out = vec![];
    for e in entities(pair.source, Language::Italian).iter().filter(|e| person(e)) {
        let name = e.span.of(pair.source);
        if to.contains(&surname(name)) || !name.contains(' ') {
            continue;
        }
        // Popes, saints and kings have English names: a given name that stays tells that the surname should, and so does
        // an English without any name that could be it
        let given = name.split(' ').next().unwrap_or(name);
        let other = (!spare.is_empty()).then(|| spare.remove(0));
        if other.is_none() && !to.contains(&fold(given)) && capitals(pair.target).iter().any(is_strange) {
            continue;
        }
        let (verdict, reason) = match other {
            Some(o) => {
                let seen = o.span.of(pair.target);
                (
                    Verdict::Altered,
                    format!("the Italian says `{name}`, the English `{seen}`"),
                )
            }
            None => (
                Verdict::Missing,
                format!("the Italian names `{name}`, the English does not"),
            ),
        };
        out.push(finding(
            pair,
            Check::Name,
            verdict,
            Some(e.span),
            other.map(|o| o.span),
            reason,
        ));
    }
    out
}

/// `Francia` is carried by `French`.
fn adjective(italian: &str, target: &str) -> bool {
    let stem = match italian {
        "Francia" => "french",
        "Germania" => "german",
        "Spagna" => "spanish",
        "Regno Unito" | "Gran Bretagna" | "Inghilterra" => "british",
        "Svizzera" => "swiss",
        "Paesi Bassi" | "Olanda" => "dutch",
        "Grecia" => "greek",
        "Turchia" => "turkish",
        "Italia" => "ital",
        "Stati Uniti" | "America" => "american",
        "Irlanda" => "irish",
        "Polonia" => "polish",
        "Danimarca" => "danish",
        "Svezia" => "swedish",
        "Cina" => "chin",
        "Giappone" => "japan",
        "Galles" => "welsh",
        "Scozia" => "scottish",
        other => {
            let stem: String = fold(other).chars().take(5).collect();
            return target.contains(&stem);
        }
    };
    target.contains(stem)
}

/// `Via Roma`, `il caporale Ancona`: a place's name inside another name.
fn part_of_a_name(source: &[Capital], i: usize, text: &str) -> bool {
    let near = |a: &Capital, b: &Capital| text[a.span.end..b.span.start].trim().is_empty();
    i > 0 && near(&source[i - 1], &source[i]) || source.get(i + 1).is_some_and(|n| near(&source[i], n))
}

/// Capitalised English words that are neither in the Italian, nor a translation that we know, nor English custom.
fn invented(pair: Pair) -> Vec<Finding> {
    let italian: Vec<String> = words(pair.source);
    let all = fold(pair.source);
    let apart = apart(pair.source);
    let target = capitals(pair.target);
    let mut out = vec![];
    for c in target.iter().filter(|c| !c.doubtful && c.word.chars().count() > 2) {
        let place = gazetteer::english(c.word).filter(|p| p.kind == "province" || p.kind == "region");
        let known = match place {
            Some(p) => {
                all.contains(&fold(p.italian))
                    || p.english.iter().any(|e| all.contains(&fold(e)))
                    || adjectival(p, &apart)
                    || p.code.is_some_and(|code| pair.source.contains(&format!("({code})")))
            }
            None => {
                !looks_like_a_surname(pair, c, &target, &italian)
                    || gazetteer::agency_of(c.word, Language::English).is_some()
                    || italian.iter().any(|w| alike(c.word, w))
                    || all.contains(&fold(c.word))
            }
        };
        if known {
            continue;
        }
        let check = if place.is_some() { Check::Place } else { Check::Name };
        let reason = format!("the English names `{}`, the Italian does not", c.word);
        out.push(finding(pair, check, Verdict::Unsupported, None, Some(c.span), reason));
    }
    out
}

/// People of the English, given name and surname, of whom the Italian has neither.
fn strangers(pair: Pair) -> Vec<Finding> {
    let from = fold(pair.source);
    let mut people = entities(pair.target, Language::English);
    people.retain(|e| e.kind == entity::Kind::Person && e.span.of(pair.target).contains(' '));
    let absent = |e: &&Entity| {
        let mut words = e
            .span
            .of(pair.target)
            .split([' ', '-', '\'', '’'])
            .filter(|w| w.chars().count() > 2);
        words.all(|w| !from.contains(&fold(w)) && gazetteer::english(w).is_none())
    };
    let told = people.iter().filter(absent).map(|e| {
        let reason = format!("the English names `{}`, the Italian does not", e.span.of(pair.target));
        finding(pair, Check::Name, Verdict::Unsupported, None, Some(e.span), reason)
    });
    told.collect()
}

/// Two capitalised words side by side, given name and surname.
fn full_names(text: &str) -> Vec<(String, String, Span)> {
    let all = capitals(text);
    let near = |a: &Capital, b: &Capital| &text[a.span.end..b.span.start] == " ";
    let two = all.windows(2).filter(|w| near(&w[0], &w[1]));
    two.map(|w| {
        (
            fold(w[0].word),
            fold(w[1].word),
            Span::new(w[0].span.start, w[1].span.end),
        )
    })
    .collect()
}

/// Surnames that two people of the Italian have the other way round in the English.
fn exchanged(pair: Pair) -> Vec<Finding> {
    let italian = full_names(pair.source);
    if italian.len() < 2 {
        return vec![];
    }
    let mut out = vec![];
    for (given, surname, span) in full_names(pair.target) {
        let whole = italian.iter().any(|(g, s, _)| *g == given && *s == surname);
        let own = italian.iter().find(|(g, _, _)| *g == given);
        let other = italian.iter().any(|(g, s, _)| *s == surname && *g != given);
        if let (false, Some((_, _, at)), true) = (whole, own, other) {
            out.push(altered(pair, Check::Name, *at, span));
        }
    }
    out
}

/// `tedesco` supports `Germany`, `etneo` Catania.
fn adjectival(place: &gazetteer::Place, source: &str) -> bool {
    let name = fold(place.italian);
    // `veron-ese`, `catan-ese`, `sard-o`: but not `vero`
    let kept = match (place.kind, name.chars().count()) {
        ("region", _) => 4,
        (_, n @ ..7) => n - 1,
        (_, n) => n - 2,
    };
    let letters: Vec<char> = name.chars().collect();
    let stem = |n: usize| letters.iter().take(n).collect::<String>();
    let own = stem(kept);
    let begins = |w: &str| w.starts_with(&own);
    // `pav-ese`
    let derived = |w: &str| {
        let rest = w.strip_prefix(&stem(letters.len().saturating_sub(2)));
        letters.len() > 4 && rest.is_some_and(|r| ["ese", "esi"].contains(&r))
    };
    let mut words = source.split(|c: char| !c.is_alphabetic());
    words.any(|w| begins(w) || derived(w)) || place.demonyms.iter().any(|d| source.contains(d))
}

/// `Marco Bianchi`: a capitalised word after a given name that the Italian has, or one that stands for a name of the
/// Italian that the English has lost.
fn looks_like_a_surname(pair: Pair, c: &Capital, all: &[Capital], italian: &[String]) -> bool {
    let italianate = c
        .word
        .to_lowercase()
        .ends_with(['i', 'o', 'a', 'e', 'u', 'ò', 'à', 'ù'])
        && c.word.chars().count() >= 4
        && !is_english(&c.word.to_lowercase());
    if !italianate || c.word.chars().all(char::is_uppercase) || c.word.contains('-') {
        return false;
    }
    all.iter().any(|o| {
        o.span.end < c.span.start
            && pair.target[o.span.end..c.span.start].trim().is_empty()
            && o.word.ends_with(['a', 'o', 'e', 'i'])
            && gazetteer::english(o.word).is_none()
            && italian.iter().any(|w| w == o.word)
    })
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}
