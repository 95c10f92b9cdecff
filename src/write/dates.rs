//! Dates of articles as readers, sorting and feeds want them; what is no date is shown as it came.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Year, month and day, as far as `YYYY`, `YYYY-MM` or `YYYY-MM-DD` gives them.
pub fn parse(date: &str) -> Option<(u16, Option<u8>, Option<u8>)> {
    let mut parts = date.split('-');
    let digits = |p: &str, n: usize| (p.len() == n && p.bytes().all(|b| b.is_ascii_digit())).then(|| p.to_string());
    let year = digits(parts.next()?, 4)?.parse().ok()?;
    let mut small = |most: u8| -> Option<Option<u8>> {
        match parts.next() {
            None => Some(None),
            Some(p) => digits(p, 2)?.parse().ok().filter(|n| (1..=most).contains(n)).map(Some),
        }
    };
    let (month, day) = (small(12)?, small(31)?);
    parts.next().is_none().then_some((year, month, day))
}

/// `9 February 2024`, `February 2024`, `2024`; anything else unchanged.
pub fn shown(date: &str) -> String {
    match parse(date) {
        Some((year, Some(month), day)) => {
            let day = day.map(|d| format!("{d} ")).unwrap_or_default();
            format!("{day}{} {year}", MONTHS[usize::from(month) - 1])
        }
        _ => date.trim().into(),
    }
}

/// RFC 3339 with the parts that are missing set to the first: a feed needs a full time.
pub fn rfc3339(date: &str) -> Option<String> {
    let (year, month, day) = parse(date)?;
    Some(format!(
        "{year:04}-{:02}-{:02}T00:00:00Z",
        month.unwrap_or(1),
        day.unwrap_or(1)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_dates_as_english_readers_write_them() {
        for (date, expected, feed) in [
            ("2024-02-09", "9 February 2024", Some("2024-02-09T00:00:00Z")),
            ("2023-11", "November 2023", Some("2023-11-01T00:00:00Z")),
            ("1999", "1999", Some("1999-01-01T00:00:00Z")),
            ("2024-13", "2024-13", None),
            ("2024-00-10", "2024-00-10", None),
            ("2024-1-2", "2024-1-2", None),
            ("2024-01-02-03", "2024-01-02-03", None),
            ("ieri <b>", "ieri <b>", None),
            ("", "", None),
        ] {
            assert_eq!(shown(date), expected, "{date}");
            assert_eq!(rfc3339(date).as_deref(), feed, "{date}");
        }
    }
}
