//! Websocket programs: a stack of layers with known behaviours around an app with a known one, and
//! the script of what the client and the server's surroundings do.

use super::script::Item;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The one profile: the rules W, over ASGI's events.
pub const PROFILE: &str = "asgi";

/// A stack of layers, an app, and a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// What is listed, the outermost first.
    pub layers: Vec<Listed>,
    /// Layers around each message that the app handles, as Luna 0.5 has them and the contract has
    /// not: they are carried, never read (capability `message-layers`).
    pub message_layers: Vec<Value>,
    /// Which echo app.
    pub app: App,
    /// What happens to the connection, in order.
    pub script: Vec<Item>,
}

impl Program {
    /// The layers in listed order, nested stacks taken apart (rule S5).
    pub fn flat(&self) -> Vec<&Layer> {
        fn collect<'a>(listed: &'a [Listed], into: &mut Vec<&'a Layer>) {
            for item in listed {
                match item {
                    Listed::Layer(layer) => into.push(layer),
                    Listed::Stack { stack } => collect(stack, into),
                }
            }
        }
        let mut layers = Vec::new();
        collect(&self.layers, &mut layers);
        layers
    }

    /// The same program without nested stacks.
    pub fn flattened(&self) -> Program {
        let layers = self.flat().into_iter().cloned().map(Listed::Layer).collect();
        Program { layers, ..self.clone() }
    }

    /// The same program with every layer changed or, where `change` gives `None`, left out.
    pub fn map_layers(&self, mut change: impl FnMut(&Layer) -> Option<Layer>) -> Program {
        fn map(listed: &[Listed], change: &mut dyn FnMut(&Layer) -> Option<Layer>) -> Vec<Listed> {
            let mapped = listed.iter().filter_map(|item| match item {
                Listed::Layer(layer) => change(layer).map(Listed::Layer),
                Listed::Stack { stack } => Some(Listed::Stack { stack: map(stack, change) }),
            });
            mapped.collect()
        }
        Program { layers: map(&self.layers, &mut change), ..self.clone() }
    }

    /// The same program with the layers named by their place: A, B, C.
    pub fn with_distinct_names(&self) -> Program {
        let mut names = ('A'..='Z').map(String::from);
        self.map_layers(|layer| {
            let name = names.next().unwrap_or_else(|| layer.name.clone());
            Some(Layer { name, hooks: layer.hooks.clone() })
        })
    }

    /// Whether no two layers share a name.
    pub fn has_distinct_names(&self) -> bool {
        let mut names: Vec<&str> =
            self.flat().into_iter().map(|layer| layer.name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// Whether a stack is listed inside the stack.
    pub fn has_nested_stack(&self) -> bool {
        self.layers.iter().any(|item| matches!(item, Listed::Stack { .. }))
    }
}

/// Which echo app. They answer alike and differ in what they write down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum App {
    /// As Luna 1.0's handler: has the hooks `on_open`, `on_close`, `on_error` and writes them down.
    Handler,
    /// As Luna 0.4's and 0.5's: has no such hooks, and accepts with the subprotocol
    /// [`App::SUBPROTOCOL`].
    Bare,
    /// As Channels' consumer, in recordings only: writes `on_open`, and `on_close:CODE` when it is
    /// told of a disconnect, which alone makes it return; a `close` does not.
    Consumer,
}

impl App {
    /// What [`App::Bare`] accepts with.
    pub const SUBPROTOCOL: &'static str = "graphql-transport-ws";

    /// Whether it has the hooks `on_open`, `on_close`, `on_error` of [`App::Handler`].
    pub fn has_hooks(self) -> bool {
        self == App::Handler
    }

    /// The subprotocol that it accepts with.
    pub fn subprotocol(self) -> Option<&'static str> {
        (self == App::Bare).then_some(App::SUBPROTOCOL)
    }
}

/// One item of a stack's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Listed {
    /// A stack inside the stack. No recorded case has one.
    Stack {
        /// Its list.
        stack: Vec<Listed>,
    },
    /// A layer.
    Layer(Layer),
}

/// A layer: its name and what each of its hooks does. A hook that is missing is not implemented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The name that stands in events. Two layers may share one.
    pub name: String,
    /// What each hook does.
    pub hooks: BTreeMap<Hook, Behaviour>,
}

impl Layer {
    /// A layer with these hooks.
    pub fn new(name: &str, hooks: impl IntoIterator<Item = (Hook, Behaviour)>) -> Self {
        Layer { name: String::from(name), hooks: hooks.into_iter().collect() }
    }

    /// What a hook does, if the layer has it.
    pub fn does(&self, hook: Hook) -> Option<Behaviour> {
        self.hooks.get(&hook).copied()
    }

    /// Whether the layer declares itself not used when it is built (rule S7).
    pub fn is_not_used(&self) -> bool {
        self.does(Hook::Init) == Some(Behaviour::NotUsed)
    }

    /// Whether the layer is one call around the rest, as against hooks over its events.
    pub fn wraps(&self) -> bool {
        self.does(Hook::Call).is_some()
    }
}

/// The hooks of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hook {
    /// The layer is one call around the rest, `(ws, receive, send)`.
    Call,
    /// The way in of a layer that is not a call: no recorded layer has it.
    Enter,
    /// Sees what comes in.
    Receive,
    /// Sees what goes out.
    Send,
    /// The last thing that the layer sees of a connection it has entered (rule S9).
    Left,
    /// The constructor does this.
    Init,
}

impl Hook {
    /// Every hook.
    pub const ALL: [Hook; 6] =
        [Hook::Call, Hook::Enter, Hook::Receive, Hook::Send, Hook::Left, Hook::Init];

    /// The name in cases.
    pub fn name(self) -> &'static str {
        match self {
            Hook::Call => "call",
            Hook::Enter => "enter",
            Hook::Receive => "receive",
            Hook::Send => "send",
            Hook::Left => "left",
            Hook::Init => "init",
        }
    }

    /// What the hook may do, the plainest first.
    pub fn words(self) -> &'static [Behaviour] {
        use Behaviour::*;
        match self {
            Hook::Call => &[
                Pass, Modify, Wait, Catch, Close, Silent, Refuse, Raise, RaiseAfter, Panic,
                PanicAfter,
            ],
            Hook::Enter => &[Pass, Modify, Wait, Close, Refuse, Raise, Panic],
            Hook::Receive => &[Pass, Wait, Drop, DropConnect, Replace, Disconnect, Raise, Panic],
            Hook::Send => &[Pass, Wait, Drop, DropAccept, Replace, Twice, Raise, Panic],
            Hook::Left => &[Pass, Panic],
            Hook::Init => &[NotUsed, Raise],
        }
    }

    /// Whether only a layer that wraps can have this hook do so: it changes how many events there
    /// are, or their kind.
    pub fn takes_a_call(self, behaviour: Behaviour) -> bool {
        matches!(
            (self, behaviour),
            (Hook::Receive, Behaviour::Disconnect) | (Hook::Send, Behaviour::Twice)
        )
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a hook does; which words a hook knows is said by [`Hook::words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Nothing: passes on what it got.
    Pass,
    /// Marks the connection with its name; the app prints the marks.
    Modify,
    /// Suspends, more than once, and then passes on what it got.
    Wait,
    /// `call`: an error of the rest ends here.
    Catch,
    /// Sends close 4401 outward and does not call inward.
    Close,
    /// `call`: does not call inward and sends nothing.
    Silent,
    /// Says that the client is to be refused with status 401, and does not call inward.
    Refuse,
    /// Fails with an ordinary error.
    Raise,
    /// `call`: fails after the rest has returned.
    RaiseAfter,
    /// Panics.
    Panic,
    /// `call`: panics after the rest has returned.
    PanicAfter,
    /// Swallows the first message of the client; or every message to it.
    Drop,
    /// `receive`: swallows `connect`.
    DropConnect,
    /// `send`: swallows `accept`.
    DropAccept,
    /// Adds its name to a message.
    Replace,
    /// `receive`: turns the first message of the client into `disconnect`.
    Disconnect,
    /// `send`: hands each message on twice.
    Twice,
    /// `init`: the layer declares itself not used.
    NotUsed,
}

impl Behaviour {
    /// The same with an ordinary error in the place of a panic.
    pub fn without_panic(self) -> Self {
        match self {
            Behaviour::Panic => Behaviour::Raise,
            Behaviour::PanicAfter => Behaviour::RaiseAfter,
            other => other,
        }
    }
}
