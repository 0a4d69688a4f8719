//! GraphQL fields.

// The generators against the model.
mod laws;
// The reference model against the recorded cases.
mod model;
// Deliberately broken engines, each reported first under the rule it breaks.
mod shelf;
