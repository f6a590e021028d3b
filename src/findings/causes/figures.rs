//! How any figure goes wrong: left out of a sum, mistyped, put in another's place.

use rust_decimal::Decimal;

use super::{Case, Fit, Hypothesis, Mechanism};
use crate::table::{Place, Role, print_number};
use crate::words::digits::{differing, digits_more, is_swapped};

/// Hypotheses on counts, amounts, differences and sums.
pub(super) const SUMS: &[Hypothesis] = &[omitted_row, doubled_row, thousands_dot];

/// Hypotheses on every figure, after those on what it is computed from.
pub(super) const SLIPS: &[Hypothesis] = &[
    exchanged,
    sign,
    swapped_digits,
    repeated_digit,
    dropped_digit,
    added_digit,
    neighbour,
    replaced_digit,
];

fn omitted_row(case: &Case<'_>) -> Option<Fit> {
    let missing = case.expected.checked_sub(case.found)?;
    row_by_difference(case, missing, Mechanism::OmittedRow, ("thiếu dòng", "without row"))
}

fn doubled_row(case: &Case<'_>) -> Option<Fit> {
    let extra = case.found.checked_sub(case.expected)?;
    row_by_difference(
        case,
        extra,
        Mechanism::DoubledRow,
        ("cộng hai lần dòng", "counting twice row"),
    )
}

/// Rows that a difference may stand for before it names none.
const NAMED_ROWS: usize = 3;

/// The parts whose figure is exactly the difference.
fn row_by_difference(
    case: &Case<'_>,
    difference: Decimal,
    mechanism: Mechanism,
    words: (&str, &str),
) -> Option<Fit> {
    let row = &case.table.rows[case.place.row];
    if !row.is_sum() || difference <= Decimal::ZERO {
        return None;
    }
    // Among settled rows others may have the same figure.
    if row.parts.iter().any(|part| case.table.rows[*part].role == Role::Run) {
        return None;
    }
    let figure = |part: &usize| case.number(Place::new(*part, case.place.column));
    let cells = row.parts.iter().copied().filter(|part| !case.table.rows[*part].holds_no_cells());
    let fitting: Vec<usize> = cells.filter(|part| figure(part) == Some(difference)).collect();
    if fitting.is_empty() || fitting.len() > NAMED_ROWS {
        return None;
    }
    let names: Vec<&str> =
        fitting.iter().map(|part| case.table.rows[*part].name.as_str()).collect();
    let (found, value) = (case.printed(), case.print(difference));
    let ((vi, en), (or_vi, or_en)) = (words, (names.join(" hoặc "), names.join(" or ")));
    Some(Fit::new(
        mechanism,
        row.parts.len(),
        format!("{found} là tổng {vi} {or_vi} ({value})"),
        format!("{found} is the sum {en} {or_en} ({value})"),
    ))
}

fn thousands_dot(case: &Case<'_>) -> Option<Fit> {
    let restored = case.found.checked_mul(Decimal::ONE_THOUSAND)?;
    (restored == case.expected && !case.expected.is_zero()).then(|| {
        let (found, right) = (case.printed(), case.print(case.expected));
        Fit::new(
            Mechanism::ThousandsDot,
            1,
            format!("{found}: dấu chấm hàng nghìn của {right} bị hiểu là dấu thập phân"),
            format!("{found}: the thousands dot of {right} was read as a decimal point"),
        )
    })
}

/// The other cell of two that hold each other's figure.
fn partner(case: &Case<'_>) -> Option<Place> {
    let Place { row, column } = case.place;
    let beside = case.corrected.in_row(row);
    let below = case.corrected.in_column(column, case.found).iter().copied();
    let holds_mine = |place: &Place| {
        *place != case.place
            && case.table.number(*place) == Some(case.expected)
            && case.corrected.get(*place) == Some(case.found)
    };
    beside.chain(below).filter(holds_mine).min()
}

fn exchanged(case: &Case<'_>) -> Option<Fit> {
    let other = partner(case)?;
    if other.row == case.place.row {
        return Some(exchanged_cells(case, other));
    }
    let in_both = case.corrected.in_row(case.place.row).filter(|place| {
        let opposite = Place::new(other.row, place.column);
        let right = case.corrected.get(opposite);
        right.is_some()
            && case.table.number(*place) == right
            && case.corrected.get(*place) == case.table.number(opposite)
    });
    if in_both.count() < 2 {
        return Some(exchanged_cells(case, other));
    }
    let name = |row: usize| case.table.rows[row].name.as_str();
    let (own, other) = (name(case.place.row), name(other.row));
    Some(Fit::new(
        Mechanism::ExchangedRows,
        0,
        format!("số liệu của dòng {own} và dòng {other} bị đổi chỗ cho nhau"),
        format!("the figures of rows {own} and {other} stand in each other's place"),
    ))
}

fn exchanged_cells(case: &Case<'_>, other: Place) -> Fit {
    let (found, right) = (case.printed(), case.print(case.expected));
    let (own, address) = (case.address(case.place), case.address(other));
    let first = case.table.places().map(|place| place.column).min();
    // Rules that speak of one row hold as well when everything else of the two rows is exchanged.
    let rest = other.row != case.place.row && first == Some(case.place.column);
    let (vi, en) = if rest {
        (
            "; cũng có thể các số còn lại của hai dòng bị đổi chỗ",
            "; or all other figures of the two rows are exchanged",
        )
    } else {
        ("", "")
    };
    Fit::new(
        Mechanism::ExchangedCells,
        0,
        format!("ô {own} và ô {address} bị đổi chỗ cho nhau ({found} và {right}){vi}"),
        format!("cells {own} and {address} stand in each other's place ({found} and {right}){en}"),
    )
}

fn sign(case: &Case<'_>) -> Option<Fit> {
    (case.found == -case.expected && !case.found.is_zero()).then(|| {
        let (found, right) = (case.printed(), case.print(case.expected));
        Fit::new(
            Mechanism::Sign,
            1,
            format!("{found} là {right} bị ngược dấu"),
            format!("{found} is {right} with the wrong sign"),
        )
    })
}

/// A wrong and a right figure as typed, without thousands dots.
type Typed = (Vec<char>, Vec<char>);

/// The wrong figure as typed, with and without the decimals its column asks for, beside the right.
fn typed(case: &Case<'_>) -> Vec<Typed> {
    let plain = |text: String| -> Vec<char> { text.chars().filter(|c| *c != '.').collect() };
    if case.found.is_sign_negative() || case.expected.is_sign_negative() {
        return Vec::new();
    }
    let right = plain(case.print(case.expected));
    let mut found = vec![plain(case.printed()), plain(print_number(case.found, None))];
    found.dedup();
    found.into_iter().map(|found| (found, right.clone())).collect()
}

/// A slip of one digit, and how many figures it could have made.
fn slip(
    case: &Case<'_>,
    mechanism: Mechanism,
    is_slip: fn(&[char], &[char]) -> bool,
    fitting: fn(usize) -> usize,
    words: (&str, &str),
) -> Option<Fit> {
    let typed = typed(case);
    let (_, right) = typed.iter().find(|(found, right)| is_slip(found, right))?;
    let digits = right.iter().filter(|c| c.is_ascii_digit()).count();
    let (found, right, (vi, en)) = (case.printed(), case.print(case.expected), words);
    Some(Fit::new(
        mechanism,
        fitting(digits),
        format!("{found} là {right} {vi}"),
        format!("{found} is {right} {en}"),
    ))
}

fn swapped_digits(case: &Case<'_>) -> Option<Fit> {
    slip(
        case,
        Mechanism::SwappedDigits,
        is_swapped,
        |digits| digits.saturating_sub(1),
        ("bị đảo hai chữ số liền nhau", "with two neighbouring digits exchanged"),
    )
}

fn repeated_digit(case: &Case<'_>) -> Option<Fit> {
    slip(
        case,
        Mechanism::RepeatedDigit,
        |found, right| digits_more(found, right).any(|at| at > 0 && found[at - 1] == found[at]),
        |digits| digits,
        ("bị gõ lặp một chữ số", "with a digit typed twice"),
    )
}

fn dropped_digit(case: &Case<'_>) -> Option<Fit> {
    slip(
        case,
        Mechanism::DroppedDigit,
        |found, right| digits_more(right, found).next().is_some(),
        |digits| digits,
        ("bị thiếu một chữ số", "with a digit left out"),
    )
}

fn added_digit(case: &Case<'_>) -> Option<Fit> {
    slip(
        case,
        Mechanism::AddedDigit,
        |found, right| {
            // A digit typed twice is told as such.
            let mut more = digits_more(found, right).peekable();
            more.peek().is_some() && !more.any(|at| at > 0 && found[at - 1] == found[at])
        },
        |digits| 9 * digits + 10,
        ("bị thừa một chữ số", "with a digit too many"),
    )
}

fn replaced_digit(case: &Case<'_>) -> Option<Fit> {
    slip(
        case,
        Mechanism::ReplacedDigit,
        |found, right| found.len() == right.len() && differing(found, right).count() == 1,
        |digits| 9 * digits,
        ("bị sai một chữ số", "with one digit replaced"),
    )
}

/// The figure of a cell above, below, or beside in the two nearest columns of its kind on each side.
fn neighbour(case: &Case<'_>) -> Option<Fit> {
    let Place { row, column } = case.place;
    let table = case.table;
    let alike = |c: &usize| table.columns[*c].kind == table.columns[column].kind;
    let left = (0..column).rev().filter(alike).take(2);
    let right = (column + 1..table.columns.len()).filter(alike).take(2);
    let beside = left.chain(right).map(|c| Place::new(row, c));
    let above =
        row.checked_sub(1).into_iter().chain(Some(row + 1).filter(|r| *r < table.rows.len()));
    let places: Vec<Place> = above.map(|r| Place::new(r, column)).chain(beside).collect();
    let holds_it = |place: &&Place| case.number(**place) == Some(case.found);
    let place = *places.iter().find(holds_it).filter(|_| !case.found.is_zero())?;
    let (found, address) = (case.printed(), case.address(place));
    Some(Fit::new(
        Mechanism::Neighbour,
        places.len(),
        format!("{found} là số của ô bên cạnh {address}"),
        format!("{found} is the figure of the neighbouring cell {address}"),
    ))
}
