'use strict';
// Answers a URL from the table in this page, as the program does; where the table does not decide, it says so.
(() => {
  const form = document.getElementById('request');
  const data = JSON.parse(document.getElementById('request-data').textContent);
  const list = document.getElementById('request-notes');
  const ports = new Map([['http', '80'], ['https', '443']]);
  const undecided = (line) => ({ word: 'unknown', line, notes: [] });

  // scheme, host, port, path and query; a scheme that is not given is http.
  const parse = (text) => {
    const [, scheme = 'http', authority = '', path = '', query = ''] =
      /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(text.trim()) ?? [];
    const place = authority.slice(authority.lastIndexOf('@') + 1);
    const [, host, port] = /^([^:[\]]*)(?::([0-9]*))?$/.exec(place) ?? [];
    return { scheme: scheme.toLowerCase(), host: host?.replace(/\.+$/, '').toLowerCase(), port, path: path || '/', query };
  };

  // The host itself, or the longest wildcard above it.
  const known = (host) => {
    if (Object.hasOwn(data.hosts, host)) return data.hosts[host];
    if (data.left) return null;
    const labels = host.split('.');
    for (let i = 1; i < labels.length; i++) {
      const key = `${i === 1 ? '*' : '**'}.${labels.slice(i).join('.')}`;
      if (labels[i - 1] && Object.hasOwn(data.hosts, key)) return data.hosts[key];
    }
    return null;
  };

  const place = (to, url, behind) => {
    const path = to.path === 'same' ? url.path : to.path.is ?? to.path.before + behind;
    return `${to.scheme}:${'/'.repeat(2)}${to.host ?? url.host}${to.port ? `:${to.port}` : ''}${path}`;
  };

  const decide = (text) => {
    const url = parse(text);
    if (!url.host) return undecided('This is no URL with a host name.');
    const usual = ports.get(url.scheme);
    if (!usual) return undecided('Only http and https are in this page.');
    if (url.port && url.port !== usual) return undecided('Only the usual ports are in this page.');
    const host = known(url.host);
    if (!host) return undecided(data.left ? 'The host is not among those in this page.' : 'No door that was read names this host.');
    if (host.k === 'pattern') return undecided('A rule for this host goes by a pattern.');
    if (host.k) return undecided('The host has more paths than this page holds.');
    if (host.m && url.query) return undecided('Rules for this host look at more than the path.');
    const rows = host[url.scheme];
    const row = rows.findLast(([path]) => url.path.startsWith(path));
    if (!row) return undecided('The path does not begin with a slash.');
    const behind = url.path.slice(row[0].length);
    const answer = data.answers[row[behind === '' ? 1 : behind[0] === '/' ? 2 : 3]];
    if (answer.to && url.query && answer.to.path !== 'same') return undecided('A redirect may look at the query.');
    const line = answer.to ? `${answer.line} ${place(answer.to, url, behind)}` : answer.line;
    const more = host.m ? ['Rules for this host look at methods, headers or query parameters too: this is the answer to a plain GET.'] : [];
    return { word: answer.word, line, notes: [...answer.notes, ...more], ask: Boolean(host.m) };
  };

  const marks = { backend: '✓', redirect: '→', response: '✗', refused: '✗', unknown: '?' };
  const show = () => {
    const text = form.elements.url.value;
    const answer = decide(text);
    form.elements.answer.value = `${marks[answer.word]} ${answer.line}`;
    form.elements.answer.dataset.word = answer.word;
    const notes = [...answer.notes];
    // A name for the shell: quoted, whatever it holds.
    const quoted = `'${text.trim().replaceAll("'", "'\\''")}'`;
    if (answer.word === 'unknown' || answer.ask) notes.push(`Ask the program: kubereach request ${quoted} INPUT${answer.ask ? " -H 'Name: value'" : ''}`);
    list.replaceChildren(...notes.map((note) => {
      const item = document.createElement('li');
      item.textContent = note;
      return item;
    }));
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); show(); });
  form.hidden = false;
})();
