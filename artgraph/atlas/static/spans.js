// Where one work stands in time: among the artist's works, its cluster's, and all.
(function (ag) {
  "use strict";
  const { el, svg } = ag;

  const ends = (years) => years.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, -Infinity]);

  ag.spans = function (i) {
    const year = ag.year(i);
    if (year === null) return null;
    const dated = (rows) => rows.map(ag.year).filter((y) => y !== null);
    const name = ag.value("artist", i);
    const rows = [
      ["The artist", dated((name && ag.artists().get(name)) || [])],
      [ag.clusterName(ag.clusterOf(i)), dated(ag.clusterOf(i).works), ag.clusterOf(i).color],
      ["All works", dated([...Array(ag.n).keys()])],
    ].filter(([, years]) => years.length > 1);
    const all = rows.length && rows[rows.length - 1][1];
    if (!all) return null;
    const [first, last] = ends(all);
    if (first === last) return null;
    const x = (y) => (100 * (y - first)) / (last - first);
    return el("section", { class: "block spans" }, el("h2", null, "In time"), rows.map(([label, years, color]) => {
      const [low, high] = ends(years);
      const before = years.filter((y) => y < year).length;
      const bins = new Map();
      for (const y of years) bins.set(Math.floor(x(y) / 2), (bins.get(Math.floor(x(y) / 2)) || 0) + 1);
      const most = Math.max(...bins.values());
      return el("div", { class: "span-row" },
        el("p", null, ag.words("bdi", ag.shorten(label, 40)), el("span", { class: "quiet" }, ` ${ag.years(low, high)}`)),
        svg("svg", { viewBox: "0 0 102 20", preserveAspectRatio: "none", role: "img", "aria-label": `${before} of ${years.length} works are earlier than ${year}` },
          [...bins].map(([b, k]) => svg("rect", { x: b * 2, width: 1.7, y: 20 - Math.max(2, (18 * k) / most), height: Math.max(2, (18 * k) / most), style: { fill: color || "var(--soft)" } })),
          svg("rect", { x: x(year), width: 0.8, y: 0, height: 20, class: "now" })));
    }), el("p", { class: "quiet ends", "aria-hidden": "true" }, el("span", null, first), el("span", null, last)));
  };
})(window.artgraph);
