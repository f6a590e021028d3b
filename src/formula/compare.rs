//! Does a formula calculate what its column's rule says?
//!
//! Not by its text, and not by the stored values alone, where a wrong formula may agree by chance:
//! formula and rule are both calculated on the sheet's own values, on values near them, on
//! arbitrary ones, and with each referenced cell zero or blank in turn. The fills are
//! pseudo-random and always the same.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use rust_decimal::{Decimal, RoundingStrategy};

use super::evaluate::evaluate;
use super::parse::Formula;
use super::reads::Reads;
use super::scalar::to_double;
use super::{Limits, Source, Unsupported};
use crate::workbook::{Address, Range, Value};

/// Calculates a column's value from the values of its rule's cells, in the column's own unit and
/// not rounded; `None` where the rule has no value (a denominator of zero).
pub type RuleValue<'a> = dyn Fn(&dyn Fn(Address) -> Decimal) -> Option<Decimal> + 'a;

/// What a cell must hold: a rule over cells of the same sheet, and how the column shows it.
pub struct ColumnRule<'a> {
    /// The cells the rule reads.
    pub cells: &'a [Address],
    /// Their combination, for instance `100 * E8 / C8`.
    pub value: &'a RuleValue<'a>,
    /// True when the cell's format shows per cent: the cell holds a hundredth of the rule's value.
    pub percent_format: bool,
    /// Decimals the form rounds to, in the column's own unit; `None` where it does not round.
    pub decimals: Option<u32>,
}

/// Values on which formula and rule differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// The cells read by either, with their values, by row and column.
    pub cells: Vec<(Address, Value)>,
    /// What the rule gives, as the cell should hold it: rounded, and in hundredths under a per
    /// cent format.
    pub expected: Decimal,
    /// What the formula gives.
    pub found: Value,
    /// True when these are the sheet's own values.
    pub own_values: bool,
}

/// What the comparison of a formula with a rule comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// Equal on every fill, rounding included.
    Right,
    /// Equal before rounding; the form rounds, the formula does not.
    RightUnrounded,
    /// Equal, but rounded to this number of decimals (of the column's own unit).
    OtherRounding {
        /// Decimals the formula rounds to.
        decimals: u32,
    },
    /// The formula gives the rule's value times this factor: 100 for per cent under a per cent
    /// format, 0.01 for a plain ratio without one.
    DifferentScale(Decimal),
    /// Something else.
    Wrong {
        /// Values that show it.
        counterexample: Box<Counterexample>,
    },
    /// Not judged, with the reason.
    Undecided(Unsupported),
}

/// Fills near the sheet's own values, and arbitrary ones.
const NEAR: usize = 10;
const ARBITRARY: usize = 10;
/// Cells of the rule that are made zero and blank in turn.
const EMPTIED: usize = 6;
/// Comparisons without which nothing is said.
const LEAST: usize = 5;
/// Most decimals of a column.
const MAX_PLACES: u32 = 6;
/// Cells from which cells of the rule are calculated, and how often these are read.
const MAX_DERIVED: usize = 2_000;
const MAX_DERIVED_READS: usize = 20_000;
/// The work of one of some thirty calculations.
const LIMITS: Limits = Limits { cells: 50_000, depth: 96 };

/// Compares a formula with the rule of its column.
///
/// The formula may name the rule's cells or what these are calculated from: where cells of the
/// sheet hold formulas, a formula that differs from the rule is compared again on values that keep
/// these formulas true (a total's rate built on the sums of the rows is right).
#[must_use]
pub fn agreement(
    formula: &Formula,
    at: Address,
    rule: &ColumnRule<'_>,
    source: &dyn Source,
) -> Agreement {
    let reads = Reads::of(formula, source);
    if reads.cut {
        return undecided("formula over too many cells", "");
    }
    let trial = |derived| Trial::new(formula, at, rule, source, &reads, derived);
    let independent = trial(Vec::new()).run();
    if !matches!(independent, Agreement::Wrong { .. }) {
        return independent;
    }
    let derived = derived_cells(at, rule, &reads, source);
    if derived.is_empty() {
        return independent;
    }
    match trial(derived).run() {
        Agreement::Wrong { .. } | Agreement::Undecided(_) => independent,
        derived => derived,
    }
}

fn undecided(what: &'static str, detail: &str) -> Agreement {
    Agreement::Undecided(Unsupported::new(what, detail))
}

/// One formula, compared with one rule.
struct Trial<'a> {
    formula: &'a Formula,
    at: Address,
    rule: &'a ColumnRule<'a>,
    source: &'a dyn Source,
    reads: &'a Reads,
    /// Cells that keep their formulas, each after those it reads.
    derived: Vec<(Address, Formula)>,
    /// Cells that take other values: those of the rule, and numbers the formula reads besides.
    filled: BTreeSet<Address>,
}

/// The kinds of fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Own,
    Near,
    Arbitrary,
    Zero(Address),
    Blank(Address),
}

/// What the fills have shown so far.
struct Tally {
    /// Factor and rounding under which all fills agreed.
    hypotheses: Vec<Hypothesis>,
    compared: usize,
    obstacle: Option<Unsupported>,
    /// The first fill that differs, and whether it is like the sheet's own values.
    counterexample: Option<Box<Counterexample>>,
    plausible: bool,
    own_agrees: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hypothesis {
    factor: Decimal,
    decimals: Option<u32>,
}

impl Hypothesis {
    fn value(self, exact: Decimal, percent_format: bool) -> Option<Decimal> {
        let rounded = self.decimals.map_or(exact, |places| half_up(exact, places));
        let cell = if percent_format { rounded / Decimal::ONE_HUNDRED } else { rounded };
        cell.checked_mul(self.factor)
    }

    fn all() -> Vec<Self> {
        let factors = [(1, 0), (100, 0), (1, 2), (1000, 0), (1, 3), (10, 0), (1, 1)];
        let roundings = || std::iter::once(None).chain((0..=MAX_PLACES).map(Some));
        factors
            .iter()
            .map(|(digits, scale)| Decimal::new(*digits, *scale))
            .flat_map(|factor| roundings().map(move |decimals| Self { factor, decimals }))
            .collect()
    }
}

fn half_up(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places.min(28), RoundingStrategy::MidpointAwayFromZero)
}

/// Equal within what binary arithmetic may lose.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(0.1)
}

impl<'a> Trial<'a> {
    fn new(
        formula: &'a Formula,
        at: Address,
        rule: &'a ColumnRule<'a>,
        source: &'a dyn Source,
        reads: &'a Reads,
        derived: Vec<(Address, Formula)>,
    ) -> Self {
        let number =
            |at: &Address| matches!(source.value(None, *at), Ok(Value::Number(_) | Value::Date(_)));
        let mut filled: BTreeSet<Address> = rule.cells.iter().copied().collect();
        filled.extend(reads.figures.iter().copied().filter(number));
        for (_, formula) in &derived {
            filled.extend(Reads::of(formula, source).figures.into_iter().filter(number));
        }
        filled.remove(&at);
        Self { formula, at, rule, source, reads, derived, filled }
    }

    fn run(&self) -> Agreement {
        let mut tally = Tally {
            hypotheses: Hypothesis::all(),
            compared: 0,
            obstacle: None,
            counterexample: None,
            plausible: true,
            own_agrees: false,
        };
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for kind in self.kinds() {
            let mut values = self.fill(kind, &mut random);
            self.derive(&mut values);
            self.compare(kind, &values, &mut tally);
        }
        self.verdict(tally)
    }

    fn kinds(&self) -> Vec<Kind> {
        let emptied = self.rule.cells.iter().take(EMPTIED);
        let emptied = emptied.flat_map(|at| [Kind::Zero(*at), Kind::Blank(*at)]);
        // On the own values derived cells keep their stored results: the first pass saw them.
        let own = self.derived.is_empty().then_some(Kind::Own);
        own.into_iter()
            .chain([Kind::Near; NEAR])
            .chain([Kind::Arbitrary; ARBITRARY])
            .chain(emptied)
            .collect()
    }

    fn fill(&self, kind: Kind, random: &mut Random) -> HashMap<Address, Value> {
        let mut values = HashMap::new();
        if kind == Kind::Own {
            return values;
        }
        for at in &self.filled {
            let own = self.source.value(None, *at).ok();
            let number = match kind {
                Kind::Arbitrary => random.arbitrary(),
                _ => random.near(own.as_ref().and_then(as_number)),
            };
            values.insert(*at, Value::Number(number));
        }
        match kind {
            Kind::Zero(at) => values.insert(at, Value::Number(Decimal::ZERO)),
            Kind::Blank(at) => values.insert(at, Value::Blank),
            _ => None,
        };
        values
    }

    /// Calculates the cells that keep their formulas, in the order they need.
    fn derive(&self, values: &mut HashMap<Address, Value>) {
        for (at, formula) in &self.derived {
            let result = {
                let filled = Filled { base: self.source, values };
                evaluate(formula, *at, &filled, &LIMITS)
            };
            match result {
                Ok(value) => values.insert(*at, value),
                Err(_) => values.remove(at),
            };
        }
    }

    /// Calculates rule and formula on one fill and notes what that shows.
    fn compare(&self, kind: Kind, values: &HashMap<Address, Value>, tally: &mut Tally) {
        let filled = Filled { base: self.source, values };
        let Some(exact) = self.rule_value(&filled) else { return };
        let emptied = matches!(kind, Kind::Zero(_) | Kind::Blank(_));
        match evaluate(self.formula, self.at, &filled, &LIMITS) {
            Err(what) => {
                tally.obstacle.get_or_insert(what);
            }
            Ok(found) if is_guard(&found, emptied || exact.is_zero()) => {}
            Ok(found) => self.note(kind, &filled, exact, found, tally),
        }
    }

    fn note(
        &self,
        kind: Kind,
        filled: &Filled<'_>,
        exact: Decimal,
        found: Value,
        tally: &mut Tally,
    ) {
        let number = as_number(&found).map(to_double);
        let percent = self.rule.percent_format;
        let fits = |hypothesis: &Hypothesis| {
            let expected = hypothesis.value(exact, percent).map(to_double);
            number.zip(expected).is_some_and(|(found, expected)| close(found, expected))
        };
        tally.compared += 1;
        tally.hypotheses.retain(fits);
        let expected = Hypothesis { factor: Decimal::ONE, decimals: self.rule.decimals };
        let unrounded = Hypothesis { decimals: None, ..expected };
        if fits(&expected) || fits(&unrounded) {
            tally.own_agrees |= kind == Kind::Own;
        } else if tally.counterexample.is_none() {
            tally.plausible = kind != Kind::Arbitrary;
            tally.counterexample = Some(Box::new(Counterexample {
                cells: self.shown(filled),
                expected: expected.value(exact, percent).unwrap_or(exact),
                found,
                own_values: kind == Kind::Own,
            }));
        }
    }

    /// The rule's value on a fill; none where a cell of the rule holds no number.
    fn rule_value(&self, filled: &Filled<'_>) -> Option<Decimal> {
        let mut numbers = HashMap::new();
        for at in self.rule.cells {
            let value = filled.value(None, *at).ok()?;
            let number = if value.is_blank() { Some(Decimal::ZERO) } else { as_number(&value) };
            numbers.insert(*at, number?);
        }
        let missed = RefCell::new(false);
        let value = (self.rule.value)(&|at| {
            numbers.get(&at).copied().unwrap_or_else(|| {
                *missed.borrow_mut() = true;
                Decimal::ZERO
            })
        });
        if missed.into_inner() { None } else { value }
    }

    fn shown(&self, filled: &Filled<'_>) -> Vec<(Address, Value)> {
        let mut cells: BTreeSet<Address> = self.rule.cells.iter().copied().collect();
        cells.extend(self.reads.own.keys().copied());
        let value = |at| filled.value(None, at).unwrap_or(Value::Blank);
        cells.into_iter().map(|at| (at, value(at))).filter(|(_, value)| !value.is_blank()).collect()
    }

    fn verdict(&self, tally: Tally) -> Agreement {
        if let Some(alive) = self.best(&tally.hypotheses) {
            if let Some(what) = tally.obstacle {
                return Agreement::Undecided(what);
            }
            if tally.compared < LEAST {
                return undecided("no value to compare", &self.at.to_string());
            }
            return alive;
        }
        let Some(counterexample) = tally.counterexample else {
            return undecided("rounding that differs from value to value", "");
        };
        if !tally.plausible {
            return undecided("differs only on figures unlike the sheet's own", "");
        }
        if self.reads.elsewhere && tally.own_agrees {
            return undecided("reads another sheet", "");
        }
        Agreement::Wrong { counterexample }
    }

    fn best(&self, alive: &[Hypothesis]) -> Option<Agreement> {
        let plain = |decimals| alive.contains(&Hypothesis { factor: Decimal::ONE, decimals });
        if plain(self.rule.decimals) {
            return Some(Agreement::Right);
        }
        if plain(None) {
            return Some(Agreement::RightUnrounded);
        }
        let first = alive.first()?;
        match first.decimals {
            Some(decimals) if first.factor == Decimal::ONE => {
                Some(Agreement::OtherRounding { decimals })
            }
            _ => Some(Agreement::DifferentScale(first.factor)),
        }
    }
}

/// A result that is a guard's and no figure: text always, an empty text or a division by zero
/// where a cell is empty.
fn is_guard(found: &Value, empty: bool) -> bool {
    match found {
        Value::Text(text) if text.is_empty() => empty,
        Value::Text(_) => true,
        Value::Error(name) => empty && &**name == "#DIV/0!",
        _ => false,
    }
}

pub(super) fn as_number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) | Value::Date(number) => Some(*number),
        _ => None,
    }
}

/// A sheet with other values in some of its cells.
struct Filled<'a> {
    base: &'a dyn Source,
    values: &'a HashMap<Address, Value>,
}

impl Source for Filled<'_> {
    fn value(&self, sheet: Option<&str>, at: Address) -> Result<Value, Unsupported> {
        let own = sheet.is_none_or(|sheet| self.base.is_own(sheet));
        match self.values.get(&at) {
            Some(value) if own => Ok(value.clone()),
            _ => self.base.value(sheet, at),
        }
    }

    fn used(&self, sheet: Option<&str>) -> Result<Option<Range>, Unsupported> {
        let used = self.base.used(sheet)?;
        if !sheet.is_none_or(|sheet| self.base.is_own(sheet)) {
            return Ok(used);
        }
        let filled = self.values.keys().map(|at| Range { start: *at, end: *at });
        Ok(used.into_iter().chain(filled).reduce(Range::union))
    }

    fn name(&self, name: &str) -> Result<Option<String>, Unsupported> {
        self.base.name(name)
    }

    fn is_subtotal(&self, sheet: Option<&str>, at: Address) -> bool {
        self.base.is_subtotal(sheet, at)
    }

    fn is_hidden_row(&self, sheet: Option<&str>, row: u32) -> Option<bool> {
        self.base.is_hidden_row(sheet, row)
    }

    fn is_own(&self, sheet: &str) -> bool {
        self.base.is_own(sheet)
    }

    fn is_settled(&self, row: u32) -> bool {
        self.base.is_settled(row)
    }

    fn formula(&self, at: Address) -> Option<Formula> {
        self.base.formula(at)
    }
}

/// Cells with formulas among those of the rule and the formula, and all these read, each after
/// what it needs. Cells in a circle stay values.
fn derived_cells(
    at: Address,
    rule: &ColumnRule<'_>,
    reads: &Reads,
    source: &dyn Source,
) -> Vec<(Address, Formula)> {
    let start = rule.cells.iter().chain(reads.own.keys()).copied();
    let mut pending: Vec<Visit> = start.map(Visit::Enter).collect();
    let mut seen = HashSet::from([at]);
    let mut order = Vec::new();
    let mut read = 0;
    while let Some(visit) = pending.pop() {
        match visit {
            Visit::Leave(at, formula) => order.push((at, *formula)),
            Visit::Enter(at) => {
                if seen.len() > MAX_DERIVED || read > MAX_DERIVED_READS {
                    return Vec::new();
                }
                if !seen.insert(at) {
                    continue;
                }
                let Some(formula) = source.formula(at) else { continue };
                let needed = Reads::of(&formula, source).own;
                read += needed.len();
                pending.push(Visit::Leave(at, Box::new(formula)));
                pending.extend(needed.into_keys().map(Visit::Enter));
            }
        }
    }
    order
}

enum Visit {
    Enter(Address),
    Leave(Address, Box<Formula>),
}

/// Marsaglia's xorshift (2003): the same fills in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 1).unwrap_or(0) % limit
    }

    fn arbitrary(&mut self) -> Decimal {
        Decimal::from(1 + self.below(9_973))
    }

    /// Within three tenths of a value, with its decimals; arbitrary where there is none.
    fn near(&mut self, own: Option<Decimal>) -> Decimal {
        let Some(own) = own.filter(|own| !own.is_zero()) else {
            return Decimal::from(1 + self.below(997));
        };
        let factor = Decimal::new(700 + self.below(600), 3);
        let changed = own.checked_mul(factor).unwrap_or(own).round_dp(own.normalize().scale());
        // A small value must move too: 2 would mostly stay 2.
        let step = Decimal::new(1 + self.below(3), own.normalize().scale());
        if own.is_sign_negative() { changed - step } else { changed + step }
    }
}
