//! The wire protocols: AWS JSON 1.0 and 1.1, AWS Query with its XML, and Smithy's RPC v2 with its CBOR.

mod cbor;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value, json};

use crate::call::ApiError;

/// How a service speaks, and what marks its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// AWS JSON: the `X-Amz-Target` header is `<prefix>.<operation>`.
    Json {
        /// The target's prefix, such as `AmazonEC2ContainerServiceV20141113`.
        target: &'static str,
        /// `1.0` or `1.1`.
        version: &'static str,
    },
    /// AWS Query: a form with `Action` and `Version`, answered in XML.
    Query {
        /// The API version, which marks the service.
        version: &'static str,
        /// The namespace of its XML.
        namespace: &'static str,
    },
    /// RPC v2 with CBOR: what a service that speaks AWS JSON answers to whoever asks like this.
    Cbor,
}

/// A request as far as it can be read without knowing the service.
#[derive(Debug)]
pub struct Envelope {
    /// What marks the service: the JSON target's prefix or the Query version.
    pub mark: String,
    /// The operation's name.
    pub operation: String,
    /// The input as JSON.
    pub input: Value,
    /// The access key id of the signature, or `anonymous`.
    pub caller: String,
    /// Whether it came as CBOR.
    pub in_cbor: bool,
}

impl Protocol {
    /// Whether a request with this mark is for a service that speaks like this.
    pub fn answers_to(&self, mark: &str) -> bool {
        match self {
            Self::Json { target, .. } => *target == mark,
            Self::Query { version, .. } => *version == mark,
            Self::Cbor => false,
        }
    }

    /// How a service that speaks like this answers this request.
    #[must_use]
    pub fn spoken_to(self, envelope: &Envelope) -> Self {
        match envelope.in_cbor {
            true => Self::Cbor,
            false => self,
        }
    }

    /// The reply to a call that succeeded.
    pub fn success(&self, operation: &str, output: &Value, request_id: &str) -> Response<Bytes> {
        match self {
            Self::Json { version, .. } => reply(
                200,
                &format!("application/x-amz-json-{version}"),
                request_id,
                without_nulls(output).to_string(),
            ),
            Self::Query { namespace, .. } => {
                let mut body = format!("<{operation}Response xmlns=\"{namespace}\">");
                if output
                    .as_object()
                    .is_some_and(|members| !members.is_empty())
                {
                    write_xml(&mut body, &format!("{operation}Result"), output);
                }
                body.push_str(&format!("<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"));
                reply(200, "text/xml", request_id, body)
            }
            Self::Cbor => reply_in_cbor(200, request_id, &without_nulls(output)),
        }
    }

    /// The reply to a call that was refused.
    pub fn refusal(&self, error: &ApiError, request_id: &str) -> Response<Bytes> {
        match self {
            Self::Json { version, .. } => {
                let mut body = (*error.members).clone();
                body.insert("__type".to_owned(), json!(error.code));
                // A few shapes spell it with a capital and carry it as a member.
                if !body.contains_key("Message") {
                    body.insert("message".to_owned(), json!(error.message));
                }
                let mut response = reply(
                    error.status,
                    &format!("application/x-amz-json-{version}"),
                    request_id,
                    Value::Object(body).to_string(),
                );
                if let Some(code) = &error.query_code
                    && let Ok(value) = http::HeaderValue::from_str(&format!("{code};Sender"))
                {
                    response.headers_mut().insert("x-amzn-query-error", value);
                }
                response
            }
            Self::Query { namespace, .. } => {
                let fault = if error.status < 500 {
                    "Sender"
                } else {
                    "Receiver"
                };
                let mut body = format!("<ErrorResponse xmlns=\"{namespace}\">");
                write_xml(
                    &mut body,
                    "Error",
                    &json!({"Type": fault, "Code": error.code, "Message": error.message}),
                );
                body.push_str(&format!(
                    "<RequestId>{request_id}</RequestId></ErrorResponse>"
                ));
                reply(error.status, "text/xml", request_id, body)
            }
            Self::Cbor => {
                let mut body = (*error.members).clone();
                body.insert("__type".to_owned(), json!(error.code));
                body.insert("message".to_owned(), json!(error.message));
                reply_in_cbor(error.status, request_id, &Value::Object(body))
            }
        }
    }
}

/// A member that is null is one that is absent, and AWS leaves it out.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_nulls(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn reply_in_cbor(status: u16, request_id: &str, output: &Value) -> Response<Bytes> {
    let mut body = Vec::new();
    cbor::write(&mut body, output);
    let mut response = reply(status, "application/cbor", request_id, body);
    let marked = http::HeaderValue::from_static("rpc-v2-cbor");
    response.headers_mut().insert("smithy-protocol", marked);
    response
}

fn reply(
    status: u16,
    content_type: &str,
    request_id: &str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in [
        ("content-type", content_type),
        ("x-amzn-requestid", request_id),
    ] {
        if let Ok(value) = http::HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Reads a request as far as it can be read without knowing the service.
pub fn read(request: &Request<Bytes>) -> Result<Envelope, ApiError> {
    let caller = caller(request).unwrap_or_else(|| "anonymous".to_owned());
    if let Some((mark, operation)) = called_by_path(request.uri().path()) {
        let input = cbor::read(request.body())
            .map_err(|error| ApiError::client("SerializationException", error))?;
        return Ok(Envelope {
            mark: mark.to_owned(),
            operation: operation.to_owned(),
            input,
            caller,
            in_cbor: true,
        });
    }
    if let Some(target) = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
    {
        let (mark, operation) = target.rsplit_once('.').ok_or_else(|| {
            ApiError::client("UnknownOperationException", "X-Amz-Target has no operation")
        })?;
        let input = if request.body().is_empty() {
            json!({})
        } else {
            serde_json::from_slice(request.body())
                .map_err(|error| ApiError::client("SerializationException", error.to_string()))?
        };
        return Ok(Envelope {
            mark: mark.to_owned(),
            operation: operation.to_owned(),
            input,
            caller,
            in_cbor: false,
        });
    }
    let mut parameters: Vec<(String, String)> = form_urlencoded::parse(request.body())
        .into_owned()
        .collect();
    let mut take = |name: &str| {
        parameters
            .iter()
            .position(|(key, _)| key == name)
            .map(|at| parameters.remove(at).1)
    };
    let operation = take("Action")
        .ok_or_else(|| ApiError::client("MissingAction", "the request names no Action"))?;
    let mark = take("Version").unwrap_or_default();
    Ok(Envelope {
        mark,
        operation,
        input: nest(parameters),
        caller,
        in_cbor: false,
    })
}

/// The service and the operation in `/service/<service>/operation/<operation>`, where RPC v2 has them.
fn called_by_path(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/service/")?.split_once("/operation/")
}

/// The access key id in `Authorization: AWS4-HMAC-SHA256 Credential=<id>/<date>/...`.
fn caller(request: &Request<Bytes>) -> Option<String> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let (_, rest) = header.split_once("Credential=")?;
    rest.split('/').next().map(str::to_owned)
}

/// The most elements that a list in a request is read with.
const MOST_ELEMENTS: usize = 10_000;

/// Turns `A.member.1.B=x` into `{"A":[{"B":"x"}]}`.
fn nest(parameters: Vec<(String, String)>) -> Value {
    let mut root = Value::Object(Map::new());
    for (path, text) in parameters {
        let mut place = &mut root;
        for step in path
            .split('.')
            .filter(|step| *step != "member" && *step != "entry")
        {
            place = match step.parse::<usize>() {
                Ok(index @ 1..=MOST_ELEMENTS) => element(place, index - 1),
                _ => member(place, step),
            };
        }
        *place = Value::String(text);
    }
    root
}

fn element(place: &mut Value, index: usize) -> &mut Value {
    if !place.is_array() {
        *place = Value::Array(Vec::new());
    }
    match place {
        Value::Array(items) => {
            if items.len() <= index {
                items.resize(index + 1, Value::Null);
            }
            &mut items[index]
        }
        other => other,
    }
}

fn member<'a>(place: &'a mut Value, name: &str) -> &'a mut Value {
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    &mut place[name]
}

/// Writes a value as an element; a list's items are `member` elements, a null is left out.
///
/// A map is written by its entries: `{"entry": [{"key": "a", "value": "b"}]}`, and these are not
/// wrapped again.
fn write_xml(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) if name == "entry" => {
            items.iter().for_each(|item| write_xml(out, name, item));
        }
        Value::Array(items) => {
            out.push_str(&format!("<{name}>"));
            items.iter().for_each(|item| write_xml(out, "member", item));
            out.push_str(&format!("</{name}>"));
        }
        Value::Object(members) => {
            out.push_str(&format!("<{name}>"));
            members
                .iter()
                .for_each(|(name, value)| write_xml(out, name, value));
            out.push_str(&format!("</{name}>"));
        }
        Value::String(text) => out.push_str(&format!("<{name}>{}</{name}>", escape(text))),
        other => out.push_str(&format!("<{name}>{other}</{name}>")),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &'static str) -> Envelope {
        read(&Request::new(Bytes::from_static(body.as_bytes()))).unwrap()
    }

    fn xml(value: Value) -> String {
        let mut out = String::new();
        write_xml(&mut out, "R", &value);
        out
    }

    #[test]
    fn a_form_becomes_json() {
        let envelope = form(
            "Action=DescribeTags&Version=2011-01-01&MaxRecords=5\
             &Filters.member.2.Name=key&Filters.member.1.Name=tag%3Aa\
             &Filters.member.1.Values.member.1=x&Filters.member.1.Values.member.2=y",
        );
        assert_eq!(envelope.operation, "DescribeTags");
        assert_eq!(envelope.mark, "2011-01-01");
        assert_eq!(
            envelope.input,
            json!({
                "MaxRecords": "5",
                "Filters": [{"Name": "tag:a", "Values": ["x", "y"]}, {"Name": "key"}]
            })
        );
    }

    #[test]
    fn a_map_in_a_form_becomes_its_entries() {
        let envelope = form(
            "Action=CreateTopic&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=x",
        );
        assert_eq!(
            envelope.input,
            json!({"Attributes": [{"key": "DisplayName", "value": "x"}]})
        );
    }

    #[test]
    fn an_absurd_index_makes_no_list() {
        let envelope = form("Action=A&Tags.member.99999999999=x");
        assert_eq!(envelope.input, json!({"Tags": {"99999999999": "x"}}));
    }

    #[test]
    fn lists_are_written_as_members_even_when_empty() {
        assert_eq!(
            xml(
                json!({"Tags": ["a", "b"], "Instances": [], "NextToken": null, "On": true, "N": 2})
            ),
            "<R><Tags><member>a</member><member>b</member></Tags><Instances></Instances>\
             <On>true</On><N>2</N></R>"
        );
    }

    #[test]
    fn maps_are_written_as_entries() {
        assert_eq!(
            xml(
                json!({"Attributes": {"entry": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}})
            ),
            "<R><Attributes><entry><key>a</key><value>1</value></entry>\
             <entry><key>b</key><value>2</value></entry></Attributes></R>"
        );
    }

    #[test]
    fn what_is_null_is_left_out() {
        let protocol = Protocol::Json {
            target: "Service",
            version: "1.1",
        };
        let output = json!({"items": [{"a": null, "b": false}], "nextToken": null});
        let reply = protocol.success("List", &output, "id");
        assert_eq!(reply.body(), r#"{"items":[{"b":false}]}"#);
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            xml(json!("<a & \"b\">")),
            "<R>&lt;a &amp; &quot;b&quot;&gt;</R>"
        );
    }

    #[test]
    fn rpc_v2_names_its_service_and_its_operation_in_the_path() {
        let asked = |path: &str, body: &'static [u8]| {
            let request = Request::builder().uri(path).body(Bytes::from_static(body));
            read(&request.unwrap())
        };
        let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        let envelope = asked(path, &[0xA1, 0x61, b'a', 0x05]).unwrap();
        assert_eq!(envelope.mark, "GraniteServiceVersion20100801");
        assert_eq!(envelope.operation, "DescribeAlarms");
        assert_eq!(envelope.input, json!({"a": 5}));
        let protocol = Protocol::Json {
            target: "GraniteServiceVersion20100801",
            version: "1.0",
        };
        assert_eq!(protocol.spoken_to(&envelope), Protocol::Cbor);
        let broken = asked(path, &[0xA1]).unwrap_err();
        assert_eq!(broken.code, "SerializationException");
    }

    #[test]
    fn rpc_v2_is_answered_in_cbor_with_its_header() {
        let reply = Protocol::Cbor.success("List", &json!({"a": 1, "b": null}), "id");
        assert_eq!(reply.body(), &Bytes::from_static(&[0xA1, 0x61, b'a', 0x01]));
        assert_eq!(reply.headers()["smithy-protocol"], "rpc-v2-cbor");
        let refusal = Protocol::Cbor.refusal(&ApiError::client("No", "why"), "id");
        assert_eq!(refusal.status(), 400);
        let body = cbor::read(refusal.body()).unwrap();
        assert_eq!(body, json!({"__type": "No", "message": "why"}));
    }

    #[test]
    fn an_error_says_whose_fault_it_is() {
        let protocol = Protocol::Query {
            version: "1",
            namespace: "n",
        };
        let body = |error: ApiError| {
            let reply = protocol.refusal(&error, "id");
            String::from_utf8(reply.body().to_vec()).unwrap()
        };
        assert_eq!(
            body(ApiError::client("ValidationError", "no")),
            "<ErrorResponse xmlns=\"n\"><Error><Type>Sender</Type><Code>ValidationError</Code>\
             <Message>no</Message></Error><RequestId>id</RequestId></ErrorResponse>"
        );
        assert!(body(ApiError::server("InternalFailure", "oh")).contains("<Type>Receiver</Type>"));
    }
}
