//! Calls by people, pipelines and set-up: they meet no fault and no token bucket, and the record
//! shows them under their name.

use serde_json::Value;

use crate::account::Account;
use crate::call::{ApiError, Call};
use crate::journal::Record;
use crate::modules;

impl Account {
    /// Makes one call of `service` as `caller`; its input has the form that the module reads.
    pub fn by_hand(
        &self,
        caller: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, Box<ApiError>> {
        let mut state = self.state();
        let unknown = || {
            ApiError::client(
                "UnknownService",
                format!("no modelled service is called {service}"),
            )
        };
        let module = modules::ALL
            .iter()
            .find(|module| module.service == service)
            .ok_or_else(unknown)?;
        let call = Call {
            at: state.world.now,
            caller: caller.to_owned(),
            service: module.service,
            operation: operation.to_owned(),
            input,
        };
        let outcome = (module.call)(&mut state.world, &call);
        let record = Record {
            at: call.at,
            action: call.action(),
            caller: call.caller,
            input: call.input,
            refused: outcome.as_ref().err().map(|error| error.code.clone()),
            output: outcome.as_ref().cloned().unwrap_or(Value::Null),
        };
        state.calls.push(record);
        Ok(outcome?)
    }
}
