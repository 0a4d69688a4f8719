//! The recorded cases that travel with the kit, so that a test needs no file.

use flate2::read::GzDecoder;
use std::io::Read;

/// A recorded file, compressed.
#[derive(Clone, Copy)]
pub struct Recording {
    /// The file's name.
    pub name: &'static str,
    bytes: &'static [u8],
}

/// The recorded HTTP files of Django, both styles.
pub const HTTP: &[Recording] = &[
    Recording {
        name: "http-django-1.8-legacy",
        bytes: include_bytes!("../data/http-django-1.8-legacy.jsonl.gz"),
    },
    Recording {
        name: "http-django-1.11-legacy",
        bytes: include_bytes!("../data/http-django-1.11-legacy.jsonl.gz"),
    },
    Recording {
        name: "http-django-1.11-onion",
        bytes: include_bytes!("../data/http-django-1.11-onion.jsonl.gz"),
    },
    Recording {
        name: "http-django-5.2-wsgi",
        bytes: include_bytes!("../data/http-django-5.2-wsgi.jsonl.gz"),
    },
    Recording {
        name: "http-django-5.2-asgi",
        bytes: include_bytes!("../data/http-django-5.2-asgi.jsonl.gz"),
    },
];

/// The recorded websocket files of Luna; the cases of its GraphQL app are in them, and passed over.
pub const WEBSOCKET: &[Recording] = &[
    Recording { name: "ws-luna-1.0", bytes: include_bytes!("../data/ws-luna-1.0.jsonl.gz") },
    Recording { name: "ws-luna-0.5", bytes: include_bytes!("../data/ws-luna-0.5.jsonl.gz") },
];

/// The recorded websocket files of other systems: of Channels, with Starlette's cases passed over.
pub const WEBSOCKET_OTHERS: &[Recording] =
    &[Recording { name: "ws-others", bytes: include_bytes!("../data/ws-others.jsonl.gz") }];

/// The recorded GraphQL files.
pub const FIELDS: &[Recording] = &[
    Recording {
        name: "graphql-graphene",
        bytes: include_bytes!("../data/graphql-graphene.jsonl.gz"),
    },
    Recording {
        name: "graphql-core-3.3",
        bytes: include_bytes!("../data/graphql-core-3.3.jsonl.gz"),
    },
    Recording { name: "graphql-others", bytes: include_bytes!("../data/graphql-others.jsonl.gz") },
];

impl Recording {
    /// The lines of the file, one case each.
    ///
    /// # Panics
    ///
    /// When the file is damaged, which the kit's own tests would have noticed.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let read = GzDecoder::new(self.bytes).read_to_string(&mut text);
        read.unwrap_or_else(|error| panic!("the recording {} is damaged: {error}", self.name));
        text
    }
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
