//! From a request to an operation that can be run.

use super::plan::Operation;
use super::{Inner, coerce};
use crate::ast::{self, Document};
use crate::request::Request;
use crate::response::{Response, ResponseError};
use crate::validate::validate;
use crate::value::{Object, Value};
use engine_core::State;
use std::sync::{Arc, Mutex};

/// A request whose document is valid and whose variables fit.
pub(super) struct Prepared {
    document: Arc<Document>,
    operation: usize,
    variables: Object,
    state: Arc<Mutex<State>>,
    pub(super) root: Value,
}

impl Prepared {
    pub(super) fn operation<'a>(&'a self, inner: &'a Inner) -> Operation<'a> {
        Operation {
            schema: &inner.compiled,
            document: &self.document,
            ast: &self.document.operations[self.operation],
            variables: &self.variables,
            state: &self.state,
        }
    }

    pub(super) fn ast(&self) -> &ast::Operation {
        &self.document.operations[self.operation]
    }
}

impl Inner {
    /// Makes a request ready; no layer runs (rule F7).
    pub(super) fn prepare(&self, request: Request) -> Result<Prepared, Response> {
        let document = self.document(&request.query)?;
        let operation = choose(&document, request.operation_name.as_deref())?;
        let ast = &document.operations[operation];
        let variables = coerce::variables(&self.compiled, ast, &request.variables)
            .map_err(Response::request_error)?;
        let state = Arc::clone(request.state());
        Ok(Prepared { document, operation, variables, state, root: request.root })
    }

    /// The document of this text, parsed and valid.
    pub(super) fn document(&self, text: &str) -> Result<Arc<Document>, Response> {
        if let Some(document) = self.documents.get(text) {
            return Ok(document);
        }
        let document = Document::parse(text, &self.limits)
            .map_err(|error| Response::request_error([error.into()]))?;
        let violations = validate(&self.compiled.types, &document);
        if !violations.is_empty() {
            return Err(Response::request_error(violations.into_iter().map(Into::into)));
        }
        self.limits.check_operations(&document).map_err(|error| {
            Response::request_error([ResponseError::new(error.message()).at(error.location())])
        })?;
        let document = Arc::new(document);
        self.documents.keep(text, &document);
        Ok(document)
    }
}

/// The operation that a request means.
pub(super) fn choose(document: &Document, name: Option<&str>) -> Result<usize, Response> {
    let operations = &document.operations;
    let message = match name {
        Some(name) => {
            let named = |operation: &ast::Operation| operation.name.as_deref() == Some(name);
            match operations.iter().position(named) {
                Some(place) => return Ok(place),
                None => {
                    let names = operations.iter().filter_map(|operation| operation.name.as_deref());
                    let advice = engine_core::nearest(name, names)
                        .map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
                    format!("the document has no operation `{name}`{advice}")
                }
            }
        }
        None => match operations.len() {
            1 => return Ok(0),
            0 => "the document has no operation: add one".into(),
            count => {
                format!("the document has {count} operations: say which with `operationName`")
            }
        },
    };
    Err(Response::request_error([ResponseError::new(message)]))
}
