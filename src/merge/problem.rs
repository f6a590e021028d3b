//! What keeps a table out of the merge. Nothing is left out unless it is asked for: without that
//! the merge is refused, and all there is to say is said at once.

use crate::failure::{Code, Failure};
use crate::lang::{Lang, Text};
use crate::say;
use crate::table::{INDEX_ROW, Table};

/// The kinds of problems, by which they can be left out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A file that cannot be read.
    #[cfg_attr(feature = "cli", value(help = "tệp không đọc được / a file that cannot be read"))]
    Unreadable,
    /// A file without a table, or without one of the form asked for.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "tệp không có bảng, hoặc không có bảng của biểu mẫu đã nêu / a file without a table, or without one of the form asked for"
        )
    )]
    NoTable,
    /// Tables of another form or with other columns than most.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "bảng khác biểu hoặc khác cột với phần lớn các bảng / tables of another form or with other columns than most"
        )
    )]
    Different,
    /// A table whose total row cannot be told.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "bảng không xác định được dòng tổng / a table whose total row cannot be told"
        )
    )]
    NoTotal,
    /// A file whose tables are all about other years than the one wanted.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "tệp chỉ có bảng của năm khác / a file whose tables are all about other years"
        )
    )]
    OtherYear,
    /// A file whose only table stands on a hidden sheet.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "tệp chỉ có bảng ở trang tính bị ẩn / a file whose only table stands on a hidden sheet"
        )
    )]
    Hidden,
    /// Several tables of one unit: none of them is taken.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "đơn vị có nhiều bảng: không lấy bảng nào / several tables of one unit: none of them is taken"
        )
    )]
    Doubled,
    /// A table with errors.
    #[cfg_attr(feature = "cli", value(help = "bảng còn lỗi / a table with errors"))]
    Unclean,
    /// A unit that is not on the list.
    #[cfg_attr(
        feature = "cli",
        value(help = "đơn vị không có trong danh sách / a unit that is not on the list")
    )]
    Unlisted,
    /// A unit of the list without a table.
    #[cfg_attr(
        feature = "cli",
        value(help = "đơn vị trong danh sách chưa có bảng / a unit of the list without a table")
    )]
    Missing,
}

impl Kind {
    /// The kind as the command line names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NoTable => "no-table",
            Self::Different => "different",
            Self::NoTotal => "no-total",
            Self::OtherYear => "other-year",
            Self::Hidden => "hidden",
            Self::Doubled => "doubled",
            Self::Unclean => "unclean",
            Self::Unlisted => "unlisted",
            Self::Missing => "missing",
        }
    }

    /// The options of the command line that settle it; empty where none does.
    pub(super) const fn options(self) -> &'static str {
        match self {
            Self::Hidden => "--sheet",
            Self::Doubled => "--year, --sheet",
            _ => "",
        }
    }

    /// The kind in words.
    #[must_use]
    pub fn words(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            Self::Unreadable => ("không đọc được", "unreadable"),
            Self::NoTable => ("không có biểu", "no table"),
            Self::Different => ("khác biểu", "different table"),
            Self::NoTotal => ("không rõ dòng tổng", "no total"),
            Self::OtherYear => ("năm khác", "another year"),
            Self::Hidden => ("trang tính ẩn", "hidden sheet"),
            Self::Doubled => ("trùng đơn vị", "doubled unit"),
            Self::Unclean => ("còn lỗi", "unclean"),
            Self::Unlisted => ("ngoài danh sách", "not on the list"),
            Self::Missing => ("còn thiếu", "missing"),
        };
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }
}

/// A file, and the place in it that holds the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Spot {
    /// The file as it was named.
    pub file: String,
    /// The sheet; `None` where the file as a whole is meant.
    pub sheet: Option<String>,
    /// The table's cells (`A4:P14`): a sheet may hold several tables.
    pub range: Option<String>,
}

impl Spot {
    pub(super) fn file(file: &str) -> Self {
        Self { file: file.to_owned(), sheet: None, range: None }
    }

    pub(super) fn table(file: &str, table: &Table) -> Self {
        let (sheet, range) = (Some(table.sheet.clone()), Some(table.range.to_string()));
        Self { file: file.to_owned(), sheet, range }
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "{} › {sheet}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub kind: Kind,
    /// The unit concerned, where it is known.
    pub unit: Option<String>,
    /// The tables concerned.
    pub spots: Vec<Spot>,
    /// What it is, without a full stop.
    pub why: Text,
    /// True where the merge goes on without these tables.
    pub left_out: bool,
}

/// Files named in a message before it says that there are more; the notes and the JSON have all.
const NAMED: usize = 20;

impl Problem {
    pub(super) fn new(kind: Kind, spots: Vec<Spot>, why: Text) -> Self {
        Self { kind, unit: None, spots, why, left_out: false }
    }

    pub(super) fn of_unit(kind: Kind, unit: &str, spots: Vec<Spot>, why: Text) -> Self {
        Self { unit: Some(unit.to_owned()), ..Self::new(kind, spots, why) }
    }

    /// A file that gave no checked table at all.
    pub(super) fn unread(file: &str, failure: &Failure) -> Self {
        let kind = match failure.code {
            Code::NoTable | Code::NoSuchSheet | Code::FormDoesNotFit => Kind::NoTable,
            Code::TwoTotals => Kind::NoTotal,
            _ => Kind::Unreadable,
        };
        let spot = Spot::file(file);
        Self::new(kind, vec![spot], failure.message.clone())
    }

    /// A file whose tables are all of other forms than the one asked for.
    pub(super) fn no_such_form(file: &str, form: Option<&str>) -> Self {
        let form = form.unwrap_or(INDEX_ROW);
        let spot = Spot::file(file);
        let why = Text::new(
            format!("không có bảng nào theo biểu mẫu `{form}`"),
            format!("holds no table of the form `{form}`"),
        );
        Self::new(Kind::NoTable, vec![spot], why)
    }

    /// A file without a table of the year wanted.
    pub(super) fn other_year(file: &str, year: Option<i32>) -> Self {
        let year = year.map_or_else(String::new, |year| year.to_string());
        let why = Text::new(
            format!("không có bảng nào của năm {year}"),
            format!("holds no table of the year {year}"),
        );
        Self::new(Kind::OtherYear, vec![Spot::file(file)], why)
    }

    /// A file of which nobody sees the table.
    pub(super) fn hidden(spot: Spot) -> Self {
        let sheet = spot.sheet.clone().unwrap_or_default();
        let why = Text::new(
            format!("bảng duy nhất nằm ở trang tính đang ẩn `{sheet}`; hãy hiện trang tính đó"),
            format!("its only table is on the hidden sheet `{sheet}`; show that sheet"),
        );
        Self::new(Kind::Hidden, vec![spot], why)
    }

    /// The problem in one line, without a full stop.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let why = self.why.get(lang);
        let mut text = match &self.unit {
            Some(unit) => format!("{unit}: {why}"),
            None => why.to_owned(),
        };
        let named: Vec<String> = self.spots.iter().take(NAMED).map(ToString::to_string).collect();
        if !named.is_empty() {
            text = format!("{text} ({})", named.join("; "));
        }
        let more = self.spots.len().saturating_sub(NAMED);
        if more > 0 {
            text.push_str(&say!(lang, " và {more} bảng khác", " and {more} more", more = more));
        }
        text
    }
}
