//! Groups of exceptions: what task groups raise (CMB-08).

use coframe::event_loop::Report;
use coframe::{Exception, ExceptionGroup};

use crate::support::ValueError;

fn error(text: &str) -> Exception {
    ValueError(text.to_owned()).into()
}

fn group(message: &'static str, members: impl IntoIterator<Item = Exception>) -> Exception {
    ExceptionGroup::new(message, members).unwrap().into()
}

fn nested() -> ExceptionGroup {
    let inner = group("inner", [error("b"), error("c")]).with_source(error("why"));
    ExceptionGroup::new("outer", [error("a"), inner, error("d")]).unwrap()
}

fn flat(group: &ExceptionGroup) -> String {
    let member = |e: &Exception| e.downcast_ref().map_or_else(|| e.to_string(), flat);
    format!("[{}]", group.exceptions().iter().map(member).collect::<Vec<_>>().join(" "))
}

#[test]
fn cmb_08_a_group_prints_as_in_python() {
    assert_eq!(nested().to_string(), "outer (3 sub-exceptions)");
    assert_eq!(group("one", [error("a")]).to_string(), "one (1 sub-exception)");
    assert!(ExceptionGroup::new("none", []).is_none());
}

#[test]
fn cmb_08_split_keeps_the_form_and_the_sources() {
    let group = nested();
    let text = |e: &Exception| e.downcast_ref::<ValueError>().map(|it| it.0.clone());
    let (vowels, rest) = group.split(|e| matches!(text(e).as_deref(), Some("a" | "c")));
    let (vowels, rest) = (vowels.unwrap(), rest.unwrap());
    assert_eq!((flat(&vowels), flat(&rest)), ("[a [c]]".to_owned(), "[[b] d]".to_owned()));
    assert_eq!((vowels.message(), rest.message()), ("outer", "outer"));
    for part in [&vowels.exceptions()[1], &rest.exceptions()[0]] {
        assert_eq!(part.source().unwrap().to_string(), "why");
        assert_eq!(part.to_string(), "inner (1 sub-exception)");
    }
    let (all, none) = group.split(|_| true);
    assert!(none.is_none());
    assert_eq!(flat(&all.unwrap()), "[a [b c] d]");
    let (groups, others) = group.split(|e| e.is::<ExceptionGroup>());
    assert_eq!((flat(&groups.unwrap()), flat(&others.unwrap())), ("[[b c]]".to_owned(), "[a d]".to_owned()));
    assert!(group.subgroup(|_| false).is_none());
}

#[test]
fn cmb_08_flatten_gives_all_in_order() {
    let texts: Vec<String> = nested().flatten().map(ToString::to_string).collect();
    assert_eq!(texts, ["a", "b", "c", "d"]);
}

#[test]
fn cmb_08_a_report_prints_all_members() {
    let raised = Exception::from(nested()).with_source(error("first"));
    let report = Report::new("lost").with_exception(raised).to_string();
    let expected = [
        "lost: outer (3 sub-exceptions)", "  1. a", "  2. inner (2 sub-exceptions)", "       1. b", "       2. c",
        "     caused by: why", "  3. d", "caused by: first",
    ];
    assert_eq!(report.lines().collect::<Vec<_>>(), expected);
}
