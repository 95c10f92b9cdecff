//! The hub's routes over HTTP: one listing, one file from any byte on. Nothing else here opens a socket.
//!
//! The addresses are hf-hub's; the transfer is not: hf-hub 0.5 appends a whole file to a part where a server ignores
//! the range, compares no hash, and takes the server's words for names of files.
use super::{listing::Listing, Remote, Spec};
use crate::Error;
use hf_hub::{Repo, RepoType};
use std::{io::Read, time::Duration};
use ureq::{
    http::{header, Response, StatusCode, Uri},
    Agent, Body,
};

/// The hub redirects once to its own paths and once to its storage.
const MAX_REDIRECTS: usize = 5;
/// The listing of a repository with thousands of files has some megabytes.
const MAX_LISTING: u64 = 16 << 20;
const CONNECT: Duration = Duration::from_secs(20);
/// Without a byte for so long, a connection counts as cut.
const SILENCE: Duration = Duration::from_secs(60);

/// Why a request brought nothing.
#[derive(Debug)]
pub enum Fault {
    /// Another try would bring the same.
    Lasting(Error),
    /// The network or the server had a moment of weakness.
    Passing(Error),
}

impl Fault {
    pub fn error(self) -> Error {
        match self {
            Fault::Lasting(e) | Fault::Passing(e) => e,
        }
    }
}

/// The bytes of a file from some place on.
pub struct Stream {
    /// The place of the first byte: 0 where the server does not know ranges.
    pub from: u64,
    /// Size of the whole file, where the server says it.
    pub size: Option<u64>,
    pub reader: Box<dyn Read>,
}

/// Speaks to one endpoint.
pub struct Client<'a> {
    agent: Agent,
    remote: &'a Remote,
}

impl<'a> Client<'a> {
    pub fn new(remote: &'a Remote) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("sunto/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Self {
            agent: config.into(),
            remote,
        }
    }

    /// Commit, licence and files of a repository at a revision.
    pub fn listing(&self, spec: &Spec) -> Result<Listing, Fault> {
        let repo = Repo::with_revision(spec.repo.clone(), RepoType::Model, spec.revision.clone());
        let address = format!("{}/api/{}?blobs=true", self.endpoint(), repo.api_url());
        let response = self.get(&address, None)?;
        match response.status() {
            StatusCode::OK => {}
            status => return Err(self.refusal(&response, status, &spec.name(), None)),
        }
        let mut answer = vec![];
        let reader = response.into_body().into_reader();
        reader.take(MAX_LISTING).read_to_end(&mut answer).map_err(|e| {
            Fault::Passing(Error::new(format!("the listing of `{}` broke off", spec.repo)).caused_by(e))
        })?;
        Listing::parse(&spec.repo, &answer).map_err(Fault::Lasting)
    }

    /// A file from byte `from` on; `None` where the server has nothing from there.
    pub fn file(&self, spec: &Spec, commit: &str, path: &str, from: u64) -> Result<Option<Stream>, Fault> {
        let address = format!(
            "{}/{}/resolve/{commit}/{}",
            self.endpoint(),
            Repo::model(spec.repo.clone()).url(),
            escaped(path)
        );
        let response = self.get(&address, (from > 0).then_some(from))?;
        let text = |name: header::HeaderName| response.headers().get(name).and_then(|v| v.to_str().ok());
        let (from, size) = match response.status() {
            StatusCode::OK => (0, text(header::CONTENT_LENGTH).and_then(|n| n.parse().ok())),
            StatusCode::PARTIAL_CONTENT => match text(header::CONTENT_RANGE).and_then(content_range) {
                Some((start, size)) if start == from => (from, size),
                _ => {
                    return Err(Fault::Lasting(Error::new(format!(
                        "the server sends another range of `{path}` than was asked for"
                    ))))
                }
            },
            StatusCode::RANGE_NOT_SATISFIABLE => return Ok(None),
            status => return Err(self.refusal(&response, status, &spec.name(), Some(path))),
        };
        Ok(Some(Stream {
            from,
            size,
            reader: Box::new(response.into_body().into_reader()),
        }))
    }

    fn endpoint(&self) -> &str {
        self.remote.endpoint.trim_end_matches('/')
    }

    /// One GET; redirects are followed here, so that the token goes to the endpoint's host only.
    fn get(&self, address: &str, from: Option<u64>) -> Result<Response<Body>, Fault> {
        let home = uri(address)
            .map_err(|e| Fault::Lasting(e.hint("`HF_ENDPOINT` is an address such as https://huggingface.co")))?;
        let mut at = home.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.agent.get(&at).header(header::ACCEPT_ENCODING, "identity");
            if let (Some(token), true) = (&self.remote.token, same_host(&at, &home)) {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            if let Some(from) = from {
                request = request.header(header::RANGE, format!("bytes={from}-"));
            }
            let response = request.call().map_err(|e| {
                Fault::Passing(
                    Error::new(format!("cannot reach `{}`", host(&at)))
                        .caused_by(e)
                        .hint("check the network; models reach machines without one by `sunto models bundle`"),
                )
            })?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok());
            at = redirected(&at, location.unwrap_or_default()).map_err(Fault::Lasting)?;
        }
        Err(Fault::Lasting(Error::new(format!(
            "`{}` redirects in a circle",
            host(&home)
        ))))
    }

    /// What a status other than success means.
    fn refusal(&self, response: &Response<Body>, status: StatusCode, name: &str, path: Option<&str>) -> Fault {
        let code = response.headers().get("x-error-code").and_then(|v| v.to_str().ok());
        let at = self.endpoint();
        let what = path.map_or(format!("`{name}`"), |p| format!("`{p}` of `{name}`"));
        match (status.as_u16(), code) {
            (401, _) | (403, _) | (_, Some("GatedRepo")) => {
                let error = Error::new(format!("{at} does not give {what} (status {})", status.as_u16()));
                Fault::Lasting(match self.remote.token {
                    Some(_) => error.hint(
                        "check the name; if its page asks to accept terms, accept them with the account of your token",
                    ),
                    None => error.hint(
                        "check the name; if its page asks to accept terms, accept them and set `HF_TOKEN` to a token of yours",
                    ),
                })
            }
            (404, Some("RevisionNotFound")) => Fault::Lasting(
                Error::new(format!("{at} has no such revision of {what}"))
                    .hint("leave `@REVISION` out for the main branch"),
            ),
            (404, _) => Fault::Lasting(
                Error::new(format!("{at} has no {what}"))
                    .hint("`sunto models list` shows the cards; other names are ORG/NAME"),
            ),
            (429, _) | (500.., _) => Fault::Passing(
                Error::new(format!(
                    "{at} is not able to give {what} now (status {})",
                    status.as_u16()
                ))
                .hint("try again later"),
            ),
            (other, _) => Fault::Lasting(Error::new(format!("{at} answers {what} with status {other}"))),
        }
    }
}

fn uri(address: &str) -> Result<Uri, Error> {
    let parsed: Result<Uri, _> = address.parse();
    match parsed {
        Ok(uri) if matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() => Ok(uri),
        _ => Err(Error::new(format!("`{address}` is not an http address"))),
    }
}

/// Where a redirect leads; from https it leads to https only.
fn redirected(from: &Uri, location: &str) -> Result<Uri, Error> {
    let address = match (location.starts_with('/'), from.scheme_str(), from.authority()) {
        (true, Some(scheme), Some(authority)) if !location.starts_with("//") => {
            format!("{scheme}://{authority}{location}")
        }
        _ => location.to_string(),
    };
    let to = uri(&address)?;
    match (from.scheme_str(), to.scheme_str()) {
        (Some("https"), Some("http")) => Err(Error::new(format!(
            "`{}` redirects to an address without encryption",
            host(from)
        ))),
        _ => Ok(to),
    }
}

fn same_host(a: &Uri, b: &Uri) -> bool {
    a.scheme_str() == b.scheme_str() && a.authority() == b.authority()
}

fn host(uri: &Uri) -> String {
    let authority = uri.authority().map(|a| a.as_str()).unwrap_or_default();
    format!("{}://{authority}", uri.scheme_str().unwrap_or_default())
}

/// `bytes 100-199/200` -> where it starts and how much there is.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let start = range.split_once('-')?.0.parse().ok()?;
    Some((start, size.parse().ok()))
}

/// Percent-escapes all that is not plain; slashes stay.
fn escaped(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~/".contains(&b);
    let escape = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    path.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(escaped("onnx/a b.è"), "onnx/a%20b.%C3%A8");
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(content_range("lines 5-9/10"), None);
        for bad in ["", "huggingface.co", "ftp://a/b", "file:///etc", "http://"] {
            assert!(uri(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn redirects() {
        let check = |from: &str, location: &str, expected: Option<&str>, home: bool| {
            let from = uri(from).unwrap();
            let to = redirected(&from, location).ok();
            assert_eq!(to.as_ref().map(Uri::to_string).as_deref(), expected, "{location}");
            assert_eq!(to.is_some_and(|t| same_host(&t, &from)), home, "{location}");
        };
        check("https://h/a", "/b?c", Some("https://h/b?c"), true);
        check("https://h/a", "https://other/b", Some("https://other/b"), false);
        check("https://h/a", "http://h/b", None, false);
        check("http://h:1/a", "http://h:2/b", Some("http://h:2/b"), false);
        check("http://h/a", "https://h/b", Some("https://h/b"), false);
        check("http://h/a", "//other/b", None, false);
        check("http://h/a", "", None, false);
    }
}
