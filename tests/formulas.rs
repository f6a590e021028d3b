//! Formulas with the results Excel gives, and formulas with the verdict on them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use soatbieu::formula::{
    Agreement, ColumnRule, Difference, Formula, Limits, WorkbookSource, agreement, diagnose,
};
use soatbieu::workbook::{Address, Cell, FileFormat, NumberFormat, Sheet, Value, Workbook};

fn at(text: &str) -> Address {
    text.parse().unwrap_or_default()
}

/// `12`, `'text` or `=formula`; a formula's stored result stands before ` = `.
fn cell(text: &str) -> Cell {
    if let Some((stored, formula)) = text.split_once(" = ") {
        return Cell { formula: Some(formula.into()), ..cell(stored) };
    }
    Cell::new(match text.parse::<Decimal>() {
        Ok(number) => Value::Number(number),
        Err(_) if text.is_empty() => Value::Blank,
        Err(_) => Value::Text(text.to_owned()),
    })
}

fn sheet(name: &str, cells: &[(&str, &str)]) -> Sheet {
    Sheet::new(name, cells.iter().map(|(address, text)| (at(address), cell(text))).collect())
}

fn workbook(sheets: Vec<Sheet>, names: &[(&str, &str)]) -> Workbook {
    let own = |text: &&str| (*text).to_owned();
    Workbook {
        format: FileFormat::Xlsx,
        sheets,
        formats: vec![NumberFormat::general().clone()],
        names: names.iter().map(|(name, text)| (own(name), own(text))).collect(),
        epoch_1904: false,
        unread: Vec::new(),
    }
}

/// Hamlets with households and poor households, as the value cases use them.
fn hamlets() -> Workbook {
    let rows = [
        ("Bắc 1", "xã", "510", "12"),
        ("Bắc 2", "phường", "0", "5"),
        ("Tây Nam 1", "xã", "480", "31"),
        ("Tây Nam 2", "xã", "333", "17"),
        ("Đông", "phường", "200", "9"),
        ("Nam", "xã", "127", "3"),
    ];
    let mut cells = Vec::new();
    for ((name, kind, households, poor), row) in rows.into_iter().zip(8..) {
        for (column, text) in [("A", name), ("B", kind), ("C", households), ("D", poor)] {
            cells.push((at(&format!("{column}{row}")), cell(text)));
        }
    }
    let more = [
        ("E9", "-"),
        ("E10", "4"),
        ("G8", "100"),
        ("H8", "37"),
        ("C14", "1650 = SUBTOTAL(9,C8:C13)"),
    ];
    cells.extend(more.map(|(address, text)| (at(address), cell(text))));
    let sheets = vec![
        Sheet::new("Sheet1", cells),
        sheet("Sheet2", &[("B4", "42")]),
        sheet("Biểu 1", &[("C5", "7")]),
    ];
    workbook(sheets, &[("TongDan", "Sheet1!$C$8:$C$13"), ("HeSo", "Sheet1!$D$8")])
}

fn cases(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split('\t').collect())
}

fn close(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() <= Decimal::new(1, 9) * a.abs().max(b.abs()).max(Decimal::ONE)
}

fn is_result(expected: &str, found: &Value) -> bool {
    match found {
        Value::Number(number) => expected.parse().is_ok_and(|expected| close(expected, *number)),
        Value::Text(text) => expected.strip_prefix("txt:") == Some(text),
        Value::Error(name) => expected.strip_prefix("err:") == Some(name),
        Value::Bool(truth) => {
            expected.strip_prefix("bool:") == Some(if *truth { "TRUE" } else { "FALSE" })
        }
        _ => false,
    }
}

#[test]
fn formulas_give_what_excel_gives_or_nothing() {
    let workbook = hamlets();
    let source = WorkbookSource::new(&workbook, 0);
    let mut failures = Vec::new();
    let (mut values, mut refused) = (0, 0);
    for case in cases(include_str!("formulas/values.tsv")) {
        let [text, expected] = case[..] else { panic!("{case:?}") };
        let formula = Formula::parse(text).unwrap();
        match (source.evaluate(&formula, 0, at("K20"), &Limits::default()), expected) {
            (Err(_), expected) if expected.starts_with('?') => refused += 1,
            (Ok(found), expected) if is_result(expected, &found) => values += 1,
            (found, _) => failures.push(format!("{text}: expected {expected}, found {found:?}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(values >= 150 && refused >= 20, "{values} values, {refused} refused");
}

/// A table with a total, one in groups, and two more sheets.
fn tables() -> Workbook {
    let mut cells: Vec<(Address, Cell)> = Vec::new();
    let mut put = |address: String, text: &str| cells.push((at(&address), cell(text)));
    let rows = [
        ("Bắc 1", "xã", "510", "12", "31"),
        ("Bắc 2", "phường", "742", "5", "-"),
        ("Tây Nam 1", "xã", "480", "31", "40"),
        ("Tây Nam 2", "xã", "333", "17", "22"),
        ("Đông", "phường", "200", "9", ""),
        ("Nam", "xã", "127", "3", "8"),
    ];
    for ((name, kind, households, poor, near_poor), row) in rows.into_iter().zip(8..) {
        for (column, text) in [("A", name), ("B", kind), ("C", households), ("D", poor)] {
            put(format!("{column}{row}"), text);
        }
        put(format!("E{row}"), near_poor);
        put(format!("F{row}"), &format!("2.5 = ROUND(D{row}/C{row}*100,2)"));
        put(format!("G{row}"), &format!("40 = SUM(D{row}:E{row})"));
    }
    for (column, total) in [("C", "2392"), ("D", "77"), ("E", "101")] {
        put(format!("{column}14"), &format!("{total} = SUM({column}8:{column}13)"));
    }
    let groups = ["300", "100", "200", "600", "150", "210", "240"];
    for (households, row) in groups.into_iter().zip(20..) {
        let text = match row {
            20 => "300 = SUM(C21:C22)",
            23 => "600 = SUM(C24:C26)",
            _ => households,
        };
        put(format!("C{row}"), text);
    }
    let other = |name| sheet(name, &[("C8", "510"), ("D8", "12"), ("D9", "99")]);
    let names = [
        ("TongHo", "'Biểu 1'!$C$8"),
        ("HoNgheo", "'Biểu 1'!$D$8"),
        ("TatCa", "'Biểu 1'!$C$8:$C$13"),
    ];
    workbook(vec![Sheet::new("Biểu 1", cells), other("Biểu 2")], &names)
}

/// Cells of a rule: `C8:C13 D8`.
fn rule_cells<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Address> {
    texts
        .flat_map(|text| {
            let (first, last) = text.split_once(':').unwrap_or((text, text));
            let (first, last) = (at(first), at(last));
            (first.row..=last.row).map(move |row| Address::new(row, first.column))
        })
        .collect()
}

type Lookup<'a> = dyn Fn(Address) -> Decimal + 'a;

/// The rule of a case: its cells, and how they are put together.
fn rule(text: &str) -> (Vec<Address>, Box<dyn Fn(&Lookup<'_>) -> Option<Decimal>>) {
    let mut words = text.split(' ');
    let kind = words.next().unwrap_or_default();
    let words: Vec<&str> = words.collect();
    if kind == "ratio" {
        let factor: Decimal = words[2].parse().unwrap_or_default();
        let cells = rule_cells(words[..2].iter().copied());
        let (top, bottom) = (cells[0], cells[1]);
        let value = move |value: &Lookup<'_>| (factor * value(top)).checked_div(value(bottom));
        return (cells, Box::new(value));
    }
    let cells = rule_cells(words.into_iter());
    let (first, rest) = (cells[0], cells[1..].to_vec());
    let sign = if kind == "minus" { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let value = move |value: &Lookup<'_>| {
        Some(value(first) + sign * rest.iter().map(|at| value(*at)).sum::<Decimal>())
    };
    (cells, Box::new(value))
}

fn verdict(agreement: &Agreement) -> String {
    match agreement {
        Agreement::Right => "right".to_owned(),
        Agreement::RightUnrounded => "unrounded".to_owned(),
        Agreement::OtherRounding { decimals } => format!("rounding:{decimals}"),
        Agreement::DifferentScale(factor) => format!("scale:{}", factor.normalize()),
        Agreement::Wrong { .. } => "wrong".to_owned(),
        Agreement::Undecided(_) => "undecided".to_owned(),
    }
}

fn named(difference: &Difference) -> String {
    match difference {
        Difference::WrongRow { reads, instead_of } => format!("row:{reads}>{instead_of}"),
        Difference::WrongColumn { reads, instead_of } => format!("column:{reads}>{instead_of}"),
        Difference::Misses(at) => format!("misses:{at}"),
        Difference::TakesIn(at) => format!("takes:{at}"),
        Difference::TakesInTotal(at) => format!("total:{at}"),
        Difference::ReadsRatio(at) => format!("ratio:{at}"),
        Difference::ReadsRounded(at) => format!("rounded:{at}"),
        Difference::TypedNumber { number, instead_of } => format!("typed:{number}>{instead_of}"),
        Difference::NotRounded => "not-rounded".to_owned(),
        Difference::OtherRounding { decimals } => format!("rounding:{decimals}"),
        Difference::RoundedTwice => "twice".to_owned(),
        Difference::RoundedParts => "parts".to_owned(),
        Difference::Scale(factor) => format!("scale:{}", factor.normalize()),
        Difference::Calculation(_) => "calculation".to_owned(),
        Difference::ReadsBlank(at) => format!("blank:{at}"),
        Difference::ReadsText(at) => format!("text:{at}"),
        Difference::ReadsError(at) => format!("error:{at}"),
        Difference::Deleted => "deleted".to_owned(),
        Difference::External(_) => "external".to_owned(),
        Difference::Circular => "circular".to_owned(),
        Difference::Volatile(name) => format!("volatile:{name}"),
        Difference::Undecided(_) => "undecided".to_owned(),
    }
}

#[test]
fn formulas_are_right_or_wrong_for_their_column_and_row() {
    let workbook = tables();
    let source = WorkbookSource::new(&workbook, 0);
    let mut failures = Vec::new();
    let mut seen = BTreeMap::<String, usize>::new();
    for case in cases(include_str!("formulas/cases.tsv")) {
        let (place, text, expected) = (at(case[0]), case[1], case[4]);
        let formula = Formula::parse(text).unwrap();
        let (cells, value) = rule(case[2]);
        let rule = ColumnRule {
            cells: &cells,
            value: &value,
            percent_format: case[3].ends_with('%'),
            decimals: case[3].trim_end_matches('%').parse().ok(),
        };
        let agreement = agreement(&formula, place, &rule, &source);
        let differences: Vec<String> =
            diagnose(&formula, place, &rule, &source).iter().map(named).collect();
        let named = case.get(5).copied();
        let as_named = named.is_none_or(|named| named == differences.join(","));
        let silent = named.is_some() || expected != "right" || differences.is_empty();
        if verdict(&agreement) != expected || !as_named || !silent {
            failures.push(format!("{text} for {}: {agreement:?} {differences:?}", case[2]));
        }
        *seen.entry(expected.split(':').next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    assert!(failures.is_empty(), "{} of {seen:?}:\n{}", failures.len(), failures.join("\n"));
    assert!(seen["right"] >= 60 && seen["wrong"] >= 50, "{seen:?}");
}
