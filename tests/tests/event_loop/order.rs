//! The order of callbacks, and passes.

use coframe::event_loop::EventLoop;

use crate::support::{run_out, virtual_loop};

#[test]
fn lop_01_call_soon_is_first_in_first_out() {
    let (event_loop, trace) = virtual_loop();
    for n in 0..5 {
        event_loop.call_soon(trace.saying(n)).unwrap();
    }
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "0 1 2 3 4");
}

#[test]
fn lop_01_what_a_callback_schedules_runs_in_the_next_pass() {
    let (event_loop, trace) = virtual_loop();
    let (inner, inner_trace) = (event_loop.clone(), trace.clone());
    event_loop
        .call_soon(move || {
            inner_trace.say("outer");
            inner.call_soon(inner_trace.saying("inner"))
        })
        .unwrap();
    event_loop.call_soon(trace.saying("sibling")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "outer sibling");
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "inner");
}

#[test]
fn lop_01_a_cancelled_handle_is_skipped() {
    let (event_loop, trace) = virtual_loop();
    let first = event_loop.call_soon(trace.saying("first")).unwrap();
    let victim = event_loop.call_soon(trace.saying("victim")).unwrap();
    event_loop.call_soon(trace.saying("last")).unwrap();
    victim.cancel();
    victim.cancel();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "first last");
    assert!(victim.cancelled());
    assert!(!first.cancelled());
    first.cancel();
    assert!(first.cancelled(), "as in CPython, also after it has run");
}

#[test]
fn lop_01_a_callback_cancels_another_of_its_batch_and_itself() {
    let (event_loop, trace) = virtual_loop();
    let handles = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let (inner, inner_trace) = (handles.clone(), trace.clone());
    let canceller = event_loop
        .call_soon(move || {
            for handle in inner.borrow_mut().drain(..) {
                coframe::event_loop::Handle::cancel(&handle);
            }
            inner_trace.say("goes on");
        })
        .unwrap();
    let victim = event_loop.call_soon(trace.saying("victim")).unwrap();
    handles.borrow_mut().extend([canceller.clone(), victim]);
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "goes on");
    assert!(canceller.cancelled());
}

#[test]
fn lop_01_a_cancelled_callback_is_dropped_at_once() {
    let (event_loop, trace) = virtual_loop();
    let loud = trace.loud("dropped");
    let handle = event_loop.call_soon(move || drop(loud)).unwrap();
    trace.say("before");
    handle.cancel();
    trace.say("after");
    let loud = trace.loud("timer dropped");
    let timer = event_loop.call_later(1.0, move || drop(loud)).unwrap();
    timer.cancel();
    assert_eq!(trace.line(), "before dropped after timer dropped");
}

#[test]
fn lop_01_dropping_a_handle_cancels_nothing() {
    let (event_loop, trace) = virtual_loop();
    drop(event_loop.call_soon(trace.saying("soon")).unwrap());
    drop(event_loop.call_later(1.0, trace.saying("later")).unwrap());
    run_out(&event_loop);
    assert_eq!(trace.line(), "soon later");
}

#[test]
fn lop_01_what_drops_in_a_cancel_may_use_the_loop() {
    struct Scheduling(EventLoop, crate::support::Trace);
    impl Drop for Scheduling {
        fn drop(&mut self) {
            self.0.call_soon(self.1.saying("from a drop")).unwrap();
            self.0.call_later(1.0, self.1.saying("later")).unwrap().cancel();
        }
    }
    let (event_loop, trace) = virtual_loop();
    let scheduling = Scheduling(event_loop.clone(), trace.clone());
    event_loop.call_later(1.0, move || drop(scheduling)).unwrap().cancel();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "from a drop");
}

#[test]
fn handles_print_where_they_were_scheduled() {
    let (event_loop, _) = virtual_loop();
    let handle = event_loop.call_soon(|| ()).unwrap();
    let line = line!() - 1;
    let file = file!();
    assert_eq!(format!("{handle:?}"), format!("Handle({file}:{line}:29)"));
    handle.cancel();
    assert_eq!(format!("{handle:?}"), format!("Handle({file}:{line}:29, cancelled)"));
}
