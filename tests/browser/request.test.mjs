// "Try a URL": the form of the HTML report answers as `kubereach request` does, and says so where it does not know.
//
// KUBEREACH_REQUEST_HTML is a report, KUBEREACH_REQUEST_CASES a JSON file: [{url, line}], with `line` as the program
// prints it, or null where the page must send its reader to the program. Both are made by the tests of the program;
// without them there is nothing to compare.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const html = process.env.KUBEREACH_REQUEST_HTML;
const cases = process.env.KUBEREACH_REQUEST_CASES;
let browser;

before(async () => {
  if (!html) return;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(() => browser?.close());

const opened = async (options, use) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong = [];
  const address = pathToFileURL(html).href;
  page.on('request', (request) => { if (request.url() !== address) wrong.push(request.url()); });
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) wrong.push(message.text()); });
  page.on('pageerror', (error) => wrong.push(String(error)));
  await page.goto(address);
  try {
    await use(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(wrong, []);
};

describe('try a URL', { skip: !html && 'no report to try' }, () => {
  it('answers as the program does', () => opened({}, async (page) => {
    const all = JSON.parse(readFileSync(cases, 'utf8'));
    assert.ok(all.length > 20);
    for (const { url, line } of all) {
      await page.locator('#request input').fill(url);
      await page.locator('#request button').click();
      const said = await page.locator('#request output').innerText();
      const notes = await page.locator('#request-notes').innerText();
      if (line === null) {
        assert.ok(said.startsWith('?'), `${url}: ${said}`);
        assert.match(notes, /Ask the program: kubereach request/, url);
      } else {
        assert.equal(said, line, url);
      }
    }
  }));

  it('is a table without a script', () => opened({ javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.locator('#request').isVisible(), false);
    const text = await page.locator('section.request table').innerText();
    for (const word of ['shop.example', '/cart', 'Service shop/cart:80']) assert.ok(text.includes(word), word);
  }));
});
