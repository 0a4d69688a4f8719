//! The kit's own tests.

// The lifecycle of GraphQL fields.
mod field;
// The laws, of the reference model.
mod laws;
// The reference model against the recorded cases.
mod model;
// The page of rules against the rules.
mod page;
// The program `conformance`, run with drivers that work, differ, hang, die and talk nonsense.
mod program;
// Deliberately broken engines, each reported first under the rule it breaks.
mod shelf;
// The websocket lifecycle.
mod websocket;
