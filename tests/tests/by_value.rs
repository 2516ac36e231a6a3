//! Methods of coframe's own that take `self` by value, or do not though others of their name do, as the last mention of a
//! local that is in scope at a later pause.

use coframe::prelude::*;
use coframe::sync::{Lock, Queue};
use coframe::{Exception, RemotePromise, Runner};

#[coframe::coroutine(task)]
fn worker(queue: Queue<u32>) {
    loop {
        yield_from!(queue.get());
        queue.task_done().unwrap();
    }
}

#[test]
fn a_queue_is_joined() {
    #[coframe::coroutine(task)]
    fn of_an_argument(queue: Queue<u32>) {
        let worker = coframe::spawn(worker(queue.clone()));
        yield_from!(queue.put(1));
        yield_from!(queue.join());
        yield_from!(coframe::sleep(std::time::Duration::ZERO));
        worker.cancel();
    }

    #[coframe::coroutine(task)]
    fn of_a_clone() {
        let queue = Queue::new(0);
        let other = queue.clone();
        yield_from!(of_an_argument(queue));
        yield_from!(other.join());
        yield_from!(coframe::sleep(std::time::Duration::ZERO));
    }

    coframe::run(of_a_clone()).unwrap();
}

#[test]
fn what_takes_itself_by_value() {
    #[coframe::coroutine(yield = bool)]
    fn exceptions(exception: Exception) {
        let caused = Exception::from(std::fmt::Error);
        let caused = caused.with_source(std::fmt::Error);
        yield_!(caused.source().is_some());
        let error = exception.downcast::<std::fmt::Error>();
        yield_!(error.is_ok());
        yield_!(true);
    }

    #[coframe::coroutine(yield = bool, send = ())]
    fn settles(remote: RemotePromise<u32>, runner: Runner) {
        let settled = remote.set_result(3);
        yield_!(settled.is_ok());
        let closed = runner.close();
        yield_!(closed.is_ok());
    }

    #[coframe::coroutine(task)]
    fn forgets(lock: Lock) -> bool {
        let guard = yield_from!(lock.acquire());
        guard.forget();
        yield_from!(coframe::sleep(std::time::Duration::ZERO));
        lock.locked()
    }

    assert_eq!(exceptions(Exception::from(std::fmt::Error)).collect::<Vec<_>>(), [true; 3]);
    let runner = Runner::new().unwrap();
    let promise = runner.event_loop().create_promise::<u32>();
    assert_eq!(settles(promise.remote(), Runner::new().unwrap()).collect::<Vec<_>>(), [true, true]);
    assert!(coframe::run(forgets(Lock::new())).unwrap());
}
