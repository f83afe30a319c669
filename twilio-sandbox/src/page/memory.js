// What this browser remembers of the page: which phones are open, light or dark. Nothing leaves it.

export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`phones.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(`phones.${key}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing shows the page all the same.
  }
}
