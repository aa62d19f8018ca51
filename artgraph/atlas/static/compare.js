// Two groupings of the same paintings: where they agree, where they differ, and with which works.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  // Each group's partner is the one with which it shares most of both; the largest bands between others are differences.
  function differences(flows) {
    const best = (of) => {
      const found = new Map();
      for (const f of flows) if (!found.has(f[of]) || f.works.length > found.get(f[of]).works.length) found.set(f[of], f);
      return new Set(found.values());
    };
    const [from, to] = [best("from"), best("to")];
    return flows.filter((f) => !from.has(f) && !to.has(f) && f.works.length > 1).sort((a, b) => b.works.length - a.works.length);
  }

  function agreement(left, right) {
    const found = ag.data.compare.agreement.find((v) => (v.a === left.key && v.b === right.key) || (v.b === left.key && v.a === right.key));
    if (!found) return null;
    return el("p", { class: "lead" }, `Agreement over ${ag.count(found.n, "painting")}: adjusted mutual information ${found.ami.toFixed(2)}, ` +
      `adjusted Rand index ${found.ari.toFixed(2)} (0: as by chance, 1: the same grouping).`);
  }

  const name = (g) => words("bdi", ag.shorten(g.name, 40));
  const both = (f) => ag.link.front({ [f.from.ask[0]]: f.from.ask[1], [f.to.ask[0]]: f.to.ask[1] });

  function table(left, right, flows) {
    const order = ag.uncrossed(left, right, flows);
    const found = new Map(flows.map((f) => [f.from.name + "\u0000" + f.to.name, f]));
    return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Works by both groupings" },
      el("table", { class: "counts" },
        el("thead", null, el("tr", null, el("td"), order.map((g) => el("th", { scope: "col", class: "figure" }, el("span", { "aria-hidden": "true" }, ag.shorten(g.short, 40)), words("span", ag.shorten(g.name, 60), { class: "unseen" }))), el("th", { scope: "col", class: "figure" }, "all"))),
        el("tbody", null, left.groups.map((g) => el("tr", null,
          el("th", { scope: "row" }, g.color && el("span", { class: "chip", "aria-hidden": "true", style: { "background-color": g.color } }), name(g)),
          order.map((h) => {
            const f = found.get(g.name + "\u0000" + h.name);
            return el("td", { class: "figure", style: { "--weight": f ? 0.04 + (0.5 * f.works.length) / g.works.length : 0, "--color": g.color || "currentColor" } },
              f && el("a", { href: both(f), "aria-label": `${ag.count(f.works.length, "work")}: ${ag.shorten(g.name, 60)} and ${ag.shorten(h.name, 60)}` }, ag.number(f.works.length)));
          }),
          el("td", { class: "figure" }, ag.number(g.works.length)))))));
  }

  ag.comparePage = function (a, b) {
    const all = ag.groupings();
    if (all.length < 2) return null;
    const left = a ? ag.grouping(a) : all[0];
    const right = b ? ag.grouping(b) : all.find((g) => g !== left);
    if (!left || !right) return null;
    const flows = ag.flows(left, right);
    const differing = differences(flows).slice(0, 8);
    const pick = (label, now, go) => el("label", { class: "field" }, el("span", null, label),
      el("select", { onchange: (e) => (location.hash = go(e.target.value)) }, all.map((g) =>
        el("option", { value: g.key, selected: g === now }, g.key.startsWith("column:") ? `column “${ag.shorten(g.title, 40)}”` : g.title))));
    const node = el("article", { class: "compare-page" },
      el("header", { class: "page-head" },
        el("h1", { tabindex: -1 }, words("bdi", left.title), el("span", { class: "quiet" }, " compared with "), words("bdi", right.title)),
        agreement(left, right)),
      el("div", { class: "page-body" },
        el("div", { class: "fields pair" },
          pick("Left", left, (key) => ag.link.compare(key, right.key)),
          pick("Right", right, (key) => ag.link.compare(left.key, key)),
          el("a", { href: ag.link.compare(right.key, left.key) }, "Swap")),
        left === right ? el("p", { class: "quiet" }, "Choose two different groupings.") : ag.flowDiagram(left, right, flows),
        differing.length > 0 && el("section", null, el("h2", null, "Where they differ"),
          el("p", { class: "quiet" }, "The largest sets of works that go with the majority of neither of their two groups."),
          differing.map((f) => el("section", { class: "difference" },
            el("h3", null, el("a", { href: both(f) }, name(f.from), " → ", name(f.to)), el("span", { class: "quiet" }, ` ${ag.count(f.works.length, "work")}`)),
            ag.strip(f.works, { most: 16, lines: 1, label: `Works in ${f.from.name} and ${f.to.name}` })))),
        el("section", null, el("h2", null, "In numbers"),
          el("p", { class: "quiet" }, "Rows are ", words("bdi", left.title), ", columns ", words("bdi", right.title), ". The darker a cell, the larger its share of the row."),
          table(left, right, flows))));
    ag.sequence = null;
    return { node, title: `${left.title} compared with ${right.title}` };
  };
})(window.artgraph);
