"use strict";

sonic.start((() => {
  const { data, grouped, sum, whole, month, number, percent, span } = sonic;
  const months = sonic.months();
  const HOUR = 3_600_000;
  const inPeriod = (rows, date) => rows.filter((row) => (sonic.state.period === "all" ? months.includes(`${row[date].slice(0, 7)}-01`) : row[date].slice(0, 7) === sonic.state.period.slice(0, 7)));
  const made = (row, value) => (value === null ? "" : row.kind === "share" ? percent(value, 2) : `${number(value, 2)} ${row.threshold_unit}`);

  const figures = () => {
    const last = sonic.lastMonth();
    const of = data("objectives").filter((row) => row.month_start_date === last);
    const uptime = of.find((row) => row.objective === "playback_uptime");
    const api = inPeriod(data("api"), "hour_date");
    const incidents = inPeriod(data("incidents"), "started_date");
    const tickets = inPeriod(data("tickets"), "month_start_date");
    const rate = (rows, part, all) => (sum(rows, all) ? sum(rows, part) / sum(rows, all) : 0);
    return [
      { name: "held", label: `Service levels held, ${month(last, true)}`, value: `${of.filter((row) => row.is_met).length} of ${of.length}`, note: "each against its promise", line: months.map((iso) => data("objectives").filter((row) => row.month_start_date === iso && row.is_met).length) },
      { name: "uptime", label: "Playback uptime", value: uptime ? percent(uptime.measured, 3) : "none", note: uptime ? `promised ${percent(uptime.target_value, 2)}` : "" },
      { name: "errors", label: "Requests that failed", value: percent(rate(api, "errors", "requests"), 2), note: `of ${number(sum(api, "requests"))}, ${span()}`, line: whole(data("api"), "hour_date").map((row) => row.errors / Math.max(row.requests, 1)) },
      { name: "incidents", label: "Incidents", value: number(incidents.length), note: `${number(incidents.filter((row) => row.severity <= 2).length)} of the two worst severities` },
      { name: "reply", label: "First reply of support", value: `${number(rate(tickets, "first_reply_ms", "replied") / HOUR, 1)} h`, note: "mean of the tickets opened" },
      { name: "resolution", label: "Resolution", value: `${number(rate(tickets, "resolution_ms", "timed") / HOUR, 1)} h`, note: "without waiting for the customer" },
    ];
  };

  const budgets = () => {
    const last = sonic.lastMonth();
    const rows = data("objectives").filter((row) => row.month_start_date === last && row.error_budget_left !== null).toSorted((a, b) => a.error_budget_left - b.error_budget_left);
    if (!rows.length) return null;
    const over = rows.filter((row) => row.error_budget_left < 0);
    // an overspent budget is drawn to twice its size and told in full
    const drawn = rows.map((row) => ({ name: row.title, value: Math.max(row.error_budget_left, -2), text: percent(row.error_budget_left, 0).replace("-", "−"), colour: charts.colour(row.error_budget_left < 0 ? "bad" : "good"),
      note: `${number(row.bad)} bad of ${number(row.samples)}; ${number(row.allowed, 1)} allowed` }));
    const side = { field: "name", type: "nominal", sort: null, axis: { title: null, labelColor: charts.colour("ink"), labelLimit: charts.narrow() ? 150 : 320, labelFontSize: 12.5, grid: false } };
    return {
      title: over.length ? `${over[0].title.toLowerCase().replace(/^./, (c) => c.toUpperCase())}: the budget for errors is spent ${number(1 - over[0].error_budget_left, 1)} times over` : `Every budget for errors lasted in ${month(last)}`,
      spec: {
        height: 30 * drawn.length + 10,
        data: { values: drawn },
        encoding: { y: side, x: { field: "value", type: "quantitative", axis: null, scale: { domain: [over.length ? -2.7 : 0, 1], nice: false } } },
        layer: [
          { mark: { type: "bar", cornerRadius: 2, height: { band: 0.7 } }, encoding: { color: { field: "colour", type: "nominal", scale: null }, tooltip: [{ field: "name", title: " " }, { field: "note", title: " " }] } },
          { transform: [{ filter: "datum.value >= 0" }], mark: { type: "text", align: "left", dx: 6 }, encoding: { text: { field: "text" } } },
          { transform: [{ filter: "datum.value < 0" }], mark: { type: "text", align: "right", dx: -6 }, encoding: { text: { field: "text" } } },
        ],
      },
      columns: [{ label: "Promise", text: (row) => row.title }, { label: "Samples", number: true, text: (row) => number(row.samples) }, { label: "Bad", number: true, text: (row) => number(row.bad) },
        { label: "Allowed", number: true, text: (row) => number(row.allowed, 1) }, { label: "Budget left", number: true, text: (row) => percent(row.error_budget_left, 0) }],
      rows,
    };
  };

  const promises = () => {
    const last = sonic.lastMonth();
    const rows = data("objectives").filter((row) => row.month_start_date === last).toSorted((a, b) => a.is_met - b.is_met || a.title.localeCompare(b.title));
    if (!rows.length) return null;
    const missed = rows.filter((row) => !row.is_met).length;
    const before = (row) => data("objectives").find((other) => other.objective === row.objective && other.month_start_date === sonic.before(last));
    return {
      title: missed ? `${missed} of ${rows.length} promises were missed in ${month(last)}` : `All ${rows.length} promises were kept in ${month(last)}`,
      node: sonic.scrolled(sonic.table("Service levels", [
        { label: "Promise", text: (row) => row.title }, { label: "Promised", number: true, text: (row) => made(row, row.target_value) }, { label: "Measured", number: true, text: (row) => made(row, row.measured) },
        { label: "Month before", number: true, text: (row) => { const then = before(row); return then ? made(then, then.measured) : ""; } },
        { label: "Samples", number: true, text: (row) => number(row.samples) }, { told: "Verdict", text: (row) => sonic.verdict(row.is_met ? "held" : "missed", row.is_met) },
      ], rows), "Service levels of the month"),
    };
  };

  const requests = () => {
    const rows = whole(inPeriod(data("api"), "hour_date"), "hour_date");
    if (rows.length < 2) return null;
    const rate = (row) => row.errors / Math.max(row.requests, 1);
    const late = (row) => 1 - row.requests_in_time / Math.max(row.requests, 1);
    const worst = rows.reduce((best, row) => (rate(row) > rate(best) ? row : best));
    return {
      title: sum(rows, "errors") ? `${percent(sum(rows, "errors") / sum(rows, "requests"), 2)} of requests failed, most on ${sonic.day(worst.hour_date)}: ${percent(rate(worst))}` : "No request failed",
      spec: charts.lines({
        rows: rows.map((row) => ({ day: row.hour_date, label: sonic.day(row.hour_date), failed: rate(row), failed_text: percent(rate(row), 2), late: late(row), late_text: percent(late(row), 2) })),
        series: [{ name: "late", label: "Late", colour: charts.series(2) }, { name: "failed", label: "Failed", colour: charts.series(4) }], format: "share", height: 380,
      }),
      columns: [{ label: "Day", text: (row) => row.hour_date }, { label: "Requests", number: true, text: (row) => number(row.requests) }, { label: "Failed", number: true, text: (row) => number(row.errors) },
        { label: "In time", number: true, text: (row) => number(row.requests_in_time) }],
      rows,
    };
  };

  const incidents = () => {
    const rows = inPeriod(data("incidents"), "started_date");
    if (!rows.length) return null;
    const minutes = (row) => Number(row.outage_minutes ?? 0);
    const worst = rows.filter((row) => row.severity <= 2);
    const longest = rows.reduce((best, row) => (minutes(row) > minutes(best) ? row : best));
    const colours = ["4", "2", "6", "5"];
    return {
      title: `${number(rows.length)} incidents, ${number(worst.length)} of them severe; the longest took ${sonic.plain(longest.service_name)} down for ${number(minutes(longest))} minutes`,
      spec: {
        height: 240,
        data: { values: rows.map((row) => ({ day: row.started_date, minutes: minutes(row), severity: `Severity ${row.severity}`, label: `${sonic.plain(row.service_name)} (${row.region}), ${sonic.day(row.started_date)}`, text: `${row.title}, ${number(minutes(row), 1)} minutes` })) },
        mark: { type: "point", filled: true, size: 110, opacity: 0.85 },
        encoding: {
          x: charts.days(),
          y: { field: "minutes", type: "quantitative", scale: { type: "sqrt" }, axis: charts.values("compact", { title: "Minutes down" }) },
          color: { field: "severity", type: "nominal", scale: { domain: [1, 2, 3, 4].map((n) => `Severity ${n}`), range: colours.map(charts.series) }, legend: { columns: charts.narrow() ? 2 : 4, symbolType: "circle" } },
          tooltip: [{ field: "label", title: " " }, { field: "severity", title: " " }, { field: "text", title: " " }],
        },
      },
      columns: [{ label: "Day", text: (row) => row.started_date }, { label: "Service", text: (row) => `${sonic.plain(row.service_name)}, ${row.region}` }, { label: "Severity", number: true, text: (row) => number(row.severity) },
        { label: "What", text: (row) => row.title }, { label: "Minutes", number: true, text: (row) => number(minutes(row), 1) }, { label: "Against uptime", text: (row) => (row.counts_against_uptime ? "yes" : "") }],
      rows,
    };
  };

  const support = () => {
    const rows = grouped(inPeriod(data("tickets"), "month_start_date"), ["category"], ["opened", "resolved", "replied", "first_reply_ms", "timed", "resolution_ms", "rated", "satisfaction"]).toSorted((a, b) => b.opened - a.opened);
    if (!rows.length) return null;
    const mean = (row, part, all, digits = 1) => (row[all] ? number(row[part] / row[all] / (part.endsWith("_ms") ? HOUR : 1), digits) : "");
    return {
      title: `${sonic.titled(rows[0].category)} is what people write about: ${percent(rows[0].opened / sum(rows, "opened"), 0)} of ${number(sum(rows, "opened"))} tickets`,
      node: sonic.scrolled(sonic.table("Support", [
        { label: "About", text: (row) => sonic.titled(row.category) }, { label: "Opened", number: true, text: (row) => number(row.opened) }, { label: "Reply, h", number: true, text: (row) => mean(row, "first_reply_ms", "replied") }, { label: "Solved, h", number: true, text: (row) => mean(row, "resolution_ms", "timed") },
        { label: "Stars", number: true, text: (row) => mean(row, "satisfaction", "rated") },
      ], rows), "Support tickets by what they are about"),
    };
  };

  return { figures, tiles: { budgets, promises, requests, incidents, support } };
})());
