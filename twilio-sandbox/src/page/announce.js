// Says things to people who do not see the page.

const news = document.getElementById("news");

export function announce(words) {
  const line = document.createElement("p");
  line.textContent = words;
  news.append(line);
  while (news.childElementCount > 5) news.firstElementChild.remove();
}
