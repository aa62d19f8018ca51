// Which paintings a question means. "q" is free words, "from" and "to" are years, "in.KEY" is a cluster of a partition,
// every other key is a column: exactly that value, or, where no painting has it, a part of it.
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

  const all = [...Array(ag.n).keys()];

  function test(key, value) {
    if (key === "q") {
      const words = fold(value).split(/\s+/).filter(Boolean);
      return words.length ? (i) => words.every((w) => text(i).includes(w)) : null;
    }
    if (key === "from" || key === "to") {
      const year = parseInt(value, 10);
      if (Number.isNaN(year) || !ag.data.years) return null;
      return key === "from" ? (i) => ag.year(i) !== null && ag.year(i) >= year : (i) => ag.year(i) !== null && ag.year(i) <= year;
    }
    if (key.startsWith("in.")) {
      const grouping = ag.grouping(key.slice(3));
      if (!grouping || !/^(none|\d{1,9})$/.test(value)) return null;
      const label = value === "none" ? -1 : Number(value);
      return (i) => grouping.of(i) === label;
    }
    const column = ag.queryColumn(key);
    if (!ag.columns.includes(column)) return null;
    const of = (i) => ag.value(column, i);
    if (value === ag.NOTHING && !all.some((i) => of(i) === value)) return (i) => of(i) === null;
    if (all.some((i) => of(i) === value)) return (i) => of(i) === value;
    const part = fold(value);
    return (i) => fold(of(i) || "").includes(part);
  }

  // null where nothing is asked
  ag.find = function (query) {
    const tests = Object.entries(query).filter(([, v]) => v).map(([k, v]) => test(k, v)).filter(Boolean);
    return tests.length ? all.filter((i) => tests.every((t) => t(i))) : null;
  };

  // What is asked, for people: [[key, words], …]
  ag.asked = (query) =>
    Object.entries(query).filter(([k, v]) => v && test(k, v)).map(([k, v]) => {
      if (k === "q") return [k, `“${v}”`];
      if (k === "from") return [k, `from ${v}`];
      if (k === "to") return [k, `until ${v}`];
      if (k.startsWith("in.")) {
        const group = ag.grouping(k.slice(3)).groups.find((g) => String(g.label < 0 ? "none" : g.label) === v);
        return [k, group ? group.name : `${k.slice(3)} ${v}`];
      }
      return [k, `${ag.queryColumn(k).replaceAll("_", " ")}: ${v === ag.NOTHING ? "not stated" : v}`];
    });
})(window.artgraph);
