//! Callbacks from other threads.

use std::cell::RefCell;
use std::sync::mpsc::channel;
use std::thread;

use coframe::event_loop::{EventLoop, LoopError, RemoteHandle};

use crate::support::virtual_loop;

const THREADS: usize = 4;
const EACH: usize = 250;

const _: () = {
    const fn any_thread<T: Send + Sync>() {}
    any_thread::<RemoteHandle>();
};

thread_local!(static GOT: RefCell<Vec<(usize, usize)>> = const { RefCell::new(Vec::new()) });

/// Takes what came from a thread, in the thread of the loop; the last one stops it.
fn take(from: usize, n: usize) {
    let all = GOT.with_borrow_mut(|got| {
        got.push((from, n));
        got.len() == THREADS * EACH
    });
    if all {
        EventLoop::running().unwrap().stop();
    }
}

/// Whether everything came, and what each thread sent in its order.
fn assert_all_came_in_order() {
    let got = GOT.take();
    for thread in 0..THREADS {
        let its: Vec<usize> = got.iter().filter(|(from, _)| *from == thread).map(|(_, n)| *n).collect();
        assert!(its.iter().copied().eq(0..EACH), "{its:?}");
    }
}

fn start(event_loop: &EventLoop, body: fn(usize, &RemoteHandle)) -> Vec<thread::JoinHandle<()>> {
    (0..THREADS)
        .map(|thread| {
            let remote = event_loop.remote();
            thread::spawn(move || body(thread, &remote))
        })
        .collect()
}

#[test]
fn lop_10_a_thousand_callbacks_from_four_threads_arrive_in_the_order_of_each() {
    let event_loop = EventLoop::new().unwrap();
    let threads = start(&event_loop, |thread, remote| {
        for n in 0..EACH {
            remote.call_soon_threadsafe(move || take(thread, n)).unwrap();
        }
    });
    event_loop.run_forever().unwrap();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_all_came_in_order();
}

/// Each thread waits for each of its callbacks, so that most of them find a loop that sleeps: nothing else wakes it.
#[test]
fn mis_07_each_of_a_thousand_callbacks_wakes_a_sleeping_loop() {
    for event_loop in [EventLoop::new().unwrap(), EventLoop::with_virtual_clock().unwrap()] {
        let threads = start(&event_loop, |thread, remote| {
            let (done, wait) = channel();
            for n in 0..EACH {
                let done = done.clone();
                let callback = move || {
                    take(thread, n);
                    done.send(())
                };
                remote.call_soon_threadsafe(callback).unwrap();
                wait.recv().unwrap();
            }
        });
        event_loop.run_forever().unwrap();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_all_came_in_order();
    }
}

#[test]
fn lop_10_from_its_own_thread_as_well() {
    let (event_loop, trace) = virtual_loop();
    let remote = event_loop.remote();
    remote.call_soon_threadsafe(|| EventLoop::running().unwrap().stop()).unwrap();
    event_loop.call_soon_threadsafe(trace.saying("through the loop")).unwrap();
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "through the loop");
}

/// CPython has one queue for all threads.
#[test]
fn lop_10_own_and_remote_callbacks_keep_their_common_order() {
    thread_local!(static ORDER: RefCell<String> = const { RefCell::new(String::new()) });
    fn say(c: char) {
        ORDER.with_borrow_mut(|order| order.push(c));
    }
    let (event_loop, _) = virtual_loop();
    let remote = event_loop.remote();
    event_loop.call_soon(|| say('a')).unwrap();
    remote.call_soon_threadsafe(|| say('b')).unwrap();
    event_loop.call_soon(|| say('c')).unwrap();
    event_loop.call_later(0.0, || say('f')).unwrap();
    remote.call_soon_threadsafe(|| say('d')).unwrap();
    remote.call_soon_threadsafe(|| say('e')).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(ORDER.take(), "abcdef");
}

#[test]
fn lop_10_what_comes_during_a_pass_waits_for_the_next() {
    let (event_loop, trace) = virtual_loop();
    let (remote, inner, again) = (event_loop.remote(), trace.clone(), event_loop.clone());
    event_loop
        .call_soon(move || {
            inner.say("first pass");
            remote.call_soon_threadsafe(|| EventLoop::running().unwrap().stop()).unwrap();
            again.call_soon(inner.saying("second pass"))
        })
        .unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "first pass");
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "second pass");
}

#[test]
fn lop_10_closing_drops_callbacks_on_their_way() {
    let (event_loop, _) = virtual_loop();
    let remote = event_loop.remote();
    let (sender, receiver) = channel::<()>();
    remote.call_soon_threadsafe(move || drop(sender)).unwrap();
    event_loop.close().unwrap();
    assert!(receiver.recv().is_err(), "the sender is gone");
    assert!(matches!(remote.call_soon_threadsafe(|| ()), Err(LoopError::Closed)));
}

/// A refused callback may use the inbox in its drop: no lock is held then.
#[test]
fn lop_10_a_callback_that_posts_when_it_is_dropped() {
    struct Posting(RemoteHandle);
    impl Drop for Posting {
        fn drop(&mut self) {
            assert!(matches!(self.0.call_soon_threadsafe(|| ()), Err(LoopError::Closed)));
        }
    }
    let (event_loop, _) = virtual_loop();
    let (waiting, refused) = (Posting(event_loop.remote()), Posting(event_loop.remote()));
    let remote = event_loop.remote();
    remote.call_soon_threadsafe(move || drop(waiting)).unwrap();
    event_loop.close().unwrap();
    remote.call_soon_threadsafe(move || drop(refused)).unwrap_err();
}

#[test]
fn the_last_remote_handle_gone_leaves_a_virtual_loop_in_a_deadlock() {
    let (event_loop, _) = virtual_loop();
    let remote = event_loop.remote();
    let (started, wait) = channel();
    let worker = thread::spawn(move || {
        // Only now does the loop begin to wait; the handle goes while it does.
        wait.recv().unwrap();
        drop(remote.clone());
        drop(remote);
    });
    event_loop.call_soon(move || started.send(())).unwrap();
    crate::support::run_out(&event_loop);
    worker.join().unwrap();
}
