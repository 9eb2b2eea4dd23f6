//! Every file of the shared truth is read without a problem.

use std::path::Path;

use kubereach_intake::{Content, InputSpec, Limits};

use crate::kit::scan_all;

#[test]
fn every_file_of_the_truth_is_read_without_a_problem() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/truth");
    if !root.is_dir() {
        eprintln!("SKIPPED: {} is absent", root.display());
        return;
    }
    let mut total = 0;
    for folder in std::fs::read_dir(&root).unwrap() {
        let path = folder.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let input = scan_all(&[InputSpec::Path(path.clone())], &Limits::default(), None).inputs.remove(0);
        let mut objects = 0;
        let mut others = 0;
        for member in &input.members {
            match &member.content {
                Content::Documents(docs) => {
                    objects += docs.objects.len();
                    others += docs.others;
                    assert!(docs.errors.is_empty(), "{}: {:?}", member.path, docs.errors);
                    for object in &docs.objects {
                        assert!(object.value.value.is_ok(), "{}: {:?}", member.path, object.value);
                    }
                }
                // A symbolic link that a download turned into a file.
                Content::Text(text) => assert!(text.starts_with("../"), "{}: {text}", member.path),
                _ => {}
            }
        }
        println!(
            "{}: {} files, {objects} objects, {others} other documents, {} skipped",
            path.file_name().unwrap().to_string_lossy(),
            input.members.len(),
            input.skipped
        );
        assert_eq!(input.problems, [], "{}", path.display());
        total += objects;
    }
    println!("{total} objects in all");
    assert!(total > 10_000, "{total}");
}
