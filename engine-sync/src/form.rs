//! Forms: the fields and files of a body, within limits.

use crate::body::{Body, read_error};
use crate::error::{Error, Result};
use bytes::Bytes;
use std::io::Read;

/// Limits on bodies that are read into memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormLimits {
    /// Bytes of a body held in memory, a form's files included. Default: 2.5 MiB, Django's.
    pub memory: u64,
    /// Fields and files of a form. Default: 1,000, Django's.
    pub fields: usize,
}

impl Default for FormLimits {
    fn default() -> Self {
        FormLimits { memory: 2_621_440, fields: 1_000 }
    }
}

impl FormLimits {
    /// Changes the bytes held in memory.
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Changes the number of fields.
    pub fn with_fields(mut self, fields: usize) -> Self {
        self.fields = fields;
        self
    }
}

/// A form that was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<(String, String)>,
    files: Vec<FormFile>,
}

/// A file that was sent in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormFile {
    /// The field's name.
    pub field: String,
    /// The name the client gives the file. Never a path to write to.
    pub name: String,
    /// The media type the client claims.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
}

impl Form {
    /// The last value of a field, as Django's `POST[name]`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All fields in their order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// All files in their order.
    pub fn files(&self) -> &[FormFile] {
        &self.files
    }
}

pub(crate) enum Kind {
    Urlencoded,
    Multipart(String),
    Other,
}

pub(crate) fn kind(content_type: &str) -> Kind {
    match content_type.parse::<mime::Mime>() {
        Ok(mime) if mime.essence_str() == "application/x-www-form-urlencoded" => Kind::Urlencoded,
        Ok(mime) if mime.essence_str() == "multipart/form-data" => {
            Kind::Multipart(mime.get_param(mime::BOUNDARY).map_or("", |b| b.as_str()).to_owned())
        }
        _ => Kind::Other,
    }
}

pub(crate) fn urlencoded(bytes: &[u8], limits: FormLimits) -> Result<Form> {
    let mut form = Form::default();
    for (name, value) in form_urlencoded::parse(bytes).into_owned() {
        check_count(&form, limits)?;
        form.fields.push((name, value));
    }
    Ok(form)
}

pub(crate) fn multipart(body: Body, boundary: String, limits: FormLimits) -> Result<Form> {
    if boundary.is_empty() || boundary.len() > 200 {
        return Err(Error::bad_request("the form has no usable multipart boundary"));
    }
    // The parser is asynchronous and the body blocks: reading happens inside the poll, on this
    // thread, so the executor never has anything to wait for.
    let constraints =
        multer::Constraints::new().size_limit(multer::SizeLimit::new().whole_stream(limits.memory));
    let chunks = futures_util::stream::iter(Chunks(body));
    let mut parts = multer::Multipart::with_constraints(chunks, boundary, constraints);
    futures_executor::block_on(async {
        let mut form = Form::default();
        while let Some(part) = parts.next_field().await.map_err(multipart_error)? {
            check_count(&form, limits)?;
            let field = part.name().unwrap_or("").to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => {
                    let content_type = part.content_type().map(|mime| mime.to_string());
                    let bytes = part.bytes().await.map_err(multipart_error)?;
                    form.files.push(FormFile { field, name, content_type, bytes });
                }
                None => form.fields.push((field, part.text().await.map_err(multipart_error)?)),
            }
        }
        Ok(form)
    })
}

fn check_count(form: &Form, limits: FormLimits) -> Result<()> {
    if form.fields.len() + form.files.len() < limits.fields {
        return Ok(());
    }
    let limit = limits.fields;
    Err(Error::content_too_large(format!("the form has more than the limit of {limit} fields")))
}

fn multipart_error(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => read_error(*error),
            Err(error) => Error::with_source(http::StatusCode::BAD_REQUEST, error),
        },
        multer::Error::StreamSizeExceeded { limit } => {
            Error::content_too_large(format!("the form is larger than the limit of {limit} bytes"))
        }
        error => Error::with_source(http::StatusCode::BAD_REQUEST, error),
    }
}

/// A blocking body as the chunks that the multipart parser takes.
struct Chunks(Body);

impl Iterator for Chunks {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut chunk = vec![0; 16 * 1024];
        match self.0.read(&mut chunk) {
            Ok(0) => None,
            Ok(n) => {
                chunk.truncate(n);
                Some(Ok(chunk.into()))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MULTIPART: &str = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
        --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\
        Content-Type: text/plain\r\n\r\nhello\r\n--B--\r\n";

    #[test]
    fn the_last_value_of_a_field_counts() {
        let form = urlencoded(b"a=1&a=2&b=%C3%A9+x", FormLimits::default()).unwrap();
        assert_eq!(form.get("a"), Some("2"));
        assert_eq!(form.get("b"), Some("é x"));
    }

    #[test]
    fn a_multipart_form_has_fields_and_files() {
        let form = multipart(MULTIPART.into(), "B".into(), FormLimits::default()).unwrap();
        assert_eq!(form.get("a"), Some("1"));
        assert_eq!(form.files()[0].name, "x.txt");
        assert_eq!(form.files()[0].bytes, "hello");
    }

    #[test]
    fn too_many_fields_and_too_many_bytes_are_413() {
        let few = FormLimits::default().with_fields(1);
        assert_eq!(urlencoded(b"a=1&b=2", few).unwrap_err().status(), 413);
        assert_eq!(multipart(MULTIPART.into(), "B".into(), few).unwrap_err().status(), 413);
        let small = FormLimits::default().with_memory(20);
        let stream = Body::stream(std::io::Cursor::new(MULTIPART));
        assert_eq!(multipart(stream, "B".into(), small).unwrap_err().status(), 413);
    }

    #[test]
    fn a_form_that_breaks_off_is_400() {
        let half: Body = MULTIPART[..60].into();
        assert_eq!(multipart(half, "B".into(), FormLimits::default()).unwrap_err().status(), 400);
    }
}
