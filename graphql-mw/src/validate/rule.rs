//! The rules' names.

macro_rules! rules {
    ($($rule:ident $doc:literal,)*) => {
        /// A rule of the specification, by the name that graphql-js has for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $doc] $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Rule] = &[$(Rule::$rule,)*];

            /// graphql-js's name of the rule, without `Rule` at its end.
            pub fn name(self) -> &'static str {
                match self {
                    $(Rule::$rule => stringify!($rule),)*
                }
            }
        }
    };
}

rules! {
    ExecutableDefinitions "A document has only operations and fragments.",
    UniqueOperationNames "Operations have different names.",
    LoneAnonymousOperation "An operation without a name is the only one.",
    SingleFieldSubscriptions "A subscription has one root field, and none of introspection.",
    KnownTypeNames "Types are defined.",
    FragmentsOnCompositeTypes "Fragments are about types that have fields.",
    VariablesAreInputTypes "Variables have types that can be given.",
    ScalarLeafs "What has fields is asked for some, and what has none for none.",
    FieldsOnCorrectType "Fields are defined.",
    UniqueFragmentNames "Fragments have different names.",
    KnownFragmentNames "Fragments are defined.",
    NoUnusedFragments "Fragments are used.",
    PossibleFragmentSpreads "A fragment stands where its type is possible.",
    NoFragmentCycles "A fragment does not contain itself.",
    UniqueVariableNames "Variables of an operation have different names.",
    NoUndefinedVariables "Variables are defined.",
    NoUnusedVariables "Variables are used.",
    KnownDirectives "Directives are defined, and stand where they may.",
    UniqueDirectivesPerLocation "A directive stands once at one place, unless it is repeatable.",
    KnownArgumentNames "Arguments are defined.",
    UniqueArgumentNames "Arguments have different names.",
    ValuesOfCorrectType "Values fit their types.",
    ProvidedRequiredArguments "Required arguments are given.",
    VariablesInAllowedPosition "Variables fit the types of their places.",
    OverlappingFieldsCanBeMerged "Fields with one name in the answer are the same.",
    UniqueInputFieldNames "Fields of an input object have different names.",
    MaxIntrospectionDepth "Introspection does not go from types to fields to types to no end; \
                           not in the specification, but in graphql-js.",
}
