//! Where two articles give different figures for the same thing: `15 arresti` against `16 arresti`.
use super::{length, overlap};
use crate::{
    brief::{Brief, Disagreement, Told},
    text::{
        quantity::{quantities, Kind, Quantity, Value, Weight},
        words::{content, Language},
        Span,
    },
};
use std::collections::{BTreeSet, HashSet};

/// Share of the smaller sentence's words from which two sentences speak of one thing.
const TOGETHER: f32 = 0.4;

/// A figure with what it counts.
struct Figure {
    quantity: Quantity,
    /// Stem of the noun that it counts; none where it is a sum, an age, a date, or stands at the end.
    noun: Option<String>,
}

impl Figure {
    /// Whether two figures may tell of one thing: of one kind, and of one noun as far as either says it.
    fn comparable(&self, other: &Figure) -> bool {
        let measured = matches!(self.quantity.kind, Kind::Measure(_));
        let open = measured && (self.noun.is_none() || other.noun.is_none());
        self.quantity.kind == other.quantity.kind && (self.noun == other.noun || open)
    }

    /// Whether another article says the same.
    fn said_by(&self, other: &Figure) -> bool {
        let same = self.quantity.kind == other.quantity.kind && self.quantity.value == other.quantity.value;
        same && (self.noun.is_none() || self.noun == other.noun)
    }

    fn about(&self) -> String {
        let kind = match self.quantity.kind {
            Kind::Money(_) => "amount",
            Kind::Percent => "percentage",
            Kind::Age => "age",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Measure(unit) => unit.english(),
            _ => "number",
        };
        self.noun.clone().unwrap_or_else(|| kind.to_string())
    }
}

/// Nouns that say nothing beside a verb of proceedings.
const PEOPLE: [&str; 6] = ["person", "uomin", "individu", "soggett", "indag", "giovan"];
/// What happened to people, by stem.
const DEEDS: [&str; 8] = [
    "arrest", "ferm", "denunc", "perquis", "fer", "mort", "condann", "assolt",
];

fn figures(sentence: &str) -> Vec<Figure> {
    quantities(sentence, Language::Italian)
        .into_iter()
        .filter(|q| q.weight > Weight::Implied)
        .filter_map(|q| {
            let named = matches!(
                q.kind,
                Kind::Money(_) | Kind::Percent | Kind::Age | Kind::Date | Kind::Time
            );
            let noun = if named { None } else { noun(sentence, q.span) };
            let counts = named || noun.is_some() || matches!(q.kind, Kind::Measure(_));
            counts.then_some(Figure { quantity: q, noun })
        })
        .collect()
}

/// Stem of the first content word after a figure; of people, what happened to them.
fn noun(sentence: &str, figure: Span) -> Option<String> {
    let own = content(figure.of(sentence), Language::Italian);
    let after = content(clause(&sentence[figure.end..]), Language::Italian);
    let noun = after
        .into_iter()
        .find(|w| w.chars().all(char::is_alphabetic) && !own.contains(w))?;
    if !PEOPLE.iter().any(|p| noun.starts_with(p)) {
        return Some(noun);
    }
    let words = content(sentence, Language::Italian);
    let deed = DEEDS.iter().find(|d| words.iter().any(|w| w.starts_with(*d)));
    Some(deed.map_or(noun, |d| d.to_string()))
}

/// Up to the next sign that ends a clause.
fn clause(text: &str) -> &str {
    let end = text.char_indices().find(|(at, c)| {
        let spaced = text[at + c.len_utf8()..].chars().next().is_none_or(char::is_whitespace);
        matches!(c, ',' | ';' | ':' | '.' | '(' | ')' | '"' | '»' | '”' | '\n') && spaced
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// Words beside a figure that are shown with it, on each side.
const SHOWN: usize = 5;

/// The figure with the words of its clause that say what it counts.
fn shown(sentence: &str, span: Span) -> String {
    let before = &sentence[..span.start];
    let signs = [',', ';', ':', '.', '(', ')', '"', '«', '“', '\n'];
    let start = before
        .rfind(|c| signs.contains(&c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let after: Vec<&str> = clause(&sentence[span.end..]).split_whitespace().collect();
    let inside: Vec<&str> = before[start..].split_whitespace().collect();
    // `, 58 anni,` says nothing without what stands before it
    let before: Vec<&str> = match inside.len() + after.len() < 2 {
        true => before.split_whitespace().collect(),
        false => inside,
    };
    let kept = SHOWN.saturating_sub(after.len().min(3));
    let words = before[before.len().saturating_sub(kept)..].iter().copied();
    let words = words.chain([span.of(sentence)]).chain(after.into_iter().take(SHOWN));
    words.collect::<Vec<_>>().join(" ")
}

/// The same figure in the sentence's English, with its words; empty where the English does not have it.
fn in_english(english: &str, value: Value) -> String {
    let found = quantities(english, Language::English);
    let same = found.iter().find(|q| q.value == value);
    same.map_or(String::new(), |q| shown(english, q.span))
}

/// Disagreements of articles on one event, each once, in the order of the first article. Sentences are numbered through
/// the articles.
pub fn disagreements(members: &[Brief]) -> Vec<Disagreement> {
    let mut first = vec![0];
    for b in members {
        first.push(first[first.len() - 1] + length(b));
    }
    let mut found: Vec<Found> = vec![];
    for (i, a) in members.iter().enumerate() {
        for (j, b) in members.iter().enumerate().skip(i + 1) {
            between((a, first[i]), (b, first[j]), &mut found);
        }
    }
    found.into_iter().map(|f| f.disagreement).collect()
}

struct Found {
    disagreement: Disagreement,
    values: [Value; 2],
    articles: [String; 2],
    /// How many of the two sentences a brief cites.
    cited: usize,
}

/// The rows of one article with their words and figures.
type Rows = Vec<(BTreeSet<String>, Vec<Figure>)>;

fn between((a, from): (&Brief, u32), (b, to): (&Brief, u32), out: &mut Vec<Found>) {
    let read = |brief: &Brief| -> Rows {
        let rows = brief.translation.iter();
        rows.map(|t| (words_of(&t.source), figures(&t.source))).collect()
    };
    let (left, right) = (read(a), read(b));
    let (cited_a, cited_b) = (cited(a), cited(b));
    let says = |side: &Rows, f: &Figure| side.iter().flat_map(|s| &s.1).any(|g| f.said_by(g));
    for ((words, figures), x) in left.iter().zip(&a.translation) {
        // what the other article says too, somewhere, is no disagreement
        for f in figures.iter().filter(|f| !says(&right, f)) {
            let rivals = right.iter().zip(&b.translation).filter_map(|((others, theirs), y)| {
                let near = overlap(words, others);
                let rival = theirs.iter().find(|g| g.comparable(f) && !says(&left, g))?;
                (near >= TOGETHER).then_some((near, rival, y))
            });
            let Some((_, g, y)) = rivals.max_by(|p, q| p.0.total_cmp(&q.0)) else {
                continue;
            };
            let told = [(a, from, x, f), (b, to, y, g)].map(|(brief, first, row, f)| Told {
                article: brief.id.clone(),
                sentence: first + row.sentence,
                text: shown(&row.source, f.quantity.span),
                english: in_english(&row.text, f.quantity.value),
            });
            let found = Found {
                disagreement: Disagreement {
                    about: f.about(),
                    told: told.into(),
                },
                values: [f.quantity.value, g.quantity.value],
                articles: [a.id.clone(), b.id.clone()],
                cited: usize::from(cited_a.contains(&x.sentence)) + usize::from(cited_b.contains(&y.sentence)),
            };
            enter(out, found);
        }
    }
}

/// Numbers of the sentences that a brief cites.
fn cited(brief: &Brief) -> HashSet<u32> {
    let citations = brief.summary.iter().flat_map(|s| &s.citations);
    citations.map(|c| c.sentence).collect()
}

/// Keeps one of the disagreements that title and text repeat: the one that the brief cites.
fn enter(out: &mut Vec<Found>, new: Found) {
    let same = |f: &&mut Found| {
        f.values == new.values && f.articles == new.articles && f.disagreement.about == new.disagreement.about
    };
    match out.iter_mut().find(same) {
        Some(known) if new.cited > known.cited => *known = new,
        Some(_) => {}
        None => out.push(new),
    }
}

/// Content of a sentence but for its figures and their units: `milioni di euro` is said of many things.
fn words_of(sentence: &str) -> BTreeSet<String> {
    let mut bare = String::with_capacity(sentence.len());
    let mut at = 0;
    for q in quantities(sentence, Language::Italian) {
        bare.push_str(&sentence[at..q.span.start]);
        bare.push(' ');
        at = q.span.end;
    }
    bare.push_str(&sentence[at..]);
    let words = content(&bare, Language::Italian).into_iter();
    words.filter(|w| w.chars().all(char::is_alphabetic)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str, rows: &[(&str, &str)]) -> Brief {
        Brief::of_rows(id, rows)
    }

    #[test]
    fn figures_of_one_thing_are_held_against_each_other() {
        for (a, b, expected) in [
            (
                "Il tribunale ha inflitto due anni di reclusione, con interdizione per tre anni.",
                "Il tribunale ha inflitto tre anni di reclusione.",
                Some((
                    "tribunale ha inflitto due anni di reclusione",
                    "tribunale ha inflitto tre anni di reclusione",
                )),
            ),
            (
                "Le motivazioni saranno depositate entro 90 giorni.",
                "Le motivazioni saranno depositate, si legge, entro 60 giorni.",
                Some((
                    "Le motivazioni saranno depositate entro 90 giorni",
                    "saranno depositate, si legge, entro 60 giorni",
                )),
            ),
            (
                "L'imprenditore Gualtiero Mompiani, 58 anni, è in carcere.",
                "In carcere anche l'imprenditore Gualtiero Mompiani, 59 anni.",
                Some((
                    "L'imprenditore Gualtiero Mompiani, 58 anni",
                    "carcere anche l'imprenditore Gualtiero Mompiani, 59 anni",
                )),
            ),
            (
                "Eseguite 41 perquisizioni.",
                "Sono quarantuno le perquisizioni eseguite.",
                None,
            ),
            (
                "Sequestrati 93 milioni di euro.",
                "Il museo è costato 2 milioni di euro.",
                None,
            ),
            (
                "Quattro feriti nello scontro.",
                "Nello scontro quattro feriti e due auto.",
                None,
            ),
        ] {
            let found = disagreements(&[article("a", &[(a, "")]), article("b", &[(b, "")])]);
            let told: Vec<Vec<&str>> = found
                .iter()
                .map(|d| d.told.iter().map(|t| t.text.as_str()).collect())
                .collect();
            let expected: Vec<Vec<&str>> = expected.into_iter().map(|(x, y)| vec![x, y]).collect();
            assert_eq!(told, expected, "{a} / {b}");
        }
    }

    #[test]
    fn title_and_text_tell_of_one_disagreement() {
        let a = [
            (
                "Brescia, quindici arresti per frode",
                "Brescia: fifteen arrests for fraud",
            ),
            (
                "Quindici persone arrestate a Brescia per frode.",
                "Fifteen people arrested in Brescia for fraud.",
            ),
        ];
        let b = [(
            "Sedici gli arresti a Brescia per frode.",
            "There are sixteen arrests in Brescia for fraud.",
        )];
        let found = disagreements(&[article("a", &a), article("b", &b)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].told[0].english, "fifteen arrests for fraud");
        assert_eq!(
            found[0].told[1].english,
            "There are sixteen arrests in Brescia for fraud"
        );
    }
}
