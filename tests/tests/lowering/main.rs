//! Each body below is compiled as a frame, as `pinned` and as plain Rust, and all must leave the same trace.
//!
//! `harness` and `twin` run them, `things` leaves the traces, `script` says what is sent; the other modules are tables of bodies.

#![allow(
    unused_parens,
    unused_variables,
    unused_mut,
    unused_assignments,
    unused_must_use,
    unreachable_code,
    for_loops_over_fallibles,
    dead_code,
    irrefutable_let_patterns,
    unused_imports,
    unused_macros,
    unused_labels,
    unused_unsafe,
    deprecated,
    reason = "a body tests the compiler with whatever Rust allows, and a table writes every type as one token tree"
)]
#![allow(
    clippy::await_holding_lock,
    clippy::await_holding_refcell_ref,
    clippy::blocks_in_conditions,
    clippy::boxed_local,
    clippy::collapsible_if,
    clippy::collapsible_match,
    clippy::dbg_macro,
    clippy::diverging_sub_expression,
    clippy::double_parens,
    clippy::erasing_op,
    clippy::explicit_auto_deref,
    clippy::format_in_format_args,
    clippy::let_and_return,
    clippy::unnecessary_operation,
    clippy::borrow_deref_ref,
    clippy::match_single_binding,
    clippy::never_loop,
    clippy::op_ref,
    clippy::possible_missing_else,
    clippy::single_match,
    clippy::suspicious_else_formatting,
    clippy::toplevel_ref_arg,
    clippy::undocumented_unsafe_blocks,
    clippy::wrong_self_convention,
    clippy::let_unit_value,
    clippy::manual_is_multiple_of,
    clippy::needless_late_init,
    clippy::nonminimal_bool,
    clippy::ptr_arg,
    clippy::redundant_closure_call,
    clippy::redundant_closure,
    clippy::redundant_pattern,
    clippy::redundant_pattern_matching,
    clippy::replace_box,
    clippy::type_complexity,
    clippy::unnecessary_lazy_evaluations,
    clippy::unnecessary_literal_unwrap,
    clippy::unnecessary_option_map_or_else,
    clippy::unused_unit,
    clippy::useless_conversion,
    clippy::useless_vec,
    clippy::while_let_loop,
    clippy::while_let_on_iterator,
    reason = "what a body looks like is the point of it"
)]

/// How a frame is compiled.
macro_rules! compiled {
    ($yield:tt $send:tt $($function:tt)*) => {
        #[coframe::coroutine(yield = $yield, send = $send)]
        $($function)*
    };
}

/// Runs a frame.
macro_rules! driven {
    ($coroutine:expr) => {
        $crate::harness::drive($coroutine)
    };
}

/// The `pinned` form of a body. What is lent for one resume cannot be sent to one.
macro_rules! pinned_form {
    (lent $($rest:tt)*) => {};
    ($kind:ident $yield:tt $send:tt $($function:tt)*) => {
        #[coframe::coroutine(pinned, yield = $yield, send = $send)]
        $($function)*
    };
}

/// The forms of a body, by name.
macro_rules! engines {
    (lent $frame:expr, $pinned:expr $(,)?) => {
        &[("frame", $frame)]
    };
    ($kind:ident $frame:expr, $pinned:expr $(,)?) => {
        &[("frame", $frame), ("pinned", $pinned)]
    };
}

#[macro_use]
mod twin_markers;
#[macro_use]
mod harness;
mod delegates;
mod script;
mod things;
mod twin;

macro_rules! tables {
    ($($table:ident)*) => {
        $(mod $table;)*

        #[test]
        fn there_are_many_cases() {
            let all: Vec<&[(&str, &str)]> = vec![$($table::CASES),*];
            let mixed = all.iter().copied().flatten().filter(|(kind, _)| *kind == "mix").count();
            let total = all.iter().map(|table| table.len()).sum::<usize>();
            assert!(total >= 300, "{total} cases");
            assert!(mixed >= 120, "{mixed} cases mix three constructs or more");
        }
    };
}

tables! {
    assign attempts borrows closures delegation drops exceptions exits found_1 found_2 found_3 found_4
    found_by_users found_with_items
    generics logic loops macros matches methods mixes_control mixes_drops mixes_exceptions
    mixes_moves mixes_operands mixes_patterns mixes_programs moved_on_one_way moves operands patterns temps
}
