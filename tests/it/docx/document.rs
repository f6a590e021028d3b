//! Documents made by code.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

/// The namespaces that Word declares, as far as the tests use them.
const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" xmlns:v=\"urn:schemas-microsoft-com:vml\"";

/// A package from its parts.
pub(crate) fn package<S: AsRef<str>, B: AsRef<[u8]>>(parts: &[(S, B)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name.as_ref(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A document from the XML of its body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    named("word/document.xml", body)
}

/// A document whose main part has a name of its own.
pub(crate) fn named(main: &str, body: &str) -> Vec<u8> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    package(&[
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                "<Relationships><Relationship Id=\"a\" Type=\"{kind}\" Target=\"{main}\"/></Relationships>"
            ),
        ),
        (main, format!("<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>")),
    ])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Runs of a text, cut every few characters, as Word cuts them.
pub(crate) fn runs(text: &str, length: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    let run = |part: &[char]| {
        let part: String = part.iter().collect();
        format!("<w:r><w:rPr/><w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(&part))
    };
    letters.chunks(length).map(run).collect()
}

/// A paragraph.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr>{}</w:p>", runs(text, 17))
}

/// Paragraphs, one a line.
pub(crate) fn paragraphs(text: &str) -> String {
    text.lines().map(paragraph).collect()
}

/// A table of texts: `>` goes on in the cell at the left, `^` in the cell above.
pub(crate) fn table(text: &str) -> String {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let row = |at: usize| -> String {
        let cells = &rows[at];
        let starts = (0..cells.len()).filter(|column| cells[*column] != ">");
        let cell = |column: usize| {
            let span = cells[column + 1..].iter().take_while(|cell| **cell == ">").count() + 1;
            let below = rows.get(at + 1).is_some_and(|row| row.get(column) == Some(&"^"));
            let merged = match (cells[column], below) {
                ("^", _) => "<w:vMerge/>",
                (_, true) => "<w:vMerge w:val=\"restart\"/>",
                _ => "",
            };
            let text = paragraph(if cells[column] == "^" { "" } else { cells[column] });
            format!("<w:tc><w:tcPr><w:gridSpan w:val=\"{span}\"/>{merged}</w:tcPr>{text}</w:tc>")
        };
        starts.map(cell).collect::<Vec<_>>().concat()
    };
    let rows: Vec<String> = (0..rows.len()).map(row).collect();
    format!("<w:tbl><w:tblPr/><w:tr>{}</w:tr></w:tbl>", rows.join("</w:tr><w:tr>"))
}

/// The headings of the allocation table, in two levels, with its index row.
pub(crate) const HEADINGS: &str = "TT\tThôn\tTổng số hộ dân cư\t>\tTổng số hộ nghèo đầu năm 2024\t>\tTổng số hộ cận nghèo đầu năm 2024\t>\tSố hộ nghèo giảm năm 2024\tMức giảm tỷ lệ hộ nghèo trong năm 2024\tSố hộ cận nghèo giảm năm 2024\tMức giảm tỷ lệ hộ cận nghèo trong năm 2024\tSố hộ nghèo cuối năm 2024\tTỷ lệ hộ nghèo cuối năm 2024\tSố hộ cận nghèo cuối năm 2024\tTỷ lệ hộ cận nghèo cuối năm 2024
^\t^\tSố hộ\tNhân khẩu\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ
A\tB\t1\t2\t3\t4=3/1\t5\t6=5/1\t7\t8=7/1\t9\t10=9/1\t11\t12=11/1\t13\t14=13/1
";

/// The figures of the plan of 2024 as it was issued, two wrong rates among them.
pub(crate) const FIGURES: &str =
    "1\tĐông Nam\t360\t1.433\t0\t0,00\t6\t1,67\t0\t0\t1\t0,28\t0\t0\t5\t1,39
2\tĐông Bắc\t426\t1.639\t3\t0,7\t8\t1,88\t1\t0,23\t2\t0,47\t2\t0,47\t6\t1,41
3\tTây Bắc 1\t485\t1.975\t2\t0,41\t19\t3,92\t1\t0,21\t5\t1,03\t1\t0,21\t14\t2,89
4\tTây Bắc 2\t551\t2.117\t1\t0,18\t14\t2,54\t0\t0\t2\t0,36\t1\t0,18\t12\t2,18
5\tTây Nam 1\t690\t2.794\t0\t0,00\t20\t2,9\t0\t0\t3\t0,43\t0\t0\t17\t2,46
6\tTây Nam 2\t510\t1.940\t5\t0,98\t15\t2,94\t0\t0\t3\t0,59\t5\t0,98\t12\t2,16
\tTổng cộng\t3.022\t11.898\t11\t0,36\t82\t2,71\t2\t0,07\t16\t0,53\t9\t0,29\t66\t2,18";

/// The letterhead, without borders.
pub(crate) fn letterhead() -> String {
    table(
        "ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nXÃ ĐẠI LÃNH\tĐộc lập - Tự do - Hạnh phúc\nSố:      /KH-UBND\tĐại Lãnh, ngày     tháng 02 năm 2024",
    )
}

/// Who receives the plan and who signs it.
pub(crate) fn foot() -> String {
    table(
        "Nơi nhận:\tTM. ỦY BAN NHÂN DÂN\n- Lưu: VT.\tKT. CHỦ TỊCH\n\tPHÓ CHỦ TỊCH\n\tTrần Duy Khoang",
    )
}

/// What the plan says, figures included.
pub(crate) const SENTENCES: &str = "KẾ HOẠCH
Triển khai thực hiện công tác giảm nghèo, an sinh xã hội và Chương trình mục tiêu quốc gia giảm nghèo bền vững năm 2024 trên địa bàn xã Đại Lãnh
Căn cứ Quyết định số 3450/QĐ-UBND ngày 21/11/2023 về kết quả rà soát hộ nghèo, hộ cận nghèo năm 2023;
Căn cứ Kế hoạch số 539/KH-UBND ngày 19/02/2024 của UBND huyện Vạn Ninh.
3. Thực trạng đầu năm 2024
- Tổng số hộ dân trên địa bàn xã: 3.022  hộ, 11.898 khẩu.
- Tổng số hộ nghèo: 11 hộ, 45 khẩu, tỷ lệ: 0,36%.
- Tổng số hộ cận nghèo: 82 hộ, 278 khẩu, tỷ lệ 2,71 %.
- Số hộ thoát nghèo: 03 hộ, 09 khẩu.
- Số hộ thoát nghèo chuyển sang cận nghèo: 09 hộ, 39 khẩu.
- Số hộ thoát cận nghèo: 47 hộ, 129 khẩu.
II. MỤC TIÊU
2. Mục tiêu cụ thể
- Phấn đấu giảm 02 hộ nghèo, mức giảm tỷ lệ hộ nghèo đạt 0,07%; giảm 16 hộ cận nghèo, mức giảm tỷ lệ hộ cận nghèo đạt 0,53%; mức giảm tỷ lệ nghèo đa chiều đạt 0,63%.
3. UBND xã giao chỉ tiêu cho các thôn (có bảng phân bổ chỉ tiêu kèm theo).";

/// The title of the table and what it is attached to.
pub(crate) const TITLE: &str = "BẢNG PHÂN BỔ CHỈ TIÊU GIẢM HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024
(Đính kèm Kế hoạch số:         /KH-UBND ngày           /02/2024 của UBND xã Đại Lãnh)";

/// The whole plan with given sentences and figures.
pub(crate) fn plan_of(sentences: &str, figures: &str) -> Vec<u8> {
    let parts = [
        letterhead(),
        paragraphs(sentences),
        foot(),
        paragraphs(TITLE),
        table(&format!("{HEADINGS}{figures}")),
        paragraph(""),
        foot(),
    ];
    docx(&parts.concat())
}

/// The plan as it was issued.
pub(crate) fn plan() -> Vec<u8> {
    plan_of(SENTENCES, FIGURES)
}
