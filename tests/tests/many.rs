//! Thousands of websockets: the server in a process of its own, whose descriptors and memory are
//! looked at from the outside.

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longer than anything here takes, on a slow machine.
const LONG: Duration = Duration::from_secs(120);

const HANDSHAKE: &[u8] = b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
    upgrade: websocket\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The clients of all tests here stand in one process.
const DESCRIPTORS: u64 = 8000;

/// Clients that do nothing.
const MANY: usize = 5000;

/// Who may open thousands.
static TURN: Mutex<()> = Mutex::new(());

struct Site {
    child: Child,
    address: String,
}

impl Site {
    fn start(runtime: &str) -> Site {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        if current.is_some_and(|current| current < DESCRIPTORS) {
            let current = Some(maximum.map_or(DESCRIPTORS, |maximum| maximum.min(DESCRIPTORS)));
            setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_contract_site"))
            .args(["--listen", "127.0.0.1:0", "--runtime", runtime])
            // One arena: else what its threads keep free for themselves hides what is lost.
            .env("MALLOC_ARENA_MAX", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Site { child, address }
    }

    /// Connections that were accepted.
    fn open(&self, count: usize) -> Vec<TcpStream> {
        let mut clients: Vec<TcpStream> = (0..count)
            .map(|_| {
                let mut client = TcpStream::connect(&self.address).unwrap();
                client.set_read_timeout(Some(LONG)).unwrap();
                client.write_all(HANDSHAKE).unwrap();
                client
            })
            .collect();
        for client in &mut clients {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut bytes = [0; 200];
                let read = client.read(&mut bytes).unwrap();
                assert!(read > 0, "the connection was not accepted");
                head.extend(&bytes[..read]);
            }
            assert!(head.starts_with(b"HTTP/1.1 101 "));
        }
        clients
    }

    fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Resident memory in bytes.
    fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    /// Sees the server close what its clients have left. Each look asks it for something, so it
    /// has had its turn.
    fn comes_back_to(&self, descriptors: usize) {
        let begun = Instant::now();
        loop {
            echoes(&mut self.open(1)[0]);
            let open = self.descriptors();
            if open <= descriptors + 8 {
                return;
            }
            assert!(begun.elapsed() < LONG, "{open} descriptors, and {descriptors} before");
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn echoes(client: &mut TcpStream) {
    client.write_all(b"\x81\x85\0\0\0\0hello").unwrap();
    let mut echo = [0; 7];
    client.read_exact(&mut echo).unwrap();
    assert_eq!(&echo, b"\x81\x05hello");
}

fn thousands_that_do_nothing(runtime: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let site = Site::start(runtime);
    echoes(&mut site.open(1)[0]);
    let before = site.descriptors();
    let empty = site.memory();
    let mut left = Vec::new();
    for _ in 0..4 {
        let mut clients = site.open(MANY);
        assert!(site.descriptors() >= MANY);
        let each = site.memory().saturating_sub(empty) / MANY;
        assert!(each < 40_000, "{each} bytes for a connection that does nothing");
        echoes(&mut site.open(1)[0]);
        echoes(&mut clients[MANY - 1]);
        drop(clients);
        site.comes_back_to(before);
        left.push(site.memory());
    }
    println!("{runtime}: memory after each {MANY} connections: {left:?}");
    // In the first rounds the allocator finds its size.
    assert!(left[3] < left[2] + MANY * 512, "memory after each {MANY} connections: {left:?}");
}

fn open_at_the_end(runtime: &str) {
    let mut site = Site::start(runtime);
    let mut clients = site.open(500);
    echoes(&mut clients[499]);
    kill_process(Pid::from_child(&site.child), Signal::TERM).unwrap();
    for client in &mut clients {
        let mut close = [0; 4];
        client.read_exact(&mut close).unwrap();
        assert_eq!((close[0], &close[2..]), (0x88, &1001_u16.to_be_bytes()[..]));
        let mut reason = vec![0; usize::from(close[1]) - 2];
        client.read_exact(&mut reason).unwrap();
        client.write_all(b"\x88\x82\0\0\0\0\x03\xe9").unwrap();
        assert_eq!(client.read(&mut [0; 9]).unwrap(), 0);
    }
    assert!(site.child.wait().unwrap().success());
}

#[test]
fn thousands_of_clients_that_do_nothing_cost_little_and_leave_nothing_on_tokio() {
    thousands_that_do_nothing("tokio");
}

#[test]
fn thousands_of_clients_that_do_nothing_cost_little_and_leave_nothing_on_smol() {
    thousands_that_do_nothing("smol");
}

#[test]
fn thousands_of_clients_that_do_nothing_cost_little_and_leave_nothing_on_async_std() {
    thousands_that_do_nothing("async-std");
}

#[test]
fn five_hundred_open_connections_are_told_and_waited_for_on_tokio() {
    open_at_the_end("tokio");
}

#[test]
fn five_hundred_open_connections_are_told_and_waited_for_on_smol() {
    open_at_the_end("smol");
}

#[test]
fn five_hundred_open_connections_are_told_and_waited_for_on_async_std() {
    open_at_the_end("async-std");
}
