//! Ports of Python programs: each prints, line by line, what CPython 3.13 printed for the original.
//!
//! A port is one module with the functions of the original and a `main`; what it must print is in `expected`. `support`
//! has what stands for Python's `print`, exceptions and `finally`. Each module says whether a `try`/`finally` became an
//! `attempt!` that raises again or the drop of a guard.
//!
//! A port whose functions say `#[super::coroutine]` is compiled both ways, from the same lines: as frames and, in `pinned`,
//! by rustc. The others are of what only a frame has: locals that are looked at (c03, g19), the one type of a recursive
//! function (d03, p05, r01 to r07), and what is lent for one resume (p01, p03).

#![allow(clippy::duplicate_mod, reason = "a port is compiled once by each lowering")]

#[macro_use]
mod support;

mod c03_await_chain_view;
mod d01_values_and_returns;
mod d03_deep_throw;
mod d05_close_with_failures;
mod d07_shared_delegate;
mod d09_throw_that_returns;
mod g01_lazy_start;
mod g03_send_averager;
mod g05_throw;
mod g07_close_misbehaviour;
mod g09_yield_in_finally;
mod g11_reentrancy;
mod g13_body_error;
mod g15_states;
mod g17_code_object;
mod g19_one_frame;
mod p01_grep_broadcast;
mod p03_line_decoder;
mod p05_recursive_parser;
mod p07_state_machine;
mod r01_tree_walks;
mod r03_queens;
mod r05_flatten;
mod r07_recursive_close;
mod s01_round_robin;
mod s03_discrete_events;
mod s05_scope_by_generator;

pub(crate) use coframe::coroutine;

macro_rules! traces {
    ($($trace:ident)*) => {$(
        #[test]
        fn $trace() {
            $crate::support::compare(include_str!(concat!("expected/", stringify!($trace), ".out")), $trace::main);
        }
    )*};
}

macro_rules! traces_of_both {
    ($($trace:ident)*) => {
        traces! { $($trace)* }

        #[path = "."]
        mod pinned {
            pub(crate) use coframe_tests_attributes::pinned as coroutine;

            $(mod $trace;)*
            traces! { $($trace)* }
        }
    };
}

traces_of_both! {
    g01_lazy_start g03_send_averager g05_throw g07_close_misbehaviour g09_yield_in_finally g11_reentrancy
    g13_body_error g15_states g17_code_object d01_values_and_returns d05_close_with_failures d07_shared_delegate
    d09_throw_that_returns p07_state_machine s01_round_robin s03_discrete_events s05_scope_by_generator
}

traces! {
    g19_one_frame c03_await_chain_view d03_deep_throw r01_tree_walks r03_queens r05_flatten r07_recursive_close
    p01_grep_broadcast p03_line_decoder p05_recursive_parser
}
