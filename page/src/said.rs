//! What goes out as text.

use serde::Serialize;
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::{Lang, Text};
use soatbieu::table::Table;

/// Data as JSON.
pub(crate) fn json(data: &impl Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

#[derive(Serialize)]
struct Told<'a> {
    code: &'static str,
    message: &'a str,
    help: &'a str,
}

/// A failure, with advice for somebody who has the page and no command line.
pub(crate) fn failure(failure: &Failure, lang: Lang) -> String {
    let own = help(failure.code);
    let help = own.as_ref().unwrap_or(&failure.help);
    json(&Told {
        code: failure.code.as_str(),
        message: failure.message.get(lang),
        help: help.get(lang),
    })
}

/// What is said of a table that was not typeset.
pub(crate) fn not_set(table: &Table, failure: &Failure) -> Text {
    let name = format!("{}!{}", table.sheet, table.range);
    Text::new(
        format!("chưa lập phụ lục cho bảng {name}: {}", failure.message.vi),
        format!("the table {name} was not typeset: {}", failure.message.en),
    )
}

/// What to do where the program's advice speaks of its options; `None` where it does not.
fn help(code: Code) -> Option<Text> {
    let (vi, en) = match code {
        Code::TooLarge => (
            "trang này chỉ đọc tệp vừa phải; tệp lớn hơn xin dùng chương trình soatbieu",
            "the page reads files of moderate size; for larger ones use the program soatbieu",
        ),
        Code::CannotCorrect => (
            "xem lại địa chỉ ô và số; nếu nhiều ô phải sửa cùng lúc thì ghi các ô ấy trong một lần",
            "look at the cell and the figure again; cells that must change together are decided together",
        ),
        Code::NotClean => (
            "quyết định các lỗi còn lại rồi lập phụ lục",
            "decide the errors that are left, then make the appendix",
        ),
        Code::NoSuchSheet | Code::FormDoesNotFit | Code::BadForm | Code::Unknown => ("", ""),
        _ => return None,
    };
    Some(Text::new(vi, en))
}
