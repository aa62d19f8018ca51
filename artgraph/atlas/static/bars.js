// Small pictures of numbers: palette, decades, shares. Each says its numbers to those who cannot see it.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  ag.palette = (colors) =>
    colors.length > 0 &&
    el("div", { class: "palette", role: "img", "aria-label": "Palette: " + colors.join(", ") },
      colors.map((c) => el("span", { style: { "background-color": c } })));

  ag.chip = (cluster) => el("span", { class: "chip", "aria-hidden": "true", style: { "background-color": cluster.color } });

  ag.decades = function (cluster) {
    if (!cluster.decades.length) return null;
    const count = new Map(cluster.decades);
    const first = cluster.decades[0][0];
    const last = cluster.decades[cluster.decades.length - 1][0];
    // over a long span a bar is a quarter of a century
    const step = last - first > 600 ? 50 : last - first > 300 ? 20 : 10;
    const bins = [];
    for (let d = Math.floor(first / step) * step; d <= last; d += step) {
      let works = 0;
      for (let e = d; e < d + step; e += 10) works += count.get(e) || 0;
      bins.push([d, works]);
    }
    const most = Math.max(...bins.map((b) => b[1]));
    const spoken = bins.filter((b) => b[1]).map(([d, w]) => `${ag.period(d, step)} ${w}`).join(", ");
    return el("figure", { class: "decades" },
      el("div", { class: "columns", role: "img", "aria-label": `Works by ${step === 10 ? "decade" : step + " years"}: ${spoken}` },
        bins.map(([d, w]) => el("span", {
          title: `${ag.period(d, step)}: ${ag.count(w, "work")}`,
          style: { height: `${w ? Math.max(4, (100 * w) / most) : 0}%`, "background-color": cluster.color },
        }))),
      el("figcaption", { "aria-hidden": "true" }, el("span", null, ag.yearName(bins[0][0])),
        bins.length > 1 && el("span", null, ag.yearName(bins[bins.length - 1][0]))));
  };

  // rows: [text, number, link or null]
  ag.shares = function (rows, options) {
    const { heads, color = null, number = (v) => ag.number(v) } = options;
    const most = Math.max(...rows.map((r) => r[1]));
    return el("table", { class: "shares" },
      el("thead", { class: "unseen" }, el("tr", null, heads.map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", null, rows.map(([text, value, link]) => {
        const name = words("bdi", text === null ? "not stated" : ag.shorten(text, 80));
        return el("tr", { class: text === null ? "quiet" : null },
          el("th", { scope: "row" }, link ? el("a", { href: link }, name) : name),
          el("td", { class: "bar-cell", "aria-hidden": "true" },
            el("span", { style: { width: `${(100 * value) / most}%`, "background-color": color || "currentColor" } })),
          el("td", { class: "figure" }, number(value)));
      })));
  };
})(window.artgraph);
