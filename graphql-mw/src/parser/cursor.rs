//! Reading from the tokens what graphql-parser's tree does not have.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::ParseError;
use super::lexer::Tokens;
use super::token::TokenKind;
use crate::ast::{Argument, Directive, Name, ObjectField, TypeNode, Value, ValueKind};
use crate::location::Location;

/// A place among the tokens that moves on. Nesting is bounded by the lexer's limit of brackets.
pub(super) struct Cursor<'t, 'a> {
    tokens: &'t Tokens<'a>,
    at: usize,
    names: HashMap<&'a str, Arc<str>>,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub(super) fn new(tokens: &'t Tokens<'a>) -> Cursor<'t, 'a> {
        Cursor { tokens, at: 0, names: HashMap::new() }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn location(&self) -> Location {
        self.tokens.location(self.at)
    }

    pub(super) fn location_at(&self, at: usize) -> Location {
        self.tokens.location(at)
    }

    fn peek(&self) -> Option<&'t TokenKind<'a>> {
        self.tokens.tokens.get(self.at).map(|token| &token.kind)
    }

    pub(super) fn is(&self, punctuator: &str) -> bool {
        self.peek().is_some_and(|token| token.is(punctuator))
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self.peek(), Some(TokenKind::Name(this)) if *this == name)
    }

    /// Moves over `punctuator` if it stands here.
    pub(super) fn skip(&mut self, punctuator: &str) -> bool {
        let is_there = self.is(punctuator);
        self.at += usize::from(is_there);
        is_there
    }

    pub(super) fn expect(&mut self, punctuator: &str) -> Result<(), ParseError> {
        if self.skip(punctuator) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{punctuator}`")))
        }
    }

    /// An error that says what stands here and what should.
    pub(super) fn unexpected(&self, expected: &str) -> ParseError {
        let found = found(self.peek());
        ParseError::new(format!("{found} stands where {expected} belongs"), self.location())
    }

    pub(super) fn name(&mut self) -> Result<Name, ParseError> {
        let Some(TokenKind::Name(text)) = self.peek() else {
            return Err(self.unexpected("a name"));
        };
        let name = Name { text: self.shared(text), location: self.location() };
        self.at += 1;
        Ok(name)
    }

    fn shared(&mut self, text: &'a str) -> Arc<str> {
        self.names.entry(text).or_insert_with(|| text.into()).clone()
    }

    /// A description, if one stands here.
    pub(super) fn description(&mut self) -> Option<Arc<str>> {
        let Some(TokenKind::String(text)) = self.peek() else { return None };
        self.at += 1;
        Some(text.clone())
    }

    /// The directives from here on; in a constant place without variables.
    pub(super) fn directives(&mut self, is_constant: bool) -> Result<Vec<Directive>, ParseError> {
        let mut directives = Vec::new();
        while self.is("@") {
            let location = self.location();
            self.at += 1;
            let name = self.name()?;
            let arguments = self.arguments(is_constant)?;
            directives.push(Directive { name, arguments, location });
        }
        Ok(directives)
    }

    /// The arguments, if a parenthesis opens here.
    pub(super) fn arguments(&mut self, is_constant: bool) -> Result<Vec<Argument>, ParseError> {
        let mut arguments = Vec::new();
        if self.skip("(") {
            loop {
                let name = self.name()?;
                self.expect(":")?;
                arguments.push(Argument { name, value: self.value(is_constant)? });
                if self.skip(")") {
                    break;
                }
            }
        }
        Ok(arguments)
    }

    pub(super) fn value(&mut self, is_constant: bool) -> Result<Value, ParseError> {
        let location = self.location();
        let Some(token) = self.peek() else { return Err(self.unexpected("a value")) };
        self.at += 1;
        let kind = match token {
            TokenKind::Int(text) => ValueKind::Int((*text).into()),
            TokenKind::Float(text) => ValueKind::Float((*text).into()),
            TokenKind::String(text) => ValueKind::String(text.clone()),
            TokenKind::Name("true") => ValueKind::Boolean(true),
            TokenKind::Name("false") => ValueKind::Boolean(false),
            TokenKind::Name("null") => ValueKind::Null,
            TokenKind::Name(name) => ValueKind::Enum(self.shared(name)),
            TokenKind::Punctuator("$") if is_constant => {
                let message = "a variable stands in a constant: write the value itself";
                return Err(ParseError::new(message, location));
            }
            TokenKind::Punctuator("$") => ValueKind::Variable(self.name()?.text),
            TokenKind::Punctuator("[") => {
                let mut items = Vec::new();
                while !self.skip("]") {
                    items.push(self.value(is_constant)?);
                }
                ValueKind::List(items)
            }
            TokenKind::Punctuator("{") => {
                let mut fields = Vec::new();
                while !self.skip("}") {
                    let name = self.name()?;
                    self.expect(":")?;
                    fields.push(ObjectField { name, value: self.value(is_constant)? });
                }
                ValueKind::Object(fields)
            }
            TokenKind::Punctuator(_) => {
                self.at -= 1;
                return Err(self.unexpected("a value"));
            }
        };
        Ok(Value { kind, location })
    }

    pub(super) fn type_node(&mut self) -> Result<TypeNode, ParseError> {
        let location = self.location();
        let inner = if self.skip("[") {
            let item = self.type_node()?;
            self.expect("]")?;
            TypeNode::List(Box::new(item), location)
        } else {
            TypeNode::Named(self.name()?)
        };
        Ok(if self.skip("!") { TypeNode::NonNull(Box::new(inner)) } else { inner })
    }
}

/// A token as an error names it.
pub(super) fn found(token: Option<&TokenKind<'_>>) -> String {
    match token {
        None => "the end of the document".into(),
        Some(TokenKind::Punctuator(text)) => format!("`{text}`"),
        Some(TokenKind::Name(text) | TokenKind::Int(text) | TokenKind::Float(text)) => {
            let shown: String = text.chars().take(40).collect();
            format!("`{shown}`")
        }
        Some(TokenKind::String(_)) => "a string".into(),
    }
}
