//! Formulas to write into corrected cells.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::formula::{difference, ratio, sum};
use crate::relations::{Edit, Instance, Terms};
use crate::table::Table;
use crate::workbook::Address;

/// The plainest formula of a relation, without `=`; none for a relation no simple formula says.
pub(super) fn plainest(table: &Table, instance: &Instance, percent: bool) -> Option<String> {
    match instance.edit() {
        Edit::Ratio { numerator, denominator, scale, decimals } => {
            let (above, below) = (single(table, numerator)?, single(table, denominator)?);
            Some(ratio(above, below, scale.to_u32()?, percent, Some(decimals)))
        }
        Edit::Balance(terms) if terms.constant.is_zero() => balance(table, terms),
        _ => None,
    }
}

fn single(table: &Table, terms: Terms<'_>) -> Option<Address> {
    let (place, coefficient) = terms.single()?;
    let alone = coefficient == Decimal::ONE && terms.constant.is_zero();
    alone.then(|| table.address(place))
}

fn balance(table: &Table, terms: Terms<'_>) -> Option<String> {
    let address = |wanted: Decimal| -> Vec<Address> {
        let of_sign = terms.places().filter(|(_, c)| *c == wanted);
        of_sign.map(|(place, _)| table.address(place)).collect()
    };
    let (plus, minus) = (address(Decimal::ONE), address(Decimal::NEGATIVE_ONE));
    if plus.len() + minus.len() != terms.places().len() {
        return None;
    }
    match (plus.as_slice(), minus.as_slice()) {
        (_, []) => Some(sum(&plus)),
        ([first], _) => Some(difference(*first, &minus)),
        _ => None,
    }
}
