//! The example of `docs/mcp.md` is what the server said.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::shop;

const BEGIN: &str =
    "<!-- the conversation: KUBEREACH_BLESS=1 cargo test -p kubereach --test suite conversation writes it -->\n";
const END: &str = "<!-- the end of the conversation -->\n";

/// One step: what is said, or what is called, with the parts of the answer that are shown.
enum Step {
    Person(&'static str),
    Assistant(&'static str, &'static [(&'static str, &'static str)]),
    Call(&'static str, Value, &'static [&'static str]),
}

fn steps() -> Vec<Step> {
    use Step::{Assistant, Call, Person};
    vec![
        Person("Customers cannot check out at shop.example. What is wrong?"),
        Call(
            "request",
            json!({"url": "https://shop.example/cart"}),
            &["/hops/0/answer", "/hops/0/status", "/hops/0/door", "/hops/0/because/0/says"],
        ),
        Call(
            "diagnose",
            json!({"kind": "Service", "namespace": "shop", "name": "cart"}),
            &["/verdict", "/says", "/why", "/broken_at", "/next"],
        ),
        Assistant(
            "The Ingress answers 503 for /cart: none of the two pods of Service cart is ready. Their container was killed for lack \
             of memory. Raise its memory limit, or find what it needs the memory for: the log of its last run is the place to \
             look, with the command above.",
            &[("/hops/0/status/0", "503"), ("/why", "killed for lack of memory")],
        ),
        Person("Is anything else down? And what about billing?"),
        Call(
            "overview",
            json!({"verdicts": ["degraded", "unknown"]}),
            &["/summary", "/subjects/0/says", "/subjects/1/says", "/subjects/2/says", "/subjects/2/why"],
        ),
        Assistant(
            "Search runs on one of two pods: the readiness probe of the other fails. Of billing nothing can be said: the collector \
             was not allowed to read its EndpointSlices. That is a gap in what was collected, not a fault of billing.",
            &[("/subjects/2/why", "permission refused")],
        ),
    ]
}

fn conversation() -> String {
    let mut client = shop();
    let mut text = String::new();
    let mut answers: Vec<Value> = Vec::new();
    for step in steps() {
        match step {
            Step::Person(words) => {
                let _ = write!(text, "**You:** {words}\n\n");
            }
            Step::Call(tool, arguments, shown) => {
                let answer = client.tool(tool, arguments.clone());
                let _ = write!(text, "`{tool}` {arguments}\n\n```\n");
                for place in shown {
                    let there = answer.pointer(place).unwrap_or_else(|| panic!("{tool}: no {place} in {answer:#}"));
                    let there = there.as_str().map_or_else(|| there.to_string(), ToOwned::to_owned);
                    let _ = writeln!(text, "{}: {there}", place.trim_start_matches('/').replace('/', "."));
                }
                text.push_str("```\n\n");
                answers.push(answer);
            }
            Step::Assistant(words, facts) => {
                // What the assistant says rests on what it was told.
                for (place, part) in facts {
                    let holds =
                        |answer: &Value| answer.pointer(place).is_some_and(|there| there.to_string().contains(part));
                    assert!(answers.iter().any(holds), "nobody said {part} at {place}");
                }
                let _ = write!(text, "**Assistant:** {words}\n\n");
            }
        }
    }
    text
}

#[test]
fn the_example_conversation_is_a_real_one() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mcp.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    let said = format!("\n{}", conversation());
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&page, format!("{before}{BEGIN}{said}{END}{after}")).unwrap();
    } else {
        assert_eq!(written, said, "docs/mcp.md is not what the server says; run this test with KUBEREACH_BLESS=1");
    }
}
