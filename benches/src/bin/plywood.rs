//! engine-sync's server with four pass-through layers.

use engine_sync::server::Server;
use engine_sync::{Chain, Response, Stack, hook_fns};
use std::ops::ControlFlow;

fn main() {
    let stack = ["first", "second", "third", "fourth"].into_iter().fold(
        Stack::builder(),
        |builder, name| {
            builder.layer(hook_fns(name, |on| {
                on.process_request(|_, request| {
                    benches::touch_in(request.headers().len());
                    Ok(ControlFlow::Continue(()))
                })
                .process_response(|_, _, response| {
                    benches::touch_out(response.status().as_u16());
                    Ok(())
                });
            }))
        },
    );
    let chain = Chain::builder(&stack.build().expect("nothing is declared"))
        .view(|_, _| Ok(Response::text(benches::BODY)))
        .build()
        .expect("there is a view");
    let server = Server::bind(benches::address()).expect("the address is free");
    println!("listening on http://{}", server.local_addr());
    server.run(chain).expect("there are descriptors for an event loop");
}
