//! The client of the websocket servers: as little work as possible, and the same for each. Its
//! frames are made once; of the answers only the bytes are counted.
//!
//!     websocket_client ADDRESS echo CONNECTIONS IN_FLIGHT SECONDS    messages a second
//!     websocket_client ADDRESS rounds IN_FLIGHT ROUNDS               sends a number of messages
//!     websocket_client ADDRESS idle CONNECTIONS                      holds them until its input ends

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The bytes of a message.
const BYTES: usize = 64;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<usize>().expect("a number");
    match words[..] {
        [address, "echo", connections, in_flight, seconds] => {
            let seconds = Duration::from_secs(number(seconds) as u64);
            echo(address, number(connections), number(in_flight), seconds).await
        }
        [address, "rounds", in_flight, rounds] => {
            let mut socket = connect(address).await?;
            let frames = frames(number(in_flight));
            for _ in 0..number(rounds) {
                round(&mut socket, &frames).await?;
            }
            Ok(())
        }
        [address, "idle", connections] => {
            let mut sockets = Vec::new();
            for _ in 0..number(connections) {
                sockets.push(connect(address).await?);
            }
            println!("connected");
            io::stdin().read_to_end(&mut Vec::new())?;
            Ok(())
        }
        _ => {
            eprintln!(
                "websocket_client ADDRESS echo CONNECTIONS IN_FLIGHT SECONDS | rounds IN_FLIGHT \
                 ROUNDS | idle CONNECTIONS"
            );
            std::process::exit(2);
        }
    }
}

async fn connect(address: &str) -> io::Result<TcpStream> {
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let request = format!(
        "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    Ok(socket)
}

/// Masked binary frames, back to back.
fn frames(count: usize) -> Vec<u8> {
    let mut frame = vec![0x82, 0x80 | BYTES as u8, 1, 2, 3, 4];
    frame.resize(frame.len() + BYTES, b'x');
    frame.repeat(count)
}

/// Sends these frames at once, and waits for all that comes back: the same frames without a mask.
async fn round(socket: &mut TcpStream, frames: &[u8]) -> io::Result<()> {
    socket.write_all(frames).await?;
    let mut missing = frames.len() / (BYTES + 6) * (BYTES + 2);
    let mut buffer = [0; 8192];
    while missing > 0 {
        let read = socket.read(&mut buffer).await?;
        assert!(0 < read && read <= missing, "{read} bytes came back, {missing} were missing");
        missing -= read;
    }
    Ok(())
}

async fn echo(
    address: &str,
    connections: usize,
    in_flight: usize,
    time: Duration,
) -> io::Result<()> {
    let frames: Arc<[u8]> = frames(in_flight).into();
    let (is_over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut tasks = Vec::new();
    let mut sockets = Vec::new();
    for _ in 0..connections {
        sockets.push(connect(address).await?);
    }
    for mut socket in sockets {
        let (frames, is_over, answered) = (frames.clone(), is_over.clone(), answered.clone());
        tasks.push(tokio::spawn(async move {
            while !is_over.load(Relaxed) {
                round(&mut socket, &frames).await.expect("the server answers");
                answered.fetch_add(in_flight as u64, Relaxed);
            }
        }));
    }
    // The first moments warm up.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (before, start) = (answered.load(Relaxed), Instant::now());
    tokio::time::sleep(time).await;
    let rate = (answered.load(Relaxed) - before) as f64 / start.elapsed().as_secs_f64();
    is_over.store(true, Relaxed);
    for task in tasks {
        let _ = task.await;
    }
    writeln!(io::stdout(), "{rate:.0}")
}
