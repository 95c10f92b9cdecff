//! TER's tokenizer (tercom): lower case and white space; punctuation stays with its word, as WMT scores it.
use super::words;

/// The words of a line for TER, lower-cased.
pub fn tokens(line: &str) -> Vec<String> {
    let lower = line.to_lowercase();
    words(&lower).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_case_and_white_space() {
        let check = |line: &str, expected: &[&str]| assert_eq!(tokens(line), expected, "{line:?}");
        check("", &[]);
        check("The PM, today.", &["the", "pm,", "today."]);
        check("  È così ", &["è", "così"]);
    }
}
