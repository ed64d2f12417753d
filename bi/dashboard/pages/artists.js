"use strict";

sonic.start((() => {
  const { data, narrowed, grouped, sum, month, number, percent, micro, where, span, signed } = sonic;
  const months = sonic.months();

  // Each country is one square, about where it lies; what has no place of its own stands in the last row.
  const PLACES = {
    SE: [6, 0], CA: [1, 1], IE: [3, 1], GB: [4, 1], NL: [5, 1], DE: [6, 1], US: [1, 2], FR: [4, 2], CH: [5, 2], KR: [13, 2], JP: [14, 2],
    PT: [3, 3], ES: [4, 3], IT: [6, 3], NP: [10, 3], MX: [1, 3], SA: [7, 4], QA: [8, 4], AE: [9, 4], IN: [10, 4], BD: [11, 4], TH: [12, 4], VN: [13, 4], PH: [14, 4],
    LK: [10, 5], MY: [12, 5], SG: [13, 5], BR: [2, 5], ID: [13, 6], AR: [2, 6], ZA: [6, 6], AU: [14, 7],
  };
  const LAST_ROW = 8;

  const figures = () => {
    const last = sonic.lastMonth();
    const heard = narrowed(data("country_plays"), "month_start_date");
    const bands = data("artist_bands").filter((row) => row.country === sonic.state.country && row.month_start_date === last);
    const streams = sum(bands, "qualified_streams");
    const top = bands.find((row) => row.band === 1)?.qualified_streams ?? 0;
    const earned = narrowed(data("earnings"), "earning_month");
    const monthly = (rows, date, column) => months.map((iso) => sum(rows.filter((row) => row[date] === iso), column));
    const labels = data("labels").filter((row) => row.month_start_date === last && row.qualified_streams > 0);
    return [
      { name: "streams", label: "Qualified streams", value: number(sum(heard, "qualified_streams")), note: span(), line: monthly(narrowed(data("country_plays")), "month_start_date", "qualified_streams") },
      { name: "artists", label: `Artists heard, ${month(last, true)}`, value: number(sum(bands, "artists")), note: "with a qualified stream" },
      { name: "top", label: "Held by the ten most heard", value: streams ? percent(top / streams) : "none", note: `of streams, ${month(last, true)}` },
      { name: "earned", label: "Artists' earnings", value: micro(sum(earned, "net_eur_micro"), undefined, { whole: true }), note: `net of commission, ${span()}`, line: monthly(narrowed(data("earnings")), "earning_month", "net_eur_micro") },
      { name: "labels", label: "Labels with listeners", value: number(labels.length), note: month(last, true) },
    ];
  };

  const map = () => {
    const rows = grouped(data("country_plays").filter((row) => sonic.state.period === "all" || row.month_start_date === sonic.state.period),
      ["country", "country_name"], ["plays", "active_ms"]).toSorted((a, b) => b.plays - a.plays);
    const total = sum(rows, "plays");
    if (!total) return null;
    let placeless = 0;
    const named = Object.fromEntries(rows.map((row) => [row.country, row]));
    const others = rows.filter((row) => !(row.country in PLACES) && row.plays > 0 && row.country.length === 2).map((row) => [row.country, [placeless++, LAST_ROW]]);
    const away = rows.filter((row) => !data("countries").some((market) => market.country_code === row.country));
    return {
      title: `${rows[0].country_name} hears ${percent(rows[0].plays / total, 0)} of plays; ${percent(sum(away, "plays") / total)} are heard outside the markets`,
      spec: charts.countries({ rows: [...Object.entries(PLACES), ...others].map(([code, [column, row]]) => {
        const of = named[code];
        return { code, name: of?.country_name ?? code, column, row, value: of?.plays ?? 0, text: of ? `${number(of.plays)} plays, ${sonic.hours(of.active_ms)} hours, ${percent(of.plays / total)}` : "not heard here" };
      }) }),
      columns: [{ label: "Country", text: (row) => row.country_name }, { label: "Plays", number: true, text: (row) => number(row.plays) },
        { label: "Hours", number: true, text: (row) => sonic.hours(row.active_ms) }, { label: "Share", number: true, text: (row) => percent(row.plays / total) }],
      rows,
    };
  };

  const BANDS = { 1: "First 10", 2: "11th to 50th", 3: "51st to 200th", 4: "All others" };

  const spread = () => {
    const rows = data("artist_bands").filter((row) => row.country === sonic.state.country && row.month_start_date === sonic.lastMonth()).toSorted((a, b) => a.band - b.band);
    const streams = sum(rows, "qualified_streams");
    const artists = sum(rows, "artists");
    if (!streams) return null;
    const parts = (column, all) => rows.map((row) => ({ name: BANDS[row.band], value: row[column] / all, text: percent(row[column] / all, 0), colour: charts.series([1, 2, 3, 5][row.band - 1]) }));
    return {
      title: `The ten most heard of ${number(artists)} artists hold ${percent((rows.find((row) => row.band === 1)?.qualified_streams ?? 0) / streams, 0)} of streams${where({ plan: false })}`,
      spec: charts.parted({ rows: [...parts("artists", artists).map((row) => ({ ...row, stage: "Artists" })), ...parts("qualified_streams", streams).map((row) => ({ ...row, stage: "Streams" }))], stages: ["Artists", "Streams"], step: 84 }),
      columns: [{ label: "Artists by rank", text: (row) => BANDS[row.band] }, { label: "Artists", number: true, text: (row) => number(row.artists) },
        { label: "Qualified streams", number: true, text: (row) => number(row.qualified_streams) }, { label: "Share", number: true, text: (row) => percent(row.qualified_streams / streams) }],
      rows,
    };
  };

  const genres = () => {
    const all = grouped(narrowed(data("genres"), "month_start_date"), ["genre_name"], ["weighted_streams_ppm"]).toSorted((a, b) => b.weighted_streams_ppm - a.weighted_streams_ppm);
    const total = sum(all, "weighted_streams_ppm");
    if (!total) return null;
    const rows = all.slice(0, 10);
    return {
      title: `${rows[0].genre_name} leads${where({ plan: false })} with ${percent(rows[0].weighted_streams_ppm / total, 0)} of streams`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: row.genre_name, value: row.weighted_streams_ppm, text: percent(row.weighted_streams_ppm / total), note: `${number(row.weighted_streams_ppm / 1e6, 1)} qualified streams` })) }),
      columns: [{ label: "Genre", text: (row) => row.genre_name }, { label: "Qualified streams", number: true, text: (row) => number(row.weighted_streams_ppm / 1e6, 1) },
        { label: "Share", number: true, text: (row) => percent(row.weighted_streams_ppm / total) }],
      rows: all,
    };
  };

  const SOURCES = { royalty_recording: "Recording royalties", royalty_publishing: "Publishing royalties", ticket: "Tickets", merchandise: "Merchandise", tip: "Tips",
    fan_subscription: "Fan subscriptions", community: "Communities", content_sale: "Content sales" };

  const earnings = () => {
    const rows = grouped(narrowed(data("earnings"), "earning_month"), ["source"], ["gross_eur_micro", "net_eur_micro"]).filter((row) => row.gross_eur_micro !== 0).toSorted((a, b) => b.net_eur_micro - a.net_eur_micro);
    const total = sum(rows, "net_eur_micro");
    if (!rows.length || total <= 0) return null;
    const name = (row) => SOURCES[row.source] ?? sonic.titled(row.source);
    const royalties = sum(rows.filter((row) => row.source.startsWith("royalty")), "net_eur_micro");
    return {
      title: `Artists earn most by ${name(rows[0]).toLowerCase()}${where({ plan: false })}: ${percent(rows[0].net_eur_micro / total, 0)}; by royalties ${percent(royalties / total, 0)}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: name(row), value: Math.max(row.net_eur_micro / 1e6, 0), text: micro(row.net_eur_micro), note: `${micro(row.net_eur_micro)} of ${micro(row.gross_eur_micro)}` })), step: 34 }),
      columns: [{ label: "Source", text: name }, { label: "Gross", number: true, text: (row) => micro(row.gross_eur_micro) }, { label: "Net of commission", number: true, text: (row) => micro(row.net_eur_micro) },
        { label: "Commission", number: true, text: (row) => micro(row.gross_eur_micro - row.net_eur_micro) }],
      rows,
    };
  };

  const labels = () => {
    const chosen = data("labels").filter((row) => (sonic.state.period === "all" ? months.includes(row.month_start_date) : row.month_start_date === sonic.state.period));
    const rows = grouped(chosen, ["label_id", "label_name"], ["qualified_streams", "roster_eur_micro", "own_eur_micro"]).filter((row) => row.qualified_streams > 0).toSorted((a, b) => b.qualified_streams - a.qualified_streams);
    const total = sum(rows, "qualified_streams");
    if (!total) return null;
    return {
      title: `${rows[0].label_name} has the most heard roster: ${percent(rows[0].qualified_streams / total, 0)} of labels' streams`,
      spec: charts.ranking({ rows: rows.slice(0, 10).map((row) => ({ name: row.label_name, value: row.qualified_streams, text: `${number(row.qualified_streams)} · ${micro(row.roster_eur_micro)}`, note: `${number(row.qualified_streams)} qualified streams; its roster earns ${micro(row.roster_eur_micro)}, itself ${micro(row.own_eur_micro)}` })), limit: 210 }),
      columns: [{ label: "Label", text: (row) => row.label_name }, { label: "Qualified streams", number: true, text: (row) => number(row.qualified_streams) },
        { label: "Its roster earns", number: true, text: (row) => micro(row.roster_eur_micro) }, { label: "It earns", number: true, text: (row) => micro(row.own_eur_micro) }],
      rows,
    };
  };

  const chart = () => {
    const rows = data("chart").filter((row) => row.country === sonic.state.country);
    if (!rows.length) return null;
    const [first] = rows;
    const moved = (row) => {
      if (row.last_week_rank === null) return row.weeks_on_chart > 1 ? "back" : "new";
      const by = row.last_week_rank - row.chart_rank;
      return by === 0 ? "=" : signed(number(Math.abs(by)), by);
    };
    return {
      title: `${first.title} by ${first.main_artist} leads ${first.chart_name}`,
      node: sonic.scrolled(sonic.table(first.chart_name, [
        { label: "Rank", number: true, text: (row) => number(row.chart_rank) }, { told: "Change of place", number: true, text: moved },
        { label: "Song", text: (row) => sonic.element("span", {}, sonic.element("strong", {}, row.title), ` ${row.main_artist}`) },
        { label: "Peak", number: true, text: (row) => number(row.peak_rank) }, { label: "Weeks", number: true, text: (row) => number(row.weeks_on_chart) },
        { label: "Streams", number: true, text: (row) => number(row.streams) },
      ], rows), `${first.chart_name}, week of ${sonic.day(first.week_start_date)}`),
    };
  };

  return { figures, tiles: { map, chart, spread, genres, earnings, labels } };
})());
