"use strict";

sonic.start((() => {
  const { data, narrowed, grouped, sum, whole, month, number, percent, tier, where, span } = sonic;
  const months = sonic.months();
  const HOUR = 3_600_000;
  const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const LONG = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];
  const TIERS = Object.keys(sonic.TIERS);

  const figures = () => {
    const rows = narrowed(data("plays"), "local_date");
    const all = whole(narrowed(data("plays")), "local_date");
    const by = (column) => grouped(all, ["local_date"], [column]).map((row) => row[column]);
    const plays = sum(rows, "plays");
    const share = (column) => percent(sum(rows, column) / Math.max(plays, 1));
    const monthly = (column) => months.map((iso) => {
      const of = all.filter((row) => row.local_date.slice(0, 7) === iso.slice(0, 7));
      return sum(of, column) / Math.max(sum(of, "plays"), 1);
    });
    return [
      { name: "plays", label: "Plays", value: number(plays), note: span(), line: by("plays") },
      { name: "streams", label: "Qualified streams", value: number(sum(rows, "qualified_streams")), note: `${share("qualified_streams")} of plays`, line: by("qualified_streams") },
      { name: "hours", label: "Hours listened", value: sonic.hours(sum(rows, "active_ms")), note: span(), line: by("active_ms") },
      { name: "minutes", label: "Minutes a play", value: number(sum(rows, "active_ms") / 60000 / Math.max(plays, 1), 2), note: span() },
      { name: "skips", label: "Skipped before the end", value: share("skips"), note: `${share("skips_under_5s")} under 5 s`, line: monthly("skips") },
      { name: "artificial", label: "Artificial plays", value: share("artificial_plays"), note: `${number(sum(rows, "artificial_plays"))} plays, in no chart and no pool` },
    ];
  };

  const daily = () => {
    const rows = whole(narrowed(data("plays"), "local_date"), "local_date");
    const days = grouped(rows, ["local_date"], ["active_ms"]);
    if (days.length < 2) return null;
    const most = days.reduce((best, row) => (row.active_ms > best.active_ms ? row : best));
    const tiers = TIERS.filter((code) => rows.some((row) => row.tier === code));
    return {
      title: `${number(sum(days, "active_ms") / HOUR / days.length, 1)} hours a day${where()}; most on ${sonic.day(most.local_date)}, ${number(most.active_ms / HOUR, 1)}`,
      spec: {
        height: 280,
        data: { values: grouped(rows, ["local_date", "tier"], ["active_ms"]).map((row) => ({ day: row.local_date, name: tier(row.tier), value: row.active_ms / HOUR, text: `${number(row.active_ms / HOUR, 1)} hours`, label: sonic.day(row.local_date), order: TIERS.indexOf(row.tier) })) },
        mark: { type: "bar", width: { band: 0.85 } },
        encoding: {
          x: charts.days(),
          y: { field: "value", type: "quantitative", stack: "zero", axis: charts.values("compact") },
          color: { field: "name", type: "nominal", scale: { domain: tiers.map(tier), range: tiers.map(charts.tierColour) }, legend: tiers.length > 1 ? {} : null },
          order: { field: "order", type: "quantitative" },
          tooltip: [{ field: "label", title: "Day" }, { field: "name", title: "Tier" }, { field: "text", title: "Listened" }],
        },
      },
      columns: [{ label: "Day", text: (row) => row.local_date }, { label: "Hours", number: true, text: (row) => number(row.active_ms / HOUR, 1) }],
      rows: days,
    };
  };

  const clock = () => {
    const rows = grouped(narrowed(data("play_hours"), "month_start_date"), ["iso_day_of_week", "hour_of_day"], ["plays"]);
    if (!rows.length) return null;
    const most = rows.reduce((best, row) => (row.plays > best.plays ? row : best));
    const hour = (n) => `${String(n).padStart(2, "0")}:00`;
    return {
      title: `Listening peaks on ${LONG[most.iso_day_of_week - 1]} at ${hour(most.hour_of_day)}${where()}`,
      spec: charts.heat({
        rows: rows.map((row) => ({ x: row.hour_of_day, y: DAYS[row.iso_day_of_week - 1], value: row.plays, text: `${number(row.plays)} plays`, note: `${DAYS[row.iso_day_of_week - 1]}, ${hour(row.hour_of_day)}` })),
        xs: [...Array(24).keys()], ys: DAYS, height: 250, xTitle: "Hour where it was played",
      }),
      columns: [{ label: "Day", text: (row) => DAYS[row.iso_day_of_week - 1] }, { label: "Hour", number: true, text: (row) => hour(row.hour_of_day) },
        { label: "Plays", number: true, text: (row) => number(row.plays) }],
      rows,
    };
  };

  const skips = () => {
    const rows = grouped(whole(narrowed(data("plays"), "local_date"), "local_date").map((row) => ({ ...row, month: `${row.local_date.slice(0, 7)}-01` })),
      ["month", "tier"], ["plays", "skips", "skips_under_5s", "skips_under_30s"]);
    const total = (code) => rows.filter((row) => row.tier === code);
    const rates = TIERS.filter((code) => sum(total(code), "plays") > 0)
      .map((code) => ({ code, rate: sum(total(code), "skips") / sum(total(code), "plays") })).toSorted((a, b) => b.rate - a.rate);
    if (!rates.length) return null;
    const long = rows.flatMap((row) => [
      ["Under 5 s", row.skips_under_5s, 1], ["5 to 30 s", row.skips_under_30s, 2], ["Later", row.skips - row.skips_under_5s - row.skips_under_30s, 3],
    ].map(([name, value, order]) => ({ tier: row.tier, name, value, plays: row.plays, order })));
    const shares = grouped(long, ["tier", "name", "order"], ["value", "plays"]).map((row) => ({ ...row, x: tier(row.tier), share: row.value / row.plays }));
    const [first, last] = [rates[0], rates.at(-1)];
    return {
      title: rates.length > 1 ? `${tier(first.code)} skips most: ${percent(first.rate)} of plays, ${tier(last.code)} ${percent(last.rate)}${where({ plan: false })}` : `${percent(first.rate)} of plays are skipped${where()}`,
      spec: charts.columns({
        rows: shares.map((row) => ({ x: row.x, name: row.name, value: row.share, text: percent(row.share), order: row.order })),
        names: [["Under 5 s", 1], ["5 to 30 s", 2], ["Later", 3]].map(([name, n]) => ({ name, colour: charts.series(n) })),
        xs: rates.map((row) => tier(row.code)), format: "share", height: 250,
      }),
      columns: [{ label: "Tier", text: (row) => row.x }, { label: "Skipped", text: (row) => row.name }, { label: "Plays", number: true, text: (row) => number(row.value) },
        { label: "Share of plays", number: true, text: (row) => percent(row.share) }],
      rows: shares,
    };
  };

  const ranked = (set, key, about, naming) => () => {
    const rows = grouped(narrowed(data(set), "month_start_date"), [key], ["plays"]).toSorted((a, b) => b.plays - a.plays).slice(0, 10);
    const total = sum(narrowed(data(set), "month_start_date"), "plays");
    if (!total) return null;
    const name = (row) => naming(row[key]);
    return {
      title: about(name(rows[0]), percent(rows[0].plays / total, 0)),
      spec: charts.ranking({ rows: rows.map((row) => ({ name: name(row), value: row.plays, text: `${number(row.plays)} · ${percent(row.plays / total)}` })), step: 30 }),
      columns: [{ label: "From", text: name }, { label: "Plays", number: true, text: (row) => number(row.plays) }, { label: "Share", number: true, text: (row) => percent(row.plays / total) }],
      rows,
    };
  };

  const contexts = ranked("contexts", "context_name", (name, share) => `${name} starts ${share} of plays${where()}`, (text) => sonic.titled(text));
  const devices = ranked("devices", "device_type", (name, share) => `${share} of plays come from ${name.toLowerCase()}${where()}`, (code) => (code === "tv" ? "TV" : sonic.titled(code)));

  return { figures, tiles: { daily, clock, skips, contexts, devices } };
})());
