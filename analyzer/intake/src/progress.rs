//! Telling a waiting person how far the reading is.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Told about the progress of a scan, from several threads.
pub trait Progress: Sync {
    /// So many more bytes were read from the inputs.
    fn bytes(&self, count: u64);
    /// This member is being read.
    fn member(&self, path: &str);
    /// So many more objects were found.
    fn objects(&self, count: u64);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn bytes(&self, _: u64) {}
    fn member(&self, _: &str) {}
    fn objects(&self, _: u64) {}
}

/// A line on standard error. Make one only where that is a terminal.
#[derive(Debug)]
pub struct Bar {
    line: ProgressBar,
    objects: AtomicU64,
    member: Mutex<String>,
}

impl Bar {
    /// `total` is the size of all inputs in bytes, where it is known.
    pub fn new(total: Option<u64>) -> Self {
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "{bar:24} {binary_bytes}/{binary_total_bytes} {wide_msg}"),
            None => (ProgressBar::no_length(), "{spinner} {binary_bytes} {wide_msg}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { line: bar, objects: AtomicU64::new(0), member: Mutex::new(String::new()) }
    }

    /// Removes the line.
    pub fn finish(&self) {
        self.line.finish_and_clear();
    }

    fn show(&self) {
        let objects = self.objects.load(Ordering::Relaxed);
        let member = self.member.lock().map(|m| m.clone()).unwrap_or_default();
        self.line.set_message(format!("{objects} objects  {member}"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for Bar {
    fn bytes(&self, count: u64) {
        self.line.inc(count);
    }

    fn member(&self, path: &str) {
        if let Ok(mut member) = self.member.lock() {
            // Names come from the archive: nothing of them may steer the terminal.
            *member = path.chars().filter(|c| !c.is_control()).take(200).collect();
        }
        self.show();
    }

    fn objects(&self, count: u64) {
        self.objects.fetch_add(count, Ordering::Relaxed);
        self.show();
    }
}
