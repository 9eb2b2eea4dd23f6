'use strict';
// Everything here is a comfort: without it the page shows the same, unfiltered.
(() => {
  const form = document.getElementById('filter');
  const rows = [...document.querySelectorAll('#subjects tbody tr')];
  const sections = [...document.querySelectorAll('section.subject')];
  const chunks = [...document.querySelectorAll('#subjects .chunk')];
  const nothing = document.getElementById('nothing');
  const fields = [...form.querySelectorAll('select, input')];
  let words = null; // text of every row, read when it is first searched
  let applied = null;

  const apply = () => {
    const want = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const key = JSON.stringify(want);
    if (key === applied) return;
    applied = key;
    const parts = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (parts.length && !words) words = rows.map((row) => row.textContent.toLowerCase());
    let shown = 0;
    const hidden = rows.map((row, i) => {
      const data = row.dataset;
      const match = (!want.v || data.v === want.v) && (!want.n || data.n === want.n)
        && (!want.k || data.k === want.k) && (!want.c || data.c === want.c)
        && parts.every((part) => words[i].includes(part));
      shown += match;
      return !match;
    });
    rows.forEach((row, i) => { if (row.hidden !== hidden[i]) row.hidden = hidden[i]; });
    // A table that is out of sight keeps a place of about its size.
    for (const chunk of chunks) {
      const left = chunk.querySelectorAll('tbody tr:not([hidden])').length;
      chunk.hidden = left === 0 && chunk !== chunks[0];
      chunk.style.containIntrinsicHeight = `auto ${left * 56}px`;
    }
    sections.forEach((section) => { section.hidden = hidden[Number(section.dataset.i)]; });
    nothing.hidden = shown > 0 || rows.length === 0;
    const count = (n) => n.toLocaleString('en-US');
    form.elements.shown.value = shown === rows.length ? `${count(shown)} shown` : `${count(shown)} of ${count(rows.length)} shown`;
  };

  // The filter stands in the address, so that a link can be shared.
  const save = () => {
    const state = new URLSearchParams();
    for (const field of fields) if (field.value) state.set(field.name, field.value);
    const hash = state.toString();
    history.replaceState(null, '', hash ? `#${hash}` : '#overview');
  };
  const clear = () => { for (const field of fields) field.value = ''; };
  const reveal = (target) => {
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (target.closest('[hidden]')) { clear(); apply(); }
    target.scrollIntoView();
  };
  const load = () => {
    const hash = location.hash.slice(1);
    if (hash.includes('=')) {
      const state = new URLSearchParams(hash);
      for (const field of fields) {
        field.value = state.get(field.name) ?? '';
        if (field.value === undefined || field.selectedIndex === -1) field.value = '';
      }
      apply();
    } else if (hash) {
      const target = document.getElementById(hash);
      if (target) reveal(target);
    }
  };

  let timer = 0;
  form.addEventListener('input', (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => { apply(); save(); }, event.target.name === 'q' ? 120 : 0);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { clear(); apply(); save(); }));
  addEventListener('hashchange', load);
  form.hidden = false;
  load();

  for (const block of document.querySelectorAll('pre.command')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    block.append(button);
  }
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('pre.command > button');
    if (!button) return;
    const code = button.parentElement.querySelector('code');
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });

  // What is folded on the screen is unfolded on paper.
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open])')];
    for (const details of folded) details.open = true;
  });
  addEventListener('afterprint', () => { for (const details of folded) details.open = false; });
})();
