// What people decided. A decision is a row of decisions.csv; it is kept in this browser until it is saved as a file for
// `artgraph decide`, or until `artgraph serve` has written it.
(function (ag) {
  "use strict";
  const { data, el } = ag;
  const COLUMNS = ["key", "when", "who", "kind", "work", "other", "partition", "cluster", "to", "why"];
  const PREFIX = `artgraph/${data.corpus}/`; // one item for each decision: two windows cannot overwrite each other's
  const WHO = "artgraph/who";
  const PAIRS = ["same", "different", "unsure"];

  const taken = new Map(); // in the corpus, by key
  const own = new Map(); // made here and not known to be in the corpus: key → {...decision, saved, refused}
  const calls = [];
  let listed = null; // all that is in force; forgotten when something changes
  let person = "";
  let last = 0;

  const keep = (name, value) => {
    try {
      value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value);
      return true;
    } catch {
      return false; // private mode, storage forbidden or full
    }
  };
  ag.live = document.querySelector('meta[name="artgraph-serve"]') !== null; // a server takes them as they are made
  // False where the browser keeps nothing: said in the drawer.
  ag.storageKept = keep(PREFIX + "trial", "1") && keep(PREFIX + "trial", null);

  function read() {
    own.clear();
    if (!ag.storageKept) return;
    for (let k = 0; k < localStorage.length; k++) {
      const name = localStorage.key(k);
      if (!name.startsWith(PREFIX)) continue;
      try {
        const d = JSON.parse(localStorage.getItem(name));
        if (/^[0-9a-f]{16}$/.test(d.key) && COLUMNS.every((c) => typeof d[c] === "string")) own.set(d.key, d);
      } catch {
        // not ours
      }
    }
    for (const key of own.keys()) if (taken.has(key)) drop(key);
    person = localStorage.getItem(WHO) || person;
  }
  function drop(key) {
    own.delete(key);
    keep(PREFIX + key, null);
  }
  function put(d) {
    own.set(d.key, d);
    if (!keep(PREFIX + d.key, JSON.stringify(d))) ag.storageKept = false;
  }
  function changed() {
    listed = null;
    for (const call of calls) call();
  }

  ag.onDecisions = function (call) {
    calls.push(call);
    call();
  };
  ag.who = () => person;
  ag.setWho = function (name) {
    person = name.trim();
    keep(WHO, person);
    changed();
  };

  const byTime = (a, b) => (a.when < b.when ? -1 : a.when > b.when ? 1 : 0);
  ag.allDecisions = () => [...taken.values(), ...own.values()].sort(byTime);
  ag.isTaken = (d) => taken.has(d.key);
  ag.unsaved = () => [...own.values()].filter((d) => !d.saved && !d.refused);
  ag.unsent = () => [...own.values()].filter((d) => !d.refused);

  // What a decision is about: a later one of the same person about the same takes its place.
  function about(d) {
    if (PAIRS.includes(d.kind)) return ["pair", ...[d.work, d.other].sort()];
    if (d.kind === "not-here") return [d.kind, d.partition, d.work, d.cluster];
    if (d.kind === "belongs") return [d.kind, d.partition, d.work];
    if (d.kind === "merge") return [d.kind, d.partition, ...[d.cluster, d.to].sort()];
    if (d.kind === "wrong-artist") return [d.kind, d.work];
    return [d.kind, d.partition, d.cluster];
  }
  // Those that hold: not withdrawn, and the last of each person on each thing; the oldest first.
  ag.decisions = function () {
    if (listed) return listed;
    const all = ag.allDecisions();
    const gone = new Set(all.filter((d) => d.kind === "withdraw").map((d) => d.to));
    const held = new Map();
    for (const d of all) {
      if (d.kind === "withdraw" || gone.has(d.key)) continue;
      const thing = JSON.stringify([d.who, ...about(d)]);
      held.delete(thing);
      const placed = JSON.stringify([d.who, "belongs", d.partition, d.work]); // "belongs" and "not here" undo each other
      if (d.kind === "belongs") held.delete(JSON.stringify([d.who, "not-here", d.partition, d.work, d.cluster]));
      if (d.kind === "not-here" && held.has(placed) && held.get(placed).cluster === d.cluster) held.delete(placed);
      held.set(thing, d);
    }
    listed = [...held.values()];
    return listed;
  };
  ag.mine = (d) => d.who === person;

  // The name that people gave a cluster of a partition, or null. One's own is shown to oneself.
  ag.givenName = function (partition, label) {
    const named = ag.decisions().filter((d) => d.kind === "name" && d.partition === partition && d.cluster === String(label));
    const own = named.find(ag.mine);
    if (own || new Set(named.map((d) => d.to)).size === 1) return (own || named[0]).to.trim() || null;
    // persons disagree, or nobody has decided: as `artgraph decide` found
    return partition === data.name && data.names ? data.names[label] || null : null;
  };
  // My answer on two works: {kind, …} or null.
  ag.answered = (i, k) => ag.decisions().findLast((d) => PAIRS.includes(d.kind) && ag.mine(d) &&
    ((d.work === ag.id(i) && d.other === ag.id(k)) || (d.work === ag.id(k) && d.other === ag.id(i)))) || null;

  const key = () => [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");

  // Makes decisions, each {kind, …other columns}; returns them, or null where nobody says who decides.
  ag.decide = async function (list, words) {
    if (!person && !(await ag.askWho())) return null;
    const made = list.map((fields) => {
      last = Math.max(last + 1, Date.now()); // no two at one time: the order is that of the times
      return { ...Object.fromEntries(COLUMNS.map((c) => [c, ""])), ...fields, key: key(), when: new Date(last).toISOString(), who: person };
    });
    made.forEach(put);
    changed();
    ag.say(words);
    ag.told(words, made);
    return made;
  };

  // Takes decisions back: those that are in no file yet leave no trace, of others it is written that they are withdrawn.
  ag.takeBack = function (list) {
    const written = list.filter((d) => taken.has(d.key) || (own.get(d.key) || {}).saved || ag.live);
    for (const d of list) if (!written.includes(d)) drop(d.key);
    for (const d of written) {
      last = Math.max(last + 1, Date.now());
      put({ ...Object.fromEntries(COLUMNS.map((c) => [c, ""])), key: key(), when: new Date(last).toISOString(), who: person, kind: "withdraw", to: d.key });
    }
    changed();
    ag.say("Taken back");
  };

  // From the corpus: rows of decisions.csv.
  ag.take = function (rows) {
    for (const d of rows) {
      taken.set(d.key, d);
      if (own.has(d.key)) drop(d.key);
    }
    if (rows.length) changed();
  };
  ag.refuse = function (key, reason) {
    const d = own.get(key);
    if (d) put({ ...d, refused: reason });
    changed();
  };

  const field = (text) => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);
  ag.decisionsCsv = () => [COLUMNS, ...[...own.values()].sort(byTime).map((d) => COLUMNS.map((c) => d[c]))]
    .map((line) => line.map(field).join(",") + "\n").join("");
  // All that was made here: taken in twice, a decision counts once, so that no lost file loses any.
  ag.saveDecisions = function () {
    const url = URL.createObjectURL(new Blob([ag.decisionsCsv()], { type: "text/csv" }));
    el("a", { href: url, download: "decisions.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    for (const d of own.values()) put({ ...d, saved: true });
    changed();
    ag.say("Decisions saved as decisions.csv");
  };

  // A cluster of a partition in words, and a decision.
  const clusterWords = function (d, label) {
    const c = d.partition === data.name && ag.cluster(Number(label));
    return c ? ag.clusterName(c) : `Cluster ${label} (${d.partition})`;
  };
  const workWords = (id) => {
    const i = ag.row(ag.whole(id));
    return i === undefined ? id : ag.value("title", i) ? `“${ag.shorten(ag.title(i), 60)}”` : ag.shorten(id, 60);
  };
  ag.sentence = function (d) {
    const [work, other] = [workWords(d.work), d.other && workWords(d.other)];
    switch (d.kind) {
      case "name": return d.to.trim() ? `Cluster ${d.cluster} is named “${ag.shorten(d.to, 80)}”` : `Cluster ${d.cluster} has no name`;
      case "belongs": return `${work} belongs with ${clusterWords(d, d.cluster)}`;
      case "not-here": return `${work} does not belong in ${clusterWords(d, d.cluster)}`;
      case "same": return `${work} and ${other} are of one manner`;
      case "different": return `${work} and ${other} are not of one manner`;
      case "unsure": return `Cannot say whether ${work} and ${other} are of one manner`;
      case "merge": return `${clusterWords(d, d.cluster)} and ${clusterWords(d, d.to)} are one`;
      case "split": return `${clusterWords(d, d.cluster)} is to be split into ${d.to}`;
      case "wrong-artist": return d.to ? `${work} is by ${ag.shorten(d.to, 80)}, not by the artist in the catalogue` : `The artist of ${work} is wrong`;
      default: return ag.shorten(d.kind, 40);
    }
  };

  addEventListener("storage", (e) => {
    if (e.key !== null && !e.key.startsWith("artgraph/")) return;
    read();
    changed();
  });
  for (const row of data.decisions || []) taken.set(row[0], Object.fromEntries(COLUMNS.map((c, k) => [c, row[k]])));
  read();
})(window.artgraph);
