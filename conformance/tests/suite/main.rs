//! The kit's own tests.

// The reference model against the recorded cases.
mod model;
