// Measures the page that stands in the element `given`, and writes what it found into `found`.
const { page, width } = JSON.parse(document.getElementById("given").textContent);
const frame = document.createElement("iframe");
frame.style.cssText = `width: ${width}px; height: 1000px; border: 0`;
const refused = [];

const luminance = ([red, green, blue]) => {
  const part = (value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
};
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const seeThrough = (colour) => channels(colour).length === 4 && channels(colour)[3] === 0;

const measure = () => {
  const inner = frame.contentDocument;
  const style = (element) => frame.contentWindow.getComputedStyle(element);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (!seeThrough(style(at).backgroundColor)) return style(at).backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const all = [...inner.querySelectorAll("*")];
  const elements = {};
  for (const element of all) {
    const name = element.localName;
    elements[name] = (elements[name] || 0) + 1;
  }
  let closed = 0;
  for (const details of inner.querySelectorAll("details")) {
    details.querySelector("summary").click();
    if (!details.open) closed += 1;
  }
  const pale = [];
  for (const element of inner.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own) continue;
    const [light, dark] = [style(element).color, ground(element)]
      .map((colour) => luminance(channels(colour)))
      .sort((one, other) => other - one);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) pale.push(`${element.localName} ${contrast.toFixed(2)}: ${element.textContent.slice(0, 40)}`);
  }
  const unnamed = [...inner.querySelectorAll("a, summary, [tabindex='0']")]
    .filter((element) => {
      const by = element.getAttribute("aria-labelledby");
      const label = by ? inner.getElementById(by)?.textContent : element.getAttribute("aria-label");
      return !(label || (element.getAttribute("tabindex") ? "" : element.textContent)).trim();
    })
    .map((element) => element.outerHTML.slice(0, 80));
  return {
    title: inner.title,
    elements,
    text: inner.body.innerText,
    overflow: inner.documentElement.scrollWidth - inner.documentElement.clientWidth,
    refused,
    pale,
    unnamed,
    closed,
    grounds: style(inner.body).backgroundColor,
  };
};

frame.addEventListener("load", () => {
  // Images that fail and the like come a little later.
  setTimeout(() => {
    const found = document.createElement("pre");
    found.id = "found";
    found.textContent = JSON.stringify(measure());
    document.body.replaceChildren(found);
  }, 500);
});
frame.srcdoc = page.replace(
  "<head>",
  "<head><script>document.addEventListener('securitypolicyviolation', (event) => parent.refused.push(event.violatedDirective))<\/script>",
);
window.refused = refused;
document.body.append(frame);
