//! The sheet of notes: whose tables were merged, what was left out, what was decided.

use super::problem::{Problem, Spot};
use super::settle::Merged;
use crate::lang::{Lang, Text, Words};
use crate::patch::{ListCell, ListColumn, ListSheet};
use crate::units::NameFrom;

/// Where a name was taken from, in words.
pub(super) fn name_from(from: NameFrom, lang: Lang) -> &'static str {
    match (from, lang) {
        (NameFrom::Title, Lang::Vi) => "phần trên bảng",
        (NameFrom::Title, Lang::En) => "lines above the table",
        (NameFrom::Sheet, Lang::Vi) => "tên trang tính",
        (NameFrom::Sheet, Lang::En) => "name of the sheet",
        (NameFrom::File, Lang::Vi) => "tên tệp",
        (NameFrom::File, Lang::En) => "name of the file",
    }
}

/// The first few names, and how many more there are.
pub(super) fn named(names: &[&str], most: usize) -> Text {
    let first = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => Text::new(first.clone(), first),
        more => {
            Text::new(format!("{first} và {more} đơn vị khác"), format!("{first} and {more} more"))
        }
    }
}

/// The name of the sheet, by which a merged workbook is known again.
pub(super) const SHEET_NAME: Words = crate::words::NOTES_OF_MERGE;

/// The sheet itself: the merged units in the order of their rows, then what was left out, then the
/// notes.
pub(super) fn sheet(
    merged: &Merged,
    problems: &[Problem],
    notes: &[Text],
    lang: Lang,
) -> ListSheet {
    let name = SHEET_NAME.get(lang);
    let headings: [(&str, u16); 6] = match lang {
        Lang::Vi => [
            ("Việc", 14),
            ("Đơn vị", 24),
            ("Tệp", 32),
            ("Trang tính", 18),
            ("Tên lấy từ", 18),
            ("Ghi chú", 60),
        ],
        Lang::En => [
            ("What", 14),
            ("Unit", 24),
            ("File", 32),
            ("Sheet", 18),
            ("Name from", 18),
            ("Note", 60),
        ],
    };
    let say = |vi, en| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let mut rows: Vec<Vec<ListCell>> = Vec::new();
    for unit in &merged.units {
        let count = match lang {
            Lang::Vi => format!("{} dòng", unit.rows),
            Lang::En => format!("{} rows", unit.rows),
        };
        let from = name_from(unit.from, lang);
        rows.push(row(say("đã gộp", "merged"), &unit.name, Some(&unit.spot), from, &count));
    }
    for problem in problems {
        let what = say("không gộp", "left out");
        let unit = problem.unit.as_deref().unwrap_or_default();
        let kind = problem.kind.words(lang);
        let why = format!("{kind}: {}", problem.why.get(lang));
        if problem.spots.is_empty() {
            rows.push(row(what, unit, None, "", &why));
        }
        rows.extend(problem.spots.iter().map(|spot| row(what, unit, Some(spot), "", &why)));
    }
    let words = notes.iter().map(|note| note.get(lang));
    rows.extend(words.map(|note| row(say("ghi chú", "note"), "", None, "", note)));
    let column = |(heading, width): (&str, u16)| ListColumn { heading: heading.to_owned(), width };
    ListSheet {
        name: name.to_owned(),
        columns: headings.into_iter().map(column).collect(),
        rows,
        upright: true,
    }
}

fn row(what: &str, unit: &str, spot: Option<&Spot>, from: &str, note: &str) -> Vec<ListCell> {
    let file = spot.map_or("", |spot| spot.file.as_str());
    let sheet = spot.and_then(|spot| spot.sheet.as_deref()).unwrap_or_default();
    let cell = |text: &str| match text {
        "" => ListCell::Blank,
        text => ListCell::Text(text.to_owned()),
    };
    [what, unit, file, sheet, from, note].map(cell).into()
}
