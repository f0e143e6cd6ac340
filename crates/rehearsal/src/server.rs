//! HTTP on loopback: the account for unmodified SDKs, boto3 and the AWS CLI.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::{JoinHandle, JoinSet};

use crate::account::{Account, Answer};
use crate::wire;

/// A server on loopback; it ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Dropped {
    /// A fault resets it.
    #[error("reset by a fault")]
    Reset,
    /// The request could not be read to its end.
    #[error("the request broke off")]
    BrokenOff(#[source] hyper::Error),
}

impl Server {
    /// Answers every request for `account` on this port; 0 is any free one.
    pub async fn start(account: Arc<Account>, port: u16) -> io::Result<Self> {
        let (crashes, _) = broadcast::channel(1);
        Self::start_with(account, port, crashes).await
    }

    /// Like [`Server::start`], and tells `crashes` the name of every caller that a fault kills.
    pub async fn start_with(
        account: Arc<Account>,
        port: u16,
        crashes: broadcast::Sender<String>,
    ) -> io::Result<Self> {
        Self::serve(port, move |request| {
            answer(account.clone(), crashes.clone(), request)
        })
        .await
    }

    /// Answers every request on loopback with `respond`; its error drops the connection.
    pub async fn serve<Respond, Answering>(port: u16, respond: Respond) -> io::Result<Self>
    where
        Respond: Fn(Request<Incoming>) -> Answering + Clone + Send + 'static,
        Answering: Future<Output = Result<Response<Full<Bytes>>, Dropped>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, respond)),
        })
    }

    /// Its address for `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<Respond, Answering>(listener: TcpListener, respond: Respond)
where
    Respond: Fn(Request<Incoming>) -> Answering + Clone + Send + 'static,
    Answering: Future<Output = Result<Response<Full<Bytes>>, Dropped>> + Send + 'static,
{
    // Dropped with this task, and every open connection with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(converse(stream, respond.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse<Respond, Answering>(stream: TcpStream, respond: Respond)
where
    Respond: Fn(Request<Incoming>) -> Answering,
    Answering: Future<Output = Result<Response<Full<Bytes>>, Dropped>>,
{
    let conversation =
        http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(respond));
    // A connection that breaks concerns its caller alone, who sees it break.
    conversation.await.unwrap_or_default();
}

async fn answer(
    account: Arc<Account>,
    crashes: broadcast::Sender<String>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let request = whole(request).await?;
    match account.respond(&request) {
        Answer::Reply(response) => Ok(response.map(Full::new)),
        Answer::Reset => Err(Dropped::Reset),
        Answer::Silence => std::future::pending().await,
        Answer::Crash => {
            if let Ok(envelope) = wire::read(&request) {
                // Nobody listens where nothing can be killed: the caller then waits for ever.
                crashes.send(envelope.caller).unwrap_or_default();
            }
            std::future::pending().await
        }
    }
}

/// Reads a request to its end.
pub async fn whole(request: Request<Incoming>) -> Result<Request<Bytes>, Dropped> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(Dropped::BrokenOff)?;
    Ok(Request::from_parts(parts, body.to_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;
    use crate::clock::Clock;
    use crate::fault::{Fault, Rule};

    const CALL: &str = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Authorization: AWS4-HMAC-SHA256 Credential=off-hours/20261119/eu-central-1/sts/aws4_request\r\n\
        Content-Length: 43\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15";

    async fn say(address: SocketAddr) -> io::Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(CALL.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }

    async fn serving(fault: Option<Fault>) -> (Server, broadcast::Receiver<String>) {
        let account = Account::new(Clock::Wall);
        if let Some(fault) = fault {
            account.state().faults.add(Rule::always(fault));
        }
        let (crashes, crashed) = broadcast::channel(4);
        let server = Server::start_with(Arc::new(account), 0, crashes)
            .await
            .unwrap();
        (server, crashed)
    }

    #[tokio::test]
    async fn a_request_gets_the_account_s_reply() {
        let (server, _) = serving(None).await;
        let text = say(server.address).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 "), "{text}");
        assert!(text.contains("<ErrorResponse") || text.contains("<GetCallerIdentityResponse"));
    }

    #[tokio::test]
    async fn a_reset_closes_the_connection_without_an_answer() {
        let (server, _) = serving(Some(Fault::Reset)).await;
        assert_eq!(say(server.address).await.unwrap_or_default(), "");
    }

    #[tokio::test]
    async fn silence_leaves_the_caller_to_its_own_timeout() {
        let (server, _) = serving(Some(Fault::TimeoutBefore)).await;
        let waited = timeout(Duration::from_millis(200), say(server.address)).await;
        assert!(waited.is_err(), "{waited:?}");
    }

    #[tokio::test]
    async fn a_crash_names_the_caller_that_it_kills() {
        let (server, mut crashed) = serving(Some(Fault::CrashBefore)).await;
        let address = server.address;
        let caller = tokio::spawn(async move { say(address).await });
        assert_eq!(crashed.recv().await.unwrap(), "off-hours");
        caller.abort();
    }
}
