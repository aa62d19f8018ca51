// The timeline: a wall on which every dated painting stands in the column of its decade, sorted by cluster.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  let wall = null;
  let bins = null;

  // Decades, or longer steps where there would be too many: [{start, end, works}]
  function periods() {
    if (bins) return bins;
    const dated = ag.dated();
    if (!dated.length) return (bins = []);
    const [low, high] = ag.ends(dated.map(ag.year));
    const step = [10, 20, 50, 100].find((s) => (high - low) / s <= 48) || 200;
    const first = Math.floor(low / step) * step;
    bins = [];
    for (let start = first; start <= high; start += step) bins.push({ start, end: start + step - 1, works: [] });
    for (const i of dated) bins[Math.floor((ag.year(i) - first) / step)].works.push(i);
    for (const bin of bins) {
      bin.works.sort((a, b) => rank(a) - rank(b) || ag.year(a) - ag.year(b) || a - b);
    }
    return bins;
  }
  const rank = (i) => (ag.data.labels[i] < 0 ? Infinity : ag.data.labels[i]);
  const title = (bin) => ag.period(bin.start, bin.end - bin.start + 1);

  function hang() {
    const most = Math.max(...periods().map((b) => b.works.length));
    // as wide as it takes for the fullest column to be no taller than the window is
    const width = Math.max(1, Math.round(Math.sqrt((2.1 * most) / bins.length)));
    const gap = width > 2 ? 1 : 0.5;
    const tall = Math.ceil(most / width);
    const grid = { column: [], row: [], rows: [], shape: [Math.ceil(bins.length * (width + (gap > 0.5 ? 1 : 0))), tall] };
    bins.forEach((bin, b) => {
      bin.left = b * (width + (gap > 0.5 ? 1 : 0));
      bin.width = width;
      bin.works.forEach((i, k) => {
        grid.rows.push(i);
        grid.column.push(bin.left + (k % width));
        grid.row.push(tall - 1 - Math.floor(k / width));
      });
    });
    return grid;
  }

  // Years below the columns, as many as there is room for.
  function axis({ camera, colors, rows }, context) {
    const u = colors.unit;
    const base = Math.min(camera.screen(0, rows).y, camera.height - 26 * u);
    context.fillStyle = colors.wall;
    context.fillRect(0, base, camera.width, camera.height - base);
    context.fillStyle = colors.soft;
    context.fillRect(0, base, camera.width, 1);
    context.font = `${12 * u}px ${colors.sans}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    let free = -Infinity;
    for (const bin of bins) {
      const x = camera.screen(bin.left + bin.width / 2, 0).x;
      const half = context.measureText(title(bin)).width / 2;
      if (x + half < 0 || x - half > camera.width || x - half < free) continue;
      context.fillText(title(bin), x, base + 8 * u);
      free = x + half + 12 * u;
    }
  }

  function table() {
    const clusters = ag.clusters;
    const counts = new Map(bins.map((bin) => [bin, new Map(ag.clustersOf(bin.works))])); // works of each cluster
    const most = Math.max(...bins.flatMap((bin) => [...counts.get(bin).values()]));
    const rows = bins.filter((bin) => bin.works.length).map((bin) => el("tr", null,
      el("th", { scope: "row" }, el("a", { href: ag.link.front({ from: bin.start, to: bin.end }) }, title(bin))),
      el("td", { class: "figure" }, ag.number(bin.works.length)),
      clusters.map((c) => {
        const here = counts.get(bin).get(c) || 0;
        const [key, value] = ag.groupings()[0].groups.find((g) => g.label === c.label).ask;
        return el("td", { class: "figure", style: { "--weight": here ? 0.06 + (0.5 * here) / most : 0, "--color": c.color } },
          here > 0 && el("a", { href: ag.link.front({ from: bin.start, to: bin.end, [key]: value }), "aria-label": `${ag.count(here, "work")} of ${ag.clusterName(c)}, ${title(bin)}` }, ag.number(here)));
      })));
    return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Works by period and cluster" },
      el("table", { class: "counts" },
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "Period"), el("th", { scope: "col", class: "figure" }, "Works"),
          clusters.map((c) => el("th", { scope: "col", class: "figure", title: ag.clusterName(c) },
            el("a", { href: ag.link.cluster(c.label) }, ag.chip(c), el("span", { class: "unseen" }, ag.clusterName(c)),
              el("span", { "aria-hidden": "true" }, c.label < 0 ? "–" : c.label)))))),
        el("tbody", null, rows)));
  }

  let page = null;
  ag.timelinePage = function (query) {
    if (!periods().length) return null;
    if (!page) {
      const dated = bins.reduce((sum, b) => sum + b.works.length, 0);
      const undated = ag.n - dated;
      wall = new ag.Wall(hang(), {
        name: "Timeline", below: 34, overlay: axis,
        label: `Timeline of ${ag.count(dated, "painting")}: each stands in the column of its period, sorted by cluster. The table that follows says the same in numbers.`,
      });
      page = el("article", { class: "timeline-page" },
        el("header", { class: "page-head" },
          el("h1", { tabindex: -1 }, "Timeline"),
          el("p", { class: "lead" }, `${ag.count(dated, "dated painting")}, each in the column of its ${bins[0].end - bins[0].start === 9 ? "decade" : "period"}, sorted by cluster.`,
            undated > 0 && ` ${ag.count(undated, "painting")} without a year ${undated === 1 ? "is" : "are"} not shown.`,
            ag.data.columns_used.includes("date") && " Dates had a say in the clusters: that they lie apart in time is no finding.")),
        el("div", { class: "hero" }, wall.box),
        el("div", { class: "page-body" }, el("h2", null, "In numbers"), table()));
    }
    wall.light(ag.find(query));
    ag.sequence = null;
    return { node: page, title: "Timeline" };
  };
  ag.hasTimeline = Boolean(ag.data.years);
})(window.artgraph);
