//! What expansions look like: the text of small bodies, with what must be in it and what must not.

use proc_macro2::TokenStream;

use crate::expand;

/// The lowered part of an expansion, formatted; the native form stands before it.
fn lowered(args: &str, item: &str) -> String {
    let parse = |text: &str| text.parse::<TokenStream>().unwrap();
    let expanded = expand::attribute(parse(args), parse(item));
    let file = syn::parse2(expanded).unwrap();
    let text = prettyplease::unparse(&file);
    assert!(!text.contains("compile_error"), "{text}");
    let (_, lowered) = text.split_once("#[allow(").unwrap();
    lowered.replace("::coframe::private::", "").replace("::core::option::Option::", "")
}

#[track_caller]
fn check(text: &str, wanted: &[&str], forbidden: &[&str]) {
    for part in wanted {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    for part in forbidden {
        assert!(!text.contains(part), "`{part}` is in\n{text}");
    }
}

#[test]
fn a_mention_that_is_not_the_last_stays_in_place() {
    let text = lowered("yield = u8", "fn f(table: [u8; 4096]) { let mut i = 0; loop { yield_!(table[i]); i += 1; } }");
    check(&text, &["let table = place(&mut locals.table);", "(*table)[(*i)]"], &["take(&mut locals.table)"]);
}

#[test]
fn a_last_mention_by_value_moves() {
    let text = lowered("yield = u8", "fn f(list: Vec<u8>) -> Vec<u8> { yield_!(1); list }");
    check(&text, &["let mut list = take(&mut locals.list);", "= list;"], &[]);
}

#[test]
fn scalars_need_no_option() {
    let text = lowered("yield = u32", "fn f(n: u32) { let mut i = 0; while i < n { yield_!(i); i += 1; } }");
    check(&text, &["i: T1", "n: T0", "let i = &mut locals.i;"], &["Option<"]);
}

#[test]
fn a_dead_reference_is_not_saved() {
    let text = lowered(
        "yield = usize",
        "fn f(list: &[u8]) { let first = &list[0]; yield_!(list.len()); yield_!(list.len()); }",
    );
    check(&text, &["struct Locals<T0>"], &["first: "]);
}

#[test]
fn a_local_with_a_destructor_is_held_to_the_end_of_its_scope() {
    let text = lowered("yield = u8", "fn f() { let guard = lock(); yield_!(1); }");
    check(&text, &["Held(guard).hold()"], &[]);
}

#[test]
fn a_moved_local_is_not_saved() {
    let text = lowered("yield = u8", "fn f() { let list = make(); consume(list); yield_!(1); }");
    check(&text, &["struct Locals {}"], &["locals.list"]);
}

#[test]
fn a_subtree_without_a_pause_stays_as_it_was() {
    let body = "for x in 0..3 { if x == 1 { continue; } log(x); }";
    let text = lowered("yield = u8", &format!("fn f() {{ {body} yield_!(1); }}"));
    check(&text, &["for x in 0..3 {", "continue;", "log(x);"], &[]);
}

#[test]
fn shadowed_locals_that_are_saved_get_numbers() {
    let text = lowered("yield = u8", "fn f() { let a = make(); { let a = a.len(); yield_!(1); log(a); } log(a); }");
    check(&text, &["locals.a = Some(a);", "a_2"], &[]);
}

#[test]
fn what_borrows_what_was_sent_is_not_in_the_frame() {
    let body = "let mut s = yield_!(0); loop { if s.is_empty() { s = yield_!(1); } else { s = yield_!(s.len()); } }";
    let text = lowered("yield = usize, send = &[u8]", &format!("fn f() {{ {body} }}"));
    check(&text, &["struct Locals {}", "let mut s_slot = None;", "lending::<"], &[]);
}

#[test]
fn operands_before_a_pause_are_kept_in_order() {
    let text = lowered("yield = u8, send = u8", "fn f() { g(a(), yield_!(b()), c()); }");
    let (before, after) = text.split_once("position = 1").unwrap();
    check(before, &["let operand = a();", "= b();"], &["c()"]);
    check(after, &["c()"], &["a()", "b()"]);
}

#[test]
fn an_erroneous_function_keeps_its_signature() {
    let item: TokenStream = "fn f(n: u8) -> bool { || yield_!(1); true }".parse().unwrap();
    let text = expand::attribute("yield = u8".parse().unwrap(), item).to_string();
    let text = text.replace(' ', "");
    check(
        &text,
        &["compile_error!", "fnf(n:u8)->::coframe::Generator<impl::coframe::Machine<(),Yield=u8,Return=bool>>"],
        &[],
    );
    assert_eq!(text.matches("compile_error!").count(), 1);
}

#[test]
fn nothing_unsafe_is_expanded() {
    let text = lowered("yield = u8", "fn f(list: Vec<u8>) { for x in list { yield_!(x); } }");
    check(&text, &[], &["unsafe"]);
}

#[test]
fn an_async_function_stays_one() {
    let parse = |text: &str| text.parse::<TokenStream>().unwrap();
    let item = "async fn f(mut n: u32, _: D) -> u32 { n += g().await; raise!(n); }";
    let file = syn::parse2(expand::attribute(TokenStream::new(), parse(item))).unwrap();
    let text = prettyplease::unparse(&file);
    let wanted = [
        "async fn f(n: u32, arg: D) -> ::core::result::Result<u32, ::coframe::Exception> {",
        "let mut n = n;",
        "let _given = arg;",
        "break '_body (exception);",
        "break '_body (::coframe::private::raise(n))",
        "::coframe::private::AwaitOperand::new(",
        "frame.run(::core::pin::pin!(body)).await",
    ];
    check(&text, &wanted, &["compile_error", "'_attempt"]);
}
