//! Of the mistakes that sketches make (MIS-01 to MIS-13), those that are about delegation and sends. The others are with
//! what they are about. MIS-12 has nothing to show: a frame is a borrow of its coroutine, and cannot be another's.

use coframe::{CoroutineExt, Exception, Step, raise, try_yield, yield_, yield_from};

use crate::support::{Trace, ValueError};

#[coframe::coroutine(yield = u32, send = u32)]
fn inner(trace: Trace) -> u32 {
    let _local = trace.loud("inner dropped");
    let mut sum = 0;
    loop {
        match try_yield!(sum) {
            Ok(0) => return sum,
            Ok(n) => sum += n,
            Err(e) if e.is::<ValueError>() => trace.say(format!("inner caught {e}")),
            Err(e) => {
                trace.say(if e.is_exit() { "inner closed" } else { "inner raised" });
                raise!(e)
            }
        }
    }
}

#[coframe::coroutine(yield = u32, send = u32)]
fn outer(trace: Trace) -> u32 {
    let _local = trace.loud("outer dropped");
    yield_from!(inner(trace.clone()))
}

#[test]
fn mis_01_closes_and_throws_reach_the_delegate() {
    let trace = Trace::default();
    let mut co = outer(trace.clone());
    co.start().unwrap();
    assert_eq!(co.throw(ValueError("it".to_owned())).unwrap(), Step::Yielded(0));
    assert_eq!(co.close().unwrap(), None);
    assert_eq!(trace.line(), "inner caught it inner closed inner dropped outer dropped");
}

#[test]
fn mis_01_a_delegate_without_throw_and_close_is_left() {
    #[coframe::coroutine(yield = u32)]
    fn items(trace: Trace) {
        let _local = trace.loud("dropped");
        yield_from!([1, 2, 3]);
    }

    let trace = Trace::default();
    let mut co = items(trace.clone());
    co.start().unwrap();
    assert_eq!(co.throw(ValueError("it".to_owned())).unwrap_err().to_string(), "it");
    let mut co = items(trace.clone());
    co.start().unwrap();
    assert_eq!(co.close().unwrap(), None);
    assert_eq!(trace.line(), "dropped dropped");
}

#[test]
fn mis_02_what_is_sent_goes_to_the_delegate() {
    let mut co = outer(Trace::default());
    co.start().unwrap();
    assert_eq!(co.send(20).unwrap(), Step::Yielded(20));
    assert_eq!(co.send(22).unwrap(), Step::Yielded(42));
    assert_eq!(co.send(0).unwrap(), Step::Returned(42));
}

#[test]
fn mis_13_an_exception_that_is_sent_is_a_value() {
    #[coframe::coroutine(yield = String, send = Exception)]
    fn echo() {
        let mut last = String::new();
        loop {
            last = yield_!(last).to_string();
        }
    }

    let mut co = echo();
    co.start().unwrap();
    for sent in [Exception::Finished, Exception::Exit] {
        assert_eq!(co.send(sent.clone()).unwrap(), Step::Yielded(sent.to_string()));
    }
}
