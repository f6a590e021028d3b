//! Can a set of freed cells make every rule hold, all other cells kept? Exactly, or with a proof
//! that more cells must change.
//!
//! Balance edits are eliminated over the integers (fraction-free), then every rule tightens the
//! ranges of the freed cells; a printed rate is a half-open interval for its count. Each row
//! carries the rules it came from, so that a contradiction names the rules that prove it: one of
//! their other cells must change as well. Whatever would overflow is left out, which can only make
//! a set look feasible, never refute one.

use super::exact::{div_ceil, div_floor, div_round, gcd};
use super::problem::{
    CellId, Domain, Expression, Form, MAX_VALUE, Outcome, Problem, RuleId, ZeroDenominator,
};

/// Most cells solved for together; rules that would bring in more are left out.
const MAX_VARIABLES: usize = 64;
/// Most unknown figures of a rule that is still asked for them: of more it settles none.
const MAX_UNKNOWN: usize = 8;
/// Passes over the rows before ranges that creep together are left as they are.
const MAX_SWEEPS: usize = 24;
/// Ranges up to this width are tried value by value.
const MAX_WIDTH: i128 = 32;
/// Rules up to this length are tried first: a short proof leaves few cells to branch on.
const SHORT: usize = 12;
/// Trials spent on one set in search of a witness.
const WITNESS_TRIALS: usize = 96;

/// The rules in force during a search.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) problem: &'a Problem,
    in_force: &'a dyn Fn(RuleId) -> bool,
}

impl<'a> Scope<'a> {
    pub(super) fn new(problem: &'a Problem, in_force: &'a dyn Fn(RuleId) -> bool) -> Self {
        Self { problem, in_force }
    }

    pub(super) fn has(&self, rule: RuleId) -> bool {
        (self.in_force)(rule)
    }
}

/// A freed cell and the values left to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Freed {
    pub(super) cell: CellId,
    pub(super) low: Option<i128>,
    pub(super) high: Option<i128>,
    pub(super) value: Option<i128>,
}

/// What became of a set of freed cells.
#[derive(Debug, Clone)]
pub(super) enum Feasibility {
    /// The rules can hold; `proved` when values that make them hold were found.
    Holds { freed: Vec<Freed>, proved: bool },
    /// Each of these lists of rules proves that another of their cells must change.
    Conflict(Vec<Vec<RuleId>>),
}

/// The rules behind a row, one bit each; the last bit stands for all beyond 127.
type Why = u128;

fn bit(at: usize) -> Why {
    1 << at.min(127)
}

#[derive(Debug, Clone, Copy)]
struct Variable {
    low: i128,
    high: i128,
    low_why: Why,
    high_why: Why,
}

impl Variable {
    fn fixed(&self) -> Option<i128> {
        (self.low == self.high).then_some(self.low)
    }

    fn why(&self) -> Why {
        self.low_why | self.high_why
    }
}

/// `Σ coefficient · variable + constant`, with the rules it follows from.
#[derive(Debug, Clone)]
struct Row {
    coefficients: Vec<i128>,
    constant: i128,
    why: Why,
}

impl Row {
    fn is_constant(&self) -> bool {
        self.coefficients.iter().all(|&coefficient| coefficient == 0)
    }

    /// `self · a + other · b + plus`.
    fn combine(&self, a: i128, other: &Self, b: i128, plus: i128) -> Option<Self> {
        let mix = |x: i128, y: i128| x.checked_mul(a)?.checked_add(y.checked_mul(b)?);
        let pairs = self.coefficients.iter().zip(&other.coefficients);
        let coefficients = pairs.map(|(&x, &y)| mix(x, y)).collect::<Option<Vec<_>>>()?;
        let constant = mix(self.constant, other.constant)?.checked_add(plus)?;
        Some(Self { coefficients, constant, why: self.why | other.why })
    }

    fn divisor(&self) -> i128 {
        self.coefficients.iter().fold(0, |divisor, &coefficient| gcd(divisor, coefficient))
    }

    fn reduced(mut self) -> Self {
        let divisor = gcd(self.divisor(), self.constant);
        if divisor > 1 {
            self.coefficients.iter_mut().for_each(|coefficient| *coefficient /= divisor);
            self.constant /= divisor;
        }
        self
    }

    fn negated(&self) -> Self {
        let coefficients = self.coefficients.iter().map(|c| c.saturating_neg()).collect();
        Self { coefficients, constant: self.constant.saturating_neg(), why: self.why }
    }
}

#[derive(Debug, Default)]
struct Rows {
    /// Rows that are 0.
    equal: Vec<Row>,
    /// Rows that are not negative.
    at_least: Vec<Row>,
}

/// The cells solved for and the rules they take part in, short rules first.
struct Frame<'a> {
    problem: &'a Problem,
    cells: Vec<CellId>,
    rules: Vec<RuleId>,
}

/// Decides a set of freed cells (sorted), short rules first so that proofs stay short.
pub(super) fn check(scope: &Scope<'_>, freed: &[CellId], required: &[RuleId]) -> Feasibility {
    let untouched = untouched(scope.problem, freed, required);
    let is_short = |rule: RuleId| scope.problem.cells_in(rule).len() <= SHORT;
    match untouched {
        None => decide(scope, freed),
        Some(rule) if is_short(rule) => Feasibility::Conflict(vec![vec![rule]]),
        // A rule over a whole column leaves a thousand cells to branch on: what was freed so far may
        // be refuted by fewer.
        Some(rule) => match decide(scope, freed) {
            Feasibility::Conflict(mut proofs) => {
                proofs.push(vec![rule]);
                Feasibility::Conflict(proofs)
            }
            Feasibility::Holds { .. } => Feasibility::Conflict(vec![vec![rule]]),
        },
    }
}

fn decide(scope: &Scope<'_>, freed: &[CellId]) -> Feasibility {
    if let [cell] = freed
        && let Some(decided) = decide_one(scope, *cell)
    {
        return decided;
    }
    let whole = Frame::around(scope, freed, usize::MAX);
    let lengthy =
        whole.rules.last().is_some_and(|&rule| scope.problem.cells_in(rule).len() > SHORT);
    if lengthy {
        let short = Frame::around(scope, freed, SHORT);
        if let Err(why) = short.solve(&mut short.start()) {
            return Feasibility::Conflict(vec![short.rules_behind(why)]);
        }
    }
    let mut variables = whole.start();
    match whole.solve(&mut variables) {
        Err(why) => Feasibility::Conflict(vec![whole.rules_behind(why)]),
        Ok(()) => whole.conclude(&variables),
    }
}

/// The short rules that leave a freed cell no other figure than it has, all their other cells kept:
/// where it is to change, one of these must change as well.
pub(super) fn keeping(scope: &Scope<'_>, freed: &[CellId], cell: CellId) -> Vec<RuleId> {
    let problem = scope.problem;
    let alone = |rule: RuleId| {
        let cells = problem.cells_in(rule).iter();
        cells.filter(|other| freed.binary_search(other).is_ok()).count() == 1
    };
    let keeps = |rule: &RuleId| {
        scope.has(*rule)
            && problem.cells_in(*rule).len() <= SHORT
            && problem.missing_in(*rule).is_empty()
            && problem.outcome(*rule) == Outcome::Satisfied
            && alone(*rule)
            && fixes(problem, *rule, cell)
    };
    problem.rules_on(cell).iter().copied().filter(keeps).collect()
}

/// True where a rule that holds would be broken by any other figure of one of its cells.
fn fixes(problem: &Problem, rule: RuleId, cell: CellId) -> bool {
    match &problem.rule(rule).form {
        Form::Linear { expression, slack } => *slack == 0 && expression.coefficient(cell) != 0,
        Form::Bound { .. } => false,
        // A quotient only rises or only falls with either of its parts.
        Form::Ratio { rate, numerator, denominator, .. } => {
            let parts = [
                *rate == cell,
                numerator.coefficient(cell) != 0,
                denominator.coefficient(cell) != 0,
            ];
            let once = parts.into_iter().filter(|part| *part).count() == 1;
            let stood = problem.state(cell).value;
            once && stood.is_some_and(|stood| problem.holds_within(rule, &[], (cell, stood), 1))
        }
    }
}

/// Decides a single cell that a sum gives one value: the other rules hold with it or not. `None` where
/// that is not all there is to it.
fn decide_one(scope: &Scope<'_>, cell: CellId) -> Option<Feasibility> {
    let problem = scope.problem;
    let rules = problem.rules_on(cell).iter().copied().filter(|rule| scope.has(*rule));
    let mut rules: Vec<RuleId> = rules.collect();
    rules.sort_unstable_by_key(|&rule| (problem.cells_in(rule).len(), rule));
    let stood = problem.state(cell).value?;
    let (sum, value) = rules.iter().find_map(|rule| {
        let Form::Linear { expression, slack: 0 } = &problem.rule(*rule).form else { return None };
        let (coefficient, off) = (expression.coefficient(cell), problem.known(*rule)[0]?);
        let fits = coefficient != 0 && off % coefficient == 0;
        fits.then(|| Some((*rule, stood.checked_sub(off / coefficient)?)))?
    })?;
    let is_short = |rule: RuleId| problem.cells_in(rule).len() <= SHORT;
    // Short rules that hold as the figure stands do not contradict each other.
    let plain = |rule: &RuleId| {
        problem.missing_in(*rule).is_empty()
            && (!is_short(*rule) || is_short(sum) || problem.outcome(*rule) == Outcome::Satisfied)
    };
    let possible =
        value.abs() < MAX_VALUE && (value >= 0 || problem.state(cell).domain == Domain::Any);
    if !possible || !rules.iter().all(plain) {
        return None;
    }
    let with = |rule: &RuleId| problem.outcome_with(*rule, &[(cell, value)]);
    if rules.iter().any(|rule| with(rule) == Outcome::Undecided) {
        return None;
    }
    Some(if let Some(broken) = rules.iter().find(|rule| with(rule) == Outcome::Violated) {
        Feasibility::Conflict(vec![vec![sum, *broken]])
    } else {
        let settled = Freed { cell, low: Some(value), high: Some(value), value: Some(value) };
        Feasibility::Holds { freed: vec![settled], proved: true }
    })
}

fn untouched(problem: &Problem, freed: &[CellId], required: &[RuleId]) -> Option<RuleId> {
    let free = |cell: &CellId| freed.binary_search(cell).is_ok();
    let kept = |rule: &&RuleId| {
        !problem.cells_in(**rule).iter().any(free) && problem.missing_in(**rule).is_empty()
    };
    required.iter().find(kept).copied()
}

impl<'a> Frame<'a> {
    fn around(scope: &Scope<'a>, freed: &[CellId], longest: usize) -> Self {
        let problem = scope.problem;
        let (mut cells, mut rules) = (freed.to_vec(), Vec::new());
        let mut next = 0;
        while next < cells.len() {
            for &rule in problem.rules_on(cells[next]) {
                let apt = scope.has(rule) && problem.cells_in(rule).len() <= longest;
                if apt && !rules.contains(&rule) && admit(problem, rule, &mut cells) {
                    rules.push(rule);
                }
            }
            next += 1;
        }
        rules.sort_unstable_by_key(|&rule| (problem.cells_in(rule).len(), rule));
        Self { problem, cells, rules }
    }

    fn start(&self) -> Vec<Variable> {
        let unbounded = Variable { low: -MAX_VALUE, high: MAX_VALUE, low_why: 0, high_why: 0 };
        let start = |cell: &CellId| match self.problem.state(*cell).domain {
            Domain::Any => unbounded,
            Domain::NonNegative => Variable { low: 0, ..unbounded },
        };
        self.cells.iter().map(start).collect()
    }

    fn rules_behind(&self, why: Why) -> Vec<RuleId> {
        let behind = |at: &usize| why & bit(*at) != 0;
        (0..self.rules.len()).filter(behind).map(|at| self.rules[at]).collect()
    }

    /// Tightens until nothing more is settled; the error names the rules that contradict.
    fn solve(&self, variables: &mut [Variable]) -> Result<(), Why> {
        let settled = |variables: &[Variable]| {
            variables.iter().filter(|variable| variable.fixed().is_some()).count()
        };
        for _ in 0..=self.cells.len() {
            let before = settled(variables);
            let rows = self.rows(variables)?;
            propagate(&rows.equal, &rows.at_least, variables)?;
            let reduced = eliminate(&rows.equal, self.cells.len())?;
            propagate(&reduced, &rows.at_least, variables)?;
            if settled(variables) == before {
                return Ok(());
            }
        }
        Ok(())
    }

    fn rows(&self, variables: &[Variable]) -> Result<Rows, Why> {
        let mut rows = Rows::default();
        for at in 0..self.rules.len() {
            self.add_rule(at, variables, &mut rows);
        }
        let broken = |row: &&Row| row.is_constant() && row.constant != 0;
        let negative = |row: &&Row| row.is_constant() && row.constant < 0;
        let fault = rows.equal.iter().find(broken);
        match fault.or_else(|| rows.at_least.iter().find(negative)) {
            Some(row) => Err(row.why),
            None => Ok(rows),
        }
    }

    fn add_rule(&self, at: usize, variables: &[Variable], rows: &mut Rows) {
        let rule = self.rules[at];
        let known = self.problem.known(rule);
        match &self.problem.rule(rule).form {
            Form::Linear { expression, slack } => {
                let Some(row) = self.row(at, expression, known[0], variables) else { return };
                if *slack == 0 {
                    rows.equal.push(row);
                    return;
                }
                let mut lower = row.negated();
                lower.constant = lower.constant.saturating_add(*slack);
                let upper = Row { constant: row.constant.saturating_add(*slack), ..row };
                rows.at_least.extend([lower, upper]);
            }
            Form::Bound { expression } => {
                rows.at_least.extend(self.row(at, expression, known[0], variables));
            }
            Form::Ratio { rate, numerator, denominator, factor, zero } => {
                let above = self.row(at, numerator, known[0], variables);
                let below = self.row(at, denominator, known[1], variables);
                let (Some(above), Some(below)) = (above, below) else { return };
                let ratio = Ratio {
                    rate: self.rate(at, *rate, variables),
                    above,
                    below,
                    factor: *factor,
                    zero: *zero,
                    sign: self.sign(rule, denominator, known[1]),
                };
                ratio.add_rows(rows);
            }
        }
    }

    /// The expression over the unsettled cells; `known` is its value over the figures that stand.
    fn row(
        &self,
        at: usize,
        expression: &Expression,
        known: Option<i128>,
        variables: &[Variable],
    ) -> Option<Row> {
        let mut row =
            Row { coefficients: vec![0; variables.len()], constant: known?, why: bit(at) };
        for (place, (cell, variable)) in self.cells.iter().zip(variables).enumerate() {
            let coefficient = expression.coefficient(*cell);
            if coefficient == 0 {
                continue;
            }
            let stood = self.problem.state(*cell).value.unwrap_or(0);
            let now = variable.fixed().unwrap_or(0);
            let change = coefficient.checked_mul(now - stood)?;
            row.constant = row.constant.checked_add(change)?;
            if variable.fixed().is_some() {
                row.why |= variable.why();
            } else {
                row.coefficients[place] = coefficient;
            }
        }
        Some(row)
    }

    /// The sign a denominator must have: positive for a sum of figures that cannot be negative,
    /// else the one it has.
    fn sign(&self, rule: RuleId, denominator: &Expression, known: Option<i128>) -> i128 {
        let positive = |&(cell, coefficient): &(CellId, i128)| {
            coefficient > 0 && self.problem.state(cell).domain == Domain::NonNegative
        };
        let natural = denominator.constant >= 0 && denominator.terms.iter().all(positive);
        if known == Some(0) && self.problem.missing_in(rule).is_empty() {
            0
        } else if natural || !self.problem.missing_in(rule).is_empty() {
            1
        } else {
            known.map_or(1, i128::signum)
        }
    }

    fn rate(&self, at: usize, cell: CellId, variables: &[Variable]) -> Rate {
        let Some(place) = self.cells.iter().position(|&other| other == cell) else {
            let value = self.problem.state(cell).value.unwrap_or(0);
            return Rate { place: None, low: value, high: value, why: bit(at) };
        };
        let variable = variables[place];
        let place = variable.fixed().is_none().then_some(place);
        Rate { place, low: variable.low, high: variable.high, why: bit(at) | variable.why() }
    }

    fn conclude(&self, variables: &[Variable]) -> Feasibility {
        let mut trial = Trials { frame: self, left: WITNESS_TRIALS, found: Vec::new() };
        let exhausted = trial.enumerate(variables);
        let found = trial.found;
        if exhausted && found.is_empty() {
            return Feasibility::Conflict(vec![self.rules.clone()]);
        }
        let sole = (exhausted && found.len() == 1).then(|| found[0].clone());
        let freed = (0..self.cells.len()).map(|place| Freed {
            cell: self.cells[place],
            low: Some(variables[place].low).filter(|&low| low > -MAX_VALUE),
            high: Some(variables[place].high).filter(|&high| high < MAX_VALUE),
            value: sole.as_ref().map(|values| values[place]).or(variables[place].fixed()),
        });
        Feasibility::Holds { freed: freed.collect(), proved: !found.is_empty() }
    }

    /// A denominator that became 0 would silence its rule instead of mending it.
    fn speaks(&self, values: &[i128]) -> bool {
        let changed: Vec<_> = self.cells.iter().copied().zip(values.iter().copied()).collect();
        self.rules.iter().all(|&rule| match self.problem.outcome_with(rule, &changed) {
            Outcome::Satisfied => true,
            Outcome::Violated => false,
            Outcome::Undecided => self.problem.outcome(rule) == Outcome::Undecided,
        })
    }
}

/// True for a rule that may tell the unknown figures it reads.
pub(super) fn is_tractable(problem: &Problem, rule: RuleId) -> bool {
    problem.missing_in(rule).len() <= MAX_UNKNOWN
}

fn admit(problem: &Problem, rule: RuleId, cells: &mut Vec<CellId>) -> bool {
    let brings = |cell: &&CellId| !cells.contains(cell);
    let missing: Vec<CellId> = problem.missing_in(rule).iter().filter(brings).copied().collect();
    let fits = missing.is_empty()
        || is_tractable(problem, rule) && cells.len() + missing.len() <= MAX_VARIABLES;
    if fits {
        cells.extend(missing);
    }
    fits
}

/// A rate's figure: settled, or a range with its place among the variables.
struct Rate {
    place: Option<usize>,
    low: i128,
    high: i128,
    why: Why,
}

struct Ratio {
    rate: Rate,
    above: Row,
    below: Row,
    factor: (i128, i128),
    zero: ZeroDenominator,
    /// Sign of the denominator; 0 when it stands at 0 and says nothing.
    sign: i128,
}

impl Ratio {
    fn add_rows(&self, rows: &mut Rows) {
        if !self.below.is_constant() {
            if self.sign != 0 {
                self.add_positive_denominator(rows);
                self.add_interval(self.sign, rows);
            }
        } else if self.below.constant == 0 {
            if self.zero == ZeroDenominator::MustBeZero {
                self.add_rate(0, rows);
            }
        } else if self.above.is_constant() {
            let scaled = self.above.constant.checked_mul(self.factor.0);
            let divisor = self.below.constant.checked_mul(self.factor.1);
            let expected = scaled.zip(divisor).and_then(|(a, b)| div_round(a, b));
            if let Some(expected) = expected {
                self.add_rate(expected, rows);
            }
        } else {
            self.add_interval(self.below.constant.signum(), rows);
        }
    }

    fn add_rate(&self, expected: i128, rows: &mut Rows) {
        let mut coefficients = vec![0; self.above.coefficients.len()];
        let why = self.above.why | self.below.why | self.rate.why;
        let constant = match self.rate.place {
            Some(place) => {
                coefficients[place] = 1;
                -expected
            }
            None => self.rate.low - expected,
        };
        // An unsettled rate is set by the other cells alone, whatever narrowed it so far.
        let why = if self.rate.place.is_some() { self.above.why | self.below.why } else { why };
        rows.equal.push(Row { coefficients, constant, why });
    }

    fn add_positive_denominator(&self, rows: &mut Rows) {
        if let Some(row) = self.below.combine(self.sign, &self.below, 0, -1) {
            rows.at_least.push(row);
        }
    }

    /// `2r − 1 ≤ 2·factor·n/d < 2r + 1`, the open end away from zero.
    fn add_interval(&self, sign: i128, rows: &mut Rows) {
        let (low, high) = (self.rate.low, self.rate.high);
        let side = |edge: i128, upper: bool, open: bool| {
            let flip = if upper { -sign } else { sign };
            let above = self.factor.0.checked_mul(2)?.checked_mul(flip)?;
            let below = edge.checked_mul(self.factor.1)?.checked_mul(-flip)?;
            let mut row = self.above.combine(above, &self.below, below, -i128::from(open))?;
            row.why |= self.rate.why;
            Some(row)
        };
        if low > -MAX_VALUE {
            rows.at_least.extend(side(2 * low - 1, false, low <= 0));
        }
        if high < MAX_VALUE {
            rows.at_least.extend(side(2 * high + 1, true, high >= 0));
        }
    }
}

/// Fraction-free Gauss–Jordan elimination; the error is a contradiction among balance edits.
fn eliminate(equal: &[Row], variables: usize) -> Result<Vec<Row>, Why> {
    let mut rows: Vec<Row> = equal.iter().filter(|row| !row.is_constant()).cloned().collect();
    let mut top = 0;
    for place in 0..variables {
        let Some(at) = (top..rows.len()).find(|&at| rows[at].coefficients[place] != 0) else {
            continue;
        };
        rows[top..=at].rotate_right(1);
        let pivot = rows[top].clone();
        clear_column(&mut rows, top, place, &pivot);
        top += 1;
    }
    let impossible = |row: &&Row| match row.divisor() {
        0 => row.constant != 0,
        divisor => row.constant % divisor != 0,
    };
    match rows.iter().filter(impossible).min_by_key(|row| row.why.count_ones()) {
        Some(row) => Err(row.why),
        None => Ok(rows),
    }
}

fn clear_column(rows: &mut [Row], top: usize, place: usize, pivot: &Row) {
    let lead = pivot.coefficients[place];
    for (at, row) in rows.iter_mut().enumerate() {
        let own = row.coefficients[place];
        if at == top || own == 0 {
            continue;
        }
        let common = gcd(lead, own).max(1);
        let mixed = row.combine(lead / common, pivot, (own / common).saturating_neg(), 0);
        // Beyond exact reach the row is dropped: it then refutes nothing.
        *row = mixed.map_or_else(|| empty(row.coefficients.len()), Row::reduced);
    }
}

fn empty(variables: usize) -> Row {
    Row { coefficients: vec![0; variables], constant: 0, why: 0 }
}

fn propagate(equal: &[Row], at_least: &[Row], variables: &mut [Variable]) -> Result<(), Why> {
    let negated: Vec<Row> = equal.iter().map(Row::negated).collect();
    for _ in 0..MAX_SWEEPS {
        let mut changed = false;
        for row in equal.iter().chain(&negated).chain(at_least) {
            changed |= tighten(row, variables)?;
        }
        if !changed {
            break;
        }
    }
    Ok(())
}

/// Largest contribution a variable can make to a row, and why not more.
fn largest(coefficient: i128, variable: &Variable) -> Option<(i128, Why)> {
    if coefficient > 0 {
        Some((coefficient.checked_mul(variable.high)?, variable.high_why))
    } else {
        Some((coefficient.checked_mul(variable.low)?, variable.low_why))
    }
}

fn tighten(row: &Row, variables: &mut [Variable]) -> Result<bool, Why> {
    let mut changed = false;
    for place in 0..variables.len() {
        let coefficient = row.coefficients[place];
        if coefficient == 0 {
            continue;
        }
        let Some((rest, why)) = rest_of(row, place, variables) else { continue };
        let Some(rest) = rest.checked_neg() else { continue };
        let variable = &mut variables[place];
        if coefficient > 0 {
            let Some(low) = div_ceil(rest, coefficient) else { continue };
            if low > variable.low {
                (variable.low, variable.low_why, changed) = (low, why, true);
            }
        } else {
            let Some(high) = div_floor(rest, coefficient) else { continue };
            if high < variable.high {
                (variable.high, variable.high_why, changed) = (high, why, true);
            }
        }
        if variable.low > variable.high {
            return Err(variable.why());
        }
    }
    Ok(changed)
}

fn rest_of(row: &Row, place: usize, variables: &[Variable]) -> Option<(i128, Why)> {
    let mut rest = (row.constant, row.why);
    for (other, variable) in variables.iter().enumerate() {
        let coefficient = row.coefficients[other];
        if other == place || coefficient == 0 {
            continue;
        }
        let (most, why) = largest(coefficient, variable)?;
        rest = (rest.0.checked_add(most)?, rest.1 | why);
    }
    Some(rest)
}

/// Looks for values that make every rule hold, and for a second set of them.
struct Trials<'f, 'p> {
    frame: &'f Frame<'p>,
    left: usize,
    found: Vec<Vec<i128>>,
}

impl Trials<'_, '_> {
    /// Whether every possibility was looked at.
    fn enumerate(&mut self, variables: &[Variable]) -> bool {
        let open = (0..variables.len()).filter(|&place| variables[place].fixed().is_none());
        let width = |place: &usize| variables[*place].high - variables[*place].low;
        let Some(place) = open.min_by_key(width) else {
            let values: Vec<i128> = variables.iter().map(|variable| variable.low).collect();
            if self.frame.speaks(&values) {
                self.found.push(values);
            }
            return true;
        };
        let (candidates, mut exhaustive) = self.candidates(place, &variables[place]);
        for value in candidates {
            if self.found.len() >= 2 || self.left == 0 {
                return false;
            }
            self.left -= 1;
            exhaustive &= self.attempt(variables, place, value);
        }
        exhaustive
    }

    fn attempt(&mut self, variables: &[Variable], place: usize, value: i128) -> bool {
        let mut trial = variables.to_vec();
        (trial[place].low, trial[place].high) = (value, value);
        self.frame.solve(&mut trial).is_err() || self.enumerate(&trial)
    }

    fn candidates(&self, place: usize, variable: &Variable) -> (Vec<i128>, bool) {
        let (low, high) = (variable.low, variable.high);
        if high - low <= MAX_WIDTH {
            return ((low..=high).collect(), true);
        }
        let stood = self.frame.problem.state(self.frame.cells[place]).value.unwrap_or(0);
        let mut tried = vec![stood, stood + 1, stood - 1, low, high, low + (high - low) / 2];
        tried.retain(|value| (low..=high).contains(value));
        tried.dedup();
        (tried, false)
    }
}
