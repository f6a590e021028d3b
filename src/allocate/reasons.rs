//! The sheet behind the draft: each share with how it came about.

use super::draft::{Draft, Origin, Part};
use crate::lang::Lang;
use crate::patch::{ListCell, ListColumn, ListSheet};
use crate::say;
use crate::words::REASONS_OF_ALLOCATION;

/// The sheet: by column, then village.
pub(super) fn sheet(draft: &Draft, lang: Lang) -> ListSheet {
    let headings: [(&str, u16); 5] = match lang {
        Lang::Vi => [("Cột", 26), ("Đơn vị", 24), ("Đang có", 10), ("Phân bổ", 10), ("Căn cứ", 64)],
        Lang::En => [("Column", 26), ("Unit", 24), ("There", 10), ("Share", 10), ("Grounds", 64)],
    };
    let column = |(heading, width): (&str, u16)| ListColumn { heading: heading.to_owned(), width };
    ListSheet {
        name: REASONS_OF_ALLOCATION.get(lang).to_owned(),
        columns: headings.into_iter().map(column).collect(),
        upright: false,
        rows: draft.parts.iter().map(|part| row(part, lang)).collect(),
    }
}

fn row(part: &Part, lang: Lang) -> Vec<ListCell> {
    let text = |text: &str| ListCell::Text(text.to_owned());
    vec![
        text(part.column.get(lang)),
        text(&part.unit),
        ListCell::Number(part.there.into()),
        ListCell::Number(part.share.into()),
        text(&reason(part, lang)),
    ]
}

/// How a share came about.
fn reason(part: &Part, lang: Lang) -> String {
    let Part { share, there, .. } = part;
    match part.origin {
        Origin::Fixed => say!(lang, "do người lập ấn định", "fixed by a person"),
        Origin::All => say!(
            lang,
            "bằng số đang có ({there}): tính theo tỷ lệ thì nhiều hơn số đang có",
            "all there is ({there}): in proportion it would be more",
        ),
        Origin::Share { spread, weight, weights, rank } => {
            let exact = hundredths(spread, weight, weights);
            let part = format!("{spread} × {weight} / {weights} = {exact}");
            match rank {
                None => say!(
                    lang,
                    "theo tỷ lệ: {part}, lấy phần nguyên {share}",
                    "in proportion: {part}, rounded down to {share}",
                ),
                Some(rank) => say!(
                    lang,
                    "theo tỷ lệ: {part}, lấy phần nguyên {down} và thêm 1 vì phần lẻ lớn thứ {rank}",
                    "in proportion: {part}, rounded down to {down}, and 1 more by the largest remainders (number {rank})",
                    down = share - 1,
                ),
            }
        }
        Origin::Nothing => {
            say!(lang, "không có gì để phân bổ cho đơn vị này", "nothing to be spread here")
        }
    }
}

/// A quotient to two decimals, rounded half up, as figures are printed.
fn hundredths(spread: u64, weight: u64, weights: u64) -> String {
    let (above, below) = (u128::from(spread) * u128::from(weight), u128::from(weights.max(1)));
    let hundredths = (above * 200 + below) / (below * 2);
    format!("{},{:02}", hundredths / 100, hundredths % 100)
}
