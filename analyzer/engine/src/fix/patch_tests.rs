use kubereach_model::field;
use kubereach_reports::report::{ConfigVerdict, ObjectRef};
use serde_json::{Value, json};

use super::super::prove::Proof;
use super::{Patch, Target};

fn service() -> Target {
    let object = ObjectRef {
        kind: "Service".to_owned(),
        namespace: Some("shop".to_owned()),
        name: "cart".to_owned(),
        group: None,
    };
    let whole = json!({
        "metadata": {"name": "cart"},
        "spec": {"selector": {"app": "crat", "a/b~c": "it's"}, "ports": [{"port": 80}]},
    });
    Target::new(object, whole, "shop").unwrap()
}

fn proof() -> Proof {
    let subject = service().object;
    Proof::of(vec![(subject, ConfigVerdict::Broken, ConfigVerdict::ConfigOk)])
}

#[test]
fn a_patch_tests_what_it_replaces() {
    let patch = service().replace(field!["spec", "selector", "app"], "cart").unwrap();
    let fix = patch.fix(&proof(), 3);
    let expected = json!([
        {"op": "test", "path": "/spec/selector/app", "value": "crat"},
        {"op": "replace", "path": "/spec/selector/app", "value": "cart"},
    ]);
    assert_eq!(serde_json::from_str::<Value>(&fix.patch).unwrap(), expected);
    assert_eq!(fix.diff, [" spec.selector:", "-  app: crat", "+  app: cart"]);
    assert_eq!(fix.effect(), "fixes 1 subject, changes no other");
    assert_eq!(patch.applied().unwrap().pointer("/spec/selector/app"), Some(&json!("cart")));
    assert!(fix.kubectl.starts_with("kubectl patch services cart -n shop --type=json -p '["), "{}", fix.kubectl);
}

#[test]
fn odd_keys_and_values_stay_one_word_of_the_command() {
    let patch = service().respell(&field!["spec", "selector"], ("a/b~c", "it's"), ("a/b~d", "it's")).unwrap();
    let fix = patch.fix(&proof(), 1);
    assert!(fix.kubectl.contains("/spec/selector/a~1b~0c"), "{}", fix.kubectl);
    assert!(fix.kubectl.contains(r"it'\''s"), "{}", fix.kubectl);
    assert_eq!(fix.diff, [" spec.selector:", "-  \"a/b~c\": \"it's\"", "+  \"a/b~d\": \"it's\""]);
}

#[test]
fn what_is_added_to_a_list_goes_to_its_end() {
    let patch = service().add(field!["spec", "ports", 1_usize], json!({"port": 81})).unwrap();
    assert!(patch.text().contains("/spec/ports/-"), "{}", patch.text());
    assert_eq!(patch.applied().unwrap().pointer("/spec/ports/1/port"), Some(&json!(81)));
    assert!(service().add(field!["spec", "selector", "app"], "cart").is_none(), "it is there");
    assert!(service().replace(field!["spec", "selector", "app"], "crat").is_none(), "it is so");
}

#[test]
fn what_cannot_be_named_to_a_shell_is_not_patched() {
    for name in ["a b", "-o", "", "A'; rm -rf ~"] {
        let object = ObjectRef { name: name.to_owned(), ..service().object };
        assert!(Target::new(object, json!({"metadata": {}}), "shop").is_none(), "{name}");
    }
    let secret = ObjectRef { kind: "Secret".to_owned(), ..service().object };
    assert!(Target::new(secret, json!({"metadata": {}}), "shop").is_none());
}

#[test]
fn a_new_object_is_written_as_yaml() {
    let object = ObjectRef { kind: "ReferenceGrant".to_owned(), ..service().object };
    let whole = json!({"apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant",
        "metadata": {"name": "cart", "namespace": "shop"}, "spec": {"to": [{"group": "", "kind": "Service"}]}});
    let fix = Patch::create(object, whole, "Create it.".to_owned()).unwrap().fix(&proof(), 1);
    let expected = "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata:\n  name: cart\n  \
                    namespace: shop\nspec:\n  to:\n  - group: \"\"\n    kind: Service\n";
    assert_eq!(fix.patch, expected);
    assert!(fix.kubectl.ends_with("| kubectl apply -f -"), "{}", fix.kubectl);
}
