//! Field programs as the fields of a recorded case.

use super::outcome::Outcome;
use super::program::{Field, Kind, Layer, Mode, Operation, Profile, Program, Resolver, Selection};
use super::schema::{Arg, field_of};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The input of a case, but for its id.
pub(super) fn to_input(program: &Program) -> Map<String, Value> {
    let (system, semantics) = program.profile.recorded();
    let Value::Object(mut input) = json!({
        "system": system,
        "lifecycle": "graphql-field",
        "semantics": semantics,
        "profile": program.profile.name(),
        "mode": program.mode,
        "layers": program.layers,
        "document": program.document,
        "selection": program.selection,
    }) else {
        return Map::new();
    };
    if !program.resolvers.is_empty() {
        input.insert(String::from("resolvers"), json!(program.resolvers));
    }
    if let Some(after) = program.drop_after {
        input.insert(String::from("drop_after"), json!(after));
    }
    input
}

/// Why a recorded case is none of this kit's.
pub(super) fn passed_over(input: &Map<String, Value>) -> Option<&'static str> {
    let mode = input.get("mode").and_then(Value::as_str);
    (mode == Some("luna-subscribe"))
        .then_some("subscriptions over a websocket belong to its protocol")
}

/// Reads the input of a recorded or a generated case.
pub(super) fn from_input(input: &Map<String, Value>) -> Result<Program, String> {
    let text = |key: &str| match input.get(key) {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(format!("the field `{key}` is {other}, not a string")),
        None => Err(format!("no field `{key}`")),
    };
    let lifecycle = text("lifecycle")?;
    if lifecycle != "graphql-field" {
        return Err(format!("the lifecycle is `{lifecycle}`, not `graphql-field`"));
    }
    let profile = match input.get("profile").and_then(Value::as_str) {
        Some(name) => Profile::by_name(name).ok_or(format!("no profile is named `{name}`"))?,
        None => {
            let system = text("system")?;
            Profile::of_recording(system)
                .ok_or(format!("no profile for the fields of the system `{system}`"))?
        }
    };
    let mut program = Program {
        profile,
        mode: read(input, "mode")?,
        layers: read(input, "layers")?,
        document: String::from(text("document")?),
        selection: read(input, "selection")?,
        resolvers: read_or_none(input, "resolvers")?,
        drop_after: read_or_none(input, "drop_after")?,
        chosen_by: None,
    };
    check(&program)?;
    program.chosen_by = chosen_by(&program, input);
    Ok(program)
}

/// The rule by which the contract chooses otherwise than the recorded system, read off the input.
fn chosen_by(program: &Program, input: &Map<String, Value>) -> Option<&'static str> {
    let says = |key: &str, what: &str| input.get(key).is_some_and(|value| value == what);
    if program.mode == Mode::Subscribe && program.profile.wraps_sources() {
        // None of them runs its layers around the source and around each event.
        Some("F10")
    } else if says("middleware_argument", "list") {
        // Graphene 2 hands each layer of a list a promise, and its after-part does not wait.
        Some("F9")
    } else if says("system", "graphql-middleware") {
        // It leaves introspection out.
        Some("F1")
    } else {
        None
    }
}

fn read<T: DeserializeOwned>(input: &Map<String, Value>, key: &str) -> Result<T, String> {
    let value = input.get(key).cloned().ok_or(format!("no field `{key}`"))?;
    serde_json::from_value(value).map_err(|error| format!("the field `{key}`: {error}"))
}

fn read_or_none<T: DeserializeOwned + Default>(
    input: &Map<String, Value>,
    key: &str,
) -> Result<T, String> {
    match input.contains_key(key) {
        true => read(input, key),
        false => Ok(T::default()),
    }
}

/// A number that a field is asked with is at most this: it says how much there is.
const GREATEST: i64 = 1000;

/// What no program can be.
pub(super) fn check(program: &Program) -> Result<(), String> {
    for layer in program.flat() {
        check_layer(program, layer)?;
    }
    let Some(Selection { operation, fields }) = &program.selection else { return Ok(()) };
    let subscribes = *operation == Operation::Subscription;
    if subscribes != (program.mode == Mode::Subscribe) {
        return Err(format!("the mode {:?} cannot run a {}", program.mode, operation.name()));
    }
    if subscribes && fields.len() != 1 {
        return Err(String::from("a subscription has one root field"));
    }
    if program.mode.is_sync() && !program.resolvers.values().all(|word| word.is_sync()) {
        return Err(String::from("a blocking resolver cannot give a future"));
    }
    if program.mode != Mode::Async
        && program.resolvers.values().any(|word| *word == Resolver::Never)
    {
        return Err(String::from("a resolver that is never ready needs the mode `async`"));
    }
    fields.iter().try_for_each(|field| check_field(operation.root(), field))
}

fn check_layer(program: &Program, layer: &Layer) -> Result<(), String> {
    let name = &layer.name;
    if name.is_empty() || name.contains(['.', '@']) || name == "source" {
        return Err(format!("a layer cannot be named `{name}`"));
    }
    if layer.kind == Kind::Async && program.mode.is_sync() {
        return Err(format!("`{name}` is a coroutine, which a blocking run cannot await"));
    }
    if layer.kind.is_odd() && layer.hooks.resolve.is_none() {
        return Err(format!("`{name}` is one of Python's odd callables and does nothing"));
    }
    Ok(())
}

fn check_field(parent: &str, field: &Field) -> Result<(), String> {
    let name = &field.field;
    let Some(known) = field_of(parent, name) else {
        return Err(format!("the type `{parent}` has no field `{name}`"));
    };
    for (arg, value) in &field.args {
        let fits = match known.arg {
            Some(Arg::Number(_) | Arg::NumberOr(..)) => {
                value.as_i64().is_some_and(|number| (-1..=GREATEST).contains(&number))
            }
            Some(Arg::Text(_) | Arg::TextOr(..)) => value.is_string(),
            None => false,
        };
        if !fits || known.arg.is_none_or(|known| known.name() != arg) {
            return Err(format!("`{parent}.{name}` takes no argument `{arg}: {value}`"));
        }
    }
    if let Some(Arg::Number(arg) | Arg::Text(arg)) = known.arg
        && !field.args.contains_key(arg)
    {
        return Err(format!("`{parent}.{name}` needs its argument `{arg}`"));
    }
    if known.of.is_object() == field.fields.is_empty() {
        return Err(format!(
            "`{parent}.{name}` gives {:?}, which is asked for otherwise",
            known.of
        ));
    }
    field.fields.iter().try_for_each(|field| check_field(known.of.name, field))
}

pub(super) fn outcome_value(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answered(response) => json!(response),
        Outcome::Streamed { stream, responses, escaped, dropped } => {
            let mut value = json!({"stream": stream, "responses": responses});
            if let Some(escaped) = escaped {
                value["escaped"] = json!(escaped);
            }
            if *dropped {
                value["dropped"] = json!(true);
            }
            value
        }
        Outcome::Dropped => json!({"dropped": true}),
        Outcome::Escaped(escaped) => json!({"escaped": escaped}),
    }
}
