// What all pages share: their data, filters, formats, and how figures and tiles get onto the page.
"use strict";

const sonic = (() => {
  const sets = {};
  const decoded = {};
  const state = { country: "all", tier: "all", period: "all" };
  const TIERS = { free: "Free", prime: "Prime", pro: "Pro" };

  /** Called by the files in data/: names of the columns, and rows as lists. */
  const keep = (name, columns, rows) => { sets[name] = { columns, rows }; };

  /** Rows of a data set as objects. */
  const data = (name) => {
    decoded[name] ??= sets[name].rows.map((row) => Object.fromEntries(row.map((v, i) => [sets[name].columns[i], v])));
    return decoded[name];
  };

  // --- numbers, dates, money: each is written in one place ------------------------------------------------------------

  const LOCALE = "en-GB";
  const number = (value, digits = 0) =>
    value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (share, digits = 1) => `${number(100 * share, digits)}\u00a0%`;
  const hours = (ms) => number(ms / 3_600_000);
  const signed = (text, value) => (value > 0 ? `+${text}` : value < 0 ? `−${text.replace(/^[-−]/, "")}` : text);
  const compact = (value) => value.toLocaleString(LOCALE, { notation: "compact", maximumFractionDigits: 1 });

  const currency = (code) => data("currencies").find((row) => row.currency_code === code);
  const reporting = () => data("currencies").find((row) => row.is_reporting_currency).currency_code;

  /** An amount in minor units, with as many decimals as its currency has; `whole` leaves them out. */
  const money = (minor, code = reporting(), { whole = false } = {}) => {
    const digits = currency(code).minor_units;
    const shown = whole ? 0 : digits;
    return (minor / 10 ** digits).toLocaleString(LOCALE, {
      style: "currency", currency: code, currencyDisplay: "narrowSymbol",
      minimumFractionDigits: shown, maximumFractionDigits: shown,
    });
  };

  /** What one of many costs, in major units: three digits that tell, however small. */
  const price = (amount, code = reporting()) => amount.toLocaleString(LOCALE, {
    style: "currency", currency: code, currencyDisplay: "narrowSymbol", maximumSignificantDigits: 3,
  });

  /** An amount in micro-units: rounded once, half away from zero, to the currency's minor unit. */
  const micro = (amount, code = reporting(), options = {}) => {
    const minor = Math.sign(amount) * Math.round(Math.abs(amount) / currency(code).micro_per_minor);
    return money(minor, code, options);
  };

  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const day = (iso) => `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1].slice(0, 3)} ${iso.slice(0, 4)}`;
  const month = (iso, short = false) => {
    const name = MONTHS[Number(iso.slice(5, 7)) - 1];
    return `${short ? name.slice(0, 3) : name} ${iso.slice(0, 4)}`;
  };
  const plain = (code) => code.replaceAll("_", " ");
  const title = (code) => { const text = plain(code); return text[0].toUpperCase() + text.slice(1); };
  const tier = (code) => TIERS[code] ?? title(code);

  // --- narrowing and adding up ---------------------------------------------------------------------------------------------

  const months = () => data("months").map((row) => row.month_start_date);
  const clock = () => data("clock")[0];

  /** The chosen month; else the last one. */
  const lastMonth = () => (state.period === "all" ? months().at(-1) : state.period);
  const before = (iso) => months()[months().indexOf(iso) - 1] ?? null;
  const isClosed = (iso) => data("months").find((row) => row.month_start_date === iso)?.is_closed ?? false;

  const fits = (row, name) => state[name] === "all" || !(name in row) || row[name] === state[name];

  /** Rows that can be added up, of the chosen country and tier; and of the chosen month, where `date` names its column. */
  const narrowed = (rows, date = null) => rows.filter((row) => fits(row, "country") && fits(row, "tier")
    && (date === null || state.period === "all" || row[date].slice(0, 7) === state.period.slice(0, 7)));

  /** Rows that cannot be added up: just the cell of the chosen country and tier. */
  const cell = (rows, date = null) => rows.filter((row) => row.country === state.country
    && (!("tier" in row) || row.tier === state.tier)
    && (date === null || state.period === "all" || row[date].slice(0, 7) === state.period.slice(0, 7)));

  const sum = (rows, column) => rows.reduce((total, row) => total + (row[column] ?? 0), 0);

  /** One row for each combination of `keys`, in order of appearance, with sums of `columns`. */
  const grouped = (rows, keys, columns) => {
    const found = new Map();
    for (const row of rows) {
      const key = keys.map((name) => row[name]).join("\u0000");
      let into = found.get(key);
      if (!into) {
        into = Object.fromEntries([...keys.map((name) => [name, row[name]]), ...columns.map((name) => [name, 0])]);
        found.set(key, into);
      }
      for (const name of columns) into[name] += row[name] ?? 0;
    }
    return [...found.values()];
  };

  const whole = (rows, date) => rows.filter((row) => row[date] >= clock().first_day && row[date] <= clock().data_date);

  const countryName = (code) => data("countries").find((row) => row.country_code === code)?.country ?? title(code);

  /** What the choice is, in words, for a title: " in Brazil, Pro". */
  const where = ({ country = true, plan = true } = {}) => {
    const parts = [];
    if (country && state.country !== "all") parts.push(` in ${countryName(state.country)}`);
    if (plan && state.tier !== "all") parts.push(` on ${tier(state.tier)}`);
    return parts.join("");
  };
  const span = () => {
    const all = months();
    if (state.period !== "all") return month(state.period);
    const [first, last] = [all[0], all.at(-1)];
    if (first === last) return month(first);
    const sameYear = first.slice(0, 4) === last.slice(0, 4);
    return `${sameYear ? month(first, true).slice(0, 3) : month(first, true)} to ${month(last, true)}`;
  };

  // --- onto the page -------------------------------------------------------------------------------------------------------------

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };

  /** A table; a column is {label, text(row), number}, with `told` for a reader who hears it instead of a label to see. */
  const table = (caption, columns, rows) => {
    const side = (column) => (column.number ? "number" : undefined);
    return element("table", {},
      element("caption", { class: "unseen" }, caption),
      element("thead", {}, element("tr", {}, ...columns.map((column) =>
        element("th", { scope: "col", class: side(column) }, column.label ?? element("span", { class: "unseen" }, column.told))))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...columns.map((column) => {
        const text = column.text(row);
        return element("td", { class: side(column) }, text ?? "");
      })))));
  };

  const scrolled = (made, label) =>
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, made);

  const verdict = (text, good) =>
    element("span", { class: `verdict ${good ? "good" : "bad"}` }, `${good ? "✓" : "✗"} ${text}`);

  const SVG = "http://www.w3.org/2000/svg";
  const sparkline = (values) => {
    const drawn = document.createElementNS(SVG, "svg");
    drawn.setAttribute("viewBox", "0 0 100 26");
    drawn.setAttribute("preserveAspectRatio", "none");
    drawn.setAttribute("aria-hidden", "true");
    const most = Math.max(...values), least = Math.min(...values, most * 0.6);
    const at = values.map((value, i) => [
      (100 * i) / Math.max(values.length - 1, 1),
      24 - (22 * (value - least)) / Math.max(most - least, Number.EPSILON),
    ]);
    const line = at.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join(" L");
    for (const [kind, path] of [["area", `M0 26 L${line} L100 26 Z`], ["", `M${line}`]]) {
      const shape = document.createElementNS(SVG, "path");
      shape.setAttribute("d", path);
      if (kind) shape.setAttribute("class", kind);
      drawn.append(shape);
    }
    return drawn;
  };

  /** A change against an earlier value, in percent (or points, of shares): text and whether it is for the better. */
  const change = (now, then, { points = false, better = 1 } = {}) => {
    if (then === null || then === undefined || now === null || now === undefined || (!points && then === 0)) return null;
    const by = points ? 100 * (now - then) : (now - then) / Math.abs(then);
    const text = points ? signed(`${number(Math.abs(by), 1)} pt`, by) : signed(percent(Math.abs(by)), by);
    return { text, good: better === 0 ? null : by * better >= 0 };
  };

  const figure = ({ name, label, value, note = "", change: changed = null, line = null }) => {
    const noted = element("dd", { class: "note" });
    if (changed) {
      const kind = changed.good === null ? "" : changed.good ? " good" : " bad";
      noted.append(element("span", { class: `change${kind}` }, changed.text), " ");
    }
    noted.append(note);
    return element("div", {}, element("dt", {}, label),
      element("dd", { class: "value", id: `figure-${name}` }, value), noted,
      line && line.length > 1 ? element("dd", {}, sparkline(line)) : null);
  };

  let page = null;
  let drawing = 0;

  const draw = async () => {
    const turn = ++drawing;
    document.documentElement.dataset.ready = "no";
    document.getElementById("figures").replaceChildren(...page.figures().map(figure));
    const jobs = Object.entries(page.tiles).map(([name, make]) => drawTile(name, make));
    await Promise.all(jobs);
    if (turn === drawing) document.documentElement.dataset.ready = "yes";
  };

  const LEFT_OUT = { country: "all countries", tier: "all tiers", period: "whole period" };

  const drawTile = async (name, make) => {
    const tile = document.getElementById(name);
    const about = data("tiles").find((row) => row.tile === name);
    const [heading, text, chart] = ["h2", ".about", ".chart"].map((selector) => tile.querySelector(selector));
    const details = tile.querySelector("details");
    const made = make();
    const chips = Object.keys(LEFT_OUT)
      .filter((filter) => state[filter] !== "all" && !about.follows.includes(filter))
      .map((filter) => element("span", { class: "chip" }, LEFT_OUT[filter]));
    text.replaceChildren(about.about, ...chips);
    if (made === null) {
      heading.textContent = `Nothing to show${where()}`;
      chart.replaceChildren(element("p", { class: "none" }, "No rows for this choice. Show all, or choose another."));
      details?.setAttribute("hidden", "");
      return;
    }
    heading.textContent = made.title;
    if (made.node) { chart.replaceChildren(made.node); return; }
    chart.setAttribute("aria-label", `${about.chart}: ${made.title}. ${about.about}`);
    details.removeAttribute("hidden");
    const opened = () => details.replaceChildren(details.firstElementChild,
      scrolled(table(made.title, made.columns, made.rows), `Table: ${made.title}`));
    details.ontoggle = () => { if (details.open) opened(); };
    if (details.open) opened();
    await charts.embed(chart, made.spec);
  };

  // --- filters: kept in the address, so that a choice can be sent to someone and goes along from page to page ---------------

  const options = {
    country: () => [["all", "All countries"], ...data("countries").map((row) => [row.country_code, row.country])],
    tier: () => [["all", "All tiers"], ...Object.entries(TIERS)],
    period: () => [["all", "Whole period"], ...data("months").map((row) =>
      [row.month_start_date, month(row.month_start_date) + (row.is_closed ? "" : " (open)")]).reverse()],
  };

  // choices of filters that this page has not: they wait in the address for one that has them
  const carried = {};

  const fromAddress = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(state)) {
      const wanted = asked.get(name) ?? "all";
      const chosen = options[name]().some(([value]) => value === wanted) ? wanted : "all";
      const offered = document.querySelector(`#filters [name=${name}]`) !== null;
      state[name] = offered ? chosen : "all";
      carried[name] = offered ? "all" : chosen;
    }
  };

  const toAddress = () => {
    const chosen = [...Object.entries(state), ...Object.entries(carried)].filter(([, value]) => value !== "all");
    const hash = chosen.length ? `#${new URLSearchParams(chosen)}` : "";
    history.replaceState(null, "", hash || location.href.split("#")[0]);
    for (const link of document.querySelectorAll(".side a")) link.href = link.getAttribute("href").split("#")[0] + hash;
  };

  const start = (definition) => {
    page = definition;
    const form = document.getElementById("filters");
    const clear = form.querySelector("button");
    fromAddress();
    for (const select of form.querySelectorAll("select")) {
      select.replaceChildren(...options[select.name]().map(([value, text]) => element("option", { value }, text)));
      select.value = state[select.name];
      select.onchange = () => { state[select.name] = select.value; changed(); };
    }
    const changed = () => {
      toAddress();
      const chosen = [...form.querySelectorAll("select")].filter((select) => select.value !== "all");
      clear.hidden = chosen.length === 0;
      const told = [...form.querySelectorAll("select")].map((select) => select.selectedOptions[0].text);
      document.getElementById("told").textContent = told.length ? `Shown: ${told.join(", ")}` : "";
      draw();
    };
    form.onreset = (event) => {
      event.preventDefault();
      for (const select of form.querySelectorAll("select")) { select.value = "all"; state[select.name] = "all"; }
      changed();
    };
    // not by scrollIntoView, after which the keyboard would begin there
    const here = document.querySelector(".side [aria-current]");
    here.closest("nav").scrollLeft = here.offsetLeft - (innerWidth - here.offsetWidth) / 2;
    const button = document.getElementById("theme");
    const root = document.documentElement;
    const named = () => { button.textContent = root.dataset.theme === "dark" ? "Light theme" : "Dark theme"; };
    button.onclick = () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("sonic-theme", root.dataset.theme); } catch { /* kept as long as the page is open */ }
      named();
      draw();
    };
    named();
    addEventListener("hashchange", () => {
      fromAddress();
      for (const select of form.querySelectorAll("select")) select.value = state[select.name];
      changed();
    });
    changed();
  };

  return { keep, data, state, start, number, percent, hours, signed, compact, money, micro, price, reporting, day, month, plain,
    titled: title, tier, TIERS, months, clock, lastMonth, before, isClosed, narrowed, cell, sum, grouped, whole,
    countryName, where, span, element, table, scrolled, verdict, change };
})();
