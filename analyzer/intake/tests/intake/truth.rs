//! Every file of the truth suites is read without a problem.

use kubereach_intake::{Content, InputSpec, Limits};

use crate::kit::scan_all;

#[test]
fn every_file_of_the_truth_is_read_without_a_problem() {
    let mut total = 0;
    for (name, path) in kubereach_testkit::truth::suites() {
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
            "{name}: {} files, {objects} objects, {others} other documents, {} skipped",
            input.members.len(),
            input.skipped
        );
        assert_eq!(input.problems, [], "{}", path.display());
        total += objects;
    }
    println!("{total} objects in all");
    assert!(total > 30_000, "{total}");
}
