//! From the schema language to a schema.

use super::{Schema, SchemaError, SchemaProblem};

pub(super) fn build(sdl: &str) -> Result<Schema, SchemaError> {
    let _ = sdl;
    let problem = SchemaProblem { message: "not there yet".into(), location: Default::default() };
    Err(SchemaError::new(vec![problem]))
}
