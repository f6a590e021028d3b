//! Columns: what each holds and how it is computed, from the index row and from a form.

use rust_decimal::Decimal;

use super::by_headings;
use super::head::Head;
use super::notation::{Evidence, is_whole, read_cell};
use super::region::Region;
use super::rows::Rows;
use super::surroundings;
use crate::failure::Failure;
use crate::forms::Form;
use crate::relations::ratio;
use crate::table::{
    Column, Data, Datum, Figure, HEADINGS, INDEX_ROW, Kind, Layout, Reading, Role, Row, Shape,
    Table, plain_number,
};
use crate::words::{HeadingHint, hint, may_count_codes, names_codes, names_things};
use crate::workbook::{Address, Cell, NumberFormat, Range, Run, Sheet, Value, Workbook};

/// Rows that tell what the columns of a table hold. More would hardly say anything else, and the
/// rows after them can be judged while they are read ([`crate::screen`]).
pub(crate) const TELLING_ROWS: usize = 1_000;

/// Columns with the grid below them, ready to become a table.
#[expect(clippy::struct_field_names, reason = "columns with what belongs to them")]
pub(super) struct Columns<'a> {
    columns: Vec<Column>,
    grid: Data,
    form: Option<&'a Form>,
}

pub(super) fn read<'a>(
    workbook: &Workbook,
    sheet: &Sheet,
    head: &Head<'a>,
    rows: &Rows,
) -> Result<Columns<'a>, Failure> {
    let form = head.form.clone()?;
    let mut columns = head.columns.clone();
    let telling = Telling::of(sheet, rows, &columns);
    set_kinds(&telling, rows, &mut columns, head, form);
    let grid = read_grid(workbook, sheet, rows, &columns, &telling.evidence);
    refine(&mut columns, &grid, rows);
    Ok(Columns { columns, grid, form })
}

impl Columns<'_> {
    /// True where no column holds figures.
    pub(super) fn are_all_text(&self) -> bool {
        self.columns.iter().all(|column| column.kind == Kind::Text)
    }

    pub(super) fn into_table(
        mut self,
        sheet: &Sheet,
        region: &Region,
        head: &Head<'_>,
        rows: Rows,
    ) -> Table {
        let bottom = rows.rows.last().map_or(region.body - 1, Row::last_sheet_row);
        let range = Range {
            start: Address::new(region.top, region.left),
            end: Address::new(bottom, region.right),
        };
        let own = if region.index_row.is_some() { INDEX_ROW } else { HEADINGS };
        if region.index_row.is_none() && self.form.is_none() {
            by_headings::make(&mut self.columns, rows.last_lead);
        }
        let mut table = Table {
            sheet: sheet.name.clone(),
            range,
            form: self.form.map_or_else(|| own.to_owned(), |form| form.id.clone()),
            index_row: region.index_row,
            body: region.body,
            surroundings: surroundings::read(sheet, region, bottom),
            columns: self.columns,
            rows: rows.rows,
            grid: self.grid,
            headings: head.headings.clone(),
            bounds: head.bounds.clone(),
            inferred: Vec::new(),
            across: head.across.clone(),
            contradictions: head.contradictions.clone(),
            misheaded: head.misheaded.clone(),
            wants_total: self.form.is_some_and(|form| form.total),
            doubtful_totals: Vec::new(),
            merged: Vec::new(),
            misshown: std::collections::BTreeSet::new(),
            locked: sheet.arrays.clone(),
            notes: rows.notes.into_iter().chain(head.notes.iter().cloned()).collect(),
            layout: self.form.map_or_else(Layout::default, |form| form.layout.clone()),
        };
        if region.index_row.is_none() {
            let note = by_headings::note(&table, self.form);
            table.notes.insert(0, note);
        }
        table
    }
}

/// What the telling rows hold, by column.
struct Telling<'a> {
    /// Values of one column after the other, each from top to bottom, blanks included.
    values: Vec<&'a Value>,
    rows: usize,
    evidence: Vec<Evidence>,
}

impl<'a> Telling<'a> {
    fn of(sheet: &'a Sheet, rows: &Rows, columns: &[Column]) -> Self {
        let length = rows.telling().count().max(1);
        let mut values = vec![&Value::Blank; length * columns.len()];
        for (at, row) in rows.telling().enumerate() {
            for (column, cell) in cells_of(sheet, row.sheet_row, columns).enumerate() {
                if let Some(cell) = cell {
                    values[column * length + at] = &cell.value;
                }
            }
        }
        let of_column = |values: &[&Value]| Evidence::of(values.iter().copied());
        let evidence = values.chunks(length).map(of_column).collect();
        Self { values, rows: length, evidence }
    }
}

/// Kinds from the form; without one from what the cells hold and the headings say.
fn set_kinds(
    telling: &Telling<'_>,
    rows: &Rows,
    columns: &mut [Column],
    head: &Head<'_>,
    form: Option<&Form>,
) {
    let stated = |column: &Column| {
        form.and_then(|form| form.columns.iter().find(|c| c.label == column.label))
    };
    // What one column shows of the computer it was typed on goes for the others.
    let commas_group = columns.iter().any(|column| stated(column).is_none())
        && telling.evidence.iter().any(|evidence| evidence.groups_by_comma());
    // Rows with rules of their own (a change, a rate) say nothing of the column.
    let usual: Vec<bool> = rows.telling().map(|row| row.role != Role::Exception).collect();
    let all_usual = !usual.contains(&false);
    let values = telling.values.chunks(telling.rows).zip(&telling.evidence);
    for (column, (values, evidence)) in columns.iter_mut().zip(values) {
        let stated = stated(column);
        column.kind = if let Some(stated) = stated {
            stated.kind
        } else {
            let usual = values.iter().zip(&usual).filter(|(_, usual)| **usual);
            let filled = usual.map(|(value, _)| *value).filter(|value| !value.is_blank());
            let filled: Vec<&Value> = filled.collect();
            let of_filled = || Evidence::of(filled.iter().copied());
            let evidence = if all_usual { *evidence } else { of_filled() };
            observed_kind((&filled, evidence), rows, column, head, commas_group)
        };
        column.scale = stated.and_then(|stated| stated.scale);
        column.decimals = stated.and_then(|stated| stated.decimals);
        column.decimals_stated = column.decimals.is_some();
    }
}

/// The kind of a column by the values it is filled with, and how they spell numbers.
fn observed_kind(
    (values, evidence): (&[&Value], Evidence),
    rows: &Rows,
    column: &Column,
    head: &Head<'_>,
    commas_group: bool,
) -> Kind {
    let computed = &head.computed;
    let letter = !column.label.is_empty() && column.label.chars().all(char::is_alphabetic);
    let names = column.sheet_column <= rows.last_lead;
    let roman = column.label.chars().all(|c| "IVX".contains(c));
    let is_computed = computed.columns.contains(&column.sheet_column);
    if names || (letter && !roman && !is_computed && !computed.by_letter) {
        return Kind::Text;
    }
    let figures = values.iter().filter(|value| super::notation::looks_like_figure(value)).count();
    // A column without figures yet still has a name to be computed from; where no formula does,
    // the first text tells that it holds notes.
    let texts = values.len();
    if figures == 0 && (texts > 1 || (texts == 1 && !is_computed) || column.label.is_empty()) {
        return Kind::Text;
    }
    // Where nothing numbers the columns of figures, a column half of words is none of them.
    if head.is_unlabelled && figures * 5 < texts * 3 {
        return Kind::Text;
    }
    let heading = column.headings.last().map_or("", String::as_str);
    let codes = names_codes(heading) && !(may_count_codes(heading) && are_small(values));
    if !is_computed && (codes || mostly_codes(values)) {
        return Kind::Text;
    }
    // Of things counted one by one, `1,433` is no fraction.
    let whole = names_things(&column.heading()) || (commas_group && evidence.may_group_by_comma());
    let notation = evidence.notation(whole);
    match hint(heading).or_else(|| hint(&column.heading())) {
        Some(HeadingHint::Rate) => Kind::Rate,
        Some(HeadingHint::Average) => Kind::Average,
        None if values.iter().all(|value| is_whole(value, notation)) => Kind::Count,
        None => Kind::Amount,
    }
}

/// True for numbers too small to be called or to stand on a card: under `Điện thoại cố định` subscribers
/// are counted.
fn are_small(values: &[&Value]) -> bool {
    /// Numbers that are called are no smaller, but for emergencies.
    const LEAST: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
    let mut numbers = values.iter().filter_map(|value| match value {
        Value::Number(number) => Some(*number),
        _ => None,
    });
    numbers.clone().count() * 2 > values.len() && numbers.all(|number| number < LEAST)
}

/// True for a column of names such as `1A`, `7A2` among which stand plain numbers.
fn mostly_codes(values: &[&Value]) -> bool {
    let is_code = |value: &&&Value| match value {
        Value::Text(text) => {
            let text = text.trim();
            text.chars().all(char::is_alphanumeric)
                && text.chars().any(char::is_alphabetic)
                && text.chars().any(|c| c.is_ascii_digit())
        }
        _ => false,
    };
    let codes = values.iter().filter(is_code).count();
    codes > 1 && codes * 3 >= values.len()
}

fn read_grid(
    workbook: &Workbook,
    sheet: &Sheet,
    rows: &Rows,
    columns: &[Column],
    evidence: &[Evidence],
) -> Data {
    let notations: Vec<_> = evidence
        .iter()
        .zip(columns)
        .map(|(evidence, column)| evidence.notation(column.kind == Kind::Count))
        .collect();
    let mut grid = Data::with_room_for(rows.rows.len(), columns.len());
    for row in &rows.rows {
        if let Some(run) = &row.run {
            grid.push(columns.iter().map(|column| sum_of_run(run, column)));
            continue;
        }
        let cells = cells_of(sheet, row.sheet_row, columns);
        grid.push(columns.iter().zip(&notations).zip(cells).map(|((column, notation), cell)| {
            let format = cell.map_or(NumberFormat::general(), |cell| workbook.number_format(cell));
            match cell.map(|cell| &cell.value) {
                Some(Value::Number(code)) if column.kind == Kind::Text => {
                    read_code(read_cell(cell, format, *notation), *code)
                }
                _ => read_cell(cell, format, *notation),
            }
        }));
    }
    if workbook.format.is_document() {
        // A document has no other way to hold a figure.
        grid.figures_mut().for_each(|figure| figure.is_text = false);
    }
    grid
}

/// Codes and ordinals are names: their digits are not set apart.
fn read_code(mut datum: Datum, code: Decimal) -> Datum {
    match &mut datum.reading {
        Reading::Number(figure) if figure.shown.unpack() == code.unpack() => {
            figure.is_code = true;
            datum
        }
        _ => datum.printing(plain_number(code)),
    }
}

/// The cells of a row under the columns, which are neighbours.
fn cells_of<'a>(
    sheet: &'a Sheet,
    row: u32,
    columns: &[Column],
) -> impl Iterator<Item = Option<&'a Cell>> {
    let mut cells = sheet.row(row).iter().peekable();
    columns.iter().map(move |column| {
        while cells.next_if(|(at, _)| at.column < column.sheet_column).is_some() {}
        cells.next_if(|(at, _)| at.column == column.sheet_column).map(|(_, cell)| cell)
    })
}

/// The sum of settled rows; blank where the column does not add up.
fn sum_of_run(run: &Run, column: &Column) -> Datum {
    let sum = run.sum(column.sheet_column);
    let reading = sum.map_or(Reading::Blank, |sum| Reading::Number(Figure::new(sum, 0)));
    Datum::new(reading).printing("")
}

/// What only the formulas and the figures together tell: rates among the computed columns, the
/// scale of ratios, the decimals of rates.
fn refine(columns: &mut [Column], grid: &Data, rows: &Rows) {
    for index in 0..columns.len() {
        if let Some(Shape::Ratio { scale, .. }) = columns[index].formula.as_ref().map(|f| &f.shape)
        {
            let printed = *scale;
            let inferred = printed
                .or(columns[index].scale)
                .or_else(|| infer_scale(columns, index, grid, rows));
            let column = &mut columns[index];
            column.scale = column.scale.or(inferred);
            if !matches!(column.kind, Kind::Rate | Kind::Average) {
                let rate = column.scale.is_some_and(|scale| scale > Decimal::ONE);
                column.kind = if rate { Kind::Rate } else { Kind::Average };
            }
        }
        let column = &mut columns[index];
        if column.decimals.is_none() && matches!(column.kind, Kind::Rate | Kind::Average) {
            column.decimals = printed_decimals(index, grid, &rows.rows);
        }
    }
}

/// The most decimals that figures of a column print, at most four: longer ones are unrounded
/// results. A quarter of them decides: a few may be mistyped, and exports trim
/// trailing zeros.
pub(super) fn printed_decimals(column: usize, grid: &Data, rows: &[Row]) -> Option<u32> {
    let telling = grid.iter().zip(super::rows::telling(rows));
    let usual = telling.filter(|(_, row)| row.role != Role::Exception);
    let figures = usual.filter_map(|(row, _)| match &row[column].reading {
        Reading::Number(figure) if figure.decimals <= 4 => Some(figure),
        _ => None,
    });
    let (zeros, others): (Vec<_>, Vec<_>) = figures.partition(|figure| figure.shown.is_zero());
    let mut decimals: Vec<u32> = others.iter().map(|figure| figure.decimals).collect();
    decimals.sort_unstable_by(|a, b| b.cmp(a));
    decimals
        .get(decimals.len() / 4)
        .copied()
        .or_else(|| zeros.iter().map(|figure| figure.decimals).max())
}

/// Scales that ratios of official tables are printed in: a quotient, per cent, per mille.
const SCALES: [i64; 3] = [100, 1, 1000];

/// The scale under which most rows hold; `None` where no scale holds for more than half of them.
fn infer_scale(columns: &[Column], index: usize, grid: &Data, rows: &Rows) -> Option<Decimal> {
    let Some(Shape::Ratio { numerator, denominator, .. }) =
        columns[index].formula.as_ref().map(|formula| &formula.shape)
    else {
        return None;
    };
    let mut tested = 0;
    let mut fits = [0_usize; SCALES.len()];
    for (row, data) in rows.telling().zip(grid) {
        let terms = |figure: fn(&Figure) -> Decimal| {
            let number = |column: usize| match &data[column].reading {
                Reading::Number(read) => Some(figure(read)),
                Reading::Dash => Some(Decimal::ZERO),
                _ => None,
            };
            Some((numerator.value(number)?, denominator.value(number)?))
        };
        let Reading::Number(printed) = &data[index].reading else { continue };
        let (Some((above, below)), Some(stored)) =
            (terms(|figure| figure.shown), terms(Figure::exact))
        else {
            continue;
        };
        let exceptional = matches!(row.role, Role::Heading | Role::Exception);
        if exceptional || below.is_zero() || above.is_zero() {
            continue;
        }
        tested += 1;
        for (count, scale) in fits.iter_mut().zip(SCALES) {
            let fitting = |above, below| {
                let expected = ratio::rounded(above, below, scale.into(), printed.decimals);
                expected == Some(printed.shown.normalize())
            };
            // Where formats hide decimals, the paper or the file may be what was computed with.
            let hidden = stored != (above, below) && fitting(stored.0, stored.1);
            *count += usize::from(hidden || fitting(above, below));
        }
    }
    let (best, count) = SCALES.iter().zip(fits).max_by_key(|(_, count)| *count)?;
    if count > 0 && count * 2 > tested {
        return Some(Decimal::from(*best));
    }
    // Where the rows do not tell, because there are few or because they disagree, the heading may.
    stated_scale(&columns[index].heading())
}

/// The scale a heading states by its sign: `Tỷ lệ (%)`, `Tỷ suất (‰)`.
fn stated_scale(heading: &str) -> Option<Decimal> {
    let per_mille = heading.contains('‰');
    (per_mille || heading.contains('%')).then(|| Decimal::from(if per_mille { 1000 } else { 100 }))
}
