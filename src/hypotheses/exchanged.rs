//! Two columns whose figures stand in each other's place, alone or with the rates computed from
//! them. Only where one exchange mends what is broken is it accepted: of two that do, neither.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use crate::lang::Text;
use crate::relations::Outcome;
use crate::rules::{Rule, reporting};
use crate::solver::Grade;
use crate::table::{Place, Shape, Table};

/// Broken relations that an exchange must mend.
const TELLING: usize = 3;
/// Columns beyond which pairs are not tried: the form of a wide table has no such neighbours.
const MOST_COLUMNS: usize = 40;

pub(super) fn test(bench: &mut Bench) {
    let mut best: Option<(usize, Candidate)> = None;
    let mut rival = false;
    for candidate in candidates(bench) {
        let Some(mends) = bench.mends(&candidate) else { continue };
        match &best {
            // Those with fewer columns come first, and are preferred where both mend the same.
            Some((most, known)) if *most == mends => {
                rival |= known.columns() == candidate.columns();
            }
            Some((most, _)) if *most > mends => {}
            _ => (best, rival) = (Some((mends, candidate)), false),
        }
    }
    if let Some((_, candidate)) = best.filter(|_| !rival) {
        bench.accept(candidate);
    }
}

impl Candidate {
    /// How many columns it changes.
    fn columns(&self) -> usize {
        let columns: BTreeSet<usize> = self.changes.iter().map(|(place, _)| place.column).collect();
        columns.len()
    }
}

/// Exchanges of one pair of columns, then of two.
fn candidates(bench: &Bench) -> Vec<Candidate> {
    let table = bench.table();
    let broken = broken(bench);
    let columns: Vec<usize> =
        (0..table.columns.len()).filter(|column| broken[*column] >= TELLING).collect();
    if columns.len() < 2 || columns.len() > MOST_COLUMNS {
        return Vec::new();
    }
    let Some(rule) = rule(bench) else { return Vec::new() };
    let (mut single, mut double) = (Vec::new(), Vec::new());
    for (at, a) in columns.iter().enumerate() {
        for b in &columns[at + 1..] {
            if table.columns[*a].kind != table.columns[*b].kind {
                continue;
            }
            single.extend(candidate(table, rule, &[(*a, *b)]));
            if let Some((c, d)) = rates_of(table, *a, *b) {
                double.extend(candidate(table, rule, &[(*a, *b), (c, d)]));
            }
        }
    }
    single.extend(double);
    single
}

/// How many broken relations each column takes part in.
fn broken(bench: &Bench) -> Vec<usize> {
    let mut broken = vec![0; bench.table().columns.len()];
    // What only the index row prints may be misprinted: `3=1+2` for `3=1-2` looks like an exchange.
    let stated = bench.instances.iter().filter(|i| bench.is_stated(i));
    for instance in stated.filter(|i| i.outcome == Outcome::Violated) {
        for cell in instance.cells().filter(|cell| cell.row == instance.target().row) {
            broken[cell.column] += 1;
        }
    }
    broken
}

fn rule(bench: &Bench) -> Option<&'static Rule> {
    let broken = bench.instances.iter().find(|i| i.outcome == Outcome::Violated);
    broken.map(|instance| reporting(instance.concern()))
}

/// The rates computed from two counts over one denominator.
fn rates_of(table: &Table, a: usize, b: usize) -> Option<(usize, usize)> {
    let rate_of = |count: usize| {
        table.columns.iter().enumerate().find_map(|(column, described)| {
            match &described.formula.as_ref()?.shape {
                Shape::Ratio { numerator, denominator, .. } => (numerator.terms.len() == 1
                    && numerator.terms.contains_key(&count))
                .then_some((column, denominator)),
                _ => None,
            }
        })
    };
    let ((c, below), (d, other)) = (rate_of(a)?, rate_of(b)?);
    (below == other).then_some((c, d))
}

/// The exchange of some pairs of columns; `None` where a formula stands in one of them.
fn candidate(table: &Table, rule: &'static Rule, pairs: &[(usize, usize)]) -> Option<Candidate> {
    let mut changes: Vec<(Place, Decimal)> = Vec::new();
    for (row, part) in table.rows.iter().enumerate() {
        if part.holds_no_cells() {
            continue;
        }
        for (a, b) in pairs {
            let (a, b) = (Place::new(row, *a), Place::new(row, *b));
            let live = [a, b].iter().any(|place| table.datum(*place).formula.is_some());
            let figures = table.number(a).zip(table.number(b));
            match figures {
                _ if live => return None,
                Some((left, right)) if left != right => {
                    changes.push((a, right));
                    changes.push((b, left));
                }
                Some(_) => {}
                // A figure cannot be put where none is known to stand for it.
                None if table.number(a).is_none() && table.number(b).is_none() => {}
                None => return None,
            }
        }
    }
    let names: Vec<(&str, &str)> =
        pairs.iter().map(|(a, b)| (table.columns[*a].name(), table.columns[*b].name())).collect();
    let join = |and: &str, with: &str| {
        let pairs: Vec<String> = names.iter().map(|(a, b)| format!("{a} {and} {b}")).collect();
        pairs.join(with)
    };
    let cause = Text::new(
        format!("số liệu của cột {} bị đổi chỗ cho nhau", join("và cột", ", của cột ")),
        format!("the figures of columns {} stand in each other's place", join("and", ", and of ")),
    );
    let rows = table.rows.len();
    let told = Text::new(
        format!("{}: đổi lại thì các phép tính ở {rows} dòng đều khớp", cause.vi),
        format!("{}: exchanged again, all {rows} rows fit", cause.en),
    );
    Some(Candidate {
        rule,
        mechanism: Mechanism::ExchangedColumns,
        changes,
        columns: Vec::new(),
        rows: Vec::new(),
        unproved: Vec::new(),
        least: TELLING,
        certain: false,
        ceiling: Grade::Suggested,
        told,
        cause,
    })
}
