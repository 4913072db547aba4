// The link that a server prints at its first start ends in #token=…: what follows a # is never sent
// and never logged. It goes into the form and out of the address, so that no history keeps it.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("token").value = given;
  document.querySelector("button").focus();
}
