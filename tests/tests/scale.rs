//! Five hundred coroutines in one module compile (CPython's `test_oneline_defs`).

macro_rules! module {
    ($name:ident: $($function:ident)*) => {
        mod $name {
            use coframe::prelude::*;

            $(
                #[coframe::coroutine(yield = u32, send = u32)]
                fn $function(n: u32) -> u32 {
                    let mut sum = 0;
                    for i in 0..n {
                        sum += coframe::yield_!(i);
                    }
                    sum
                }
            )*

            /// Runs each of them and gives what they return.
            pub(super) fn run() -> Vec<u32> {
                vec![$({
                    let mut one = $function(1);
                    assert_eq!(one.start().unwrap(), Step::Yielded(0));
                    one.send(7).unwrap().returned().unwrap()
                }),*]
            }
        }
    };
}

macro_rules! modules {
    ($($name:ident)*) => {
        $(module! { $name: f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 })*

        #[test]
        fn cre_21_five_hundred_in_a_row_compile() {
            let returned: Vec<u32> = [$($name::run()),*].concat();
            assert_eq!(returned, [7; 500]);
        }
    };
}

modules! { m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 m15 m16 m17 m18 m19 m20 }
