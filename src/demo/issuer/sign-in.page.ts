import { DEMO_ACCOUNTS } from '../accounts.js';

/** The sign-in page of the demo: pick a person. There is no password, because a password that everybody knows only looks like safety. */
export function signInPage(interactionUid: string): string {
  const people = DEMO_ACCOUNTS.map(
    ({ key, name, role, says }) =>
      `<li><button name="account" value="${escapeHtml(key)}"><strong>${escapeHtml(name)}</strong> <span>${escapeHtml(role)}</span><br>${escapeHtml(says)}</button></li>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to the demo</title>
<style>
body { font: 1rem/1.4 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
ul { list-style: none; padding: 0; display: grid; gap: .5rem }
button { width: 100%; text-align: left; font: inherit; padding: .75rem 1rem; border: 1px solid #71767a; border-radius: 4px; background: #fff; cursor: pointer }
button:hover, button:focus-visible { background: #e7f6f8; outline: 3px solid #2491ff }
span { color: #565c65 }
</style>
</head>
<body>
<main>
<h1>Who are you today?</h1>
<p>This is a demo with invented people. Choose one; no password is asked.</p>
<form method="post" action="/oidc/interaction/${escapeHtml(interactionUid)}"><ul>
${people.join('\n')}
</ul></form>
</main>
</body>
</html>`;
}

/** Headers of the page. The form leads on to the client's own address, which is on this machine but on any port. */
export const SIGN_IN_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
} as const;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
