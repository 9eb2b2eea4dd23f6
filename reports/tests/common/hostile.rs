//! Names that somebody chose to hurt the reader of a report.

/// Each must stay text in every format.
pub const NAMES: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "](javascript:alert(3))",
    "[click](https://evil.example)",
    "\u{1b}]8;;http://evil\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}[2J\u{1b}[31mred",
    "invoice\u{202e}gpj.exe",
    "zero\u{200b}width",
    "`code` ``and`` ```more```",
    "a | b | c",
    "@everyone and @kubereach/owners see #1 and GH-2",
    "line one\n\n# line two\n</details>",
    "{{ 7*7 }}{% raw %}",
    "--> <!-- </style></title></textarea>",
    "'; drop table pods; --",
    "&lt;b&gt; &amp; &#x3c;",
    "**bold** __bold__ ~~gone~~ $x$ <https://evil.example> https://evil.example www.evil.example",
];
