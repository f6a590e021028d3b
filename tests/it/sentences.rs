//! What rules say: each in its own file, in both languages.

use std::fs;
use std::path::Path;

use crate::common::request;
use soatbieu::findings::{Checked, Finding, Verdict, words};
use soatbieu::forms;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::relations::Outcome;
use soatbieu::rules::{ALL, Rule, Severity, reporting};
use soatbieu::workbook::Workbook;

/// The table that breaks a rule, checked.
fn broken(rule: &Rule) -> Checked {
    let forms = rule.example.form.unwrap_or_default().split('\u{c}');
    let known = forms.filter(|toml| !toml.is_empty()).map(|toml| forms::parse(toml).unwrap());
    let mut known: Vec<_> = known.collect();
    let form = if known.len() == 1 { known.pop() } else { None };
    let request = Request { form, known, ..request() };
    let workbook = Workbook::from_text("Biểu", rule.example.wrong);
    soatbieu::check_workbook(workbook, &request).unwrap().tables.swap_remove(0)
}

/// What the rule alone finds in its example, whatever the table is told by in the end.
fn own_finding(rule: &'static Rule, checked: &Checked) -> Finding {
    let any = checked.findings.first().unwrap().clone();
    let bare = Finding {
        rule,
        place: None,
        others: Vec::new(),
        heading: None,
        expected: None,
        verdict: None,
        alternatives: Vec::new(),
        evidence: Vec::new(),
        correction: None,
        ..any
    };
    let remark = checked.ledger.remarks.iter().find(|remark| remark.rule == rule);
    if let Some(remark) = remark {
        let texts = remark.texts.clone().zip(remark.others.first());
        return Finding {
            severity: remark.severity,
            place: remark.place,
            outside: remark.outside,
            texts: remark.texts.clone().filter(|_| remark.outside.is_some()),
            others: remark.others.clone(),
            heading: texts.map(|((found, wanted), place)| (place.column, found, wanted)),
            expected: remark.expected,
            inferred: remark.inferred,
            ..bare
        };
    }
    let instances = checked.ledger.instances.iter();
    let own = |i: &soatbieu::relations::Instance| {
        reporting(i.concern()) == rule && i.outcome == Outcome::Violated
    };
    let index = instances.clone().position(own).unwrap();
    let instance = instances.clone().nth(index).unwrap();
    let (place, expected) = (Some(instance.target()), instance.expected());
    Finding { severity: Severity::Error, place, expected, evidence: vec![index], ..bare }
}

#[test]
fn every_rule_says_what_is_wrong_and_what_to_do_in_both_languages() {
    for rule in ALL {
        let checked = broken(rule);
        let finding = own_finding(rule, &checked);
        let verdicts = [Verdict::Pinned, Verdict::Narrowed, Verdict::Undecidable].map(Some);
        for verdict in verdicts.into_iter().chain([None]) {
            let finding = Finding { verdict, ..finding.clone() };
            for tell in [words::message, words::advice] {
                let [vi, en] = [Lang::Vi, Lang::En].map(|lang| tell(&checked, &finding, lang));
                assert!(!vi.is_empty() && !en.is_empty(), "{rule:?} is silent: `{vi}`, `{en}`");
                assert_ne!(vi, en, "{rule:?} speaks one language");
                for text in [&vi, &en] {
                    assert!(!text.contains(['{', '}', '\n']) && !text.ends_with('.'), "{text}");
                    assert!(!text.contains("  ") && text.trim() == text, "{text}");
                }
            }
        }
        for page in [rule.title, rule.what, rule.why, rule.safety] {
            assert!(!page.vi.is_empty() && !page.en.is_empty() && page.vi != page.en, "{rule:?}");
        }
    }
}

/// Texts between quotation marks in the sources below a folder, with their files.
fn quoted(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("src/rules") {
            continue;
        }
        if path.is_dir() {
            quoted(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let name = path.display().to_string();
            found.extend(source.split('"').map(|text| (text.to_owned(), name.clone())));
        }
    }
}

#[test]
fn a_rule_is_named_by_its_string_in_its_own_room_only() {
    let mut texts = Vec::new();
    quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
    assert!(texts.len() > 1000, "the sources were not found");
    for (text, file) in texts {
        let of_group = |digits: &str| digits.parse::<u16>().is_ok();
        let is_code = text.strip_prefix('R').is_some_and(of_group);
        let named = ALL.iter().find(|rule| rule.name == text);
        assert!(!is_code && named.is_none(), "{file} names `{text}`");
    }
}
