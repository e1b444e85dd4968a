// What the page does by itself, without asking the server for more than an article: quotes shown
// on the marks, the article beside the chat, copying, downloading. One listener each on the
// document, because Gradio replaces what is inside it. Text is only ever set as text; the one
// piece of HTML that is inserted is the article as the server rendered and escaped it.
(() => {
  "use strict";
  const wide = window.matchMedia("(min-width: 900px)");
  let opener = null; // how to find the link again whose article is shown
  let tip = null;
  let tipFor = null;
  let panel = null;
  let asked = 0; // the newest request for an article; older ones that come late are dropped

  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // The quote on a mark

  const showTip = (mark) => {
    const figure = document.getElementById(mark.dataset.quote);
    if (!figure || tipFor === mark) return;
    hideTip();
    tip = make("div", "tip");
    tip.id = "tip";
    tip.setAttribute("role", "tooltip");
    const quote = make("p", "tip-quote", figure.querySelector("q").textContent);
    quote.dir = "auto";
    const about = make("p", "tip-about", figure.querySelector(".byline").textContent);
    about.dir = "auto";
    tip.append(quote, about);
    document.body.append(tip);
    mark.setAttribute("aria-describedby", "tip");
    tipFor = mark;
    const at = mark.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left - 24), window.innerWidth - size.width - 8);
    const above = at.top - size.height - 6;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${above > 8 ? above : at.bottom + 6}px`;
  };

  const hideTip = () => {
    tipFor?.removeAttribute("aria-describedby");
    tip?.remove();
    tip = tipFor = null;
  };

  const markOf = (event) =>
    event.target instanceof Element ? event.target.closest("a.mark") : null;

  document.addEventListener("mouseover", (event) => {
    const mark = markOf(event);
    if (mark) showTip(mark);
    else if (tip && !tip.contains(event.target) && document.activeElement !== tipFor) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark && mark.matches(":focus-visible")) showTip(mark);
    else hideTip();
  });
  document.addEventListener("scroll", hideTip, { capture: true, passive: true });

  // The article beside the chat

  const place = () => {
    // Beside the chat where there is room for both; over it, as a dialog, where there is not.
    panel.setAttribute("role", wide.matches ? "complementary" : "dialog");
    panel.toggleAttribute("aria-modal", !wide.matches);
    const app = document.querySelector("gradio-app");
    if (app) app.inert = !wide.matches && !panel.hidden;
  };

  const makePanel = () => {
    panel = make("aside");
    panel.id = "panel";
    panel.hidden = true;
    panel.tabIndex = -1;
    panel.setAttribute("aria-label", "Source article");
    const bar = make("div", "panel-bar");
    const close = make("button", "panel-close", "Close");
    close.type = "button";
    close.addEventListener("click", closePanel);
    bar.append(make("span", "panel-title", "Source"), close);
    const content = make("div", "panel-content");
    content.tabIndex = 0;
    content.setAttribute("role", "region");
    content.setAttribute("aria-label", "Article text");
    panel.append(bar, content);
    document.body.append(panel);
    wide.addEventListener("change", place);
  };

  const openPanel = async (link) => {
    if (!panel) makePanel();
    const request = ++asked;
    const href = link.getAttribute("href");
    const turn = link.closest(".turn")?.id;
    opener = () =>
      [...document.querySelectorAll(`#${CSS.escape(turn ?? "log")} a[data-panel]`)].find(
        (other) => other.getAttribute("href") === href && other.className === link.className,
      );
    let html = null;
    try {
      const response = await fetch(`${href}&part`);
      if (response.ok) html = await response.text();
    } catch {
      // The server has gone; said below.
    }
    if (request !== asked) return;
    const content = panel.querySelector(".panel-content");
    if (html === null) {
      content.replaceChildren(
        make("p", "problem", "The article cannot be shown: Dateline does not answer."),
      );
    } else {
      content.innerHTML = html;
    }
    document
      .querySelectorAll("a[data-panel][aria-current]")
      .forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    panel.hidden = false;
    document.body.classList.add("with-panel");
    place();
    hideTip();
    panel.focus({ preventScroll: true });
    content.scrollTop = 0;
    content.querySelector("mark.cited")?.scrollIntoView({ block: "center" });
  };

  const closePanel = () => {
    if (!panel || panel.hidden) return;
    asked += 1;
    const inside = panel.contains(document.activeElement);
    panel.hidden = true;
    document.body.classList.remove("with-panel");
    place();
    const link = opener?.();
    document
      .querySelectorAll("a[data-panel][aria-current]")
      .forEach((other) => other.removeAttribute("aria-current"));
    if (inside) link?.focus();
    opener = null;
  };

  // Copying and downloading

  const copy = async (button) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // No clipboard for pages that are not served from this machine or over https.
      const area = make("textarea", "hidden-text");
      area.value = button.dataset.copy;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Could not copy";
    window.setTimeout(() => (button.textContent = "Copy"), 2000);
  };

  const download = () => {
    const turns = [...document.querySelectorAll("#log .turn")].map((turn) => turn.dataset.markdown);
    const day = new Date().toLocaleDateString("sv"); // Swedish dates are ISO dates
    const text = `# Dateline, ${day}\n\n${turns.join("\n")}`;
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
    link.download = `dateline-${day}.md`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest("a[data-panel]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link && plain) {
      event.preventDefault();
      openPanel(link);
      return;
    }
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (tip) hideTip();
    else closePanel();
  });

  // A new question is scrolled to when it is asked, and once more when its answer is there, for
  // only then is the page long enough; not when the reader has scrolled in between.

  let newest = "";
  let scrolled = false;
  for (const kind of ["wheel", "touchmove"]) {
    document.addEventListener(kind, () => (scrolled = true), { passive: true });
  }
  new MutationObserver(() => {
    const turn = document.querySelector("#log .turn:last-of-type");
    const state = turn ? `${turn.id} ${turn.getAttribute("aria-busy")}` : "";
    if (state === newest) return;
    if (turn && turn.id !== newest.split(" ")[0]) scrolled = false;
    newest = state;
    if (!scrolled) turn?.scrollIntoView({ block: "start" });
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["aria-busy"] });

  // Files dropped anywhere on the page go the way of the upload button.

  const dragsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!dragsFiles(event)) return;
    event.preventDefault();
    const button = document.getElementById("upload");
    const input = document.querySelector("#tools input[type=file]");
    if (!input || button?.disabled) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The filters stand before the chat in the page and their button after it: the focus follows.

  const filters = () => {
    const toggle = document.querySelector("#filters .toggle-button");
    toggle?.click();
    window.requestAnimationFrame(() => toggle?.focus());
  };
  document.addEventListener("click", (event) => {
    if (!event.isTrusted || !event.target.closest?.("#filters .toggle-button")) return;
    document.getElementById("open-filters")?.focus();
  });

  window.dateline = { close: closePanel, download, filters };
})();
