//! graphql-mw's parser and its validation.

use crate::Run;
use graphql_mw::{Document, Limits, Schema};
use std::fmt::Write;
use std::hint::black_box;

/// How often the operation is repeated in the small document, and in the large one.
pub(super) const SMALL: usize = 1;
pub(super) const LARGE: usize = 20;

const SDL: &str = "
    type Query { search(first: Int = 10, after: ID, filter: Filter): [Result!]! user(id: ID!): User }
    input Filter { text: String = \"\" tags: [String!] = [] kind: Kind = ALL }
    enum Kind { ALL USERS POSTS }
    union Result = User | Post
    interface Named { name: String! }
    type User implements Named { id: ID! name: String! posts(first: Int): [Post!]! friends: [User!]! }
    type Post implements Named { id: ID! name: String! author: User! comments(first: Int): [Post!]! }
";

/// A document of that many operations and fragments, which is valid.
pub(super) fn text(times: usize) -> String {
    let mut text = String::new();
    for n in 0..times {
        write!(
            text,
            "query Q{n}($id: ID!, $after: ID, $tags: [String!] = [\"a\"], $more: Boolean = true) {{
  found: search(first: 20, after: $after, filter: {{ text: \"words\", tags: $tags, kind: POSTS }}) {{
    __typename
    ... on User {{ ...User{n} }}
    ... on Post {{ id name author {{ ...User{n} }} comments(first: 3) @include(if: $more) {{ id }} }}
  }}
  user(id: $id) {{
    ...User{n}
    friends {{ id name }}
    latest: posts(first: 1) {{ id name comments {{ id name author {{ id }} }} }}
  }}
}}
fragment User{n} on User {{ id name posts(first: 2) @skip(if: false) {{ id name }} }}
"
        )
        .expect("text can be written to");
    }
    text
}

pub(super) fn parse(times: usize) -> Run {
    let (text, limits) = (text(times), Limits::default());
    Box::new(move || {
        black_box(Document::parse(&text, &limits).expect("a document"));
    })
}

pub(super) fn validate(times: usize) -> Run {
    let schema = Schema::parse(SDL).expect("a schema");
    let document = Document::parse(&text(times), &Limits::default()).expect("a document");
    let violations = graphql_mw::validate(&schema, &document);
    assert!(violations.is_empty(), "{violations:?}");
    Box::new(move || {
        black_box(graphql_mw::validate(&schema, &document));
    })
}
