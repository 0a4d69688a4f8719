use crate::support::{Client, Site, limits};
use engine_sync::server::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const CROWD: usize = 10_000;

/// Descriptors for both ends of every connection, and for the rest of the tests.
const WANTED: u64 = 2 * CROWD as u64 + 1000;

/// How many connections the system allows.
fn allowed() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let goal = maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if current.is_some_and(|current| current < goal) {
        let raised = Rlimit { current: Some(goal), maximum };
        setrlimit(Resource::Nofile, raised).expect("the soft limit can be raised to the hard one");
    }
    let descriptors = current.map_or(WANTED, |current| current.max(goal)).min(WANTED);
    usize::try_from((descriptors - 1000) / 2).unwrap().min(CROWD)
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn ten_thousand_idle_connections_cost_no_threads() {
    let crowd = allowed();
    if crowd < CROWD {
        println!("only {crowd} connections: the hard limit of open files forbids {CROWD}");
        assert!(
            std::env::var_os("CI").is_none(),
            "the hard limit of open files allows {crowd} connections only: raise it to {WANTED}"
        );
    }
    let site = Site::greeting(Limits { connections: crowd + 100, ..limits() });
    let before = threads();
    let mut clients: Vec<Client> = (0..crowd).map(|_| site.connect()).collect();
    for client in &mut clients {
        assert_eq!(client.get("/").status, 200);
    }
    // All are idle now, and each is still served.
    for client in clients.iter_mut().rev().step_by(97) {
        assert_eq!(client.get("/again").text(), "/again");
    }
    // Other tests of this binary have threads, too; a thread each would be thousands.
    assert!(threads() < before + 500, "{} threads for {crowd} connections", threads());
    drop(clients);
    assert_eq!(site.get("/").status, 200);
}
