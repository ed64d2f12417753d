"use strict";

sonic.start((() => {
  const { data, narrowed, grouped, sum, whole, month, number, percent, micro, where, span } = sonic;
  const months = sonic.months();
  const FORMATS = ["audio", "video", "display"];

  const seen = () => narrowed(data("impressions"), "rendered_date");
  const asked = () => narrowed(data("ad_requests"), "month_start_date");
  const share = (part, all, digits) => (all ? percent(part / all, digits) : "none");

  const figures = () => {
    const rows = seen();
    const daily = (column) => grouped(whole(narrowed(data("impressions")), "rendered_date"), ["rendered_date"], [column]).map((row) => row[column]);
    const [valid, price] = [sum(rows, "valid_impressions"), sum(rows, "price_eur_micro")];
    return [
      { name: "revenue", label: "Advertising revenue", value: micro(price), note: span(), line: daily("price_eur_micro") },
      { name: "valid", label: "Valid impressions", value: number(valid), note: `${share(valid, sum(rows, "impressions"))} of those begun`, line: daily("valid_impressions") },
      { name: "cpm", label: "Effective CPM", value: valid ? micro((1000 * price) / valid) : "none", note: "for a thousand valid ones" },
      { name: "fill", label: "Fill rate", value: share(sum(asked(), "filled"), sum(asked(), "requests")), note: `of ${number(sum(asked(), "requests"))} requests` },
      { name: "viewable", label: "Viewable or audible", value: share(sum(rows, "viewable_impressions"), valid), note: "of valid impressions" },
      { name: "ctr", label: "Clicks", value: share(sum(rows, "clicks"), valid, 2), note: `${number(sum(rows, "clicks"))} on valid impressions` },
    ];
  };

  const daily = () => {
    const rows = grouped(whole(seen(), "rendered_date"), ["rendered_date", "format"], ["price_eur_micro", "valid_impressions"]);
    const days = grouped(rows, ["rendered_date"], ["price_eur_micro", "valid_impressions"]);
    if (days.length < 2) return null;
    const formats = FORMATS.filter((format) => rows.some((row) => row.format === format));
    const mean = sum(days, "price_eur_micro") / days.length;
    const most = days.reduce((best, row) => (row.price_eur_micro > best.price_eur_micro ? row : best));
    return {
      title: `Advertising brings ${micro(mean)} a day${where()}; ${sonic.day(most.rendered_date)} brought ${micro(most.price_eur_micro)}`,
      spec: {
        height: 260,
        data: { values: rows.map((row) => ({ day: row.rendered_date, label: sonic.day(row.rendered_date), name: sonic.titled(row.format), value: row.price_eur_micro / 1e6, text: micro(row.price_eur_micro), order: FORMATS.indexOf(row.format) })) },
        mark: { type: "bar", width: { band: 0.85 } },
        encoding: {
          x: charts.days(),
          y: { field: "value", type: "quantitative", stack: "zero", axis: charts.values("cents") },
          color: { field: "name", type: "nominal", scale: { domain: formats.map(sonic.titled), range: [1, 2, 3].map(charts.series) } },
          order: { field: "order", type: "quantitative" },
          tooltip: [{ field: "label", title: "Day" }, { field: "name", title: "Format" }, { field: "text", title: "Revenue" }],
        },
      },
      columns: [{ label: "Day", text: (row) => row.rendered_date }, { label: "Valid impressions", number: true, text: (row) => number(row.valid_impressions) },
        { label: "Revenue", number: true, text: (row) => micro(row.price_eur_micro) }],
      rows: days,
    };
  };

  const funnel = () => {
    const rows = seen();
    const steps = [["Valid", sum(rows, "valid_impressions")], ["Viewable or audible", sum(rows, "viewable_impressions")], ["Clicked", sum(rows, "clicks")]];
    const all = sum(rows, "impressions");
    if (!all) return null;
    const shown = [["Begun", all], ...steps].map(([name, value]) => ({ name, value }));
    return {
      title: `Of 1,000 impressions ${number((1000 * shown[2].value) / all)} are seen or heard, ${number((1000 * shown[3].value) / all)} clicked${where()}`,
      spec: charts.ranking({ rows: shown.map((row) => ({ ...row, text: number(row.value), note: `${number(row.value)}, ${percent(row.value / all)} of those begun` })), step: 48 }),
      columns: [{ label: "Impressions", text: (row) => row.name }, { label: "Number", number: true, text: (row) => number(row.value) }, { label: "Share", number: true, text: (row) => percent(row.value / all) }],
      rows: shown,
    };
  };

  const REASONS = { artificial: "Artificial listener", data_centre: "From a data centre", duplicate: "Counted before" };

  const invalid = () => {
    const all = sum(seen(), "impressions");
    const rows = grouped(seen().filter((row) => row.invalid_reason !== "none"), ["invalid_reason"], ["impressions"]).toSorted((a, b) => b.impressions - a.impressions);
    if (!rows.length) return null;
    const name = (row) => REASONS[row.invalid_reason] ?? sonic.titled(row.invalid_reason);
    return {
      title: `${percent(sum(rows, "impressions") / all)} of impressions are billed to nobody${where()}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: name(row), value: row.impressions, text: `${number(row.impressions)} · ${percent(row.impressions / all)}` })), step: 48 }),
      columns: [{ label: "Reason", text: name }, { label: "Impressions", number: true, text: (row) => number(row.impressions) }, { label: "Share of all", number: true, text: (row) => percent(row.impressions / all, 2) }],
      rows,
    };
  };

  const placements = () => {
    const rows = grouped(asked(), ["placement"], ["requests", "filled"]).map((row) => ({ ...row, rate: row.requests ? row.filled / row.requests : 0 })).toSorted((a, b) => b.rate - a.rate);
    if (!rows.length) return null;
    const [first, last] = [rows[0], rows.at(-1)];
    return {
      title: rows.length > 1 ? `${sonic.titled(first.placement)} fills best, ${percent(first.rate)}; ${sonic.plain(last.placement)} least, ${percent(last.rate)}${where()}` : `${percent(first.rate)} of requests are filled${where()}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: sonic.titled(row.placement), value: row.rate, text: percent(row.rate), note: `${number(row.filled)} of ${number(row.requests)} requests` })), step: 48 }),
      columns: [{ label: "Placement", text: (row) => sonic.titled(row.placement) }, { label: "Requests", number: true, text: (row) => number(row.requests) },
        { label: "Filled", number: true, text: (row) => number(row.filled) }, { label: "Fill rate", number: true, text: (row) => percent(row.rate) }],
      rows,
    };
  };

  const campaigns = () => {
    const chosen = data("campaigns").filter((row) => sonic.state.period === "all" || row.booking_month === sonic.state.period);
    const rows = grouped(chosen, ["campaign_id", "campaign", "advertiser", "pricing_model"], ["valid_impressions", "viewable_impressions", "clicks", "spend_reporting_micro"])
      .toSorted((a, b) => b.spend_reporting_micro - a.spend_reporting_micro);
    const spent = sum(rows, "spend_reporting_micro");
    if (!spent) return null;
    const top = rows.slice(0, 12);
    return {
      title: `${rows[0].campaign} spent most: ${micro(rows[0].spend_reporting_micro)} of ${micro(spent)}`,
      node: sonic.scrolled(sonic.table("Campaigns", [
        { label: "Campaign", text: (row) => sonic.element("span", {}, sonic.element("strong", {}, row.campaign), row.advertiser === "not applicable" ? "" : ` ${row.advertiser}`) },
        { label: "Priced by", text: (row) => (row.pricing_model === "vcpm" ? "viewable" : row.pricing_model === "cpm" ? "valid" : row.pricing_model) },
        { label: "Valid", number: true, text: (row) => number(row.valid_impressions) },
        { label: "Viewable", number: true, text: (row) => share(row.viewable_impressions, row.valid_impressions) },
        { label: "Clicks", number: true, text: (row) => share(row.clicks, row.valid_impressions, 2) },
        { label: "Effective CPM", number: true, text: (row) => (row.valid_impressions ? micro((1000 * row.spend_reporting_micro) / row.valid_impressions) : "") },
        { label: "Spent", number: true, text: (row) => micro(row.spend_reporting_micro) },
      ], top), "The campaigns that spent most"),
    };
  };

  const promotions = () => {
    const rows = grouped(data("promotions").filter((row) => (sonic.state.period === "all" ? months.includes(row.month_start_date) : row.month_start_date === sonic.state.period)), ["channel"], ["spend_eur_micro", "clicks", "conversions", "revenue_eur_micro"])
      .toSorted((a, b) => b.conversions - a.conversions || b.spend_eur_micro - a.spend_eur_micro);
    if (!rows.length) return null;
    const won = sum(rows, "conversions");
    const paid = rows.filter((row) => row.spend_eur_micro > 0);
    const roi = (row) => (row.spend_eur_micro ? percent((row.revenue_eur_micro - row.spend_eur_micro) / row.spend_eur_micro, 0).replace("-", "−") : "no spend");
    return {
      title: `${number(won)} customers won, ${number(sum(paid, "conversions"))} of them through channels that cost ${micro(sum(paid, "spend_eur_micro"), undefined, { whole: true })}`,
      node: sonic.scrolled(sonic.table("Channels", [
        { label: "Channel", text: (row) => sonic.titled(row.channel) }, { label: "Won", number: true, text: (row) => number(row.conversions) },
        { label: "Clicks", number: true, text: (row) => number(row.clicks) }, { label: "Spent", number: true, text: (row) => micro(row.spend_eur_micro) },
        { label: "Revenue in 90 days", number: true, text: (row) => micro(row.revenue_eur_micro) }, { label: "Return", number: true, text: roi },
      ], rows), "What each channel cost and brought"),
    };
  };

  return { figures, tiles: { daily, funnel, invalid, placements, campaigns, promotions } };
})());
