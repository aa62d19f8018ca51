// Which paintings a query finds. "q" is free words, "from" and "to" are years, "in.KEY" is a cluster of a partition,
// "works" is a choice of works (packRows), "since" the first batch of those that are wanted, every other key is a column:
// exactly that value, or, where no painting has it, a part of it. "artist" is the name under which works are counted; a
// part is looked for in what the catalogue says ("workshop").
(function (ag) {
  "use strict";

  // Monet = monet, Dürer = durer: accents are dropped, except where they make another letter (й is not и).
  const fold = (text) =>
    text.normalize("NFD").replace(/([a-z])[\u0300-\u036f]+/gi, "$1").normalize("NFC").toLowerCase();

  let texts = null;
  function text(i) {
    texts = texts || new Array(ag.n);
    if (texts[i] === undefined) {
      const parts = ["title", "artist", "date", "style", "id"].concat(ag.data.reference || []);
      texts[i] = fold(parts.map((c) => ag.value(c, i) || "").join("\n"));
    }
    return texts[i];
  }

  // Of many paintings all texts are read through: a line for each, as fold leaves it.
  let scanned = { asked: null, hits: null };
  function scan(words) {
    const asked = words.join(" ");
    if (scanned.asked === asked) return scanned.hits;
    const hits = new Uint8Array(ag.n);
    const [word, ...others] = [...words].sort((a, b) => b.length - a.length); // the longest is the rarest, mostly
    let whole = true;
    for (let k = 0; k < ag.data.parts.search; k++) {
      const part = ag.part("search", k);
      whole = whole && part !== undefined;
      if (!part) continue;
      const { text, first } = part;
      let [row, start, end] = [first, 0, text.indexOf("\n")];
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, end)) {
        while (end >= 0 && end < at) [row, start, end] = [row + 1, end + 1, text.indexOf("\n", end + 1)];
        const line = others.length ? text.slice(start, end < 0 ? text.length : end) : "";
        if (others.every((w) => line.includes(w))) hits[row] = 1;
        if (end < 0) break;
      }
    }
    if (whole) scanned = { asked, hits };
    return hits;
  }

  function test(key, value) {
    if (key === "q") {
      const words = fold(value).split(/\s+/).filter(Boolean);
      if (!words.length) return null;
      if (!ag.data.parts) return (i) => words.every((w) => text(i).includes(w));
      const hits = scan(words);
      return (i) => hits[i] === 1;
    }
    if (key === "from" || key === "to") {
      const year = ag.readYear(value);
      if (year === null || !ag.data.years) return null;
      return (i) => ag.year(i) !== null && (key === "from" ? Math.floor(ag.year(i)) >= year : Math.floor(ag.year(i)) <= year);
    }
    if (key.startsWith("in.")) {
      const grouping = ag.grouping(key.slice(3));
      if (!grouping || !/^(none|\d{1,9})$/.test(value)) return null;
      const label = value === "none" ? -1 : Number(value);
      return (i) => grouping.of(i) === label;
    }
    if (key === "works") {
      const rows = new Set(ag.readRows(value) || []);
      return (i) => rows.has(i);
    }
    if (key === "since") return ag.batches().some((b) => String(b.batch) === value) ? ag.addedSince(Number(value)) : null;
    const column = ag.queryColumn(key);
    if (!ag.columns.includes(column)) return null;
    const of = ag.reading(column);
    const exact = new Set(ag.values(column));
    if (exact.has(value)) return (i) => of(i) === value;
    if (value === ag.NOTHING) return (i) => of(i) === null;
    const part = fold(value);
    const said = column === "artist" ? plain(column) : of; // what the catalogue says, not whose works are counted
    const has = new Map(); // by value: works share them
    return function (i) {
      const v = said(i);
      if (!has.has(v)) has.set(v, fold(v || "").includes(part));
      return has.get(v);
    };
  }

  // What a condition on a column is compared with, and what it is called where there is none.
  ag.reading = (column) => (column === "artist" ? ag.artistName : plain(column));
  function plain(column) {
    const whole = ag.wholeColumn(column);
    return whole ? (i) => whole.values[whole.codes[i]] : whole === null ? (i) => ag.value(column, i) : () => null;
  }
  // The values that a column has, each at least once.
  ag.values = function (column) {
    const whole = column === "artist" ? null : ag.wholeColumn(column);
    return whole ? whole.values : whole === null ? ag.all.map(ag.reading(column)) : [];
  };
  ag.absent = (column) => (column === "artist" ? "unknown or uncertain" : "not stated");

  // null where there is no condition
  ag.find = function (query) {
    const tests = Object.entries(query).filter(([, v]) => v).map(([k, v]) => test(k, v)).filter(Boolean);
    return tests.length ? ag.all.filter((i) => tests.every((t) => t(i))) : null;
  };

  // The conditions in words: [[key, words], …]
  ag.inWords = (query) =>
    Object.entries(query).filter(([k, v]) => v && test(k, v)).map(([k, v]) => {
      if (k === "q") return [k, `“${v}”`];
      if (k === "works") {
        const rows = ag.readRows(v);
        return [k, rows ? ag.count(rows.length, "chosen work") : "works chosen in another collection, or before this one changed"];
      }
      if (k === "since") return [k, `added since ${ag.batches().find((b) => String(b.batch) === v).day}`];
      if (k === "from") return [k, `from ${ag.yearName(ag.readYear(v))}`];
      if (k === "to") return [k, `until ${ag.yearName(ag.readYear(v))}`];
      if (k.startsWith("in.")) {
        const group = ag.grouping(k.slice(3)).groups.find((g) => String(g.label < 0 ? "none" : g.label) === v);
        return [k, group ? group.name : `${k.slice(3)} ${v}`];
      }
      return [k, `${ag.queryColumn(k).replaceAll("_", " ")}: ${v === ag.NOTHING ? ag.absent(ag.queryColumn(k)) : v}`];
    });
})(window.artgraph);
