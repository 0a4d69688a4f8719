//! HTTP programs as the fields of a recorded case.

use super::outcome::Outcome;
use super::program::{Hook, Listed, Profile, Program, View};
use serde_json::{Map, Value, json};

/// The input of a case, but for its id.
pub(super) fn to_input(program: &Program) -> Map<String, Value> {
    let (semantics, version) = program.profile.semantics();
    let Value::Object(input) = json!({
        "system": "django",
        "version": version,
        "lifecycle": "http",
        "semantics": semantics,
        "profile": program.profile.name(),
        "handler": "wsgi",
        "layers": program.layers,
        "view": program.view,
        "request": {"method": "GET", "path": "/"},
    }) else {
        return Map::new();
    };
    input
}

/// Reads the input of a recorded or a generated case.
pub(super) fn from_input(input: &Map<String, Value>) -> Result<Program, String> {
    let text = |key: &str| match input.get(key) {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(format!("the field `{key}` is {other}, not a string")),
        None => Err(format!("no field `{key}`")),
    };
    let lifecycle = text("lifecycle")?;
    if lifecycle != "http" {
        return Err(format!("the lifecycle is `{lifecycle}`, not `http`"));
    }
    if let Some(system) = input.get("system").filter(|system| *system != "django") {
        return Err(format!("the system is {system}: only Django's cases have a profile here"));
    }
    let profile = match input.get("profile").and_then(Value::as_str) {
        Some(name) => Profile::by_name(name).ok_or(format!("no profile is named `{name}`"))?,
        None => {
            let (semantics, version) = (text("semantics")?, text("version")?);
            Profile::of_recording(semantics, version)
                .ok_or(format!("no profile for the semantics `{semantics}` of version {version}"))?
        }
    };
    let field = |key: &str| input.get(key).cloned().ok_or(format!("no field `{key}`"));
    let layers: Vec<Listed> = serde_json::from_value(field("layers")?)
        .map_err(|error| format!("the field `layers`: {error}"))?;
    let view: View = serde_json::from_value(field("view")?)
        .map_err(|error| format!("the field `view`: {error}"))?;
    let program = Program { profile, layers, view };
    check_words(&program)?;
    Ok(program)
}

/// Every hook may do only what it has a word for, and a call-style layer has no phases.
fn check_words(program: &Program) -> Result<(), String> {
    for layer in program.flat() {
        for (hook, behaviour) in &layer.hooks {
            if !hook.words().contains(behaviour) {
                return Err(format!("`{}.{hook}` cannot do {behaviour:?}", layer.name));
            }
        }
        if layer.does(Hook::Call).is_some() {
            if let Some(phase) = Hook::PHASES.iter().find(|hook| layer.does(**hook).is_some()) {
                return Err(format!("`{}` has `call` and `{phase}`", layer.name));
            }
            if program.profile.is_legacy() {
                return Err(format!("`{}` has `call`, which the legacy profiles lack", layer.name));
            }
        }
    }
    Ok(())
}

pub(super) fn outcome_value(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answered { status, body, x_trail, errors } => {
            json!({"status": status, "body": body, "x_trail": x_trail, "errors": errors})
        }
        Outcome::Escaped { escaped, errors } => json!({"escaped": escaped, "errors": errors}),
    }
}
