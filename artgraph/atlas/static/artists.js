// Artists: who stays in one manner, who moves; and each with the works in the order of their years.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const FEW = 5; // works from which a share says something
  const SURE = 0.05;

  let people = null;
  function all() {
    if (people) return people;
    const moves = new Map(ag.data.artists.manners.map((m) => [m.name, m]));
    people = [...ag.artists()].map(([name, works]) => {
      const clusters = ag.clustersOf(works);
      const years = works.map(ag.year).filter((y) => y !== null);
      return { name, works, clusters, years, main: clusters[0][1] / works.length, move: moves.get(name) || null };
    });
    return people;
  }

  const ORDERS = {
    works: ["Works", (a, b) => b.works.length - a.works.length],
    name: ["Name", (a, b) => a.name.localeCompare(b.name)],
    stays: ["In one cluster", (a, b) => (b.works.length >= FEW) - (a.works.length >= FEW) || b.main - a.main || b.works.length - a.works.length],
    moves: ["Moves", (a, b) => (b.move !== null) - (a.move !== null) || (a.move && a.move.p - b.move.p) || (a.move && b.move.change - a.move.change)],
  };

  const span = (p) => (p.years.length ? ag.years(p.years[0], p.years[p.years.length - 1]) : "");

  // The clusters of some works side by side, as wide as they are frequent.
  function shareBar(clusters, total) {
    const spoken = clusters.slice(0, 6).map(([c, k]) => `${ag.clusterName(c)} ${ag.percent(k / total)}`).join(", ");
    return el("span", { class: "share-bar", role: "img", "aria-label": spoken, title: spoken },
      clusters.map(([c, k]) => el("span", { style: { "flex-grow": k, "background-color": c.color } })));
  }

  // Works in the order of time, each over the colour of its cluster; where there are many, evenly chosen.
  function path(works, most = 14) {
    const dated = works.filter((i) => ag.year(i) !== null);
    const list = dated.length >= 4 ? dated : works;
    const step = Math.max(1, list.length / most);
    const chosen = [...new Set(Array.from({ length: Math.min(most, list.length) }, (_, k) => list[Math.floor(k * step)]))];
    return el("ul", { class: "path", role: "list" }, chosen.map((i) => el("li", { style: { "--color": ag.clusterOf(i).color, "--shape": Math.min(Math.max(ag.aspect(i), 0.5), 2) } },
      el("a", { href: ag.link.painting(i), title: ag.line(i) }, ag.picture(i)), el("span", { class: "note" }, ag.year(i) ?? ""))));
  }

  function movement(p) {
    if (!p.move) return "";
    const half = Math.floor(p.years.length / 2);
    const dated = p.works.filter((i) => ag.year(i) !== null && ag.data.labels[i] >= 0);
    const early = ag.clustersOf(dated.slice(0, half))[0];
    const late = ag.clustersOf(dated.slice(-half))[0];
    if (!early || !late) return "";
    return early[0] === late[0] ? `${ag.clusterName(early[0])}, early and late` : `${ag.clusterName(early[0])}, later ${ag.clusterName(late[0])}`;
  }

  function feature(title, text, list) {
    return list.length > 0 && el("section", { class: "feature" }, el("h2", null, title), el("p", { class: "quiet" }, text),
      list.map((p) => el("section", { class: "one-artist" },
        el("h3", null, el("a", { href: ag.link.artist(p.name) }, words("bdi", ag.shorten(p.name, 60))),
          el("span", { class: "quiet" }, ` ${[ag.count(p.works.length, "work"), span(p)].filter(Boolean).join(" · ")}`)),
        path(p.works))));
  }

  function table(list, sort) {
    const head = (key) => el("th", { scope: "col", class: key === "works" ? "figure" : null, "aria-sort": key === sort ? "other" : null },
      key === sort ? ORDERS[key][0] : el("a", { href: ag.link.artists(key) }, ORDERS[key][0]));
    const row = (p) => el("tr", null,
      el("th", { scope: "row" }, el("a", { href: ag.link.artist(p.name) }, words("bdi", ag.shorten(p.name, 70)))),
      el("td", { class: "figure" }, ag.number(p.works.length)),
      el("td", { class: "span" }, span(p)),
      el("td", { class: "bar-cell" }, shareBar(p.clusters, p.works.length)),
      el("td", { class: "figure" }, ag.percent(p.main)),
      el("td", { class: "moved" }, p.move && p.move.p <= SURE ? movement(p) : el("span", { class: "quiet" }, p.move ? "no more than chance" : "")));
    const body = el("tbody");
    const more = el("div", { class: "more", "aria-hidden": "true" });
    let shown = 0;
    const add = () => {
      body.append(...list.slice(shown, shown + 150).map(row));
      shown += 150;
      if (shown < list.length) ag.whenNear(more, add);
    };
    add();
    return [el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "All artists" }, el("table", { class: "people" },
      el("thead", null, el("tr", null, head("name"), head("works"), el("th", { scope: "col" }, "Years"),
        el("th", { scope: "col" }, "Where the works lie"), head("stays"), head("moves"))), body)), more];
  }

  ag.artistsPage = function (query) {
    const list = all();
    if (!list.length) return null;
    const sort = Object.hasOwn(ORDERS, query.sort || "") ? query.sort : "works";
    const sorted = [...list].sort((a, b) => ORDERS[sort][1](a, b) || a.name.localeCompare(b.name));
    const stay = list.filter((p) => p.works.length >= FEW && p.main >= 0.8 && !(p.move && p.move.p <= SURE)).sort((a, b) => b.main - a.main || b.works.length - a.works.length).slice(0, 3);
    const move = list.filter((p) => p.move && p.move.p <= SURE).sort((a, b) => b.move.change - a.move.change || a.move.p - b.move.p).slice(0, 3);
    const node = el("article", { class: "artists-page" },
      el("header", { class: "page-head" }, el("h1", { tabindex: -1 }, "Artists"),
        el("p", { class: "lead" }, `${ag.count(list.length, "name")}. Colours are clusters. “Moves” asks whether the later half of an artist’s dated works ` +
          "lies in other clusters than the earlier half, more than random halves do (8 works or more; p ≤ 0.05 after correction for all artists).")),
      el("div", { class: "page-body" },
        sort === "works" && feature("Who moves", "Earlier works to later ones; the bar below each is the colour of its cluster.", move),
        sort === "works" && feature("Who stays in one manner", "Five works or more, at least four fifths of them in one cluster.", stay),
        el("section", null, el("h2", null, "All artists"), table(sorted, sort))));
    ag.sequence = null;
    return { node, title: "Artists" };
  };

  // Where the works of an artist lie over the years: a row for each cluster, a mark for each work.
  function chart(p) {
    const dated = p.works.filter((i) => ag.year(i) !== null);
    const [first, last] = [p.years[0], p.years[p.years.length - 1]];
    if (dated.length < 3 || first === last) return null;
    return el("section", { class: "block" }, el("h2", null, "Manner over time"), el("div", { class: "manner" }, p.clusters.map(([c, k]) => el("div", { class: "manner-row" },
      el("a", { href: ag.link.cluster(c.label) }, ag.chip(c), words("bdi", ag.shorten(ag.clusterName(c), 40)), el("span", { class: "quiet" }, ` ${ag.number(k)}`)),
      el("div", { class: "marks" }, dated.filter((i) => ag.clusterOf(i) === c).map((i) => el("a", {
        href: ag.link.painting(i), title: ag.line(i), "aria-label": ag.line(i), tabindex: -1,
        style: { left: `${(100 * (ag.year(i) - first)) / (last - first)}%`, "background-color": c.color },
      }))))),
      el("div", { class: "manner-row axis", "aria-hidden": "true" }, el("span"), el("div", { class: "ends" }, el("span", null, first), el("span", null, last)))));
  }

  ag.artistPage = function (name) {
    const p = all().find((a) => ag.whole(a.name) === name);
    if (!p) return null;
    ag.sequence = p.works;
    const moved = p.move && p.move.p <= SURE;
    const node = el("article", { class: "artist-page" },
      el("header", { class: "page-head" },
        words("h1", ag.shorten(p.name, 160), { tabindex: -1, class: p.name.length > 90 ? "long" : null }),
        el("p", { class: "facts" }, [ag.count(p.works.length, "work"), span(p), `${ag.percent(p.main)} in ${ag.clusterName(p.clusters[0][0])}`].filter(Boolean).join(" · ")),
        p.move && el("p", { class: "lead" }, moved
          ? `The later works lie in other clusters than the earlier ones, more than chance would have it (${ag.percent(p.move.change)} of the weight moves, ${ag.percent(p.move.chance)} by chance, p\u00a0${p.move.p < 0.001 ? "< 0.001" : `= ${p.move.p.toFixed(3)}`}).`
          : `Earlier and later works lie alike, as far as ${ag.count(p.move.works, "dated work")} can tell.`)),
      el("div", { class: "page-body" }, chart(p),
        el("section", { class: "block" }, el("h2", null, "Works"), el("p", null, ag.saveButton(p.works, p.name)),
          ag.gallery(p.works, { captions: true, who: false, note: (i) => el("span", null, ag.chip(ag.clusterOf(i)), [ag.value("date", i), ag.clusterName(ag.clusterOf(i))].filter(Boolean).map((t) => ag.shorten(t, 30)).join(" · ")) }))));
    return { node, title: p.name };
  };
})(window.artgraph);
