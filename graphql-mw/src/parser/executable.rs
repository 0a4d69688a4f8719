//! Operations and fragments, from graphql-parser's tree and the tokens beside it.

use std::collections::HashMap;
use std::sync::Arc;

use graphql_parser::{Pos, query as tree};

use super::cursor::Cursor;
use super::error::ParseError;
use super::lexer::{self, Tokens};
use super::plan::{self, Side};
use super::relay;
use super::token::TokenKind;
use crate::ast::{
    Document, Field, Fragment, FragmentSpread, InlineFragment, Name, NotExecutable, Operation,
    OperationKind, Selection, SelectionSet, VariableDefinition,
};
use crate::limits::Limits;
use crate::location::Location;

/// Reads an executable document.
pub(crate) fn executable(text: &str, limits: &Limits) -> Result<Document, ParseError> {
    let tokens = lexer::tokens(text, limits)?;
    let plan = plan::plan(&tokens);
    if let Some(over) = plan.chunks.get(limits.max_definitions) {
        let message = format!(
            "the document has more than {} operations and fragments: \
             send fewer at once, or raise `max_definitions`",
            limits.max_definitions
        );
        return Err(ParseError::new(message, tokens.location(over.start)));
    }
    let has_types = plan.chunks.iter().any(|chunk| chunk.side == Side::TypeSystem);
    let has_others = plan.chunks.iter().any(|chunk| chunk.side == Side::Executable);

    let shown = relay::text(&tokens, &plan, Side::Executable);
    // A text of nothing but a schema has no operation to read; one of nothing at all is refused.
    let read = (has_others || !has_types)
        .then(|| relay::run(&tokens, || graphql_parser::parse_query::<&str>(&shown)));
    let types = relay::text(&tokens, &plan, Side::TypeSystem);
    let checked = has_types
        .then(|| relay::run(&tokens, || graphql_parser::parse_schema::<&str>(&types)))
        .and_then(Result::err);
    let (definitions, refusal) = match read {
        Some(Ok(tree)) => (tree.definitions, None),
        Some(Err(refusal)) => (Vec::new(), Some(refusal)),
        None => (Vec::new(), None),
    };
    let refusals = refusal.into_iter().chain(checked);
    if let Some(error) = relay::first_mistake(&tokens, &plan, refusals) {
        return Err(error);
    }

    let types = plan.chunks.iter().filter(|chunk| chunk.side == Side::TypeSystem);
    let not_executable = types.map(|chunk| not_executable(&tokens, chunk.start)).collect();
    let builder = Builder { cursor: Cursor::new(&tokens), aliases: 0, limits };
    let (operations, mut fragments) = builder.definitions(&definitions)?;
    let mut document = Document { operations, fragments: Vec::new(), not_executable };
    resolve_spreads(&mut document.operations, &mut fragments);
    document.fragments = fragments;
    Ok(document)
}

fn not_executable(tokens: &Tokens<'_>, start: usize) -> NotExecutable {
    let words = tokens.tokens[start..].iter().filter_map(|token| match token.kind {
        TokenKind::Name(name) if name != "extend" => Some(name),
        _ => None,
    });
    let mut words = words.take(2);
    let name = match (words.next(), words.next()) {
        (Some("schema"), _) => "schema",
        (_, Some(name)) => name,
        (first, None) => first.unwrap_or_default(),
    };
    NotExecutable { name: name.into(), location: tokens.location(start) }
}

/// Gives each spread the number of its fragment.
fn resolve_spreads(operations: &mut [Operation], fragments: &mut [Fragment]) {
    let by_name: HashMap<Arc<str>, usize> =
        fragments.iter().enumerate().map(|(id, it)| (it.name.text.clone(), id)).collect();
    for operation in operations {
        resolve_in(&mut operation.selection_set, &by_name);
    }
    for fragment in fragments {
        resolve_in(&mut fragment.selection_set, &by_name);
    }
}

fn resolve_in(set: &mut SelectionSet, by_name: &HashMap<Arc<str>, usize>) {
    for selection in &mut set.items {
        match selection {
            Selection::Field(field) => resolve_in(&mut field.selection_set, by_name),
            Selection::InlineFragment(inline) => resolve_in(&mut inline.selection_set, by_name),
            Selection::Spread(spread) => {
                spread.fragment = by_name.get(&spread.name.text).copied();
            }
        }
    }
}

struct Builder<'t, 'a> {
    cursor: Cursor<'t, 'a>,
    aliases: usize,
    limits: &'t Limits,
}

impl Builder<'_, '_> {
    fn definitions<'s>(
        mut self,
        definitions: &[tree::Definition<'s, &'s str>],
    ) -> Result<(Vec<Operation>, Vec<Fragment>), ParseError> {
        let (mut operations, mut fragments) = (Vec::new(), Vec::new());
        for definition in definitions {
            match definition {
                tree::Definition::Operation(operation) => {
                    operations.push(self.operation(operation)?);
                }
                tree::Definition::Fragment(fragment) => fragments.push(self.fragment(fragment)?),
            }
        }
        Ok((operations, fragments))
    }

    /// Moves to the token that graphql-parser was shown in this line, and back over a description.
    fn seek_definition(&mut self, at: Pos) -> Location {
        let at = at.line - 1;
        self.cursor.seek(at.saturating_sub(1));
        if at == 0 || self.cursor.description().is_none() {
            self.cursor.seek(at);
            return self.cursor.location();
        }
        self.cursor.location_at(at - 1)
    }

    fn operation<'s>(
        &mut self,
        operation: &tree::OperationDefinition<'s, &'s str>,
    ) -> Result<Operation, ParseError> {
        use tree::OperationDefinition as Tree;
        let (position, kind, set) = match operation {
            Tree::SelectionSet(set) => (set.span.0, OperationKind::Query, set),
            Tree::Query(it) => (it.position, OperationKind::Query, &it.selection_set),
            Tree::Mutation(it) => (it.position, OperationKind::Mutation, &it.selection_set),
            Tree::Subscription(it) => (it.position, OperationKind::Subscription, &it.selection_set),
        };
        let location = self.seek_definition(position);
        let (mut name, mut variables, mut directives) = (None, Vec::new(), Vec::new());
        if !matches!(operation, Tree::SelectionSet(_)) {
            self.cursor.name()?;
            if !self.cursor.is("(") && !self.cursor.is("@") && !self.cursor.is("{") {
                name = Some(self.cursor.name()?);
            }
            variables = self.variables()?;
            directives = self.cursor.directives(false)?;
        }
        let selection_set = self.selection_set(set)?;
        Ok(Operation { kind, name, variables, directives, selection_set, location })
    }

    fn variables(&mut self) -> Result<Vec<VariableDefinition>, ParseError> {
        let mut variables = Vec::new();
        if self.cursor.skip("(") {
            while !self.cursor.skip(")") {
                let location = self.cursor.location();
                self.cursor.expect("$")?;
                let name = self.cursor.name()?;
                self.cursor.expect(":")?;
                let type_node = self.cursor.type_node()?;
                let default =
                    if self.cursor.skip("=") { Some(self.cursor.value(true)?) } else { None };
                let directives = self.cursor.directives(true)?;
                variables.push(VariableDefinition {
                    name,
                    type_node,
                    default,
                    directives,
                    location,
                });
            }
        }
        Ok(variables)
    }

    fn fragment<'s>(
        &mut self,
        fragment: &tree::FragmentDefinition<'s, &'s str>,
    ) -> Result<Fragment, ParseError> {
        let location = self.seek_definition(fragment.position);
        self.cursor.name()?;
        let name = self.cursor.name()?;
        if name == *"on" {
            let message = "a fragment cannot be called `on`: give it another name";
            return Err(ParseError::new(message, name.location));
        }
        self.cursor.name()?;
        let type_condition = self.cursor.name()?;
        let directives = self.cursor.directives(false)?;
        let selection_set = self.selection_set(&fragment.selection_set)?;
        Ok(Fragment { name, type_condition, directives, selection_set, location })
    }

    /// graphql-parser bounds the nesting.
    fn selection_set<'s>(
        &mut self,
        set: &tree::SelectionSet<'s, &'s str>,
    ) -> Result<SelectionSet, ParseError> {
        let items = set.items.iter().map(|selection| match selection {
            tree::Selection::Field(field) => self.field(field).map(Selection::Field),
            tree::Selection::InlineFragment(inline) => {
                self.inline_fragment(inline).map(Selection::InlineFragment)
            }
            tree::Selection::FragmentSpread(spread) => self.spread(spread).map(Selection::Spread),
        });
        let items = items.collect::<Result<Vec<_>, _>>()?;
        // A field without braces has an empty set in the tree.
        let location = match items.is_empty() {
            true => Location::default(),
            false => self.cursor.location_at(set.span.0.line - 1),
        };
        Ok(SelectionSet { items, location })
    }

    fn field<'s>(&mut self, field: &tree::Field<'s, &'s str>) -> Result<Field, ParseError> {
        self.cursor.seek(field.position.line - 1);
        let location = self.cursor.location();
        let alias = if field.alias.is_some() { Some(self.alias()?) } else { None };
        let name = self.cursor.name()?;
        let arguments = self.cursor.arguments(false)?;
        let directives = self.cursor.directives(false)?;
        let selection_set = self.selection_set(&field.selection_set)?;
        Ok(Field { alias, name, arguments, directives, selection_set, location })
    }

    fn alias(&mut self) -> Result<Name, ParseError> {
        self.aliases += 1;
        if self.aliases > self.limits.max_aliases {
            let message = format!(
                "the document has more than {} aliases: \
                 ask for less at once, or raise `max_aliases`",
                self.limits.max_aliases
            );
            return Err(ParseError::new(message, self.cursor.location()));
        }
        let alias = self.cursor.name()?;
        self.cursor.expect(":")?;
        Ok(alias)
    }

    fn inline_fragment<'s>(
        &mut self,
        inline: &tree::InlineFragment<'s, &'s str>,
    ) -> Result<InlineFragment, ParseError> {
        // The place in the tree is behind the dots.
        let at = inline.position.line - 1;
        let location = self.cursor.location_at(at - 1);
        self.cursor.seek(at);
        let type_condition = if inline.type_condition.is_some() {
            self.cursor.name()?;
            Some(self.cursor.name()?)
        } else {
            None
        };
        let directives = self.cursor.directives(false)?;
        let selection_set = self.selection_set(&inline.selection_set)?;
        Ok(InlineFragment { type_condition, directives, selection_set, location })
    }

    fn spread<'s>(
        &mut self,
        spread: &tree::FragmentSpread<'s, &'s str>,
    ) -> Result<FragmentSpread, ParseError> {
        let at = spread.position.line - 1;
        let location = self.cursor.location_at(at - 1);
        self.cursor.seek(at);
        let name = self.cursor.name()?;
        let directives = self.cursor.directives(false)?;
        Ok(FragmentSpread { name, fragment: None, directives, location })
    }
}
