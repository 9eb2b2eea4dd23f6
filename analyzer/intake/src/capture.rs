//! What people and scripts leave around documents when they save what a terminal showed: prompts, commands, banners,
//! and output of kubectl that shows objects without their content.

/// What a line at the left margin is, when it belongs to no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// A prompt, a command, a banner: what follows was printed anew.
    Command,
    /// The head of a table of kubectl.
    Table,
}

/// Recognizes a line by itself.
pub(crate) fn lead(line: &[u8]) -> Option<Lead> {
    let line = line.trim_ascii_end();
    if is_table_head(line) {
        Some(Lead::Table)
    } else if is_command(line) || is_banner(line) {
        Some(Lead::Command)
    } else {
        None
    }
}

/// Programs that print objects.
const PROGRAMS: [&str; 6] = ["kubectl", "oc", "k", "microk8s", "k3s", "helm"];

/// A prompt with or without a command behind it, or a command by itself.
pub(crate) fn is_command(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let line = line.trim();
    if matches!(line, "exit" | "logout" | "$" | "#" | "%") {
        return true;
    }
    if line.starts_with("Script started on ")
        || line.starts_with("Script done on ")
        || line.starts_with("Unable to use a TTY")
        || line.starts_with("Defaulted container ")
    {
        return true;
    }
    // `[user@host ~]$`, `user@host:~$`, `root@host:/#`, `PS C:\\>`, `C:\\>`, `➜  ~`, `+` of `sh -x`.
    let (prompt, command) = match line.find(['$', '#', '%', '>', '➜', '❯']) {
        Some(at) => {
            let rest = line.get(at..).unwrap_or_default();
            let mark = rest.chars().next().map_or(0, char::len_utf8);
            (line.get(..at).unwrap_or_default(), rest.get(mark..).unwrap_or_default())
        }
        None => ("", line.strip_prefix("+ ").unwrap_or(line)),
    };
    let named = {
        let mut words =
            command.split_whitespace().skip_while(|word| matches!(*word, "sudo" | "~") || word.contains('='));
        words.next().is_some_and(|word| {
            PROGRAMS.contains(&word.rsplit(['/', '\\']).next().unwrap_or(word).trim_end_matches(".exe"))
        }) && words.next().is_some_and(|verb| {
            matches!(
                verb,
                "get"
                    | "describe"
                    | "cluster-info"
                    | "api-resources"
                    | "logs"
                    | "config"
                    | "version"
                    | "kubectl"
                    | "-n"
            ) || verb.starts_with("--")
        })
    };
    let behind_mark = command.is_empty() || command.starts_with(' ');
    let by_host = prompt.contains('@')
        && !prompt.contains(": ")
        && !prompt.contains(['"', '\'', '{', '='])
        && prompt.split_whitespace().count() <= 3;
    let bare = prompt.is_empty() && line.starts_with(['$', '%', '➜', '❯']) && command.starts_with(' ');
    let of_windows = (prompt.starts_with("PS ") || prompt.get(1..3) == Some(":\\")) && line.contains('>');
    named || (behind_mark && by_host) || bare || of_windows
}

/// `==== services ====`, `-----pods-----`, `*** nodes ***`.
fn is_banner(line: &[u8]) -> bool {
    let Some(&mark) = line.first() else { return false };
    matches!(mark, b'=' | b'*' | b'-' | b'+')
        && line.get(..4).is_some_and(|start| start.iter().all(|&b| b == mark))
        && !line.starts_with(b"==== START logs")
}

/// `NAMESPACE   NAME   READY …`: words in capitals, the first of which kubectl begins its tables with.
pub(crate) fn is_table_head(line: &[u8]) -> bool {
    let named = [&b"NAME "[..], b"NAMESPACE ", b"LAST SEEN "].iter().any(|start| line.starts_with(start));
    named && !line.iter().any(u8::is_ascii_lowercase) && !line.contains(&b',') && line.len() < 1000
}

/// What a table of these columns would show, as kubectl names it.
pub(crate) fn table_of(head: &str) -> Option<&'static str> {
    const COLUMNS: [(&str, &str); 12] = [
        ("CLUSTER-IP", "services"),
        ("UP-TO-DATE   AVAILABLE", "deployments"),
        ("ADDRESSTYPE", "endpointslices"),
        ("ENDPOINTS", "endpoints"),
        ("HOSTS", "ingresses"),
        ("POD-SELECTOR", "networkpolicies"),
        ("ROLES", "nodes"),
        ("HOSTNAMES", "httproutes"),
        ("PROGRAMMED", "gateways"),
        ("RESTARTS", "pods"),
        ("COMPLETIONS", "jobs"),
        ("STATUS", "namespaces"),
    ];
    COLUMNS.iter().find(|(column, _)| head.contains(column)).map(|(_, resource)| *resource)
}

/// Text that shows objects without their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The table of `kubectl get`, wide or not.
    Table,
    /// The text of `kubectl describe`.
    Describe,
    /// What k9s saves of its screen.
    K9s,
}

impl Shown {
    /// What it is, in the words of a report.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Table => "table of kubectl get",
            Self::Describe => "text of kubectl describe",
            Self::K9s => "table of k9s",
        }
    }
}

/// Recognizes what a text shows by its first lines, and what kubectl calls the kind of it.
pub(crate) fn shown(text: &[u8]) -> Option<(Shown, Option<&'static str>)> {
    let mut lines = text.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let head = String::from_utf8_lossy(first);
    if is_table_head(first) {
        return Some((Shown::Table, table_of(&head)));
    }
    // Its screen in a file is CSV, and copied from the terminal it has a frame.
    let columns = ["NAMESPACE,NAME,", "NAME,", "NAMESPACE,"];
    if columns.iter().any(|start| head.starts_with(start)) && !first.iter().any(u8::is_ascii_lowercase) {
        return Some((Shown::K9s, table_of(&head)));
    }
    if head.starts_with(['┌', '│', '╭']) {
        let frame = std::iter::once(first).chain(lines.take(4)).map(String::from_utf8_lossy);
        let table = frame.map(|line| line.trim_matches(['│', ' ']).to_owned()).find(|l| l.starts_with("NAME"));
        return table.map(|line| (Shown::K9s, table_of(&line)));
    }
    let padded = |line: &[u8], key: &[u8]| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(b"  "));
    if padded(first, b"Name:") {
        let next: Vec<&[u8]> = lines.take(3).collect();
        let describes =
            next.iter().any(|line| [&b"Namespace:"[..], b"Labels:", b"Roles:"].iter().any(|key| padded(line, key)));
        return describes.then_some((Shown::Describe, None));
    }
    None
}

/// Whether a text begins as a saved terminal does: with a command, a banner or what shows objects.
pub(crate) fn leads_in(text: &[u8]) -> bool {
    let first = text.split(|&b| b == b'\n').next().unwrap_or_default();
    lead(first).is_some() || shown(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_commands_are_no_documents() {
        for line in [
            "[admin@bastion ~]$ kubectl get svc -n shop -o yaml",
            "[root@bastion ~]# exit",
            "user@host:~/dumps$ kubectl get pods -o yaml",
            "root@host:/# ls",
            "$ kubectl get all",
            "# oc get pods",
            "PS C:\\Users\\a> kubectl get pods -o yaml",
            "C:\\dumps>kubectl get pods",
            "➜  ~ kubectl get pods",
            "+ kubectl get pods -o yaml",
            "kubectl -n shop get pods -o yaml",
            "sudo k3s kubectl get pods",
            "==== services ====",
            "exit",
            "$ ls -l",
        ] {
            assert_eq!(lead(line.as_bytes()), Some(Lead::Command), "{line}");
        }
        for line in [
            "apiVersion: v1",
            "kind: List",
            "items:",
            "- apiVersion: v1",
            "  command: kubectl get pods",
            "description: mail a@b.example # not a prompt",
            "kubectl: /usr/bin/kubectl",
            "---",
            "{",
            "{\"mail\":\"a@b.example $ x\"}",
            "%YAML 1.2",
            "[]",
            "NAME: web",
        ] {
            assert_eq!(lead(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn tables_and_descriptions_are_told_apart() {
        for (text, expected) in [
            ("NAME   TYPE   CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n", Some((Shown::Table, Some("services")))),
            (
                "NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE   IP   NODE   NOMINATED NODE\n",
                Some((Shown::Table, Some("pods"))),
            ),
            ("NAMESPACE,NAME,PF,READY,STATUS,RESTARTS,CPU\nshop,web,1/1\n", Some((Shown::K9s, Some("pods")))),
            ("┌─── Pods(all)[9] ───┐\n│ NAMESPACE   NAME   READY   RESTARTS │\n", Some((Shown::K9s, Some("pods")))),
            ("Name:         web\nNamespace:    shop\n", Some((Shown::Describe, None))),
            ("Name: web\nAge: 3\n", None),
            ("name: web\n", None),
        ] {
            assert_eq!(shown(text.as_bytes()), expected, "{text}");
        }
    }
}
