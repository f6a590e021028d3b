//! The whole job of one workbook in memory: findings, decisions, outputs as bytes.

use crate::common;
use rust_xlsxwriter::{Format, Formula, Workbook};
use soatbieu::appendix;
use soatbieu::desk::{CellName, Choices, Decision, Desk};
use soatbieu::failure::Code;
use soatbieu::findings::{Checked, Verdict};
use soatbieu::lang::Lang;
use soatbieu::output::Marks;
use soatbieu::read::{self, Limits};
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use soatbieu::workbook::{Address, Value};

/// A table `A B 1 2 3=2/1` on a sheet of its own: villages of 400 households each, the total last.
fn add_sheet(book: &mut Workbook, name: &str, villages: u32) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    let headings = ["TT", "Thôn", "Số hộ", "Hộ nghèo", "Tỷ lệ hộ nghèo (%)"];
    for (row, texts) in (0..).zip([headings, ["A", "B", "1", "2", "3=2/1"]]) {
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    let rate = Format::new().set_num_format("0.00");
    let mut line = |row: u32, name: &str, households: u32, poor: u32| {
        sheet.write_string(row, 1, name).unwrap();
        sheet.write_number(row, 2, households).unwrap();
        sheet.write_number(row, 3, poor).unwrap();
        let hundredths =
            (20_000 * u64::from(poor) + u64::from(households)) / (2 * u64::from(households));
        let percent = f64::from(u32::try_from(hundredths).unwrap()) / 100.0;
        sheet.write_number_with_format(row, 4, percent, &rate).unwrap();
    };
    for village in 0..villages {
        line(village + 2, &format!("Thôn {}", village + 1), 400, 1 + village % 40);
    }
    let poor = (0..villages).map(|village| 1 + village % 40).sum();
    line(villages + 2, "Tổng cộng", villages * 400, poor);
    for village in 0..villages {
        sheet.write_number(village + 2, 0, village + 1).unwrap();
    }
}

fn put(book: &mut Workbook, sheet: usize, cell: &str, figure: f64) {
    let at: Address = cell.parse().unwrap();
    let page = book.worksheet_from_index(sheet).unwrap();
    let format = Format::new().set_num_format(if at.column == 4 { "0.00" } else { "0" });
    page.write_number_with_format(at.row, u16::try_from(at.column).unwrap(), figure, &format)
        .unwrap();
}

/// Villages with a wrong rate (a safe correction), and two whose poor do not add up to the total.
fn damaged(villages: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    add_sheet(&mut book, "Biểu 1", villages);
    put(&mut book, 0, &format!("E{}", villages - 3), 7.77);
    book.save_to_buffer().unwrap()
}

fn with_desk<R>(bytes: &[u8], whole: bool, work: impl FnOnce(Desk<'_>) -> R) -> R {
    let (limits, request) = (Limits::default(), Request::default());
    let mut checker = Checker::new(&limits, &request);
    let open = if whole { Desk::open_whole } else { Desk::open };
    work(open("a.xlsx", bytes.to_vec(), &mut checker).unwrap())
}

fn decisions(texts: &[&str]) -> Choices {
    let decisions: Vec<Decision> = texts.iter().map(|text| text.parse().unwrap()).collect();
    Choices { decisions, ..Choices::default() }
}

/// The corrected cells with their figures.
fn applied(desk: &mut Desk<'_>) -> Vec<(String, String)> {
    let pairs = desk.corrections().unwrap();
    let cells = pairs.iter().flat_map(|(before, corrected)| {
        corrected.applied.iter().map(|applied| {
            let correction = &applied.correction;
            let to = before.table.print(correction.place.column, correction.to);
            (before.table.address(correction.place).to_string(), to)
        })
    });
    cells.collect()
}

fn number(bytes: &[u8], sheet: &str, cell: &str) -> String {
    let book = read::workbook(bytes, &Limits::default()).unwrap();
    match book.sheet(sheet).unwrap().value(cell.parse().unwrap()) {
        Value::Number(number) => number.normalize().to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_long_table_is_corrected_as_it_is_without_reading_it_in_full() {
    let bytes = damaged(2_500);
    let screened = with_desk(&bytes, false, |mut desk| {
        let found = (applied(&mut desk), desk.copy(Marks::Plain, Lang::Vi).unwrap().0.bytes);
        let sheet = &desk.checkup().unwrap().workbook.sheets[0];
        assert!(!sheet.runs.is_empty(), "rows are settled still");
        found
    });
    let whole = with_desk(&bytes, true, |mut desk| {
        (applied(&mut desk), desk.copy(Marks::Plain, Lang::Vi).unwrap().0.bytes)
    });
    assert_eq!(screened.0, [("E2497".to_owned(), "3,75".to_owned())]);
    assert_eq!(screened, whole);
    assert_eq!(number(&screened.1, "Biểu 1", "E2497"), "3.75");
}

#[test]
fn the_report_of_a_long_table_prints_what_is_to_be_said_and_counts_the_rest() {
    let page = |villages, whole| {
        with_desk(&damaged(villages), whole, |mut desk| desk.html(Lang::Vi).unwrap())
    };
    let screened = page(2_500, false);
    // The wrong row and the total; where the other rows stand.
    for told in ["Thôn 2495", "Tổng cộng", "2.499 dòng còn lại", "2.494 dòng", "đến dòng 2502"]
    {
        assert!(screened.contains(told), "{told}");
    }
    for left in ["Thôn 1777", "Thôn 3<"] {
        assert!(!screened.contains(left), "{left}");
    }
    let drawn =
        |page: &str| page[page.find("<tbody>").unwrap()..page.find("</tbody>").unwrap()].to_owned();
    assert_eq!(drawn(&screened), drawn(&page(2_500, true)), "settled rows or not");
    // A table that a person reads through is printed whole.
    let short = page(900, false);
    assert!(short.contains("Thôn 777") && !short.contains("dòng còn lại"));
}

#[test]
fn the_appendix_of_a_long_table_has_every_row_without_reading_its_rules_again() {
    let bytes = damaged(2_500);
    let made = |whole: bool| {
        with_desk(&bytes, whole, |mut desk| {
            let made = desk.appendix(0, &appendix::Options::default(), false).unwrap();
            let sheet = &desk.checkup().unwrap().workbook.sheets[0];
            assert_eq!(sheet.runs.is_empty(), whole, "settled rows stay settled");
            made
        })
    };
    let screened = made(false);
    assert_eq!(screened, made(true));
    let cells =
        read::workbook(&screened.bytes, &Limits::default()).unwrap().sheets[0].cells().len();
    assert!(cells > 10_000, "{cells}");
    with_desk(&bytes, false, |mut desk| {
        let refused = desk.appendix(0, &appendix::Options::default(), true).unwrap();
        assert_ne!(refused, screened, "as it is, without the correction");
    });
}

/// Men, women, both and the share of men, the last two by formulas; in one row both were typed wrong,
/// and the share follows.
fn with_formulas(villages: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Biểu 1").unwrap();
    let headings = ["TT", "Thôn", "Nam", "Nữ", "Tổng số", "Tỷ lệ nam (%)"];
    for (row, texts) in (0..).zip([headings, ["A", "B", "1", "2", "3=1+2", "4=1/3"]]) {
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    let rate = Format::new().set_num_format("0.00");
    let share = |men: u32, all: u32| f64::from((20_000 * men + all) / (2 * all)) / 100.0;
    for village in 0..=villages {
        let (row, line) = (village + 2, village + 3);
        let is_total = village == villages;
        let (men, women) = if is_total { (100 * villages, 150 * villages) } else { (100, 150) };
        let name =
            if is_total { "Tổng cộng".to_owned() } else { format!("Thôn {}", village + 1) };
        sheet.write_string(row, 1, name).unwrap();
        if !is_total {
            sheet.write_number(row, 0, village + 1).unwrap();
        }
        for (column, letter, figure) in [(2, "C", men), (3, "D", women)] {
            if is_total {
                let sum = Formula::new(format!("=SUM({letter}3:{letter}{row})"));
                sheet.write_formula(row, column, sum.set_result(figure.to_string())).unwrap();
            } else {
                sheet.write_number(row, column, figure).unwrap();
            }
        }
        let both = if village + 4 == villages {
            sheet.write_number(row, 4, 520).unwrap();
            520
        } else {
            let formula = Formula::new(format!("=C{line}+D{line}"));
            sheet.write_formula(row, 4, formula.set_result((men + women).to_string())).unwrap();
            men + women
        };
        let formula = Formula::new(format!("=ROUND(C{line}/E{line}*100,2)"));
        let formula = formula.set_result(share(men, both).to_string());
        sheet.write_formula_with_format(row, 5, formula, &rate).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn what_follows_from_a_correction_stands_in_the_appendix_of_a_long_table() {
    let bytes = with_formulas(1_500);
    let made = |whole: bool| {
        with_desk(&bytes, whole, |mut desk| {
            let applied = applied(&mut desk);
            assert_eq!(applied, [("E1499".to_owned(), "250".to_owned())]);
            desk.appendix(0, &appendix::Options::default(), false).unwrap().bytes
        })
    };
    let screened = made(false);
    assert_eq!(screened, made(true));
    let book = read::workbook(&screened, &Limits::default()).unwrap();
    let row = |at: &Address| book.sheets[0].row(at.row).iter().map(|(_, cell)| &cell.value);
    let named = Value::Text("Thôn 1497".to_owned());
    let at = book.sheets[0].cells().iter().find(|(_, cell)| cell.value == named).unwrap().0;
    let figures: Vec<String> = row(&at)
        .filter_map(|value| match value {
            Value::Number(number) => Some(number.normalize().to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(figures, ["1497", "100", "150", "250", "40"]);
}

#[test]
fn a_sheet_too_long_to_be_held_is_written_as_a_short_one() {
    let bytes = with_desk(&damaged(20_100), false, |mut desk| {
        desk.appendix(0, &appendix::Options::default(), false).unwrap().bytes
    });
    let book = read::workbook(&bytes, &Limits::default()).unwrap();
    let sheet = &book.sheets[0];
    let rows = |name: &str| {
        let named = |cell: &soatbieu::workbook::Cell| cell.value == Value::Text(name.to_owned());
        sheet
            .cells()
            .iter()
            .filter(|(_, cell)| named(cell))
            .map(|(at, _)| at.row)
            .collect::<Vec<_>>()
    };
    let (first, last, total) = (rows("Thôn 1"), rows("Thôn 20100"), rows("Tổng cộng"));
    assert_eq!((first.len(), last.len(), total.len()), (1, 1, 1));
    assert_eq!((last[0] - first[0], total[0] - first[0]), (20_099, 20_100));
    // Headings and the lines above and below are there, and the totals compute.
    assert!(sheet.cells().first().is_some_and(|(at, _)| at.row < first[0]));
    assert!(sheet.cells().last().is_some_and(|(at, _)| at.row > total[0]));
    let sum = sheet.row(total[0]).iter().find_map(|(_, cell)| cell.formula.clone()).unwrap();
    assert!(sum.starts_with("SUM("), "{sum}");
    with_desk(&bytes, false, |mut desk| assert_eq!(applied(&mut desk), []));
}

#[test]
fn a_row_that_was_settled_can_be_decided_on() {
    with_desk(&damaged(2_500), false, |mut desk| {
        // Poor of a village and of the total, with both their rates: everything holds again.
        desk.choose(decisions(&["D2003=2", "D2503=51251", "E2003=0,5"])).unwrap_err();
        desk.choose(decisions(&["C2003=400"])).unwrap();
        assert!(applied(&mut desk).contains(&("C2003".to_owned(), "400".to_owned())));
    });
}

#[test]
fn a_choice_taken_back_leaves_nothing_behind() {
    with_desk(&damaged(8), false, |mut desk| {
        let safe = [("E5".to_owned(), "0,75".to_owned())];
        assert_eq!(applied(&mut desk), safe);
        let at = "E5".parse().unwrap();
        let declined = vec![CellName { sheet: None, at }];
        desk.choose(Choices { declined, ..Choices::default() }).unwrap();
        assert_eq!(applied(&mut desk), []);
        let refused = desk.appendix(0, &appendix::Options::default(), false).unwrap_err();
        assert_eq!(refused.code, Code::NotClean);
        // One that breaks what holds is refused, and the one before still stands.
        let broken = desk.choose(decisions(&["D3=9"])).unwrap_err();
        assert_eq!(broken.code, Code::CannotCorrect);
        assert_eq!(applied(&mut desk), []);
        desk.choose(Choices::default()).unwrap();
        assert_eq!(applied(&mut desk), safe);
    });
}

#[test]
fn a_cell_that_several_tables_have_is_named_with_its_sheet() {
    let mut book = Workbook::new();
    add_sheet(&mut book, "Năm '24", 6);
    add_sheet(&mut book, "Năm 25", 8);
    put(&mut book, 0, "E4", 7.77);
    put(&mut book, 1, "E4", 7.77);
    let bytes = book.save_to_buffer().unwrap();
    with_desk(&bytes, false, |mut desk| {
        let refused = desk.choose(decisions(&["E4=0,5"])).unwrap_err();
        assert_eq!(refused.code, Code::CannotCorrect);
        assert!(refused.message.vi.contains("'Năm ''24'!E4, 'Năm 25'!E4"), "{refused:?}");
        // Only the longer table has the cell.
        desk.choose(decisions(&["E10=2"])).unwrap();
        desk.choose(decisions(&["'Năm ''24'!E4=0,5"])).unwrap();
        let (copy, list) = desk.copy(Marks::Full, Lang::Vi).unwrap();
        assert_eq!(number(&copy.bytes, "Năm '24", "E4"), "0.5");
        let reasons: Vec<_> =
            list.changes.iter().map(|c| (c.sheet.as_str(), c.reason.as_str())).collect();
        assert_eq!(reasons[0].0, "Năm '24");
        assert_ne!(reasons[0].1, reasons[1].1, "one was decided, one computed: {reasons:?}");
        let other = desk.choose(decisions(&["'Năm 26'!E4=0,5"])).unwrap_err();
        assert_eq!(other.code, Code::CannotCorrect);
    });
}

#[test]
fn a_page_shows_what_follows_from_a_decision() {
    let mut book = Workbook::new();
    add_sheet(&mut book, "Biểu 1", 5);
    let sheet = book.worksheet_from_index(0).unwrap();
    let sum = Formula::new("=SUM(C3:C7)").set_result("2000");
    sheet.write_formula(7, 2, sum).unwrap();
    let rate = Format::new().set_num_format("0.00");
    let formula = Formula::new("=ROUND(D8/C8*100,2)").set_result("0.75");
    sheet.write_formula_with_format(7, 4, formula, &rate).unwrap();
    // The rate of the row is that of 500 households, not of the 400 that stand there.
    put(&mut book, 0, "E5", 0.6);
    let bytes = book.save_to_buffer().unwrap();
    with_desk(&bytes, true, |mut desk| {
        desk.choose(decisions(&["C5=500"])).unwrap();
        let view = serde_json::to_value(desk.view(Lang::Vi).unwrap()).unwrap();
        let drawn = view["tables"][0]["markup"].as_str().unwrap();
        assert!(drawn.contains("class=\"decided\"><del>400</del> <ins>500</ins>"), "{drawn}");
        assert!(
            drawn.contains("data-cell=\"C8\" class=\"follows\"><del>2.000</del> <ins>2.100</ins>"),
            "{drawn}"
        );
        assert!(drawn.contains("<del>0,75</del> <ins>0,71</ins>"), "{drawn}");
        assert!(!view.to_string().contains("--"), "advice of a command line: {view}");
    });
}

#[test]
fn the_report_says_what_was_checked_and_leads_from_finding_to_cell() {
    let (limits, request) = (Limits::default(), Request::default());
    let bytes = damaged(12);
    let mut desk =
        Desk::open("a.xlsx", bytes.clone(), &mut Checker::new(&limits, &request)).unwrap();
    let page = desk.html(Lang::Vi).unwrap();
    let sum = soatbieu::output::Checksum::of(&bytes);
    let size = soatbieu::table::print_number(bytes.len().into(), None);
    assert!(page.contains(&format!("{size} byte, SHA-256 {sum}.")), "{page}");
    assert!(page.contains("default-src 'none'"), "nothing is loaded from anywhere");
    assert!(page.contains("<th scope=\"row\">Thôn 3</th>"), "names head their rows");
    let cell = page.split("class=\"wrong first\" id=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(page.contains(&format!("<a href=\"#{cell}\">")), "{cell}");
    assert_eq!(page.matches(" first\"").count(), 1, "one cell is shown at first");
    assert!(!page.contains("Ngày soát"), "nobody said which day it is");
    let day = "5/2/2024".parse().ok();
    assert!(desk.html_of(day, Lang::Vi).unwrap().contains("Ngày soát: 05/02/2024."));
    assert!(desk.html_of(day, Lang::En).unwrap().contains("Checked on 05/02/2024."));
}

#[test]
fn a_suggested_correction_is_offered_whole_and_can_be_agreed_to() {
    let mut book = Workbook::new();
    add_sheet(&mut book, "Biểu 1", 8);
    let sheet = book.worksheet_from_index(0).unwrap();
    // Both totals leave out the last village.
    for (column, letter, sum) in [(2, 'C', "2800"), (3, 'D', "28")] {
        let formula = Formula::new(format!("=SUM({letter}3:{letter}9)")).set_result(sum);
        sheet.write_formula(10, column, formula).unwrap();
    }
    let rate = Format::new().set_num_format("0.00");
    let formula = Formula::new("=ROUND(D11/C11*100,2)").set_result("1.00");
    sheet.write_formula_with_format(10, 4, formula, &rate).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    with_desk(&bytes, true, |mut desk| {
        let open = |desk: &mut Desk<'_>| {
            let pairs = desk.corrections().unwrap();
            pairs.iter().map(|(_, corrected)| corrected.after.errors().count()).sum::<usize>()
        };
        assert_eq!(open(&mut desk), 1);
        let offered = desk.candidates(0, "C11".parse().unwrap(), Lang::Vi).unwrap();
        assert_eq!(offered[0].agreed.as_deref(), Some("C11"), "{offered:?}");
        let cells: Vec<&str> = offered[0].cells.iter().map(|taken| taken.cell.as_str()).collect();
        assert_eq!((cells.as_slice(), offered[0].left), (&["C11", "D11"][..], 0));
        let cell = CellName { sheet: Some("Biểu 1".to_owned()), at: "C11".parse().unwrap() };
        desk.choose(Choices { agreed: vec![cell], ..Choices::default() }).unwrap();
        assert_eq!(open(&mut desk), 0);
        let copy = desk.copy(Marks::Plain, Lang::Vi).unwrap().0.bytes;
        let book = read::workbook(&copy, &Limits::default()).unwrap();
        let cell = book.sheet("Biểu 1").unwrap().cell("C11".parse().unwrap()).unwrap();
        assert_eq!(cell.formula.as_deref(), Some("SUM(C3:C10)"));
    });
}

/// A table of the poverty form with many wrong figures: which ones, the seed tells.
fn many_wrong(villages: u32, wrong: u32, seed: u32) -> Vec<u8> {
    let village = |n: u32| common::Village {
        households: 240 + n * 67 % 311,
        people: 1_000 + n * 71 % 503,
        poor: 5 + n * 13 % 29,
        near_poor: 7 + n * 17 % 37,
        poor_less: n % 5,
        near_less: n % 7,
    };
    let mut figures = common::grid(&(0..villages).map(village).collect::<Vec<_>>());
    let rows = u32::try_from(figures.len()).unwrap();
    let mut state = seed;
    for _ in 0..wrong {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (row, column) = ((state >> 8) % rows, (state >> 20) % 14);
        let figure = &mut figures[row as usize][column as usize];
        let digits: u32 = figure.replace([',', '.'], "").parse().unwrap();
        let decimals = figure.contains(',');
        let new = digits + 1 + (state >> 16) % 9;
        *figure =
            if decimals { format!("{},{:02}", new / 100, new % 100) } else { new.to_string() };
    }
    let mut book = Workbook::new();
    let rate = Format::new().set_num_format("0.00");
    let page = book.add_worksheet();
    for (row, line) in (0..).zip(common::sheet_text(&figures).lines()) {
        for (column, text) in (0..).zip(line.split('\t')) {
            match text.replace('.', "").replace(',', ".").parse::<f64>() {
                Ok(number) if text.contains(',') => {
                    page.write_number_with_format(row, column, number, &rate).unwrap();
                }
                Ok(number) if row > 1 => {
                    page.write_number(row, column, number).unwrap();
                }
                _ => {
                    page.write_string(row, column, text).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// What a report says is left.
fn reported(errors: usize) -> String {
    match errors {
        0 => "không còn ô nào cần cán bộ xem xét, quyết định.".to_owned(),
        _ => format!("bản đã sửa, {errors} lỗi cần cán bộ xem xét, quyết định."),
    }
}

#[test]
fn what_is_left_after_corrections_is_what_a_check_of_the_copy_tells() {
    let short = (0..12).map(|seed| (12 + seed % 3 * 12, 15 + seed, seed));
    // Rows of these are settled while they are read.
    let long = (0..6).map(|seed| (300 + seed % 3 * 150, 4 + seed * 5, seed));
    for (villages, wrong, seed) in short.chain(long) {
        let bytes = many_wrong(villages, wrong, seed);
        for suggested in [false, true] {
            let choices = || Choices { suggested, ..Choices::default() };
            let (copy, said) = with_desk(&bytes, false, |mut desk| {
                desk.choose(choices()).unwrap();
                let (copy, list) = desk.copy(Marks::Full, Lang::Vi).unwrap();
                assert!(desk.html(Lang::Vi).unwrap().contains(&reported(list.left)));
                (copy.bytes, (list.left, list.unpinned))
            });
            // No other number without a copy, and an appendix where none is left.
            with_desk(&bytes, false, |mut desk| {
                desk.choose(choices()).unwrap();
                let report = desk.html(Lang::Vi).unwrap();
                assert!(report.contains(&reported(said.0)), "{villages}, {seed}: {said:?}");
                let page = serde_json::to_value(desk.view(Lang::Vi).unwrap()).unwrap();
                let counted = (&page["left"], &page["tables"][0]["left"]);
                assert_eq!(counted, (&said.0.into(), &said.0.into()), "{villages}, {seed}");
                let not_ready = desk.ready(0, false).map_err(|failure| failure.message.vi);
                let expected = format!("bảng còn {} lỗi cần cán bộ xem xét, quyết định", said.0);
                assert_eq!(not_ready.err(), (said.0 > 0).then_some(expected));
            });
            let told = with_desk(&copy, false, |desk| {
                let errors = || desk.tables().iter().flat_map(Checked::errors);
                let pinned = errors().filter(|one| one.verdict == Some(Verdict::Pinned)).count();
                (errors().count(), errors().count() - pinned)
            });
            assert_eq!(said, told, "{villages} villages, seed {seed}, suggested: {suggested}");
        }
    }
}
