//! Relations that figures show by themselves: found where they were planted, and nowhere else.

#[path = "../../benches/found_relations/dice.rs"]
mod dice;
#[path = "../../benches/found_relations/planted.rs"]
mod planted;
#[path = "../../benches/found_relations/tables.rs"]
#[expect(dead_code, reason = "tables for measuring speed are made there too")]
mod tables;

use std::fmt::Write as _;

use planted::{FORMS, holds_by_making};
use rust_decimal::Decimal;
use soatbieu::found::headings::stated;
use soatbieu::found::policy::{Level, PINS, Reason, Verdict, judge, judge_stated, pinned};
use soatbieu::found::{Axis, Column, Figure, Grid, Kind, Relation, Row, odds, search, statement};
use soatbieu::lang::Lang;
use tables::{TRAPS, trap, without_relations};

/// A grid from text: the first row of headings, levels parted by `/`; then a name and figures.
fn read(text: &str) -> Grid {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let heads = cells(lines.next().unwrap());
    let rows: Vec<Vec<String>> = lines.map(cells).collect();
    let fractions =
        |at: usize| rows.iter().filter(|row| row[at].contains('.')).count() * 2 > rows.len();
    let column = |(at, head): (usize, &String)| Column::headed(head.split('/'), fractions(at));
    let columns = heads.iter().enumerate().skip(1).map(column).collect();
    let mut grid = Grid::new(columns, rows.iter().map(|row| Row::named(&row[0])).collect());
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row[1..].iter().enumerate() {
            grid.set(at, column, cell.parse().ok().map(Figure::new));
        }
    }
    grid
}

fn sure(grid: &Grid) -> Vec<Relation> {
    search(grid).into_iter().filter(|one| one.evidence.bits >= 10).collect()
}

/// A relation as text: `4 = 2/0 ×100`, columns from 0; rows with `r`.
fn told(one: &Relation) -> String {
    let name = |line: usize| match one.axis {
        Axis::Columns => line.to_string(),
        Axis::Rows => format!("r{line}"),
    };
    let terms: Vec<String> = one.terms.iter().map(|term| name(term.line)).collect();
    let computed = match one.kind {
        Kind::Ratio => format!("{} ×{}", terms.join("/"), one.scale),
        Kind::Growth => format!("growth {} ×{}", terms.join("/"), one.scale),
        Kind::Share => format!("share {} ×{}", terms[0], one.scale),
        Kind::Product if one.scale > 1 => format!("{}/{}", terms.join("*"), one.scale),
        Kind::Product => terms.join("*"),
        Kind::Mean => format!("mean {}", terms.join(",")),
        Kind::AtMost => return format!("{} <= {}", name(one.target), terms[0]),
        Kind::Sum | Kind::Difference | Kind::Balance => {
            let signed = one
                .terms
                .iter()
                .map(|term| format!("{}{}", if term.added { '+' } else { '-' }, name(term.line)));
            signed.collect::<String>().trim_start_matches('+').to_owned()
        }
    };
    format!("{} = {computed}", name(one.target))
}

fn warned(verdicts: &[Verdict]) -> Vec<(usize, usize)> {
    let warnings = verdicts.iter().filter(|verdict| verdict.level == Level::Warn);
    warnings
        .flat_map(|verdict| &verdict.misfits)
        .map(|misfit| (misfit.row, misfit.column))
        .collect()
}

#[test]
fn random_tables_hold_no_relation() {
    for seed in 0..500 {
        let grid = without_relations(1_000_000 + seed);
        let relations = search(&grid);
        let false_ones = relations.iter().filter(|one| one.evidence.bits >= 10);
        assert_eq!(false_ones.map(told).collect::<Vec<_>>(), Vec::<String>::new(), "seed {seed}");
        assert_eq!(warned(&judge(&grid, &relations)), [], "seed {seed}");
        assert_eq!(warned(&judge_stated(&grid, &stated(&grid))), [], "seed {seed}");
    }
}

#[test]
fn what_looks_like_a_relation_is_none() {
    for kind in TRAPS {
        for (rows, seed) in [(8, 1), (8, 2), (15, 3), (15, 4), (30, 5)] {
            let grid = trap(kind, rows, seed);
            let found: Vec<String> = sure(&grid).iter().map(told).collect();
            assert_eq!(found, Vec::<String>::new(), "{kind:?}");
        }
    }
}

/// Planted relations found at 10 bits, in per cent, with so many wrong cells a table.
fn recall(wrong: usize) -> usize {
    let (mut planted, mut found) = (0, 0);
    for form in FORMS {
        for rows in [6, 8, 15] {
            for number in 0..4 {
                let table = planted::table(form, rows, wrong, 900_000 + number);
                let relations = search(&table.grid);
                let sure = || relations.iter().filter(|one| one.evidence.bits >= 10);
                planted += table.planted.len();
                found +=
                    table.planted.iter().filter(|one| sure().any(|other| one.is(other))).count();
                for one in sure() {
                    assert!(holds_by_making(one, form, rows), "{form:?}: {}", told(one));
                }
                for verdict in judge(&table.grid, &relations) {
                    let one = &relations[verdict.relation];
                    let is_wrong = |at: &(usize, usize)| table.wrong.contains_key(at);
                    let trial = |row, column| if one.axis == Axis::Columns { row } else { column };
                    for misfit in verdict.misfits.iter().filter(|_| verdict.level == Level::Warn) {
                        let at = trial(misfit.row, misfit.column);
                        let explained = one.lines().any(|line| is_wrong(&one.place(line, at)));
                        assert!(explained, "{form:?}: right cells accused by {}", told(one));
                    }
                }
            }
        }
    }
    found * 100 / planted
}

#[test]
fn planted_relations_are_found_beside_wrong_figures() {
    let recall = [recall(0), recall(1), recall(2), recall(3)];
    let least = [90, 85, 75, 67];
    assert!(recall.iter().zip(least).all(|(found, least)| *found >= least), "{recall:?}");
}

const VILLAGES: &str = "
    Thôn        | Số hộ | Hộ nghèo/Số hộ | Hộ nghèo/Tỷ lệ | Giảm/Số hộ | Giảm/Tỷ lệ | Cuối năm/Số hộ | Cuối năm/Tỷ lệ
    Đông Bắc    | 428   | 15             | 3.50           | 2          | 0.47       | 13             | 3.04
    Đông Nam    | 612   | 9              | 1.47           | 3          | 0.49       | 6              | 0.98
    Tây Bắc     | 377   | 21             | 5.57           | 6          | 1.59       | 15             | 3.98
    Tây Nam 1   | 395   | 8              | 2.03           | 1          | 0.25       | 7              | 1.77
    Tây Nam 2   | 510   | 12             | 2.35           | 0          | 0.00       | 12             | 2.16
    Trung tâm   | 700   | 33             | 4.71           | 8          | 1.14       | 25             | 3.57
    Tổng cộng   | 3022  | 98             | 3.24           | 20         | 0.66       | 78             | 2.58";

#[test]
fn rates_and_totals_of_a_commune_are_found_and_the_stale_rate_is_told() {
    let grid = read(VILLAGES);
    let relations = sure(&grid);
    let found: Vec<String> = relations.iter().map(told).collect();
    for expected in ["2 = 1/0 ×100", "4 = 3/0 ×100", "6 = 5/0 ×100", "r6 = r0+r1+r2+r3+r4+r5"] {
        assert!(found.contains(&expected.to_owned()), "{expected} in {found:?}");
    }
    let verdicts = judge(&grid, &relations);
    assert_eq!(warned(&verdicts), [(4, 6)]);
    let misfit = verdicts.iter().find(|one| one.level == Level::Warn).unwrap().misfits[0];
    assert_eq!((misfit.found, misfit.expected), (Decimal::new(216, 2), Decimal::new(235, 2)));
}

#[test]
fn a_warning_says_its_evidence_in_one_sentence() {
    let grid = read(VILLAGES);
    let relations = sure(&grid);
    let rate = relations.iter().find(|one| one.target == 6 && one.axis == Axis::Columns).unwrap();
    let vi = statement(&grid, rate, Lang::Vi);
    assert!(vi.starts_with("ở 6 trong 7 ô, cột “Cuối năm – Tỷ lệ” bằng cột “Cuối năm – Số hộ” chia cho cột “Số hộ” (nhân 100, làm tròn 2 chữ số thập phân)"), "{vi}");
    assert!(vi.contains("ít hơn 1 trong 1 triệu bảng"), "{vi}");
    let en = statement(&grid, rate, Lang::En);
    assert!(en.starts_with("in 6 of 7 cells"), "{en}");
    assert_eq!(odds(9, Lang::Vi), None);
}

const PEOPLE: &str = "
    Xã | Tổng số | Nam | Nữ | Số hộ | Trẻ em | Đảng viên | Người cao tuổi
    An Bình | 812 | 402 | 410 | 201 | 179 | 80 | 166
    An Hòa | 1540 | 768 | 772 | 387 | 326 | 71 | 397
    An Phú | 967 | 480 | 487 | 234 | 211 | 12 | 340
    An Thịnh | 2205 | 1011 | 1194 | 550 | 456 | 40 | 198
    An Lạc | 1333 | 641 | 692 | 339 | 280 | 81 | 343
    An Khê | 745 | 371 | 374 | 189 | 169 | 30 | 218
    An Cư | 1819 | 924 | 895 | 449 | 376 | 60 | 107
    An Mỹ | 1126 | 556 | 750 | 274 | 215 | 86 | 121
    Tổng cộng | 10547 | 5153 | 5394 | 2623 | 2212 | 460 | 1890";

#[test]
fn a_cell_that_both_axes_accuse_is_pinned_by_one_value() {
    let grid = read(PEOPLE);
    let relations = search(&grid);
    let verdicts = judge(&grid, &relations);
    let pinned = pinned(&grid, &relations, &verdicts);
    let cells: Vec<_> = pinned.iter().map(|pin| (pin.row, pin.column, pin.expected)).collect();
    assert_eq!(
        cells,
        [(7, 2, Decimal::from(570))],
        "{:?}",
        relations.iter().map(told).collect::<Vec<_>>()
    );
}

#[test]
fn relations_of_so_many_bits_pin_a_cell_and_those_of_one_less_do_not() {
    let grid = read(PEOPLE);
    let mut relations = search(&grid);
    let verdicts = judge(&grid, &relations);
    let mut pins = |bits: u32| {
        for one in &mut relations {
            one.evidence.bits = bits;
        }
        pinned(&grid, &relations, &verdicts).len()
    };
    assert_eq!((pins(PINS), pins(PINS - 1)), (1, 0));
}

#[test]
fn thereof_parts_and_one_sided_misfits_are_no_warnings() {
    let text = "
        Xã | Tổng số | Trong đó: công lập | Tư thục
        A  | 212 | 100 | 112
        B  | 340 | 181 | 159
        C  | 167 | 80  | 87
        D  | 405 | 211 | 194
        E  | 233 | 142 | 91
        F  | 145 | 71  | 74
        G  | 289 | 124 | 150
        H  | 391 | 156 | 235";
    let reasons = |text: &str| -> Vec<Reason> {
        let grid = read(text);
        let relations = search(&grid);
        judge(&grid, &relations).into_iter().flat_map(|verdict| verdict.reasons).collect()
    };
    assert_eq!(reasons(text), [Reason::Thereof]);
    assert_eq!(reasons(&text.replace("Trong đó: ", "")), []);
    let missing = text.replace("Trong đó: ", "").replace("| 340 |", "| 352 |");
    assert!(reasons(&missing).contains(&Reason::PartMissing), "{:?}", reasons(&missing));
}

#[test]
fn a_repeated_year_tells_nothing_twice() {
    // Three columns nearly the same: one chance agreement is not three.
    let mut grid = read(
        "
        Thôn | Năm 2022 | Năm 2023 | Năm 2024
        A | 702000 | 701999 | 702002
        B | 273000 | 272999 | 273001
        C | 412000 | 412000 | 412001
        D | 133000 | 133000 | 133002
        E | 769000 | 768999 | 769001
        F | 784000 | 783999 | 784000
        G | 545000 | 544999 | 545003",
    );
    assert_eq!(sure(&grid).iter().map(told).collect::<Vec<_>>(), Vec::<String>::new());
    // The same sum in columns of their own tells three times.
    for (row, figure) in [(2, 88), (3, 214), (6, 302), (0, 911), (1, 45), (4, 631), (5, 17)] {
        grid.set(row, 1, Some(Figure::new(Decimal::from(figure))));
    }
    for (row, figure) in [(2, 51), (3, 27), (6, 78), (0, 64), (1, 95), (4, 12), (5, 33)] {
        grid.set(row, 2, Some(Figure::new(Decimal::from(figure))));
    }
    assert_eq!(sure(&grid).iter().map(told).collect::<Vec<_>>(), ["r6 = r2+r3"]);
}

#[test]
fn figures_beyond_all_bounds_break_nothing() {
    let huge = Decimal::MAX - Decimal::from(5);
    for (row, figure) in [(0, huge), (1, -huge), (2, Decimal::MAX)] {
        for column in 0..3 {
            let mut grid = read(
                "
                Xã | Tổng số | Nam | Nữ
                A | -10 | 402 | 410
                B | 1540 | 768 | 772
                C | 967 | 480 | 487
                D | 2205 | 1011 | 1194
                E | 1333 | 641 | 692
                F | 745 | 371 | 374
                G | 1819 | 924 | 895",
            );
            grid.set(row, column, Some(Figure { value: figure, decimals: 28 }));
            let relations = search(&grid);
            let verdicts = judge(&grid, &relations);
            assert!(pinned(&grid, &relations, &verdicts).len() < 4);
            assert!(judge_stated(&grid, &stated(&grid)).len() < 4);
            assert!(relations.iter().any(|one| told(one) == "0 = 1+2"));
        }
    }
}

#[test]
fn hostile_grids_end_soon() {
    let huge = Figure::new(Decimal::MAX);
    let tiny = Figure { value: Decimal::new(1, 28), decimals: 28 };
    let mut grid = Grid::new(
        (0..70).map(|_| Column::headed(["Tỷ lệ"], true)).collect(),
        (0..30).map(|_| Row::default()).collect(),
    );
    for row in 0..30 {
        for column in 0..70 {
            grid.set(row, column, Some(if (row + column) % 2 == 0 { huge } else { tiny }));
        }
    }
    let relations = search(&grid);
    assert!(judge(&grid, &relations).iter().all(|verdict| verdict.level != Level::Warn));
    // Long columns of the largest figures that are compared: no sum of them overflows.
    let mut dice = dice::Dice::new(1);
    for (columns, rows) in [(6, 400), (200, 12)] {
        let headed = (0..columns).map(|_| Column::headed(["Số tiền"], false)).collect();
        let mut grid = Grid::new(headed, vec![Row::named("Thôn"); rows]);
        for row in 0..rows {
            for column in 0..columns {
                let figure = 9_999_999_999_999_999 - dice.between(0, 9_999_999_999);
                grid.set(row, column, Some(Figure::new(Decimal::from(figure))));
            }
        }
        assert!(search(&grid).iter().all(|one| one.evidence.bits < 10));
    }
    for (columns, rows) in [(0, 0), (1, 1), (2, 2), (1, 5), (300, 3)] {
        let columns = (0..columns).map(|_| Column::headed(["Số hộ"], false)).collect();
        let grid = Grid::new(columns, vec![Row::default(); rows]);
        assert_eq!(search(&grid), []);
    }
}

/// What a test sees of a table: the relations with words or without, and the cells warned.
fn found(text: &str) -> (Vec<String>, Vec<(usize, usize)>) {
    let grid = read(text);
    let relations = search(&grid);
    let warned = warned(&judge(&grid, &relations));
    let sure = relations.iter().filter(|one| one.evidence.bits >= 10);
    (sure.map(told).collect(), warned)
}

#[test]
fn an_export_of_visits_is_checked_by_its_figures() {
    let (relations, warned) = found(
        "
        Cơ sở | Số lượt KCB/Tổng cộng | Số lượt KCB/Ngoại trú | Số lượt KCB/Nội trú | TL Nội trú | BQ chung | Tổng chi
        1 | 73954 | 58919 | 15035 | 20.33 | 651681.59 | 48194460532.4
        2 | 34847 | 25500 | 9347  | 26.82 | 712588.43 | 24831569094.2
        3 | 26707 | 18008 | 8699  | 32.57 | 938356.38 | 25060683778.2
        4 | 27528 | 19016 | 8412  | 30.67 | 887883.13 | 24352858567.5
        5 | 32162 | 23253 | 8909  | 27.7  | 858031.84 | 27596019956.7
        6 | 26477 | 19500 | 6977  | 26.35 | 847497.12 | 22439181224.9
        7 | 15904 | 13000 | 2904  | 18.26 | 888286.47 | 14127308082.5
        8 | 7498  | 5498  | 2000  | 26.67 | 3255358.98 | 24408681607.4
        Toàn tỉnh | 244977 | 182694 | 62283 | 25.42 | 861349.28 | 211010762843.8",
    );
    for expected in ["0 = 1+2", "3 = 2/0 ×100", "4 = 5/0 ×1"] {
        assert!(relations.contains(&expected.to_owned()), "{expected} in {relations:?}");
    }
    assert!(warned.contains(&(3, 0)) && warned.iter().all(|(row, _)| *row == 3), "{warned:?}");
}

#[test]
fn a_worth_is_the_product_of_quantity_and_price() {
    let (relations, warned) = found(
        "
        Tài sản | Số lượng | Giá đề nghị/Đơn giá | Giá đề nghị/Thành tiền | Giá thẩm định/Đơn giá | Giá thẩm định/Thành tiền
        1 | 16452 | 35000 | 575820000 | 29200 | 480398400
        2 | 36 | 48000 | 1728000 | 30000 | 1080000
        3 | 48 | 28963.2 | 1390233.6 | 21000 | 1008000
        4 | 5 | 2150000 | 10570000 | 1050000 | 5250000
        5 | 12 | 399000 | 4788000 | 380000 | 4560000
        CỘNG | | | 594476233.6 | | 492296400",
    );
    assert_eq!(relations, ["4 = 0*3", "2 = 0*1"]);
    assert_eq!(warned, [(3, 2)]);
}

#[test]
fn a_quantity_that_is_always_one_proves_no_product() {
    let (relations, _) = found(
        "
        Tài sản | Số lượng | Nguyên giá | Giá trị còn lại
        1 | 1 | 35000 | 35000
        2 | 1 | 48000 | 48000
        3 | 1 | 28900 | 28900
        4 | 1 | 21500 | 21500
        5 | 1 | 39900 | 39900
        6 | 1 | 71000 | 71000",
    );
    assert!(relations.iter().all(|one| !one.contains('*')), "{relations:?}");
}

#[test]
fn plans_taxes_and_rests_are_found_by_their_words_in_four_rows() {
    let (relations, _) = found(
        "
        Đơn vị | Dự toán giao | Chỉ tiêu khác | Đã giải ngân | Còn lại | Đạt % kế hoạch
        A | 5431 | 71 | 4120 | 1311 | 75.86
        B | 2950 | 12 | 2873 | 77   | 97.39
        C | 8164 | 55 | 3307 | 4857 | 40.51
        D | 6077 | 38 | 5986 | 91   | 98.50",
    );
    assert!(relations.contains(&"4 = 2/0 ×100".to_owned()), "{relations:?}");
    assert!(relations.contains(&"3 = 0-2".to_owned()), "{relations:?}");
    let (relations, _) = found(
        "
        Bưu cục | Doanh thu thành tiền | Thuế suất (%) | Tiền thuế
        A | 5430 | 10 | 543
        B | 2950 | 8  | 236
        C | 8160 | 10 | 816
        D | 6075 | 8  | 486
        E | 1240 | 5  | 62",
    );
    assert!(relations.contains(&"2 = 0*1/100".to_owned()), "{relations:?}");
}

#[test]
fn headings_name_the_operands_of_a_comparison() {
    let (relations, _) = found(
        "
        Chỉ tiêu | TH 2023 | KH 2024 | ƯTH 2024 | ƯTH 2024/TH 2023 | ƯTH 2024/KH 2024
        Lúa    | 1243 | 1300 | 1287 | 103.5 | 99.0
        Ngô    | 512  | 540  | 498  | 97.3  | 92.2
        Khoai  | 77   | 80   | 91   | 118.2 | 113.8
        Rau    | 2204 | 2300 | 2391 | 108.5 | 104.0",
    );
    assert_eq!(relations, ["3 = 2/0 ×100", "4 = 2/1 ×100"]);
}

const PRESCHOOL: &str = "
    Trẻ em | Tổng số/Tổng số | Tổng số/Nữ | Tổng số/Dân tộc thiểu số/Tổng số | Tổng số/Dân tộc thiểu số/Nữ | Công lập/Tổng số | Công lập/Nữ | Công lập/Dân tộc thiểu số/Tổng số | Công lập/Dân tộc thiểu số/Nữ | Tư thục/Tổng số | Tư thục/Nữ | Tư thục/Dân tộc thiểu số/Tổng số | Tư thục/Dân tộc thiểu số/Nữ
    Quy mô trẻ | 23 | 18 | 21 | 17 | 23 | 18 | 21 | 17 | 0 | 0 | 0 | 0
    Nhà trẻ | 16 | 12 | 14 | 11 | 16 | 12 | 14 | 11 | 0 | 0 | 0 | 0
    Mẫu giáo | 7 | 6 | 7 | 6 | 7 | 6 | 7 | 7 | 0 | 0 | 0 | 0
    Bán trú | 3 | 2 | 3 | 2 | 3 | 2 | 3 | 2 | 0 | 0 | 0 | 0
    Hòa nhập | 7 | 6 | 7 | 6 | 7 | 6 | 7 | 6 | 0 | 0 | 0 | 0";

#[test]
fn headings_state_wholes_and_bounds_that_few_figures_suffice_for() {
    let grid = read(PRESCHOOL);
    let relations = stated(&grid);
    let texts: Vec<String> = relations.iter().map(told).collect();
    for expected in ["0 = 4+8", "3 = 7+11", "7 <= 5", "7 <= 6", "3 <= 1", "1 <= 0"] {
        assert!(texts.contains(&expected.to_owned()), "{expected} in {texts:?}");
    }
    assert!(!texts.iter().any(|text| text.starts_with("0 = 1+")), "overlapping parts: {texts:?}");
    let verdicts = judge_stated(&grid, &relations);
    let cells = warned(&verdicts);
    assert!(cells.contains(&(2, 7)) && cells.iter().all(|(row, _)| *row == 2), "{cells:?}");
    let sentence = statement(&grid, &relations[verdicts[0].relation], Lang::Vi);
    assert!(sentence.starts_with("theo tiêu đề, "), "{sentence}");
    let right = read(&PRESCHOOL.replace("| 7 | 7 | 0", "| 7 | 6 | 0"));
    assert_eq!(judge_stated(&right, &stated(&right)), []);
}

#[test]
fn headings_state_nothing_of_changes_and_of_parts_that_overlap() {
    let grid = read(
        "
        Xã | Hộ nghèo/Tổng số | Hộ nghèo/Phát sinh tăng | Hộ nghèo/Giảm trong năm | Hộ nghèo/Dân tộc thiểu số | Hộ nghèo/Hưởng bảo trợ
        A | 41 | 3 | 9 | 20 | 11
        B | 27 | 30 | 4 | 12 | 26
        C | 33 | 2 | 40 | 33 | 8",
    );
    let texts: Vec<String> = stated(&grid).iter().map(told).collect();
    assert_eq!(texts, ["3 <= 0"]);
}

/// The relation as it is told, where it is found at all.
fn relation(text: &str, wanted: &str) -> Option<Relation> {
    search(&read(text)).into_iter().find(|one| told(one) == wanted)
}

#[test]
fn a_sum_of_sums_is_found_past_their_parts() {
    let text = "Thôn | A | B | C | D | E | F | G
        Một | 11 | 25 | 36 | 41 | 13 | 54 | 90
        Hai | 17 | 32 | 49 | 23 | 38 | 61 | 110
        Ba | 29 | 14 | 43 | 52 | 27 | 79 | 122
        Bốn | 35 | 46 | 81 | 19 | 44 | 63 | 144
        Năm | 22 | 57 | 79 | 31 | 16 | 47 | 126
        Sáu | 48 | 33 | 81 | 62 | 25 | 87 | 168
        Bảy | 53 | 18 | 71 | 37 | 58 | 95 | 166";
    assert!(relation(text, "6 = 2+5").is_some() || relation(text, "6 = 0+1+3+4").is_some());
}

#[test]
fn words_that_name_a_sum_weigh_for_it() {
    let figures = "
        Một | 36 | 11 | 25 | 90
        Hai | 49 | 17 | 32 | 12
        Ba | 43 | 29 | 14 | 77
        Bốn | 81 | 35 | 46 | 31
        Năm | 79 | 22 | 57 | 64";
    let bits = |heads: &str| {
        let one = relation(&format!("Thôn | {heads}{figures}"), "0 = 1+2");
        one.map(|one| one.evidence.bits).unwrap()
    };
    let unnamed = bits("Hộ | Nam | Nữ | Xe");
    // All that stand under the heading of the total, and no other.
    let named = bits("Người/Tổng số | Người/Nam | Người/Nữ | Khác/Xe");
    assert!(named > unnamed);
    assert!(bits("Người | Chia ra/Nam | Chia ra/Nữ | Khác/Xe") > unnamed);
    // A total among the parts, parts of other headings and no total at all name nothing.
    for heads in [
        "Tổng số | Nam | Tổng nữ | Xe",
        "Người/Tổng số | Người/Nam | Khác/Nữ | Khác/Xe",
        "Người/Số | Người/Nam | Người/Nữ | Khác/Xe",
        "Người | Chia ra/Nam | Chia ra/Nữ | Chia ra/Xe",
    ] {
        assert!(bits(heads) < named, "{heads}: {} of {named}", bits(heads));
    }
}

#[test]
fn a_sum_that_is_off_by_more_than_its_last_decimal_is_none() {
    let text = "Thôn | Ruộng (ha) | Rừng (ha) | Đất (ha)
        Một | 11.3 | 25.4 | 36.9
        Hai | 17.1 | 32.2 | 49.5
        Ba | 29.6 | 14.7 | 44.5
        Bốn | 35.2 | 46.3 | 81.7
        Năm | 22.8 | 57.5 | 80.5
        Sáu | 48.4 | 33.1 | 81.7";
    assert_eq!(relation(text, "2 = 0+1").map(|one| one.evidence), None);
    let near =
        [("36.9", "36.8"), ("49.5", "49.4"), ("44.5", "44.4"), ("81.7", "81.6"), ("80.5", "80.4")];
    let exact = near.iter().fold(text.to_owned(), |text, (far, near)| text.replace(far, near));
    assert!(relation(&exact, "2 = 0+1").is_some());
}

#[test]
fn a_sum_of_rows_is_not_told_again_by_a_column_that_follows_from_others() {
    let rows = [
        ("Lúa | 1130 | 254 | 617 | 348", 2349),
        ("Ngô | 171 | 1322 | 409 | 256", 2158),
        ("Khoai | 529 | 147 | 838 | 1163", 2677),
        ("Tổng số | 1830 | 1723 | 1864 | 1767", 7184),
    ];
    let bits = |heads: &str, row: fn(&(&str, i32)) -> String| {
        let text: Vec<String> =
            std::iter::once(heads.to_owned()).chain(rows.iter().map(row)).collect();
        relation(&text.join("\n"), "r3 = r0+r1+r2").unwrap().evidence.bits
    };
    let alone = bits("Cây | Đông | Tây | Nam | Bắc", |(figures, _)| (*figures).to_owned());
    let with_total = bits("Cây | Đông | Tây | Nam | Bắc | Cộng", |(figures, total)| {
        format!("{figures} | {total}")
    });
    assert!(with_total <= alone, "{with_total} of {alone}");
}

#[test]
fn nought_and_all_of_a_total_tell_nothing_of_shares() {
    let text = "Thôn | Số hộ | Cơ cấu (%)
        Tổng số | 640 | 100
        Một | 640 | 100
        Hai | 0 | 0
        Ba | 0 | 0
        Bốn | 0 | 0
        Năm | 0 | 0
        Sáu | 0 | 0";
    let shares = search(&read(text)).into_iter().filter(|one| one.kind == Kind::Share);
    assert_eq!(shares.map(|one| told(&one)).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn a_third_of_wrong_cells_does_not_hide_a_rate() {
    let text = "Thôn | Số hộ | Hộ nghèo | Tỷ lệ (%)
        Một | 510 | 12 | 2.35
        Hai | 690 | 17 | 2.46
        Ba | 360 | 5 | 1.39
        Bốn | 413 | 23 | 5.57
        Năm | 287 | 31 | 10.80
        Sáu | 529 | 19 | 3.59
        Bảy | 611 | 44 | 9.99
        Tám | 347 | 27 | 1.11
        Chín | 455 | 38 | 4.44";
    let rate = relation(text, "2 = 1/0 ×100").unwrap();
    assert_eq!((rate.evidence.fits.len(), rate.evidence.misfits.len()), (6, 3));
}

#[test]
fn rows_that_repeat_each_other_or_hold_nought_tell_once() {
    let text = "Thôn | Tổng số | Nam | Nữ
        Một | 36 | 11 | 25
        Hai | 36 | 11 | 25
        Ba | 0 | 0 | 0
        Bốn | 0 | 0 | 0
        Năm | 49 | 17 | 32";
    let grid = read(text);
    let sum = stated(&grid).into_iter().find(|one| told(one) == "0 = 1+2").unwrap();
    assert_eq!((sum.evidence.fits.len(), sum.evidence.telling), (5, 2));
}

#[test]
fn only_a_name_of_a_total_is_one() {
    let total = |name: &str| Row::named(name).is_total();
    assert!(total("Tổng số") && total("Cộng"));
    assert!(!total("Thôn Đông") && !total("Số hộ"));
}

#[test]
fn sums_of_three_sums_are_found_past_their_parts() {
    let figures: [[i64; 6]; 7] = [
        [11, 25, 41, 13, 7, 92],
        [17, 32, 23, 38, 64, 15],
        [29, 14, 52, 27, 33, 48],
        [35, 46, 19, 44, 81, 26],
        [22, 57, 31, 16, 59, 37],
        [48, 33, 62, 25, 12, 71],
        [53, 18, 37, 58, 45, 66],
    ];
    let rows = figures.iter().enumerate().map(|(row, [a, b, c, d, e, f])| {
        let (x, y, z) = (a + b, c + d, e + f);
        format!("Thôn {row} | {a} | {b} | {x} | {c} | {d} | {y} | {e} | {f} | {z} | {}", x + y + z)
    });
    let text = format!(
        "Thôn | A | B | C | D | E | F | G | H | I | K\n{}",
        rows.collect::<Vec<_>>().join("\n")
    );
    assert!(relation(&text, "9 = 2+5+8").is_some());
}

#[test]
fn headings_state_no_sum_that_four_rows_of_ten_contradict() {
    let text = |wrong: usize| {
        let rows = (0..10).map(|row| {
            let (men, women) = (11 + 7 * row % 23, 5 + 13 * row % 31);
            format!("Thôn {row} | {} | {men} | {women}", men + women + 9 * usize::from(row < wrong))
        });
        format!(
            "Thôn | Người/Tổng số | Người/Nam | Người/Nữ\n{}",
            rows.collect::<Vec<_>>().join("\n")
        )
    };
    let states = |wrong| stated(&read(&text(wrong))).iter().any(|one| told(one) == "0 = 1+2");
    assert_eq!([0, 3, 4].map(states), [true, true, false]);
}

#[test]
fn headings_state_sums_of_what_is_counted_alike() {
    let text = |second: &str| {
        format!(
            "Trạm | Tổng số (lượt) | Ngoại trú (lượt) | Nội trú ({second})
            A | 41 | 30 | 11
            B | 27 | 15 | 12
            C | 33 | 31 | 2
            D | 58 | 40 | 18"
        )
    };
    let states = |second| stated(&read(&text(second))).iter().any(|one| told(one) == "0 = 1+2");
    assert_eq!(["lượt", "đồng"].map(states), [true, false]);
}

/// Sums of two columns without a word that names them, one of them off by so much.
fn unnamed(unit: i64, places: u32, off: i64) -> Grid {
    let columns = ["A", "B", "C"].map(|name| Column::headed([name], false)).to_vec();
    let mut grid =
        Grid::new(columns, (0..40).map(|row| Row::named(format!("Thôn {row}"))).collect());
    for row in 0..40_i64 {
        let (a, b) = (101 + row * 7919 % 883, 211 + row * 6007 % 761);
        let c = a + b + if row == 17 { off } else { 0 };
        for (column, figure) in [a, b, c].into_iter().enumerate() {
            let figure = Figure::new(Decimal::new(figure * unit, places));
            grid.set(usize::try_from(row).unwrap(), column, Some(figure));
        }
    }
    grid
}

#[test]
fn a_wrong_sum_that_no_word_names_is_warned_of() {
    for (places, off) in [(0, 30), (1, 4)] {
        let grid = unnamed(1, places, off);
        let relations = sure(&grid);
        let cells = warned(&judge(&grid, &relations));
        assert!(cells.contains(&(17, 2)), "{places}: {cells:?}");
    }
}

#[test]
fn noughts_at_the_end_of_all_figures_are_no_evidence() {
    let bits =
        |unit| sure(&unnamed(unit, 0, 0)).iter().map(|one| one.evidence.bits).collect::<Vec<_>>();
    assert!(!bits(1).is_empty());
    assert_eq!(bits(1_000), bits(1));
}

/// Villages with an opening state, what comes in and goes out and a closing state, which is wrong in the
/// second, and their total, which adds that up but for so much.
fn states(villages: i64, off: i64) -> Grid {
    let mut text = String::from("Đơn vị | Tồn đầu kỳ | Nhập | Xuất | Tồn cuối kỳ\n");
    let mut total = [0; 4];
    for village in 1..=villages {
        let (start, more, less) =
            (village * village * 37 % 691 + 84, village * 97 % 247 + 23, village * 61 % 191 + 12);
        let wrong = if village == 2 { 9 } else { 0 };
        let row = [start, more, less, start + more - less + wrong];
        writeln!(text, "Thôn {village}|{}", row.map(|figure| figure.to_string()).join("|"))
            .unwrap();
        total = [0, 1, 2, 3].map(|at| total[at] + row[at]);
    }
    total[3] += off;
    writeln!(text, "Tổng cộng|{}", total.map(|figure| figure.to_string()).join("|")).unwrap();
    read(&text)
}

#[test]
fn a_total_that_adds_a_wrong_figure_up_counts_as_wrong_with_it() {
    let warned_of = |grid: &Grid| {
        let verdicts = judge(grid, &search(grid));
        warned(&verdicts)
    };
    for villages in 6..=8_usize {
        let rows = i64::try_from(villages).unwrap();
        let grid = states(rows, 0);
        assert_eq!(warned_of(&grid), [(1, 3)], "{villages}");
        let found = search(&grid);
        let mut followers = found.iter().flat_map(|one| &one.evidence.followers);
        assert!(followers.any(|one| (one.row, one.column) == (villages, 3)), "{villages}");
        // Two that differ, each by itself, are too many for so few rows.
        assert_eq!(warned_of(&states(rows, 1)), [], "{villages}");
    }
}
