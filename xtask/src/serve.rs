//! The built page on the loopback address.

use crate::http::{Request, Response, Server};
use crate::{files, offline, process};
use anyhow::{Context, Result};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// How many ports are tried, the wanted one first.
const TRIES: u16 = 20;

pub fn run(port: u16) -> Result<()> {
    let listener = bind(port)?;
    let dist = process::dist();
    let server = Server::listen(listener, move |request| answer(&dist, request))?;
    println!("Transformer Roofline Analyzer is at {}/ (Ctrl-C stops it)", server.url());
    server.wait();
    Ok(())
}

/// As any static host answers, but for the service worker: whoever serves the page from its sources
/// wants to see the last change.
fn answer(dist: &Path, request: &Request) -> Response {
    if request.path() == "/sw.js" {
        return Response::new(200, "text/javascript; charset=utf-8", offline::RETIRING_WORKER)
            .with("Cache-Control", "no-cache");
    }
    files::answer(dist, request)
}

fn bind(port: u16) -> Result<TcpListener> {
    let last = port.saturating_add(TRIES - 1);
    let mut refusal = None;
    for candidate in port..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, candidate)) {
            Ok(listener) => {
                if candidate != port {
                    process::say(format!("port {port} is taken, so this is the next free one"));
                }
                return Ok(listener);
            }
            Err(error) => refusal = Some(error),
        }
    }
    let refusal = refusal.context("no port was tried")?;
    Err(refusal).with_context(|| {
        format!("none of the ports {port} to {last} could be opened; choose another with --port")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_gives_way_to_a_later_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let got = bind(port).unwrap().local_addr().unwrap().port();
        assert!(got > port, "{got} after {port}");
    }
}
