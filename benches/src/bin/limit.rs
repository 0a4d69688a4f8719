//! Bare blocking sockets: a thread for each connection looks for the blank line and writes the same
//! bytes. Nothing is parsed, so this is a limit and not a server.

use std::io::{Read, Write};
use std::net::TcpListener;

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 11\r\n\
      date: Sat, 21 Nov 2026 00:00:00 GMT\r\n\r\nhello world";

fn main() {
    let listener = TcpListener::bind(benches::address()).expect("the address is free");
    println!("listening on http://{}", listener.local_addr().expect("it is bound"));
    for socket in listener.incoming().flatten() {
        let _ = socket.set_nodelay(true);
        std::thread::spawn(move || serve(socket));
    }
}

fn serve(mut socket: std::net::TcpStream) {
    let mut buffer = vec![0; 8192];
    let mut filled = 0;
    loop {
        match socket.read(&mut buffer[filled..]) {
            Ok(0) | Err(_) => return,
            Ok(n) => filled += n,
        }
        while let Some(end) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") {
            buffer.copy_within(end + 4..filled, 0);
            filled -= end + 4;
            for _ in 0..4 {
                benches::touch_in(filled);
                benches::touch_out(200);
            }
            if socket.write_all(ANSWER).is_err() {
                return;
            }
        }
    }
}
