//! What must hold in a table, where it comes from and what the figures say to it.

use crate::common;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, explain, json};
use soatbieu::workbook::Workbook;
use soatbieu::{Checkup, forms};

const TABLE: &str = "Chỉ tiêu\tTổng\tNam\tNữ\tCòn\tTỷ lệ\nA\t1=2+3\t2\t3\t4=3-2\t5=2/1\nĐông\t10\t4\t6\t2\t40\nTây\t20\t5\t15\t10\t25\nNam\t30\t6\t23\t17\t20\nTổng cộng\t60\t15\t44\t29\t25\n";

fn checked(text: &str, form: Option<&str>) -> Checkup {
    let form = form.map(|toml| forms::parse(toml).unwrap());
    let request = Request { form, ..common::request() };
    soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request).unwrap()
}

/// The relations of the only table as JSON, a line each.
fn relations(text: &str, form: Option<&str>) -> Vec<String> {
    let report = FileReport { path: "a.xlsx".to_owned(), outcome: Ok(checked(text, form)) };
    let json: serde_json::Value = serde_json::from_str(&json::render(&[report], Lang::Vi)).unwrap();
    let listed = &json["files"][0]["tables"][0]["relations"];
    listed.as_array().unwrap().iter().map(ToString::to_string).collect()
}

fn line(rest: &str, source: &str, fits: usize, of: usize) -> String {
    let whole =
        format!("{{{rest},\"source\":\"{source}\",\"fits\":{fits},\"of\":{of},\"bits\":null}}");
    serde_json::from_str::<serde_json::Value>(&whole).unwrap().to_string()
}

#[test]
fn each_relation_tells_its_source_and_how_many_cells_fit() {
    // 60 of 59 people: one row and the total contradict the sum of men and women.
    let expected = [
        line(
            r#""text":"1=2+3","axis":"column","kind":"sum","target":"1","terms":["2","3"]"#,
            "printed",
            2,
            4,
        ),
        line(
            r#""text":"4=3-2","axis":"column","kind":"difference","target":"4","terms":["3","2"]"#,
            "printed",
            4,
            4,
        ),
        line(
            r#""text":"5=2/1","axis":"column","kind":"ratio","target":"5","terms":["2","1"]"#,
            "printed",
            4,
            4,
        ),
        line(
            r#""text":"Tổng cộng = Σ","axis":"row","kind":"sum","target":"6","terms":["3","4","5"]"#,
            "printed",
            4,
            4,
        ),
    ];
    assert_eq!(relations(TABLE, None), expected);
}

#[test]
fn what_a_form_states_is_told_from_what_is_printed() {
    let form = r#"
id = "x"
name = { vi = "X", en = "X" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "count", formula = "1-2" },
  { label = "4", kind = "count", formula = "1-3" },
]
bound = [{ relation = "2<=1", kind = "part" }]
"#;
    let text = "Thôn\tSố hộ\tNghèo\tCòn\tNhư cũ\nA\t1\t2\t3=1-2\t4\nĐông\t10\t4\t6\t4\nTây\t20\t5\t15\t5\n";
    let expected = [
        line(
            r#""text":"3=1-2","axis":"column","kind":"difference","target":"3","terms":["1","2"]"#,
            "both",
            2,
            2,
        ),
        line(
            r#""text":"4=1-3","axis":"column","kind":"difference","target":"4","terms":["1","3"]"#,
            "form",
            2,
            2,
        ),
        line(
            r#""text":"2<=1","axis":"column","kind":"bound","target":"2","terms":["1"]"#,
            "form",
            2,
            2,
        ),
    ];
    assert_eq!(relations(text, Some(form)), expected);
    let told = explain::render(&checked(text, Some(form)), Lang::Vi);
    for part in [
        "3=1-2 (in trên biểu và theo biểu mẫu; khớp 2/2 ô)",
        "4=1-3 (theo biểu mẫu; khớp 2/2 ô)",
        "2<=1 (theo biểu mẫu; khớp 2/2 ô)",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[test]
fn a_formula_that_is_set_aside_counts_what_it_was_contradicted_by() {
    let text = "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1+2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\nBắc\t8\t0\t8\n";
    let expected = line(
        r#""text":"3=1+2","axis":"column","kind":"sum","target":"3","terms":["1","2"]"#,
        "printed",
        1,
        4,
    );
    assert_eq!(relations(text, None), [expected]);
}
