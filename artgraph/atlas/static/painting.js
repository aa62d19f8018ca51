// One painting: as large as the window allows, its data, and the works nearest to it.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  // The list the reader came from; without one, the cluster. Left and right walk along it.
  function beside(i) {
    const list = ag.sequence && ag.sequence.includes(i) ? ag.sequence : ag.clusterOf(i).works;
    const at = list.indexOf(i);
    return { before: list[at - 1], after: list[at + 1], at, of: list.length };
  }

  function facts(i) {
    const row = (column) => {
      const value = ag.value(column, i);
      return value !== null && value !== undefined && [el("dt", null, words("bdi", column.replaceAll("_", " "))), words("dd", value)];
    };
    const small = new Set(ag.data.small);
    const shown = ag.columns.filter((c) => !["title", "artist", "date", "id", "image"].includes(c) && !small.has(c));
    const rest = ["id", "image", ...ag.columns.filter((c) => small.has(c))];
    return [
      el("dl", { class: "facts-list" }, shown.map(row)),
      el("details", { class: "small-print" }, el("summary", null, "Record"), el("dl", { class: "facts-list" }, rest.map(row))),
    ];
  }

  ag.paintingPage = function (id) {
    const i = ag.row(id);
    if (i === undefined) return null;
    const c = ag.clusterOf(i);
    const near = ag.near(i);
    const similarity = new Map(near.map((v) => [v.row, v.similarity]));
    const { before, after, at, of } = beside(i);
    const step = (to, text, sign) => to === undefined
      ? el("span", { class: "off", "aria-hidden": "true" }, sign)
      : el("a", { href: ag.link.painting(to), "data-step": true, "aria-label": `${text}: ${ag.line(to)}` }, sign);
    const title = ag.title(i);
    const original = ag.source(i);
    const figure = el("figure", { class: original ? "work" : "work small", style: { "--shape": ag.aspect(i) } },
      original && ag.thumb(i)
        ? el("a", { href: original, title: "Open the picture by itself" }, ag.picture(i, { large: true, eager: true }))
        : ag.picture(i, { large: true, eager: true }));
    if (!original) {
      const img = figure.querySelector("img");
      // a thumbnail is shown larger than it is, but not so large that one sees only how small it is
      if (img) img.addEventListener("load", () => img.style.setProperty("max-width", `${img.naturalWidth * 1.8}px`));
    }
    const node = el("article", { class: "painting-page", style: { "--color": c.color } },
      figure,
      el("div", { class: "label-text" },
        el("nav", { class: "steps", "aria-label": "Works beside this one" },
          step(before, "Previous work", "←"), el("span", { class: "quiet" }, `${ag.number(at + 1)} of ${ag.number(of)}`), step(after, "Next work", "→")),
        ag.value("artist", i)
          ? el("p", { class: "maker" }, el("a", { href: ag.link.front({ artist: ag.value("artist", i) }) }, words("bdi", ag.shorten(ag.value("artist", i), 200))))
          : el("p", { class: "maker quiet" }, "Unknown artist"),
        words("h1", title, { tabindex: -1, class: title.length > 90 ? "long" : null }),
        ag.value("date", i) && words("p", ag.value("date", i), { class: "date" }),
        el("p", { class: "home" }, el("a", { href: ag.link.cluster(c.label) }, ag.chip(c), words("span", ag.shorten(ag.clusterName(c), 80)))),
        facts(i)),
      near.length > 0 && el("section", { class: "nearest" },
        el("h2", null, "Nearest works"),
        ag.gallery(near.map((v) => v.row), {
          captions: true,
          note: (row) => {
            const other = ag.clusterOf(row);
            const s = similarity.get(row);
            return el("span", null, s === null ? "" : s.toFixed(2), other !== c && el("span", { class: "elsewhere" }, ag.chip(other), ag.clusterName(other)));
          },
        })));
    node.addEventListener("click", (e) => {
      const link = e.target.closest("[data-step]");
      if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
      e.preventDefault();
      ag.replace(link.getAttribute("href")); // walking along a list is one step back, not fifty
    });
    return { node, title, keys: { ArrowLeft: before, ArrowRight: after }, home: ag.link.cluster(c.label) };
  };
})(window.artgraph);
