/** The look of the site in one small sheet: these pages stand on an operator's machine, without the site. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf7;--sheet:#f3f1ea;--ink:#161b26;--soft:#525a69;--line:#dcd8cc;--gold:#8c6513;--fill:#d3a53d;--on:#1c1608}
@media(prefers-color-scheme:dark){:root{--paper:#0c111c;--sheet:#131a29;--ink:#e9e5da;--soft:#a2a9b8;--line:#242d40;--gold:#dcb45a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:70ch;margin:0 auto;padding:32px 24px 64px}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 16px}
h2{font-size:1.125rem;margin:40px 0 8px}
a{color:var(--gold)}
code{font:.875em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:8px 24px;margin:24px 0}
dt{color:var(--soft)}
dd{margin:0;min-width:0}
dd ul{margin:0;padding-left:16px}
@media(max-width:480px){dl{grid-template-columns:1fr;gap:0 0}dd{margin-bottom:8px}}
table{width:100%;border-collapse:collapse}
th{text-align:left;color:var(--soft);font-weight:400;font-size:.8125rem}
th,td{padding:8px 16px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap}
button{font:inherit;font-weight:600;color:var(--on);background:var(--fill);border:0;border-radius:4px;padding:8px 16px;cursor:pointer}
button:focus-visible,a:focus-visible{outline:2px solid var(--gold);outline-offset:2px}
li{margin:8px 0}
`;
