// With `artgraph serve`: decisions are sent as they are made, those of other browsers come every few seconds, and
// "apply" lets the clusters follow them. From disk, or from a web host, nothing here runs.
(function (ag) {
  "use strict";
  if (!ag.live) return;
  const { el, words } = ag;
  const EVERY = 3000; // milliseconds between two looks
  const MOST = 200; // decisions in one request
  let since = 0;
  let lost = false; // the server did not answer
  let made = null; // which page the server has: another one than this has other clusters
  let job = { state: "idle" };
  let sending = false;

  async function ask(address, options) {
    const answer = await fetch(address, { cache: "no-store", ...options });
    if (!answer.ok) throw new Error((await answer.text()).slice(0, 300) || `${answer.status}`);
    return answer.json();
  }
  const post = (address, value) => ask(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });
  function heard(is) {
    const now = !is;
    if (now === lost) return;
    lost = now;
    ag.fillDrawer && ag.fillDrawer();
  }

  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (let rest = ag.unsent(); rest.length; rest = ag.unsent()) {
        const list = rest.slice(0, MOST).map(({ saved, refused, ...d }) => d);
        const { taken, refused } = await post("decisions", { decisions: list });
        const got = new Set(taken);
        ag.take(list.filter((d) => got.has(d.key)));
        for (const [key, reason] of refused) ag.refuse(key, reason);
        heard(true);
        if (!taken.length && !refused.length) break;
      }
    } catch {
      heard(false); // kept, and sent again
    }
    sending = false;
  }

  async function look() {
    try {
      const answer = await ask(`decisions?since=${since}`);
      since = answer.next;
      ag.take(answer.decisions);
      made = made || answer.page;
      const before = job;
      job = answer.apply;
      if (job.state !== before.state || job.text !== before.text) ag.fillDrawer && ag.fillDrawer();
      if (before.state === "running" && job.state === "done") again(job.text, job.moved);
      else if (answer.page && answer.page !== made && job.state !== "running") {
        made = answer.page;
        ag.told("The clusters have changed.", null, el("button", { type: "button", class: "save main", onclick: () => location.reload() }, "Show them"));
      }
      heard(true);
    } catch {
      heard(false);
    }
    send();
    setTimeout(look, job.state === "running" ? 700 : EVERY);
  }

  // The page is loaded again, and says what has changed.
  const CHANGED = `artgraph-changed/${ag.data.corpus}`;
  function again(text, moved) {
    try {
      sessionStorage.setItem(CHANGED, JSON.stringify([text, moved || []]));
    } catch {
      // it is in the drawer, too
    }
    location.reload();
  }
  function sayWhatChanged() {
    try {
      const found = sessionStorage.getItem(CHANGED);
      sessionStorage.removeItem(CHANGED);
      if (!found) return;
      const [text, moved] = JSON.parse(found);
      ag.ready(() => moved.map((id) => ag.row(ag.whole(id))).filter((i) => i !== undefined).sort((a, b) => a - b), (rows) =>
        ag.told(text, null, rows.length > 0 && el("a", { class: "save main", href: ag.link.front({ works: ag.packRows(rows) }) }, "See them")));
    } catch {
      // nothing was kept
    }
  }

  ag.liveState = function () {
    const waiting = ag.unsent().length;
    return el("div", { class: "how", role: "status" },
      lost ? el("p", { class: "warning" }, `artgraph serve does not answer. ${waiting ? `${ag.count(waiting, "decision")} ${waiting === 1 ? "is" : "are"} kept in this browser and sent when it runs again.` : "Is it still running?"}`)
        : el("p", null, waiting ? `${ag.count(waiting, "decision")} being sent …` : "All decisions are written to the corpus."),
      job.state === "running" ? el("p", null, "Finding the clusters again: ", words("span", job.text || "…"))
        : el("button", { type: "button", class: "save main", disabled: lost, onclick: async () => {
          try {
            await send();
            job = await post("apply", {});
          } catch (error) {
            job = { state: "failed", text: error.message };
          }
          ag.fillDrawer();
        } }, "Apply: let the clusters follow"),
      job.state === "failed" && words("p", `It did not work: ${ag.shorten(job.text || "", 600)}`, { class: "warning" }),
      job.state === "done" && job.text && words("p", job.text, { class: "quiet" }),
      el("p", { class: "quiet" }, "Applying finds the clusters again, and writes this page again. It takes as long as “artgraph communities” did."));
  };

  ag.onDecisions(send);
  addEventListener("online", send);
  sayWhatChanged();
  look();
})(window.artgraph);
