//! The last step of a build: the service worker that keeps the page for when there is no network, and
//! the headers for hosts that read them from a file.

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256, Sha384};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The worker's source, with the places for what only a build knows.
const WORKER: &str = include_str!("../../static/sw.js");
const VERSION_PLACE: &str = "\"%VERSION%\"";
const FILES_PLACE: &str = "{}; // %FILES%: name → checksum as in an integrity attribute";

/// Served in place of the worker during development: removes one that an earlier visit left, so that
/// no old page stands between a change and its author.
pub const RETIRING_WORKER: &str = "\
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.registration.unregister()));
";

/// What a host reads and a browser never asks for, and the worker itself.
const NOT_KEPT: [&str; 5] = ["sw.js", "_headers", "404.html", "robots.txt", "card.png"];

/// Where the page says which build it is; the worker compares.
const BUILD: &str = "<meta name=\"build\" content=\"";

/// The picture that other sites show beside a link, as the page names it.
const CARD: &str = "<meta property=\"og:image\" content=\"card.png\">";

/// Names the address that the page will have, which only its host knows: `https://example.org/roofline/`.
pub const SITE_URL: &str = "ROOFLINE_SITE_URL";

/// How the link begins by which Trunk has the wasm loaded early.
const PRELOAD: &str = "<link rel=\"preload\" ";

/// Where the page says which repository takes reports.
const HOME: &str = "<meta name=\"repository\" content=\"";

/// Names the repository whose issues take reports, which a fork has another one of:
/// `https://github.com/someone/roofline`.
pub const REPOSITORY: &str = "ROOFLINE_REPOSITORY";

/// Writes `sw.js` and `_headers` into a folder that holds a built page, and the build's version into
/// the page.
///
/// # Errors
/// When the folder has no page in it, or cannot be read or written.
pub fn write(dist: &Path) -> Result<()> {
    let write = |name: &str, text: &str| {
        std::fs::write(dist.join(name), text).with_context(|| format!("dist/{name} cannot be written"))
    };
    let page = std::fs::read_to_string(dist.join("index.html"))
        .context("dist/ holds no index.html; run `cargo xtask build --force`")?;
    let page = match std::env::var(SITE_URL) {
        Ok(site) => at_site(&page, &site)?,
        Err(_) => page,
    };
    let page = match std::env::var(REPOSITORY) {
        Ok(home) => filled(&page, HOME, plain(REPOSITORY, &home)?)?,
        Err(_) => page,
    };
    let page = preloaded_once(&page)?;
    // The version is taken of the page without one: the same build twice is no news.
    write("index.html", &filled(&page, BUILD, "")?)?;
    let version = version(&kept(dist)?);
    let page = filled(&page, BUILD, &version)?;
    write("index.html", &page)?;
    let files = kept(dist)?;
    write("sw.js", &worker(WORKER, &version, &files)?)?;
    write("_headers", &headers(&page, &files)?)
}

/// The page with the absolute address of its picture.
fn at_site(page: &str, site: &str) -> Result<String> {
    let picture = format!("{}/card.png", plain(SITE_URL, site)?);
    Ok(page.replace(CARD, &CARD.replace("card.png", &picture)))
}

/// The page whose wasm is loaded once. WebKit takes what was preloaded only where neither the link nor who fetches it
/// asks across origins, which nothing here does, and else loads it a second time: see `static/boot.js`.
fn preloaded_once(page: &str) -> Result<String> {
    let (before, rest) = page.split_once(PRELOAD).context("Trunk left no preload in index.html")?;
    let (link, after) = rest.split_once('>').context("the preload in index.html has no end")?;
    Ok(format!("{before}{PRELOAD}{}>{after}", link.replace(" crossorigin=\"anonymous\"", "")))
}

/// An address that a setting names, without a slash at the end.
fn plain<'a>(setting: &str, address: &'a str) -> Result<&'a str> {
    let web = address.starts_with("https://") || address.starts_with("http://");
    if !web || address.contains(['"', '<', '&', '#', '?', ' ']) {
        bail!("{setting} must be a plain address, like https://example.org/roofline/, not {address:?}");
    }
    Ok(address.trim_end_matches('/'))
}

/// The page with this value where `place` begins one.
fn filled(page: &str, place: &str, value: &str) -> Result<String> {
    let (before, rest) = page.split_once(place).with_context(|| format!("index.html has no `{place}…`"))?;
    let (_, after) = rest.split_once('"').with_context(|| format!("`{place}…` in index.html has no end"))?;
    Ok(format!("{before}{place}{value}\"{after}"))
}

/// A checksum of all files and of the worker's source.
fn version(files: &BTreeMap<String, String>) -> String {
    digest(&format!("{WORKER}{files:?}"))
}

/// Sixteen digits that stand for a text.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What an `integrity` attribute has of a file.
pub fn checksum(content: &[u8]) -> String {
    format!("sha384-{}", BASE64.encode(Sha384::digest(content)))
}

/// The files that the page needs, each with its checksum as an `integrity` attribute has it.
fn kept(dist: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dist).context("there is no dist/; run `cargo xtask build`")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && !name.starts_with('.') && !NOT_KEPT.contains(&name.as_str()) {
            files.insert(name, checksum(&std::fs::read(&path)?));
        }
    }
    Ok(files)
}

/// The worker for these files.
fn worker(source: &str, version: &str, files: &BTreeMap<String, String>) -> Result<String> {
    for place in [VERSION_PLACE, FILES_PLACE] {
        if source.matches(place).count() != 1 {
            bail!("static/sw.js must have `{place}` once");
        }
    }
    let mut list = "{\n".to_owned();
    for (name, integrity) in files {
        // Debug's quotes and escapes are JavaScript's for the names that a build gives.
        let _ = writeln!(list, "  {name:?}: {integrity:?},");
    }
    list += "};";
    Ok(source.replace(VERSION_PLACE, &format!("{version:?}")).replace(FILES_PLACE, &list))
}

/// Headers in the form that Netlify and Cloudflare Pages read. Only what is named after its own
/// content may be kept for good; Trunk names wasm and its glue before they are optimised.
fn headers(page: &str, files: &BTreeMap<String, String>) -> Result<String> {
    let policy = page
        .split_once("http-equiv=\"Content-Security-Policy\" content=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(policy, _)| policy)
        .context("dist/index.html has no Content-Security-Policy")?;
    let mut text = format!(
        "# Written by `cargo xtask build`. The policy is the page's own, and any site may frame it.\n\
         /*\n  Content-Security-Policy: {policy}; frame-ancestors *\n  X-Content-Type-Options: nosniff\n  \
         Referrer-Policy: no-referrer\n  Cache-Control: no-cache\n"
    );
    for name in files.keys().filter(|name| named_by_content(name)) {
        let _ = write!(
            text,
            "/{name}\n  ! Cache-Control\n  Cache-Control: public, max-age=31536000, immutable\n"
        );
    }
    Ok(text)
}

/// Whether a file is called `stem-HASH.css` or `stem-HASH.js`, and is not the wasm's glue.
fn named_by_content(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    let hashed = hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    hashed && matches!(ending, "css" | "js") && !name.starts_with("transformer-roofline-analyzer")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> BTreeMap<String, String> {
        ["index.html", "app-0123456789abcdef.css", "transformer-roofline-analyzer-0123456789abcdef_bg.wasm"]
            .into_iter()
            .map(|name| (name.to_owned(), format!("sha384-{name}")))
            .collect()
    }

    #[test]
    fn the_worker_lists_every_file_with_its_checksum() {
        let worker = worker(WORKER, "abc", &files()).unwrap();
        for (name, integrity) in files() {
            assert!(worker.contains(&format!("  \"{name}\": \"{integrity}\",\n")), "{worker}");
        }
        assert!(!worker.contains('%'), "a place was left open: {worker}");
    }

    #[test]
    fn a_version_follows_the_files() {
        let mut changed = files();
        assert_eq!(version(&files()), version(&changed));
        changed.insert("index.html".to_owned(), "sha384-other".to_owned());
        assert_ne!(version(&files()), version(&changed));
    }

    #[test]
    fn a_page_is_filled_in_as_often_as_one_likes() {
        let page = "<p><meta name=\"build\" content=\"\"><p>";
        let once = filled(page, BUILD, "abc").unwrap();
        assert_eq!(once, "<p><meta name=\"build\" content=\"abc\"><p>");
        assert_eq!(filled(&once, BUILD, "").unwrap(), page);
        assert!(filled("<p>", BUILD, "abc").is_err());
        assert!(filled(include_str!("../../index.html"), HOME, "abc").is_ok());
    }

    #[test]
    fn the_picture_gets_the_address_of_its_site() {
        for site in ["https://example.org/a", "https://example.org/a/"] {
            let page = at_site(include_str!("../../index.html"), site).unwrap();
            assert!(page.contains("<meta property=\"og:image\" content=\"https://example.org/a/card.png\">"));
        }
        for wrong in ["", "example.org", "https://example.org/\"><script>", "https://example.org/?a"] {
            assert!(at_site("", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_wasm_alone_is_preloaded_without_asking_across_origins() {
        let glue = "<link rel=\"modulepreload\" href=\"a.js\" crossorigin=\"anonymous\">";
        let wasm =
            "<link rel=\"preload\" href=\"a.wasm\" crossorigin=\"anonymous\" integrity=\"x\" as=\"fetch\">";
        let page = preloaded_once(&format!("{glue}{wasm}")).unwrap();
        assert_eq!(
            page,
            format!("{glue}<link rel=\"preload\" href=\"a.wasm\" integrity=\"x\" as=\"fetch\">")
        );
        assert_eq!(preloaded_once(&page).unwrap(), page);
        assert!(preloaded_once(glue).is_err());
    }

    #[test]
    fn a_worker_without_the_places_is_refused() {
        assert!(worker("const FILES = {};", "abc", &files()).is_err());
    }

    #[test]
    fn only_what_is_named_by_its_content_is_kept_for_good() {
        let page = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        let text = headers(page, &files()).unwrap();
        assert!(text.contains("default-src 'none'; frame-ancestors *\n"), "{text}");
        assert!(text.contains("/app-0123456789abcdef.css\n"), "{text}");
        assert!(!text.contains(".wasm"), "{text}");
        assert_eq!(text.matches("immutable").count(), 1, "{text}");
        assert!(headers("<html>", &files()).is_err());
    }
}
