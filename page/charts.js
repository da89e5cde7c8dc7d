/**
 * The page's own script, inlined into it: curves by uPlot, their controls, sliders of pictures and sounds, the copy button.
 * In: the JSON in #charts and the page's colours; out: drawings in the elements [data-chart]. Names become text, never markup.
 */
'use strict';
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const plots = [];
  const smoothing = document.getElementById('smoothing');
  const logarithmic = document.getElementById('log');

  /** Steps of an axis of iterations. */
  const whole = Array.from({ length: 28 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));

  /** Dashes tell curves apart where colours don't. */
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 5]];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = (value) =>
    value === null || value === undefined
      ? '–'
      : Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3)
        ? value.toExponential(2)
        : String(Number(value.toPrecision(4)));

  /** A number of an axis: with as many places as tell it from the one a step away. */
  function tick(value, step) {
    const size = Math.max(Math.abs(value), step);
    if (size >= 1e6 || size < 1e-3) return short(value);
    return String(Number(value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(step))))));
  }

  /** An exponential mean, corrected for its beginning; gaps stay. */
  function smooth(values, weight) {
    let [sum, share] = [0, 0];
    return values.map((value) => {
      if (value === null) return null;
      sum = weight * sum + (1 - weight) * value;
      share = weight * share + (1 - weight);
      return sum / share;
    });
  }

  /**
   * What is drawn of a chart, line by line: `main` has an entry in the legend; `faint` is the same unsmoothed, `edge` one side
   * of a band around it (the lower first), and both come and go with it.
   */
  function linesOf(chart) {
    const log = logarithmic?.checked === true && !chart.sparse;
    const weight = chart.sparse ? 0 : Number(smoothing?.value ?? 0);
    const shown = (values) => (log ? values.map((value) => (value > 0 ? value : null)) : values);
    const drawn = (values) => shown(chart.sparse ? values : smooth(values, weight));
    return chart.series.flatMap(({ name, values, low, high }, owner) => {
      const main = { name, owner, role: 'main', values: drawn(values) };
      if (low && high)
        return [
          { name: `${name}, lowest`, owner, role: 'edge', values: drawn(low) },
          { name: `${name}, highest`, owner, role: 'edge', values: drawn(high) },
          main,
        ];
      if (chart.sparse) return [main];
      return [{ name: `${name}, unsmoothed`, owner, role: 'faint', values: shown(values) }, main];
    });
  }

  const dataOf = (chart) => [chart.iterations, ...linesOf(chart).map(({ values }) => values)];

  function seriesOf(chart) {
    return linesOf(chart).map(({ name, owner, role }) => {
      const stroke = colour(`--series-${owner % 6}`);
      const value = (_plot, found) => short(found);
      const spanGaps = chart.sparse || chart.joined === true;
      if (role !== 'main')
        return {
          label: name,
          stroke,
          alpha: role === 'edge' ? 0.5 : 0.28,
          width: 1,
          value,
          spanGaps,
          points: { show: false },
        };
      const dash = dashes[owner % 6];
      return {
        label: name,
        stroke,
        dash,
        width: 2,
        value,
        spanGaps,
        points: chart.sparse
          ? { show: true, size: only(chart) ? 11 : 6, fill: stroke }
          : { show: true, filter: lone },
      };
    });
  }

  /** The values that no line leads to or from: without a point they would not be seen. */
  function lone(plot, of) {
    const values = plot.data[of];
    const stands = (i) => values[i] !== null && values[i] !== undefined;
    const joined = plot.series[of].spanGaps;
    const among = [...values.keys()].filter(stands);
    if (joined) return among.length === 1 ? among : [];
    return among.filter((i) => !stands(i - 1) && !stands(i + 1));
  }

  /** Between the edges of each band. */
  function bandsOf(chart) {
    return linesOf(chart).flatMap(({ role, owner }, i, all) =>
      role === 'edge' && all[i + 1].role === 'edge'
        ? [{ series: [i + 2, i + 1], fill: pale(colour(`--series-${owner % 6}`)) }]
        : [],
    );
  }

  /** The one value of a metric that was measured once. */
  function only({ sparse, iterations, series }) {
    if (!sparse || iterations.length !== 1 || series.length !== 1) return null;
    const [value] = series[0].values;
    return value === null ? null : { iteration: iterations[0], value };
  }

  /** A colour of six digits, mostly transparent. */
  const pale = (hex) => `${hex}2e`;

  function optionsOf(chart, width) {
    const log = logarithmic?.checked === true && !chart.sparse;
    const [stroke, line] = [colour('--muted'), colour('--line')];
    const axis = { stroke, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    return {
      width,
      height: 260,
      // A single value stands where the run is, at the end of an axis from its start.
      scales: {
        x: { time: false, ...(only(chart) && { range: [0, only(chart).iteration || 1] }) },
        y: log ? { distr: 3 } : { distr: 1, range: rangeOf(chart) },
      },
      cursor: { sync: { key: 'iteration' }, drag: { x: true, y: false } },
      axes: [
        { ...axis, label: 'iteration', labelSize: 20, size: 34, incrs: whole },
        {
          ...axis,
          size: 66,
          values: (_plot, splits, _axis, _space, step) =>
            splits.map((v) => (v === null ? '' : log ? short(v) : tick(v, step))),
        },
      ],
      bands: bandsOf(chart),
      series: [
        { label: 'iteration', value: (_plot, found) => (found === null ? '–' : found.toLocaleString('en')) },
        ...seriesOf(chart),
      ],
      hooks: {
        ready: [(plot) => legend(plot, chart), newest],
        setCursor: [newest],
        setSeries: [(plot, at, { show }) => follow(plot, at, show)],
        draw: [(plot) => markGoal(plot, chart), (plot) => markOnly(plot, chart)],
      },
    };

    /** What belongs to a curve comes and goes with it. */
    function follow(plot, at, show) {
      const lines = linesOf(chart);
      if (show === undefined || lines[at - 1]?.role !== 'main') return;
      for (const [i, { role, owner }] of lines.entries())
        if (role !== 'main' && owner === lines[at - 1].owner) plot.setSeries(i + 1, { show });
    }
  }

  /** As far as the values and the goal reach; of zeros alone up to 1. */
  function rangeOf({ goal }) {
    const most = (choose, ...values) => choose(...values.filter((value) => Number.isFinite(value)));
    return (_plot, lowest, highest) => {
      const low = most(Math.min, lowest, goal?.value);
      const high = most(Math.max, highest, goal?.value);
      if (low > high) return [null, null];
      return low === 0 && high === 0 ? [0, 1] : uPlot.rangeNum(low, high, 0.1, true);
    };
  }

  /** A line across the chart, with its words above it, or below where it lies high. */
  function markGoal(plot, chart) {
    const { goal } = chart;
    if (!goal) return;
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(goal.value, 'y', true)) + 0.5;
    const size = 12 * devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = ctx.fillStyle = colour('--text');
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    const one = only(chart);
    const below = one === null ? y - bbox.top < 2 * size : one.value >= goal.value;
    ctx.textAlign = one === null ? 'right' : 'left';
    ctx.textBaseline = below ? 'top' : 'bottom';
    ctx.fillText(goal.text, bbox.left + (one === null ? bbox.width - 6 : 6), below ? y + 4 : y - 4);
    ctx.restore();
  }

  /** Words at a single value: what it is, and how far it is from the goal, on the side that the goal's words leave free. */
  function markOnly(plot, chart) {
    const one = only(chart);
    if (one === null) return;
    const { ctx, bbox } = plot;
    const away = chart.goal && one.value - chart.goal.value;
    const above = !chart.goal || away >= 0;
    const apart = away
      ? `, ${short(Math.abs(away))} ${away > 0 ? 'above' : 'below'} the goal`
      : away === 0
        ? ', the goal'
        : '';
    const y = plot.valToPos(one.value, 'y', true);
    ctx.save();
    ctx.fillStyle = colour('--text');
    ctx.font = `${12 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textAlign = 'right';
    ctx.textBaseline = above ? 'bottom' : 'top';
    const gap = 10 * devicePixelRatio;
    ctx.fillText(short(one.value) + apart, bbox.left + bbox.width - 4, above ? y - gap : y + gap);
    ctx.restore();
  }

  /** Only curves themselves have an entry, which answers to the keyboard as to the mouse. */
  function legend(plot, chart) {
    const lines = linesOf(chart);
    for (const [i, row] of [...plot.root.querySelectorAll('.u-series')].entries()) {
      if (i === 0) continue;
      if (lines[i - 1].role !== 'main') row.hidden = true;
      const head = row.querySelector('th');
      head.tabIndex = 0;
      head.setAttribute('role', 'button');
      head.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        head.click();
      });
    }
  }

  /** Without a cursor, the legend shows the last values, each curve's own: an update may have ended before the run. */
  function newest(plot) {
    if ((plot.cursor.left ?? -1) >= 0) return;
    const last = (values) => values.findLastIndex((value) => value !== null && value !== undefined);
    const [, ...ends] = plot.data.map(last);
    plot.setLegend({ idxs: [Math.max(...ends), ...ends] });
  }

  function draw(place) {
    const chart = charts[Number(place.dataset.chart)];
    const known = plots.findIndex((one) => one.place === place);
    if (known >= 0) plots.splice(known, 1)[0].plot.destroy();
    const width = Math.max(220, place.clientWidth);
    plots.push({ place, chart, width, plot: new uPlot(optionsOf(chart, width), dataOf(chart), place) });
  }

  const places = [...document.querySelectorAll('[data-chart]')];
  const drawAll = () => places.forEach(draw);

  for (const place of places) {
    place.addEventListener('keydown', (event) => {
      const step = {
        ArrowLeft: -1,
        ArrowRight: 1,
        PageDown: -20,
        PageUp: 20,
        Home: -Infinity,
        End: Infinity,
      }[event.key];
      const { plot } = plots.find((one) => one.place === place);
      if (step === undefined || event.target !== place) return;
      event.preventDefault();
      const x = plot.data[0];
      const at = Math.min(x.length - 1, Math.max(0, (plot.cursor.idx ?? (step > 0 ? -1 : x.length)) + step));
      plot.setCursor({ left: plot.valToPos(x[at], 'x'), top: 20 });
    });
  }

  drawAll();
  logarithmic?.addEventListener('change', drawAll);
  smoothing?.addEventListener('input', () => {
    document.getElementById('smoothed').value = smoothing.value;
    for (const { plot, chart } of plots) if (!chart.sparse) plot.setData(dataOf(chart), false);
    for (const { plot, chart } of plots) if (!chart.sparse) plot.redraw();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('resize', () => {
    for (const one of plots) {
      const width = Math.max(220, one.place.clientWidth);
      if (width !== one.width) one.plot.setSize({ width, height: 260 });
      one.width = width;
    }
  });

  /** A picture much taller than wide is as wide as it can be; a height that fits the window would make its words unreadable. */
  const stretch = (picture) =>
    picture.classList.toggle('tall', picture.naturalHeight > 1.5 * picture.naturalWidth);
  document.querySelectorAll('.gallery img').forEach(stretch);

  // Galleries may be replaced while runs go on (view.js): whichever stands there is listened to.
  document.addEventListener(
    'load',
    ({ target }) => target.matches?.('.gallery img') && stretch(target),
    true,
  );
  document.addEventListener('input', ({ target: slider }) => {
    const gallery = slider.closest('.gallery');
    if (gallery === null) return;
    const frames = [...gallery.querySelectorAll('.frame')];
    frames.forEach((frame, i) => {
      frame.hidden = i !== Number(slider.value);
      if (frame.hidden) for (const sound of frame.querySelectorAll('audio')) sound.pause();
    });
    const { label } = frames[Number(slider.value)].dataset;
    gallery.querySelector('.when span').textContent = label;
    slider.setAttribute('aria-valuetext', label);
  });

  /** Newer numbers of the same charts, by their titles; a chart without any stays as it is. */
  document.addEventListener('newer', ({ detail: newer }) => {
    for (const one of [...plots]) {
      const found = newer.find(
        ({ title, sparse }) => title === one.chart.title && sparse === one.chart.sparse,
      );
      if (found === undefined) continue;
      const names = ({ series }) => JSON.stringify(series.map(({ name, low }) => [name, low === undefined]));
      const alone = (chart) => only(chart) !== null;
      const same = names(found) === names(one.chart) && alone(found) === alone(one.chart);
      Object.assign(one.chart, found);
      if (!same) draw(one.place);
      else {
        one.plot.setData(dataOf(one.chart));
        newest(one.plot);
      }
    }
  });

  const copy = document.getElementById('copy');
  copy?.addEventListener('click', () => {
    const command = document.getElementById('command');
    const said = (word) => {
      copy.textContent = word;
      setTimeout(() => (copy.textContent = 'copy'), 2000);
    };
    // A page that was opened as a file may not have a clipboard: the command is selected then.
    if (navigator.clipboard === undefined) return getSelection().selectAllChildren(command);
    navigator.clipboard.writeText(command.textContent).then(
      () => said('copied'),
      () => getSelection().selectAllChildren(command),
    );
  });
})();
