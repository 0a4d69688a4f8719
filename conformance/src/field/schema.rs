//! The schema that every program runs over.
//!
//! ```graphql
//! type Query { hello(name: String = "world"): String  a: String  b: String  c: String  must: String!
//!   boom: String  boomNonNull: String!  nothing: String  plain: String  user: User
//!   users(n: Int = 2): [User] }
//! type User { name: String  age: Int!  friend: User  tags: [String]  bad: String  badNonNull: String! }
//! type MakeUser { ok: Boolean  user: User }
//! type Mutation { setA(v: Int!): Int  setB(v: Int!): Int  setBoom(v: Int!): Int
//!   makeUser(name: String!): MakeUser }
//! type Tick { i: Int  label: String }
//! type Subscription { ticks(n: Int = 2): Tick  count(n: Int = 2): Int  countBoom(n: Int = 2): Int
//!   startBoom: Int  streamBoom: Int }
//! ```

/// The word of a scope that stands for every field but those of introspection.
pub(super) const INTROSPECTION: &str = "not-introspection";

/// A field of the schema.
#[derive(Debug)]
pub(super) struct FieldOf {
    /// The type that has it; empty for a field that each type has.
    pub(super) parent: &'static str,
    pub(super) name: &'static str,
    pub(super) of: Type,
    /// Its argument.
    pub(super) arg: Option<Arg>,
    /// Whether it has a resolver of its own, which writes an event.
    pub(super) resolver: bool,
}

/// What a field gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) name: &'static str,
    pub(super) list: bool,
    pub(super) non_null: bool,
}

impl Type {
    /// Whether its fields have to be asked for.
    pub(super) fn is_object(self) -> bool {
        !matches!(self.name, "String" | "Int" | "Boolean")
    }
}

/// The one argument that a field may have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Arg {
    /// A required number.
    Number(&'static str),
    /// A required string.
    Text(&'static str),
    /// A number with a default.
    NumberOr(&'static str, i64),
    /// A string with a default.
    TextOr(&'static str, &'static str),
}

impl Arg {
    pub(super) fn name(self) -> &'static str {
        match self {
            Arg::Number(name) | Arg::Text(name) | Arg::NumberOr(name, _) | Arg::TextOr(name, _) => {
                name
            }
        }
    }
}

const fn field(parent: &'static str, name: &'static str, of: Type) -> FieldOf {
    FieldOf { parent, name, of, arg: None, resolver: true }
}

const fn with(arg: Arg, field: FieldOf) -> FieldOf {
    FieldOf { arg: Some(arg), ..field }
}

const fn by_default(field: FieldOf) -> FieldOf {
    FieldOf { resolver: false, ..field }
}

const fn maybe(name: &'static str) -> Type {
    Type { name, list: false, non_null: false }
}

const fn surely(name: &'static str) -> Type {
    Type { name, list: false, non_null: true }
}

const fn many(name: &'static str) -> Type {
    Type { name, list: true, non_null: false }
}

/// Every field.
pub(super) static FIELDS: &[FieldOf] = &[
    with(Arg::TextOr("name", "world"), field("Query", "hello", maybe("String"))),
    field("Query", "a", maybe("String")),
    field("Query", "b", maybe("String")),
    field("Query", "c", maybe("String")),
    field("Query", "must", surely("String")),
    field("Query", "boom", maybe("String")),
    field("Query", "boomNonNull", surely("String")),
    field("Query", "nothing", maybe("String")),
    by_default(field("Query", "plain", maybe("String"))),
    field("Query", "user", maybe("User")),
    with(Arg::NumberOr("n", 2), field("Query", "users", many("User"))),
    by_default(field("Query", "__schema", surely("__Schema"))),
    by_default(field("", "__typename", surely("String"))),
    field("User", "name", maybe("String")),
    field("User", "age", surely("Int")),
    field("User", "friend", maybe("User")),
    field("User", "tags", many("String")),
    field("User", "bad", maybe("String")),
    field("User", "badNonNull", surely("String")),
    by_default(field("MakeUser", "ok", maybe("Boolean"))),
    by_default(field("MakeUser", "user", maybe("User"))),
    with(Arg::Number("v"), field("Mutation", "setA", maybe("Int"))),
    with(Arg::Number("v"), field("Mutation", "setB", maybe("Int"))),
    with(Arg::Number("v"), field("Mutation", "setBoom", maybe("Int"))),
    with(Arg::Text("name"), field("Mutation", "makeUser", maybe("MakeUser"))),
    field("Tick", "i", maybe("Int")),
    field("Tick", "label", maybe("String")),
    with(Arg::NumberOr("n", 2), field("Subscription", "ticks", maybe("Tick"))),
    with(Arg::NumberOr("n", 2), field("Subscription", "count", maybe("Int"))),
    with(Arg::NumberOr("n", 2), field("Subscription", "countBoom", maybe("Int"))),
    field("Subscription", "startBoom", maybe("Int")),
    field("Subscription", "streamBoom", maybe("Int")),
    by_default(field("__Schema", "queryType", surely("__Type"))),
    by_default(field("__Type", "name", maybe("String"))),
];

/// The field of this name that a type has.
pub(super) fn field_of(parent: &str, name: &str) -> Option<&'static FieldOf> {
    FIELDS.iter().find(|field| {
        field.name == name
            && (field.parent == parent || (field.parent.is_empty() && !parent.is_empty()))
    })
}
