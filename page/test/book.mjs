// Workbooks for the tests, written by hand: what no spreadsheet program would make as well.
import { crc32, deflateRawSync } from 'node:zlib';

/** A zip of parts, each deflated: `[name, bytes]`. */
export function zip(parts) {
  const local = [];
  const central = [];
  let at = 0;
  for (const [name, bytes] of parts) {
    const data = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
    const packed = deflateRawSync(data, { level: 6 });
    const title = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(0x21, 12);
    head.writeUInt32LE(crc32(data), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(title.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(at, 42);
    local.push(head, title, packed);
    central.push(entry, title);
    at += head.length + title.length + packed.length;
  }
  const index = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, index, end]);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const letters = column => column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26);

function cell(value, row, column) {
  const at = `${letters(column)}${row + 1}`;
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'number') return `<c r="${at}" s="${Number.isInteger(value) ? 0 : 1}"><v>${value}</v></c>`;
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

/** An .xlsx of sheets, each `[name, rows]`; figures with decimals show two of them. */
export function book(sheets) {
  const parts = [['[Content_Types].xml', `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${sheets.map((_, index) => `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join('')}</Types>`],
    ['_rels/.rels', `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ['xl/workbook.xml', `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.map(([name], index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`],
    ['xl/_rels/workbook.xml.rels', `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}<Relationship Id="rId0" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`],
    ['xl/styles.xml', `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font><sz val="11"/><name val="Times New Roman"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="2" applyNumberFormat="1"/></cellXfs></styleSheet>`]];
  for (const [index, [, rows]] of sheets.entries()) {
    const lines = rows.map((row, number) => `<row r="${number + 1}">${row.map((value, column) => cell(value, number, column)).join('')}</row>`);
    parts.push([`xl/worksheets/sheet${index + 1}.xml`, `${XML}<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`]);
  }
  return zip(parts);
}

const rate = (part, whole) => Math.floor((20000 * part + whole) / (2 * whole)) / 100;

/** The rows of a table of villages: households, people, poor, their rate; the total last. */
export function villages(count, damage = () => {}) {
  const rows = [['TT', 'Thôn', 'Số hộ', 'Nhân khẩu', 'Hộ nghèo', 'Tỷ lệ hộ nghèo (%)'], ['A', 'B', '1', '2', '3', '4=3/1']];
  const sum = [0, 0, 0];
  for (let village = 0; village < count; village += 1) {
    const figures = [300 + village * 37 % 400, 1200 + village * 91 % 900, 1 + village * 13 % 40];
    figures.forEach((figure, index) => { sum[index] += figure; });
    rows.push([village + 1, `Thôn ${village + 1}`, ...figures, rate(figures[2], figures[0])]);
  }
  rows.push(['', 'Tổng cộng', ...sum, rate(sum[2], sum[0])]);
  damage(rows);
  return rows;
}
