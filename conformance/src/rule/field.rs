//! Rules F: GraphQL fields, and G: the profile of Graphene.

use super::{Check, Level, Rule};

/// Whoever has no fields is not asked for these.
const PROFILES: &[&str] = &["graphql", "graphene", "graphql-core-3.3"];

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "F1",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A layer runs for every field: nested ones, those of each list item, default \
                   resolvers, mutations, and introspection unless it is scoped otherwise (by \
                   type, by field, by operation, or all but introspection).",
        source: "Graphene 2 and 3, graphql-core, graphql-middleware",
        check: Check::Model("every-field"),
        implies: &[],
    },
    Rule {
        id: "F2",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A layer runs once for a field, not once for each list item; a field's \
                   children start after its outermost layer has left; the items of a list are \
                   completed in order (ready values; awaited ones go on side by side).",
        source: "Graphene 2 and 3, graphql-core, graphql-middleware",
        check: Check::Model("once-for-a-field"),
        implies: &[],
    },
    Rule {
        id: "F3",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Where a layer does not call next, inner layers and the resolver do not run; \
                   the children of the object it gives resolve as usual.",
        source: "Graphene 2 and 3, graphql-core, graphql-middleware",
        check: Check::Model("without-next"),
        implies: &[],
    },
    Rule {
        id: "F4",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "An error before or after next is a field error with that field's path and \
                   its place in the document. The field is null; a non-null field passes the \
                   null to the nearest nullable parent. A ready non-null failure stops the \
                   later siblings; what has been begun goes on.",
        source: "Graphene 2 and 3, graphql-core",
        check: Check::Model("field-errors"),
        implies: &[],
    },
    Rule {
        id: "F5",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Outer layers see inner errors as errors and may turn them into a value.",
        source: "Graphene 2 and 3, graphql-core, graphql-middleware",
        check: Check::Model("errors-on-the-way-out"),
        implies: &[],
    },
    Rule {
        id: "F6",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Arguments include the schema's defaults. Changed arguments reach the inner \
                   layers and the resolver only.",
        source: "Graphene 2 and 3, graphql-core, graphql-middleware",
        check: Check::Model("arguments"),
        implies: &[],
    },
    Rule {
        id: "F7",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A document that does not parse or validate runs no layer.",
        source: "Graphene 2 and 3, graphql-core, graphql-middleware",
        check: Check::Model("invalid-documents"),
        implies: &[],
    },
    Rule {
        id: "F8",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A second resolve is possible only through an explicit, named way (retry), \
                   and the trace shows both.",
        source: "Graphene 2 and 3, graphql-core, where next may be called at will",
        check: Check::Model("retry"),
        implies: &[],
    },
    Rule {
        id: "F9",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Sync stays sync: a ready value passes a layer without becoming a future. A \
                   layer's after-part runs when the value is there, whether it was ready or \
                   awaited; one that looks at what next hands back without awaiting it goes on \
                   before an awaited resolver has run, as a plain function does in Graphene.",
        source: "the contract; Graphene for the plain function",
        check: Check::Model("ready-and-awaited"),
        implies: &[],
    },
    Rule {
        id: "F10",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Subscriptions: a layer runs around the source, so that it can refuse, and \
                   around the root field and the children of each event; it is told which of \
                   the two it is. An error on one event nulls that event's field and the stream \
                   goes on; a source that fails at the start is a request error, and so is one \
                   that is no stream; one that fails in the middle ends the stream with an \
                   error. In the profile graphql-core-3.3 no layer runs around the source.",
        source: "the contract; graphene 2 for the source, graphql-core 3.3 and graphql-middleware for events",
        check: Check::Model("subscriptions"),
        implies: &[],
    },
    Rule {
        id: "F11",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "The root fields of a mutation run one after another: the next one's layers \
                   start after the last one's have left.",
        source: "graphql-core 3.3, graphql-middleware",
        check: Check::Model("serial-mutations"),
        implies: &[],
    },
    Rule {
        id: "F12",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Which layers a field has is decided when the schema is built; a field \
                   without layers pays nothing.",
        source: "the contract",
        check: Check::Model("scopes"),
        implies: &[],
    },
    Rule {
        id: "G1",
        level: Level::Must,
        profiles: &["graphene", "graphql-core-3.3"],
        since: "0.1.0",
        sentence: "The last listed layer is the outermost; where this disagrees with S1, it \
                   holds in this profile.",
        source: "Graphene 2 and 3, graphql-core",
        check: Check::Model("order-of-layers-reversed"),
        implies: &["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"],
    },
];
