// One cluster: all its works, the most typical first, and what is known about them.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  function block(title, ...content) {
    const kept = content.filter(Boolean);
    return kept.length > 0 && el("section", { class: "block" }, el("h2", null, title), kept);
  }

  function artists(c) {
    if (!c.artists.length) return null;
    const row = ([name, here, all]) => el("tr", null,
      el("th", { scope: "row" }, el("a", { href: ag.link.artist(name) }, words("bdi", ag.shorten(name, 80)))),
      el("td", { class: "figure" }, ag.number(here)),
      el("td", { class: "figure quiet" }, ag.percent(here / all)));
    const table = (rows) => el("table", { class: "artist-table" },
      el("thead", null, el("tr", null, el("th", { scope: "col" }, "Artist"), el("th", { scope: "col", class: "figure" }, "Works"),
        el("th", { scope: "col", class: "figure", title: "Share of all works by the artist that are in this cluster" }, "share of all"))),
      el("tbody", null, rows.map(row)));
    const first = c.artists.slice(0, 12);
    const rest = c.artists.slice(12);
    const unlisted = c.artists_in_all - c.artists.length;
    return [table(first), rest.length > 0 && el("details", null,
      el("summary", null, `${ag.count(c.artists_in_all - first.length, "more artist")}`), table(rest),
      unlisted > 0 && el("p", { class: "quiet" }, `and ${ag.count(unlisted, "artist")} with fewer works`))];
  }

  function reference(c) {
    if (!ag.data.reference || !c.reference.length) return null;
    const column = ag.data.reference;
    const rows = c.reference.slice(0, 8).map(([v, w]) => [v, w, v === null ? null : ag.link.front({ [ag.queryKey(column)]: v })]);
    const rest = c.reference.slice(8).reduce((sum, [, w]) => sum + w, 0);
    return [ag.shares(rows, { heads: [column, "", "works"], color: c.color }),
      rest > 0 && el("p", { class: "quiet" }, `and ${ag.count(rest, "work")} with ${ag.count(c.reference.length - 8, "other value")}`)];
  }

  function near(c) {
    if (!c.near.length) return null;
    return el("ul", { class: "near-clusters", role: "list" }, c.near.map(([label, share]) => {
      const other = ag.cluster(label);
      return el("li", null, el("a", { href: ag.link.cluster(label) },
        el("span", { class: "pair", "aria-hidden": "true" }, other.works.slice(0, 5).map((i) => ag.picture(i))),
        el("span", { class: "label" }, ag.chip(other), words("span", ag.shorten(ag.clusterName(other), 60)),
          el("span", { class: "quiet" }, ag.percent(share)),
          ag.knownFor(other).length > 0 && words("span", ag.shorten(ag.knownFor(other).join(", "), 60), { class: "known" }))));
    }));
  }

  // From the report of `artgraph interpret`, where there is one: what is more frequent here than elsewhere.
  function over(list) {
    const found = (list || []).filter((v) => v.lift > 1).slice(0, 6);
    if (!found.length) return null;
    return el("table", { class: "artist-table" },
      el("thead", null, el("tr", null, el("th", { scope: "col" }, "Value"), el("th", { scope: "col", class: "figure" }, "Works"),
        el("th", { scope: "col", class: "figure", title: "How many times as frequent as in the whole collection" }, "Ratio"),
        el("th", { scope: "col", class: "figure", title: "Probability of such a surplus by chance, corrected for the number of tests" }, "p"))),
      el("tbody", null, found.map((v) => el("tr", null, words("th", ag.shorten(String(v.name), 60), { scope: "row" }),
        el("td", { class: "figure" }, ag.number(v.count)), el("td", { class: "figure quiet" }, `${v.lift.toFixed(1)} ×`),
        el("td", { class: "figure quiet" }, v.p < 0.001 ? "< 0.001" : v.p.toFixed(3))))));
  }

  // Properties of the pictures or the file, not of the style, that may explain the cluster.
  const PROPERTIES = {
    "greyscale: yes": "greyscale reproductions", "one tone: yes": "pictures in a single hue",
    "margin: narrow": "pictures with a narrow margin", "margin: wide": "pictures with a wide margin",
  };
  function confounds(report) {
    const found = (report.suspect || []).slice(0, 4);
    return found.length > 0 && el("ul", null, found.map((s) => el("li", null,
      `${ag.percent(s.share)} of these works, ${ag.percent(s.in_collection)} of all works: `,
      words("bdi", PROPERTIES[`${s.column}: ${s.value}`] || ag.shorten(`${s.column.replaceAll("_", " ")} “${s.value}”`, 80)))));
  }

  function separation(report) {
    const parts = (report.descriptors || []).filter((d) => d.share > 0);
    return parts.length > 1 && ag.shares(parts.map((d) => [d.name, d.share, null]), { heads: ["Descriptor", "", "share"], number: ag.percent });
  }

  function bridges(report) {
    const found = [...new Set((report.near || []).flatMap((v) => v.bridges || []))].slice(0, 6);
    return found.length > 0 && el("ul", { class: "gallery bridges", role: "list" }, found.map((i) => ag.tile(i)));
  }

  // Works that were added since the clusters were found.
  function fresh(c) {
    const found = c.works.filter(ag.isNew);
    if (!found.length) return null;
    const value = c.label < 0 ? "none" : String(c.label);
    return [el("ul", { class: "gallery bridges", role: "list" }, found.slice(0, 6).map((i) => ag.tile(i))),
      el("p", { class: "quiet" }, el("a", { href: ag.newLink({ ["in." + ag.data.name]: value }) }, ag.newWords(found)))];
  }

  ag.clusterPage = function (label) {
    const c = ag.cluster(label);
    if (!c) return null;
    ag.sequence = c.works;
    const name = ag.clusterName(c);
    const at = ag.clusters.indexOf(c);
    const step = (to, text, rel) => to && el("a", { href: ag.link.cluster(to.label), rel, "aria-label": `${text}: ${ag.clusterName(to)}` },
      rel === "prev" ? "←" : "→");
    const column = ag.data.reference;
    const report = c.report;
    const node = el("article", { class: "cluster-page", style: { "--color": c.color } },
      el("header", { class: "cluster-head" },
        el("div", null,
          words("h1", ag.shorten(name, 100), { tabindex: -1 }),
          el("p", { class: "facts" }, ag.facts(c), c.artists_in_all > 0 && ` · ${ag.count(c.artists_in_all, "artist")}`),
          c.sentence && words("p", ag.shorten(c.sentence, 800), { class: "sentence" }),
          ag.palette(c.palette)),
        el("nav", { class: "steps", "aria-label": "Other clusters" },
          step(ag.clusters[at - 1], "Previous cluster", "prev"), step(ag.clusters[at + 1], "Next cluster", "next"))),
      ag.clusterTools(c),
      el("div", { class: "columns-2" },
        el("section", { class: "works", "aria-label": "Works, most typical first" }, ag.gallery(c.works, { captions: true })),
        el("div", { class: "aside" },
          el("p", { class: "do" }, ag.chooseButton(), ag.saveButton(c.works, name), ag.map && el("a", { href: ag.hash(["map"], { ["in." + ag.data.name]: label < 0 ? "none" : String(label) }) }, "On the map")),
          block("New here", fresh(c)),
          ag.clusterWords && block("Words", ag.clusterWords(c)),
          block("Artists", artists(c)),
          block("Dates", ag.decades(c)),
          column && block(el("span", null, "Column “", words("bdi", column), "”"), reference(c)),
          report && block("Perhaps grouped for another reason than style", confounds(report)),
          report && block("Descriptors that separate this cluster from the others", separation(report)),
          report && Object.entries(report.columns || {}).filter(([name]) => name !== column).map(([name, list]) => block(el("span", null, "More frequent here: ", words("bdi", ag.shorten(name.replaceAll("_", " "), 40))), over(list))),
          report && block("Works linked to other clusters", bridges(report)),
          block("Nearest clusters", near(c), c.near.length > 0 && el("p", { class: "quiet" }, "Of the links that leave this cluster, the share that leads to each.")))));
    return { node, title: name };
  };
})(window.artgraph);
