// A page of many paintings comes in parts, scripts that are loaded when something in them is asked for: from disk a page
// may not fetch. What is asked for and has not come is noted, and whoever asked is called again once it has.
(function (ag) {
  "use strict";
  const MOST = 160; // packs of thumbnails kept
  const here = new Map(); // name → its value, in the order of last use
  const coming = new Map(); // name → promise
  let lacking = null; // names that were asked for in the attempt that is being made

  ag.came = (name, value) => here.set(name, value);

  // The value of a part, or undefined where it has not come.
  ag.part = function (kind, k) {
    const name = `${kind}-${String(k).padStart(6, "0")}`;
    if (!here.has(name)) {
      if (lacking) lacking.add(name);
      return undefined;
    }
    const value = here.get(name);
    if (kind === "thumbs") {
      here.delete(name);
      here.set(name, value);
    }
    return value;
  };

  function load(name) {
    if (!coming.has(name)) {
      coming.set(name, new Promise((done) => {
        const script = document.createElement("script");
        script.onload = script.onerror = () => {
          script.remove();
          if (!here.has(name)) here.set(name, null); // the file is gone: nothing more is known
          coming.delete(name);
          const packs = [...here.keys()].filter((other) => other.startsWith("thumbs-"));
          for (const other of packs.slice(0, Math.max(0, packs.length - MOST))) here.delete(other);
          done();
        };
        script.src = `parts/${name}.js`;
        document.head.append(script);
      }));
    }
    return coming.get(name);
  }

  // Makes something: [what was made, null or a promise that what it lacks has come].
  ag.attempt = function (make) {
    const outer = lacking;
    const mine = (lacking = new Set());
    try {
      const made = make();
      return [made, mine.size ? Promise.all([...mine].map(load)) : null];
    } finally {
      lacking = outer;
    }
  };

  // Makes something, again and again until nothing is lacking, and hands it on: at once where all is here.
  ag.ready = function (make, done) {
    const [made, come] = ag.attempt(make);
    if (come) come.then(() => ag.ready(make, done));
    else done(made);
  };

  // Numbers as they stand in the data: a list, or the bytes of an array.
  const TYPES = { Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array };
  ag.numbers = function (written) {
    if (!written || Array.isArray(written)) return written;
    if (Uint8Array.fromBase64) return new TYPES[written.type](Uint8Array.fromBase64(written.base64).buffer);
    const text = atob(written.base64);
    const bytes = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
    return new TYPES[written.type](bytes.buffer);
  };

  // Which of some parts knows an id: FNV-1a over its code units.
  ag.idPart = function (id, parts) {
    let found = 2166136261;
    for (let k = 0; k < id.length; k++) found = Math.imul(found ^ id.charCodeAt(k), 16777619);
    return (found >>> 0) % parts;
  };
})(window.artgraph);
