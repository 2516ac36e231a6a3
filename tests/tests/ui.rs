//! What the compiler says: each program of `ui/` that must not build, with the whole text of its errors beside it.
//!
//! `refused` has the refusals of our own, `native` what rustc says of a mistake in a body, `lints` the warnings on
//! users' code, each under `deny`. Programs in `pass` must build without a warning and run.
//!
//! To bless changed texts: `TRYBUILD=overwrite cargo test -p coframe-tests --test ui`, and read the difference. To try
//! one program: `cargo test -p coframe-tests --test ui -- ui trybuild=moved_local`.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/refused/*.rs");
    cases.compile_fail("ui/native/*.rs");
    cases.compile_fail("ui/lints/*.rs");
}
