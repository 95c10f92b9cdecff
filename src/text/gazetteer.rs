//! Places in both languages: `seeds/gazetteer.tsv`, by their Italian and English names and province codes.
use std::collections::HashMap;
use std::sync::LazyLock;

/// One place.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub italian: &'static str,
    /// English names, the usual one first.
    pub english: Vec<&'static str>,
    /// `province`, `region`, `country` or `place`.
    pub kind: &'static str,
    /// `MI` for Milan's province.
    pub code: Option<&'static str>,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
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
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_both_names() {
        assert_eq!(italian("Milano").map(|p| p.english[0]), Some("Milan"));
        assert_eq!(english("Turin").map(|p| p.italian), Some("Torino"));
        assert_eq!(italian("Milano").and_then(|p| p.code), Some("MI"));
        assert!(italian("Atlantide").is_none());
    }

    #[test]
    fn the_list_is_whole() {
        let provinces = places().iter().filter(|p| p.kind == "province");
        let codes: std::collections::HashSet<_> = provinces.filter_map(|p| p.code).collect();
        assert!(codes.len() >= 100, "{}", codes.len());
        for p in places() {
            assert!(
                !p.italian.is_empty() && p.english.iter().all(|e| !e.is_empty()),
                "{p:?}"
            );
            assert!(["province", "region", "country", "place"].contains(&p.kind), "{p:?}");
        }
    }
}
