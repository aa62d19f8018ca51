// One painting: as large as the window allows, its data, and the works nearest to it.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  // The list the reader came from; without one, the cluster. Left and right walk along it.
  ag.besides = function (i) {
    const list = ag.sequence && ag.sequence.includes(i) ? ag.sequence : ag.clusterOf(i).works;
    const at = list.indexOf(i);
    return { before: list[at - 1], after: list[at + 1], at, of: list.length };
  };

  // Walking along a list is one step back, not fifty.
  ag.stepping = (node) => node.addEventListener("click", (e) => {
    const link = e.target.closest("[data-step]");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    ag.replace(link.getAttribute("href"));
  });

  // Where the museum shows the work, its IIIF manifest, its rights: a link that a reader may follow. Nothing is fetched.
  const LINKED = /manifest|homepage|web.?page|permalink|rights|licen[cs]e|^(object.?)?(url|link)$/i;
  const ADDRESS = /^https?:\/\/[^\s"'<>\\]{4,2000}$/i;
  const linked = (column, value) => (LINKED.test(column) && ADDRESS.test(value)
    ? el("dd", { dir: "auto" }, el("a", { href: value, rel: "noopener noreferrer", target: "_blank" }, words("span", value)))
    : words("dd", value));

  function facts(i) {
    const row = (column) => {
      const value = ag.value(column, i);
      return value !== null && value !== undefined && [el("dt", null, words("bdi", column.replaceAll("_", " "))), linked(column, value)];
    };
    const small = new Set(ag.data.small);
    const shown = ag.columns.filter((c) => !["title", "artist", "date", "id", "image", "previous_attribution"].includes(c) && !small.has(c));
    const rest = ["id", "image", ...ag.columns.filter((c) => small.has(c))];
    return [
      el("dl", { class: "facts-list" }, shown.map(row)),
      el("details", { class: "small-print" }, el("summary", null, "Record and file"), el("dl", { class: "facts-list" }, rest.map(row))),
    ];
  }

  // The squares that a descriptor was computed from, over the picture; shown on demand.
  function windows(i, figure) {
    const found = ag.windows(i);
    const img = figure.querySelector("img");
    if (!found.length || !img) return null;
    const a = ag.aspect(i);
    const [w, h] = a >= 1 ? [a, 1] : [1, 1 / a]; // of the picture, in short sides
    const sheet = el("div", { class: "windows", hidden: true, "aria-hidden": "true" }, found.map(([x, y, side]) => el("span", { style: {
      left: `${x / 10 / w}%`, top: `${y / 10 / h}%`, width: `${side / 10 / w}%`, height: `${side / 10 / h}%`,
    } })));
    figure.append(sheet);
    const fit = () => {
      const b = img.getBoundingClientRect();
      const f = figure.getBoundingClientRect();
      const wide = Math.min(b.width, b.height * a);
      sheet.style.setProperty("width", `${wide}px`);
      sheet.style.setProperty("height", `${wide / a}px`);
      sheet.style.setProperty("left", `${b.left - f.left + (b.width - wide) / 2}px`);
      sheet.style.setProperty("top", `${b.top - f.top + (b.height - wide / a) / 2}px`);
    };
    new ResizeObserver(fit).observe(img);
    return el("button", {
      type: "button", class: "save", "aria-pressed": "false",
      onclick: (e) => {
        sheet.hidden = !sheet.hidden;
        e.currentTarget.setAttribute("aria-pressed", String(!sheet.hidden));
        fit();
      },
    }, `Show the ${ag.count(found.length, "patch", "patches")} that were analysed`);
  }

  // "color 61 %, texture 39 %" as a bar and in words.
  function reason(shares) {
    const text = shares.filter((s) => s[1] > 0).map(([name, p]) => `${name} ${p} %`).join(", ");
    if (!text) return null;
    return el("span", { class: "reason", title: text },
      el("span", { class: "reason-bar", "aria-hidden": "true" }, shares.map(([, p], k) => el("span", { style: { "flex-grow": p, "--k": k } }))),
      el("span", { class: "unseen" }, text));
  }

  function key(near) {
    const shares = near.length && near[0].shares;
    if (!shares) return null;
    const mean = shares.map(([name], k) => [name, near.reduce((s, v) => s + v.shares[k][1], 0) / near.length]);
    return el("p", { class: "quiet reason-key" }, "The bars show how much each descriptor contributes to the similarity, on average: ",
      mean.map(([name, p], k) => el("span", { class: "key" }, el("span", { class: "swatch", "aria-hidden": "true", style: { "--k": k } }), words("bdi", name), ` ${Math.round(p)} %`)));
  }

  const known = (c) => ag.knownFor(c).length > 0 && words("span", ag.shorten(ag.knownFor(c).join(", "), 60), { class: "known" });

  const ROLES = { core: "typical of the cluster", border: "at its edge", bridge: "between two clusters", outlier: "unlike the other works" };

  function home(i, c) {
    const m = ag.membership(i);
    return el("div", { class: "home" },
      el("p", null, el("a", { href: ag.link.cluster(c.label) }, ag.chip(c), words("span", ag.shorten(ag.clusterName(c), 80))),
        m && el("span", { class: "quiet" }, ` · ${[`confidence ${ag.percent(m.confidence)}`, ROLES[m.role] || m.role].filter(Boolean).join(", ")}`), known(c)),
      m && m.second && m.second !== c && el("p", { class: "second" }, el("span", { class: "quiet" }, "Second choice: "),
        el("a", { href: ag.link.cluster(m.second.label) }, ag.chip(m.second), words("span", ag.shorten(ag.clusterName(m.second), 80))), known(m.second)),
      ag.addedSentences(i),
      ag.map && el("p", null, el("a", { href: ag.link.map(i) }, "On the map")));
  }

  ag.paintingPage = function (id) {
    const i = ag.row(id);
    if (i === undefined) return null;
    const c = ag.clusterOf(i);
    const near = ag.near(i);
    const about = new Map(near.map((v) => [v.row, v]));
    const { before, after, at, of } = ag.besides(i);
    const step = (to, text, sign) => to === undefined
      ? el("span", { class: "off", "aria-hidden": "true" }, sign)
      : el("a", { href: ag.link.painting(to), "data-step": true, "aria-label": `${text}: ${ag.line(to)}` }, sign);
    const title = ag.title(i);
    const large = ag.larger(i) || ag.source(i);
    const shown = ag.picture(i, { large: true, eager: true });
    const figure = el("figure", { class: large ? "work" : "work small", style: { "--shape": ag.aspect(i) } },
      shown.tagName === "IMG" ? el("a", { href: ag.link.look(i), title: "Look closer: zoom and move" }, shown) : shown);
    const img = figure.querySelector("img");
    // a small picture is shown larger than it is, but not so large that one sees only how small it is
    if (img) {
      img.addEventListener("load", () => {
        const small = ![ag.larger(i), ag.source(i)].includes(img.getAttribute("src"));
        figure.classList.toggle("small", small);
        img.style.setProperty("max-width", `${img.naturalWidth * (small ? 1.8 : 2.5)}px`);
      });
    }
    const node = el("article", { class: "painting-page", style: { "--color": c.color } },
      figure,
      el("div", { class: "label-text" },
        el("nav", { class: "steps", "aria-label": "Works beside this one" },
          step(before, "Previous work", "←"), el("span", { class: "quiet" }, `${ag.number(at + 1)} of ${ag.number(of)}`), step(after, "Next work", "→")),
        ag.value("artist", i)
          ? el("p", { class: "maker" }, el("a", { href: ag.artistName(i) ? ag.link.artist(ag.artistName(i)) : ag.link.front({ artist: ag.value("artist", i) }) },
            words("bdi", ag.shorten(ag.value("artist", i), 200))))
          : el("p", { class: "maker quiet" }, "Unknown artist"),
        ag.value("previous_attribution", i) && words("p", `Attributed before to: ${ag.value("previous_attribution", i)}`, { class: "before quiet" }),
        words("h1", title, { tabindex: -1, class: title.length > 90 ? "long" : null }),
        ag.value("date", i) && words("p", ag.value("date", i), { class: "date" }),
        home(i, c),
        el("p", { class: "do" }, img && el("a", { class: "save", href: ag.link.look(i) }, "Look closer"), ag.data.images && ag.keepButton(i), ag.sayButton([i], "Say what it is…")),
        ag.decidedOf(i),
        facts(i),
        ag.spans(i),
        windows(i, figure)),
      near.length > 0 && el("section", { class: "nearest" },
        el("h2", null, "Nearest works"),
        key(near),
        ag.gallery(near.map((v) => v.row), {
          captions: true,
          note: (row) => {
            const other = ag.clusterOf(row);
            const { similarity, shares } = about.get(row);
            return el("span", null, similarity !== null && el("span", { title: "From 0 (not similar) to 1 (the same)" }, `similarity ${similarity.toFixed(2)}`), shares && reason(shares),
              other !== c && el("span", { class: "elsewhere" }, ag.chip(other), words("bdi", ag.shorten(ag.clusterName(other), 40))),
              " ", ag.data.images && el("a", { href: ag.link.beside(i, row), "aria-label": `Side by side with ${ag.line(row)}` }, "side by side"));
          },
        })));
    ag.stepping(node);
    return { node, title, keys: { ArrowLeft: before, ArrowRight: after }, home: ag.link.cluster(c.label) };
  };
})(window.artgraph);
