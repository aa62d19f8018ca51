// Works that a cataloguer may want to look at again, each with the evidence. Never an attribution.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const KINDS = { attribution: "Attribution", date: "Date", school: "School", anonymous: "No artist", alone: "Nothing like it" };
  const kindName = (kind) => KINDS[kind] || kind;

  function item(work) {
    const i = work.row;
    return el("section", { class: "doubt" },
      el("div", { class: "doubted" }, el("a", { href: ag.link.painting(i) }, ag.picture(i)),
        el("p", { class: "caption" }, words("span", ag.shorten(ag.artist(i), 80), { class: "who" }), words("span", ag.shorten(ag.title(i), 100), { class: "what" }),
          ag.value("date", i) && words("span", ag.shorten(ag.value("date", i), 40), { class: "note" }))),
      el("div", null,
        el("p", { class: "facts" }, kindName(work.kind || ""), work.score > 0 && work.score <= 1 && ` · more unusual than ${Math.min(99, Math.floor(100 * work.score))} % of the works`),
        work.sentence && words("p", ag.shorten(work.sentence, 600), { class: "sentence" }),
        work.evidence.filter((e) => e.neighbors.length).map((e) => el("figure", { class: "evidence" },
          e.descriptor && el("figcaption", null, "Nearest works by the descriptor ", words("bdi", ag.shorten(e.descriptor, 40))),
          el("ul", { class: "gallery", role: "list" }, e.neighbors.slice(0, 6).map((k) => ag.tile(k, { captions: true, note: () => ag.data.images && el("a", { href: ag.link.beside(i, k), "aria-label": `Side by side with ${ag.line(k)}` }, "side by side") })))))));
  }

  ag.worklistPage = function (query) {
    const all = ag.data.worklist;
    if (!all) return null;
    const kinds = [...new Set(all.map((w) => w.kind))].filter(Boolean);
    const kind = kinds.includes(query.kind) ? query.kind : null;
    const list = kind ? all.filter((w) => w.kind === kind) : all;
    const body = el("div", { class: "doubts" });
    const more = el("div", { class: "more", "aria-hidden": "true" });
    let shown = 0;
    const add = () => {
      const some = list.slice(shown, shown + 12);
      shown += 12;
      ag.ready(() => some.map(item), (items) => {
        body.append(...items);
        if (shown < list.length) ag.whenNear(more, add);
        else more.remove();
      });
    };
    add();
    const rows = [...new Set(list.map((w) => w.row))];
    ag.sequence = rows;
    return {
      title: "Worklist",
      node: el("article", { class: "worklist-page" },
        el("header", { class: "page-head" }, el("h1", { tabindex: -1 }, "Worklist"),
          el("p", { class: "lead" }, "Works whose nearest works do not fit what the catalogue says of them, the clearest cases first. A reason to look again, not an attribution.")),
        el("div", { class: "page-body" },
          el("nav", { class: "kinds", "aria-label": "Kinds" }, [null, ...kinds].map((k) => el("a", { href: ag.link.worklist(k), "aria-current": k === kind ? "page" : null },
            k ? kindName(k) : "All", el("span", { class: "quiet" }, ` ${ag.number(k ? all.filter((w) => w.kind === k).length : all.length)}`))),
            rows.length > 0 && ag.saveButton(rows, "worklist")),
          list.length ? body : el("p", { class: "quiet" }, "Nothing stands out."), more)),
    };
  };
})(window.artgraph);
