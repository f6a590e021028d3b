// The page in Firefox, where it is at hand: what does not go without saying in another browser.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { PAGE, ROOT } from './browser.mjs';

const FIREFOX = process.env.FIREFOX ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);

test('Firefox: a file is checked and decided on', { skip: FIREFOX ? false : 'Firefox is not at hand' }, async () => {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', message => complaints.push(message.text()));
    await page.goto(pathToFileURL(PAGE).href);
    const stands = kind => page.waitForFunction(name => document.getElementById('verdict').classList.contains(name) && document.getElementById('busy').hidden, { timeout: 120_000 }, kind);
    for (const format of ['xlsx', 'xls', 'ods']) {
      await page.reload();
      const input = await page.$('#pick');
      await input.uploadFile(join(ROOT, 'samples', `dai-lanh-2024.${format}`));
      await stands('fixed');
    }
    await page.$eval('.group.fixed .card .buttons button', button => button.click());
    await stands('open');
    assert.match(await page.$eval('#verdict', verdict => verdict.innerText), /Còn 1 lỗi/);
    assert.deepEqual(complaints, []);
  } finally { await browser.close(); }
});
