use serde_json::{Value, json};

use super::matches;

/// The sample event of <https://github.com/aws/event-ruler/blob/main/README.md>.
fn event() -> Value {
    json!({
        "version": "0",
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "time": "2017-10-02T16:24:49Z",
        "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
        "detail": {
            "c-count": 5,
            "d-count": 3,
            "x-limit": 301.8,
            "source-ip": "10.0.0.33",
            "instance-id": "i-000000aaaaaa00000",
            "state": "running",
            "nothing": null,
            "yes": true,
            "path": "dir/lib/a.png",
            "star": "a*b\\c",
            "empty": ""
        }
    })
}

#[track_caller]
fn takes(pattern: Value) {
    assert_eq!(matches(&pattern, &event()), Ok(true), "{pattern}");
}

#[track_caller]
fn leaves(pattern: Value) {
    assert_eq!(matches(&pattern, &event()), Ok(false), "{pattern}");
}

#[track_caller]
fn refuses(pattern: Value, reason: &str) {
    let refused = matches(&pattern, &event()).unwrap_err();
    assert_eq!(refused.to_string(), reason, "{pattern}");
}

#[test]
fn all_fields_must_match_and_any_value_of_each_will_do() {
    takes(json!({"source": ["aws.ec2"], "detail": {"state": ["initializing", "running"]}}));
    leaves(json!({"source": ["aws.ecs"], "detail": {"state": ["running"]}}));
    leaves(json!({"detail": {"state": ["Running"]}}));
    leaves(json!({"detail": {"missing": ["running"]}}));
}

#[test]
fn an_array_in_the_event_matches_by_any_of_its_elements() {
    takes(json!({"resources": [{"suffix": "00000"}]}));
    leaves(json!({"resources": ["arn:other"]}));
}

#[test]
fn null_true_and_the_empty_string_are_values_like_others() {
    takes(json!({"detail": {"nothing": [null]}}));
    takes(json!({"detail": {"yes": [true]}}));
    leaves(json!({"detail": {"yes": ["true"]}}));
    takes(json!({"detail": {"empty": [""]}}));
    leaves(json!({"detail": {"nothing": [""]}}));
}

#[test]
fn numbers_are_compared_by_value() {
    takes(json!({"detail": {"c-count": [5.0]}}));
    takes(json!({"detail": {"x-limit": [3.018e2]}}));
    leaves(json!({"detail": {"c-count": ["5"]}}));
    let account: Value = json!({"a": 123_456_789_012_u64});
    assert_eq!(
        matches(&json!({"a": [123_456_789_012_u64]}), &account),
        Ok(true)
    );
}

#[test]
fn text_operators_look_at_both_ends_and_at_case() {
    takes(json!({"time": [{"prefix": "2017-10-02"}]}));
    takes(json!({"source": [{"suffix": "ec2"}]}));
    takes(json!({"source": [{"equals-ignore-case": "AWS.Ec2"}]}));
    takes(json!({"source": [{"prefix": {"equals-ignore-case": "AWS."}}]}));
    takes(json!({"source": [{"suffix": {"equals-ignore-case": "EC2"}}]}));
    leaves(json!({"source": [{"prefix": "AWS."}]}));
    leaves(json!({"detail": {"c-count": [{"prefix": "5"}]}}));
}

#[test]
fn a_wildcard_stands_for_any_number_of_characters() {
    takes(json!({"detail": {"path": [{"wildcard": "dir/*.png"}]}}));
    takes(json!({"detail": {"path": [{"wildcard": "*/lib/*"}]}}));
    takes(json!({"detail": {"path": [{"wildcard": "dir/lib/a.png*"}]}}));
    takes(json!({"detail": {"star": [{"wildcard": "a\\*b\\\\*"}]}}));
    leaves(json!({"detail": {"path": [{"wildcard": "dir/*.gif"}]}}));
    leaves(json!({"detail": {"path": [{"wildcard": "dir/\\*"}]}}));
}

#[test]
fn anything_but_takes_a_value_a_list_and_every_text_operator() {
    takes(json!({"detail": {"state": [{"anything-but": "initializing"}]}}));
    leaves(json!({"detail": {"state": [{"anything-but": ["stopped", "running"]}]}}));
    leaves(json!({"detail": {"c-count": [{"anything-but": [5, 6]}]}}));
    takes(json!({"detail": {"c-count": [{"anything-but": "5"}]}}));
    leaves(json!({"detail": {"state": [{"anything-but": {"prefix": ["x", "run"]}}]}}));
    takes(json!({"detail": {"state": [{"anything-but": {"suffix": ".png"}}]}}));
    leaves(json!({"detail": {"state": [{"anything-but": {"equals-ignore-case": "RUNNING"}}]}}));
    leaves(json!({"detail": {"path": [{"anything-but": {"wildcard": "*/lib/*"}}]}}));
}

#[test]
fn anything_but_needs_the_field_to_be_there() {
    leaves(json!({"detail": {"missing": [{"anything-but": "x"}]}}));
}

#[test]
fn numeric_ranges_are_open_or_closed_as_written() {
    takes(json!({"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}]}}));
    leaves(json!({"detail": {"c-count": [{"numeric": [">", 0, "<", 5]}]}}));
    leaves(json!({"detail": {"c-count": [{"numeric": [">", 5]}]}}));
    takes(json!({"detail": {"c-count": [{"numeric": [">=", 5]}]}}));
    takes(json!({"detail": {"x-limit": [{"numeric": ["=", 301.8]}]}}));
    leaves(json!({"detail": {"state": [{"numeric": ["<", 10]}]}}));
}

#[test]
fn a_cidr_takes_addresses_of_its_network_in_both_families() {
    takes(json!({"detail": {"source-ip": [{"cidr": "10.0.0.0/24"}]}}));
    takes(json!({"detail": {"source-ip": [{"cidr": "0.0.0.0/0"}]}}));
    leaves(json!({"detail": {"source-ip": [{"cidr": "10.0.0.0/27"}]}}));
    leaves(json!({"detail": {"source-ip": [{"cidr": "::/0"}]}}));
    let six = json!({"ip": "2001:db8::1"});
    assert_eq!(
        matches(&json!({"ip": [{"cidr": "2001:db8::/32"}]}), &six),
        Ok(true)
    );
}

#[test]
fn exists_looks_at_leaves_only() {
    takes(json!({"detail": {"c-count": [{"exists": true}]}}));
    leaves(json!({"detail": {"c-count": [{"exists": false}]}}));
    takes(json!({"detail": {"missing": [{"exists": false}]}}));
    leaves(json!({"detail": {"missing": [{"exists": true}]}}));
    takes(json!({"detail": {"missing": ["x", {"exists": false}]}}));
    takes(json!({"detail": [{"exists": false}]}));
    takes(json!({"detail": {"nothing": [{"exists": true}]}}));
}

#[test]
fn or_takes_any_branch_together_with_what_stands_beside_it() {
    let either = |source: &str| {
        json!({
            "source": [source],
            "detail": {"$or": [
                {"c-count": [{"numeric": [">", 100]}]},
                {"d-count": [3], "state": ["running"]}
            ]}
        })
    };
    takes(either("aws.ec2"));
    leaves(either("aws.s3"));
    leaves(json!({"$or": [{"source": ["a"]}, {"detail": {"state": ["b"]}}]}));
    takes(json!({
        "$or": [{"source": ["aws.ec2"]}, {"source": ["b"]}],
        "detail": {"$or": [{"state": ["x"]}, {"c-count": [5]}]}
    }));
}

#[test]
fn two_fields_must_not_come_from_different_elements_of_one_array() {
    let people = json!({"employees": [
        {"firstName": "John", "lastName": "Doe"},
        {"firstName": "Anna", "lastName": "Smith"},
        {"firstName": "Peter", "lastName": "Jones"}
    ]});
    let named = |first: &str, last: &str| {
        let pattern = json!({"employees": {"firstName": [first], "lastName": [last]}});
        matches(&pattern, &people)
    };
    assert_eq!(named("Anna", "Smith"), Ok(true));
    assert_eq!(named("Anna", "Jones"), Ok(false));
}

#[test]
fn a_bad_pattern_is_refused_with_its_reason() {
    refuses(json!([]), "Filter is not an object");
    refuses(json!({}), "Empty objects are not allowed");
    refuses(json!({"detail": {}}), "Empty objects are not allowed");
    refuses(
        json!({"source": "aws.ec2"}),
        "\"source\" must be an object or an array",
    );
    refuses(json!({"source": []}), "Empty arrays are not allowed");
    refuses(
        json!({"source": [[1]]}),
        "Match value must be String, number, true, false, or null",
    );
    refuses(
        json!({"source": [{"contains": "a"}]}),
        "Unrecognized match type contains",
    );
    refuses(
        json!({"source": [{"prefix": "a", "suffix": "b"}]}),
        "Only one key allowed in match expression",
    );
    refuses(
        json!({"source": [{"prefix": 1}]}),
        "prefix match pattern must be a string",
    );
    refuses(
        json!({"source": [{"prefix": {"wildcard": "a"}}]}),
        "Unsupported prefix pattern: wildcard",
    );
    refuses(
        json!({"source": [{"exists": "yes"}]}),
        "exists match pattern must be either true or false.",
    );
}

#[test]
fn a_bad_operand_is_refused_with_its_reason() {
    refuses(
        json!({"a": [{"anything-but": ["x", 1]}]}),
        "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
    refuses(
        json!({"a": [{"anything-but": [true]}]}),
        "Inside anything but list, start|null|boolean is not supported.",
    );
    refuses(
        json!({"a": [{"anything-but": {"numeric": ["=", 1]}}]}),
        "Unsupported anything-but pattern: numeric",
    );
    refuses(
        json!({"a": [{"anything-but": {"prefix": ""}}]}),
        "Null prefix/suffix not allowed",
    );
    refuses(
        json!({"a": [{"wildcard": "a**"}]}),
        "Consecutive wildcard characters at pos 1",
    );
    refuses(
        json!({"a": [{"wildcard": "a\\n"}]}),
        "Invalid escape character at pos 1",
    );
    refuses(
        json!({"a": [{"cidr": "10.0.0.0"}]}),
        "Malformed CIDR, one '/' required",
    );
    refuses(
        json!({"a": [{"cidr": "10.0.0.0/33"}]}),
        "Malformed CIDR, mask bits must not exceed the address",
    );
}

#[test]
fn a_bad_number_is_refused_with_its_reason() {
    refuses(
        json!({"a": [{"numeric": ["=", "1"]}]}),
        "Value of equals must be numeric",
    );
    refuses(
        json!({"a": [{"numeric": [">", 5, "<", 1]}]}),
        "Bottom must be less than top",
    );
    refuses(
        json!({"a": [{"numeric": ["<", 5, ">", 1]}]}),
        "Too many elements in numeric expression",
    );
    refuses(
        json!({"a": [{"numeric": ["!", 5]}]}),
        "Unrecognized numeric range operator: !",
    );
    refuses(
        json!({"a": [{"numeric": ["<", 5.1e9]}]}),
        "Value must be between -5.0E9 and 5.0E9, inclusive",
    );
}

#[test]
fn a_bad_or_is_refused_with_its_reason() {
    refuses(
        json!({"$or": [{"a": ["b"]}]}),
        "There must have at least 2 Objects in $or relationship.",
    );
    refuses(
        json!({"$or": [{"numeric": [123]}, {"a": ["abc"]}]}),
        "numeric is Ruler reserved fieldName which cannot be used inside $or.",
    );
    refuses(
        json!({"$or": {"a": ["b"]}}),
        "It must be an Array followed with $or.",
    );
}
