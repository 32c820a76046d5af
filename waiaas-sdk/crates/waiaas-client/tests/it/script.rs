//! A server that follows a script: one line per connection.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answers with a status, headers and a body.
    Answer(u16, &'static str, String),
    /// Reads the request and hangs up.
    HangUp,
    /// Reads the request and says nothing until the client gives up.
    Silence,
}

/// A running script.
pub(crate) struct Server {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn play(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&seen);
        tokio::spawn(async move {
            for act in acts {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read(&mut stream).await;
                heard.lock().unwrap().push(request);
                match act {
                    Act::Answer(status, headers, body) => {
                        let head = format!(
                            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
                            body.len()
                        );
                        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
                    }
                    Act::HangUp => drop(stream),
                    Act::Silence => {
                        tokio::spawn(async move {
                            let mut rest = [0; 1];
                            let _ = stream.read(&mut rest).await;
                        });
                    }
                }
            }
        });
        Self { base, seen }
    }

    /// The requests so far, head and body, in lower case as far as headers go.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// One header of every request so far.
    pub(crate) fn header(&self, name: &str) -> Vec<Option<String>> {
        let find = |request: &String| {
            request.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(ToOwned::to_owned))
        };
        self.seen().iter().map(find).collect()
    }
}

/// A whole request: the head, and as much body as it announces.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4_096];
        let count = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= announced.unwrap_or(0_usize) {
                return text;
            }
        }
        assert!(count > 0, "the client hung up: {text}");
    }
}

pub(crate) fn refusal(code: &str, domain: &str, retryable: bool) -> String {
    format!(r#"{{"code": "{code}", "message": "m", "domain": "{domain}", "retryable": {retryable}, "requestId": "r"}}"#)
}
