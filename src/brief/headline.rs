//! The headline: the title's translation where the article has one, else its first chosen sentence.
use super::Translated;
use crate::text::{Article, Role, SentenceId};

/// An English headline without a closing full stop.
pub fn of(article: &Article, translation: &[(SentenceId, Translated)], chosen: &[SentenceId]) -> String {
    let role = |id: &SentenceId| article.sentences[id.0 as usize].role;
    let title: Vec<&str> = translation
        .iter()
        .filter(|(id, _)| role(id) == Role::Title)
        .map(|(_, t)| t.text.as_str())
        .collect();
    let text = if title.is_empty() {
        let first = chosen.first().or(translation.first().map(|(id, _)| id));
        first
            .and_then(|id| translation.iter().find(|(i, _)| i == id))
            .map(|(_, t)| t.text.clone())
            .unwrap_or_default()
    } else {
        title.join(" ")
    };
    let text = text.trim();
    match text.strip_suffix('.') {
        Some(shorter) if !shorter.ends_with('.') => shorter.to_string(),
        _ => text.to_string(),
    }
}
