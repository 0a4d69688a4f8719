//! A browser's worth of cookies over raw sockets.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

/// A client that keeps cookies, as a browser does.
pub(crate) struct Client {
    pub(crate) address: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The body, whether it is text or not.
    pub(crate) bytes: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        Client { address: address.to_owned(), cookies: BTreeMap::new() }
    }

    pub(crate) fn cookie_header(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    /// Fills in a form: gets the page, takes the CSRF token out of it, and sends the fields.
    pub(crate) fn fill_in(&mut self, path: &str, fields: &str) -> Answer {
        let page = self.get(path).body;
        let token = page
            .split("name=\"csrfmiddlewaretoken\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_else(|| panic!("{path} has no form with a token: {page}"));
        self.send("POST", path, &format!("csrfmiddlewaretoken={token}&{fields}"))
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, form: &str) -> Answer {
        match method {
            "POST" => {
                let form_type = "Content-Type: application/x-www-form-urlencoded";
                self.send_with(method, path, &[form_type], form)
            }
            _ => self.send_with(method, path, &[], form),
        }
    }

    /// Sends a body with these headers, each as `Name: value`.
    pub(crate) fn send_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> Answer {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            self.cookie_header(),
            body.len(),
        )
        .unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        let answer = Answer::parse(&answer);
        for value in answer.all("set-cookie") {
            let (name, rest) = value.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Answer {
    fn parse(answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, bytes) = match end {
            Some(end) => (&answer[..end], &answer[end + 4..]),
            None => (answer, &[][..]),
        };
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let status = status.parse().unwrap_or_else(|_| panic!("no answer: {head:?}"));
        Answer {
            status,
            headers,
            body: String::from_utf8_lossy(bytes).into_owned(),
            bytes: bytes.to_owned(),
        }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }
}
