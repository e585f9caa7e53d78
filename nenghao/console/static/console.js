// What HTML cannot do alone: the menu on a phone, keys in lists, charts. Everything else is the server's.

import uPlot from "./vendor/uPlot.esm.js";

const LINES = {
  raw: { stroke: "#8a5a00", width: 1, dash: [4, 3] },
  validated: { stroke: "#0b5563", width: 1.6 },
  expected: { stroke: "#7a1f5c", width: 1.4, dash: [8, 4] },
  neighbour: { stroke: "#6b7885", width: 1 },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest(".menu-button");
  if (!button) return;
  const isOpen = button.closest(".menu").classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(isOpen));
});

// j and k walk the rows of a list that has data-keys, Enter opens, / goes to the search, ? shows the help.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .chart")) return;
  const list = document.querySelector("[data-keys]");
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); }
  } else if (event.key === "?") {
    const help = document.querySelector("details[data-help]");
    if (help) { help.open = !help.open; help.querySelector("summary").focus(); }
  } else if (list && (event.key === "j" || event.key === "k")) {
    const rows = [...list.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a"));
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.classList.contains("chosen"));
    const next = Math.min(rows.length - 1, Math.max(0, now + (event.key === "j" ? 1 : -1)));
    rows.forEach((row, index) => row.classList.toggle("chosen", index === next));
    rows[next].querySelector("a").focus();
  }
});

function shading(spans) {
  return {
    hooks: {
      drawClear: [(plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.beginPath();
        ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
        ctx.clip();
        for (const span of spans) {
          const left = plot.valToPos(span.from, "x", true);
          const right = Math.max(left + 2, plot.valToPos(span.to, "x", true));
          ctx.fillStyle = "#f6e3c2";
          ctx.fillRect(left, bbox.top, right - left, bbox.height);
          ctx.fillStyle = "#9a3b00";
          ctx.fillRect(left, bbox.top, 1, bbox.height);
          ctx.fillRect(right - 1, bbox.top, 1, bbox.height);
        }
        ctx.restore();
      }],
    },
  };
}

// Zoom by wheel around the pointer, by arrow keys along time, by + and -; 0 shows all again.
function moving(box, whole) {
  let plot = null;
  const show = (from, to) => {
    const least = 3600;
    if (to - from < least) { const middle = (from + to) / 2; from = middle - least / 2; to = middle + least / 2; }
    plot.setScale("x", { min: Math.max(whole[0], from), max: Math.min(whole[1], to) });
  };
  const zoom = (factor, centre) => {
    const { min, max } = plot.scales.x;
    const at = centre ?? (min + max) / 2;
    show(at - (at - min) * factor, at + (max - at) * factor);
  };
  const pan = (share) => {
    const { min, max } = plot.scales.x;
    const width = max - min;
    const from = Math.min(whole[1] - width, Math.max(whole[0], min + width * share));
    show(from, from + width);
  };
  return {
    hooks: {
      ready: [(ready) => {
        plot = ready;
        ready.over.addEventListener("wheel", (event) => {
          event.preventDefault();
          zoom(event.deltaY > 0 ? 1.25 : 0.8, ready.posToVal(event.offsetX, "x"));
        }, { passive: false });
        box.addEventListener("keydown", (event) => {
          const acts = {
            ArrowLeft: () => pan(-0.25), ArrowRight: () => pan(0.25), "+": () => zoom(0.6), "=": () => zoom(0.6),
            "-": () => zoom(1.6), 0: () => show(...whole),
          };
          if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
        });
      }],
    },
  };
}

const stamp = (seconds) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 16).replace("T", " ");

function tableOf(box, told) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = box.dataset.table;
  details.append(summary);
  details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector("table")) return;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const text of [box.dataset.time, ...told.series.map((one) => `${one.label} (${one.unit ?? told.unit})`)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    told.at.forEach((at, index) => {
      const row = body.insertRow();
      row.insertCell().textContent = stamp(at);
      for (const one of told.series) {
        const cell = row.insertCell();
        cell.className = "number";
        cell.textContent = one.values[index] ?? "—";
      }
    });
    const frame = document.createElement("div");
    frame.className = "chart-table";
    frame.tabIndex = 0;
    frame.append(table);
    details.append(frame);
  });
  return details;
}

function draw(box, told) {
  const whole = [told.at[0], told.at.at(-1)];
  const options = {
    width: box.clientWidth,
    height: Number(box.dataset.height),
    // Periods are days of Asia/Shanghai, wherever the reader sits.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Asia/Shanghai"),
    fmtDate: (template) => uPlot.fmtDate(template.replace(/\{h\}(:\{mm\})?\{aa\}/, "{HH}:{mm}")),
    cursor: { drag: { x: true, y: false } },
    scales: { x: { time: true } },
    axes: [{}, { label: told.unit, size: 70, values: (_, ticks) => ticks.map((tick) => tick.toLocaleString("en-US").replaceAll(",", "\u202f")) }],
    series: [
      { label: box.dataset.time, value: (_, seconds) => (seconds == null ? "—" : stamp(seconds)) },
      ...told.series.map((one) => ({
        label: `${one.label} (${one.unit ?? told.unit})`, spanGaps: false, points: { show: false }, ...LINES[one.kind],
        value: (_, value) => (value == null ? "—" : String(value)),
      })),
    ],
    plugins: [shading(told.shaded ?? []), moving(box, whole)],
  };
  box.replaceChildren();
  const plot = new uPlot(options, [told.at, ...told.series.map((one) => one.values)], box);
  const tools = document.createElement("div");
  tools.className = "chart-tools";
  const reset = document.createElement("button");
  reset.type = "button";
  reset.className = "quiet";
  reset.textContent = box.dataset.reset;
  reset.addEventListener("click", () => plot.setScale("x", { min: whole[0], max: whole[1] }));
  tools.append(reset);
  box.after(tools, tableOf(box, told));
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: options.height })).observe(box);
  box.setAttribute("aria-busy", "false");
  box.dataset.points = String(told.at.length);
}

function say(box, text, className) {
  const words = document.createElement("p");
  words.className = className;
  words.textContent = text;
  box.replaceChildren(words);
  box.setAttribute("aria-busy", "false");
}

async function fill(box) {
  box.dataset.mounted = "yes";
  try {
    const answer = await fetch(box.dataset.src, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (told.at.length) draw(box, told);
    else say(box, box.dataset.empty, "hint");
  } catch (error) {
    console.warn(`chart ${box.id}: ${error.message}`);
    say(box, box.dataset.failed, "wrong");
  }
}

// What scrolls sideways is a stop of the keyboard, and what does not is none.
function reach() {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  }
}
reach();
addEventListener("resize", reach);
document.addEventListener("htmx:load", reach);
document.addEventListener("toggle", reach, true);

// A module runs when the page is read.
const mount = (root) => root.querySelectorAll(".chart[data-src]:not([data-mounted])").forEach(fill);
mount(document);
document.addEventListener("htmx:load", (event) => mount(event.target));
