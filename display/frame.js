// The document around the blocks: its language, Streamlit's own English words in Vietnamese, and a
// history with one entry a page.

const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
let spoken = new Map();
let observer = null;

function say(text) {
  const found = spoken.get(text.trim());
  return found === undefined ? text : text.replace(text.trim(), found);
}

function sayIn(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const said = say(node.data);
    if (said !== node.data) node.data = said;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const name of ATTRIBUTES) {
    const value = node.getAttribute(name);
    if (value && say(value) !== value) node.setAttribute(name, say(value));
  }
  node.childNodes.forEach(sayIn);
}

// A choice on a page changes its address in place, so that "back" leads to the page before.
function oneEntryAPage() {
  if (window.tienDoHistory) return;
  window.tienDoHistory = true;
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, title, url) => {
    const isSamePage = new URL(url, location.href).pathname === location.pathname;
    if (isSamePage) window.history.replaceState(state, title, url);
    else push(state, title, url);
  };
}

export default function ({ data }) {
  oneEntryAPage();
  document.documentElement.lang = data.language;
  observer?.disconnect();
  const pairs = Object.entries(data.words);
  const isSource = data.language === "en";
  spoken = new Map(pairs.map(([english, vietnamese]) => isSource ? [vietnamese, english] : [english, vietnamese]));
  sayIn(document.body);
  const options = { subtree: true, childList: true, characterData: true };
  observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(sayIn);
      else sayIn(change.target);
    }
  });
  observer.observe(document.body, { ...options, attributes: true, attributeFilter: ATTRIBUTES });
}
