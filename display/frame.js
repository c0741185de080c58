// The document around the blocks: its language, and Streamlit's own English words in Vietnamese.

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

export default function ({ data }) {
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
