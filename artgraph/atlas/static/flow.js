// A flow diagram of two groupings: groups as bars on both sides, the works that two of them share as bands between.
(function (ag) {
  "use strict";
  const { el, svg } = ag;
  const HAIR = 0.7; // pixels: a thinner band is not drawn

  // The works that each pair of groups shares: [{from, to, works}], `from` and `to` being groups.
  ag.flows = function (left, right) {
    const to = new Map(right.groups.map((g) => [g.label, g]));
    return left.groups.flatMap((from) => {
      const found = new Map();
      for (const i of from.works) {
        const g = to.get(right.of(i));
        found.has(g) ? found.get(g).push(i) : found.set(g, [i]);
      }
      return [...found].map(([g, works]) => ({ from, to: g, works }));
    });
  };

  // Groups on the right in the order in which the bands cross least: by the mean place of what flows in.
  ag.uncrossed = function (left, right, flows) {
    const place = new Map(left.groups.map((g, k) => [g, k]));
    const mean = new Map(right.groups.map((g) => {
      const into = flows.filter((f) => f.to === g);
      const sum = into.reduce((s, f) => s + f.works.length, 0);
      return [g, into.reduce((s, f) => s + f.works.length * place.get(f.from), 0) / (sum || 1)];
    }));
    return [...right.groups].sort((a, b) => mean.get(a) - mean.get(b));
  };

  function picture(i, size) {
    const image = svg("image", { width: size, height: size, preserveAspectRatio: "xMidYMid slice" });
    ag.ready(() => ag.thumb(i), (src) => src && image.setAttribute("href", src));
    return image;
  }

  ag.flowDiagram = function (left, right, flows) {
    const box = el("div", { class: "flow" });
    const order = ag.uncrossed(left, right, flows);
    let drawn = 0;
    new ResizeObserver(() => {
      const width = Math.round(box.clientWidth);
      if (!width || width === drawn) return;
      drawn = width;
      box.replaceChildren(...draw(width));
    }).observe(box);

    function draw(width) {
      const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const margin = Math.min(width * 0.3, 17.5 * unit);
      const many = Math.max(left.groups.length, order.length);
      const gap = many > 30 ? 3 : 8;
      const height = Math.max(24 * unit, Math.min(many * 3.4 * unit, 56 * unit));
      const scale = (height - gap * (many - 1)) / ag.n;
      const bar = 12;
      const x0 = margin;
      const x1 = width - margin;
      const stack = (groups) => {
        const used = ag.n * scale + gap * (groups.length - 1);
        let y = (height - used) / 2;
        return new Map(groups.map((g) => {
          const place = { y, h: Math.max(g.works.length * scale, 1), next: y };
          y += g.works.length * scale + gap;
          return [g, place];
        }));
      };
      const a = stack(left.groups);
      const b = stack(order);
      const rank = new Map(order.map((g, k) => [g, k]));
      const sorted = [...flows].sort((f, g) => left.groups.indexOf(f.from) - left.groups.indexOf(g.from) || rank.get(f.to) - rank.get(g.to));
      // hundreds of hairs hide the streams: what is thinner than one is left to the table
      const fewest = Math.ceil(HAIR / scale);
      const bands = sorted.flatMap((f) => {
        const h = f.works.length * scale;
        const from = a.get(f.from);
        const to = b.get(f.to);
        const y = from.next;
        const z = to.next;
        from.next += h;
        to.next += h;
        if (f.works.length < fewest) return [];
        const mid = (x0 + x1) / 2;
        const path = `M${x0 + bar},${y}C${mid},${y} ${mid},${z} ${x1 - bar},${z}V${z + h}C${mid},${z + h} ${mid},${y + h} ${x0 + bar},${y + h}Z`;
        return svg("path", { d: path, class: "band", style: { fill: f.from.color || "currentColor" } },
          svg("title", null, `${ag.count(f.works.length, "work")}: ${ag.shorten(f.from.name, 60)} → ${ag.shorten(f.to.name, 60)}`));
      });
      const side = (groups, places, at, end) => groups.flatMap((g) => {
        const { y, h } = places.get(g);
        const middle = y + h / 2;
        const size = Math.min(h - 2, 2.75 * unit);
        const src = size > 1.2 * unit && width > 600 && ag.hasThumb(g.works[0]);
        const inset = width > 600 && ag.data.images ? 10 + 2.75 * unit + 10 : 10; // names stand in line, whatever the size of the picture
        const beside = (end ? -1 : 1) * inset;
        const room = Math.floor((margin - inset - 3.5 * unit) / (0.47 * unit));
        return [
          svg("rect", { x: end ? at : at - bar, y, width: bar, height: h, style: { fill: g.color || "var(--soft)" } }),
          src && svg("svg", { x: end ? at - 8 - size : at + 8, y: middle - size / 2, width: size, height: size },
            picture(g.works[0], size)),
          h > 0.72 * unit && svg("text", { x: (end ? at : at) + beside, y: middle, "text-anchor": end ? "end" : "start", "dominant-baseline": "central" },
            svg("tspan", null, ag.shorten(g.name.length > room && g.short.length < g.name.length ? g.short : g.name, Math.max(room, 4))), svg("tspan", { class: "soft", dx: 6 }, ag.number(g.works.length))),
        ];
      });
      const thin = flows.filter((f) => f.works.length < fewest).reduce((sum, f) => sum + f.works.length, 0);
      const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `Flow from ${left.title} to ${right.title}; the table below holds the same numbers.` },
        bands, side(left.groups, a, x0, true), side(order, b, x1, false));
      return thin ? [drawing, el("p", { class: "quiet" }, `Bands of fewer than ${ag.count(fewest, "work")} are not drawn, ${ag.count(thin, "work")} in all; the table below has them.`)] : [drawing];
    }
    return box;
  };
})(window.artgraph);
