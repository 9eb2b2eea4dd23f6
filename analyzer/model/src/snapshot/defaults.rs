//! How API-server defaults are filled in; which ones stands beside each type.

use super::model::lenient::List;

/// Fills in a text that is empty.
pub(super) fn default_text(text: &mut String, default: &str) {
    if text.is_empty() {
        default.clone_into(text);
    }
}

/// Fills in a text that is missing or empty.
pub(super) fn default_option(text: &mut Option<String>, default: &str) {
    if text.as_deref().unwrap_or_default().is_empty() {
        *text = Some(default.to_owned());
    }
}

/// Changes each item of a list.
pub(super) fn each<T: Clone>(list: &mut List<T>, mut change: impl FnMut(&mut T)) {
    if !list.is_empty() {
        let mut items = list.to_vec();
        items.iter_mut().for_each(&mut change);
        *list = items.into();
    }
}
