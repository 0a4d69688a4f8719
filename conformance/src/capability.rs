//! What an engine may be unable to express.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that not every engine's types can say. A hello names those that the engine has; a
/// case that needs another one is counted as skipped, under the capability's name.
///
/// Each is defined as a property of a case's own input and of what the recording (for generated
/// cases: the model) reached, so a driver cannot choose what is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// A hook or view that returns None is reached. (Listing one is not enough.)
    HookReturnsNone,
    /// The same, where each None that is reached is answered by an error at that very place, so
    /// an engine without None can say it as that error: a `process_template_response` in every
    /// profile, a `process_response` in the legacy ones. An engine with `hook-returns-none` needs
    /// no second permission.
    NoneAsError,
    /// A panic is reached.
    Panics,
    /// A layer has an `exit` hook.
    ExitHooks,
    /// A stack is listed inside a stack.
    NestedStacks,
    /// A GraphQL layer is one of Python's odd callables: an instance with only `__call__`, a
    /// `functools.partial`, a class.
    PythonCallableKinds,
    /// GraphQL: the default resolver of an introspection field is asked about a value that a layer
    /// has put in the place of introspection's own.
    UntypedIntrospection,
    /// A GraphQL layer is listed for some fields only.
    ScopedLayers,
    /// The answer tells in which order the layers were built. Nothing is skipped without it; the
    /// order is then not verifiable.
    InitOrder,
    /// There are layers around each message that the app handles, as in Luna 0.5.
    MessageLayers,
    /// A future is dropped: a websocket's script says so; a GraphQL operation never ends, or its stream
    /// is given up.
    Drops,
    /// The script has a time that is over.
    TimeOuts,
    /// The script has a shutdown.
    Shutdowns,
    /// Units can be run at the same time through one stack. Nothing is skipped without it; rule S6
    /// is then not verifiable.
    ManyAtOnce,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Capability; 14] = [
        Capability::HookReturnsNone,
        Capability::NoneAsError,
        Capability::Panics,
        Capability::ExitHooks,
        Capability::NestedStacks,
        Capability::PythonCallableKinds,
        Capability::UntypedIntrospection,
        Capability::ScopedLayers,
        Capability::InitOrder,
        Capability::MessageLayers,
        Capability::Drops,
        Capability::TimeOuts,
        Capability::Shutdowns,
        Capability::ManyAtOnce,
    ];

    /// The name in hellos and reports.
    pub fn name(self) -> &'static str {
        match self {
            Capability::HookReturnsNone => "hook-returns-none",
            Capability::NoneAsError => "none-as-error",
            Capability::Panics => "panics",
            Capability::ExitHooks => "exit-hooks",
            Capability::NestedStacks => "nested-stacks",
            Capability::PythonCallableKinds => "python-callable-kinds",
            Capability::UntypedIntrospection => "untyped-introspection",
            Capability::ScopedLayers => "scoped-layers",
            Capability::InitOrder => "init-order",
            Capability::MessageLayers => "message-layers",
            Capability::Drops => "drops",
            Capability::TimeOuts => "time-outs",
            Capability::Shutdowns => "shutdowns",
            Capability::ManyAtOnce => "many-at-once",
        }
    }

    /// Whether an engine with these capabilities can be given a case that needs this one.
    pub fn is_met_by(self, claimed: &[Capability]) -> bool {
        claimed.contains(&self)
            || (self == Capability::NoneAsError && claimed.contains(&Capability::HookReturnsNone))
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
