//! An access token: held in memory, shown to nobody, sent to one origin.

use std::fmt;

use thiserror::Error;

use super::base::HubBase;

/// A read token, bound to the Hub it was given for. Its text leaves this type only as the
/// `Authorization` header of a request to that Hub's origin.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    secret: String,
    origin: String,
}

impl Token {
    /// Takes the pasted token and the Hub it is meant for.
    pub fn parse(text: &str, base: &HubBase) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(TokenError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Character);
        }
        Ok(Self { secret: text.to_owned(), origin: base.origin().to_owned() })
    }

    /// The origin that this token may be sent to, such as `https://huggingface.co`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The value of the `Authorization` header for a request to `url`; none for a foreign origin.
    #[cfg(any(test, feature = "page"))]
    pub(super) fn authorization(&self, url: &str) -> Option<String> {
        let path = url.strip_prefix(self.origin.as_str())?;
        path.starts_with('/').then(|| format!("Bearer {}", self.secret))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a text cannot be a token. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    #[error("Paste a read token; it begins with hf_ on huggingface.co.")]
    Empty,
    #[error("This is too long for a token.")]
    TooLong,
    #[error("A token has no spaces, line breaks or accented letters. Copy it once more.")]
    Character,
}

/// Far above the 37 characters of today's tokens, far below what a server takes as a header.
const MAX_LENGTH: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (text, expected) in [
            ("hf_secret", Ok(())),
            ("  hf_secret\n", Ok(())),
            ("", Err(TokenError::Empty)),
            (" \n", Err(TokenError::Empty)),
            ("hf secret", Err(TokenError::Character)),
            ("hf\r\nX-Evil: 1", Err(TokenError::Character)),
            ("hf_sécret", Err(TokenError::Character)),
        ] {
            let token = Token::parse(text, &HubBase::default());
            assert_eq!(token.map(|_| ()), expected, "{text:?}");
        }
        assert_eq!(Token::parse(&"x".repeat(10_000_000), &HubBase::default()), Err(TokenError::TooLong));
    }

    #[test]
    fn only_its_own_origin_gets_it() {
        let token = Token::parse("hf_secret", &HubBase::default()).expect("a token");
        for (url, sent) in [
            ("https://huggingface.co/a/b/resolve/main/config.json", true),
            ("https://huggingface.co.evil.org/a", false),
            ("https://huggingface.co@evil.org/a", false),
            ("https://huggingface.co:444/a", false),
            ("http://huggingface.co/a", false),
            ("https://evil.org/https://huggingface.co/a", false),
            ("https://huggingface.co", false),
            ("", false),
        ] {
            let expected = sent.then(|| "Bearer hf_secret".to_owned());
            assert_eq!(token.authorization(url), expected, "{url}");
        }
    }

    #[test]
    fn debug_hides_it() {
        let token = Token::parse("hf_secret", &HubBase::default()).expect("a token");
        assert_eq!(format!("{:?}", Some(token)), "Some(Token(…))");
    }
}
