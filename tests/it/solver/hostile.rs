//! Localization over arbitrary rules and extreme figures: no panic, bounded work, no false repair.

use proptest::prelude::*;
use soatbieu::solver::{
    CellId, CellKind, CellState, Domain, Explanation, Expression, Form, Limits, MAX_COEFFICIENT,
    MAX_VALUE, Outcome, Problem, ProblemBuilder, ProblemError, Rule, RuleId, ZeroDenominator,
    localize,
};

const CELLS: usize = 9;

fn figure() -> impl Strategy<Value = i128> {
    prop_oneof![
        4 => -20_i128..40,
        2 => 0_i128..5_000,
        1 => Just(MAX_VALUE),
        1 => Just(-MAX_VALUE),
        1 => Just(0),
    ]
}

fn cell() -> impl Strategy<Value = CellState> {
    (figure(), 0_u8..8, any::<bool>(), 0_u32..4).prop_map(|(value, kind, signed, weight)| {
        let domain = if signed { Domain::Any } else { Domain::NonNegative };
        let (value, kind) = match kind {
            0 => (None, CellKind::Missing),
            1 => (Some(value), CellKind::Fixed),
            2 => (Some(value), CellKind::Computed),
            _ => (Some(value), CellKind::Typed),
        };
        CellState { value, kind, domain, weight }
    })
}

fn coefficient() -> impl Strategy<Value = i128> {
    prop_oneof![6 => -3_i128..4, 1 => Just(MAX_COEFFICIENT), 1 => Just(-MAX_COEFFICIENT)]
}

fn expression() -> impl Strategy<Value = Expression> {
    let terms = prop::collection::vec(((0..CELLS).prop_map(CellId), coefficient()), 1..5);
    (terms, figure()).prop_map(|(terms, constant)| Expression { terms, constant: constant % 7 })
}

fn rule() -> impl Strategy<Value = Rule> {
    let target = prop::option::of((0..CELLS).prop_map(CellId));
    let parts = (expression(), expression(), 0..CELLS, coefficient(), 1_i128..9, any::<bool>());
    (0_u8..5, parts, target).prop_map(|(form, parts, target)| {
        let (expression, denominator, rate, above, below, undecided) = parts;
        let zero = if undecided { ZeroDenominator::Undecided } else { ZeroDenominator::MustBeZero };
        let form = match form {
            0 => Form::Bound { expression },
            1 | 2 => Form::Ratio {
                rate: CellId(rate),
                numerator: expression,
                denominator,
                factor: (above, below),
                zero,
            },
            _ => Form::Linear { expression, slack: if undecided { 0 } else { below } },
        };
        Rule { form, target }
    })
}

fn problem(cells: Vec<CellState>, rules: Vec<Rule>) -> Result<Problem, ProblemError> {
    let mut builder = ProblemBuilder::new();
    for cell in cells {
        builder.cell(cell);
    }
    for rule in rules {
        builder.rule(rule);
    }
    builder.build()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_rules_end_without_a_false_repair(
        cells in prop::collection::vec(cell(), CELLS),
        rules in prop::collection::vec(rule(), 1..10),
    ) {
        let Ok(problem) = problem(cells, rules) else { return Ok(()) };
        let limits = Limits { max_nodes: 200, max_nodes_total: 600, ..Limits::default() };
        let blocks = localize(&problem, &limits);
        for values in blocks.iter().flat_map(|b| &b.explanations).filter_map(Explanation::values) {
            for &(cell, value) in &values {
                let state = problem.cells()[cell.0];
                prop_assert!(state.kind != CellKind::Fixed);
                prop_assert!(state.domain == Domain::Any || value >= 0);
            }
        }
        let violated = (0..problem.rules().len()).map(RuleId)
            .filter(|&rule| problem.outcome(rule) == Outcome::Violated);
        let told: Vec<RuleId> = blocks.iter().flat_map(|block| block.rules.clone()).collect();
        prop_assert!(violated.into_iter().all(|rule| told.contains(&rule)));
    }
}

#[test]
fn figures_beyond_exact_reach_are_refused() {
    let too_large = problem(vec![CellState::typed(MAX_VALUE + 1)], Vec::new());
    assert!(matches!(too_large, Err(ProblemError::ValueTooLarge { cell: 0 })));
    let steep = Expression { terms: vec![(CellId(0), MAX_COEFFICIENT + 1)], constant: 0 };
    let steep = problem(vec![CellState::typed(1)], vec![Rule::balance(steep)]);
    assert!(matches!(steep, Err(ProblemError::CoefficientOutOfRange { rule: 0 })));
    let slack = |slack| Rule {
        form: Form::Linear { expression: Expression::cell(CellId(0)), slack },
        target: None,
    };
    for slack in [slack(-1), slack(MAX_COEFFICIENT + 1)] {
        let refused = problem(vec![CellState::typed(1)], vec![slack]);
        assert!(matches!(refused, Err(ProblemError::CoefficientOutOfRange { rule: 0 })));
    }
    assert!(problem(vec![CellState::typed(1)], vec![slack(0)]).is_ok());
    let unknown = problem(Vec::new(), vec![Rule::bound(Expression::cell(CellId(3)))]);
    assert!(matches!(unknown, Err(ProblemError::UnknownCell { rule: 0, cell: 3, cells: 0 })));
}

#[test]
fn negative_ratios_round_half_away_from_zero() {
    let outcome = |rate: i128| {
        let cells = vec![
            CellState::typed(rate).signed(),
            CellState::typed(-1).signed(),
            CellState::typed(8),
        ];
        let rules = vec![Rule::ratio(CellId(0), CellId(1), CellId(2), 100)];
        problem(cells, rules).map(|problem| problem.outcome(RuleId(0)))
    };
    assert_eq!(outcome(-13), Ok(Outcome::Satisfied));
    assert_eq!(outcome(-12), Ok(Outcome::Violated));
}

#[test]
fn a_rate_of_nothing_is_undecided_or_must_be_0() {
    let outcome = |rate, zero| {
        let form = Form::Ratio {
            rate: CellId(0),
            numerator: Expression::cell(CellId(1)),
            denominator: Expression::cell(CellId(2)),
            factor: (100, 1),
            zero,
        };
        let cells = [rate, 0, 0].map(CellState::typed).to_vec();
        let problem = problem(cells, vec![Rule { form, target: Some(CellId(0)) }]).unwrap();
        problem.outcome(RuleId(0))
    };
    assert_eq!(outcome(0, ZeroDenominator::MustBeZero), Outcome::Satisfied);
    assert_eq!(outcome(5, ZeroDenominator::MustBeZero), Outcome::Violated);
    assert_eq!(outcome(5, ZeroDenominator::Undecided), Outcome::Undecided);
}
