//! The head of a table: its headings and its index row, and what they alone say of its columns. Many
//! tables have the same head, so what it says is remembered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::headings::Headings;
use super::index_row::IndexCell;
use super::region::Region;
use super::{Request, by_headings, headings};
use crate::failure::{Code, Failure};
use crate::forms::{Form, FormColumn};
use crate::lang::Text;
use crate::table::{
    Across, Bound, Column, ColumnFormula, Expression, HeadingCell, Kind, Linear, Misheaded, Origin,
    Shape, parse_expression,
};
use crate::words::fold_heading;
use crate::workbook::{Address, Range, Sheet, Value};

/// What the head of a table says.
#[derive(Debug)]
pub(super) struct Head<'r> {
    /// True where neither the table nor a form names the columns.
    pub(super) is_unlabelled: bool,
    /// Labels that a form gives columns for which the table prints none.
    pub(super) labels: Option<BTreeMap<u32, IndexCell>>,
    /// The columns that formulas compute or compute with.
    pub(super) computed: Computed,
    /// The form asked for, or the known form that fits, or none.
    pub(super) form: Result<Option<&'r Form>, Failure>,
    /// The columns with their names and formulas; what they hold the rows tell.
    pub(super) columns: Vec<Column>,
    /// Heading cells above the index row.
    pub(super) headings: Arc<[HeadingCell]>,
    /// Column, printed formula, stated formula.
    pub(super) contradictions: Vec<(usize, String, String)>,
    /// Columns whose headings say what the form has under another label.
    pub(super) misheaded: Vec<Misheaded>,
    /// What is said of formulas no rule was made of.
    pub(super) notes: Vec<Text>,
    pub(super) bounds: Arc<[Bound]>,
    pub(super) across: Vec<Across>,
}

impl<'r> Head<'r> {
    fn read(sheet: &Sheet, region: &Region, request: &'r Request) -> Self {
        let headings = headings::read(sheet, region);
        let mut columns = bare_columns(region, &headings);
        let labelled = labels_of_form(sheet, region, &columns, request);
        let region = labelled.as_ref().unwrap_or(region);
        label(region, &mut columns);
        let computed = computed(region);
        restore_labels(region, &mut columns, request);
        let chosen = choose_form(sheet, region, &columns, request);
        let form = chosen.as_ref().ok().copied().flatten();
        let (contradictions, notes) = set_formulas(region, &mut columns, form, &computed);
        let bounds = form.map(|form| bounds(form, &columns)).unwrap_or_default();
        let across = form.map(|form| across(form, &columns)).unwrap_or_default();
        let misheaded = form.map(|form| misheaded(form, &columns)).unwrap_or_default();
        let (headings, form) = (headings.cells.into(), chosen);
        let bounds = bounds.into();
        let is_unlabelled = region.index_row.is_none() && labelled.is_none();
        let labels = labelled.map(|region| region.labels);
        Self {
            is_unlabelled,
            labels,
            computed,
            form,
            columns,
            headings,
            contradictions,
            misheaded,
            notes,
            bounds,
            across,
        }
    }
}

/// The heads met last. They hold for one request: which form fits is part of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heads<'r> {
    known: Vec<(Arc<Print>, Arc<Head<'r>>)>,
}

/// Heads that are remembered: those of the tables of a few forms, in a few versions.
const MOST: usize = 16;

/// Cells of a head that is remembered, and bytes of their texts.
const MOST_CELLS: usize = 2_000;
const LONGEST: usize = 64 << 10;

impl<'r> Heads<'r> {
    /// The head of a region.
    pub(super) fn of(
        &mut self,
        sheet: &Sheet,
        region: &Region,
        request: &'r Request,
    ) -> Arc<Head<'r>> {
        let rows = rows_of(sheet, region);
        let same = |(print, _): &&(Arc<Print>, _)| print.is_of(sheet, region, &rows);
        if let Some((_, head)) = self.known.iter().find(same) {
            return Arc::clone(head);
        }
        let head = Arc::new(Head::read(sheet, region, request));
        // A failure names the sheet.
        if let (Ok(_), Some(print)) = (&head.form, Print::of(sheet, region, &rows)) {
            if self.known.len() == MOST {
                self.known.remove(0);
            }
            self.known.push((Arc::new(print), Arc::clone(&head)));
        }
        head
    }
}

/// The rows that the headings of a region are read from: merged cells may begin above them.
fn rows_of(sheet: &Sheet, region: &Region) -> std::ops::RangeInclusive<u32> {
    let own = region.top..=region.body - 1;
    let starts = merges_of(sheet, &own).map(|range| range.start.row);
    starts.min().map_or(region.top, |first| first.min(region.top))..=region.body - 1
}

fn merges_of<'a>(
    sheet: &'a Sheet,
    rows: &std::ops::RangeInclusive<u32>,
) -> impl Iterator<Item = &'a Range> {
    let (first, last) = (*rows.start(), *rows.end());
    sheet.merges.iter().filter(move |m| m.start.row <= last && m.end.row >= first)
}

/// All that a head is read from: two heads of one print say the same.
#[derive(Debug)]
struct Print {
    top: u32,
    index_row: Option<u32>,
    body: u32,
    left: u32,
    right: u32,
    labels: BTreeMap<u32, IndexCell>,
    dates: Vec<u32>,
    cells: Vec<(Address, Value)>,
    merges: Vec<Range>,
}

impl Print {
    /// `None` for a head too large to be worth it.
    fn of(sheet: &Sheet, region: &Region, rows: &std::ops::RangeInclusive<u32>) -> Option<Self> {
        let cells = sheet.rows(rows.clone());
        let merges: Vec<Range> = merges_of(sheet, rows).take(MOST_CELLS + 1).copied().collect();
        if cells.len().max(merges.len()) > MOST_CELLS {
            return None;
        }
        let length = |value: &Value| match value {
            Value::Text(text) => text.len(),
            _ => 0,
        };
        let text: usize = cells.iter().map(|(_, cell)| length(&cell.value)).sum();
        (text <= LONGEST).then(|| Self {
            top: region.top,
            index_row: region.index_row,
            body: region.body,
            left: region.left,
            right: region.right,
            labels: region.labels.clone(),
            dates: region.dates.clone(),
            cells: cells.iter().map(|(at, cell)| (*at, cell.value.clone())).collect(),
            merges,
        })
    }

    fn is_of(&self, sheet: &Sheet, region: &Region, rows: &std::ops::RangeInclusive<u32>) -> bool {
        let cells = sheet.rows(rows.clone());
        (self.top, self.index_row, self.body, self.left, self.right)
            == (region.top, region.index_row, region.body, region.left, region.right)
            && self.cells.len() == cells.len()
            && self
                .cells
                .iter()
                .zip(cells)
                .all(|((at, value), (own, cell))| at == own && *value == cell.value)
            && self.labels == region.labels
            && self.dates == region.dates
            && self.merges.iter().eq(merges_of(sheet, rows))
    }
}

fn bare_columns(region: &Region, headings: &Headings) -> Vec<Column> {
    (region.left..=region.right)
        .map(|sheet_column| Column {
            sheet_column,
            label: String::new(),
            headings: headings.paths.get(&sheet_column).cloned().unwrap_or_default().into(),
            kind: Kind::Text,
            formula: None,
            scale: None,
            decimals: None,
            decimals_stated: false,
        })
        .collect()
}

/// A region that prints no labels with those of the form whose headings it has.
fn labels_of_form(
    sheet: &Sheet,
    region: &Region,
    columns: &[Column],
    request: &Request,
) -> Option<Region> {
    if region.index_row.is_some() {
        return None;
    }
    let labels = if let Some(form) = &request.form {
        by_headings::labels(sheet, region, columns, form, true)
    } else {
        let mut known = request.known.iter();
        known.find_map(|form| by_headings::labels(sheet, region, columns, form, false))
    };
    Some(Region { labels: labels?, ..region.clone() })
}

fn label(region: &Region, columns: &mut [Column]) {
    for column in columns {
        if let Some(cell) = region.labels.get(&column.sheet_column) {
            column.label.clone_from(&cell.label);
        }
    }
}

/// Gives columns whose index cell a spreadsheet made a date the label that a form has in their place:
/// between the labels of their neighbours, with the form's words in the headings.
fn restore_labels(region: &Region, columns: &mut [Column], request: &Request) {
    if region.dates.is_empty() {
        return;
    }
    let known = request.form.iter().chain(&request.known);
    let restored = |form: &Form| {
        let mut restored = columns.to_vec();
        for at in 1..restored.len() {
            if region.dates.contains(&restored[at].sheet_column) {
                let before = &restored[at - 1].label;
                let place = form.columns.iter().position(|column| column.label == *before)?;
                restored[at].label.clone_from(&form.columns.get(place + 1)?.label);
            }
        }
        let fits = missing_columns(form, &restored).is_empty() && headings_fit(form, &restored);
        fits.then_some(restored)
    };
    if let Some(restored) = known.into_iter().find_map(restored) {
        columns.clone_from_slice(&restored);
    }
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
    let column = columns.iter().find(|column| column.label == wanted.label);
    column.is_some_and(|column| describes(&fold_heading(&column.heading()), wanted))
}

/// True when a folded heading holds all the words of a column of a form.
pub(super) fn describes(heading: &str, wanted: &FormColumn) -> bool {
    wanted.words.iter().all(|word| heading.contains(word.as_str()))
}

/// Columns whose headings lack a word of their own and have all those of another column of the form
/// that is not described by its own heading either, or by two words at least. Words that are merely
/// others than the form's say nothing.
fn misheaded(form: &Form, columns: &[Column]) -> Vec<Misheaded> {
    let own = |column: &Column| form.columns.iter().find(|wanted| wanted.label == column.label);
    let headed: Vec<(usize, &FormColumn, String)> = columns
        .iter()
        .enumerate()
        .filter_map(|(index, column)| Some((index, own(column)?, fold_heading(&column.heading()))))
        .filter(|(_, wanted, heading)| !wanted.words.is_empty() && !heading.is_empty())
        .collect();
    let (fitting, odd): (Vec<_>, Vec<_>) =
        headed.iter().partition(|(_, wanted, heading)| describes(heading, wanted));
    odd.iter()
        .filter_map(|(index, _, heading)| {
            let among = |columns: &[&(usize, &FormColumn, String)], least: usize| {
                let mut fit = columns
                    .iter()
                    .filter(|(other, wanted, _)| other != index && wanted.words.len() >= least)
                    .filter(|(_, wanted, _)| describes(heading, wanted));
                // The column with the most words is described best; of several equal ones none is.
                let best = fit.clone().map(|(_, wanted, _)| wanted.words.len()).max()?;
                fit.find(|(_, wanted, _)| wanted.words.len() == best)
                    .map(|(_, wanted, _)| wanted.label.clone())
            };
            let exchanged = among(&odd, 1);
            let described = exchanged.clone().or_else(|| among(&fitting, 2))?;
            Some(Misheaded { column: *index, described, exchanged: exchanged.is_some() })
        })
        .collect()
}

fn does_not_fit(sheet: &Sheet, region: &Region, form: &Form, missing: &[&str]) -> Failure {
    let Some(row) = region.index_row.map(|row| row + 1) else {
        let (top, last) = (region.top + 1, region.body);
        return Failure::new(
            Code::FormDoesNotFit,
            format!("biểu mẫu `{}` không khớp bảng ở trang tính `{}`: bảng không in dòng chỉ số, và tiêu đề (dòng {top}–{last}) không phải của biểu mẫu", form.id, sheet.name),
            format!("the form `{}` does not fit the table on sheet `{}`: it prints no index row, and its headings (rows {top}–{last}) are not the form's", form.id, sheet.name),
        )
        .with_help(
            "bỏ --form để soát theo tiêu đề của bảng, hoặc chọn biểu mẫu khác (xem `soatbieu forms`)",
            "leave out --form to check by the table's own headings, or choose another form (see `soatbieu forms`)",
        );
    };
    let missing = missing.join(", ");
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
    let mut notes: Vec<Text> =
        region.dates.iter().map(|date| made_a_date(region, columns, *date)).collect();
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
        Shape::Product(factors) => {
            let adds = |one: &Linear| !one.constant.is_zero() && one.as_constant().is_none();
            factors.iter().any(adds)
        }
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

fn made_a_date(region: &Region, columns: &[Column], column: u32) -> Text {
    let cell = Address::new(region.index_row.unwrap_or(region.body), column);
    let label = columns.iter().find(|known| known.sheet_column == column);
    if let Some(label) = label.map(|known| &known.label).filter(|label| !label.is_empty()) {
        return Text::new(
            format!(
                "ô {cell} ở dòng chỉ số là ngày tháng: Excel đã đổi công thức gõ vào thành ngày; cột này được soát như cột {label} của biểu mẫu; hãy gõ lại ô đó dưới dạng chữ"
            ),
            format!(
                "cell {cell} of the index row is a date: the spreadsheet made one of the formula typed there; the column is checked as column {label} of the form; type the cell again as text"
            ),
        );
    }
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

fn computed(region: &Region) -> Computed {
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

fn formula(label: &str, text: &str, shape: Shape, origin: Origin) -> Arc<ColumnFormula> {
    Arc::new(ColumnFormula { text: format!("{label}={text}").into(), shape, origin })
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
                year: stated.year,
                total: stated.total,
            })
        })
        .collect()
}
