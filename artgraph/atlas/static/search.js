// Which paintings a question means. "q" is free words, every other key is a column that must hold exactly that value.
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

  // null where nothing is asked
  ag.find = function (query) {
    const exact = Object.entries(query).filter(([c, v]) => v && c !== "q" && ag.columns.includes(c));
    const words = fold(query.q || "").split(/\s+/).filter(Boolean);
    if (!exact.length && !words.length) return null;
    const found = [];
    for (let i = 0; i < ag.n; i++) {
      if (exact.every(([c, v]) => ag.value(c, i) === v) && words.every((w) => text(i).includes(w))) found.push(i);
    }
    return found;
  };

  ag.asked = (query) =>
    Object.entries(query)
      .filter(([c, v]) => v && (c === "q" || ag.columns.includes(c)))
      .map(([c, v]) => (c === "q" ? `“${v}”` : `${c}: ${v}`))
      .join(", ");
})(window.artgraph);
