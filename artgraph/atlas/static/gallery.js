// Pictures in justified rows: original shapes, one height to a row. The browser does the arithmetic, since a flex item
// whose basis and growth are both its aspect ratio keeps its shape when the row is stretched.
(function (ag) {
  "use strict";
  const { el, words } = ag;
  const shape = (i) => Math.min(Math.max(ag.aspect(i), 0.45), 3.4); // beyond that a picture stands on its mount

  ag.picture = function (i, options) {
    const { large = false, eager = false } = options || {};
    const thumb = ag.hasThumb(i) && (() => ag.thumb(i));
    const files = (large ? [ag.larger(i), ag.source(i), thumb] : [thumb, ag.larger(i)]).filter(Boolean);
    if (!thumb && !ag.larger(i)) return placeholder(i);
    const width = large ? 1200 : 320;
    const img = el("img", {
      alt: ag.line(i),
      width,
      height: Math.max(1, Math.round(width / ag.aspect(i))),
      loading: eager ? "eager" : "lazy",
      decoding: "async",
      style: { "background-color": ag.tint(i) || "transparent" },
    });
    // a file may have moved away since the atlas was made
    img.addEventListener("error", () => ag.show(img, files) || img.replaceWith(placeholder(i)));
    ag.show(img, files);
    return img;
  };

  // Shows the first of some files, and takes it off the list; a thumbnail is a function, since it may be in a part.
  // False where none is left.
  ag.show = function (img, files) {
    const file = files.shift();
    if (!file) return false;
    if (typeof file === "string") img.src = file;
    else ag.ready(file, (src) => (src ? (img.src = src) : img.dispatchEvent(new Event("error"))));
    return true;
  };

  function placeholder(i) {
    return el("span", { class: "empty" }, words("span", ag.shorten(ag.title(i), 90)));
  }

  // options: note (i) → text under the picture; captions: artist and title under the picture; who: false where all are by one
  ag.tile = function (i, options) {
    const { captions = false, note = null, who = true } = options || {};
    const link = el("a", { href: ag.link.painting(i), "data-row": i, title: captions ? null : ag.line(i) }, ag.picture(i), ag.newMark(i));
    if (!ag.hasThumb(i)) link.setAttribute("aria-label", ag.line(i));
    const caption = captions && el("p", { class: "caption" },
      who && words("span", ag.shorten(ag.artist(i), 80), { class: "who" }),
      words("span", ag.shorten(ag.title(i), 120), { class: "what" }),
      note && el("span", { class: "note" }, note(i)),
    );
    return el("li", { class: ag.isChosen(i) ? "chosen" : null, style: { "--shape": shape(i) } }, link, caption);
  };

  // All of `rows`, a chunk at a time as the reader comes near the end.
  ag.gallery = function (rows, options) {
    const list = el("ul", { class: "gallery", role: "list" });
    const more = el("div", { class: "more", "aria-hidden": "true" });
    const box = el("div", null, list, more);
    let shown = 0;
    function add() {
      const chunk = rows.slice(shown, shown + 60);
      shown += chunk.length;
      ag.ready(() => chunk.map((i) => ag.tile(i, options)), (tiles) => {
        list.append(...tiles);
        if (shown < rows.length) ag.whenNear(more, add);
        else more.remove();
      });
    }
    add();
    return box;
  };

  // The first of `rows`, as many as fill whole rows.
  ag.strip = function (rows, options) {
    const { most = 24, lines = 3, label = null } = options || {};
    const list = el("ul", { class: "gallery strip", role: "list", "aria-label": label });
    const chosen = rows.slice(0, most);
    let width = 0;
    function fit() {
      const now = list.clientWidth;
      if (!now || now === width || !list.firstElementChild) return;
      width = now;
      const height = parseFloat(getComputedStyle(list.firstElementChild).flexBasis) / shape(chosen[0]);
      const gap = parseFloat(getComputedStyle(list).columnGap) || 0;
      const ends = [];
      let used = 0;
      chosen.forEach((i, k) => {
        const need = shape(i) * height;
        if (used && used + gap + need > now) {
          ends.push(k);
          used = 0;
        }
        used += (used ? gap : 0) + need;
      });
      const full = ends.length ? ends[Math.min(lines, ends.length) - 1] : chosen.length;
      list.classList.toggle("loose", !ends.length);
      [...list.children].forEach((li, k) => (li.hidden = k >= full));
    }
    list.build = () => {
      ag.ready(() => chosen.map((i) => ag.tile(i)), (tiles) => {
        if (list.firstElementChild) return;
        list.append(...tiles);
        list.classList.add("built");
        fit();
      });
    };
    new ResizeObserver(fit).observe(list);
    ag.whenNear(list, list.build);
    return list;
  };
})(window.artgraph);
