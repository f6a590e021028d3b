//! Columns: what each holds and how it is computed, from the index row and from a form.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::headings::Headings;
use super::notation::{Evidence, is_whole, read_cell};
use super::region::Region;
use super::rows::Rows;
use super::words::{HeadingHint, fold_heading, hint, names_things};
use super::{Request, surroundings};
use crate::failure::{Code, Failure};
use crate::forms::{Form, FormColumn, Layout};
use crate::lang::Text;
use crate::rules::ratio;
use crate::table::{
    Across, Bound, Column, ColumnFormula, Datum, Expression, Figure, Kind, Origin, Reading, Role,
    Row, Shape, Table, parse_expression, plain_number,
};
use crate::workbook::{Address, Cell, Range, Run, Sheet, Value, Workbook};

/// Rows that tell what the columns of a table hold. More would hardly say anything else, and the
/// rows after them can be judged while they are read ([`crate::screen`]).
pub(crate) const TELLING_ROWS: usize = 1_000;

/// Columns with the grid below them, ready to become a table.
#[expect(clippy::struct_field_names, reason = "columns with what belongs to them")]
pub(super) struct Columns<'a> {
    columns: Vec<Column>,
    grid: Vec<Vec<Datum>>,
    form: Option<&'a Form>,
    contradictions: Vec<(usize, String, String)>,
    notes: Vec<Text>,
}

pub(super) fn read<'a>(
    workbook: &Workbook,
    sheet: &Sheet,
    region: &Region,
    headings: &Headings,
    rows: &Rows,
    request: &'a Request,
) -> Result<Columns<'a>, Failure> {
    let mut columns = bare_columns(region, headings);
    let form = choose_form(sheet, region, &columns, request)?;
    set_kinds(sheet, rows, &mut columns, form);
    let grid = read_grid(workbook, sheet, rows, &columns);
    let (contradictions, notes) = set_formulas(region, &mut columns, form, &rows.computed);
    refine(&mut columns, &grid, rows);
    Ok(Columns { columns, grid, form, contradictions, notes })
}

impl Columns<'_> {
    pub(super) fn into_table(
        self,
        sheet: &Sheet,
        region: &Region,
        headings: Headings,
        rows: Rows,
    ) -> Table {
        let bottom = rows.rows.last().map_or(region.index_row, |row| row.sheet_row);
        let range = Range {
            start: Address::new(region.top, region.left),
            end: Address::new(bottom, region.right),
        };
        let bounds = self.form.map(|form| bounds(form, &self.columns)).unwrap_or_default();
        let across = self.form.map(|form| across(form, &self.columns)).unwrap_or_default();
        let layout = self.form.map_or_else(Layout::default, |form| form.layout.clone());
        Table {
            sheet: sheet.name.clone(),
            range,
            form: self.form.map_or_else(|| "index-row".to_owned(), |form| form.id.clone()),
            index_row: region.index_row,
            surroundings: surroundings::read(sheet, region, bottom),
            columns: self.columns,
            rows: rows.rows,
            grid: self.grid,
            headings: headings.cells,
            bounds,
            across,
            contradictions: self.contradictions,
            doubtful_totals: Vec::new(),
            notes: rows.notes.into_iter().chain(self.notes).collect(),
            formulas: crate::judge::Judgements::new(),
            layout,
        }
    }
}

fn bare_columns(region: &Region, headings: &Headings) -> Vec<Column> {
    (region.left..=region.right)
        .map(|sheet_column| Column {
            sheet_column,
            label: region
                .labels
                .get(&sheet_column)
                .map(|cell| cell.label.clone())
                .unwrap_or_default(),
            headings: headings.paths.get(&sheet_column).cloned().unwrap_or_default(),
            kind: Kind::Text,
            formula: None,
            scale: None,
            decimals: None,
            decimals_stated: false,
        })
        .collect()
}

/// The form asked for, or the known form that fits, or none.
fn choose_form<'a>(
    sheet: &Sheet,
    region: &Region,
    columns: &[Column],
    request: &'a Request,
) -> Result<Option<&'a Form>, Failure> {
    if let Some(form) = &request.form {
        return match missing_columns(form, columns) {
            missing if missing.is_empty() => Ok(Some(form)),
            missing => Err(does_not_fit(sheet, region, form, &missing)),
        };
    }
    Ok(request
        .known
        .iter()
        .find(|form| missing_columns(form, columns).is_empty() && headings_fit(form, columns)))
}

fn missing_columns<'a>(form: &'a Form, columns: &[Column]) -> Vec<&'a str> {
    form.columns
        .iter()
        // Columns of names are often left without their letter in the index row.
        .filter(|wanted| wanted.kind != Kind::Text)
        .map(|wanted| wanted.label.as_str())
        .filter(|label| !columns.iter().any(|column| column.label == *label))
        .collect()
}

/// A known form is taken for the table only when its headings say the same and it has no column
/// more: the same labels occur under very different tables.
fn headings_fit(form: &Form, columns: &[Column]) -> bool {
    let is_letter = |label: &str| label.chars().all(|c| c.is_ascii_uppercase());
    let stated = |label: &str| form.columns.iter().any(|wanted| wanted.label == label);
    let surplus = columns.iter().any(|column| !is_letter(&column.label) && !stated(&column.label));
    let described: Vec<&FormColumn> = form.columns.iter().filter(|c| !c.words.is_empty()).collect();
    let fitting = described.iter().filter(|wanted| words_fit(wanted, columns)).count();
    !surplus && fitting * 10 >= described.len() * 8
}

fn words_fit(wanted: &FormColumn, columns: &[Column]) -> bool {
    let Some(column) = columns.iter().find(|column| column.label == wanted.label) else {
        return false;
    };
    let heading = fold_heading(&column.heading());
    wanted.words.iter().all(|word| heading.contains(word.as_str()))
}

fn does_not_fit(sheet: &Sheet, region: &Region, form: &Form, missing: &[&str]) -> Failure {
    let (row, missing) = (region.index_row + 1, missing.join(", "));
    Failure::new(
        Code::FormDoesNotFit,
        format!("biểu mẫu `{}` không khớp bảng ở trang tính `{}`: dòng chỉ số (dòng {row}) thiếu cột {missing}", form.id, sheet.name),
        format!("the form `{}` does not fit the table on sheet `{}`: the index row (row {row}) lacks column {missing}", form.id, sheet.name),
    )
    .with_help(
        "bỏ --form để soát theo dòng chỉ số in trên bảng, hoặc chọn biểu mẫu khác (xem `soatbieu forms`)",
        "leave out --form to check by the table's own index row, or choose another form (see `soatbieu forms`)",
    )
}

/// Kinds from the form; without one from what the cells hold and the headings say.
fn set_kinds(sheet: &Sheet, rows: &Rows, columns: &mut [Column], form: Option<&Form>) {
    let evidence = |column: &Column| {
        let at = |row: &Row| Address::new(row.sheet_row, column.sheet_column);
        Evidence::of(rows.telling().map(|row| sheet.value(at(row))))
    };
    let stated = |column: &Column| {
        form.and_then(|form| form.columns.iter().find(|c| c.label == column.label))
    };
    // What one column shows of the computer it was typed on goes for the others.
    let commas_group = columns.iter().any(|column| stated(column).is_none())
        && columns.iter().any(|column| evidence(column).groups_by_comma());
    for column in columns {
        let stated = stated(column);
        column.kind = match stated {
            Some(stated) => stated.kind,
            None => observed_kind(sheet, rows, column, commas_group),
        };
        column.scale = stated.and_then(|stated| stated.scale);
        column.decimals = stated.and_then(|stated| stated.decimals);
        column.decimals_stated = column.decimals.is_some();
    }
}

fn observed_kind(sheet: &Sheet, rows: &Rows, column: &Column, commas_group: bool) -> Kind {
    let values = || {
        // Rows with rules of their own (a change, a rate) say nothing of the column.
        rows.telling()
            .filter(|row| row.role != Role::Exception)
            .map(|row| sheet.value(Address::new(row.sheet_row, column.sheet_column)))
            .filter(|value| !value.is_blank())
    };
    let figures = values().filter(|value| super::notation::looks_like_figure(value)).count();
    let letter = !column.label.is_empty() && column.label.chars().all(char::is_alphabetic);
    let names = column.sheet_column <= rows.last_lead;
    let roman = column.label.chars().all(|c| "IVX".contains(c));
    let computed = rows.computed.columns.contains(&column.sheet_column);
    if names || (letter && !roman && !computed && !rows.computed.by_letter) {
        return Kind::Text;
    }
    // A column without figures yet still has a name to be computed from; where no formula does,
    // the first text tells that it holds notes.
    let texts = values().count();
    if figures == 0 && (texts > 1 || (texts == 1 && !computed) || column.label.is_empty()) {
        return Kind::Text;
    }
    let heading = column.headings.last().map_or("", String::as_str);
    // Of things counted one by one, `1,433` is no fraction.
    let evidence = Evidence::of(values());
    let whole = names_things(&column.heading()) || (commas_group && evidence.may_group_by_comma());
    let notation = evidence.notation(whole);
    match hint(heading).or_else(|| hint(&column.heading())) {
        Some(HeadingHint::Rate) => Kind::Rate,
        Some(HeadingHint::Average) => Kind::Average,
        None if values().all(|value| is_whole(value, notation)) => Kind::Count,
        None => Kind::Amount,
    }
}

fn read_grid(
    workbook: &Workbook,
    sheet: &Sheet,
    rows: &Rows,
    columns: &[Column],
) -> Vec<Vec<Datum>> {
    let mut evidence = vec![Evidence::default(); columns.len()];
    for row in rows.telling() {
        for (evidence, cell) in evidence.iter_mut().zip(cells_of(sheet, row.sheet_row, columns)) {
            evidence.add(cell.map_or(&Value::Blank, |cell| &cell.value));
        }
    }
    let notations: Vec<_> = evidence
        .iter()
        .zip(columns)
        .map(|(evidence, column)| evidence.notation(column.kind == Kind::Count))
        .collect();
    rows.rows
        .iter()
        .map(|row| {
            if let Some(run) = &row.run {
                return columns.iter().map(|column| sum_of_run(run, column)).collect();
            }
            columns
                .iter()
                .zip(&notations)
                .zip(cells_of(sheet, row.sheet_row, columns))
                .map(|((column, notation), cell)| {
                    let format = cell.map_or(crate::workbook::NumberFormat::general(), |cell| {
                        workbook.number_format(cell)
                    });
                    let mut datum = read_cell(cell, format, *notation);
                    if let (Kind::Text, Some(Value::Number(code))) =
                        (column.kind, cell.map(|c| &c.value))
                    {
                        // Codes and ordinals are names: their digits are not set apart.
                        datum.written = Some(plain_number(*code).into());
                    }
                    datum
                })
                .collect()
        })
        .collect()
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
    let sum = run.sums.iter().find(|(summed, _)| *summed == column.sheet_column);
    let reading = sum.map_or(Reading::Blank, |(_, sum)| Reading::Number(Figure::whole(*sum)));
    Datum { reading, written: Some("".into()), formula: None }
}

/// Formulas printed in the index row, joined with those of the form. Returns contradictions:
/// column, printed formula, stated formula; and what is said of formulas no rule was made of.
fn set_formulas(
    region: &Region,
    columns: &mut [Column],
    form: Option<&Form>,
    computed: &Computed,
) -> (Vec<(usize, String, String)>, Vec<Text>) {
    let labels = Labels::of(region);
    let mut contradictions = Vec::new();
    let mut notes: Vec<Text> = region.dates.iter().map(|date| made_a_date(region, *date)).collect();
    for (index, column) in columns.iter_mut().enumerate() {
        let lookup = |label: &str| labels.find(label, index);
        let printed = region
            .labels
            .get(&column.sheet_column)
            .and_then(|cell| cell.formula.as_deref())
            .and_then(|text| {
                let shape = computed.shapes.get(&column.sheet_column);
                if shape.is_none() {
                    notes.push(not_understood(&column.label, text));
                }
                Some((text, shape?))
            });
        let stated = form
            .and_then(|form| form.columns.iter().find(|c| c.label == column.label))
            .and_then(|column| column.formula.as_ref())
            .and_then(|(text, parsed)| Some((text.as_str(), shape(parsed, &lookup)?)));
        let label = &column.label;
        let formula = match (printed, stated) {
            (None, None) => None,
            (Some((text, shape)), None) => {
                Some(formula(label, text, shape.clone(), Origin::Printed))
            }
            (None, Some((text, shape))) => Some(formula(label, text, shape, Origin::Form)),
            (Some((printed, a)), Some((text, b))) => {
                let origin = if a.computes_like(&b) { Origin::Both } else { Origin::Form };
                if origin == Origin::Form {
                    contradictions.push((
                        index,
                        format!("{label}={printed}"),
                        format!("{label}={text}"),
                    ));
                }
                Some(formula(label, text, b, origin))
            }
        };
        column.formula = formula;
    }
    (contradictions, notes)
}

/// What a printed formula computes; `None` for one that names columns that are not there, adds
/// constants to columns, or is none of the known shapes: no rule is made of it.
fn printed_shape(text: &str, lookup: &impl Fn(&str) -> Option<usize>) -> Option<Shape> {
    let parsed = parse_expression(text, &|label| lookup(label).is_some()).ok()?;
    let shape = shape(&parsed, lookup)?;
    let adds_constant = match &shape {
        Shape::Linear(linear) => !linear.constant.is_zero(),
        Shape::Ratio { numerator, .. } => !numerator.constant.is_zero(),
        Shape::Product(left, right) => !left.constant.is_zero() || !right.constant.is_zero(),
    };
    let mut reads_columns = false;
    shape.read(|_| reads_columns = true);
    (!adds_constant && reads_columns).then_some(shape)
}

fn not_understood(label: &str, text: &str) -> Text {
    Text::new(
        format!(
            "công thức `{label}={text}` in ở dòng chỉ số không hiểu được, hoặc dùng cột không có trong bảng, nên không được soát"
        ),
        format!(
            "the formula `{label}={text}` in the index row is not understood, or names columns that are not there, so it is not checked"
        ),
    )
}

fn made_a_date(region: &Region, column: u32) -> Text {
    let cell = Address::new(region.index_row, column);
    Text::new(
        format!(
            "ô {cell} ở dòng chỉ số là ngày tháng: Excel đã đổi công thức gõ vào (như 3/1) thành ngày, nên cột này không được soát theo công thức; hãy gõ lại dưới dạng chữ"
        ),
        format!(
            "cell {cell} of the index row is a date: the spreadsheet made one of the formula typed there (such as 3/1), so the column is not checked by a formula; type it again as text"
        ),
    )
}

/// The labels of columns, from left to right. Where they repeat, a new block of columns begins with
/// the first one that was seen before (`1 2 3=2/1` for each of two years), and each block names its
/// own.
struct Labels<'a> {
    labels: Vec<&'a str>,
    /// Where blocks begin, the first of them at 0.
    blocks: Vec<usize>,
}

impl<'a> Labels<'a> {
    /// The labels of all columns of a region; those without one have an empty one.
    fn of(region: &'a Region) -> Self {
        let label = |column| region.labels.get(&column).map_or("", |cell| cell.label.as_str());
        Self::new((region.left..=region.right).map(label).collect())
    }

    fn new(labels: Vec<&'a str>) -> Self {
        let (mut blocks, mut block) = (vec![0], 0);
        for (at, label) in labels.iter().enumerate() {
            if !label.is_empty() && labels[block..at].contains(label) {
                block = at;
                blocks.push(at);
            }
        }
        Self { labels, blocks }
    }

    /// The column with a label that the formula of a column means; `1.0` and `1` are the same name
    /// where only one of them occurs.
    fn find(&self, label: &str, formula: usize) -> Option<usize> {
        let next = self.blocks.partition_point(|start| *start <= formula);
        let start = self.blocks[next - 1];
        let block =
            &self.labels[start..self.blocks.get(next).copied().unwrap_or(self.labels.len())];
        let named = |same: &dyn Fn(&&str) -> bool| {
            let own = block.iter().position(same).map(|at| start + at);
            own.or_else(|| self.labels.iter().position(same))
        };
        let plain = label.trim_end_matches(".0");
        named(&|known| *known == label)
            .or_else(|| named(&|known| known.trim_end_matches(".0") == plain))
    }
}

/// The columns that printed formulas compute or compute with: they hold figures, whatever names
/// them.
#[derive(Debug, Clone, Default)]
pub(super) struct Computed {
    /// Columns of the sheet.
    pub(super) columns: BTreeSet<u32>,
    /// True where letters name some of them, so that a letter does not mean a column of names.
    pub(super) by_letter: bool,
    /// What the printed formulas that are understood compute, by column of the sheet.
    shapes: BTreeMap<u32, Shape>,
}

pub(super) fn computed(region: &Region) -> Computed {
    let labels = Labels::of(region);
    let mut computed = Computed::default();
    for (index, column) in (region.left..=region.right).enumerate() {
        let formula = region.labels.get(&column).and_then(|cell| cell.formula.as_deref());
        let Some(text) = formula else { continue };
        let mut compute = |index: usize| {
            computed.columns.extend((region.left..).nth(index));
            computed.by_letter |= labels.labels[index].chars().all(char::is_alphabetic);
        };
        compute(index);
        if let Some(shape) = printed_shape(text, &|label: &str| labels.find(label, index)) {
            shape.read(compute);
            computed.shapes.insert(column, shape);
        }
    }
    computed
}

fn shape(expression: &Expression, lookup: &impl Fn(&str) -> Option<usize>) -> Option<Shape> {
    Shape::of(expression, lookup).ok()
}

fn formula(label: &str, text: &str, shape: Shape, origin: Origin) -> ColumnFormula {
    ColumnFormula { text: format!("{label}={text}").into(), shape, origin }
}

/// What only the formulas and the figures together tell: rates among the computed columns, the
/// scale of ratios, the decimals of rates.
fn refine(columns: &mut [Column], grid: &[Vec<Datum>], rows: &Rows) {
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
            column.decimals = printed_decimals(index, grid, rows);
        }
    }
}

/// The most decimals that figures of a column print, at most four: longer ones are unrounded
/// results. A quarter of them decides: a few may be mistyped, and exports trim
/// trailing zeros.
fn printed_decimals(column: usize, grid: &[Vec<Datum>], rows: &Rows) -> Option<u32> {
    let telling = grid.iter().zip(rows.telling());
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
fn infer_scale(
    columns: &[Column],
    index: usize,
    grid: &[Vec<Datum>],
    rows: &Rows,
) -> Option<Decimal> {
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
            (terms(|figure| figure.shown), terms(|figure| figure.exact))
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

fn bounds(form: &Form, columns: &[Column]) -> Vec<Bound> {
    let labels = Labels::new(columns.iter().map(|column| column.label.as_str()).collect());
    let linear =
        |expression: &Expression| match Shape::of(expression, &|label| labels.find(label, 0)) {
            Ok(Shape::Linear(linear)) => Some(linear),
            _ => None,
        };
    form.bounds
        .iter()
        .filter_map(|bound| {
            Some(Bound {
                text: bound.text.as_str().into(),
                part: linear(&bound.part)?,
                whole: linear(&bound.whole)?,
                kind: bound.kind,
            })
        })
        .collect()
}

fn across(form: &Form, columns: &[Column]) -> Vec<Across> {
    form.across
        .iter()
        .filter_map(|stated| {
            Some(Across {
                text: stated.text.clone(),
                column: columns.iter().position(|column| column.label == stated.column)?,
                form: stated.form.clone(),
                other: stated.other.clone(),
                links: Vec::new(),
            })
        })
        .collect()
}
