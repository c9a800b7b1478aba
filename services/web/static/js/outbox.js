// Operations that the server has not answered yet. One record per cell, newest value wins, kept in IndexedDB under
// the person who typed them: they survive a reload, a dead network and an ended session, and nobody else sends them.
//
// A record: {id, person, course, key, target, work, label, sent, next, state, theirs, problem, at}
//   sent   the operation as it went out; while its fate is unknown it goes out again under the same op_id
//   next   what was typed since then
//   state  waiting | conflict | refused

const STORE = "operations";
const QUIET = 400;   // after the last key
const LONGEST = 2500; // after the first
const WRITE = 150;
const RETRY = 5000;
const BATCH = 200;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function openStore() {
  if (!self.indexedDB) return null;
  const request = indexedDB.open("zhurnal", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  try {
    return await asked(request);
  } catch {
    return null; // A private window may forbid it: then the page's memory is all there is.
  }
}

export class Outbox extends EventTarget {
  constructor(person) {
    super();
    this.person = person;
    this.records = new Map();
    this.network = "up"; // up | offline | signin
    this.sending = false;
    this.appliedAt = 0;
    this._dirty = new Map();
    this.ready = this._load();
    addEventListener("online", () => { this.network = "up"; this.flush(); });
    addEventListener("offline", () => this._network("offline"));
    addEventListener("pagehide", () => this._write());
    document.addEventListener("visibilitychange", () => {
      this._write();
      this.flush();
    });
  }

  async _load() {
    this._store = await openStore();
    if (!this._store) return;
    const range = IDBKeyRange.bound(`${this.person}|`, `${this.person}|\uffff`);
    for (const record of await asked(this._store.transaction(STORE).objectStore(STORE).getAll(range))) {
      if (!this.records.has(record.id)) this.records.set(record.id, record);
    }
    this._changed();
  }

  get(course, key) { return this.records.get(`${this.person}|${course}|${key}`); }
  of(course) { return [...this.records.values()].filter((record) => record.course === course); }
  count(state) { return [...this.records.values()].filter((record) => record.state === state).length; }

  // Notes a change of one cell; it goes out by itself soon.
  put(course, key, { target, work, label, change }) {
    const id = `${this.person}|${course}|${key}`;
    const record = this.records.get(id) ?? { id, person: this.person, course, key, target, work, label, sent: null };
    if (record.state === "conflict") {
      // A new value over an undecided one is a decision: it answers what the journal holds now.
      change = { ...change, base_version: record.theirs.version };
    } else if (!record.sent && record.next) {
      change = { ...record.next, ...change, base_version: record.next.base_version };
    }
    record.next = { ...change, op_id: crypto.randomUUID() };
    record.state = "waiting";
    record.theirs = record.problem = null;
    record.at = Date.now();
    this._keep(record);
    this._soon();
    return record;
  }

  // The value this person wants in the cell.
  static wanted(record) { return record.next ?? record.sent; }

  keepMine(record) {
    record.next = { ...Outbox.wanted(record), op_id: crypto.randomUUID(), base_version: record.theirs.version };
    record.sent = null;
    record.state = "waiting";
    this._keep(record);
    this.flush();
  }

  drop(record) {
    this.records.delete(record.id);
    this._dirty.set(record.id, null);
    this._write();
    this._changed();
  }

  async purge() {
    for (const id of this.records.keys()) this._dirty.set(id, null);
    this.records.clear();
    await this._write();
    this._changed();
  }

  _keep(record) {
    this.records.set(record.id, record);
    this._dirty.set(record.id, record);
    if (!this._writing) this._writing = setTimeout(() => this._write(), WRITE);
    this._changed();
  }

  async _write() {
    clearTimeout(this._writing);
    this._writing = 0;
    if (!this._store || !this._dirty.size) return;
    const dirty = this._dirty;
    this._dirty = new Map();
    const transaction = this._store.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    for (const [id, record] of dirty) record ? store.put(record) : store.delete(id);
    await new Promise((resolve) => { transaction.oncomplete = transaction.onerror = transaction.onabort = resolve; });
  }

  _soon() {
    const now = performance.now();
    this._first ??= now;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.flush(), Math.max(0, Math.min(QUIET, this._first + LONGEST - now)));
  }

  // Sends what waits, one call at a time; resolves when nothing more can be sent now.
  async flush() {
    clearTimeout(this._timer);
    this._first = undefined;
    await this.ready;
    if (this.sending) { this._again = true; return; }
    this.sending = true;
    try {
      do {
        this._again = false;
        const waiting = [...this.records.values()].filter((record) => record.state === "waiting");
        for (const course of new Set(waiting.map((record) => record.course))) {
          const batch = waiting.filter((record) => record.course === course).slice(0, BATCH);
          if (!(await this._send(course, batch))) return;
        }
        if (this.count("waiting")) this._again = true;
      } while (this._again);
    } finally {
      this.sending = false;
      this._changed();
    }
  }

  async _send(course, batch) {
    for (const record of batch) {
      if (!record.sent) { record.sent = record.next; record.next = null; }
      this._dirty.set(record.id, record);
    }
    this._changed();
    await this._write();
    const works = new Map();
    for (const { work } of batch) if (work) works.set(work.op_id, work);
    const body = {
      line_items: [...works.values()],
      operations: batch.map((record) => ({ ...record.target, ...record.sent })),
    };
    let answer;
    try {
      answer = await fetch(`/journal/${course}/page`, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "Zhurnal-Module": "1" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout?.(20000),
      });
    } catch {
      this._later(RETRY);
      return false;
    }
    if (answer.ok) {
      const said = await answer.json();
      this._network("up");
      this._settle(course, batch, said, works.size > 0);
      return true;
    }
    if (answer.status === 401) {
      this._network("signin");
      return false;
    }
    if (answer.status === 429 || answer.status >= 500) {
      this._later(1000 * (Number(answer.headers.get("Retry-After")) || 5));
      return false;
    }
    const problem = (await answer.json().catch(() => ({}))).type ?? String(answer.status);
    for (const record of batch) this._refuse(record, problem);
    this._changed();
    this.dispatchEvent(new CustomEvent("settled", { detail: { course, applied: [], averages: {}, made: false } }));
    return true;
  }

  _settle(course, batch, said, made) {
    const byOperation = new Map(batch.map((record) => [record.sent.op_id, record]));
    const applied = [];
    for (const [operation, version] of said.applied) {
      const record = byOperation.get(operation);
      if (!record) continue;
      applied.push({ record, version, value: record.sent });
      record.sent = null;
      if (record.next) {
        record.next.base_version = version;
        this._dirty.set(record.id, record);
      } else {
        this.records.delete(record.id);
        this._dirty.set(record.id, null);
      }
    }
    for (const { op_id, ...theirs } of said.conflicts) {
      const record = byOperation.get(op_id);
      record.next = Outbox.wanted(record);
      record.sent = null;
      record.state = "conflict";
      record.theirs = theirs;
      this._dirty.set(record.id, record);
    }
    for (const { op_id, problem } of said.refused) this._refuse(byOperation.get(op_id), problem);
    this.appliedAt = Date.now();
    this._write();
    this._changed();
    this.dispatchEvent(new CustomEvent("settled", { detail: { course, applied, averages: said.averages, made } }));
  }

  _refuse(record, problem) {
    const text = typeof problem === "string" ? problem : problem?.type ?? problem?.code ?? "";
    record.next = Outbox.wanted(record);
    record.sent = null;
    record.state = "refused";
    record.problem = text.split(":").pop();
    this._dirty.set(record.id, record);
  }

  _later(pause) {
    this._network("offline");
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.flush(), pause);
  }

  _network(state) {
    const before = this.network;
    this.network = state;
    if (state === "signin" && before !== state) this.dispatchEvent(new Event("signin"));
    this._changed();
  }

  _changed() { this.dispatchEvent(new Event("change")); }
}

const person = document.documentElement.dataset.person;
export const outbox = person ? new Outbox(person) : null;
