// The map in a cell: points on a canvas; a selection goes to Python as rows, pictures come from it when they are asked for.

const NEAR = 10; // pixels within which the pointer is on a work
const KEPT = 200; // pictures kept

const typed = (view, type) => new type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

function render({ model, el }) {
  const points = typed(model.get("_points"), Float32Array);
  const clusters = typed(model.get("_clusters"), Int32Array);
  const n = clusters.length;
  const colors = model.get("_colors");
  const names = model.get("_names");
  const selected = new Uint8Array(n);
  const order = Array.from({ length: n }, (_, row) => row).sort((a, b) => clusters[a] - clusters[b] || a - b);

  const root = document.createElement("div");
  root.className = "artgraph-map";
  root.style.height = `${model.get("_height")}px`;
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Map of ${n} works`);
  const said = document.createElement("div");
  said.className = "said";
  said.setAttribute("role", "status");
  const card = document.createElement("figure");
  const image = document.createElement("img");
  const text = document.createElement("figcaption");
  card.append(image, text);
  card.hidden = true;
  root.append(canvas, said, card);
  el.append(root);

  // ---- the view: scale and shift from places on the map to pixels
  let width = 1, height = 1, scale = 1, left = 0, top = 0, least = 1;

  function fit() {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let row = 0; row < n; row++) {
      x0 = Math.min(x0, points[2 * row]); x1 = Math.max(x1, points[2 * row]);
      y0 = Math.min(y0, points[2 * row + 1]); y1 = Math.max(y1, points[2 * row + 1]);
    }
    scale = least = 0.92 * Math.min(width / Math.max(x1 - x0, 1e-9), height / Math.max(y1 - y0, 1e-9)) || 1;
    left = (width - scale * (x0 + x1)) / 2 || 0;
    top = (height + scale * (y0 + y1)) / 2 || 0; // y goes up, as in the atlas
  }
  const px = (row) => left + scale * points[2 * row];
  const py = (row) => top - scale * points[2 * row + 1];

  function zoom(factor, x, y) {
    const next = Math.min(Math.max(scale * factor, least / 2), least * 400);
    left = x - ((x - left) * next) / scale;
    top = y - ((y - top) * next) / scale;
    scale = next;
    draw();
  }

  // ---- drawing
  let waiting = false;
  const draw = () => {
    if (!waiting) { waiting = true; requestAnimationFrame(paint); }
  };
  let loop = null;
  let hovered = -1;

  function paint() {
    waiting = false;
    const ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const r = Math.min(Math.max(1.2, 90 / Math.sqrt(n)) * Math.sqrt(scale / least), 7);
    const some = count() > 0;
    let color = null;
    for (const pass of some ? [0, 1] : [0]) {
      pen.globalAlpha = some && !pass ? 0.25 : 0.9;
      color = null;
      for (const row of order) {
        if (some && selected[row] !== pass) continue;
        const x = px(row), y = py(row);
        if (x < -r || y < -r || x > width + r || y > height + r) continue;
        if (clusters[row] !== color) { color = clusters[row]; pen.fillStyle = colors[color]; }
        pen.fillRect(x - r, y - r, 2 * r, 2 * r);
      }
    }
    pen.globalAlpha = 1;
    if (hovered >= 0) {
      pen.strokeStyle = "#000";
      pen.lineWidth = 2;
      pen.strokeRect(px(hovered) - r - 2, py(hovered) - r - 2, 2 * r + 4, 2 * r + 4);
    }
    if (loop) {
      pen.beginPath();
      loop.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.closePath();
      pen.fillStyle = "#1b5fd922";
      pen.strokeStyle = "#1b5fd9";
      pen.lineWidth = 1.5;
      pen.fill();
      pen.stroke();
    }
  }

  // ---- the selection
  const count = () => selected.reduce((sum, one) => sum + one, 0);

  function say() {
    const chosen = count();
    said.textContent = chosen ? `${chosen} of ${n} works selected` : `${n} works`;
  }

  function send() {
    const rows = Int32Array.from(order.filter((row) => selected[row]).sort((a, b) => a - b));
    model.set("_selected", new DataView(rows.buffer));
    model.save_changes();
    say();
    draw();
  }

  function receive() {
    selected.fill(0);
    for (const row of typed(model.get("_selected"), Int32Array)) selected[row] = 1;
    say();
    draw();
  }

  function choose(rows, adding) {
    if (!adding) selected.fill(0);
    for (const row of rows) selected[row] = 1;
    send();
  }

  function inside(x, y) {
    let within = false;
    for (let i = 0, j = loop.length - 1; i < loop.length; j = i++) {
      const [xi, yi] = loop[i], [xj, yj] = loop[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
    }
    return within;
  }

  function nearest(x, y) {
    let best = -1, least = NEAR * NEAR;
    for (let row = 0; row < n; row++) {
      const dx = px(row) - x, dy = py(row) - y, square = dx * dx + dy * dy;
      if (square < least) { least = square; best = row; }
    }
    return best;
  }

  // ---- pictures
  const pictures = new Map(); // row to { url, caption }

  function show(row) {
    if (row === hovered) return;
    hovered = row;
    draw();
    card.hidden = row < 0;
    if (row < 0) return;
    const known = pictures.get(row);
    if (known) fill(row, known);
    else {
      image.hidden = true;
      text.textContent = "…";
      model.send({ kind: "picture", row });
    }
    const x = px(row), y = py(row);
    card.style.left = x < width / 2 ? `${x + 14}px` : "";
    card.style.right = x < width / 2 ? "" : `${width - x + 14}px`;
    card.style.top = y < height / 2 ? `${y + 14}px` : "";
    card.style.bottom = y < height / 2 ? "" : `${height - y + 14}px`;
  }

  function fill(row, picture) {
    const label = clusters[row];
    const cluster = label < 0 ? "no cluster" : names[label] ?? `cluster ${label}`;
    image.hidden = !picture.url;
    if (picture.url) image.src = picture.url;
    image.alt = picture.caption.join(", ");
    text.replaceChildren(...[...picture.caption, cluster].map((line) => {
      const one = document.createElement("div");
      one.textContent = line;
      return one;
    }));
  }

  function arrived(content, buffers) {
    if (content.kind !== "picture") return;
    const url = buffers?.length ? URL.createObjectURL(new Blob([buffers[0]], { type: "image/jpeg" })) : null;
    if (pictures.size >= KEPT) {
      const [oldest, gone] = pictures.entries().next().value;
      if (gone.url) URL.revokeObjectURL(gone.url);
      pictures.delete(oldest);
    }
    pictures.set(content.row, { url, caption: content.caption });
    if (content.row === hovered) fill(content.row, pictures.get(content.row));
  }

  // ---- pointer, wheel, keys
  let from = null, moved = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.addEventListener("mousedown", (event) => event.stopPropagation()); // JupyterLab would select cells
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    from = at(event);
    moved = false;
    if (event.shiftKey) loop = [from];
    show(-1);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (!from) { show(nearest(x, y)); return; }
    moved ||= Math.hypot(x - from[0], y - from[1]) > 3;
    if (loop) loop.push([x, y]);
    else if (moved) { left += x - from[0]; top += y - from[1]; from = [x, y]; }
    draw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [x, y] = at(event), adding = event.ctrlKey || event.metaKey;
    if (loop && moved) choose(order.filter((row) => inside(px(row), py(row))), adding);
    else if (!moved) {
      const row = nearest(x, y);
      if (row >= 0) choose([row], adding || event.shiftKey);
      else if (!adding && !event.shiftKey) choose([], false);
    }
    from = loop = null;
    draw();
  });
  canvas.addEventListener("pointercancel", () => { from = loop = null; draw(); });
  canvas.addEventListener("pointerleave", () => { if (!from) show(-1); });
  canvas.addEventListener("dblclick", () => { fit(); draw(); });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    show(-1);
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...at(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (step) { left += step[0]; top += step[1]; draw(); }
    else if (event.key === "+" || event.key === "=") zoom(1.25, width / 2, height / 2);
    else if (event.key === "-") zoom(0.8, width / 2, height / 2);
    else if (event.key === "0") { fit(); draw(); }
    else if (event.key === "Escape") choose([], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const size = new ResizeObserver(() => {
    const first = width === 1;
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth || 1;
    height = canvas.clientHeight || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    if (first) fit();
    paint();
  });
  size.observe(canvas);
  model.on("change:_selected", receive);
  model.on("msg:custom", arrived);
  receive();
  return () => {
    size.disconnect();
    model.off("change:_selected", receive);
    model.off("msg:custom", arrived);
    for (const { url } of pictures.values()) if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
