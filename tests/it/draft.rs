//! A form drawn from a table checks that table as before.

use soatbieu::findings::Checked;
use soatbieu::forms::{self, draft};
use soatbieu::recognise::Request;
use soatbieu::table::{Above, Kind};
use soatbieu::workbook::Workbook;

fn check(text: &str, request: &Request) -> Checked {
    let checkup = soatbieu::check_workbook(Workbook::from_text("Biểu 1", text), request).unwrap();
    checkup.tables.into_iter().next().unwrap()
}

/// The draft of a table, after the table was found to check the same under it, whether the
/// form is asked for or only known.
fn draft_of(text: &str) -> String {
    let before = check(text, &Request::default());
    let toml = draft(&before.table, "Biểu số 1");
    let form =
        forms::parse(&toml).unwrap_or_else(|failure| panic!("{}\n{toml}", failure.message.en));
    for request in [
        Request { form: Some(form.clone()), ..Request::default() },
        Request { known: vec![form], ..Request::default() },
    ] {
        let after = check(text, &request);
        assert_eq!(after.table.form, "bieu-so-1", "{toml}");
        assert_eq!(after.ledger.counts(), before.ledger.counts(), "{toml}");
        assert_eq!(after.findings, before.findings, "{toml}");
    }
    toml
}

#[test]
fn a_draft_checks_its_table_the_same() {
    let toml = draft_of(
        "PHÂN BỔ “CHỈ TIÊU” NĂM 2024\nTT\tThôn\tSố hộ (năm 2024)\tHộ nghèo\t\tGiảm\tCòn\n\t\t\tSố hộ\tTỉ lệ %\t\t\nA\tB\t1\t2\t3=2/1\t4\t5=2-4\n1\tĐông\t510\t12\t2,16\t2\t10\n2\tTây\t690\t17\t2,46\t3\t14\n3\tNam\t360\t5\t1,4\t1\t5\n\tTổng cộng\t1.560\t34\t2,18\t6\t28\n",
    );
    for part in [
        "total = true",
        "formula = \"2/1\"",
        "scale = 100",
        "# các ô in không đều: decimals = 2",
        "\"tỷ lệ\"",
        "formula = \"2-4\"",
    ] {
        assert!(toml.contains(part), "{part}\n{toml}");
    }
    assert!(!toml.contains("words = [\"2024"), "{toml}");
}

#[test]
fn odd_labels_and_constants_are_commented_out() {
    let toml = draft_of(
        "Họ tên\tGiờ\tThêm\tTổng giờ\tNgày công\tGhi\tChênh\nA\t(1)\t(2)\t(3)=(1)+(2)\t(4)=(3)/8\t(2)\t(5)=(2)-(1)\nAn\t160\t8\t168\t21\t8\t-152\nBình\t152\t8\t160\t20\t8\t-144\n",
    );
    assert!(toml.contains("# vẫn soát theo dòng chỉ số: formula"), "{toml}");
    assert!(toml.contains("# nhãn 2 lặp lại"), "{toml}");
    assert!(toml.contains("kind = \"amount\""), "{toml}");
}

#[test]
fn what_a_form_stated_is_kept() {
    for form in forms::builtin().unwrap() {
        let labels: Vec<&str> = form.columns.iter().map(|column| column.label.as_str()).collect();
        let headings: Vec<String> =
            form.columns.iter().map(|c| format!("x {}", c.words.join(" "))).collect();
        let figures: Vec<&str> =
            form.columns.iter().map(|c| if c.kind == Kind::Text { "Xã" } else { "0" }).collect();
        let text =
            format!("{}\n{}\n{}\n", headings.join("\t"), labels.join("\t"), figures.join("\t"));
        let request = Request { form: Some(form.clone()), ..Request::default() };
        let drafted = forms::parse(&draft(&check(&text, &request).table, "x")).unwrap();
        assert_eq!(drafted.across, form.across);
        assert_eq!(drafted.bounds, form.bounds);
        assert_eq!(drafted.layout, form.layout);
        let formulas = |form: &forms::Form| -> Vec<_> {
            form.columns
                .iter()
                .map(|c| (c.label.clone(), c.kind, c.formula.clone(), c.scale))
                .collect()
        };
        assert_eq!(formulas(&drafted), formulas(&form));
    }
}

#[test]
fn hostile_texts_stay_inside_their_line() {
    let text = "Tên \"\"\"\t[[column]]\u{7}\tb'''\nA\t1\t2\nĐông\t1\t2\nTây\t3\t4\n";
    let mut table = check(&text.replace("A\t1\t2\n", "A\t1\t2=1+1\n"), &Request::default()).table;
    table.surroundings.above = Above::new(vec!["a\nid = 'evil'\u{0}".to_owned()], None);
    table.sheet = "x\r\ny".to_owned();
    let form = forms::parse(&draft(&table, "../../Đường dẫn")).unwrap();
    assert_eq!(form.id, "duong-dan");
    assert_eq!(form.name.vi, "a id = 'evil'");
}
