"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const make = (name, kind, text) => {
    const node = document.createElement(name);
    if (kind) node.className = kind;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const PAGE = 20;
  const plain = (name) => name.replaceAll("_", " ");
  const percent = (p) => {
    if (p === null) return "–";
    return p < 5 ? "< 1 %" : p > 995 ? "> 99 %" : `${Math.round(p / 10)} %`;
  };

  // Long lists: some at first, more on demand; without script or in print all are there.
  function paged(items, size, button, nouns) {
    let limit = size;
    let shown = items;
    const draw = () => {
      const kept = new Set(shown.slice(0, limit));
      items.forEach((item) => { item.hidden = !kept.has(item); });
      const left = shown.length - kept.size;
      button.hidden = left <= 0;
      button.textContent = `Show ${Math.min(size, left)} more of ${left} ${nouns}`;
    };
    button.addEventListener("click", () => {
      const next = shown[limit];
      limit += size;
      draw();
      (next.querySelector("summary, a") || next).focus();
    });
    draw();
    return (kept) => { shown = kept; limit = size; draw(); };
  }

  const cards = document.querySelector(".cards[data-page]");
  if (cards) {
    const button = make("button");
    button.type = "button";
    button.className = "pager";
    cards.after(button);
    paged([...cards.children], Number(cards.dataset.page), button, "stories");
  }

  const copy = $("copy");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const lines = [...document.querySelectorAll("#references li")].map((item) => item.textContent);
    const text = [$("paragraph").textContent, ...(lines.length ? ["References", ...lines] : [])].join("\n\n");
    try {
      await navigator.clipboard.writeText(text);
      $("copied").textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren($("paragraph"));
      $("copied").textContent = "The paragraph is selected: copy it with the keyboard.";
    }
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not(.article):not([open])")];
    closed.forEach((item) => { item.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((item) => { item.open = false; }));

  if (!$("data")) return;
  const values = JSON.parse($("values").textContent);
  const list = [...document.querySelectorAll(".article")];
  const numbers = new Map(list.map((item, n) => [item, n]));
  const repage = paged(list, PAGE, $("more"), "articles");
  const wanted = { words: "", outlet: "", label: "" };
  let data = null;
  let lower = null;

  async function unpacked() {
    const bytes = Uint8Array.from(atob($("data").textContent), (mark) => mark.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  function differs(article, n) {
    if (!(n in article.gold)) return false;
    const said = article.label[n].map((i) => values[i].name).join("|");
    return said !== article.gold[n];
  }

  function unitHas(article, n) {
    if (wanted.label === "d") return differs(article, n);
    return wanted.label[0] === "u" ? article.label[n].includes(Number(wanted.label.slice(1))) : true;
  }

  function headlineIs(article) {
    const first = article.region.findIndex((i) => data.regions[i] === "headline");
    return first >= 0 && article.label[first].includes(Number(wanted.label.slice(1)));
  }

  function fitting(item) {
    const n = numbers.get(item);
    const article = data.articles[n];
    if (wanted.outlet && item.dataset.outlet !== wanted.outlet) return false;
    if (wanted.label[0] === "h" && !headlineIs(article)) return false;
    const byUnit = wanted.label === "d" || wanted.label[0] === "u";
    const inTitle = !byUnit && item.querySelector("summary").textContent.toLowerCase().includes(wanted.words);
    return inTitle || lower[n].some((text, i) => text.includes(wanted.words) && unitHas(article, i));
  }

  function filter() {
    const kept = list.filter(fitting);
    repage(kept);
    $("count").textContent = `${kept.length} of ${list.length} article${list.length === 1 ? "" : "s"}`;
    list.forEach((item) => { if (item.open) fill(item); });
  }

  function highlighted(text) {
    const node = make("span");
    const parts = wanted.words ? text.toLowerCase().split(wanted.words) : [text];
    // Lower case may change a text's length; then nothing is marked.
    if (!wanted.words || text.toLowerCase().length !== text.length) {
      node.textContent = text;
      return node;
    }
    let at = 0;
    parts.forEach((part, i) => {
      node.append(text.slice(at, at + part.length));
      at += part.length;
      if (i < parts.length - 1) {
        node.append(make("mark", "", text.slice(at, at + wanted.words.length)));
        at += wanted.words.length;
      }
    });
    return node;
  }

  function unitNode(article, n) {
    const label = article.label[n];
    const names = label.map((i) => plain(values[i].name)).join(", ") || "none of the values";
    const node = make("li", "unit");
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", "false");
    node.tabIndex = -1;
    node.dataset.n = n;
    node.style.setProperty("--v", label.length ? values[label[0]].colour : "#757575");
    if (n && article.line[n] !== article.line[n - 1]) node.classList.add("new");
    const sought = unitHas(article, n) && (!wanted.words || article.text[n].toLowerCase().includes(wanted.words));
    if (!sought) node.classList.add("miss");
    const text = highlighted(article.text[n]);
    text.dir = "auto";
    const what = make("span", "what");
    what.append(make("b", "", names), ` ${label.map((i) => percent(article.p[n][i])).join(", ")}`);
    if (differs(article, n)) what.append(make("small", "", `coders: ${plain(article.gold[n]) || "none"}`));
    node.append(text, what);
    return node;
  }

  function fill(item) {
    const article = data.articles[numbers.get(item)];
    item.querySelector(".reader")?.remove();
    const reader = make("div", "reader");
    const units = make("ol", "units");
    units.setAttribute("role", "listbox");
    units.setAttribute("aria-label", `Units of ${item.querySelector("h3").textContent}: arrow keys move`);
    let region = -1;
    article.text.forEach((_, n) => {
      if (article.region[n] !== region) {
        region = article.region[n];
        const head = make("li", "region", plain(data.regions[region]));
        head.setAttribute("role", "presentation");
        units.append(head);
      }
      units.append(unitNode(article, n));
    });
    const inspector = make("div", "inspector idle");
    inspector.setAttribute("role", "status");
    inspector.append(make("p", "soft", "Point at a unit, tap it, or move with the arrow keys: how sure the model is, and why."));
    reader.append(units, inspector);
    item.append(reader);
    const first = units.querySelector(".unit:not(.miss)") || units.querySelector(".unit");
    if (first) first.tabIndex = 0;
    listen(units, inspector, article);
  }

  function listen(units, inspector, article) {
    const all = [...units.querySelectorAll(".unit")];
    const idle = () => {
      inspector.classList.add("idle");
      all.forEach((unit) => unit.setAttribute("aria-selected", "false"));
    };
    const choose = (unit) => {
      all.forEach((other) => {
        other.setAttribute("aria-selected", String(other === unit));
        other.tabIndex = other === unit ? 0 : -1;
      });
      inspect(inspector, article, Number(unit.dataset.n), idle);
    };
    const of = (event) => event.target.closest(".unit");
    units.addEventListener("focusin", (event) => of(event) && choose(of(event)));
    units.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse" && of(event)) choose(of(event));
    });
    units.addEventListener("click", (event) => of(event) && of(event).focus({ preventScroll: true }));
    units.addEventListener("keydown", (event) => {
      const at = all.indexOf(of(event));
      const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (event.key === "Escape") idle();
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      all[Math.max(0, Math.min(all.length - 1, to))].focus();
    });
  }

  function bar(width, colour) {
    const track = make("span", "bar");
    const fillNode = make("i");
    fillNode.style.width = `${width}%`;
    fillNode.style.background = colour;
    track.append(fillNode);
    return track;
  }

  function inspect(node, article, n, idle) {
    node.replaceChildren();
    node.classList.remove("idle");
    const close = make("button", "close", "Close");
    close.type = "button";
    close.addEventListener("click", idle);
    const names = article.label[n].map((i) => plain(values[i].name)).join(", ") || "none of the values";
    node.append(close, make("h4", "", names), make("p", "soft small", `Region: ${plain(data.regions[article.region[n]])}`));
    if (n in article.gold) {
      node.append(make("p", "", `Coders: ${plain(article.gold[n]) || "none"}${differs(article, n) ? " (differs)" : " (the same)"}`));
    }
    if (article.learnt.includes(n)) node.append(make("p", "soft small", "The model has learnt from this unit."));
    node.append(make("p", "label", "How sure it is"));
    const meter = make("div", "meter");
    const order = values.map((_, i) => i).sort((a, b) => article.p[n][b] - article.p[n][a]);
    for (const i of order) {
      meter.append(make("span", "", plain(values[i].name)), bar((article.p[n][i] ?? 0) / 10, values[i].colour), make("span", "n", percent(article.p[n][i])));
    }
    node.append(meter, make("p", "label", "Why"), why(article.why[n]));
  }

  // "value +1.50 = token Give +1.20; 3 others +0.30": what moved the score, as bars.
  function why(told) {
    if (!told) return make("p", "soft small", "No explanation came with the scores.");
    const sum = told.indexOf(" = ");
    const parts = [...told.slice(sum + 3).matchAll(/(.+?) ([+-]\d+\.\d\d)(?:; |$)/gs)];
    if (sum < 0 || !parts.length) return make("p", "small", told);
    const node = make("div");
    const grid = make("div", "why");
    const largest = Math.max(...parts.map((part) => Math.abs(Number(part[2]))), 0.01);
    for (const [, name, amount] of parts) {
      const size = (50 * Math.abs(Number(amount))) / largest;
      const force = make("span", "force");
      const fillNode = make("i", Number(amount) < 0 ? "less" : "");
      fillNode.style.width = `${size}%`;
      fillNode.style.left = Number(amount) < 0 ? `${50 - size}%` : "50%";
      force.append(fillNode);
      const said = make("span", "", named(name));
      said.dir = "auto";
      grid.append(said, force, make("span", "n", amount.replace("-", "−")));
    }
    node.append(grid, make("p", "soft small", `${plain(told.slice(0, sum))} in all (log-odds scale)`));
    return node;
  }

  function named(name) {
    if (name.startsWith("token ")) return `word “${name.slice(6)}”`;
    if (name.startsWith("pair ")) return `words “${name.slice(5)}”`;
    if (name.startsWith("shape ")) return name.slice(6);
    if (name === "intercept") return "how common it is";
    return plain(name).replace("=", ": ");
  }

  async function start() {
    try {
      data = await unpacked();
    } catch {
      return;
    }
    $("unread").remove();
    lower = data.articles.map((article) => article.text.map((text) => text.toLowerCase()));
    list.forEach((item) => {
      item.addEventListener("toggle", () => { if (item.open && !item.querySelector(".reader")) fill(item); });
    });
    const form = document.querySelector(".tools");
    form.hidden = false;
    const read = () => {
      wanted.words = $("find").value.toLowerCase().trim();
      wanted.outlet = $("outlet").value;
      wanted.label = $("label").value;
      filter();
    };
    form.addEventListener("input", read);
    form.addEventListener("reset", () => setTimeout(read));
    form.addEventListener("submit", (event) => event.preventDefault());
    read();
    const linked = location.hash.startsWith("#a-") && document.getElementById(location.hash.slice(1));
    if (linked) {
      linked.hidden = false;
      linked.open = true;
      linked.scrollIntoView();
    }
  }
  start();
})();
