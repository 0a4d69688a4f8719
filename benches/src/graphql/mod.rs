//! Four questions of GraphQL, without a socket: what does a field cost, and a layer around it; what
//! does a small request of depth 5; what does reading a document; and what does an event cost that a
//! thousand subscribers are told.
//!
//! Each executor's data and types are written as its users would write them. A layer looks at the
//! field's name on the way in, and at whether there is a value on the way out.

#[cfg(feature = "graphql-peers")]
mod async_graphql;
mod documents;
#[cfg(feature = "graphql-peers")]
mod juniper;
mod plywood;
mod subscribers;

use crate::Case;

/// How many objects the list has; each is asked for five fields.
const OBJECTS: usize = 1000;

/// What is asked of each object.
const LIST: &str = "{ users { id name email age active } }";

/// Eleven fields, five levels.
const DEEP: &str = "{ node { id next { id next { id next { id next { id name } } } } } }";

/// What a thousand subscribers ask for.
const EVENTS: &str = "subscription { tick { id text } }";

/// How many layers are tried.
const LAYERS: &[usize] = &[0, 1, 4];

/// 1,000 objects of five fields each; a message is a field.
pub const FIELDS: &[Case] = &[
    fields("plywood, ready", plywood::list::<plywood::Ready, plywood::Touch>),
    fields(
        "plywood, ready, layers that only pass on",
        plywood::list::<plywood::Ready, plywood::PassOn>,
    ),
    fields(
        "plywood, ready, layers out of scope",
        plywood::list::<plywood::Ready, plywood::Elsewhere>,
    ),
    fields(
        "plywood, ready, layers with an exit",
        plywood::list::<plywood::Ready, plywood::WithExit>,
    ),
    fields("plywood, awaited", plywood::list::<plywood::Awaited, plywood::Touch>),
    fields("plywood, allocating", plywood::list::<plywood::Ready, plywood::Allocating>),
    #[cfg(feature = "graphql-peers")]
    fields("async-graphql static, plain fields", async_graphql::list_of_plain_fields),
    #[cfg(feature = "graphql-peers")]
    fields("async-graphql static, async functions", async_graphql::list_of_async_functions),
    #[cfg(feature = "graphql-peers")]
    fields("async-graphql dynamic, values", async_graphql::list_of_dynamic_values),
    #[cfg(feature = "graphql-peers")]
    fields("async-graphql dynamic, futures", async_graphql::list_of_dynamic_futures),
    #[cfg(feature = "graphql-peers")]
    bare("juniper, execute_sync", OBJECTS * 5, juniper::list_sync),
    #[cfg(feature = "graphql-peers")]
    bare("juniper, execute, plain fields", OBJECTS * 5, juniper::list_async),
    #[cfg(feature = "graphql-peers")]
    bare("juniper, execute, async functions", OBJECTS * 5, juniper::list_of_async_functions),
];

/// A small request; a message is a request.
pub const REQUEST: &[Case] = &[
    request("plywood, ready, depth 5", plywood::deep::<plywood::Ready, plywood::Touch>),
    request("plywood, awaited, depth 5", plywood::deep::<plywood::Awaited, plywood::Touch>),
    #[cfg(feature = "graphql-peers")]
    request("async-graphql static, depth 5", async_graphql::deep),
    #[cfg(feature = "graphql-peers")]
    request("async-graphql dynamic, depth 5", async_graphql::deep_dynamic),
    #[cfg(feature = "graphql-peers")]
    bare("juniper, execute_sync, depth 5", 1, juniper::deep_sync),
    #[cfg(feature = "graphql-peers")]
    bare("juniper, execute, depth 5", 1, juniper::deep_async),
];

/// Reading a document; a message is a document.
pub const DOCUMENT: &[Case] = &[
    bare("plywood, parse, small", 1, |_| documents::parse(documents::SMALL)),
    bare("plywood, validate, small", 1, |_| documents::validate(documents::SMALL)),
    bare("plywood, parse, large", 1, |_| documents::parse(documents::LARGE)),
    bare("plywood, validate, large", 1, |_| documents::validate(documents::LARGE)),
    #[cfg(feature = "graphql-peers")]
    bare("async-graphql-parser, parse, small", 1, |_| async_graphql::parse(documents::SMALL)),
    #[cfg(feature = "graphql-peers")]
    bare("async-graphql-parser, parse, large", 1, |_| async_graphql::parse(documents::LARGE)),
];

/// An event for a thousand subscribers; a message is a response to one of them.
pub const EVENT: &[Case] = &[
    events("plywood, events", subscribers::tell),
    #[cfg(feature = "graphql-peers")]
    events("async-graphql static, events", async_graphql::tell),
];

const fn fields(name: &'static str, build: fn(usize) -> crate::Run) -> Case {
    Case { name, messages: OBJECTS * 5, layers: LAYERS, build }
}

const fn request(name: &'static str, build: fn(usize) -> crate::Run) -> Case {
    Case { name, messages: 1, layers: LAYERS, build }
}

const fn events(name: &'static str, build: fn(usize) -> crate::Run) -> Case {
    Case { name, messages: subscribers::COUNT, layers: LAYERS, build }
}

const fn bare(name: &'static str, messages: usize, build: fn(usize) -> crate::Run) -> Case {
    Case { name, messages, layers: &[0], build }
}
