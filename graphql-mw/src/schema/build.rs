//! From the schema language to a schema.

use std::collections::HashMap;
use std::sync::Arc;

use engine_core::nearest;

use super::check;
use super::source::{Source, SourceDirective, SourceType, source};
use super::{
    DirectiveDefinition, EnumValue, Field, FieldId, Fields, InputValue, Schema, SchemaError,
    SchemaProblem, Type, TypeId, TypeKind, TypeRef, builtin,
};
use crate::ast::sdl::{DefinitionKind, EnumValueDefinition, FieldDefinition, InputDefinition};
use crate::ast::{Directive, Location, Name, TypeNode, ValueKind};
use crate::parser::type_system;

/// Reads, puts together, resolves names, and checks.
pub(super) fn build(sdl: &str) -> Result<Schema, SchemaError> {
    let mut problems = Vec::new();
    let mut source = source(type_system(sdl)?, builtin::definitions()?, &mut problems);
    let meta = source.types.pop_if(|last| &*last.name == builtin::META);
    let mut builder = Builder::new(&source, problems);
    let roots = builder.roots(&source);
    let types: Vec<Type> =
        source.types.iter().enumerate().map(|(id, it)| builder.type_of(id, it)).collect();
    builder.parent = roots[0].unwrap_or(TypeId(0));
    builder.is_builtin = true;
    let meta = meta.map(|meta| builder.fields(meta_fields(&meta))).unwrap_or_default();
    let directives = source.directive_definitions.iter().map(|it| builder.directive(it)).collect();
    let Builder { type_by_name, directive_by_name, fields, problems, .. } = builder;
    let [Some(query), mutation, subscription] = roots else {
        return Err(SchemaError::new(problems));
    };
    let meta = |name| meta.id(name).unwrap_or(FieldId(0));
    let mut schema = Schema {
        description: source.description,
        types,
        fields,
        directives,
        type_by_name,
        directive_by_name,
        query,
        mutation,
        subscription,
        typename_field: meta("__typename"),
        schema_field: meta("__schema"),
        type_field: meta("__type"),
    };
    add_possible_types(&mut schema);
    // What could not be resolved would be reported a second time for what stands in its place.
    if !problems.is_empty() {
        return Err(SchemaError::new(problems));
    }
    let problems = check::check(&schema, &source.directives);
    if problems.is_empty() { Ok(schema) } else { Err(SchemaError::new(problems)) }
}

fn meta_fields(meta: &SourceType) -> &[FieldDefinition] {
    match &meta.kind {
        DefinitionKind::Interface(_, fields) => fields,
        _ => &[],
    }
}

/// Numbers are dealt out in the order of the text, so each list is ascending.
fn add_possible_types(schema: &mut Schema) {
    let mut possible = vec![Vec::new(); schema.types.len()];
    for ty in &schema.types {
        match &ty.kind {
            TypeKind::Object { interfaces, .. } => {
                possible[ty.id.index()].push(ty.id);
                for interface in interfaces {
                    possible[interface.index()].push(ty.id);
                }
            }
            TypeKind::Union { members } => possible[ty.id.index()].extend(members),
            _ => {}
        }
    }
    for (ty, mut possible) in schema.types.iter_mut().zip(possible) {
        possible.sort_unstable();
        possible.dedup();
        ty.possible = possible;
    }
}

struct Builder {
    type_by_name: HashMap<Arc<str>, TypeId>,
    directive_by_name: HashMap<Arc<str>, usize>,
    fields: Vec<Field>,
    /// The type whose parts are built.
    parent: TypeId,
    /// Whether it is one that the author has not written.
    is_builtin: bool,
    problems: Vec<SchemaProblem>,
}

impl Builder {
    fn new(source: &Source, problems: Vec<SchemaProblem>) -> Builder {
        let ids = (0..).map(TypeId);
        let directives = source.directive_definitions.iter().enumerate();
        Builder {
            type_by_name: source.types.iter().map(|it| it.name.text.clone()).zip(ids).collect(),
            directive_by_name: directives.map(|(at, it)| (it.name.text.clone(), at)).collect(),
            fields: Vec::new(),
            parent: TypeId(0),
            is_builtin: false,
            problems,
        }
    }

    fn problem(&mut self, location: Location, message: String) {
        self.problems.push(SchemaProblem { message, location });
    }

    /// Where something stands, unless nobody wrote it.
    fn place(&self, location: Location) -> Location {
        if self.is_builtin { Location::default() } else { location }
    }

    /// The type called `name`; where there is none, any other, as the schema is refused.
    fn resolve(&mut self, name: &Name) -> TypeId {
        if let Some(id) = self.type_by_name.get(&name.text) {
            return *id;
        }
        let near = nearest(name, self.type_by_name.keys().map(|known| &**known));
        let message = match near {
            Some(near) => format!("there is no type `{name}`: did you mean `{near}`?"),
            None => format!("there is no type `{name}`: define it, or use one that is defined"),
        };
        self.problem(name.location, message);
        TypeId(0)
    }

    /// Resolves names of which each may come once and must be of a kind.
    fn resolve_all(&mut self, names: &[Name], source: &SourceType, role: &str) -> Vec<TypeId> {
        let mut ids = Vec::new();
        for name in names {
            let id = self.resolve(name);
            if ids.contains(&id) && self.type_by_name.contains_key(&name.text) {
                let message =
                    format!("`{name}` is twice {role} `{}`: remove one of the two", source.name);
                self.problem(name.location, message);
            } else {
                ids.push(id);
            }
        }
        ids
    }

    /// The types of queries, mutations and subscriptions.
    fn roots(&mut self, source: &Source) -> [Option<TypeId>; 3] {
        let mut roots = [None; 3];
        let kinds =
            [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")];
        for (operation, name) in &source.roots {
            let id = self.resolve(name);
            let Some(place) = kinds.iter().position(|(kind, _)| *operation == **kind) else {
                let message =
                    format!("`{operation}` is no operation: write query, mutation or subscription");
                self.problem(operation.location, message);
                continue;
            };
            if roots[place].is_some() {
                let message = format!("the type of `{operation}` is given twice: remove one");
                self.problem(operation.location, message);
            }
            roots[place] = Some(id);
        }
        if !source.has_definition {
            for (root, (_, name)) in roots.iter_mut().zip(kinds) {
                *root = root.or(self.type_by_name.get(name).copied());
            }
        }
        if roots[0].is_none() {
            let message = "the schema has no queries: define `type Query`, \
                           or name another type in `schema { query: … }`";
            self.problem(Location::default(), message.into());
        }
        for (place, root) in roots.iter().enumerate().filter_map(|(at, it)| Some((at, (*it)?))) {
            let definition = &source.types[root.index()];
            let (location, name) = (definition.location, definition.name.clone());
            let is_object = matches!(definition.kind, DefinitionKind::Object(..));
            let kind = kinds[place].0;
            if !is_object {
                let message =
                    format!("`{name}` is the type of `{kind}` and no object: define it as `type`");
                self.problem(location, message);
            }
            if roots[..place].contains(&Some(root)) {
                let message = format!(
                    "`{name}` is the type of `{kind}` and of another operation: use two types"
                );
                self.problem(location, message);
            }
        }
        roots
    }

    fn type_of(&mut self, id: usize, source: &SourceType) -> Type {
        let id = TypeId(id as u32);
        self.parent = id;
        self.is_builtin = source.is_builtin();
        let kind = match &source.kind {
            DefinitionKind::Object(interfaces, fields) => TypeKind::Object {
                interfaces: self.resolve_all(interfaces, source, "an interface of"),
                fields: self.fields(fields),
            },
            DefinitionKind::Interface(interfaces, fields) => TypeKind::Interface {
                interfaces: self.resolve_all(interfaces, source, "an interface of"),
                fields: self.fields(fields),
            },
            DefinitionKind::Union(members) => {
                TypeKind::Union { members: self.resolve_all(members, source, "a member of") }
            }
            DefinitionKind::Enum(values) => TypeKind::Enum { values: self.enum_values(values) },
            DefinitionKind::InputObject(fields) => TypeKind::InputObject {
                fields: self.inputs(fields, "field"),
                one_of: source.directives.iter().any(|it| it.name == *"oneOf"),
            },
            DefinitionKind::Scalar | DefinitionKind::Schema(_) | DefinitionKind::Directive(_) => {
                TypeKind::Scalar {
                    specified_by: text_argument(&source.directives, "specifiedBy", "url"),
                }
            }
        };
        Type {
            id,
            name: source.name.text.clone(),
            description: source.description.clone(),
            kind,
            directives: source.directives.clone(),
            location: source.location,
            possible: Vec::new(),
        }
    }

    fn fields(&mut self, definitions: &[FieldDefinition]) -> Fields {
        let mut fields = Fields::default();
        for definition in definitions {
            let name = &definition.name;
            let id = FieldId(self.fields.len() as u32);
            if fields.by_name.insert(name.text.clone(), id).is_some() {
                let message = format!("the field `{name}` is defined twice: remove one");
                self.problem(name.location, message);
            }
            fields.ids.push(id);
            // Arguments are built first: they may report problems, and the field is pushed whole.
            let field = Field {
                id,
                parent: self.parent,
                name: name.text.clone(),
                description: definition.description.clone(),
                arguments: self.inputs(&definition.arguments, "argument"),
                type_ref: self.type_ref(&definition.type_node),
                deprecated: deprecated(&definition.directives),
                directives: definition.directives.clone(),
                location: self.place(name.location),
            };
            self.fields.push(field);
        }
        fields
    }

    fn inputs(&mut self, definitions: &[InputDefinition], role: &str) -> Vec<InputValue> {
        let mut inputs: Vec<InputValue> = Vec::new();
        for definition in definitions {
            let name = &definition.name;
            if inputs.iter().any(|other| other.name == name.text) {
                self.problem(
                    name.location,
                    format!("the {role} `{name}` is defined twice: remove one"),
                );
            }
            inputs.push(InputValue {
                name: name.text.clone(),
                description: definition.description.clone(),
                type_ref: self.type_ref(&definition.type_node),
                default: definition.default.clone(),
                deprecated: deprecated(&definition.directives),
                directives: definition.directives.clone(),
                location: self.place(name.location),
            });
        }
        inputs
    }

    fn enum_values(&mut self, definitions: &[EnumValueDefinition]) -> Vec<EnumValue> {
        let mut values: Vec<EnumValue> = Vec::new();
        for definition in definitions {
            let name = &definition.name;
            if values.iter().any(|other| other.name == name.text) {
                self.problem(
                    name.location,
                    format!("the value `{name}` is defined twice: remove one"),
                );
            }
            values.push(EnumValue {
                name: name.text.clone(),
                description: definition.description.clone(),
                deprecated: deprecated(&definition.directives),
                directives: definition.directives.clone(),
                location: self.place(name.location),
            });
        }
        values
    }

    fn directive(&mut self, source: &SourceDirective) -> DirectiveDefinition {
        self.is_builtin = source.location.line == 0;
        DirectiveDefinition {
            name: source.name.text.clone(),
            description: source.description.clone(),
            arguments: self.inputs(&source.parts.arguments, "argument"),
            repeatable: source.parts.repeatable,
            locations: source.parts.locations.clone(),
            location: source.location,
        }
    }

    fn type_ref(&mut self, node: &TypeNode) -> TypeRef {
        match node {
            TypeNode::Named(name) => TypeRef::Named(self.resolve(name)),
            TypeNode::List(inner, _) => TypeRef::List(Box::new(self.type_ref(inner))),
            TypeNode::NonNull(inner) => TypeRef::NonNull(Box::new(self.type_ref(inner))),
        }
    }
}

/// The reason of `@deprecated`, or the one that holds without.
fn deprecated(directives: &[Directive]) -> Option<Arc<str>> {
    directives.iter().any(|it| it.name == *"deprecated").then(|| {
        text_argument(directives, "deprecated", "reason")
            .unwrap_or_else(|| "No longer supported".into())
    })
}

fn text_argument(directives: &[Directive], directive: &str, argument: &str) -> Option<Arc<str>> {
    let found = directives.iter().find(|it| it.name == *directive)?;
    match &found.argument(argument)?.kind {
        ValueKind::String(text) => Some(text.clone()),
        _ => None,
    }
}
