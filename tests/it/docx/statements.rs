//! Sentences against tables.

use soatbieu::checkup::check;
use soatbieu::forms;
use soatbieu::lang::Lang;
use soatbieu::read::Limits;
use soatbieu::recognise::Request;
use soatbieu::statements::{Kind, Statement, Statements, Tables, of};
use soatbieu::{Checkup, check_workbook};

use super::document::{FIGURES, HEADINGS, plan, plan_of};

fn request() -> Request {
    Request { known: forms::builtin().unwrap(), ..Request::default() }
}

fn checkup(file: &[u8]) -> Checkup {
    check(file, &Limits::default(), &request()).unwrap()
}

fn statements(file: &[u8]) -> Statements {
    checkup(file).statements.unwrap()
}

/// The sentences of a text against the table of the plan.
fn said(sentences: &str) -> Statements {
    statements(&plan_of(&format!("KẾ HOẠCH NĂM 2024\n{sentences}"), FIGURES))
}

fn outcomes(statements: &Statements) -> Vec<(String, Kind)> {
    statements.list.iter().map(|one| (one.written().to_owned(), one.outcome.kind())).collect()
}

/// The figures with a kind of outcome.
fn with(statements: &Statements, kind: Kind) -> Vec<String> {
    let own = statements.list.iter().filter(|one| one.outcome.kind() == kind);
    own.map(|one| one.written().to_owned()).collect()
}

fn derivation(statement: &Statement) -> &str {
    statement.outcome.matched().unwrap().derivation.get(Lang::Vi)
}

#[test]
fn the_sentences_of_the_plan_are_held_against_its_table() {
    let told = statements(&plan());
    let agreeing = ["3.022", "11.898", "11", "0,36", "82", "2,71", "02", "0,07", "16", "0,53"];
    assert_eq!(with(&told, Kind::Agrees), agreeing);
    let contradictions: Vec<&Statement> = told.contradictions().collect();
    assert_eq!(contradictions.len(), 1, "{contradictions:?}");
    let wrong = contradictions[0];
    assert_eq!((wrong.written(), wrong.unit.as_str()), ("0,63", "%"));
    assert_eq!(derivation(wrong), "0,63 ≠ 0,07 + 0,53 = 0,60; (2 + 16) × 100 / 3.022 = 0,60");
    let cells: Vec<String> =
        wrong.outcome.matched().unwrap().cells.iter().map(ToString::to_string).collect();
    assert_eq!(cells, ["J10", "L10"]);
    assert_eq!(told.list.len(), 19);
}

/// A text with a digit of one of its figures changed: the figure's place, then the text.
fn mutations(text: &str, figure: &str, at: usize) -> Vec<(String, String)> {
    let mut changed = Vec::new();
    for (index, digit) in figure.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        for other in '0'..='9' {
            let mut written = figure.to_owned();
            written.replace_range(index..=index, &other.to_string());
            let value = |text: &str| text.replace('.', "").trim_start_matches('0').to_owned();
            if other == digit || value(&written) == value(figure) || written.starts_with("0.") {
                continue;
            }
            let mut whole = text.to_owned();
            whole.replace_range(at..at + figure.len(), &written);
            changed.push((written, whole));
        }
    }
    changed
}

#[test]
fn every_agreeing_figure_changed_by_one_digit_is_seen_and_nothing_beside() {
    let checked = checkup(&plan());
    let forms = forms::builtin().unwrap();
    let forms: Vec<_> = forms.iter().collect();
    let prose = &checked.workbook.prose;
    let of_prose = |prose: &[String]| of(prose, Tables::Here(&checked.tables), &forms);
    let base = of_prose(prose);
    let mut tried = 0;
    for statement in base.list.iter().filter(|one| one.outcome.kind() == Kind::Agrees) {
        let paragraph = statement.paragraph - 1;
        let at = prose[paragraph].find(&statement.text).unwrap() + statement.figure.start;
        for (written, whole) in mutations(&prose[paragraph], statement.written(), at) {
            let mut changed = prose.clone();
            changed[paragraph] = whole;
            let told = of_prose(&changed);
            // The last figure of the text contradicts the table anyhow.
            let others = told.contradictions().filter(|one| *one != told.list.last().unwrap());
            let seen: Vec<&str> = others.map(Statement::written).collect();
            assert_eq!(seen, [written.as_str()], "{} → {written}", statement.text);
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

/// The plan's sentences with the figures of a table: what is true of it.
fn sentences_of(total: &[&str]) -> String {
    let figure = |at: usize| total.get(at).copied().unwrap_or_default();
    let [households, people, poor, poor_rate, near] = [0, 1, 2, 3, 4].map(figure);
    let [near_rate, less, less_rate, fewer, fewer_rate] = [5, 6, 7, 8, 9].map(figure);
    format!(
        "KẾ HOẠCH GIẢM NGHÈO NĂM 2024
I. Thực trạng đầu năm 2024
- Tổng số hộ dân: {households} hộ, {people} khẩu.
- Tổng số hộ nghèo: {poor} hộ, chiếm tỷ lệ {poor_rate}% tổng số hộ dân.
- Tổng số hộ cận nghèo: {near} hộ ({near_rate}%).
II. Mục tiêu
- Phấn đấu giảm {less} hộ nghèo, mức giảm tỷ lệ hộ nghèo đạt {less_rate}%; giảm {fewer} hộ cận nghèo, mức giảm tỷ lệ hộ cận nghèo đạt {fewer_rate}%."
    )
}

/// Tables of made-up places: counts drawn by a plain generator, everything else worked out.
fn places(count: u32) -> Vec<(String, Vec<String>)> {
    let mut seed = 7_u32;
    let mut draw = |from: u32, to: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        from + (seed >> 8) % (to - from)
    };
    let rate = |part: u32, whole: u32| {
        let hundredths = (20_000 * part + whole) / (2 * whole);
        format!("{},{:02}", hundredths / 100, hundredths % 100)
    };
    let grouped = |number: u32| {
        if number < 1000 {
            number.to_string()
        } else {
            format!("{}.{:03}", number / 1000, number % 1000)
        }
    };
    let figures = |counts: [u32; 6]| -> Vec<String> {
        let [n, people, poor, near, less, fewer] = counts;
        let (poor_end, near_end) = (poor - less, near - fewer);
        let mut row = vec![grouped(n), grouped(people)];
        for part in [poor, near, less, fewer, poor_end, near_end] {
            row.extend([part.to_string(), rate(part, n)]);
        }
        row
    };
    (0..count)
        .map(|place| {
            let (mut rows, mut total) = (Vec::new(), [0; 6]);
            for village in 1..=draw(3, 8) {
                let n = draw(200, 700);
                let (poor, near) = (draw(0, 9), draw(1, 20));
                let counts =
                    [n, n * 4 + draw(0, 90), poor, near, draw(0, poor + 1), draw(0, near + 1)];
                total.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                let figures = figures(counts).join("\t");
                rows.push(format!("{village}\tThôn {place}.{village}\t{figures}\n"));
            }
            let total = figures(total);
            (format!("{}\tTổng cộng\t{}", rows.concat(), total.join("\t")), total)
        })
        .collect()
}

#[test]
fn a_plan_agrees_with_its_own_table_and_is_silent_beside_those_of_other_places() {
    let forms = forms::builtin().unwrap();
    let forms: Vec<_> = forms.iter().collect();
    let places = places(24);
    let title = "BẢNG PHÂN BỔ CHỈ TIÊU NĂM 2024\n";
    let tables: Vec<Checkup> = places
        .iter()
        .map(|(rows, _)| {
            let flat = HEADINGS.replace("\t>", "\t").replace('^', "");
            let sheet = format!("{title}{flat}{rows}");
            check_workbook(soatbieu::workbook::Workbook::from_text("B", &sheet), &request())
                .unwrap()
        })
        .collect();
    let mut crossed = 0;
    for (plan, (_, total)) in places.iter().enumerate() {
        let total: Vec<&str> = total.iter().map(String::as_str).collect();
        let prose: Vec<String> = sentences_of(&total).lines().map(ToOwned::to_owned).collect();
        for (table, checkup) in tables.iter().enumerate() {
            let told = of(&prose, Tables::Elsewhere(&checkup.tables, "b.xlsx"), &forms);
            if plan == table {
                assert_eq!(told.count(Kind::Agrees), 10, "{plan}: {:?}", outcomes(&told));
            }
            assert_eq!(told.count(Kind::Contradicts), 0, "{plan} × {table}: {told:?}");
            crossed += told.list.len();
        }
    }
    assert!(crossed > 5_000, "{crossed}");
}

/// What is told of each figure of some lines of a plan: `=`, `≠` or `·`.
fn signs(sentences: &str) -> String {
    let told = said(sentences);
    let sign = |statement: &Statement| match statement.outcome.kind() {
        Kind::Agrees => '=',
        Kind::Contradicts => '≠',
        Kind::NotMatched => '·',
    };
    told.list.iter().map(sign).collect()
}

#[test]
fn sentences_are_understood_however_they_are_put() {
    for (text, expected) in [
        (
            "Đầu năm 2024 xã có 11 hộ nghèo, chiếm tỷ lệ 0,36%; 82 hộ cận nghèo, chiếm 2,71% tổng số hộ dân.",
            "====",
        ),
        ("Số hộ nghèo đầu năm là 11 hộ (0,36%), số hộ cận nghèo đầu năm là 82 hộ (2,71%).", "===="),
        ("Cuối năm 2024, số hộ nghèo còn 09 hộ; hộ cận nghèo còn 66 hộ, tỷ lệ 2,18%.", "==="),
        ("Trong năm 2024 giảm 2 hộ nghèo và 16 hộ cận nghèo.", "=="),
        ("Tại thôn Tây Nam 2: đầu năm có 05 hộ nghèo, 15 hộ cận nghèo.", "=="),
        ("Tổng số hộ nghèo và hộ cận nghèo đầu năm 2024 là 93 hộ, tỷ lệ 3,08%.", "=="),
        ("a) Hộ cận nghèo:\n- Đầu năm: 82 hộ; cuối năm: 67 hộ.", "=≠"),
        (
            "Chỉ tiêu giảm hộ cận nghèo:\n- Thôn Đông Nam: 1 hộ\n- Thôn Đông Bắc: 2 hộ\n- Thôn Tây Bắc 1: 6 hộ\n- Tổng số hộ dân đầu năm: 3.022 hộ",
            "==≠=",
        ),
        ("Tổng số hộ dân: 3.022 hộ. Tỷ lệ hộ nghèo đầu năm 0.36%, hộ cận nghèo 2,7%.", "==="),
        ("TỔNG SỐ HỘ NGHÈO ĐẦU NĂM: 11 HỘ. Tỉ lệ hộ nghèo đầu năm: 0,4%.", "=="),
    ] {
        // The households of the table show that it is the text's own.
        let text = format!("- Tổng số hộ dân đầu năm: 3.022 hộ, 11.898 khẩu.\n{text}");
        assert_eq!(signs(&text), format!("=={expected}"), "{text}");
    }
}

#[test]
fn what_a_sentence_does_not_say_for_certain_is_not_matched() {
    for text in [
        // Another year, place, part, measure; not exact; no row; no time.
        "Cuối năm 2023, xã có 15 hộ nghèo, tỷ lệ 0,50%.",
        "Năm 2023, toàn xã giảm 12 hộ nghèo.",
        "Giai đoạn 2021-2025 giảm 30 hộ nghèo.",
        "Toàn huyện Vạn Ninh đầu năm có 512 hộ nghèo, tỷ lệ 1,36%.",
        "Xã Vạn Thọ đầu năm có 25 hộ nghèo.",
        "Đầu năm có 3 hộ nghèo là người dân tộc thiểu số, 2 hộ cận nghèo.",
        "Đối với đồng bào dân tộc thiểu số:\n- Hộ nghèo đầu năm: 3 hộ.",
        "3.2. Hộ nghèo dân tộc thiểu số\n- Hộ nghèo đầu năm: 3 hộ.",
        "Đầu năm có hơn 10 hộ nghèo; khoảng 80 hộ cận nghèo; từ 70 đến 80 hộ cận nghèo.",
        "Giảm ít nhất 3 hộ nghèo; giảm 10-15 hộ cận nghèo; giảm 3 hộ nghèo trở lên.",
        "Hộ nghèo giảm 18,18%, hộ cận nghèo giảm 19,5%.",
        "Tỷ lệ giảm hộ nghèo 18,18% so với đầu năm.",
        "Bình quân mỗi năm giảm 3 hộ nghèo.",
        "Hỗ trợ 5 hộ nghèo xây nhà. Vận động 20 hộ nghèo tham gia.",
        "Xã có 12 hộ nghèo.",
        "Thôn Tây Nam 9 đầu năm có 4 hộ nghèo.",
        "Giảm hộ nghèo, còn 4 hộ.",
        "Cuối năm 2024 có 3.100 hộ dân.",
        "Số hộ thoát nghèo: 03 hộ; tái nghèo: 2 hộ.",
        "Hộ nghèo đầu năm chiếm 12% tổng số hộ cận nghèo.",
        "100% hộ nghèo được cấp thẻ bảo hiểm y tế.",
    ] {
        let text = format!("- Tổng số hộ dân đầu năm: 3.022 hộ, 11.898 khẩu.\n{text}");
        let told = signs(&text);
        assert!(told.starts_with("==") && !told[2..].contains(['=', '≠']), "{text}: {told}");
    }
}

#[test]
fn a_contradiction_without_company_is_not_told() {
    // Nothing else of the text is in the table.
    assert_eq!(signs("- Tổng số hộ nghèo đầu năm: 12 hộ."), "·");
    // One small figure agrees by chance, the others do not.
    assert_eq!(signs("- Giảm 2 hộ nghèo, 19 hộ cận nghèo."), "=·");
    assert_eq!(
        signs(
            "- Tổng số hộ dân đầu năm: 4.022 hộ, 12.898 khẩu.\n- Đầu năm: 11 hộ nghèo, 90 hộ cận nghèo."
        ),
        "··=·"
    );
}

#[test]
fn a_wrong_cell_is_no_measure_and_is_named() {
    let told = said(
        "- Tổng số hộ dân: 3.022 hộ.\n- Tỷ lệ hộ nghèo cuối năm: 0,30%.\n- Tỷ lệ hộ nghèo cuối năm 2024 là 0,29%.",
    );
    assert_eq!(with(&told, Kind::Agrees), ["3.022", "0,30", "0,29"]);
    assert!(derivation(&told.list[1]).contains("ô N10 ghi 0,29 là sai"), "{told:?}");
}

#[test]
fn a_form_declares_its_vocabulary_and_others_have_none() {
    let form = |text: &str| forms::parse(text);
    let base = "id = 'x'\nname = {vi='a',en='b'}\n[[column]]\nlabel='1'\nkind='count'\n";
    let unknown = form(&format!("{base}says=[{{object='hộ'}}]")).unwrap_err();
    assert!(unknown.message.en.contains("vocabulary"), "{}", unknown.message.en);
    let words = "[[vocabulary.object]]\nname='trẻ em'\nphrases=['trẻ em']\n[[vocabulary.unit]]\nname='em'\nphrases=['em']\n";
    let unnamed = form(&format!("{base}says=[{{object='hộ',unit='em'}}]\n{words}")).unwrap_err();
    assert!(unnamed.message.vi.contains("`hộ`"), "{}", unnamed.message.vi);
    assert!(form(&format!("{base}says=[{{object='trẻ em',unit='em'}}]\n{words}")).is_ok());
    let other = "id = 'x'\nname = {vi='a',en='b'}\nvocabulary-of='poverty-target-allocation'\n[[column]]\nlabel='1'\nkind='count'\nsays=[{object='hộ nghèo',unit='hộ'}]";
    assert!(form(other).unwrap().vocabulary.is_some());
    assert!(form(&other.replace("poverty-target-allocation", "y")).is_err());
    for form in forms::builtin().unwrap() {
        let says = form.columns.iter().any(|column| !column.says.is_empty());
        assert!(says && form.vocabulary.is_some(), "{}", form.id);
    }
}

#[test]
fn a_column_whose_heading_says_something_else_is_not_what_the_form_says() {
    // The form's labels over a table about near-poor households in place of the poor.
    let headings = HEADINGS.replace("hộ nghèo", "hộ cận nghèo");
    let parts = [
        super::document::paragraphs(
            "KẾ HOẠCH NĂM 2024\n- Tổng số hộ dân: 3.022 hộ, 11.898 khẩu.\n- Tổng số hộ nghèo đầu năm: 12 hộ.",
        ),
        super::document::table(&format!("{headings}{FIGURES}")),
    ];
    let told = statements(&super::document::docx(&parts.concat()));
    assert_eq!(told.count(Kind::Contradicts), 0);
    assert_eq!(with(&told, Kind::Agrees), [""; 0]);
}

#[test]
fn the_page_shows_the_sentences_and_offers_no_copy() {
    let (limits, request) = (Limits::default(), request());
    let mut checker = soatbieu::screen::Checker::new(&limits, &request);
    let mut desk = soatbieu::desk::Desk::open("ke-hoach.docx", plan(), &mut checker).unwrap();
    let view = serde_json::to_value(desk.view(Lang::Vi).unwrap()).unwrap();
    assert_eq!((&view["document"], &view["contradictions"]), (&true.into(), &1.into()));
    let markup = view["statements"].as_str().unwrap();
    assert!(markup.contains("<mark class=\"contradicts\">0,63</mark>%."), "{markup}");
    let refused = desk.copy(soatbieu::output::Marks::Full, Lang::Vi).unwrap_err();
    assert_eq!(refused.code.as_str(), "E302");
    // What a sentence holds is text on the page.
    let sentence = "- Tổng số hộ dân <b>đầu năm</b>: 3.022 hộ.";
    let mut desk =
        soatbieu::desk::Desk::open("a.docx", plan_of(sentence, FIGURES), &mut checker).unwrap();
    let view = serde_json::to_value(desk.view(Lang::Vi).unwrap()).unwrap();
    assert!(view["statements"].as_str().unwrap().contains("&lt;b&gt;"));
}
