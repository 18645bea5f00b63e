//! Every address of the Hub that this program uses or shows, in one place.

use super::base::HubBase;
use super::reference::ModelRef;

/// Where a program reads the config of `model`.
pub fn config_url(base: &HubBase, model: &ModelRef) -> String {
    file_url(base, model, "resolve", CONFIG)
}

/// Where a program reads the quantisation that some repositories keep beside their config.
pub fn sidecar_url(base: &HubBase, model: &ModelRef) -> String {
    file_url(base, model, "resolve", SIDECAR)
}

/// Where a person reads the config of `model`.
pub fn config_page_url(base: &HubBase, model: &ModelRef) -> String {
    file_url(base, model, "blob", CONFIG)
}

/// The page of `model`, at its revision if it names one.
pub fn model_page_url(base: &HubBase, model: &ModelRef) -> String {
    match &model.revision {
        None => format!("{base}/{}", model.repo),
        Some(revision) => format!("{base}/{}/tree/{}", model.repo, encode(revision)),
    }
}

/// Where a program searches models whose name holds `query`: at most ten, most downloaded first (the server
/// sorts downwards by itself). No task is asked for, since multimodal models are not filed under text.
pub fn search_url(base: &HubBase, query: &str) -> String {
    format!("{base}/api/models?search={}&sort=downloads&limit=10", encode(query))
}

/// Where a person sees the models whose name holds `query`.
pub(super) fn search_page_url(base: &HubBase, query: &str) -> String {
    format!("{base}/models?search={}", encode(query))
}

/// Where a person makes and edits tokens.
pub(super) fn token_page_url(base: &HubBase) -> String {
    format!("{base}/settings/tokens")
}

/// `text` as one segment of a path or one value of a query: everything is escaped but RFC 3986's
/// unreserved characters.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

const CONFIG: &str = "config.json";
const SIDECAR: &str = "hf_quant_config.json";

/// The branch that every repository has.
const DEFAULT_REVISION: &str = "main";

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn file_url(base: &HubBase, model: &ModelRef, view: &str, file: &str) -> String {
    let revision = model.revision.as_deref().unwrap_or(DEFAULT_REVISION);
    format!("{base}/{}/{view}/{}/{file}", model.repo, encode(revision))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let hub = HubBase::default();
        let own = HubBase::parse("http://localhost:8080/hf").expect("a base");
        let plain = ModelRef::parse("Qwen/Qwen3-8B").expect("a model");
        let pinned = ModelRef::parse("gpt2@refs/pr/1").expect("a model");
        for (url, expected) in [
            (config_url(&hub, &plain), "https://huggingface.co/Qwen/Qwen3-8B/resolve/main/config.json"),
            (config_url(&own, &pinned), "http://localhost:8080/hf/gpt2/resolve/refs%2Fpr%2F1/config.json"),
            (
                sidecar_url(&hub, &plain),
                "https://huggingface.co/Qwen/Qwen3-8B/resolve/main/hf_quant_config.json",
            ),
            (config_page_url(&hub, &pinned), "https://huggingface.co/gpt2/blob/refs%2Fpr%2F1/config.json"),
            (model_page_url(&hub, &plain), "https://huggingface.co/Qwen/Qwen3-8B"),
            (model_page_url(&hub, &pinned), "https://huggingface.co/gpt2/tree/refs%2Fpr%2F1"),
            (
                search_url(&hub, "a b&limit=9/ü"),
                "https://huggingface.co/api/models?search=a%20b%26limit%3D9%2F%C3%BC&sort=downloads&limit=10",
            ),
        ] {
            assert_eq!(url, expected);
        }
    }
}
