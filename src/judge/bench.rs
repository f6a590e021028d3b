//! One table on the bench: each formula put to the rules of its cell.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rust_decimal::{Decimal, RoundingStrategy};

use super::siblings::reads_own_column;
use super::{Fault, Judgement, Judgements, Standing, computes_otherwise, gravity, write};
use crate::formula::{
    Agreement, CellPlace, ColumnRule, Difference, Formula, Plain, Recalculated, Reference,
    Unsupported, WorkbookSource, agreement, diagnose, in_style_of,
};
use crate::relations::{Concern, Edit, Instance, Outcome, Terms};
use crate::table::{Figure, Place, Reading, Table};
use crate::workbook::{Address, FormulaText, RelativeForm, Sheet, Value, Workbook};

/// Formulas of one table that are compared; further ones are said to be undecided.
const MAX_COMPARED: usize = 20_000;
/// Right formulas on either side that a repair is modelled on.
const NEIGHBOURS: usize = 2;

/// What the comparison with the rules of a cell gave.
pub(super) struct Compared {
    pub(super) judgement: Judgement,
    /// The rule it was compared with, as an index into the bench's instances.
    pub(super) instance: Option<usize>,
}

/// A table with everything its formulas are judged by.
pub(super) struct Bench<'a> {
    pub(super) table: &'a Table,
    sheet: &'a Sheet,
    pub(super) instances: &'a [Instance],
    /// Instances that fix a value with the cells they produce, by cell.
    pub(super) producing: Vec<(Place, usize)>,
    /// Where those of each row begin, and where the last ends.
    row_starts: Vec<usize>,
    pub(super) cells: BTreeMap<Place, Compared>,
    pub(super) source: WorkbookSource<'a>,
    stale: HashMap<Address, Value>,
    circular: HashSet<Address>,
    not_judged: HashMap<Address, Unsupported>,
    /// The last right formula of each column for each of its rules: the same formula a row below is
    /// right too.
    right_above: Vec<Vec<(Concern, RelativeForm)>>,
    compared: usize,
    /// Places of right formulas, ascending.
    right: BTreeMap<Group, Vec<Place>>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        workbook: &'a Workbook,
        (sheet, own): (usize, &'a Sheet),
        table: &'a Table,
        instances: &'a [Instance],
        recalculated: &Recalculated,
    ) -> Self {
        let places = instances.iter().enumerate().filter(|(_, instance)| instance.is_equality());
        let mut producing: Vec<(Place, usize)> =
            places.map(|(index, instance)| (instance.target(), index)).collect();
        // A few runs that are in order each, which this sort merges.
        producing.sort();
        let mut row_starts = Vec::with_capacity(table.rows.len() + 1);
        for (index, (place, _)) in producing.iter().enumerate() {
            row_starts.resize(row_starts.len().max(place.row + 1), index);
        }
        row_starts.resize(row_starts.len().max(table.rows.len() + 1), producing.len());
        let here = |place: &CellPlace| place.sheet == sheet;
        let stale = recalculated.stale.iter().filter(|stale| here(&stale.place));
        let circular = recalculated.circular.iter().filter(|place| here(place));
        let not_judged = recalculated.not_judged.iter().filter(|open| here(&open.place));
        let formulas = implied(table, instances);
        Self {
            table,
            sheet: own,
            instances,
            producing,
            row_starts,
            cells: BTreeMap::new(),
            source: WorkbookSource::new(workbook, sheet).implying(formulas),
            stale: stale.map(|stale| (stale.place.at, stale.calculated.clone())).collect(),
            circular: circular.map(|place| place.at).collect(),
            not_judged: not_judged.map(|open| (open.place.at, open.reason.clone())).collect(),
            right_above: vec![Vec::new(); table.columns.len()],
            compared: 0,
            right: BTreeMap::new(),
        }
    }

    pub(super) fn judge_formulas(&mut self) {
        let table = self.table;
        let judged = table.formulas().map(|(place, text)| {
            let mut compared = self.judge_formula(place, text);
            compared.judgement.faults.sort_by_key(gravity);
            (place, compared)
        });
        // In their order, of which a map is made at once.
        let judged: Vec<(Place, Compared)> = judged.collect();
        self.cells = judged.into_iter().collect();
        self.list_right();
    }

    /// The judgements, with a formula to write for every cell that needs one.
    pub(super) fn into_judgements(mut self) -> Judgements {
        let wanting: Vec<(Place, usize)> = self
            .cells
            .iter()
            .filter(|(_, cell)| cell.judgement.repair.is_none() && wants_repair(&cell.judgement))
            .filter_map(|(place, cell)| Some((*place, cell.instance?)))
            .collect();
        let repairs: Vec<(Place, Option<String>)> =
            wanting.into_iter().map(|(place, rule)| (place, self.repair(place, rule))).collect();
        for (place, repair) in repairs {
            if let Some(cell) = self.cells.get_mut(&place) {
                cell.judgement.repair = repair;
            }
        }
        self.cells.into_iter().map(|(place, cell)| (place, cell.judgement)).collect()
    }

    /// The instances that fix the value of a cell.
    pub(super) fn rules_of(
        &self,
        place: Place,
    ) -> impl DoubleEndedIterator<Item = usize> + use<'_, 'a> {
        let row = match self.row_starts.get(place.row..=place.row + 1) {
            Some([start, end]) => &self.producing[*start..*end],
            _ => &[],
        };
        let own = &row[row.partition_point(|(other, _)| *other < place)..];
        let own = &own[..own.iter().take_while(|(other, _)| *other == place).count()];
        own.iter().map(|(_, rule)| *rule)
    }

    fn judge_formula(&mut self, place: Place, text: &FormulaText) -> Compared {
        let at = self.table.address(place);
        if self.circular.contains(&at) {
            return self.on_circle(place);
        }
        let first = self.rules_of(place).next();
        if let Some(rule) = first.filter(|rule| self.is_right_above(place, text, *rule)) {
            let right = self.right(rule, Vec::new());
            return self.with_stored_result(place, text, right);
        }
        let Ok(formula) = Formula::of_cell(text, at) else {
            let what = self.not_judged.get(&at).cloned();
            return self.without_rule(place, what.map(Fault::Undecided).into_iter().collect());
        };
        if first.is_none() {
            let faults = self.faults_of_itself(at, &formula);
            return self.without_rule(place, faults);
        }
        let rules = self.of_its_direction(place, &formula, self.rules_of(place).collect());
        let compared = self.best_rule(place, text, &formula, &rules);
        self.with_stored_result(place, text, compared)
    }

    /// A formula that adds up its column is judged by what is said of the column: where the totals
    /// beside it leave out the same row, it agrees with the rule of its own row all the same.
    fn of_its_direction(&self, place: Place, formula: &Formula, rules: Vec<usize>) -> Vec<usize> {
        if !reads_own_column(formula, self.table.address(place)) {
            return rules;
        }
        let in_column = |rule: &usize| {
            let mut inputs = self.instances[*rule].inputs();
            inputs.all(|input| input.column == place.column)
        };
        let own: Vec<usize> = rules.iter().copied().filter(in_column).collect();
        if own.is_empty() { rules } else { own }
    }

    /// A formula on a circle has no value, so its figure proves nothing.
    fn on_circle(&self, place: Place) -> Compared {
        let instance = self.rules_of(place).next_back();
        let rule = instance.map(|index| &self.instances[index]);
        let judgement = Judgement {
            standing: Standing::Discredited,
            faults: vec![Fault::Circular],
            expected: rule.and_then(Instance::expected),
            ..Judgement::right(rule.map(Instance::concern))
        };
        Compared { judgement, instance }
    }

    /// A formula that no rule speaks of: its figure stands as if it were typed.
    fn without_rule(&self, place: Place, faults: Vec<Fault>) -> Compared {
        let mut judgement =
            Judgement { standing: Standing::Typed, faults, ..Judgement::right(None) };
        if let Some(value) = self.recalculated(place) {
            judgement.faults.push(Fault::Stale);
            judgement.standing = Standing::Discredited;
            judgement.expected = Some(value);
            judgement.repair = self.table.datum(place).formula.as_deref().map(str::to_owned);
        }
        Compared { judgement, instance: self.rules_of(place).next() }
    }

    fn faults_of_itself(&self, at: Address, formula: &Formula) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        for reference in formula.references() {
            let difference = match reference {
                Reference::External(text) => Difference::External(text),
                Reference::Deleted => Difference::Deleted,
                _ => continue,
            };
            faults.push(Fault::Differs(difference));
        }
        faults.truncate(1);
        if faults.is_empty() {
            let is_told = |what: &&Unsupported| {
                matches!(what.what, "function" | "formula that cannot be read")
            };
            let unknown = self.not_judged.get(&at).filter(is_told);
            faults.extend(unknown.cloned().map(Fault::Undecided));
        }
        faults
    }

    /// The rule a formula agrees with, else the one it differs from least.
    fn best_rule(
        &mut self,
        place: Place,
        text: &FormulaText,
        formula: &Formula,
        rules: &[usize],
    ) -> Compared {
        let mut nearest: Option<(usize, Vec<Fault>)> = None;
        for &rule in rules {
            let faults = self.against(place, text, formula, rule);
            if !faults.iter().any(|fault| computes_otherwise(fault) || is_open(fault)) {
                return self.right(rule, faults);
            }
            let better = nearest.as_ref().is_none_or(|(_, known)| weight(&faults) < weight(known));
            // What is not decided for one rule may be right by it: it excuses the others.
            let open = faults.iter().any(is_open);
            let known_open = nearest.as_ref().is_some_and(|(_, known)| known.iter().any(is_open));
            if open && !known_open || better && open == known_open {
                nearest = Some((rule, faults));
            }
        }
        let (rule, faults) = nearest.unwrap_or_default();
        let open = faults.iter().any(is_open);
        let judgement = Judgement {
            standing: Standing::Typed,
            concern: self.instances.get(rule).map(Instance::concern),
            confirmed: false,
            expected: self.instances.get(rule).and_then(Instance::expected).filter(|_| !open),
            repair: None,
            faults,
        };
        Compared { judgement, instance: Some(rule) }
    }

    /// What is wrong with a formula as one rule sees it.
    fn against(
        &mut self,
        place: Place,
        text: &FormulaText,
        formula: &Formula,
        rule: usize,
    ) -> Vec<Fault> {
        let at = self.table.address(place);
        if self.is_right_above(place, text, rule) {
            return Vec::new();
        }
        if matches!(self.instances[rule].edit(), Edit::Unscaled(_)) {
            return vec![Fault::Undecided(Unsupported::new("ratio without a scale", ""))];
        }
        if self.is_plainly(place, formula, rule) {
            self.note_right(place, text, rule);
            return Vec::new();
        }
        self.compared += 1;
        if self.compared > MAX_COMPARED {
            return vec![Fault::Undecided(Unsupported {
                what: "formulas beyond the limit",
                detail: String::new(),
            })];
        }
        let mut differences =
            self.with_rule(place, rule, |rule| diagnose(formula, at, rule, &self.source));
        if adds_parts_of_groups(self.table, &differences) {
            differences.clear();
        }
        let stated = self.table.columns[place.column].decimals_stated;
        let twice = differences.contains(&Difference::RoundedTwice);
        let faults: Vec<Fault> = as_moved(differences)
            .into_iter()
            .filter(|difference| !(twice && *difference == Difference::RoundedParts))
            .filter(|difference| stated || !self.is_free_rounding(place, difference))
            .map(Fault::Differs)
            .collect();
        if faults.is_empty() {
            self.note_right(place, text, rule);
        }
        faults
    }

    /// True where the same formula was found right by the rule in a row above.
    fn is_right_above(&self, place: Place, text: &FormulaText, rule: usize) -> bool {
        let concern = self.instances[rule].concern();
        let mut known = self.right_above[place.column].iter();
        known.find(|(other, _)| *other == concern).is_some_and(|(_, known)| {
            text.has_form(known, self.table.address(place)) && self.instances[rule].is_within_row()
        })
    }

    /// Keeps the formula of a cell as one that is right by a rule over its row.
    fn note_right(&mut self, place: Place, text: &FormulaText, rule: usize) {
        if self.instances[rule].is_within_row() {
            let concern = self.instances[rule].concern();
            let known = &mut self.right_above[place.column];
            known.retain(|(other, _)| *other != concern);
            known.push((concern, text.form(self.table.address(place)).clone()));
        }
    }

    /// True where the form of a formula shows that it computes what a rule says, rounding included.
    fn is_plainly(&self, place: Place, formula: &Formula, rule: usize) -> bool {
        let (table, instance) = (self.table, &self.instances[rule]);
        if is_percent(table, place) {
            return false;
        }
        let at = |(place, factor): (Place, Decimal)| (table.address(place), factor);
        let alone = |terms: Terms<'_>| {
            let (place, factor) = terms.single().map(at)?;
            (factor == Decimal::ONE && terms.constant.is_zero()).then_some(place)
        };
        match (instance.edit(), formula.plain(self.sheet, instance.inputs().count())) {
            (Edit::Balance(terms), Some(Plain::Sum { cells, settled })) => {
                let fits = |(place, factor): (Address, Decimal)| {
                    cells.get(&place).is_some_and(|times| Decimal::from(*times) == factor)
                };
                terms.constant == settled
                    && terms.places().len() == cells.len()
                    && terms.places().map(at).all(fits)
            }
            (
                Edit::Ratio { numerator, denominator, scale, decimals },
                Some(Plain::Rate {
                    numerator: above,
                    denominator: below,
                    scale: times,
                    decimals: own,
                }),
            ) => {
                alone(numerator) == Some(above)
                    && alone(denominator) == Some(below)
                    && (scale, decimals) == (times, own)
            }
            _ => false,
        }
    }

    /// Where no form states the decimals, more of them than are printed are no fault.
    fn is_free_rounding(&self, place: Place, difference: &Difference) -> bool {
        let printed = match &self.table.datum(place).reading {
            Reading::Number(figure) => figure.decimals,
            _ => 0,
        };
        match difference {
            Difference::NotRounded => true,
            Difference::OtherRounding { decimals } => *decimals >= printed,
            _ => false,
        }
    }

    /// Calls with the rule as the formula engine takes it.
    fn with_rule<T>(&self, place: Place, rule: usize, f: impl FnOnce(&ColumnRule<'_>) -> T) -> T {
        let instance = &self.instances[rule];
        let table = self.table;
        let cells: Vec<Address> = instance.inputs().map(|input| table.address(input)).collect();
        let value = |number: &dyn Fn(Address) -> Decimal| exact(table, instance.edit(), number);
        let decimals = match instance.edit() {
            Edit::Ratio { decimals, .. } => Some(decimals),
            _ => None,
        };
        f(&ColumnRule {
            cells: &cells,
            value: &value,
            percent_format: is_percent(table, place) && !sums_percents(table, instance),
            decimals,
        })
    }

    fn right(&self, rule: usize, faults: Vec<Fault>) -> Compared {
        let instance = &self.instances[rule];
        let expected = instance.expected();
        let mut judgement =
            Judgement { faults, expected, ..Judgement::right(Some(instance.concern())) };
        if instance.outcome == Outcome::Violated {
            let texts = self.text_inputs(instance);
            let known = !texts.is_empty() || !judgement.faults.is_empty();
            judgement.standing = if known { Standing::Discredited } else { Standing::Typed };
            if !texts.is_empty() {
                judgement.faults.push(Fault::TextInputs(texts));
            }
        }
        Compared { judgement, instance: Some(rule) }
    }

    fn text_inputs(&self, instance: &Instance) -> Vec<Place> {
        let is_text = |place: &Place| matches!(&self.table.datum(*place).reading, Reading::Number(figure) if figure.is_text);
        instance.inputs().filter(is_text).collect()
    }

    /// Adds what the stored result says: an old one proves nothing.
    fn with_stored_result(&self, place: Place, text: &str, mut compared: Compared) -> Compared {
        let judgement = &mut compared.judgement;
        let otherwise = judgement.faults.iter().any(computes_otherwise);
        if otherwise {
            return compared;
        }
        if let Some(value) = self.recalculated(place) {
            judgement.faults.push(Fault::Stale);
            judgement.standing = Standing::Discredited;
            judgement.confirmed = true;
            judgement.expected = Some(value);
            judgement.repair = Some(text.to_owned());
        }
        compared
    }

    /// What a stale formula gives now, in the unit the table prints, where the print changes.
    fn recalculated(&self, place: Place) -> Option<Decimal> {
        let calculated = self.stale.get(&self.table.address(place))?;
        let Value::Number(number) = calculated else { return None };
        let Reading::Number(figure) = &self.table.datum(place).reading else { return None };
        let value = as_printed(figure, *number)?;
        (value != figure.shown.normalize()).then_some(value)
    }

    /// The right formula for a cell: in the style of its nearest right neighbour, else the plainest.
    fn repair(&mut self, place: Place, rule: usize) -> Option<String> {
        let to = self.table.address(place);
        let mut texts: Vec<String> = self
            .nearest_right(place, rule)
            .into_iter()
            .filter_map(|sibling| {
                let text = self.table.datum(sibling).formula.as_deref()?;
                Some(in_style_of(text, self.table.address(sibling), to))
            })
            .collect();
        texts.extend(write::plainest(
            self.table,
            &self.instances[rule],
            is_percent(self.table, place),
        ));
        texts.into_iter().find(|text| self.computes(place, rule, text))
    }

    /// Right formulas of the same rule on both sides of a cell, the nearest first.
    fn nearest_right(&self, place: Place, rule: usize) -> Vec<Place> {
        let group = Group::of(&self.instances[rule]);
        let Some(right) = self.right.get(&group) else { return Vec::new() };
        let after = right.partition_point(|other| *other < place);
        let near = right.iter().skip(after.saturating_sub(NEIGHBOURS)).take(2 * NEIGHBOURS);
        let mut near: Vec<Place> = near.copied().filter(|other| *other != place).collect();
        near.sort_by_key(|other| {
            other.row.abs_diff(place.row) + other.column.abs_diff(place.column)
        });
        near
    }

    /// Lists the right formulas, for cells beside them.
    fn list_right(&mut self) {
        for (place, cell) in &self.cells {
            let judgement = &cell.judgement;
            let right = judgement.standing == Standing::Computed && judgement.faults.is_empty();
            if let (true, Some(rule)) = (right, cell.instance) {
                self.right.entry(Group::of(&self.instances[rule])).or_default().push(*place);
            }
        }
    }

    /// How many right formulas a rule has.
    pub(super) fn right_count(&self, rule: usize) -> usize {
        self.right.get(&Group::of(&self.instances[rule])).map_or(0, Vec::len)
    }

    fn computes(&self, place: Place, rule: usize, text: &str) -> bool {
        let at = self.table.address(place);
        let Ok(formula) = Formula::parse_at(text, at) else { return false };
        let found = self.with_rule(place, rule, |rule| agreement(&formula, at, rule, &self.source));
        match found {
            Agreement::Right => true,
            Agreement::RightUnrounded | Agreement::OtherRounding { .. } => {
                !self.table.columns[place.column].decimals_stated
            }
            _ => false,
        }
    }
}

/// Cells with one rule: a column's formula down its rows, or the sums along one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// By the column.
    Column(usize),
    /// By the row.
    Row(usize),
}

impl Group {
    pub(super) fn of(instance: &Instance) -> Self {
        let Place { row, column } = instance.target();
        if instance.is_within_row() { Self::Column(column) } else { Self::Row(row) }
    }
}

fn wants_repair(judgement: &Judgement) -> bool {
    let is_empty_cell = judgement.standing == Standing::Typed && judgement.confirmed;
    (is_empty_cell || !judgement.faults.is_empty())
        && !judgement.faults.iter().any(|fault| matches!(fault, Fault::TextInputs(_)))
}

fn is_open(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Undecided(_)
            | Fault::Differs(
                Difference::Undecided(_) | Difference::Volatile(_) | Difference::External(_)
            )
    )
}

/// A range moved by a column or a row misses every cell and takes in as many others: that is one
/// slip to the next column or row.
fn as_moved(differences: Vec<Difference>) -> Vec<Difference> {
    let pick = |of: fn(&Difference) -> Option<Address>| {
        let mut cells: Vec<Address> = differences.iter().filter_map(of).collect();
        cells.sort_unstable();
        cells
    };
    let misses = pick(|d| if let Difference::Misses(at) = d { Some(*at) } else { None });
    let extra = pick(|d| if let Difference::TakesIn(at) = d { Some(*at) } else { None });
    let pairs = || misses.iter().zip(&extra);
    let (Some(&instead_of), Some(&reads)) = (misses.first(), extra.first()) else {
        return differences;
    };
    if misses.len() != extra.len() || misses.len() + extra.len() != differences.len() {
        return differences;
    }
    if pairs().all(|(missed, read)| missed.row == read.row) {
        return vec![Difference::WrongColumn { reads, instead_of }];
    }
    if pairs().all(|(missed, read)| missed.column == read.column) {
        return vec![Difference::WrongRow { reads, instead_of }];
    }
    differences
}

/// How far a formula is from a rule.
fn weight(faults: &[Fault]) -> (usize, u8) {
    (faults.len(), faults.iter().map(gravity).min().unwrap_or(0))
}

/// Formulas of typed figures that obey their rules.
fn implied(table: &Table, instances: &[Instance]) -> HashMap<Address, Formula> {
    let equalities = instances.iter().filter(|instance| instance.is_equality());
    equalities
        .filter(|i| i.outcome == Outcome::Satisfied && table.datum(i.target()).formula.is_none())
        .filter_map(|instance| {
            let percent = is_percent(table, instance.target());
            let text = write::plainest(table, instance, percent)?;
            let at = table.address(instance.target());
            Some((at, Formula::parse_at(&text, at).ok()?))
        })
        .collect()
}

/// True where what is computed is of the same per cents as the result.
fn sums_percents(table: &Table, instance: &Instance) -> bool {
    matches!(instance.edit(), Edit::Balance(_))
        && instance.inputs().all(|input| is_percent(table, input))
}

fn is_percent(table: &Table, place: Place) -> bool {
    matches!(&table.datum(place).reading, Reading::Number(figure) if figure.percent)
}

/// A stored number in the unit and with the decimals a cell prints.
fn as_printed(figure: &Figure, stored: Decimal) -> Option<Decimal> {
    let value = if figure.percent { stored.checked_mul(Decimal::ONE_HUNDRED)? } else { stored };
    let places = figure.decimals.max(figure.shown.normalize().scale());
    Some(value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// A relation on other numbers, not rounded.
fn exact(table: &Table, edit: Edit<'_>, number: &dyn Fn(Address) -> Decimal) -> Option<Decimal> {
    let value = |terms: Terms<'_>| {
        terms.places().try_fold(terms.constant, |sum, (place, coefficient)| {
            sum.checked_add(coefficient.checked_mul(number(table.address(place)))?)
        })
    };
    match edit {
        Edit::Balance(terms) | Edit::AtMost(terms) => value(terms),
        // Nobody knows by what the ratio is multiplied.
        Edit::Unscaled(_) => None,
        Edit::Product(factors) => factors
            .iter()
            .try_fold(Decimal::ONE, |product, factor| product.checked_mul(value(factor)?)),
        Edit::Ratio { numerator, denominator, scale, .. } => {
            let below = value(denominator)?;
            if below.is_zero() {
                return None;
            }
            value(numerator)?.checked_mul(scale)?.checked_div(below)
        }
    }
}

/// True where a sum takes in the parts of the groups that it leaves out, and nothing else.
fn adds_parts_of_groups(table: &Table, differences: &[Difference]) -> bool {
    let (mut left_out, mut taken_in) = (BTreeSet::new(), BTreeSet::new());
    for difference in differences {
        let (set, at) = match difference {
            Difference::Misses(at) => (&mut left_out, at),
            Difference::TakesIn(at) => (&mut taken_in, at),
            _ => return false,
        };
        let Some(place) = table.place(*at) else { return false };
        set.insert(place);
    }
    let parts = |group: &Place| {
        let column = group.column;
        table.rows[group.row].parts.iter().map(move |part| Place::new(*part, column))
    };
    let figures = |place: &Place| table.figure(*place).is_some();
    let of_groups: BTreeSet<Place> = left_out.iter().flat_map(parts).filter(figures).collect();
    !taken_in.is_empty() && of_groups == taken_in
}
