//! A sentence too long for a model to pieces at clause boundaries: nothing is ever cut off.
use super::Span;

/// Words that open a clause: a cut before them leaves two readable pieces.
const OPENERS: &str = "e ed o oppure ma però mentre che cui quando dove perché poiché affinché sebbene nonché quali quale \
    quindi infine inoltre se come dopo prima per con tra fra durante secondo grazie attraverso mediante and or but which who \
    that while when where because";

/// Spans of `sentence` in order, trimmed, that cover all of it but white space, each accepted by `fits`. A sentence
/// that fits is one span. Cuts come, in this order of preference, at `;`, at `:` and dashes, at brackets and quotes,
/// at a comma before a conjunction, at a comma, before a conjunction, at a space; a single word that does not fit is
/// cut between characters (a single character that does not fit is kept whole).
pub fn clauses(sentence: &str, fits: &dyn Fn(&str) -> bool) -> Vec<Span> {
    let mut found = vec![];
    halve(
        sentence,
        trimmed(sentence, Span::new(0, sentence.len())),
        fits,
        &mut found,
    );
    found
}

/// A `fits` for [`clauses`]: at most `max` words, white space apart.
pub fn under_words(max: usize) -> impl Fn(&str) -> bool {
    move |piece| piece.split_whitespace().nth(max).is_none()
}

fn halve(text: &str, span: Span, fits: &dyn Fn(&str) -> bool, found: &mut Vec<Span>) {
    if span.start == span.end {
        return;
    }
    let piece = span.of(text);
    if fits(piece) {
        found.push(span);
        return;
    }
    let Some(cut) = best_cut(piece) else {
        found.push(span);
        return;
    };
    let cut = span.start + cut;
    halve(text, trimmed(text, Span::new(span.start, cut)), fits, found);
    halve(text, trimmed(text, Span::new(cut, span.end)), fits, found);
}

fn trimmed(text: &str, span: Span) -> Span {
    let piece = span.of(text);
    let start = span.start + (piece.len() - piece.trim_start().len());
    Span::new(start, start + piece.trim().len())
}

/// Byte at which to cut `piece` in two: the lowest sum of how bad the boundary is and how far it lies from the
/// middle. `None` for a single character.
fn best_cut(piece: &str) -> Option<usize> {
    let middle = piece.len() as f32 / 2.0;
    let mut best: Option<(f32, usize)> = None;
    let mut gap = false;
    for (at, c) in piece.char_indices() {
        // Only the first space of a run is a place to cut.
        if std::mem::replace(&mut gap, c.is_whitespace()) || !gap {
            continue;
        }
        let (left, right) = (&piece[..at], piece[at..].trim_start());
        if left.is_empty() || right.is_empty() {
            continue;
        }
        let off = (at as f32 - middle).abs() / middle;
        // Squared, so that the middle half of the sentence is nearly free and its edges are dear.
        let cost = badness(left, right) + 4.0 * off * off;
        if best.is_none_or(|(b, _)| cost < b) {
            best = Some((cost, at));
        }
    }
    best.map(|(_, at)| at).or_else(|| {
        // One word: the character boundary at or before its middle, but never its start.
        let half = piece.len() / 2;
        piece
            .char_indices()
            .map(|(at, _)| at)
            .filter(|&at| at > 0)
            .min_by_key(|at| at.abs_diff(half))
    })
}

/// How much a reader would mind a cut between `left` and `right`: 0 for a semicolon, 5 inside a phrase.
fn badness(left: &str, right: &str) -> f32 {
    let last = left.chars().next_back().unwrap_or(' ');
    let first = right.chars().next().unwrap_or(' ');
    let word: String = right
        .chars()
        .take_while(|c| c.is_alphabetic())
        .collect::<String>()
        .to_lowercase();
    let opener = OPENERS.split_ascii_whitespace().any(|w| w == word);
    match last {
        ';' | '.' | '!' | '?' | '…' => 0.0,
        ':' => 0.5,
        _ if matches!(first, '–' | '—') => 0.8,
        '»' | '”' | ')' => 1.5,
        _ if matches!(first, '«' | '“' | '(') => 2.0,
        ',' if opener => 0.8,
        ',' => 1.2,
        '–' | '—' => 3.0,
        _ if opener => 2.5,
        _ => 5.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `¦` marks the cuts that are expected.
    fn check(max: usize, marked: &str) {
        let expected: Vec<&str> = marked.split('¦').map(str::trim).collect();
        let text = marked.replace('¦', "");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found: Vec<&str> = clauses(&text, &under_words(max)).iter().map(|s| s.of(&text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn cuts_at_clauses() {
        check(10, "Una frase corta resta intera.");
        check(
            8,
            "La procura ha chiuso l'indagine; ¦ il giudice deciderà entro la fine dell'anno.",
        );
        check(
            9,
            "Gli agenti hanno sequestrato telefoni e computer, ¦ mentre gli indagati sono stati sentiti in questura.",
        );
        check(
            9,
            "Il sindaco ha annunciato il nuovo piano: ¦ più autobus, più corsie e più controlli nelle strade.",
        );
        check(7, "Il progetto, costato 1,5 milioni di euro, ¦ sarà pronto nel 2027.");
        check(
            6,
            "La misura riguarda i comuni ¦ che hanno chiesto il contributo regionale.",
        );
        check(
            8,
            "L'accordo tra le parti ¦ – firmato ieri a Roma ¦ – prevede nuovi turni e un premio finale.",
        );
        check(3, "uno due tre ¦ quattro cinque sei");
    }

    #[test]
    fn an_eighty_word_sentence_keeps_every_word() {
        let clause = "gli agenti hanno eseguito dieci perquisizioni nelle province del nord";
        let sentence = format!("{}.", [clause; 8].join(", e "));
        let spans = clauses(&sentence, &under_words(30));
        assert!(spans.len() >= 3);
        let joined: Vec<&str> = spans.iter().flat_map(|s| s.of(&sentence).split_whitespace()).collect();
        assert_eq!(joined, sentence.split_whitespace().collect::<Vec<_>>());
        assert!(spans.iter().all(|s| s.of(&sentence).ends_with([',', '.'])));
    }

    proptest! {
        #[test]
        fn pieces_fit_and_tile(text in "[a-zàè ,;:«»()–\u{a0}\n]{0,200}|\\PC{0,60}", max in 1usize..12) {
            let spans = clauses(&text, &under_words(max));
            let mut at = 0;
            for s in &spans {
                prop_assert!(s.start >= at && s.end > s.start);
                prop_assert!(text[at..s.start].trim().is_empty());
                prop_assert!(s.of(&text).split_whitespace().count() <= max);
                at = s.end;
            }
            prop_assert!(text[at..].trim().is_empty());
        }

        #[test]
        fn words_longer_than_the_model_are_cut_too(text in "\\PC{0,60}", max in 1usize..20) {
            let spans = clauses(&text, &|p| p.chars().count() <= max);
            let joined: String = spans.iter().map(|s| s.of(&text)).collect();
            let strip = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(strip(&joined), strip(&text));
            prop_assert!(spans.iter().all(|s| s.of(&text).chars().count() <= max));
        }
    }
}
