// Artists: whose works stay in one cluster, whose change it; and each with the works in the order of their years.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const FEW = 5; // works from which a share is meaningful
  const SIGNIFICANT = 0.05;
  const MARKS = 1500; // works that the chart of an artist draws

  let people = null;
  function all() {
    if (people) return people;
    const changes = new Map(ag.data.artists.changes.map((m) => [m.name, m]));
    people = [...ag.artists()].map(([name, works]) => {
      const clusters = ag.clustersOf(works);
      const years = ag.dated(works).map(ag.year);
      return { name, works, clusters, years, main: clusters[0][1] / works.length, change: changes.get(name) || null };
    });
    return people;
  }

  const ORDERS = {
    works: ["Works", (a, b) => b.works.length - a.works.length],
    name: ["Name", (a, b) => a.name.localeCompare(b.name)],
    stays: ["Main cluster", (a, b) => (b.works.length >= FEW) - (a.works.length >= FEW) || b.main - a.main || b.works.length - a.works.length],
    changes: ["Change over time", (a, b) => (b.change !== null) - (a.change !== null) || (a.change && a.change.p - b.change.p) || (a.change && b.change.change - a.change.change)],
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
    const dated = ag.dated(works);
    const list = dated.length >= 4 ? dated : works;
    const step = Math.max(1, list.length / most);
    const chosen = [...new Set(Array.from({ length: Math.min(most, list.length) }, (_, k) => list[Math.floor(k * step)]))];
    return el("ul", { class: "path", role: "list" }, chosen.map((i) => el("li", { style: { "--color": ag.clusterOf(i).color, "--shape": Math.min(Math.max(ag.aspect(i), 0.5), 2) } },
      el("a", { href: ag.link.painting(i), title: ag.line(i) }, ag.picture(i)), words("span", ag.value("date", i) ?? "", { class: "note" }))));
  }

  const significant = (p) => p.change !== null && p.change.p <= SIGNIFICANT;

  function inWords(p) {
    if (!significant(p)) return p.change ? el("span", { class: "quiet" }, "no clear change") : "";
    const half = Math.floor(p.years.length / 2);
    const dated = ag.dated(p.works).filter((i) => ag.data.labels[i] >= 0);
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
      el("td", { class: "moved" }, inWords(p)));
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
        el("th", { scope: "col" }, "Clusters"), head("stays"), head("changes"))), body)), more];
  }

  ag.artistsPage = function (query) {
    const list = all();
    if (!list.length) return null;
    const sort = Object.hasOwn(ORDERS, query.sort || "") ? query.sort : "works";
    const sorted = [...list].sort((a, b) => ORDERS[sort][1](a, b) || a.name.localeCompare(b.name));
    const stay = list.filter((p) => p.works.length >= FEW && p.main >= 0.8 && !significant(p)).sort((a, b) => b.main - a.main || b.works.length - a.works.length).slice(0, 3);
    const change = list.filter(significant).sort((a, b) => b.change.change - a.change.change || a.change.p - b.change.p).slice(0, 3);
    const node = el("article", { class: "artists-page" },
      el("header", { class: "page-head" }, el("h1", { tabindex: -1 }, "Artists"),
        el("p", { class: "lead" }, `${ag.count(list.length, "artist")}. Colours stand for clusters. “Change over time” compares the clusters of the earlier and the later half of an ` +
          "artist’s dated works with random halves (8 works or more; p ≤ 0.05, corrected for the number of artists). Works without a certain artist are not counted here.")),
      el("div", { class: "page-body" },
        sort === "works" && feature("Artists whose style changes", "From early to late works; the bar below each work has the colour of its cluster.", change),
        sort === "works" && feature("Artists who keep to one style", "Five works or more, at least 80 % of them in one cluster.", stay),
        el("section", null, el("h2", null, "All artists"), table(sorted, sort))));
    ag.sequence = null;
    return { node, title: "Artists" };
  };

  // Where the works of an artist lie over the years: a row for each cluster, a mark for each work.
  function chart(p) {
    const all = ag.dated(p.works);
    const step = Math.ceil(all.length / MARKS);
    const dated = all.filter((_, k) => k % step === 0);
    const [first, last] = [p.years[0], p.years[p.years.length - 1]];
    if (dated.length < 3 || first === last) return null;
    return el("section", { class: "block" }, el("h2", null, "Clusters over time"),
      step > 1 && el("p", { class: "quiet" }, `One mark for every ${ag.number(step)} works.`), el("div", { class: "over-time" }, p.clusters.map(([c, k]) => el("div", { class: "time-row" },
      el("a", { href: ag.link.cluster(c.label) }, ag.chip(c), words("bdi", ag.shorten(ag.clusterName(c), 40)), el("span", { class: "quiet" }, ` ${ag.number(k)}`)),
      el("div", { class: "marks" }, dated.filter((i) => ag.clusterOf(i) === c).map((i) => el("a", {
        href: ag.link.painting(i), title: ag.line(i), "aria-label": ag.line(i), tabindex: -1,
        style: { left: `${(100 * (ag.year(i) - first)) / (last - first)}%`, "background-color": c.color },
      }))))),
      el("div", { class: "time-row axis", "aria-hidden": "true" }, el("span"), el("div", { class: "ends" }, el("span", null, ag.yearName(first)), el("span", null, ag.yearName(last))))));
  }

  ag.artistPage = function (name) {
    const p = all().find((a) => ag.whole(a.name) === name);
    if (!p) return null;
    ag.sequence = p.works;
    const node = el("article", { class: "artist-page" },
      el("header", { class: "page-head" },
        words("h1", ag.shorten(p.name, 160), { tabindex: -1, class: p.name.length > 90 ? "long" : null }),
        el("p", { class: "facts" }, [ag.count(p.works.length, "work"), span(p), `${ag.percent(p.main)} in ${ag.clusterName(p.clusters[0][0])}`].filter(Boolean).join(" · ")),
        p.change && el("p", { class: "lead" }, significant(p)
          ? `The later works are in other clusters than the earlier ones, more than by chance: their shares of the clusters differ by ${ag.percent(p.change.change)}, those of random halves by ${ag.percent(p.change.chance)} (p\u00a0${p.change.p < 0.001 ? "< 0.001" : `= ${p.change.p.toFixed(3)}`}).`
          : `No clear difference between the earlier and the later of ${ag.count(p.change.works, "dated work")}.`)),
      el("div", { class: "page-body" }, chart(p),
        el("section", { class: "block" }, el("h2", null, "Works"), el("p", null, ag.chooseButton(), " ", ag.saveButton(p.works, p.name)),
          ag.gallery(p.works, { captions: true, who: false, note: (i) => el("span", null, ag.chip(ag.clusterOf(i)), [ag.value("date", i), ag.clusterName(ag.clusterOf(i))].filter(Boolean).map((t) => ag.shorten(t, 30)).join(" · ")) }))));
    return { node, title: p.name };
  };
})(window.artgraph);
