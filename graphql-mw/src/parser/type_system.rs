//! The schema language, from graphql-parser's tree and the tokens beside it.

use graphql_parser::schema as tree;

use super::cursor::Cursor;
use super::error::ParseError;
use super::lexer;
use super::plan::{self, Side};
use super::relay;
use crate::ast::Name;
use crate::ast::sdl::{
    Definition, DefinitionKind, DirectiveParts, EnumValueDefinition, FieldDefinition,
    InputDefinition,
};
use crate::limits::Limits;
use crate::schema::DirectiveLocation;

/// Reads a text in the schema language. Its author is the program's, so only its nesting is
/// bounded.
pub(crate) fn type_system(text: &str) -> Result<Vec<Definition>, ParseError> {
    let limits = Limits { max_bytes: usize::MAX, max_tokens: usize::MAX, ..Limits::default() };
    let tokens = lexer::tokens(text, &limits)?;
    let plan = plan::plan(&tokens);
    let shown = relay::text(&tokens, &plan, Side::TypeSystem);
    let read = relay::run(&tokens, || graphql_parser::parse_schema::<&str>(&shown));
    // What belongs to no schema is a mistake of its own, unless it is only where the lexer stopped.
    let alien = plan.chunks.iter().find(|chunk| chunk.side == Side::Executable).map(|chunk| {
        let message = "no definition of a schema begins here: write `type`, `interface`, `union`, \
                       `enum`, `input`, `scalar`, `directive`, `schema` or `extend`; operations \
                       and fragments belong into a document of their own";
        (chunk.start, ParseError::new(message, tokens.location(chunk.start)))
    });
    let (definitions, refusal) = match read {
        Ok(tree) => (tree.definitions, None),
        Err(refusal) => (Vec::new(), Some(refusal)),
    };
    let refusals = alien.into_iter().chain(refusal);
    if let Some(error) = relay::first_mistake(&tokens, &plan, refusals) {
        return Err(error);
    }
    let mut cursor = Cursor::new(&tokens);
    definitions.iter().map(|it| definition(&mut cursor, it)).collect()
}

/// The tree says where a definition begins and that it is well-formed; what it lacks is places,
/// so the parts are read from the tokens.
fn definition<'s>(
    cursor: &mut Cursor<'_, '_>,
    definition: &tree::Definition<'s, &'s str>,
) -> Result<Definition, ParseError> {
    use tree::TypeDefinition as Type;
    let position = match definition {
        tree::Definition::SchemaDefinition(it) => it.position,
        tree::Definition::DirectiveDefinition(it) => it.position,
        tree::Definition::TypeDefinition(Type::Scalar(it)) => it.position,
        tree::Definition::TypeDefinition(Type::Object(it)) => it.position,
        tree::Definition::TypeDefinition(Type::Interface(it)) => it.position,
        tree::Definition::TypeDefinition(Type::Union(it)) => it.position,
        tree::Definition::TypeDefinition(Type::Enum(it)) => it.position,
        tree::Definition::TypeDefinition(Type::InputObject(it)) => it.position,
        // The plan has hidden the word `extend`.
        tree::Definition::TypeExtension(_) => return Err(cursor.unexpected("a definition")),
    };
    let at = position.line - 1;
    let (is_extension, description) = before(cursor, at);
    let location = cursor.location_at(at - usize::from(is_extension));
    let keyword = cursor.name()?;
    let (name, directives, kind);
    match definition {
        tree::Definition::SchemaDefinition(_) => {
            name = keyword;
            directives = cursor.directives(true)?;
            kind = DefinitionKind::Schema(roots(cursor, is_extension)?);
        }
        tree::Definition::DirectiveDefinition(_) => {
            cursor.expect("@")?;
            name = cursor.name()?;
            directives = Vec::new();
            kind = DefinitionKind::Directive(directive(cursor)?);
        }
        tree::Definition::TypeDefinition(of) => {
            name = cursor.name()?;
            let interfaces = interfaces(cursor)?;
            directives = cursor.directives(true)?;
            kind = match of {
                Type::Scalar(_) => DefinitionKind::Scalar,
                Type::Object(_) => DefinitionKind::Object(interfaces, fields(cursor)?),
                Type::Interface(_) => DefinitionKind::Interface(interfaces, fields(cursor)?),
                Type::Union(_) => DefinitionKind::Union(members(cursor)?),
                Type::Enum(_) => DefinitionKind::Enum(enum_values(cursor)?),
                Type::InputObject(_) => DefinitionKind::InputObject(inputs(cursor, "{", "}")?),
            };
        }
        tree::Definition::TypeExtension(_) => return Err(cursor.unexpected("a definition")),
    }
    Ok(Definition { is_extension, description, name, directives, kind, location })
}

/// Whether `extend` stands before the token `at`, or else which description; the cursor is then
/// at that token.
fn before(cursor: &mut Cursor<'_, '_>, at: usize) -> (bool, Option<std::sync::Arc<str>>) {
    let mut is_extension = false;
    let mut description = None;
    if at > 0 {
        cursor.seek(at - 1);
        is_extension = cursor.is_name("extend");
        description = cursor.description();
    }
    cursor.seek(at);
    (is_extension, description)
}

/// The root operations; graphql-parser lets empty braces pass.
fn roots(cursor: &mut Cursor<'_, '_>, is_extension: bool) -> Result<Vec<(Name, Name)>, ParseError> {
    let mut roots = Vec::new();
    if is_extension && !cursor.is("{") {
        return Ok(roots);
    }
    cursor.expect("{")?;
    loop {
        let operation = cursor.name()?;
        cursor.expect(":")?;
        roots.push((operation, cursor.name()?));
        if cursor.skip("}") {
            return Ok(roots);
        }
    }
}

fn directive(cursor: &mut Cursor<'_, '_>) -> Result<DirectiveParts, ParseError> {
    let arguments = inputs(cursor, "(", ")")?;
    let repeatable = cursor.is_name("repeatable");
    if repeatable {
        cursor.name()?;
    }
    cursor.name()?;
    cursor.skip("|");
    let mut locations = Vec::new();
    loop {
        let unknown = cursor.unexpected("a directive's location, such as `FIELD`,");
        locations.push(DirectiveLocation::from_name(&cursor.name()?).ok_or(unknown)?);
        if !cursor.skip("|") {
            return Ok(DirectiveParts { arguments, repeatable, locations });
        }
    }
}

fn interfaces(cursor: &mut Cursor<'_, '_>) -> Result<Vec<Name>, ParseError> {
    if !cursor.is_name("implements") {
        return Ok(Vec::new());
    }
    cursor.name()?;
    names(cursor, "&")
}

fn members(cursor: &mut Cursor<'_, '_>) -> Result<Vec<Name>, ParseError> {
    if cursor.skip("=") { names(cursor, "|") } else { Ok(Vec::new()) }
}

/// Names with `sign` between them, and perhaps before the first one.
fn names(cursor: &mut Cursor<'_, '_>, sign: &str) -> Result<Vec<Name>, ParseError> {
    cursor.skip(sign);
    let mut names = vec![cursor.name()?];
    while cursor.skip(sign) {
        names.push(cursor.name()?);
    }
    Ok(names)
}

fn fields(cursor: &mut Cursor<'_, '_>) -> Result<Vec<FieldDefinition>, ParseError> {
    let mut fields = Vec::new();
    if cursor.skip("{") {
        while !cursor.skip("}") {
            let description = cursor.description();
            let name = cursor.name()?;
            let arguments = inputs(cursor, "(", ")")?;
            cursor.expect(":")?;
            let type_node = cursor.type_node()?;
            let directives = cursor.directives(true)?;
            fields.push(FieldDefinition { description, name, arguments, type_node, directives });
        }
    }
    Ok(fields)
}

fn inputs(
    cursor: &mut Cursor<'_, '_>,
    open: &str,
    close: &str,
) -> Result<Vec<InputDefinition>, ParseError> {
    let mut inputs = Vec::new();
    if cursor.skip(open) {
        while !cursor.skip(close) {
            let description = cursor.description();
            let name = cursor.name()?;
            cursor.expect(":")?;
            let type_node = cursor.type_node()?;
            let default = if cursor.skip("=") { Some(cursor.value(true)?) } else { None };
            let directives = cursor.directives(true)?;
            inputs.push(InputDefinition { description, name, type_node, default, directives });
        }
    }
    Ok(inputs)
}

fn enum_values(cursor: &mut Cursor<'_, '_>) -> Result<Vec<EnumValueDefinition>, ParseError> {
    let mut values = Vec::new();
    if cursor.skip("{") {
        while !cursor.skip("}") {
            let description = cursor.description();
            let name = cursor.name()?;
            if ["true", "false", "null"].contains(&&*name) {
                let message =
                    format!("an enum's value cannot be called `{name}`: give it another name");
                return Err(ParseError::new(message, name.location));
            }
            let directives = cursor.directives(true)?;
            values.push(EnumValueDefinition { description, name, directives });
        }
    }
    Ok(values)
}
