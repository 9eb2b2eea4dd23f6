//! What a client gets, in one line for people.

use super::data::{Answer, BackendRow, Word};

impl Answer {
    /// The client's answer in one line.
    pub fn line(&self) -> String {
        let status: Vec<String> = self.status.iter().map(ToString::to_string).collect();
        let status = status.join(" or ");
        match self.answer {
            Word::Backend => {
                let names: Vec<String> = self.backends.iter().filter(|b| b.weight > 0).map(BackendRow::title).collect();
                let part =
                    if status.is_empty() { String::new() } else { format!("; a part of the requests gets {status}") };
                format!("an application answers: {}{part}", names.join(", "))
            }
            Word::Redirect => match &self.redirect {
                Some(to) => format!("{} to {}", to.status, to.location()),
                None => format!("{status} elsewhere"),
            },
            Word::Response if status.is_empty() => "the door answers by itself".to_owned(),
            Word::Response => format!("the door answers {status}"),
            Word::Refused => "no connection: refused, silent, or no TLS".to_owned(),
            Word::Unknown => "cannot be told".to_owned(),
        }
    }
}

impl BackendRow {
    /// `Service shop/web:80`, with its state where it is not open.
    pub fn title(&self) -> String {
        let port = match &self.port {
            Some(serde_json::Value::String(name)) => format!(":{name}"),
            Some(port) => format!(":{port}"),
            None => String::new(),
        };
        let state = if self.config == "open" { String::new() } else { format!(" ({})", self.config) };
        format!("{} {}/{}{port}{state}", self.kind, self.namespace, self.name)
    }
}
