//! Words of the sentences in which plans and reports give their figures.

/// Words that part nothing: they say how a figure is given, not what it counts.
pub(crate) const IDLE: &str = "tổng số là có đạt với và của các trong trên địa bàn về theo do được tại này đó cụ thể như sau gồm \
    chiếm tỷ lệ mức toàn năm ubnd tính tương ứng bằng ở thì kết quả hiện tình hình thực trạng còn lại đến tới vào từ thời điểm số liệu tổng cộng cộng";

/// Words that may stand between a figure and one that says more of the same thing.
pub(crate) const CONTINUES: &[&str] = &[
    "tỷ", "lệ", "chiếm", "với", "và", "tương", "ứng", "là", "bằng", "đạt", "mức", "số", "tổng",
    "có", "được", "trong", "năm", "thôn", "hộ", "khẩu", "nhân",
];

/// Words before a number that make it no exact figure.
pub(crate) const LOOSE: &[&str] = &[
    "hơn", "gần", "khoảng", "trên", "dưới", "ước", "từ", "đến", "tới", "quá", "thiểu", "nhất",
    "đa", "độ", "chừng", "ngót", "xấp",
];

/// Words before a number that make it a name: `thôn 5`, `quý 2`.
pub(crate) const NAMING: &[&str] = &[
    "tháng", "ngày", "quý", "điều", "khoản", "điểm", "chương", "mục", "biểu", "bảng", "lục", "thứ",
    "khóa", "đoạn", "thôn", "tổ", "khu", "ấp", "bản", "đội", "xóm", "phố", "số",
];
