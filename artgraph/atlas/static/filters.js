// Choose paintings by cluster, years and any column; what is chosen stands in the address.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const FEW = 60; // values of a column that are offered as a list to pick from

  // How many works have each value; null where there are so many values that nobody counts them.
  function tally(column) {
    if (ag.data.parts && column !== "artist" && ag.wholeColumn(column) === null) return null;
    const count = new Map();
    for (const v of ag.all.map(ag.reading(column))) count.set(v, (count.get(v) || 0) + 1);
    return count;
  }

  // Columns that a condition is useful for: more than one value, and not a different one for each painting.
  function columns() {
    const small = new Set(ag.data.small);
    return ag.columns
      .filter((c) => !small.has(c) && !["id", "image", "title"].includes(c) && !(c === "date" && ag.data.years))
      .map((column) => ({ column, count: tally(column) }))
      .filter(({ count }) => count === null || count.size > 1);
  }
  let fields = null;

  const field = (label, input) => el("label", { class: "field" }, words("span", ag.shorten(label.replaceAll("_", " "), 60)), input);

  function choice(name, options, value) {
    return el("select", { name }, el("option", { value: "" }, "any"),
      options.map(([v, text, works]) => el("option", { value: v, selected: v === value }, `${ag.shorten(text, 60)} (${ag.number(works)})`)));
  }

  function inputs(query) {
    const made = ag.groupings().filter((g) => !g.key.startsWith("column:") && g.groups.length > 1).map((g, k) =>
      field(k ? `cluster (${g.title})` : "cluster", choice("in." + g.key, g.groups.map((of) => [of.ask[1], of.name, of.works.length]), query["in." + g.key])));
    if (ag.batches().length) made.push(field("added since", choice("since", ag.batches().map((b) => [String(b.batch), b.day, b.works.length]), query.since)));
    if (ag.data.years) {
      const [first, last] = ag.ends(ag.dated().map(ag.year));
      const year = (name, hint) => el("input", { type: "text", name, value: query[name] || "", placeholder: ag.yearName(hint), autocomplete: "off" });
      made.push(field("year from", year("from", first)), field("year to", year("to", last)));
    }
    for (const { column, count } of fields) {
      const key = ag.queryKey(column);
      if (count === null) {
        made.push(field(column, el("input", { type: "text", name: key, value: query[key] || "", placeholder: "any", autocomplete: "off", spellcheck: "false", dir: "auto" })));
      } else if (count.size <= FEW) {
        const options = [...count].sort((a, b) => (a[0] === null) - (b[0] === null) || b[1] - a[1])
          .map(([v, works]) => (v === null ? [ag.NOTHING, ag.absent(column), works] : [v, v, works]));
        made.push(field(column, choice(key, options, query[key])));
      } else {
        const id = "list-" + ag.columns.indexOf(column);
        const most = [...count].filter(([v]) => v !== null).sort((a, b) => b[1] - a[1]).slice(0, 500);
        made.push(field(column, [
          el("input", { type: "text", name: key, value: query[key] || "", list: id, placeholder: "any", autocomplete: "off", spellcheck: "false", dir: "auto" }),
          el("datalist", { id }, most.map(([v]) => el("option", { value: ag.shorten(v, 200) }))),
        ]));
      }
    }
    return made;
  }

  // A box that opens to the form; its fields are made when it is opened for the first time.
  ag.filterBox = function () {
    const form = el("form", { class: "fields" });
    const box = el("details", { class: "filters" }, el("summary", null, "Filter by cluster, year or any column"), form);
    let query = {};
    const fill = (done = () => {}) => box.open && ag.ready(() => fields || columns(), (found) => {
      fields = found;
      form.replaceChildren(...inputs(query));
      done();
    });
    const go = () => {
      const chosen = Object.fromEntries([...new FormData(form)].map(([k, v]) => [k, String(v).trim()]));
      const to = ag.link.front({ q: query.q, words: query.words, ...chosen });
      if (to !== location.hash) ag.replace(to);
    };
    form.addEventListener("change", go);
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      go();
    });
    box.addEventListener("toggle", () => form.firstElementChild || fill());
    box.show = (now) => {
      const focused = document.activeElement && form.contains(document.activeElement) ? document.activeElement.name : null;
      query = now;
      fill(() => focused && form.elements[focused] && form.elements[focused].focus());
    };
    return box;
  };

  // The chosen conditions as links that take them back one by one.
  ag.conditions = function (query) {
    return el("ul", { class: "conditions", "aria-label": "Conditions" }, ag.inWords(query).map(([key, text]) => el("li", null,
      el("a", { href: ag.link.front({ ...query, [key]: null }), "aria-label": `Remove ${ag.shorten(text, 80)}` },
        words("bdi", ag.shorten(text, 80)), el("span", { "aria-hidden": "true" }, " ×")))));
  };
})(window.artgraph);
