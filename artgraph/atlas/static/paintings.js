// What is known of the paintings, read from the columns. A painting is its row number. Of many paintings, texts and links
// stand in parts (parts.js): what has not come is null, as if it were not known.
(function (ag) {
  "use strict";
  const data = ag.data;

  for (const name of ["labels", "years", "aspect", "missing", "tints", "larger"]) data[name] = ag.numbers(data[name]);
  for (const name of data.grid ? ["column", "row"] : []) data.grid[name] = ag.numbers(data.grid[name]);
  for (const one of data.compare.partitions) one[1] = ag.numbers(one[1]);

  const reader = (c) => (Array.isArray(c) ? (i) => c[i] : (i) => c.values[c.codes[i]]);
  const { parts } = data;
  const place = parts && ag.numbers(parts.place);
  if (parts) {
    data.columns = parts.columns;
    parts.place = null; // read
  }
  const at = parts ? (i) => place[i] % parts.each : (i) => i;
  // What is known of one work by name: the part of the data that holds it, or null.
  const part = (i) => (parts ? ag.part("works", Math.floor(place[i] / parts.each)) || null : data);
  const readers = (of) => (of.readers = of.readers || new Map(of.columns.map(([name, c]) => [name, reader(c)])));

  const missing = new Set(data.missing);
  const rows = new Map();
  if (!parts) for (let i = 0; i < data.n; i++) rows.set(ag.whole(readers(data).get("id")(i)), i);
  const clusters = new Map(data.clusters.map((c, k) => [c.label, { ...c, works: Array.from(ag.numbers(c.works)), color: data.colors[k] }]));

  ag.n = data.n;
  ag.all = Array.from({ length: data.n }, (_, i) => i);
  ag.columns = data.columns.map(([name]) => name);
  ag.clusters = [...clusters.values()];
  ag.cluster = (label) => clusters.get(label);
  ag.clusterOf = (i) => clusters.get(data.labels[i]);
  ag.value = function (column, i) {
    const of = part(i);
    const read = of && readers(of).get(column);
    return read ? read(at(i)) : null;
  };
  // A column of few values, of all works at a time: {values, codes}, undefined where it has not come, null where there
  // are too many values.
  ag.wholeColumn = function (column) {
    const found = data.columns.find(([name]) => name === column);
    if (!found || found[1] === null) return null;
    if (!parts) return Array.isArray(found[1]) ? null : found[1];
    const whole = ag.part("column", found[1]);
    if (whole && !Array.isArray(whole.codes) && whole.codes.type) whole.codes = ag.numbers(whole.codes);
    return whole;
  };
  ag.row = function (id) {
    if (!parts) return rows.get(id);
    const known = ag.part("ids", ag.idPart(id, parts.ids));
    if (known && !known.at) known.at = new Map(known.ids.map((one, k) => [ag.whole(one), known.rows[k]]));
    return known ? known.at.get(id) : undefined;
  };
  ag.id = (i) => ag.value("id", i) || ""; // none is empty
  ag.aspect = (i) => data.aspect[i];
  ag.tint = !data.tints ? () => null
    : !parts ? (i) => (data.tints[i] ? "#" + data.tints[i] : null)
      : (i) => (missing.has(i) ? null : "#" + data.tints[i].toString(16).padStart(6, "0"));
  ag.hasThumb = (i) => data.images && !missing.has(i);
  // The address of a thumbnail: a file, or all of it, null where its part has not come.
  ag.thumb = function (i) {
    if (!ag.hasThumb(i)) return null;
    if (!parts) return `thumbs/${String(i).padStart(6, "0")}.webp`;
    const pack = ag.part("thumbs", Math.floor(place[i] / parts.pack));
    return pack ? `data:image/webp;base64,${pack[place[i] % parts.pack]}` : null;
  };
  const larger = new Set(data.larger || []);
  ag.larger = (i) => (data.images && larger.has(i) ? `pictures/${String(i).padStart(6, "0")}.webp` : null);
  const known = function (name, i, none) {
    const of = part(i);
    return of && of[name] ? of[name][at(i)] : none;
  };
  ag.source = (i) => (ag.live ? null : known("sources", i, null)); // artgraph serve gives the atlas alone
  // A picture from the museum's own server (IIIF Image API 2 and 3), fetched only when a reader asks for it.
  ag.remote = function (i, side) {
    const { iiif } = part(i) || {};
    return iiif && iiif.services[at(i)] ? `${iiif.services[at(i)]}/full/!${side},${side}/0/default.jpg` : null;
  };
  ag.year = (i) => (!data.years || Number.isNaN(data.years[i]) ? null : data.years[i]);
  ag.dated = (rows) => (rows || ag.all).filter((i) => ag.year(i) !== null);
  ag.windows = (i) => known("windows", i, []);
  ag.sameArtist = (i) => known("artist_links", i, []);

  ag.title = (i) => ag.value("title", i) || "Untitled";
  ag.artist = (i) => ag.value("artist", i) || "Unknown artist"; // as the catalogue says it
  if (parts) data.artists.names.codes = ag.numbers(data.artists.names.codes);
  ag.artistName = reader(data.artists.names); // under which a work is counted and listed; null where no artist is certain
  // One line for alternative texts, captions and labels.
  ag.line = (i) =>
    [ag.artist(i), ag.title(i), ag.value("date", i)].filter(Boolean).map((t) => ag.shorten(t, 160)).join(", ");

  // Whom a cluster is known for: the two artists with most works in it beyond their share of the collection.
  ag.knownFor = function (c) {
    const beyond = ([, here, all]) => here - (all * c.works.length) / ag.n;
    return c.label < 0 ? [] : c.artists.filter((a) => a[1] >= 3 && beyond(a) >= a[1] / 2)
      .sort((a, b) => beyond(b) - beyond(a)).slice(0, 2).map((a) => a[0]);
  };
  // A name that people gave stands before the number, under which files and addresses know the cluster.
  ag.clusterName = function (c) {
    const given = c.label < 0 ? null : ag.givenName(data.name, c.label);
    return c.label < 0 ? "In no cluster" : given ? `${given} (cluster ${c.label})` : c.name || `Cluster ${c.label}`;
  };
  ag.byYear = (rows) => [...rows].sort((a, b) => (ag.year(a) ?? 1e9) - (ag.year(b) ?? 1e9) || a - b);

  // Nearest works: {row, similarity, shares: [[descriptor, per cent], …] or null}
  ag.near = function (i) {
    const of = part(i);
    if (!of || !of.neighbors) return [];
    const { width, rows, similarity } = of.neighbors;
    const start = at(i) * width;
    return rows.slice(start, start + width)
      .map((row, k) => ({
        row,
        similarity: similarity[start + k] === null ? null : similarity[start + k] / 1000,
        shares: of.shares && of.shares.names.map((name, b, all) => [name, of.shares.percent[(start + k) * all.length + b]]),
      }))
      .filter((v) => v.row >= 0 && v.row !== i);
  };

  // How sure the cluster of a work is, which would be its second, what part it plays: {confidence, second, role}
  ag.membership = function (i) {
    const { membership: m } = part(i) || {};
    const k = at(i);
    if (!m || m.confidence[k] === null) return null;
    return { confidence: m.confidence[k], second: clusters.get(m.second[k]) || null, role: m.role && reader(m.role)(k) };
  };

  // Rows by what `of` says of them: Map value → rows.
  function gather(of) {
    const found = new Map();
    for (const i of ag.all) {
      const value = of(i);
      const rows = found.get(value);
      rows ? rows.push(i) : found.set(value, [i]);
    }
    return found;
  }

  // Artists with a name, and their works: Map name → rows by year.
  let artists = null;
  ag.hasArtists = (Array.isArray(data.artists.names) ? data.artists.names : data.artists.names.values).some((name) => name);
  ag.artists = function () {
    artists = artists || new Map([...gather(ag.artistName)].filter(([name]) => name).map(([name, works]) => [name, ag.byYear(works)]));
    return artists;
  };
  // Clusters of some works, the most frequent first: [[cluster, works], …]
  ag.clustersOf = function (works) {
    const count = new Map();
    for (const i of works) count.set(ag.clusterOf(i), (count.get(ag.clusterOf(i)) || 0) + 1);
    return [...count].sort((a, b) => b[1] - a[1] || a[0].label - b[0].label);
  };

  // Ways in which the paintings are grouped: this partition, others, and the column they are compared with.
  // {key, title, of: (i) → label, groups: [{label, name, works, color, ask: [key, value]}]}
  let groupings = null;
  ag.groupings = function () {
    if (groupings) return groupings;
    const whole = data.reference ? ag.wholeColumn(data.reference) : null;
    const grouping = (key, title, of, name, ask) => {
      const groups = [...gather(of)].map(([label, works]) => ({ label, works, name: name(label), short: typeof label === "number" ? (label < 0 ? "none" : String(label)) : name(label), color: null, ask: ask(label) }));
      return { key, title, of, groups };
    };
    const ordered = (g) => {
      g.groups.sort((a, b) => (a.label < 0) - (b.label < 0) || a.label - b.label);
      return g;
    };
    const inside = (key) => (label) => ["in." + key, label < 0 ? "none" : String(label)];
    const own = ordered(grouping(data.name, data.name, (i) => data.labels[i], (l) => ag.clusterName(clusters.get(l)), inside(data.name)));
    for (const g of own.groups) g.color = clusters.get(g.label).color;
    groupings = [own];
    for (const [key, labels] of data.compare.partitions) {
      groupings.push(ordered(grouping(key, key, (i) => labels[i], (l) => other(key, l), inside(key))));
    }
    if (data.reference && whole !== undefined) {
      const column = data.reference;
      const g = grouping("column:" + column, column, whole ? reader(whole) : (i) => ag.value(column, i), (v) => v || "not stated",
        (v) => [ag.queryKey(column), v === null ? ag.NOTHING : v]);
      g.groups.sort((a, b) => (a.label === null) - (b.label === null) || b.works.length - a.works.length);
      groupings.push(g);
    }
    const found = groupings;
    if (whole === undefined) groupings = null; // the column has not come: asked again, it is there
    return found;
  };
  const other = function (key, label) {
    const given = label < 0 ? null : ag.givenName(key, label);
    return label < 0 ? "In no cluster" : given ? `${given} (cluster ${label}, ${key})` : `Cluster ${label} (${key})`;
  };
  ag.forgetGroupings = () => (groupings = null); // their names have changed
  ag.grouping = (key) => ag.groupings().find((g) => g.key === key);

  ag.NOTHING = "(nothing)"; // asks for the works where a column is empty
  const TAKEN = /^(q|words|from|to|at|view|sort|kind|works|since|in\..*|\..*)$/;
  // The name of a column in an address; those that the address uses itself get a point in front.
  ag.queryKey = (column) => (TAKEN.test(column) ? "." + column : column);
  ag.queryColumn = (key) => (key.startsWith(".") ? key.slice(1) : TAKEN.test(key) ? null : key);

  // Some works as they stand in an address: a stamp of this collection, then runs of rows, counted from the one before.
  ag.packRows = function (rows) {
    const runs = [];
    let next = 0;
    for (let k = 0; k < rows.length; ) {
      let end = k;
      while (end + 1 < rows.length && rows[end + 1] === rows[end] + 1) end++;
      const [gap, length] = [rows[k] - next, end - k + 1];
      runs.push(gap.toString(36) + (length > 1 ? "-" + length.toString(36) : ""));
      next = rows[end] + 1;
      k = end + 1;
    }
    return [data.stamp, ...runs].join(".");
  };
  // null where the address was made in another collection, or cannot be read
  ag.readRows = function (text) {
    const [stamp, ...runs] = text.split(".");
    if (stamp !== data.stamp || !runs.every((run) => /^[0-9a-z]{1,6}(-[0-9a-z]{1,6})?$/.test(run))) return null;
    const rows = [];
    let next = 0;
    for (const run of runs) {
      const [gap, length = 1] = run.split("-").map((v) => parseInt(v, 36));
      next += gap;
      if (next + length > data.n) return null;
      for (let k = 0; k < length; k++) rows.push(next++);
    }
    return rows;
  };

  ag.link = {
    front: (query) => ag.hash([], query),
    cluster: (label) => ag.hash(["cluster", String(label)]),
    painting: (i) => ag.hash(["painting", ag.id(i)]),
    look: (i) => ag.hash(["look", ag.id(i)]),
    beside: (i, k) => ag.hash(["beside", ag.id(i), ag.id(k)]),
    artist: (name) => ag.hash(["artist", name]),
    artists: (sort) => ag.hash(["artists"], { sort }),
    map: (i) => ag.hash(["map"], i === undefined ? {} : { at: ag.id(i) }),
    timeline: (query) => ag.hash(["timeline"], query),
    compare: (a, b) => ag.hash(["compare", ...(a ? [a, b] : [])]),
    worklist: (kind) => ag.hash(["worklist"], { kind }),
    made: () => ag.hash(["made"]),
    questions: () => ag.hash(["questions"]),
  };
})(window.artgraph);
