//! Rules that live formulas state: one formula, moved from cell to cell, over most of a column or of a
//! row. A cell of such a line that computes otherwise and gives another figure is a suspect, unless the
//! cells beside it in the other direction compute like it: then it follows a rule of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::both;
use crate::formula::{
    Arithmetic, Formula, Limits, Plain, Reference, WorkbookSource, evaluate, formula_of,
    in_style_of,
};
use crate::table::{
    Doubt, Expression, Figure, Inference, Inferred, Linear, Place, Role, Shape, Table, Told, Voice,
};
use crate::words::is_total;
use crate::workbook::{Address, RelativeForm, Sheet, Value, Workbook};

/// Formulas that make a line's rule, at least.
const LEAST: usize = 3;

/// Formulas of the rule in a row on one side of a cell for it to stand out beyond doubt.
const ON_ONE_SIDE: usize = 5;

/// The lines of a table with what differs from them.
pub(super) fn read(workbook: &Workbook, sheet: &Sheet, table: &Table) -> Vec<Inferred> {
    let Some(own) = workbook.sheets.iter().position(|other| other.name == sheet.name) else {
        return Vec::new();
    };
    let reader = Reader::of(workbook, sheet, table);
    if reader.formulas < LEAST {
        return Vec::new();
    }
    let lines: Vec<Line> = reader.lines();
    let source = WorkbookSource::new(workbook, own);
    let (crossings, habits) = (crossings(&lines), reader.habits(&lines));
    let judge = Judge { reader: &reader, crossings, habits, source, sheet };
    let mut told: Vec<Inferred> = lines.iter().map(|line| judge.inferred(line)).collect();
    certain_both_ways(&mut told);
    told
}

/// A formula as it is wherever it is moved to.
struct Pattern {
    /// The first cell that holds it.
    first: Place,
    /// What is computed; `None` where it cannot be read.
    formula: Option<Formula>,
    /// True where all that it reads stands in its own row, in its own column.
    in_row: bool,
    in_column: bool,
}

/// The live formulas of a table outside what printed formulas compute.
struct Reader<'a> {
    table: &'a Table,
    patterns: Vec<Pattern>,
    /// The pattern of each cell by row and column; rows without formulas hold nothing.
    live: Vec<Vec<Option<usize>>>,
    formulas: usize,
}

impl<'a> Reader<'a> {
    fn of(workbook: &Workbook, sheet: &Sheet, table: &'a Table) -> Self {
        let mut known: HashMap<&RelativeForm, usize> = HashMap::new();
        // Most formulas are the one above, moved.
        let mut above: Vec<Option<(&RelativeForm, usize)>> = vec![None; table.columns.len()];
        let live = vec![Vec::new(); table.rows.len()];
        let mut reader = Self { table, patterns: Vec::new(), live, formulas: 0 };
        for (place, text) in table.formulas() {
            let at = table.address(place);
            let above = &mut above[place.column];
            let form = text.form_like(at, above.map(|(form, _)| form));
            let same = above.filter(|(above, _)| *above == form);
            let of_form = || {
                *known.entry(form).or_insert_with(|| {
                    let formula =
                        sheet.cell(at).and_then(|cell| formula_of(workbook, (at, cell))?.ok());
                    let (in_row, in_column) = formula.as_ref().map_or((false, false), |formula| {
                        (reads_only(formula, |cell| cell.row == at.row), {
                            reads_only(formula, |cell| cell.column == at.column)
                        })
                    });
                    reader.patterns.push(Pattern { first: place, formula, in_row, in_column });
                    reader.patterns.len() - 1
                })
            };
            let pattern = same.map_or_else(of_form, |(_, pattern)| pattern);
            *above = Some((form, pattern));
            let row = &mut reader.live[place.row];
            if row.is_empty() {
                row.resize(table.columns.len(), None);
            }
            row[place.column] = Some(pattern);
            reader.formulas += 1;
        }
        reader
    }

    /// The pattern of the formula in a cell.
    fn pattern(&self, place: Place) -> Option<usize> {
        *self.live.get(place.row)?.get(place.column)?
    }

    /// The columns and rows most formulas of which are one.
    fn lines(&self) -> Vec<Line> {
        let table = self.table;
        let figures = |place: &Place| table.holds_figures(*place);
        let columns = (0..table.columns.len())
            .filter(|column| table.columns[*column].formula.is_none())
            .filter_map(|column| {
                let rows = (0..table.rows.len()).filter(|row| {
                    let row = &table.rows[*row];
                    row.role == Role::Unit && !is_total(&row.name)
                });
                let cells = rows.map(|row| Place::new(row, column)).filter(figures);
                self.line(false, column, &cells.collect::<Vec<_>>())
            });
        let rows = (0..table.rows.len()).filter_map(|row| {
            let cells = (0..table.columns.len()).map(|column| Place::new(row, column));
            self.line(true, row, &cells.filter(figures).collect::<Vec<_>>())
        });
        columns.chain(rows).collect()
    }

    fn line(&self, of_rows: bool, target: usize, cells: &[Place]) -> Option<Line> {
        // What adds up its column is no rule of the column, and the other way round.
        let of_other = |pattern: usize| {
            let Pattern { in_row, in_column, .. } = self.patterns[pattern];
            if of_rows { in_row && !in_column } else { in_column && !in_row }
        };
        let mut count: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut formulas, mut typed) = (0, 0);
        for cell in cells {
            match self.pattern(*cell) {
                Some(pattern) if of_other(pattern) => {}
                Some(pattern) => {
                    formulas += 1;
                    *count.entry(pattern).or_default() += 1;
                }
                None => typed += usize::from(self.figure(*cell).is_some()),
            }
        }
        let (rule, own) = count.into_iter().max_by_key(|(_, count)| *count)?;
        if own < LEAST || own * 4 < formulas * 3 {
            return None;
        }
        let is_typed = |cell: &Place| self.figure(*cell).is_some();
        let few_typed = own * 4 >= (formulas + typed) * 3;
        let (mut follows, mut differs) = (Vec::new(), Vec::new());
        for cell in cells {
            match self.pattern(*cell) {
                Some(pattern) if pattern == rule => follows.push(*cell),
                Some(pattern) if !of_other(pattern) => differs.push(*cell),
                None if few_typed && is_typed(cell) => differs.push(*cell),
                _ => {}
            }
        }
        Some(Line { of_rows, target, rule, follows, differs })
    }

    fn figure(&self, place: Place) -> Option<&'a Figure> {
        self.table.figure(place)
    }

    /// How many cells of a cross line differ from their lines in one way.
    fn habits(&self, lines: &[Line]) -> HashMap<(usize, Habit), usize> {
        let mut habits = HashMap::new();
        for line in lines {
            for habit in line.differs.iter().filter_map(|place| self.habit(line, *place)) {
                *habits.entry(habit).or_default() += 1;
            }
        }
        habits
    }

    /// The way in which the formula of a cell differs from its line, with the cross line; `None` where
    /// the same functions read the same of the other lines: a range of another length is no habit.
    fn habit(&self, line: &Line, place: Place) -> Option<(usize, Habit)> {
        let of = |pattern: usize| {
            let Pattern { first, formula, .. } = &self.patterns[pattern];
            Some(habit(formula.as_ref()?, self.table.address(*first), line.of_rows))
        };
        let own = of(self.pattern(place)?)?;
        (own != of(line.rule)?).then(|| (line.across(place), own))
    }
}

/// What a formula reads across the lines of one direction, and the functions it has.
type Habit = (bool, Vec<String>, Vec<(i64, i64)>);

fn habit(formula: &Formula, at: Address, of_rows: bool) -> Habit {
    let line = |at: Address| i64::from(if of_rows { at.column } else { at.row });
    let read = formula.references().into_iter().filter_map(|reference| match reference {
        Reference::Cells(cells) => {
            Some((line(cells.range.start) - line(at), line(cells.range.end) - line(at)))
        }
        _ => None,
    });
    let functions = formula.functions().into_iter().map(str::to_owned).collect();
    (of_rows, functions, read.collect())
}

fn reads_only(formula: &Formula, wanted: impl Fn(Address) -> bool) -> bool {
    let references = formula.references();
    !references.is_empty()
        && references.iter().all(|reference| match reference {
            Reference::Cells(cells) => {
                cells.sheet.is_none() && wanted(cells.range.start) && wanted(cells.range.end)
            }
            _ => false,
        })
}

/// A column or row most formulas of which are one.
struct Line {
    of_rows: bool,
    target: usize,
    /// The formula, as an index into the patterns.
    rule: usize,
    /// The cells that hold it.
    follows: Vec<Place>,
    /// Those that hold another, or a typed figure where few do.
    differs: Vec<Place>,
}

impl Line {
    /// The line of the other direction that a cell stands in.
    fn across(&self, place: Place) -> usize {
        if self.of_rows { place.column } else { place.row }
    }

    /// The places before and after a cell along the line.
    fn beside(&self, place: Place) -> [Option<Place>; 2] {
        along(place, self.of_rows)
    }
}

/// The places before and after another along its row, or along its column.
fn along(place: Place, row: bool) -> [Option<Place>; 2] {
    let Place { row: r, column: c } = place;
    if row {
        [c.checked_sub(1).map(|c| Place::new(r, c)), Some(Place::new(r, c + 1))]
    } else {
        [r.checked_sub(1).map(|r| Place::new(r, c)), Some(Place::new(r + 1, c))]
    }
}

/// Of the lines of one direction, how many a cross line follows and differs from.
type Crossings = HashMap<(bool, usize), (usize, usize)>;

fn crossings(lines: &[Line]) -> Crossings {
    let mut crossings = Crossings::new();
    for line in lines {
        let key = |place: &Place| (line.of_rows, line.across(*place));
        for place in &line.follows {
            crossings.entry(key(place)).or_default().0 += 1;
        }
        for place in &line.differs {
            crossings.entry(key(place)).or_default().1 += 1;
        }
    }
    crossings
}

struct Judge<'a> {
    reader: &'a Reader<'a>,
    crossings: Crossings,
    habits: HashMap<(usize, Habit), usize>,
    source: WorkbookSource<'a>,
    sheet: &'a Sheet,
}

impl Judge<'_> {
    fn inferred(&self, line: &Line) -> Inferred {
        let table = self.reader.table;
        let doubts: Vec<Doubt> =
            line.differs.iter().filter_map(|place| self.doubt(line, *place)).collect();
        let (fits, of) = (line.follows.len(), line.follows.len() + doubts.len());
        let shape = self.shape(line);
        let name = if line.of_rows {
            table.rows[line.target].name.clone()
        } else {
            table.columns[line.target].name().to_owned()
        };
        let formula = self.moved(line, line.follows[0]);
        let statement = if line.of_rows {
            both!(
                "{fits} trong {of} ô của dòng “{name}” dùng chung một công thức",
                "{fits} of {of} cells of the row “{name}” hold one formula"
            )
        } else {
            both!(
                "{fits} trong {of} ô của cột “{name}” dùng chung một công thức",
                "{fits} of {of} cells of the column “{name}” hold one formula"
            )
        };
        Inferred {
            text: format!("{name}: ={formula}").into(),
            of_rows: line.of_rows,
            target: line.target,
            says: shape.map_or(Inference::Copied, Inference::Is),
            by: Told::Cells,
            voice: Voice::Warns,
            bits: None,
            fits,
            of,
            statement,
            reasons: Vec::new(),
            doubts,
            witness: None,
        }
    }

    /// The formula of a line as it would stand in a cell.
    fn moved(&self, line: &Line, to: Place) -> String {
        let table = self.reader.table;
        let from = self.reader.patterns[line.rule].first;
        let text = table.datum(from).formula.as_deref().unwrap_or_default();
        in_style_of(text, table.address(from), table.address(to))
    }

    /// What the line computes, where all that it reads stands in its rows or columns.
    fn shape(&self, line: &Line) -> Option<Shape> {
        let table = self.reader.table;
        let pattern = &self.reader.patterns[line.rule];
        let from = line.follows[0];
        // The first cell of the pattern may stand in a line beside this one.
        let own = (from != pattern.first).then(|| table.formula(from));
        let formula = own.as_ref().unwrap_or(&pattern.formula).as_ref()?;
        if let Some(sum) = self.plain_sum(line, from, formula) {
            return Some(sum);
        }
        let expression = expression(&formula.arithmetic()?);
        let index = |label: &str| {
            let place = table.place(label.parse().ok()?)?;
            if line.of_rows {
                (place.column == from.column).then_some(place.row)
            } else {
                (place.row == from.row).then_some(place.column)
            }
        };
        match Shape::of(&expression, &index).ok()? {
            Shape::Ratio { numerator, denominator, scale } => {
                let percent = table.figure(from).is_some_and(|figure| figure.percent);
                let unit = if percent { Decimal::ONE_HUNDRED } else { Decimal::ONE };
                let scale = scale.unwrap_or(Decimal::ONE).checked_mul(unit);
                Some(Shape::Ratio { numerator, denominator, scale })
            }
            shape => Some(shape),
        }
    }

    /// The sum of rows or columns, the same whatever their number.
    fn plain_sum(&self, line: &Line, from: Place, formula: &Formula) -> Option<Shape> {
        // What a sum takes in of settled rows is not told by cells.
        if !self.sheet.runs.is_empty() {
            return None;
        }
        let table = self.reader.table;
        let lines = if line.of_rows { table.rows.len() } else { table.columns.len() };
        let Plain::Sum { cells, .. } = formula.plain(self.sheet, lines)? else {
            return None;
        };
        let term = |(at, times): (Address, i32)| {
            let place = table.place(at)?;
            let (own, across) = if line.of_rows {
                (place.row, place.column == from.column)
            } else {
                (place.column, place.row == from.row)
            };
            across.then(|| (own, Decimal::from(times)))
        };
        let mut terms = cells.into_iter().map(term).collect::<Option<BTreeMap<_, _>>>()?;
        terms.retain(|_, times| !times.is_zero());
        Some(Shape::Linear(Linear { terms, constant: Decimal::ZERO }))
    }

    /// A cell of a line that computes otherwise, where it is alone and gives another figure.
    fn doubt(&self, line: &Line, place: Place) -> Option<Doubt> {
        let figure = self.reader.figure(place)?;
        let own = self.reader.pattern(place);
        let computes_alike = |other: Option<Place>| {
            let other = other.and_then(|other| self.reader.pattern(other));
            own.is_some() && other == own
        };
        let across = along(place, !line.of_rows);
        let down = line.beside(place);
        // Typed figures below each other are of another kind than what is computed around them.
        let typed = |other: &Option<Place>| {
            other.is_some_and(|at| {
                self.reader.pattern(at).is_none() && line.differs.binary_search(&at).is_ok()
            })
        };
        if own.is_none() && down.iter().any(typed) {
            return None;
        }
        // A formula that other cells of the line hold too is one the author chose for such rows.
        let repeated =
            |other: &Place| *other != place && own.is_some() && self.reader.pattern(*other) == own;
        if line.differs.iter().any(repeated) || self.is_habit(line, place) {
            return None;
        }
        if across.into_iter().chain(down).any(computes_alike) || !self.usually_follows(line, place)
        {
            return None;
        }
        let formula = self.moved(line, place);
        if self.begins_a_chain(line, place, &formula) {
            return None;
        }
        let expected = self.value(&formula, place, figure)?;
        (expected != figure.shown.normalize()).then(|| Doubt {
            place,
            found: figure.shown,
            expected,
            formula: Some(formula.into()),
            certain: own.is_some() && self.stands_out(line, place),
        })
    }

    /// True for a cell at which the formula of its line would read a cell of the line beyond the table: the
    /// first of figures each of which goes on from the one before has nothing to go on from.
    fn begins_a_chain(&self, line: &Line, place: Place, formula: &str) -> bool {
        let (table, pattern) = (self.reader.table, &self.reader.patterns[line.rule]);
        let at = table.address(place);
        let (Ok(here), Some(usual)) = (Formula::parse_at(formula, at), &pattern.formula) else {
            return false;
        };
        let beyond = |reference: Reference, at: Address| {
            let Reference::Cells(cells) = reference else { return false };
            let read = cells.range.start;
            let own = if line.of_rows { read.row == at.row } else { read.column == at.column };
            own && cells.sheet.is_none() && table.place(read).is_none()
        };
        let (first, both) = (table.address(pattern.first), usual.references());
        here.references()
            .into_iter()
            .zip(both)
            .any(|(here, usual)| beyond(here, at) && !beyond(usual, first))
    }

    /// True where other lines have a cell beside this one that differs from them in the same way: totals
    /// of one column that all add the column before.
    fn is_habit(&self, line: &Line, place: Place) -> bool {
        let own = self.reader.habit(line, place);
        own.is_some_and(|own| self.habits.get(&own).is_some_and(|cells| *cells > 1))
    }

    /// True unless the row (of a cell in a column's line) differs from most other lines too: its cells
    /// are of another kind then.
    fn usually_follows(&self, line: &Line, place: Place) -> bool {
        let (follows, differs) = self.others(line, place);
        differs <= follows
    }

    /// How many other lines of the direction the cross line of a cell that differs follows, and
    /// differs from.
    fn others(&self, line: &Line, place: Place) -> (usize, usize) {
        let key = (line.of_rows, line.across(place));
        let (follows, differs) = self.crossings.get(&key).copied().unwrap_or_default();
        (follows, differs.saturating_sub(1))
    }

    /// True for a cell between cells of the rule, or at the end of a run of them, whose cross line
    /// follows the other lines.
    fn stands_out(&self, line: &Line, place: Place) -> bool {
        // In the order of their places, as cells of a line are gone through.
        let follows = |at: &Place| line.follows.binary_search(at).is_ok();
        let run = |forward: bool| {
            let next = |at: &Place| line.beside(*at)[usize::from(forward)];
            std::iter::successors(next(&place), next).take_while(follows).count()
        };
        let (before, after) = (run(false), run(true));
        let enclosed = before > 0 && after > 0 && before + after >= LEAST;
        let (others, differing) = self.others(line, place);
        (enclosed || before.max(after) >= ON_ONE_SIDE) && others > differing
    }

    /// What a formula gives in a cell, as the cell would print it.
    fn value(&self, formula: &str, place: Place, figure: &Figure) -> Option<Decimal> {
        let at = self.reader.table.address(place);
        let formula = Formula::parse_at(formula, at).ok()?;
        let value = evaluate(&formula, at, &self.source, &Limits::default()).ok()?;
        let Value::Number(number) = value else { return None };
        let value = if figure.percent { number.checked_mul(Decimal::ONE_HUNDRED)? } else { number };
        let places = figure.decimals.max(figure.shown.normalize().scale());
        let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        Some(rounded.normalize())
    }
}

/// Arithmetic on cells as an expression of labels, which are the addresses.
fn expression(arithmetic: &Arithmetic) -> Expression {
    let of = |part: &Arithmetic| Box::new(expression(part));
    match arithmetic {
        Arithmetic::Number(number) => Expression::Constant(*number),
        Arithmetic::Cell(at) => Expression::Label(at.to_string()),
        Arithmetic::Add(a, b) => Expression::Add(of(a), of(b)),
        Arithmetic::Subtract(a, b) => Expression::Subtract(of(a), of(b)),
        Arithmetic::Multiply(a, b) => Expression::Multiply(of(a), of(b)),
        Arithmetic::Divide(a, b) => Expression::Divide(of(a), of(b)),
    }
}

/// A cell that both its row and its column give one other figure is wrong, typed or computed.
fn certain_both_ways(told: &mut [Inferred]) {
    let doubted = |of_rows: bool, told: &[Inferred]| -> BTreeSet<(Place, Decimal)> {
        let own = told.iter().filter(|one| one.of_rows == of_rows);
        own.flat_map(|one| &one.doubts).map(|doubt| (doubt.place, doubt.expected)).collect()
    };
    let (rows, columns) = (doubted(true, told), doubted(false, told));
    for doubt in told.iter_mut().flat_map(|one| &mut one.doubts) {
        let key = (doubt.place, doubt.expected);
        doubt.certain |= rows.contains(&key) && columns.contains(&key);
    }
}
