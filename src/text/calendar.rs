//! Month and week-day names in both languages, and days reckoned from an article's date.

/// As English writes them.
pub const MONTHS_EN: [&str; 12] = [
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

/// As Italian writes them.
pub const MONTHS_IT: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

const WEEK_IT: [&str; 7] = [
    "lunedì",
    "martedì",
    "mercoledì",
    "giovedì",
    "venerdì",
    "sabato",
    "domenica",
];
const WEEK_EN: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// `gennaio` as 1.
pub fn month_it(word: &str) -> Option<u8> {
    position(&MONTHS_IT, word)
}

/// `11 apr`, only after a day.
pub fn short_month_it(word: &str) -> Option<u8> {
    let long = MONTHS_IT.iter().position(|m| word.len() == 3 && m.starts_with(word));
    long.or_else(|| (word == "sett").then_some(8)).map(|i| i as u8 + 1)
}

/// `january` and `jan` as 1; lower case.
pub fn month_en(word: &str) -> Option<u8> {
    let fits = |m: &str| {
        let m = m.to_lowercase();
        m == word || (word.len() == 3 && m.starts_with(word))
    };
    let found = MONTHS_EN.iter().position(|m| fits(m));
    found.or_else(|| (word == "sept").then_some(8)).map(|i| i as u8 + 1)
}

/// `lunedì` as 0.
pub fn weekday_it(word: &str) -> Option<u8> {
    position(&WEEK_IT, word).map(|n| n - 1)
}

/// `monday` as 0.
pub fn weekday_en(word: &str) -> Option<u8> {
    position(&WEEK_EN, word).map(|n| n - 1)
}

fn position(names: &[&str], word: &str) -> Option<u8> {
    names.iter().position(|n| *n == word).map(|i| i as u8 + 1)
}

/// A date as far as it is known: `2024`, `2024-03` or `2024-03-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    pub year: i32,
    pub month: Option<u8>,
    pub day: Option<u8>,
}

impl Date {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, the form of an article's date.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |p: &str, n: usize| p.len() == n && p.bytes().all(|b| b.is_ascii_digit());
        let small = |p: Option<&&str>, most: u8| match p {
            None => Some(None),
            Some(p) if digits(p, 2) => p.parse().ok().filter(|n| (1..=most).contains(n)).map(Some),
            Some(_) => None,
        };
        let year = parts.first().filter(|p| digits(p, 4))?.parse().ok()?;
        let (month, day) = (small(parts.get(1), 12)?, small(parts.get(2), 31)?);
        (parts.len() <= 3).then_some(Self { year, month, day })
    }

    /// So many days later; needs the day.
    pub fn plus_days(self, days: i64) -> Option<Self> {
        Some(Self::from_number(self.number()? + days))
    }

    /// So many months later, to the month; needs the month.
    pub fn plus_months(self, months: i32) -> Option<Self> {
        let n = self.year.checked_mul(12)? + i32::from(self.month?) - 1 + months;
        Some(Self {
            year: n.div_euclid(12),
            month: Some(n.rem_euclid(12) as u8 + 1),
            day: None,
        })
    }

    /// So many years later, to the year.
    pub fn plus_years(self, years: i32) -> Self {
        Self {
            year: self.year.saturating_add(years),
            month: None,
            day: None,
        }
    }

    /// The last such week day before this date, or the next one after it (`0` is Monday).
    pub fn weekday(self, weekday: u8, next: bool) -> Option<Self> {
        let today = (self.number()? + 2).rem_euclid(7);
        let ahead = (i64::from(weekday) - today).rem_euclid(7);
        match next {
            true => self.plus_days(if ahead == 0 { 7 } else { ahead }),
            false => self.plus_days(ahead - 7),
        }
    }

    /// The year of the last such month (and day) before this date, or of the next one after it.
    pub fn year_of(self, month: u8, day: Option<u8>, next: bool) -> Option<i32> {
        let own = self.month?;
        let later = match (day, self.day) {
            (Some(d), Some(today)) if month == own => d > today,
            _ => month > own,
        };
        let same = month == own && (day.is_none() || day == self.day);
        Some(match next {
            true if later => self.year,
            true => self.year + 1,
            false if later || same => self.year - 1,
            false => self.year,
        })
    }

    /// Days since 1 March of year 0, by the proleptic Gregorian calendar: a Wednesday.
    fn number(self) -> Option<i64> {
        let (month, day) = (i64::from(self.month?), i64::from(self.day?));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let months = (month + 9) % 12;
        Some(
            year * 365 + year.div_euclid(4) - year.div_euclid(100)
                + year.div_euclid(400)
                + (153 * months + 2) / 5
                + day
                - 1,
        )
    }

    fn from_number(n: i64) -> Self {
        let era = n.div_euclid(146_097);
        let of_era = n.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let months = (5 * of_year + 2) / 153;
        let day = of_year - (153 * months + 2) / 5 + 1;
        let month = if months < 10 { months + 3 } else { months - 9 };
        Self {
            year: (year + era * 400 + i64::from(month <= 2)) as i32,
            month: Some(month as u8),
            day: Some(day as u8),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn reckons_days() {
        for (from, days, to) in [
            ("2024-03-01", -1, "2024-02-29"),
            ("2023-03-01", -1, "2023-02-28"),
            ("2024-01-01", -1, "2023-12-31"),
            ("2000-02-28", 2, "2000-03-01"),
            ("1900-02-28", 1, "1900-03-01"),
            ("2024-03-20", 0, "2024-03-20"),
            ("2024-12-31", 366, "2026-01-01"),
        ] {
            assert_eq!(date(from).plus_days(days), Some(date(to)), "{from} {days}");
        }
        assert_eq!(date("2024-03").plus_days(1), None);
        assert_eq!(date("2024-01").plus_months(-1), Some(date("2023-12")));
        assert_eq!(date("2024").plus_months(-1), None);
    }

    #[test]
    fn finds_week_days() {
        // 20 March 2024 was a Wednesday.
        for (weekday, next, to) in [
            (0, false, "2024-03-18"),
            (1, false, "2024-03-19"),
            (2, false, "2024-03-13"),
            (3, false, "2024-03-14"),
            (6, false, "2024-03-17"),
            (2, true, "2024-03-27"),
            (3, true, "2024-03-21"),
            (0, true, "2024-03-25"),
        ] {
            assert_eq!(
                date("2024-03-20").weekday(weekday, next),
                Some(date(to)),
                "{weekday} {next}"
            );
        }
    }

    #[test]
    fn finds_the_year_of_a_month() {
        for (today, month, day, next, year) in [
            ("2024-03-20", 11, None, false, Some(2023)),
            ("2024-03-20", 2, None, false, Some(2024)),
            ("2024-03-20", 3, None, false, Some(2023)),
            ("2024-03-20", 3, Some(6), false, Some(2024)),
            ("2024-03-20", 3, Some(26), false, Some(2023)),
            ("2024-03-20", 4, None, true, Some(2024)),
            ("2024-03-20", 2, None, true, Some(2025)),
            ("2024-03", 11, Some(6), false, Some(2023)),
            ("2024", 11, None, false, None),
        ] {
            assert_eq!(date(today).year_of(month, day, next), year, "{today} {month}");
        }
    }

    #[test]
    fn reads_names_and_article_dates() {
        assert_eq!(
            (month_it("maggio"), short_month_it("set"), short_month_it("sett")),
            (Some(5), Some(9), Some(9))
        );
        assert_eq!(
            (month_en("may"), month_en("sept"), month_en("octo")),
            (Some(5), Some(9), None)
        );
        assert_eq!((weekday_it("martedì"), weekday_en("sunday")), (Some(1), Some(6)));
        for bad in ["", "24", "2024-13", "2024-1", "2024-01-02-03", "ieri"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }
}
