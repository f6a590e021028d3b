//! From broken rules to the wrong cells: the table's ledger put to the [`crate::solver`],
//! its answers put back into places and decimals.
//!
//! The whole table is one record. Its cells become whole numbers of the smallest unit their column
//! is judged by, its rule instances become balance, ratio and inequality edits. A formula that
//! provably computes its rule is never accused, and the figure of a wrong formula proves nothing:
//! it counts as missing.

mod products;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::judge::{Judged, Judgements, Standing, proves_nothing};
use crate::relations::{Edit, Instance, Outcome, Terms, Undecided, ratio};
use crate::rules::Ledger;
use crate::solver::{
    self, CellId, CellKind, CellState, Expression, Form, Grade, ProblemBuilder, Rule, RuleId,
    Verdict,
};
use crate::table::{Kind, Place, Reading, Table};
use products::exact;

/// Why a correction has its grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Computed from figures that other satisfied rules vouch for.
    InputsVouched,
    /// Independent rules agree in the figure; how many.
    RulesAgree(usize),
    /// The only explanation with the fewest changes.
    OnlyExplanation,
    /// Other explanations fit as well.
    OneOfSeveral,
    /// The formula provably computes the cell's rule.
    FormulaProved,
    /// One cause explains this many cells exactly.
    OneCause(usize),
    /// The cell holds a formula that no right one is known for; a figure is never written over it.
    FormulaKept,
    /// The cell only changes together with others, as part of a formula over several cells.
    PartOfArray,
    /// The figure is right; only the format of the cell changes.
    FormatOnly,
    /// A person decided.
    Accepted,
}

/// A figure that an explanation changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which cell.
    pub place: Place,
    /// The value proposed, in the unit the table prints; `None` where several fit.
    pub value: Option<Decimal>,
    /// What may be done with it.
    pub grade: Grade,
    /// Why.
    pub reason: Reason,
    /// True for a figure that was worked out from another one of the explanation.
    pub follows: bool,
}

/// Broken rules that are explained together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The broken instances, as indices into the ledger.
    pub instances: Vec<usize>,
    /// What can be said.
    pub verdict: Verdict,
    /// All cheapest explanations.
    pub explanations: Vec<Vec<Change>>,
}

/// What the search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located {
    /// Broken rules with what explains them.
    pub blocks: Vec<Block>,
    /// Figures that are not known and that the rules give.
    pub derived: BTreeMap<Place, Change>,
}

/// Locates the wrong cells of a table, and tells the figures that are not known. Nobody is accused
/// for these: they are free at no cost.
#[must_use]
pub fn locate(judged: &Judged, ledger: &Ledger) -> Located {
    let broken = |i: &Instance| i.outcome == Outcome::Violated && i.is_equality();
    if ledger.unknown.is_empty() && !ledger.instances.iter().any(broken) {
        return Located::default();
    }
    let mut products = exact(judged, &ledger.instances);
    let mut open = BTreeSet::new();
    loop {
        let mut found = search(judged, ledger, &products);
        let doubtful = products::unconfirmed(&products, ledger, &found.blocks);
        if doubtful.is_empty() {
            products::doubt(&mut found.blocks, &open, ledger);
            return found;
        }
        // What was confirmed beside them may not be so without them.
        let is_broken = |index: usize| ledger.instances[index].outcome == Outcome::Violated;
        let is_again = !open.is_empty();
        let is_out = |index: &usize| doubtful.contains(index) || is_again && is_broken(*index);
        open.extend(products.iter().copied().filter(|index| is_out(index)));
        products.retain(|index| !open.contains(index));
    }
}

/// Locates them by the sums and ratios, and by some of the products.
fn search(judged: &Judged, ledger: &Ledger, products: &BTreeSet<usize>) -> Located {
    let model = Model::of(judged, ledger, products);
    let Ok(problem) = model.builder.clone().build() else { return Located::default() };
    let found = solver::localize(&problem, &solver::Limits::default());
    let derived =
        if ledger.unknown.is_empty() { Vec::new() } else { solver::derive(&problem, &found) };
    let equality =
        |block: &Block| block.instances.iter().any(|index| ledger.instances[*index].is_equality());
    Located {
        blocks: found.iter().map(|block| model.block(block)).filter(equality).collect(),
        derived: derived.iter().map(|known| model.derived(known)).collect(),
    }
}

/// The table in the solver's terms.
struct Model {
    builder: ProblemBuilder,
    /// By cell number: its place and the decimals of its unit.
    cells: Vec<(Place, u32)>,
    /// By rule number: the instance.
    rules: Vec<usize>,
}

impl Model {
    fn of(judged: &Judged, ledger: &Ledger, products: &BTreeSet<usize>) -> Self {
        let table = &judged.table;
        let decimals = unit_decimals(table, ledger);
        let mut model =
            Self { builder: ProblemBuilder::new(), cells: Vec::new(), rules: Vec::new() };
        let mut ids: HashMap<Place, CellId> = HashMap::new();
        let rates = judged_rates(table, ledger, &decimals);
        for place in table.places() {
            let unit = decimals[place.column];
            let mut state = state(judged, ledger, place, unit);
            match rates.get(&place) {
                Some(Some(value)) if state.kind != CellKind::Missing => state.value = Some(*value),
                Some(None) => state = signed_unless_count(table, place, CellState::missing()),
                _ => {}
            }
            let id = model.builder.cell(state);
            model.cells.push((place, unit));
            ids.insert(place, id);
        }
        let is_asked = |(index, instance): &(usize, &Instance)| {
            !matches!(instance.edit(), Edit::Product(_)) || products.contains(index)
        };
        for (index, instance) in ledger.instances.iter().enumerate().filter(is_asked) {
            let scaled = Scaled {
                ids: &ids,
                decimals: &decimals,
                unknown: &ledger.unknown,
                judgements: &judged.judgements,
            };
            if let Some(rule) = scaled.rule(table, instance) {
                let rule = model.builder.rule(rule);
                if products.contains(&index) {
                    model.builder.loosen(rule);
                }
                model.rules.push(index);
            }
        }
        model
    }

    fn block(&self, block: &solver::Block) -> Block {
        let explanations = block
            .explanations
            .iter()
            .map(|explanation| explanation.changes.iter().map(|c| self.change(c)).collect())
            .collect();
        let instances = block.rules.iter().map(|RuleId(rule)| self.rules[*rule]).collect();
        Block { instances, verdict: block.verdict, explanations }
    }

    fn change(&self, change: &solver::Change) -> Change {
        let (place, value) = self.figure(change.cell, change.value);
        let (grade, reason) = (change.grade, reason(change.grade, &change.support));
        Change { place, value, grade, reason, follows: change.role == solver::Role::Recomputed }
    }

    fn derived(&self, known: &solver::Derived) -> (Place, Change) {
        let (place, value) = self.figure(known.cell, Some(known.value));
        let (grade, reason) = (known.grade, reason(known.grade, &known.support));
        (place, Change { place, value, grade, reason, follows: false })
    }

    /// A cell's place, and a value of it in the unit the table prints.
    fn figure(&self, cell: CellId, units: Option<i128>) -> (Place, Option<Decimal>) {
        let (place, decimals) = self.cells[cell.0];
        let value = units
            .and_then(|units| Decimal::try_from_i128_with_scale(units, decimals).ok())
            .map(|value| value.normalize());
        (place, value)
    }
}

fn reason(grade: Grade, support: &solver::Support) -> Reason {
    match (grade, support.derived()) {
        (Grade::Safe, true) => Reason::InputsVouched,
        (Grade::Safe, false) => Reason::RulesAgree(support.independent.max(support.agreeing)),
        (Grade::Suggested, _) => Reason::OnlyExplanation,
        (Grade::Shown, _) => Reason::OneOfSeveral,
    }
}

/// The decimals of each column's unit: those its rates are judged by, else the most any of its
/// figures has.
fn unit_decimals(table: &Table, ledger: &Ledger) -> Vec<u32> {
    let mut decimals = vec![0_u32; table.columns.len()];
    let mut judged = vec![None; table.columns.len()];
    for instance in &ledger.instances {
        if let Edit::Ratio { decimals, .. } = instance.edit() {
            let slot: &mut Option<u32> = &mut judged[instance.target().column];
            *slot = Some(slot.map_or(decimals, |known| known.max(decimals)));
        }
    }
    for place in table.places() {
        if let Some(number) = table.number(place) {
            let column = &mut decimals[place.column];
            *column = (*column).max(number.normalize().scale());
        }
    }
    decimals.iter().zip(judged).map(|(own, judged)| judged.unwrap_or(*own).min(12)).collect()
}

/// Rates whose figure rounded to the unit of their column would say something else than their rule.
/// One with a digit too many (5,778 for 5,78) must not look right: it stands one unit off. One
/// printed with fewer decimals (0 for 0,45) fits many counts: its figure is not known, so that it
/// neither looks wrong nor vouches for any of them.
fn judged_rates(table: &Table, ledger: &Ledger, decimals: &[u32]) -> HashMap<Place, Option<i128>> {
    let judged = |instance: &Instance| {
        let Edit::Ratio { numerator, denominator, scale, .. } = instance.edit() else {
            return None;
        };
        let unit = decimals[instance.target().column];
        let (above, below) = (numerator.value(table)?, denominator.value(table)?);
        let right = to_units(ratio::rounded(above, below, scale, unit)?, unit)?;
        let found = to_units(table.number(instance.target())?, unit)?;
        match instance.outcome {
            Outcome::Satisfied if found != right => Some((instance.target(), None)),
            Outcome::Violated if found == right => Some((instance.target(), Some(right + 1))),
            _ => None,
        }
    };
    ledger.instances.iter().filter_map(judged).collect()
}

fn state(judged: &Judged, ledger: &Ledger, place: Place, decimals: u32) -> CellState {
    let table = &judged.table;
    let datum = table.datum(place);
    let judgement = judged.judgements.get(&place);
    let unknown = ledger.unknown.contains(&place) || judgement.is_some_and(proves_nothing);
    // What is blank and not forgotten is zero.
    let number = table.number(place).unwrap_or_default();
    let units = to_units(number, decimals).filter(|_| !unknown);
    let Some(units) = units else { return signed_unless_count(table, place, CellState::missing()) };
    let state = match datum.reading {
        Reading::Dash | Reading::Blank => CellState::typed(0),
        _ if judgement.is_some_and(|j| j.standing == Standing::Computed) => {
            CellState::computed(units)
        }
        _ => CellState::typed(units),
    };
    signed_unless_count(table, place, state)
}

/// Only a form can say that figures are never negative.
fn signed_unless_count(table: &Table, place: Place, state: CellState) -> CellState {
    let counted =
        table.has_form() && matches!(table.columns[place.column].kind, Kind::Count | Kind::Rate);
    if counted { state } else { state.signed() }
}

fn to_units(number: Decimal, decimals: u32) -> Option<i128> {
    let rounded =
        number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero).normalize();
    let power = 10_i128.checked_pow(decimals - rounded.scale().min(decimals))?;
    rounded.mantissa().checked_mul(power)
}

/// Instances as rules over units.
struct Scaled<'a> {
    ids: &'a HashMap<Place, CellId>,
    decimals: &'a [u32],
    unknown: &'a BTreeSet<Place>,
    judgements: &'a Judgements,
}

impl Scaled<'_> {
    fn rule(&self, table: &Table, instance: &Instance) -> Option<Rule> {
        match instance.outcome {
            Outcome::Satisfied | Outcome::Violated => {}
            Outcome::Undecided(reason) if self.waits(instance, reason) => {}
            Outcome::Undecided(_) => return None,
        }
        let target = *self.ids.get(&instance.target())?;
        match instance.edit() {
            Edit::Balance(terms) => {
                let (expression, slack) = self.balance(table, instance, terms)?;
                Some(Rule { form: Form::Linear { expression, slack }, target: Some(target) })
            }
            Edit::AtMost(terms) => {
                let unit = self.common_unit(instance.target(), terms);
                let mut expression = self.expression(terms, unit)?;
                expression.terms.push((target, -self.factor(instance.target().column, unit)?));
                Some(Rule::bound(expression))
            }
            Edit::Ratio { numerator, denominator, scale, .. } => {
                self.ratio(instance, target, numerator, denominator, scale)
            }
            Edit::Product(factors) => {
                let expression = self.product(table, instance, factors)?;
                Some(Rule { target: Some(target), ..Rule::balance(expression) })
            }
            Edit::Unscaled(_) => None,
        }
    }

    /// True for a rule that only waits for figures that are not known: it may tell them.
    fn waits(&self, instance: &Instance, reason: Undecided) -> bool {
        let spoilt = |place: &Place| self.judgements.get(place).is_some_and(proves_nothing);
        matches!(reason, Undecided::Unknown | Undecided::Unreadable | Undecided::TargetBlank)
            && instance.is_equality()
            && instance.cells().any(|place| self.unknown.contains(&place))
            && !instance.cells().any(|place| spoilt(&place))
    }

    fn balance(
        &self,
        table: &Table,
        instance: &Instance,
        terms: Terms<'_>,
    ) -> Option<(Expression, i128)> {
        let unit = self.common_unit(instance.target(), terms);
        let mut expression = self.expression(terms, unit)?;
        let target = *self.ids.get(&instance.target())?;
        expression.terms.push((target, -self.factor(instance.target().column, unit)?));
        // A sum of rounded figures that holds within rounding keeps the slack it holds with.
        let slack = match instance.outcome {
            Outcome::Satisfied => {
                let found = table.number(instance.target())?;
                to_units((found - instance.expected()?).abs(), unit)?
            }
            _ => 0,
        };
        Some((expression, slack))
    }

    fn ratio(
        &self,
        instance: &Instance,
        rate: CellId,
        numerator: Terms<'_>,
        denominator: Terms<'_>,
        scale: Decimal,
    ) -> Option<Rule> {
        let above = terms_unit(self.decimals, numerator);
        let below = terms_unit(self.decimals, denominator);
        let rate_unit = self.decimals[instance.target().column];
        // rate/10^r = scale · (n/10^a) / (d/10^b), so rate = scale · 10^(r+b-a) · n/d.
        let power = i64::from(rate_unit) + i64::from(below) - i64::from(above);
        let ten = 10_i128.checked_pow(u32::try_from(power.unsigned_abs()).ok()?)?;
        let scale = scale.normalize();
        let divisor = 10_i128.checked_pow(scale.scale())?;
        let factor = if power >= 0 {
            (scale.mantissa().checked_mul(ten)?, divisor)
        } else {
            (scale.mantissa(), divisor.checked_mul(ten)?)
        };
        let form = Form::Ratio {
            rate,
            numerator: self.expression(numerator, above)?,
            denominator: self.expression(denominator, below)?,
            factor,
            zero: solver::ZeroDenominator::Undecided,
        };
        Some(Rule { form, target: Some(rate) })
    }

    fn common_unit(&self, target: Place, terms: Terms<'_>) -> u32 {
        terms_unit(self.decimals, terms).max(self.decimals[target.column])
    }

    /// How many common units one unit of a column is.
    fn factor(&self, column: usize, unit: u32) -> Option<i128> {
        10_i128.checked_pow(unit.checked_sub(self.decimals[column])?)
    }

    fn expression(&self, terms: Terms<'_>, unit: u32) -> Option<Expression> {
        let mut found = Vec::with_capacity(terms.places().len());
        for (place, coefficient) in terms.places() {
            let coefficient = coefficient.normalize();
            if coefficient.scale() > 0 {
                return None;
            }
            let factor = self.factor(place.column, unit)?;
            found.push((*self.ids.get(&place)?, coefficient.mantissa().checked_mul(factor)?));
        }
        Some(Expression { terms: found, constant: to_units(terms.constant, unit)? })
    }
}

/// The finest unit among the columns of some terms.
fn terms_unit(decimals: &[u32], terms: Terms<'_>) -> u32 {
    terms.places().map(|(place, _)| decimals[place.column]).max().unwrap_or(0)
}
