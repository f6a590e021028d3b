//! Columns that hold the right figures under formats that cannot show them: rates under `0`, a rate
//! of 2,11 under `0%`, counts under a date.
//!
//! Each is a hypothesis about a whole column, tested exactly on what must hold in the table: the
//! cells are read as they are stored, and where more relations hold then than before, and few are
//! broken, the figures are right and the format is at fault.

use std::collections::BTreeSet;

use crate::relations::{self, Instance, Outcome};
use crate::table::{Datum, Figure, Kind, Place, Reading, Role, Table};
use crate::workbook::{Sheet, Value};

/// Decimals that a column without a form may have; more are unrounded results.
const MOST_DECIMALS: u32 = 4;
/// Relations that hold, for each that is broken, where a hypothesis is believed.
const HOLDING_FOR_ONE: usize = 2;

/// Rounds over all columns.
const MOST_ROUNDS: usize = 3;

/// What may be wrong with the format of a column's cells.
#[derive(Clone, Copy)]
enum Hypothesis {
    /// It shows fewer decimals than the figures have.
    FewerDecimals,
    /// It shows per cent of what is per cent already.
    Percent,
    /// It shows a figure as a day.
    Date,
}

/// In the order they are tried.
const ALL: [Hypothesis; 3] = [Hypothesis::Percent, Hypothesis::Date, Hypothesis::FewerDecimals];

impl Hypothesis {
    /// True for a cell that bears it out.
    fn suspects(self, datum: &Datum) -> bool {
        match (&datum.reading, self) {
            (Reading::Number(figure), Self::FewerDecimals) => figure.hides(),
            (Reading::Number(figure), Self::Percent) => figure.percent,
            (Reading::Text(_), Self::Date) => true,
            _ => false,
        }
    }
}

/// Reads the columns whose formats cannot show their figures as they are stored, and remembers the
/// cells in [`Table::misshown`].
pub(super) fn settle(sheet: &Sheet, table: &mut Table) {
    let mut known: Option<Vec<Instance>> = None;
    // What is believed of one column may bear out another: rates are computed from counts.
    for _ in 0..MOST_ROUNDS {
        if !settle_columns(sheet, table, &mut known) {
            return;
        }
    }
}

/// Tries each hypothesis on each column; true where one was believed.
fn settle_columns(sheet: &Sheet, table: &mut Table, known: &mut Option<Vec<Instance>>) -> bool {
    let mut believed = false;
    for column in 0..table.columns.len() {
        let is_suspicious = |row: &[Datum]| ALL.iter().any(|one| one.suspects(&row[column]));
        if table.columns[column].kind == Kind::Text || !table.grid.iter().any(is_suspicious) {
            continue;
        }
        // Cells of one column may have several; how many decimals it has is told by them all.
        for hypothesis in ALL {
            let Some(trial) = trial(sheet, table, column, hypothesis) else { continue };
            let before = known.get_or_insert_with(|| instances(table));
            let after = instances(&trial.table);
            let told = [Tally::of(before, &trial.places), Tally::of(&after, &trial.places)];
            if is_borne_out(&told, trial.shows_elsewhere) {
                *table = trial.table;
                *known = Some(after);
                believed = true;
            }
        }
    }
    believed
}

fn instances(table: &Table) -> Vec<Instance> {
    relations::instances(table, &relations::of(table))
}

/// A table with the suspicious cells of a column read as they are stored.
struct Trial {
    table: Table,
    /// The cells read otherwise.
    places: BTreeSet<Place>,
    /// True where a form states, or other cells of the column show, the decimals these hide.
    shows_elsewhere: bool,
}

/// The trial of a hypothesis; `None` where nothing is suspicious.
fn trial(sheet: &Sheet, table: &Table, column: usize, hypothesis: Hypothesis) -> Option<Trial> {
    if !table.grid.iter().any(|row| hypothesis.suspects(&row[column])) {
        return None;
    }
    let read: Vec<(Place, Figure)> = (0..table.rows.len())
        .filter(|row| {
            !table.rows[*row].holds_no_cells() && table.rows[*row].role != Role::Exception
        })
        .map(|row| Place::new(row, column))
        .filter_map(|place| Some((place, as_stored(sheet, table, place, hypothesis)?)))
        .collect();
    let (decimals, shows_elsewhere) = decimals(table, column, hypothesis, &read)?;
    let mut trial = table.clone();
    let described = &mut trial.columns[column];
    if matches!(described.kind, Kind::Rate | Kind::Average) {
        described.decimals = Some(decimals);
    }
    let short = |place: Place| table.figure(place).is_none_or(|f| f.decimals < decimals);
    let few = matches!(hypothesis, Hypothesis::FewerDecimals);
    let mut places = BTreeSet::new();
    for (place, figure) in read.into_iter().filter(|(place, _)| !few || short(*place)) {
        let exact = figure.exact();
        let figure = Figure { decimals, ..figure };
        let shown = figure.as_shown(exact);
        let datum = table.datum(place);
        let written = datum.printed().into_owned();
        let reading = Reading::Number(Figure { shown, ..figure }.stored_as(exact));
        let formula = datum.formula.clone();
        trial.grid[place.row][place.column] =
            Datum { formula, ..Datum::new(reading).printing(written) };
        places.insert(place);
        trial.misshown.insert(place);
    }
    Some(Trial { table: trial, places, shows_elsewhere })
}

/// A suspicious cell's figure as it is stored, with as many decimals as that has.
fn as_stored(sheet: &Sheet, table: &Table, place: Place, hypothesis: Hypothesis) -> Option<Figure> {
    let stored = |exact: rust_decimal::Decimal, percent| Figure {
        percent,
        ..Figure::new(exact, exact.normalize().scale())
    };
    let figure = table.figure(place).filter(|figure| !figure.is_text);
    match hypothesis {
        Hypothesis::FewerDecimals => {
            let rate = matches!(table.columns[place.column].kind, Kind::Rate | Kind::Average);
            let figure = figure.filter(|_| rate)?;
            Some(stored(figure.exact(), figure.percent))
        }
        Hypothesis::Percent => {
            let figure = figure.filter(|figure| figure.percent)?;
            Some(stored(figure.exact() / rust_decimal::Decimal::ONE_HUNDRED, false))
        }
        Hypothesis::Date => match sheet.value(table.address(place)) {
            Value::Date(serial) => Some(stored(*serial, false)),
            _ => None,
        },
    }
}

/// The decimals the figures are to be shown with, and whether the form or other cells of the column
/// show them: else they are those the figures are stored with. `None` where nothing is hidden, or
/// where they are unrounded results that no format owes.
fn decimals(
    table: &Table,
    column: usize,
    hypothesis: Hypothesis,
    read: &[(Place, Figure)],
) -> Option<(u32, bool)> {
    let described = &table.columns[column];
    let most = read.iter().map(|(_, figure)| figure.decimals).max()?;
    let shown = |place: &Place| table.figure(*place).map_or(0, |figure| figure.decimals);
    let usual = described.decimals.filter(|usual| {
        described.decimals_stated || read.iter().any(|(place, _)| shown(place) < *usual)
    });
    let wanted = match usual {
        Some(usual) => usual,
        None if most <= MOST_DECIMALS => most,
        None => return None,
    };
    let hides = |place: &Place| table.figure(*place).is_some_and(Figure::hides);
    match hypothesis {
        Hypothesis::FewerDecimals => {
            let short = |(place, _): &(Place, Figure)| hides(place) && shown(place) < wanted;
            read.iter().any(short).then_some((wanted, usual.is_some()))
        }
        // Things counted and amounts are never shares.
        Hypothesis::Percent => Some((wanted, described.kind.adds_up())),
        Hypothesis::Date => Some((wanted, false)),
    }
}

/// How the relations that some cells are part of come out.
struct Tally {
    satisfied: usize,
    violated: usize,
}

impl Tally {
    fn of(instances: &[Instance], places: &BTreeSet<Place>) -> Self {
        let mut tally = Self { satisfied: 0, violated: 0 };
        for instance in instances {
            if !instance.is_equality() || !instance.cells().any(|cell| places.contains(&cell)) {
                continue;
            }
            match instance.outcome {
                Outcome::Satisfied => tally.satisfied += 1,
                Outcome::Violated => tally.violated += 1,
                Outcome::Undecided(_) => {}
            }
        }
        tally
    }
}

fn is_borne_out([before, after]: &[Tally; 2], shows_elsewhere: bool) -> bool {
    let holds = after.violated * HOLDING_FOR_ONE <= after.satisfied;
    let told_apart = after.satisfied > before.satisfied
        || after.satisfied == before.satisfied && after.violated < before.violated;
    // Where the printed figures hold as well, the paper says less than the column all the same.
    let says_less = shows_elsewhere && after.satisfied > 0 && after.violated <= before.violated;
    holds && (told_apart || says_less)
}
