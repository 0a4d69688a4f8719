use engine_sync::server::{Limits, Server, ShutdownHandle, Stopped};
use engine_sync::{Chain, Exit, Params, Request, Response, Result, Stack, hook_fns};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::Duration;

/// Long enough that only a fault can take so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running server, shut down at the end of its test.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) handle: ShutdownHandle,
    pub(crate) exits: Receiver<Exit>,
    running: Option<JoinHandle<io::Result<Stopped>>>,
}

/// Limits with few threads, and no grace at the end of a test.
pub(crate) fn limits() -> Limits {
    Limits { threads: 8, grace: Duration::from_secs(10), ..Limits::default() }
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl Site {
    /// Serves one view with one layer around it that reports exits.
    pub(crate) fn view(
        limits: Limits,
        view: impl Fn(&mut Request, &Params) -> Result<Response> + Send + Sync + 'static,
    ) -> Self {
        Site::with(limits, |stack| Chain::builder(stack).view(view).build().unwrap())
    }

    pub(crate) fn with(limits: Limits, chain: impl FnOnce(&Stack) -> Chain) -> Self {
        let (report, exits) = mpsc::channel();
        let reporting = hook_fns("exits", |on| {
            on.exit(move |_, _, how| {
                let _ = report.send(how);
            });
        });
        let chain = chain(&Stack::builder().layer(reporting).build().unwrap());
        let server = Server::bind("127.0.0.1:0").unwrap().with_limits(limits);
        let (address, handle) = (server.local_addr(), server.handle());
        let running = Some(std::thread::spawn(move || server.run(chain)));
        Site { address, handle, exits, running }
    }

    /// Greets every request with its path.
    pub(crate) fn greeting(limits: Limits) -> Self {
        Site::view(limits, |request, _| Ok(Response::text(request.path().to_owned())))
    }

    pub(crate) fn connect(&self) -> Client {
        Client::new(TcpStream::connect(self.address).unwrap())
    }

    /// One request on a connection of its own.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.connect().get(path)
    }

    /// How the next exchange ended.
    pub(crate) fn exit(&self) -> Exit {
        self.exits.recv_timeout(PATIENCE).expect("an exchange should have ended")
    }

    /// Waits for the server to end.
    pub(crate) fn ended(mut self) -> Stopped {
        let running = self.running.take().expect("nobody has waited yet");
        running.join().expect("the server panicked").unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.handle.shutdown();
        self.handle.shutdown();
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
    }
}

/// A client that sends bytes as they are and reads responses one by one.
pub(crate) struct Client {
    pub(crate) socket: TcpStream,
    read: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Client {
    pub(crate) fn new(socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        Client { socket, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).unwrap();
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n"));
        self.answer()
    }

    /// The next response to a request that was not `HEAD`.
    pub(crate) fn answer(&mut self) -> Answer {
        self.try_answer(true).expect("an answer should have come")
    }

    /// The next response, whose body is left out.
    pub(crate) fn answer_to_head(&mut self) -> Answer {
        self.try_answer(false).expect("an answer should have come")
    }

    pub(crate) fn try_answer(&mut self, with_body: bool) -> Option<Answer> {
        let end = self.read_until(b"\r\n\r\n")?;
        let head = String::from_utf8(self.read.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: Vec::new() };
        if !with_body || status < 200 || status == 204 || status == 304 {
            return Some(answer);
        }
        if let Some(length) = answer.header("content-length") {
            let length = length.parse().unwrap();
            while self.read.len() < length {
                self.read_more()?;
            }
            answer.body = self.read.drain(..length).collect();
        } else if answer.header("transfer-encoding").is_some() {
            loop {
                let end = self.read_until(b"\r\n")?;
                let line = String::from_utf8(self.read.drain(..end).collect()).unwrap();
                let size = usize::from_str_radix(line.trim(), 16).unwrap();
                while self.read.len() < size + 2 {
                    self.read_more()?;
                }
                answer.body.extend(self.read.drain(..size));
                self.read.drain(..2);
                if size == 0 {
                    break;
                }
            }
        } else {
            while self.read_more().is_some() {}
            answer.body = std::mem::take(&mut self.read);
        }
        Some(answer)
    }

    fn read_until(&mut self, mark: &[u8]) -> Option<usize> {
        loop {
            if let Some(at) = self.read.windows(mark.len()).position(|window| window == mark) {
                return Some(at + mark.len());
            }
            self.read_more()?;
        }
    }

    fn read_more(&mut self) -> Option<()> {
        let mut piece = [0; 16 << 10];
        match self.socket.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                self.read.extend_from_slice(&piece[..read]);
                Some(())
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("reading failed: {error}"),
        }
    }

    /// Whether the server has closed the connection, with nothing more to read.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.read.is_empty() && self.read_more().is_none()
    }

    /// Everything up to the end of the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.read_more().is_some() {}
        std::mem::take(&mut self.read)
    }
}
