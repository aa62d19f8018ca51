// The front page: the map, then the clusters, largest first. Built once and kept, so that coming back is instant.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  function masthead() {
    const k = ag.clusters.filter((c) => c.label >= 0).length;
    const without = ag.cluster(-1);
    const used = ag.data.columns_used;
    const columns = used.length
      ? ` and by the ${used.length > 1 ? "columns" : "column"} ${used.map((column) => `“${column}”`).join(", ")}`
      : "; no column of the catalogue was used";
    const period = used.includes("date") && "Dates had a say, so clusters show period as well as look. ";
    return el("div", { class: "masthead" },
      words("h1", ag.data.title, { tabindex: -1 }),
      el("p", { class: "lead" },
        `${ag.count(ag.n, "painting")} in ${ag.count(k, "cluster")}, grouped by visual similarity${columns}. `,
        without && `${ag.count(without.works.length, "painting")} ${without.works.length === 1 ? "is" : "are"} in none. `,
        period,
        ag.newSentence(),
        el("a", { href: ag.link.made() }, "How it was made")));
  }

  // All clusters side by side, as wide as they are large.
  function ribbon() {
    return el("nav", { class: "ribbon", "aria-label": "Clusters by size" }, ag.clusters.map((c) =>
      el("a", {
        href: ag.link.cluster(c.label),
        title: [`${ag.clusterName(c)}: ${ag.count(c.works.length, "work")}`, ...ag.knownFor(c)].join(", "),
        "aria-label": `${ag.clusterName(c)}, ${ag.count(c.works.length, "work")}`,
        style: { "--share": c.works.length, "background-color": c.color },
        onmouseenter: () => ag.map && ag.map.light(c.works),
        onmouseleave: () => ag.map && ag.map.light(null),
        onfocus: (e) => ag.map && e.target.matches(":focus-visible") && ag.map.light(c.works),
        onblur: () => ag.map && ag.map.light(null),
      })));
  }

  ag.facts = function (c) {
    const fresh = c.works.filter(ag.isNew).length;
    return [ag.count(c.works.length, "work"), c.years && ag.years(c.years[0], c.years[2]), fresh > 0 && `${ag.number(fresh)} new`].filter(Boolean).join(" · ");
  };

  function section(c) {
    const id = `c${c.label}`;
    const who = c.artists.slice(0, 5);
    const name = ag.clusterName(c);
    return el("section", { class: "cluster", "aria-labelledby": id, style: { "--color": c.color } },
      el("div", { class: "about" },
        el("h2", { id }, el("a", { href: ag.link.cluster(c.label) }, ag.chip(c), words("span", ag.shorten(name, 120)))),
        el("p", { class: "facts" }, ag.facts(c)),
        c.sentence && words("p", ag.shorten(c.sentence, 400), { class: "sentence" }),
        who.length > 0 && el("ul", { class: "artists", "aria-label": "Artists with most works here" },
          who.map(([artist, works]) => el("li", null, words("bdi", ag.shorten(artist, 60)), el("span", { class: "figure" }, ag.number(works))))),
        c.artists_in_all > who.length && el("p", { class: "quiet" }, `and ${ag.count(c.artists_in_all - who.length, "more artist")}`),
        ag.palette(c.palette),
        el("p", { class: "all" }, el("a", { href: ag.link.cluster(c.label) }, `All ${ag.count(c.works.length, "work")}`, words("span", ` of ${name}`, { class: "unseen" })))),
      ag.strip(c.works, { label: `Typical works of ${name}` }));
  }

  let page = null;
  let sections = null;
  let results = null;
  let filters = null;
  ag.front = function (query) {
    if (!page) {
      sections = el("div", { class: "clusters" }, ag.clusters.map(section));
      results = el("section", { class: "results", "aria-label": "Search results", hidden: true });
      filters = ag.filterBox();
      page = el("div", { class: "front" }, masthead(), el("div", { class: "hero" }), ribbon(), filters, results, sections);
    }
    if (ag.map) {
      ag.map.whole(false);
      page.querySelector(".hero").append(ag.map.box);
    }
    const found = ag.find(query);
    sections.hidden = found !== null;
    results.hidden = found === null;
    filters.show(query);
    if (found) {
      const text = found.length ? ag.count(found.length, "painting") : "Nothing found";
      results.replaceChildren(
        el("header", null, el("h2", null, text), ag.conditions(query), found.length > 0 && el("p", { class: "do" }, ag.chooseButton(), ag.saveButton(found, ag.data.title))),
        found.length ? ag.gallery(found, { captions: true })
          : el("p", { class: "quiet" }, "The search looks at titles, artists, dates, styles and ids."));
      ag.say(`${text} for ${ag.inWords(query).map((a) => a[1]).join(", ")}`);
    }
    ag.sequence = found;
    if (ag.map) {
      if (found) ag.map.choice.clear();
      ag.map.light(found);
    }
    return { node: page, title: null };
  };

  addEventListener("beforeprint", () => {
    for (const list of document.querySelectorAll(".strip")) list.build();
    for (const img of document.querySelectorAll("img[loading=lazy]")) img.loading = "eager";
  });
})(window.artgraph);
