//! Directives of a schema.

use std::sync::Arc;

use super::InputValue;
use crate::ast::Location;

/// A directive that documents or the schema itself may use.
#[derive(Clone, Debug)]
pub struct DirectiveDefinition {
    /// Its name, without the `@`.
    pub name: Arc<str>,
    /// What the author says about it.
    pub description: Option<Arc<str>>,
    /// What it takes, in the order written.
    pub arguments: Vec<InputValue>,
    /// Whether it may stand several times at one place.
    pub repeatable: bool,
    /// Where it may stand.
    pub locations: Vec<DirectiveLocation>,
    /// Where its definition begins; line 0 for a built-in directive.
    pub location: Location,
}

impl DirectiveDefinition {
    /// The argument called `name`.
    pub fn argument(&self, name: &str) -> Option<&InputValue> {
        self.arguments.iter().find(|argument| &*argument.name == name)
    }
}

macro_rules! directive_locations {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// A kind of place where a directive may stand.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DirectiveLocation {
            $(#[doc = $doc] $variant,)*
        }

        impl DirectiveLocation {
            /// The name that the schema language and introspection have for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(DirectiveLocation::$variant => $name,)*
                }
            }

            /// The place with this name.
            pub fn from_name(name: &str) -> Option<DirectiveLocation> {
                match name {
                    $($name => Some(DirectiveLocation::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

directive_locations! {
    Query "QUERY" "A query.",
    Mutation "MUTATION" "A mutation.",
    Subscription "SUBSCRIPTION" "A subscription.",
    Field "FIELD" "A field of a document.",
    FragmentDefinition "FRAGMENT_DEFINITION" "The definition of a fragment.",
    FragmentSpread "FRAGMENT_SPREAD" "The use of a fragment.",
    InlineFragment "INLINE_FRAGMENT" "A fragment without a name.",
    VariableDefinition "VARIABLE_DEFINITION" "The definition of a variable.",
    Schema "SCHEMA" "The `schema` definition.",
    Scalar "SCALAR" "A scalar.",
    Object "OBJECT" "An object.",
    FieldDefinition "FIELD_DEFINITION" "A field of the schema.",
    ArgumentDefinition "ARGUMENT_DEFINITION" "An argument of the schema.",
    Interface "INTERFACE" "An interface.",
    Union "UNION" "A union.",
    Enum "ENUM" "An enum.",
    EnumValue "ENUM_VALUE" "A value of an enum.",
    InputObject "INPUT_OBJECT" "An input object.",
    InputFieldDefinition "INPUT_FIELD_DEFINITION" "A field of an input object.",
    DirectiveDefinition "DIRECTIVE_DEFINITION" "The definition of a directive.",
}
