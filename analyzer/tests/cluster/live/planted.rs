//! What lets somebody in is in no snapshot, and in nothing that is said of a live cluster.

use kubereach_intake::progress::Silent;
use kubereach_live::cluster::{self, Form, Pseudonyms};
use kubereach_testkit::planted::{found, planted};

use super::kit::{ask, target};
use crate::api::Cluster;
use crate::program::program;

#[test]
fn no_planted_secret_is_in_a_snapshot_or_in_a_live_report() {
    let planted = planted();
    let api = Cluster::new(planted.objects.clone()).start();
    for (name, pseudonyms) in [("folder", false), ("a.yaml", false), ("pseudo", true)] {
        let path = api.folder().join(name);
        let mut own = pseudonyms.then(|| Pseudonyms::new(Some("k")));
        let form = Form::of(&path).unwrap();
        cluster::snapshot(&target(&api, "admin"), &ask(), &path, form, own.as_mut(), Box::new(Silent)).unwrap();
        for entry in walkdir::WalkDir::new(&path).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file()) {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let found = found(&planted, &text);
            assert!(found.is_empty(), "{}: {found:?}", entry.path().display());
        }
    }
    let kubeconfig = api.kubeconfig("admin");
    for format in ["json", "text", "html"] {
        let arguments = ["check", "--live", "--format", format, "--kubeconfig"];
        let run = program().args(arguments).arg(&kubeconfig).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(said.contains("***HIDDEN***") || format != "json", "{said}");
        let found = found(&planted, &said);
        assert!(found.is_empty(), "{format}: {found:?}");
    }
}
