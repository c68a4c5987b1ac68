// Draws what a function describes, and changes only what is different: focus, selection and what somebody types stay.
// Text goes into text nodes and attributes, never into markup.

const SVG = "http://www.w3.org/2000/svg";

/** Describes an element: h("p", { class: "note" }, "text", child). False, null and undefined children are nothing. */
export function h(tag, props, ...children) {
  const kept = [];
  flatten(children, kept);
  return { tag, props: props ?? {}, children: kept, key: props?.key };
}

function flatten(children, kept) {
  for (const child of children) {
    if (Array.isArray(child)) flatten(child, kept);
    else if (child === false || child === null || child === undefined || child === true) continue;
    else kept.push(typeof child === "object" ? child : String(child));
  }
}

/** Makes a container look like what is described. */
export function draw(container, description) {
  const list = [];
  flatten([description], list);
  patchChildren(container, list, false);
}

function patchChildren(parent, wanted, svg) {
  const keyed = new Map();
  for (const node of parent.childNodes) {
    if (node.rsvpKey !== undefined) keyed.set(node.rsvpKey, node);
  }

  let at = parent.firstChild;
  for (const child of wanted) {
    const key = child.key;
    let node = key !== undefined ? keyed.get(key) : at;
    if (key !== undefined) keyed.delete(key);
    if (node && key === undefined && node.rsvpKey !== undefined) node = null;
    if (node && fits(node, child)) {
      if (node !== at) parent.insertBefore(node, at);
      else at = at.nextSibling;
      patch(node, child, svg);
    } else {
      parent.insertBefore(create(child, svg), at);
    }
  }

  while (at) {
    const next = at.nextSibling;
    remove(at);
    at = next;
  }
}

// A dialog gives the focus back when it is closed, not when it is gone.
function remove(node) {
  if (node.localName === "dialog" && node.open) {
    node.rsvpHandlers = {};
    node.close();
  }
  node.remove();
}

function fits(node, child) {
  return typeof child === "string" ? node.nodeType === Node.TEXT_NODE : node.nodeType === Node.ELEMENT_NODE && node.localName === child.tag;
}

function create(child, svg) {
  if (typeof child === "string") return document.createTextNode(child);

  const inSvg = svg || child.tag === "svg";
  const node = inSvg ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
  if (child.key !== undefined) node.rsvpKey = child.key;
  node.rsvpProps = {};
  patch(node, child, inSvg);
  child.props.onMount?.(node);
  return node;
}

function patch(node, child, svg) {
  if (typeof child === "string") {
    if (node.data !== child) node.data = child;
    return;
  }

  const inSvg = svg || child.tag === "svg";
  const before = node.rsvpProps ?? {};
  patchChildren(node, child.children, inSvg);
  for (const name of Object.keys(before)) {
    if (!(name in child.props)) setProp(node, name, undefined, before[name]);
  }

  for (const [name, value] of Object.entries(child.props)) {
    if (value !== before[name]) setProp(node, name, value, before[name]);
  }

  node.rsvpProps = child.props;
}

function setProp(node, name, value, before) {
  if (name === "key" || name === "onMount") return;

  if (name.startsWith("on")) {
    node.rsvpHandlers ??= {};
    const type = name.slice(2).toLowerCase();
    if (!(type in node.rsvpHandlers)) node.addEventListener(type, event => node.rsvpHandlers[type]?.(event));
    node.rsvpHandlers[type] = value;
  } else if (name === "vars") {
    // Set one by one: a style attribute would be refused by the page's policy.
    for (const property of Object.keys(before ?? {})) if (!(property in (value ?? {}))) node.style.removeProperty(property);
    for (const [property, text] of Object.entries(value ?? {})) node.style.setProperty(property, text);
  } else if (name === "disabled" && node.localName === "button") {
    // Really disabled it would lose the focus, and a dialog that it opened could not give it back.
    if (value) node.setAttribute("aria-disabled", "true");
    else node.removeAttribute("aria-disabled");
  } else if (name === "value" || name === "checked" || name === "disabled" || name === "open" || name === "indeterminate") {
    node[name] = value ?? (name === "value" ? "" : false);
  } else if (value === undefined || value === null || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

// A button that says that it is disabled does nothing, and sends no form either.
document.addEventListener("click", event => {
  if (!event.target.closest("button[aria-disabled=true]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

const unsaid = { polite: [], assertive: [] };

/** Says something to those who listen to the page. */
export function announce(text, { urgent = false } = {}) {
  const name = urgent ? "assertive" : "polite";
  const texts = unsaid[name];
  if (!texts.includes(text)) texts.push(text);
  if (texts.length > 1) return;

  // The same words again are only heard when the region was empty in between; what comes meanwhile is said with them.
  const region = document.getElementById(name);
  region.textContent = "";
  setTimeout(() => { region.textContent = texts.splice(0).join(" "); }, 50);
}
