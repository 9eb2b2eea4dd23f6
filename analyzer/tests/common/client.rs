//! A client of `kubereach mcp` over standard input and output, as assistants start it.
#![allow(dead_code, reason = "each program of tests uses its own part")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The version of the protocol that it speaks.
pub(crate) const VERSION: &str = "2025-11-25";

/// What a person answers when the server asks.
pub(crate) type Person = Box<dyn FnMut(&Value) -> Value + Send>;

/// A running server, and what it said without being asked.
pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: u64,
    pub(crate) notes: Vec<Value>,
    person: Option<Person>,
}

impl Client {
    /// Starts a server and shakes hands.
    pub(crate) fn start(command: Command) -> Self {
        Self::with_person(command, None)
    }

    /// The same for a client behind which a person can be asked.
    pub(crate) fn with_person(command: Command, person: Option<Person>) -> Self {
        let mut client = Self::spawn(command);
        let capabilities = if person.is_some() { json!({"elicitation": {"form": {}}}) } else { json!({}) };
        client.person = person;
        let hello = json!({"protocolVersion": VERSION, "capabilities": capabilities,
            "clientInfo": {"name": "test", "version": "1"}});
        let answer = client.ask("initialize", hello);
        assert_eq!(answer["result"]["protocolVersion"], VERSION, "{answer:#}");
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    /// A server that nobody has spoken to.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it has an output"));
        Self { child, input, output, next: 0, notes: Vec::new(), person: None }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn raw(&mut self, line: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(line).and_then(|()| input.write_all(b"\n")).and_then(|()| input.flush()).expect("it reads");
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.raw(message.to_string().as_bytes());
    }

    /// The next message of the server.
    pub(crate) fn receive(&mut self) -> Value {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).expect("it writes");
        assert!(read > 0, "the server ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    pub(crate) fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    pub(crate) fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.receive();
            if message.get("method").is_some() {
                if let Some(asked) = message.get("id") {
                    let result = self.person.as_mut().map_or_else(|| json!({}), |person| person(&message["params"]));
                    let answer = json!({"jsonrpc": "2.0", "id": asked, "result": result});
                    self.send(&answer);
                }
                self.notes.push(message);
            } else if message["id"] == id {
                return message;
            } else {
                panic!("an answer to nobody's question: {message}");
            }
        }
    }

    /// Calls a tool: its whole result.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let mut answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        assert!(answer.get("error").is_none(), "{tool}: {answer:#}");
        answer["result"].take()
    }

    /// Calls a tool: its structured content, which its text repeats.
    pub(crate) fn tool(&mut self, tool: &str, arguments: Value) -> Value {
        let mut result = self.call(tool, arguments);
        assert_ne!(result["isError"], true, "{tool}: {result:#}");
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"], "{tool}: the text is of the same");
        result["structuredContent"].take()
    }

    /// Calls a tool that refuses: why.
    pub(crate) fn refused(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{tool}: {result:#}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Closes its input and waits for its end.
    pub(crate) fn end(mut self) -> i32 {
        drop(self.input.take());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
