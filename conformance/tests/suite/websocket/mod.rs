//! The same of the websocket lifecycle.

// The laws, of the reference model.
mod laws;
// The reference model against the recorded cases.
mod model;
// Deliberately broken engines, each reported first under the rule it breaks.
mod shelf;
