// Where one work stands in time: among the artist's works, its cluster's, and all.
(function (ag) {
  "use strict";
  const { el, svg } = ag;

  ag.spans = function (i) {
    const year = ag.year(i);
    if (year === null) return null;
    const dated = (rows) => ag.dated(rows).map(ag.year);
    const rows = [
      ["The artist", dated(ag.artists().get(ag.artistName(i)) || [])],
      [ag.clusterName(ag.clusterOf(i)), dated(ag.clusterOf(i).works), ag.clusterOf(i).color],
      ["All works", dated(ag.all)],
    ].filter(([, years]) => years.length > 1);
    const all = rows.length && rows[rows.length - 1][1];
    if (!all) return null;
    const [first, last] = ag.ends(all);
    if (first === last) return null;
    const x = (y) => (100 * (y - first)) / (last - first);
    return el("section", { class: "block spans" }, el("h2", null, "Dates"), rows.map(([label, years, color]) => {
      const [low, high] = ag.ends(years);
      const before = years.filter((y) => y < year).length;
      const bins = new Map();
      for (const y of years) bins.set(Math.floor(x(y) / 2), (bins.get(Math.floor(x(y) / 2)) || 0) + 1);
      const most = Math.max(...bins.values());
      return el("div", { class: "span-row" },
        el("p", null, ag.words("bdi", ag.shorten(label, 40)), el("span", { class: "quiet" }, ` ${ag.years(low, high)}`)),
        svg("svg", { viewBox: "0 0 102 20", preserveAspectRatio: "none", role: "img", "aria-label": `${before} of ${years.length} works are earlier than ${ag.yearName(year)}` },
          [...bins].map(([b, k]) => svg("rect", { x: b * 2, width: 1.7, y: 20 - Math.max(2, (18 * k) / most), height: Math.max(2, (18 * k) / most), style: { fill: color || "var(--soft)" } })),
          svg("rect", { x: x(year), width: 0.8, y: 0, height: 20, class: "now" })));
    }), el("p", { class: "quiet ends", "aria-hidden": "true" }, el("span", null, ag.yearName(first)), el("span", null, ag.yearName(last))));
  };
})(window.artgraph);
