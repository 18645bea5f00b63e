//! Every way a fetch can end badly, and what a person can do about each.

use thiserror::Error;

use super::base::HubBase;
use super::reference::ModelRef;
use super::url::{config_page_url, model_page_url, search_page_url, token_page_url};

/// Why there is no config. `to_string` is the title: one sentence. `advice` says what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HubError {
    #[error("{} is gated: it opens only to accounts that accepted its terms{}.", .0.model.repo, .0.despite_token())]
    Gated(Box<Case>),
    #[error("{} has no public model named {}{}.", .0.host(), .0.model.repo, .0.despite_token())]
    NotFound(Box<Case>),
    #[error("{} did not accept the token. It may be mistyped, revoked or expired.", .0.host())]
    BadToken(Box<Case>),
    #[error("The token is valid, but its permissions do not include {}.", .0.model.repo)]
    TokenLacksScope(Box<Case>),
    /// The token was given for another Hub than the one being asked, so nothing was sent.
    #[error("The token was given for another Hub than {} and was not sent there.", .0.host())]
    TokenElsewhere(Box<Case>),
    #[error("{} has disabled {}.", .0.host(), .0.model.repo)]
    Disabled(Box<Case>),
    #[error("{} has no config.json.", .0.model.repo)]
    NoConfig(Box<Case>),
    #[error("{} has no revision {}.", .0.model.repo, .0.revision())]
    NoRevision(Box<Case>),
    #[error("{} limits how many files one address may ask for, and that limit is reached.", .0.host())]
    RateLimited(Box<Case>),
    #[error("The browser could not reach {}.", .0.host())]
    Unreachable(Box<Case>),
    #[error("What {} sent for {} is not a config.json, but {}.", .case.host(), .case.model.repo, .what.label())]
    NotConfig { what: NotConfig, case: Box<Case> },
    #[error("The fetch was cancelled.")]
    Cancelled,
    #[error("{} stayed silent for too long.", .0.host())]
    Timeout(Box<Case>),
    #[error("{} answered with an error ({status}).", .case.host())]
    Server { status: u16, case: Box<Case> },
}

/// What was asked, and what the server said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub base: HubBase,
    pub model: ModelRef,
    /// Whether the request carried a token.
    pub token_given: bool,
    pub status: Option<u16>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub request_id: Option<String>,
}

/// What came in place of a config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotConfig {
    Empty,
    Html,
    LfsPointer,
    TooLarge,
    Truncated,
    NotJson,
}

/// One step that may help, in the order in which to try them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    pub text: String,
    /// Label and address of the page where the step is done.
    pub link: Option<(String, String)>,
}

impl HubError {
    /// What to do next, most promising first.
    pub fn advice(&self) -> Vec<Advice> {
        match self {
            Self::Gated(case) if case.token_given => vec![
                case.accept_terms(),
                Advice::plain("Then use a read token of that account, complete and not expired."),
                case.allow_gated(),
                case.paste(),
                case.look_for("Or take an open copy of the same model."),
            ],
            Self::Gated(case) => vec![
                case.accept_terms(),
                case.paste(),
                case.make_token("Or give a read token of that account."),
                case.look_for("Or take an open copy of the same model."),
            ],
            Self::NotFound(case) => vec![
                Advice::plain(if case.model.repo.contains('/') {
                    "Check the spelling: capital letters count."
                } else {
                    "Check the name: nearly every model is named org/name."
                }),
                case.look_for("Search for models with a similar name."),
                Advice::plain(if case.token_given {
                    "If it is private, the token has to belong to an account that can see it."
                } else {
                    "If it is private, give a read token of an account that can see it."
                }),
                Advice::plain("Or paste its config.json."),
            ],
            Self::BadToken(case) => vec![
                case.make_token("Make a new read token and give that one."),
                Advice::plain("A public model needs no token: fetch again without one."),
                case.paste(),
            ],
            Self::TokenLacksScope(case) => vec![case.allow_gated(), case.paste()],
            Self::TokenElsewhere(case) => vec![
                Advice::plain("Fetch again without a token."),
                case.make_token("Or give a token of this Hub."),
            ],
            Self::Disabled(case) => vec![
                case.read_page("The model's page may say why."),
                case.look_for("A copy of the same model may exist."),
            ],
            Self::NoConfig(case) => vec![
                case.read_page("Look which files it has."),
                Advice::plain("An adapter: take the base model that adapter_config.json names."),
                Advice::plain("GGUF files only: take the model they were converted from."),
                Advice::plain("A pipeline of several models: paste the config.json of one."),
            ],
            Self::NoRevision(case) => vec![
                case.read_page("Choose a branch, a tag or a full commit of the model."),
                Advice::plain("Or leave the revision out to take main."),
            ],
            Self::RateLimited(case) => {
                vec![Advice::plain("Wait up to five minutes, then fetch again."), case.paste()]
            }
            Self::Unreachable(case) => case.reach(),
            Self::Timeout(case) => {
                let mut steps = vec![Advice::plain("Fetch again.")];
                steps.extend(case.reach());
                steps
            }
            Self::NotConfig { what, case } => match what {
                NotConfig::Empty | NotConfig::Truncated => {
                    vec![Advice::plain("Fetch again."), case.paste()]
                }
                NotConfig::Html | NotConfig::LfsPointer | NotConfig::TooLarge | NotConfig::NotJson => {
                    vec![case.see_file()]
                }
            },
            Self::Cancelled => Vec::new(),
            Self::Server { case, .. } => {
                vec![Advice::plain("Try again in a minute; the fault may be the server's."), case.paste()]
            }
        }
    }

    /// Whether the token is of no further use and should be forgotten.
    pub fn drops_token(&self) -> bool {
        matches!(self, Self::BadToken(_))
    }

    /// What the server said, for a fold below the advice: label and text.
    pub fn details(&self) -> Vec<(&'static str, String)> {
        let Some(case) = self.case() else {
            return Vec::new();
        };
        [
            ("Status", case.status.map(|status| status.to_string())),
            ("Code", case.code.clone()),
            ("Message", case.message.clone()),
            ("Request", case.request_id.clone()),
        ]
        .into_iter()
        .filter_map(|(label, text)| Some((label, text?)))
        .collect()
    }

    fn case(&self) -> Option<&Case> {
        match self {
            Self::Gated(case)
            | Self::NotFound(case)
            | Self::BadToken(case)
            | Self::TokenLacksScope(case)
            | Self::TokenElsewhere(case)
            | Self::Disabled(case)
            | Self::NoConfig(case)
            | Self::NoRevision(case)
            | Self::RateLimited(case)
            | Self::Unreachable(case)
            | Self::NotConfig { case, .. }
            | Self::Timeout(case)
            | Self::Server { case, .. } => Some(case),
            Self::Cancelled => None,
        }
    }
}

impl NotConfig {
    /// What it is, to follow "but".
    pub fn label(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Html => "a web page",
            Self::LfsPointer => "a Git LFS pointer to a file kept elsewhere",
            Self::TooLarge => "larger than 4 MiB",
            Self::Truncated => "cut off before its end",
            Self::NotJson => "something other than a JSON object",
        }
    }
}

impl Case {
    /// A request to which no answer is known yet.
    pub fn new(base: &HubBase, model: &ModelRef, token_given: bool) -> Self {
        Self {
            base: base.clone(),
            model: model.clone(),
            token_given,
            status: None,
            code: None,
            message: None,
            request_id: None,
        }
    }

    fn host(&self) -> &str {
        self.base.host()
    }

    fn revision(&self) -> &str {
        self.model.revision.as_deref().unwrap_or("main")
    }

    fn despite_token(&self) -> &'static str {
        if self.token_given { ", and this token does not open it" } else { "" }
    }

    fn accept_terms(&self) -> Advice {
        let page = model_page_url(&self.base, &self.model);
        Advice::linked("Sign in and accept the terms there.", "Model page", page)
    }

    fn read_page(&self, text: &str) -> Advice {
        let model = ModelRef { revision: None, ..self.model.clone() };
        Advice::linked(text, "Model page", model_page_url(&self.base, &model))
    }

    fn paste(&self) -> Advice {
        let page = config_page_url(&self.base, &self.model);
        let text = "Or open config.json in a new tab, copy it and paste it here.";
        Advice::linked(text, "config.json", page)
    }

    fn see_file(&self) -> Advice {
        let page = config_page_url(&self.base, &self.model);
        let text = "Look at the file; if it is right there, copy it and paste it here.";
        Advice::linked(text, "config.json", page)
    }

    fn make_token(&self, text: &str) -> Advice {
        Advice::linked(text, "Token settings", token_page_url(&self.base))
    }

    fn allow_gated(&self) -> Advice {
        self.make_token("If it is a fine-grained token, let it read public gated repositories.")
    }

    fn look_for(&self, text: &str) -> Advice {
        let name = self.model.repo.split('/').next_back().unwrap_or_default();
        Advice::linked(text, "Search", search_page_url(&self.base, name))
    }

    fn reach(&self) -> Vec<Advice> {
        let host = self.host();
        let mut steps = vec![Advice::plain(&format!(
            "Check the connection, and whether a privacy extension or a firewall blocks {host}."
        ))];
        if !self.base.is_default() {
            steps.push(Advice::plain(&format!(
                "{host} has to allow requests from other sites (CORS), and this page to ask it."
            )));
        }
        steps.push(self.paste());
        steps
    }
}

impl Advice {
    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), link: None }
    }

    fn linked(text: &str, label: &str, url: String) -> Self {
        Self { text: text.to_owned(), link: Some((label.to_owned(), url)) }
    }
}
