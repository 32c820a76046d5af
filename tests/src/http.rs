//! HTTP requests and answers over one kept connection.
//!
//! Small on purpose: the tests must be able to send what no ordinary client would, and to see exactly what came back.
//! A request is sent once. A client that silently repeats a POST would hide the faults that the tests look for.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take. Long: it is there to end a test that hangs, not to judge speed.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request without headers of its own and without a body.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// Adds a header. `Host` replaces the one that is sent otherwise.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds headers.
    #[must_use]
    pub fn headers(mut self, headers: &[(String, String)]) -> Self {
        self.headers.extend_from_slice(headers);
        self
    }

    /// A JSON body and its content type.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").body(body.to_string().into_bytes())
    }

    /// A body of any bytes, without a content type.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    fn head(&self, host: &str) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            let _ = write!(head, "Host: {host}\r\n");
        }
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let length = self.body.as_ref().map_or(0, Vec::len);
        if length > 0 || self.method != "GET" {
            let _ = write!(head, "Content-Length: {length}\r\n");
        }
        head.push_str("\r\n");
        head
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The `code` of an error; empty when there is none.
    #[must_use]
    pub fn code(&self) -> String {
        self.json().get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The JSON body of an answer that must have this status.
    ///
    /// # Errors
    /// It has another one; the message shows the body.
    pub fn expect(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("expected status {status}, got {}: {}", self.status, self.text());
        }
        Ok(self.json())
    }
}

/// A client of one address. Keeps its connection as long as the other side does.
#[derive(Debug)]
pub struct Client {
    address: String,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A client of `host:port`.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), connection: None }
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// There is no connection, or it ended before the answer did. The request may or may not have been received.
    pub fn send(&mut self, request: &Request) -> Result<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.address)?,
        };
        let mut bytes = request.head(&self.address).into_bytes();
        bytes.extend_from_slice(request.body.as_deref().unwrap_or_default());
        // A server that refuses a body need not read all of it; its answer is there all the same.
        let sent = connection.get_mut().write_all(&bytes);
        let answer = read(&mut connection).or_else(|error| sent.map_err(Into::into).and(Err(error)))?;
        let closing = answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if !closing {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

fn connect(address: &str) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address).with_context(|| format!("nobody answers at {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn read(connection: &mut BufReader<TcpStream>) -> Result<Answer> {
    let first = line(connection)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status: u16 = status.with_context(|| format!("not an HTTP answer: `{first}`"))?;
    let mut headers = Vec::new();
    loop {
        let line = line(connection)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').with_context(|| format!("not a header: `{line}`"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        answer.body = chunks(connection)?;
    } else if let Some(length) = answer.header("content-length") {
        answer.body = exactly(connection, length.parse().context("content-length is not a number")?)?;
    }
    Ok(answer)
}

fn line(connection: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        bail!("the connection ended");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn chunks(connection: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(connection)?;
        let size = usize::from_str_radix(size.trim(), 16).context("the size of a chunk is not a number")?;
        body.extend(exactly(connection, size)?);
        line(connection)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn exactly(connection: &mut BufReader<TcpStream>, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    connection.read_exact(&mut bytes)?;
    Ok(bytes)
}
