// The reports that the tests open, and a browser that opens them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
let browser;
let folder = process.env.KUBEREACH_HTML;
let made;

before(async () => {
  if (!folder) {
    folder = made = mkdtempSync(join(tmpdir(), 'kubereach-html-'));
    const example = ['run', '-q', '-p', 'kubereach-reports', '--example', 'sample_html', '--', made];
    execFileSync('cargo', example, { cwd: root, stdio: 'inherit' });
  }
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(async () => {
  await browser?.close();
  if (made) rmSync(made, { recursive: true });
});

/** The file of a report by its name. */
export const file = (name) => join(folder, `${name}.html`);

/** A window without a page. */
export const context = (options) => browser.newContext(options);

/** Opens a report; the test fails afterwards if anything left the page, complained or popped up. */
export async function open(name, { hash = '', ...options } = {}, use) {
  const window = await context({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await window.newPage();
  const wrong = [];
  const address = pathToFileURL(file(name)).href + hash;
  page.on('request', (request) => {
    const url = request.url();
    if (url.split('#')[0] !== address.split('#')[0] && !url.startsWith('data:')) wrong.push(`request to ${url}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong.push(`script: ${error}`));
  page.on('dialog', (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('popup', () => wrong.push('a window was opened'));
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective}`)));
  }
  await page.goto(address);
  try {
    await use(page);
  } finally {
    await window.close();
  }
  assert.deepEqual(wrong, []);
}
