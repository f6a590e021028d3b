//! What is said of sentences, in both languages.

use crate::both;
use crate::lang::Text;

pub(super) fn no_table() -> Text {
    both!(
        "văn bản không có bảng số liệu để đối chiếu",
        "the document holds no table to compare with"
    )
}

pub(super) fn no_vocabulary() -> Text {
    both!(
        "không bảng nào theo biểu mẫu có khai báo từ vựng câu văn",
        "no table is of a form that declares a vocabulary for sentences"
    )
}

pub(super) fn other_unit() -> Text {
    both!("bảng là của đơn vị khác với văn bản", "the table is of another unit than the document")
}

pub(super) fn loose() -> Text {
    both!(
        "số không nêu chính xác (hơn, gần, khoảng, từ … đến …)",
        "the figure is not given exactly (more than, about, a range)"
    )
}

pub(super) fn strange(words: &[&str]) -> Text {
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(word) {
            once.push(word);
        }
    }
    let words = once.into_iter().take(5).collect::<Vec<_>>().join(" ");
    both!(
        "câu có từ không thuộc bảng: {words}",
        "the sentence has words the table does not explain: {words}"
    )
}

pub(super) fn of_others() -> Text {
    both!(
        "mục này nói về một bộ phận riêng, không phải toàn bộ số của bảng",
        "the section is about a part of what the table counts"
    )
}

pub(super) fn no_object() -> Text {
    both!("không rõ số nói về đại lượng nào", "what the figure counts is not clear")
}

pub(super) fn no_column() -> Text {
    both!("bảng không có cột như vậy", "the table has no such column")
}

pub(super) fn no_row() -> Text {
    both!("không rõ dòng nào của bảng", "which row of the table is meant is not clear")
}

pub(super) fn other_year() -> Text {
    both!(
        "câu nói về năm khác, hoặc bảng không ghi năm",
        "another year is meant, or the table names none"
    )
}

pub(super) fn two_times() -> Text {
    both!(
        "không rõ đầu năm hay cuối năm",
        "whether the beginning or the end of the year is meant is not clear"
    )
}

pub(super) fn several(cells: &[String]) -> Text {
    let cells = cells.join(", ");
    both!("có thể là một trong các ô {cells}", "it may be one of the cells {cells}")
}

pub(super) fn not_a_figure(cell: &str) -> Text {
    both!("ô {cell} không phải là số", "the cell {cell} holds no figure")
}

pub(super) fn in_doubt(cell: &str) -> Text {
    both!(
        "ô {cell} đang có lỗi chưa rõ số đúng, sửa bảng trước",
        "the cell {cell} is in error and its right figure not known: mend the table first"
    )
}

pub(super) fn alone(derivation: &Text) -> Text {
    let (vi, en) = (&derivation.vi, &derivation.en);
    Text::new(
        format!("khác bảng ({vi}) nhưng bên cạnh không có số nào khớp bảng nên không kết luận"),
        format!(
            "it differs ({en}), but no figure beside it agrees with the table, so nothing is concluded"
        ),
    )
}

pub(super) fn mostly_other(derivation: &Text) -> Text {
    let (vi, en) = (&derivation.vi, &derivation.en);
    Text::new(
        format!(
            "khác bảng ({vi}) nhưng quá ít số của văn bản khớp bảng: có thể bảng là của nơi khác hoặc năm khác"
        ),
        format!(
            "it differs ({en}), but too few figures of the document agree with the table, which may be another place's or year's"
        ),
    )
}

pub(super) fn wrong_cell(cell: &str, written: &str, right: &str) -> Text {
    both!(
        "; ô {cell} ghi {written} là sai, số đúng là {right}",
        "; the cell {cell} says {written}, which is wrong, the right figure is {right}"
    )
}

pub(super) fn twin(figure: &str, cell: &str, column: &str) -> Text {
    both!(
        "; {figure} là số của ô {cell} ({column})",
        "; {figure} is the figure of {cell} ({column})"
    )
}
