//! Foreign bytes from every side: no panic, no bomb, nothing that acts on a terminal.

use crate::common;
use kubereach_prober::answered_by::{Signals, who};
use kubereach_prober::class::{Class, http};
use kubereach_prober::envelope::{extract, wrap};
use kubereach_prober::text::table;
use kubereach_prober::words::Outcome;
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_answer_has_a_class_and_only_2xx_is_verified(
        status in any::<u16>(),
        server in "[a-z/0-9.-]{0,12}|envoy|istio-envoy|awselb/2.0",
        body in "\\PC{0,40}|no healthy upstream|default backend - 404|404 page not found",
    ) {
        let header = |name: &str| (name == "server").then_some(server.as_str());
        let by = who(&Signals { status, header: &header, body: &body });
        let class = http::class(status, by.as_ref(), http::wants_tls(status, &body));
        prop_assert_eq!(class.outcome() == Outcome::Verified, (200..300).contains(&status));
        // An answer never condemns: something did answer.
        prop_assert_ne!(class.outcome(), Outcome::Unreachable);
        prop_assert!(class.outcome() != Outcome::ServerError || status >= 400);
    }

    #[test]
    fn any_log_is_read_without_a_panic(log in "\\PC{0,300}", at in any::<prop::sample::Index>(), what in "\\PC{0,8}") {
        let _ = extract(&log);
        let whole = wrap(&common::observations()).unwrap();
        let mut at = at.index(whole.len());
        while !whole.is_char_boundary(at) {
            at -= 1;
        }
        let (before, after) = whole.split_at(at);
        for found in extract(&format!("{before}{what}{after}")).into_iter().flatten() {
            // What passes its digest is what was printed.
            prop_assert_eq!(found.observations, common::observations());
        }
    }

    #[test]
    fn no_text_of_a_row_reaches_the_terminal_unplained(text in "[\\x00-\\x1f\\x7f-\\u{9f}a-z]{0,30}") {
        let mut observations = common::observations();
        let mut row = common::row(&text, Class::TcpRefused);
        row.dial.clone_from(&text);
        row.reason.clone_from(&text);
        row.command.clone_from(&text);
        row.causes = vec![text.clone()];
        observations.vantage.pod = Some(text.clone());
        observations.started_at.clone_from(&text);
        observations.results = vec![row];
        let printed = table(&observations);
        prop_assert!(printed.chars().all(|c| c == '\n' || !c.is_control()), "{printed:?}");
    }
}
