//! tiny_http with four threads; it has no layers, so the touches stand in line.

use std::sync::Arc;
use tiny_http::{Response, Server};

fn main() {
    let server = Arc::new(Server::http(benches::address()).expect("the address is free"));
    println!("listening on http://{}", server.server_addr());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let server = Arc::clone(&server);
            std::thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    for _ in 0..4 {
                        benches::touch_in(request.headers().len());
                        benches::touch_out(200);
                    }
                    let _ = request.respond(Response::from_string(benches::BODY));
                }
            })
        })
        .collect();
    for thread in threads {
        let _ = thread.join();
    }
}
