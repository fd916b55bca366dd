//! The ceiling: the same HTTP stack with nothing behind it, or with the primitives of a call and nothing else.
//!
//! It reads the same POST to its end and answers a body of the same size, one runtime a worker as `locum-server` has
//! them. What locum costs beyond this is locum.

use std::{cell::RefCell, error::Error, ffi::OsString, net::SocketAddr, rc::Rc, thread};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::TcpListener,
    runtime::Builder,
    signal::unix::{SignalKind, signal},
    task::LocalSet,
};

use crate::{primitives::Primitives, scenario::Call};

/// Serves until it is told to end: bodies of as many bytes as the first word says, on as many threads as the second, after
/// the primitives of the call that the third names, if there is one.
#[expect(clippy::print_stdout, reason = "the ready line")]
pub(crate) fn run(words: &[OsString]) -> Result<(), Box<dyn Error>> {
    let number = |at: usize| words.get(at)?.to_str()?.parse::<usize>().ok();
    let (size, workers) = number(0)
        .zip(number(1))
        .ok_or("ceiling <size> <workers> [<call>]")?;
    let call = match words.get(2) {
        None => None,
        Some(name) => {
            let mut calls = Call::ALL.into_iter();
            Some(calls.find(|call| name == call.name()).ok_or("no such call")?)
        }
    };
    let first = listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..workers {
        listeners.push(listen(address)?);
    }
    let body = Bytes::from(vec![b'x'; size]);
    let threads: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            let body = body.clone();
            thread::spawn(move || serve(listener, body, call))
        })
        .collect();
    println!("ceiling: ready at http://{address}");
    for thread in threads {
        thread
            .join()
            .map_err(|_| "a worker panicked")?
            .map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn listen(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

fn serve(listener: std::net::TcpListener, body: Bytes, call: Option<Call>) -> std::io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::from_std(listener)?;
        let primitives = Rc::new(RefCell::new(call.and_then(Primitives::of)));
        let mut end = signal(SignalKind::terminate())?;
        loop {
            let (stream, _) = tokio::select! {
                accepted = listener.accept() => accepted?,
                _ = end.recv() => return Ok(()),
            };
            stream.set_nodelay(true)?;
            let (body, primitives) = (body.clone(), Rc::clone(&primitives));
            let service = service_fn(move |request| answer(request, body.clone(), Rc::clone(&primitives)));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::task::spawn_local(connection);
        }
    })
}

async fn answer(
    request: Request<Incoming>,
    body: Bytes,
    primitives: Rc<RefCell<Option<Primitives>>>,
) -> Result<Response<Full<Bytes>>, &'static str> {
    let asked = request.into_body().collect().await;
    // A body that breaks off is no measurement.
    let asked = asked.map_err(|_| "the body breaks off")?;
    if let Some(primitives) = primitives.borrow_mut().as_mut() {
        primitives.once(&asked.to_bytes())?;
    }
    let mut response = Response::new(Full::new(body));
    let xml = header::HeaderValue::from_static("text/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, xml);
    Ok(response)
}
