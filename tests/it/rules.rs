//! Every rule keeps and breaks its own examples.

use soatbieu::forms;
use soatbieu::recognise::Request;
use soatbieu::relations::{Instance, Outcome};
use soatbieu::rules::{ALL, Example, Rule, Selection, Severity, find, reporting};
use soatbieu::workbook::Workbook;

/// How often a rule speaks up on a table of an example.
fn times(rule: &Rule, example: &Example, text: &str) -> usize {
    let parsed = example.form.map_or("", |form| form).split('\u{c}');
    let mut known: Vec<_> =
        parsed.filter(|toml| !toml.is_empty()).map(|toml| forms::parse(toml).unwrap()).collect();
    let form = if known.len() == 1 { known.pop() } else { None };
    let request = Request { form, known, ..Request::default() };
    let checkup = soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request).unwrap();
    let ledger = &checkup.tables[0].ledger;
    let violated = |instance: &&Instance| {
        reporting(instance.concern()) == rule && instance.outcome == Outcome::Violated
    };
    ledger.instances.iter().filter(violated).count()
        + ledger.remarks.iter().filter(|remark| remark.rule == rule).count()
}

#[test]
fn the_example_of_every_rule_breaks_it_once_and_then_keeps_it() {
    for rule in ALL {
        assert_eq!(times(rule, &rule.example, rule.example.wrong), 1, "{rule:?}: wrong example");
        assert_eq!(times(rule, &rule.example, rule.example.right), 0, "{rule:?}: right example");
    }
}

#[test]
fn the_right_example_of_a_rule_keeps_every_rule() {
    for rule in ALL {
        for other in ALL.iter().filter(|other| other.severity != Severity::Note) {
            let count = times(other, &rule.example, rule.example.right);
            assert_eq!(count, 0, "{other:?} on the right example of {rule:?}");
        }
    }
}

#[test]
fn the_more_exact_code_wins() {
    let selection = |select: &[&str], ignore: &[&str]| Selection {
        select: select.iter().map(ToString::to_string).collect(),
        ignore: ignore.iter().map(ToString::to_string).collect(),
    };
    let rate = find("R101").unwrap();
    assert!(selection(&[], &[]).wants(rate));
    assert!(!selection(&[], &["R1"]).wants(rate));
    assert!(selection(&["R101"], &["R1"]).wants(rate));
    assert!(!selection(&["R2"], &[]).wants(rate));
    assert_eq!(selection(&["R9", "R1"], &[]).unknown(), ["R9"]);
}
