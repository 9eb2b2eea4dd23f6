//! What to ask for, in one message: a block with a button that copies it.

use minijinja::{Value, context};

use crate::render::audience::{self, Audience};
use crate::render::neutral::neutral_command;
use crate::report::Report;

pub(super) fn context(report: &Report, audience: Audience) -> Value {
    if audience == Audience::Operator {
        return Value::UNDEFINED;
    }
    let (commands, more) = audience::asks(report);
    let commands: Vec<String> = commands.into_iter().map(|command| neutral_command(command).into_owned()).collect();
    context! {
        title => audience::TITLE,
        please => audience::PLEASE,
        asks => commands,
        more => audience::more(more),
    }
}
