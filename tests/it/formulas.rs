//! Formulas with the results Excel gives, and formulas with the verdict on them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use soatbieu::formula::{
    Agreement, CellPlace, Change, ColumnRule, Difference, Formula, Limits, Reference,
    WorkbookSource, agreement, diagnose, ratio, recalculate, results_of, sum,
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
        sheets,
        formats: vec![NumberFormat::general().clone()],
        names: names.iter().map(|(name, text)| (own(name), own(text))).collect(),
        ..Workbook::empty(FileFormat::Xlsx)
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
    for (row, mark) in (8..).zip(["1", "2", "1", "1", "2", "1"]) {
        put(format!("M{row}"), mark);
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
type Rule = Box<dyn Fn(&Lookup<'_>) -> Option<Decimal>>;

/// The rule of a case: its cells, and how they are put together.
fn rule(text: &str) -> (Vec<Address>, Rule) {
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

fn place(address: &str) -> CellPlace {
    CellPlace { sheet: 0, at: at(address) }
}

fn number(digits: i64, scale: u32) -> Value {
    Value::Number(Decimal::new(digits, scale))
}

#[test]
fn a_change_is_followed_through_sheets_names_and_subtotals() {
    let first = sheet(
        "Biểu 1",
        &[
            ("A1", "1"),
            ("A2", "2"),
            ("A3", "3 = SUM(A1:A2)"),
            ("A4", "6 = A3*2"),
            ("A5", "7 = 3+4"),
            ("A6", "1 = TODAY()"),
            ("A7", "2 = A6+A1"),
        ],
    );
    let second = sheet("Biểu 2", &[("B1", "6 = 'biểu 1'!A4"), ("B2", "9 = Tong+'Biểu 1'!A4")]);
    let workbook = workbook(vec![first, second], &[("tong", "'Biểu 1'!$A$3")]);
    let change = Change { place: place("A1"), value: number(10, 0) };
    let changes = [change];
    let result = recalculate(&workbook, &changes, &Limits::default());
    let second = |address| CellPlace { sheet: 1, at: at(address) };
    let expected = vec![
        (place("A3"), number(12, 0)),
        (place("A4"), number(24, 0)),
        (second("B1"), number(24, 0)),
        (second("B2"), number(36, 0)),
    ];
    assert_eq!(result.values, expected);
    assert_eq!(results_of(&workbook, &changes, &Limits::default()), expected);
    assert_eq!(result.stale, vec![]);
    // A7 reads a cell that changes by itself: what it will hold is not known.
    let open: Vec<CellPlace> = result.not_judged.iter().map(|open| open.place).collect();
    assert_eq!(open, vec![place("A6"), place("A7")]);
}

#[test]
fn a_stale_result_is_named_once() {
    let cells = [("A1", "1"), ("A2", "2"), ("A3", "4 = A1+A2"), ("A4", "8 = A3*2")];
    let workbook = workbook(vec![sheet("S", &cells)], &[]);
    let result = recalculate(&workbook, &[], &Limits::default());
    let stale: Vec<_> = result.stale.iter().map(|stale| (stale.place, &stale.calculated)).collect();
    assert_eq!(stale, vec![(place("A3"), &number(3, 0))]);
}

#[test]
fn a_blank_may_be_an_empty_text() {
    let cells = [("A1", "1"), ("C1", "5 = A1+B1"), ("D1", "x = IF(B1>0,\"x\",\"\")")];
    let mut workbook = workbook(vec![sheet("S", &cells)], &[]);
    let result = recalculate(&workbook, &[], &Limits::default());
    assert_eq!(result.stale.len(), 1);
    let error = Value::Error("#VALUE!".into());
    let stored = Cell { value: error, ..cell("5 = A1+B1") };
    workbook.sheets[0] = Sheet::new("S", vec![(at("A1"), cell("1")), (at("C1"), stored)]);
    assert_eq!(recalculate(&workbook, &[], &Limits::default()).stale, vec![]);
}

#[test]
fn what_hangs_on_digits_that_no_file_keeps_is_undecided() {
    let cells = [
        ("A1", "0.3 = A4+A5"),
        ("A2", "0.3"),
        ("A4", "0.1"),
        ("A5", "0.2"),
        ("B1", "lệch = IF(A1-A2=0,\"khớp\",\"lệch\")"),
        ("B2", "lệch = IF(A1=A2,\"khớp\",\"lệch\")"),
        ("B3", "lệch = IF(A1-A2<1,\"khớp\",\"lệch\")"),
        ("C1", "57 = A4*570"),
        ("C2", "57"),
        ("D1", "lệch = IF(C1-C2=0,\"khớp\",\"lệch\")"),
        ("D2", "lệch = IF(C1=C2,\"khớp\",\"lệch\")"),
        ("D3", "8 = SUM(C1:C2)"),
        ("D4", "1 = SMALL(C1:C2,1.5)"),
    ];
    let workbook = workbook(vec![sheet("S", &cells)], &[]);
    let result = recalculate(&workbook, &[], &Limits::default());
    let stale: Vec<_> = result.stale.iter().map(|stale| stale.place).collect();
    assert_eq!(stale, [place("D2"), place("B3"), place("D3")]);
    let open: Vec<_> = result.not_judged.iter().map(|open| open.place).collect();
    assert_eq!(open, [place("B1"), place("D1"), place("B2"), place("D4")]);
}

#[test]
fn a_text_that_looks_like_a_number_equals_it_and_differs_from_it() {
    let cells = [
        ("A1", "'1"),
        ("A2", "1"),
        ("B1", "2 = COUNTIF(A1:A2,\"1\")"),
        ("B2", "1 = COUNTIF(A1:A2,\"<>1\")"),
    ];
    let mut workbook = workbook(vec![sheet("S", &cells)], &[]);
    workbook.sheets[0].add(vec![(at("A1"), Cell::new(Value::Text("1".to_owned())))]);
    assert_eq!(recalculate(&workbook, &[], &Limits::default()).stale, vec![]);
}

#[test]
fn circles_are_found_and_what_hangs_on_them_is_not() {
    let cells = [
        ("A1", "1 = B1+1"),
        ("B1", "1 = A1"),
        ("C1", "1 = A1"),
        ("D1", "1 = D1"),
        ("E1", "1"),
        ("F1", "1 = E1"),
    ];
    let workbook = workbook(vec![sheet("S", &cells)], &[]);
    let result = recalculate(&workbook, &[], &Limits::default());
    assert_eq!(result.circular, vec![place("A1"), place("B1"), place("D1")]);
}

#[test]
fn a_formula_that_asks_where_its_own_cell_lies_stands_on_no_circle() {
    let cells = [
        ("A1", "1 = ROWS(A$1:A1)"),
        ("A2", "2 = ROWS(A$1:A2)"),
        ("A3", "3 = ROW(A3)+COLUMNS($A3:A3)-1"),
        ("B1", "3 = ROWS(B1:B2)+ROWS(INDEX(B1:B3,1))"),
    ];
    let workbook = workbook(vec![sheet("S", &cells)], &[]);
    let result = recalculate(&workbook, &[], &Limits::default());
    assert_eq!(result.circular, vec![place("B1")], "what is worked out first is read");
    assert_eq!(result.stale, vec![]);
}

#[test]
fn empty_texts_are_told_from_results_that_are_not_stored() {
    let cells = [
        ("A1", "0"),
        ("B1", " = IF(A1=0,\"\",5/A1)"),
        ("C1", " = A1+5"),
        ("D1", "5 = SUM(B1:C1)"),
        ("E1", "6 = B1&C1&\"x\""),
    ];
    let workbook = workbook(vec![sheet("S", &cells)], &[]);
    let result = recalculate(&workbook, &[], &Limits::default());
    let stale: Vec<_> = result.stale.iter().map(|stale| &stale.calculated).collect();
    assert_eq!(stale, vec![&Value::Text("5x".to_owned())]);
    assert_eq!(result.not_judged, vec![]);
}

#[test]
fn hidden_rows_decide_what_a_subtotal_takes() {
    let cells = [("A1", "1"), ("A2", "2"), ("A3", "4")];
    let mut hidden = workbook(vec![sheet("S", &cells)], &[]);
    hidden.sheets[0].hidden_rows = vec![1];
    let value = |workbook: &Workbook, text: &str| {
        let formula = Formula::parse(text).unwrap();
        WorkbookSource::new(workbook, 0).evaluate(&formula, 0, at("C9"), &Limits::default())
    };
    assert_eq!(value(&hidden, "SUBTOTAL(109,A1:A3)"), Ok(number(5, 0)));
    assert!(value(&hidden, "SUBTOTAL(9,A1:A3)").is_err());
    assert_eq!(value(&hidden, "SUM(A1:A3)"), Ok(number(7, 0)));
    // All formats tell which rows are hidden.
    let old = Workbook { format: FileFormat::Xls, ..hidden };
    assert_eq!(value(&old, "SUBTOTAL(109,A1:A3)"), Ok(number(5, 0)));
}

#[test]
fn formulas_of_binary_files_are_not_trusted_where_readers_misspell_them() {
    let cells = [("A1", "1"), ("B1", "9 = [Ptg] A1>1"), ("C1", "9 = S!A1"), ("D1", "9 = A1*2")];
    let mut workbook = workbook(vec![sheet("S", &cells)], &[]);
    let stale = |workbook: &Workbook| {
        let result = recalculate(workbook, &[], &Limits::default());
        (result.stale.len(), result.not_judged.len())
    };
    assert_eq!(stale(&workbook), (2, 1));
    // The code of an .xls is spelt out here; that of references to other sheets in an .xlsb is not.
    workbook.format = FileFormat::Xls;
    assert_eq!(stale(&workbook), (2, 1));
    workbook.format = FileFormat::Xlsb;
    assert_eq!(stale(&workbook), (1, 2));
}

#[test]
fn written_formulas_are_right() {
    let workbook = tables();
    let source = WorkbookSource::new(&workbook, 0);
    let hundred = Decimal::ONE_HUNDRED;
    for percent_format in [false, true] {
        let (top, bottom) = (at("D8"), at("C8"));
        let text = ratio(top, bottom, 100, percent_format, Some(2));
        let value = |value: &Lookup<'_>| (hundred * value(top)).checked_div(value(bottom));
        let cells = [top, bottom];
        let rule = ColumnRule { cells: &cells, value: &value, percent_format, decimals: Some(2) };
        let formula = Formula::parse(&text).unwrap();
        assert_eq!(agreement(&formula, at("F8"), &rule, &source), Agreement::Right, "{text}");
    }
    let (cells, value) = rule("sum C8:C13");
    let rule =
        ColumnRule { cells: &cells, value: &value, percent_format: false, decimals: Some(0) };
    let formula = Formula::parse(&sum(&cells)).unwrap();
    assert_eq!(agreement(&formula, at("C14"), &rule, &source), Agreement::Right);
}

#[test]
fn references_tell_sheet_anchor_and_kind() {
    let formula = Formula::parse("=SUM($C8:D$13)+'Biểu 1'!E5+Ten+[1]S!A1+#REF!+Bang[a]").unwrap();
    let references = formula.references();
    let Reference::Cells(range) = &references[0] else { panic!("{references:?}") };
    assert_eq!((range.range.to_string().as_str(), range.single), ("C8:D13", false));
    assert_eq!((range.first.column, range.first.row), (true, false));
    assert_eq!((range.last.column, range.last.row), (false, true));
    let Reference::Cells(cell) = &references[1] else { panic!("{references:?}") };
    assert_eq!((cell.sheet.as_deref(), cell.single), (Some("Biểu 1"), true));
    assert_eq!(references[2], Reference::Name("Ten".to_owned()));
    assert_eq!(references[3], Reference::External("[1]S!A1".to_owned()));
    assert_eq!(references[4], Reference::Deleted);
    assert_eq!(references[5], Reference::Table("Bang[a]".to_owned()));
}

#[test]
fn work_and_depth_are_bounded() {
    let workbook = tables();
    let source = WorkbookSource::new(&workbook, 0);
    let value = |text: &str| {
        let formula = Formula::parse(text)?;
        Ok(source.evaluate(&formula, 0, at("Z99"), &Limits::default()))
    };
    let refused = |text: &str| {
        matches!(value(text), Err::<_, soatbieu::formula::InvalidFormula>(_) | Ok(Err(_)))
    };
    let long = vec!["C8"; 250].join("+");
    assert_eq!(value(&long), Ok(Ok(number(127_500, 0))));
    for (open, close) in [("(", ")"), ("IF(1,", ")"), ("-", ""), ("SUM(", ")"), ("{", "}")] {
        for depth in [60, 200, 3_000] {
            let text = format!("{}C8{}", open.repeat(depth), close.repeat(depth));
            assert!(depth == 60 || refused(&text) || value(&text) == Ok(Ok(number(510, 0))));
        }
    }
    assert!(refused("SUMPRODUCT(A1:XFD1048576*A1:XFD1048576)"));
    assert!(refused(&format!("SUM({})", "1,".repeat(40_000))));
    assert_eq!(value("SUM(C:C)*0+SUM(1:1048576)*0"), Ok(Ok(number(0, 0))));
}

/// A formula of the case files with characters taken out, put in or replaced.
fn damaged() -> impl Strategy<Value = String> {
    let all = [include_str!("formulas/values.tsv"), include_str!("formulas/cases.tsv")];
    let formulas = all.into_iter().flat_map(cases).flatten().filter(|text| text.starts_with('='));
    let formulas: Vec<String> = formulas.map(str::to_owned).collect();
    let edits = proptest::collection::vec(
        (
            any::<prop::sample::Index>(),
            0..3_u8,
            "[=(),;:!'\"$#%&*+/<>^{}\\[\\]@ .0-9A-F_ăộ\u{a0}-]",
        ),
        1..5,
    );
    (prop::sample::select(formulas), edits).prop_map(|(text, edits)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (index, edit, letter) in edits {
            let at = index.index(letters.len().max(1));
            let letter = letter.chars().next().unwrap_or(' ');
            match edit {
                0 if at < letters.len() => drop(letters.remove(at)),
                1 if at < letters.len() => letters[at] = letter,
                _ => letters.insert(at.min(letters.len()), letter),
            }
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_formula_brings_the_program_down(text in damaged()) {
        let workbook = tables();
        let source = WorkbookSource::new(&workbook, 0);
        if let Ok(formula) = Formula::parse(&text) {
            let first = source.evaluate(&formula, 0, at("F8"), &Limits::default());
            let again = source.evaluate(&formula, 0, at("F8"), &Limits::default());
            prop_assert_eq!(first, again);
            let (cells, value) = rule("ratio D8 C8 100");
            let rule = ColumnRule { cells: &cells, value: &value, percent_format: false, decimals: Some(2) };
            let differences = diagnose(&formula, at("F8"), &rule, &source);
            let right = agreement(&formula, at("F8"), &rule, &source) == Agreement::Right;
            let named = differences.iter().filter(|difference| !matches!(difference, Difference::RoundedTwice));
            prop_assert!(named.count() > 0 || right);
        }
    }
}
