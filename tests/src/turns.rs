//! Two callers whose calls happen in an order that the test chooses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rehearsal::in_process::Line;
use tokio::sync::Semaphore;

/// A line on which every call waits for its turn.
#[derive(Clone, Debug)]
pub struct Gated {
    line: Line,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Gated {
    /// A line whose calls wait.
    pub fn new(line: Line) -> Self {
        Self {
            line,
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
