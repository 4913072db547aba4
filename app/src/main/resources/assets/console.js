// What htmx does not do: keys, links out of the picture, and what changes by itself.
// Everything from a runtime reaches the page as HTML that the server escaped, or as textContent.
'use strict';
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Keys

  const typing = target =>
    target.closest('input, select, textarea, [contenteditable], dialog') !== null;

  const step = by => {
    const rows = all('[data-row]').filter(row => one('a', row));
    const at = rows.findIndex(row => row.contains(document.activeElement));
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
    if (next) {
      one('a', next).focus();
    }
  };

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
      return;
    }
    if (event.key === 'j' || event.key === 'k') {
      step(event.key === 'j' ? 1 : -1);
      return;
    }
    // The picture scrolls by itself where it is wider than the screen.
    if (event.key.startsWith('Arrow') && event.target.closest('.picture') &&
        event.target.scrollWidth > event.target.clientWidth) {
      return;
    }
    const meant = one(`[data-key="${CSS.escape(event.key)}"]`);
    if (meant) {
      event.preventDefault();
      if (meant.matches('input')) {
        meant.focus();
      } else {
        meant.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
      }
    }
  });

  // Clicks

  const plain = event =>
    event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-opens]');
    if (opener) {
      document.getElementById(opener.dataset.opens).showModal();
      return;
    }
    const link = event.target.closest('a');
    if (!link || !plain(event)) {
      return;
    }
    const address = link.getAttribute('href');
    if (one('#detail') && (link.closest('svg') || link.matches('.detail'))) {
      event.preventDefault();
      htmx.ajax('GET', address, {target: '#detail', swap: 'innerHTML'})
        .then(() => one('#detail').scrollIntoView({block: 'nearest'}));
    } else if (link.dataset.part !== undefined) {
      event.preventDefault();
      history.pushState({}, '', address);
      show(address, link.dataset.key, link.rel);
    }
  });

  addEventListener('popstate', () => {
    if (one('#live')) {
      show(location.href);
    }
  });

  document.addEventListener('input', event => {
    if (event.target.dataset.shows) {
      document.getElementById(event.target.dataset.shows).value = event.target.value;
    }
  });

  // Another range or page of the same session. The keyboard stays where it was.
  const show = (address, key, rel) =>
    htmx.ajax('GET', address, {target: '#live', swap: 'outerHTML'}).then(() => {
      const same = key ? one(`[data-key="${CSS.escape(key)}"]`) : rel && one(`[rel="${rel}"]`);
      if (same && (key || rel)) {
        same.focus({preventScroll: true});
      }
    });

  // What changes by itself. A browser has few connections to one server, so a page that nobody
  // looks at lets go of its own.

  const REST = 1000;
  let feeds = [];
  let dirty = new Map();
  let unseen = new Set();
  let timer = 0;
  let rest = REST;
  let newest = 0;
  let stale = false;

  const UNSEEN_MAX = 1000;
  const ADDRESS_MAX = 12000;

  const listen = (address, name, hear, opened) => {
    const feed = new EventSource(address);
    feed.addEventListener(name, event => hear(JSON.parse(event.data)));
    feed.addEventListener('open', opened);
    feeds.push(feed);
  };

  const later = () => {
    if (!timer) {
      timer = setTimeout(() => {
        timer = 0;
        const began = performance.now();
        refresh().catch(() => {}).then(() => {
          // A page that takes long is asked for seldom.
          rest = Math.max(REST, 3 * (performance.now() - began));
          if (dirty.size > 0 || stale) {
            later();
          }
        });
      }, rest);
    }
  };

  const refresh = () => {
    const part = one('[data-live]');
    return part === null ? Promise.resolve()
      : part.dataset.live === 'sessions' ? rows() : session(part);
  };

  // Where everything changes all the time, rows that light up tell nothing, and cost more than all
  // the rest.
  const LIGHT_UP_MAX = 10;

  const rows = () => {
    let query = '';
    const list = one('#list');
    if (list) {
      list.classList.toggle('busy', dirty.size > LIGHT_UP_MAX);
    }
    for (const [key, version] of dirty) {
      const part = `key=${encodeURIComponent(key)}&version=${version}&`;
      if (query && query.length + part.length > ADDRESS_MAX) {
        break;
      }
      dirty.delete(key);
      query += part;
    }
    const newer = list && one('[data-newer]', list);
    if (newer && unseen.size > 0) {
      one('[data-count]', newer).textContent =
        unseen.size >= UNSEEN_MAX ? `${UNSEEN_MAX} or more` : unseen.size;
      newer.hidden = false;
    }
    return query ? htmx.ajax('GET', `/console/rows?${query}`, {target: '#list', swap: 'none'})
      : Promise.resolve();
  };

  const session = async part => {
    stale = false;
    const address = new URL(location.href);
    address.hash = '';
    if (newest > 0) {
      address.searchParams.set('minVersion', newest);
    }
    const answer = await fetch(address.href, {headers: {'HX-Request': 'true'}});
    if (answer.status === 401) {
      location.reload();
    }
    if (!answer.ok) {
      // Others read long histories, or the view is behind: it is told again.
      stale = answer.status === 503;
      return;
    }
    const html = await answer.text();
    const stamp = /data-stamp="([^"]*)"/.exec(html);
    // Whoever reads or points at something is not disturbed for nothing.
    if (!stamp || stamp[1] === part.dataset.stamp) {
      return;
    }
    const focused = part.contains(document.activeElement)
      && document.activeElement.getAttribute('href');
    htmx.swap('#live', html, {swapStyle: 'outerHTML'});
    const again = focused && one(`#live a[href="${CSS.escape(focused)}"]`);
    if (again) {
      again.focus({preventScroll: true});
    }
  };

  const start = () => {
    feeds.forEach(feed => feed.close());
    feeds = [];
    dirty.clear();
    unseen.clear();
    newest = 0;
    const part = one('[data-live]');
    if (!part || document.hidden) {
      return;
    }
    if (part.dataset.live === 'sessions') {
      const {prefix = '', status = '', first} = part.dataset;
      const shown = new Set(all('tr[data-session]', part).map(row => row.dataset.session));
      listen(`/v1/changes?prefix=${encodeURIComponent(prefix)}`, 'session.changed', change => {
        if (shown.has(change.sessionKey)) {
          dirty.set(change.sessionKey, change.version);
          later();
        } else if (first === 'true' && (!status || status === change.status)
            && unseen.size < UNSEEN_MAX) {
          unseen.add(change.sessionKey);
          later();
        }
      }, () => {
        // What happened before it listened.
        shown.forEach(key => dirty.set(key, 0));
        later();
      });
    } else {
      const key = part.dataset.session;
      const mine = change => {
        if (change.sessionKey === key) {
          newest = Math.max(newest, change.version || 0);
          stale = true;
          later();
        }
      };
      const prefix = encodeURIComponent(key);
      listen(`/v1/changes?prefix=${prefix}`, 'session.changed', mine, () => {});
      listen(`/v1/decisions/changes?prefix=${prefix}`, 'command.rejected', mine, () => {
        stale = true;
        later();
      });
    }
  };

  // A problem is a part of a page where the console tells it. Whoever is signed out signs in.
  document.addEventListener('htmx:beforeSwap', event => {
    const answer = event.detail.xhr;
    if (answer.status === 401) {
      event.detail.shouldSwap = false;
      location.reload();
    } else if (!(answer.getResponseHeader('Content-Type') || '').startsWith('text/html')) {
      event.detail.shouldSwap = false;
      one('#notice').textContent = `The server answered ${answer.status}.`;
    }
  });

  // A row that is as it was stays, with the keyboard on it.
  document.addEventListener('htmx:oobBeforeSwap', event => {
    const {target, fragment} = event.detail;
    const row = fragment.firstElementChild;
    if (row && row.dataset.version !== undefined && row.dataset.version === target.dataset.version) {
      event.detail.shouldSwap = false;
    }
  });

  document.addEventListener('htmx:sendError', () => {
    one('#notice').textContent = 'The server cannot be reached.';
  });

  document.addEventListener('visibilitychange', start);
  // Another list is another set of rows.
  document.addEventListener('htmx:afterSettle', event => {
    if (event.detail.target.id === 'list' && event.detail.requestConfig
        && !event.detail.requestConfig.path.startsWith('/console/rows')) {
      start();
    }
  });
  addEventListener('pagehide', () => feeds.forEach(feed => feed.close()));
  addEventListener('pageshow', event => event.persisted && start());
  start();
})();
