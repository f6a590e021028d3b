//! Properties of localization over generated tables: a row of counts and rates under a total row.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use soatbieu::solver::{
    CellId, CellKind, CellState, Explanation, Grade, Limits, Outcome, Problem, ProblemBuilder,
    Rule, RuleId, Verdict, derive, localize,
};

/// Households, poor before, rate, poor after, rate, fewer, rate.
const COLUMNS: usize = 7;
const COUNTS: [usize; 4] = [0, 1, 3, 5];
const RATES: [(usize, usize); 3] = [(2, 1), (4, 3), (6, 5)];

type Table = Vec<[i128; COLUMNS]>;

fn rate(count: i128, of: i128) -> i128 {
    (20_000 * count + of) / (2 * of)
}

fn table(villages: &[(i128, i128, i128)]) -> Table {
    let counts = |&(households, poor, fewer): &(i128, i128, i128)| {
        let fewer = fewer.min(poor);
        [households, poor, 0, poor - fewer, 0, fewer, 0]
    };
    let mut rows: Table = villages.iter().map(counts).collect();
    let total = std::array::from_fn(|column| rows.iter().map(|row| row[column]).sum());
    rows.push(total);
    for row in &mut rows {
        for (at, count) in RATES {
            row[at] = rate(row[count], row[0]);
        }
    }
    rows
}

fn tables() -> impl Strategy<Value = Table> {
    let village = (200_i128..700, 5_i128..40, 1_i128..9);
    prop::collection::vec(village, 3..7).prop_map(|villages| table(&villages))
}

/// The rules of the table, added in the order given by `order`.
fn problem(table: &Table, order: &[usize]) -> Problem {
    with_gaps(table, order, &BTreeSet::new())
}

/// The same where the figures of some cells are not known.
fn with_gaps(table: &Table, order: &[usize], gaps: &BTreeSet<usize>) -> Problem {
    let mut builder = ProblemBuilder::new();
    table.iter().flatten().enumerate().for_each(|(at, &value)| {
        let gap = gaps.contains(&at);
        builder.cell(if gap { CellState::missing() } else { CellState::typed(value) });
    });
    let last = table.len() - 1;
    let cell = |row: usize, column: usize| CellId(row * COLUMNS + column);
    let mut rules: Vec<Rule> = COUNTS
        .iter()
        .map(|&c| Rule::total(cell(last, c), (0..last).map(|row| (cell(row, c), 1))))
        .collect();
    for row in 0..=last {
        let at = |column| cell(row, column);
        rules.extend(RATES.map(|(rate, count)| Rule::ratio(at(rate), at(count), at(0), 10_000)));
        rules.push(Rule::total(at(5), [(at(1), 1), (at(3), -1)]));
    }
    let mut rules: Vec<Option<Rule>> = rules.into_iter().map(Some).collect();
    let count = rules.len();
    for &place in order {
        rules[place % count].take().into_iter().for_each(|rule| {
            builder.rule(rule);
        });
    }
    rules.into_iter().flatten().for_each(|rule| {
        builder.rule(rule);
    });
    builder.build().expect("a sound problem")
}

type Changes = Vec<(CellId, Option<i128>)>;

/// Answers free of rule numbers: verdict and explanations of every block.
fn answers(problem: &Problem) -> BTreeSet<(Verdict, Vec<Changes>)> {
    let blocks = localize(problem, &Limits::default()).into_iter();
    let plain = blocks.map(|block| {
        let explanations = block.explanations.iter();
        let changes = explanations.map(|e| e.changes.iter().map(|c| (c.cell, c.value)).collect());
        (block.verdict, changes.collect())
    });
    plain.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_consistent_table_is_silent(table in tables()) {
        prop_assert!(localize(&problem(&table, &[]), &Limits::default()).is_empty());
    }

    #[test]
    fn one_wrong_count_is_pinned_and_right(table in tables(), row in 0_usize..8, pick in 0_usize..3, off in 1_i128..60) {
        let (row, column) = (row % table.len(), [1, 3, 5][pick]);
        let mut shown = table.clone();
        shown[row][column] += off;
        let blocks = localize(&problem(&shown, &[]), &Limits::default());
        let cell = CellId(row * COLUMNS + column);
        prop_assert_eq!(blocks.len(), 1);
        prop_assert_eq!(blocks[0].verdict, Verdict::Pinned);
        prop_assert_eq!(blocks[0].explanations[0].values(), Some(vec![(cell, table[row][column])]));
        prop_assert_eq!(blocks[0].explanations[0].changes[0].grade, Grade::Safe);
    }

    #[test]
    fn one_wrong_rate_is_pinned_and_right(table in tables(), row in 0_usize..8, pick in 0_usize..3, off in 1_i128..200) {
        let (row, column) = (row % table.len(), RATES[pick].0);
        let mut shown = table.clone();
        shown[row][column] += off;
        let blocks = localize(&problem(&shown, &[]), &Limits::default());
        prop_assert_eq!(blocks.len(), 1);
        prop_assert_eq!(blocks[0].verdict, Verdict::Pinned);
        let cell = CellId(row * COLUMNS + column);
        prop_assert_eq!(blocks[0].explanations[0].values(), Some(vec![(cell, table[row][column])]));
    }

    #[test]
    fn what_is_not_there_accuses_nobody_and_is_told_right(
        table in tables(),
        gaps in prop::collection::btree_set(0_usize..56, 1..4),
    ) {
        let gaps: BTreeSet<usize> = gaps.iter().map(|gap| gap % (table.len() * COLUMNS)).collect();
        let problem = with_gaps(&table, &[], &gaps);
        let blocks = localize(&problem, &Limits::default());
        prop_assert_eq!(blocks.len(), 0, "{:?}", blocks);
        let derived = derive(&problem, &blocks);
        for known in &derived {
            prop_assert_eq!(known.value, table[known.cell.0 / COLUMNS][known.cell.0 % COLUMNS]);
        }
        // Poor households have two sums, or a sum and a total, and a rate.
        if let [gap] = gaps.iter().copied().collect::<Vec<_>>()[..] && [1, 3, 5].contains(&(gap % COLUMNS)) {
            prop_assert_eq!(derived.len(), 1);
            prop_assert_eq!(derived[0].grade, Grade::Safe);
        }
    }

    #[test]
    fn what_is_not_there_hides_no_error_and_lets_none_pass_for_safe(
        table in tables(),
        gap in 0_usize..56,
        wrong in (0_usize..56, 1_i128..50),
    ) {
        let gap = gap % (table.len() * COLUMNS);
        let shown = damaged(&table, &[wrong]);
        let problem = with_gaps(&shown, &[], &BTreeSet::from([gap]));
        let blocks = localize(&problem, &Limits::default());
        let truth = |cell: CellId| table[cell.0 / COLUMNS][cell.0 % COLUMNS];
        for block in blocks.iter().filter(|block| block.verdict == Verdict::Pinned) {
            for change in &block.explanations[0].changes {
                prop_assert!(problem.cells()[change.cell.0].kind != CellKind::Missing);
                if change.grade == Grade::Safe {
                    prop_assert_eq!(change.value, Some(truth(change.cell)));
                }
            }
        }
        for known in derive(&problem, &blocks).iter().filter(|known| known.grade == Grade::Safe) {
            prop_assert_eq!(known.value, truth(known.cell), "{:?}", known);
        }
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        table in tables(),
        wrong in prop::collection::vec((0_usize..56, 1_i128..50), 1..4),
        order in prop::collection::vec(0_usize..64, 0..40),
    ) {
        let shown = damaged(&table, &wrong);
        prop_assert_eq!(answers(&problem(&shown, &[])), answers(&problem(&shown, &order)));
    }

    #[test]
    fn settled_explanations_mend_their_rules_and_break_none(
        table in tables(),
        wrong in prop::collection::vec((0_usize..56, 1_i128..50), 1..4),
    ) {
        let shown = damaged(&table, &wrong);
        let problem = problem(&shown, &[]);
        for block in localize(&problem, &Limits::default()) {
            for values in block.explanations.iter().filter_map(Explanation::values) {
                for &rule in &block.rules {
                    prop_assert_eq!(problem.outcome_with(rule, &values), Outcome::Satisfied);
                }
                prop_assert!(!breaks(&problem, &values));
            }
        }
    }

    #[test]
    fn what_is_pinned_may_be_applied_together(
        table in tables(),
        wrong in prop::collection::vec((0_usize..56, 1_i128..50), 1..5),
    ) {
        let shown = damaged(&table, &wrong);
        let problem = problem(&shown, &[]);
        let blocks = localize(&problem, &Limits::default());
        let pinned = blocks.iter().filter(|block| block.verdict == Verdict::Pinned);
        let values: Vec<_> = pinned.flat_map(|b| b.explanations[0].values().unwrap_or_default()).collect();
        prop_assert!(!breaks(&problem, &values));
        let cells: BTreeMap<_, _> = values.iter().copied().collect();
        prop_assert_eq!(cells.len(), values.len());
    }
}

fn damaged(table: &Table, wrong: &[(usize, i128)]) -> Table {
    let mut shown = table.clone();
    for &(place, off) in wrong {
        let place = place % (table.len() * COLUMNS);
        shown[place / COLUMNS][place % COLUMNS] += off;
    }
    shown
}

fn breaks(problem: &Problem, values: &[(CellId, i128)]) -> bool {
    (0..problem.rules().len()).map(RuleId).any(|rule| {
        problem.outcome(rule) == Outcome::Satisfied
            && problem.outcome_with(rule, values) != Outcome::Satisfied
    })
}
