import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { book, villages, zip } from './book.mjs';
import { PAGE, ROOT, Sheet, folder, launch, program, variant, written } from './browser.mjs';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

const sample = name => join(ROOT, 'samples', name);

/** A test with a page of its own, after which nothing may have been asked for, kept or complained of. */
const onPage = (name, given, work) => test(name, async () => {
  const sheet = await Sheet.open(browser, given);
  try {
    await work(sheet);
    const asked = sheet.requests.filter(url => !/^(file|blob|data):/.test(url));
    assert.deepEqual(asked, [], 'no request');
    assert.deepEqual(sheet.console, [], 'nothing to complain of');
    const kept = await sheet.page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
    assert.deepEqual(kept, ['', 0, 0], 'nothing is kept');
  } finally { await sheet.close(); }
});

/** A file in a folder of its own with what the program makes of it. */
function native(path, ...given) {
  const where = folder();
  const name = path.split('/').at(-1);
  copyFileSync(path, join(where, name));
  const made = program(where, ...given.map(one => one === 'FILE' ? name : one));
  return { where, read: out => readFileSync(join(where, out)), ...made };
}

test('the page is one file of at most four megabytes', () => {
  const { size } = statSync(PAGE);
  assert.ok(size < 4 << 20, `${size} bytes`);
});

for (const name of ['dai-lanh-2024.xlsx', 'dai-lanh-2024.xls', 'dai-lanh-2024.ods', 'dai-lanh-2024-formulas.xlsx', 'dai-lanh-2024-text.xlsx', 'clean.xlsx']) {
  onPage(`${name}: what is found and what is taken away is the program's`, {}, async sheet => {
    await sheet.pick(sample(name));
    const { stdout } = native(sample(name), 'check', 'FILE', '--format', 'json');
    const [table] = JSON.parse(stdout).files[0].tables;
    const errors = table.findings.filter(finding => finding.severity === 'error').map(finding => finding.cell);
    const marked = await sheet.page.$$eval('.sheet td.open, .sheet td.fixed', cells => cells.map(cell => cell.dataset.cell));
    assert.deepEqual(marked.sort(), errors.sort());
    const copy = await sheet.download('[data-make="copy"]');
    const out = `out.${/\.da-sua\.(xlsx|xls|ods)$/.exec(copy.name)[1]}`;
    const made = native(sample(name), 'fix', 'FILE', '-o', out);
    assert.ok(copy.bytes.equals(made.read(out)), 'the copy');
    // What an .xls cannot hold is a workbook beside it.
    if (out === 'out.xls') assert.ok((await sheet.download('.beside')).bytes.equals(made.read('out.danh-sach-sua.xlsx')), 'the list of changes');
    for (const marks of ['plain', 'only']) {
      await sheet.page.select('#marks', marks);
      const option = marks === 'only' ? '--marks-only' : '--plain';
      const other = native(sample(name), 'fix', 'FILE', '-o', out, option);
      assert.ok((await sheet.download('[data-make="copy"]')).bytes.equals(other.read(out)), marks);
    }
    const whole = native(sample(name), 'process', 'FILE', '--out', 'out');
    const written = /out\/(\S+\.html)/.exec(whole.stdout)[1];
    const report = await sheet.download('[data-make="report"]');
    assert.ok(report.bytes.equals(whole.read(join('out', written))), 'the report');
    assert.match(report.name, /\.bao-cao\.html$/);
    for (const mode of ['ky', 'phu-luc', 'dien-tu']) {
      await sheet.page.select('#mode', mode);
      const set = native(sample(name), 'appendix', 'FILE', '-o', 'out.xlsx', '--mode', mode);
      const appendix = await sheet.download('[data-make="appendix"]');
      assert.match(appendix.name, /\.phu-luc\.xlsx$/);
      assert.ok(appendix.bytes.equals(set.read('out.xlsx')), `the appendix ${mode}`);
      const printed = native(sample(name), 'appendix', 'FILE', '-o', 'out.pdf', '--mode', mode);
      const pdf = await sheet.download('[data-make="pdf"]');
      assert.match(pdf.name, /\.phu-luc\.pdf$/);
      assert.ok(pdf.bytes.equals(printed.read('out.pdf')), `the appendix ${mode} as PDF`);
    }
  });
}

onPage('what is asked on the form stands in the appendix', {}, async sheet => {
  await sheet.pick(sample('dai-lanh-2024.xlsx'));
  await sheet.page.$eval('.sign', details => { details.open = true; });
  await sheet.page.type('[name="signer"]', 'Trần Văn Một');
  await sheet.page.type('[name="signer_title"]', 'KT. CHỦ TỊCH|PHÓ CHỦ TỊCH');
  const set = native(sample('dai-lanh-2024.xlsx'), 'appendix', 'FILE', '-o', 'out.xlsx', '--signer', 'Trần Văn Một', '--signer-title', 'KT. CHỦ TỊCH|PHÓ CHỦ TỊCH');
  assert.ok((await sheet.download('[data-make="appendix"]')).bytes.equals(set.read('out.xlsx')));
});

onPage('a safe correction can be refused and taken again', {}, async sheet => {
  await sheet.pick(sample('dai-lanh-2024.xlsx'));
  assert.match(await sheet.verdict(), /Đã sửa 2 ô/);
  assert.match(await sheet.text('[data-cell="Q13"]'), /^2,16 2,35\d$/);
  await sheet.press('.group.fixed .card .buttons button');
  await sheet.stands('open');
  assert.match(await sheet.verdict(), /Còn 1 lỗi/);
  assert.ok(await sheet.page.$eval('[data-make="appendix"]', one => one.disabled));
  const plain = await sheet.page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(plain, /--[a-z]|soatbieu (check|fix)/, 'no advice of the command line');
  await sheet.press('.group.open .card .buttons button');
  await sheet.stands('fixed');
});

// The people of one village are wrong: they only add up, so nobody can tell which cell it is.
const undecided = rows => { rows[4][3] += 100; };

onPage('an error is decided by what is offered, shown, and taken back', {}, async sheet => {
  const where = folder();
  const path = written(where, 'thon.xlsx', book([['Biểu', villages(6, undecided)]]));
  await sheet.pick(path);
  assert.match(await sheet.verdict(), /Còn 1 lỗi/);
  await sheet.until(() => document.querySelectorAll('.offers button').length > 1);
  const offers = await sheet.page.$$eval('.offers button', buttons => buttons.map(one => one.innerText));
  const right = villages(6)[4][3];
  const wanted = `D5 = ${right >= 1000 ? `${Math.floor(right / 1000)}.${String(right % 1000).padStart(3, '0')}` : right}`;
  assert.ok(offers.some(offer => offer.includes(wanted)), `${wanted}: ${offers}`);
  await sheet.page.evaluate(text => [...document.querySelectorAll('.offers button')].find(one => one.innerText.includes(text)).click(), wanted);
  await sheet.stands('fixed');
  assert.ok(await sheet.page.$eval('[data-cell="D5"]', cell => cell.classList.contains('decided')));
  const made = native(path, 'fix', 'FILE', '-o', 'out.xlsx', '--accept', `D5=${right}`);
  assert.ok((await sheet.download('[data-make="copy"]')).bytes.equals(made.read('out.xlsx')));
  await sheet.press('.group.decided .card .buttons button');
  await sheet.stands('open');
  const back = native(path, 'fix', 'FILE', '-o', 'out.xlsx');
  assert.ok((await sheet.download('[data-make="copy"]')).bytes.equals(back.read('out.xlsx')));
});

onPage('a figure is typed; one that breaks what holds is refused with its reason', {}, async sheet => {
  const where = folder();
  await sheet.pick(written(where, 'thon.xlsx', book([['Biểu', villages(6, undecided)]])));
  const type = async (cell, figure) => {
    await sheet.page.$eval('.group.open .own [name="cell"]', (field, text) => { field.value = text; }, cell);
    await sheet.page.$eval('.group.open .own [name="figure"]', (field, text) => { field.value = text; }, figure);
    await sheet.press('.group.open .own button');
  };
  await type('E5', '1');
  await sheet.until(() => document.querySelector('.group.open .refused').innerText !== '');
  assert.match(await sheet.text('.group.open .refused'), /không nhận E5 = 1/);
  await type('D5', 'chưa có');
  await sheet.until(() => document.querySelector('.group.open .refused').innerText.includes('chưa có'));
  await type('B5', '7');
  await sheet.until(() => document.querySelector('.group.open .refused').innerText.includes('B5'));
  await type('D5', '1.382');
  await sheet.stands('fixed');
});

onPage('a cell leads to its rules, the keyboard alone suffices', {}, async sheet => {
  await sheet.pick(sample('dai-lanh-2024.xlsx'));
  const { keyboard } = sheet.page;
  await keyboard.press('F8');
  const on = () => sheet.page.evaluate(() => document.activeElement.className);
  assert.match(await on(), /card/);
  await sheet.page.focus('.sheet [tabindex="0"]');
  const at = () => sheet.page.evaluate(() => document.activeElement.dataset.cell);
  const began = await at();
  await keyboard.press('ArrowLeft');
  const moved = await at();
  assert.notEqual(moved, began);
  await keyboard.press('Enter');
  await sheet.until(() => document.activeElement.classList.contains('look'));
  assert.match(await sheet.text('.look'), new RegExp(`Ô ${moved}`));
  assert.match(await sheet.text('.look .evidence'), /khớp/);
  await keyboard.press('Escape');
  await sheet.until(cell => document.activeElement.dataset.cell === cell, moved);
  await sheet.page.focus(`[data-cell="${began}"]`);
  await keyboard.press('Enter');
  await sheet.until(() => document.activeElement.classList.contains('card'));
});

onPage('several files: worst first, merged as the program merges them, all outputs as one zip', {}, async sheet => {
  const files = ['01.xlsx', '02.xlsx', '03.xlsx'].map(name => sample(join('communes', name)));
  await sheet.pick(...files, sample('broken.xlsx'));
  const first = await sheet.text('#file-list li:first-child');
  assert.match(first, /broken\.xlsx/);
  assert.match(await sheet.verdict(), /E105/);
  assert.equal(await sheet.text('#status'), 'Đã soát 3 tệp; 1 tệp không soát được.');
  await sheet.page.$eval('#merge', details => { details.open = true; });
  await sheet.press('#merge-form button');
  await sheet.until(() => document.querySelector('#merge-result button') && document.getElementById('busy').hidden);
  assert.match(await sheet.text('#merge-result'), /không đọc được/);
  await sheet.press('#merge-result button');
  await sheet.until(() => document.querySelector('#merge-result .good'));
  const merged = await sheet.download('#merge-result button');
  const where = folder();
  for (const path of [...files, sample('broken.xlsx')]) copyFileSync(path, join(where, path.split('/').at(-1)));
  program(where, 'merge', '01.xlsx', '02.xlsx', '03.xlsx', 'broken.xlsx', '-o', 'out.xlsx', '--leave-out', 'unreadable');
  assert.ok(merged.bytes.equals(readFileSync(join(where, 'out.xlsx'))));
  await sheet.page.evaluate(() => [...document.querySelectorAll('.file')].find(one => one.innerText.includes('02.xlsx')).click());
  await sheet.until(() => document.getElementById('name').innerText === '02.xlsx');
  const bundle = await sheet.download('[data-make="zip"]');
  assert.equal(bundle.name, '02.ket-qua.zip');
  assert.equal(bundle.bytes.readUInt32LE(0), 0x04034b50);
  for (const part of ['02.bao-cao.html', '02.phu-luc.xlsx', '02.phu-luc.pdf']) assert.ok(bundle.bytes.includes(part), part);
});

onPage('a damaged file, a bomb and no workbook end with a sentence, and the next file works', {}, async sheet => {
  const where = folder();
  const bomb = written(where, 'bom.xlsx', zip([['[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'], ['xl/workbook.xml', '<workbook/>'], ['xl/worksheets/sheet1.xml', Buffer.alloc(900 << 20, 32)]]));
  const text = written(where, 'thu.xlsx', Buffer.from('Kính gửi'));
  for (const path of [sample('broken.xlsx'), bomb, text, sample('no-table.xlsx')]) {
    await sheet.pick(path);
    await sheet.page.evaluate(name => [...document.querySelectorAll('.file')].find(one => one.innerText.includes(name)).click(), path.split('/').at(-1));
    await sheet.stands('failed');
    assert.match(await sheet.verdict(), /\.\s*E[12]\d\d/s, path);
  }
  await sheet.pick(sample('clean.xlsx'));
  await sheet.page.evaluate(() => [...document.querySelectorAll('.file')].find(one => one.innerText.includes('clean.xlsx')).click());
  await sheet.stands('good');
});

onPage('a long table is checked in little memory; its copy is the program\'s', {}, async sheet => {
  const where = folder();
  const damage = rows => { rows[9_000][5] = 99.99; };
  const path = written(where, 'dai.xlsx', book([['Biểu', villages(10_000, damage)]]));
  await sheet.pick(path);
  assert.match(await sheet.verdict(), /Đã sửa 1 ô/);
  const made = native(path, 'fix', 'FILE', '-o', 'out.xlsx', '--max-seconds', '600');
  assert.ok((await sheet.download('[data-make="copy"]')).bytes.equals(made.read('out.xlsx')));
});

onPage('a hundred thousand rows are checked, and can be stopped', {}, async sheet => {
  const where = folder();
  const path = written(where, 'rat-dai.xlsx', book([['Biểu', villages(100_000)]]));
  const input = await sheet.page.$('#pick');
  await input.uploadFile(path);
  await sheet.until(() => !document.getElementById('busy').hidden);
  await sheet.press('#stop');
  await sheet.stands('failed');
  assert.match(await sheet.verdict(), /Đã dừng/);
  await sheet.pick(sample('clean.xlsx'));
  const began = Date.now();
  await sheet.pick(written(where, 'rat-dai-2.xlsx', readFileSync(path)));
  const states = await sheet.text('#file-list');
  assert.match(states, /rat-dai-2\.xlsx\s+không có lỗi/);
  const memory = await sheet.page.evaluate(() => document.documentElement.dataset.memory);
  assert.ok(Number(memory) < 400 << 20, `${memory} bytes`);
  console.log(`100.000 rows: ${Date.now() - began} ms, ${memory >> 20} MiB`);
});

test('what takes too long is ended with a sentence, and can be checked again', async () => {
  const sheet = await Sheet.open(browser, { path: variant(['const SECONDS = 60', 'const SECONDS = 0.001']) });
  try {
    // Not even the program can be loaded in that time.
    await sheet.pick(sample('clean.xlsx'));
    assert.match(await sheet.verdict(), /mà chưa xong nên đã dừng\..*E108/s);
    await sheet.press('#verdict button');
    await sheet.until(() => document.getElementById('busy').hidden);
    assert.match(await sheet.verdict(), /E108/);
  } finally { await sheet.close(); }
});

test('a program that dies ends with a sentence, and the next file works', async () => {
  const sheet = await Sheet.open(browser, { path: variant(["cell({ table, cell }) {", "cell({ table, cell }) { unreachable();"], ["open({ name, bytes, choices, lang }) {", "open({ name, bytes, choices, lang }) { if (name === 'clean.xlsx') unreachable();"]) });
  try {
    await sheet.pick(sample('clean.xlsx'));
    assert.match(await sheet.verdict(), /dừng giữa chừng.*chương trình soatbieu.*E109/s);
    await sheet.pick(sample('dai-lanh-2024.xlsx'));
    await sheet.page.evaluate(() => [...document.querySelectorAll('.file')].find(one => one.innerText.includes('dai-lanh')).click());
    await sheet.stands('fixed');
    await sheet.press('[data-cell="D8"]');
    await sheet.until(() => document.getElementById('status').classList.contains('failed'));
    assert.match(await sheet.status(), /dừng giữa chừng/);
    // What was chosen is on the page, not in the program: the file is opened again.
    await sheet.press('.group.fixed .card .buttons button');
    await sheet.stands('open');
  } finally { await sheet.close(); }
});

onPage('English throughout', { lang: 'en' }, async sheet => {
  await sheet.pick(sample('dai-lanh-2024.xlsx'));
  assert.match(await sheet.verdict(), /2 cells are corrected/);
  const plain = await sheet.page.evaluate(() => document.querySelector('main').innerText);
  assert.doesNotMatch(plain, /Đã sửa|Cần quyết định|Tải về/);
  const copy = await sheet.download('[data-make="copy"]');
  assert.equal(copy.name, 'dai-lanh-2024.corrected.xlsx');
  const made = native(sample('dai-lanh-2024.xlsx'), 'fix', 'FILE', '-o', 'out.xlsx', '--lang', 'en');
  assert.ok(copy.bytes.equals(made.read('out.xlsx')));
});

for (const width of [390, 768, 1366, 1920]) {
  onPage(`nothing runs over the edge at ${width} pixels`, { width }, async sheet => {
    await sheet.pick(sample('dai-lanh-2024.xlsx'), sample('clean.xlsx'));
    const [page, window] = await sheet.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(page <= window, `${page} > ${window}`);
  });
}

test('the policy lets nothing out', async () => {
  let asked = 0;
  const server = createServer((_, answer) => { asked += 1; answer.end(); }).listen(0, '127.0.0.1');
  await new Promise(done => server.on('listening', done));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const sheet = await Sheet.open(browser);
  try {
    const refused = await sheet.page.evaluate(async to => {
      const tries = [fetch(to), new Promise((keep, drop) => { const image = new Image(); image.onload = keep; image.onerror = drop; image.src = to; }), (async () => { if (!navigator.sendBeacon(to)) throw new Error('refused'); await new Promise(done => setTimeout(done, 300)); throw new Error('sent into the void'); })()];
      return (await Promise.allSettled(tries)).map(one => one.status);
    }, url);
    assert.deepEqual(refused, ['rejected', 'rejected', 'rejected']);
    const run = await sheet.page.evaluate(() => { const element = document.createElement('div'); element.innerHTML = '<img src=x onerror="window.ran = true">'; document.body.append(element); return new Promise(done => setTimeout(() => done(window.ran), 300)); });
    assert.equal(run, undefined);
    assert.equal(asked, 0);
  } finally { await sheet.close(); server.close(); }
});

test('hostile texts of a workbook are texts on the page', async () => {
  const where = folder();
  const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  const sheet = await Sheet.open(browser);
  try {
    await sheet.pick(written(where, 'la.xlsx', book([['Biểu', villages(6, rows => { rows[3][1] = evil; rows[4][5] = 77.77; })]])));
    assert.match(await sheet.text('.sheet'), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await sheet.page.$('.sheet img, .sheet script'), null);
  } finally { await sheet.close(); }
});
