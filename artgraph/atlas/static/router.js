// From an address to a page, and the keys that work everywhere. Runs last.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const main = document.getElementById("main");
  const scrolls = new Map();
  let depth = 0; // steps taken inside the atlas, so that Esc never leaves it
  let here = null;
  let view = null;
  let replaced = false;

  history.scrollRestoration = "manual";

  const input = el("input", { type: "search", id: "q", name: "q", placeholder: "Artist, title, year", autocomplete: "off", spellcheck: "false", dir: "auto" });
  const form = el("form", { role: "search" }, el("label", { for: "q", class: "unseen" }, "Search the paintings"), input);
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    search();
  });
  let typing = 0;
  input.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 160);
  });
  function search() {
    clearTimeout(typing);
    const { path, query } = ag.parse(location.hash);
    const to = ag.link.front({ ...(path.length ? {} : query), q: input.value.trim() });
    if (to === location.hash) return;
    if (path.length) location.hash = to;
    else ag.replace(to);
  }

  const pages = {
    map: ag.map && ["Map", ag.link.map()],
    timeline: ag.data.years && ["Timeline", ag.link.timeline()],
    artists: ag.hasArtists && ["Artists", ag.link.artists()],
    compare: (ag.data.compare.partitions.length > 0 || ag.data.reference) && ["Compare", ag.link.compare()],
    questions: ["Questions", ag.link.questions()],
    worklist: ag.data.worklist && ["Worklist", ag.link.worklist()],
    made: ["How it was made", ag.link.made()],
  };
  for (const [name, page] of Object.entries(pages)) if (!page) delete pages[name];

  document.body.classList.toggle("bare", !ag.data.images); // names and titles in place of pictures
  document.getElementById("bar").append(
    el("a", { href: ag.link.front(), class: "home-link" }, words("bdi", ag.shorten(ag.data.title, 80))),
    el("nav", { "aria-label": "Pages" },
      Object.values(pages).map(([text, href]) => el("a", { href }, text)), ag.drawerButton),
    form);
  // pages as tall as the window end at its lower edge, however many lines the menu has
  new ResizeObserver(([bar]) => document.documentElement.style.setProperty("--bar", `${bar.target.getBoundingClientRect().height}px`)).observe(document.getElementById("bar"));
  document.getElementById("foot").append(
    el("p", null, `${ag.count(ag.n, "painting")}. Made with artgraph; ${ag.live ? "decisions are sent to artgraph on this machine, and nothing anywhere else" : "nothing on this page is sent anywhere"}.`,
      ag.data.iiif && ` Only where you press “Load it larger” is a picture fetched, from ${ag.data.iiif.hosts.slice(0, 3).map((h) => h.replace(/^https?:\/\//, "")).join(", ")}${ag.data.iiif.hosts.length > 3 ? " or another museum’s server" : ""}.`));
  document.getElementById("skip").addEventListener("click", (e) => {
    e.preventDefault(); // the address after # is the page's own
    main.focus();
    main.scrollIntoView();
  });

  // A cluster that was merged into another has no page any more: where its works are now.
  function mergedInto(path) {
    if (path[0] !== "cluster") return null;
    const merges = new Map(ag.decisions().filter((d) => d.kind === "merge" && d.partition === ag.data.name).map((d) => [d.cluster, d.to]));
    let number = path[1];
    for (const seen = new Set(); merges.has(number) && !seen.has(number); number = merges.get(number)) seen.add(number);
    const into = number !== path[1] && ag.cluster(Number(number));
    return into && [`Cluster ${path[1]} was merged into `, el("a", { href: ag.link.cluster(number) }, ag.clusterName(into)), ". "];
  }
  function lost(path) {
    return {
      title: "Not here",
      node: el("article", { class: "made" }, el("h1", { tabindex: -1 }, "Nothing at this address"),
        el("p", null, mergedInto(path) || "The work or cluster may have another name in this atlas. ", el("a", { href: ag.link.front() }, "See all clusters"))),
    };
  }

  function find({ path, query }) {
    if (path.length === 0) return ag.front(query);
    if (path[0] === "cluster" && /^-?\d{1,9}$/.test(path[1])) return ag.clusterPage(Number(path[1]));
    if (path[0] === "painting") return ag.paintingPage(path.slice(1).join("/"));
    if (path[0] === "look") return ag.lookPage(path.slice(1).join("/"));
    if (path[0] === "beside") return ag.besidePage(path[1], path[2]);
    if (path[0] === "artist") return ag.artistPage(path.slice(1).join("/"));
    if (path[0] === "map") return ag.map ? ag.mapPage(query) : null;
    if (path[0] === "timeline") return ag.timelinePage(query);
    if (path[0] === "artists") return ag.artistsPage(query);
    if (path[0] === "compare") return ag.comparePage(path[1], path[2]);
    if (path[0] === "worklist") return ag.worklistPage(query);
    if (path[0] === "made") return ag.madePage();
    if (path[0] === "questions") return ag.questionsPage();
    return null;
  }

  // What is at the address; while parts of it are coming, what was there before stays.
  function show() {
    const key = location.hash || "#/";
    const parsed = ag.parse(key);
    main.setAttribute("aria-busy", "true");
    ag.ready(() => (key === (location.hash || "#/") ? find(parsed) : null), (found) => {
      if (key !== (location.hash || "#/")) return; // the reader has gone on
      main.removeAttribute("aria-busy");
      put(key, parsed, found || lost(parsed.path));
    });
  }

  function put(key, parsed, found) {
    const same = here !== null && !parsed.path.length && !ag.parse(here).path.length; // the front page with another query
    if (here !== null && !same) scrolls.set(here, scrollY);
    view = found;
    document.title = view.title ? `${ag.shorten(view.title, 120)} – ${ag.data.title}` : ag.data.title;
    for (const link of document.querySelectorAll("#bar nav a")) {
      if (pages[parsed.path[0]] && link.getAttribute("href") === pages[parsed.path[0]][1]) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.body.classList.toggle("on-map", ["map", "look", "beside"].includes(parsed.path[0]) || view.node.matches(".look-page"));
    document.body.classList.toggle("on-front", !parsed.path.length);
    if (main.firstElementChild !== view.node) main.replaceChildren(view.node);
    if (document.activeElement !== input) input.value = parsed.path.length ? "" : parsed.query.q || "";
    if (!same) {
      const back = replaced ? 0 : scrolls.get(key) || 0;
      scrollTo({ top: back, behavior: "instant" });
      const heading = main.querySelector("h1");
      const first = view.focus || heading;
      if ((here !== null || view.focusFirst) && first && document.activeElement !== input) first.focus({ preventScroll: true });
    }
    here = key;
    replaced = false;
  }

  ag.open = function (i, list) {
    ag.sequence = list || ag.sequence;
    ag.ready(() => ag.link.painting(i), (to) => (location.hash = to));
  };
  ag.replace = function (hash) {
    history.replaceState(null, "", hash);
    replaced = true;
    show();
  };

  ag.refresh = () => ag.replace(location.hash);

  addEventListener("hashchange", () => {
    depth++;
    show();
  });
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    const writing = e.target.matches && e.target.matches("input, textarea, select");
    if (e.key === "/" && !writing) {
      e.preventDefault();
      input.focus();
    } else if (e.key === "Escape") {
      if (writing && e.target.closest("main")) {
        e.target.blur(); // the first Escape leaves the field, the second the page
      } else if (writing && input.value) {
        input.value = "";
        search();
      } else if (ag.parse(location.hash).path.length) {
        if (depth > 0) {
          depth -= 2; // going back is a step as well
          history.back();
        } else ag.replace((view && view.home) || ag.link.front());
      }
    } else if (!writing && view && view.press && view.press(e.key)) {
      e.preventDefault();
    } else if (!writing && view && view.keys && view.keys[e.key] !== undefined) {
      e.preventDefault();
      ag.replace(ag.link.painting(view.keys[e.key]));
    }
  });

  show();
})(window.artgraph);
