//! From a schema and what was attached to it to what is executed.

use super::builder::{Attached, ExecutorError};
use super::compiled::{Compiled, CompiledField, Kind, Layers, Reach, Resolver};
use super::introspection;
use crate::Stack;
use crate::ast::OperationKind;
use crate::middleware::FieldLayer;
use crate::profile::Profile;
use crate::schema::{Field, FieldId, Schema, Type, TypeKind};
use crate::scope::Target;
use engine_core::{LayerType, nearest};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn compile(
    schema: Schema,
    mut attached: Attached,
    stack: &Stack,
    profile: Profile,
) -> Result<Compiled, ExecutorError> {
    let mut problems = Problems { schema: &schema, found: Vec::new() };
    let resolvers = problems.fields("a resolver", std::mem::take(&mut attached.resolvers));
    let sources = problems.sources(std::mem::take(&mut attached.sources));
    problems.scopes(stack);
    problems.reversed_order(stack, profile);
    let kinds = problems.kinds(&mut attached);
    let mut rust_types = HashMap::new();
    for (rust_type, name) in attached.rust_types {
        let is_object = |kind: &TypeKind| matches!(kind, TypeKind::Object { .. });
        if let Some(of) = problems.type_named("a Rust type", &name, "an object", is_object) {
            rust_types.insert(rust_type, of.id);
        }
    }
    let found = problems.found;
    if !found.is_empty() {
        return Err(ExecutorError { problems: found });
    }
    let listed = Listed::new(stack, profile);
    let fields = fields(&schema, resolvers, sources, &listed);
    let typename_layers =
        schema.types().iter().map(|of| listed.chosen(&of.name, "__typename")).collect();
    Ok(Compiled { types: schema, fields, kinds, typename_layers, rust_types })
}

fn fields(
    schema: &Schema,
    mut resolvers: HashMap<FieldId, Resolver>,
    mut sources: HashMap<FieldId, Resolver>,
    listed: &Listed<'_>,
) -> Vec<CompiledField> {
    let compiled = schema.fields().iter().map(|field| {
        let parent = &schema[field.parent];
        let builtin = || match field.id {
            id if id == schema.typename_field() => Resolver::TypeName,
            id if id == schema.schema_field() => Resolver::Ready(Box::new(introspection::schema)),
            id if id == schema.type_field() => Resolver::Ready(Box::new(introspection::type_named)),
            _ if parent.is_introspection() => Resolver::Ready(Box::new(introspection::meta)),
            _ => Resolver::Default,
        };
        CompiledField {
            resolver: resolvers.remove(&field.id).unwrap_or_else(builtin),
            source: sources.remove(&field.id).unwrap_or(Resolver::Default),
            layers: listed.chosen(&parent.name, &field.name),
        }
    });
    compiled.collect()
}

/// The layers of a stack, outermost first.
struct Listed<'a> {
    layers: Vec<(&'a Arc<FieldLayer>, Vec<LayerType>)>,
    profile: Profile,
}

impl<'a> Listed<'a> {
    fn new(stack: &'a Stack, profile: Profile) -> Self {
        let provides = |place| {
            let declared = stack.declared(place);
            declared.map_or_else(Vec::new, |order| order.provided_types().collect())
        };
        let layers = stack.layers().iter().enumerate();
        let mut layers: Vec<_> = layers.map(|(place, layer)| (layer, provides(place))).collect();
        if profile.is_reversed() {
            layers.reverse();
        }
        Listed { layers, profile }
    }

    /// The layers of one field, for each way to reach it (rule F12).
    fn chosen(&self, type_name: &str, field_name: &str) -> [Layers; Reach::COUNT] {
        Reach::ALL.map(|reach| {
            if reach == Reach::Source && !self.profile.runs_around_source() {
                return Layers::default();
            }
            let (operation, phase) = (reach.operation(), reach.phase());
            let target = Target { type_name, field_name, operation, phase };
            let layers = self.layers.iter();
            let chosen: Vec<_> = layers
                .filter(|(layer, _)| layer.scopes.iter().all(|scope| scope.allows(&target)))
                .collect();
            let exits = chosen.iter().enumerate().rev();
            Layers {
                run: chosen.iter().map(|(layer, _)| Arc::clone(&layer.layer)).collect(),
                exits: exits
                    .filter_map(|(place, (layer, _))| Some((place, layer.exit.clone()?)))
                    .collect(),
                provides: chosen.iter().map(|(_, provides)| provides.clone()).collect(),
            }
        })
    }
}

/// Finds names in the schema, and notes those that are not there.
struct Problems<'a> {
    schema: &'a Schema,
    found: Vec<String>,
}

impl<'a> Problems<'a> {
    fn fields(
        &mut self,
        what: &str,
        attached: Vec<(String, Resolver)>,
    ) -> HashMap<FieldId, Resolver> {
        let mut fields = HashMap::new();
        for (name, resolver) in attached {
            if let Some(field) = self.field(what, &name) {
                fields.insert(field.id, resolver);
            }
        }
        fields
    }

    fn sources(&mut self, attached: Vec<(String, Resolver)>) -> HashMap<FieldId, Resolver> {
        let root = self.schema.root(OperationKind::Subscription);
        let mut sources = HashMap::new();
        for (name, source) in attached {
            match self.field("a source", &name) {
                Some(field) if Some(field.parent) != root => self.found.push(format!(
                    "a source is attached to `{name}`, which is no field of the subscription root: \
                     attach it there, or make it a resolver"
                )),
                Some(field) => {
                    sources.insert(field.id, source);
                }
                None => {}
            }
        }
        let root_fields = root.and_then(|root| self.schema[root].kind.fields());
        // A name that is misspelt above is most likely the one that is missing here.
        let has_slips = !self.found.is_empty();
        for id in root_fields.map_or(&[][..], |fields| fields.ids()) {
            if !sources.contains_key(id) && !has_slips {
                let field = &self.schema[*id];
                let parent = &self.schema[field.parent].name;
                self.found.push(format!(
                    "`{parent}.{0}` has no source of events: attach one with \
                     `.source(\"{parent}.{0}\", ..)`",
                    field.name
                ));
            }
        }
        sources
    }

    /// The field that something is attached to, as `Type.field`.
    fn field(&mut self, what: &str, name: &str) -> Option<&'a Field> {
        let Some((type_name, field_name)) = name.split_once('.') else {
            self.found.push(format!("{what} is attached to `{name}`: write it as `Type.field`"));
            return None;
        };
        let is_object = |kind: &TypeKind| matches!(kind, TypeKind::Object { .. });
        let of =
            self.type_named(&format!("{what} (`{name}`)"), type_name, "an object", is_object)?;
        let fields = of.kind.fields()?;
        match fields.id(field_name) {
            Some(id) => Some(&self.schema[id]),
            None => {
                let names = fields.ids().iter().map(|id| &*self.schema[*id].name);
                let advice = match nearest(field_name, names) {
                    Some(near) => format!("did you mean `{type_name}.{near}`?"),
                    None => "attach it to a field that exists".into(),
                };
                self.found.push(format!(
                    "{what} is attached to `{name}`, and `{type_name}` has no such field: {advice}"
                ));
                None
            }
        }
    }

    fn type_named(
        &mut self,
        what: &str,
        name: &str,
        expected: &str,
        is: impl Fn(&TypeKind) -> bool,
    ) -> Option<&'a Type> {
        match self.schema.type_named(name) {
            Some(of) if is(&of.kind) => return Some(of),
            Some(_) => self.found.push(format!(
                "{what} is attached to `{name}`, which is not {expected}: attach it to one"
            )),
            None => {
                let types = self.schema.types().iter();
                let names = types.filter(|of| is(&of.kind)).map(|of| &*of.name);
                let advice = match nearest(name, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "attach it to a type that exists".into(),
                };
                self.found.push(format!(
                    "{what} is attached to `{name}`, and there is no such type: {advice}"
                ));
            }
        }
        None
    }

    /// The stack was checked with its first layer outermost. Where the last one is, what was
    /// declared must hold that way round, too (rule S11).
    fn reversed_order(&mut self, stack: &Stack, profile: Profile) {
        if !profile.is_reversed() {
            return;
        }
        let layers = stack.layers().iter().rev().cloned();
        let reversed = layers.fold(Stack::builder(), |stack, layer| stack.layer(layer)).build();
        let problems = reversed.err().into_iter().flat_map(|error| error.problems().to_vec());
        self.found.extend(problems.map(|problem| {
            format!(
                "profile `{profile}` runs the last listed layer outermost, and in that order \
                 {problem}; or list the layers the other way round and leave the profile out"
            )
        }));
    }

    fn scopes(&mut self, stack: &Stack) {
        for layer in stack.layers() {
            let what = format!("the scope of layer `{}`", engine_core::Layer::name(&**layer));
            for scope in &layer.scopes {
                for name in &scope.types {
                    self.type_named(&what, name, "an object", |kind| {
                        matches!(kind, TypeKind::Object { .. })
                    });
                }
                for name in &scope.fields {
                    self.field(&what, name);
                }
            }
        }
    }

    fn kinds(&mut self, attached: &mut Attached) -> Vec<Kind> {
        let mut types_of = HashMap::new();
        for (name, of) in attached.types_of.drain(..) {
            let expected = "an interface or a union";
            if self.type_named("a `type_of`", &name, expected, TypeKind::is_abstract).is_some() {
                types_of.insert(name, of);
            }
        }
        let is_scalar = |kind: &TypeKind| matches!(kind, TypeKind::Scalar { .. });
        for name in attached.scalars.keys() {
            match self.schema.type_named(name) {
                Some(of) if is_scalar(&of.kind) && of.is_builtin() => self.found.push(format!(
                    "`{name}` is a built-in scalar and reads and writes its values itself: give \
                     the field a scalar of your own"
                )),
                _ => {
                    self.type_named("a way to read or write", name, "a scalar", is_scalar);
                }
            }
        }
        let kinds = self.schema.types().iter().map(|of| match &of.kind {
            TypeKind::Scalar { .. } if of.is_builtin() => match &*of.name {
                "Int" => Kind::Int,
                "Float" => Kind::Float,
                "String" => Kind::String,
                "Boolean" => Kind::Boolean,
                _ => Kind::Id,
            },
            TypeKind::Scalar { .. } => {
                Kind::Custom(attached.scalars.get(&*of.name).cloned().unwrap_or_default())
            }
            TypeKind::Enum { .. } => Kind::Enum,
            TypeKind::Object { .. } => Kind::Object,
            TypeKind::Interface { .. } | TypeKind::Union { .. } => {
                Kind::Abstract(types_of.remove(&*of.name))
            }
            TypeKind::InputObject { .. } => Kind::Input,
        });
        kinds.collect()
    }
}
