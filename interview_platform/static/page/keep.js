// Recordings in this browser's own database, second by second while somebody speaks, until the server has said 201.
// A closed tab, a crash or a lost connection costs the last second at most.

const DATABASE = "interview-recordings";
let opened = null;
const spare = new Map(); // where there is no database (some private windows), this tab's memory must do

/** Whether recordings outlive this tab. */
export async function isDurable() {
  return (await open()) !== null;
}

/** Begin a recording: `{id, owner, session, question, questionText, position, type, key}`. */
export async function begin(recording) {
  await put("recordings", { ...recording, seconds: 0, begunAt: Date.now(), isFinished: false });
}

/** Keep the next piece of a recording. */
export async function append(id, index, blob) {
  await put("pieces", { id, index, blob });
}

/** Note that nothing more will come, and how long it is. */
export async function finish(id, seconds) {
  const recording = await find(id);
  if (recording) await put("recordings", { ...recording, seconds, isFinished: true });
}

/** Return the recordings that this person has not sent, oldest first. */
export async function list(owner) {
  const all = await all_("recordings");
  return all.filter((recording) => recording.owner === owner).sort((one, other) => one.begunAt - other.begunAt);
}

export async function find(id) {
  return (await all_("recordings")).find((recording) => recording.id === id) ?? null;
}

/** Return the recording's sound, as far as it goes. */
export async function blobOf(id) {
  const recording = await find(id);
  const pieces = (await all_("pieces")).filter((piece) => piece.id === id).sort((one, other) => one.index - other.index);
  return new Blob(pieces.map((piece) => piece.blob), { type: recording?.type ?? "" });
}

/** Forget a recording. */
export async function remove(id) {
  const pieces = (await all_("pieces")).filter((piece) => piece.id === id);
  for (const piece of pieces) await drop("pieces", [id, piece.index]);
  await drop("recordings", id);
}

function open() {
  opened ??= new Promise((resolve) => {
    let request;
    try { request = indexedDB.open(DATABASE, 1); } catch { resolve(null); return; }
    request.onupgradeneeded = () => {
      request.result.createObjectStore("recordings", { keyPath: "id" });
      request.result.createObjectStore("pieces", { keyPath: ["id", "index"] });
    };
    request.onsuccess = () => {
      navigator.storage?.persist?.(); // ask that it is not thrown out when the disk is full
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
  });
  return opened;
}

async function put(store, value) {
  const database = await open();
  if (!database) { spare.set(`${store} ${value.id} ${value.index ?? ""}`, { store, value }); return; }
  await done(database.transaction(store, "readwrite", { durability: "strict" }), (table) => table.put(value), store);
}

async function drop(store, key) {
  const database = await open();
  if (!database) { spare.delete(`${store} ${[].concat(key).join(" ")}${Array.isArray(key) ? "" : " "}`); return; }
  await done(database.transaction(store, "readwrite"), (table) => table.delete(key), store);
}

async function all_(store) {
  const database = await open();
  if (!database) return [...spare.values()].filter((row) => row.store === store).map((row) => row.value);
  return done(database.transaction(store), (table) => table.getAll(), store);
}

function done(transaction, work, store) {
  return new Promise((resolve, reject) => {
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
