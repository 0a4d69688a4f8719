//! GraphQL fields.

// The reference model against the recorded cases.
mod model;
