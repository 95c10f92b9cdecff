//! Dates of articles as readers, sorting and feeds want them; what is no date is shown as it came.
use crate::text::calendar::{Date, MONTHS_EN};

/// `9 February 2024`, `February 2024`, `2024`; anything else unchanged.
pub fn shown(date: &str) -> String {
    match Date::parse(date) {
        Some(Date {
            year,
            month: Some(month),
            day,
        }) => {
            let day = day.map(|d| format!("{d} ")).unwrap_or_default();
            format!("{day}{} {year}", MONTHS_EN[usize::from(month) - 1])
        }
        _ => date.trim().into(),
    }
}

/// RFC 3339 with the parts that are missing set to the first: a feed needs a full time.
pub fn rfc3339(date: &str) -> Option<String> {
    let Date { year, month, day } = Date::parse(date)?;
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
