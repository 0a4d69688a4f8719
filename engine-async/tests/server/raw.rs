//! A client without a library, that can do wrong.

use crate::support::LONG;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

/// The head of an answer to a handshake, with the body of a refusal.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.filter(|(found, _)| *found == name).map(|(_, value)| value).collect()
    }
}

impl Raw {
    pub(crate) fn new(address: SocketAddr) -> Raw {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        Raw { stream }
    }

    /// A handshake; `more` is whole lines.
    pub(crate) fn handshake(address: SocketAddr, more: &str) -> Vec<u8> {
        format!(
            "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
        )
        .into_bytes()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// A frame with this first byte, masked with zeros.
    pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            length @ 0..126 => frame.push(0x80 | length as u8),
            length @ 126..65536 => {
                frame.push(0x80 | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            length => {
                frame.push(0x80 | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        frame
    }

    pub(crate) fn send(&mut self, first: u8, payload: &[u8]) {
        self.write(&Raw::frame(first, payload));
    }

    /// The answer to a handshake; to its end if it is a refusal.
    pub(crate) fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        if answer.status != 101 {
            self.stream.read_to_string(&mut answer.body).unwrap();
        }
        answer
    }

    /// The head of the answer to a handshake.
    pub(crate) fn head(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::new() }
    }

    /// The next frame: its first byte and its payload. `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut start = [0; 2];
        if self.stream.read(&mut start[..1]).unwrap() == 0 {
            return None;
        }
        self.stream.read_exact(&mut start[1..]).unwrap();
        let length = match start[1] {
            126 => {
                let mut length = [0; 2];
                self.stream.read_exact(&mut length).unwrap();
                u64::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.stream.read_exact(&mut length).unwrap();
                u64::from_be_bytes(length)
            }
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).unwrap();
        Some((start[0], payload))
    }

    /// The code of the close frame that comes next, pings aside; `None` if there is none, or none
    /// in it.
    pub(crate) fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.next()? {
                (0x88, payload) => {
                    let code = payload.first_chunk::<2>()?;
                    return Some(u16::from_be_bytes(*code));
                }
                (0x89, _) => {}
                (first, _) => panic!("a frame {first:#x} instead of a close"),
            }
        }
    }

    /// Sees the end of the stream, and no reset.
    pub(crate) fn sees_the_end(&mut self) {
        assert_eq!(self.next(), None);
    }

    /// Goes away with a FIN.
    pub(crate) fn leave(self) {
        self.stream.shutdown(Shutdown::Both).unwrap();
    }

    /// Goes away with a RST: there are bytes it has not read.
    pub(crate) fn break_off(self) {
        let socket = rustix::net::sockopt::set_socket_linger;
        socket(&self.stream, Some(std::time::Duration::ZERO)).unwrap();
    }
}
