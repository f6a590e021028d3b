//! How each command ends and how it is called: the ends of `--help` and of the man pages.

use std::fmt::Write as _;

use soatbieu::lang::{Lang, Words};

/// What is to be known of a command besides its options.
#[derive(Debug)]
pub(crate) struct Guide {
    /// The words that name it; none for the program.
    command: &'static [&'static str],
    /// When the program ends with status 0, 1 and 2.
    ends: &'static [(u8, Words)],
    /// Calls, and what they are for.
    examples: &'static [(&'static str, Words)],
}

/// The guide of a command; `help` and its like have none.
pub(crate) fn of(command: &[&str]) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.command == command)
}

pub(crate) const EXAMPLES: Words = Words { vi: "Ví dụ", en: "Examples" };
pub(crate) const EXIT_STATUS: Words = Words { vi: "Mã thoát", en: "Exit status" };

impl Guide {
    /// The end of the help.
    pub(super) fn help(&self, lang: Lang) -> String {
        let mut text = format!("{}:\n", EXAMPLES.get(lang));
        for (call, purpose) in self.examples {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {call}\n      {}", purpose.get(lang));
        }
        let _ = writeln!(text, "\n{}:", EXIT_STATUS.get(lang));
        for (status, when) in self.ends(lang) {
            let _ = writeln!(text, "  {status}  {when}");
        }
        text
    }

    /// The statuses and when they are given.
    pub(super) fn ends(&self, lang: Lang) -> impl Iterator<Item = (u8, &'static str)> {
        let known = self.ends.iter().map(move |(status, when)| (*status, when.get(lang)));
        known.chain([(130, STOPPED.get(lang))])
    }

    /// The calls and what they are for.
    pub(super) fn examples(
        &self,
        lang: Lang,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.examples.iter().map(move |(call, purpose)| (*call, purpose.get(lang)))
    }
}

const fn words(vi: &'static str, en: &'static str) -> Words {
    Words { vi, en }
}

const STOPPED: Words = words("bị dừng giữa chừng (Ctrl-C)", "it was stopped (Ctrl-C)");
const DONE: Words = words("đã làm xong", "done");
const FAILED: Words = words(
    "có việc không làm được: sai tham số, tệp không đọc được, kết quả không ghi được",
    "something could not be done: wrong arguments, a file that cannot be read, an output that cannot be written",
);
const UNDECIDED: Words =
    words("còn điều phải xem xét, quyết định", "something is left for a person to decide");
const DECIDED: Words = words("không còn gì phải quyết định", "nothing is left to decide");

const GUIDES: &[Guide] = &[
    Guide {
        command: &[],
        ends: &[
            (0, words("không còn gì phải làm", "nothing is left to do")),
            (1, words("có điều phải xem xét, quyết định", "something is left for a person")),
            (2, FAILED),
        ],
        examples: &[
            (
                "soatbieu bieu.xlsx",
                words(
                    "làm trọn việc với một tệp (lệnh process)",
                    "the whole job on a file (`process`)",
                ),
            ),
            ("soatbieu check --help", words("trợ giúp của một lệnh", "the help of a command")),
        ],
    },
    Guide {
        command: &["process"],
        ends: &[(0, DECIDED), (1, UNDECIDED), (2, FAILED)],
        examples: &[
            (
                "soatbieu process bieu.xlsx",
                words(
                    "báo cáo, bản đã sửa, phụ lục cạnh tệp gốc",
                    "report, corrected copy and appendix beside the file",
                ),
            ),
            (
                "soatbieu process bieu-cac-xa --out ket-qua",
                words(
                    "mọi tệp trong thư mục, kết quả ghi vào thư mục khác",
                    "every file of a folder, the outputs in another",
                ),
            ),
        ],
    },
    Guide {
        command: &["check"],
        ends: &[
            (0, words("không có lỗi", "no errors")),
            (1, words("có lỗi", "errors were found")),
            (2, FAILED),
        ],
        examples: &[
            ("soatbieu check bieu.xlsx", words("soát một tệp", "check a file")),
            (
                "soatbieu check bieu-cac-xa --units danh-sach.txt",
                words(
                    "soát cả thư mục, nêu đơn vị chưa gửi",
                    "check a folder and tell who has not sent",
                ),
            ),
            (
                "soatbieu check bieu.xlsx --explain-table",
                words("xem chương trình hiểu bảng thế nào", "see how the table was understood"),
            ),
            (
                "soatbieu check bieu.xlsx --format json",
                words("kết quả cho chương trình khác", "results for scripts"),
            ),
        ],
    },
    Guide {
        command: &["fix"],
        ends: &[(0, DECIDED), (1, UNDECIDED), (2, FAILED)],
        examples: &[
            (
                "soatbieu fix bieu.xlsx --diff",
                words("xem những gì sẽ thay đổi", "see what would change"),
            ),
            (
                "soatbieu fix bieu.xlsx -o bieu-da-sua.xlsx",
                words("ghi bản đã sửa", "write the corrected copy"),
            ),
            (
                "soatbieu fix bieu.xlsx --accept Q13=2,35",
                words("sửa thêm một ô theo quyết định của mình", "decide a cell as well"),
            ),
        ],
    },
    Guide {
        command: &["appendix"],
        ends: &[
            (0, DONE),
            (1, words("bảng còn lỗi nên không lập", "refused: the table has errors")),
            (2, FAILED),
        ],
        examples: &[
            (
                "soatbieu appendix bieu.xlsx -o phu-luc.pdf",
                words("phụ lục để in, để ký", "an appendix to print and sign"),
            ),
            (
                "soatbieu appendix bieu.xlsx -o phu-luc.xlsx --mode phu-luc",
                words(
                    "phụ lục kèm văn bản, không có phần chữ ký",
                    "an appendix to a document, without signatures",
                ),
            ),
        ],
    },
    Guide {
        command: &["remarks"],
        ends: &[
            (0, words("không có gì phải gửi lại", "nothing goes back")),
            (1, words("có đơn vị phải sửa", "some unit has something to mend")),
            (2, FAILED),
        ],
        examples: &[(
            "soatbieu remarks bieu-cac-xa --out nhan-xet --units danh-sach.txt --deadline 5/12/2026",
            words(
                "công văn và bản đánh dấu cho từng đơn vị",
                "a letter and a marked copy for each unit",
            ),
        )],
    },
    Guide {
        command: &["compare"],
        ends: &[
            (
                0,
                words(
                    "đã sửa đủ, không có thay đổi khác",
                    "all is mended and nothing else changed",
                ),
            ),
            (
                1,
                words(
                    "còn điểm chưa sửa, có thay đổi khác, hoặc đơn vị chưa gửi lại",
                    "something is not mended, changed besides, or not sent again",
                ),
            ),
            (2, FAILED),
        ],
        examples: &[
            (
                "soatbieu compare lan-1.xlsx lan-2.xlsx",
                words("một đơn vị gửi lại đã sửa những gì", "what a unit mended"),
            ),
            (
                "soatbieu compare lan-1 lan-2 -o so-sanh.html",
                words(
                    "hai thư mục, kết quả ghi thêm thành trang",
                    "two folders, with the results as a page as well",
                ),
            ),
        ],
    },
    Guide {
        command: &["allocate"],
        ends: &[
            (0, DONE),
            (1, words("còn điều phải quyết định", "something is left to decide")),
            (2, FAILED),
        ],
        examples: &[(
            "soatbieu allocate chi-tieu.txt bieu.xlsx -o du-thao.xlsx",
            words("dự thảo phân bổ cho các thôn", "a draft for the villages"),
        )],
    },
    Guide {
        command: &["merge"],
        ends: &[
            (0, words("đã gộp mọi đơn vị", "every unit is merged")),
            (1, words("không gộp, hoặc có đơn vị để lại", "refused, or units were left out")),
            (2, FAILED),
        ],
        examples: &[
            (
                "soatbieu merge bieu-cac-xa -o tong-hop.xlsx",
                words("mỗi đơn vị một dòng", "a row for each unit"),
            ),
            (
                "soatbieu merge bieu-cac-xa --units danh-sach.txt --leave-out missing -o tong-hop.xlsx",
                words(
                    "theo danh sách, đơn vị chưa gửi thì để lại",
                    "by a list, without the units that have not sent",
                ),
            ),
        ],
    },
    Guide {
        command: &["explain"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[(
            "soatbieu explain R101",
            words("quy tắc R101 kiểm tra gì, vì sao", "what rule R101 checks, and why"),
        )],
    },
    Guide {
        command: &["rules"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[(
            "soatbieu rules",
            words("mọi quy tắc, mỗi quy tắc một dòng", "all rules, a line each"),
        )],
    },
    Guide {
        command: &["forms"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[
            ("soatbieu forms", words("các biểu mẫu có sẵn", "the forms it knows")),
            ("soatbieu forms poverty-target-allocation", words("in một biểu mẫu", "print a form")),
            (
                "soatbieu forms new bieu.xlsx -o bieu-mau.toml",
                words("lập biểu mẫu từ một bảng", "draft a form from a table"),
            ),
        ],
    },
    Guide {
        command: &["forms", "new"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[
            (
                "soatbieu forms new bieu.xlsx -o bieu-mau.toml",
                words("lập biểu mẫu, để sửa tiếp", "draft a form, to be edited"),
            ),
            (
                "soatbieu check bieu.xlsx --form bieu-mau.toml",
                words("rồi soát theo biểu mẫu ấy", "then check by it"),
            ),
        ],
    },
    Guide {
        command: &["page"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[
            (
                "soatbieu page",
                words("mở trang soát biểu trong trình duyệt", "open the page in the browser"),
            ),
            (
                "soatbieu page -o soatbieu.html",
                words(
                    "ghi trang ra tệp, để chép sang máy khác",
                    "write it to a file for another machine",
                ),
            ),
        ],
    },
    Guide {
        command: &["completions"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[(
            "soatbieu completions bash",
            words("in tập lệnh cho bash", "print the script for bash"),
        )],
    },
    Guide {
        command: &["man"],
        ends: &[(0, DONE), (2, FAILED)],
        examples: &[
            (
                "soatbieu man -o man/vi/man1",
                words("ghi các trang tiếng Việt", "write the pages in Vietnamese"),
            ),
            (
                "soatbieu man --lang en -o man/man1",
                words("ghi các trang tiếng Anh", "write the pages in English"),
            ),
        ],
    },
];

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::{Arguments, line};

    /// The paths of a command's names, `worker` and the like left out.
    fn paths(command: &clap::Command, above: &[String]) -> Vec<Vec<String>> {
        let below = command.get_subcommands().filter(|below| !below.is_hide_set());
        let below = below.flat_map(|below| {
            let path: Vec<String> =
                above.iter().cloned().chain([below.get_name().to_owned()]).collect();
            paths(below, &path)
        });
        std::iter::once(above.to_vec()).chain(below).collect()
    }

    #[test]
    fn every_command_has_a_guide_whose_examples_are_understood() {
        for path in paths(&Arguments::command(), &[]) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let guide = of(&path).unwrap_or_else(|| panic!("{path:?} has no guide"));
            assert!(guide.ends.iter().any(|(status, _)| *status == 0), "{path:?}");
            for (call, _) in guide.examples.iter().filter(|(call, _)| !call.contains("--help")) {
                let words = call.split(' ').map(Into::into).collect();
                assert!(line::read(words).is_ok(), "{call}");
            }
        }
    }
}
