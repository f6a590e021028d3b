/** Seconds one piece of work may take. */
const SECONDS = 60;
/** A worker that has taken this much memory is ended before the next file: it would never give it back. */
const MUCH_MEMORY = 300 * 1024 * 1024;

/** The program's code, unpacked once. Each worker compiles it: not every browser hands compiled code on. */
const program = (async () => {
  const text = atob(find('wasm').textContent.trim());
  const packed = Uint8Array.from(text, char => char.charCodeAt(0));
  find('wasm').remove();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
})();
program.catch(() => {});

/** Why a piece of work has no answer: what is said of it. */
class Refusal extends Error {
  constructor({ code = '', message, help = '' }) {
    super(message);
    Object.assign(this, { code, help });
  }
}

/** A worker with a clock: one that takes too long, dies or is stopped is ended, and says so. */
class Engine {
  constructor() {
    this.waiting = new Map();
    this.last = 0;
    this.memory = 0;
    this.ended = false;
    const code = new Blob([find('worker').textContent], { type: 'text/javascript' });
    const url = URL.createObjectURL(code);
    this.ready = (async () => {
      try {
        this.worker = new Worker(url);
        this.worker.onmessage = ({ data }) => this.answer(data);
        this.worker.onerror = () => this.end({ code: 'E109', message: t.oldBrowser });
        await this.send('load', await program);
      } catch (failure) {
        this.ended = true;
        throw failure instanceof Refusal ? failure : new Refusal({ code: 'E109', message: t.oldBrowser });
      } finally {
        URL.revokeObjectURL(url);
      }
    })();
    this.ready.catch(() => {});
  }

  async ask(part, given) {
    await this.ready;
    return this.send(part, given);
  }

  send(part, given) {
    if (this.ended) return Promise.reject(new Refusal({ message: t.stopped }));
    const id = this.last += 1;
    return new Promise((keep, drop) => {
      const late = () => this.end({ code: 'E108', message: t.tooLong(SECONDS) });
      this.waiting.set(id, { keep, drop, clock: setTimeout(late, SECONDS * 1000) });
      this.worker.postMessage({ id, part, given });
    });
  }

  answer({ id, made, told, died, memory }) {
    if (died) {
      console.error(died);
      this.end({ code: 'E109', message: t.died });
      return;
    }
    const { keep, drop, clock } = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(clock);
    this.memory = memory ?? this.memory;
    document.documentElement.dataset.memory = this.memory;
    if (told) drop(new Refusal(JSON.parse(told)));
    else keep(made);
  }

  end(why) {
    this.worker?.terminate();
    this.ended = true;
    for (const { drop, clock } of this.waiting.values()) {
      clearTimeout(clock);
      drop(new Refusal(why));
    }
    this.waiting.clear();
  }
}
