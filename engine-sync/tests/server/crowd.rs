use crate::support::{Client, Site, limits};
use engine_sync::server::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

const CROWD: usize = 10_000;

/// Descriptors for one end of every connection, and for the tests that run beside this one.
const WANTED: u64 = CROWD as u64 + 1000;

/// Where the clients' process finds the server.
const ADDRESS: &str = "CROWD_ADDRESS";

/// Raises the soft limit of open files, and says how many connections it allows.
fn allowed() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let goal = maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if current.is_some_and(|current| current < goal) {
        let raised = Rlimit { current: Some(goal), maximum };
        setrlimit(Resource::Nofile, raised).expect("the soft limit can be raised to the hard one");
    }
    let crowd = usize::try_from(goal.saturating_sub(1000)).unwrap().min(CROWD);
    if crowd < CROWD {
        println!("only {crowd} connections: the hard limit of open files forbids {CROWD}");
        assert!(
            std::env::var_os("CI").is_none(),
            "the hard limit of open files allows {crowd} connections only: raise it to {WANTED}"
        );
    }
    crowd
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn ten_thousand_idle_connections_cost_no_threads() {
    let crowd = allowed();
    let site = Site::greeting(Limits { connections: crowd + 100, ..limits() });
    let before = threads();
    // The limit of open files is one for each process, so the clients get one of their own.
    let mut clients = Command::new(std::env::current_exe().unwrap())
        .args(["crowd::clients", "--exact", "--ignored", "--nocapture"])
        .env(ADDRESS, site.address.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(clients.stdout.take().unwrap()).lines();
    let mut said = said.map(Result::unwrap);
    let idle = said.any(|line| line.ends_with("all are idle"));
    assert!(idle, "the clients failed");
    // Other tests of this binary have threads, too; a thread each would be thousands.
    assert!(threads() < before + 500, "{} threads for {crowd} connections", threads());
    assert_eq!(site.get("/").status, 200);
    drop(clients.stdin.take());
    said.for_each(drop);
    assert!(clients.wait().unwrap().success());
    assert_eq!(site.get("/").status, 200);
}

#[test]
#[ignore = "the clients of the test above, which runs them"]
fn clients() {
    let address = std::env::var(ADDRESS).expect("the test above says where the server is");
    let mut clients: Vec<Client> =
        (0..allowed()).map(|_| Client::new(TcpStream::connect(&address).unwrap())).collect();
    for client in &mut clients {
        assert_eq!(client.get("/").status, 200);
    }
    println!("all are idle");
    // Until the other side has seen enough.
    let _ = std::io::stdin().read_line(&mut String::new());
    for client in clients.iter_mut().rev().step_by(97) {
        assert_eq!(client.get("/again").text(), "/again");
    }
}
