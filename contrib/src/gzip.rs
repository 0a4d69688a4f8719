//! Compressed responses (Django's `GZipMiddleware`).

use crate::options::{self, OptionsError};
use crate::random;
use engine_sync::http::header::{self, HeaderValue};
use engine_sync::http::{HeaderMap, StatusCode};
use engine_sync::{Body, Hooks, Layer, On, Order, Request, Response, Result};
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use serde::Deserialize;
use std::io::{self, Read, Write};

/// Options of [`Gzip`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct GzipOptions {
    /// Bytes a body must have to be worth it; streams always are. Default: 200, Django's.
    pub minimum: usize,
    /// How hard to try, from 1 (quick) to 9 (small). Default: 6, Django's.
    #[serde(deserialize_with = "level")]
    pub level: u32,
}

fn check_level(level: &u32) -> Result<(), OptionsError> {
    if (1..=9).contains(level) {
        return Ok(());
    }
    Err(OptionsError::new(format!(
        "`level` is {level}: choose 1 (quick) to 9 (small), or leave the layer out"
    )))
}

fn level<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, check_level)
}

impl Default for GzipOptions {
    fn default() -> Self {
        GzipOptions { minimum: 200, level: 6 }
    }
}

/// Compresses responses for clients that accept gzip. Streams are compressed as they go: what has
/// been read of them is sent on without waiting for more.
///
/// Each compressed response has a file name of random length in its head, so that its size says
/// less about secrets in it to whoever can make it repeat text of his own (BREACH). That makes the
/// attack slower, not impossible; [CSRF tokens](crate::csrf) are masked anew each time for the
/// same reason.
///
/// List it outermost, or next to it, so that the layers further in see bodies as they are.
#[derive(Clone, Copy, Debug)]
pub struct Gzip {
    minimum: usize,
    level: Compression,
}

impl Gzip {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// The level is not between 1 and 9.
    pub fn new(options: GzipOptions) -> Result<Self, OptionsError> {
        check_level(&options.level)?;
        Ok(Gzip { minimum: options.minimum, level: Compression::new(options.level) })
    }

    fn compress(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        if !self.is_worth_it(response) {
            return Ok(());
        }
        response.vary(&["Accept-Encoding"]);
        if !accepts_gzip(request.headers()) {
            return Ok(());
        }
        match response.body().as_bytes() {
            Some(bytes) => {
                let mut encoder = self.encoder();
                encoder.write_all(bytes)?;
                let compressed = encoder.finish()?;
                if compressed.len() >= bytes.len() {
                    return Ok(());
                }
                let length = compressed.len().into();
                response.set_body(compressed);
                response.headers_mut().insert(header::CONTENT_LENGTH, length);
            }
            None => {
                let source = response.body_mut().take();
                let stream = Compressed::new(source, self.encoder());
                response.set_body(Body::stream(stream));
            }
        }
        weaken_etag(response);
        let gzip = HeaderValue::from_static("gzip");
        response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
        Ok(())
    }

    fn is_worth_it(&self, response: &Response) -> bool {
        let headers = response.headers();
        let is_short = response.body().as_bytes().is_some_and(|body| body.len() < self.minimum);
        // A part of a body is counted in bytes of the whole; compressing it would break that.
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
        !is_short
            && !is_part
            && !response.is_upgrade()
            && !headers.contains_key(header::CONTENT_ENCODING)
    }

    fn encoder(&self) -> GzEncoder<Vec<u8>> {
        const LONGEST_NAME: usize = 100;
        let name = vec![b'a'; random::below(LONGEST_NAME)];
        GzBuilder::new().filename(name).mtime(0).write(Vec::new(), self.level)
    }
}

/// Whether the client takes gzip: named with a weight above 0, or not named and `*` is
/// (RFC 9110, 12.5.3).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut any = false;
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    for item in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = parameters.trim().strip_prefix("q=").or(parameters.trim().strip_prefix("Q="));
        // A weight that is no number is taken for none at all, so for 1.
        let weight = weight.and_then(|weight| weight.trim().parse::<f32>().ok()).unwrap_or(1.0);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return weight > 0.0,
            "*" => any = weight > 0.0,
            _ => {}
        }
    }
    any
}

/// A compressed body is not the same bytes, which a strong tag would promise (RFC 9110, 8.8.1).
fn weaken_etag(response: &mut Response) {
    let weak = response.header(header::ETAG).filter(|etag| etag.starts_with('"'));
    if let Some(Ok(weak)) = weak.map(|etag| HeaderValue::try_from(format!("W/{etag}"))) {
        response.headers_mut().insert(header::ETAG, weak);
    }
}

/// A stream, compressed while it is read.
struct Compressed {
    source: Body,
    /// Taken out at the end of the source.
    encoder: Option<GzEncoder<Vec<u8>>>,
    ready: Vec<u8>,
    /// How much of `ready` has been read.
    read: usize,
    chunk: Vec<u8>,
}

impl Compressed {
    fn new(source: Body, encoder: GzEncoder<Vec<u8>>) -> Self {
        let (ready, chunk) = (Vec::new(), vec![0; 16 * 1024]);
        Compressed { source, encoder: Some(encoder), ready, read: 0, chunk }
    }
}

impl Read for Compressed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.read == self.ready.len() {
            let Some(encoder) = &mut self.encoder else {
                return Ok(0);
            };
            self.ready.clear();
            self.read = 0;
            match self.source.read(&mut self.chunk)? {
                0 => {
                    if let Some(encoder) = self.encoder.take() {
                        self.ready = encoder.finish()?;
                    }
                }
                n => {
                    encoder.write_all(&self.chunk[..n])?;
                    encoder.flush()?;
                    std::mem::swap(encoder.get_mut(), &mut self.ready);
                }
            }
        }
        let n = out.len().min(self.ready.len() - self.read);
        out[..n].copy_from_slice(&self.ready[self.read..self.read + n]);
        self.read += n;
        Ok(n)
    }
}

impl Layer for Gzip {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl Hooks for Gzip {
    fn install(&self, on: &mut On<Self>) {
        on.process_response(Self::compress);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_accepts_gzip_unless_its_weight_is_zero() {
        let check = |value: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(accepts_gzip(&headers), expected, "{value:?}");
        };
        check("gzip", true);
        check("deflate, GZIP;q=0.5, br", true);
        check("x-gzip", true);
        check("gzip;q=0", false);
        check("gzip; q=0.000, *", false);
        check("*", true);
        check("*;q=0", false);
        check("*;q=0, gzip", true);
        check("deflate", false);
        check("notgzip", false);
        check("", false);
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
