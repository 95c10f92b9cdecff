//! Tables compiled into the program as sorted lines, searched by bisection where they lie.
use std::cmp::Ordering;

/// The line whose key this is; `of` gives a line's key.
pub fn find(table: &'static str, key: &str, of: impl Fn(&'static str) -> &'static str) -> Option<&'static str> {
    let line = from(table, |line| of(line).as_bytes().cmp(key.as_bytes())).next()?;
    (of(line) == key).then_some(line)
}

/// The lines from the first that is not less than what is looked for; `compare` sets a line against that.
pub fn from(table: &'static str, compare: impl Fn(&'static str) -> Ordering) -> std::str::Lines<'static> {
    let bytes = table.as_bytes();
    let (mut start, mut end) = (0, table.len());
    while start < end {
        let middle = start + (end - start) / 2;
        let first = bytes[..middle].iter().rposition(|b| *b == b'\n').map_or(0, |p| p + 1);
        let last = bytes[first..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(table.len(), |p| first + p);
        match compare(&table[first..last]) {
            Ordering::Less => start = (last + 1).min(table.len()),
            _ => end = first,
        }
    }
    table[start..].lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_lines() {
        let check = |key: &str, expected: Option<&str>| {
            assert_eq!(
                find("a 1\nbb 2\nc 3", key, |l| l.split(' ').next().unwrap()),
                expected,
                "{key}"
            )
        };
        check("a", Some("a 1"));
        check("bb", Some("bb 2"));
        check("c", Some("c 3"));
        check("b", None);
        check("", None);
        check("d", None);
        assert_eq!(find("", "a", |l| l), None);
        let after = |key: &str| from("a\nb\nc\n", |l| l.cmp(key)).collect::<Vec<_>>();
        assert_eq!(after("b"), ["b", "c"]);
        assert_eq!(after(""), ["a", "b", "c"]);
        assert!(after("x").is_empty());
    }
}
