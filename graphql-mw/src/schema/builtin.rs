//! What every schema has.
