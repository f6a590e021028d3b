//! Products in the solver's terms, which knows sums alone: where one factor changes, a product is a sum of
//! it, with the other factors as its coefficient.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Block, Scaled, terms_unit, to_units};
use crate::relations::{self, Edit, Instance, Outcome};
use crate::rules::Ledger;
use crate::solver::{Expression, MAX_COEFFICIENT, MAX_VALUE, Verdict};
use crate::table::Table;

/// Products of a relation that hold, at least, before it is taken for exact.
const LEAST: usize = 2;

/// The products, as indices into the instances, of the relations that are exact: wherever they hold, and
/// in most rows, they are what their factors give, to the last digit. Where some are rounded, or a factor
/// was worked out from the product, the others may be off as well, and nothing can be told from them.
pub(super) fn exact(table: &Table, instances: &[Instance]) -> BTreeSet<usize> {
    // Those that hold exactly, those that hold otherwise, those that do not.
    let mut counts: BTreeMap<usize, [usize; 3]> = BTreeMap::new();
    let mut products = Vec::new();
    for (index, instance) in instances.iter().enumerate() {
        if !matches!(instance.edit(), Edit::Product(_)) {
            continue;
        }
        let is_exact = table.number(instance.target) == instance.expected;
        let counted = match instance.outcome {
            Outcome::Satisfied if is_exact => 0,
            Outcome::Satisfied => 1,
            Outcome::Violated => 2,
            Outcome::Undecided(_) => continue,
        };
        counts.entry(instance.relation).or_default()[counted] += 1;
        products.push((index, instance.relation));
    }
    let is_exact = |relation: &usize| {
        let [exact, rounded, broken] = counts[relation];
        rounded == 0 && exact >= LEAST && exact > broken
    };
    products.into_iter().filter(|(_, relation)| is_exact(relation)).map(|(at, _)| at).collect()
}

/// The broken products for which nothing else speaks: those of which no sum wants the very figure that they
/// give. A factor is mostly part of no other rule, so that it would have to give way to whatever stands in
/// the product, and to its total; but an amount that was mistyped is added up as it stands.
pub(super) fn unconfirmed(
    products: &BTreeSet<usize>,
    ledger: &Ledger,
    blocks: &[Block],
) -> BTreeSet<usize> {
    let is_confirmed = |index: usize| {
        let instance = &ledger.instances[index];
        let mut blocks = blocks.iter().filter(|block| block.instances.contains(&index));
        blocks.any(|block| {
            let mut changes = block.explanations.iter().flatten();
            block.verdict == Verdict::Pinned
                && changes.any(|one| {
                    one.place == instance.target
                        && one.value.is_some()
                        && one.value == instance.expected
                })
        })
    };
    let broken = |index: &usize| ledger.instances[*index].outcome == Outcome::Violated;
    products.iter().copied().filter(broken).filter(|index| !is_confirmed(*index)).collect()
}

impl Scaled<'_> {
    /// What must be nothing where a product is right.
    pub(super) fn product(
        &self,
        table: &Table,
        instance: &Instance,
        factors: relations::Factors<'_>,
    ) -> Option<Expression> {
        let percent = |place| table.figure(place).is_some_and(|figure| figure.percent);
        let mut met = BTreeSet::new();
        if instance.cells().any(percent)
            || !factors.iter().flat_map(relations::Terms::places).all(|(at, _)| met.insert(at))
        {
            return None;
        }
        let own = |terms: relations::Terms<'_>| {
            terms_unit(self.decimals, terms).max(terms.constant.normalize().scale())
        };
        let unit = factors.iter().map(own).sum::<u32>().max(self.decimals[instance.target.column]);
        let values: Vec<Decimal> =
            factors.iter().map(|terms| terms.value(table)).collect::<Option<_>>()?;
        let times = |all: Decimal, value: &Decimal| all.checked_mul(*value);
        let whole = values.iter().try_fold(Decimal::ONE, times)?;
        let target = *self.ids.get(&instance.target)?;
        let mut terms = vec![(target, -self.factor(instance.target.column, unit)?)];
        let mut constant = in_units(whole, unit)?;
        for (at, factor) in factors.iter().enumerate() {
            let others = values.iter().enumerate().filter(|(other, _)| *other != at);
            let others = others.map(|(_, value)| value).try_fold(Decimal::ONE, times)?;
            for (place, coefficient) in factor.places() {
                let power = unit.checked_sub(self.decimals[place.column])?;
                let share = in_units(others.checked_mul(coefficient)?, power)?;
                if share.abs() > MAX_COEFFICIENT {
                    return None;
                }
                let figure = to_units(table.number(place).unwrap_or_default(), unit - power)?;
                constant = constant.checked_sub(share.checked_mul(figure)?)?;
                terms.push((*self.ids.get(&place)?, share));
            }
        }
        let bounded = constant.abs() <= MAX_VALUE && terms[0].1.abs() <= MAX_COEFFICIENT;
        bounded.then_some(Expression { terms, constant })
    }
}

/// A number in units, where it is a whole number of them.
fn in_units(number: Decimal, unit: u32) -> Option<i128> {
    (number.normalize().scale() <= unit).then(|| to_units(number, unit))?
}
