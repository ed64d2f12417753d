"use strict";

sonic.start((() => {
  const { data, cell, narrowed, grouped, sum, whole, month, number, percent, micro, signed, tier, where, span } = sonic;
  const months = sonic.months();

  const ofMonth = (rows, column, iso) => rows.filter((row) => row[column] === iso);
  const euros = (amount) => amount / 1e6;

  const figures = () => {
    const last = sonic.lastMonth();
    const earlier = sonic.before(last);
    const named = month(last, true);
    const revenue = grouped(narrowed(data("revenue")), ["booking_month"], ["recognised_eur_micro"]);
    const recognised = (iso) => sum(ofMonth(revenue, "booking_month", iso), "recognised_eur_micro");
    const mrr = grouped(narrowed(data("mrr")), ["booking_month"], ["mrr_eur_micro"]);
    const atEnd = (iso) => (iso ? sum(ofMonth(mrr, "booking_month", iso), "mrr_eur_micro") : null);
    const opening = mrr.length && mrr[0].booking_month < months[0] ? mrr[0].booking_month : null;
    const active = whole(cell(data("active_users")), "date_day");
    const lastDay = active.filter((row) => row.date_day.slice(0, 7) === last.slice(0, 7)).at(-1);
    const dayBefore = earlier ? active.filter((row) => row.date_day.slice(0, 7) === earlier.slice(0, 7)).at(-1) : null;
    const plays = grouped(whole(narrowed(data("plays")), "local_date"), ["local_date"], ["active_ms", "plays"]);
    const chosen = narrowed(data("plays"), "local_date");
    const arpu = cell(data("arpu"));
    const [of, then] = [last, earlier].map((iso) => ofMonth(arpu, "booking_month", iso)[0]?.arpu_eur_micro ?? null);
    const churn = ofMonth(cell(data("churn")), "booking_month", last)[0];
    const against = earlier ? `on ${month(earlier, true)}` : "the first month";
    const isWhole = sonic.state.period === "all";
    return [
      {
        name: "revenue", label: `Revenue, ${isWhole ? span() : named}`,
        value: micro(isWhole ? sum(revenue, "recognised_eur_micro") : recognised(last), undefined, { whole: true }),
        change: earlier && !isWhole ? sonic.change(recognised(last), recognised(earlier)) : null,
        note: isWhole ? `${micro(recognised(last), undefined, { whole: true })} in ${named}` : against,
        line: months.map(recognised),
      },
      {
        name: "mrr", label: `MRR, end of ${named}`,
        value: micro(atEnd(last) ?? 0),
        change: sonic.change(atEnd(last), atEnd(earlier ?? opening)), note: earlier ? against : "on the opening",
        line: mrr.map((row) => row.mrr_eur_micro),
      },
      {
        name: "mau", label: `Monthly listeners, end of ${named}`,
        value: number(lastDay?.mau ?? 0),
        change: dayBefore ? sonic.change(lastDay?.mau, dayBefore.mau) : null, note: against,
        line: active.map((row) => row.mau),
      },
      {
        name: "hours", label: `Hours listened, ${isWhole ? span() : named}`,
        value: sonic.hours(sum(chosen, "active_ms")),
        note: `${number(sum(chosen, "plays"))} plays`,
        line: plays.map((row) => row.active_ms),
      },
      {
        name: "arpu", label: `ARPU, ${named}`,
        value: of === null ? "none" : micro(of),
        change: then === null ? null : sonic.change(of, then), note: against,
        line: arpu.map((row) => row.arpu_eur_micro),
      },
      {
        name: "customers", label: `Customers won less lost, ${named}`,
        value: churn ? signed(number(Math.abs(churn.won_customers - churn.lost_customers)), churn.won_customers - churn.lost_customers) : "none",
        note: churn ? `${number(churn.won_customers)} won, ${number(churn.lost_customers)} lost` : "Free has no customers",
      },
    ];
  };

  const listeners = () => {
    const rows = whole(cell(data("active_users"), "date_day"), "date_day");
    if (rows.length < 2) return null;
    const [first, last] = [rows[0], rows.at(-1)];
    const by = (last.mau - first.mau) / Math.max(first.mau, 1);
    const moved = Math.abs(by) < 0.02 ? "held at" : by > 0 ? "grew to" : "fell to";
    const names = [["mau", "Monthly", 1], ["wau", "Weekly", 2], ["dau", "Daily", 3]];
    return {
      title: `Monthly listeners ${moved} ${number(last.mau)}${where()}; ${percent(last.dau / Math.max(last.mau, 1), 0)} of them came on the last day`,
      spec: charts.lines({
        rows: rows.map((row) => ({ ...row, day: row.date_day, label: sonic.day(row.date_day),
          ...Object.fromEntries(names.map(([name]) => [`${name}_text`, number(row[name])])) })),
        series: names.map(([name, label, n]) => ({ name, label, colour: charts.series(n) })),
        height: 300,
      }),
      columns: [{ label: "Day", text: (row) => row.date_day }, ...names.map(([name, label]) =>
        ({ label, number: true, text: (row) => number(row[name]) }))],
      rows,
    };
  };

  const artists = () => {
    const last = sonic.lastMonth();
    const rows = data("top_artists").filter((row) => row.country === sonic.state.country && row.month_start_date === last);
    if (!rows.length) return null;
    return {
      title: `${rows[0].artist_name} was heard most${where({ plan: false })} in ${month(last)}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: row.artist_name, value: row.qualified_streams, text: number(row.qualified_streams),
        note: `${number(row.qualified_streams)} qualified streams by ${number(row.listeners)} listeners` })), limit: 150 }),
      columns: [{ label: "Rank", number: true, text: (row) => number(row.artist_rank) },
        { label: "Artist", text: (row) => row.artist_name },
        { label: "Qualified streams", number: true, text: (row) => number(row.qualified_streams) },
        { label: "Listeners", number: true, text: (row) => number(row.listeners) }],
      rows,
    };
  };

  const inTiers = ["free", "prime", "pro"];

  const revenue = () => {
    const rows = grouped(narrowed(data("revenue")), ["booking_month", "tier"], ["recognised_eur_micro", "net_revenue_eur_micro"]);
    if (!rows.length) return null;
    const last = sonic.lastMonth();
    const total = sum(ofMonth(rows, "booking_month", last), "recognised_eur_micro");
    const most = ofMonth(rows, "booking_month", last).toSorted((a, b) => b.recognised_eur_micro - a.recognised_eur_micro)[0];
    const xs = months.map((iso) => month(iso, true));
    return {
      title: sonic.state.tier === "all" && most && total > 0
        ? `${tier(most.tier)} accounts brought ${percent(most.recognised_eur_micro / total, 0)} of ${month(last)}'s ${micro(total, undefined, { whole: true })}${where({ plan: false })}`
        : `${micro(total, undefined, { whole: true })} in ${month(last)}${where()}`,
      spec: charts.columns({
        rows: rows.map((row) => ({ x: month(row.booking_month, true), name: tier(row.tier), order: inTiers.indexOf(row.tier),
          value: euros(row.recognised_eur_micro), text: micro(row.recognised_eur_micro) })),
        names: inTiers.filter((code) => rows.some((row) => row.tier === code)).map((code) => ({ name: tier(code), colour: charts.tierColour(code) })),
        xs, format: "euro", chosen: sonic.state.period === "all" ? null : month(last, true),
        totals: months.map((iso) => ({ x: month(iso, true), value: euros(sum(ofMonth(rows, "booking_month", iso), "recognised_eur_micro")),
          text: micro(sum(ofMonth(rows, "booking_month", iso), "recognised_eur_micro"), undefined, { whole: true }) })),
      }),
      columns: [{ label: "Month", text: (row) => month(row.booking_month) }, { label: "Tier", text: (row) => tier(row.tier) },
        { label: "Recognised", number: true, text: (row) => micro(row.recognised_eur_micro) },
        { label: "Net of fees and what is passed on", number: true, text: (row) => micro(row.net_revenue_eur_micro) }],
      rows,
    };
  };

  const arpu = () => {
    const last = sonic.lastMonth();
    const rows = data("arpu").filter((row) => row.country === sonic.state.country && row.tier !== "all"
      && (sonic.state.tier === "all" || row.tier === sonic.state.tier) && row.arpu_eur_micro !== null);
    const now = ofMonth(rows, "booking_month", last).toSorted((a, b) => b.arpu_eur_micro - a.arpu_eur_micro);
    if (!now.length) return null;
    const [most, least] = [now[0], now.at(-1)];
    const own = sonic.state.country !== "all";
    return {
      title: now.length > 1 && least.arpu_eur_micro > 0
        ? `A user of ${tier(most.tier)} brings ${micro(most.arpu_eur_micro)} a month${where({ plan: false })}, ${number(most.arpu_eur_micro / least.arpu_eur_micro)} times one of ${tier(least.tier)}`
        : `A user of ${tier(most.tier)} brought ${micro(most.arpu_eur_micro)}${where({ plan: false })} in ${month(last)}`,
      spec: {
        height: 260,
        data: { values: rows.map((row) => ({ x: month(row.booking_month, true), name: tier(row.tier), value: euros(row.arpu_eur_micro), text: micro(row.arpu_eur_micro), order: inTiers.indexOf(row.tier), is: row.booking_month === last })) },
        encoding: {
          x: { field: "x", type: "ordinal", sort: months.map((iso) => month(iso, true)), axis: { title: null, labelAngle: 0 } },
          xOffset: { field: "name", sort: inTiers.map(tier) },
          y: { field: "value", type: "quantitative", axis: null },
        },
        layer: [
          { mark: { type: "bar", cornerRadiusEnd: 3 }, encoding: {
            color: { field: "name", type: "nominal", sort: inTiers.map(tier), scale: { domain: inTiers.map(tier), range: inTiers.map(charts.tierColour) } },
            opacity: sonic.state.period === "all" ? { value: 1 } : { condition: { test: "datum.is", value: 1 }, value: 0.35 },
            tooltip: [{ field: "x", title: " " }, { field: "name", title: "Tier" }, { field: "text", title: "ARPU" }] } },
          { mark: { type: "text", dy: -7, fontSize: charts.narrow() ? 10 : 12 }, encoding: { text: { field: "text" } } },
        ],
      },
      columns: [{ label: "Month", text: (row) => month(row.booking_month) + (row.is_closed ? "" : " (open)") }, { label: "Tier", text: (row) => tier(row.tier) },
        { label: "Average users", number: true, text: (row) => number(row.average_users, 1) },
        { label: "ARPU", number: true, text: (row) => micro(row.arpu_eur_micro) },
        ...(own ? [{ label: "In the market's currency", number: true, text: (row) => micro(row.arpu_micro, row.currency_code) }] : [])],
      rows,
    };
  };

  const SOLD = { placements: "Promotion of artists", shop: "Shop (commission)", live: "Tickets (commission)", subscription: "Subscriptions",
    advertising: "Advertising", fan_support: "Fan support (commission)", tips: "Tips (commission)", communities: "Communities (commission)" };

  const services = () => {
    const rows = grouped(narrowed(data("services"), "booking_month"), ["service"], ["recognised_eur_micro"])
      .toSorted((a, b) => b.recognised_eur_micro - a.recognised_eur_micro);
    const total = sum(rows, "recognised_eur_micro");
    if (!rows.length || total <= 0) return null;
    const name = (row) => SOLD[row.service] ?? sonic.titled(row.service);
    return {
      title: `${name(rows[0])} made ${percent(rows[0].recognised_eur_micro / total, 0)} of revenue${where()}, ${span()}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: name(row), value: Math.max(euros(row.recognised_eur_micro), 0),
        text: `${micro(row.recognised_eur_micro, undefined, { whole: true })} · ${percent(row.recognised_eur_micro / total)}` })), step: 34 }),
      columns: [{ label: "Sold", text: name }, { label: "Recognised", number: true, text: (row) => micro(row.recognised_eur_micro) },
        { label: "Share", number: true, text: (row) => percent(row.recognised_eur_micro / total) }],
      rows,
    };
  };

  const promises = () => {
    const last = sonic.lastMonth();
    const rows = ofMonth(data("objectives"), "month_start_date", last).toSorted((a, b) => a.is_met - b.is_met || a.title.localeCompare(b.title));
    if (!rows.length) return null;
    const met = rows.filter((row) => row.is_met).length;
    const made = (row, value) => (row.kind === "share" ? percent(value, 2) : `${number(value, 2)} ${row.threshold_unit}`);
    return {
      title: met === rows.length ? `All ${met} service levels held in ${month(last)}` : `${met} of ${rows.length} service levels held in ${month(last)}`,
      node: sonic.scrolled(sonic.table("Service levels", [
        { label: "Promise", text: (row) => row.title },
        { label: "Promised", number: true, text: (row) => made(row, row.target_value) },
        { label: "Measured", number: true, text: (row) => made(row, row.measured) },
        { told: "Verdict", text: (row) => sonic.verdict(row.is_met ? "held" : "missed", row.is_met) },
      ], rows), "Service levels of the month"),
    };
  };

  return { figures, tiles: { listeners, artists, revenue, arpu, services, promises } };
})());
