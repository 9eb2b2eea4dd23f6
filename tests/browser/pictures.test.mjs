// The first screens as pictures: what a reader sees before scrolling, in light and dark, on a phone and on paper.
//
// Fonts differ between machines, so no two draw the same pixels. Pictures are compared by the mean colour of cells of
// 40 pixels, about two lines of text: which glyphs fill a line hardly moves that, a missing section, an unstyled page,
// a wrong colour or a map that fell apart does. A cell may look like the one above or below it, because another font
// breaks a line elsewhere and moves what follows. The last tests show that both hold.
//
// KUBEREACH_BLESS=1 takes the pictures anew; look at every one of them.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { context, open } from './pages.mjs';

const kept = join(dirname(fileURLToPath(import.meta.url)), 'pictures');
const situations = ['node', 'class', 'deny', 'shop'];
const forms = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 800 } },
  print: { viewport: { width: 720, height: 1000 } },
};
// Half the size: enough for the eye, small enough to keep.
const scale = 0.5;
const cell = 40 * scale;
/** The share of cells that may differ, and what counts as different, of 255. */
const most = 0.08;
const differs = 26;

/** The first screen of a situation in a form, as PNG. */
async function picture(situation, form, change = () => {}) {
  let png;
  await open(situation, { ...forms[form], deviceScaleFactor: scale, reducedMotion: 'reduce' }, async (page) => {
    if (form === 'print') await page.emulateMedia({ media: 'print' });
    await page.evaluate(change);
    png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  });
  return png;
}

/** The share of cells in which two pictures differ; 1 where their sizes do. */
async function difference(one, other) {
  const window = await context();
  const page = await window.newPage();
  try {
    return await page.evaluate(async ([sources, size, limit]) => {
      const grids = await Promise.all(sources.map(async (source) => {
        const image = new Image();
        image.src = `data:image/png;base64,${source}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const pen = canvas.getContext('2d');
        pen.drawImage(image, 0, 0);
        const { data } = pen.getImageData(0, 0, image.width, image.height);
        const [columns, rows] = [Math.ceil(image.width / size), Math.ceil(image.height / size)];
        const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => [0, 0, 0, 0]));
        for (let y = 0; y < image.height; y += 1) {
          for (let x = 0; x < image.width; x += 1) {
            const sum = grid[Math.floor(y / size)][Math.floor(x / size)];
            const at = 4 * (y * image.width + x);
            for (let part = 0; part < 3; part += 1) sum[part] += data[at + part];
            sum[3] += 1;
          }
        }
        return grid.map((row) => row.map(([r, g, b, n]) => [r / n, g / n, b / n]));
      }));
      const [a, b] = grids;
      if (a.length !== b.length || a[0].length !== b[0].length) return 1;
      let different = 0;
      a.forEach((row, y) => row.forEach((colour, x) => {
        const near = [b[y - 1], b[y], b[y + 1]].filter(Boolean).map((other) => other[x]);
        const best = Math.min(...near.map((found) => Math.max(...found.map((part, i) => Math.abs(part - colour[i])))));
        if (best > limit) different += 1;
      }));
      return different / (a.length * a[0].length);
    }, [[one, other].map((png) => png.toString('base64')), cell, differs]);
  } finally {
    await window.close();
  }
}

const place = (situation, form) => join(kept, `${situation}-${form}.png`);

describe('the first screen', () => {
  for (const situation of situations) {
    for (const form of Object.keys(forms)) {
      it(`of ${situation}, ${form}, looks as it did`, async (t) => {
        const now = await picture(situation, form);
        if (process.env.KUBEREACH_BLESS) {
          mkdirSync(kept, { recursive: true });
          writeFileSync(place(situation, form), now);
        }
        assert.ok(existsSync(place(situation, form)), 'no picture is kept: take one with KUBEREACH_BLESS=1');
        const share = await difference(now, readFileSync(place(situation, form)));
        t.diagnostic(`${situation} ${form}: ${(100 * share).toFixed(1)} % of the cells differ`);
        if (share > most) {
          const seen = join(process.env.KUBEREACH_HTML ?? '.', `${situation}-${form}.png`);
          writeFileSync(seen, now);
          assert.fail(`${(100 * share).toFixed(1)} % of the cells differ; what was seen: ${seen}`);
        }
      });
    }
  }

  it('may be drawn in another font', async (t) => {
    for (const [situation, form] of [['shop', 'light'], ['node', 'dark']]) {
      const other = await picture(situation, form, () => { document.body.style.fontFamily = 'serif'; });
      const share = await difference(other, readFileSync(place(situation, form)));
      t.diagnostic(`${situation} ${form} in another font: ${(100 * share).toFixed(1)} % of the cells differ`);
      assert.ok(share <= most, `${(100 * share).toFixed(1)} %`);
    }
  });

  it('may not lose its style, its map, its causes or its colours', async (t) => {
    const damage = {
      style: () => { for (const sheet of document.styleSheets) sheet.disabled = true; },
      map: () => document.querySelector('.map').remove(),
      causes: () => document.querySelector('.causes').remove(),
      bar: () => { for (const part of document.querySelectorAll('.map .box rect')) part.style.fill = '#000'; },
    };
    const golden = readFileSync(place('shop', 'light'));
    for (const [name, harm] of Object.entries(damage)) {
      const share = await difference(await picture('shop', 'light', harm), golden);
      t.diagnostic(`without ${name}: ${(100 * share).toFixed(1)} % of the cells differ`);
      assert.ok(share > most, `${name}: ${(100 * share).toFixed(1)} %`);
    }
    assert.ok(await difference(readFileSync(place('shop', 'dark')), golden) > most, 'dark is not light');
    assert.ok(await difference(readFileSync(place('node', 'light')), golden) > most, 'a node is not a shop');
  });
});
