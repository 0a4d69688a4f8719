//! One run of an operation, or of one event of a subscription.

use super::arena::Arena;
use super::batches::Batches;
use super::compiled::Reach;
use super::complete::{one_after_another, side_by_side};
use super::node::Node;
use super::plan::Operation;
use super::resolve::FieldStack;
use crate::ast::OperationKind;
use crate::response::{Response, ResponseError};
use crate::value::{Object, Value};
use std::sync::{Mutex, PoisonError};

/// What the fields of one run have in common. Everything that they borrow lives as long as it.
pub(crate) struct Run<'a> {
    pub(crate) op: &'a Operation<'a>,
    pub(crate) nodes: &'a Arena<Node<'a>>,
    pub(crate) stacks: &'a Arena<FieldStack<'a>>,
    /// Arguments that layers have changed.
    pub(crate) objects: &'a Arena<Object>,
    pub(crate) errors: &'a Mutex<Vec<ResponseError>>,
    pub(crate) batches: &'a Batches,
}

impl Run<'_> {
    pub(crate) fn report(&self, error: ResponseError) {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
    }
}

/// Executes an operation, or what one event of it asks for.
///
/// Cancel safety: dropping the future drops every field where it stands; the exits of the entered
/// layers run (rule S9).
pub(super) async fn run(op: &Operation<'_>, root: Value) -> Response {
    let nodes = Arena::new();
    let stacks = Arena::new();
    let errors = Mutex::new(Vec::new());
    let batches = Batches::new();
    let Some(selected) = op.root(Reach::of(op.ast.kind)) else {
        let message = format!("the schema has no {}", op.ast.kind.as_str());
        return Response::request_error([ResponseError::new(message).at(op.ast.location)]);
    };
    let objects = Arena::new();
    let run = Run {
        op,
        nodes: &nodes,
        stacks: &stacks,
        objects: &objects,
        errors: &errors,
        batches: &batches,
    };
    let root = nodes.alloc(Node::root(&run, root));
    let data = match op.ast.kind {
        OperationKind::Mutation => batches.drive(one_after_another(&selected, root)).await,
        _ => batches.drive(side_by_side(&selected, root)).await,
    };
    let errors = std::mem::take(&mut *errors.lock().unwrap_or_else(PoisonError::into_inner));
    Response { data: Some(data), errors, ..Response::default() }
}
