//! What goes over the wire, word by word.

use serde_json::{Value, json};

use super::{Client, bundle, server, shop};

/// Both sides of a conversation, readable: results without what is there twice.
fn told(steps: &[(&str, Value)]) -> String {
    use std::fmt::Write as _;
    let mut client = shop();
    let mut text = String::new();
    for (method, params) in steps {
        let mut answer = client.ask(method, params.clone());
        for note in client.notes.drain(..) {
            let _ = writeln!(text, "<- {note:#}");
        }
        if let Some(content) = answer.pointer_mut("/result/content/0/text") {
            // The text repeats the structured content, where there is one.
            if serde_json::from_str::<Value>(content.as_str().unwrap()).is_ok_and(|value| !value["error"].is_string()) {
                *content = json!("(the same)");
            }
        }
        answer.as_object_mut().unwrap().remove("jsonrpc");
        let _ = writeln!(text, "-> {method} {params}\n<- {answer:#}\n");
    }
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn what_the_server_offers() {
    let offers = ["tools/list", "resources/list", "resources/templates/list", "prompts/list"];
    insta::assert_snapshot!(told(&offers.map(|method| (method, json!({})))));
}

#[test]
fn a_conversation_about_an_incident() {
    let call = |tool: &str, arguments: Value| ("tools/call", json!({"name": tool, "arguments": arguments}));
    let complete = |name: &str, value: &str| {
        let reference = json!({"type": "ref/prompt", "name": "why_unreachable"});
        (
            "completion/complete",
            json!({"ref": reference, "argument": {"name": name, "value": value}, "context": {"arguments": {"namespace": "shop"}}}),
        )
    };
    insta::assert_snapshot!(told(&[
        call("sources", json!({})),
        ("logging/setLevel", json!({"level": "info"})),
        call("overview", json!({"verdicts": ["broken", "unknown"]})),
        call("diagnose", json!({"kind": "Service", "namespace": "shop", "name": "cart"})),
        call("request", json!({"url": "https://shop.example/cart"})),
        call("diagnose", json!({"kind": "Pod", "namespace": "shop", "name": "cart"})),
        call("diagnose", json!({"kind": "Service", "nam": "cart"})),
        ("resources/read", json!({"uri": "kubereach://codes/service/no-ready-endpoints"})),
        (
            "prompts/get",
            json!({"name": "why_unreachable", "arguments": {"kind": "Service", "namespace": "shop", "name": "cart"}})
        ),
        ("prompts/get", json!({"name": "why_unreachable", "arguments": {}})),
        complete("name", "ca"),
        complete("kind", "gate"),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/resource", "uri": "kubereach://codes/{+code}"}, "argument": {"name": "code", "value": "out-of"}})
        ),
        ("tools/call", json!({"name": "nothing"})),
        ("resources/read", json!({"uri": "kubereach://nothing/report"})),
        ("ping", json!({})),
    ]));
}

#[test]
fn every_answer_is_as_its_schema_says_and_every_tool_says_what_it_does() {
    let mut client = shop();
    let listed = client.ask("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["sources", "overview", "diagnose", "request", "can_reach", "coverage", "explain", "plan"]);
    for tool in tools {
        let hints = &tool["annotations"];
        assert_eq!((&hints["readOnlyHint"], &hints["destructiveHint"]), (&json!(true), &json!(false)), "{tool:#}");
        assert_eq!((&hints["idempotentHint"], &hints["openWorldHint"]), (&json!(true), &json!(false)), "{tool:#}");
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{tool:#}");
        }
        // No tool takes a path, a context, an identity or an address of a cluster.
        let takes: Vec<&String> = tool["inputSchema"]["properties"].as_object().unwrap().keys().collect();
        const NEVER: [&str; 7] = ["file", "input", "kubeconfig", "context", "as", "server", "output"];
        assert!(!takes.iter().any(|name| NEVER.contains(&name.as_str())), "{takes:?}");
    }
    let schema = |name: &str| tools.iter().find(|tool| tool["name"] == name).unwrap()["outputSchema"].clone();
    let answers = [
        ("sources", json!({})),
        ("overview", json!({})),
        ("diagnose", json!({"kind": "Service", "namespace": "shop", "name": "cart"})),
        ("diagnose", json!({"kind": "Service", "namespace": "billing", "name": "invoices"})),
        ("diagnose", json!({"kind": "Service", "namespace": "shop", "name": "nothing"})),
        ("request", json!({"url": "https://shop.example/cart", "explain": true})),
        ("can_reach", json!({"from": "external", "to": "shop/service/web"})),
        ("coverage", json!({})),
        ("explain", json!({})),
        ("explain", json!({"code": "service/no-ready-endpoints"})),
        ("plan", json!({})),
    ];
    for (tool, arguments) in answers {
        let answer = client.tool(tool, arguments.clone());
        let mut wrong = Vec::new();
        conforms(&answer, &schema(tool), "", &mut wrong);
        assert!(wrong.is_empty(), "{tool} {arguments}: {wrong:#?}");
    }
}

/// What of a value is not as a schema says: types, required and known properties, words.
fn conforms(value: &Value, schema: &Value, place: &str, wrong: &mut Vec<String>) {
    if schema.as_bool() == Some(true) {
        return;
    }
    if let Some(any) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
        let fits = |one: &&Value| {
            let mut inner = Vec::new();
            conforms(value, one, place, &mut inner);
            inner.is_empty()
        };
        if any.iter().filter(fits).count() == 0 {
            wrong.push(format!("{place}: {value} is none of {any:?}"));
        }
        return;
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        wrong.push(format!("{place}: {value} is not among {words:?}"));
    }
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.contains(&is) {
        wrong.push(format!("{place}: {value} is no {types:?}"));
    }
    if let Value::Array(items) = value {
        items
            .iter()
            .enumerate()
            .for_each(|(at, item)| conforms(item, &schema["items"], &format!("{place}/{at}"), wrong));
    }
    if let (Value::Object(map), Some(properties)) = (value, schema.get("properties")) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(name) {
                wrong.push(format!("{place}: {name} is missing"));
            }
        }
        for (name, inner) in map {
            match properties.get(name) {
                Some(schema) => conforms(inner, schema, &format!("{place}/{name}"), wrong),
                None => wrong.push(format!("{place}: nobody knows {name}")),
            }
        }
    }
}

#[test]
fn two_sources_are_compared_and_each_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let service = |app: &str| {
        json!({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"app": app}, "ports": [{"port": 80}]}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web", "ports": [{"containerPort": 80}]}]}}}}]})
    };
    let files = ["monday.json", "tuesday.json"].map(|name| folder.path().join(name));
    std::fs::write(&files[0], service("web").to_string()).unwrap();
    std::fs::write(&files[1], service("wbe").to_string()).unwrap();
    let mut command = server(&files);
    command.arg("--assume-complete");
    let mut client = Client::start(command);
    let answer = client.tool("diff", json!({"before": "monday", "after": "tuesday"}));
    assert_eq!((&answer["counts"]["introduced"], &answer["counts"]["fixed"]), (&json!(1), &json!(0)), "{answer:#}");
    assert_eq!(answer["changes"][0]["introduced"][0]["code"], "service/selects-no-pod");
    let back = client.tool("diff", json!({"before": "tuesday", "after": "monday"}));
    assert_eq!(back["counts"]["fixed"], 1);
    assert!(client.refused("diff", json!({"before": "monday", "after": "monday"})).contains("same source"));
    assert!(
        client.refused("diff", json!({"before": "monday@before", "after": "tuesday"})).contains("nothing before it")
    );
    assert!(client.refused("overview", json!({"source": "tuesdy"})).contains("did you mean tuesday"));
    let other = client.tool("overview", json!({"source": "tuesday"}));
    assert_eq!(other["summary"]["broken"], 1);
    drop(client);
    // Together they are one source, of one cluster.
    let mut command = server(&[bundle()]);
    command.arg("--together").arg(&files[0]);
    let mut client = Client::start(command);
    assert_eq!(client.tool("sources", json!({}))["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn progress_is_told_to_whoever_asks_and_the_input_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let pod = |n: usize| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("p-{n}"), "namespace": "shop", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "web"}]}, "status": {"phase": "Running"}})
    };
    let items: Vec<Value> = (0..60_000).map(pod).collect();
    let file = folder.path().join("many.json");
    std::fs::write(&file, json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()).unwrap();
    let mut client = Client::start(server(&[file]));
    let asked = json!({"name": "overview", "arguments": {}, "_meta": {"progressToken": "p"}});
    let answer = client.ask("tools/call", asked);
    assert_eq!(answer["result"]["isError"], false);
    let mut last = 0.0;
    for note in &client.notes {
        assert_eq!(
            (&note["method"], &note["params"]["progressToken"]),
            (&json!("notifications/progress"), &json!("p"))
        );
        let now = note["params"]["progress"].as_f64().unwrap();
        assert!(now > last, "{note}");
        last = now;
    }
    // A machine that reads it within half a second has nothing to tell; the second call has nothing to read.
    client.notes.clear();
    client.ask("tools/call", json!({"name": "sources", "arguments": {}, "_meta": {"progressToken": "q"}}));
    assert!(client.notes.is_empty());
}

#[test]
fn a_call_that_nobody_wants_any_more_ends_and_the_next_is_answered() {
    let mut client = shop();
    let id = client.begin("tools/call", json!({"name": "overview", "arguments": {}}));
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id, "reason": "changed my mind"}}));
    let next = client.begin("tools/call", json!({"name": "overview", "arguments": {}}));
    // The first is answered only if it was done before it was cancelled.
    let mut answer = client.receive();
    if answer["id"] == id {
        answer = client.receive();
    }
    assert_eq!(answer["id"], next);
    assert_eq!(answer["result"]["structuredContent"]["summary"]["broken"], 1);
    assert_eq!(client.end(), 0);
}
