//! Ranking of source sentences: which ones say what the article is about.
//!
//! LexRank (Erkan and Radev 2004) over idf-weighted words, with the priors that news gives: what comes first, what
//! repeats the title, what carries figures and names. Redundancy is avoided by maximal marginal relevance
//! (Carbonell and Goldstein 1998).
use crate::text::{
    pattern::Pattern,
    words::{self, Idf, Language},
    Article, Role, SentenceId,
};
use std::{collections::HashMap, sync::LazyLock};

/// How much a summary may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Sentences at most.
    pub sentences: usize,
    /// Source words after which no further sentence is taken.
    pub words: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            sentences: 5,
            words: 120,
        }
    }
}

/// What the ranking sees of a body sentence; each 0 or 1, or a share of 1.
pub const FEATURES: [&str; 16] = [
    "central",
    "first",
    "early",
    "late",
    "top",
    "facts",
    "digits",
    "short",
    "brief",
    "long",
    "quotation",
    "open",
    "anaphora",
    "paragraph",
    "law",
    "mixed",
];

/// A body sentence as the ranking sees it.
struct Candidate {
    id: SentenceId,
    words: usize,
    /// Unit vector over stems.
    vector: HashMap<String, f32>,
    score: f32,
    features: [f32; FEATURES.len()],
}

/// The features of every body sentence, in the article's order.
pub fn features(article: &Article) -> Vec<(SentenceId, [f32; FEATURES.len()])> {
    rank(article).iter().map(|c| (c.id, c.features)).collect()
}

/// The sentences that summarise an article best, in the article's order.
///
/// Deterministic: equal scores are decided by position.
pub fn select(article: &Article, budget: Budget) -> Vec<SentenceId> {
    let mut candidates = rank(article);
    let mut chosen: Vec<usize> = vec![];
    let mut used = 0;
    while chosen.len() < budget.sentences && used < budget.words {
        let next = (0..candidates.len())
            .filter(|i| !chosen.contains(i))
            .map(|i| {
                let repeats = chosen
                    .iter()
                    .map(|&j| cosine(&candidates[i].vector, &candidates[j].vector))
                    .fold(0.0, f32::max);
                (i, candidates[i].score - REDUNDANCY * repeats)
            })
            .fold(None, |best: Option<(usize, f32)>, (i, s)| match best {
                Some((_, top)) if top >= s => best,
                _ => Some((i, s)),
            });
        let Some((i, _)) = next else { break };
        // A sentence that would overrun the budget by far is left for a shorter one, unless it is all there is.
        if !chosen.is_empty() && used + candidates[i].words > budget.words + 40 {
            candidates[i].score = f32::NEG_INFINITY;
            if candidates
                .iter()
                .enumerate()
                .all(|(j, c)| c.score == f32::NEG_INFINITY || chosen.contains(&j))
            {
                break;
            }
            continue;
        }
        used += candidates[i].words;
        chosen.push(i);
    }
    let mut ids: Vec<SentenceId> = chosen.into_iter().map(|i| candidates[i].id).collect();
    ids.sort();
    ids
}

fn rank(article: &Article) -> Vec<Candidate> {
    let body: Vec<(SentenceId, &str)> = article
        .content()
        .filter(|(_, s, _)| s.role == Role::Body)
        .map(|(id, _, text)| (id, text))
        .collect();
    let stems: Vec<Vec<String>> = body.iter().map(|(_, t)| words::content(t, Language::Italian)).collect();
    let idf = Idf::of(stems.iter().cloned());
    let top: Vec<String> = article
        .content()
        .filter(|(_, s, _)| matches!(s.role, Role::Title | Role::Standfirst))
        .flat_map(|(_, _, t)| words::content(t, Language::Italian))
        .collect();
    let top = vector(&top, &idf);
    let vectors: Vec<HashMap<String, f32>> = stems.iter().map(|s| vector(s, &idf)).collect();
    let central = lexrank(&vectors);
    let mut paragraph = None;
    let n = body.len().max(2) as f32;
    body.iter()
        .zip(vectors)
        .enumerate()
        .map(|(i, (&(id, text), vector))| {
            let count = words::count(text);
            let opens = paragraph.replace(article.sentences[id.0 as usize].paragraph)
                != Some(article.sentences[id.0 as usize].paragraph);
            let flag = f32::from;
            let features = [
                central[i],
                flag(i == 0),
                1.0 / (1.0 + i as f32),
                i as f32 / (n - 1.0),
                cosine(&vector, &top),
                weight_of_facts(text, count),
                flag(text.contains(|c: char| c.is_ascii_digit())),
                flag(count < 8),
                flag(count < 15),
                flag(count > 45),
                flag(text.starts_with(['«', '"', '“'])),
                flag(text.trim_end().ends_with(['?', ':', '!'])),
                flag(ANAPHORA.is_match(text)),
                flag(opens),
                flag(LAW.is_match(text)),
                flag(text.contains(['«', '"', '“'])),
            ];
            Candidate {
                id,
                words: count,
                vector,
                score: features.iter().zip(WEIGHTS).map(|(f, w)| f * w).sum(),
                features,
            }
        })
        .collect()
}

/// Share of words that are figures or names (capitalised within the sentence), at most 1.
fn weight_of_facts(text: &str, count: usize) -> f32 {
    let facts = words::words(text)
        .iter()
        .skip(1)
        .map(|s| s.of(text))
        .filter(|w| w.starts_with(|c: char| c.is_ascii_digit() || c.is_uppercase()))
        .count();
    (3.0 * facts as f32 / count.max(1) as f32).min(1.0)
}

/// Openings that lean on the sentence before.
static ANAPHORA: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"^(?:(?:Ma|E|Ed|O|Né|Anche|Inoltre|Poi|Così|Intanto|Infatti|Però|Invece|Quest[oaie]|Quell[oaie]|Lui|Lei|Loro|Ess[oaie]|",
        r"Entrambi|Entrambe|Tutt[oaie]|Altr[oaie]|Stess[oaie]|Perciò|Tuttavia|Insomma|Del resto|Da allora|A lui|A lei|Lo stesso|",
        r"La stessa|Gli altri|Le altre|Il primo|La prima|Il secondo|L['’]altro|I due|Le due|I tre|L['’]uomo|La donna|Il giovane|",
        r"La giovane|Il ragazzo|La ragazza|Il progetto|L['’]operazione|L['’]iniziativa|Più|Meno|Si tratta|È lì|Ecco)\b)",
    ))
});

/// What decides a case: measures, charges, seizures, judgments.
static LAW: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:arrest|indagat|denunciat|sequestr|perquisi|convalid|ordinanza|misur[ae] cautelar|carcere|domiciliari|condann|",
        r"assol|sentenza|imputat|rinviat|procura|gip|giudice|tribunale|accus)",
    ))
});

/// Weights of [`FEATURES`]: a logistic regression on which sentences the authors of `seeds/articles/train-*` named as
/// the support of their briefs.
const WEIGHTS: [f32; FEATURES.len()] = [
    0.46, -2.5, 3.8, 0.0, 2.6, 0.73, 0.71, -0.5, -0.5, 0.3, -0.49, -1.31, -0.3, 0.0, 0.9, -0.26,
];

/// How much a sentence loses that repeats a chosen one word for word.
const REDUNDANCY: f32 = 2.0;

fn vector(stems: &[String], idf: &Idf) -> HashMap<String, f32> {
    let mut v: HashMap<String, f32> = HashMap::new();
    for s in stems {
        *v.entry(s.clone()).or_default() += idf.weight(s);
    }
    let mut squares: Vec<f32> = v.values().map(|x| x * x).collect();
    squares.sort_by(f32::total_cmp); // the order of a hash map must not show in the last digit
    let norm = squares.iter().sum::<f32>().sqrt();
    if norm > 0.0 {
        v.values_mut().for_each(|x| *x /= norm);
    }
    v
}

fn cosine(a: &HashMap<String, f32>, b: &HashMap<String, f32>) -> f32 {
    let mut products: Vec<f32> = a.iter().filter_map(|(k, x)| b.get(k).map(|y| x * y)).collect();
    products.sort_by(f32::total_cmp);
    products.iter().sum()
}

/// Stationary weights of the similarity graph, scaled so that the greatest is 1.
fn lexrank(vectors: &[HashMap<String, f32>]) -> Vec<f32> {
    let n = vectors.len();
    let mut links = vec![vec![0f32; n]; n];
    for i in 0..n {
        for j in 0..i {
            let s = cosine(&vectors[i], &vectors[j]);
            links[i][j] = s;
            links[j][i] = s;
        }
    }
    let out: Vec<f32> = links.iter().map(|row| row.iter().sum()).collect();
    let mut weight = vec![1.0 / n.max(1) as f32; n];
    for _ in 0..30 {
        weight = (0..n)
            .map(|i| {
                let flow: f32 = (0..n)
                    .filter(|&j| out[j] > 0.0)
                    .map(|j| weight[j] * links[j][i] / out[j])
                    .sum();
                0.15 / n as f32 + 0.85 * flow
            })
            .collect();
    }
    let most = weight.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    weight.iter().map(|w| w / most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Sentence, Span};

    fn article(sentences: &[(&str, Role)]) -> Article {
        let mut a = Article::default();
        for (text, role) in sentences {
            let start = a.text.len();
            a.text.push_str(text);
            a.sentences.push(Sentence {
                span: Span::new(start, a.text.len()),
                paragraph: 0,
                role: *role,
            });
            a.text.push('\n');
        }
        a
    }

    const BODY: &[(&str, Role)] = &[
        ("Due arresti a Milano per frode fiscale", Role::Title),
        (
            "La Guardia di Finanza di Milano ha arrestato due persone per una frode fiscale da 3 milioni di euro.",
            Role::Body,
        ),
        ("Ti potrebbe interessare", Role::Boilerplate),
        ("Perché?", Role::Body),
        (
            "Il cielo era coperto e una pioggia sottile cadeva da ore sulle strade quasi vuote della periferia.",
            Role::Body,
        ),
        (
            "Le perquisizioni per la frode fiscale hanno riguardato 14 aziende di Milano, Lodi e Pavia.",
            Role::Body,
        ),
        (
            "La Guardia di Finanza di Milano ha arrestato due persone per la frode fiscale da 3 milioni.",
            Role::Body,
        ),
    ];

    #[test]
    fn takes_what_the_article_is_about_and_does_not_repeat_itself() {
        let chosen = select(
            &article(BODY),
            Budget {
                sentences: 2,
                words: 60,
            },
        );
        assert_eq!(chosen, [SentenceId(1), SentenceId(5)]);
    }

    #[test]
    fn never_takes_boilerplate_and_keeps_the_order() {
        let chosen = select(
            &article(BODY),
            Budget {
                sentences: 9,
                words: 900,
            },
        );
        assert!(!chosen.contains(&SentenceId(2)) && !chosen.contains(&SentenceId(0)));
        assert!(chosen.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn an_article_without_a_body_gives_nothing() {
        assert!(select(&article(&BODY[..1]), Budget::default()).is_empty());
        assert!(select(&article(&[]), Budget::default()).is_empty());
    }
}
