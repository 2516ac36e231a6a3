//! Section 2: send.

use coframe::prelude::*;
use coframe::{Signal, State};
use coframe_tests::{Loud, Movable};

use crate::tools::{closed, gave, said, say};

#[super::coroutine(yield = f64, send = f64)]
fn averager() {
    let mut sum = yield_!(0.0);
    let mut count = 1.0;
    loop {
        sum += yield_!(sum / count);
        count += 1.0;
    }
}

#[super::coroutine(yield = u32)]
fn three() -> &'static str {
    for n in 1..=3 {
        say(format_args!("turn {n}"));
        yield_!(n);
    }
    "done"
}

// The trace of `conformance/g03_send_averager.py`.
#[test]
fn snd_01_what_is_sent_is_the_value_of_the_yield() {
    let mut average = averager().movable();
    assert_eq!(gave(average.start()), "yielded 0.0");
    let given = [10.0, 20.0, 3.0].map(|sent| gave(average.send(sent)));
    assert_eq!(given, ["yielded 10.0", "yielded 15.0", "yielded 11.0"]);
}

#[test]
fn snd_02_start_next_and_send_unit_are_the_same_act() {
    let mut co = three().movable();
    assert_eq!(gave(co.send(())), "yielded 1");
    assert_eq!(gave(co.start()), "yielded 2");
    assert_eq!(co.next(), Some(3));
    assert_eq!(gave(co.send(())), "returned \"done\"");
    assert_eq!(said(), ["turn 1", "turn 2", "turn 3"]);

    // `next(g)` is `send(None)` where an `Option` is sent.
    #[super::coroutine(send = Option<u32>)]
    fn optional() -> [Option<u32>; 2] {
        [yield_!(), yield_!()]
    }
    let mut co = optional().movable();
    co.start().unwrap();
    co.send(Some(1)).unwrap();
    assert_eq!(gave(co.start()), "returned [Some(1), None]");
}

#[test]
fn snd_02_send_none_starts_one_that_is_sent_an_option() {
    #[super::coroutine(yield = u32, send = Option<Loud>)]
    fn optional() -> String {
        say("ran");
        let sent = yield_!(1);
        format!("{sent:?} {:?}", yield_!(2))
    }
    let mut co = optional().movable();
    assert_eq!(gave(co.send(Some(Loud("early")))), "raised NotStarted");
    assert_eq!((co.state(), said()), (State::Created, vec!["drop early".to_owned()]));
    assert_eq!(gave(co.send(None)), "yielded 1");
    assert_eq!(gave(co.send(None)), "yielded 2");
    assert_eq!(gave(co.send(Some(Loud("last")))), "returned \"None Some(Loud(\\\"last\\\"))\"");
    assert_eq!(gave(co.send(None)), "raised Finished");
    assert_eq!(said(), ["ran", "drop last"]);

    // Nothing of what starts it is left for what it delegates to.
    #[super::coroutine(yield = u32, send = Option<Loud>)]
    fn outer() -> String {
        yield_from!(optional().movable())
    }
    let mut shared = Shared::new(Box::new(outer().movable()));
    assert_eq!(gave(shared.send(Some(Loud("early")))), "raised NotStarted");
    assert_eq!(gave(shared.send(None)), "yielded 1");
    assert_eq!(gave(shared.start()), "yielded 2");
    assert_eq!(gave(shared.send(None)), "returned \"None None\"");
    assert_eq!(said(), ["drop early", "ran"]);

    // Where what is sent is borrowed, and a frame is closed through its body.
    #[super::coroutine(yield = usize, send = Option<&'static str>)]
    fn lengths() {
        let mut length = 0;
        let _ended = attempt! {
            while let Some(text) = yield_!(length) {
                length = text.len();
            }
        };
    }
    let mut co = lengths().movable();
    assert_eq!(gave(co.send(Some("early"))), "raised NotStarted");
    assert_eq!(gave(co.send(None)), "yielded 0");
    assert_eq!(gave(co.send(Some("four"))), "yielded 4");
    assert_eq!(gave(co.send(None)), "returned ()");
}

#[test]
fn snd_03_several_yields_in_one_expression_keep_what_is_evaluated() {
    #[super::coroutine(yield = &'static str, send = usize)]
    fn pair() -> (usize, usize, usize) {
        fn noted(name: &str, value: usize) -> usize {
            say(format_args!("{name} {value}"));
            value
        }
        (noted("a", yield_!("left")), noted("b", 7), noted("c", yield_!("right")))
    }
    let mut co = pair().movable();
    assert_eq!(gave(co.start()), "yielded \"left\"");
    assert_eq!(gave(co.send(1)), "yielded \"right\"");
    assert_eq!(said(), ["a 1", "b 7"]);
    assert_eq!(gave(co.send(2)), "returned (1, 7, 2)");
    assert_eq!(said(), ["c 2"]);

    // `d[(yield "a")] = d[(yield "b")] = 27`, with the right side first, as in Python.
    #[super::coroutine(yield = &'static str, send = usize)]
    fn assigned() -> [usize; 3] {
        let mut list = [0; 3];
        list[yield_!("place")] = yield_!("value") * list.len();
        list
    }
    let mut co = assigned().movable();
    assert_eq!(gave(co.start()), "yielded \"value\"");
    assert_eq!(gave(co.send(9)), "yielded \"place\"");
    assert_eq!(gave(co.send(1)), "returned [0, 27, 0]");
}

#[test]
fn snd_04_a_send_after_the_end_is_refused() {
    #[super::coroutine(send = u32)]
    fn one() -> u32 {
        yield_!()
    }
    let mut co = one().movable();
    co.start().unwrap();
    assert_eq!(gave(co.send(1)), "returned 1");
    let given = [co.send(2), co.send(3)].map(gave);
    assert_eq!(given, ["raised Finished", "raised Finished"]);
}

#[test]
fn snd_05_values_of_the_librarys_own_types_arrive_verbatim() {
    type Odd = Result<Step<u8, u8>, Exception>;
    #[super::coroutine(yield = Odd, send = Odd)]
    fn swap() -> Odd {
        let first = yield_!(Err(Exception::Exit));
        let second = yield_!(first);
        second
    }
    let mut co = swap().movable();
    assert!(matches!(co.start(), Ok(Step::Yielded(Err(Exception::Exit)))));
    assert!(matches!(co.send(Ok(Step::Returned(1))), Ok(Step::Yielded(Ok(Step::Returned(1))))));
    assert!(matches!(co.send(Err(Exception::Finished)), Ok(Step::Returned(Err(Exception::Finished)))));
    assert_eq!(closed(co.close().map(|value| value.map(drop))), "closed");

    #[coframe::coroutine(send = (Signal<u8>, Option<()>))]
    fn tuple() -> bool {
        matches!(yield_!(), (Signal::Throw(Exception::IgnoredExit), None))
    }
    let mut co = tuple();
    co.start().unwrap();
    assert_eq!(gave(co.send((Signal::Throw(Exception::IgnoredExit), None))), "returned true");
}

#[test]
fn snd_06_it_returns_to_whoever_resumed_it_last() {
    fn here(co: &mut dyn Iterator<Item = u32>) {
        let value = co.next();
        say(format_args!("here {value:?}"));
    }
    fn there(co: &mut dyn Iterator<Item = u32>) {
        here(co);
        let value = co.next();
        say(format_args!("there {value:?}"));
    }
    let mut co = three().movable();
    here(&mut co);
    there(&mut co);
    let elsewhere = std::thread::spawn(move || co.next()).join().unwrap();
    assert_eq!(elsewhere, None);
    assert_eq!(said(), ["turn 1", "here Some(1)", "turn 2", "here Some(2)", "turn 3", "there Some(3)"]);
}
