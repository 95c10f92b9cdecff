//! Places and agencies in both languages: `seeds/gazetteer.tsv`, by their names, province codes and acronyms.
use super::words::Language;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// One place or agency.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub italian: &'static str,
    /// English names, the usual one first.
    pub english: Vec<&'static str>,
    /// `province`, `region`, `country`, `place` or `agency`.
    pub kind: &'static str,
    /// `MI` for Milan's province, `CNCPO` for an agency.
    pub code: Option<&'static str>,
    /// Stems of words that stand for it and do not look like it: `etne` for Catania, `fiamme gialle` for an agency.
    pub demonyms: Vec<&'static str>,
}

static ENTRIES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let field = |line: &'static str, n: usize| line.split('\t').nth(n).unwrap_or("").trim();
    include_str!("../../seeds/gazetteer.tsv")
        .lines()
        .skip(1)
        .filter(|l| !l.trim().is_empty())
        .map(|line| Place {
            italian: field(line, 0),
            english: field(line, 1).split('/').collect(),
            kind: field(line, 2),
            code: Some(field(line, 3)).filter(|c| !c.is_empty()),
            demonyms: field(line, 4).split('/').filter(|d| !d.is_empty()).collect(),
        })
        .collect()
});

static PLACES: LazyLock<Vec<Place>> =
    LazyLock::new(|| ENTRIES.iter().filter(|p| p.kind != "agency").cloned().collect());

/// Agencies by their names in small letters, Italian and English.
static AGENCIES: LazyLock<[HashMap<String, usize>; 2]> = LazyLock::new(|| {
    let agencies = || ENTRIES.iter().enumerate().filter(|(_, p)| p.kind == "agency").rev();
    [
        agencies().map(|(i, p)| (p.italian.to_lowercase(), i)).collect(),
        agencies()
            .flat_map(|(i, p)| p.english.iter().map(move |e| (e.to_lowercase(), i)))
            .collect(),
    ]
});

static BY_CODE: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let coded = ENTRIES.iter().enumerate().rev();
    coded.filter_map(|(i, p)| Some((p.code?, i))).collect()
});

static BY_NAME: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| PLACES.iter().enumerate().rev().map(|(i, p)| (p.italian, i)).collect());

static BY_ENGLISH: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    PLACES
        .iter()
        .enumerate()
        .rev()
        .flat_map(|(i, p)| p.english.iter().map(move |e| (*e, i)))
        .collect()
});

/// The letters that names begin with, small: most words of a text begin none.
static BEGINNINGS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = ENTRIES.iter().flat_map(|p| p.english.iter().chain([&p.italian]));
    names.map(|name| beginning(name)).collect()
});

fn beginning(name: &str) -> String {
    let letters = name.chars().take_while(|c| c.is_alphabetic());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a name of any place or agency may begin with this word: a quick no for most.
pub fn may_begin(word: &str) -> bool {
    BEGINNINGS.contains(&beginning(word))
}

/// Words of names of several words, in either language.
static PARTS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let names = ENTRIES
        .iter()
        .flat_map(|p| p.english.iter().copied().chain(std::iter::once(p.italian)));
    names
        .filter(|n| n.contains(' '))
        .flat_map(|n| n.split([' ', '-', '\'']))
        .collect()
});

/// All places, provinces first.
pub fn places() -> &'static [Place] {
    &PLACES
}

/// The place of this Italian name, as written with capitals.
pub fn italian(name: &str) -> Option<&'static Place> {
    BY_NAME.get(name).map(|i| &PLACES[*i])
}

/// The place of this English name.
pub fn english(name: &str) -> Option<&'static Place> {
    BY_ENGLISH.get(name).map(|i| &PLACES[*i])
}

/// Whether a word is one of several that name a place or an agency in English.
pub fn names_a_part(word: &str) -> bool {
    PARTS.contains(word)
}

/// The place of this name in one of the languages; Italian names stand in English too.
pub fn place_of(name: &str, language: Language) -> Option<&'static Place> {
    match language {
        Language::Italian => italian(name),
        Language::English => english(name).or_else(|| italian(name)),
    }
}

/// The agency of this name in one of the languages, whatever its capitals; Italian names stand in English too.
pub fn agency_of(name: &str, language: Language) -> Option<&'static Place> {
    let name = name.to_lowercase();
    let [it, en] = &*AGENCIES;
    let found = match language {
        Language::Italian => it.get(&name),
        Language::English => en.get(&name).or_else(|| it.get(&name)),
    };
    found.map(|i| &ENTRIES[*i])
}

/// The agency of this acronym, without full stops.
pub fn agency_by_code(code: &str) -> Option<&'static Place> {
    BY_CODE.get(code).map(|i| &ENTRIES[*i]).filter(|p| p.kind == "agency")
}

/// The province of this code of two letters.
pub fn province(code: &str) -> Option<&'static Place> {
    BY_CODE.get(code).map(|i| &ENTRIES[*i]).filter(|p| p.kind == "province")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_both_names() {
        assert_eq!(italian("Milano").map(|p| p.english[0]), Some("Milan"));
        assert_eq!(english("Turin").map(|p| p.italian), Some("Torino"));
        assert_eq!(italian("Milano").and_then(|p| p.code), Some("MI"));
        assert!(italian("Atlantide").is_none());
        assert_eq!(agency_by_code("CNCPO").map(|p| p.english[0].len() > 20), Some(true));
        assert_eq!(
            agency_of("guardia di finanza", Language::Italian).and_then(|p| p.code),
            Some("GDF")
        );
        assert_eq!(
            agency_of("bank of italy", Language::English).map(|p| p.italian),
            Some("Banca d'Italia")
        );
        assert_eq!(province("BG").map(|p| p.italian), Some("Bergamo"));
        assert!(province("GDF").is_none() && province("ZZ").is_none());
    }

    #[test]
    fn the_list_is_whole() {
        let provinces = places().iter().filter(|p| p.kind == "province");
        let codes: std::collections::HashSet<_> = provinces.filter_map(|p| p.code).collect();
        assert_eq!(codes.len(), 107);
        let count = |kind| ENTRIES.iter().filter(|p| p.kind == kind).count();
        assert!(count("country") >= 220 && count("region") >= 20 && count("agency") >= 80);
        // The small ones and their capitals too.
        for (it, en) in [
            ("Guinea-Bissau", "Guinea-Bissau"),
            ("Bissau", "Bissau"),
            ("Isole Salomone", "Solomon Islands"),
            ("Saint Vincent e Grenadine", "Saint Vincent and the Grenadines"),
            ("Eswatini", "Eswatini"),
            ("Cechia", "Czechia"),
            ("Isole Vergini Britanniche", "British Virgin Islands"),
            ("Mascate", "Muscat"),
        ] {
            assert_eq!(italian(it).map(|p| p.english[0]), Some(en), "{it}");
        }
        assert!(places().iter().all(|p| p.kind != "agency"));
        for p in ENTRIES.iter() {
            assert!(
                !p.italian.is_empty() && p.english.iter().all(|e| !e.is_empty()),
                "{p:?}"
            );
            assert!(
                ["province", "region", "country", "place", "agency"].contains(&p.kind),
                "{p:?}"
            );
        }
    }
}
