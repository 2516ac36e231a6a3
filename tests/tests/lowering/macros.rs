//! Yields in the arguments of the std macros, and locals mentioned by inline captures only.

use std::fmt::Write;

use crate::things::*;

cases! { ($)
    plain format_argument() -> String; yield i32, send i32; with () {
        format!("{} and {}", f(1), yield_!(2))
    }

    plain format_inline_capture_across_yield() -> String; yield i32, send i32; with () {
        let x = f(1);
        let one = d("one");
        yield_!(2);
        format!("{x} {one} {one:?} {x:?} {{x}}")
    }

    plain format_inline_capture_with_width() -> String; yield i32, send usize; with () {
        let x = 3.25;
        let width = yield_!(1) + 4;
        let precision = 1;
        yield_!(2);
        format!("{x:>width$.precision$}|{x:+}|{0:<width$}|", yield_!(3))
    }

    plain format_capture_is_last_mention_and_yield_beside() -> String; yield i32, send i32; with () {
        let text = String::from("text");
        format!("{text} {}", yield_!(1))
    }

    plain format_nested() -> String; yield i32, send i32; with () {
        format!("<{}>", format!("({})", format!("[{}]", yield_!(1))) + &format!("{}", yield_!(2)))
    }

    plain format_in_operand_of_marker() -> String; yield String, send String; with () {
        let n = 4;
        let a = yield_!(format!("{n}"));
        yield_!(format!("{a}{n}{}", yield_!(format!("{a:?}"))))
    }

    plain write_to_local_string() -> String; yield i32, send i32; with () {
        let mut out = String::new();
        write!(out, "{}", yield_!(1)).unwrap();
        writeln!(out, "+{}", yield_!(2)).unwrap();
        writeln!(out).unwrap();
        let n = out.len();
        write!(&mut out, "{n}").unwrap();
        yield_!(n as i32);
        out
    }

    plain vec_elements() -> (Vec<i32>); yield i32, send i32; with () {
        vec![f(1), yield_!(2), f(3), yield_!(4)]
    }

    plain vec_repeated() -> (Vec<i32>); yield i32, send usize; with () {
        vec![f(7) + yield_!(1) as i32; yield_!(2)]
    }

    plain vec_of_droppables() -> (Vec<D>); yield i32, send D; with () {
        vec![d("a"), yield_!(1), d("c"), yield_!(2)]
    }

    plain vec_empty_and_nested() -> (Vec<Vec<i32>>); yield i32, send i32; with () {
        vec![vec![], vec![yield_!(1)], vec![yield_!(2); 2]]
    }

    plain assert_eq_operands() -> i32; yield i32, send i32; with () {
        let _a = d("a");
        assert_ne!(yield_!(1), 9);
        assert_eq!(yield_!(2) / 100, f(0), "never {}", 1);
        assert_ne!(f(2), yield_!(3), "both two");
        5
    }

    plain debug_assertions() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        debug_assert!(n >= 0);
        debug_assert_eq!(n, n + 0 * yield_!(2));
        debug_assert_ne!(yield_!(3), -1, "negative {n}");
        n
    }

    plain matches_scrutinee() -> bool; yield i32, send i32; with () {
        matches!(yield_!(1), 0 | 3..=5) || matches!(yield_!(2), n if n > yield_!(3))
    }

    plain matches_on_option() -> i32; yield i32, send (Option<i32>); with () {
        if matches!(yield_!(1), Some(n) if n % 2 == 1) && !matches!(yield_!(2), None) { 1 } else { 2 }
    }

    plain panic_argument_yields() -> i32; yield i32, send i32; with () {
        let _a = d("a");
        let n = yield_!(1);
        if n == 3 {
            panic!("with {} and {n}", yield_!(2));
        }
        n
    }

    plain unreachable_and_todo() -> i32; yield i32, send i32; with () {
        let _a = d("a");
        match yield_!(1) {
            0 => unreachable!(),
            1 => unreachable!("one {}", yield_!(2)),
            2 => todo!("two"),
            3 => unimplemented!("three {}", f(3)),
            n => n,
        }
    }

    plain concat_line_and_stringify() -> String; yield (&'static str), send i32; with () {
        let n = yield_!(concat!("a", 1, "b"));
        let m = yield_!(stringify!(a + b));
        format!(concat!("{}", "-{}"), n, m)
    }

    plain println_to_nothing() -> (); yield i32, send i32; with () {
        // Captured by the test harness, and never shown.
        print!("");
        print!("{:.0$}", yield_!(1) as usize % 2);
        if yield_!(2) > 100 {
            println!("{}", yield_!(3));
        }
    }

    plain format_args_as_argument() -> (); yield i32, send i32; with () {
        t(format!("{} {}", yield_!(1), f(2)));
        let n = yield_!(3);
        t(format_args!("{n}"));
    }

    mix macros_report_in_loop() -> String; yield usize, send (Option<i32>); with () {
        let mut out = String::new();
        let total = 4;
        for (i, one) in ds("a bb ccc").into_iter().enumerate() {
            let label = format!("{i}/{total} {one:>3}");
            match yield_!(label.len()) {
                Some(n) if matches!(yield_!(i), Some(m) if m > n) => writeln!(out, "{label} {n}").unwrap(),
                Some(n) => out += &format!("{label:?}:{}", yield_!(out.len()).map_or(n, |m| m * n)),
                None => { assert!(i < 2, "{label} at {}", out.len()); continue }
            }
        }
        out
    }

    mix macros_captures_only_mentions() -> String; yield i32, send i32; with () {
        let (a, b) = (yield_!(1), d("b"));
        let c = if a > 2 { let inner = "big"; yield_!(2); format!("{inner}{a}") } else { format!("{a:03}") };
        let e = 'e: {
            for i in 0..3 {
                if yield_!(i) == 4 {
                    break 'e vec![i; 2];
                }
            }
            vec![yield_!(9)]
        };
        yield_!(3);
        format!("{a}{b}{c}{e:?}")
    }

    mix macros_result_pipeline() -> (Result<String, Failed>); yield i32, send i32; with () {
        let mut lines = vec![format!("start {}", small(yield_!(1))?)];
        while lines.len() < 4 {
            let n = small(yield_!(lines.len() as i32))?;
            let text = match n { 0 => break, 1 => format!("{n:>0$}", yield_!(10) as usize), _ => format!("{:?}", Some(n)) };
            assert_ne!(text.len(), 0, "{n} gives {}", text);
            lines.push(text);
        }
        Ok(lines.join(&format!("|{}|", yield_!(20))))
    }

    plain thread_local_and_env() -> usize; yield usize, send i32; with () {
        thread_local!(static SEEN: std::cell::Cell<usize> = const { std::cell::Cell::new(3) });
        let n = yield_!(SEEN.get());
        SEEN.set(4);
        SEEN.replace(3) + n as usize
    }

    plain assert_message_yields() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        assert!(n < 3, "{n} is too big, says {}", yield_!(2));
        n
    }

    plain format_several_arguments() -> String; yield i32, send i32; with () {
        format!("{:>4}|{:<4}|{:04}", yield_!(1), yield_!(2), yield_!(3))
    }

    plain format_positions_and_names() -> String; yield i32, send i32; with () {
        let w = 6;
        format!("{0} {1} {0} {name:>w$} {2:?}", yield_!(1), f(2), Some(3), name = yield_!(4))
    }

    plain format_runtime_width_and_precision() -> String; yield i32, send usize; with () {
        let x = 1.5;
        format!("[{x:>1$.2$}] [{:*^3$}]", "mid", yield_!(1) + 2, yield_!(2), yield_!(3))
    }

    plain write_with_question(out: &mut String) -> (Result<i32, std::fmt::Error>); yield i32, send i32; with let { let mut out = String::new(); } (&mut out) then { t(&out); } {
        write!(out, "{}-{}", yield_!(1), yield_!(2))?;
        let n = yield_!(3);
        writeln!(out, "={n}")?;
        Ok(n)
    }
}
