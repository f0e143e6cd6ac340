//! Two callers whose calls happen in an order that the test chooses.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rehearsal::in_process::Line;
use tokio::sync::Semaphore;

/// One of two runs whose calls take turns.
pub struct Run {
    /// Its way to the account.
    pub gated: Gated,
    ended: Rc<Cell<bool>>,
}

impl Run {
    /// A run that has not begun, on a way to the account.
    pub fn new(gated: Gated) -> Self {
        Self {
            gated,
            ended: Rc::default(),
        }
    }

    /// What the run says when it is over.
    pub fn ends(&self) {
        self.ended.set(true);
    }

    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// Lets so many of its calls through.
    pub async fn calls(&self, count: usize) {
        for _ in 0..count {
            self.gated.let_one_through(|| self.has_ended()).await;
        }
    }

    /// Lets all the rest of its calls through.
    pub async fn to_the_end(&self) {
        while !self.has_ended() {
            self.calls(1).await;
        }
    }
}

/// A line on which calls wait for their turn.
#[derive(Clone, Debug)]
pub struct Gated {
    line: Line,
    waits: fn(&str) -> bool,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Gated {
    /// A line on which every call waits.
    pub fn new(line: Line) -> Self {
        Self::at(line, |_| true)
    }

    /// A line on which those calls wait whose `X-Amz-Target` is such a one, and the others come with
    /// the one before them. The target is empty where the protocol has none.
    pub fn at(line: Line, waits: fn(&str) -> bool) -> Self {
        Self {
            line,
            waits,
            turns: Arc::new(Semaphore::new(0)),
            waiting: Arc::default(),
        }
    }

    /// Lets one call through, and comes back when the caller waits with its next one or
    /// `has_ended`.
    pub async fn let_one_through(&self, has_ended: impl Fn() -> bool) {
        self.settle(&has_ended).await;
        if !has_ended() {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            self.turns.add_permits(1);
            self.settle(&has_ended).await;
        }
    }

    async fn settle(&self, has_ended: &impl Fn() -> bool) {
        while self.waiting.load(Ordering::SeqCst) == 0 && !has_ended() {
            tokio::task::yield_now().await;
        }
    }
}

impl HttpConnector for Gated {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let gated = self.clone();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if !(self.waits)(target) {
            return HttpConnectorFuture::new(async move { gated.line.call(request).await });
        }
        HttpConnectorFuture::new(async move {
            gated.waiting.fetch_add(1, Ordering::SeqCst);
            if let Ok(turn) = gated.turns.acquire().await {
                turn.forget();
            }
            gated.line.call(request).await
        })
    }
}

impl HttpClient for Gated {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
