//! What stands for Python's `print`, exceptions and `finally` in the ports.

use std::cell::RefCell;
use std::fmt;

use coframe::Exception;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Python's `print`: one line, which is written after all that its arguments print themselves.
macro_rules! say {
    ($($arguments:tt)*) => {
        $crate::support::print(format!($($arguments)*))
    };
}

pub(crate) fn print(line: String) {
    println!("{line}"); // for whoever reads a failure
    LINES.with_borrow_mut(|lines| lines.push(line));
}

/// Runs a program and compares what it says with what it should say.
#[track_caller]
pub(crate) fn compare(expected: &str, program: fn() -> Result<(), Exception>) {
    let end = program();
    let said = LINES.take();
    let expected: Vec<&str> = expected.lines().collect();
    for line in 0..said.len().max(expected.len()) {
        let (said, expected) = (said.get(line).map(String::as_str), expected.get(line).copied());
        assert_eq!(said, expected, "line {} is the first that differs: said, expected", line + 1);
    }
    if let Err(exception) = end {
        panic!("nobody caught {exception:?}");
    }
}

/// How Python prints a value: nothing is `None`.
pub(crate) trait Shown {
    fn shown(&self) -> String;
}

impl Shown for () {
    fn shown(&self) -> String {
        "None".to_owned()
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| ().shown(), T::shown)
    }
}

macro_rules! shown_as_displayed {
    ($($type:ty)*) => {$(
        impl Shown for $type {
            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

shown_as_displayed! { &str String i32 u32 usize }

macro_rules! errors {
    ($($kind:ident)*) => {
        $(
            /// Python's exception of this name: a text.
            #[derive(Debug)]
            pub(crate) struct $kind(String);

            impl $kind {
                pub(crate) fn new(text: impl Into<String>) -> Self {
                    $kind(text.into())
                }
            }

            impl fmt::Display for $kind {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl std::error::Error for $kind {}
        )*

        /// Python's `type(e).__name__`.
        pub(crate) fn kind(exception: &Exception) -> &'static str {
            match exception {
                Exception::Exit => "GeneratorExit",
                Exception::Finished => "StopIteration",
                Exception::NotStarted => "TypeError",
                Exception::AlreadyRunning => "ValueError",
                Exception::IgnoredExit => "RuntimeError",
                $(thrown if thrown.is::<$kind>() => stringify!($kind),)*
                other => panic!("Python has no name for {other:?}"),
            }
        }
    };
}

errors! {
    KeyError Level1 Level3 LookupError OSError OverflowError RuntimeError ValueError ZeroDivisionError
}

/// Python's `str(e)`: Coframe words its own exceptions differently.
pub(crate) fn text(exception: &Exception) -> String {
    match exception {
        Exception::Exit | Exception::Finished => String::new(),
        Exception::NotStarted => "can't send non-None value to a just-started generator".to_owned(),
        Exception::AlreadyRunning => "generator already executing".to_owned(),
        Exception::IgnoredExit => "generator ignored GeneratorExit".to_owned(),
        thrown => thrown.to_string(),
    }
}

/// Python's `finally` as a guard: `act` runs when the scope is left, however it is left.
pub(crate) fn finally(act: impl FnOnce()) -> impl Drop {
    Finally(Some(act))
}

struct Finally<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Finally<F> {
    fn drop(&mut self) {
        if let Some(act) = self.0.take() {
            act();
        }
    }
}
