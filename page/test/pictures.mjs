// Draws the pictures of the guide and of the README from the page: node pictures.mjs FOLDER
import { join } from 'node:path';
import { book, villages } from './book.mjs';
import { ROOT, Sheet, folder, launch, written } from './browser.mjs';

const out = process.argv[2] ?? join(ROOT, 'docs');
const browser = await launch();

async function picture(name, given, work) {
  const sheet = await Sheet.open(browser, given);
  await work(sheet);
  await sheet.until(() => document.getElementById('busy').hidden);
  await sheet.page.screenshot({ path: join(out, name) });
  await sheet.close();
}

const sample = join(ROOT, 'samples', 'dai-lanh-2024.xlsx');
const open = written(folder(), 'thon-mau.xlsx', book([['Biểu 1', villages(6, rows => { rows[4][3] += 100; rows[6][5] = 9.99; })]]));
const offered = () => document.querySelectorAll('.offers button').length > 1;
const decide = async sheet => { await sheet.pick(open); await sheet.until(offered); };

await picture('trang-mo.png', { width: 1366, height: 660 }, async () => {});
await picture('trang-soat.png', { width: 1680, height: 860 }, sheet => sheet.pick(sample));
await picture('trang-quyet-dinh.png', { width: 1366, height: 1180 }, decide);
await picture('trang-toi.png', { width: 1366, height: 800, dark: true }, decide);
await picture('trang-hep.png', { width: 390, height: 844 }, sheet => sheet.pick(sample));
await browser.close();
