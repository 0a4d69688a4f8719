//! What the fields of the schema resolve to.

use super::notes::{Note, Notes};
use super::who;
use contrib::fields::public;
use futures_util::stream::{self, Stream, StreamExt};
use graphql_mw::{ExecutorBuilder, Field, Result, Value};

/// Gives the fields their resolvers.
pub(super) fn attach(builder: ExecutorBuilder, notes: &Notes) -> ExecutorBuilder {
    let [latest, add, follow] = [(); 3].map(|()| notes.clone());
    builder
        .resolver("Query.me", |field| {
            Ok(who(&field.info)?.map(|name| Value::object([("name", name.into())])))
        })
        .resolver("Query.notes", move |field| Ok(latest.latest(last(field))))
        .resolver("Mutation.addNote", move |field| {
            let text = field.arg("text").as_str().unwrap_or_default().trim();
            if !(1..=200).contains(&text.chars().count()) {
                return Err(public("a note has 1 to 200 characters"));
            }
            Ok(add.add(who(&field.info)?, text))
        })
        .source("Subscription.noteAdded", move |field| Ok(added(&follow, last(field))))
}

fn last(field: &Field<'_>) -> usize {
    // Less than none is none.
    field.arg("last").as_i64().and_then(|last| usize::try_from(last).ok()).unwrap_or(0)
}

fn added(notes: &Notes, last: usize) -> impl Stream<Item = Result<Value>> + Send + use<> {
    let (latest, following) = notes.follow(last);
    let slow = Err(public("you read too slowly: notes are missing"));
    let notes = stream::iter(latest).chain(following).map(|note| Ok(event(note)));
    notes.chain(stream::iter([slow]))
}

impl From<Note> for Value {
    fn from(note: Note) -> Self {
        Value::object([
            ("number", note.number.into()),
            ("author", note.author.into()),
            ("text", note.text.into()),
        ])
    }
}

/// An event is an object, of which the field is a member.
fn event(note: Note) -> Value {
    Value::object([("noteAdded", note.into())])
}
