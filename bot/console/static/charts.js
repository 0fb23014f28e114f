// Draws the figures: each .plot holds its numbers as data, its table stands beside. uPlot paints.
"use strict";
(() => {
  const plots = [...document.querySelectorAll("[data-plot]")];
  const report = document.body.classList.contains("report");
  const narrow = matchMedia("(max-width: 60rem)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const PAPER = { width: 640, height: 190, times: 3 }; // finer than a screen: printers are
  const HINT = "Rê chuột hoặc chạm vào biểu đồ để đọc số.";
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  const WHOLE = Array.from({ length: 27 }, (_, n) => [1, 2, 5][n % 3] * 10 ** Math.floor(n / 3));
  const whole = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 0 });
  const share = new Intl.NumberFormat("vi-VN", { style: "percent", maximumFractionDigits: 1 });
  const write = (unit, number) => {
    if (number === null || number === undefined) return "–";
    if (unit === "%") return share.format(number);
    return unit ? `${whole.format(number)} ${unit}` : whole.format(number);
  };

  // Colours are told in the style sheet; a figure that is printed has those of paper.
  const colours = (figure) => {
    const style = getComputedStyle(figure);
    return (name) => style.getPropertyValue(`--chart-${name}`).trim();
  };

  const line = { past: [0], before: [1.5, [5, 4]], good: [2.5], middle: [2, [8, 3]], bad: [2, [2, 3]] };
  const series = (told, colour, rows, times) => {
    const columns = told.look === "all" || told.look === "part";
    const [width, dash = []] = columns ? [0] : line[told.look];
    return {
      label: told.name,
      stroke: colour(told.look),
      fill: columns ? colour(told.look) : undefined,
      width: width * times,
      dash: dash.map((part) => part * times),
      // so few points are no line: they are shown themselves
      points: { show: told.look === "past" || (!columns && rows < 9), size: 8 * times, fill: colour(told.look) },
      paths: columns ? uPlot.paths.bars({ size: [0.8, 56 * times] })
        : told.look === "past" ? () => null : uPlot.paths.linear(),
    };
  };

  const axes = (told, colour, times) => {
    const common = {
      stroke: colour("text"),
      font: `${13 * times}px ${FONT}`,
      ticks: { show: false },
      gap: 5 * times,
    };
    const grid = { stroke: colour("line"), width: times };
    return [
      {
        ...common,
        grid: { show: false },
        size: 26 * times,
        space: 46 * times,
        incrs: told.labels.length < 7 ? [1] : [1, 2, 3, 4, 5, 7, 10, 14, 21, 28, 56, 91],
        values: (_, places) => places.map((place) => told.labels[place] ?? ""),
      },
      {
        ...common,
        grid,
        space: 36 * times,
        incrs: told.unit === "%" ? [0.25, 0.5] : WHOLE,
        values: (_, numbers) => numbers.map((n) => write(told.unit, n)),
        size: (_, words) => (16 + 8 * Math.max(2, ...(words ?? []).map((word) => word.length))) * times,
      },
    ];
  };

  const options = (figure, told, say, { width, height, times }) => {
    const colour = colours(figure);
    const rows = told.labels.length;
    return {
      width: width * times,
      height: height * times,
      padding: [10 * times, 8 * times, 0, 0],
      series: [{}, ...told.series.map((each) => series(each, colour, rows, times))],
      axes: axes(told, colour, times),
      scales: {
        x: { time: false, range: [-0.5, rows - 0.5] },
        y: { range: (_, low, high) => [0, told.unit === "%" ? 1 : Math.max(2, (high ?? 0) * 1.05)] },
      },
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: { setCursor: [(chart) => say(chart.cursor.idx)] },
    };
  };

  const keys = (figure, told) => {
    const list = document.createElement("ul");
    list.className = "plot-keys";
    for (const each of told.series) {
      const item = document.createElement("li");
      const mark = document.createElement("span");
      mark.className = `mark ${each.look}`;
      item.append(mark, each.name);
      list.append(item);
    }
    return list;
  };

  const prepare = (figure) => {
    const told = JSON.parse(figure.dataset.plot);
    const picture = figure.querySelector(".plot-picture");
    const table = figure.querySelector("details");
    const said = document.createElement("p");
    const paint = document.createElement("div");
    const data = [told.labels.map((_, n) => n), ...told.series.map((each) => each.values)];
    let chart;
    said.className = "plot-said";
    said.textContent = HINT;
    picture.append(keys(figure, told), paint, said);
    picture.hidden = false;
    figure.classList.add("drawn");
    // a number at a time is read where the picture is pointed at
    const say = (place) => {
      said.textContent = place === null || place === undefined ? HINT : `${told.names[place]}: `
        + told.series.map((each) => `${each.name.toLowerCase()} ${write(told.unit, each.values[place])}`).join(", ");
    };
    const size = () => ({ width: paint.clientWidth, height: narrow.matches ? 190 : 230, times: 1 });
    const draw = (paper) => {
      figure.classList.toggle("paper", paper);
      chart?.destroy();
      chart = new uPlot(options(figure, told, say, paper ? PAPER : size()), data, paint);
    };
    const fold = () => { if (table) table.open = !narrow.matches && !report; };
    fold();
    narrow.addEventListener("change", fold);
    draw(false);
    new ResizeObserver(() => {
      const { width, height } = size();
      if (width && !figure.classList.contains("paper")) chart.setSize({ width, height });
    }).observe(paint);
    return draw;
  };

  const drawn = plots.map(prepare);
  const all = (paper) => drawn.forEach((draw) => draw(paper));
  dark.addEventListener("change", () => all(false));
  addEventListener("beforeprint", () => all(true));
  addEventListener("afterprint", () => all(false));
})();
