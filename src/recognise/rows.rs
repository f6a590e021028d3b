//! The rows below the index row: which hold figures, what names them, where the table ends. What
//! part each row plays is decided afterwards, by [`structure`](super::structure), with the figures.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::columns::TELLING_ROWS;
use super::head::Computed;
use super::notation::looks_like_figure;
use super::region::{Region, resolved};
use crate::lang::Text;
use crate::table::{Basis, Role, Row, plain_number};
use crate::words::{ends_table, fold, is_exception, is_total, names_a_part, single_blanked};
use crate::workbook::{Address, Range, Run, Sheet, Value};

/// The rows of a region, and which columns name them.
#[expect(clippy::struct_field_names, reason = "rows with what belongs to them")]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// The last of the leading columns; figures begin right of it.
    pub(super) last_lead: u32,
    /// The row that the headings of another table begin in.
    pub(super) other: Option<u32>,
    /// What a person should know of how the rows were read.
    pub(super) notes: Vec<Text>,
}

impl Rows {
    /// The rows that tell what columns hold.
    pub(super) fn telling(&self) -> impl Iterator<Item = &Row> {
        telling(&self.rows)
    }
}

/// The rows that tell what columns hold: the first ones. Those of them that were settled bear out what
/// the others tell.
pub(super) fn telling(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let mut met = 0;
    rows.iter().take_while(move |row| {
        let before = met;
        met += row.run.as_ref().map_or(1, |run| run.rows as usize);
        before < TELLING_ROWS
    })
}

/// The leading columns of a table: what names its rows.
struct Lead {
    ordinal: Option<u32>,
    name: u32,
    /// A column such as `Hộ` / `Nhân khẩu` that tells the lines of one unit apart.
    line: Option<u32>,
    last: u32,
}

/// Blank rows inside a table beyond which it has ended.
const MAX_GAP: u32 = 2;

/// Reads the rows; `None` when no row below the head holds a figure.
pub(super) fn read(sheet: &Sheet, region: &Region, computed: &Computed) -> Option<Rows> {
    let lead = leading_columns(sheet, region, computed);
    let reader = Reader { sheet, region, lead: &lead };
    let last = sheet.used().map_or(0, |used| used.end.row).min(region.limit.saturating_sub(1));
    let most = (last + 1).saturating_sub(region.body) as usize;
    let mut rows: Vec<Row> = Vec::with_capacity(most.min(TELLING_ROWS));
    // Rows without a name that may yet be followed by one with a name; and those that are none.
    let (mut nameless, mut strange): (Vec<Row>, Vec<Row>) = (Vec::new(), Vec::new());
    let mut other: Option<u32> = None;
    let mut sheet_row = region.body;
    while sheet_row <= last {
        if let Some(end) = region.breaks.iter().find(|b| b.contains(&sheet_row)).map(|b| *b.end()) {
            sheet_row = end + 1;
            continue;
        }
        if let Some(run) = sheet.run_at(sheet_row) {
            rows.push(Row::of_run(run));
            sheet_row += run.rows;
            continue;
        }
        match reader.row(sheet_row, rows.last()) {
            Found::Row(row) if row.is_nameless() => nameless.push(row),
            Found::Row(row) => {
                for row in nameless.drain(..) {
                    // Between rows with names it is a row of the table whose name is missing.
                    let is_own = reader.is_filled(row.sheet_row);
                    if is_own { rows.push(row) } else { strange.push(row) }
                }
                rows.push(row);
            }
            Found::Gap => {}
            Found::Other => {
                other = Some(sheet_row);
                break;
            }
            Found::End => break,
        }
        sheet_row += 1;
    }
    while rows.last().is_some_and(|row| row.role == Role::Heading) {
        rows.pop();
    }
    let remarks = reader.cut_remarks(&mut rows);
    let holds_figures = rows.iter().any(|row| row.role == Role::Unit);
    holds_figures.then(|| {
        let mut notes = hidden_notes(sheet, region, &rows);
        if !remarks.is_empty() {
            let below = remarks.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            notes.push(Text::new(
                format!("các dòng dưới dòng tổng được coi là ghi chú nên không được soát: {below}"),
                format!("rows below the total are taken for notes and not checked: {below}"),
            ));
        }
        strange.extend(nameless);
        if !strange.is_empty() {
            let numbers = strange.iter().map(|row| (row.sheet_row + 1).to_string());
            let numbers = numbers.collect::<Vec<_>>().join(", ");
            notes.push(Text::new(
                format!("các dòng có số nhưng không có tên nên không coi là của bảng: {numbers}"),
                format!(
                    "rows with figures but no name are not taken for part of the table: {numbers}"
                ),
            ));
        }
        Rows { rows, last_lead: lead.last, other, notes }
    })
}

impl Row {
    /// The row that stands for settled ones.
    fn of_run(run: &Run) -> Self {
        Self {
            sheet_row: run.first,
            ordinal: run.ordinals.map(|(_, last)| last.to_string()).unwrap_or_default(),
            name: String::new(),
            line: String::new(),
            bold: false,
            role: Role::Run,
            formula: None,
            parts: Vec::new(),
            basis: Basis::default(),
            run: Some(Box::new(run.clone())),
        }
    }

    /// True for figures that nothing names: working notes beside or below a table.
    fn is_nameless(&self) -> bool {
        self.name.is_empty() && self.ordinal.is_empty() && self.line.is_empty()
    }
}

enum Found {
    Row(Row),
    Gap,
    /// The headings of another table.
    Other,
    End,
}

struct Reader<'a> {
    sheet: &'a Sheet,
    region: &'a Region,
    lead: &'a Lead,
}

impl Reader<'_> {
    fn row(&self, sheet_row: u32, previous: Option<&Row>) -> Found {
        let figures = self.figures(sheet_row);
        if figures < 2 && self.ends_table(sheet_row) {
            return Found::End;
        }
        let text_of =
            |column: u32| text(resolved(self.sheet, Address::new(sheet_row, column))).into_owned();
        let line = self.lead.line.map(text_of).unwrap_or_default();
        let shares_its_name = line.is_empty() && self.shares_its_name(sheet_row);
        let mut name = if shares_its_name {
            String::new()
        } else {
            self.name(sheet_row, text_of(self.lead.name))
        };
        let mut ordinal = self.lead.ordinal.map(text_of).unwrap_or_default();
        if let (true, false, Some(above)) = (name.is_empty(), line.is_empty(), previous) {
            // The second line of a unit: files without merged ranges leave its name blank.
            name.clone_from(&above.name);
            ordinal.clone_from(&above.ordinal);
        }
        if figures == 0 && self.heads_columns(sheet_row) {
            let apart = |row: &Row| row.role == Role::Heading || row.sheet_row + 1 < sheet_row;
            if self.repeats_headings(sheet_row) {
                return Found::Gap;
            }
            if previous.is_some_and(apart) && self.figures_follow(sheet_row) {
                return Found::Other;
            }
        }
        if figures == 0 && !self.figures_follow(sheet_row) {
            return Found::End;
        }
        if figures == 0 && name.is_empty() {
            return Found::Gap;
        }
        let role = match figures {
            0 => Role::Heading,
            _ if is_exception(&name) => Role::Exception,
            _ => Role::Unit,
        };
        let bold = self.sheet.cell(Address::new(sheet_row, self.lead.name)).is_some_and(|c| c.bold);
        let (formula, parts, run) = (None, Vec::new(), None);
        let basis = Basis::default();
        Found::Row(Row { sheet_row, ordinal, name, line, bold, role, formula, parts, basis, run })
    }

    /// True for a row under a name that is merged with the one above: one of the two has none. Not so
    /// where another leading column tells them apart.
    fn shares_its_name(&self, sheet_row: u32) -> bool {
        let at = Address::new(sheet_row, self.lead.name);
        let merged = |range: Range| {
            range.start.row < sheet_row
                && self.figures(range.start.row) > 0
                && self.figures(sheet_row) > 0
        };
        let told_apart = || {
            let others = (self.region.left..=self.lead.last).filter(|column| {
                ![Some(self.lead.name), self.lead.ordinal].contains(&Some(*column))
            });
            others.into_iter().any(|column| {
                text(self.sheet.value(Address::new(sheet_row, column)))
                    .chars()
                    .any(char::is_alphabetic)
            })
        };
        self.sheet.merge_at(at).is_some_and(merged) && !told_apart()
    }

    /// True where at least half of the columns of figures are filled.
    fn is_filled(&self, sheet_row: u32) -> bool {
        let width = (self.region.right - self.lead.last) as usize;
        self.figures(sheet_row) * 2 >= width
    }

    fn figures(&self, sheet_row: u32) -> usize {
        let columns = self.lead.last + 1..=self.region.right;
        let cells = self.sheet.row(sheet_row).iter();
        let figures = cells.filter(|(at, _)| columns.contains(&at.column));
        figures.filter(|(_, cell)| looks_like_figure(&cell.value)).count()
    }

    /// Takes away what stands below the total with a figure or two: notes and balances. Returns the
    /// numbers of these rows.
    fn cut_remarks(&self, rows: &mut Vec<Row>) -> Vec<u32> {
        let named = |row: &Row| row.role == Role::Unit && is_total(&row.name);
        let Some(total) = rows.iter().rposition(named).filter(|total| *total > 1) else {
            return Vec::new();
        };
        let whole = self.figures(rows[total].sheet_row);
        let apart =
            rows.get(total + 1).is_some_and(|row| row.sheet_row > rows[total].sheet_row + 1);
        let is_remark = |row: &Row| {
            (apart || row.name.starts_with(['-', '–', '−', '—', '+', '*', '•']))
                && matches!(row.role, Role::Unit | Role::Heading)
                && !names_a_part(&row.name)
                && self.figures(row.sheet_row) * 3 <= whole
        };
        if !rows[total + 1..].iter().all(is_remark) {
            return Vec::new();
        }
        rows.split_off(total + 1).iter().map(|row| row.sheet_row + 1).collect()
    }

    fn ends_table(&self, sheet_row: u32) -> bool {
        self.sheet.row(sheet_row).iter().any(|(_, cell)| match &cell.value {
            Value::Text(text) => ends_table(text),
            _ => false,
        })
    }

    fn names_total(&self, sheet_row: u32) -> bool {
        let lead = self.region.left..=self.lead.last;
        let own = self.sheet.row(sheet_row).iter().filter(|(at, _)| lead.contains(&at.column));
        own.into_iter().any(|(_, cell)| is_total(&text(&cell.value)))
    }

    /// The words in the figure columns of a row.
    fn words(&self, sheet_row: u32) -> Vec<(u32, Cow<'_, str>)> {
        (self.lead.last + 1..=self.region.right)
            .map(|column| (column, text(self.sheet.value(Address::new(sheet_row, column)))))
            .filter(|(_, text)| text.chars().filter(|c| c.is_alphabetic()).count() >= 2)
            .collect()
    }

    /// True for a row with different words over several columns of figures, as headings are. Rows with
    /// an ordinal are none, nor are figures with their units.
    fn heads_columns(&self, sheet_row: u32) -> bool {
        let first = Address::new(sheet_row, self.region.left);
        if matches!(self.sheet.value(first), Value::Number(_)) {
            return false;
        }
        let words = self.words(sheet_row);
        let words =
            words.iter().filter(|(_, word)| !word.starts_with(|c: char| c.is_ascii_digit()));
        words.map(|(_, word)| &**word).collect::<BTreeSet<&str>>().len() > 1
    }

    /// True when every word of a row stands in the headings of the table, above the same column.
    fn repeats_headings(&self, sheet_row: u32) -> bool {
        self.words(sheet_row).iter().all(|(column, word)| {
            self.region
                .heading_rows()
                .any(|row| text(resolved(self.sheet, Address::new(row, *column))) == *word)
        })
    }

    /// The name of a row; a total often stands in the ordinal column, merged over both.
    fn name(&self, sheet_row: u32, name: String) -> String {
        if !name.is_empty() {
            return name;
        }
        (self.region.left..=self.lead.last)
            .filter(|column| Some(*column) != self.lead.line)
            .map(|column| text(resolved(self.sheet, Address::new(sheet_row, column))))
            .find(|text| text.chars().filter(|c| c.is_alphabetic()).count() >= 3)
            .unwrap_or_default()
            .into_owned()
    }

    /// True when figures go on below, with no more than headings and a few blank rows between.
    fn figures_follow(&self, row: u32) -> bool {
        let mut gap = 0;
        for below in row + 1..self.region.limit.min(row + 12) {
            if self.region.breaks.iter().any(|rows| rows.contains(&below)) {
                return true;
            }
            if self.sheet.run_at(below).is_some() {
                return true;
            }
            let figures = self.figures(below);
            let width = (self.region.right - self.lead.last) as usize;
            // Blank rows are left for more entries; the total stands below them all the same.
            let goes_on = gap <= MAX_GAP || self.names_total(below);
            if (figures * 4 >= width || figures > 1) && figures > 0 && goes_on {
                return true;
            }
            let row = self.sheet.row(below);
            let blank = row.iter().all(|(_, cell)| text(&cell.value).is_empty());
            if self.ends_table(below) || !blank && gap > MAX_GAP {
                return false;
            }
            gap = if blank { gap + 1 } else { 0 };
        }
        false
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => single_blanked(text),
        Value::Number(number) => plain_number(*number).into(),
        _ => Cow::default(),
    }
}

/// What the first rows of a column hold.
#[derive(Default)]
struct Sample<'a> {
    words: usize,
    short: usize,
    figures: usize,
    /// Numbers and texts from top to bottom.
    values: Vec<&'a Value>,
}

impl Sample<'_> {
    fn holds_words(&self) -> bool {
        self.words > 1 && self.words > self.figures
    }

    fn contents(&self) -> impl Iterator<Item = Content> {
        self.values.iter().map(|value| match value {
            Value::Number(number) => Content::Number(number.mantissa(), number.scale()),
            value => Content::Text(fold(&text(value))),
        })
    }

    /// How many different words name rows at most.
    fn names(&self) -> usize {
        let mut contents: Vec<Content> = self.contents().collect();
        contents.sort_unstable();
        contents.dedup();
        self.words.min(contents.len())
    }
}

/// Rows that tell what a column holds.
const SAMPLED: u32 = 59;

/// What a cell holds, texts folded.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    Number(i128, u32),
    Text(String),
}

fn sample<'a>(sheet: &'a Sheet, region: &Region, column: u32) -> Sample<'a> {
    let mut sample = Sample::default();
    let below = sheet.bottom().saturating_add(1).min(region.limit);
    for row in region.body..below.min(region.body + SAMPLED) {
        let value = resolved(sheet, Address::new(row, column));
        let is_letter = |c: &char| c.is_alphabetic();
        match value {
            Value::Number(_) => sample.figures += 1,
            Value::Text(text) if single_blanked(text).is_empty() => continue,
            Value::Text(_) if looks_like_figure(value) => sample.figures += 1,
            Value::Text(text) if text.chars().filter(is_letter).nth(1).is_some() => {
                sample.words += 1;
            }
            Value::Text(_) => sample.short += 1,
            _ => continue,
        }
        sample.values.push(value);
    }
    sample
}

/// Samples of the columns from the left, each taken once, when it is asked for.
struct Samples<'a> {
    sheet: &'a Sheet,
    region: &'a Region,
    taken: Vec<Sample<'a>>,
}

impl<'a> Samples<'a> {
    fn of(&mut self, column: u32) -> &Sample<'a> {
        let index = (column - self.region.left) as usize;
        for column in (self.region.left..=column).skip(self.taken.len()) {
            self.taken.push(sample(self.sheet, self.region, column));
        }
        &self.taken[index]
    }
}

/// The columns before the first one of figures: letters name them, or they hold words.
fn leading_columns(sheet: &Sheet, region: &Region, computed: &Computed) -> Lead {
    let mut samples = Samples { sheet, region, taken: Vec::new() };
    let names = names_after_ordinals(&mut samples, computed);
    let mut width = 0;
    for column in region.left..region.right {
        let sample = samples.of(column);
        let label = region.labels.get(&column).map(|cell| cell.label.as_str());
        let letters = !computed.by_letter
            && label.is_some_and(|label| label.chars().all(char::is_alphabetic));
        let numbered = label.is_some() && !letters;
        let texts = sample.words + sample.short;
        let formula = region.labels.get(&column).is_some_and(|cell| cell.formula.is_some());
        let is_lead = !formula
            && !computed.columns.contains(&column)
            && (letters
                || sample.holds_words()
                || names.is_some_and(|names| column <= names)
                || (!numbered && (texts >= sample.figures || column == region.left)));
        if !is_lead {
            break;
        }
        width += 1;
    }
    let lead = || (region.left..).zip(&samples.taken[..width]);
    let last = lead().last().map_or(region.left, |(column, _)| column);
    let line = lead().skip(1).find(|(_, sample)| is_line(sample)).map(|(column, _)| column);
    let others = || lead().filter(|(column, _)| Some(*column) != line);
    let worded: Vec<(u32, &Sample<'_>)> = others().filter(|(_, sample)| sample.words > 0).collect();
    let name = match worded.as_slice() {
        [] => others().next(),
        [only] => Some(*only),
        several => (several.iter().copied())
            .max_by_key(|(column, sample)| (sample.names(), u32::MAX - column)),
    };
    let name = name.map_or(region.left, |(column, _)| column);
    let ordinal = (name > region.left).then_some(region.left);
    Lead { ordinal, name, line, last }
}

/// The column of names, where figures of the rows stand before it: labels such as `(1)`, `(2)` name
/// the columns of ordinals and of names in many offices.
fn names_after_ordinals(samples: &mut Samples<'_>, computed: &Computed) -> Option<u32> {
    const REACH: u32 = 3;
    let region = samples.region;
    let reach = (region.left + REACH).min(region.right.saturating_sub(1));
    let sheet = samples.sheet;
    // Without formulas only the column next to the first is taken for one of names, or one behind
    // what nothing heads.
    let near = |column: &u32| {
        !computed.columns.is_empty()
            || (region.left + 1..*column).all(|between| is_unheaded(sheet, region, between))
    };
    (region.left..=reach)
        .take_while(|column| !computed.columns.contains(column))
        .take_while(near)
        .find(|column| samples.of(*column).holds_words())
}

/// True for a column that nothing heads: codes, mostly hidden, between ordinals and names.
fn is_unheaded(sheet: &Sheet, region: &Region, column: u32) -> bool {
    let is_blank = |row: u32| resolved(sheet, Address::new(row, column)).is_blank();
    region.index_row.is_none() && region.heading_rows().all(is_blank)
}

/// Two to four texts that take turns from row to row.
fn is_line(sample: &Sample<'_>) -> bool {
    const MOST_TEXTS: usize = 4;
    const LEAST_ROWS: usize = 4;
    let rows = sample.values.len();
    if sample.figures > 0 || rows < LEAST_ROWS {
        return false;
    }
    let mut met: Vec<Content> = Vec::with_capacity(MOST_TEXTS);
    let mut last = usize::MAX;
    for content in sample.contents() {
        last = match met.iter().position(|other| *other == content) {
            Some(known) if known == last => return false,
            Some(known) => known,
            None if met.len() == MOST_TEXTS => return false,
            None => {
                met.push(content);
                met.len() - 1
            }
        };
    }
    met.len() > 1 && met.len() * 2 <= rows
}

/// Hidden rows and columns are checked like the others, and said.
fn hidden_notes(sheet: &Sheet, region: &Region, rows: &[Row]) -> Vec<Text> {
    let mut notes = Vec::new();
    let hidden: Vec<String> = rows
        .iter()
        .filter(|row| sheet.hidden_rows.binary_search(&row.sheet_row).is_ok())
        .map(|row| (row.sheet_row + 1).to_string())
        .collect();
    if !hidden.is_empty() {
        let list = hidden.join(", ");
        notes.push(Text::new(
            format!("các dòng đang ẩn vẫn được soát: {list}"),
            format!("hidden rows are checked as well: {list}"),
        ));
    }
    let hidden: Vec<String> = (region.left..=region.right)
        .filter(|column| sheet.hidden_columns.binary_search(column).is_ok())
        .map(|column| Address::new(0, column).column_letters())
        .collect();
    if !hidden.is_empty() {
        let list = hidden.join(", ");
        notes.push(Text::new(
            format!("các cột đang ẩn vẫn được soát: {list}"),
            format!("hidden columns are checked as well: {list}"),
        ));
    }
    notes
}
