//! Where in the response something stands, and what is there.

use super::plan::Planned;
use super::run::Run;
use crate::path::{Path, PathSegment};
use crate::value::{Text, Value};

/// A value on its way to be completed: owned, or an item of a list that is kept.
pub(crate) enum Held<'a> {
    Owned(Value),
    Kept(&'a Value),
}

impl Held<'_> {
    pub(crate) fn as_ref(&self) -> &Value {
        match self {
            Held::Owned(value) => value,
            Held::Kept(value) => value,
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Held::Owned(value) => value,
            Held::Kept(value) => value.clone(),
        }
    }
}

/// An object or a list of the response: the root of the fields below it, and the way to it.
pub(crate) struct Node<'a> {
    pub(crate) run: &'a Run<'a>,
    value: Held<'a>,
    at: Option<At<'a>>,
}

/// A place below a node.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) parent: &'a Node<'a>,
    pub(crate) step: Step<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Field(&'a Planned<'a>),
    Item(usize),
}

impl<'a> Node<'a> {
    /// What an operation begins at.
    pub(crate) fn root(run: &'a Run<'a>, value: Value) -> Self {
        Node { run, value: Held::Owned(value), at: None }
    }

    pub(crate) fn new(value: Held<'a>, at: At<'a>) -> Self {
        Node { run: at.parent.run, value, at: Some(at) }
    }

    pub(crate) fn value(&self) -> &Value {
        self.value.as_ref()
    }

    pub(crate) fn is_root(&self) -> bool {
        self.at.is_none()
    }

    /// The way to a field of this node.
    pub(crate) fn path_of(&'a self, field: &'a Planned<'a>) -> Path {
        At { parent: self, step: Step::Field(field) }.path()
    }

    /// How many fields lead here.
    pub(crate) fn depth(&self) -> usize {
        let ways = std::iter::successors(self.at, |at| at.parent.at);
        ways.filter(|at| matches!(at.step, Step::Field(_))).count()
    }
}

impl At<'_> {
    pub(crate) fn path(&self) -> Path {
        let ways = std::iter::successors(Some(*self), |at| at.parent.at);
        let mut segments: Vec<_> = ways
            .map(|at| match at.step {
                Step::Field(field) => PathSegment::Key(Text::from(field.key)),
                Step::Item(index) => PathSegment::Index(index),
            })
            .collect();
        segments.reverse();
        Path(segments)
    }
}
