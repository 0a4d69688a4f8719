/// All field layers from settings, and where they may stand.
mod by_name;
/// What is kept, for whom, and what never is.
mod cache;
/// What fields cost, and who pays.
mod limits;
/// What the log is told.
mod log;
/// What clients are told of errors.
mod masks;
/// A schema, users who ask, and what is logged meanwhile.
mod school;
/// Who may see which field.
mod who;
