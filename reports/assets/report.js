'use strict';
// Everything here is a comfort: without it the page shows the same, unfiltered.
(() => {
  const form = document.getElementById('filter');
  const box = document.getElementById('filters');
  const rows = [...document.querySelectorAll('#subjects tbody tr')];
  const sections = [...document.querySelectorAll('section.subject')];
  const folds = [...document.querySelectorAll('details.alike')];
  const chunks = [...document.querySelectorAll('#subjects .chunk')];
  const nothing = document.getElementById('nothing');
  const fields = [...form.querySelectorAll('select, input')];
  const narrow = matchMedia('(max-width: 760px)');
  let words = null; // text of every row, read when it is first searched
  let applied = null;

  // The map: which boxes a line joins, and what leads to a box or comes after it.
  const maps = [...document.querySelectorAll('.map svg')].map((svg) => {
    const boxes = [...svg.querySelectorAll('[data-m]')];
    const lines = [...svg.querySelectorAll('[data-a]')];
    const follow = (from, to) => {
      const next = new Map();
      for (const line of lines) {
        const list = next.get(line.dataset[from]) ?? next.set(line.dataset[from], []).get(line.dataset[from]);
        list.push(line);
      }
      return (start, found) => {
        const open = [start];
        const seen = new Set(open);
        while (open.length) {
          for (const line of next.get(open.pop()) ?? []) {
            found.add(line);
            const at = line.dataset[to];
            if (!seen.has(at)) { seen.add(at); open.push(at); }
          }
        }
        for (const box of boxes) if (seen.has(box.dataset.m)) found.add(box);
      };
    };
    return { svg, boxes, lines, down: follow('a', 'b'), up: follow('b', 'a'), chosen: null };
  });
  const light = (map, boxes) => {
    const lit = new Set();
    for (const one of boxes ?? []) { map.down(one.dataset.m, lit); map.up(one.dataset.m, lit); }
    map.svg.classList.toggle('choosing', boxes !== null);
    for (const part of [...map.boxes, ...map.lines]) part.classList.toggle('lit', lit.has(part));
  };
  const under = (target) => {
    const at = target.closest?.('[data-m]') ?? target.querySelector?.('[data-m]');
    return at && at.ownerSVGElement ? at : null;
  };
  for (const map of maps) {
    const show = (event) => { const one = under(event.target); if (one) light(map, [one]); };
    const leave = () => light(map, map.chosen);
    map.svg.addEventListener('pointerover', (event) => (under(event.target) ? show(event) : leave()));
    map.svg.addEventListener('focusin', show);
    map.svg.addEventListener('pointerleave', leave);
    map.svg.addEventListener('focusout', leave);
  }

  const apply = () => {
    const want = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    want.cause ??= '';
    want.h = (want.h ?? '').trim().toLowerCase();
    const key = JSON.stringify(want);
    if (key === applied) return;
    applied = key;
    const parts = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (parts.length && !words) words = rows.map((row) => `${row.textContent} ${row.dataset.v} ${row.dataset.h ?? ''}`.toLowerCase());
    const shares = (data) => (!want.v || data.v === want.v) && (!want.h || (data.h ?? '').toLowerCase().includes(want.h))
      && (!want.cause || (data.x ?? '').includes(` ${want.cause} `));
    let shown = 0;
    const hidden = rows.map((row, i) => {
      const data = row.dataset;
      const match = shares(data) && (!want.n || data.n === want.n)
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
    for (const fold of folds) fold.hidden = !fold.querySelector('section.subject:not([hidden])');
    // On the map the ways of what matches stay, with all that stands on them.
    for (const map of maps) {
      const all = !want.v && !want.n && !want.h && !want.cause && parts.length === 0;
      map.chosen = all ? null : map.boxes.filter(({ dataset, textContent }) => shares(dataset)
        && (!want.n || (dataset.n ?? '').includes(` ${want.n} `))
        && parts.every((part) => textContent.toLowerCase().includes(part)));
      light(map, map.chosen);
    }
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
    if (target.closest('[hidden]')) { clear(); apply(); }
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
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
      if (fields.some((field) => field.value)) {
        box.open = true;
        document.getElementById('overview').scrollIntoView();
      }
    } else if (hash) {
      const target = document.getElementById(hash);
      if (target) reveal(target);
    }
  };

  let timer = 0;
  form.addEventListener('input', (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => { apply(); save(); }, event.target.matches('input') ? 120 : 0);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { clear(); apply(); save(); }));
  addEventListener('hashchange', load);
  box.hidden = false;
  box.open = !narrow.matches;
  narrow.addEventListener('change', () => { if (!narrow.matches) box.open = true; });
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

  // On paper stand the ways that fail, and nothing else that is folded on the screen.
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('section.subject details.failing:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => { for (const details of opened) details.open = false; opened = []; });
})();
