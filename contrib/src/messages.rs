//! Messages that are shown once, on this page or after a redirect (Django's `messages`).
//!
//! They travel in a signed cookie; what does not fit is kept in the session (Django's
//! `FallbackStorage`).

use crate::cookies::{CookieShape, Keep, SameSite};
use crate::options::OptionsError;
use crate::sessions::Session;
use crate::signing::{SecretKey, Signer};
use data_encoding::BASE64URL_NOPAD;
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Response, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::ControlFlow;

/// How important a message is: Django's levels, or any number in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(pub u16);

impl Level {
    /// For developers; not recorded by default.
    pub const DEBUG: Level = Level(10);
    /// Something happened.
    pub const INFO: Level = Level(20);
    /// Something worked.
    pub const SUCCESS: Level = Level(25);
    /// Something may go wrong.
    pub const WARNING: Level = Level(30);
    /// Something went wrong.
    pub const ERROR: Level = Level(40);

    /// The name of the level for a style sheet; empty for numbers in between.
    pub fn tag(self) -> &'static str {
        match self {
            Level::DEBUG => "debug",
            Level::INFO => "info",
            Level::SUCCESS => "success",
            Level::WARNING => "warning",
            Level::ERROR => "error",
            _ => "",
        }
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
#[non_exhaustive]
pub struct Message {
    /// How important it is.
    pub level: Level,
    /// What it says. It is text: a template must escape it.
    pub text: String,
    /// Further names for a style sheet, separated by blanks; may be empty.
    pub extra_tags: String,
}

/// A message as it travels, without the names of its parts.
#[derive(Serialize, Deserialize)]
struct Packed(Level, String, String);

impl From<Packed> for Message {
    fn from(Packed(level, text, extra_tags): Packed) -> Self {
        Message { level, text, extra_tags }
    }
}

impl From<Message> for Packed {
    fn from(message: Message) -> Self {
        Packed(message.level, message.text, message.extra_tags)
    }
}

impl Message {
    /// The extra tags and the level's, separated by a blank.
    pub fn tags(&self) -> String {
        let both = [self.extra_tags.as_str(), self.level.tag()];
        both.into_iter().filter(|tag| !tag.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The messages of the visitor who makes this request, in the request's state.
#[derive(Debug)]
pub struct Messages {
    cookie: Option<String>,
    session: Session,
    signer: Signer,
    level: Level,
    /// Those of earlier requests; `None` until the first question.
    loaded: Option<Vec<Message>>,
    queued: Vec<Message>,
    used: bool,
    had_cookie: bool,
    had_session: bool,
}

/// What the cookie holds.
#[derive(Default, Serialize, Deserialize)]
struct Carried {
    messages: Vec<Message>,
    /// Whether there are more in the session.
    more: bool,
}

/// The name under which the session keeps what does not fit into the cookie; Django's.
const SESSION_NAME: &str = "_messages";

impl Messages {
    /// Queues a message; an empty one, or one below the level that is recorded, is dropped.
    pub fn add(&mut self, level: Level, text: impl Into<String>) {
        self.add_with_tags(level, text, "");
    }

    /// Queues a message with further tags.
    pub fn add_with_tags(
        &mut self,
        level: Level,
        text: impl Into<String>,
        extra_tags: impl Into<String>,
    ) {
        let text = text.into();
        if !text.is_empty() && level >= self.level {
            self.queued.push(Message { level, text, extra_tags: extra_tags.into() });
        }
    }

    /// All messages, oldest first, to be shown now: later requests do not get them again.
    ///
    /// # Errors
    ///
    /// 500: the session cannot be read.
    pub fn take(&mut self) -> Result<Vec<Message>> {
        let messages = self.peek()?;
        self.used = true;
        self.loaded = Some(Vec::new());
        self.queued.clear();
        Ok(messages)
    }

    /// All messages, oldest first, which stay for later.
    ///
    /// # Errors
    ///
    /// 500: the session cannot be read.
    pub fn peek(&mut self) -> Result<Vec<Message>> {
        let mut messages = self.load()?.clone();
        messages.extend(self.queued.iter().cloned());
        Ok(messages)
    }

    /// Changes the level from which on messages are recorded, for this request.
    pub fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    fn load(&mut self) -> Result<&mut Vec<Message>> {
        if self.loaded.is_none() {
            let mut messages = Vec::new();
            if let Some(cookie) = &self.cookie {
                self.had_cookie = true;
                // A cookie that somebody has changed is as good as none, and is deleted.
                let carried = decode(&self.signer, cookie).unwrap_or_default();
                messages = carried.messages;
                if carried.more {
                    let more: Option<Vec<Message>> = self.session.get(SESSION_NAME)?;
                    self.had_session = more.is_some();
                    messages.extend(more.unwrap_or_default());
                }
            }
            self.loaded = Some(messages);
        }
        Ok(self.loaded.get_or_insert_default())
    }
}

/// Queues a message for the visitor who makes this request.
///
/// # Errors
///
/// 500: no [`MessageLayer`] stands further out.
pub fn add(request: &mut Request, level: Level, text: impl Into<String>) -> Result<()> {
    request.require_mut::<Messages>()?.add(level, text);
    Ok(())
}

/// All messages for the visitor who makes this request, to be shown now.
///
/// # Errors
///
/// 500: no [`MessageLayer`] stands further out, or the session cannot be read.
pub fn take(request: &mut Request) -> Result<Vec<Message>> {
    request.require_mut::<Messages>()?.take()
}

fn encode(signer: &Signer, carried: &Carried) -> Result<String> {
    Ok(signer.sign(&BASE64URL_NOPAD.encode(&serde_json::to_vec(carried)?)))
}

fn decode(signer: &Signer, cookie: &str) -> Option<Carried> {
    let text = signer.unsign(cookie).ok()?;
    serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
}

/// Options of [`MessageLayer`]; in parentheses the Django setting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MessageOptions {
    /// The cookie's name. Default: `messages`.
    pub cookie_name: String,
    /// The paths the cookie is sent to. Default: `/`.
    pub cookie_path: String,
    /// The domain the cookie is sent to. Default: this host only (`SESSION_COOKIE_DOMAIN`).
    pub cookie_domain: Option<String>,
    /// Whether the cookie is sent over https only. Default: no (`SESSION_COOKIE_SECURE`).
    pub cookie_secure: bool,
    /// Whether scripts of the page cannot read the cookie. Default: yes
    /// (`SESSION_COOKIE_HTTPONLY`).
    pub cookie_http_only: bool,
    /// Whether other sites make the browser send the cookie. Default: `lax`
    /// (`SESSION_COOKIE_SAMESITE`).
    pub cookie_same_site: SameSite,
    /// The bytes a cookie's value may have; messages beyond are kept in the session. 0: all are.
    /// At most 4,000, which browsers still take. Default: 2,048, Django's.
    pub cookie_bytes: usize,
    /// The level from which on messages are recorded. Default: 20, information
    /// (`MESSAGE_LEVEL`).
    pub level: Level,
}

impl Default for MessageOptions {
    fn default() -> Self {
        MessageOptions {
            cookie_name: String::from("messages"),
            cookie_path: String::from("/"),
            cookie_domain: None,
            cookie_secure: false,
            cookie_http_only: true,
            cookie_same_site: SameSite::Lax,
            cookie_bytes: 2_048,
            level: Level::INFO,
        }
    }
}

/// Gives each request its [`Messages`], and on the way out keeps those that were not shown.
pub struct MessageLayer {
    cookie: CookieShape,
    cookie_bytes: usize,
    level: Level,
    signer: Signer,
}

impl MessageLayer {
    /// The layer with these options; the secret signs the cookie.
    ///
    /// # Errors
    ///
    /// The options contradict each other or name what browsers refuse; the message says the cure.
    pub fn new(secret: &SecretKey, options: MessageOptions) -> Result<Self, OptionsError> {
        let cookie = CookieShape {
            name: options.cookie_name,
            path: options.cookie_path,
            domain: options.cookie_domain,
            secure: options.cookie_secure,
            http_only: options.cookie_http_only,
            same_site: options.cookie_same_site,
        };
        cookie.check()?;
        if options.cookie_bytes > 4_000 {
            return Err(OptionsError::new(format!(
                "`cookie_bytes` is {} and browsers drop cookies above 4096 bytes with their name: \
                 use at most 4000",
                options.cookie_bytes
            )));
        }
        let signer = Signer::new(secret, "contrib.messages");
        Ok(MessageLayer {
            cookie,
            cookie_bytes: options.cookie_bytes,
            level: options.level,
            signer,
        })
    }

    fn open(&self, request: &mut Request) -> Result<Flow> {
        let messages = Messages {
            cookie: self.cookie.sent_by(request),
            session: Session::of(request)?,
            signer: self.signer.clone(),
            level: self.level,
            loaded: None,
            queued: Vec::new(),
            used: false,
            had_cookie: false,
            had_session: false,
        };
        request.state_mut().insert(messages);
        Ok(ControlFlow::Continue(()))
    }

    fn close(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        let Some(messages) = request.state_mut().get_mut::<Messages>() else {
            return Ok(());
        };
        if !messages.used && messages.queued.is_empty() {
            return Ok(());
        }
        let mut kept = messages.load()?.clone();
        kept.append(&mut messages.queued);
        if kept.is_empty() {
            if messages.had_cookie {
                self.cookie.delete(response);
            }
        } else {
            let (value, rest) = self.pack(kept)?;
            self.cookie.set(response, &value, Keep::UntilClosed);
            if !rest.is_empty() {
                return messages.session.insert(SESSION_NAME, rest);
            }
        }
        if messages.had_session {
            messages.session.remove(SESSION_NAME)?;
        }
        Ok(())
    }

    /// The cookie's value with as many messages as fit, oldest first, and the rest.
    fn pack(&self, mut messages: Vec<Message>) -> Result<(String, Vec<Message>)> {
        let mut rest = Vec::new();
        loop {
            let carried = Carried { more: !rest.is_empty(), messages };
            let value = encode(&self.signer, &carried)?;
            messages = carried.messages;
            // The separator of the signature is percent-encoded and takes two bytes more.
            if value.len() + 2 <= self.cookie_bytes || messages.is_empty() {
                rest.reverse();
                return Ok((value, rest));
            }
            rest.extend(messages.pop());
        }
    }
}

impl Layer for MessageLayer {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "Messages".into()
    }

    fn declare(&self, order: &mut Order) {
        order.requires::<Session>().provides::<Messages>().single();
    }
}

impl Hooks for MessageLayer {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::open).process_response(Self::close);
    }
}

impl fmt::Debug for MessageLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageLayer")
            .field("cookie", &self.cookie)
            .field("cookie_bytes", &self.cookie_bytes)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}
