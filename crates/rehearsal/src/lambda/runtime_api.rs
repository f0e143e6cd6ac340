//! The Runtime API of one execution environment: `next` waits for an event, answers come back.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

use crate::server::{Dropped, Server, whole};

const VERSION: &str = "/2018-06-01/runtime/";

/// An event on its way to the function.
#[derive(Debug)]
pub(crate) struct Work {
    /// The invocation's id.
    pub(crate) request_id: String,
    /// When the function is killed, in the account's time.
    pub(crate) deadline: Timestamp,
    /// The function's ARN.
    pub(crate) function_arn: String,
    /// The event.
    pub(crate) event: Value,
}

/// What the function says.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    /// The answer to an invocation.
    Response { request_id: String, body: Value },
    /// An invocation failed.
    Error { request_id: String, error: Reported },
    /// It could not start.
    InitError(Reported),
}

/// An error as a function reports it.
#[derive(Debug, PartialEq)]
pub(crate) struct Reported {
    /// Its short, stable name.
    pub(crate) error_type: String,
    /// In words.
    pub(crate) message: String,
}

/// Both ends of the conversation with one process.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    server: Server,
    work: mpsc::Sender<Work>,
    said: mpsc::Receiver<Said>,
}

/// The server's ends.
#[derive(Clone)]
struct Desk {
    work: Arc<Mutex<mpsc::Receiver<Work>>>,
    said: mpsc::Sender<Said>,
}

impl RuntimeApi {
    /// Listens on a free port.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let (work, queue) = mpsc::channel(1);
        let (answers, said) = mpsc::channel(1);
        let desk = Desk {
            work: Arc::new(Mutex::new(queue)),
            said: answers,
        };
        let server = Server::serve(0, move |request| desk.clone().answer(request)).await?;
        Ok(Self { server, work, said })
    }

    /// Host and port for `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn authority(&self) -> String {
        self.server.address.to_string()
    }

    /// Offers an event to the next poll and waits for what the function says.
    pub(crate) async fn exchange(&mut self, work: Work) -> Option<Said> {
        self.work.send(work).await.ok()?;
        self.said.recv().await
    }
}

impl Desk {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Dropped> {
        let request = whole(request).await?;
        let path = request.uri().path().strip_prefix(VERSION).unwrap_or("");
        let steps: Vec<&str> = path.split('/').collect();
        let said = match (request.method(), steps.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => return self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => Said::Response {
                request_id: (*id).to_owned(),
                body: json_or_text(request.body()),
            },
            (&Method::POST, ["invocation", id, "error"]) => Said::Error {
                request_id: (*id).to_owned(),
                error: Reported::of(&request),
            },
            (&Method::POST, ["init", "error"]) => Said::InitError(Reported::of(&request)),
            _ => {
                let unknown = json!({"errorType": "NotFound", "errorMessage": "no such path"});
                return Ok(reply(StatusCode::NOT_FOUND, &unknown));
            }
        };
        // Nobody waits for it when the invocation timed out in this moment.
        self.said.send(said).await.unwrap_or_default();
        Ok(reply(StatusCode::ACCEPTED, &json!({"status": "OK"})))
    }

    /// Waits without limit, as Lambda does: a function between two events is frozen.
    async fn next(self) -> Result<Response<Full<Bytes>>, Dropped> {
        let Some(work) = self.work.lock().await.recv().await else {
            return Err(Dropped::Reset);
        };
        let mut response = reply(StatusCode::OK, &work.event);
        let trace = format!("Root=1-{};Sampled=0", work.request_id);
        for (name, value) in [
            ("lambda-runtime-aws-request-id", work.request_id),
            (
                "lambda-runtime-deadline-ms",
                work.deadline.as_millisecond().to_string(),
            ),
            ("lambda-runtime-invoked-function-arn", work.function_arn),
            ("lambda-runtime-trace-id", trace),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        Ok(response)
    }
}

impl Reported {
    fn of(request: &Request<Bytes>) -> Self {
        let body = json_or_text(request.body());
        let text = |member: &str| body.get(member).and_then(Value::as_str);
        let header = request
            .headers()
            .get("lambda-runtime-function-error-type")
            .and_then(|value| value.to_str().ok());
        Self {
            error_type: text("errorType")
                .or(header)
                .unwrap_or("Unhandled")
                .to_owned(),
            message: text("errorMessage").unwrap_or_default().to_owned(),
        }
    }
}

fn reply(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

fn json_or_text(body: &Bytes) -> Value {
    serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}
