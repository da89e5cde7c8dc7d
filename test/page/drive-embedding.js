/** A reader of an embedding, for embeddings.spec.ts: keys, then UMAP; out: what was seen, as text in the page. */
(() => {
  const figure = document.querySelector('[data-embedding="1"]');
  const cloud = figure.querySelector('.cloud canvas');
  const words = () => figure.querySelector('.point p').textContent;
  const key = (name) => cloud.dispatchEvent(new KeyboardEvent('keydown', { key: name }));
  const plane = cloud.toDataURL();
  const { data } = cloud.getContext('2d').getImageData(0, 0, cloud.width, cloud.height);
  const inked = data.filter((value, i) => i % 4 === 3 && value > 100).length;
  key('Home');
  const home = words();
  // One of the four ways leads on, wherever the first row lies.
  for (const way of ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']) if (words() === home) key(way);
  const said = words();
  key('Home');
  figure.querySelector('input[value=umap]').click();
  const until = setInterval(() => {
    if (figure.dataset.layout !== 'umap') return;
    clearInterval(until);
    const seen = document.createElement('pre');
    seen.id = 'seen';
    seen.textContent = JSON.stringify({ said, home, plane, inked, umap: cloud.toDataURL() });
    document.body.append(seen);
  }, 10);
})();
