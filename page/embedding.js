/**
 * The page's script for embeddings, inlined where a run has some: points by class, laid out by principal components or, when asked, by
 * UMAP; the row under the pointer or the keyboard's place. In: the JSON in #points; out: drawings in [data-embedding]. Names
 * become text, never markup.
 */
'use strict';
(() => {
  const all = JSON.parse(document.getElementById('points').textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [margin, radius, reach] = [14, 3.5, 18];
  /** Six colours in each of four shapes: classes differ by more than their colours. */
  const [colours, shapes] = [6, 4];

  /** The same layout each time: mulberry32. */
  function random(seed) {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  function mark(context, group, x, y, size) {
    context.beginPath();
    const shape = Math.floor(group / colours) % shapes;
    if (shape === 0) context.arc(x, y, size, 0, 2 * Math.PI);
    else if (shape === 1) context.rect(x - size, y - size, 2 * size, 2 * size);
    else {
      const corners =
        shape === 2
          ? [
              [0, -1.3],
              [1.2, 1],
              [-1.2, 1],
            ]
          : [
              [0, -1.4],
              [1.4, 0],
              [0, 1.4],
              [-1.4, 0],
            ];
      corners.forEach(([u, v], i) => context[i === 0 ? 'moveTo' : 'lineTo'](x + u * size, y + v * size));
      context.closePath();
    }
    context.fill();
  }

  function show(figure, of) {
    const [cloud, shown] = figure.querySelectorAll('canvas');
    const words = figure.querySelector('.point p');
    const note = figure.querySelector('.controls .note');
    const rows = of.groups.length;
    const layouts = { plane: of.plane };
    let [layout, chosen, only] = ['plane', -1, null];
    let places = [];

    function measure() {
      const width = Math.max(
        220,
        cloud.parentElement.clientWidth > 640 ? 460 : cloud.parentElement.clientWidth,
      );
      const points = layouts[layout];
      const axis = (k) => points.filter((value, i) => i % 2 === k && value !== null);
      const [xs, ys] = [axis(0), axis(1)];
      const ends = (list) => [
        list.reduce((a, b) => Math.min(a, b), Infinity),
        list.reduce((a, b) => Math.max(a, b), -Infinity),
      ];
      const [[left, right], [low, high]] = [ends(xs), ends(ys)];
      const scale = (width - 2 * margin) / (Math.max(right - left, high - low) || 1);
      places = of.groups.map((_, row) => {
        const [x, y] = [points[2 * row], points[2 * row + 1]];
        if (x === null || y === null) return null;
        return [width / 2 + (x - (left + right) / 2) * scale, width / 2 - (y - (low + high) / 2) * scale];
      });
      const ratio = devicePixelRatio || 1;
      cloud.style.width = cloud.style.height = `${width}px`;
      cloud.width = cloud.height = Math.round(width * ratio);
      cloud.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0);
    }

    function draw() {
      const context = cloud.getContext('2d');
      context.clearRect(0, 0, cloud.width, cloud.height);
      const palette = Array.from({ length: colours }, (_, i) => colour(`--series-${i}`));
      places.forEach((place, row) => {
        if (place === null) return;
        const group = of.groups[row];
        context.fillStyle = palette[group % colours];
        context.globalAlpha = only === null || only === group ? 0.8 : 0.1;
        mark(context, group, place[0], place[1], radius);
      });
      context.globalAlpha = 1;
      if (chosen < 0 || !places[chosen]) return;
      context.strokeStyle = colour('--text');
      context.lineWidth = 2;
      context.beginPath();
      context.arc(places[chosen][0], places[chosen][1], radius + 5, 0, 2 * Math.PI);
      context.stroke();
    }

    const sheet = new Image();
    sheet.addEventListener('load', () => choose(chosen));
    if (of.thumbnails) {
      // The room is there from the start: nothing moves when the first picture comes.
      shown.hidden = false;
      [shown.width, shown.height] = [of.thumbnails.width, of.thumbnails.height];
      shown.style.width = `${Math.max(112, 2 * of.thumbnails.width)}px`;
      sheet.src = `data:image/png;base64,${of.thumbnails.png}`;
    }

    /** Says which row it is, and shows it. */
    function choose(row) {
      chosen = row;
      draw();
      if (row < 0) return;
      const called = of.classes
        ? `, ${of.classes.name}: ${of.classes.names[of.groups[row]] ?? of.groups[row]}`
        : '';
      words.textContent = `row ${row + 1}${called}`;
      if (!of.thumbnails || !sheet.complete) return;
      const { width, height, columns } = of.thumbnails;
      const [x, y] = [(row % columns) * width, Math.floor(row / columns) * height];
      shown.getContext('2d').drawImage(sheet, x, y, width, height, 0, 0, width, height);
    }

    cloud.addEventListener('pointermove', (event) => {
      const box = cloud.getBoundingClientRect();
      let [near, best] = [-1, reach];
      places.forEach((place, row) => {
        if (place === null || (only !== null && of.groups[row] !== only)) return;
        const far = Math.hypot(place[0] - (event.clientX - box.left), place[1] - (event.clientY - box.top));
        if (far < best) [near, best] = [row, far];
      });
      if (near >= 0 && near !== chosen) choose(near);
    });

    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    cloud.addEventListener('keydown', (event) => {
      const way = ways[event.key];
      const end = { Home: 0, End: rows - 1 }[event.key];
      if (way === undefined && end === undefined) return;
      event.preventDefault();
      choose(end ?? (chosen < 0 ? 0 : nextTo(chosen, way)));
    });

    /** The nearest point that lies more that way than to the side. */
    function nextTo(row, [u, v]) {
      let [found, best] = [row, Infinity];
      places.forEach((place, other) => {
        if (place === null || other === row || (only !== null && of.groups[other] !== only)) return;
        const [dx, dy] = [place[0] - places[row][0], place[1] - places[row][1]];
        const [along, aside] = [dx * u + dy * v, Math.abs(dx * v + dy * u)];
        const far = Math.hypot(dx, dy);
        if (along > 0 && along >= aside && far < best) [found, best] = [other, far];
      });
      return found;
    }

    function legend() {
      const place = figure.querySelector('.classes');
      if (!of.classes) return;
      of.classes.names.forEach((name, group) => {
        const button = document.createElement('button');
        const [sign, text] = [document.createElement('canvas'), document.createElement('span')];
        [sign.width, sign.height] = [28, 28];
        button.type = 'button';
        button.setAttribute('aria-pressed', 'false');
        text.textContent = name;
        button.append(sign, text);
        button.addEventListener('click', () => {
          only = only === group ? null : group;
          place
            .querySelectorAll('button')
            .forEach((one, i) => one.setAttribute('aria-pressed', String(only === i)));
          draw();
        });
        place.append(button);
      });
      paint();
    }

    function paint() {
      figure.querySelectorAll('.classes canvas').forEach((sign, group) => {
        const context = sign.getContext('2d');
        context.clearRect(0, 0, 28, 28);
        context.fillStyle = colour(`--series-${group % colours}`);
        mark(context, group, 14, 14, 8);
      });
    }

    /** By umap-js, a few epochs at a time: the page stays awake. Rows with a number that is none are left out. */
    function layOut() {
      if (layouts.umap) return use('umap');
      const code = (row) => of.codes.slice(row * of.width, (row + 1) * of.width);
      const kept = of.groups.map((_, row) => row).filter((row) => !code(row).includes(null));
      const nNeighbors = Math.min(15, kept.length - 1);
      if (nNeighbors < 2) return (note.textContent = 'too few rows for UMAP');
      note.textContent = 'UMAP …';
      setTimeout(() => {
        const umap = new UMAP.UMAP({ nComponents: 2, nNeighbors, minDist: 0.1, random: random(1) });
        const epochs = umap.initializeFit(kept.map(code));
        let epoch = 0;
        const some = () => {
          for (const until = Math.min(epochs, epoch + 20); epoch < until; epoch++) umap.step();
          note.textContent = epoch < epochs ? `UMAP ${Math.round((100 * epoch) / epochs)} %` : '';
          if (epoch < epochs) return setTimeout(some);
          layouts.umap = Array(2 * rows).fill(null);
          umap.getEmbedding().forEach(([x, y], i) => {
            [layouts.umap[2 * kept[i]], layouts.umap[2 * kept[i] + 1]] = [x, y];
          });
          if (figure.querySelector('input:checked').value === 'umap') use('umap');
        };
        some();
      });
    }

    function use(name) {
      layout = name;
      figure.dataset.layout = name;
      measure();
      draw();
    }

    for (const input of figure.querySelectorAll('input'))
      input.addEventListener('change', () => (input.value === 'umap' ? layOut() : use('plane')));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (draw(), paint()));
    addEventListener('resize', () => use(layout));
    legend();
    use('plane');
  }

  for (const figure of document.querySelectorAll('[data-embedding]'))
    show(figure, all[Number(figure.dataset.embedding)]);
})();
