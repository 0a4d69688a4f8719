//! What the program can be told to do.

use crate::app::Site;
use crate::terminal::say;
use anyhow::{Context, Result, bail};
use contrib::sessions::SessionStore;
use engine_core::Warning;
use engine_sync::server::Server;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{BufRead, IsTerminal, Write, stderr, stdin};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Serves until a signal ends it.
pub(crate) fn serve(site: Site, listen: Option<String>) -> Result<()> {
    let listen = listen.unwrap_or_else(|| site.settings.listen.clone());
    let server = Server::bind(listen.as_str())
        .with_context(|| {
            format!("cannot listen on {listen}: choose another address with `listen` or --listen")
        })?
        .with_limits(site.settings.limits.clone());
    end_at_signals(server.handle(), site.sockets.shutdown_handle())?;
    say(format!("the stack under the profile {}, outermost first:", site.settings.profile));
    say(site.stack.to_string().trim_end());
    say("the stack of the websockets:");
    say(site.sockets.chain().stack().to_string().trim_end());
    say("the stack of the GraphQL fields:");
    say(site.graphql.stack.to_string().trim_end());
    for warning in warnings(&site) {
        say(format!("warning: {warning}"));
    }
    say(format!("listening on http://{}", server.local_addr()));
    clear_expired_sessions(site.sessions)?;
    let stopped = server.run(site.chain)?;
    for abandoned in &stopped.abandoned {
        tracing::warn!("still running when the grace time was over: {abandoned}");
    }
    let abandoned = site.sockets.block_on(site.sockets.drained()).abandoned;
    if abandoned > 0 {
        tracing::warn!("{abandoned} websockets were still open when the grace time was over");
    }
    say("stopped");
    Ok(())
}

/// Ends both servers at each SIGINT and SIGTERM: gracefully at the first, at once at the second.
fn end_at_signals(
    http: engine_sync::server::ShutdownHandle,
    sockets: engine_async::server::ShutdownHandle,
) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("signals cannot be waited for")?;
    let wait = move || {
        for _ in signals.forever() {
            http.shutdown();
            sockets.shutdown();
        }
    };
    thread::Builder::new().name("signals".into()).spawn(wait)?;
    Ok(())
}

/// What is suspicious about the three stacks.
fn warnings(site: &Site) -> impl Iterator<Item = Warning> {
    let sockets = site.sockets.chain().stack().warnings();
    let fields = site.graphql.stack.warnings();
    site.stack.warnings().into_iter().chain(sockets).chain(fields)
}

/// How often expired sessions are removed.
const HOUR: Duration = Duration::from_secs(3_600);

/// Removes expired sessions now and then, for as long as the program runs: nobody asks for them any
/// more, so they would stay for ever.
fn clear_expired_sessions(sessions: Arc<dyn SessionStore>) -> Result<()> {
    let clear = move || loop {
        if let Err(error) = sessions.clear_expired() {
            tracing::warn!("expired sessions stay for another hour: {error}");
        }
        thread::sleep(HOUR);
    };
    thread::Builder::new().name("sessions".into()).spawn(clear)?;
    Ok(())
}

/// Creates a user.
pub(crate) fn create_user(site: &Site, name: &str, timezone: Option<String>) -> Result<()> {
    if stdin().is_terminal() {
        eprint!("password for {name} (it will be shown): ");
        stderr().flush()?;
    }
    let mut password = String::new();
    stdin().lock().read_line(&mut password).context(
        "the password cannot be read: give it in UTF-8 on the first line of standard input",
    )?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("the password is empty: give it on the first line of standard input");
    }
    site.accounts.create(name, password, timezone.as_deref())?;
    say(format!("created {name}"));
    Ok(())
}

/// Shows the stack and the routes.
pub(crate) fn explain(site: &Site, json: bool) -> Result<()> {
    if json {
        let mut all = serde_json::to_value(site.stack.explain())?;
        all["websocket"] = serde_json::to_value(site.sockets.chain().stack().explain())?;
        all["graphql"] = serde_json::to_value(site.graphql.stack.explain())?;
        say(serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    say(site.stack.to_string().trim_end());
    for (pattern, stack) in site.chain.routes() {
        say(format!("{pattern}: {} layers", stack.len()));
    }
    say("websockets:");
    say(site.sockets.chain().stack().to_string().trim_end());
    say("GraphQL fields:");
    say(site.graphql.stack.to_string().trim_end());
    for warning in warnings(site) {
        say(format!("warning: {warning}"));
    }
    Ok(())
}
