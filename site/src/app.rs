//! The site put together: stores, registry, stacks, routes, chains.

use crate::graphql::Graphql;
use crate::layers::{Another, AnotherOptions, Book, BookOptions};
use crate::settings::SiteSettings;
use crate::traces::Traces;
use crate::views::{self, Page};
use crate::websocket::{self, Sockets};
use anyhow::{Context, Result, anyhow};
use contrib::Database;
use contrib::Stores;
use contrib::auth::{Accounts, Passwords, SqliteUsers, UserStore};
use contrib::sessions::{SessionStore, SqliteSessions};
use contrib::signing::SecretKey;
use engine_core::Built;
use engine_sync::{Chain, Registry, Stack, hooks};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Everything the commands work with.
pub(crate) struct Site {
    pub(crate) settings: SiteSettings,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) stack: Stack,
    pub(crate) chain: Chain,
    pub(crate) sockets: Sockets,
    pub(crate) graphql: Graphql,
}

impl Site {
    /// Reads the settings, opens the stores, and builds the chains.
    ///
    /// # Errors
    ///
    /// Whatever keeps the site from starting, with its cure.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let settings = SiteSettings::read(path)?;
        fs::create_dir_all(&settings.data).with_context(|| {
            format!("the folder {} cannot be made; change `data`", settings.data.display())
        })?;
        let secret = secret_key(&settings.data.join("secret.key"))?;
        let database = Database::open(settings.data.join("site.sqlite3"))?;
        let users: Arc<dyn UserStore> = Arc::new(SqliteUsers::new(&database)?);
        let accounts = Arc::new(Accounts::new(Arc::clone(&users), Passwords::default()));
        let sessions: Arc<dyn SessionStore> = Arc::new(SqliteSessions::new(&database)?);
        let stores = Stores { sessions: Arc::clone(&sessions), users, secret };
        let mut registry = Registry::new();
        contrib::registry(&mut registry, &stores);
        register_article(&mut registry);
        let stack = registry
            .stack(&settings.settings, "middleware")
            .map_err(|error| anyhow!("{}: {error}", settings.path.display()))?;
        let graphql = Graphql::open(&settings)?;
        let sockets = websocket::open(&settings, &stores, graphql.socket())?;
        let chain = chain(&settings, &stack, &accounts, &sockets, &graphql)
            .map_err(|error| anyhow!("{}: {error}", settings.path.display()))?;
        Ok(Site { settings, accounts, sessions, stack, chain, sockets, graphql })
    }
}

/// The two layers of the article.
fn register_article(registry: &mut Registry) {
    registry.register("book", |options| {
        let options: BookOptions = options.read()?;
        Ok(Built::Layer(hooks(Book(options))))
    });
    registry.register("another", |options| {
        let options: AnotherOptions = options.read()?;
        Ok(Built::Layer(hooks(Another(options))))
    });
}

fn chain(
    settings: &SiteSettings,
    stack: &Stack,
    accounts: &Arc<Accounts>,
    sockets: &Sockets,
    graphql: &Graphql,
) -> Result<Chain> {
    let traces = Traces::default();
    let page =
        Page::new(traces.clone(), stack.to_string(), settings.profile, Arc::clone(accounts))?;
    let builder = Chain::builder(stack)
        .profile(settings.profile)
        .routes(views::routes(&page))
        .routes(websocket::routes(sockets))
        .routes(graphql.routes(sockets))
        .trace(move |request, trace, response| traces.note(request, trace, response));
    Ok(views::error_pages(builder, &page).build()?)
}

/// 256 bits from the system, as text.
fn random_text() -> Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).context("the system has no random bytes")?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The key that signs cookies: made at the first start, kept in the data folder, readable by its
/// owner alone.
fn secret_key(path: &Path) -> Result<SecretKey> {
    use std::os::unix::fs::OpenOptionsExt;
    let shown = path.display();
    let not_made = || {
        format!(
            "the secret key {shown} cannot be made: let this user write to the folder, or change `data`"
        )
    };
    if !path.exists() {
        let fresh = random_text()?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .with_context(not_made)?;
        file.write_all(fresh.as_bytes()).with_context(not_made)?;
        file.sync_all().with_context(not_made)?;
    }
    let text = fs::read_to_string(path)
        .with_context(|| format!("the secret key {shown} cannot be read: let this user read it"))?;
    SecretKey::new(text.trim()).with_context(|| {
        format!(
            "the secret key {shown} is none: put the right one back, or remove the file to have a \
             new one made (everybody is logged out then)"
        )
    })
}
