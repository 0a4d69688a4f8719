//! The settings file: what it says beside the stack.

use anyhow::{Context, Result, anyhow};
use engine_core::Settings;
use engine_sync::Profile;
use engine_sync::server::Limits;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::{Path, PathBuf};

/// The keys this program reads; any other is a mistake.
const KEYS: [&str; 8] =
    ["listen", "data", "profile", "middleware", "layers", "server", "websocket", "graphql"];

/// The keys of the section `[websocket]`.
const WEBSOCKET_KEYS: [&str; 3] = ["middleware", "layers", "server"];

/// The keys of the section `[graphql]`.
const GRAPHQL_KEYS: [&str; 2] = ["middleware", "layers"];

/// A settings file, read and checked as far as it can be without building anything.
#[derive(Debug)]
pub(crate) struct SiteSettings {
    pub(crate) path: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) listen: String,
    pub(crate) data: PathBuf,
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    /// The section `[websocket]`, if there is one.
    pub(crate) websocket: Option<Settings>,
    pub(crate) websocket_limits: engine_async::server::Limits,
    /// The section `[graphql]`, if there is one.
    pub(crate) graphql: Option<Settings>,
}

/// The keys that are no tables, and which sections there are.
#[derive(Debug, Deserialize)]
struct Top {
    websocket: Option<IgnoredAny>,
    graphql: Option<IgnoredAny>,
    #[serde(default = "default_listen")]
    listen: String,
    #[serde(default = "default_data")]
    data: PathBuf,
    #[serde(default, deserialize_with = "profile")]
    profile: Profile,
}

fn default_listen() -> String {
    String::from("127.0.0.1:8000")
}

fn default_data() -> PathBuf {
    PathBuf::from("data")
}

fn profile<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Profile, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

impl SiteSettings {
    /// Reads the file. A mistake in it is told with line and column.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!(
                "the settings file {} cannot be read; name another one with --settings",
                path.display()
            )
        })?;
        let at = |error: engine_core::SettingsError| anyhow!("{}: {error}", path.display());
        let settings = Settings::parse(text).map_err(at)?;
        settings.only_keys(&KEYS).map_err(at)?;
        let top: Top = settings.root_table().map_err(at)?;
        let limits = settings.table("server").map_err(at)?;
        let section = settings.section("websocket").map_err(at)?;
        section.only_keys(&WEBSOCKET_KEYS).map_err(at)?;
        let websocket_limits = section.table("server").map_err(at)?;
        let graphql = settings.section("graphql").map_err(at)?;
        graphql.only_keys(&GRAPHQL_KEYS).map_err(at)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(SiteSettings {
            path: path.to_owned(),
            listen: top.listen,
            data: folder.join(top.data),
            profile: top.profile,
            limits,
            websocket: top.websocket.map(|_| section),
            websocket_limits,
            graphql: top.graphql.map(|_| graphql),
            settings,
        })
    }
}
