import { figureStyle, mono, sans, tokenStyle } from "./tokens.ts";

/** Style of a report page: tokens for both themes, one column on a phone, two figures side by side at 1280 px. */
export const reportStyle: string = `${tokenStyle}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/21px ${sans};font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
header,main,nav{max-width:1220px;margin:0 auto;padding:0 28px}
header{padding-top:28px}
h1{font-size:21px;line-height:27px;font-weight:650;letter-spacing:-.018em;margin:0 0 8px}
h2{font-size:16px;line-height:24px;font-weight:600;margin:0 0 8px}
p{margin:0 0 10px;max-width:72ch;overflow-wrap:anywhere}
.lead{font-size:16px;line-height:24px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none;font-size:13px;line-height:24px}
a{color:var(--dbdtext)}
a:focus-visible,.scroll:focus-visible{outline:2px solid var(--dbd);outline-offset:2px}
section{border-top:1px solid var(--line);margin-top:18px;padding-top:18px}
main{padding-bottom:28px}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,568px),1fr));gap:28px;margin:14px 0}
figure{margin:0;min-width:0}
figure svg{display:block;max-width:100%;height:auto}
.narrow{display:none!important}
.scroll{overflow-x:auto;margin:14px 0}
table{border-collapse:collapse;font-size:13px;line-height:18px}
caption{text-align:left;color:var(--ink2);padding-bottom:6px}
th,td{text-align:left;padding:4px 18px 4px 0;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
th{color:var(--ink2);font-weight:600}
.number{text-align:right}
pre{margin:14px 0;padding:10px 14px;background:var(--sunk);border-radius:6px;overflow-x:auto;font:13px/18px ${mono}}
@media (max-width:639px){header,main,nav{padding-left:16px;padding-right:16px}
.narrow{display:block!important}.wide{display:none!important}.figures{grid-template-columns:100%}}
@media print{.narrow{display:none!important}.wide{display:block!important}section{break-inside:avoid}}
${figureStyle}`;
