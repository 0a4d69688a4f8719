//! GraphQL fields.

// The generators against the model.
mod laws;
// The reference model against the recorded cases.
mod model;
