//! The draft itself: which columns take the shares, which rows, and what follows from them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::spread::{Share, Taker, spread};
use super::targets::{LARGEST, Target};
use crate::both;
use crate::failure::{Code, Failure};
use crate::findings::words;
use crate::lang::{Lang, Text};
use crate::relations::ratio;
use crate::table::{BoundKind, Column, Datum, Linear, Place, Reading, Role, Shape, Table};
use crate::units::{NameFrom, Naming, Unit};
use crate::words::units::{Key, plain_unit};
use crate::words::{fold, fold_heading};

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// What was assigned, by unit and column.
    pub targets: Vec<Target>,
    /// Figures of villages that are not to be changed.
    pub fixed: Vec<Target>,
    /// What shares are in proportion to, by village; what a village has where none is given.
    pub weights: Vec<Target>,
}

/// A table with the shares in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose table it is.
    pub unit: String,
    /// The table.
    pub table: Table,
    /// The shares.
    pub parts: Vec<Part>,
    /// What was assigned: column, figure.
    pub assigned: Vec<(Text, u64)>,
    /// What a person should know.
    pub notes: Vec<Text>,
}

/// The share of one village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The column in words.
    pub column: Text,
    /// The village.
    pub unit: String,
    /// What it has.
    pub there: u64,
    /// Its share.
    pub share: u64,
    /// How it came about.
    pub origin: Origin,
}

/// How a share came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person fixed it.
    Fixed,
    /// All there is.
    All,
    /// In proportion.
    Share {
        /// What was spread.
        spread: u64,
        /// The village's weight.
        weight: u64,
        /// The sum of weights.
        weights: u64,
        /// Which of the largest remainders it has, where it got one more.
        rank: Option<usize>,
    },
    /// There was nothing to spread over it.
    Nothing,
}

/// Spreads what was assigned to the unit of a table over its rows.
///
/// # Errors
/// [`Code::Unknown`] where the lists do not fit the table, [`Code::NotClean`] where a person has to
/// decide: more is assigned than there is, or what there is cannot be read.
pub fn draft(table: &Table, file: &str, given: &Given, naming: &Naming) -> Result<Draft, Failure> {
    let unit = naming.of(&table.surroundings, &table.sheet, file);
    let (targets, unit) = own_targets(given, &unit)?;
    let mut made = Draft {
        unit,
        table: table.clone(),
        parts: Vec::new(),
        assigned: Vec::new(),
        notes: Vec::new(),
    };
    let rows = leaves(table)?;
    known_rows(table, &rows, given.fixed.iter().chain(&given.weights))?;
    for target in targets {
        let column = column(table, &target.column)?;
        let base = base(table, column)?;
        let parts = parts(table, &rows, (column, base), (target.figure, given))?;
        made.assigned.push((column_name(&table.columns[column]), target.figure));
        for (row, part) in rows.iter().zip(&parts) {
            made.table.grid[*row][column] = Datum::figure(Decimal::from(part.share), 0, false);
        }
        made.parts.extend(parts);
    }
    follow(&mut made.table);
    made.notes.extend(replaced(table, &made.table));
    Ok(made)
}

/// Figures of the table that the draft has otherwise.
fn replaced(before: &Table, after: &Table) -> Option<Text> {
    let differs = |place: &Place| {
        let (was, is) = (before.number(*place), after.number(*place));
        was.is_some() && is.is_some() && was != is
    };
    let places: Vec<Place> = before.places().filter(differs).collect();
    let (count, cells) = (places.len(), words::cell_list(before, places.iter().copied()));
    (count > 0).then(|| {
        both!(
            "{count} ô đang có số khác trong biểu được thay bằng số của dự thảo: {cells}",
            "{count} cells that held other figures have those of the draft: {cells}",
        )
    })
}

/// The targets of a table's unit, each of another column, and the unit's name. A table that names no
/// unit is taken for that of the only one on the list.
fn own_targets<'a>(given: &'a Given, unit: &Unit) -> Result<(Vec<&'a Target>, String), Failure> {
    let only = given.targets.first().filter(|first| {
        let key = |target: &Target| Key::of(&plain_unit(&target.unit));
        given.targets.iter().all(|target| key(target) == key(first))
    });
    let is_nameless = unit.from == NameFrom::File && Key::of(&unit.name).level.is_none();
    let name = only.filter(|_| is_nameless).map_or(&unit.name, |only| &only.unit);
    let unit = plain_unit(name);
    let key = Key::of(&unit);
    let fits = |target: &&Target| Key::of(&plain_unit(&target.unit)).fits(&key);
    let own: Vec<&Target> = given.targets.iter().filter(fits).collect();
    if own.is_empty() {
        let mut units: Vec<&str> = given.targets.iter().map(|t| t.unit.as_str()).collect();
        units.dedup();
        units.truncate(6);
        let units = units.join(", ");
        return Err(Failure::new(
            Code::Unknown,
            format!("danh sách chỉ tiêu không giao cho `{unit}`, là đơn vị của biểu (có: {units})"),
            format!("the list assigns nothing to `{unit}`, whose table it is (there are: {units})"),
        )
        .with_help(
            "xem lại tên đơn vị trong danh sách và ở phần trên bảng",
            "compare the unit's name on the list and above the table",
        ));
    }
    for (index, target) in own.iter().enumerate() {
        if own[..index].iter().any(|other| fold(&other.column) == fold(&target.column)) {
            let column = &target.column;
            return Err(Failure::new(
                Code::Unknown,
                format!("danh sách giao cột `{column}` của `{unit}` hai lần"),
                format!("the list assigns column `{column}` of `{unit}` twice"),
            ));
        }
    }
    Ok((own, unit))
}

/// The rows that take shares: units, not their sums.
fn leaves(table: &Table) -> Result<Vec<usize>, Failure> {
    let rows: Vec<usize> =
        (0..table.rows.len()).filter(|row| table.rows[*row].role == Role::Unit).collect();
    let several = rows.iter().any(|row| !table.rows[*row].line.is_empty());
    if rows.is_empty() || several {
        return Err(Failure::new(
            Code::NotClean,
            "biểu không có các dòng đơn vị (mỗi đơn vị một dòng) để phân bổ",
            "the table has no rows of units, one for each, to spread over",
        ));
    }
    Ok(rows)
}

/// Refuses lists that name villages the table has not, or has twice.
fn known_rows<'a>(
    table: &Table,
    rows: &[usize],
    lines: impl Iterator<Item = &'a Target>,
) -> Result<(), Failure> {
    for line in lines {
        let named = rows.iter().filter(|row| fold(&table.rows[**row].name) == fold(&line.unit));
        if named.count() != 1 {
            let unit = &line.unit;
            return Err(Failure::new(
                Code::Unknown,
                format!("biểu không có đúng một dòng tên là `{unit}`"),
                format!("the table has not exactly one row named `{unit}`"),
            ));
        }
    }
    Ok(())
}

/// A column by its label, or else by its heading.
fn column(table: &Table, name: &str) -> Result<usize, Failure> {
    let by_heading = || {
        let own = |column: &Column| {
            let last = column.headings.last().map_or("", String::as_str);
            [fold_heading(last), fold_heading(&column.heading())].contains(&fold_heading(name))
        };
        let mut found = (0..table.columns.len()).filter(|at| own(&table.columns[*at]));
        found.next().filter(|_| found.next().is_none())
    };
    let found = table.column(name).or_else(by_heading);
    found.filter(|_| !name.is_empty()).ok_or_else(|| {
        let labels: Vec<&str> = table.columns.iter().map(Column::name).collect();
        let labels = labels.join(" ");
        Failure::new(
            Code::Unknown,
            format!("biểu không có cột `{name}` (các cột: {labels})"),
            format!("the table has no column `{name}` (there are: {labels})"),
        )
    })
}

/// What a column of reductions takes from: what a bound of the form says, or a printed `11=3-7`.
fn base(table: &Table, column: usize) -> Result<usize, Failure> {
    let alone = |linear: &Linear| {
        let (only, factor) = linear.terms.iter().next()?;
        let is_plain = linear.terms.len() == 1 && linear.constant.is_zero();
        (is_plain && *factor == Decimal::ONE).then_some(*only)
    };
    let bounds = table.bounds.iter().filter(|bound| bound.kind == BoundKind::Reduction);
    let mut stated = bounds.filter(|bound| alone(&bound.part) == Some(column));
    let stated = stated.find_map(|bound| alone(&bound.whole));
    let printed = || {
        table.columns.iter().find_map(|other| {
            let Shape::Linear(linear) = &other.formula.as_ref()?.shape else { return None };
            let is_less = linear.terms.get(&column) == Some(&Decimal::NEGATIVE_ONE);
            let mut whole = linear.terms.iter().filter(|(_, factor)| **factor == Decimal::ONE);
            let (whole, _) = whole.next().filter(|_| is_less && linear.terms.len() == 2)?;
            Some(*whole)
        })
    };
    let found = stated.or_else(printed).filter(|_| table.columns[column].formula.is_none());
    found.ok_or_else(|| {
        let name = column_name(&table.columns[column]);
        Failure::new(
            Code::Unknown,
            format!("{} không phải là cột số giảm: không biết số giảm lấy từ cột nào", name.vi),
            format!("{} is no column of reductions: what it takes from is not known", name.en),
        )
        .with_help(
            "giao chỉ tiêu ở cột số giảm, ví dụ cột 7, 9 của biểu có `11=3-7`, `13=5-9`",
            "assign a column of reductions, such as 7 and 9 where `11=3-7` and `13=5-9` are printed",
        )
    })
}

fn column_name(column: &Column) -> Text {
    let heading = column.headings.last().map_or("", String::as_str);
    let name = column.name();
    if heading.is_empty() || column.label.is_empty() {
        both!("cột {name}", "column {name}")
    } else {
        both!("cột {name} ({heading})", "column {name} ({heading})")
    }
}

/// The shares of one column.
fn parts(
    table: &Table,
    rows: &[usize],
    (column, base): (usize, usize),
    (assigned, given): (u64, &Given),
) -> Result<Vec<Part>, Failure> {
    let there = rows.iter().map(|row| there(table, Place::new(*row, base)));
    let there: Vec<u64> = there.collect::<Result<_, _>>()?;
    let label = &table.columns[column].label;
    let own = |lines: &[Target], row: usize| {
        let name = fold(&table.rows[row].name);
        let mut lines = lines.iter().filter(|line| {
            fold(&line.unit) == name
                && (line.column.is_empty() || fold(&line.column) == fold(label))
        });
        lines.next().map(|line| line.figure)
    };
    let fixed: Vec<Option<u64>> = rows.iter().map(|row| own(&given.fixed, *row)).collect();
    let sum = |numbers: &mut dyn Iterator<Item = u64>| -> u64 { numbers.sum() };
    let taken = sum(&mut fixed.iter().flatten().copied());
    let has = sum(&mut there.iter().copied());
    for ((row, fixed), there) in rows.iter().zip(&fixed).zip(&there) {
        if let Some(fixed) = fixed.filter(|fixed| fixed > there) {
            return Err(too_much(&table.rows[*row].name, fixed, *there, table, column));
        }
    }
    if assigned > has {
        return Err(too_much("", assigned, has, table, column));
    }
    let takers: Vec<Taker> = (0..rows.len())
        .map(|at| match fixed[at] {
            Some(_) => Taker { weight: 0, most: 0 },
            None => Taker {
                weight: own(&given.weights, rows[at]).unwrap_or(if given.weights.is_empty() {
                    there[at]
                } else {
                    0
                }),
                most: there[at],
            },
        })
        .collect();
    let spread = assigned.checked_sub(taken).and_then(|rest| spread(rest, &takers));
    let Some(spread) = spread else { return Err(cannot_spread(assigned, taken, table, column)) };
    let name = column_name(&table.columns[column]);
    let part = |at: usize| {
        let in_proportion = |rank| match takers[at].weight {
            0 => Origin::Nothing,
            weight => {
                Origin::Share { spread: spread.spread, weight, weights: spread.weights, rank }
            }
        };
        let (share, origin) = match (fixed[at], spread.shares[at]) {
            (Some(fixed), _) => (fixed, Origin::Fixed),
            (None, Share::All(count)) => (count, Origin::All),
            (None, Share::Down(count)) => (count, in_proportion(None)),
            (None, Share::Up(count, rank)) => (count, in_proportion(Some(rank))),
        };
        let unit = table.rows[rows[at]].name.clone();
        Part { column: name.clone(), unit, there: there[at], share, origin }
    };
    Ok((0..rows.len()).map(part).collect())
}

/// What a village has: a whole number that is not negative.
fn there(table: &Table, place: Place) -> Result<u64, Failure> {
    let zero = matches!(table.datum(place).reading, Reading::Dash).then_some(Decimal::ZERO);
    let number = table.number(place).or(zero);
    let whole = number.filter(|number| number.fract().is_zero()).and_then(|n| n.to_u64());
    whole.filter(|number| *number <= LARGEST).ok_or_else(|| {
        let (cell, printed) = (table.address(place), words::printed(table, place));
        let at = |lang| words::position(table, place, lang);
        Failure::new(
            Code::NotClean,
            format!("ô {cell} ({}): “{printed}” không phải là số đang có để phân bổ", at(Lang::Vi)),
            format!("{cell} ({}): “{printed}” is no whole number to spread over", at(Lang::En)),
        )
        .with_help(
            "điền số đang có của từng đơn vị rồi phân bổ lại",
            "fill in what each unit has, and try again",
        )
    })
}

fn too_much(unit: &str, wanted: u64, has: u64, table: &Table, column: usize) -> Failure {
    let name = column_name(&table.columns[column]);
    let (vi, en) = if unit.is_empty() {
        ("các đơn vị trong biểu".to_owned(), "the units of the table".to_owned())
    } else {
        (unit.to_owned(), unit.to_owned())
    };
    Failure::new(
        Code::NotClean,
        format!("{}: giao {wanted} nhưng {vi} chỉ có {has}", name.vi),
        format!("{}: {wanted} are assigned, but {en} have only {has}", name.en),
    )
    .with_help(
        "xem lại chỉ tiêu được giao hoặc số đang có; chưa ghi gì",
        "look at what was assigned and at what there is; nothing was written",
    )
}

fn cannot_spread(assigned: u64, taken: u64, table: &Table, column: usize) -> Failure {
    let name = column_name(&table.columns[column]);
    Failure::new(
        Code::NotClean,
        format!(
            "{}: không chia được {assigned} cho các đơn vị: đã ấn định {taken}, các đơn vị còn lại (theo trọng số) không đủ số để nhận phần còn lại",
            name.vi,
        ),
        format!(
            "{}: {assigned} cannot be spread: {taken} are fixed, and the other units (by their weights) have not enough for the rest",
            name.en,
        ),
    )
    .with_help(
        "xem lại số ấn định và trọng số; chưa ghi gì",
        "look at the fixed figures and the weights; nothing was written",
    )
}

/// Computes what follows from the shares: columns of the same row first, then sums of rows, then the
/// computed columns of sums.
fn follow(table: &mut Table) {
    for row in 0..table.rows.len() {
        if table.rows[row].role == Role::Unit {
            compute(table, row);
        }
    }
    let mut sums: Vec<usize> =
        (0..table.rows.len()).filter(|row| !table.rows[*row].parts.is_empty()).collect();
    // Sums of sums come after these.
    sums.sort_by_key(|row| depth(table, *row, 0));
    for row in sums {
        let parts = table.rows[row].parts.clone();
        for column in 0..table.columns.len() {
            if table.columns[column].adds_up() {
                let numbers = parts.iter().map(|part| table.number(Place::new(*part, column)));
                let known: Vec<Decimal> = numbers.flatten().collect();
                if !known.is_empty() {
                    table.grid[row][column] =
                        Datum::figure(known.iter().sum(), places(&known), false);
                }
            }
        }
        compute(table, row);
    }
}

/// Decimals of the most exact of some numbers.
fn places(numbers: &[Decimal]) -> u32 {
    numbers.iter().map(|number| number.normalize().scale()).max().unwrap_or(0)
}

/// How many sums lie below a row; those that go in circles count as deep.
fn depth(table: &Table, row: usize, below: usize) -> usize {
    if below > table.rows.len() {
        return below;
    }
    let parts = table.rows[row].parts.iter();
    parts.map(|part| 1 + depth(table, *part, below + 1)).max().unwrap_or(0)
}

/// Computes the columns of a row that have a formula, each after those it uses.
fn compute(table: &mut Table, row: usize) {
    let mut open: BTreeMap<usize, Shape> = table
        .columns
        .iter()
        .enumerate()
        .filter_map(|(index, column)| Some((index, column.formula.as_ref()?.shape.clone())))
        .collect();
    // Each round computes those whose inputs are not computed themselves.
    while let Some(next) = open
        .iter()
        .find(|(_, shape)| shape.columns().iter().all(|used| !open.contains_key(used)))
        .map(|(index, _)| *index)
    {
        let Some(shape) = open.remove(&next) else { break };
        let column = &table.columns[next];
        let percent =
            matches!(&table.grid[row][next].reading, Reading::Number(known) if known.percent);
        let number = |column: usize| table.number(Place::new(row, column));
        let computed = match &shape {
            Shape::Linear(linear) => linear.value(number).map(|value| (value, places(&[value]))),
            Shape::Ratio { numerator, denominator, .. } => {
                let decimals = column.decimals.unwrap_or(2);
                let parts = numerator.value(number).zip(denominator.value(number));
                let value = parts.and_then(|(above, below)| {
                    ratio::rounded(above, below, column.scale?, decimals)
                });
                value.map(|value| (value, decimals))
            }
            Shape::Product(..) => None,
        };
        if let Some((value, decimals)) = computed {
            table.grid[row][next] = Datum::figure(value, decimals, percent);
        }
    }
}
