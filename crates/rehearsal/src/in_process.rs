//! The account as the SDK's HTTP client: no socket, no thread, the SDK unmodified.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::sync::Notify;

use crate::account::{Account, Answer};

/// A line from one caller to the account.
#[derive(Clone, Debug)]
pub struct Line {
    account: Arc<Account>,
    crashed: Arc<Notify>,
}

impl Line {
    /// A line to `account`.
    pub fn to(account: Arc<Account>) -> Self {
        Self {
            account,
            crashed: Arc::new(Notify::new()),
        }
    }

    /// Resolves when a fault has killed the caller; drop the caller's future then.
    pub async fn crashed(&self) {
        self.crashed.notified().await;
    }

    async fn send(self, request: HttpRequest) -> Result<http::Response<SdkBody>, ConnectorError> {
        let request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?;
        let (parts, body) = request.into_parts();
        let body = body
            .collect()
            .await
            .map_err(ConnectorError::user)?
            .to_bytes();
        // Every call gives way once, as a socket would: two callers interleave call by call.
        tokio::task::yield_now().await;
        match self
            .account
            .respond(&http::Request::from_parts(parts, body))
        {
            Answer::Reply(response) => Ok(response.map(|bytes: Bytes| SdkBody::from(bytes))),
            Answer::Reset => Err(ConnectorError::io("connection reset by peer".into())),
            Answer::Silence => std::future::pending().await,
            Answer::Crash => {
                self.crashed.notify_one();
                std::future::pending().await
            }
        }
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let line = self.clone();
        HttpConnectorFuture::new(async move {
            let response = line.send(request).await?;
            response
                .try_into()
                .map_err(|error| ConnectorError::other(Box::new(error), None))
        })
    }
}

impl HttpClient for Line {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
