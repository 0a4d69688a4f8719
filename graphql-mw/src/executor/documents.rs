//! Documents that were parsed and validated once.

use crate::ast::Document;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

/// How many bytes of text are kept at most; the documents made of them take some ten times as much.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Documents that were parsed and validated once, by their text. The oldest go first.
#[derive(Default)]
pub(super) struct Documents {
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    by_text: HashMap<Arc<str>, Arc<Document>>,
    oldest_first: VecDeque<Arc<str>>,
    bytes: usize,
}

impl Documents {
    pub(super) fn get(&self, text: &str) -> Option<Arc<Document>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.by_text.get(text).cloned()
    }

    pub(super) fn keep(&self, text: &str, document: &Arc<Document>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if text.len() > MAX_BYTES || kept.by_text.contains_key(text) {
            return;
        }
        kept.bytes += text.len();
        while kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.oldest_first.pop_front() else { break };
            kept.by_text.remove(&oldest);
            kept.bytes -= oldest.len();
        }
        let text: Arc<str> = Arc::from(text);
        kept.oldest_first.push_back(Arc::clone(&text));
        kept.by_text.insert(text, Arc::clone(document));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_the_oldest_goes_first() {
        let documents = Documents::default();
        let limits = crate::Limits::default();
        let document = Arc::new(Document::parse("{ a }", &limits).unwrap());
        let text = |n: usize| n.to_string().repeat(MAX_BYTES / 4);
        for n in 0..5 {
            documents.keep(&text(n), &document);
        }
        assert!(documents.get(&text(0)).is_none());
        assert!((1..5).all(|n| documents.get(&text(n)).is_some()));
    }
}
