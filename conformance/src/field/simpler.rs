//! One step towards the fewest layers and fields and the plainest behaviours.

use super::document::{Style, document};
use super::json;
use super::model;
use super::program::{
    Behaviour, Exit, Field, Hooks, Kind, Layer, Listed, Mode, Operation, Program, Selection,
};
use super::small::of;

/// Every program that is one step simpler, the greatest step first.
pub(super) fn simpler(program: &Program) -> Vec<Program> {
    let mut simpler = Vec::new();
    let count = program.flat().len();
    let mut size = count;
    while size > 0 {
        for from in (0..count).step_by(size) {
            simpler.push(without(program, from..from + size));
        }
        size /= 2;
    }
    simpler.push(program.flattened());
    simpler.extend(with_simpler_operation(program));
    for name in program.resolvers.keys() {
        let mut other = program.clone();
        other.resolvers.remove(name);
        simpler.push(other);
    }
    simpler.push(Program { drop_after: None, ..program.clone() });
    for (at, layer) in program.flat().into_iter().enumerate() {
        simpler.extend(plainer(layer).into_iter().map(|plain| with(program, at, &plain)));
    }
    simpler.push(program.with_distinct_names());
    simpler.retain(|other| {
        other != program && json::check(other).is_ok() && !model::run(other).undetermined
    });
    simpler
}

/// Whole operations that are simpler, then the same one with something less.
fn with_simpler_operation(program: &Program) -> Vec<Program> {
    let ask = |mode: Mode, selection: Selection| {
        let document = document(&selection, Style::Plain);
        let drop_after = program.drop_after.filter(|_| mode == Mode::Subscribe);
        Program { mode, document, selection: Some(selection), drop_after, ..program.clone() }
    };
    let Some(selection) = &program.selection else { return Vec::new() };
    let mut all = Vec::new();
    for mode in [Mode::Sync, Mode::Async] {
        for path in ["a", "boom", "must", "boomNonNull", "user.name", "users.badNonNull"] {
            let plain = ask(mode, of(Operation::Query, &[path]));
            all.push(Program { resolvers: Default::default(), ..plain });
        }
        all.push(ask(mode, selection.clone()));
    }
    if selection.operation == Operation::Subscription {
        for path in ["count", "countBoom", "startBoom"] {
            let plain = ask(Mode::Subscribe, of(Operation::Subscription, &[path]));
            all.push(Program { resolvers: Default::default(), ..plain });
        }
    }
    all.retain(|other| weight(other) < weight(program));
    let fewer = fewer_fields(&selection.fields).into_iter().filter(|fields| !fields.is_empty());
    all.extend(
        fewer.map(|fields| ask(program.mode, Selection { operation: selection.operation, fields })),
    );
    all.push(ask(program.mode, selection.clone()));
    all
}

/// What a program asks of its reader: fewer fields, then a query, then a field that gives something,
/// then a blocking run.
fn weight(program: &Program) -> (usize, Operation, usize, Mode) {
    fn count(fields: &[Field]) -> usize {
        fields.iter().map(|field| 1 + field.args.len() + count(&field.fields)).sum()
    }
    let (operation, fields) = match &program.selection {
        Some(selection) => (selection.operation, &selection.fields[..]),
        None => (Operation::Query, &[][..]),
    };
    let first = fields.first().map_or("", |field| field.field.as_str());
    let plain = ["a", "boom", "must", "boomNonNull", "count", "countBoom", "startBoom"];
    let place = plain.iter().position(|name| *name == first).unwrap_or(plain.len());
    (count(fields) + program.resolvers.len(), operation, place, program.mode)
}

/// One field, or one argument, less, at any depth; an object keeps one field.
fn fewer_fields(fields: &[Field]) -> Vec<Vec<Field>> {
    let mut fewer = Vec::new();
    let mut put = |at: usize, instead: Vec<Field>| {
        let mut all = fields.to_vec();
        all.splice(at..=at, instead);
        fewer.push(all);
    };
    for (at, field) in fields.iter().enumerate() {
        if fields.len() > 1 {
            put(at, Vec::new());
        }
        for children in fewer_fields(&field.fields) {
            put(at, vec![Field { fields: children, ..field.clone() }]);
        }
        if field.key != field.field && fields.iter().all(|other| other.key != field.field) {
            put(at, vec![Field { key: field.field.clone(), ..field.clone() }]);
        }
        if !field.args.is_empty() {
            put(at, vec![Field { args: Default::default(), ..field.clone() }]);
        }
    }
    fewer
}

/// The same layer doing one thing less, or a plainer one.
fn plainer(layer: &Layer) -> Vec<Layer> {
    let hooks = |hooks: Hooks| Layer { hooks, ..layer.clone() };
    let mut plainer = vec![Layer { scope: None, ..layer.clone() }];
    let own = &layer.hooks;
    plainer.push(hooks(Hooks { only: None, ..own.clone() }));
    plainer.push(hooks(Hooks { phase: None, ..own.clone() }));
    plainer.push(hooks(Hooks { exit: None, ..own.clone() }));
    plainer.push(hooks(Hooks { exit: own.exit.map(|_| Exit::Pass), ..own.clone() }));
    plainer.push(hooks(Hooks { init: None, ..own.clone() }));
    plainer.push(hooks(Hooks { resolve: None, only: None, phase: None, ..own.clone() }));
    let words = Behaviour::ALL.into_iter().take_while(|word| Some(*word) != own.resolve);
    plainer.extend(
        words.map(|word| hooks(Hooks { resolve: own.resolve.map(|_| word), ..own.clone() })),
    );
    let kinds = Kind::PLAIN.into_iter().take_while(|kind| *kind != layer.kind);
    plainer.extend(kinds.map(|kind| Layer { kind, ..layer.clone() }));
    plainer
}

fn without(program: &Program, places: std::ops::Range<usize>) -> Program {
    let mut at = 0;
    let left = program.map_layers(|layer| {
        at += 1;
        (!places.contains(&(at - 1))).then(|| layer.clone())
    });
    Program { layers: without_empty_stacks(left.layers), ..left }
}

fn without_empty_stacks(listed: Vec<Listed>) -> Vec<Listed> {
    let kept = listed.into_iter().filter_map(|item| match item {
        Listed::Layer(layer) => Some(Listed::Layer(layer)),
        Listed::Stack { stack } => {
            let stack = without_empty_stacks(stack);
            (!stack.is_empty()).then_some(Listed::Stack { stack })
        }
    });
    kept.collect()
}

fn with(program: &Program, place: usize, instead: &Layer) -> Program {
    let mut at = 0;
    program.map_layers(|layer| {
        at += 1;
        Some(if at - 1 == place { instead.clone() } else { layer.clone() })
    })
}
