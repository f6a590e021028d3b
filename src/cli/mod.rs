//! The command line: nouns first, so that the commands stay small.

pub(crate) mod allocate;
pub(crate) mod appendix;
mod batch;
pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod desktop;
pub(crate) mod fix;
mod fonts;
mod guide;
mod help;
mod interrupt;
mod limits;
pub(crate) mod line;
pub(crate) mod merge;
pub(crate) mod packaging;
pub(crate) mod process;
pub(crate) mod remarks;
mod screen;
mod session;
mod standard;
mod visible;
pub(crate) mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Lang;

pub(crate) use session::Session;

/// Soát biểu: kiểm tra, sửa và trình bày các bảng số liệu cấp xã / checks, corrects and typesets the
/// tables that Vietnamese communes submit
#[derive(Debug, Parser)]
#[command(name = "soatbieu", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The words it was read from, for a worker to read again.
    #[arg(skip)]
    pub(crate) words: Vec<std::ffi::OsString>,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// Ngôn ngữ của kết quả / language of the output
    #[arg(long, global = true, value_enum, default_value_t = Lang::Vi)]
    pub(crate) lang: Lang,
    /// Dạng kết quả / how results are printed
    #[arg(long, global = true, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) format: OutputFormat,
    /// Biểu mẫu: mã có sẵn hoặc tệp .toml (mặc định: tự nhận dạng) / form id or file
    #[arg(long, global = true, value_name = "ID|FILE.toml")]
    pub(crate) form: Option<String>,
    /// Chỉ soát trang tính này / only this sheet
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Chỉ báo các quy tắc này, ví dụ R1,R201 / only findings of these rules
    #[arg(long, global = true, value_name = "CODES", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Không báo các quy tắc này / no findings of these rules
    #[arg(long, global = true, value_name = "CODES", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Chỉ soát theo công thức in trên biểu, biểu mẫu và công thức trong ô, không suy ra cách tính từ
    /// số liệu và tiêu đề / check by printed, form and cell formulas only, infer nothing
    #[arg(long, global = true)]
    pub(crate) printed_rules_only: bool,
    /// Không in gì ngoài lỗi chương trình; chỉ trả mã thoát / print nothing but failures
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Màu / colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Ghi đè tệp kết quả đã có / replace existing outputs
    #[arg(long, global = true)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) bounds: worker::Bounds,
    #[command(flatten)]
    pub(crate) limits: limits::LimitOptions,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people.
    #[value(help = "chữ, cho người đọc / text, for people")]
    Text,
    /// For scripts.
    #[value(help = "cho chương trình khác / for scripts")]
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[value(
        help = "có màu khi in ra màn hình dòng lệnh, trừ khi đặt NO_COLOR / on a terminal, unless NO_COLOR is set"
    )]
    Auto,
    /// Always.
    #[value(help = "luôn có màu / always")]
    Always,
    /// Never.
    #[value(help = "không bao giờ / never")]
    Never,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Làm trọn việc: soát, báo cáo, bản đã sửa, phụ lục / check, report, correct, typeset
    Process(Process),
    /// Soát tệp hoặc thư mục, không thay đổi gì / check files and folders
    Check(Check),
    /// Ghi bản đã sửa / write the corrected copy
    Fix(Fix),
    /// Lập phụ lục để ký / write the appendix sheet
    Appendix(Appendix),
    /// Lập công văn và bản đánh dấu gửi lại từng đơn vị có điều phải sửa / letters and marked copies
    /// for each unit
    Remarks(Remarks),
    /// So sánh hai lần gửi: điểm đã đề nghị, đã sửa, và thay đổi khác / compare two submissions
    Compare(Compare),
    /// Dự thảo phân bổ chỉ tiêu được giao cho các thôn / draft the allocation of targets to villages
    Allocate(Allocate),
    /// Gộp biểu của nhiều đơn vị thành một biểu / merge the tables of many units
    Merge(Merge),
    /// Giải thích một quy tắc / a rule's page
    Explain {
        /// Mã hoặc tên quy tắc, ví dụ R101 / a rule's code or name, such as R101
        code: String,
    },
    /// Liệt kê các quy tắc / list the rules
    Rules,
    /// Liệt kê biểu mẫu, in một biểu mẫu, hoặc lập biểu mẫu mới / list the forms, print or draft one
    Forms(Forms),
    /// Mở trang soát biểu trong trình duyệt, hoặc ghi trang ra tệp / open the page, or write it
    Page(Page),
    /// In tập lệnh tự hoàn thành (phím Tab) cho shell / print shell completions
    Completions {
        /// Tên shell / the shell
        shell: clap_complete::Shell,
    },
    /// In trang hướng dẫn (man), hoặc ghi trang của mọi lệnh / print or write man pages
    Man {
        /// Ghi trang của mọi lệnh vào thư mục này / write the pages of all commands into this folder
        #[arg(short, long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

impl Command {
    /// Refuses JSON where a command has none to give.
    pub(crate) fn refuse_json(&self, wanted: bool) -> Result<(), Failure> {
        let speaks = matches!(
            self,
            Self::Process(_)
                | Self::Check(_)
                | Self::Fix(_)
                | Self::Appendix(_)
                | Self::Merge(_)
                | Self::Remarks(_)
                | Self::Compare(_)
        );
        if speaks || !wanted {
            return Ok(());
        }
        Err(Failure::new(
            Code::Unknown,
            "lệnh này không có kết quả dạng JSON nên không dùng được `--format json`",
            "this command has no results as JSON, so `--format json` cannot be used",
        )
        .with_help(
            "bỏ `--format json`; các lệnh có kết quả JSON: check, process, fix, appendix, remarks, compare, merge",
            "leave `--format json` out; check, process, fix, appendix, remarks, compare and merge have results as JSON",
        ))
    }
}

/// `soatbieu page`
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Page {
    /// Ghi trang ra tệp này, không mở / write the page here instead of opening it
    #[arg(short, long, value_name = "OUT.html")]
    pub(crate) out: Option<PathBuf>,
}

/// `soatbieu forms`
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Forms {
    /// Mã biểu mẫu / a form's id
    pub(crate) id: Option<String>,
    #[command(subcommand)]
    pub(crate) action: Option<FormsAction>,
}

/// What else is done with forms.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum FormsAction {
    /// Lập biểu mẫu TOML từ một bảng có sẵn, để sửa tiếp / draft a form from a workbook's table
    New(NewForm),
}

/// `soatbieu forms new`
#[derive(Debug, Clone, Args)]
pub(crate) struct NewForm {
    /// Tệp Excel có bảng; `-` đọc từ đầu vào chuẩn / a workbook; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Tệp biểu mẫu (mặc định: in ra màn hình) / the form; printed where none is named
    #[arg(short, long, value_name = "OUT.toml")]
    pub(crate) out: Option<PathBuf>,
}

/// `soatbieu process`
#[derive(Debug, Clone, Args)]
pub(crate) struct Process {
    /// Tệp hoặc thư mục cần xử lý; `-` đọc từ đầu vào chuẩn / files or folders; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Thư mục ghi kết quả (mặc định: cạnh tệp gốc) / folder for the outputs
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Loại tệp của bản sửa, thay cho loại của tệp gốc / the kind of file the copy is, in place of
    /// the source's own
    #[arg(long = "as", value_name = "xlsx")]
    pub(crate) copy_as: Option<CopyAs>,
    #[command(flatten)]
    pub(crate) layout: Layout,
    #[command(flatten)]
    pub(crate) several: Several,
    #[command(flatten)]
    pub(crate) fonts: Fonts,
    /// Ngày soát để ghi vào báo cáo, ví dụ 5/2/2024 (mặc định: không ghi) / day of the check for the
    /// report
    #[arg(long, value_name = "D/M/YYYY", value_parser = day)]
    pub(crate) checked_on: Option<soatbieu::appendix::Day>,
    #[command(flatten)]
    pub(crate) run: batch::Options,
}

/// A kind of file that a copy may be whatever the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CopyAs {
    /// Written anew as .xlsx.
    #[value(help = "ghi lại thành .xlsx / written anew as .xlsx")]
    Xlsx,
}

/// `soatbieu check`
#[derive(Debug, Clone, Args)]
pub(crate) struct Check {
    /// Tệp hoặc thư mục; `-` đọc từ đầu vào chuẩn / files or folders; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// In cách chương trình hiểu từng bảng / print how each table was understood
    #[arg(long)]
    pub(crate) explain_table: bool,
    /// Đối chiếu câu văn của văn bản Word với bảng trong tệp này / compare a document's sentences with
    /// the tables of this file
    #[arg(long, value_name = "FILE.xlsx")]
    pub(crate) table: Option<PathBuf>,
    /// Liệt kê mọi số trong câu văn, cả số khớp và số không đối chiếu kèm lý do / list all figures of a
    /// document's sentences, with the reason where one was not compared
    #[arg(long)]
    pub(crate) all_statements: bool,
    #[command(flatten)]
    pub(crate) run: batch::Options,
}

/// `soatbieu fix`
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Fix {
    /// Tệp hoặc thư mục cần sửa; `-` đọc từ đầu vào chuẩn / files or folders; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Tệp kết quả, hoặc thư mục khi sửa nhiều tệp (mặc định: TÊN.da-sua.ĐUÔI cạnh tệp gốc) / the
    /// corrected copy; a folder for several files
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    /// Loại tệp của bản sửa, thay cho loại của tệp gốc / the kind of file the copy is, in place of
    /// the source's own
    #[arg(long = "as", value_name = "xlsx")]
    pub(crate) copy_as: Option<CopyAs>,
    /// Áp dụng cả các sửa đổi mức đề xuất / also apply suggested corrections
    #[arg(long)]
    pub(crate) suggested: bool,
    /// Quyết định của người dùng, ví dụ Q13=2,35 hoặc "'PB 2024'!Q13=2,35"; lặp lại được / a person's
    /// decision, with the sheet where several tables have the cell
    #[arg(long, value_name = "CELL=VALUE")]
    pub(crate) accept: Vec<String>,
    /// Chỉ in những gì sẽ thay đổi / write nothing, print what would change
    #[arg(long)]
    pub(crate) diff: bool,
    /// Chỉ sửa số, không tô màu, ghi chú hay thêm trang / correct the figures and nothing else
    #[arg(long, conflicts_with = "marks_only")]
    pub(crate) plain: bool,
    /// Chỉ tô màu và ghi chú, không sửa số / mark the cells without changing a figure
    #[arg(long)]
    pub(crate) marks_only: bool,
    #[command(flatten)]
    pub(crate) run: batch::Options,
}

/// `soatbieu appendix`
#[derive(Debug, Clone, Args)]
pub(crate) struct Appendix {
    /// Tệp Excel có bảng; `-` đọc từ đầu vào chuẩn / a workbook; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Tệp phụ lục: .xlsx, hoặc .pdf để in, để ký số / the appendix: .xlsx, or .pdf to print and sign
    #[arg(short, long, value_name = "OUT.xlsx|OUT.pdf")]
    pub(crate) out: PathBuf,
    /// Lập cả khi bảng còn lỗi, giữ nguyên số / even from a table with errors, as it stands
    #[arg(long)]
    pub(crate) as_is: bool,
    #[command(flatten)]
    pub(crate) layout: Layout,
    #[command(flatten)]
    pub(crate) several: Several,
    #[command(flatten)]
    pub(crate) fonts: Fonts,
}

/// How several tables of a workbook are written.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Several {
    /// Nhiều bảng: mỗi bảng một tệp (mặc định: chung một tệp) / a file for each table
    #[arg(long)]
    pub(crate) each: bool,
}

/// What PDF files are set in.
#[derive(Debug, Clone, Args)]
pub(crate) struct Fonts {
    /// Phông của tệp PDF: system (Times New Roman của máy) hoặc tệp .ttf, lặp lại cho kiểu đậm, nghiêng
    /// (mặc định: phông kèm theo) / fonts of PDF files: Times New Roman of the system, or files, once
    /// for each style
    #[arg(long, value_name = "system|FILE.ttf")]
    pub(crate) font: Vec<PathBuf>,
}

/// `soatbieu remarks`
#[derive(Debug, Clone, Args)]
pub(crate) struct Remarks {
    /// Thư mục hoặc các tệp của các đơn vị / folders or files of the units
    #[arg(required = true, value_name = "FOLDER|FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// Thư mục ghi công văn, bản đánh dấu và trang tình hình / folder for letters, copies and the page
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Thời hạn gửi lại, ví dụ 5/12/2026 hoặc 2026-12-05 / until when units should answer
    #[arg(long, value_name = "D/M/YYYY|YYYY-MM-DD", value_parser = day)]
    pub(crate) deadline: Option<soatbieu::appendix::Day>,
    /// Cơ quan gửi công văn; xuống dòng bằng dấu | / the office that writes
    #[arg(long, value_name = "TEXT")]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) run: batch::Options,
}

/// `soatbieu compare`
#[derive(Debug, Clone, Args)]
pub(crate) struct Compare {
    /// Tệp hoặc thư mục lần trước / the first submission
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// Tệp hoặc thư mục lần này / the second submission
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// Ghi thêm kết quả thành trang HTML / write the results as a page as well
    #[arg(short, long, value_name = "OUT.html")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) names: batch::Names,
}

/// `soatbieu allocate`
#[derive(Debug, Clone, Args)]
pub(crate) struct Allocate {
    /// Chỉ tiêu được giao: tệp .txt, .csv hoặc Excel, mỗi dòng đơn vị, nhãn cột, số / the targets: a
    /// .txt, .csv or workbook, a line for unit, label of the column, figure
    #[arg(value_name = "TARGETS")]
    pub(crate) targets: PathBuf,
    /// Tệp Excel có biểu của đơn vị, đã có số đầu kỳ của các thôn / the unit's table
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    /// Tệp dự thảo phân bổ / the draft of the allocation
    #[arg(short, long, value_name = "OUT.xlsx")]
    pub(crate) out: PathBuf,
    /// Số do người lập ấn định: mỗi dòng thôn, nhãn cột, số / figures of villages that are fixed
    #[arg(long, value_name = "LIST")]
    pub(crate) fixed: Option<PathBuf>,
    /// Trọng số: mỗi dòng thôn, (nhãn cột,) trọng số; mặc định theo số đang có / weights of villages
    #[arg(long, value_name = "LIST")]
    pub(crate) weights: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) layout: Layout,
}

/// `soatbieu merge`
#[derive(Debug, Clone, Args)]
pub(crate) struct Merge {
    /// Thư mục hoặc các tệp Excel, mỗi đơn vị một bảng / a folder, or workbooks
    #[arg(required = true, value_name = "FOLDER|FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// Tệp biểu gộp / the merged table
    #[arg(short, long, value_name = "OUT.xlsx")]
    pub(crate) out: PathBuf,
    /// Các dòng của biểu gộp / rows of the merged table
    #[arg(long, value_enum, default_value_t)]
    pub(crate) rows: soatbieu::merge::Rows,
    #[command(flatten)]
    pub(crate) names: batch::Names,
    /// Thứ tự các đơn vị / order of units
    #[arg(long, value_enum, default_value_t)]
    pub(crate) order: soatbieu::merge::Order,
    /// Nhóm có dòng cộng: folder (thư mục), area (thành thị, nông thôn), hoặc tên một cột của danh sách
    /// đơn vị / groups with sums: by folder, by area (towns, countryside) or by a column of the list
    #[arg(long, value_name = "folder|area|COLUMN")]
    pub(crate) group: Option<soatbieu::merge::Group>,
    /// Chỉ gộp bảng của năm này / only tables about this year
    #[arg(long, value_name = "YYYY")]
    pub(crate) year: Option<i32>,
    /// Cho phép bỏ ra ngoài, ví dụ unclean,doubled; không nêu thì gặp là dừng / what may be left out,
    /// such as unclean,doubled; without it the merge is refused
    #[arg(long, value_enum, value_name = "KINDS", value_delimiter = ',')]
    pub(crate) leave_out: Vec<soatbieu::merge::Kind>,
    /// Tiêu đề cột đơn vị (mặc định: Đơn vị) / heading of the column of units
    #[arg(long, value_name = "TEXT")]
    pub(crate) unit_heading: Option<String>,
    #[command(flatten)]
    pub(crate) layout: Layout,
}

/// What the appendix says besides the table; the workbook's own words where none are given.
#[derive(Debug, Clone, Args)]
pub(crate) struct Layout {
    /// Thể thức của phụ lục / what the sheet is for
    #[arg(long, value_enum, default_value_t = soatbieu::appendix::Mode::Ky)]
    pub(crate) mode: soatbieu::appendix::Mode,
    /// Tên bảng / title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Dòng “Kèm theo …” / reference line
    #[arg(long, value_name = "TEXT")]
    pub(crate) reference: Option<String>,
    /// Cơ quan ký, ví dụ “TM. ỦY BAN NHÂN DÂN” / signing authority
    #[arg(long, value_name = "TEXT")]
    pub(crate) authority: Option<String>,
    /// Chức vụ người ký; xuống dòng bằng dấu | / title of the signer
    #[arg(long, value_name = "TEXT")]
    pub(crate) signer_title: Option<String>,
    /// Họ tên người ký / name of the signer
    #[arg(long, value_name = "TEXT")]
    pub(crate) signer: Option<String>,
    /// Họ tên người lập biểu, ký bên trái / name of who drew up the table
    #[arg(long, value_name = "TEXT")]
    pub(crate) preparer: Option<String>,
    /// Họ tên kế toán trưởng, ký ở giữa / name of the chief accountant
    #[arg(long, value_name = "TEXT")]
    pub(crate) accountant: Option<String>,
    /// Người khác cùng ký, “CHỨC VỤ|Họ tên”; lặp lại được / others who sign
    #[arg(long, value_name = "TITLE|NAME")]
    pub(crate) cosigner: Vec<String>,
    /// Nơi nhận; các dòng cách nhau bằng dấu | / who receives the sheet
    #[arg(long, value_name = "TEXT|TEXT")]
    pub(crate) recipients: Option<String>,
    /// Địa danh trước ngày tháng / place before the date
    #[arg(long, value_name = "TEXT")]
    pub(crate) place: Option<String>,
    /// Ngày ký, ví dụ 5/2/2024 / day of the sheet
    #[arg(long, value_name = "D/M/YYYY", value_parser = day)]
    pub(crate) date: Option<soatbieu::appendix::Day>,
}

/// Reads a day; what is wrong is said in both languages.
fn day(text: &str) -> Result<soatbieu::appendix::Day, String> {
    text.parse().map_err(|failure: soatbieu::failure::Failure| {
        format!("{} / {}", failure.message.vi, failure.message.en)
    })
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Nothing left to do.
    Done,
    /// Something is left for a person.
    Findings,
    /// It could not be done.
    Failed,
    /// It was stopped from outside before it was done.
    Stopped,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => Self::SUCCESS,
            Status::Findings => Self::from(1),
            Status::Failed => Self::from(2),
            // What shells give for an interrupt.
            Status::Stopped => Self::from(130),
        }
    }
}
