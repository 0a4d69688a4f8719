//! Recorded files, compressed or not.

use crate::Trouble;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The text of a file; one whose name ends in `.gz` is decompressed.
pub(crate) fn read(path: &Path) -> Result<String, Trouble> {
    let unreadable = |error| format!("{} cannot be read: {error}", path.display());
    let mut file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    let read = match path.extension().is_some_and(|extension| extension == "gz") {
        true => MultiGzDecoder::new(file).read_to_string(&mut text),
        false => file.read_to_string(&mut text),
    };
    read.map_err(unreadable)?;
    Ok(text)
}
