//! The account: takes a request, lets everything that is due happen, answers.

use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::clock::Clock;
use crate::fault::{Fault, Faults};
use crate::journal::Record;
use crate::modules::{self, Module};
use crate::throttle::Buckets;
use crate::wire;
use crate::world::World;

/// What a caller gets for a request.
#[derive(Debug)]
pub enum Answer {
    /// An HTTP response.
    Reply(Response<Bytes>),
    /// Nothing, ever: the caller's timeout decides.
    Silence,
    /// The connection is reset.
    Reset,
    /// The caller dies here.
    Crash,
}

/// A simulated account.
#[derive(Debug)]
pub struct Account {
    /// Where its time comes from.
    pub clock: Clock,
    state: Mutex<State>,
}

/// What the account keeps beside the world itself.
#[derive(Debug)]
pub struct State {
    /// Everything that the account holds.
    pub world: World,
    /// The faults in force.
    pub faults: Faults,
    /// The token buckets; none switches throttling off.
    pub buckets: Option<Buckets>,
    /// Every call, in order.
    pub calls: Vec<Record>,
}

impl Account {
    /// An empty account on this clock.
    pub fn new(clock: Clock) -> Self {
        let world = World::new(clock.now());
        Self {
            clock,
            state: Mutex::new(State {
                world,
                faults: Faults::default(),
                buckets: Some(Buckets::default()),
                calls: Vec::new(),
            }),
        }
    }

    /// The account's state with everything that is due by now done.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        state.world.advance_to(self.clock.now());
        state
    }

    /// Answers one request.
    pub fn respond(&self, request: &Request<Bytes>) -> Answer {
        let mut state = self.state();
        let envelope = match wire::read(request) {
            Ok(envelope) => envelope,
            Err(error) => return Answer::Reply(UNKNOWN.refusal(&error, "none")),
        };
        let Some(module) = modules::ALL
            .iter()
            .find(|module| module.protocol.answers_to(&envelope.mark))
        else {
            let error = ApiError::client(
                "UnknownOperationException",
                format!("no modelled service answers to {}", envelope.mark),
            );
            return Answer::Reply(UNKNOWN.refusal(&error, "none"));
        };
        let protocol = module.protocol.spoken_to(&envelope);
        let call = Call {
            at: state.world.now,
            caller: envelope.caller,
            service: module.service,
            operation: envelope.operation,
            input: envelope.input,
        };
        state.answer(module, protocol, &call)
    }
}

const UNKNOWN: wire::Protocol = wire::Protocol::Json {
    target: "",
    version: "1.1",
};

impl State {
    fn answer(&mut self, module: &Module, protocol: wire::Protocol, call: &Call) -> Answer {
        let request_id = self.world.id();
        let fault = self.faults.strike(call);
        if matches!(
            fault,
            Some(Fault::CrashBefore | Fault::TimeoutBefore | Fault::Reset)
        ) {
            self.note(call, Some("no answer"), Value::Null);
            return fault.map_or(Answer::Silence, Answer::of);
        }
        let outcome = self.attempt(module, call, fault);
        let refused = outcome.as_ref().err().map(|error| error.code.clone());
        self.note(
            call,
            refused.as_deref(),
            outcome.as_ref().cloned().unwrap_or(Value::Null),
        );
        if let Some(fault @ (Fault::CrashAfter | Fault::TimeoutAfter)) = fault {
            return Answer::of(fault);
        }
        Answer::Reply(match outcome {
            Ok(output) => protocol.success(&call.operation, &output, &request_id),
            Err(error) => protocol.refusal(&error, &request_id),
        })
    }

    fn attempt(
        &mut self,
        module: &Module,
        call: &Call,
        fault: Option<Fault>,
    ) -> Result<Value, ApiError> {
        if !module.operations.contains(&call.operation.as_str()) {
            return Err(ApiError::not_modelled(call));
        }
        if let Some(refusal) = fault.and_then(|fault| fault.refusal(call)) {
            return Err(refusal);
        }
        let paid = self
            .buckets
            .as_mut()
            .is_none_or(|buckets| buckets.take(&call.action(), call.at));
        if !paid {
            return Err(ApiError::client("ThrottlingException", "Rate exceeded"));
        }
        (module.call)(&mut self.world, call)
    }

    fn note(&mut self, call: &Call, refused: Option<&str>, output: Value) {
        self.calls.push(Record {
            at: call.at,
            caller: call.caller.clone(),
            action: call.action(),
            input: call.input.clone(),
            refused: refused.map(str::to_owned),
            output,
        });
    }
}

impl Answer {
    fn of(fault: Fault) -> Self {
        match fault {
            Fault::CrashBefore | Fault::CrashAfter => Self::Crash,
            Fault::Reset => Self::Reset,
            _ => Self::Silence,
        }
    }
}

impl World {
    /// Lets everything happen, in order, that is due by `to`.
    pub fn advance_to(&mut self, to: Timestamp) {
        while let Some(due) = self.next_due().filter(|due| *due <= to) {
            self.now = due.max(self.now);
            for module in modules::ALL {
                (module.advance)(self);
            }
        }
        self.now = to.max(self.now);
    }

    /// When something next happens by itself.
    pub fn next_due(&self) -> Option<Timestamp> {
        modules::ALL
            .iter()
            .filter_map(|module| (module.due)(self))
            .min()
    }
}
