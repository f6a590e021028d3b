// Runs in a worker made of this text, after the script that wasm-bindgen makes. Has one office.
'use strict';
let office = null;
let memory = null;
let panic = '';
self.soatbieuPanicked = text => { panic = text; };

/** An output with what is told of it. */
const taken = made => ({ told: JSON.parse(made.told()), bytes: made.bytes() });

const parts = {
  load(code) {
    memory = wasm_bindgen.initSync({ module: code }).memory;
    office = new wasm_bindgen.Office();
    office.warm();
    return wasm_bindgen.version();
  },
  open({ name, bytes, choices, lang }) {
    office.speak(lang);
    return JSON.parse(office.open(name, bytes, JSON.stringify(choices)));
  },
  choose({ choices, lang }) {
    office.speak(lang);
    return JSON.parse(office.choose(JSON.stringify(choices)));
  },
  candidates({ table, cell }) { return JSON.parse(office.candidates(table, cell)); },
  cell({ table, cell }) { return JSON.parse(office.cell(table, cell)); },
  copy({ marks }) { return { ...taken(office.copy(marks)), suffix: office.suffix(), changes: office.changes() }; },
  report() { return { bytes: new TextEncoder().encode(office.report()) }; },
  appendix({ sheet, suffix }) { return taken(office.appendix(JSON.stringify(sheet), suffix)); },
  mergeBegin(wanted) { office.merge_begin(JSON.stringify(wanted)); return null; },
  mergeAdd({ name, bytes }) { office.merge_add(name, bytes); return null; },
  mergeEnd({ sheet, out }) { return taken(office.merge_end(JSON.stringify(sheet), out)); },
  pack({ name, bytes }) { office.pack(name, bytes); return null; },
  bundle() { return { bytes: office.bundle() }; },
};

self.onmessage = ({ data: { id, part, given } }) => {
  try {
    const made = parts[part](given);
    const moved = made?.bytes instanceof Uint8Array ? [made.bytes.buffer] : [];
    self.postMessage({ id, made, memory: memory?.buffer.byteLength ?? 0 }, moved);
  } catch (failure) {
    // A text is an answer. Anything else has ended the program in the middle of its work.
    if (typeof failure === 'string') self.postMessage({ id, told: failure });
    else self.postMessage({ id, died: `${failure} ${panic}`.trim() });
  }
};
