//! Tables in which relations hold, with wrong figures put in, and what a search should find.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use soatbieu::found::{Axis, Figure, Grid, Kind, Relation, Row};

use super::dice::Dice;
use super::tables::{Figures, grid, village};

/// A kind of table officials make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The poverty target of a commune by village: six rates, two rests, a total row.
    Poverty,
    /// Last year, this year and the change.
    Change,
    /// A whole by sex and by age.
    Parts,
    /// Planned, done, left, and done in per cent.
    Budget,
    /// Groups of villages under their sums, without marks.
    Groups,
}

pub(crate) const FORMS: [Form; 5] =
    [Form::Poverty, Form::Change, Form::Parts, Form::Budget, Form::Groups];

/// A relation that was planted: what is computed, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planted {
    axis: Axis,
    kind: Kind,
    lines: Vec<(usize, i64)>,
}

/// A table with its relations and its wrong cells.
pub(crate) struct Table {
    pub(crate) grid: Grid,
    pub(crate) planted: Vec<Planted>,
    /// The wrong cells, with the figures that should stand there.
    pub(crate) wrong: BTreeMap<(usize, usize), Decimal>,
}

impl Planted {
    fn columns(kind: Kind, lines: &[(usize, i64)]) -> Self {
        Self { axis: Axis::Columns, kind, lines: lines.to_vec() }
    }

    /// True where a relation says the same.
    pub(crate) fn is(&self, relation: &Relation) -> bool {
        if self.axis != relation.axis || self.kind.is_linear() != relation.kind.is_linear() {
            return false;
        }
        let sign = |added: bool| if added { 1 } else { -1 };
        let terms = relation.terms.iter().map(|term| (term.line, sign(term.added)));
        if self.kind.is_linear() {
            return normal(&self.lines) == normal(&whole(relation.target, terms));
        }
        let lines: Vec<usize> = self.lines.iter().map(|(line, _)| *line).collect();
        self.kind == relation.kind && lines == relation.lines().collect::<Vec<_>>()
    }
}

fn whole(target: usize, terms: impl Iterator<Item = (usize, i64)>) -> Vec<(usize, i64)> {
    std::iter::once((target, -1)).chain(terms).collect()
}

fn normal(lines: &[(usize, i64)]) -> Vec<(usize, i64)> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    let sign = lines[0].1;
    lines.iter().map(|(line, factor)| (*line, factor * sign)).collect()
}

/// A table of a form with so many unit rows and wrong cells.
pub(crate) fn table(form: Form, rows: usize, wrong: usize, seed: u64) -> Table {
    let mut dice = Dice::new(seed);
    let (columns, names, planted) = match form {
        Form::Poverty => poverty(rows, &mut dice),
        Form::Change => change(rows, &mut dice),
        Form::Parts => parts(rows, &mut dice),
        Form::Budget => budget(rows, &mut dice),
        Form::Groups => groups(rows, &mut dice),
    };
    let mut grid = grid(&columns, names);
    let wrong = damage(&mut grid, &planted, wrong, &mut dice);
    Table { grid, planted, wrong }
}

/// The same table, other figures: what holds in both holds by its making.
pub(crate) fn holds_by_making(relation: &Relation, form: Form, rows: usize) -> bool {
    [1_000_003, 1_000_033].into_iter().all(|seed| {
        let other = table(form, rows, 0, seed).grid;
        let trials = match relation.axis {
            Axis::Columns => other.rows().len(),
            Axis::Rows => other.columns().len(),
        };
        (0..trials).all(|trial| {
            let (row, column) = relation.place(relation.target, trial);
            let Some(figure) = other.at(row, column) else { return true };
            let natures = other.columns();
            let plain = relation.axis == Axis::Columns || natures[trial].nature.adds_up();
            let expected = relation.expected(&other, trial);
            !plain || expected.is_none_or(|expected| expected == figure.value)
        })
    })
}

/// Puts wrong figures into cells that relations speak of, each in a row and a column of its own where
/// there is room.
fn damage(
    grid: &mut Grid,
    planted: &[Planted],
    wrong: usize,
    dice: &mut Dice,
) -> BTreeMap<(usize, usize), Decimal> {
    let mut cells = BTreeMap::new();
    while cells.len() < wrong {
        let relation = dice.any(planted);
        let line = dice.any(&relation.lines).0;
        let trials = match relation.axis {
            Axis::Columns => grid.rows().len(),
            Axis::Rows => grid.columns().len(),
        };
        let trial =
            usize::try_from(dice.between(1, i64::try_from(trials).unwrap_or(1))).unwrap_or(1) - 1;
        let (row, column) = match relation.axis {
            Axis::Columns => (trial, line),
            Axis::Rows => (line, trial),
        };
        let Some(figure) = grid.at(row, column) else { continue };
        let value = mistaken(figure.value, dice);
        let known = cells.contains_key(&(row, column));
        if value != figure.value && !known {
            cells.insert((row, column), figure.value);
            grid.set(row, column, Some(Figure { value, ..figure }));
        }
    }
    cells
}

/// A slip: one digit more or less, two digits exchanged, a stale figure.
fn mistaken(value: Decimal, dice: &mut Dice) -> Decimal {
    let mantissa = value.mantissa();
    let digits = mantissa.to_string().into_bytes();
    let place = usize::try_from(dice.between(0, 7)).unwrap_or(0) % digits.len().max(2);
    let mistaken = match dice.between(0, 2) {
        0 if place + 1 < digits.len() => {
            let mut digits = digits;
            digits.swap(place, place + 1);
            String::from_utf8_lossy(&digits).parse().unwrap_or(mantissa)
        }
        1 => {
            mantissa
                + i128::from(dice.between(1, 9))
                    * 10_i128.pow(dice.between(0, 1).try_into().unwrap_or(0))
        }
        _ => (mantissa - i128::from(dice.between(1, 9))).abs(),
    };
    Decimal::try_from_i128_with_scale(mistaken, value.scale()).unwrap_or(value)
}

type Made = (Vec<Figures>, Vec<Row>, Vec<Planted>);

fn column(heading: &[&str], values: Vec<i64>) -> Figures {
    Figures {
        heading: heading.iter().map(|level| (*level).to_owned()).collect(),
        values,
        decimals: 0,
    }
}

fn rate(heading: &[&str], part: &[i64], whole: &[i64]) -> Figures {
    let hundredths = |(part, whole): (&i64, &i64)| (20_000 * part + whole) / (2 * whole);
    let values = part.iter().zip(whole).map(hundredths).collect();
    Figures { decimals: 2, ..column(heading, values) }
}

/// Adds a total row to counts, first in tables of eight rows, else last.
fn with_total(columns: &mut [Vec<i64>], rows: usize) -> (Vec<Row>, Planted) {
    let first = rows == 8;
    for values in columns {
        let total = values.iter().sum();
        values.insert(if first { 0 } else { rows }, total);
    }
    let mut names: Vec<Row> = (0..rows).map(village).collect();
    let at = if first { 0 } else { rows };
    names.insert(at, Row::named("Tổng cộng"));
    let parts = (0..=rows).filter(|row| *row != at).map(|row| (row, 1));
    (names, Planted { axis: Axis::Rows, kind: Kind::Sum, lines: whole(at, parts) })
}

fn poverty(rows: usize, dice: &mut Dice) -> Made {
    let mut counts: Vec<Vec<i64>> = vec![Vec::new(); 8];
    for _ in 0..rows {
        let households = dice.between(200, 700);
        let people = households * dice.between(30, 45) / 10;
        let (poor, near) = (dice.between(2, 40), dice.between(4, 60));
        let (less, near_less) = (dice.between(0, poor / 2), dice.between(0, near / 2));
        let row = [households, people, poor, near, less, near_less, poor - less, near - near_less];
        counts.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let (names, total) = with_total(&mut counts, rows);
    let groups = [
        "Hộ nghèo đầu năm",
        "Hộ cận nghèo đầu năm",
        "Hộ nghèo giảm",
        "Hộ cận nghèo giảm",
        "Hộ nghèo cuối năm",
        "Hộ cận nghèo cuối năm",
    ];
    let mut columns =
        vec![column(&["Tổng số hộ"], counts[0].clone()), column(&["Nhân khẩu"], counts[1].clone())];
    let mut planted = vec![total];
    for (at, group) in groups.into_iter().enumerate() {
        let place = columns.len();
        planted.push(Planted::columns(Kind::Ratio, &[(place + 1, 1), (place, 1), (0, 1)]));
        columns.push(column(&[group, "Số hộ"], counts[at + 2].clone()));
        columns.push(rate(&[group, "Tỷ lệ"], &counts[at + 2], &counts[0]));
    }
    planted.push(Planted::columns(Kind::Sum, &[(2, -1), (6, 1), (10, 1)]));
    planted.push(Planted::columns(Kind::Sum, &[(4, -1), (8, 1), (12, 1)]));
    (columns, names, planted)
}

fn change(rows: usize, dice: &mut Dice) -> Made {
    let before: Vec<i64> = (0..rows).map(|_| dice.between(40, 900)).collect();
    let after: Vec<i64> =
        before.iter().map(|before| before * dice.between(70, 130) / 100).collect();
    let change = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let others = (0..rows).map(|_| dice.between(5, 60)).collect();
    let columns = vec![
        column(&["Số hộ năm 2023"], before),
        column(&["Số hộ năm 2024"], after),
        column(&["Tăng, giảm"], change),
        column(&["Số cán bộ"], others),
    ];
    let planted = vec![Planted::columns(Kind::Difference, &[(2, -1), (1, 1), (0, -1)])];
    (columns, (0..rows).map(village).collect(), planted)
}

fn parts(rows: usize, dice: &mut Dice) -> Made {
    let all: Vec<i64> = (0..rows).map(|_| dice.between(150, 2500)).collect();
    let men: Vec<i64> = all.iter().map(|all| all * dice.between(45, 55) / 100).collect();
    let women = all.iter().zip(&men).map(|(all, men)| all - men).collect();
    let young: Vec<i64> = all.iter().map(|all| all * dice.between(15, 35) / 100).collect();
    let old: Vec<i64> = all.iter().map(|all| all * dice.between(8, 20) / 100).collect();
    let middle = (0..rows).map(|row| all[row] - young[row] - old[row]).collect();
    let columns = vec![
        column(&["Tổng số"], all),
        column(&["Theo giới tính", "Nam"], men),
        column(&["Theo giới tính", "Nữ"], women),
        column(&["Theo độ tuổi", "Dưới 16"], young),
        column(&["Theo độ tuổi", "Từ 16 đến 60"], middle),
        column(&["Theo độ tuổi", "Trên 60"], old),
    ];
    let planted = vec![
        Planted::columns(Kind::Sum, &[(0, -1), (1, 1), (2, 1)]),
        Planted::columns(Kind::Sum, &[(0, -1), (3, 1), (4, 1), (5, 1)]),
    ];
    (columns, (0..rows).map(village).collect(), planted)
}

fn budget(rows: usize, dice: &mut Dice) -> Made {
    let mut counts: Vec<Vec<i64>> = vec![Vec::new(); 4];
    for _ in 0..rows {
        let plan = dice.between(200, 9000);
        let done = plan * dice.between(40, 105) / 100;
        let own = done * dice.between(10, 60) / 100;
        let row = [plan, done, own, done - own];
        counts.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let left = counts[0].iter().zip(&counts[1]).map(|(plan, done)| plan - done).collect();
    let per_cent = rate(&["Đạt % kế hoạch"], &counts[1], &counts[0]);
    let [plan, done, own, other] = [0, 1, 2, 3].map(|at| counts[at].clone());
    let columns = vec![
        column(&["Dự toán"], plan),
        column(&["Thực hiện", "Tổng số"], done),
        column(&["Thực hiện", "Ngân sách xã"], own),
        column(&["Thực hiện", "Nguồn khác"], other),
        column(&["Còn lại"], left),
        per_cent,
    ];
    let planted = vec![
        Planted::columns(Kind::Sum, &[(1, -1), (2, 1), (3, 1)]),
        Planted::columns(Kind::Difference, &[(4, -1), (0, 1), (1, -1)]),
        Planted::columns(Kind::Ratio, &[(5, 1), (1, 1), (0, 1)]),
    ];
    (columns, (0..rows).map(village).collect(), planted)
}

fn groups(rows: usize, dice: &mut Dice) -> Made {
    let sizes = if rows < 8 {
        vec![rows / 2, rows - rows / 2]
    } else {
        vec![rows / 3, rows / 3, rows - 2 * (rows / 3)]
    };
    let headings = ["Số hộ", "Nhân khẩu", "Lao động", "Trẻ em", "Người cao tuổi"];
    let mut columns: Vec<Vec<i64>> = vec![Vec::new(); headings.len()];
    let (mut names, mut planted, mut next) = (Vec::new(), Vec::new(), 0);
    for size in sizes {
        let at = names.len();
        names.push(Row::named(format!("Khu vực {}", planted.len() + 1)));
        names.extend((0..size).map(|_| {
            next += 1;
            village(next)
        }));
        for (place, column) in columns.iter_mut().enumerate() {
            let most = [700, 2800, 1500, 400, 200][place];
            let parts: Vec<i64> = (0..size).map(|_| dice.between(most / 10, most)).collect();
            column.push(parts.iter().sum());
            column.extend(parts);
        }
        let parts = (at + 1..=at + size).map(|row| (row, 1));
        planted.push(Planted { axis: Axis::Rows, kind: Kind::Sum, lines: whole(at, parts) });
    }
    let columns = headings.iter().zip(columns).map(|(heading, values)| column(&[heading], values));
    (columns.collect(), names, planted)
}
