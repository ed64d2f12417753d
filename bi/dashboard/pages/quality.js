"use strict";

sonic.start((() => {
  const { data, grouped, sum, number, percent, money } = sonic;
  const loaded = () => sum(data("loaded_tables"), "loaded");
  const rejected = () => sum(data("quarantine"), "rejected");
  const copies = () => sum(data("quarantine").filter((row) => row.rule === "duplicate"), "rejected");
  const lastBuild = () => data("builds").at(-1);
  const RULES = { duplicate: "Copy of a row that came before", started_after_arrival: "Happened after it arrived", unknown_code: "Unknown code", out_of_range: "Outside its range", contradiction: "Contradicts itself" };
  const rule = (code) => RULES[code] ?? sonic.titled(code);

  const figures = () => {
    const days = data("loads").filter((row) => row.kind === "day");
    const last = data("loads").at(-1);
    const build = lastBuild();
    const behind = Math.round((Date.parse(last.arrival_date) - Date.parse(build.data_date)) / 86_400_000);
    return [
      { name: "loaded", label: "Raw rows loaded", value: number(loaded()), note: `${number(sum(data("loads"), "files"))} files, ${number(data("loaded_tables").length)} tables`, line: days.map((row) => row.loaded) },
      { name: "rejected", label: "Kept out", value: number(rejected()), note: `${percent(rejected() / loaded(), 2)} of rows; ${number(copies())} are copies` },
      { name: "fresh", label: "Loaded, not yet built", value: behind === 0 ? "nothing" : `${number(behind)} days`, note: `last arrival day ${sonic.day(last.arrival_date)}` },
      { name: "tests", label: "Last build", value: build.status, note: `${number(build.nodes ?? 0)} models and tests, ${number(build.failures ?? 0)} failed` },
      { name: "tables", label: "Tables with rejected rows", value: number(new Set(data("quarantine").map((row) => row.table_name)).size), note: `of ${number(data("loaded_tables").length)}` },
    ];
  };

  const arrivals = () => {
    const rows = data("loads").filter((row) => row.kind === "day");
    if (rows.length < 2) return null;
    const mean = sum(rows, "loaded") / rows.length;
    const missing = rows.slice(1).filter((row, i) => Date.parse(row.arrival_date) - Date.parse(rows[i].arrival_date) > 86_400_000).length;
    return {
      title: `${number(mean)} rows arrive a day; ${missing ? `${number(missing)} gaps between` : "no day is missing among"} ${number(rows.length)} days`,
      spec: {
        height: 230,
        data: { values: rows.map((row) => ({ day: row.arrival_date, label: sonic.day(row.arrival_date), value: row.loaded, text: `${number(row.loaded)} rows in ${number(row.files)} files` })) },
        mark: { type: "bar", width: { band: 0.85 }, color: charts.series(1) },
        encoding: { x: charts.days(), y: { field: "value", type: "quantitative", axis: charts.values("compact") }, tooltip: [{ field: "label", title: "Arrival day" }, { field: "text", title: " " }] },
      },
      columns: [{ label: "Arrival day", text: (row) => row.arrival_date }, { label: "Rows", number: true, text: (row) => number(row.loaded) }, { label: "Files", number: true, text: (row) => number(row.files) }],
      rows,
    };
  };

  const rules = () => {
    const rows = grouped(data("quarantine"), ["rule", "reason"], ["rejected"]).toSorted((a, b) => b.rejected - a.rejected);
    if (!rows.length) return null;
    return {
      title: `${percent(rows[0].rejected / rejected(), 0)} of rejected rows: ${rule(rows[0].rule).toLowerCase()}`,
      spec: charts.ranking({ rows: rows.slice(0, 12).map((row) => ({ name: rule(row.rule), value: row.rejected, text: number(row.rejected), note: row.reason })), limit: 200, fill: charts.series(2) }),
      columns: [{ label: "Rule", text: (row) => rule(row.rule) }, { label: "In words", text: (row) => row.reason }, { label: "Rows", number: true, text: (row) => number(row.rejected) }],
      rows,
    };
  };

  const tables = () => {
    const kept = Object.fromEntries(data("loaded_tables").map((row) => [row.table_name, row]));
    const rows = grouped(data("quarantine"), ["table_name"], ["rejected"]).filter((row) => row.table_name in kept)
      .map((row) => ({ ...row, loaded: kept[row.table_name].loaded, last: kept[row.table_name].last_arrival_date, share: row.rejected / kept[row.table_name].loaded })).toSorted((a, b) => b.rejected - a.rejected);
    if (!rows.length) return null;
    return {
      title: `${sonic.titled(rows[0].table_name)} loses most: ${number(rows[0].rejected)} of ${number(rows[0].loaded)} rows, ${percent(rows[0].share, 2)}`,
      node: sonic.scrolled(sonic.table("Tables with rejected rows", [
        { label: "Raw table", text: (row) => sonic.element("code", {}, row.table_name) }, { label: "Loaded", number: true, text: (row) => number(row.loaded) },
        { label: "Kept out", number: true, text: (row) => number(row.rejected) }, { label: "Share", number: true, text: (row) => percent(row.share, 2) }, { label: "Last arrival", text: (row) => sonic.day(row.last) },
      ], rows), "Tables with rejected rows"),
    };
  };

  const builds = () => {
    const rows = data("builds").toReversed();
    const good = rows.filter((row) => row.status === "good").length;
    return {
      title: good === rows.length ? `All ${rows.length === 1 ? "tests of the one build" : `${rows.length} builds`} passed` : `${good} of ${rows.length} builds are good`,
      node: sonic.scrolled(sonic.table("Builds", [
        { label: "Build", number: true, text: (row) => number(row.build_id) }, { label: "Data clock", text: (row) => sonic.day(row.data_date) },
        { label: "Failed", number: true, text: (row) => number(row.failures ?? 0) }, { told: "Verdict", text: (row) => sonic.verdict(row.status, row.status === "good") },
      ], rows), "Builds, the last first"),
    };
  };

  const LAYERS = [["raw", "Raw tables"], ["staging", "Staging"], ["intermediate", "Intermediate"], ["marts", "Marts"]];

  const lineage = () => {
    const all = data("lineage");
    const metrics = data("metrics");
    if (!metrics.length) return null;
    const select = sonic.element("select", { id: "lineage-number", autocomplete: "off" }, ...metrics.map((metric, i) => sonic.element("option", { value: i }, metric.label)));
    const kept = Object.fromEntries(data("loaded_tables").map((row) => [row.table_name, row.loaded]));
    const out = Object.fromEntries(grouped(data("quarantine"), ["table_name"], ["rejected"]).map((row) => [row.table_name, row.rejected]));
    const fileOf = (table) => (table in kept ? table : table.replace(/_changes$/, ""));
    const columns = sonic.element("div", { class: "lineage" });
    const told = sonic.element("p", { class: "about", role: "status" });
    const show = () => {
      const metric = metrics[select.value];
      const rows = all.filter((row) => row.mart === metric.mart);
      const raw = rows.filter((row) => row.layer === "raw");
      // changes and latest state of a table come from the same files
      const files = [...new Set(raw.map((row) => fileOf(row.model)))];
      const loadedRows = files.reduce((total, name) => total + (kept[name] ?? 0), 0);
      const rejectedRows = files.reduce((total, name) => total + (out[name] ?? 0) + (out[`${name}_changes`] ?? 0), 0);
      told.textContent = `${metric.description} ${metric.mart} rests on ${number(loadedRows)} loaded rows of ${number(raw.length)} raw tables, ${number(rejectedRows)} of which were kept out, through ${number(rows.length - raw.length)} models.`;
      columns.replaceChildren(...LAYERS.map(([layer, name]) => {
        const of = rows.filter((row) => row.layer === layer);
        return sonic.element("div", { tabindex: "0", role: "region", "aria-label": `${name} behind ${metric.mart}` }, sonic.element("h3", {}, `${name} (${of.length})`), sonic.element("ul", {}, ...of.map((row) => sonic.element("li", {}, sonic.element("code", {}, row.model),
          layer === "raw" ? ` ${number(kept[fileOf(row.model)] ?? 0)}${out[row.model] ? `, ${number(out[row.model])} out` : ""}` : ""))));
      }));
    };
    select.onchange = show;
    show();
    return {
      title: `${number(new Set(all.map((row) => row.model)).size)} tables and models stand behind ${number(metrics.length)} metrics`,
      node: sonic.element("div", {}, sonic.element("label", { class: "pick" }, "Metric ", select), told, columns),
    };
  };

  const trace = () => {
    const rows = data("trace");
    if (!rows.length) return null;
    return {
      title: `The last ${number(rows.length)} payments, each with the file that brought it`,
      node: sonic.scrolled(sonic.table("Payments and their files", [
        { label: "Payment", number: true, text: (row) => String(row.transaction_id) }, { label: "For", text: (row) => sonic.plain(row.purpose) }, { label: "Amount", number: true, text: (row) => money(row.amount_minor, row.currency_code) },
        { label: "Arrived", text: (row) => sonic.day(row.arrival_date) }, { label: "File of the lake", text: (row) => sonic.element("code", {}, row.path) }, { label: "SHA-256", text: (row) => sonic.element("code", {}, row.sha256.slice(0, 12)) },
      ], rows), "Payments and their files"),
    };
  };

  return { figures, tiles: { arrivals, rules, tables, builds, lineage, trace } };
})());
