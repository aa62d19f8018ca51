// Building blocks: elements, numbers, addresses. Text from the corpus goes through textContent only.
(function (ag) {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg"; // a name, not an address: nothing is fetched

  // el("a", {class: "x", href: "#/"}, child, "text", …); `style` takes an object and goes through the CSSOM.
  ag.el = function (tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
  };

  // The same for a drawing.
  ag.svg = function (tag, props, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
      else node.setAttribute(key, value);
    }
    node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
    return node;
  };

  // Words from the corpus: any script, any direction. A very long run without a blank gets places to break at: without
  // them browsers take seconds, or minutes, to lay it out.
  ag.words = function (tag, text, props) {
    const parts = /\S{200}/.test(text) ? String(text).match(/\S{1,100}\s*|\s+/gu) : [text];
    return ag.el(tag, { dir: "auto", ...props }, parts.flatMap((part, k) => (k ? [ag.el("wbr"), part] : [part])));
  };

  const numbers = new Intl.NumberFormat("en");
  ag.number = (n) => numbers.format(n);
  ag.count = (n, one, many) => `${ag.number(n)} ${n === 1 ? one : many || one + "s"}`;
  ag.percent = (share) => (share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`);
  // A year is a number, negative before Christ; of a span it is the middle: 1506.5 is shown as 1506.
  ag.yearName = (year) => (Math.floor(year) < 0 ? `${-Math.floor(year)} BC` : `${Math.floor(year)}`);
  ag.years = function (from, to) {
    const [first, last] = [Math.floor(from), Math.floor(to)];
    if (first === last) return ag.yearName(first);
    if (last < 0) return `${-first}–${-last} BC`;
    return first < 0 ? `${-first} BC–AD ${last}` : `${first}–${last}`;
  };
  ag.period = (start, step) => (step === 10 && start >= 0 ? `${start}s` : ag.years(start, start + step - 1));
  // "1850", "-500", "500 BC", "AD 20" → the year, or null
  ag.readYear = function (text) {
    const found = /^\s*(?:ad\s*)?([-−]?\d{1,5})(\s*b\.?\s*c\b)?/i.exec(text);
    if (!found) return null;
    const year = Number(found[1].replace("−", "-"));
    return found[2] ? -Math.abs(year) : year;
  };
  ag.ends = (numbers) => numbers.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  ag.shorten = (text, most) => (text.length > most ? text.slice(0, most).trimEnd() + "…" : text);

  // Half a surrogate pair cannot stand in an address.
  ag.whole = (text) => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

  ag.hash = function (path, query) {
    const q = new URLSearchParams(Object.entries(query || {}).filter(([, v]) => v)).toString();
    return "#/" + path.map((p) => encodeURIComponent(ag.whole(p))).join("/") + (q ? "?" + q : "");
  };

  // "#/cluster/3?q=x" → {path: ["cluster", "3"], query: {q: "x"}}; an address that cannot be read gives an empty path.
  ag.parse = function (hash) {
    const [path, query] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
    try {
      return {
        path: path.split("/").filter(Boolean).map(decodeURIComponent),
        query: Object.fromEntries(new URLSearchParams(query || "")),
      };
    } catch {
      return { path: ["?"], query: {} };
    }
  };

  ag.say = (text) => (document.getElementById("said").textContent = text);
  ag.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Calls once, when the element is about to come into view.
  ag.whenNear = function (node, call, margin) {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((s) => s.isIntersecting)) return;
      watch.disconnect();
      call();
    }, { rootMargin: margin || "900px 0px" });
    watch.observe(node);
    return watch;
  };
})(window.artgraph);
