//! What of a document becomes sheets and prose.

use soatbieu::read::{Content, Limits, sniff, workbook};
use soatbieu::workbook::{Address, FileFormat, Range, Sheet, Value, Workbook};

use super::document::{docx, letterhead, named, paragraph, paragraphs, plan, runs, table};

fn book(body: &str) -> Workbook {
    workbook(&docx(body), &Limits::default()).unwrap()
}

/// The texts of a sheet, row by row.
fn texts(sheet: &Sheet) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    sheet.cells().iter().map(|(at, cell)| format!("{at}={}", text(&cell.value))).collect()
}

fn range(text: &str) -> Range {
    let (start, end) = text.split_once(':').unwrap();
    Range { start: start.parse().unwrap(), end: end.parse().unwrap() }
}

#[test]
fn a_document_is_told_by_its_parts_whatever_they_are_named() {
    let body = table("a\tb\n1\t2");
    for main in ["word/document.xml", "word/document2.xml", "/word/document.xml"] {
        let file = named(main, &body);
        assert_eq!(sniff(&file), Content::Workbook(FileFormat::Docx), "{main}");
        assert_eq!(workbook(&file, &Limits::default()).unwrap().sheets.len(), 1, "{main}");
    }
}

#[test]
fn cells_stand_on_the_sheet_as_in_the_table() {
    let book = book(&table("TT\tHộ\t>\n^\tnghèo\tcận\n1\t3\t4"));
    let sheet = &book.sheets[0];
    assert_eq!(sheet.name, "Bảng 1");
    assert_eq!(texts(sheet), ["A1=TT", "B1=Hộ", "B2=nghèo", "C2=cận", "A3=1", "B3=3", "C3=4"]);
    assert_eq!(*sheet.merges, [range("A1:A2"), range("B1:C1")]);
}

#[test]
fn every_way_to_cut_a_figure_gives_the_figure() {
    let cell = |inner: &str| format!("<w:tc>{inner}</w:tc>");
    let figure = |inner: &str| cell(&format!("<w:p>{inner}</w:p>"));
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let ways = [
        figure(&runs("3.022", 1)),
        figure(&format!("{}<w:proofErr w:type=\"x\"/><w:ins>{}</w:ins>", run("3.0"), run("22"))),
        figure(&format!(
            "{}<w:del><w:r><w:delText>9</w:delText></w:r></w:del>{}",
            run("3."),
            run("022")
        )),
        figure(&format!(
            "<w:moveFrom>{}</w:moveFrom><w:moveTo>{}</w:moveTo>",
            run("7"),
            run("3.022")
        )),
        figure(&format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>=SUM(ABOVE)</w:instrText></w:r>\
             <w:r><w:t>=1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}\
             <w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
            run("3.022")
        )),
        figure(&format!("<w:fldSimple w:instr=\"=SUM(ABOVE)\">{}</w:fldSimple>", run("3.022"))),
        figure(&format!(
            "<w:sdt><w:sdtPr><w:alias w:val=\"x\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
            run("3.022")
        )),
        cell(&format!("<w:sdt><w:sdtContent><w:p>{}</w:p></w:sdtContent></w:sdt>", run("3.022"))),
        format!("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", figure(&run("3.022"))),
        figure(&format!("<w:r><w:rPr><w:vanish/></w:rPr><w:t>5</w:t></w:r>{}", run("3.022"))),
        figure(&format!(
            "<mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>",
            run("3.022"),
            run("3.022")
        )),
        cell(&format!(
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p><w:p>{}</w:p>",
            run("3.0"),
            run("22")
        )),
        figure("<w:r><w:t>3</w:t><w:t>.022</w:t></w:r>"),
        figure(&format!("<w:smartTag><w:customXml>{}</w:customXml></w:smartTag>", run(" 3.022 "))),
        figure("<w:r><w:t>3&#46;022</w:t></w:r>"),
    ];
    for way in ways {
        let body = format!("<w:tbl><w:tr>{way}</w:tr></w:tbl>");
        assert_eq!(texts(&book(&body).sheets[0]), ["A1=3.022"], "{way}");
    }
}

#[test]
fn what_the_page_does_not_show_is_left_out() {
    let row = |properties: &str, figure: &str| {
        format!(
            "<w:tr><w:trPr>{properties}</w:trPr><w:tc><w:p>{}</w:p></w:tc></w:tr>",
            runs(figure, 9)
        )
    };
    let placeholder = "<w:tr><w:tc><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Nhập số</w:t></w:r></w:p></w:sdtContent></w:sdt></w:tc></w:tr>";
    let body = format!(
        "<w:tbl>{}{}{placeholder}{}</w:tbl>",
        row("<w:del/>", "1"),
        row("", "2"),
        row("<w:hidden/>", "3")
    );
    let book = book(&body);
    assert_eq!(texts(&book.sheets[0]), ["A1=2", "A3=3"]);
    assert_eq!(book.sheets[0].hidden_rows, [2]);
}

#[test]
fn rows_that_begin_further_right_and_cells_merged_the_old_way_stand_in_their_columns() {
    let body = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr>\
                <w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr><w:tc><w:p><w:r><w:t>3</w:t></w:r></w:p></w:tc></w:tr>\
                <w:tr><w:tc><w:tcPr><w:hMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>4</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:hMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>";
    let book = book(body);
    assert_eq!(texts(&book.sheets[0]), ["A1=1", "B1=2", "B2=3", "A3=4"]);
    assert_eq!(*book.sheets[0].merges, [range("A3:B3")]);
}

#[test]
fn tables_that_lay_out_text_are_no_sheets_and_tables_inside_them_are() {
    let inner = table("Thôn\tSố hộ\nĐông\t5");
    let frame = format!(
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Khung</w:t></w:r></w:p>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    );
    let book = book(&(letterhead() + &frame));
    let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Bảng 1"]);
    assert_eq!(book.sheets[0].value(Address::new(1, 1)), &Value::Text("5".to_owned()));
    assert!(book.prose.contains(&"Khung".to_owned()), "{:?}", book.prose);
}

#[test]
fn text_boxes_are_prose_once_and_an_open_field_code_swallows_nothing() {
    let shape = "<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:txbxContent></wps:txbx></mc:Choice>\
                 <mc:Fallback><v:textbox><w:txbxContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r></w:p>";
    let open = "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:t>mất</w:t></w:r></w:p>";
    let book = book(&format!("{shape}{open}{}{}", paragraph("Còn đây."), table("a\n1")));
    assert_eq!(book.prose, ["Trong khung", "Còn đây."]);
}

#[test]
fn the_lines_around_a_table_go_with_it_and_sentences_do_not() {
    let file = workbook(&plan(), &Limits::default()).unwrap();
    let sheet = &file.sheets[0];
    assert_eq!(sheet.above.len(), 2, "{:?}", sheet.above);
    assert!(sheet.above[0].starts_with("BẢNG PHÂN BỔ"));
    let last = texts(sheet).pop().unwrap();
    assert!(last.ends_with("=Trần Duy Khoang"), "{last}");
    let two = book(
        &[
            paragraphs("I. Kết quả\nĐây là một câu dài không phải tên của bảng nào cả, chỉ là lời văn.\nBảng thứ nhất"),
            table("Thôn\tHộ\nĐông\t5"),
            paragraphs("Ghi chú: số liệu ước tính.\nLời văn tiếp theo.\nBảng thứ hai\nĐơn vị tính: hộ"),
            table("Thôn\tHộ\nTây\t6"),
        ]
        .concat(),
    );
    assert_eq!(two.sheets[0].above, ["Bảng thứ nhất"]);
    assert_eq!(two.sheets[1].above.last().unwrap(), "Đơn vị tính: hộ");
    assert!(two.sheets[1].above.contains(&"Bảng thứ hai".to_owned()));
}
