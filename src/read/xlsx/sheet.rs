//! One worksheet part, read in one pass: cells with value, formula and style, merged ranges,
//! hidden rows and columns (ECMA-376 part 1, 18.3).
//!
//! Every cell stands for itself: one that makes no sense is said, and the others are read.

use std::collections::HashMap;
use std::slice;

use super::strings::{item_text, unescaped};
use crate::failure::Failure;
use crate::read::cells;
use crate::read::formats::Style;
use crate::read::store::{Stop, Store, Text, Texts};
use crate::read::xml::{self, Event, Tag, Xml, attribute, element_text, element_text_into};
use crate::workbook::{Address, FormulaText, MAX_ROWS, Master, Range, Value};

/// What the cells of a sheet refer to.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) strings: &'a Texts,
    pub(super) styles: &'a [Style],
}

/// Reads a worksheet part into a store. Damage ends the sheet where it is met, and is noted.
pub(super) fn read(
    mut part: Xml<'_>,
    tables: Tables<'_>,
    store: &mut Store<'_>,
) -> Result<(), Failure> {
    let mut reader =
        Reader { tables, value: String::new(), store, shared: HashMap::new(), row: 0, column: 0 };
    reader.store.make_room(part.ahead().len());
    match reader.run(&mut part) {
        Ok(()) => Ok(()),
        Err(Stop::Cut(error)) => {
            store.cut(error);
            Ok(())
        }
        Err(Stop::Refused(failure)) => Err(failure),
    }
}

struct Reader<'a, 'b> {
    tables: Tables<'a>,
    /// The text of the value being read; one buffer for all cells.
    value: String,
    store: &'a mut Store<'b>,
    /// Masters of shared formulas by their index: where each stands and what it says.
    shared: HashMap<u64, (Address, Master)>,
    /// The row being read, and the column of its next cell, for those without a reference.
    row: u32,
    column: u32,
}

/// Bytes of the longest cell that is read by its bytes; others are looked through in vain so far.
const LONGEST_PLAIN: usize = 512;

/// What is written of a cell: what its tag says of it, its formula and its value.
#[derive(Default)]
struct Written<'a> {
    reference: Option<&'a [u8]>,
    style: Option<&'a [u8]>,
    kind: Option<&'a [u8]>,
    formula: Option<&'a [u8]>,
    value: &'a [u8],
}

/// What stands before a text within its cell; its blanks are kept either way.
const INLINE: [&[u8]; 2] = [b"><is><t>", b"><is><t xml:space=\"preserve\">"];

impl<'a> Written<'a> {
    /// The cell at the beginning of `ahead` with its length, where it stands there whole as
    /// programs write nearly all: `<c r="C3" s="1"><v>0.5</v></c>`, `<c r="C3" s="1"/>`,
    /// `<c r="C3"><f>A3/B3</f><v>0.5</v></c>`, or `<c r="C3" t="inlineStr"><is><t>Thôn</t></is></c>`.
    fn plain(ahead: &'a [u8]) -> Option<(Self, usize)> {
        let ahead = ahead.get(..LONGEST_PLAIN).unwrap_or(ahead);
        let mut rest = ahead.strip_prefix(b"<c")?;
        let mut cell = Self::default();
        while let [b' ', name, b'=', b'"', value @ ..] = rest {
            let (value, after) = value.split_at(value.iter().position(|byte| *byte == b'"')?);
            cell.known(slice::from_ref(name))?.get_or_insert(value);
            rest = &after[1..];
        }
        let after = if let Some(content) = rest.strip_prefix(b"><v>") {
            cell.take_value(content)?.strip_prefix(b"</v></c>")?
        } else if let Some(content) = rest.strip_prefix(b"><f>") {
            cell.take_computed(content)?
        } else if let Some(content) = INLINE.iter().find_map(|tags| rest.strip_prefix(*tags)) {
            let after = cell.take_value(content)?.strip_prefix(b"</t></is></c>")?;
            // A text within stands for the cell whatever its kind.
            cell.kind = Some(b"inlineStr");
            after
        } else {
            rest.strip_prefix(b"/>")?
        };
        Some((cell, ahead.len() - after.len()))
    }

    /// Takes the value at the beginning of the content of a cell, and gives what follows it.
    fn take_value(&mut self, content: &'a [u8]) -> Option<&'a [u8]> {
        let (value, after) = split_text(content)?;
        self.value = value;
        Some(after)
    }

    /// Takes a formula and its result, and gives what follows the cell. A result that is there and
    /// empty is an empty text in some cells, which is left to the tokenizer.
    fn take_computed(&mut self, content: &'a [u8]) -> Option<&'a [u8]> {
        let (formula, after) = split_text(content).filter(|(formula, _)| !formula.is_empty())?;
        self.formula = Some(formula);
        let after = after.strip_prefix(b"</f><v>")?;
        let after = self.take_value(after)?.strip_prefix(b"</v></c>")?;
        (!self.value.is_empty() || self.kind.is_none()).then_some(after)
    }

    /// The place of an attribute that matters here.
    fn known(&mut self, name: &[u8]) -> Option<&mut Option<&'a [u8]>> {
        match name {
            b"r" => Some(&mut self.reference),
            b"s" => Some(&mut self.style),
            b"t" => Some(&mut self.kind),
            _ => None,
        }
    }
}

/// The text at the beginning of some content and what follows it, where it stands there as it is meant.
fn split_text(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = content.iter().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
    Some(content.split_at(end))
}

/// A cell as its tag describes it.
struct Open {
    /// `None` when its reference makes no sense.
    at: Option<Address>,
    kind: Kind,
    style: Style,
}

/// What the value of a cell is (18.18.11).
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Bool,
    Error,
    Shared,
    Text,
    Date,
    Unknown,
}

impl Kind {
    fn of(name: Option<&[u8]>) -> Self {
        match name {
            None | Some(b"" | b"n") => Self::Number,
            Some(b"b") => Self::Bool,
            Some(b"e") => Self::Error,
            Some(b"s") => Self::Shared,
            Some(b"str" | b"inlineStr") => Self::Text,
            Some(b"d") => Self::Date,
            Some(_) => Self::Unknown,
        }
    }
}

impl Reader<'_, '_> {
    fn run(&mut self, part: &mut Xml<'_>) -> Result<(), Stop> {
        let mut next_row = 0;
        loop {
            while let Some((written, length)) = Written::plain(part.ahead()) {
                let cell = self.open_cell(&written);
                let formula = written.formula.map(|text| String::from_utf8_lossy(text).into());
                self.store_value(&cell, written.value, formula)?;
                part.pass(length);
            }
            match part.next()? {
                Event::Start(tag) => match tag.name_bytes() {
                    b"row" => {
                        self.row = self.open_row(&tag, next_row);
                        next_row = self.row.saturating_add(1);
                        self.column = 0;
                    }
                    b"c" => {
                        let mut written = Written::default();
                        for (name, value) in tag.local_attributes() {
                            if let Some(known) = written.known(name) {
                                known.get_or_insert(value);
                            }
                        }
                        let cell = self.open_cell(&written);
                        self.cell(part, &cell)?;
                    }
                    b"col" => self.column_width(&tag),
                    b"mergeCell" => self.merge(&tag),
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn open_row(&mut self, tag: &Tag<'_>, expected: u32) -> u32 {
        let number = xml::number::<u64>(tag, "r");
        let row = number.and_then(|number| u32::try_from(number.checked_sub(1)?).ok());
        let row = if number.is_some() { row.unwrap_or(u32::MAX) } else { expected };
        if row < MAX_ROWS && xml::truth(tag, "hidden") {
            self.store.hide_rows(row, row);
        }
        row
    }

    fn open_cell(&mut self, written: &Written<'_>) -> Open {
        let at = match written.reference {
            Some(reference) => Address::from_bytes(reference.trim_ascii()),
            None => Some(Address::new(self.row, self.column)),
        };
        if let Some(at) = at {
            self.column = at.column.saturating_add(1);
        }
        let style = written.style.and_then(xml::index_in);
        let style = style.and_then(|style| self.tables.styles.get(style));
        Open { at, kind: Kind::of(written.kind), style: style.copied().unwrap_or_default() }
    }

    fn column_width(&mut self, tag: &Tag<'_>) {
        if !xml::truth(tag, "hidden") {
            return;
        }
        let bound = |name| xml::number::<u32>(tag, name).filter(|number| *number > 0);
        if let (Some(first), Some(last)) = (bound("min"), bound("max")) {
            self.store.hide_columns(first - 1, last - 1);
        }
    }

    fn merge(&mut self, tag: &Tag<'_>) {
        if let Some(merged) = range(tag) {
            self.store.merge(merged);
        }
    }

    /// Reads the content of the cell just opened, up to its end.
    fn cell(&mut self, part: &mut Xml<'_>, open: &Open) -> Result<(), Stop> {
        let outside = part.depth().saturating_sub(1);
        self.value.clear();
        let mut inline = None;
        let mut formula = None;
        let mut has_value = false;
        while part.depth() > outside {
            let Event::Start(tag) = part.next()? else { continue };
            match tag.name_bytes() {
                b"v" => {
                    has_value = true;
                    element_text_into(part, &mut self.value)?;
                }
                b"is" => inline = Some(item_text(part)?),
                b"f" => {
                    let shared = shared_index(&tag);
                    if let Some(range) = array(&tag) {
                        self.store.array(range);
                    }
                    let text = element_text(part)?;
                    formula = self.formula(shared, text, open.at);
                }
                _ => {}
            }
        }
        if let (Some(text), Some(at)) = (inline, open.at) {
            return Ok(self.store.push_text(at, &text.into(), formula, open.style)?);
        }
        if let (true, Kind::Text, true, Some(at)) =
            (has_value && self.value.is_empty(), open.kind, formula.is_some(), open.at)
        {
            // A result that is an empty text; one that was never calculated has no value at all.
            let empty = Value::Text(String::new());
            return Ok(self.store.push(at, empty, formula, open.style)?);
        }
        let value = std::mem::take(&mut self.value);
        self.store_value(open, value.as_bytes(), formula)?;
        self.value = value;
        Ok(())
    }

    /// The formula of a cell. Members of a shared group hold only its number: the master's text
    /// is shifted from the cell the master stands in, which need not be the first of its range.
    fn formula(
        &mut self,
        shared: Option<u64>,
        text: String,
        at: Option<Address>,
    ) -> Option<FormulaText> {
        let (Some(index), Some(at)) = (shared, at) else {
            return (!text.is_empty()).then(|| text.into());
        };
        if !text.is_empty() {
            self.shared.insert(index, (at, Master::new(&text)));
            return Some(text.into());
        }
        let (master, formula) = self.shared.get(&index)?;
        let rows = i64::from(at.row) - i64::from(master.row);
        let columns = i64::from(at.column) - i64::from(master.column);
        Some(formula.shifted(rows, columns).into())
    }

    fn store_value(
        &mut self,
        open: &Open,
        raw: &[u8],
        formula: Option<FormulaText>,
    ) -> Result<(), Failure> {
        let Some(at) = open.at else {
            self.store.note_unreadable(None);
            return Ok(());
        };
        let style = open.style;
        let text = || String::from_utf8_lossy(raw);
        let value = match open.kind {
            _ if raw.is_empty() => Value::Blank,
            Kind::Number => numeric(raw, style),
            Kind::Bool => Value::Bool(xml::is_true(&text())),
            Kind::Error => Value::Error(text().trim().into()),
            Kind::Shared => {
                let index = xml::index_in(raw);
                return match index.and_then(|index| self.tables.strings.get(index)) {
                    Some(text) => self.store.push_text(at, &text, formula, style),
                    None => self.store.push_unreadable(at, style),
                };
            }
            Kind::Text => {
                let escaped = raw.contains(&b'_');
                let text = if escaped { unescaped(text().into_owned()).into() } else { text() };
                return self.store.push_text(at, &Text::plain(text), formula, style);
            }
            Kind::Date => cells::text(text().trim()),
            Kind::Unknown => return self.store.push_unreadable(at, style),
        };
        self.store.push(at, value, formula, style)
    }
}

/// A number in Excel's notation; what is none is kept as text, so that it is reported.
fn numeric(raw: &[u8], style: Style) -> Value {
    let plain = |text| cells::plain_number(text).filter(|_| !style.date).map(Value::Number);
    if let Some(number) = plain(raw) {
        return number;
    }
    let raw = String::from_utf8_lossy(raw);
    let raw = raw.trim();
    if let Some(number) = plain(raw.as_bytes()) {
        return number;
    }
    let text = || cells::text(raw);
    let Ok(number) = raw.parse::<f64>() else { return text() };
    if !number.is_finite() {
        return text();
    }
    if style.date { cells::date_serial(number) } else { cells::number(number) }
}

/// The cells of a formula over several, or of a table of data that a program fills by itself.
fn array(tag: &Tag<'_>) -> Option<Range> {
    let kind = tag.raw("t")?;
    range(tag).filter(|_| kind == b"array" || kind == b"dataTable")
}

/// The cells that a tag refers to.
fn range(tag: &Tag<'_>) -> Option<Range> {
    let reference = attribute(tag, "ref")?;
    let (first, last) = reference.split_once(':').unwrap_or((&reference, &reference));
    Some(Range::new(first.parse().ok()?, last.parse().ok()?))
}

/// The index of the shared formula a tag belongs to.
fn shared_index(tag: &Tag<'_>) -> Option<u64> {
    tag.raw("t").filter(|kind| *kind == b"shared").and_then(|_| xml::number(tag, "si"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Limits;
    use crate::read::store::Budget;
    use crate::workbook::Sheet;

    /// Cells as programs write nearly all.
    const PLAIN: &[&str] = &[
        r#"<c r="B2" s="1"><v>12.50</v></c>"#,
        r#"<c r="C2"><v>-0</v></c>"#,
        r#"<c r="D2" t="n"><v> 7 </v></c>"#,
        r#"<c r="E2"><v>1e3</v></c>"#,
        r#"<c r="F2"><v>1e999</v></c>"#,
        r#"<c r="G2"><v>123456789012345678901234567890</v></c>"#,
        r#"<c r="H2"><v>hai</v></c>"#,
        r#"<c r="I2" s="1"><v>45000</v></c>"#,
        r#"<c r="J2" s="1"><v>0.1.2</v></c>"#,
        r#"<c r="B3" t="s"><v>0</v></c>"#,
        r#"<c t="s" s="2" r="C3"><v>1</v></c>"#,
        r#"<c r="D3" t="s"><v> +2 </v></c>"#,
        r#"<c r="E3" t="s"><v>3</v></c>"#,
        r#"<c r="F3" t="s"><v>99999999999999999999</v></c>"#,
        r#"<c r="G3" t="s"><v>-1</v></c>"#,
        r#"<c r="H3" t="s"><v></v></c>"#,
        r#"<c r="I3" t="s"/>"#,
        r#"<c r="B4" t="b"><v>1</v></c>"#,
        r#"<c r="C4" t="b"><v> true </v></c>"#,
        r#"<c r="D4" t="e"><v>#DIV/0! </v></c>"#,
        r#"<c r="E4" t="str"><v> báo_x000D_ cáo </v></c>"#,
        r#"<c r="F4" t="str"><v>b¸o c¸o</v></c>"#,
        r#"<c r="G4" t="d"><v> 2024-01-01 </v></c>"#,
        r#"<c r="H4" t="x"><v>1</v></c>"#,
        r#"<c r="I4" t=""><v>1</v></c>"#,
        r#"<c r="J4" t="str"><v>a>b "c"</v></c>"#,
        r"<c><v>1</v></c>",
        r#"<c s="99"><v>2</v></c>"#,
        r#"<c s="x"><v>3</v></c>"#,
        r#"<c s=" 1 "><v>4</v></c>"#,
        r"<c/>",
        r#"<c s="1"/>"#,
        r#"<c r="b6" r="C6" s="1" s="2"><v>5</v></c>"#,
        r#"<c r=" $D$6 "><v>6</v></c>"#,
        r#"<c r=""><v>7</v></c>"#,
        r#"<c r="XFE1"><v>8</v></c>"#,
        r#"<c r="<v>"><v>9</v></c>"#,
        r"<c><v>10</v></c>",
        r#"<c r="B5" s="1"><f>ROUND(A5/$B$3*100,2)</f><v>12.5</v></c>"#,
        r#"<c r="C5"><f>A1>B1</f><v></v></c>"#,
        r#"<c r="D5" t="str"><f>"Tỷ lệ"</f><v>Tỷ_x000D_ lệ</v></c>"#,
        r#"<c r="E5" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#,
        r#"<c r="F5" t="b"><f>'Biểu 1'!A1</f><v>1</v></c>"#,
        r#"<c r="B10" s="2" t="inlineStr"><is><t>Tỷ lệ hộ nghèo (%)</t></is></c>"#,
        r#"<c r="C10" t="inlineStr"><is><t> b¸o c¸o </t></is></c>"#,
        r#"<c r="D10" t="inlineStr"><is><t>báo_x000D_cáo</t></is></c>"#,
        r#"<c r="E10" t="inlineStr"><is><t></t></is></c>"#,
        r#"<c r="F10"><is><t>12</t></is></c>"#,
        r#"<c r="G10" t="s"><is><t>0</t></is></c>"#,
        r#"<c r="H10" t="inlineStr"><is><t xml:space="preserve"> a
  b¸o c¸o_x000D_</t></is></c>"#,
    ];

    /// Cells that are left to the tokenizer.
    const ODD: &[&str] = &[
        r"<c r='B7'><v>1</v></c>",
        r#"<c  r="C7"><v>1</v></c>"#,
        r#"<c r="D7" ><v>1</v></c>"#,
        r#"<c r="E7" />"#,
        r#"<c r = "F7"><v>1</v></c>"#,
        r#"<c r="G7" cm="1"><v>1</v></c>"#,
        r#"<c r="H7" x:s="1"><v>1</v></c>"#,
        r#"<x:c r="I7"><x:v>1</x:v></x:c>"#,
        r#"<c r="B8" t="str"><v>a &amp; b</v></c>"#,
        "<c r=\"C8\" t=\"str\"><v>a\r\nb</v></c>",
        r#"<c r="D8" t="str"><v xml:space="preserve"> a </v></c>"#,
        r#"<c r="E8"><v>1<!-- 2 --></v></c>"#,
        r#"<c r="F8"><v><![CDATA[1]]></v></c>"#,
        r#"<c r="G8"><v/></c>"#,
        r#"<c r="H8"><v>1</v><v>2</v></c>"#,
        r#"<c r="I8" t="str"><f>A1</f><v></v></c>"#,
        r#"<c r="I8"><f t="shared" si="0">A1</f><v>2</v></c>"#,
        r#"<c r="I8"><f t="shared" si="0"/><v>2</v></c>"#,
        r#"<c r="I8"><f>A1&amp;B1</f><v>2</v></c>"#,
        r#"<c r="I8"><f></f><v>2</v></c>"#,
        r#"<c r="I8"><f>A1</f><v/></c>"#,
        r#"<c r="I8"><f>A1</f></c>"#,
        r#"<c r="I8"><v>2</v><f>A1</f></c>"#,
        r#"<c r="J8"><v>1</v ></c>"#,
        r#"<c r="B9" t="inlineStr"><is><t xml:space="default"> a</t></is></c>"#,
        r#"<c r="B11" t="inlineStr"><is><t>a</t><t>b</t></is></c>"#,
        r#"<c r="C11" t="inlineStr"><is><t>a</t></is><v>1</v></c>"#,
        r#"<c r="D11" t="inlineStr"><is><r><t>a</t></r></is></c>"#,
        r#"<c r="C9"><v>1</v><!-- --></c>"#,
        "<c r=\"D9\">\n<v>1</v>\n</c>",
        r#"<c r="E9"></c>"#,
        r#"<c r="F9"><v>1<x/>2</v></c>"#,
        r#"<col min="1" max="2" hidden="1"/>"#,
        r#"<c r="G9"><v>1</v>"#,
        r#"<c r="H9"><v>1"#,
        r#"<c r="I9" t="s"#,
    ];

    fn sheet_of(content: &[u8]) -> Sheet {
        let mut strings = Texts::default();
        for text in ["một", "", "hai\u{a0}"] {
            strings.push(Text::plain(text));
        }
        let date = Style { date: true, format: 1, ..Style::default() };
        let bold = Style { bold: true, ..Style::default() };
        let tables = Tables { strings: &strings, styles: &[Style::default(), date, bold] };
        let mut budget = Budget::new(&Limits::default());
        let mut store = Store::new("S", &mut budget);
        // A small window, so that it ends in every part of some cell.
        read(Xml::of_size(content, 0).unwrap(), tables, &mut store).unwrap();
        store.finish()
    }

    fn row(cells: impl Iterator<Item = String>) -> String {
        format!("<sheetData><row r=\"5\">{}</row></sheetData>", cells.collect::<String>())
    }

    #[test]
    fn a_cell_read_by_its_bytes_is_what_the_tokenizer_makes_of_it() {
        let by_tokens = |cell: &str| match cell.strip_prefix("<c") {
            Some(rest) if !rest.starts_with("ol") => format!("<c\n{rest}"),
            _ => cell.to_owned(),
        };
        for cell in PLAIN {
            let is_plain = |cell: &str| Written::plain(cell.as_bytes()).map(|(_, length)| length);
            assert_eq!(is_plain(cell), Some(cell.len()), "{cell}");
            assert_eq!(is_plain(&by_tokens(cell)), None, "{cell}");
            let sheets = [(*cell).to_owned(), by_tokens(cell)]
                .map(|cell| sheet_of(row(std::iter::once(cell)).as_bytes()));
            assert_eq!(sheets[0], sheets[1], "{cell}");
        }
        for cell in ODD {
            assert!(Written::plain(cell.as_bytes()).is_none(), "{cell}");
        }
        let all = || PLAIN.iter().chain(ODD);
        for blanks in 0..64 {
            let before = std::iter::once(" ".repeat(blanks));
            let plain = row(before.clone().chain(all().map(|cell| (*cell).to_owned())));
            let tokens = row(before.chain(all().map(|cell| by_tokens(cell))));
            assert_eq!(sheet_of(plain.as_bytes()), sheet_of(tokens.as_bytes()), "{blanks}");
        }
    }

    #[test]
    fn a_damaged_cell_is_read_alike_either_way() {
        let cells = [
            r#"<c r="B2" s="1" t="str"><v>số 1</v></c>"#,
            r#"<c r="B2" t="inlineStr"><is><t>số 1</t></is></c>"#,
        ];
        let places = cells
            .map(str::as_bytes)
            .into_iter()
            .flat_map(|cell| (0..cell.len()).map(move |at| (cell, at)));
        for (cell, at) in places {
            for byte in *b"<>\"'/&=c \r0\xFF\0" {
                let mut cells = [cell, cell, b"<c r=\"C2\"><v>1</v></c>"].map(<[u8]>::to_vec);
                cells[1][at] = byte;
                let plain = cells.concat();
                // Where the name goes on it is another.
                if at > 2 {
                    cells[1].insert(2, b'\n');
                }
                assert_eq!(sheet_of(&plain), sheet_of(&cells.concat()), "{at} {byte}");
            }
        }
    }

    #[test]
    fn cells_nested_too_deeply_end_the_sheet() {
        let within = |levels: usize| {
            let cell = "<c r=\"A1\"><v>1</v></c>";
            sheet_of(format!("{}{cell}{}", "<a>".repeat(levels), "</a>".repeat(levels)).as_bytes())
        };
        assert_eq!((within(254).cells().len(), within(254).faults.len()), (1, 0));
        assert_eq!((within(255).cells().len(), within(255).faults.len()), (0, 1));
    }
}
