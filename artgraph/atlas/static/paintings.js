// What is known of the paintings, read from the columns. A painting is its row number.
(function (ag) {
  "use strict";
  const data = ag.data;

  const columns = new Map(
    data.columns.map(([name, c]) => [
      name,
      Array.isArray(c) ? (i) => c[i] : (i) => c.values[c.codes[i]],
    ]),
  );
  const missing = new Set(data.missing);
  const rows = new Map();
  for (let i = 0; i < data.n; i++) rows.set(ag.whole(columns.get("id")(i)), i);
  const clusters = new Map(data.clusters.map((c, k) => [c.label, { ...c, color: data.colors[k] }]));

  ag.n = data.n;
  ag.columns = [...columns.keys()];
  ag.clusters = [...clusters.values()];
  ag.cluster = (label) => clusters.get(label);
  ag.clusterOf = (i) => clusters.get(data.labels[i]);
  ag.value = (column, i) => (columns.has(column) ? columns.get(column)(i) : null);
  ag.row = (id) => rows.get(id);
  ag.id = (i) => ag.value("id", i);
  ag.aspect = (i) => data.aspect[i];
  ag.tint = (i) => (data.tints && data.tints[i] ? "#" + data.tints[i] : null);
  ag.thumb = (i) => (data.images && !missing.has(i) ? `thumbs/${String(i).padStart(6, "0")}.webp` : null);
  ag.source = (i) => (data.sources ? data.sources[i] : null);

  ag.title = (i) => ag.value("title", i) || "Untitled";
  ag.artist = (i) => ag.value("artist", i) || "Unknown artist";
  // One line for alternative texts, captions and labels.
  ag.line = (i) =>
    [ag.artist(i), ag.title(i), ag.value("date", i)].filter(Boolean).map((t) => ag.shorten(t, 160)).join(", ");

  ag.clusterName = (c) => (c.label < 0 ? "In no cluster" : c.name || `Cluster ${c.label}`);
  ag.near = function (i) {
    if (!data.neighbors) return [];
    return data.neighbors.rows[i]
      .map((row, k) => ({ row, similarity: data.neighbors.similarity[i][k] }))
      .filter((v) => v.row >= 0 && v.row !== i);
  };

  ag.link = {
    front: (query) => ag.hash([], query),
    cluster: (label) => ag.hash(["cluster", String(label)]),
    painting: (i) => ag.hash(["painting", ag.id(i)]),
    map: () => ag.hash(["map"]),
    made: () => ag.hash(["made"]),
  };
})(window.artgraph);
