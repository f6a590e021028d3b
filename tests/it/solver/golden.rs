//! Records with known answers: Scholtus (2009), and what the rules can and cannot tell.

use soatbieu::solver::{
    Block, CellId, CellState, Explanation, Expression, Grade, Limits, Outcome, Problem,
    ProblemBuilder, Role, Rule, RuleId, Verdict, derive, localize,
};

const TRUTH: [i128; 11] = [1452, 116, 1568, 116, 323, 76, 12, 411, 1979, 1842, 137];

/// x1+x2=x3, x2=x4, x5+x6+x7=x8, x3+x8=x9, x9−x10=x11; `wrong` numbers its cells from 1.
fn scholtus(wrong: &[(usize, i128)]) -> Problem {
    let mut builder = ProblemBuilder::new();
    let x: Vec<CellId> = (1..=11)
        .map(|number| {
            let found = wrong.iter().find(|(at, _)| *at == number).map(|(_, value)| *value);
            builder.cell(CellState::typed(found.unwrap_or(TRUTH[number - 1])).signed())
        })
        .collect();
    builder.rule(Rule::total(x[2], [(x[0], 1), (x[1], 1)]));
    builder.rule(Rule::total(x[3], [(x[1], 1)]));
    builder.rule(Rule::total(x[7], [(x[4], 1), (x[5], 1), (x[6], 1)]));
    builder.rule(Rule::total(x[8], [(x[2], 1), (x[7], 1)]));
    builder.rule(Rule::total(x[10], [(x[8], 1), (x[9], -1)]));
    builder.build().expect("a sound problem")
}

fn blocks(problem: &Problem) -> Vec<Block> {
    localize(problem, &Limits::default())
}

/// Cells (numbered from 1) and values of the pinned blocks.
fn pinned(blocks: &[Block]) -> Vec<(usize, i128)> {
    let pinned = blocks.iter().filter(|block| block.verdict == Verdict::Pinned);
    let mut values: Vec<(usize, i128)> = pinned
        .flat_map(|block| block.explanations[0].values().expect("pinned values are settled"))
        .map(|(cell, value)| (cell.0 + 1, value))
        .collect();
    values.sort_unstable();
    values
}

#[test]
fn the_true_record_is_silent() {
    assert!(blocks(&scholtus(&[])).is_empty());
}

#[test]
fn record_a_one_transposed_figure() {
    let found = blocks(&scholtus(&[(4, 161)]));
    assert_eq!(pinned(&found), [(4, 116)]);
    assert_eq!(found.len(), 1);
}

#[test]
fn record_b_two_figures_in_separate_blocks() {
    let found = blocks(&scholtus(&[(4, 161), (9, 19979)]));
    assert_eq!(pinned(&found), [(4, 116), (9, 1979)]);
    assert_eq!(found.len(), 2);
}

#[test]
fn record_c_a_sum_of_zeros_stays_open() {
    let found = blocks(&scholtus(&[(4, 161), (9, 19979), (5, 0), (6, 0), (7, 0)]));
    assert_eq!(pinned(&found), [(4, 116), (9, 1979)]);
    let open: Vec<&Block> = found.iter().filter(|b| b.verdict != Verdict::Pinned).collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].rules, [RuleId(2)]);
    assert_eq!(open[0].explanations.len(), 3);
}

#[test]
fn record_d_only_the_confirmed_figure_is_repaired() {
    let found = blocks(&scholtus(&[(4, 161), (9, 19979), (8, 0)]));
    assert_eq!(pinned(&found), [(4, 116)]);
}

#[test]
fn a_single_sum_is_never_pinned() {
    for wrong in 0..4 {
        let mut builder = ProblemBuilder::new();
        let figures = [3, 4, 5, 12];
        let cells: Vec<CellId> = (0..4)
            .map(|at| builder.cell(CellState::typed(figures[at] + i128::from(at == wrong) * 7)))
            .collect();
        builder.rule(Rule::total(cells[3], cells[..3].iter().map(|&cell| (cell, 1))));
        let found = blocks(&builder.build().expect("a sound problem"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].verdict, Verdict::Undecidable, "wrong cell {wrong}");
        assert!(found[0].explanations.iter().any(|e| e.accused().eq([cells[wrong]])));
    }
}

/// The commune's row: 510 households, 12 poor at the year's end, and the rate of the year before.
fn stale_rate(rate: CellState) -> (Problem, CellId) {
    let mut builder = ProblemBuilder::new();
    let households = builder.cell(CellState::typed(510));
    let before = builder.cell(CellState::typed(31));
    let after = builder.cell(CellState::typed(19));
    let fewer = builder.cell(CellState::typed(12));
    let rate = builder.cell(rate);
    let share = builder.cell(CellState::typed(608));
    let other = builder.cell(CellState::typed(300));
    let all = builder.cell(CellState::typed(810));
    builder.rule(Rule::total(fewer, [(before, 1), (after, -1)]));
    builder.rule(Rule::ratio(rate, fewer, households, 10_000));
    builder.rule(Rule::ratio(share, before, households, 10_000));
    builder.rule(Rule::total(all, [(households, 1), (other, 1)]));
    builder.rule(Rule::bound(Expression::sum([(households, 1), (before, -1)])));
    (builder.build().expect("a sound problem"), rate)
}

#[test]
fn a_stale_rate_is_safe_to_correct() {
    let (problem, rate) = stale_rate(CellState::typed(216));
    let found = blocks(&problem);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].verdict, Verdict::Pinned);
    let change = &found[0].explanations[0].changes[0];
    assert_eq!((change.cell, change.value, change.grade), (rate, Some(235), Grade::Safe));
}

#[test]
fn a_stale_formula_is_recomputed_and_not_accused() {
    let (problem, rate) = stale_rate(CellState::computed(216));
    let found = blocks(&problem);
    assert_eq!(found[0].explanations[0].accused().count(), 0);
    assert_eq!(found[0].explanations[0].values(), Some(vec![(rate, 235)]));
}

#[test]
fn an_error_under_a_formula_moves_to_its_inputs() {
    let mut builder = ProblemBuilder::new();
    let a = builder.cell(CellState::typed(40));
    let b = builder.cell(CellState::typed(7));
    let sum = builder.cell(CellState::computed(47));
    let again = builder.cell(CellState::fixed(50));
    let fixed = builder.cell(CellState::fixed(43));
    builder.rule(Rule::total(sum, [(a, 1), (b, 1)]));
    builder.rule(Rule::total(again, [(sum, 1)]));
    builder.rule(Rule::total(fixed, [(a, 1)]));
    let problem = builder.build().expect("a sound problem");
    let found = blocks(&problem);
    let values: Vec<_> = found[0].explanations.iter().map(Explanation::values).collect();
    assert_eq!(values, [Some(vec![(a, 43), (sum, 50)])]);
}

#[test]
fn a_missing_figure_leaves_its_rules_undecided() {
    let mut builder = ProblemBuilder::new();
    let part = builder.cell(CellState::typed(4));
    let gap = builder.cell(CellState::missing());
    let total = builder.cell(CellState::typed(9));
    let rule = builder.rule(Rule::total(total, [(part, 1), (gap, 1)]));
    let problem = builder.build().expect("a sound problem");
    assert_eq!(problem.outcome(rule), Outcome::Undecided);
    assert!(blocks(&problem).is_empty());
}

#[test]
fn a_difference_of_rates_is_a_balance_like_any_other() {
    let mut builder = ProblemBuilder::new();
    let [n1, d1, n2, d2] = [12, 510, 30, 400].map(|v| builder.cell(CellState::typed(v)));
    let first = builder.cell(CellState::typed(253));
    let second = builder.cell(CellState::typed(750));
    let gap = builder.cell(CellState::typed(515));
    builder.rule(Rule::ratio(first, n1, d1, 10_000));
    builder.rule(Rule::ratio(second, n2, d2, 10_000));
    builder.rule(Rule::total(gap, [(second, 1), (first, -1)]));
    let problem = builder.build().expect("a sound problem");
    let found = blocks(&problem);
    assert!(found[0].explanations.iter().any(|e| e.values() == Some(vec![(first, 235)])));
}

#[test]
fn a_table_wrong_everywhere_ends_undecided() {
    let mut builder = ProblemBuilder::new();
    let mut columns: Vec<Vec<CellId>> = vec![Vec::new(); 3];
    for row in 0..200 {
        let values = [700 + row, 3 * row + 1, 5 * row + 2, 9_999 - row];
        let cells = values.map(|value| builder.cell(CellState::typed(value)));
        builder.rule(Rule::total(cells[2], [(cells[0], 1), (cells[1], 1)]));
        builder.rule(Rule::ratio(cells[3], cells[1], cells[0], 10_000));
        (0..3).for_each(|column| columns[column].push(cells[column]));
    }
    for column in columns {
        let total = builder.cell(CellState::typed(1));
        builder.rule(Rule::total(total, column.into_iter().map(|cell| (cell, 1))));
    }
    let found = blocks(&builder.build().expect("a sound problem"));
    assert!(!found.is_empty());
    assert!(found.iter().all(|block| block.verdict == Verdict::Undecidable && !block.complete));
}

#[test]
fn a_count_that_flowed_into_its_row_is_one_operation() {
    let mut builder = ProblemBuilder::new();
    let poor = builder.cell(CellState::typed(21));
    let near = builder.cell(CellState::fixed(30));
    let both = builder.cell(CellState::typed(51));
    let households = builder.cell(CellState::fixed(510));
    let share = builder.cell(CellState::typed(1000));
    let elsewhere = builder.cell(CellState::fixed(12));
    builder.rule(Rule::total(both, [(poor, 1), (near, 1)]));
    builder.rule(Rule::ratio(share, both, households, 10_000));
    builder.rule(Rule::total(elsewhere, [(poor, 1)]));
    let found = blocks(&builder.build().expect("a sound problem"));
    assert_eq!(found.len(), 1);
    let [only] = &found[0].explanations[..] else { panic!("one explanation: {found:?}") };
    assert_eq!(only.accused().collect::<Vec<_>>(), [poor]);
    assert_eq!(only.values(), Some(vec![(poor, 12), (both, 42), (share, 824)]));
    assert_eq!(only.cost, 1);
}

#[test]
fn many_separate_blocks_end_in_bounded_work() {
    let mut builder = ProblemBuilder::new();
    for row in 0..2_500 {
        let count = builder.cell(CellState::typed(10 + row % 7));
        let all = builder.cell(CellState::typed(400));
        let rate = builder.cell(CellState::typed(9_999));
        builder.rule(Rule::ratio(rate, count, all, 10_000));
    }
    let found = blocks(&builder.build().expect("a sound problem"));
    assert_eq!(found.len(), 2_500);
    assert!(found.iter().all(|block| block.verdict == Verdict::Undecidable));
}

#[test]
fn truncated_rates_down_a_column_are_each_pinned() {
    let mut builder = ProblemBuilder::new();
    let (mut counts, mut rows) = (Vec::new(), Vec::new());
    for row in 0..60 {
        let (before, after) = (20 + row % 9, 11 + row % 5);
        let [a, b, d] = [before, after, before - after].map(|v| builder.cell(CellState::typed(v)));
        let all = builder.cell(CellState::fixed(407 + row));
        let rate = builder.cell(CellState::typed(10_000 * (before - after) / (407 + row)));
        builder.rule(Rule::total(d, [(a, 1), (b, -1)]));
        builder.rule(Rule::ratio(rate, d, all, 10_000));
        counts.push([a, b, d]);
        rows.push([before, after, before - after]);
    }
    for column in 0..3 {
        let total = builder.cell(CellState::typed(rows.iter().map(|row| row[column]).sum()));
        builder.rule(Rule::total(total, counts.iter().map(|row| (row[column], 1))));
    }
    let problem = builder.build().expect("a sound problem");
    let wrong = (0..problem.rules().len())
        .filter(|&rule| problem.outcome(RuleId(rule)) == Outcome::Violated)
        .count();
    let found = blocks(&problem);
    assert!(wrong > 20);
    assert_eq!(found.iter().filter(|b| b.verdict == Verdict::Pinned).count(), wrong);
    assert!(found.iter().all(|b| b.explanations[0].changes[0].grade == Grade::Safe));
}

/// A broken sum of two figures: `first + second` should be 20.
fn broken_pair(builder: &mut ProblemBuilder, first: i128, second: i128) -> [CellId; 2] {
    let pair = [first, second].map(|figure| builder.cell(CellState::typed(figure)));
    let twenty = builder.cell(CellState::fixed(20));
    builder.rule(Rule::total(twenty, pair.map(|cell| (cell, 1))));
    pair
}

#[test]
fn a_bound_between_two_blocks_lets_their_figures_change_together() {
    let mut builder = ProblemBuilder::new();
    let [low, rest] = broken_pair(&mut builder, 5, 10);
    let [high, other] = broken_pair(&mut builder, 7, 8);
    // 10 is more than 7: the lower figure may rise to it where the higher one does, to 12.
    builder.rule(Rule::bound(Expression::sum([(high, 1), (low, -1)])));
    let found = blocks(&builder.build().expect("a sound problem"));
    let [block] = &found[..] else { panic!("one block: {found:?}") };
    let accused: Vec<Vec<CellId>> =
        block.explanations.iter().map(|one| one.accused().collect()).collect();
    assert_eq!(accused, [vec![low, high], vec![rest, high], vec![rest, other]]);
}

#[test]
fn a_count_that_flowed_into_its_sum_alone_is_one_operation() {
    let mut builder = ProblemBuilder::new();
    let poor = builder.cell(CellState::typed(21));
    let near = builder.cell(CellState::fixed(30));
    let both = builder.cell(CellState::typed(51));
    let elsewhere = builder.cell(CellState::fixed(12));
    builder.rule(Rule::total(both, [(poor, 1), (near, 1)]));
    builder.rule(Rule::total(elsewhere, [(poor, 1)]));
    let found = blocks(&builder.build().expect("a sound problem"));
    let [only] = &found[0].explanations[..] else { panic!("one explanation: {found:?}") };
    let changes: Vec<_> = only.changes.iter().map(|one| (one.cell, one.role, one.value)).collect();
    assert_eq!(changes, [(poor, Role::Retyped, Some(12)), (both, Role::Recomputed, Some(42))]);
    assert_eq!(only.cost, 1);
}

#[test]
fn a_forgotten_figure_that_one_unconfirmed_rule_gives_is_not_safe() {
    let given = |twice: bool| {
        let mut builder = ProblemBuilder::new();
        let gone = builder.cell(CellState::missing());
        let near = builder.cell(CellState::typed(30));
        let both = builder.cell(CellState::typed(51));
        let poor = builder.cell(CellState::typed(21));
        builder.rule(Rule::total(both, [(gone, 1), (near, 1)]));
        if twice {
            builder.rule(Rule::total(gone, [(poor, 1)]));
        }
        (builder.build().expect("a sound problem"), gone)
    };
    for (twice, grade) in [(false, Grade::Suggested), (true, Grade::Safe)] {
        let (problem, gone) = given(twice);
        let found = derive(&problem, &blocks(&problem));
        let [only] = &found[..] else { panic!("one figure: {found:?}") };
        assert_eq!((only.cell, only.value, only.grade), (gone, 21, grade));
    }
}

#[test]
fn blocks_that_a_bound_ties_to_each_other_to_no_effect_stay_apart() {
    let mut builder = ProblemBuilder::new();
    let pairs: Vec<[CellId; 2]> = (0..14).map(|_| broken_pair(&mut builder, 5, 10)).collect();
    for next in pairs.windows(2) {
        let mut below = Expression::sum([(next[1][0], 1), (next[0][0], -1)]);
        below.constant = 1_000;
        builder.rule(Rule::bound(below));
    }
    let found = blocks(&builder.build().expect("a sound problem"));
    assert_eq!(found.len(), pairs.len());
    for (block, pair) in found.iter().zip(&pairs) {
        let accused = block.explanations.iter().flat_map(Explanation::accused);
        assert_eq!(accused.collect::<Vec<_>>(), *pair);
    }
}

#[test]
fn a_count_that_its_rate_leaves_open_is_proved_possible() {
    let mut builder = ProblemBuilder::new();
    let count = builder.cell(CellState::typed(5));
    let all = builder.cell(CellState::fixed(100_000));
    let rate = builder.cell(CellState::fixed(1_000));
    builder.rule(Rule::ratio(rate, count, all, 10_000));
    let found = blocks(&builder.build().expect("a sound problem"));
    let [only] = &found[0].explanations[..] else { panic!("one explanation: {found:?}") };
    let change = &only.changes[0];
    let range = (change.value, change.low, change.high);
    assert_eq!(range, (None, Some(9_995), Some(10_004)));
    assert!(only.proved);
}
