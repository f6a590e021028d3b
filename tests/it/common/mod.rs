//! Tables for tests: the poverty form filled with made-up, consistent counts.

use proptest::prelude::*;
use soatbieu::findings::Checked;
use soatbieu::recognise::Request;
use soatbieu::workbook::Workbook;

/// How many random tables a property is tried on: so many, or as many as `PROPTEST_CASES` asks for.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

/// The counts of one village: households, people, poor, near poor, both reductions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Village {
    pub(crate) households: u32,
    pub(crate) people: u32,
    pub(crate) poor: u32,
    pub(crate) near_poor: u32,
    pub(crate) poor_less: u32,
    pub(crate) near_less: u32,
}

/// A village of a size that communes have, its parts never larger than the whole.
pub(crate) fn village() -> impl Strategy<Value = Village> {
    (200_u32..700, 3_u32..5, 2_u32..40, 4_u32..50, 0_u32..40, 0_u32..50).prop_map(
        |(households, size, poor, near_poor, a, b)| Village {
            households,
            people: households * size + a,
            poor,
            near_poor,
            poor_less: a % (poor + 1),
            near_less: b % (near_poor + 1),
        },
    )
}

const HEADINGS: &str = "TT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo đầu năm\tTỷ lệ hộ nghèo\tHộ cận nghèo đầu năm\tTỷ lệ hộ cận nghèo\tSố hộ nghèo giảm\tMức giảm tỷ lệ hộ nghèo\tSố hộ cận nghèo giảm\tMức giảm tỷ lệ hộ cận nghèo\tSố hộ nghèo cuối năm\tTỷ lệ hộ nghèo cuối năm\tSố hộ cận nghèo cuối năm\tTỷ lệ hộ cận nghèo cuối năm\nA\tB\t1\t2\t3\t4=3/1\t5\t6=5/1\t7\t8=7/1\t9\t10=9/1\t11\t12=11/1\t13\t14=13/1";

/// A rate in hundredths of a per cent, half up: the exact form of the domain notes.
pub(crate) fn hundredths(part: u32, whole: u32) -> u32 {
    (20_000 * part + whole) / (2 * whole)
}

fn rate(part: u32, whole: u32) -> String {
    let value = hundredths(part, whole);
    format!("{},{:02}", value / 100, value % 100)
}

/// The fourteen figures of a row.
pub(crate) fn figures(v: Village) -> Vec<String> {
    let n = v.households;
    let (poor_end, near_end) = (v.poor - v.poor_less, v.near_poor - v.near_less);
    vec![
        n.to_string(),
        v.people.to_string(),
        v.poor.to_string(),
        rate(v.poor, n),
        v.near_poor.to_string(),
        rate(v.near_poor, n),
        v.poor_less.to_string(),
        rate(v.poor_less, n),
        v.near_less.to_string(),
        rate(v.near_less, n),
        poor_end.to_string(),
        rate(poor_end, n),
        near_end.to_string(),
        rate(near_end, n),
    ]
}

/// All villages together.
pub(crate) fn total(villages: &[Village]) -> Village {
    let sum = |pick: fn(&Village) -> u32| villages.iter().map(pick).sum();
    Village {
        households: sum(|v| v.households),
        people: sum(|v| v.people),
        poor: sum(|v| v.poor),
        near_poor: sum(|v| v.near_poor),
        poor_less: sum(|v| v.poor_less),
        near_less: sum(|v| v.near_less),
    }
}

/// The grid of a consistent table: villages, then the total.
pub(crate) fn grid(villages: &[Village]) -> Vec<Vec<String>> {
    villages.iter().copied().chain([total(villages)]).map(figures).collect()
}

/// The grid as a sheet of text, headings above.
pub(crate) fn sheet_text(grid: &[Vec<String>]) -> String {
    let mut text = HEADINGS.to_owned();
    for (row, figures) in grid.iter().enumerate() {
        let (ordinal, name) = if row + 1 == grid.len() {
            (String::new(), "Tổng cộng".to_owned())
        } else {
            ((row + 1).to_string(), format!("Thôn {}", row + 1))
        };
        text.extend(["\n", &ordinal, "\t", &name, "\t", &figures.join("\t")]);
    }
    text
}

/// Zero-based sheet row of the first village.
pub(crate) const FIRST_ROW: u32 = 2;
/// Zero-based sheet column of column 1.
pub(crate) const FIRST_COLUMN: u32 = 2;

/// The request the program makes by default.
pub(crate) fn request() -> Request {
    Request { known: soatbieu::forms::builtin().unwrap(), ..Request::default() }
}

/// Checks a sheet of text.
pub(crate) fn check(text: &str) -> Checked {
    let checkup = soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request()).unwrap();
    checkup.tables.into_iter().next().unwrap()
}
