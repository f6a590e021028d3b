//! Rows of long tables are settled while they are read: a screened check says what an unscreened
//! one says, and keeps only what has to be judged.

use std::io::{Cursor, Write as _};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Format, Formula, Workbook};
use soatbieu::Checkup;
use soatbieu::desk::Desk;
use soatbieu::lang::Lang;
use soatbieu::output::Marks;
use soatbieu::read::Limits;
use soatbieu::recognise::Request;
use soatbieu::relations::ratio;
use soatbieu::workbook::Address;

/// First sheet row of the villages, zero-based: headings and index row stand above.
const FIRST: usize = 2;

const HEADINGS: [&str; 7] =
    ["TT", "Thôn", "Số hộ", "Nhân khẩu", "Hộ nghèo", "Tỷ lệ hộ nghèo (%)", "Hộ còn lại"];
const LABELS: [&str; 7] = ["A", "B", "1", "2", "3", "4=3/1", "5=1-3"];

/// A cell of the villages' rows.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Text(String),
    Number(f64),
    /// A formula with the result its file holds.
    Live(String, f64),
    Blank,
}

/// A table `A B 1 2 3 4=3/1 5=1-3` of villages with its total.
struct Grid {
    rows: Vec<Vec<Cell>>,
}

fn rate(part: u32, whole: u32) -> f64 {
    ratio::rounded(part.into(), whole.into(), Decimal::ONE_HUNDRED, 2).unwrap().to_f64().unwrap()
}

impl Grid {
    fn new(villages: u32) -> Self {
        let figures = |v: u32| (200 + v * 37 % 500, 700 + v * 91 % 900, 1 + v * 13 % 40);
        let row = |first: Cell, name: String, (households, people, poor): (u32, u32, u32)| {
            let mut row = vec![first, Cell::Text(name)];
            row.extend([households, people, poor].map(|count| Cell::Number(count.into())));
            row.extend([rate(poor, households), f64::from(households - poor)].map(Cell::Number));
            row
        };
        let mut rows: Vec<Vec<Cell>> = (0..villages)
            .map(|v| row(Cell::Number((v + 1).into()), format!("Thôn {}", v + 1), figures(v)))
            .collect();
        let sum = (0..villages)
            .map(figures)
            .fold((0, 0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1, sum.2 + row.2));
        rows.push(row(Cell::Blank, "Tổng cộng".to_owned(), sum));
        Self { rows }
    }

    fn add(&mut self, village: usize, column: usize, difference: f64) {
        let (Cell::Number(number) | Cell::Live(_, number)) = &mut self.rows[village][column] else {
            panic!("no figure")
        };
        *number = ((*number + difference) * 100.0).round() / 100.0;
    }

    /// The same with formulas for all that is computed.
    fn live(villages: u32) -> Self {
        let mut grid = Self::new(villages);
        let total = grid.rows.len() - 1;
        for (row, cells) in grid.rows.iter_mut().enumerate() {
            let line = FIRST + row + 1;
            let formulas =
                [(5, format!("ROUND(E{line}/C{line}*100,2)")), (6, format!("C{line}-E{line}"))];
            let last = FIRST + total;
            let sums =
                ["C", "D", "E"].map(|letter| format!("SUM({letter}{}:{letter}{last})", FIRST + 1));
            let sums = (2..).zip(sums).filter(|_| row == total);
            for (column, formula) in formulas.into_iter().chain(sums) {
                let Cell::Number(result) = cells[column] else { panic!("no figure") };
                cells[column] = Cell::Live(formula, result);
            }
        }
        grid
    }

    /// The same with all figures as text, decimals behind a comma and thousands behind dots.
    fn of_texts(mut self) -> Self {
        for (column, cell) in self.rows.iter_mut().flat_map(|row| row.iter_mut().enumerate()) {
            if let (Cell::Number(number), true) = (&*cell, column > 1) {
                *cell = Cell::Text(written(*number, column));
            }
        }
        self
    }

    fn workbook(&self) -> Workbook {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, texts) in (0..).zip([HEADINGS, LABELS]) {
            for (column, text) in (0..).zip(texts) {
                sheet.write_string(row, column, text).unwrap();
            }
        }
        let two_decimals = Format::new().set_num_format("0.00");
        let plain = Format::new();
        for (row, cells) in (2..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(text) => sheet.write_string(row, column, text).map(drop).unwrap(),
                    Cell::Number(number) if column == 5 => {
                        sheet.write_with_format(row, column, *number, &two_decimals).unwrap();
                    }
                    Cell::Number(number) => {
                        sheet.write_number(row, column, *number).map(drop).unwrap();
                    }
                    Cell::Live(formula, result) => {
                        let format = if column == 5 { &two_decimals } else { &plain };
                        let formula = Formula::new(formula).set_result(result.to_string());
                        sheet.write_formula_with_format(row, column, formula, format).unwrap();
                    }
                    Cell::Blank => {}
                }
            }
        }
        book
    }
}

/// A figure as it is typed: `1.433`, `2,35`.
fn written(number: f64, column: usize) -> String {
    if column == 5 {
        return format!("{number:.2}").replace('.', ",");
    }
    soatbieu::table::print_number(Decimal::try_from(number).unwrap(), Some(0))
}

impl Grid {
    /// Headings, index row and all rows; rates are shown with two decimals.
    fn lines(&self) -> Vec<Vec<Cell>> {
        let texts = |texts: [&str; 7]| texts.map(|text| Cell::Text(text.to_owned())).to_vec();
        let mut lines = vec![texts(HEADINGS), texts(LABELS)];
        lines.extend(self.rows.iter().cloned());
        lines
    }

    fn ods(&self) -> Vec<u8> {
        let cell = |(column, cell): (usize, &Cell)| match cell {
            Cell::Text(text) => {
                format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
                )
            }
            Cell::Number(number) => {
                let style = if column == 5 { " table:style-name=\"ce1\"" } else { "" };
                format!(
                    "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"{style}><text:p>{number}</text:p></table:table-cell>"
                )
            }
            Cell::Live(..) | Cell::Blank => "<table:table-cell/>".to_owned(),
        };
        let row = |cells: Vec<Cell>| {
            let cells: String = cells.iter().enumerate().map(cell).collect();
            format!("<table:table-row>{cells}</table:table-row>")
        };
        let rows: String = self.lines().into_iter().map(row).collect();
        let namespaces = ["office", "table", "text", "style"]
            .map(|name| {
                format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\"")
            })
            .join(" ")
            + " xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\"";
        let content = format!(
            "<office:document-content {namespaces} office:version=\"1.3\"><office:automatic-styles>\
             <number:number-style style:name=\"N2\"><number:number number:decimal-places=\"2\" number:min-integer-digits=\"1\"/></number:number-style>\
             <style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N2\"/></office:automatic-styles>\
             <office:body><office:spreadsheet><table:table table:name=\"S\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        );
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let parts = [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", &content),
        ];
        for (name, part) in parts {
            package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            package.write_all(part.as_bytes()).unwrap();
        }
        package.finish().unwrap().into_inner()
    }

    fn xls(&self) -> Vec<u8> {
        let record = |kind: u16, data: &[u8]| {
            let length = u16::try_from(data.len()).unwrap();
            [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
        };
        let shorts =
            |numbers: &[u16]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        let mut cells = Vec::new();
        for (row, line) in (0_u16..).zip(self.lines()) {
            for (column, cell) in (0_u16..).zip(line) {
                let style = u16::from(column == 5);
                match cell {
                    Cell::Number(number) => cells.extend(record(
                        0x0203,
                        &[&shorts(&[row, column, style])[..], &number.to_le_bytes()].concat(),
                    )),
                    Cell::Text(text) => {
                        let units: Vec<u16> = text.encode_utf16().collect();
                        let head = shorts(&[row, column, 0, u16::try_from(units.len()).unwrap()]);
                        cells.extend(record(0x0204, &[&head[..], &[1], &shorts(&units)].concat()));
                    }
                    Cell::Live(..) | Cell::Blank => {}
                }
            }
        }
        let begin = |kind: u16| record(0x0809, &shorts(&[0x0600, kind, 0, 0]));
        let end = record(0x000A, &[]);
        let style = |format: u16| record(0x00E0, &shorts(&[0, format, 0, 0, 0, 0, 0, 0, 0, 0]));
        let globals = [begin(5), style(0), style(2)].concat();
        let start = u32::try_from(globals.len() + 13 + end.len()).unwrap();
        let listed = record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
        let stream = [globals, listed, end.clone(), begin(16), cells, end].concat();
        let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        container.create_stream("Workbook").unwrap().write_all(&stream).unwrap();
        container.flush().unwrap();
        container.into_inner().into_inner()
    }
}

/// The check as a whole, and the screened one.
fn both(book: &mut Workbook) -> (Checkup, Checkup) {
    both_of(&book.save_to_buffer().unwrap())
}

fn both_of(bytes: &[u8]) -> (Checkup, Checkup) {
    let (limits, request) = (Limits::default(), Request::default());
    let whole = soatbieu::check(bytes, &limits, &request).unwrap();
    let screened = soatbieu::screen::Checker::new(&limits, &request).check(bytes).unwrap();
    (whole, screened)
}

/// What is said of a table: severity, rule, cell, verdict, correction and message.
fn said(checkup: &Checkup) -> Vec<String> {
    let lang = soatbieu::lang::Lang::En;
    let mut said = Vec::new();
    for checked in &checkup.tables {
        let table = &checked.table;
        said.push(format!("{} rows, {:?}", table.row_count(), checked.ledger.counts()));
        for finding in &checked.findings {
            let cell = finding.place.map(|place| table.address(place).to_string());
            let correction = finding.correction.as_ref().map(|c| (c.to, c.grade));
            // A list of cells names the last of them, which may be one of the settled.
            let message = soatbieu::findings::words::message(checked, finding, lang);
            let message = message.split(", …").next().unwrap_or_default().to_owned();
            // Of the addends of a long sum some are written out, and not the same ones.
            let sum =
                message.split_once(" but ").and_then(|(a, b)| Some((a, b.split_once(" = ")?)));
            let message = sum.map_or(message.clone(), |(a, (_, b))| format!("{a} but … = {b}"));
            said.push(format!(
                "{} {cell:?} {:?} {correction:?} {message}",
                finding.rule.code, finding.verdict
            ));
        }
    }
    said
}

fn kept_rows(checkup: &Checkup) -> usize {
    let cells = checkup.workbook.sheets[0].cells();
    cells.chunk_by(|a, b| a.0.row == b.0.row).count()
}

/// Rows that are kept to tell what the table is.
const TELLING: usize = 220;

/// Both checks say the same, and the screened one kept at most some rows after the telling ones.
#[track_caller]
fn assert_same(grid: &Grid, kept: usize) -> Checkup {
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
    let rows = kept_rows(&screened);
    assert!(rows <= TELLING + kept, "{rows} rows were kept");
    screened
}

fn cell(village: usize, column: u32) -> Address {
    Address::new(u32::try_from(village + FIRST).unwrap(), column)
}

#[track_caller]
fn assert_corrected(checkup: &Checkup, at: Address) {
    let table = &checkup.tables[0].table;
    let errors: Vec<String> = checkup.tables[0]
        .errors()
        .filter_map(|f| Some(table.address(f.place?).to_string()))
        .collect();
    assert_eq!(errors, [at.to_string()]);
}

#[test]
fn a_clean_table_is_silent_and_small() {
    let checkup = assert_same(&Grid::new(2_500), 2);
    assert!(checkup.tables[0].is_clean());
    assert!(!checkup.workbook.sheets[0].runs.is_empty());
}

#[test]
fn one_wrong_figure_is_located() {
    // A rate and a count of a late row, and a total.
    for (row, column, difference, kept) in
        [(2_000, 5, 0.37, 3), (1_900, 4, 5.0, 3), (2_500, 4, 10.0, 2)]
    {
        let mut grid = Grid::new(2_500);
        grid.add(row, usize::try_from(column).unwrap(), difference);
        assert_corrected(&assert_same(&grid, kept), cell(row, column));
    }
}

#[test]
fn figures_typed_as_text_are_settled_where_they_are_read_in_one_way() {
    let checkup = assert_same(&Grid::new(2_500).of_texts(), 2);
    assert!(!checkup.workbook.sheets[0].runs.is_empty());
    assert!(checkup.tables[0].errors().next().is_none());
    for (row, column, difference, kept) in
        [(2_000, 5, 0.37, 3), (1_900, 4, 5.0, 3), (2_500, 4, 10.0, 2)]
    {
        let mut grid = Grid::new(2_500);
        grid.add(row, usize::try_from(column).unwrap(), difference);
        assert_corrected(&assert_same(&grid.of_texts(), kept), cell(row, column));
    }
    // Among texts: numbers, another notation, a unit, a blank, decimals missing or too many, nothing readable.
    let strange: [(usize, Cell); 9] = [
        (2, Cell::Number(200.0 + f64::from(600 * 37 % 500))),
        (5, Cell::Number(1.0)),
        (3, Cell::Text("1,433".to_owned())),
        (3, Cell::Text("1433.0".to_owned())),
        (4, Cell::Text("12 hộ".to_owned())),
        (4, Cell::Blank),
        (5, Cell::Text("3".to_owned())),
        (5, Cell::Text("3,141".to_owned())),
        (6, Cell::Text("chưa có".to_owned())),
    ];
    for (column, spoilt) in strange {
        for villages in [400, 1_500] {
            let mut grid = Grid::new(villages).of_texts();
            grid.rows[330][column] = spoilt.clone();
            assert_same(&grid, 3);
        }
    }
    // Other cells that are no text of their own column.
    for (column, spoilt) in [(2, "5"), (5, "0,1"), (5, "0,7"), (6, "1.000")] {
        let mut grid = Grid::new(900).of_texts();
        for row in [150, 400, 700] {
            grid.rows[row][column] = Cell::Text(spoilt.to_owned());
        }
        assert_same(&grid, 5);
    }
    // Formulas read nothing in texts.
    let mut grid = Grid::new(700).of_texts();
    grid.rows[700][2] = Cell::Live("SUM(C3:C702)".to_owned(), 0.0);
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
}

#[test]
fn tables_of_some_hundred_rows_are_screened_as_well() {
    for villages in [300, 640, 1_000] {
        let last = villages as usize - 1;
        for (row, column, difference) in
            [(last, 5, 0.37), (last - 20, 4, 5.0), (last + 1, 4, 10.0), (100, 6, -3.0)]
        {
            let mut grid = Grid::new(villages);
            grid.add(row, usize::try_from(column).unwrap(), difference);
            assert_corrected(&assert_same(&grid, 3), cell(row, column));
        }
    }
}

#[test]
fn what_is_left_in_a_copy_is_what_a_check_of_it_tells() {
    let (limits, request) = (Limits::default(), Request::default());
    let mut corrected = 0;
    for (live, seed) in [false, true].into_iter().flat_map(|live| (0..8).map(move |s| (live, s))) {
        let villages = 260 + u32::try_from(seed).unwrap() * 40;
        let mut grid = if live { Grid::live(villages) } else { Grid::new(villages) };
        for wrong in 0..=seed {
            let row = (wrong * 131 + seed * 17) % (villages as usize + 1);
            grid.add(row, 2 + (wrong + seed) % 5, [0.37, 5.0, -3.0][wrong % 3]);
        }
        let bytes = grid.workbook().save_to_buffer().unwrap();
        let mut checker = soatbieu::screen::Checker::new(&limits, &request);
        let mut desk = Desk::open("b.xlsx", bytes, &mut checker).unwrap();
        let (copy, list) = desk.copy(Marks::Full, Lang::Vi).unwrap();
        let told = checker.check(&copy.bytes).unwrap();
        let errors: usize = told.tables.iter().map(|table| table.errors().count()).sum();
        assert_eq!(list.left, errors, "seed {seed}, live: {live}");
        corrected += list.changes.len();
    }
    assert!(corrected > 20, "{corrected}");
}

#[test]
fn a_row_that_others_may_equal_is_not_said_to_be_counted_twice() {
    // Ten more than it should be: of rows with 10 poor households some are settled.
    let mut grid = Grid::new(900);
    grid.add(900, 4, 10.0);
    let checkup = assert_same(&grid, 3);
    let mut causes = checkup.tables[0].errors().flat_map(|finding| &finding.causes);
    let doubled = causes.find(|cause| cause.detail.en.contains("counting twice"));
    assert_eq!(doubled, None);
}

#[test]
fn numbers_that_are_no_figures_are_kept() {
    // Their sum, and what they are in per cent, would be beyond exact decimals.
    let mut grid = Grid::new(400);
    for row in 300..400 {
        grid.rows[row][3] = Cell::Number(9e27);
    }
    grid.rows[350][5] = Cell::Number(9e27);
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
    assert!(said(&whole).iter().any(|said| said.starts_with("R401")), "{:?}", said(&whole));
}

#[test]
fn rows_that_lack_the_ordinals_of_others_are_read_in_full() {
    let mut grid = Grid::new(600);
    grid.rows[50][0] = Cell::Blank;
    grid.rows.pop();
    grid.add(400, 5, 0.37);
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
    assert!(screened.workbook.sheets[0].runs.is_empty());
}

#[test]
fn the_range_of_a_table_ends_with_its_last_row() {
    let mut grid = Grid::new(600);
    grid.rows.pop();
    let (whole, screened) = both(&mut grid.workbook());
    assert!(!screened.workbook.sheets[0].runs.is_empty());
    assert_eq!(screened.tables[0].table.range, whole.tables[0].table.range);
}

#[test]
fn a_total_of_a_column_that_only_adds_up_is_never_pinned() {
    let mut grid = Grid::new(2_500);
    grid.add(2_500, 3, 10.0);
    let checkup = assert_same(&grid, 2);
    let table = &checkup.tables[0];
    assert!(table.errors().all(|finding| finding.correction.is_none()));
    // What the settled rows add up to is no figure of the table.
    let told =
        |finding| soatbieu::findings::words::message(table, finding, soatbieu::lang::Lang::En);
    let told: Vec<String> = table.errors().map(told).collect();
    assert!(told.iter().all(|told| told.contains(" + … = ")), "{told:?}");
}

#[test]
fn rows_are_settled_under_a_total_that_is_wrong_in_most_columns() {
    let mut grid = Grid::new(2_500);
    for (column, difference) in [(3, 10.0), (4, 3.0), (6, -5.0)] {
        grid.add(2_500, column, difference);
    }
    let checkup = assert_same(&grid, 2);
    assert!(said(&checkup).iter().any(|said| said.starts_with("R203")), "{:?}", said(&checkup));
    // Where no column tells that none of the rows is a sum of others, they are read in full.
    grid.add(2_500, 2, 7.0);
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
    assert!(screened.workbook.sheets[0].runs.is_empty());
}

#[test]
fn what_is_not_a_plain_unit_is_kept() {
    let mut grid = Grid::new(2_500);
    grid.rows[1_500][4] = Cell::Text("chưa có".to_owned());
    grid.rows[1_600][0] = Cell::Number(1_700.0);
    grid.rows[1_700][1] = Cell::Text("Tổng cộng thôn".to_owned());
    grid.rows[1_800][2] = Cell::Number(213.5);
    grid.rows[1_900][6] = Cell::Blank;
    assert_same(&grid, 12);
}

#[test]
fn rates_without_their_decimals_are_counted() {
    let mut grid = Grid::new(1_800);
    // `General` shows 7.3 where the other rates show two decimals.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0..).zip(["Thôn", "Số hộ", "Hộ nghèo", "Tỷ lệ (%)"]) {
        sheet.write_string(0, column, text).unwrap();
    }
    for (column, text) in (0..).zip(["A", "1", "2", "3=2/1"]) {
        sheet.write_string(1, column, text).unwrap();
    }
    grid.rows.pop();
    for (row, cells) in (2..).zip(&grid.rows) {
        let [_, Cell::Text(name), Cell::Number(all), _, Cell::Number(poor), Cell::Number(rate), _] =
            cells.as_slice()
        else {
            panic!("not a village")
        };
        sheet.write_string(row, 0, name).unwrap();
        for (column, number) in (1..).zip([all, poor, rate]) {
            sheet.write_number(row, column, *number).unwrap();
        }
    }
    let (whole, screened) = both(&mut book);
    assert_eq!(said(&screened), said(&whole));
    assert!(said(&whole).iter().any(|said| said.starts_with("R405")), "{:?}", said(&whole));
    // Where the column's decimals are told, rows that print fewer are kept.
    assert!(kept_rows(&screened) <= 400, "{}", kept_rows(&screened));
}

#[test]
fn a_name_that_occurs_again_among_settled_rows_is_told() {
    let mut grid = Grid::new(2_000);
    grid.rows[1_800][1] = grid.rows[1_200][1].clone();
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
    assert!(said(&whole).iter().any(|said| said.starts_with("R503")));
}

#[test]
fn json_tells_settled_rows_by_the_first_and_the_last() {
    let mut grid = Grid::new(700);
    grid.add(700, 4, 10.0);
    let (_, screened) = both(&mut grid.workbook());
    let run = &screened.workbook.sheets[0].runs[0];
    let (first, last) = (run.first + 1, run.first + run.rows);
    let file = soatbieu::report::FileReport { path: "a.xlsx".into(), outcome: Ok(screened) };
    let report = soatbieu::report::json::render(&[file], soatbieu::lang::Lang::Vi);
    for told in [format!("\"{first}:{last}\""), format!("\"E{first}:E{last}\"")] {
        assert!(report.contains(&told), "{told} in {report}");
    }
}

#[test]
fn rows_with_the_formulas_of_their_columns_are_settled() {
    let mut typed = Grid::new(1_500);
    typed.rows[1_500] = Grid::live(1_500).rows[1_500].clone();
    for grid in [Grid::live(1_500), typed] {
        let checkup = assert_same(&grid, 2);
        assert!(checkup.tables[0].is_clean());
        assert!(!checkup.workbook.sheets[0].runs.is_empty());
    }
}

#[test]
fn formulas_of_late_rows_and_totals_are_judged() {
    let total = 700;
    let formula = |text: &str, result: f64| Cell::Live(text.to_owned(), result);
    let live = || Grid::live(700);
    let of = |grid: &Grid, row: usize, column: usize| match &grid.rows[row][column] {
        Cell::Live(_, result) => *result,
        _ => panic!("no formula"),
    };
    let slips: Vec<(usize, usize, Cell)> = vec![
        // An old result, a formula that reads another row, one of another column, and a typed figure.
        (600, 5, formula("ROUND(E603/C603*100,2)", 99.99)),
        (600, 6, formula("C604-E604", of(&live(), 601, 6))),
        (600, 6, formula("D603-E603", 1.0)),
        (600, 5, Cell::Number(77.0)),
        (600, 5, Cell::Number(of(&live(), 600, 5))),
        // Totals that leave out a row, add one twice, are old or typed.
        (total, 2, formula("SUM(C3:C701)", of(&live(), total, 2) - 1.0)),
        (total, 2, formula("SUM(C4:C702)", of(&live(), total, 2) - 200.0)),
        (total, 3, formula("SUM(D3:D702)", of(&live(), total, 3) + 10.0)),
        (total, 3, formula("SUM(D3:D300,D301:D701)", of(&live(), total, 3))),
        (total, 3, formula("SUM(D3:D300,D301:D702)", of(&live(), total, 3))),
        (total, 3, formula("SUBTOTAL(9,D3:D702)", of(&live(), total, 3))),
    ];
    for (row, column, spoilt) in slips {
        let mut grid = live();
        grid.rows[row][column] = spoilt.clone();
        let (whole, screened) = both(&mut grid.workbook());
        assert_eq!(said(&screened), said(&whole), "{row} {column} {spoilt:?}");
        let causes = |checkup: &Checkup| {
            let findings = checkup.tables[0].findings.iter();
            findings.flat_map(|finding| finding.causes.clone()).collect::<Vec<_>>()
        };
        assert_eq!(causes(&screened), causes(&whole), "{row} {column} {spoilt:?}");
    }
}

#[test]
fn a_typed_total_over_formulas_is_told_as_in_a_short_table() {
    // The search does not come to its end among 700 rows that are all kept.
    let wrong = |villages: u32| {
        let mut grid = Grid::live(villages);
        let total = villages as usize;
        let Cell::Live(_, right) = grid.rows[total][4] else { panic!("no formula") };
        grid.rows[total][4] = Cell::Number(right + 10.0);
        let (whole, screened) = both(&mut grid.workbook());
        let checkup = if villages > 600 { screened } else { whole };
        let mut errors = checkup.tables[0].errors();
        let at = cell(total, 4);
        let own = errors.find(|finding| checkup.tables[0].cell(finding) == at).unwrap();
        (
            own.verdict,
            own.correction.as_ref().map(|c| c.grade),
            own.expected == Decimal::try_from(right).ok(),
        )
    };
    assert_eq!(wrong(700), wrong(100));
    assert!(wrong(700).2);
}

#[test]
fn formulas_that_ask_more_of_settled_rows_are_computed_from_all() {
    let formulas =
        ["AVERAGE(C3:C702)", "C400+1", "SUM(C300:C302)", "SUM(F3:F702)", "MAX(Sheet1!C3:C702)"];
    for formula in formulas.into_iter().chain(["SUM(SoHo)", "SUM(OFFSET(C3,0,0,700,1))"]) {
        let grid = Grid::live(700);
        let mut book = grid.workbook();
        book.define_name("SoHo", "=Sheet1!$C$3:$C$702").unwrap();
        let sheet = book.worksheet_from_index(0).unwrap();
        sheet.write_formula(720, 0, Formula::new(formula).set_result("1")).unwrap();
        let (whole, screened) = both(&mut book);
        assert_eq!(said(&screened), said(&whole), "{formula}");
        assert!(screened.workbook.sheets[0].runs.is_empty(), "{formula}");
    }
}

#[test]
fn columns_with_many_typed_figures_among_formulas_are_judged_over_all_rows() {
    let mut grid = Grid::live(900);
    for row in 500..800 {
        if let Cell::Live(_, result) = grid.rows[row][6] {
            grid.rows[row][6] = Cell::Number(result);
        }
    }
    let (whole, screened) = both(&mut grid.workbook());
    assert_eq!(said(&screened), said(&whole));
    assert!(said(&whole).iter().any(|said| said.starts_with("R605")), "{:?}", said(&whole));
}

#[test]
fn formulas_are_judged_over_all_rows() {
    let grid = Grid::new(1_500);
    let mut book = grid.workbook();
    let sheet = book.worksheet_from_index(0).unwrap();
    // Leaves out the first and the last village.
    let wrong = Formula::new("SUM(C4:C1501)").set_result("1");
    sheet.write_formula(1_502, 2, wrong).unwrap();
    let (whole, screened) = both(&mut book);
    assert_eq!(said(&screened), said(&whole));
    assert!(whole.tables[0].errors().count() > 0);
    assert!(screened.workbook.sheets[0].runs.is_empty());
}

#[test]
fn a_total_may_repeat_the_last_of_cumulated_figures_that_were_settled() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let headings = ["TT", "Ngày", "Kế hoạch", "Thực hiện", "Lũy kế"];
    for (row, texts) in (0..).zip([headings, ["A", "B", "1", "2", "3"]]) {
        for (column, text) in (0..).zip(texts) {
            page.write_string(row, column, text).unwrap();
        }
    }
    let (mut planned, mut so_far) = (0, 0);
    for day in 1..=400_u32 {
        let (plan, done) = (300 + day * 41 % 97, 250 + day * 67 % 89);
        (planned, so_far) = (planned + plan, so_far + done);
        page.write_string(day + 1, 1, format!("Ngày {day}")).unwrap();
        for (column, figure) in [(0, day), (2, plan), (3, done), (4, so_far)] {
            page.write_number(day + 1, column, figure).unwrap();
        }
    }
    page.write_string(402, 1, "Tổng cộng").unwrap();
    for (column, figure) in [(2, planned), (3, so_far), (4, so_far)] {
        page.write_number(402, column, figure).unwrap();
    }
    let (whole, screened) = both(&mut book);
    assert_eq!(said(&screened), said(&whole));
    assert!(screened.tables[0].is_clean());
}

#[test]
fn hidden_and_merged_rows_are_kept() {
    let grid = Grid::new(1_500);
    let mut book = grid.workbook();
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.set_row_hidden(1_300).unwrap();
    let (whole, screened) = both(&mut book);
    assert_eq!(said(&screened), said(&whole));
    assert!(screened.workbook.sheets[0].runs.is_empty());
}

#[test]
fn groups_of_a_long_table_are_not_counted_twice() {
    // Fifty districts above fifty communes each, and two above more than the first rows tell of.
    for size in [50, 1_250] {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, line) in
            (0..).zip([["Đơn vị", "Số hộ", "Hộ nghèo", "Còn lại"], ["A", "1", "2", "3=1-2"]])
        {
            for (column, text) in (0..).zip(line) {
                sheet.write_string(row, column, text).unwrap();
            }
        }
        let count = |number: u32| (200 + number * 37 % 300, number * 13 % 41);
        let mut write = |row: u32, name: &str, (all, poor): (u32, u32)| {
            sheet.write_string(row, 0, name).unwrap();
            for (column, figure) in (1..).zip([all, poor, all - poor]) {
                sheet.write_number(row, column, figure).unwrap();
            }
        };
        let add = |a: (u32, u32), b: (u32, u32)| (a.0 + b.0, a.1 + b.1);
        let (mut row, mut total) = (2, (0, 0));
        for district in 0..2_500 / size {
            let communes: Vec<u32> = (district * size..(district + 1) * size).collect();
            let sum = communes.iter().map(|c| count(*c)).fold((0, 0), add);
            write(row, &format!("Huyện {district}"), sum);
            for (below, commune) in (row + 1..).zip(&communes) {
                write(below, &format!("Xã {commune}"), count(*commune));
            }
            row += size + 1;
            total = add(total, sum);
        }
        write(row, "Tổng cộng", total);
        let (whole, screened) = both(&mut book);
        assert_eq!(said(&screened), said(&whole));
        assert!(screened.tables[0].is_clean(), "{:?}", said(&screened));
    }
}

/// A form whose third column repeats that of the year before.
const YEARLY: &str = r#"
id = "yearly"
name = { vi = "Biểu năm", en = "Yearly" }
source = { vi = "", en = "" }
total = true
column = [
  { label = "A", kind = "text" },
  { label = "B", kind = "text" },
  { label = "1", kind = "count", words = ["số hộ"] },
  { label = "2", kind = "count", words = ["nhân khẩu"] },
  { label = "3", kind = "count", words = ["hộ nghèo"] },
  { label = "4", kind = "rate", formula = "3/1", words = ["tỷ lệ"] },
  { label = "5", kind = "count", formula = "1-3", words = ["còn lại"] },
]
across = [{ form = "yearly", relation = "3=3", year = -1 }]
"#;

/// A table of one year, in which a village far down has one poor household more or not.
fn of_year(year: &str, more: bool) -> Workbook {
    let mut grid = Grid::new(1_500);
    let total = grid.rows.len() - 1;
    for row in [1_400, total].into_iter().filter(|_| more) {
        let [households, poor] = [2, 4].map(|column| {
            let Cell::Number(count) = grid.rows[row][column] else { panic!("no figure") };
            Decimal::try_from(count).unwrap()
        });
        let rate = ratio::rounded(poor + Decimal::ONE, households, Decimal::ONE_HUNDRED, 2);
        grid.add(row, 4, 1.0);
        grid.rows[row][5] = Cell::Number(rate.unwrap().to_f64().unwrap());
        grid.add(row, 6, -1.0);
    }
    let mut book = grid.workbook();
    book.worksheet_from_index(0).unwrap().set_name(year).unwrap();
    book
}

/// The cells that R507 accuses.
fn mismatches(checkup: &Checkup) -> Vec<String> {
    let cells = checkup.tables.iter().flat_map(|checked| {
        let of_rule = checked.findings.iter().filter(|finding| finding.rule.code == "R507");
        of_rule.filter_map(|finding| Some(checked.table.address(finding.place?).to_string()))
    });
    cells.collect()
}

#[test]
fn a_long_table_is_read_in_full_where_another_is_to_be_compared_with() {
    let form = soatbieu::forms::parse(YEARLY).unwrap();
    let request = Request { known: vec![form], ..Request::default() };
    let limits = Limits::default();
    let mut checker = soatbieu::screen::Checker::new(&limits, &request);
    let books = [of_year("2023", false), of_year("2024", true)];
    let mut desks = Vec::new();
    for (name, mut book) in ["last.xlsx", "this.xlsx"].into_iter().zip(books) {
        let desk = soatbieu::desk::Desk::open(name, book.save_to_buffer().unwrap(), &mut checker);
        let desk = desk.unwrap();
        assert_eq!(desk.tables()[0].table.form, "yearly");
        assert!(!desk.checkup().unwrap().workbook.sheets[0].runs.is_empty(), "alone it is settled");
        desks.push(desk);
    }
    let mut others = soatbieu::across::Others::default();
    for offer in desks[0].offers().unwrap() {
        others.add(offer);
    }
    let wanted = soatbieu::across::wanted(desks[1].tables());
    desks[1].compare(&others.of(&wanted)).unwrap();
    assert_eq!(mismatches(desks[1].checkup().unwrap()), ["E1403"]);

    let mut both = of_year("2023", false);
    let this = of_year("2024", true).worksheets_mut().pop().unwrap();
    both.push_worksheet(this);
    let checkup = checker.check(&both.save_to_buffer().unwrap()).unwrap();
    assert_eq!(mismatches(&checkup), ["E1403"]);
}

#[test]
fn other_formats_are_screened_like_xlsx() {
    let mut damaged = Grid::new(1_500);
    damaged.add(1_300, 5, 0.37);
    damaged.add(1_400, 4, 5.0);
    for grid in [Grid::new(1_500), damaged] {
        let (whole, _) = both(&mut grid.workbook());
        for (format, bytes) in [("ods", grid.ods()), ("xls", grid.xls())] {
            let (own, screened) = both_of(&bytes);
            assert_eq!(said(&own), said(&whole), "{format}");
            assert_eq!(said(&screened), said(&whole), "{format}");
            let rows = kept_rows(&screened);
            assert!(rows <= 1_105, "{format}: {rows} rows were kept");
        }
    }
}

#[test]
fn copies_of_screened_files_of_other_formats_hold_every_row() {
    let mut grid = Grid::new(1_500);
    grid.add(1_300, 5, 0.37);
    grid.add(20, 4, 3.0);
    let (limits, request) = (Limits::default(), Request::default());
    for (format, bytes) in [("ods", grid.ods()), ("xls", grid.xls())] {
        let mut checker = soatbieu::screen::Checker::new(&limits, &request);
        let mut desk = soatbieu::desk::Desk::open("bieu", bytes, &mut checker).unwrap();
        let (copy, list) =
            desk.copy(soatbieu::output::Marks::Plain, soatbieu::lang::Lang::En).unwrap();
        assert_eq!(list.changes.len(), 2, "{format}");
        let after = soatbieu::check(&copy.bytes, &limits, &request).unwrap();
        assert!(after.tables[0].is_clean(), "{format}");
        let (right, _) = both(&mut Grid::new(1_500).workbook());
        assert_eq!(said(&after), said(&right), "{format}");
    }
}
