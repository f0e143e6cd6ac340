//! How a failure is told to Lambda: a short, stable type for alarms, and the whole chain of causes.

use std::error::Error;

use lambda_runtime::Diagnostic;

/// The diagnostic of a failure. Walks the chain of sources once, because an SDK error's own text
/// is two words ("service error").
pub fn diagnostic(error_type: &str, error: &dyn Error) -> Diagnostic {
    Diagnostic {
        error_type: error_type.to_owned(),
        error_message: chain(error),
    }
}

/// A failure and its causes as one line: `outer: inner: innermost`. A cause that only repeats
/// what was said is left out.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = error.source();
    }
    line
}
