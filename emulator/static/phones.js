// Keeps the phones up to date without touching what is being typed.
"use strict";
(() => {
  const body = document.body;
  const lang = body.dataset.lang;
  const main = document.getElementById("phones");
  const news = document.getElementById("news");
  const offline = document.getElementById("offline");
  const blank = document.getElementById("blank-card");
  let revision = body.dataset.revision;
  let busy = false;

  const fill = (text, values) =>
    text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  function bubble(message, peerWord) {
    const item = document.createElement("li");
    item.className = `bubble ${message.way} fresh`;
    item.dataset.id = message.id;
    const add = (tag, className, text, parent = item) => {
      const node = parent.appendChild(document.createElement(tag));
      node.className = className;
      node.textContent = text;
      return node;
    };
    add("span", "peer", `${peerWord} ${message.peer}`);
    add("p", "text", message.text);
    const meta = add("p", "meta", "");
    add("time", "", message.time, meta).dateTime = message.at;
    meta.append(" ");
    add("span", "status", message.status, meta);
    return item;
  }

  function section(name) {
    const known = [...main.querySelectorAll(".group")];
    const found = known.find((node) => node.dataset.group === name);
    if (found) return found.querySelector(".cards");
    main.querySelectorAll(":scope > p").forEach((node) => node.remove());
    const made = main.appendChild(document.createElement("section"));
    made.className = "group";
    made.dataset.group = name;
    made.id = `group-${known.length}`;
    const title = made.appendChild(document.createElement("h2"));
    title.textContent = name;
    title.id = `group-name-${known.length}`;
    made.setAttribute("aria-labelledby", title.id);
    const cards = made.appendChild(document.createElement("div"));
    cards.className = "cards";
    return cards;
  }

  // Someone who is not in the cast has written or received: give them a card.
  function newCard(phone) {
    const card = blank.content.firstElementChild.cloneNode(true);
    const old = card.id;
    for (const node of [card, ...card.querySelectorAll("*")]) {
      for (const name of ["id", "for", "aria-labelledby", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replace(old, phone.id));
      }
    }
    card.dataset.number = phone.number;
    card.dataset.label = phone.label;
    card.querySelector(".number").textContent = phone.number_text;
    const form = card.querySelector("form");
    if (phone.can_send) form.elements.from.value = phone.number;
    else form.remove();
    section(phone.group).append(card);
    return card;
  }

  function update(phone) {
    const card = document.getElementById(phone.id) ?? newCard(phone);
    const list = card.querySelector(".bubbles");
    const screen = card.querySelector(".screen");
    const atEnd = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 40;
    let added = false;
    for (const message of phone.messages) {
      const shown = list.querySelector(`[data-id="${message.id}"]`);
      if (shown) {
        shown.querySelector(".status").textContent = message.status;
        continue;
      }
      const incoming = message.way === "in";
      list.append(bubble(message, incoming ? main.dataset.from : main.dataset.to));
      added = true;
      if (incoming) {
        const said = news.appendChild(document.createElement("p"));
        said.textContent = fill(body.dataset.receivedNew, {
          label: phone.label,
          text: message.text,
        });
      }
    }
    const kept = new Set(phone.messages.map((message) => message.id));
    for (const item of [...list.children]) {
      if (!kept.has(item.dataset.id)) item.remove();
    }
    if (added && atEnd) screen.scrollTop = screen.scrollHeight;
    while (news.children.length > 20) news.firstElementChild.remove();
  }

  async function poll() {
    if (busy) return;
    busy = true;
    try {
      const query = new URLSearchParams({ lang, revision });
      const answer = await fetch(`/_emulator/phones?${query}`);
      const state = await answer.json();
      state.phones?.forEach(update);
      revision = String(state.revision);
      offline.textContent = "";
    } catch {
      offline.textContent = body.dataset.offline;
      revision = "";
    } finally {
      busy = false;
    }
  }

  async function send(event) {
    const form = event.target.closest("form.compose");
    if (!form) return;
    event.preventDefault();
    const field = form.elements.body;
    const error = form.querySelector(".error");
    const text = field.value;
    error.textContent = text.trim() ? "" : body.dataset.errorEmpty;
    if (!text.trim()) return;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      if (field.value === text) field.value = "";
      const screen = form.closest(".phone").querySelector(".screen");
      screen.scrollTop = screen.scrollHeight;
      await poll();
    } catch {
      error.textContent = body.dataset.errorSend;
    }
  }

  document.addEventListener("submit", send);
  for (const screen of document.querySelectorAll(".screen")) {
    screen.scrollTop = screen.scrollHeight;
  }
  setInterval(poll, 1500);
})();
