// The HTML report in a real browser: nothing leaves the page, hostile names stay text, the filters
// filter, and the page says the same without a script.
//
//   cargo run -p kubereach-reports --example sample_html -- /tmp/report
//   KUBEREACH_HTML=/tmp/report npm test
//
// Without the variable the example is run first. CHROMIUM names another browser than Debian's.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { context, file, open } from './pages.mjs';

const sample = 'sample';
const many = 'many';
const full = 'full';

const rows = (page) => page.locator('#subjects tbody tr');
const shown = (page) => page.locator('#subjects tbody tr:visible');
const count = (page) => page.locator('#filter output').innerText();

describe('a report', () => {
  it('opens, shows every subject and asks nobody for anything', () => open(sample, {}, async (page) => {
    assert.ok(await rows(page).count() > 0);
    assert.equal(await shown(page).count(), await rows(page).count());
    assert.ok((await page.locator('h1').innerText()).length > 20);
    assert.ok(await page.locator('section.subject svg').count() > 0);
  }));

  it('blocks what a script of somebody else would do', async () => {
    const window = await context();
    const page = await window.newPage();
    await page.goto(pathToFileURL(file(sample)).href);
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = true';
      document.body.append(script);
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(image);
      return new Promise((done) => { image.onerror = () => done(Boolean(window.intruder)); });
    });
    assert.equal(ran, false);
    await window.close();
  });

  for (const [name, key] of [['verdict', 'v'], ['kind', 'k'], ['namespace', 'n']]) {
    it(`is filtered by ${name}`, () => open(sample, {}, async (page) => {
      const field = page.locator(`#filter [name=${key}]`);
      const values = await field.locator('option').evaluateAll((all) => all.map((option) => option.value).filter(Boolean));
      const all = await rows(page).count();
      let sum = 0;
      for (const value of values) {
        await field.selectOption(value);
        await page.waitForTimeout(30);
        const left = await shown(page).evaluateAll((list, k) => list.map((row) => row.dataset[k]), key);
        assert.ok(left.every((found) => found === value), `${value}: ${left}`);
        // The sections follow the rows.
        const sections = await page.locator('section.subject:not([hidden])').count();
        assert.ok(sections <= left.length);
        sum += left.length;
      }
      assert.equal(sum, all, 'every row has exactly one value');
    }));
  }

  it('is filtered by words, in any order and case', () => open(sample, {}, async (page) => {
    await rows(page).first().scrollIntoViewIfNeeded();
    const wanted = await rows(page).first().locator('th').textContent();
    const [kind, name] = wanted.trim().split(/\s+/);
    await page.fill('#filter [name=q]', `${name.toUpperCase()} ${kind}`);
    await page.waitForFunction(() => document.querySelector('#filter output').value.includes(' of '));
    const left = await shown(page).allInnerTexts();
    assert.ok(left.length > 0 && left.length < await rows(page).count());
    assert.ok(left.every((text) => text.includes(name)));
    await page.fill('#filter [name=q]', 'no such thing anywhere');
    await page.waitForSelector('#nothing:visible');
    assert.equal(await shown(page).count(), 0);
    await page.click('#filter button[type=reset]');
    await page.waitForSelector('#nothing', { state: 'hidden' });
    assert.equal(await shown(page).count(), await rows(page).count());
  }));

  it('keeps the filter in its address and restores it', async () => {
    let hash;
    let left;
    await open(sample, {}, async (page) => {
      await page.selectOption('#filter [name=v]', 'broken');
      await page.fill('#filter [name=q]', 'service');
      await page.waitForFunction(() => location.hash.includes('q=service'));
      hash = new URL(page.url()).hash;
      left = await count(page);
    });
    assert.match(hash, /v=broken/);
    await open(sample, { hash }, async (page) => {
      assert.equal(await page.inputValue('#filter [name=v]'), 'broken');
      assert.equal(await page.inputValue('#filter [name=q]'), 'service');
      assert.equal(await count(page), left);
    });
    await open(sample, { hash: '#v=nonsense&q=' }, async (page) => {
      assert.equal(await shown(page).count(), await rows(page).count(), 'an unknown word filters nothing');
    });
  });

  it('leads from the tally to the filtered list', () => open(sample, {}, async (page) => {
    await page.click('.tally .unknown a');
    await page.waitForFunction(() => document.querySelector('#filter output').value.includes(' of '));
    const verdicts = await shown(page).evaluateAll((list) => list.map((row) => row.dataset.v));
    assert.ok(verdicts.length > 0 && verdicts.every((verdict) => verdict === 'unknown'));
  }));

  it('leads from a row to its section, its paths unfold, the culprit leads to its finding', () => open(sample, {}, async (page) => {
    await rows(page).first().locator('a').click();
    const section = page.locator('section.subject:target');
    await section.waitFor();
    await section.locator('details.failing > summary').click();
    const path = section.locator('.paths details').first();
    const before = await path.evaluate((details) => details.open);
    await path.locator('summary').click();
    assert.equal(await path.evaluate((details) => details.open), !before);
    if (before) await path.locator('summary').click();
    assert.ok(await path.locator('ol.segments li').first().isVisible());
    const culprit = section.locator('svg a').first();
    if (await culprit.count()) {
      await culprit.click();
      await page.locator('tr:target').waitFor();
    }
  }));

  it('shows a section that a link names even if the filter hides it', () => open(sample, {}, async (page) => {
    const id = await page.locator('section.subject.broken').first().getAttribute('id');
    await page.selectOption('#filter [name=v]', 'config-ok');
    await page.waitForFunction(() => document.querySelector('#filter output').value.includes(' of '));
    await page.evaluate((target) => { location.hash = target; }, id);
    await page.locator(`[id="${id}"]`).waitFor({ state: 'visible' });
  }));

  it('copies a command', () => open(sample, { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    const block = page.locator('section.subject pre.command').first();
    await block.scrollIntoViewIfNeeded();
    const command = await block.locator('code').textContent();
    await block.locator('button').click();
    await page.waitForFunction((button) => ['Copied', 'Selected'].includes(button.textContent), await block.locator('button').elementHandle());
    const taken = await page.evaluate(() => navigator.clipboard.readText().catch(() => getSelection().toString()));
    assert.equal(taken, command);
  }));

  it('says the same without a script', () => open(sample, { javaScriptEnabled: false }, async (page) => {
    assert.ok(await page.locator('#filter').isHidden());
    assert.equal(await page.locator('pre.command button').count(), 0);
    assert.equal(await shown(page).count(), await rows(page).count());
    const section = page.locator('section.subject').first();
    await section.scrollIntoViewIfNeeded();
    await section.locator('.headline').waitFor();
    await section.locator('details.failing > summary').click();
    assert.ok(await section.locator('ol.segments li').first().isVisible());
    assert.ok(await page.locator('table.matrix').isVisible());
    // The tally leads to the first row of its verdict.
    await page.click('.tally .unknown a');
    assert.equal(await page.locator('tr:target').getAttribute('data-v'), 'unknown');
  }));

  it('can be read where neither script nor style is allowed', async () => {
    // What Jenkins sends with an archived page.
    const policy = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';";
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
      response.end(readFileSync(file(sample)));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const window = await context();
    try {
      const page = await window.newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      const font = await page.evaluate(() => getComputedStyle(document.body).fontSize);
      assert.equal(font, '16px', 'our style is not applied, so this test means something');
      assert.ok(await page.locator('#filter').isHidden());
      assert.ok(await page.locator('h1').isVisible());
      assert.equal(await shown(page).count(), await rows(page).count());
      assert.ok(await page.locator('section.subject .headline').first().isVisible());
      assert.ok(await page.locator('table.matrix td').first().isVisible());
      const box = page.locator('section.subject svg rect').first();
      assert.equal(await box.evaluate((rect) => getComputedStyle(rect).fill), 'rgb(255, 255, 255)', 'a box is not black on black');
    } finally {
      await window.close();
      server.close();
    }
  });

  for (const colorScheme of ['light', 'dark']) {
    it(`can be read in the ${colorScheme}`, () => open(sample, { colorScheme }, async (page) => {
      const luminance = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
      const [paper, ink] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
      const dark = colorScheme === 'dark';
      assert.equal(luminance(paper) < 0.5, dark, paper);
      assert.ok(Math.abs(luminance(paper) - luminance(ink)) > 0.6, `${ink} on ${paper}`);
    }));
  }

  for (const name of [sample, 'node', 'shop']) {
    it(`fits a window of 360 pixels without scrolling sideways (${name})`, () => open(name, { viewport: { width: 360, height: 800 } }, async (page) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 1, `${wide} pixels too wide`);
      assert.ok(await page.locator('.map svg.stacked').isVisible());
      assert.ok(!await page.locator('.map svg.wide').isVisible());
    }));
  }
});

describe('the map', () => {
  const state = (page, part) => page.locator(`.map svg.wide ${part}`);

  it('leads from a box to the subject', () => open('shop', {}, async (page) => {
    await state(page, 'a:has(.culprit)').first().click();
    await page.locator('section.subject:target').waitFor();
  }));

  it('lights the way of a box under the pointer and of one that has the focus', () => open('shop', {}, async (page) => {
    const box = state(page, 'a').first();
    await box.hover();
    assert.ok(await state(page, '.box.lit').count() > 1);
    assert.ok(await state(page, '.box.lit').count() < await state(page, '.box').count());
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => !document.querySelector('.map svg.choosing'));
    await box.focus();
    assert.ok(await state(page, '.line.lit').count() > 0);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => Boolean(document.activeElement.closest('.map svg'))), true, 'the next box');
    await page.keyboard.press('Enter');
    await page.locator('section.subject:target').waitFor();
  }));

  for (const [field, value, expected] of [['n', 'billing', 'invoices'], ['cause', '1', 'cart'], ['h', 'account.shop', 'account']]) {
    it(`keeps what matches ${field}`, () => open('shop', {}, async (page) => {
      const input = page.locator(`#filter [name=${field}]`);
      if (field === 'h') await input.fill(value); else await input.selectOption(value);
      await page.waitForFunction(() => document.querySelector('.map svg.choosing'));
      const lit = await state(page, '.box.lit').allTextContents();
      assert.ok(lit.length > 0 && lit.some((text) => text.includes(expected)), String(lit));
      assert.ok(lit.length < await state(page, '.box').count());
      const left = await shown(page).allInnerTexts();
      assert.ok(left.length > 0 && left.length < 10 && left.every((text) => !text.includes('webhook')), String(left));
      await page.click('#filter button[type=reset]');
      await page.waitForFunction(() => !document.querySelector('.map svg.choosing'));
    }));
  }

  it('does not move for those who asked for that', async () => {
    for (const [reducedMotion, still] of [['reduce', true], ['no-preference', false]]) {
      await open('shop', { reducedMotion }, async (page) => {
        const time = await state(page, '.box').first().evaluate((box) => getComputedStyle(box).transitionDuration);
        assert.equal(time === '0s', still, time);
      });
    }
  });

  it('keeps its boxes apart, and its text within them', () => open('node', {}, async (page) => {
    for (const form of ['wide', 'stacked']) {
      await page.setViewportSize({ width: form === 'wide' ? 1280 : 360, height: 900 });
      const wrong = await page.locator(`.map svg.${form} .box`).evaluateAll((boxes) => {
        const at = boxes.map((box) => box.querySelector('rect').getBoundingClientRect());
        const found = [];
        at.forEach((a, i) => at.slice(i + 1).forEach((b) => {
          if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push('boxes meet');
        }));
        boxes.forEach((box, i) => box.querySelectorAll('text').forEach((text) => {
          if (text.getBoundingClientRect().right > at[i].right + 1) found.push(text.textContent);
        }));
        return found;
      });
      assert.deepEqual(wrong, []);
    }
  }));
});

describe('on paper', () => {
  const pages = (pdf) => Math.max(...[...pdf.toString('latin1').matchAll(/\/Type\s*\/Pages\b[^>]*?\/Count (\d+)/g)].map((match) => Number(match[1])));
  for (const [name, most] of [['shop', 8], ['node', 12], ['class', 12]]) {
    for (const javaScriptEnabled of [true, false]) {
      it(`${name} has at most ${most} pages${javaScriptEnabled ? '' : ' without a script'}`, (t) => open(name, { javaScriptEnabled }, async (page) => {
        const count = pages(await page.pdf({ format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' } }));
        t.diagnostic(`${name}: ${count} pages`);
        assert.ok(count >= 1 && count <= most, `${count} pages`);
      }));
    }
  }

  it('stand the ways that fail, and no coverage', () => open('shop', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.ok(!await page.locator('table.matrix').isVisible());
    assert.ok(await page.locator('.failing ol.segments').first().isVisible());
    assert.equal(await page.locator('.paths li:not(.failing):visible').count(), 0);
    assert.ok(!await page.locator('table.findings').first().isVisible());
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const open = await page.locator('section.subject details.more[open]').count();
    assert.ok(open > 0 && open === await page.locator('section.subject details.failing').count());
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('section.subject details.more[open]').count(), 0);
  }));
});

describe('accessibility', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const [name, options] of [
    [sample, {}], ['node', {}], ['shop', {}], ['shop', { colorScheme: 'dark' }], ['shop', { viewport: { width: 360, height: 800 } }],
  ]) {
    it(`axe finds nothing serious (${name} ${JSON.stringify(options)})`, () => open(name, options, async (page) => {
      // What is folded is looked at, too; colours as they stand, not in the middle of a fade.
      await page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations', 'passes'] }));
      const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
      const told = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join(' | ')}`);
      assert.deepEqual(told, []);
      assert.ok(passes.some(({ id }) => id === 'color-contrast'), 'contrast was looked at');
    }));
  }

  it('shows where the focus is', () => open('shop', {}, async (page) => {
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        return at === document.body ? 'solid 2px' : `${style.outlineStyle} ${style.outlineWidth}`;
      });
      assert.match(outline, /^solid [2-9]/);
    }
  }));
});

describe('hostile names', () => {
  it('stay text', () => open(sample, {}, async (page) => {
    const text = await page.locator('main').evaluate((main) => main.textContent);
    for (const value of ['<script>alert(1)</script>', '](javascript:alert(3))', '"><img src=x onerror=alert(2)>', '\\u{1b}]8;;http://evil\\u{7}', '\\u{202e}gpj.exe', '{{ 7*7 }}', '&lt;b&gt;']) {
      assert.ok(text.includes(value), value);
    }
    assert.equal(await page.locator('script').count(), 1);
    assert.equal(await page.locator('img, iframe, object, embed, base').count(), 0);
    const links = await page.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    assert.ok(links.every((href) => href.startsWith('#')), String(links.filter((href) => !href.startsWith('#'))));
    const handlers = await page.evaluate(() => [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter((a) => a.name.startsWith('on')).length);
    assert.equal(handlers, 0);
  }));

  it('can be chosen in the filter and stand in the address', () => open(sample, {}, async (page) => {
    const options = await page.locator('#filter [name=n] option').evaluateAll((all) => all.map((option) => option.value));
    const hostile = options.find((value) => value.includes('<script>'));
    assert.ok(hostile);
    await page.selectOption('#filter [name=n]', hostile);
    await page.waitForFunction(() => location.hash.includes('n='));
    assert.equal(await shown(page).count(), 1);
  }));
});

/**
 * Milliseconds until a page is usable, by the page's own clock: it is painted, its script has run, and (in the
 * second figure) a filter was chosen and the page with what is left of it was painted.
 */
function usable(page) {
  return page.evaluate(async () => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const first = await new Promise((done) => {
      new PerformanceObserver((list) => {
        const paint = list.getEntries().find((entry) => entry.name === 'first-contentful-paint');
        if (paint) done(paint.startTime);
      }).observe({ type: 'paint', buffered: true });
    });
    const [navigation] = performance.getEntriesByType('navigation');
    const opened = Math.max(first, navigation.domContentLoadedEventEnd);
    const before = performance.now();
    const field = document.querySelector('#filter [name=v]');
    field.value = 'unknown';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    while (!document.querySelector('#filter output').value.includes(' of ')) await painted();
    await painted();
    return { opened, filtered: performance.now() - before };
  });
}

describe('a report of 15,000 subjects', () => {
  it('has at most 30 MB and is usable in less than 3 seconds', async (t) => {
    // The worst case: every subject needs attention, and no two have a finding in common.
    const size = statSync(file(full)).size;
    assert.ok(size <= 30_000_000, `${size} bytes`);
    // The best of some: the machine may have other work to do.
    let best = { opened: Infinity, filtered: Infinity };
    for (let attempt = 0; attempt < 5 && best.opened >= 3_000; attempt += 1) {
      await open(full, {}, async (page) => {
        const found = await usable(page);
        if (found.opened < best.opened) best = found;
      });
    }
    const told = `${(size / 1e6).toFixed(1)} MB, usable after ${best.opened.toFixed(0)} ms, filtered in ${best.filtered.toFixed(0)} ms`;
    t.diagnostic(`a report of 15,000 subjects: ${told}`);
    assert.ok(best.opened < 3_000, told);
    assert.ok(best.filtered < 3_000, told);
  });

  it('opens and filters', () => open(many, {}, async (page) => {
    assert.equal(await rows(page).count(), 15_000);
    const started = Date.now();
    await page.selectOption('#filter [name=v]', 'unknown');
    await page.waitForFunction(() => / of 15,000 shown/.test(document.querySelector('#filter output').value));
    const first = shown(page).first();
    await first.waitFor();
    assert.equal(await first.getAttribute('data-v'), 'unknown');
    await page.fill('#filter [name=q]', 'team-099');
    await page.waitForFunction(() => Number.parseInt(document.querySelector('#filter output').value, 10) < 10);
    // A wide margin: it says "usable", not how fast the machine is.
    assert.ok(Date.now() - started < 30_000);
    await page.click('#filter button[type=reset]');
    await page.waitForFunction(() => document.querySelector('#filter output').value === '15,000 shown');
  }));

  it('is as long as what is shown, wherever one scrolls', () => open(many, { hash: '#v=unknown' }, async (page) => {
    await page.evaluate(() => document.getElementById('details').scrollIntoView());
    await page.waitForTimeout(200);
    const table = await page.locator('#subjects').evaluate((element) => element.getBoundingClientRect().height);
    const left = Number.parseInt(await count(page), 10);
    assert.ok(table < left * 150 + 400, `${table} pixels for ${left} rows`);
  }));
});
