//! Products in the solver's terms, which knows sums alone: where one factor changes, a product is a sum of
//! it, with the other factors as its coefficient.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Block, Reason, Scaled, terms_unit, to_units};
use crate::judge::{Judged, Standing};
use crate::relations::{self, Edit, Instance, Outcome};
use crate::rules::Ledger;
use crate::solver::{Expression, Grade, MAX_COEFFICIENT, MAX_VALUE, Verdict};
use crate::table::{Place, Table};

/// Products of a relation that hold, at least, before it is taken for exact.
const LEAST: usize = 2;

/// The products, as indices into the instances, of the relations that are exact: wherever they hold, and
/// in most rows, they are what their factors give, to the last digit. Where some are rounded, or a factor
/// was worked out from the product, the others may be off as well, and nothing can be told from them.
/// Formulas that compute them need no word for it.
pub(super) fn exact(judged: &Judged, instances: &[Instance]) -> BTreeSet<usize> {
    let table = &judged.table;
    // Those that hold exactly, those that hold otherwise, those that do not.
    let mut counts: BTreeMap<usize, [usize; 3]> = BTreeMap::new();
    let mut products = Vec::new();
    for (index, instance) in instances.iter().enumerate() {
        if !matches!(instance.edit(), Edit::Product(_)) {
            continue;
        }
        let is_exact = table.number(instance.target()) == instance.expected();
        let counted = match instance.outcome {
            Outcome::Satisfied if is_exact => 0,
            Outcome::Satisfied => 1,
            Outcome::Violated => 2,
            Outcome::Undecided(_) => continue,
        };
        // Sums of products are products of sums only where a factor is the same in all rows.
        if !table.rows[instance.target().row].is_sum() {
            counts.entry(instance.relation()).or_default()[counted] += 1;
        }
        let computed = judged.judgements.get(&instance.target());
        let is_computed = computed.is_some_and(|own| own.standing == Standing::Computed);
        // Nothing times a price that is left blank speaks for nothing.
        if !is_computed && instance.inputs().all(|input| table.figure(input).is_some()) {
            products.push((index, instance.relation()));
        }
    }
    let is_exact = |relation: &usize| {
        let [exact, rounded, broken] = counts.get(relation).copied().unwrap_or_default();
        rounded == 0 && exact >= LEAST && exact > broken
    };
    products.into_iter().filter(|(_, relation)| is_exact(relation)).map(|(at, _)| at).collect()
}

/// The broken products for which nothing else speaks. One is confirmed where a single cell of it changes,
/// and a sum that keeps all its other figures, but for products that are confirmed with it, wants the same.
/// A factor is mostly part of no other rule, so that it would have to give way to whatever stands in the
/// product, and to its total; but an amount that was mistyped is added up as it stands.
pub(super) fn unconfirmed(
    products: &BTreeSet<usize>,
    ledger: &Ledger,
    blocks: &[Block],
) -> BTreeSet<usize> {
    let is_broken = |index: &usize| ledger.instances[*index].outcome == Outcome::Violated;
    let is_confirmed = |index: usize, block: &Block| {
        let [only] = block.explanations.as_slice() else { return false };
        let changed: BTreeSet<Place> = only.iter().map(|change| change.place).collect();
        let own = |index: usize| {
            let cells = ledger.instances[index].cells();
            cells.filter(|cell| changed.contains(cell)).collect::<BTreeSet<Place>>()
        };
        // Figures that products give.
        let given = |at: &Place| {
            let products = block.instances.iter().filter(|index| products.contains(index));
            products.map(|index| own(*index)).any(|cells| cells.len() == 1 && cells.contains(at))
        };
        let mine = own(index);
        let Some(cell) = mine.first().filter(|_| mine.len() == 1) else { return false };
        // Nothing explains too much: what is given away has a quantity and costs nothing.
        let is_told = only.iter().any(|change| {
            change.place == *cell && change.value.is_some_and(|value| !value.is_zero())
        });
        let wants_it = |other: &usize| {
            let is_sum = !products.contains(other)
                && is_broken(other)
                && ledger.instances[*other].is_equality();
            let cells = own(*other);
            is_sum && cells.contains(cell) && cells.iter().all(given)
        };
        block.verdict == Verdict::Pinned && is_told && block.instances.iter().any(wants_it)
    };
    let is_open = |index: &usize| {
        let mut blocks = blocks.iter().filter(|block| block.instances.contains(index));
        is_broken(index) && !blocks.any(|block| is_confirmed(*index, block))
    };
    products.iter().copied().filter(is_open).collect()
}

/// Takes back what rests on the figure of a product that is broken and not explained: it may be the wrong
/// one.
pub(super) fn doubt(blocks: &mut [Block], open: &BTreeSet<usize>, ledger: &Ledger) {
    if open.is_empty() {
        return;
    }
    let doubtful: BTreeSet<Place> =
        open.iter().map(|index| ledger.instances[*index].target()).collect();
    for block in blocks {
        let changed = |place: &Place| {
            block.explanations.iter().flatten().any(|change| change.place == *place)
        };
        let mut cells = block.instances.iter().flat_map(|index| ledger.instances[*index].cells());
        if !cells.any(|cell| doubtful.contains(&cell) && !changed(&cell)) {
            continue;
        }
        for change in block.explanations.iter_mut().flatten() {
            (change.grade, change.reason) = (Grade::Shown, Reason::OneOfSeveral);
        }
        if block.verdict == Verdict::Pinned {
            block.verdict = Verdict::Narrowed;
        }
    }
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
        let unit =
            factors.iter().map(own).sum::<u32>().max(self.decimals[instance.target().column]);
        let values: Vec<Decimal> =
            factors.iter().map(|terms| terms.value(table)).collect::<Option<_>>()?;
        let times = |all: Decimal, value: &Decimal| all.checked_mul(*value);
        let whole = values.iter().try_fold(Decimal::ONE, times)?;
        let target = *self.ids.get(&instance.target())?;
        let mut terms = vec![(target, -self.factor(instance.target().column, unit)?)];
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
