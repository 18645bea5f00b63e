//! A folder, answered as a static web host would.

use crate::http::{Request, Response};
use std::path::{Component, Path, PathBuf};

/// The file that a request asks for, below `root`.
pub fn answer(root: &Path, request: &Request) -> Response {
    if request.method != "GET" && request.method != "HEAD" {
        return Response::text(405, "only GET and HEAD are served").with("Allow", "GET, HEAD");
    }
    let Some(mut file) = locate(root, request.path()) else {
        return Response::text(404, "not found");
    };
    if file.is_dir() {
        file.push("index.html");
    }
    match std::fs::read(&file) {
        Ok(body) => Response::new(200, content_type(&file), body)
            // A rebuild shows at the next reload.
            .with("Cache-Control", "no-cache")
            .with("X-Content-Type-Options", "nosniff"),
        Err(_) => Response::text(404, "not found"),
    }
}

/// The path below `root` that a URL path names; none when it would leave the root.
fn locate(root: &Path, path: &str) -> Option<PathBuf> {
    let relative = PathBuf::from(percent_decoded(path)?.trim_start_matches('/'));
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_)));
    stays.then(|| root.join(relative))
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// Browsers insist on some of these: modules need a script type, streaming wasm its own.
fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_root() {
        let root = Path::new("/site");
        let cases = [
            ("/", Some("/site/")),
            ("/app.js", Some("/site/app.js")),
            ("/a%20b/c.css", Some("/site/a b/c.css")),
            ("/../secret", None),
            ("/%2e%2e/secret", None),
            ("/a/../../secret", None),
            ("//etc/passwd", Some("/site/etc/passwd")),
            ("/%zz", None),
            ("/%", None),
        ];
        for (path, expected) in cases {
            assert_eq!(locate(root, path), expected.map(PathBuf::from), "{path}");
        }
    }

    #[test]
    fn wasm_has_its_type() {
        assert_eq!(content_type(Path::new("a_bg.wasm")), "application/wasm");
        assert_eq!(content_type(Path::new("none")), "application/octet-stream");
    }
}
