//! Clones of an exception: they share the error, and each goes a way of its own.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fmt, thread};

use coframe::private::raise;
use coframe::{Exception, Thrown};
use coframe_tests::Mishap;

/// Counts its drops.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("counted")
    }
}

impl Error for Counted {}

fn counted() -> (Exception, impl Fn() -> usize) {
    let drops = Arc::new(AtomicUsize::new(0));
    let error = Exception::from(Counted(Arc::clone(&drops)));
    (error, move || drops.load(Ordering::Relaxed))
}

fn inner(exception: Exception) -> Box<dyn Error + Send + Sync> {
    let Exception::Thrown(thrown) = exception else { unreachable!() };
    thrown.into_inner()
}

fn places(exception: &Exception) -> usize {
    exception.traceback().iter().len()
}

#[test]
fn each_goes_a_way_of_its_own() {
    let (error, drops) = counted();
    let first = raise(error);
    let second = raise(first.clone());
    let third = raise(raise(second.clone())).with_source(Mishap(1));
    assert_eq!([&first, &second, &third].map(places), [1, 2, 4]);
    assert!(first.source().is_none() && second.source().is_none());
    assert!(third.source().is_some_and(Exception::is::<Mishap>));
    let same = first.downcast_ref::<Counted>().unwrap();
    for clone in [&second, &third] {
        assert!(std::ptr::eq(clone.downcast_ref::<Counted>().unwrap(), same));
    }
    drop((first, third));
    assert_eq!((drops(), places(&second)), (0, 2));
    drop(second);
    assert_eq!(drops(), 1);
}

#[test]
fn the_last_one_can_be_taken_apart() {
    let (first, drops) = counted();
    // One that is as it was, and one that went on.
    for clone in [first.clone(), raise(first.clone())] {
        let clone = clone.downcast::<Counted>().unwrap_err();
        assert!(!inner(clone).is::<Counted>());
    }
    let second = raise(first.clone());
    let first = first.downcast::<Counted>().unwrap_err();
    drop(first);
    assert_eq!(drops(), 0);
    drop(second.downcast::<Counted>().unwrap());
    assert_eq!(drops(), 1);

    let (first, drops) = counted();
    let second = raise(first.clone());
    drop(first);
    assert!(inner(second).is::<Counted>());
    assert_eq!(drops(), 1);
}

#[test]
fn a_box_that_was_thrown_is_that_box() {
    let error: Box<dyn Error + Send + Sync> = Box::new(Mishap(7));
    let address = (&raw const *error).cast::<()>();
    let exception = raise(Exception::Thrown(Thrown::from(error)));
    assert_eq!(exception.downcast_ref(), Some(&Mishap(7)));
    let error = inner(exception);
    assert_eq!((&raw const *error).cast::<()>(), address);
}

#[test]
fn what_others_share_prints_the_same() {
    let first = Exception::from(Mishap(7));
    let shared = inner(first.clone());
    assert_eq!(shared.to_string(), first.to_string());
    drop(first);
    assert_eq!(shared.to_string(), "mishap 7");
}

#[test]
fn dropped_in_several_threads() {
    let (first, drops) = counted();
    let climbed = raise(first.clone());
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let clone = if n % 2 == 0 { first.clone() } else { climbed.clone() };
            thread::spawn(move || (0..100).for_each(|_| drop(raise(clone.clone()))))
        })
        .collect();
    drop((first, climbed));
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(drops(), 1);
}

// Each was cloned and went on, so that there are two of each in the chain.
#[test]
fn a_chain_of_clones_as_long_as_you_like() {
    let length = if cfg!(miri) { 100 } else { 100_000 };
    let body = move || {
        let longer = |source: Exception| {
            let exception = Exception::from(Mishap(0)).with_source(source);
            raise(exception.clone())
        };
        drop((0..length).fold(Exception::Exit, |source, _| longer(source)));
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(body).unwrap().join().unwrap();
}

#[test]
fn places_beyond_those_that_need_no_memory() {
    let mut exception = Exception::from(Mishap(1));
    for places_before in 0..20 {
        assert_eq!(places(&exception), places_before);
        exception = if places_before % 2 == 0 { raise(exception) } else { raise(exception) };
    }
    let clone = exception.clone();
    assert_eq!(raise(clone).traceback().to_string().lines().count(), 21);
    let lines: Vec<u32> = exception.traceback().iter().map(|(at, _)| at.line()).collect();
    assert_eq!(lines.len(), 20);
}
