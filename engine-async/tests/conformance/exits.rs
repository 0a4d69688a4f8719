//! The proof of rule S9: for every small stack the connection's future is dropped at every poll in
//! turn, and each time every entered layer has left exactly once, in reverse order.

use crate::adapter::{Log, build, websocket};
use crate::script::Scripted;
use conformance::websocket::laws::exits_are_exact;
use conformance::websocket::{Program, every_small_stack};
use std::task::{Context, Poll, Waker};

/// Polls a connection so many times, then drops it. Whether it was over before.
fn dropped_after(polls: usize, chain: &engine_async::Chain, program: &Program) -> bool {
    let log = Log::default();
    let (socket, _) = Scripted::new(&program.script, log.clone(), true);
    let mut running = Box::pin(chain.run(websocket(program.app, &log), socket));
    let mut cx = Context::from_waker(Waker::noop());
    let is_over = (0..polls).any(|_| matches!(running.as_mut().poll(&mut cx), Poll::Ready(_)));
    drop(running);
    if let Err(wrong) = exits_are_exact(program, &log.trace()) {
        panic!("dropped after {polls} polls: {wrong}");
    }
    is_over
}

/// Drops it at each poll until it is over by itself; how many times that was.
fn prove(program: &Program) -> usize {
    let Ok(Ok((chain, _))) = build(program) else { return 0 };
    1 + (0..).take_while(|polls| !dropped_after(*polls, &chain, program)).count()
}

#[test]
fn every_stack_of_up_to_three_layers_exits_exactly_once_wherever_it_is_dropped() {
    let (mut stacks, mut drops) = (0, 0);
    for program in every_small_stack(3) {
        stacks += 1;
        drops += prove(&program);
    }
    println!("{stacks} stacks, dropped {drops} times");
    assert!(stacks > 40_000 && drops > 4 * stacks, "{stacks} stacks, dropped {drops} times");
}
