//! Text to the tokens that the grammars of quantities read: figures, words, signs.
use super::race;
use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Digits with separators inside: `1.250.000`, `3,5`, `14:30`, `16/12/2023`.
    Figure,
    Word,
    /// One of `% € $ £ ¥ º ° ª -` and others.
    Sign,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub class: Class,
    pub span: Span,
    /// In lower case.
    pub text: String,
    pub capital: bool,
    /// No white space between it and the token before it.
    pub joined: bool,
}

impl Token {
    pub fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.text.as_str())
    }
}

/// Tokens of a text, in order. White space is left out, everything else is covered.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map(|c| c.1);
    let offset = |i: usize| chars.get(i).map_or(text.len(), |c| c.0);
    let mut out: Vec<Token> = vec![];
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i].1;
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let start = i;
        let race = match c.is_ascii_digit() {
            true => race::leading(&text[offset(start)..]),
            false => None,
        };
        let class = if let Some((_, length)) = race {
            let end = offset(start) + length;
            while offset(i) < end {
                i += 1;
            }
            Class::Figure
        } else if c.is_ascii_digit() {
            while at(i).is_some_and(|c| c.is_ascii_digit())
                || (at(i).is_some_and(|c| matches!(c, '.' | ',' | ':' | '/' | '\'' | '’'))
                    && at(i + 1).is_some_and(|c| c.is_ascii_digit()))
            {
                i += 1;
            }
            i = start + whole_figure(&chars[start..i]);
            Class::Figure
        } else if c.is_alphabetic() && !matches!(c, 'º' | 'ª') {
            while at(i).is_some_and(|c| c.is_alphabetic() && !matches!(c, 'º' | 'ª')) {
                i += 1;
            }
            Class::Word
        } else {
            i += 1;
            Class::Sign
        };
        let span = Span::new(offset(start), offset(i));
        out.push(Token {
            class,
            span,
            text: span.of(text).to_lowercase(),
            capital: c.is_uppercase(),
            joined: start > 0 && !chars[start - 1].1.is_whitespace(),
        });
    }
    out
}

/// How many characters of a run are one figure: `2023/24` and `2023/2024` are two years, `231/2001` is one number.
fn whole_figure(run: &[(usize, char)]) -> usize {
    let text: String = run.iter().map(|c| c.1).collect();
    let year = |s: &str| {
        s.parse::<u32>()
            .ok()
            .filter(|y| s.len() == 4 && (1900..2100).contains(y))
    };
    match text.split_once('/').and_then(|(a, b)| Some((year(a)?, b))) {
        Some((y, b)) if year(b) == Some(y + 1) || b.len() == 2 && b.parse() == Ok((y + 1) % 100) => 4,
        _ => run.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_figures_whole() {
        for (text, expected) in [
            ("1.250.000 euro, 3,5%", "1.250.000|euro|,|3,5|%"),
            ("117mila il 47enne", "117|mila|il|47|enne"),
            ("16/12/2023. Ore 14:30.", "16/12/2023|.|ore|14:30|."),
            ("47-57 anni", "47|-|57|anni"),
            ("l'1% e €5", "l|'|1|%|e|€|5"),
            ("in 2h08'51\", 29'41\"3", "in|2h08'51\"|,|29'41\"3"),
            ("2023/24, 2023/2024, 231/2001", "2023|/|24|,|2023|/|2024|,|231/2001"),
            ("", ""),
        ] {
            let found: Vec<String> = tokens(text).into_iter().map(|t| t.text).collect();
            assert_eq!(found.join("|"), expected);
        }
    }
}
