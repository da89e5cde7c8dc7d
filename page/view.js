/**
 * The list of `ganc view` while runs go on: asks its own server for the rows every two seconds and keeps what is chosen; and the
 * comparison, which asks for itself and puts newer numbers into its curves. In and out: the page. What comes is escaped by
 * the server, and the page's policy runs no other script.
 */
'use strict';
(() => {
  const rows = document.getElementById('rows');
  if (rows === null) return;
  const button = document.getElementById('compare');
  const chosen = () => [...rows.querySelectorAll('input:checked')].map(({ value }) => value);
  const count = () => {
    const { length } = chosen();
    button.disabled = length < 2;
    document.getElementById('chosen').textContent = length < 2 ? 'choose two or more' : `${length} runs`;
  };
  rows.addEventListener('change', count);

  const live = document.getElementById('live');
  const say = (text) => {
    if (live.textContent !== text) live.textContent = text;
  };
  let shown = rows.innerHTML;
  async function again() {
    if (document.hidden) return;
    try {
      const answer = await fetch('rows', { cache: 'no-store' });
      const text = answer.ok ? await answer.text() : null;
      say(text === null ? 'the server refuses: was it started again?' : 'live');
      if (text === null || text === shown) return;
      shown = text;
      const [ids, focus] = [new Set(chosen()), document.activeElement];
      const [kept, part] = [focus?.value ?? focus?.getAttribute?.('href'), rows.contains(focus)];
      rows.innerHTML = text;
      for (const box of rows.querySelectorAll('input')) box.checked = ids.has(box.value);
      // Whoever goes by keyboard stays where they are.
      const same = [...rows.querySelectorAll('input, a')].find(
        (one) => (one.value ?? one.getAttribute('href')) === kept,
      );
      if (part) same?.focus();
      count();
    } catch {
      say('not live: ganc view has ended');
    }
  }
  setInterval(again, 2000);
  count();
  void again();
})();

(() => {
  const main = document.querySelector('main[data-live]');
  if (main === null) return;
  const live = document.getElementById('live');
  const say = (text) => {
    if (live !== null && live.textContent !== text) live.textContent = text;
  };

  /** Where somebody looks back in time, or listens, the part stays as it is. */
  const inUse = (part) =>
    [...part.querySelectorAll('audio')].some((sound) => !sound.paused) ||
    [...part.querySelectorAll('input[type=range]')].some(({ value, max }) => value !== max) ||
    part.contains(document.activeElement);

  const texts = new Map();
  function replace(id, page) {
    const [part, newer] = [document.getElementById(id), page.getElementById(id)];
    if (part === null || newer === null || inUse(part)) return;
    if (!texts.has(id)) texts.set(id, part.innerHTML);
    if (texts.get(id) === newer.innerHTML) return;
    texts.set(id, newer.innerHTML);
    part.innerHTML = newer.innerHTML;
  }

  let shown = document.getElementById('charts').textContent;
  async function again() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      if (!answer.ok) return say('the server refuses: was it started again?');
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const charts = page.getElementById('charts')?.textContent;
      if (charts === undefined) return say('these runs are not there any more');
      const count = document.querySelectorAll('[data-chart]').length;
      const more = page.querySelectorAll('[data-chart]').length !== count;
      const goesOn = page.querySelector('main[data-live]') !== null;
      say(more ? 'there is a new chart: reload the page' : goesOn ? 'live' : 'the runs have ended');
      if (charts !== shown) document.dispatchEvent(new CustomEvent('newer', { detail: JSON.parse(charts) }));
      shown = charts;
      for (const id of ['pictures', 'sounds', 'runs']) replace(id, page);
      if (!goesOn) clearInterval(timer);
    } catch {
      say('not live: ganc view has ended');
    }
  }
  const timer = setInterval(again, 5000);
  say('live');
  void again();
})();
