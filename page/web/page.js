/** Larger files are for the program. */
const MEGABYTES = 64;
/** Proposals are looked for at once in tables of so many rows and errors, else when they are asked for. */
const OFFERED_ROWS = 150;
const OFFERED_ERRORS = 10;
/** Cells that a list names. */
const NAMED = 12;
/** Tables of so many rows are put into the zip as PDF as well. */
const PDF_ROWS = 2000;
const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xlsm: 'application/vnd.ms-excel.sheet.macroEnabled.12',
  xls: 'application/vnd.ms-excel',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  pdf: 'application/pdf',
};

/** A file with what was found in it and what a person has chosen. */
const entries = [];
let engine = null;
/** The entry whose workbook the engine holds, and the one that is shown. */
let held = null;
let shown = null;
/** Which cell of which table is looked at. */
let looked = null;
/** Work is done one piece after the other. */
let queue = Promise.resolve();
const later = piece => { queue = queue.then(piece, piece); return queue; };

// ---- work -----------------------------------------------------------------------------------

async function ask(part, given) {
  if (engine?.ended) { engine = null; held = null; }
  engine ??= new Engine();
  return engine.ask(part, given);
}

const bytesOf = async entry => {
  try { return new Uint8Array(await entry.file.arrayBuffer()); } catch { throw new Refusal({ code: 'E101', message: t.cannotRead }); }
};

/** Puts an entry's workbook on the engine's desk, where another or none is on it. */
async function open(entry) {
  if (engine?.ended) { engine = null; held = null; }
  if (held === entry) return;
  if (engine && engine.memory > MUCH_MEMORY) { engine.end({ message: t.stopped }); engine = null; }
  held = null;
  if (entry.file.size > MEGABYTES << 20) throw new Refusal({ code: 'E107', message: t.tooLarge(MEGABYTES) });
  const bytes = await bytesOf(entry);
  entry.view = await ask('open', { name: entry.file.name, bytes, choices: entry.choices, lang });
  entry.lang = lang;
  held = entry;
}

function add(files) {
  const added = [...files].map(file => ({ file, choices: { decided: [], agreed: [], declined: [] }, view: null, failure: null }));
  entries.push(...added);
  if (added.length === 0) return;
  list();
  for (const entry of added) later(() => check(entry, added));
}

async function check(entry, added) {
  if (entry.failure) return;
  const began = performance.now();
  const done = added.filter(one => one.view || one.failure).length;
  busy(seconds => t.checking(entry.file.name, seconds), done, added.length);
  try { await open(entry); } catch (failure) { entry.failure = refusal(failure); }
  busy(null);
  const seconds = (Math.max(performance.now() - began, 100) / 1000).toFixed(1);
  const last = entry === added.at(-1);
  const failed = added.filter(one => one.failure).length;
  say(last && added.length > 1 ? t.all2(added.length - failed, failed) : t.done(entry.file.name, told(entry), seconds));
  if (!shown || shown === entry || (last && added.length === 1)) show(entry);
  else list();
  if (last && added.length > 1) await show(worst(added));
}

/** True for what is wrong with a file itself: checking it again would end the same way. */
const ofTheFile = ({ code }) => code && !['E101', 'E108', 'E109'].includes(code);

const refusal = failure => failure instanceof Refusal ? failure : new Refusal({ message: String(failure) });

/** Ends the work under way, and what waits for it. */
function stop() {
  for (const entry of entries) if (!entry.view && !entry.failure) entry.failure = new Refusal({ message: t.stopped });
  engine?.end({ message: t.stopped });
}

/** Checks a file once more that was stopped, took too long or ended its worker. */
function checkAgain(entry) {
  entry.failure = null;
  list();
  later(() => check(entry, [entry]));
}

/** Takes all that is chosen now; what cannot be followed is said by the caller, and undone. */
async function choose(entry, choices) {
  await open(entry);
  busy(seconds => t.working(seconds));
  try {
    entry.view = await ask('choose', { choices, lang });
    entry.lang = lang;
    entry.choices = choices;
    entry.unsaved = true;
  } finally { busy(null); }
}

/** Puts pieces of work after what is under way, and says what goes wrong. */
const doing = piece => later(async () => {
  busy(seconds => t.working(seconds));
  try { await piece(); } catch (failure) {
    const { code, message, help } = refusal(failure);
    say([t.notMade + message, help, code && `(${code})`].filter(Boolean).join(' '), true);
  } finally { busy(null); }
});

// ---- what is said ---------------------------------------------------------------------------

const left = entry => entry.view?.left ?? 0;

function told(entry) {
  if (entry.failure) return t.unread;
  if (!entry.view) return t.waiting;
  if (left(entry)) return t.openErrors(left(entry));
  const { changes, document: isDocument } = entry.view;
  if (changes) return isDocument ? t.listed(changes) : t.corrected(changes);
  return entry.view.contradictions ? t.verdictSentences(entry.view.contradictions).replace(/\.$/, '') : t.clean;
}

const weight = entry => entry.failure ? 1e9 : !entry.view ? -1 : left(entry) * 1000 + entry.view.changes;
const worst = some => [...some].sort((a, b) => weight(b) - weight(a))[0];
const stateOf = entry => entry.failure ? 'failed' : !entry.view ? 'waiting' : left(entry) ? 'open' : entry.view.changes || entry.view.contradictions ? 'fixed' : 'good';

function say(text, isFailure = false) {
  find('status').textContent = text;
  find('status').classList.toggle('failed', isFailure);
}

function busy(tell, done = 0, all = 0) {
  clearInterval(busy.clock);
  find('busy').hidden = tell === null;
  if (tell === null) return;
  if (all > 1) Object.assign(find('progress'), { max: all, value: done });
  else find('progress').removeAttribute('value');
  const began = Date.now();
  const tick = () => { find('doing').textContent = tell(Math.round((Date.now() - began) / 1000)); };
  tick();
  busy.clock = setInterval(tick, 1000);
}

// ---- elements -------------------------------------------------------------------------------

/** An element with its properties and children; a text among them is a text, never markup. */
function make(name, given = {}, ...children) {
  const { data = {}, aria = {}, ...rest } = given;
  const element = Object.assign(document.createElement(name), rest);
  Object.assign(element.dataset, data);
  for (const [key, value] of Object.entries(aria)) element.setAttribute(key === 'role' ? 'role' : `aria-${key}`, value);
  element.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return element;
}

/** What a terminal sets between back quotes. */
const quoted = text => text?.replace(/`([^`]*)`/g, '“$1”');

const button = (textContent, onclick, className = '') => make('button', { type: 'button', textContent, onclick, className });

// ---- the list of files ----------------------------------------------------------------------

function list() {
  find('drop').classList.toggle('small', entries.length > 0);
  find('welcome').hidden = entries.length > 0;
  find('files').hidden = entries.length < 2;
  const sorted = [...entries].sort((a, b) => weight(b) - weight(a));
  find('file-list').replaceChildren(...sorted.map(entry => {
    const item = button('', () => later(() => show(entry, true)), 'file');
    item.setAttribute('aria-current', String(entry === shown));
    item.append(make('span', { className: `dot ${stateOf(entry)}`, aria: { hidden: 'true' } }), make('span', { className: 'file-name', textContent: entry.file.name }), make('span', { className: 'file-state', textContent: told(entry) }));
    return make('li', {}, item);
  }));
}

// ---- one file -------------------------------------------------------------------------------

async function show(entry, asked = false) {
  shown = entry;
  looked = null;
  if (!entry.failure && entry.lang !== lang) {
    held = null;
    try { await open(entry); } catch (failure) { entry.failure = refusal(failure); }
  }
  draw();
  if (asked) find('work').focus();
}

function draw() {
  list();
  const entry = shown;
  find('work').hidden = !entry;
  if (!entry) return;
  find('name').textContent = entry.file.name;
  const verdict = find('verdict');
  verdict.className = `verdict ${stateOf(entry)}`;
  find('outputs').hidden = Boolean(entry.failure);
  if (entry.failure) {
    const { code } = entry.failure;
    const [message, help] = [entry.failure.message, entry.failure.help].map(quoted);
    const ended = text => text && !/[.!?]$/.test(text) ? `${text}.` : text;
    const first = text => text && text[0].toUpperCase() + text.slice(1);
    verdict.replaceChildren(make('span', {}, ended(first(message))), help ? make('span', { className: 'help', textContent: ended(first(help)) }) : '', code ? make('span', { className: 'code', textContent: code }) : '');
    if (!ofTheFile(entry.failure)) verdict.append(make('span', { className: 'help' }, button(t.again, () => checkAgain(entry))));
    find('tables').replaceChildren();
    return;
  }
  const { view } = entry;
  // Nothing is corrected in a document: what is to be mended is listed.
  const fixed = view.document ? 0 : view.changes;
  const verdicts = [view.left ? t.verdictOpen(view.left, fixed) : fixed ? t.verdictFixed(fixed) : view.document && view.changes ? '' : t.verdictClean];
  if (view.document && view.changes) verdicts.push(t.verdictListed(view.changes));
  if (view.contradictions) verdicts.push(t.verdictSentences(view.contradictions));
  verdict.textContent = verdicts.filter(Boolean).join(' ');
  find('o-copy').parentElement.hidden = view.document;
  layBeside();
  for (const kind of ['appendix', 'pdf']) document.querySelector(`[data-make="${kind}"]`).disabled = view.tables.every(table => table.left > 0);
  find('why-not').hidden = view.left === 0;
  find('why-not').textContent = view.left ? t.notClean(view.left) : '';
  const skipped = view.skipped.length === 0 ? [] : [make('section', { className: 'skipped' }, make('h3', { textContent: t.skipped }), make('ul', {}, ...view.skipped.map(({ sheet, reason }) => make('li', {}, make('strong', { textContent: sheet }), `: ${quoted(reason)}`))))];
  const sentences = make('div', { className: 'sentences' });
  // The program's own markup, in which every text is escaped, as that of a table.
  sentences.innerHTML = view.statements ?? '';
  find('tables').replaceChildren(...view.tables.map((table, index) => drawTable(entry, table, index)), sentences, ...skipped);
  reveal();
}

/** Brings the first marked cell of each table into its window, without moving the page. */
function reveal() {
  for (const scroll of document.querySelectorAll('.scroll')) {
    const cell = scroll.querySelector('.open, .decided, .fixed');
    if (!cell) continue;
    const [window, there] = [scroll.getBoundingClientRect(), cell.getBoundingClientRect()];
    if (there.right > window.right) scroll.scrollLeft += there.right - window.right + window.width / 4;
    if (there.bottom > window.bottom) scroll.scrollTop += there.bottom - window.bottom + window.height / 4;
  }
}

/** The table as it stands in its sheet, and what is said of it beside it. */
function drawTable(entry, table, index) {
  const scroll = make('div', { className: 'scroll', aria: { role: 'region', label: t.region } });
  // The program's own markup, in which every text is escaped; the page's policy runs no script in it.
  scroll.innerHTML = table.markup;
  enter(scroll, index);
  const notes = table.notes.map(note => make('p', { className: 'note', textContent: quoted(note) }));
  const side = make('div', { className: 'side', id: `side-${index}` });
  if (looked?.table === index) side.append(drawCell(entry, table, looked));
  const groups = ['open', 'decided', 'fixed', 'warning', 'note'].map(state => drawGroup(entry, table, index, state));
  side.append(...groups.filter(Boolean));
  if (table.items.length === 0) side.append(make('p', { className: 'note', textContent: t.nothing }));
  return make('section', { className: 'table' },
    make('h3', {}, t.tableTitle(table.sheet, table.range), make('span', { className: 'note', textContent: ` ${t.rows(table.rows)} · ${t.byForm(table.form)}` })),
    ...notes, make('div', { className: 'pair' }, scroll, side));
}

function drawGroup(entry, table, index, state) {
  const items = table.items.filter(item => item.state === state);
  if (items.length === 0) return null;
  const cards = make('ol', { className: 'cards' }, ...items.map(item => drawItem(entry, table, index, item)));
  const name = state === 'fixed' && entry.view.document ? t.toMend : t.groups[state];
  const title = `${name} (${items.length})`;
  if (state === 'warning' || state === 'note') return make('details', { className: `group ${state}`, open: state === 'warning' && items.length <= 3 }, make('summary', {}, make('h4', { textContent: title })), cards);
  return make('section', { className: `group ${state}` }, make('h4', { textContent: title }), cards);
}

const idOf = (index, item) => `i${index}-${item.number}`;

/** What is said of one cell, and what can be done about it. */
function drawItem(entry, table, index, item) {
  const cell = item.cell ? make('a', { href: `#${cellId(index, item.cell)}`, className: 'cell', textContent: item.cell, onclick: event => { event.preventDefault(); goToCell(index, item.cell); } }) : null;
  const head = make('p', { className: 'head' }, make('span', { className: `badge ${item.state}`, textContent: String(item.number), aria: { label: `${t.state[item.state]} ${item.number}` } }), cell, make('span', { className: 'rule', textContent: item.rule }), item.code ? make('span', { className: 'code', textContent: item.code }) : null);
  const card = make('li', { className: 'card', id: idOf(index, item), tabIndex: -1, data: { cells: cellsOf(item).join(' ') } }, head);
  if (item.message) card.append(make('p', { className: 'message', textContent: quoted(item.message) }));
  const facts = make('dl');
  const fact = (term, ...texts) => texts.some(Boolean) && facts.append(make('dt', { textContent: term }), ...texts.map(text => make('dd', {}, typeof text === 'string' ? quoted(text) : text)));
  if (item.state === 'fixed' || item.state === 'decided') fact(t.now, make('span', {}, make('del', { textContent: item.old }), ' → ', make('ins', { textContent: item.new })));
  if (item.state === 'decided') fact(t.reason, t.decidedText);
  fact(t.reason, item.state === 'open' ? null : item.reason);
  if (item.state === 'open') fact(t.verdict, item.verdict);
  fact(t.cause, ...item.causes);
  fact(t.advice, item.advice);
  fact(t.also, listed(item.others));
  fact(t.followers, listed(item.followers));
  if (facts.childElementCount) card.append(facts);
  if (item.evidence.length) card.append(drawEvidence(index, item.evidence));
  card.append(...drawActions(entry, table, index, item));
  const related = on => () => relate(index, cellsOf(item), on);
  card.onmouseenter = related(true);
  card.onmouseleave = related(false);
  card.addEventListener('focusin', related(true));
  card.addEventListener('focusout', related(false));
  return card;
}

/** Cells of a list; those of a long one are counted. */
const listed = cells => cells.length > NAMED ? `${cells.slice(0, NAMED).join(', ')}, … (${cells.length})` : cells.join(', ');

const cellsOf = item => [item.cell, ...item.others, ...item.followers, ...item.evidence.flatMap(one => one.cells)].filter(Boolean);

function drawEvidence(index, evidence, isOpen = false) {
  const line = ({ holds, text, cells }) => {
    const [mark, state, className] = holds === true ? ['✓', t.holds, 'holds'] : holds === false ? ['✗', t.fails, 'fails'] : ['–', t.unknown, ''];
    const item = make('li', { className }, make('span', { className: 'mark', textContent: mark, aria: { hidden: 'true' } }), ` ${quoted(text)} – ${state}`);
    item.onmouseenter = () => relate(index, cells, true);
    item.onmouseleave = () => relate(index, cells, false);
    return item;
  };
  return make('details', { className: 'evidence', open: isOpen }, make('summary', { textContent: t.evidence(evidence.length) }), make('ul', {}, ...evidence.map(line)));
}

/** Marks the cells that something rests on. */
function relate(index, cells, on) {
  const scroll = document.querySelectorAll('.scroll')[index];
  for (const cell of cells) scroll?.querySelector(`[data-cell="${cell}"]`)?.classList.toggle('related', on);
}

// ---- decisions ------------------------------------------------------------------------------

const without = (places, sheet, cells) => places.filter(one => one.sheet !== sheet || !cells.includes(one.cell));

/** Decides figures of cells of a table, checks everything again and shows it. `said` takes a refusal. */
const decide = (entry, table, index, figures, said) => change(entry, table, index, 'decided', figures, said);

/** Takes back what was chosen for cells. */
const takeBack = (entry, table, index, cells, said) => change(entry, table, index, 'decided', cells.map(cell => ({ cell })), said, true);

/** Chooses for cells in place of what was chosen for them before. */
const change = (entry, { sheet }, index, kind, chosen, said, back = false) => later(async () => {
  const cells = chosen.map(({ cell }) => cell);
  const left = Object.entries(entry.choices).map(([name, places]) => [name, without(places, sheet, cells)]);
  const choices = Object.fromEntries(left);
  if (!back) choices[kind].push(...chosen.map(one => ({ sheet, ...one })));
  await again(entry, index, choices, said);
});

const isAgreed = (entry, { sheet }, cells) => entry.choices.agreed.some(one => one.sheet === sheet && cells.includes(one.cell));

async function again(entry, index, choices, said) {
  said.textContent = '';
  try { await choose(entry, choices); } catch (failure) {
    const { message, help } = refusal(failure);
    said.textContent = [message, help].filter(Boolean).join('; ');
    return;
  }
  const at = window.scrollY;
  looked = null;
  draw();
  window.scrollTo(0, at);
  say(`${entry.file.name}: ${told(entry)}`);
  const next = find(`side-${index}`)?.querySelector('.open .card, .card');
  next?.focus({ preventScroll: true });
}

/** What can be done about an item. */
function drawActions(entry, table, index, item) {
  const said = make('p', { className: 'refused', aria: { role: 'alert' } });
  const cells = [item.cell, ...item.others].filter(Boolean);
  const undo = () => takeBack(entry, table, index, cells, said);
  const only = (text, act) => [make('p', { className: 'buttons' }, button(text, act)), said];
  if (item.state === 'decided' || (item.state === 'fixed' && isAgreed(entry, table, cells))) return only(t.undo, undo);
  if (item.state === 'fixed') return only(t.refuse, () => change(entry, table, index, 'declined', cells.map(cell => ({ cell })), said));
  if (item.state !== 'open' || !item.cell) return [];
  if (item.declined) return [make('p', { className: 'buttons' }, make('span', { className: 'note', textContent: t.declined }), button(t.redo(item.new), undo)), ownFigure(entry, table, index, item.cell, said), said];
  const offers = make('ul', { className: 'offers' });
  const few = table.rows <= OFFERED_ROWS && table.items.filter(one => one.state === 'open').length <= OFFERED_ERRORS;
  if (few) later(() => offer(entry, table, index, item, offers, said));
  else offers.append(make('li', {}, button(t.choose, event => { event.target.remove(); later(() => offer(entry, table, index, item, offers, said)); })));
  return [make('p', { className: 'choose', textContent: t.choose }), offers, ownFigure(entry, table, index, item.cell, said), said];
}

/** Offers what would settle an error, each tried on the whole table. */
async function offer(entry, table, index, item, offers, said) {
  if (!offers.isConnected || shown !== entry) return;
  offers.replaceChildren(make('li', { className: 'note', textContent: t.looking }));
  let candidates = [];
  try {
    await open(entry);
    candidates = await ask('candidates', { table: index, cell: item.cell });
  } catch { /* The figure can be typed. */ }
  // Beside a correction that the program itself suggests stands only what leaves as little.
  const best = candidates[0]?.agreed ? candidates.filter(one => one.left === candidates[0].left) : candidates;
  const some = best.slice(0, 8);
  const alike = some.every(one => one.left === some[0].left && one.mended === some[0].mended);
  const line = ({ cells, agreed, left: still, mended, why }, number) => {
    const [kind, chosen] = agreed ? ['agreed', [{ cell: agreed }]] : ['decided', cells.map(({ cell, figure }) => ({ cell, figure }))];
    const few = cells.slice(0, cells.length > 3 ? 1 : 3);
    const take = button(t.take(few.map(({ cell, figure }) => `${cell} = ${figure}`).join(', '), cells.length - few.length), () => change(entry, table, index, kind, chosen, said), number === 0 && (!alike || some.length === 1) ? 'main' : '');
    const where = few.map(({ position, was }) => t.standing(position, was)).join('; ');
    const effect = alike && some.length > 1 ? [] : [make('span', { className: 'derived', textContent: t.then(mended, still) }), ...why.slice(0, 1).map(one => make('span', { className: 'derived', textContent: one }))];
    const offered = make('li', {}, take, make('span', { className: 'why' }, where, ...effect));
    const names = cells.map(({ cell }) => cell);
    offered.onmouseenter = () => relate(index, names, true);
    offered.onmouseleave = () => relate(index, names, false);
    return offered;
  };
  offers.replaceChildren(...some.map(line));
  if (alike && some.length > 1) offers.prepend(make('li', { className: 'note', textContent: t.alike(some.length, some[0].left) }));
  if (candidates.length === 0) offers.append(make('li', { className: 'note', textContent: t.none }));
}

/** A form for figures that a person knows. */
function ownFigure(entry, table, index, cell, said) {
  const lines = make('div', { className: 'lines' });
  const line = at => {
    const place = make('input', { value: at, size: 5, autocomplete: 'off', spellcheck: false, name: 'cell', aria: { label: t.cell } });
    const figure = make('input', { size: 10, autocomplete: 'off', inputMode: 'decimal', name: 'figure', aria: { label: t.figure } });
    lines.append(make('span', { className: 'line' }, place, ' = ', figure));
    return at ? figure : place;
  };
  line(cell);
  const form = make('form', { className: 'own' }, make('span', { className: 'note', textContent: `${t.own}:` }), lines, make('span', { className: 'buttons' }, make('button', { textContent: t.write }), button(t.more, () => line('').focus(), 'quiet')));
  form.onsubmit = event => {
    event.preventDefault();
    const figures = [...lines.children].map(one => ({ cell: one.children[0].value.trim().toUpperCase(), figure: one.children[1].value.trim() }));
    const given = figures.filter(one => one.cell && one.figure);
    if (given.length) decide(entry, table, index, given, said);
    else lines.querySelector('[name="figure"]').focus();
  };
  return form;
}

// ---- the table ------------------------------------------------------------------------------

const cellId = (index, cell) => `c${index}-${cell}`;

/** Makes the drawn table one that can be walked through: one cell at a time takes the keyboard. */
function enter(scroll, index) {
  const cells = [...scroll.querySelectorAll('[data-cell]')];
  for (const cell of cells) {
    cell.id = cellId(index, cell.dataset.cell);
    cell.tabIndex = -1;
  }
  const first = scroll.querySelector('.open, .decided, .fixed') ?? cells[0];
  if (first) first.tabIndex = 0;
  scroll.onclick = event => activate(event.target.closest('[data-cell]'), index);
  scroll.onkeydown = event => {
    const cell = event.target.closest('[data-cell]');
    if (!cell) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      activate(cell, index);
      return;
    }
    const next = neighbour(cell, event.key);
    if (!next) return;
    event.preventDefault();
    for (const one of scroll.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
}

function neighbour(cell, key) {
  const row = cell.parentElement;
  const inRow = [...row.querySelectorAll('[data-cell]')];
  const at = inRow.indexOf(cell);
  const column = cell.dataset.cell.replace(/\d+/, '');
  const vertical = step => {
    for (let other = row[step]; other; other = other[step]) {
      const found = [...other.querySelectorAll('[data-cell]')].find(one => one.dataset.cell.replace(/\d+/, '') === column);
      if (found) return found;
    }
    return null;
  };
  switch (key) {
    case 'ArrowLeft': return inRow[at - 1];
    case 'ArrowRight': return inRow[at + 1];
    case 'ArrowUp': return vertical('previousElementSibling');
    case 'ArrowDown': return vertical('nextElementSibling');
    case 'Home': return inRow[0];
    case 'End': return inRow.at(-1);
    default: return null;
  }
}

/** A marked cell leads to what is said of it, any other shows the rules it is part of. */
function activate(cell, index) {
  if (!cell) return;
  if (cell.dataset.item) {
    const card = find(`i${index}-${cell.dataset.item}`);
    const group = card?.closest('details.group');
    if (group) group.open = true;
    const evidence = card?.querySelector('details.evidence');
    if (evidence) evidence.open = true;
    card?.focus();
    card?.scrollIntoView({ block: 'center' });
    return;
  }
  const entry = shown;
  later(async () => {
    try {
      await open(entry);
      looked = { table: index, ...await ask('cell', { table: index, cell: cell.dataset.cell }) };
    } catch (failure) { say(refusal(failure).message, true); return; }
    const at = window.scrollY;
    draw();
    window.scrollTo(0, at);
    find(`look-${index}`)?.focus();
    find(`look-${index}`)?.scrollIntoView({ block: 'nearest' });
  });
}

/** A cell that is looked at: the rules it is part of, and a form to decide its figure. */
function drawCell(entry, table, view) {
  const index = view.table;
  const said = make('p', { className: 'refused', aria: { role: 'alert' } });
  const close = () => { looked = null; draw(); goToCell(index, view.cell); };
  const where = [view.row, view.column].filter(Boolean).join(', ');
  const evidence = view.evidence.length ? drawEvidence(index, view.evidence, true) : make('p', { className: 'note', textContent: t.cellNone });
  const panel = make('section', { className: 'card look', id: `look-${index}`, tabIndex: -1, aria: { label: t.cellTitle(view.cell) } },
    make('p', { className: 'head' }, make('strong', { textContent: t.cellTitle(view.cell) }), make('span', { className: 'rule', textContent: where }), make('button', { type: 'button', className: 'quiet', textContent: '×', onclick: close, aria: { label: t.back } })),
    make('p', { className: 'message', textContent: `${t.was}: ${view.printed}` }), evidence, ownFigure(entry, table, index, view.cell, said), said);
  panel.onkeydown = event => { if (event.key === 'Escape') close(); };
  return panel;
}

function goToCell(index, cell) {
  const found = find(cellId(index, cell));
  found?.focus({ preventScroll: true });
  found?.scrollIntoView({ block: 'center', inline: 'center' });
}

/** Goes to the next or previous thing said. */
function goOn(step) {
  const cards = [...document.querySelectorAll('#tables .card')].filter(card => card.offsetParent);
  if (cards.length === 0) return;
  const at = cards.indexOf(document.activeElement?.closest('.card'));
  const next = cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : (at + step + cards.length) % cards.length];
  next.focus();
  next.scrollIntoView({ block: 'center' });
}

// ---- outputs --------------------------------------------------------------------------------

function save({ name, bytes, type, notes = [] }) {
  const link = make('a', { href: URL.createObjectURL(new Blob([bytes], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  say([t.saved(name), notes.length ? t.leftOpen(notes) : ''].join(' '));
}

const stem = entry => entry.file.name.replace(/\.[^.]+$/, '');

/** What was typed on how an appendix is set. */
const sheetOptions = () => ({ ...Object.fromEntries(new FormData(find('sign'))), mode: find('mode').value });

/** The outputs of the file on the desk: name, kind and bytes of each. */
const outputs = {
  async copy(entry) {
    const marks = find('marks').value;
    const { bytes, told: notes, suffix, changes } = await ask('copy', { marks });
    const kind = marks === 'only' ? t.names.marks : t.names.copy;
    // Where the kind of file cannot hold the list of changes, it is a workbook of its own.
    const beside = changes && { name: `${stem(entry)}.${t.names.changes}.xlsx`, bytes: changes, type: TYPES.xlsx };
    return { name: `${stem(entry)}.${kind}.${suffix}`, bytes, type: TYPES[suffix], notes, beside };
  },
  appendix: entry => typeset(entry, 'xlsx'),
  pdf: entry => typeset(entry, 'pdf'),
  async report(entry) {
    const { bytes } = await ask('report');
    return { name: `${stem(entry)}.${t.names.report}.html`, bytes, type: 'text/html' };
  },
  async zip(entry) {
    // A copy in which nothing was corrected would only be mistaken for one that was.
    const copied = !entry.view.document && (entry.view.changes || find('marks').value === 'only');
    const kinds = [copied ? 'copy' : '', ...appendices(entry)];
    const files = [await outputs.report(entry)];
    for (const kind of kinds.filter(Boolean)) files.push(await outputs[kind](entry));
    for (const { name, bytes } of files.flatMap(file => [file, file.beside].filter(Boolean))) await ask('pack', { name, bytes });
    const { bytes } = await ask('bundle');
    return { name: `${stem(entry)}.${t.names.all}.zip`, bytes, type: 'application/zip', notes: files.flatMap(file => file.notes ?? []) };
  },
};

async function typeset(entry, suffix) {
  const { bytes, told: notes } = await ask('appendix', { sheet: sheetOptions(), suffix });
  return { name: `${stem(entry)}.${t.names.appendix}.${suffix}`, bytes, type: TYPES[suffix], notes };
}

/** The kinds of appendix there can be; a long table as PDF is made only when it is asked for. */
function appendices({ view: { tables } }) {
  const clean = tables.filter(table => table.left === 0);
  if (clean.length === 0) return [];
  return clean.every(table => table.rows <= PDF_ROWS) ? ['appendix', 'pdf'] : ['appendix'];
}

/** A file that goes with the copy: browsers ask before they save two at one click. */
function layBeside(beside) {
  document.querySelector('.beside')?.remove();
  if (beside) document.querySelector('[data-make="copy"]').after(button(t.beside, () => save(beside), 'beside'));
}

const output = kind => doing(async () => {
  const entry = shown;
  await open(entry);
  const made = await outputs[kind](entry);
  save(made);
  if (kind === 'copy') layBeside(made.beside);
  if (kind === 'copy' || kind === 'zip') entry.unsaved = false;
});

// ---- merging --------------------------------------------------------------------------------

const merge = leaveOut => doing(async () => {
  const form = find('merge-form');
  const ready = entries.filter(entry => entry.view || entry.failure);
  const units = [];
  for (const entry of ready) {
    if (entry.failure) { units.push({ name: entry.file.name, bytes: await bytesOf(entry) }); continue; }
    await open(entry);
    const { bytes } = entry.view.changes && !entry.view.document ? await ask('copy', { marks: 'plain' }) : { bytes: await bytesOf(entry) };
    units.push({ name: entry.file.name, bytes });
  }
  await ask('mergeBegin', { villages: form.rows.value === 'village', unit_heading: form.heading.value, leave_out: leaveOut });
  for (const unit of units) await ask('mergeAdd', unit);
  const name = `${t.mergeName}.xlsx`;
  const { told: outcome, bytes } = await ask('mergeEnd', { sheet: sheetOptions(), out: name });
  drawMerge(outcome, bytes, name);
});

function drawMerge({ units, problems }, bytes, name) {
  const line = ({ kind, unit, tables, message }) => make('li', {}, make('strong', { textContent: [t.kinds[kind], unit].filter(Boolean).join(' – ') }), `: ${[tables.map(one => [one.file, one.sheet].filter(Boolean).join(' › ')).join(', '), message].filter(Boolean).join(': ')}`);
  const lines = make('ul', {}, ...problems.map(line));
  const result = find('merge-result');
  if (bytes) {
    result.replaceChildren(make('p', { className: 'verdict good', textContent: t.mergeDone(units.length) }), make('p', { className: 'buttons' }, button(t.mergeSave, () => save({ name, bytes, type: TYPES.xlsx }), 'main')));
    if (problems.length) result.append(make('p', { textContent: t.mergeLeft }), lines);
    return;
  }
  const kinds = [...new Set(problems.map(problem => problem.kind))];
  result.replaceChildren(make('p', { className: 'verdict open', textContent: t.mergeRefused }), lines, make('p', { className: 'buttons' }, button(t.mergeLeaveOut, () => merge(kinds))));
}

// ---- the page itself ------------------------------------------------------------------------

function speak() {
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t[element.dataset.t];
  for (const element of document.querySelectorAll('[data-p]')) element.placeholder = t[element.dataset.p];
  for (const one of document.querySelectorAll('.output button')) one.setAttribute('aria-label', `${one.textContent}: ${one.closest('.output').querySelector('.output-name').textContent}`);
  Object.assign(find('lang'), { textContent: t.other, lang: t.otherLang });
  const guide = name => t.guideText.map(([title, text]) => make('div', {}, make(name, { textContent: title }), make('p', { textContent: text })));
  find('guide-text').replaceChildren(...guide('h3'));
  find('welcome').replaceChildren(...guide('h2'));
}

find('pick').onchange = event => { add(event.target.files); event.target.value = ''; };
find('stop').onclick = stop;
find('lang').onclick = () => later(async () => {
  lang = t.otherLang;
  t = WORDS[lang];
  speak();
  find('merge-result').replaceChildren();
  say('');
  if (shown) await show(shown);
});
find('guide-open').onclick = () => find('guide').showModal();
find('merge-form').onsubmit = event => { event.preventDefault(); merge([]); };
find('sign').onsubmit = event => { event.preventDefault(); };
for (const one of document.querySelectorAll('[data-make]')) one.onclick = () => one.dataset.make === 'print' ? window.print() : output(one.dataset.make);
document.addEventListener('dragover', event => { event.preventDefault(); find('drop').classList.add('over'); });
document.addEventListener('dragleave', event => { if (!event.relatedTarget) find('drop').classList.remove('over'); });
document.addEventListener('drop', event => { event.preventDefault(); find('drop').classList.remove('over'); add(event.dataTransfer.files); });
document.addEventListener('keydown', event => {
  if (event.key === 'F8') { event.preventDefault(); goOn(event.shiftKey ? -1 : 1); }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'o') { event.preventDefault(); find('pick').click(); }
});
window.addEventListener('beforeprint', () => { for (const one of document.querySelectorAll('details.group')) one.open = true; });
window.addEventListener('beforeunload', event => { if (entries.some(entry => entry.unsaved)) event.preventDefault(); });
speak();
// Compiled while the person looks for a file: the first one need not wait for it.
engine = new Engine();
engine.ready.catch(failure => say(refusal(failure).message, true));
