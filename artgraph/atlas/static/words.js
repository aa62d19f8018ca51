// Search by words of style, and the words that stand out in a cluster. What is near to what was computed by CLIP when the
// page was written; without that (words.js in the folder of the page) nothing here shows.
(function (ag) {
  "use strict";
  const { el } = ag;
  const data = ag.vocabulary;
  if (!data) return;
  const LIKE = "looks like: "; // before a term that is offered in the search field
  const BETWEEN = "|";

  const place = new Map(data.terms.map(([term], k) => [term, k]));
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  let nearest = null;
  function near(term) {
    nearest = nearest || [new (data.bytes === 2 ? Uint16Array : Uint32Array)(bytes(data.rows)), new Uint8Array(bytes(data.scores))];
    const start = place.get(term) * data.width;
    const found = new Map();
    for (let k = start; k < start + data.width; k++) found.set(nearest[0][k], nearest[1][k]);
    return found;
  }

  const asked = (query) => (query.words || "").split(BETWEEN).filter((term) => place.has(term));
  const rest = (query) => ({ ...query, words: null });

  // With several words, a work is among the nearest to each, and their scores are added.
  const find = ag.find;
  ag.find = function (query) {
    const terms = asked(query);
    const rows = find(rest(query));
    if (!terms.length) return rows;
    const scores = terms.map(near);
    const score = (i) => scores.reduce((sum, of) => sum + of.get(i), 0);
    return (rows || ag.all).filter((i) => scores.every((of) => of.has(i))).sort((a, b) => score(b) - score(a) || a - b);
  };
  const inWords = ag.inWords;
  ag.inWords = function (query) {
    const terms = asked(query);
    const said = terms.map((term) => `“${term}”`).join(" and ");
    return [...inWords(rest(query)), ...(terms.length ? [["words", `looks like ${said}, nearest first`]] : [])];
  };

  // A block for the page of a cluster: each word with how far it is nearer here than elsewhere, and what chance reaches.
  ag.clusterWords = function (c) {
    const found = data.clusters[String(c.label)];
    if (!found) return null;
    const number = (v) => v.toFixed(3);
    return [
      el("table", { class: "artist-table" },
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "Word"),
          el("th", { scope: "col", class: "figure", title: "Mean cosine of these works with the word, less that of the others; below it the interval over artists, 95 %" }, "nearer by"),
          el("th", { scope: "col", class: "figure", title: "What random phrases reach in this cluster" }, "by chance"))),
        el("tbody", null, found.map(([term, difference, low, high, chance]) => el("tr", null,
          el("th", { scope: "row" }, el("a", { href: ag.link.front({ words: term }) }, ag.words("bdi", ag.shorten(term, 60)))),
          el("td", { class: "figure" }, number(difference), el("br"), el("span", { class: "quiet" }, `${number(low)} to ${number(high)}`)),
          el("td", { class: "figure quiet" }, number(chance)))))),
      el("p", { class: "quiet" }, "Words that CLIP finds nearer to these works than to the others, beyond what random phrases reach."),
    ];
  };

  // The search field offers the terms; one that is chosen is added to those asked for already.
  document.addEventListener("DOMContentLoaded", () => {
    const input = document.getElementById("q");
    const list = el("datalist", { id: "terms" }, data.terms.map(([term, kind]) => el("option", { value: LIKE + term }, kind)));
    input.after(list);
    input.setAttribute("list", "terms");
    input.placeholder = "Artist, title, year, look";
    input.addEventListener("input", () => {
      const term = input.value.startsWith(LIKE) && input.value.slice(LIKE.length);
      if (!place.has(term)) return;
      const { path, query } = ag.parse(location.hash);
      const before = path.length ? {} : query;
      input.value = before.q || "";
      location.hash = ag.link.front({ ...before, words: [...new Set([...asked(before), term])].join(BETWEEN) });
    });
  });
})(window.artgraph);
