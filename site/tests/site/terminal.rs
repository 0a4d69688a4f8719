use super::client::Client;
use super::program::{Folder, STANDARD};

#[test]
fn a_terminal_that_is_gone_changes_nothing_for_visitors() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve_unread();
    site.close_terminal();
    let mut client = Client::new(&site.address);
    // More than there are threads: none of them may be lost to a line that cannot be logged.
    for _ in 0..100 {
        assert_eq!(client.get("/panic/").status, 500);
    }
    assert_eq!(client.get("/").status, 200);
    assert_eq!(site.end().code(), Some(0));
}

#[test]
fn a_terminal_that_nobody_reads_holds_neither_handlers_nor_the_end() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve_unread();
    let mut client = Client::new(&site.address);
    // Each prints some sixty bytes, so that all of them are more than a pipe holds.
    for _ in 0..2_000 {
        assert_eq!(client.get("/nowhere/").status, 404);
    }
    assert_eq!(site.end().code(), Some(0));
}
