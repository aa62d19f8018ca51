// A picture as large as the window, or two side by side: zoom and pan with wheel, drag, pinch, keys and buttons, in
// whatever picture is there. Nothing is asked of a network unless the reader presses the button that says so.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const SHOWN = /\.(jpe?g|png|webp|gif|avif|bmp)$/i; // what browsers show
  const MOST = 1.5e8; // pixels of an original that a browser is asked to hold
  const REMOTE = 4000; // pixels of the longest side that are asked of a museum's server

  // World units are heights of the picture.
  class Frame extends ag.Camera {
    fit() {
      this.whole = Math.min(Math.max(this.width - 16, 1) / this.columns, Math.max(this.height - 16, 1));
      Object.assign(this, { scale: this.whole, x: this.columns / 2, y: 0.5, moved: false });
    }
    resize(width, height) {
      const near = this.whole ? this.scale / this.whole : 1;
      const moved = this.moved;
      super.resize(width, height);
      if (!moved) return;
      const { x, y } = this;
      this.fit();
      Object.assign(this, { x, y, scale: this.whole * near, moved: true });
      this.clamp();
    }
    clamp() {
      const within = (v, size, room) => (size * this.scale <= room ? size / 2 : Math.min(Math.max(v, room / 2 / this.scale), size - room / 2 / this.scale));
      this.x = within(this.x, this.columns, this.width);
      this.y = within(this.y, 1, this.height);
      if (this.scale <= this.whole * 1.001) this.moved = false;
      if (this.scale < this.whole) this.scale = this.whole;
    }
  }

  function original(i) {
    const source = ag.source(i);
    const size = Number(ag.value("image_width", i)) * Number(ag.value("image_height", i));
    return source && SHOWN.test(source.split("?")[0]) && !(size > MOST) ? source : null;
  }

  // A pane with one picture. `changed(pane)` is called when it was moved.
  ag.pane = function (i, changed) {
    const files = [ag.larger(i), ag.hasThumb(i) && (() => ag.thumb(i))].filter(Boolean);
    const camera = new Frame(ag.aspect(i), 1);
    const img = el("img", { alt: ag.line(i), draggable: "false", style: { "background-color": ag.tint(i) || "transparent" } });
    const note = el("p", { class: "pane-note", role: "status" });
    const box = el("div", { class: "pane", tabindex: 0, role: "application", "aria-roledescription": "zoomable picture",
      "aria-label": `${ag.line(i)}. Plus and minus zoom, arrow keys move, 0 shows all, Enter zooms in and out.` },
    files.length ? img : el("span", { class: "empty" }, words("span", ag.title(i))));
    const pane = { box, camera, row: i, draw, act };
    if (!files.length) return pane;

    function draw() {
      const p = camera.screen(0, 0);
      img.style.setProperty("width", `${camera.columns * camera.scale}px`);
      img.style.setProperty("height", `${camera.scale}px`);
      img.style.setProperty("transform", `translate(${p.x}px, ${p.y}px)`);
      box.classList.toggle("near", camera.moved);
    }
    function act(call) {
      call(camera);
      draw();
      if (changed) changed(pane);
    }
    const toggle = (px, py) => act((c) => (c.moved ? c.fit() : c.zoom(2.5, px, py)));
    // at four times its own size one sees its pixels, and nothing is left to see beyond
    const measure = () => {
      const a = img.naturalWidth / img.naturalHeight;
      if (a > 0 && Math.abs(a / camera.columns - 1) < 0.1) camera.columns = a;
      camera.deepest = Math.max((4 * img.naturalHeight) / (window.devicePixelRatio || 1), camera.whole * 2);
      if (!camera.moved) camera.fit();
      draw();
    };
    // shows a better picture once it has come; what is shown stays where it does not come
    const better = (address, done) => {
      const next = new Image();
      next.onload = () => {
        const good = next.naturalWidth > 0;
        if (good && next.naturalWidth > img.naturalWidth) img.src = address;
        if (done) done(good);
      };
      next.onerror = () => done && done(false);
      next.src = address;
    };

    img.addEventListener("load", measure);
    img.addEventListener("error", () => ag.show(img, files) || img.replaceWith(el("span", { class: "empty" }, words("span", ag.title(i)))));
    ag.show(img, files);
    if (original(i)) better(original(i));

    const button = (text, label, call) => el("button", { type: "button", "aria-label": label, title: label, onclick: call }, text);
    box.append(el("div", { class: "map-tools" },
      button("+", "Zoom in", () => act((c) => c.zoom(1.6))),
      button("−", "Zoom out", () => act((c) => c.zoom(1 / 1.6))),
      button("○", "Show the whole picture", () => act((c) => c.fit()))), note);
    const remote = ag.remote(i, REMOTE);
    if (remote) {
      const host = new URL(remote).host;
      const ask = el("button", { type: "button", class: "save", onclick: () => {
        ask.disabled = true;
        note.textContent = `Asking ${host} …`;
        better(remote, (good) => {
          note.textContent = good ? "" : `${host} gave no picture. What you see is the picture of this page.`;
          ask.hidden = good;
          ask.disabled = false;
        });
      } }, `Load it larger from ${host}`);
      box.append(el("div", { class: "pane-remote" }, ask));
    }

    ag.controls(box, camera, { changed: () => act(() => {}), hover() {}, pick() {}, enter: toggle, refused() {} }, () => true,
      (e) => e.target === box || e.target === img);
    box.addEventListener("dblclick", (e) => {
      if (e.target !== box && e.target !== img) return;
      const b = box.getBoundingClientRect();
      toggle(e.clientX - b.left, e.clientY - b.top);
    });
    new ResizeObserver(() => {
      if (!box.clientWidth) return;
      camera.resize(box.clientWidth, box.clientHeight);
      measure();
    }).observe(box);
    return pane;
  };

  const caption = ag.workCaption = (i) => el("p", { class: "caption" },
    words("span", ag.shorten(ag.artist(i), 80), { class: "who" }),
    el("a", { href: ag.link.painting(i) }, words("span", ag.shorten(ag.title(i), 120), { class: "what" })),
    ag.value("date", i) && words("span", ag.shorten(ag.value("date", i), 40), { class: "note" }),
    el("span", { class: "note" }, ag.chip(ag.clusterOf(i)), words("bdi", ag.shorten(ag.clusterName(ag.clusterOf(i)), 40))));

  // One picture: #/look/ID
  ag.lookPage = function (id) {
    const i = ag.row(id);
    if (i === undefined) return null;
    const pane = ag.pane(i);
    const { before, after } = ag.besides(i);
    const step = (to, sign, text) => to !== undefined && el("a", { class: "save", href: ag.link.look(to), "data-step": true, "aria-label": `${text}: ${ag.line(to)}` }, sign);
    const node = el("article", { class: "look-page" },
      el("h1", { class: "unseen", tabindex: -1 }, ag.line(i)),
      el("div", { class: "panes" }, pane.box),
      el("div", { class: "look-foot" }, caption(i),
        el("p", { class: "look-do" }, step(before, "←", "Previous work"), step(after, "→", "Next work"), ag.keepButton(i),
          el("a", { class: "save", href: ag.link.painting(i) }, "Close"))));
    ag.stepping(node);
    // while all of the picture is seen, left and right walk along the works; nearer, they move it
    pane.box.addEventListener("keydown", (e) => {
      const to = { ArrowLeft: before, ArrowRight: after }[e.key];
      if (to === undefined || pane.camera.moved) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      ag.replace(ag.link.look(to));
    }, true);
    return { node, title: ag.title(i), home: ag.link.painting(i), focus: pane.box };
  };

  // Two pictures: #/beside/ID/ID
  ag.besidePage = function (a, b) {
    const rows = [a, b].map((id) => (id === undefined ? undefined : ag.row(id)));
    if (rows.includes(undefined)) return null;
    let together = true;
    const panes = rows.map((i) => ag.pane(i, follow));
    function follow(pane) {
      const other = panes.find((p) => p !== pane);
      if (!together || !other.camera.whole) return;
      const [from, to] = [pane.camera, other.camera];
      if (!from.moved) to.fit();
      else {
        Object.assign(to, { scale: (to.whole * from.scale) / from.whole, x: (from.x / from.columns) * to.columns, y: from.y, moved: true });
        to.clamp();
      }
      other.draw();
    }
    const bar = ag.pairBar(...rows, () => ag.refresh());
    const node = el("article", { class: "look-page beside-page" },
      el("h1", { class: "unseen", tabindex: -1 }, `${ag.line(rows[0])}, beside ${ag.line(rows[1])}`),
      el("div", { class: "panes" }, panes.map((pane) => el("figure", null, pane.box, el("figcaption", null, caption(pane.row))))),
      el("div", { class: "look-foot" }, bar.node, el("p", { class: "look-do" },
        el("button", { type: "button", class: "save", "aria-pressed": "true", onclick: (e) => {
          together = !together;
          e.currentTarget.setAttribute("aria-pressed", String(together));
        } }, "Zoom both together"),
        el("a", { class: "save", href: ag.link.beside(rows[1], rows[0]) }, "Swap"),
        el("a", { class: "save", href: ag.link.painting(rows[0]) }, "Close"))));
    return { node, title: `${ag.title(rows[0])} beside ${ag.title(rows[1])}`, home: ag.link.painting(rows[0]), focus: panes[0].box, press: bar.press };
  };

  // The work that is kept to be set beside another, and the bar that says so on every page.
  let kept = null;
  const bar = el("div", { class: "kept", role: "region", "aria-label": "Work kept for side by side", hidden: true });
  document.body.append(bar);
  function keep(i) {
    kept = i;
    bar.hidden = i === null;
    if (i === null) return;
    bar.replaceChildren(ag.picture(i, { eager: true }), el("p", null, words("bdi", ag.shorten(ag.title(i), 50)),
      el("span", { class: "quiet" }, " is kept. Open another work to see them side by side.")),
    el("button", { type: "button", class: "save", "aria-label": "Do not keep it", onclick: () => {
      keep(null);
      ag.refresh();
    } }, "×"));
  }

  ag.keepButton = function (i) {
    if (kept !== null && kept !== i) {
      return el("a", { class: "save", href: ag.link.beside(kept, i), onclick: () => keep(null) }, "Side by side with ", words("bdi", `“${ag.shorten(ag.title(kept), 30)}”`));
    }
    return el("button", { type: "button", class: "save", "aria-pressed": String(kept === i), onclick: (e) => {
      keep(kept === i ? null : i);
      e.currentTarget.setAttribute("aria-pressed", String(kept === i));
    } }, "Keep for side by side");
  };
})(window.artgraph);
