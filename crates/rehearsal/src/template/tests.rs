use std::time::Duration;

use jiff::SignedDuration;

use super::*;

const TEMPLATE: &str = r#"
Parameters:
  DryRun: {Type: String, Default: 'false'}
  DefaultTimeZone: {Type: String, Default: Europe/Berlin}
Conditions:
  Careful: !Equals [!Ref DryRun, 'true']
  Bold: !Not [!Condition Careful]
Globals:
  Function:
    Timeout: 60
    MemorySize: 128
    Environment:
      Variables:
        LEDGER_TABLE: !Ref Ledger
        MODE: !If [Careful, dry, wet]
Resources:
  Ledger:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
  Pages:
    Type: AWS::SNS::Topic
  Extra:
    Type: AWS::SNS::Topic
    Condition: Careful
    Properties: {TopicName: extra, Subscription: [{Protocol: sms, Endpoint: '+491511234567'}]}
  PagesPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Pages]
      PolicyDocument: {Statement: [{Effect: Allow, Resource: !Ref Pages}]}
  PagesByEmail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Pages, Protocol: email, Endpoint: oncall@example.com}
  Monthly:
    Type: AWS::Budgets::Budget
    Properties:
      Budget: {BudgetName: monthly, BudgetLimit: {Amount: 10, Unit: USD}}
      NotificationsWithSubscribers:
        - Notification: {NotificationType: ACTUAL, Threshold: 80}
          Subscribers: [{SubscriptionType: SNS, Address: !Ref Pages}]
  OffHours:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${AWS::StackName}-off-hours
      Role: !GetAtt OffHoursRole.Arn
      Policies: [!ImportValue somewhere]
      CodeUri: target/lambda/off-hours/
      Timeout: 120
      ReservedConcurrentExecutions: 1
      Environment:
        Variables:
          TOPIC: !Ref Pages
          TABLE_ARN: !GetAtt Ledger.Arn
          TEXT: !Sub '${AWS::StackName} in ${AWS::Region}: ${Ledger.Arn} ${!Literal} ${Own}'
          PAIR: !Sub ['${a}-${AWS::AccountId}', {a: !Ref DefaultTimeZone}]
          LIMIT: 25
          GONE: !If [Bold, !Ref AWS::NoValue, here]
          Own: own
      Events:
        WhatFailed:
          Type: SQS
          Properties:
            Queue: !GetAtt DeadLetters.Arn
            BatchSize: 500
            MaximumBatchingWindowInSeconds: 1
            FunctionResponseTypes: [ReportBatchItemFailures]
        Switched: {Type: SQS, Properties: {Queue: !GetAtt DeadLetters.Arn, Enabled: false}}
        Alert: {Type: SNS, Properties: {Topic: !Ref Pages}}
  OffHoursRole:
    Type: AWS::IAM::Role
  DeadLetters:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Unpaged.Arn, maxReceiveCount: 5}
  Unpaged:
    Type: AWS::SQS::Queue
  Tick:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(5 minutes)
      Target:
        Arn: !GetAtt OffHours.Arn
        Input: '{"time":"<aws.scheduler.scheduled-time>"}'
  Changed:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.ecs], user: [{anything-but: [!Ref OffHoursRole]}]}
      Targets:
        - {Id: off-hours, Arn: !GetAtt OffHours.Arn}
  Retired:
    Type: AWS::Events::Rule
    Properties: {State: DISABLED, EventPattern: {source: [aws.ec2]}}
  Minutes:
    Type: AWS::Events::Rule
    Properties:
      State: DISABLED
      ScheduleExpression: rate(1 minute)
      Targets: [{Id: off-hours, Arn: !GetAtt OffHours.Arn}]
"#;

fn deployment() -> Deployment {
    Deployment {
        identity: Identity::default(),
        stack: "caretaker".to_owned(),
        overrides: BTreeMap::new(),
    }
}

fn read(change: (&str, &str)) -> Result<Template, Unusable> {
    Template::read(&TEMPLATE.replace(change.0, change.1), &deployment())
}

fn usable() -> Template {
    read(("${Own}", "")).unwrap()
}

#[test]
fn a_function_is_called_like_the_folder_of_its_binary() {
    let template = usable();
    let function = template.function("off-hours").unwrap();
    assert_eq!(function.code, Path::new("target/lambda/off-hours/"));
    assert_eq!(function.timeout, Duration::from_secs(120));
    assert_eq!(function.memory, 128);
    assert_eq!(function.reserved_concurrency, Some(1));
    assert_eq!(function.deployed_as, "caretaker-off-hours");
    assert_eq!(
        function.queues,
        [Source {
            queue: "arn:aws:sqs:eu-central-1:123456789012:caretaker-DeadLetters".to_owned(),
            batch_size: 500,
            window: Duration::from_secs(1),
            partial: true,
        }]
    );
}

#[test]
fn variables_are_what_cloudformation_would_make_of_them() {
    let template = usable();
    let variables = &template.function("off-hours").unwrap().variables;
    let expected = [
        ("LEDGER_TABLE", "caretaker-Ledger"),
        ("LIMIT", "25"),
        ("MODE", "wet"),
        ("Own", "own"),
        ("PAIR", "Europe/Berlin-123456789012"),
        (
            "TABLE_ARN",
            "arn:aws:dynamodb:eu-central-1:123456789012:table/caretaker-Ledger",
        ),
        (
            "TEXT",
            "caretaker in eu-central-1: arn:aws:dynamodb:eu-central-1:123456789012:table/caretaker-Ledger ${Literal} ",
        ),
        ("TOPIC", "arn:aws:sns:eu-central-1:123456789012:caretaker-Pages"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(*variables, BTreeMap::from(expected));
}

#[test]
fn rules_and_schedules_are_what_wakes_a_function() {
    let template = usable();
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:caretaker-off-hours";
    assert_eq!(template.function("off-hours").unwrap().arn, arn);
    assert_eq!(
        template.rules,
        [
            Rule {
                name: "caretaker-Changed".to_owned(),
                pattern: json!({"source": ["aws.ecs"], "user": [{"anything-but": ["off-hours"]}]}),
                schedule: None,
                enabled: true,
                targets: vec![json!({"Id": "off-hours", "Arn": arn})],
            },
            Rule {
                name: "caretaker-Retired".to_owned(),
                pattern: json!({"source": ["aws.ec2"]}),
                schedule: None,
                enabled: false,
                targets: vec![],
            },
            Rule {
                name: "caretaker-Minutes".to_owned(),
                pattern: Value::Null,
                schedule: Some("rate(1 minute)".to_owned()),
                enabled: false,
                targets: vec![json!({"Id": "off-hours", "Arn": arn})],
            },
        ]
    );
    assert_eq!(
        template.schedules,
        [Schedule {
            name: "caretaker-Tick".to_owned(),
            every: SignedDuration::from_mins(5),
            target: arn.to_owned(),
            input: json!({"time": "<aws.scheduler.scheduled-time>"}),
        }]
    );
}

#[test]
fn what_nobody_here_delivers_is_refused() {
    let refusal = |from: &str, to: &str| {
        let changed = TEMPLATE.replace("${Own}", "").replace(from, to);
        Template::read(&changed, &deployment())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refusal("Type: SQS", "Type: Kinesis"),
        "the template wakes a function by WhatFailed, which the rehearsal does not deliver"
    );
    assert_eq!(
        refusal("rate(1 minute)", "rate(1 fortnight)"),
        "the template has the schedule rate(1 fortnight); the rehearsal follows rates only"
    );
    assert_eq!(
        refusal("rate(5 minutes)", "cron(0 9 * * ? *)"),
        "the template has the schedule cron(0 9 * * ? *); the rehearsal follows rates only"
    );
}

#[test]
fn scheduler_s_own_event_is_delivered_where_the_target_has_no_input() {
    let template = TEMPLATE
        .replace("${Own}", "")
        .replace("        Input:", "        Other:");
    let template = Template::read(&template, &deployment()).unwrap();
    assert_eq!(template.schedules[0].input["source"], "aws.scheduler");
    assert_eq!(
        template.schedules[0].input["time"],
        "<aws.scheduler.scheduled-time>"
    );
}

#[test]
fn tables_and_topics_are_created_unless_their_condition_fails() {
    let template = usable();
    assert_eq!(template.topics, ["caretaker-Pages"]);
    assert_eq!(
        template.tables,
        [json!({
            "TableName": "caretaker-Ledger",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        })]
    );
}

#[test]
fn a_dead_letter_queue_is_created_before_the_one_that_it_serves() {
    let unpaged = "arn:aws:sqs:eu-central-1:123456789012:caretaker-Unpaged";
    let policy = json!({"deadLetterTargetArn": unpaged, "maxReceiveCount": 5});
    assert_eq!(
        usable().queues,
        [
            json!({"QueueName": "caretaker-Unpaged", "Attributes": {}}),
            json!({
                "QueueName": "caretaker-DeadLetters",
                "Attributes": {
                    "VisibilityTimeout": "180",
                    "RedrivePolicy": policy.to_string(),
                },
            }),
        ]
    );
}

#[test]
fn topics_have_subscribers_and_policies() {
    let template = usable();
    let topic = "arn:aws:sns:eu-central-1:123456789012:caretaker-Pages";
    let function = "arn:aws:lambda:eu-central-1:123456789012:function:caretaker-off-hours";
    let subscribe = |protocol: &str, endpoint: &str| json!({"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint});
    assert_eq!(template.function("off-hours").unwrap().topics, [topic]);
    assert_eq!(
        template.subscriptions,
        [
            subscribe("email", "oncall@example.com"),
            subscribe("lambda", function)
        ]
    );
    let policy = json!({"Statement": [{"Effect": "Allow", "Resource": topic}]});
    assert_eq!(
        template.policies,
        [json!({
            "TopicArn": topic,
            "AttributeName": "Policy",
            "AttributeValue": policy.to_string(),
        })]
    );
}

#[test]
fn a_budget_is_what_the_api_would_be_asked_for() {
    let topic = "arn:aws:sns:eu-central-1:123456789012:caretaker-Pages";
    assert_eq!(
        usable().budgets,
        [json!({
            "AccountId": "123456789012",
            "Budget": {"BudgetName": "monthly", "BudgetLimit": {"Amount": "10", "Unit": "USD"}},
            "NotificationsWithSubscribers": [{
                "Notification": {"NotificationType": "ACTUAL", "Threshold": 80},
                "Subscribers": [{"SubscriptionType": "SNS", "Address": topic}],
            }],
        })]
    );
}

#[test]
fn a_threshold_that_stands_in_a_parameter_is_a_number_all_the_same() {
    let template = TEMPLATE
        .replace("${Own}", "")
        .replace("Threshold: 80", "Threshold: '82.5'");
    let template = Template::read(&template, &deployment()).unwrap();
    let [budget] = template.budgets.as_slice() else {
        panic!("one budget");
    };
    let notification = &budget["NotificationsWithSubscribers"][0]["Notification"];
    assert_eq!(notification["Threshold"], json!(82.5));
}

#[test]
fn an_overridden_parameter_turns_its_conditions() {
    let mut careful = deployment();
    careful
        .overrides
        .insert("DryRun".to_owned(), "true".to_owned());
    let template = Template::read(&TEMPLATE.replace("${Own}", ""), &careful).unwrap();
    let variables = &template.function("off-hours").unwrap().variables;
    assert_eq!(
        (variables["MODE"].as_str(), variables["GONE"].as_str()),
        ("dry", "here")
    );
    assert_eq!(template.topics, ["caretaker-Pages", "extra"]);
    assert_eq!(template.subscriptions.len(), 3);
}

#[test]
fn what_is_not_known_is_named() {
    let refusal = |change| read(change).unwrap_err().to_string();
    assert_eq!(
        refusal(("", "")),
        "the template refers to Own, which is not known"
    );
    assert_eq!(
        refusal(("!GetAtt Ledger.Arn", "!GetAtt Ledger.Colour")),
        "the template refers to Ledger.Colour, which is not known"
    );
    assert_eq!(
        refusal(("!GetAtt Ledger.Arn", "!ImportValue other")),
        "the template uses Fn::ImportValue, which the rehearsal does not work out"
    );
    let mut mistyped = deployment();
    mistyped
        .overrides
        .insert("DryRnu".to_owned(), "true".to_owned());
    assert_eq!(
        Template::read(TEMPLATE, &mistyped).unwrap_err().to_string(),
        "the template refers to the parameter DryRnu, which is not known"
    );
}
