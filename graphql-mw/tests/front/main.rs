//! Documents and schemas: what is refused, where, and how soon.

mod hostile;
mod limits;
mod parsing;
mod rules;
mod schema;
mod vectors;
