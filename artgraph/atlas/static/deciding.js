// Where decisions are made: who decides, what chosen works are, names of clusters, merging and splitting, two works; and
// the drawer of all decisions.
(function (ag) {
  "use strict";
  const { data, el, words } = ag;

  const button = (text, call, props) => el("button", { type: "button", class: "save", onclick: call, ...props }, text);
  const textField = (label, props) => el("label", { class: "field" }, el("span", null, label), el("input", { type: "text", dir: "auto", autocomplete: "off", maxlength: 500, ...props }));
  const whyField = () => textField("Why? (you may leave it empty)", { name: "why", maxlength: 2000 });
  const valueOf = (form, name) => (form.elements[name] ? form.elements[name].value.trim() : "");

  // A window over the page; closed by Esc, by the × and by a link in it. Returns it.
  function window_(title, props, ...content) {
    const box = el("dialog", { "aria-label": title, ...props },
      el("div", { class: "dialog-head" }, el("h2", null, title), button("×", () => box.close(), { "aria-label": "Close" })), content);
    box.addEventListener("keydown", (e) => e.stopPropagation()); // keys here are not for the page behind
    box.addEventListener("click", (e) => (e.target === box || e.target.closest("a")) && box.close());
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
    return box;
  }

  // Asks once who decides; gives the name, or null.
  ag.askWho = () => new Promise((done) => {
    const input = textField("Your name", { name: "who", required: true, maxlength: 100, value: ag.who() });
    const form = el("form", { class: "say-form" },
      el("p", null, "Your name is written beside every decision that you make, so that others know whom to ask."),
      input, el("p", { class: "say-do" }, el("button", { class: "save main" }, "Go on")));
    const box = window_("Who decides?", { class: "small-dialog" }, form);
    input.querySelector("input").focus();
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      if (!valueOf(form, "who")) return;
      ag.setWho(valueOf(form, "who"));
      box.close();
    });
    box.addEventListener("close", () => done(ag.who() || null));
  });

  // After a decision: what was decided, and the way back.
  const toast = el("div", { class: "kept told", role: "region", "aria-label": "Last decision", hidden: true });
  document.body.append(toast);
  let fading = 0;
  ag.told = function (text, made, more) {
    clearTimeout(fading);
    toast.hidden = false;
    toast.replaceChildren(words("p", text), ...[more, made && button("Undo", () => {
      ag.takeBack(made);
      toast.hidden = true;
      ag.refresh();
    }), button("×", () => (toast.hidden = true), { "aria-label": "Hide this" })].filter(Boolean));
    fading = setTimeout(() => (toast.hidden = toast.hidden || !toast.matches(":hover, :focus-within")), 12_000);
  };

  // Chosen in galleries, with the Shift key or after "Choose works"
  const chosen = new Set();
  let choosing = false;
  const bar = el("div", { class: "kept chosen-bar", role: "region", "aria-label": "Chosen works", hidden: true });
  document.body.append(bar);
  ag.isChosen = (i) => chosen.has(i);
  function mark() {
    for (const link of document.querySelectorAll(".gallery a[data-row]")) {
      const is = chosen.has(Number(link.dataset.row));
      link.parentElement.classList.toggle("chosen", is);
      is ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
    for (const one of document.querySelectorAll(".choose")) one.setAttribute("aria-pressed", String(choosing));
    document.body.classList.toggle("choosing-works", choosing);
    const rows = [...chosen].sort((a, b) => a - b);
    bar.hidden = !rows.length && !choosing;
    bar.replaceChildren(...(rows.length ? [
      el("p", null, `${ag.count(rows.length, "work")} chosen`), ag.sayButton(rows),
      rows.length === 2 && data.images && el("a", { class: "save", href: ag.link.beside(...rows) }, "Side by side"),
      el("a", { class: "save", href: ag.link.front({ works: ag.packRows(rows) }) }, "Open as a page"),
    ].filter(Boolean) : [el("p", { class: "quiet" }, "Click the works you mean, one after the other.")]),
    button(rows.length ? "Clear" : "Stop choosing", () => ag.chooseNone()));
  }
  ag.chooseNone = function () {
    chosen.clear();
    choosing = false;
    mark();
  };
  ag.chooseButton = () => button("Choose works", () => {
    choosing = !choosing;
    mark();
  }, { class: "save choose", "aria-pressed": String(choosing), title: "Or click a work with the Shift key" });
  addEventListener("click", (e) => {
    const link = e.target.closest && e.target.closest(".gallery a[data-row]");
    if (!link || e.ctrlKey || e.metaKey || !(e.shiftKey || choosing)) return;
    e.preventDefault();
    const i = Number(link.dataset.row);
    if (!chosen.delete(i)) chosen.add(i);
    mark();
    ag.say(`${ag.count(chosen.size, "work")} chosen`);
  }, true);

  const clusterPick = (name, without) => el("select", { name, "aria-label": "Cluster" },
    ag.clusters.filter((c) => c.label >= 0 && c.label !== without).map((c) => el("option", { value: c.label }, ag.shorten(ag.clusterName(c), 60))));

  // What does a person know of these works?
  ag.sayButton = (rows, text) => button(text || "Say what they are…", () => ag.sayDialog(rows), { class: text ? "save" : "save main" });
  ag.sayDialog = (rows) => ag.ready(() => rows.forEach(ag.id), () => sayDialog(rows)); // their ids are written down
  function sayDialog(rows) {
    const n = rows.length;
    const they = n === 1 ? "It belongs" : n === 2 ? "Both belong" : `All ${ag.number(n)} belong`;
    const inside = rows.filter((i) => data.labels[i] >= 0);
    const homes = [...new Set(inside.map((i) => data.labels[i]))];
    const choices = [];
    const choice = (value, ...label) => choices.push(el("label", { class: "choice" },
      el("input", { type: "radio", name: "what", value, checked: !choices.length }), el("span", null, label)));
    const pick = clusterPick("cluster");
    const artist = el("input", { type: "text", name: "artist", dir: "auto", maxlength: 300, placeholder: "the right artist, if known", "aria-label": "The right artist, if known" });
    if (pick.options.length) choice("belongs", `${they} with `, pick);
    if (homes.length) choice("not-here", `${n === 1 ? "It does" : "They do"} not belong in ${homes.length === 1 ? ag.clusterName(ag.cluster(homes[0])) : "the clusters they are in now"}`);
    if (n > 1) choice("same", `${n === 2 ? "Both" : `All ${ag.number(n)}`} are of one manner`);
    if (n === 2) choice("different", "They are not of one manner");
    choice("wrong-artist", "The artist in the catalogue is wrong: ", artist);
    for (const [input, value] of [[pick, "belongs"], [artist, "wrong-artist"]]) {
      input.addEventListener("focus", () => (form.elements.what.value = value));
    }
    const form = el("form", { class: "say-form" },
      el("p", { class: "say-works", "aria-hidden": "true" }, rows.slice(0, 8).map((i) => ag.picture(i, { eager: true })), n > 8 && el("span", { class: "quiet" }, `and ${ag.number(n - 8)} more`)),
      el("fieldset", null, el("legend", { class: "unseen" }, "What do you know of them?"), choices),
      whyField(),
      el("p", { class: "say-do" }, el("button", { class: "save main" }, "Decide")));
    const box = window_(n === 1 ? ag.shorten(ag.title(rows[0]), 80) : `What are these ${ag.number(n)} works?`, null, form);
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      const [kind, why] = [form.elements.what.value, valueOf(form, "why")];
      const partition = data.name;
      const cluster = pick.value;
      const list = kind === "belongs" ? rows.map((i) => ({ kind, work: ag.id(i), partition, cluster, why }))
        : kind === "not-here" ? inside.map((i) => ({ kind, work: ag.id(i), partition, cluster: String(data.labels[i]), why }))
          : kind === "wrong-artist" ? rows.map((i) => ({ kind, work: ag.id(i), to: valueOf(form, "artist"), why }))
            : rows.slice(1).map((i, k) => ({ kind, work: ag.id(rows[k]), other: ag.id(i), why })); // a chain links them all
      const text = kind === "belongs" ? `${they} with ${ag.clusterName(ag.cluster(Number(cluster)))}`
        : kind === "not-here" ? `${ag.count(inside.length, "work")} not in the right cluster`
          : kind === "wrong-artist" ? `The artist of ${ag.count(n, "work")} is wrong`
            : `${ag.count(n, "work")} ${kind === "same" ? "of one manner" : "not of one manner"}`;
      box.close();
      if (!(await ag.decide(list, text))) return;
      ag.chooseNone();
      ag.refresh();
    });
  }

  // On the page of a cluster: its name, merging, splitting, and what was decided of it.
  ag.clusterTools = function (c) {
    if (c.label < 0) return null;
    const partition = data.name;
    const place = el("div", { class: "tool-place" });
    const open = (label, hint, make, list) => {
      const toggle = button(label, () => {
        const was = place.firstElementChild && place.firstElementChild.getAttribute("aria-label") === label;
        for (const one of tools.querySelectorAll("[aria-expanded]")) one.setAttribute("aria-expanded", "false");
        place.replaceChildren();
        if (was) return;
        toggle.setAttribute("aria-expanded", "true");
        const cancel = () => {
          place.replaceChildren();
          toggle.setAttribute("aria-expanded", "false");
          toggle.focus();
        };
        const form = el("form", { class: "say-form", "aria-label": label }, el("p", { class: "quiet" }, hint), make(), whyField(),
          el("p", { class: "say-do" }, el("button", { class: "save main" }, label), button("Cancel", cancel)));
        form.addEventListener("keydown", (e) => {
          if (e.key !== "Escape") return;
          e.stopPropagation(); // it leaves the form, not the page
          cancel();
        });
        form.addEventListener("submit", async (e) => {
          e.preventDefault();
          const [fields, text] = list(form);
          if (await ag.decide([{ ...fields, partition, cluster: String(c.label), why: valueOf(form, "why") }], text)) ag.refresh();
        });
        place.append(form);
        form.querySelector("input, select").focus();
      }, { "aria-expanded": "false" });
      return toggle;
    };
    const given = ag.givenName(partition, c.label);
    const others = clusterPick("other", c.label);
    const tools = el("p", { class: "do" },
      open(given ? "Rename" : "Name this cluster", given ? "An empty name takes the name away." : "A few words that say what these works have in common.",
        () => textField("Name", { name: "name", value: given || "", maxlength: 200, required: !given }),
        (form) => [{ kind: "name", to: valueOf(form, "name") }, valueOf(form, "name") ? `Cluster ${c.label} is named “${valueOf(form, "name")}”` : `Cluster ${c.label} has no name`]),
      others.options.length > 0 && open("Merge with another", "Two clusters that are one in your eyes. They are joined when the decisions are applied.",
        () => el("label", { class: "field" }, el("span", null, "The other cluster"), others),
        (form) => [{ kind: "merge", to: form.elements.other.value }, `Cluster ${c.label} and cluster ${form.elements.other.value} are one`]),
      c.works.length > 1 && open("Split", "More than one manner in one cluster. It is divided when the decisions are applied.",
        () => textField("Into how many?", { type: "number", name: "parts", value: 2, min: 2, max: Math.min(c.works.length, 20), required: true }),
        (form) => [{ kind: "split", to: valueOf(form, "parts") }, `Cluster ${c.label} is to be split into ${valueOf(form, "parts")}`]));
    const about = ag.decisions().filter((d) => d.partition === partition && (d.cluster === String(c.label) || (d.kind === "merge" && d.to === String(c.label))));
    return el("div", { class: "cluster-tools" }, tools, place,
      about.length > 0 && el("ul", { class: "decided", "aria-label": "Decided about this cluster" }, about.slice(-6).reverse().map((d) => entry(d, () => ag.refresh(), true))));
  };

  // What was decided of a work, on its page.
  ag.decidedOf = function (i) {
    const about = ag.decisions().filter((d) => d.work === ag.id(i) || d.other === ag.id(i));
    return about.length > 0 && el("ul", { class: "decided", "aria-label": "Decided about this work" }, about.slice(-6).reverse().map((d) => entry(d, () => ag.refresh())));
  };

  // Under two works side by side. `after` is called once an answer is given. Keys 1, 2, 3 press the buttons.
  ag.ANSWERS = [["same", "One manner"], ["different", "Not one manner"], ["unsure", "Cannot say"]];
  ag.pairBar = function (i, k, after) {
    const now = ag.answered(i, k);
    const why = el("input", { type: "text", name: "why", dir: "auto", autocomplete: "off", maxlength: 2000, placeholder: "Why? (you may leave it empty)", "aria-label": "Why? You may leave it empty" });
    const buttons = ag.ANSWERS.map(([kind, text], n) => button([el("kbd", { "aria-hidden": "true" }, n + 1), text], async () => {
      const made = await ag.decide([{ kind, work: ag.id(i), other: ag.id(k), why: why.value.trim() }], `${text}: ${ag.shorten(ag.title(i), 40)} · ${ag.shorten(ag.title(k), 40)}`);
      if (made) after(made, n);
    }, { class: "save answer", "aria-pressed": String(!!now && now.kind === kind) }));
    const node = el("div", { class: "pair-bar", role: "group", "aria-label": "Are these two of one manner?" },
      el("span", { class: "ask" }, "One manner?"), buttons, why);
    node.addEventListener("keydown", (e) => {
      const at = buttons.indexOf(document.activeElement);
      const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1 }[e.key];
      if (at < 0 || to === undefined) return;
      e.preventDefault();
      buttons[(to + buttons.length) % buttons.length].focus();
    });
    return { node, buttons, press: (key) => {
      const pressed = buttons[["1", "2", "3"].indexOf(key)];
      if (pressed) pressed.click();
      return !!pressed;
    } };
  };

  // One decision in a list; `here`: its cluster is on the page anyway.
  function entry(d, after, here) {
    const i = d.work ? ag.row(ag.whole(d.work)) : undefined;
    const k = d.other ? ag.row(ag.whole(d.other)) : undefined;
    const to = i !== undefined && k !== undefined && data.images ? ag.link.beside(i, k) : i !== undefined ? ag.link.painting(i)
      : !here && d.cluster && d.partition === data.name && ag.cluster(Number(d.cluster)) ? ag.link.cluster(d.cluster) : null;
    const state = d.refused ? `not taken: ${d.refused}` : ag.isTaken(d) ? null : ag.live ? "being sent" : d.saved ? "saved as a file" : "not yet saved";
    return el("li", null,
      el("div", null, words("p", ag.sentence(d)),
        el("p", { class: "quiet" }, words("bdi", ag.shorten(d.who, 60)), `, ${d.when.slice(0, 16).replace("T", " ")}`, state && [" · ", el("span", { class: d.saved ? null : "pending" }, state)],
          to && [" · ", el("a", { href: to }, k === undefined ? "Show" : "Side by side")]),
        d.why && words("p", ag.shorten(d.why, 400), { class: "why" })),
      ag.mine(d) && button("Take back", () => {
        ag.takeBack([d]);
        after();
      }, { "aria-label": `Take back: ${ag.sentence(d)}` }));
  }

  // The drawer, and its button in the bar.
  const MOST = 200; // entries that are written out
  const count = el("span", { class: "badge" });
  ag.drawerButton = button(["Decisions", count], () => openDrawer(), { class: "drawer-button", "aria-haspopup": "dialog" });
  let drawer = null;
  const fill = (body) => ag.ready(() => entries(body), (nodes) => body.replaceChildren(...nodes));
  function entries(body) {
    const held = [...ag.decisions()].reverse();
    const pending = ag.unsaved().length;
    return [
      !ag.storageKept && el("p", { class: "warning" }, "This browser keeps nothing when the page is closed (a private window, or storage is switched off). Save your decisions before you close it."),
      ag.who() && el("p", null, "You decide as ", words("bdi", ag.who()), ". ", button("Another name", async () => {
        await ag.askWho();
        fill(body);
      })),
      ag.live ? ag.liveState() : el("div", { class: "how" },
        el("p", null, pending ? `${ag.count(pending, "decision")} not yet saved.` : held.length ? "All decisions made here are saved." : ""),
        held.length + pending > 0 && button("Save decisions", () => {
          ag.saveDecisions();
          fill(body);
        }, { class: "save main" }),
        el("p", { class: "quiet" }, "They are kept in this browser. To let the clusters follow them, save the file and run ", el("code", null, "artgraph decide CORPUS decisions.csv"), ", or send the file to whoever does. ",
          "With ", el("code", null, "artgraph serve CORPUS"), " they are written as they are made.")),
      held.length ? el("ul", { class: "decided" }, held.slice(0, MOST).map((d) => entry(d, () => {
        ag.refresh();
        fill(body);
        drawer.querySelector("button").focus(); // the one that was pressed is gone
      }))) : el("p", { class: "quiet" }, "No decisions yet. You can name a cluster on its page, choose works on the map or with the Shift key and say what they are, and set two works side by side."),
      held.length > MOST && el("p", { class: "quiet" }, `and ${ag.number(held.length - MOST)} older ones`),
    ].filter(Boolean);
  }
  function openDrawer() {
    const body = el("div", { class: "drawer-body" });
    fill(body);
    drawer = window_("Decisions", { class: "drawer" }, body);
    const shown = drawer;
    ag.fillDrawer = () => shown.isConnected && fill(body);
  }
  ag.onDecisions(() => {
    const pending = ag.live ? ag.unsent().length : ag.unsaved().length;
    count.textContent = pending ? ag.number(pending) : "";
    count.title = pending ? (ag.live ? "being sent" : "not yet saved") : "";
    ag.drawerButton.setAttribute("aria-label", `Decisions${pending ? `, ${ag.number(pending)} ${ag.live ? "being sent" : "not yet saved"}` : ""}`);
    ag.forgetGroupings();
  });

  addEventListener("beforeunload", (e) => {
    if (!ag.storageKept && ag.unsaved().length) e.preventDefault();
  });
})(window.artgraph);
