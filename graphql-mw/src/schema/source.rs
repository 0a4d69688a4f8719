//! The definitions of a schema put together: extensions with what they extend.

use std::collections::HashMap;
use std::sync::Arc;

use engine_core::nearest;

use super::{SchemaProblem, builtin};
use crate::ast::sdl::{Definition, DefinitionKind, DirectiveParts};
use crate::ast::{Directive, Location, Name};

/// All that is written about a schema.
pub(super) struct Source {
    pub(super) description: Option<Arc<str>>,
    /// The directives of the schema itself.
    pub(super) directives: Vec<Directive>,
    /// The root operations; empty unless the text has a `schema` definition or extension.
    pub(super) roots: Vec<(Name, Name)>,
    /// Whether the roots are those of a `schema` definition.
    pub(super) has_definition: bool,
    pub(super) types: Vec<SourceType>,
    pub(super) directive_definitions: Vec<SourceDirective>,
}

/// A type with its extensions.
pub(super) struct SourceType {
    pub(super) description: Option<Arc<str>>,
    pub(super) name: Name,
    pub(super) directives: Vec<Directive>,
    pub(super) kind: DefinitionKind,
    pub(super) location: Location,
}

impl SourceType {
    pub(super) fn is_builtin(&self) -> bool {
        self.location.line == 0
    }
}

pub(super) struct SourceDirective {
    pub(super) description: Option<Arc<str>>,
    pub(super) name: Name,
    pub(super) parts: DirectiveParts,
    pub(super) location: Location,
}

const BUILTIN_SCALARS: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// Puts the definitions together with the built-in ones, which go last.
pub(super) fn source(
    definitions: Vec<Definition>,
    builtins: Vec<Definition>,
    problems: &mut Vec<SchemaProblem>,
) -> Source {
    let mut source = Source {
        description: None,
        directives: Vec::new(),
        roots: Vec::new(),
        has_definition: false,
        types: Vec::new(),
        directive_definitions: Vec::new(),
    };
    let mut types = HashMap::new();
    let mut directives = HashMap::new();
    let (extensions, definitions): (Vec<_>, Vec<_>) =
        definitions.into_iter().partition(|definition| definition.is_extension);
    for definition in definitions {
        let is_builtin = BUILTIN_SCALARS.contains(&&*definition.name);
        match &definition.kind {
            // A schema that was printed by a tool may spell out the scalars that every schema has.
            DefinitionKind::Scalar if is_builtin => {}
            kind if is_builtin && !matches!(kind, DefinitionKind::Directive(_)) => {
                let message =
                    format!("`{}` is a scalar of every schema: use another name", definition.name);
                problems.push(SchemaProblem { message, location: definition.name.location });
            }
            _ => source.define(definition, &mut types, &mut directives, problems),
        }
    }
    for extension in extensions {
        source.extend(extension, &types, problems);
    }
    for mut builtin in builtins {
        builtin.location = Location::default();
        // Who spells out a built-in directive means their own words.
        let is_known = matches!(builtin.kind, DefinitionKind::Directive(_))
            && directives.contains_key(&builtin.name.text);
        if !is_known && (&*builtin.name == builtin::META || !types.contains_key(&builtin.name.text))
        {
            source.define(builtin, &mut types, &mut directives, problems);
        }
    }
    source
}

impl Source {
    fn define(
        &mut self,
        definition: Definition,
        types: &mut HashMap<Arc<str>, usize>,
        known_directives: &mut HashMap<Arc<str>, Location>,
        problems: &mut Vec<SchemaProblem>,
    ) {
        let Definition { description, name, directives, kind, location, .. } = definition;
        match kind {
            DefinitionKind::Schema(_) if self.has_definition => problems.push(SchemaProblem {
                message: "the schema is defined a second time: write `extend schema`".into(),
                location,
            }),
            DefinitionKind::Schema(roots) => {
                self.has_definition = true;
                self.description = description;
                self.directives = directives;
                self.roots = roots;
            }
            DefinitionKind::Directive(parts) => {
                if let Some(first) = known_directives.insert(name.text.clone(), location) {
                    let message = format!(
                        "the directive `@{name}` is defined a second time, after {first}: \
                         remove one, or give it another name"
                    );
                    problems.push(SchemaProblem { message, location: name.location });
                }
                let directive = SourceDirective { description, name, parts, location };
                self.directive_definitions.push(directive);
            }
            kind => {
                if let Some(first) = types.get(&name.text) {
                    let message = format!(
                        "the type `{name}` is defined a second time, after {}: \
                         write `extend`, or give it another name",
                        self.types[*first].location
                    );
                    problems.push(SchemaProblem { message, location: name.location });
                    return;
                }
                types.insert(name.text.clone(), self.types.len());
                self.types.push(SourceType { description, name, directives, kind, location });
            }
        }
    }

    fn extend(
        &mut self,
        extension: Definition,
        types: &HashMap<Arc<str>, usize>,
        problems: &mut Vec<SchemaProblem>,
    ) {
        let Definition { name, directives, kind, location, .. } = extension;
        if directives.is_empty() && adds_nothing(&kind) {
            let message = format!("the extension of `{name}` adds nothing: remove it");
            problems.push(SchemaProblem { message, location });
            return;
        }
        if let DefinitionKind::Schema(roots) = kind {
            self.directives.extend(directives);
            self.roots.extend(roots);
            return;
        }
        let Some(base) = types.get(&name.text) else {
            let near = nearest(&name, types.keys().map(|known| &**known));
            let near = near.map(|near| format!(", or did you mean `{near}`?")).unwrap_or_default();
            let message =
                format!("`{name}` is extended but not defined: define it without `extend`{near}");
            problems.push(SchemaProblem { message, location: name.location });
            return;
        };
        let base = &mut self.types[*base];
        base.directives.extend(directives);
        use DefinitionKind as Kind;
        match (&mut base.kind, kind) {
            (Kind::Scalar, Kind::Scalar) => {}
            (Kind::Object(interfaces, fields), Kind::Object(more_interfaces, more))
            | (Kind::Interface(interfaces, fields), Kind::Interface(more_interfaces, more)) => {
                interfaces.extend(more_interfaces);
                fields.extend(more);
            }
            (Kind::Union(members), Kind::Union(more)) => members.extend(more),
            (Kind::Enum(values), Kind::Enum(more)) => values.extend(more),
            (Kind::InputObject(fields), Kind::InputObject(more)) => fields.extend(more),
            (base, extension) => {
                let message = format!(
                    "`{name}` is extended as {}, and is {}: write `extend {} {name}`",
                    keyword(&extension),
                    keyword(base),
                    keyword(base),
                );
                problems.push(SchemaProblem { message, location });
            }
        }
    }
}

fn adds_nothing(kind: &DefinitionKind) -> bool {
    match kind {
        DefinitionKind::Scalar | DefinitionKind::Directive(_) => true,
        DefinitionKind::Schema(roots) => roots.is_empty(),
        DefinitionKind::Object(interfaces, fields)
        | DefinitionKind::Interface(interfaces, fields) => {
            interfaces.is_empty() && fields.is_empty()
        }
        DefinitionKind::Union(members) => members.is_empty(),
        DefinitionKind::Enum(values) => values.is_empty(),
        DefinitionKind::InputObject(fields) => fields.is_empty(),
    }
}

fn keyword(kind: &DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Schema(_) => "schema",
        DefinitionKind::Scalar => "scalar",
        DefinitionKind::Object(..) => "type",
        DefinitionKind::Interface(..) => "interface",
        DefinitionKind::Union(_) => "union",
        DefinitionKind::Enum(_) => "enum",
        DefinitionKind::InputObject(_) => "input",
        DefinitionKind::Directive(_) => "directive",
    }
}
