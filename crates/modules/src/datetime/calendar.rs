//! The proleptic Gregorian and ISO calendars, in plain numbers.

/// A date; in range once checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ymd {
    pub year: i32,
    pub month: i32,
    pub day: i32,
}

pub const MIN_YEAR: i32 = 1;
pub const MAX_YEAR: i32 = 9999;
/// The ordinal of 9999-12-31.
pub const MAX_ORDINAL: i64 = 3_652_059;

const DAYS_BEFORE: [i32; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of years before `year`, counted from year 1.
fn days_before_year(year: i32) -> i64 {
    let y = i64::from(year) - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)
}

impl Ymd {
    /// Days of the year before the month.
    fn days_before_month(self) -> i32 {
        DAYS_BEFORE[self.month as usize] + i32::from(self.month > 2 && is_leap(self.year))
    }
    /// 1 for January 1.
    pub fn day_of_year(self) -> i32 {
        self.days_before_month() + self.day
    }
    /// 1 for 0001-01-01.
    pub fn ordinal(self) -> i64 {
        days_before_year(self.year) + i64::from(self.day_of_year())
    }
    /// The date of an ordinal in range.
    pub fn from_ordinal(n: i64) -> Ymd {
        let n = n - 1;
        // Whole cycles of 400, 100, 4 and 1 years; the last day of a leap cycle is year 4 of 4.
        let (n400, n) = (n.div_euclid(146_097), n.rem_euclid(146_097));
        let (n100, n) = (n / 36_524, n % 36_524);
        let (n4, n) = (n / 1_461, n % 1_461);
        let (n1, n) = (n / 365, n % 365);
        let year = (n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1) as i32;
        if n1 == 4 || n100 == 4 {
            return Ymd {
                year: year - 1,
                month: 12,
                day: 31,
            };
        }
        let mut d = Ymd {
            year,
            month: (n as i32 + 50) >> 5,
            day: 1,
        };
        if d.days_before_month() > n as i32 {
            d.month -= 1;
        }
        d.day = n as i32 - d.days_before_month() + 1;
        d
    }
    /// 0 for Monday.
    pub fn weekday(self) -> i32 {
        (self.ordinal() + 6).rem_euclid(7) as i32
    }
    /// ISO year, week and weekday (1 for Monday).
    pub fn iso(self) -> (i32, i32, i32) {
        let today = self.ordinal();
        let mut year = self.year;
        let mut first = iso_year_start(year);
        let mut week = (today - first).div_euclid(7);
        if week < 0 {
            year -= 1;
            first = iso_year_start(year);
            week = (today - first).div_euclid(7);
        } else if week >= 52 && today >= iso_year_start(year + 1) {
            year += 1;
            first = iso_year_start(year);
            week = 0;
        }
        let day = (today - first).rem_euclid(7);
        (year, week as i32 + 1, day as i32 + 1)
    }
}

/// The ordinal of the Monday that begins ISO week 1.
fn iso_year_start(year: i32) -> i64 {
    let first = days_before_year(year) + 1;
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// What is wrong with an ISO date.
#[derive(Debug, PartialEq, Eq)]
pub enum IsoError {
    Year,
    Week,
    Day,
}

/// The ordinal of an ISO year, week and weekday; it may lie beyond 9999-12-31.
pub fn from_iso(year: i32, week: i32, day: i32) -> Result<i64, IsoError> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(IsoError::Year);
    }
    if !(1..=52).contains(&week) {
        let first = (days_before_year(year) + 7).rem_euclid(7);
        let long = first == 3 || (first == 2 && is_leap(year));
        if week != 53 || !long {
            return Err(IsoError::Week);
        }
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Day);
    }
    Ok(iso_year_start(year) + i64::from((week - 1) * 7 + day - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_round_trip() {
        let mut want = Ymd {
            year: 1,
            month: 1,
            day: 1,
        };
        for n in 1..=MAX_ORDINAL {
            let d = Ymd::from_ordinal(n);
            assert_eq!((d, d.ordinal()), (want, n));
            want.day += 1;
            if want.day > days_in_month(want.year, want.month) {
                want.day = 1;
                want.month += 1;
            }
            if want.month > 12 {
                want.month = 1;
                want.year += 1;
            }
        }
    }

    #[test]
    fn iso_dates_round_trip() {
        for n in 366..800_000 {
            let (y, w, d) = Ymd::from_ordinal(n).iso();
            assert_eq!(from_iso(y, w, d), Ok(n));
        }
    }
}
