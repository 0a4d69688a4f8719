//! Layers that count who was entered and who has left.

use engine_async::{
    Around, Exit, Hooks, Layer, Next, On, Outbound, Receive, Result, Stack, Step, WebSocket,
    WsLayer, around, hooks,
};
use engine_core::StackBuilder;
use std::borrow::Cow;
use std::sync::{Arc, Mutex};

/// Four layers, two of each kind, and how often each was entered and left.
#[derive(Clone, Default)]
pub(crate) struct Counted(Arc<Mutex<[Seen; 4]>>);

#[derive(Clone, Default)]
struct Seen {
    entered: usize,
    left: Vec<Exit>,
}

struct Counting {
    all: Counted,
    place: usize,
}

impl Counted {
    pub(crate) fn stack() -> (Counted, StackBuilder<WsLayer>) {
        let all = Counted::default();
        let layer = |place| Counting { all: all.clone(), place };
        let stack = Stack::builder()
            .layer(hooks(layer(0)))
            .layer(around(layer(1)))
            .layer(around(layer(2)))
            .layer(hooks(layer(3)));
        (all.clone(), stack)
    }

    /// How the outermost layer has left, for each connection.
    pub(crate) fn left(&self) -> Vec<Exit> {
        self.0.lock().unwrap()[0].left.clone()
    }

    /// Each layer has left as often as it was entered, and in the same ways as those further out.
    pub(crate) fn check(&self) {
        let seen = self.0.lock().unwrap().clone();
        for (place, layer) in seen.iter().enumerate() {
            assert_eq!(layer.entered, layer.left.len(), "layer {place}");
            assert!(layer.left.len() <= seen[0].left.len(), "layer {place}");
        }
    }

    fn enter(&self, place: usize) {
        self.0.lock().unwrap()[place].entered += 1;
    }

    fn leave(&self, place: usize, how: Exit) {
        self.0.lock().unwrap()[place].left.push(how);
    }
}

impl Layer for Counting {
    fn name(&self) -> Cow<'_, str> {
        format!("counting {}", self.place).into()
    }
}

impl Hooks for Counting {
    fn install(&self, on: &mut On<Self>) {
        on.enter(|layer, _| {
            layer.all.enter(layer.place);
            Step::Pass
        });
        on.receive(|_, _, _| Step::Pass).send(|_, _, _| Step::Pass);
        on.exit(|layer, _, how| layer.all.leave(layer.place, how));
    }
}

impl Around for Counting {
    async fn call<'a>(
        &'a self,
        _: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> Result<()> {
        self.all.enter(self.place);
        next.run(receive, send).await
    }

    fn exit(&self, _: &WebSocket, how: Exit) {
        self.all.leave(self.place, how);
    }
}
