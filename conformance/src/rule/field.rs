//! Rules F: GraphQL fields; G: the profile of Graphene.

use super::{Check, Level, Rule};

const fn must(
    id: &'static str,
    sentence: &'static str,
    source: &'static str,
    check: Check,
    implies: &'static [&'static str],
) -> Rule {
    let (level, since) = (Level::Must, "0.2.0");
    Rule { id, level, profiles: EVERY, since, sentence, source, check, implies }
}

/// The profiles of this lifecycle.
const EVERY: &[&str] = &["graphql", "graphene", "graphql-core-3.3"];

pub(super) static RULES: &[Rule] = &[
    must(
        "F1",
        "A layer runs for every field: nested ones, those of each list item, default \
         resolvers, mutations, and introspection unless it is scoped otherwise (by type, by field, \
         by operation, or all but introspection).",
        "Graphene 2 and 3, graphql-core, graphql-middleware",
        Check::Model("every-field"),
        &[],
    ),
    must(
        "F2",
        "A layer runs once for a field, not once for each list item; a field's children start \
         after its outermost layer has left; the items of a list are completed in order (ready \
         values; awaited ones go on side by side).",
        "Graphene 2 and 3, graphql-core, graphql-middleware",
        Check::Model("once-for-a-field"),
        &[],
    ),
    must(
        "F3",
        "Where a layer does not call next, inner layers and the resolver do not run; the \
         children of the object it gives resolve as usual.",
        "Graphene 2 and 3, graphql-core, graphql-middleware",
        Check::Model("without-next"),
        &[],
    ),
    must(
        "F4",
        "An error before or after next is a field error with that field's path and its place \
         in the document. The field is null; a non-null field passes the null to the nearest \
         nullable parent. A ready non-null failure stops the later siblings; what has been begun goes \
         on.",
        "Graphene 2 and 3, graphql-core",
        Check::Model("field-errors"),
        &[],
    ),
    must(
        "F5",
        "Outer layers see inner errors as errors and may turn them into a value.",
        "Graphene 2 and 3, graphql-core, graphql-middleware",
        Check::Model("errors-on-the-way-out"),
        &[],
    ),
    must(
        "F6",
        "Arguments include the schema's defaults. Changed arguments reach the inner layers and \
         the resolver only.",
        "Graphene 2 and 3, graphql-core, graphql-middleware",
        Check::Model("arguments"),
        &[],
    ),
    must(
        "F7",
        "A document that does not parse or validate runs no layer.",
        "Graphene 2 and 3, graphql-core, graphql-middleware",
        Check::Model("invalid-documents"),
        &[],
    ),
    must(
        "F8",
        "A second resolve is possible only through an explicit, named way (retry), and the \
         trace shows both.",
        "Graphene 2 and 3, graphql-core, where next may be called at will",
        Check::Model("retry"),
        &[],
    ),
    must(
        "F9",
        "Sync stays sync: a ready value passes a layer without becoming a future. A layer's \
         after-part runs when the value is there, whether it was ready or awaited; one that looks at \
         what next hands back without awaiting it goes on before an awaited resolver has run, as a \
         plain function does in Graphene.",
        "the contract; Graphene for the plain function",
        Check::Model("ready-and-awaited"),
        &[],
    ),
    must(
        "F10",
        "Subscriptions: a layer runs around the source, so that it can refuse, and around the \
         root field and the children of each event; it is told which of the two it is. An error on \
         one event nulls that event's field and the stream goes on; a source that fails at the start \
         is a request error, and so is one that is no stream; one that fails in the middle ends the \
         stream with an error. In the profile graphql-core-3.3 no layer runs around the source.",
        "the contract; graphene 2 for the source, graphql-core 3.3 and graphql-middleware for events",
        Check::Model("subscriptions"),
        &[],
    ),
    must(
        "F11",
        "The root fields of a mutation run one after another: the next one's layers start \
         after the last one's have left.",
        "graphql-core 3.3, graphql-middleware",
        Check::Model("serial-mutations"),
        &[],
    ),
    must(
        "F12",
        "Which layers a field has is decided when the schema is built; a field without layers \
         pays nothing.",
        "the contract",
        Check::Model("scopes"),
        &[],
    ),
    Rule {
        profiles: &["graphene", "graphql-core-3.3"],
        ..must(
            "G1",
            "The last listed layer is the outermost; where this disagrees with S1, it holds \
             in this profile.",
            "Graphene 2 and 3, graphql-core",
            Check::Model("order-of-layers-reversed"),
            &["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"],
        )
    },
];
