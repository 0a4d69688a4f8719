//! Websocket programs as the fields of a recorded case.

use super::program::{App, Hook, Listed, PROFILE, Program};
use super::script::Item;
use serde_json::{Map, Value, json};

/// The input of a case, but for its id.
pub(super) fn to_input(program: &Program) -> Map<String, Value> {
    let (system, version) = match program.app {
        App::Handler => ("graphene-luna", "1.0.0"),
        App::Bare => ("graphene-luna", "0.5.0"),
        App::Consumer => ("channels", "4.3.2"),
    };
    let Value::Object(mut input) = json!({
        "system": system,
        "version": version,
        "lifecycle": "websocket",
        "semantics": SEMANTICS,
        "profile": PROFILE,
        "app": "echo",
        "layers": program.layers,
        "script": program.script,
    }) else {
        return Map::new();
    };
    if program.app == App::Bare {
        input.insert(String::from("message_layers"), json!(program.message_layers));
    }
    input
}

const SEMANTICS: &str = "onion, first listed outermost";

/// Why a recorded case is none of this lifecycle's.
pub(super) fn passed_over(input: &Map<String, Value>) -> Option<&'static str> {
    let is = |field: &str, text: &str| input.get(field).and_then(Value::as_str) == Some(text);
    if !is("lifecycle", "websocket") {
        None
    } else if is("app", "graphql") {
        Some("the GraphQL app belongs to the transport, whose protocol decides")
    } else if is("system", "starlette") {
        Some("Starlette's app keeps a state of its own before the layers")
    } else {
        None
    }
}

/// Reads the input of a recorded or a generated case.
pub(super) fn from_input(input: &Map<String, Value>) -> Result<Program, String> {
    let text = |key: &str| match input.get(key) {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(format!("the field `{key}` is {other}, not a string")),
        None => Err(format!("no field `{key}`")),
    };
    let lifecycle = text("lifecycle")?;
    if lifecycle != "websocket" {
        return Err(format!("the lifecycle is `{lifecycle}`, not `websocket`"));
    }
    if let Some(profile) = input.get("profile").filter(|profile| *profile != PROFILE) {
        return Err(format!("no profile is named {profile}"));
    }
    let semantics = text("semantics")?;
    if semantics != SEMANTICS {
        return Err(format!("no profile for the semantics `{semantics}`"));
    }
    let app = text("app")?;
    if app != "echo" {
        return Err(format!("no app is named `{app}`"));
    }
    let app = match (text("system")?, text("version")?) {
        ("graphene-luna", version) if version.starts_with("0.") => App::Bare,
        ("graphene-luna", version) if version.starts_with("1.") => App::Handler,
        ("channels", _) => App::Consumer,
        (system, version) => return Err(format!("no echo app of `{system}` {version}")),
    };
    let field = |key: &str| input.get(key).cloned().ok_or(format!("no field `{key}`"));
    let layers: Vec<Listed> = serde_json::from_value(field("layers")?)
        .map_err(|error| format!("the field `layers`: {error}"))?;
    let script: Vec<Item> = serde_json::from_value(field("script")?)
        .map_err(|error| format!("the field `script`: {error}"))?;
    let message_layers = match input.get("message_layers") {
        None => Vec::new(),
        Some(Value::Array(layers)) => layers.clone(),
        Some(other) => return Err(format!("the field `message_layers` is {other}, not a list")),
    };
    let program = Program { layers, message_layers, app, script };
    check_words(&program)?;
    Ok(program)
}

/// Every hook may do only what it has a word for, and a layer is a call or has a way in, not both.
fn check_words(program: &Program) -> Result<(), String> {
    for layer in program.flat() {
        for (hook, behaviour) in &layer.hooks {
            if !hook.words().contains(behaviour) {
                return Err(format!("`{}.{hook}` cannot do {behaviour:?}", layer.name));
            }
            if hook.takes_a_call(*behaviour) && !layer.wraps() {
                let name = &layer.name;
                return Err(format!("`{name}.{hook}` does {behaviour:?}, which takes a `call`"));
            }
        }
        if layer.wraps() && layer.does(Hook::Enter).is_some() {
            return Err(format!("`{}` has `call` and `enter`", layer.name));
        }
    }
    Ok(())
}
