//! The letter to one unit, laid out as a công văn after Nghị định 30/2020/NĐ-CP (Phụ lục I and Mẫu 1.5
//! of Phụ lục III). It is written in Vietnamese whatever the language of the program: it is an
//! official letter.

use super::docx::{self, Align, Block, Grid, Paragraph, WIDTH};
use super::{Options, Point, Remarks};
use crate::failure::Failure;
use crate::words::fold;
use crate::words::paths::file_name;
use crate::words::units::{Key, lower_level};

/// What one letter says.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// Whom it goes to.
    pub unit: &'a str,
    /// The unit's tables and files with something to mend.
    pub remarks: &'a [Remarks],
    /// Names of the marked workbooks that go with it.
    pub marked: &'a [String],
}

/// Sizes of type in points, within what the decree grants.
const BODY: u32 = 14;
const SMALL: u32 = 13;
const TABLE: u32 = 11;
/// Where somebody writes by hand.
const OPEN: &str = "……………………………";

/// The letter as a `.docx` file.
///
/// # Errors
/// [`crate::failure::Code::CannotWrite`].
pub fn letter(letter: &Letter<'_>, options: &Options) -> Result<Vec<u8>, Failure> {
    let mut blocks = vec![Block::Grid(head(options))];
    blocks.push(Block::Paragraph(
        Paragraph::text(BODY, Align::Center, format!("Kính gửi: {}", addressee(letter.unit)))
            .spaced(12, 12),
    ));
    blocks.push(Block::Paragraph(said(opening(letter))));
    for (number, remarks) in (1..).zip(letter.remarks) {
        let several = letter.remarks.len() > 1;
        blocks.push(Block::Paragraph(caption(several.then_some(number), remarks)));
        blocks.push(Block::Grid(points(&remarks.points)));
        blocks.extend(rest(remarks));
    }
    let end = closing(letter, options);
    blocks.extend(end.into_iter().map(|text| Block::Paragraph(said(text))));
    blocks.push(Block::Paragraph(Paragraph::new(SMALL, Align::Left)));
    blocks.push(Block::Grid(foot()));
    docx::write(&blocks)
}

/// Whom a letter to a unit is addressed to, inside a sentence.
fn addressee(unit: &str) -> String {
    let has_level = Key::of(unit).level.is_some();
    if has_level { format!("Ủy ban nhân dân {}", lower_level(unit)) } else { unit.to_owned() }
}

/// A paragraph of the letter.
fn said(text: String) -> Paragraph {
    Paragraph { first: 720, ..Paragraph::text(BODY, Align::Both, text).spaced(6, 0) }
}

fn opening(letter: &Letter<'_>) -> String {
    let count: usize = letter.remarks.iter().map(Remarks::count).sum();
    let unit = addressee(letter.unit);
    let mut files: Vec<&str> = letter.remarks.iter().map(|one| file_name(&one.file)).collect();
    files.dedup();
    let files = files.join(", ");
    if letter.remarks.iter().all(|one| one.sheet.is_empty()) {
        return format!(
            "Tệp số liệu của {unit} ({files}) chưa soát được. Đề nghị đơn vị xem lại các điểm sau:"
        );
    }
    format!(
        "Qua soát biểu số liệu của {unit} (tệp {files}), có {count} điểm đề nghị đơn vị rà soát, sửa lại như sau:"
    )
}

/// Above a list of points: the table they are about.
fn caption(number: Option<usize>, remarks: &Remarks) -> Paragraph {
    let number = number.map_or_else(String::new, |number| format!("{number}. "));
    let file = file_name(&remarks.file);
    let text = match (remarks.title.as_str(), remarks.sheet.as_str()) {
        (_, "") => format!("{number}Tệp {file}"),
        ("", sheet) => format!("{number}Bảng ở trang tính “{sheet}”, tệp {file}"),
        (title, sheet) => format!("{number}{title} (trang tính “{sheet}”, tệp {file})"),
    };
    Paragraph { keep: true, ..Paragraph::bold(SMALL, Align::Both, text).spaced(8, 4) }
}

/// The points of a table, a row each.
fn points(points: &[Point]) -> Grid {
    let head = ["TT", "Vị trí", "Đang ghi", "Đề nghị", "Lý do"];
    let head = head.map(|text| vec![Paragraph::bold(TABLE, Align::Center, text)]);
    let row = |(number, point): (usize, &Point)| {
        let place = match (point.cell.as_str(), point.place.as_str()) {
            ("", place) => place.to_owned(),
            (cell, "") => format!("Ô {cell}"),
            (cell, place) => format!("Ô {cell}: {place}"),
        };
        let left = |text: &str| vec![Paragraph::text(TABLE, Align::Left, text)];
        let center = |text: &str| vec![Paragraph::text(TABLE, Align::Center, text)];
        vec![
            center(&number.to_string()),
            left(&place),
            center(&point.found),
            left(&point.request),
            left(&point.why),
        ]
    };
    let rows = std::iter::once(head.to_vec()).chain((1..).zip(points).map(row)).collect();
    let widths = vec![510, 2270, 1134, 2324, WIDTH - 510 - 2270 - 1134 - 2324];
    Grid { widths, rows, ruled: true }
}

/// What stands below the points: that there are more, and what is to be looked at besides.
fn rest(remarks: &Remarks) -> Vec<Block> {
    let mut blocks = Vec::new();
    if remarks.more > 0 {
        let text = format!(
            "Ngoài ra còn {} điểm khác, xem các ô được đánh dấu trong tệp gửi kèm.",
            remarks.more
        );
        blocks.push(Block::Paragraph(said(text)));
    }
    if !remarks.hints.is_empty() {
        let text = "Đề nghị xem thêm (không bắt buộc sửa):".to_owned();
        blocks.push(Block::Paragraph(Paragraph { keep: true, ..said(text) }));
        blocks.extend(remarks.hints.iter().map(|hint| {
            let text = format!("- Ô {}: {}.", hint.cell, hint.why.trim_end_matches('.'));
            Block::Paragraph(Paragraph { first: 720, ..Paragraph::text(SMALL, Align::Both, text) })
        }));
    }
    blocks
}

fn closing(letter: &Letter<'_>, options: &Options) -> Vec<String> {
    let mut text = Vec::new();
    if !letter.marked.is_empty() {
        let files = letter.marked.join(", ");
        text.push(format!(
            "Các ô nêu trên được đánh dấu trong tệp {files} gửi kèm; số liệu trong tệp này giữ nguyên như đơn vị đã gửi."
        ));
    }
    let until =
        options.deadline.map_or_else(String::new, |day| format!(" trước {}", day.in_words()));
    text.push(format!(
        "Đề nghị {} rà soát, sửa trên tệp gốc và gửi lại{until}. Nếu số liệu đã gửi là đúng, đề nghị nêu rõ căn cứ để tổng hợp./.",
        addressee(letter.unit)
    ));
    text
}

/// The head of the letter: the office and its number at the left, the nation, place and day at the
/// right.
fn head(options: &Options) -> Grid {
    let center = |size, text: &str| Paragraph::text(size, Align::Center, text);
    let bold = |size, text: &str| Paragraph::bold(size, Align::Center, text);
    let rule = |inset| Paragraph { rule: Some(inset), ..Paragraph::new(2, Align::Center) };
    let mut office: Vec<Paragraph> =
        office(options.from.as_deref()).iter().map(|line| bold(SMALL, line)).collect();
    office.push(rule(1150));
    let nation = vec![
        bold(SMALL, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        bold(BODY, "Độc lập - Tự do - Hạnh phúc"),
        rule(1000),
    ];
    let number = vec![
        center(SMALL, "Số:          /……………").spaced(6, 0),
        center(12, "V/v rà soát, sửa số liệu báo cáo"),
    ];
    let day = Paragraph::new(BODY, Align::Center)
        .and("……………, ngày …… tháng …… năm ………", false, true)
        .spaced(6, 0);
    Grid {
        widths: vec![3515, WIDTH - 3515],
        rows: vec![vec![office, nation], vec![number, vec![day]]],
        ruled: false,
    }
}

/// The lines of the office that writes, in capitals; open where none is named.
fn office(from: Option<&str>) -> Vec<String> {
    let Some(from) = from.filter(|from| !from.trim().is_empty()) else {
        return vec![OPEN.to_owned()];
    };
    let mut lines = Vec::new();
    for line in from.split('|').map(str::trim) {
        let folded = fold(line);
        let body = ["ubnd ", "ủy ban nhân dân ", "uỷ ban nhân dân "]
            .iter()
            .find(|body| folded.starts_with(**body));
        match body {
            Some(body) => {
                lines.push("ỦY BAN NHÂN DÂN".to_owned());
                let name = line.chars().skip(body.chars().count()).collect::<String>();
                lines.push(name.to_uppercase());
            }
            None => lines.push(line.to_uppercase()),
        }
    }
    lines
}

/// The foot of the letter: who receives it, and room for who signs it.
fn foot() -> Grid {
    let small = |text: &str| Paragraph::text(11, Align::Left, text);
    let receivers = vec![
        Paragraph::new(12, Align::Left).and("Nơi nhận:", true, true),
        small("- Như trên;"),
        small("- Lưu: VT, ………"),
    ];
    let open = || Paragraph::bold(BODY, Align::Center, OPEN);
    let mut signer = vec![open()];
    signer.extend((0..5).map(|_| Paragraph::new(BODY, Align::Center)));
    signer.push(open());
    let half = WIDTH / 2;
    Grid { widths: vec![half, WIDTH - half], rows: vec![vec![receivers, signer]], ruled: false }
}
