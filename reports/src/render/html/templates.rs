//! The template engine: every value is escaped for HTML and made neutral, in one place.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Value, escape_formatter};

use crate::render::RenderError;
use crate::render::neutral::neutral;

/// The templates, by file name in `reports/templates/`.
const FILES: &[(&str, &str)] = &[
    ("open.html", include_str!("../../../templates/open.html")),
    ("bar.html", include_str!("../../../templates/bar.html")),
    ("change.html", include_str!("../../../templates/change.html")),
    ("causes.html", include_str!("../../../templates/causes.html")),
    ("cause.html", include_str!("../../../templates/cause.html")),
    ("browse.html", include_str!("../../../templates/browse.html")),
    ("chunk.html", include_str!("../../../templates/chunk.html")),
    ("row.html", include_str!("../../../templates/row.html")),
    ("between.html", include_str!("../../../templates/between.html")),
    ("fold.html", include_str!("../../../templates/fold.html")),
    ("folded.html", include_str!("../../../templates/folded.html")),
    ("subject.html", include_str!("../../../templates/subject.html")),
    ("picture.html", include_str!("../../../templates/picture.html")),
    ("drawing.html", include_str!("../../../templates/drawing.html")),
    ("paths.html", include_str!("../../../templates/paths.html")),
    ("asks.html", include_str!("../../../templates/asks.html")),
    ("finding.html", include_str!("../../../templates/finding.html")),
    ("request.html", include_str!("../../../templates/request.html")),
    ("close.html", include_str!("../../../templates/close.html")),
    ("coverage.html", include_str!("../../../templates/coverage.html")),
];

pub(super) struct Templates(Environment<'static>);

impl Templates {
    pub(super) fn new() -> Result<Self, RenderError> {
        let mut env = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        env.set_syntax(syntax.map_err(|error| failed("syntax", &error))?);
        env.set_auto_escape_callback(|_| AutoEscape::Html);
        // Safe strings are our own style and script; everything else is data.
        env.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if !value.is_safe() => escape_formatter(out, state, &Value::from(neutral(text).into_owned())),
            _ => escape_formatter(out, state, value),
        });
        for &(name, source) in FILES {
            env.add_template(name, source).map_err(|error| failed(name, &error))?;
        }
        Ok(Self(env))
    }

    pub(super) fn render(&self, name: &'static str, context: Value) -> Result<String, RenderError> {
        self.0.get_template(name).and_then(|template| template.render(context)).map_err(|error| failed(name, &error))
    }
}

fn failed(template: &'static str, error: &minijinja::Error) -> RenderError {
    RenderError::Template { template, detail: format!("{error:#}") }
}
