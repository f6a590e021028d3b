//! The table as cells and rules, free of sheets and columns.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

/// A cell, by its place in the order it was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(pub usize);

/// A rule instance, by its place in the order it was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub usize);

/// Largest absolute value of a cell, in its own unit.
pub const MAX_VALUE: i128 = 1_000_000_000_000_000_000;
/// Largest absolute value of a coefficient, a factor or a slack.
pub const MAX_COEFFICIENT: i128 = 1_000_000_000_000;

/// Who wrote a cell, and so whether it can be the wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A figure somebody typed: it may be accused.
    Typed,
    /// A live formula that recomputes the rule this cell is the target of: never accused, it
    /// follows its inputs, and an error in it is looked for there. A stale one is recomputed, but
    /// a table of stale formulas is better recalculated before it comes here.
    Computed,
    /// Nothing was written: free at no cost, any value that fits.
    Missing,
    /// Given from elsewhere: never accused, never changed.
    Fixed,
}

/// The values a cell may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Any whole number of the cell's unit.
    Any,
    /// A whole number of the cell's unit, zero or more: counts, rates.
    NonNegative,
}

/// One cell: what stands in it and what may be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellState {
    /// The figure in whole units of the cell (a rate with two decimals counts hundredths).
    pub value: Option<i128>,
    /// Who wrote it.
    pub kind: CellKind,
    /// The values a proposal may give it.
    pub domain: Domain,
    /// What changing it costs, in changes of an ordinary cell; 0 counts as 1.
    pub weight: u32,
}

impl CellState {
    /// A typed figure that must be whole and not negative.
    #[must_use]
    pub fn typed(value: i128) -> Self {
        Self { value: Some(value), kind: CellKind::Typed, domain: Domain::NonNegative, weight: 1 }
    }

    /// A live formula's figure, whole and not negative.
    #[must_use]
    pub fn computed(value: i128) -> Self {
        Self { kind: CellKind::Computed, ..Self::typed(value) }
    }

    /// A figure that is not in question.
    #[must_use]
    pub fn fixed(value: i128) -> Self {
        Self { kind: CellKind::Fixed, ..Self::typed(value) }
    }

    /// An empty cell.
    #[must_use]
    pub fn missing() -> Self {
        Self { value: None, kind: CellKind::Missing, domain: Domain::NonNegative, weight: 1 }
    }

    /// The same cell, allowed to be negative.
    #[must_use]
    pub fn signed(self) -> Self {
        Self { domain: Domain::Any, ..self }
    }
}

/// `Σ coefficient · cell + constant`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expression {
    /// Cells with their coefficients; a cell named twice has its coefficients added.
    pub terms: Vec<(CellId, i128)>,
    /// What is added to them.
    pub constant: i128,
}

impl Expression {
    /// The cell itself.
    #[must_use]
    pub fn cell(cell: CellId) -> Self {
        Self { terms: vec![(cell, 1)], constant: 0 }
    }

    /// A weighted sum of cells.
    #[must_use]
    pub fn sum(terms: impl IntoIterator<Item = (CellId, i128)>) -> Self {
        Self { terms: terms.into_iter().collect(), constant: 0 }
    }

    pub(super) fn coefficient(&self, cell: CellId) -> i128 {
        self.terms.binary_search_by_key(&cell, |term| term.0).map_or(0, |at| self.terms[at].1)
    }

    fn normalise(&mut self) {
        self.terms.sort_unstable_by_key(|term| term.0);
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
        self.terms.retain(|term| term.1 != 0);
    }

    fn value(&self, of: &impl Fn(CellId) -> Option<i128>) -> Option<i128> {
        self.terms.iter().try_fold(self.constant, |sum, &(cell, coefficient)| {
            sum.checked_add(of(cell)?.checked_mul(coefficient)?)
        })
    }
}

/// What a ratio rule says when its denominator is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZeroDenominator {
    /// Nothing: the rule stays undecided.
    Undecided,
    /// The rate must be 0.
    MustBeZero,
}

/// The statement a rule makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A balance edit: the expression is 0, or within `slack` of 0 where the figures summed are
    /// themselves rounded.
    Linear {
        /// What must be 0.
        expression: Expression,
        /// The distance tolerated.
        slack: i128,
    },
    /// A ratio edit: `rate = round(factor · numerator / denominator)`, halves away from zero.
    Ratio {
        /// The rate's cell.
        rate: CellId,
        /// What is divided.
        numerator: Expression,
        /// What it is divided by.
        denominator: Expression,
        /// Scale as a fraction: `(10_000, 1)` for a per-cent rate in hundredths.
        factor: (i128, i128),
        /// What a zero denominator means.
        zero: ZeroDenominator,
    },
    /// An inequality edit: the expression is not negative.
    Bound {
        /// What must not be negative.
        expression: Expression,
    },
}

/// A rule instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it states.
    pub form: Form,
    /// The cell this rule produces (a total, a rate, a difference), where it produces one.
    pub target: Option<CellId>,
}

impl Rule {
    /// `expression = 0`, producing no cell in particular.
    #[must_use]
    pub fn balance(expression: Expression) -> Self {
        Self { form: Form::Linear { expression, slack: 0 }, target: None }
    }

    /// `target = Σ coefficient · part`.
    #[must_use]
    pub fn total(target: CellId, parts: impl IntoIterator<Item = (CellId, i128)>) -> Self {
        let mut terms: Vec<_> = parts.into_iter().collect();
        terms.push((target, -1));
        Self { target: Some(target), ..Self::balance(Expression { terms, constant: 0 }) }
    }

    /// `rate = round(factor · numerator / denominator)` of two cells.
    #[must_use]
    pub fn ratio(rate: CellId, numerator: CellId, denominator: CellId, factor: i128) -> Self {
        let form = Form::Ratio {
            rate,
            numerator: Expression::cell(numerator),
            denominator: Expression::cell(denominator),
            factor: (factor, 1),
            zero: ZeroDenominator::Undecided,
        };
        Self { form, target: Some(rate) }
    }

    /// `expression ≥ 0`.
    #[must_use]
    pub fn bound(expression: Expression) -> Self {
        Self { form: Form::Bound { expression }, target: None }
    }

    pub(super) fn is_bound(&self) -> bool {
        matches!(self.form, Form::Bound { .. })
    }

    /// The rule's state where `of` gives the cells their values.
    pub(super) fn outcome(&self, of: &impl Fn(CellId) -> Option<i128>) -> Outcome {
        self.outcome_of(&|_, expression| expression.value(of), of)
    }

    /// The rule's state where `part` gives its expressions their values by their place, and `of`
    /// the cells.
    fn outcome_of(
        &self,
        part: &impl Fn(usize, &Expression) -> Option<i128>,
        of: &impl Fn(CellId) -> Option<i128>,
    ) -> Outcome {
        let holds = match &self.form {
            Form::Linear { expression, slack } => {
                part(0, expression).and_then(i128::checked_abs).map(|off| off <= *slack)
            }
            Form::Bound { expression } => part(0, expression).map(|value| value >= 0),
            Form::Ratio { rate, numerator, denominator, factor, zero } => {
                match (of(*rate), part(0, numerator), part(1, denominator)) {
                    (Some(rate), _, Some(0)) => {
                        (*zero == ZeroDenominator::MustBeZero).then_some(rate == 0)
                    }
                    (Some(rate), Some(above), Some(below)) => {
                        rate_holds(rate, above, below, *factor)
                    }
                    _ => None,
                }
            }
        };
        match holds {
            Some(true) => Outcome::Satisfied,
            Some(false) => Outcome::Violated,
            None => Outcome::Undecided,
        }
    }

    fn expressions(&mut self) -> Vec<&mut Expression> {
        match &mut self.form {
            Form::Linear { expression, .. } | Form::Bound { expression } => vec![expression],
            Form::Ratio { numerator, denominator, .. } => vec![numerator, denominator],
        }
    }
}

fn rate_holds(rate: i128, above: i128, below: i128, factor: (i128, i128)) -> Option<bool> {
    let scaled = above.checked_mul(factor.0)?;
    let divisor = below.checked_mul(factor.1)?;
    super::exact::div_round(scaled, divisor).map(|expected| expected == rate)
}

/// The state of a rule: what could not be evaluated never looks like a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It holds, and vouches for its cells.
    Satisfied,
    /// It does not hold.
    Violated,
    /// A cell is missing, a denominator is 0, or a figure is out of reach.
    Undecided,
}

/// Why a problem was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// A rule names a cell that was never added.
    #[error("rule {rule} names cell {cell}, but only {cells} cells were added; add the cell first")]
    UnknownCell {
        /// The rule's place.
        rule: usize,
        /// The cell it names.
        cell: usize,
        /// How many cells there are.
        cells: usize,
    },
    /// A figure is too large to be added up exactly.
    #[error("cell {cell} holds a figure beyond ±10^18 units; give the cell a coarser unit")]
    ValueTooLarge {
        /// The cell's place.
        cell: usize,
    },
    /// A coefficient, a factor or a slack is out of range.
    #[error("rule {rule} has a coefficient, factor or slack out of range; rescale its cells")]
    CoefficientOutOfRange {
        /// The rule's place.
        rule: usize,
    },
}

/// Collects cells and rules.
#[derive(Debug, Clone, Default)]
pub struct ProblemBuilder {
    cells: Vec<CellState>,
    rules: Vec<Rule>,
    loose: BTreeSet<RuleId>,
}

impl ProblemBuilder {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a cell.
    pub fn cell(&mut self, state: CellState) -> CellId {
        self.cells.push(state);
        CellId(self.cells.len() - 1)
    }

    /// Adds a rule.
    pub fn rule(&mut self, rule: Rule) -> RuleId {
        self.rules.push(rule);
        RuleId(self.rules.len() - 1)
    }

    /// Says of a rule that it confirms no figure exactly, whatever it implies: its figures may have been
    /// worked out from each other, so that one that was mistyped is borne out by them.
    pub fn loosen(&mut self, rule: RuleId) {
        self.loose.insert(rule);
    }

    /// Checks and indexes the table.
    ///
    /// # Errors
    /// A rule that names an unknown cell, or figures too large for exact arithmetic.
    pub fn build(self) -> Result<Problem, ProblemError> {
        for (cell, state) in self.cells.iter().enumerate() {
            if state.value.is_some_and(|value| value.abs() > MAX_VALUE) {
                return Err(ProblemError::ValueTooLarge { cell });
            }
        }
        let mut rules = self.rules;
        for (at, rule) in rules.iter_mut().enumerate() {
            check_rule(at, rule, self.cells.len())?;
        }
        Ok(Problem::index(self.cells, rules, self.loose))
    }
}

fn check_rule(at: usize, rule: &mut Rule, cells: usize) -> Result<(), ProblemError> {
    let in_range = |value: i128| (-MAX_COEFFICIENT..=MAX_COEFFICIENT).contains(&value);
    let mut sound = match &mut rule.form {
        Form::Linear { slack, .. } => in_range(*slack) && *slack >= 0,
        Form::Ratio { factor, .. } => in_range(factor.0) && in_range(factor.1) && factor.1 > 0,
        Form::Bound { .. } => true,
    };
    for expression in rule.expressions() {
        expression.normalise();
        sound &= expression.constant.checked_abs().is_some_and(|value| value <= MAX_VALUE);
        sound &= expression.terms.iter().all(|term| in_range(term.1));
    }
    if !sound {
        return Err(ProblemError::CoefficientOutOfRange { rule: at });
    }
    match cells_of(rule).into_iter().chain(rule.target).find(|cell| cell.0 >= cells) {
        Some(cell) => Err(ProblemError::UnknownCell { rule: at, cell: cell.0, cells }),
        None => Ok(()),
    }
}

fn cells_of(rule: &Rule) -> Vec<CellId> {
    let of = |expression: &Expression| expression.terms.iter().map(|term| term.0).collect();
    let mut cells: Vec<CellId> = match &rule.form {
        Form::Linear { expression, .. } | Form::Bound { expression } => of(expression),
        Form::Ratio { rate, numerator, denominator, .. } => {
            let mut cells: Vec<CellId> = of(numerator);
            cells.extend::<Vec<CellId>>(of(denominator));
            cells.push(*rate);
            cells
        }
    };
    cells.sort_unstable();
    cells.dedup();
    cells
}

/// A table ready to be searched; the whole table is one record.
#[derive(Debug, Clone)]
pub struct Problem {
    cells: Vec<CellState>,
    rules: Vec<Rule>,
    rule_cells: Vec<Vec<CellId>>,
    cell_rules: Vec<Vec<RuleId>>,
    outcomes: Vec<Outcome>,
    /// Value of every rule's expressions over the cells that hold a figure.
    known: Vec<[Option<i128>; 2]>,
    target_of: Vec<Option<RuleId>>,
    missing_in: Vec<Vec<CellId>>,
    loose: BTreeSet<RuleId>,
}

impl Problem {
    fn index(cells: Vec<CellState>, rules: Vec<Rule>, loose: BTreeSet<RuleId>) -> Self {
        let rule_cells: Vec<Vec<CellId>> = rules.iter().map(cells_of).collect();
        let mut cell_rules = vec![Vec::new(); cells.len()];
        let mut target_of = vec![None; cells.len()];
        for (at, rule) in rules.iter().enumerate() {
            for cell in &rule_cells[at] {
                cell_rules[cell.0].push(RuleId(at));
            }
            if let Some(target) = rule.target {
                target_of[target.0].get_or_insert(RuleId(at));
            }
        }
        let value = |cell: CellId| cells[cell.0].value;
        let outcomes = rules.iter().map(|rule| rule.outcome(&value)).collect();
        let present = |cell: CellId| Some(cells[cell.0].value.unwrap_or(0));
        let known = rules.iter().map(|rule| known_parts(rule, &present)).collect();
        let missing = |cell: &CellId| cells[cell.0].value.is_none();
        let missing_in = rule_cells
            .iter()
            .map(|members| members.iter().copied().filter(missing).collect())
            .collect();
        Self { cells, rules, rule_cells, cell_rules, outcomes, known, target_of, missing_in, loose }
    }

    /// The cells, in the order they were added.
    #[must_use]
    pub fn cells(&self) -> &[CellState] {
        &self.cells
    }

    /// The rules, in the order they were added.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The state of a rule over the figures as they stand.
    ///
    /// # Panics
    /// When the rule is not of this problem.
    #[must_use]
    pub fn outcome(&self, rule: RuleId) -> Outcome {
        self.outcomes[rule.0]
    }

    /// The state of a rule once some cells hold other values.
    ///
    /// # Panics
    /// When the rule is not of this problem.
    #[must_use]
    pub fn outcome_with(&self, rule: RuleId, changed: &[(CellId, i128)]) -> Outcome {
        let new = |cell: CellId| changed.iter().find(|change| change.0 == cell).map(|c| c.1);
        let value = |cell: CellId| new(cell).or(self.cells[cell.0].value);
        let unfilled = |cell: &CellId| new(*cell).is_none();
        let parts = self.known[rule.0];
        if parts[0].is_none() || self.missing_in[rule.0].iter().any(unfilled) {
            return self.rules[rule.0].outcome(&value);
        }
        // A sum over a whole column is known but for what changes in it.
        let part = |at: usize, expression: &Expression| {
            let change = |(at, (cell, new)): (usize, &(CellId, i128))| {
                let known = changed[..at].iter().any(|earlier| earlier.0 == *cell);
                let old = self.cells.get(cell.0)?.value.unwrap_or(0);
                let coefficient = if known { 0 } else { expression.coefficient(*cell) };
                new.checked_sub(old)?.checked_mul(coefficient)
            };
            let mut differences = changed.iter().enumerate().map(change);
            differences.try_fold(parts[at]?, |sum, change| sum.checked_add(change?))
        };
        self.rules[rule.0].outcome_of(&part, &value)
    }

    /// True where a rule is violated once some cells hold other values and one of them holds this.
    pub(super) fn refutes(
        &self,
        rule: RuleId,
        changed: &[(CellId, i128)],
        new: (CellId, i128),
    ) -> bool {
        let others = changed.iter().copied().filter(|change| change.0 != new.0);
        let values: Vec<_> = others.chain([new]).collect();
        self.outcome_with(rule, &values) == Outcome::Violated
    }

    /// True where a rule allows a cell no value so far off on either side.
    pub(super) fn holds_within(
        &self,
        rule: RuleId,
        changed: &[(CellId, i128)],
        (cell, value): (CellId, i128),
        step: i128,
    ) -> bool {
        let beside = [value - step, value + step];
        beside.into_iter().all(|beside| self.refutes(rule, changed, (cell, beside)))
    }

    /// The cells a rule speaks of, in order.
    ///
    /// # Panics
    /// When the rule is not of this problem.
    #[must_use]
    pub fn cells_in(&self, rule: RuleId) -> &[CellId] {
        &self.rule_cells[rule.0]
    }

    /// The rules that speak of a cell, in order.
    ///
    /// # Panics
    /// When the cell is not of this problem.
    #[must_use]
    pub fn rules_on(&self, cell: CellId) -> &[RuleId] {
        &self.cell_rules[cell.0]
    }

    /// The same problem with other figures in some cells.
    pub(super) fn with_values(&self, values: &BTreeMap<CellId, i128>) -> Self {
        let mut cells = self.cells.clone();
        for (cell, value) in values {
            cells[cell.0].value = Some(*value);
        }
        Self::index(cells, self.rules.clone(), self.loose.clone())
    }

    pub(super) fn state(&self, cell: CellId) -> &CellState {
        &self.cells[cell.0]
    }

    pub(super) fn rule(&self, rule: RuleId) -> &Rule {
        &self.rules[rule.0]
    }

    /// True for an equality without slack: it can settle a figure.
    pub(super) fn is_exact(&self, rule: RuleId) -> bool {
        match self.rule(rule).form {
            Form::Linear { slack, .. } => slack == 0,
            Form::Ratio { .. } => true,
            Form::Bound { .. } => false,
        }
    }

    /// True for a rule that confirms no figure exactly.
    pub(super) fn is_loose(&self, rule: RuleId) -> bool {
        self.loose.contains(&rule)
    }

    pub(super) fn known(&self, rule: RuleId) -> [Option<i128>; 2] {
        self.known[rule.0]
    }

    pub(super) fn missing_in(&self, rule: RuleId) -> &[CellId] {
        &self.missing_in[rule.0]
    }

    pub(super) fn producer(&self, cell: CellId) -> Option<RuleId> {
        self.target_of[cell.0]
    }

    pub(super) fn rule_ids(&self) -> impl Iterator<Item = RuleId> + use<> {
        (0..self.rules.len()).map(RuleId)
    }
}

fn known_parts(rule: &Rule, of: &impl Fn(CellId) -> Option<i128>) -> [Option<i128>; 2] {
    match &rule.form {
        Form::Linear { expression, .. } | Form::Bound { expression } => {
            [expression.value(of), None]
        }
        Form::Ratio { numerator, denominator, .. } => [numerator.value(of), denominator.value(of)],
    }
}
