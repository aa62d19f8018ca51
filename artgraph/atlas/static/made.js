// How the atlas was made, and what it does not show.
(function (ag) {
  "use strict";
  const { el, words } = ag;

  // "Features · color": the kind of stage, and below it what it is called in the corpus.
  function stageCell(stage) {
    const [kind, ...key] = stage.split(" · ");
    return el("th", { scope: "row" }, words("span", kind), key.length > 0 && words("span", key.join(" · "), { class: "key" }));
  }

  function parameters(values) {
    if (typeof values === "string") return words("span", values);
    return el("dl", null, values.map(([name, value]) => el("div", null, words("dt", name), words("dd", value))));
  }

  ag.madePage = function () {
    const is = (p) => p[0].toLowerCase() === "caveat";
    const stages = ag.data.provenance.filter((p) => !is(p));
    const caveats = ag.data.provenance.filter(is).map((p) => p[1]);
    if (ag.map) {
      caveats.push("On the map each painting is moved to the nearest free place, so that none hides another. " +
        "Which works are neighbours has a meaning; how far apart two regions are, and how large, has none.");
    }
    if (ag.data.reference) {
      caveats.push(`The column “${ag.data.reference}” is shown for comparison only. It is one classification among others, not the correct answer.`);
    }
    caveats.push("A cluster holds works that are similar by the measures above. It is not an attribution.");
    return {
      title: "How it was made",
      node: el("article", { class: "made" },
        el("h1", { tabindex: -1 }, "How it was made"),
        stages.length > 0 && el("table", null,
          el("thead", null, el("tr", null, el("th", { scope: "col" }, "Stage"), el("th", { scope: "col" }, "Parameters"))),
          el("tbody", null, stages.map(([stage, values]) => el("tr", null, stageCell(stage), el("td", null, parameters(values)))))),
        ag.data.methods && [el("h2", null, "Methods"), words("p", ag.data.methods, { class: "methods" })],
        el("h2", null, "Limits"),
        el("ul", null, caveats.map((t) => words("li", t)))),
    };
  };
})(window.artgraph);
