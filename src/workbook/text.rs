//! Workbooks from plain text: for tests, examples in the rules' pages, and pasted tables.

use rust_decimal::Decimal;

use super::{Address, Cell, FileFormat, NumberFormat, Range, Sheet, Value, Workbook};

impl Workbook {
    /// A workbook of one sheet from lines of cells separated by tabs; a form feed begins a further
    /// sheet, named `name 2` and so on.
    ///
    /// Figures in Vietnamese notation become numbers with a format that shows them as written
    /// (`0,70`); `12,4 ~ 12` is a number of which the format hides decimals: stored 12,4, shown 12.
    /// `'1.433` and everything else stays text, `#…` becomes an error value,
    /// `=SUM(C3:C8) -> 360` a formula with its stored result, and `↑` is merged with the cell above.
    #[must_use]
    pub fn from_text(name: &str, text: &str) -> Self {
        let mut workbook = Self::empty(FileFormat::Xlsx);
        for (number, sheet) in (1..).zip(text.split('\u{c}')) {
            let name = if number == 1 { name.to_owned() } else { format!("{name} {number}") };
            let cells = read_cells(sheet, &mut workbook.formats);
            let merges = read_merges(sheet);
            workbook.sheets.push(Sheet { merges: merges.into(), ..Sheet::new(&name, cells) });
        }
        workbook
    }
}

/// A cell merged with the one above it.
const COVERED: &str = "↑";

fn read_merges(text: &str) -> Vec<Range> {
    let mut merges: Vec<Range> = Vec::new();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, _) in (0..).zip(line.split('\t')).filter(|(_, raw)| *raw == COVERED) {
            let above = Address::new(u32::saturating_sub(row, 1), column);
            let own = Range::new(above, Address::new(row, column));
            match merges.iter_mut().find(|merge| merge.contains(above)) {
                Some(merge) => *merge = merge.union(own),
                None => merges.push(own),
            }
        }
    }
    merges
}

fn read_cells(text: &str, formats: &mut Vec<NumberFormat>) -> Vec<(Address, Cell)> {
    let mut cells = Vec::new();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, raw) in (0..).zip(line.split('\t')) {
            if let Some(cell) = read_cell(raw, formats) {
                cells.push((Address::new(row, column), cell));
            }
        }
    }
    cells
}

fn read_cell(raw: &str, formats: &mut Vec<NumberFormat>) -> Option<Cell> {
    if let Some(formula) = raw.strip_prefix('=') {
        let (formula, result) = formula.split_once(" -> ").unwrap_or((formula, ""));
        let stored = read_cell(result, formats).unwrap_or_else(|| Cell::new(Value::Blank));
        return Some(Cell { formula: Some(formula.trim().into()), ..stored });
    }
    if raw.trim().is_empty() || raw == COVERED {
        return None;
    }
    if let Some(text) = raw.strip_prefix('\'') {
        return Some(Cell::new(Value::Text(text.to_owned())));
    }
    if raw.starts_with('#') {
        return Some(Cell::new(Value::Error(raw.into())));
    }
    Some(match number_as_shown(raw) {
        Some((number, format)) => Cell {
            format: format_for(&format, formats),
            ..Cell::new(Value::Number(number.normalize()))
        },
        None => Cell::new(Value::Text(raw.to_owned())),
    })
}

/// A figure as written, or stored and shown (`12,4 ~ 12`), with the format that shows it so.
fn number_as_shown(raw: &str) -> Option<(Decimal, NumberFormat)> {
    let (stored, shown) = raw.split_once(" ~ ").unwrap_or((raw, raw));
    let (stored, shown) = (vietnamese_number(stored)?, vietnamese_number(shown)?);
    // Whole figures as written need no format; whole ones that hide decimals do.
    let format = match shown.scale() {
        0 if stored == shown => NumberFormat::general().clone(),
        0 => NumberFormat::parse("#,##0"),
        decimals => NumberFormat::parse(&format!("#,##0.{}", "0".repeat(decimals as usize))),
    };
    (format.shown(stored) == shown).then_some((stored, format))
}

/// `-1.433,50` with dots only where thousands are.
fn vietnamese_number(raw: &str) -> Option<Decimal> {
    let unsigned = raw.strip_prefix('-').unwrap_or(raw);
    let (whole, fraction) = unsigned.split_once(',').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split('.');
    let first = groups.next()?;
    let grouped = digits(first) && groups.all(|group| group.len() == 3 && digits(group));
    if !grouped || !digits(fraction) {
        return None;
    }
    raw.replace('.', "").replace(',', ".").parse().ok()
}

fn format_for(format: &NumberFormat, formats: &mut Vec<NumberFormat>) -> u16 {
    let index = formats.iter().position(|known| known == format).unwrap_or_else(|| {
        formats.push(format.clone());
        formats.len() - 1
    });
    u16::try_from(index).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_typed_cells() {
        let text = "Thôn\t1.433\t0,70\t'0,7\t=B1*2 -> 2.866\n\t#REF!";
        let workbook = Workbook::from_text("S", text);
        let value = |at: &str| workbook.sheets[0].value(at.parse().unwrap()).clone();
        assert_eq!(value("B1"), Value::Number(1433.into()));
        assert_eq!(value("C1"), Value::Number(Decimal::new(7, 1)));
        assert_eq!(value("D1"), Value::Text("0,7".into()));
        assert_eq!(value("E1"), Value::Number(2866.into()));
        assert_eq!(value("B2"), Value::Error("#REF!".into()));
        let cell = workbook.sheets[0].cell("C1".parse().unwrap()).unwrap();
        assert_eq!(workbook.number_format(cell).decimals, Some(2));
    }

    #[test]
    fn a_number_may_show_fewer_decimals_than_it_holds() {
        let workbook = Workbook::from_text("S", "12,44 ~ 12\t-1.433,55 ~ -1.433,6\t12,4 ~ 13");
        let cell = |at: &str| workbook.sheets[0].cell(at.parse().unwrap()).unwrap();
        assert_eq!(cell("A1").value, Value::Number(Decimal::new(1244, 2)));
        assert_eq!(workbook.number_format(cell("A1")).decimals, Some(0));
        assert_eq!(cell("B1").value, Value::Number(Decimal::new(-143_355, 2)));
        assert_eq!(workbook.number_format(cell("B1")).decimals, Some(1));
        let no_rounding = Value::Text("12,4 ~ 13".into());
        assert_eq!(cell("C1").value, no_rounding, "no format shows 12,4 as 13");
    }
}
