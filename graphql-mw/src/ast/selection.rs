//! What a document asks for.

use std::sync::Arc;

use super::{Argument, Directive, Name};
use crate::location::Location;

/// The items between `{` and `}`; empty for a field without any.
#[derive(Clone, Debug, Default)]
pub struct SelectionSet {
    /// The selections in the order written.
    pub items: Vec<Selection>,
    /// Where its brace opens; line 0 where there are no braces.
    pub location: Location,
}

impl SelectionSet {
    /// Whether there are no braces at all; the grammar knows no empty pair.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// One item of a [`SelectionSet`].
#[derive(Clone, Debug)]
pub enum Selection {
    /// `alias: name(arguments) @directives { … }`.
    Field(Field),
    /// `... on Type { … }`.
    InlineFragment(InlineFragment),
    /// `...Name`.
    Spread(FragmentSpread),
}

/// A field that is asked for.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name its answer is to have, if not its own.
    pub alias: Option<Name>,
    /// The field's name in the schema.
    pub name: Name,
    /// The arguments in the order written.
    pub arguments: Vec<Argument>,
    /// The directives in the order written.
    pub directives: Vec<Directive>,
    /// What is asked of the field's value.
    pub selection_set: SelectionSet,
    /// Where the field begins: its alias if it has one, else its name.
    pub location: Location,
}

impl Field {
    /// The name of the field in the answer: the alias, or its own name.
    pub fn response_key(&self) -> &Arc<str> {
        &self.alias.as_ref().unwrap_or(&self.name).text
    }

    /// The value of the argument called `name`, as it is written.
    pub fn argument(&self, name: &str) -> Option<&super::Value> {
        self.arguments.iter().find(|argument| argument.name == *name).map(|found| &found.value)
    }
}

/// A part that holds for one type only, or only has directives.
#[derive(Clone, Debug)]
pub struct InlineFragment {
    /// The type after `on`, if there is one.
    pub type_condition: Option<Name>,
    /// The directives in the order written.
    pub directives: Vec<Directive>,
    /// What is asked for.
    pub selection_set: SelectionSet,
    /// Where its `...` stands.
    pub location: Location,
}

/// A named fragment put here.
#[derive(Clone, Debug)]
pub struct FragmentSpread {
    /// The fragment's name.
    pub name: Name,
    /// Its number in [`Document::fragments`](super::Document::fragments); none where no fragment
    /// of that name is defined, which validation refuses. Of several, the last one.
    pub fragment: Option<usize>,
    /// The directives in the order written.
    pub directives: Vec<Directive>,
    /// Where its `...` stands.
    pub location: Location,
}
