//! A hub on this machine, for tests: the routes that a pull speaks, with every fault that a network has.
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Files of at least so many bytes are listed with their SHA-256, smaller ones with git's hash.
const LARGE: usize = 100;

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub path: String,
    pub range: Option<String>,
    pub token: Option<String>,
}

/// What the server holds and how it misbehaves.
#[derive(Clone, Default)]
pub struct State {
    pub repo: String,
    pub commit: String,
    pub licence: Option<String>,
    pub files: BTreeMap<String, Vec<u8>>,
    /// Sent in place of what is listed.
    pub lies: BTreeMap<String, Vec<u8>>,
    /// Cuts the connection after so many bytes of a body, so many times.
    pub cut: Option<(usize, usize)>,
    /// After a cut it is down.
    pub down_after_cut: bool,
    /// Closes every connection that asks for a file.
    pub down: bool,
    pub no_ranges: bool,
    /// Answers with this status and `x-error-code`, so many times.
    pub refuse: Option<(u16, &'static str, usize)>,
    /// Wants this token.
    pub token: Option<String>,
    /// Sends those who ask for files there.
    pub redirect: Option<String>,
    /// Answers the listing with this.
    pub listing: Option<String>,
    /// Another repository of the same hub.
    pub other: Option<Box<State>>,
    pub seen: Vec<Request>,
}

/// Runs until the process ends.
pub struct Server {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    /// A repository of these files.
    pub fn new(repo: &str, files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            repo: repo.into(),
            commit: "c0ffee0000000000000000000000000000000001".into(),
            licence: Some("mit".into()),
            files: files.iter().map(|(n, b)| (n.to_string(), b.to_vec())).collect(),
            ..State::default()
        }));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { address, state }
    }

    /// Holds one more repository, at this commit.
    pub fn also(&self, repo: &str, commit: &str, files: &[(&str, &[u8])]) {
        let other = State {
            repo: repo.into(),
            commit: commit.into(),
            licence: Some("mit".into()),
            files: files.iter().map(|(n, b)| (n.to_string(), b.to_vec())).collect(),
            ..State::default()
        };
        self.set(|s| s.other = Some(Box::new(other)));
    }

    /// Changes what it does.
    pub fn set(&self, f: impl FnOnce(&mut State)) {
        f(&mut self.state.lock().unwrap());
    }

    /// Takes what was asked so far.
    pub fn seen(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().unwrap().seen)
    }
}

fn answer(stream: TcpStream, shared: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_string();
    let (mut range, mut token) = (None, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "range" => range = Some(value.to_string()),
            "authorization" => token = Some(value.to_string()),
            _ => {}
        }
    }
    let mut guard = shared.lock().unwrap();
    let state = &mut *guard;
    let request = Request { path, range, token };
    state.seen.push(request.clone());
    let reply = reply(state, &request);
    let cut = match &mut state.cut {
        Some((after, times)) if *times > 0 && reply.body.len() > *after && request.path.contains("/resolve/") => {
            *times -= 1;
            state.down = state.down_after_cut;
            Some(*after)
        }
        _ => None,
    };
    drop(guard);
    let mut stream = stream;
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", reply.status);
    write!(head, "Content-Length: {}\r\n{}\r\n", reply.body.len(), reply.headers).unwrap();
    if reply.status == 0 {
        return stream.shutdown(Shutdown::Both).ok();
    }
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&reply.body[..cut.unwrap_or(reply.body.len())]).ok()?;
    stream.shutdown(Shutdown::Write).ok()?;
    // A socket closed with unread bytes is reset, and the client would lose what it has not read yet.
    let _ = reader.read(&mut [0; 64]);
    Some(())
}

struct Reply {
    /// 0: close without a word.
    status: u16,
    headers: String,
    body: Vec<u8>,
}

fn reply(state: &mut State, request: &Request) -> Reply {
    let reply = |status: u16, headers: &str, body: Vec<u8>| Reply {
        status,
        headers: headers.into(),
        body,
    };
    if let Some(other) = &mut state.other {
        if request.path.contains(&format!("/{}/", other.repo)) {
            return self::reply(other, request);
        }
    }
    if let Some((status, code, times)) = &mut state.refuse {
        if *times > 0 {
            *times -= 1;
            return reply(*status, &format!("X-Error-Code: {code}\r\n"), b"no".to_vec());
        }
    }
    if let Some(token) = &state.token {
        if request.token != Some(format!("Bearer {token}")) {
            return reply(401, "X-Error-Code: GatedRepo\r\n", b"no".to_vec());
        }
    }
    if let Some(rest) = request.path.strip_prefix("/api/models/") {
        if !rest.starts_with(&format!("{}/revision/", state.repo)) {
            return reply(404, "X-Error-Code: RepoNotFound\r\n", b"no".to_vec());
        }
        let text = state.listing.clone().unwrap_or_else(|| listing(state));
        return reply(200, "Content-Type: application/json\r\n", text.into_bytes());
    }
    let prefix = format!("/{}/resolve/{}/", state.repo, state.commit);
    let name = match request
        .path
        .strip_prefix("/stored")
        .unwrap_or(&request.path)
        .strip_prefix(&prefix)
    {
        Some(name) => name.to_string(),
        None => return reply(404, "X-Error-Code: EntryNotFound\r\n", b"no".to_vec()),
    };
    if state.down {
        return reply(0, "", vec![]);
    }
    if let Some(to) = &state.redirect {
        return reply(302, &format!("Location: {to}{}\r\n", request.path), b"there".to_vec());
    }
    let Some(body) = state.lies.get(&name).or(state.files.get(&name)) else {
        return reply(404, "X-Error-Code: EntryNotFound\r\n", b"no".to_vec());
    };
    let from = request
        .range
        .as_deref()
        .and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    match from {
        Some(from) if !state.no_ranges && from < body.len() => {
            let range = format!("Content-Range: bytes {from}-{}/{}\r\n", body.len() - 1, body.len());
            reply(206, &range, body[from..].to_vec())
        }
        Some(_) if !state.no_ranges => reply(416, "", vec![]),
        _ => reply(200, "", body.clone()),
    }
}

/// What the hub's API says of the repository.
fn listing(state: &State) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let siblings: Vec<serde_json::Value> = state
        .files
        .iter()
        .map(|(name, body)| match body.len() < LARGE {
            true => {
                let mut git = Sha1::new();
                git.update(format!("blob {}\0", body.len()));
                git.update(body);
                serde_json::json!({"rfilename": name, "size": body.len(), "blobId": hex(&git.finalize())})
            }
            false => serde_json::json!({
                "rfilename": name,
                "size": body.len(),
                "blobId": "0".repeat(40),
                "lfs": {"sha256": hex(&Sha256::digest(body)), "size": body.len(), "pointerSize": 134},
            }),
        })
        .collect();
    serde_json::json!({"sha": state.commit, "cardData": {"license": state.licence}, "siblings": siblings}).to_string()
}
