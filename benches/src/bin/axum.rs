//! axum with four layers in one stack of nested `from_fn`.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;

async fn touch(request: Request, next: Next) -> Response {
    benches::touch_in(request.headers().len());
    let response = next.run(request).await;
    benches::touch_out(response.status().as_u16());
    response
}

#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/", get(|| async { benches::BODY }))
        .layer(from_fn(touch))
        .layer(from_fn(touch))
        .layer(from_fn(touch))
        .layer(from_fn(touch));
    let listener =
        tokio::net::TcpListener::bind(benches::address()).await.expect("the address is free");
    println!("listening on http://{}", listener.local_addr().expect("it is bound"));
    axum::serve(listener, app).await.expect("axum serves until it is killed");
}
