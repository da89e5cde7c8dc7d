/**
 * The list of `ganc view` while runs go on: asks its own server for the rows every two seconds and keeps what is chosen. In and
 * out: the page. Rows come escaped from the server, and the page's policy runs no other script.
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
