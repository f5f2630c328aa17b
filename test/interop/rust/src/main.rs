//! peer serve               prints `listening <port>` and serves until stdin closes
//! peer check <host:port> [<check>…]
//!   prints `ok <check>` or `FAIL <check>: <why>` for each (none named: all); exits 1 on any FAIL

mod bootstrap;
mod checks;
mod objects;
mod sample;
mod scene;

#[allow(clippy::all)]
mod interop_capnp {
    include!(concat!(env!("OUT_DIR"), "/interop_capnp.rs"));
}

use std::io::Read;
use std::time::Duration;

use capnp::{Error, Result};
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::{twoparty, RpcSystem};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{spawn_local, LocalSet};
use tokio_util::compat::{TokioAsyncReadCompatExt, TokioAsyncWriteCompatExt};

use checks::{Check, CHECKS};
use scene::Scene;

const CHECK_TIMEOUT: Duration = Duration::from_secs(15);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let code = LocalSet::new().block_on(&runtime, async {
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["serve"] => serve().await.map(|()| 0),
            ["check", address, ref wanted @ ..] => Ok(check_all(address, wanted).await),
            _ => {
                eprintln!("usage: peer serve | peer check <host:port> [<check>…]");
                Ok(2)
            }
        }
    });
    std::process::exit(code.expect("a listening socket"));
}

async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?.port());
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        spawn_local(new_rpc_system(stream, Side::Server, Some(bootstrap::new_interop().client))?);
    }
}

async fn check_all(address: &str, wanted: &[&str]) -> i32 {
    let mut code = 0;
    for check in CHECKS.iter().filter(|check| wanted.is_empty() || wanted.contains(&check.name)) {
        match run_check(address, check).await {
            Ok(()) => println!("ok {}", check.name),
            Err(problem) => {
                code = 1;
                println!("FAIL {}: {}", check.name, problem.to_string().replace('\n', " "));
            }
        }
    }
    code
}

/// Runs a check on a connection of its own.
async fn run_check(address: &str, check: &Check) -> Result<()> {
    let mut rpc_system = new_rpc_system(TcpStream::connect(address).await?, Side::Client, None)?;
    let scene = Scene::new(rpc_system.bootstrap(Side::Server));
    let connection = spawn_local(rpc_system);
    let outcome = tokio::time::timeout(CHECK_TIMEOUT, (check.run)(scene)).await;
    connection.abort();
    outcome.unwrap_or_else(|_| Err(Error::failed("timed out".into())))
}

fn new_rpc_system(
    stream: TcpStream,
    side: Side,
    bootstrap: Option<capnp::capability::Client>,
) -> Result<RpcSystem<Side>> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    let network =
        twoparty::VatNetwork::new(reader.compat(), writer.compat_write(), side, Default::default());
    Ok(RpcSystem::new(Box::new(network), bootstrap))
}
