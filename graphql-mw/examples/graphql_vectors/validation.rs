//! Validation cases: which rules a document breaks, and where.

use std::collections::HashMap;
use std::error::Error;

use graphql_mw::{Document, Limits, Location, Schema, validate};
use serde_json::{Value, json};

/// One answer for each case: `{"id", "syntaxError", "errors": [{"rule", "locations"}]}`.
pub(crate) fn answers(vectors: &Value) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut schemas = HashMap::new();
    for (name, sdl) in vectors["schemas"].as_object().ok_or("`schemas` is no object")? {
        let schema = Schema::parse(sdl.as_str().ok_or("a schema is no string")?)?;
        schemas.insert(name.as_str(), schema);
    }
    let cases = vectors["cases"].as_array().ok_or("`cases` is no list")?;
    cases.iter().map(|case| answer(case, &schemas)).collect()
}

fn answer(case: &Value, schemas: &HashMap<&str, Schema>) -> Result<Value, Box<dyn Error>> {
    let text = |member: &str| case[member].as_str().ok_or(format!("a case has no `{member}`"));
    let name = text("schema")?;
    let schema = schemas.get(name).ok_or(format!("there is no schema `{name}`"))?;
    Ok(match Document::parse(text("query")?, &Limits::default()) {
        Err(error) => {
            json!({"id": text("id")?, "syntaxError": place(error.location()), "errors": []})
        }
        Ok(document) => {
            let errors = validate(schema, &document).into_iter().map(|violation| {
                let locations: Vec<Value> = violation.locations.into_iter().map(place).collect();
                json!({"rule": violation.rule.name(), "locations": locations})
            });
            json!({"id": text("id")?, "syntaxError": null, "errors": errors.collect::<Vec<_>>()})
        }
    })
}

fn place(location: Location) -> Value {
    json!({"line": location.line, "column": location.column})
}
