// Shows a block of HTML made on the server, opens what a person clicks, and sorts tables.

const orders = new Map(); // table name -> {column, descending}, kept over reruns of the page

function compare(a, b) {
  const [x, y] = [a, b].map((row) => row.value);
  if (x === "" || y === "") return (x === "") - (y === "");
  const numbers = [Number(x), Number(y)];
  return numbers.some(Number.isNaN) ? x.localeCompare(y, "vi") : numbers[0] - numbers[1];
}

function sort(table, { column, descending }) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: row.cells[column].dataset.value ?? "" }));
  const known = rows.filter((row) => row.value !== "").sort(compare);
  if (descending) known.reverse();
  body.append(...[...known, ...rows.filter((row) => row.value === "")].map(({ row }) => row));
  for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
  const head = table.tHead.rows[0].cells[column];
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
}

function chooseOrder(button) {
  const table = button.closest("table");
  const head = button.closest("th");
  const isName = head.classList.contains("name");
  const before = head.getAttribute("aria-sort");
  const descending = before ? before === "ascending" : !isName;
  const order = { column: Number(button.dataset.sort), descending };
  orders.set(table.dataset.table, order);
  sort(table, order);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const block = parentElement.querySelector(".block");
  block.innerHTML = data.html;
  for (const table of block.querySelectorAll("table[data-table]")) {
    const order = orders.get(table.dataset.table);
    if (order) sort(table, order);
  }
  const current = block.querySelector(".scrolling .current");
  if (current) {
    const frame = current.closest(".scrolling");
    frame.scrollTop = current.offsetTop - frame.clientHeight / 2;
  }
  block.onclick = (event) => {
    const button = event.target.closest("button[data-sort]");
    if (button) return chooseOrder(button);
    const opened = event.target.closest("[data-open]");
    const isForBrowser = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!opened || isForBrowser || getSelection().toString()) return undefined;
    event.preventDefault();
    const link = opened.matches("a") ? opened : opened.querySelector("a[data-open]");
    return setTriggerValue("opened", link.getAttribute("href"));
  };
}
