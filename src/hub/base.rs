//! The Hub's base address, a setting: huggingface.co unless someone runs their own.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// The address of a Hub, checked: https (or http on this machine), a plain host, perhaps a port and
/// a path, no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubBase(String);

impl HubBase {
    /// Takes what a person typed: `https://hub.example.org`, `localhost:8080`, `hf.co`. Without a
    /// scheme it is https. Every name of huggingface.co becomes the one that answers a page.
    pub fn parse(text: &str) -> Result<Self, BaseError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BaseError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(BaseError::TooLong);
        }
        if text.contains(['?', '#']) {
            return Err(BaseError::Query);
        }
        let (secure, rest) = match text.split_once("://") {
            None => (true, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some(_) => return Err(BaseError::Scheme),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let origin = Self::of_authority(secure, authority)?;
        let path = path.trim_end_matches('/');
        if path.is_empty() {
            return Ok(origin);
        }
        if !path.split('/').all(is_plain_segment) {
            return Err(BaseError::Path);
        }
        let whole = format!("{origin}/{path}");
        // With the scheme, which the text may have left out: what is taken once is taken again.
        if whole.len() > MAX_LENGTH {
            return Err(BaseError::TooLong);
        }
        Ok(Self(whole))
    }

    /// The base behind the host (and port) of a pasted address.
    pub(super) fn of_authority(secure: bool, authority: &str) -> Result<Self, BaseError> {
        if authority.contains('@') {
            return Err(BaseError::Credentials);
        }
        let authority = authority.to_ascii_lowercase();
        if is_huggingface(&authority) {
            return Ok(Self::default());
        }
        let (host, port) = split_port(&authority)?;
        if !is_host(host) {
            return Err(BaseError::Host);
        }
        if !secure && !is_loopback(host) {
            return Err(BaseError::NotSecure { host: host.to_owned() });
        }
        let scheme = if secure { "https" } else { "http" };
        // A browser leaves the usual port out of an origin, and so do we.
        let usual = if secure { 443 } else { 80 };
        let port = port.filter(|&port| port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{scheme}://{host}{port}")))
    }

    /// The whole address, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port: what a browser compares before it trusts.
    pub fn origin(&self) -> &str {
        let host = self.host();
        let start = self.0.len() - self.0.split_once("://").map_or(0, |(_, rest)| rest.len());
        &self.0[..start + host.len()]
    }

    /// Host and port, the way a sentence names this Hub.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    /// Whether this is huggingface.co.
    pub fn is_default(&self) -> bool {
        self.0 == DEFAULT
    }
}

impl Default for HubBase {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

impl fmt::Display for HubBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not the address of a Hub.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BaseError {
    #[error("Type the Hub's address, such as https://huggingface.co.")]
    Empty,
    #[error("This is too long for the address of a Hub.")]
    TooLong,
    #[error("The Hub's address begins with https://.")]
    Scheme,
    #[error("{host} is another machine, so its address has to begin with https://.")]
    NotSecure { host: String },
    #[error("Leave the user name or password out of the address.")]
    Credentials,
    #[error(
        "The Hub's host may hold letters, digits, dots and dashes; write an international name in its xn-- form."
    )]
    Host,
    #[error("The port is a number from 1 to 65535.")]
    Port,
    #[error("The path of the Hub's address may hold letters, digits, '.', '_' and '-' only.")]
    Path,
    #[error("Leave everything from the '?' or '#' on out of the Hub's address.")]
    Query,
}

/// Whether a host, already in lower case, is one of huggingface.co's names.
pub(super) fn is_huggingface(host: &str) -> bool {
    ["huggingface.co", "www.huggingface.co", "hf.co"].contains(&host)
}

const DEFAULT: &str = "https://huggingface.co";

/// A host name has at most 253 characters (RFC 1035); the rest is room for a path.
const MAX_LENGTH: usize = 512;

fn split_port(authority: &str) -> Result<(&str, Option<u16>), BaseError> {
    // In `[::1]:80` the port follows the bracket.
    let from = authority.find(']').unwrap_or(0);
    let Some(colon) = authority[from..].find(':') else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(from + colon);
    let port = &port[1..];
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BaseError::Port);
    }
    match port.parse() {
        Ok(0) | Err(_) => Err(BaseError::Port),
        Ok(port) => Ok((host, Some(port))),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = bracketed(host) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

fn is_loopback(host: &str) -> bool {
    if let Some(inner) = bracketed(host) {
        return inner.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn bracketed(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

fn is_plain_segment(segment: &str) -> bool {
    !segment.is_empty()
        && !segment.starts_with('.')
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("https://huggingface.co", "https://huggingface.co"),
            ("https://huggingface.co/", "https://huggingface.co"),
            ("  HTTPS://HuggingFace.co//  ", "https://huggingface.co"),
            ("huggingface.co", "https://huggingface.co"),
            ("http://huggingface.co", "https://huggingface.co"),
            ("hf.co", "https://huggingface.co"),
            ("https://www.huggingface.co", "https://huggingface.co"),
            ("https://hub.example.org", "https://hub.example.org"),
            ("hub.example.org:8443", "https://hub.example.org:8443"),
            ("https://proxy.corp/hf/", "https://proxy.corp/hf"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://hub.localhost", "http://hub.localhost"),
            ("https://hub.example.org:443", "https://hub.example.org"),
            ("http://localhost:080/", "http://localhost"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
            ("http://[::1]:9000/", "http://[::1]:9000"),
        ] {
            assert_eq!(HubBase::parse(text).map(|base| base.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn refusals() {
        let far = |host: &str| BaseError::NotSecure { host: host.to_owned() };
        for (text, expected) in [
            ("", BaseError::Empty),
            ("   ", BaseError::Empty),
            ("ftp://hub.example.org", BaseError::Scheme),
            ("javascript://alert", BaseError::Scheme),
            ("http://hub.example.org", far("hub.example.org")),
            ("http://127.0.0.1.evil.org", far("127.0.0.1.evil.org")),
            ("http://localhost.evil.org:80", BaseError::NotSecure { host: "localhost.evil.org".to_owned() }),
            ("http://[2001:db8::1]", far("[2001:db8::1]")),
            ("https://huggingface.co@evil.org/x", BaseError::Credentials),
            ("https://user:secret@hub.org", BaseError::Credentials),
            ("https://", BaseError::Host),
            ("https:///x", BaseError::Host),
            ("https://hub..org", BaseError::Host),
            ("https://-hub.org", BaseError::Host),
            ("https://hüb.org", BaseError::Host),
            ("https://hub org", BaseError::Host),
            ("https://hub\u{202e}.org", BaseError::Host),
            ("https://hub.org\\evil", BaseError::Host),
            ("https://[zz]", BaseError::Host),
            ("https://hub.org:", BaseError::Port),
            ("https://hub.org:0", BaseError::Port),
            ("https://hub.org:+80", BaseError::Port),
            ("https://hub.org:99999", BaseError::Port),
            ("https://hub.org/../x", BaseError::Path),
            ("https://hub.org/a//b", BaseError::Path),
            ("https://hub.org/%2e%2e", BaseError::Path),
            ("https://hub.org/?x=1", BaseError::Query),
            ("https://hub.org/#x", BaseError::Query),
        ] {
            assert_eq!(HubBase::parse(text), Err(expected), "{text}");
        }
        assert_eq!(HubBase::parse(&"a".repeat(10_000_000)), Err(BaseError::TooLong));
    }

    #[test]
    fn origin_and_host_leave_the_path_out() {
        for (text, origin, host) in [
            ("huggingface.co", "https://huggingface.co", "huggingface.co"),
            ("proxy.corp:44/hf", "https://proxy.corp:44", "proxy.corp:44"),
            ("http://[::1]:9/a/b", "http://[::1]:9", "[::1]:9"),
        ] {
            let base = HubBase::parse(text).expect(text);
            assert_eq!((base.origin(), base.host()), (origin, host));
        }
    }
}
