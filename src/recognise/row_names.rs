//! Rows whose names say how they are computed from the rows that ordinals tell: `Tổng cộng (I+II)`,
//! `Chênh lệch (I - II)`, `III = I - II`. Words state it, so that a row which differs is warned of.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::structure::marks_a_section;
use crate::both;
use crate::table::{
    Doubt, Inference, Inferred, Linear, Place, Reading, Role, Shape, Table, Told, Voice,
};
use crate::words::{fold, is_total};

/// The relations that names of rows state.
pub(super) fn read(table: &Table) -> Vec<Inferred> {
    let named = (0..table.rows.len()).filter_map(|row| Some((row, terms(&table.rows[row].name)?)));
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Vec::new();
    }
    let known = Ordinals::of(table);
    named.into_iter().filter_map(|(row, terms)| stated(table, &known, row, &terms)).collect()
}

/// A row that a name refers to, by its ordinal, and whether it is added.
type Term<'t> = (&'t str, bool);

/// The terms at the end of a name: `Cộng (I+II)`, `Tổng số A + B`, `Số dư cuối kỳ = I - II + III`.
fn terms(name: &str) -> Option<Vec<Term<'_>>> {
    // Most names hold none of the signs, and all of them begin with one of these bytes.
    if !name.bytes().any(|byte| matches!(byte, b'+' | b'-' | 0xE2)) {
        return None;
    }
    let name = name.trim().trim_end_matches([':', '.', ' ']);
    let within = name.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let text = within.map_or(name, |(_, within)| within);
    let equals = text.rsplit_once('=').map(|(_, right)| right);
    if within.is_none() && equals.is_none() && !names_a_result(name) {
        // `Thôn 1-5`
        return None;
    }
    let text = equals.unwrap_or(text);
    let signs: Vec<(usize, char)> =
        text.char_indices().filter(|(_, c)| matches!(c, '+' | '-' | '–' | '−')).collect();
    let first = signs.first()?.0;
    // Outside brackets words may stand before the first term: `Tổng cộng A+B`.
    let begin = text[..first].trim_end();
    let begin = begin.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let mut terms = Vec::with_capacity(signs.len() + 1);
    let (mut start, mut added) = (begin, true);
    for (at, sign) in signs.into_iter().chain([(text.len(), '+')]) {
        let term = text[start..at].trim();
        terms.push((is_ordinal(term).then_some(term)?, added));
        (start, added) = (at + sign.len_utf8().min(text.len() - at), sign == '+');
    }
    Some(terms)
}

/// True for `A`, `II`, `1`, `I.2`, `2.1`.
fn is_ordinal(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let mut parts = text.split('.');
    parts.next().is_some_and(|part| marks_a_section(part) || number(part)) && parts.all(number)
}

/// The rows that ordinals tell; `None` where more than one does.
struct Ordinals<'t> {
    table: &'t Table,
    own: HashMap<&'t str, Option<usize>>,
    /// Sums by the ordinal that ends their name: `Cộng mục I`.
    sums: HashMap<&'t str, Option<usize>>,
}

impl<'t> Ordinals<'t> {
    fn of(table: &'t Table) -> Self {
        let mut known = Self { table, own: HashMap::new(), sums: HashMap::new() };
        let add = |to: &mut HashMap<&'t str, Option<usize>>, ordinal: &'t str, row: usize| {
            to.entry(ordinal).and_modify(|other| *other = None).or_insert(Some(row));
        };
        for (index, row) in table.rows.iter().enumerate() {
            let ordinal = row.ordinal.trim().trim_matches(['(', ')', '.', '/', ' ']);
            add(&mut known.own, ordinal, index);
            let name = row.name.trim().trim_end_matches([')', ':', '.', ' ']);
            let is_sum = || is_total(&row.name) || fold(name).starts_with("tổng ");
            if let Some(last) = name.rsplit([' ', '(']).next().filter(|last| is_ordinal(last))
                && is_sum()
            {
                add(&mut known.sums, last, index);
            }
        }
        known
    }

    /// The row of an ordinal: the only one that has it; where it heads a section without figures, the
    /// only sum that names the section.
    fn row(&self, ordinal: &str) -> Option<usize> {
        let own = self.own.get(ordinal).copied().flatten()?;
        let is_heading = self.table.rows[own].role == Role::Heading;
        if is_heading { self.sums.get(ordinal).copied().flatten() } else { Some(own) }
    }
}

fn stated(table: &Table, known: &Ordinals<'_>, row: usize, terms: &[Term<'_>]) -> Option<Inferred> {
    if table.rows[row].role == Role::Heading {
        return None;
    }
    let mut sum = Linear::default();
    for (ordinal, added) in terms {
        let factor = if *added { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        let term = known.row(ordinal).filter(|term| *term != row)?;
        if sum.terms.insert(term, factor).is_some() {
            return None;
        }
    }
    let (fits, doubts) = compared(table, row, &sum);
    if fits + doubts.len() == 0 || fits == 0 && !names_a_result(&table.rows[row].name) {
        return None;
    }
    let few = doubts.len() <= fits.max(1);
    let near = |doubt: &Doubt| {
        let figures = sum.terms.keys().filter_map(|term| {
            table.number(Place::new(*term, doubt.place.column)).map(|figure| figure.abs())
        });
        let most = figures.max().unwrap_or_default();
        (doubt.expected - doubt.found).abs().saturating_mul(NEAR) <= most
    };
    let warns = few && (fits > 0 || doubts.iter().all(near));
    let (name, of) = (&table.rows[row].name, fits + doubts.len());
    let statement = if fits == 0 {
        both!(
            "tên dòng “{name}” ghi cách tính",
            "the name of the row “{name}” says how it is computed"
        )
    } else {
        both!(
            "tên dòng “{name}” ghi cách tính; đúng ở {fits} trong {of} cột",
            "the name of the row “{name}” says how it is computed; so it is in {fits} of {of} columns"
        )
    };
    Some(Inferred {
        text: fold(name).into(),
        of_rows: true,
        target: row,
        says: Inference::Is(Shape::Linear(sum)),
        by: Told::Headings,
        voice: if warns { Voice::Warns } else { Voice::Notes },
        bits: None,
        fits,
        of,
        statement,
        reasons: Vec::new(),
        witness: if let [one] = doubts.as_slice() { Some(one.clone()) } else { None },
        doubts,
    })
}

/// True for `Tổng cộng`, `Chênh lệch`, `Số dư`: of other rows their figures must show that what stands in
/// brackets is how they are computed.
fn names_a_result(name: &str) -> bool {
    const RESULTS: [&str; 7] = ["tổng", "cộng", "chênh lệch", "số dư", "còn lại", "tồn", "cân đối"];
    let folded = fold(name);
    is_total(name) || RESULTS.iter().any(|word| folded.starts_with(word))
}

/// A row that is farther from what its name says than this part of the largest term, and fits in no
/// column, is rather computed otherwise.
const NEAR: Decimal = Decimal::from_parts(4, 0, 0, false, 0);

/// In how many columns a row is what its name says, and where it is not. Columns of noughts tell
/// nothing.
fn compared(table: &Table, row: usize, sum: &Linear) -> (usize, Vec<Doubt>) {
    let (mut fits, mut doubts) = (0, Vec::new());
    for column in (0..table.columns.len()).filter(|column| table.columns[*column].adds_up()) {
        let place = Place::new(row, column);
        let number = |term: usize| table.number(Place::new(term, column));
        let Some(found) = table.number(place) else { continue };
        if sum.terms.keys().all(|term| number(*term).is_none_or(|figure| figure.is_zero())) {
            continue;
        }
        let value = sum.value(|term| match number(term) {
            None => {
                let blank = table.datum(Place::new(term, column)).reading == Reading::Blank;
                blank.then_some(Decimal::ZERO)
            }
            known => known,
        });
        let Some(expected) = value else { continue };
        if expected == found {
            fits += 1;
        } else {
            doubts.push(Doubt { place, found, expected, formula: None, certain: false });
        }
    }
    (fits, doubts)
}

#[cfg(test)]
mod tests {
    use super::terms;

    #[test]
    fn names_state_sums_of_ordinals() {
        for (name, expected) in [
            ("Tổng cộng (I+II+III)", Some(vec![("I", true), ("II", true), ("III", true)])),
            ("Chênh lệch thu - chi (I - II)", Some(vec![("I", true), ("II", false)])),
            ("Tổng số A + B", Some(vec![("A", true), ("B", true)])),
            ("Số dư = I.1 – I.2:", Some(vec![("I.1", true), ("I.2", false)])),
            ("Chênh lệch (III=I-II)", Some(vec![("I", true), ("II", false)])),
            ("Chênh lệch thu - chi", None),
            ("Thôn 1-5", None),
            ("Cộng (I)", None),
            ("Số hộ (nghèo + cận nghèo)", None),
            ("+", None),
            ("", None),
        ] {
            assert_eq!(terms(name), expected, "{name}");
        }
    }
}
