// The page in a real Chromium over file://, as a person uses it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const PAGE = resolve(ROOT, process.env.SOATBIEU_PAGE ?? 'target/soatbieu.html');
const PROGRAM = resolve(ROOT, process.env.SOATBIEU ?? 'target/debug/soatbieu');
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
/** How long a slow machine may take for what the page does in a moment. */
const PATIENCE = 120_000;

export const folder = () => mkdtempSync(join(tmpdir(), 'soatbieu-page-'));

/** Runs the program; its outputs are what the page's are measured by. */
export function program(cwd, ...given) {
  const { status, stdout, stderr, error } = spawnSync(PROGRAM, given, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  if (error) throw error;
  return { status, stdout, stderr };
}

export async function launch() {
  return puppeteer.launch({ executablePath: CHROMIUM, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'] });
}

/** The page, opened anew, with what it asked for and said. */
export class Sheet {
  static async open(browser, { width = 1366, height = 900, dark = false, lang = 'vi', path = PAGE } = {}) {
    const sheet = new Sheet();
    sheet.downloads = folder();
    sheet.context = await browser.createBrowserContext();
    sheet.page = await sheet.context.newPage();
    sheet.requests = [];
    sheet.console = [];
    sheet.page.on('request', request => sheet.requests.push(request.url()));
    sheet.page.on('console', message => sheet.console.push(message.text()));
    sheet.page.on('pageerror', error => sheet.console.push(String(error)));
    sheet.page.on('dialog', dialog => dialog.accept());
    await sheet.page.setViewport({ width, height });
    await sheet.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
    const session = await browser.target().createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: sheet.downloads, browserContextId: sheet.context.id, eventsEnabled: true });
    await sheet.page.goto(pathToFileURL(path).href);
    if (lang === 'en') await sheet.press('#lang');
    return sheet;
  }

  async close() {
    await this.context.close();
    rmSync(this.downloads, { recursive: true, force: true });
  }

  /** Picks files and waits until all of them were looked at. */
  async pick(...files) {
    const before = await this.page.$$eval('#file-list li', items => items.length);
    const input = await this.page.$('#pick');
    await input.uploadFile(...files);
    await this.until(count => {
      const states = [...document.querySelectorAll('#file-list .dot')];
      return document.getElementById('busy').hidden && states.length >= count && states.every(one => !one.classList.contains('waiting')) && !document.getElementById('work').hidden;
    }, before + files.length);
  }

  until(test, ...given) { return this.page.waitForFunction(test, { timeout: PATIENCE, polling: 30 }, ...given); }

  text(where) { return this.page.$eval(where, element => element.innerText); }
  status() { return this.text('#status'); }
  verdict() { return this.text('#verdict'); }
  press(where) { return this.page.$eval(where, element => element.click()); }

  /** Waits until a verdict of one kind stands. */
  async stands(kind) { await this.until(name => document.getElementById('verdict').classList.contains(name) && document.getElementById('busy').hidden, kind); }

  /** Downloads what a button makes: its name and bytes. */
  async download(where) {
    await this.press(where);
    // A file that is still being written stands there under some name already.
    const held = () => readdirSync(this.downloads).map(name => ({ name, size: statSync(join(this.downloads, name), { throwIfNoEntry: false })?.size }));
    const whole = (now, before) => now.length === 1 && !now[0].name.endsWith('.crdownload') && now[0].size > 0 && JSON.stringify(now) === before;
    let before = '';
    let now = held();
    for (let waited = 0; waited < PATIENCE && !whole(now, before); waited += 50) {
      before = JSON.stringify(now);
      await new Promise(done => setTimeout(done, 50));
      now = held();
    }
    const [{ name } = {}] = now;
    if (!name) throw new Error(`no download; the page says: ${await this.status()}`);
    const bytes = readFileSync(join(this.downloads, name));
    rmSync(join(this.downloads, name));
    return { name, bytes };
  }
}

/** The page with something else in its scripts, for what no file brings about: its policy names what it then runs. */
export function variant(...changes) {
  let page = readFileSync(PAGE, 'utf8');
  const sum = () => createHash('sha256').update(/<script>([^]*)<\/script>/.exec(page)[1]).digest('base64');
  const before = sum();
  for (const [from, to] of changes) {
    if (!page.includes(from)) throw new Error(`the page has no ${from}`);
    page = page.replace(from, () => to);
  }
  return written(folder(), 'soatbieu.html', page.replace(before, () => sum()));
}

/** Writes a workbook for a test. */
export function written(where, name, bytes) {
  const path = join(where, name);
  writeFileSync(path, bytes);
  return path;
}
