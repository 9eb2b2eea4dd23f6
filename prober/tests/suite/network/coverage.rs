//! Every class of the table is measured by a test in these namespaces, or says why it cannot be.

use std::collections::BTreeMap;

use kubereach_prober::class::Class;

/// The tests, file by file.
const TESTS: &[(&str, &str)] = &[
    ("answers", include_str!("answers.rs")),
    ("filters", include_str!("filters.rs")),
    ("guards", include_str!("guards.rs")),
    ("handshakes", include_str!("handshakes.rs")),
    ("names", include_str!("names.rs")),
    ("routes", include_str!("routes.rs")),
];

/// Class and test that measures it, `file::function`.
const MEASURED: &str = "
norun.deadline answers::what_the_limits_leave_out_is_not_tested
norun.no-resolver names::servers_that_do_not_answer_are_told_apart
norun.guard guards::a_metadata_service_is_asked_only_where_the_operator_names_it
norun.protocol names::datagrams_are_answered_refused_or_inconclusive
norun.local-stack routes::what_this_machine_itself_cannot_send_is_not_tested
norun.vantage answers::every_answer_of_a_real_server_has_its_class
norun.target answers::every_answer_of_a_real_server_has_its_class
norun.limit answers::what_the_limits_leave_out_is_not_tested
dns.ok names::every_answer_of_a_real_server_has_its_class
dns.slow names::a_slow_server_is_slow_not_down
dns.partial names::servers_that_do_not_answer_are_told_apart
dns.bad-answer names::every_answer_of_a_real_server_has_its_class
dns.truncated-no-tcp names::servers_that_do_not_answer_are_told_apart
dns.nxdomain names::every_answer_of_a_real_server_has_its_class
dns.nodata names::every_answer_of_a_real_server_has_its_class
dns.servfail names::every_answer_of_a_real_server_has_its_class
dns.refused-rcode names::every_answer_of_a_real_server_has_its_class
dns.timeout names::servers_that_do_not_answer_are_told_apart
dns.port-unreachable names::servers_that_do_not_answer_are_told_apart
dns.error names::servers_that_do_not_answer_are_told_apart
tcp.ok filters::accepting_is_not_answering
tcp.intercepted filters::a_proxy_in_the_probers_own_pod_is_noticed
tcp.refused filters::every_kind_of_no_has_its_class
tcp.timeout filters::every_kind_of_no_has_its_class
tcp.host-unreachable routes::a_neighbour_that_is_gone_is_unreachable
tcp.net-unreachable routes::a_router_that_rejects_and_one_that_drops_are_told_apart
tcp.reset filters::every_kind_of_no_has_its_class
tcp.error filters::every_kind_of_no_has_its_class
tls.ok handshakes::every_certificate_of_a_real_server_has_its_class
tls.unjudged handshakes::every_certificate_of_a_real_server_has_its_class
tls.untrusted handshakes::every_certificate_of_a_real_server_has_its_class
tls.self-signed handshakes::every_certificate_of_a_real_server_has_its_class
tls.expired handshakes::every_certificate_of_a_real_server_has_its_class
tls.not-yet-valid handshakes::every_certificate_of_a_real_server_has_its_class
tls.wrong-name handshakes::every_certificate_of_a_real_server_has_its_class
tls.default-cert handshakes::every_certificate_of_a_real_server_has_its_class
tls.bad-cert handshakes::every_way_a_handshake_fails_has_its_class
tls.not-tls handshakes::every_way_a_handshake_fails_has_its_class
tls.client-limit handshakes::every_way_a_handshake_fails_has_its_class
tls.client-cert-required handshakes::every_way_a_handshake_fails_has_its_class
tls.unrecognized-name handshakes::every_way_a_handshake_fails_has_its_class
tls.no-application-protocol handshakes::every_way_a_handshake_fails_has_its_class
tls.alert handshakes::every_way_a_handshake_fails_has_its_class
tls.reset handshakes::every_way_a_handshake_fails_has_its_class
tls.silent filters::large_packets_that_vanish_leave_a_silent_handshake
tls.error handshakes::every_way_a_handshake_fails_has_its_class
http.ok filters::a_lost_packet_is_neither_a_refusal_nor_silence
http.expected answers::every_answer_of_a_real_server_has_its_class
http.unexpected answers::every_answer_of_a_real_server_has_its_class
http.informational answers::servers_that_misbehave_are_told_apart
http.redirect guards::a_metadata_service_is_asked_only_where_the_operator_names_it
http.wrong-scheme answers::every_answer_of_a_real_server_has_its_class
http.auth answers::every_answer_of_a_real_server_has_its_class
http.not-found answers::every_answer_of_a_real_server_has_its_class
http.no-route answers::every_answer_of_a_real_server_has_its_class
http.method answers::every_answer_of_a_real_server_has_its_class
http.misdirected answers::every_answer_of_a_real_server_has_its_class
http.upgrade answers::every_answer_of_a_real_server_has_its_class
http.rate-limited answers::every_answer_of_a_real_server_has_its_class
http.client-error answers::every_answer_of_a_real_server_has_its_class
http.app-error answers::every_answer_of_a_real_server_has_its_class
http.no-upstream answers::every_answer_of_a_real_server_has_its_class
http.bad-gateway answers::every_answer_of_a_real_server_has_its_class
http.gateway-timeout answers::every_answer_of_a_real_server_has_its_class
http.malformed answers::servers_that_misbehave_are_told_apart
http.too-large answers::every_answer_of_a_real_server_has_its_class
http.not-http answers::servers_that_misbehave_are_told_apart
http.other-version answers::servers_that_misbehave_are_told_apart
http.reset answers::servers_that_misbehave_are_told_apart
http.incomplete answers::servers_that_misbehave_are_told_apart
http.silent filters::accepting_is_not_answering
http.stream answers::servers_that_misbehave_are_told_apart
grpc.serving answers::every_answer_of_the_health_service_has_its_class
grpc.not-serving answers::every_answer_of_the_health_service_has_its_class
grpc.service-unknown answers::every_answer_of_the_health_service_has_its_class
grpc.unimplemented answers::every_answer_of_the_health_service_has_its_class
grpc.denied answers::every_answer_of_the_health_service_has_its_class
grpc.unavailable answers::every_answer_of_the_health_service_has_its_class
grpc.status answers::every_answer_of_the_health_service_has_its_class
grpc.not-grpc answers::every_answer_of_the_health_service_has_its_class
udp.answered names::datagrams_are_answered_refused_or_inconclusive
udp.refused names::datagrams_are_answered_refused_or_inconclusive
udp.silent names::datagrams_are_answered_refused_or_inconclusive
";

/// Said of a Job by whoever started it, before or after the program ran: nothing the program measures.
const OF_THE_JOB: &str = "said of the Job by whoever runs it, not by the program";

/// Classes that no network of ours can bring about, with the reason.
const UNMEASURED: &[(&str, &str)] = &[
    ("norun.rbac", OF_THE_JOB),
    ("norun.admission", OF_THE_JOB),
    ("norun.quota", OF_THE_JOB),
    ("norun.unschedulable", OF_THE_JOB),
    ("norun.image", OF_THE_JOB),
    ("norun.container", "said of the Job, and of a target at which the program itself panicked: none is known"),
    ("norun.sandbox", OF_THE_JOB),
    ("norun.mesh-init", OF_THE_JOB),
    ("norun.result-lost", "said of a log by its reader: see the tests of the envelope"),
    ("norun.version", "a plan of a later version is refused whole with exit code 2: see the tests of the program"),
    ("dns.malformed", "no name server sends damaged messages: see what_is_no_dns_message_is_told_from_silence"),
    ("tcp.not-permitted", "EPERM comes from a CNI's eBPF hook at connect(2); its number is tested in src/probe/tcp.rs"),
];

/// The body of a function, up to its closing brace at the beginning of a line.
fn body<'a>(source: &'a str, function: &str) -> Option<&'a str> {
    let start = source.find(&format!("fn {function}()"))?;
    let rest = &source[start..];
    rest.find("\n}").map(|end| &rest[..end])
}

#[test]
fn every_class_is_measured_or_says_why_it_cannot_be() {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in MEASURED.trim().lines() {
        let (class, place) = line.split_once(' ').expect(line);
        let (file, function) = place.split_once("::").expect(line);
        let source = TESTS.iter().find(|(name, _)| *name == file).expect(line).1;
        let body = body(source, function).unwrap_or_else(|| panic!("{line}: no such test"));
        assert!(body.contains(class), "{place} does not measure {class}");
        places.entry(class).or_default().push(place.to_owned());
    }
    for (class, why) in UNMEASURED {
        places.entry(class).or_default().push((*why).to_owned());
    }
    for class in Class::ALL {
        let found = places.remove(class.word()).unwrap_or_default();
        assert_eq!(found.len(), 1, "{class} is neither measured nor excused, or both: {found:?}");
    }
    assert!(places.is_empty(), "no such class: {places:?}");
}
