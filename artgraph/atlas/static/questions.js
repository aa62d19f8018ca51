// The pairs that `artgraph ask` chose: two paintings at a time, three answers, by mouse or by keys alone.
(function (ag) {
  "use strict";
  const { data, el, words } = ag;
  const questions = data.questions || []; // [row, row, reason]
  const answer = ([i, k]) => ag.answered(i, k);
  const left = () => questions.filter((q) => !answer(q));
  let focus = 0; // of the three buttons, the one that has the focus after an answer

  ag.hasQuestions = () => questions.length > 0;
  ag.questionsLeft = () => left().length;

  function none() {
    return el("article", { class: "made" }, el("h1", { tabindex: -1 }, "Questions"),
      el("p", null, "No questions have been chosen for this collection. Which pairs would help most is found with ", el("code", null, "artgraph ask CORPUS"), "; then write the page again with ", el("code", null, "artgraph atlas CORPUS"), "."),
      el("p", { class: "quiet" }, "Any two works can be judged side by side: open one, press “Keep for side by side”, and open the other."));
  }

  function done() {
    const given = questions.map(answer);
    const tally = ag.ANSWERS.map(([kind, text]) => [text, given.filter((d) => d.kind === kind).length]);
    return el("article", { class: "made questions-done" }, el("h1", { tabindex: -1 }, questions.length === 1 ? "The question is answered" : `All ${ag.number(questions.length)} questions are answered`),
      el("p", { class: "facts" }, tally.map(([text, n]) => `${text}: ${ag.number(n)}`).join(" · ")),
      el("p", null, ag.live ? "They are written to the corpus. Open “Decisions” and press “Apply” to let the clusters follow."
        : "Save them as a file; the clusters follow when it is taken in with the command below."),
      !ag.live && el("p", null, el("code", null, "artgraph decide CORPUS decisions.csv")),
      el("p", { class: "do" }, ag.live ? el("button", { type: "button", class: "save main", onclick: () => ag.drawerButton.click() }, "Open decisions")
        : el("button", { type: "button", class: "save main", onclick: () => {
          ag.saveDecisions();
          ag.refresh();
        } }, "Save decisions"),
      el("button", { type: "button", class: "save", onclick: undo }, "Undo the last answer (U)")),
      el("h2", null, "Your answers"),
      el("ul", { class: "decided" }, questions.map(([i, k], n) => el("li", null, el("div", null,
        words("p", `${ag.shorten(ag.title(i), 60)} · ${ag.shorten(ag.title(k), 60)}`),
        el("p", { class: "quiet" }, ag.ANSWERS.find(([kind]) => kind === given[n].kind)[1])),
      el("a", { class: "save", href: ag.link.beside(i, k) }, "Look again")))));
  }

  function undo() {
    const given = questions.map(answer).filter(Boolean).sort((a, b) => (a.when < b.when ? 1 : -1));
    if (!given.length) return ag.say("Nothing to undo");
    ag.takeBack([given[0]]);
    ag.refresh();
  }

  function one(question) {
    const [i, k, reason] = question;
    const n = questions.length - left().length;
    const panes = [i, k].map((row) => ag.pane(row));
    const bar = ag.pairBar(i, k, (made, at) => {
      focus = at;
      ag.refresh();
      ag.afterAnswer();
    });
    const progress = el("progress", { max: questions.length, value: n, "aria-label": "Answered" });
    const node = el("article", { class: "look-page beside-page question-page" },
      el("header", { class: "question-head" },
        el("h1", { tabindex: -1 }, "Are these two of one manner?"),
        reason && words("p", ag.shorten(reason, 300), { class: "quiet" }),
        el("p", { class: "progress" }, progress, el("span", { class: "figure" }, `${ag.number(n + 1)} of ${ag.number(questions.length)}`))),
      el("div", { class: "panes" }, panes.map((pane) => el("figure", null, pane.box, el("figcaption", null, ag.workCaption(pane.row))))),
      el("div", { class: "look-foot" }, bar.node,
        el("p", { class: "look-do" }, el("button", { type: "button", class: "save", disabled: n === 0, onclick: undo }, el("kbd", { "aria-hidden": "true" }, "U"), "Undo"))));
    ag.afterAnswer = () => {
      const now = document.querySelectorAll(".pair-bar .answer")[focus];
      if (now) now.focus();
      ag.say(left().length ? `Question ${questions.length - left().length + 1} of ${questions.length}` : "All questions are answered");
    };
    return { node, focus: bar.buttons[focus], focusFirst: true, press: (key) => bar.press(key) };
  }

  ag.questionsPage = function () {
    ag.sequence = null;
    const next = left()[0];
    const page = !questions.length ? { node: none() } : next ? one(next) : { node: done() };
    const press = page.press;
    return { ...page, title: "Questions", press: (key) => {
      if (key.toLowerCase() === "u") return undo(), true;
      return press ? press(key) : false;
    } };
  };
})(window.artgraph);
