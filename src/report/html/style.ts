/** The style sheet of the page. It holds neither `<` nor `&`, so that it is the same in HTML and in XML. */
import { Markup } from './markup.js';

/** Colours as `[name, light, dark]`. Text on each ground has a contrast of 4.5 and more. */
export const COLOURS: ReadonlyArray<readonly [string, string, string]> = [
  ['ground', '#ffffff', '#14171c'],
  ['panel', '#f5f6f8', '#1c2027'],
  ['line', '#d3d8df', '#353c47'],
  ['ink', '#1b1f24', '#e4e7eb'],
  ['soft', '#545d68', '#a3adba'],
  ['link', '#0b57b8', '#82b4ff'],
  ['critical', '#b00020', '#ff6b7d'],
  ['high', '#b34700', '#ff9d55'],
  ['medium', '#7d5a00', '#edc13f'],
  ['low', '#2a62a8', '#86b8f5'],
  ['waived', '#5f6873', '#9aa4b1'],
  ['clean', '#1a7037', '#5fcc82'],
  ['error', '#8a1d8a', '#e38be3'],
  ['on', '#ffffff', '#14171c'],
  ['shade', '#23304a', '#cfdcf5'],
  ['scanned', '#5aa777', '#3d8a5c'],
  ['heap', '#8fc7f2', '#1f5c8f'],
  ['stack', '#9ed9b0', '#22683c'],
  ['module', '#d6c2ef', '#58407f'],
  ['mapped-file', '#edc6e0', '#7a3c66'],
  ['anonymous', '#bfe0e6', '#28616c'],
  ['vdso', '#d7dcb0', '#5b6126'],
  ['metadata', '#f0d9ae', '#70541c'],
  ['physical', '#b4c8f5', '#364f91'],
  ['raw', '#d5d9de', '#454c57'],
  ['gap', '#eef0f2', '#262b33'],
];

const KINDS = ['heap', 'stack', 'module', 'mapped-file', 'anonymous', 'vdso', 'metadata', 'physical', 'raw', 'gap'];
const TONES = ['critical', 'high', 'medium', 'low', 'waived'];

const scheme = (column: 1 | 2) => COLOURS.map((colour) => `--${colour[0]}:${colour[column]};`).join('');

const VARIABLES = `:root{color-scheme:light dark;${scheme(1)}}
@media screen and (prefers-color-scheme:dark){:root{${scheme(2)}}}`;

const PAGE = `
*{box-sizing:border-box}
body{margin:0 auto;max-width:1520px;padding:0 clamp(10px,2vw,32px) 48px;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
h1{font-size:clamp(20px,3.2vw,30px);line-height:1.25;margin:4px 0 10px}
h2{font-size:20px;line-height:1.3;margin:40px 0 12px;padding-top:14px;border-top:2px solid var(--line)}
h3{font-size:16px;margin:26px 0 8px}
h4{font-size:15px;margin:0 0 4px}
p{margin:0 0 8px;max-width:90ch}
a{color:var(--link)}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
small,.note{color:var(--soft);font-size:13px}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;padding:6px 10px;background:var(--ground);z-index:1}
.defs{position:absolute}
:target{outline:3px solid var(--link);outline-offset:4px}
header{margin:16px 0 8px;padding:16px 20px;background:var(--panel);border-left:8px solid var(--clean);border-radius:4px}
header.findings{border-color:var(--critical)}header.incomplete{border-color:var(--medium)}header.error{border-color:var(--error)}
header h1{color:var(--clean)}header.findings h1{color:var(--critical)}header.incomplete h1{color:var(--medium)}header.error h1{color:var(--error)}
.tool{color:var(--soft);font-size:13px;margin:0}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--line);color:var(--soft);font-size:13px}
dl.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px 20px;margin:0 0 12px}
dt{color:var(--soft);font-size:13px}
dd{margin:0}
.facts dd{font-weight:600}
.verdict{display:inline-block;padding:1px 8px;border-radius:3px;font-size:12px;font-weight:700;letter-spacing:.03em;white-space:nowrap;vertical-align:2px;color:var(--on);background:var(--clean)}
.verdict.findings{background:var(--critical)}.verdict.incomplete{background:var(--medium)}.verdict.error{background:var(--error)}
.clean-inputs{list-style:none;padding:0;margin:0}
.clean-inputs li{padding:2px 0}
.warnings{margin:0;padding-left:20px}
.warnings .incomplete{font-weight:600}
`;

const TABLES = `
table{border-collapse:collapse;margin:0 0 8px;text-align:left}
caption{text-align:left;font-weight:600;padding:4px 0}
th,td{padding:5px 14px 5px 0;vertical-align:top;border-bottom:1px solid var(--line)}
td{overflow-wrap:break-word}
thead th{color:var(--soft);font-size:13px;font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
td.number,th.number{text-align:right}
table.findings,table.overview{width:100%}
.coverage td{text-align:right;white-space:nowrap}.coverage th[scope=row]{font-weight:400}.coverage .total th,.coverage .total td{font-weight:600}
.places td{overflow-wrap:normal;white-space:nowrap}.places td bdi{white-space:normal;overflow-wrap:anywhere}.places td code bdi{white-space:nowrap}
.scroll{overflow-x:auto}
.bar-cell{width:22%}
.bar{display:flex;height:14px;border:1px solid var(--line);border-radius:3px;overflow:hidden;margin:4px 0 8px;background:var(--gap)}
.bar span{flex:0 0 0;min-width:3px}
.finding{border:1px solid var(--line);border-left:5px solid var(--waived);border-radius:4px;padding:12px 16px;margin:0 0 14px;background:var(--panel)}
.finding dl{margin:8px 0;display:grid;gap:4px}
.finding dl div{display:grid;grid-template-columns:130px minmax(0,1fr);gap:4px 12px}
.severity{text-transform:capitalize;overflow-wrap:normal;margin-right:4px}
.narrow{display:none}.findings th{overflow-wrap:break-word}
@media (max-width:640px){.wide{display:none}.narrow{display:block;font-weight:400;overflow-wrap:anywhere}.finding dl div{grid-template-columns:minmax(0,1fr);gap:0}.finding{padding:10px}th,td{padding-right:8px}header{padding:12px}.places td bdi{display:inline-block;min-width:80px}}
`;

const MAPS = `
.map{margin:0 0 22px}
.map h4,.map p{margin:0 0 4px}
.map figcaption p{color:var(--soft);font-size:13px}
.pieces{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,310px),1fr));gap:10px 0;align-items:end}
.piece{display:block;width:100%;height:auto;overflow:visible;font:10px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
.ground{fill:var(--ground)}
.frame{fill:none;stroke:var(--soft);stroke-width:.6}
.shade{fill:var(--shade)}
.piece .skipped{fill:url(#hatch)}
.hatch-ground{fill:var(--ground);fill-opacity:.55}.hatch-line{fill:var(--medium)}
.hole-ground{fill:var(--gap)}.hole-line{fill:var(--soft)}
.k-hole{fill:url(#hole)}
.void{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:1 2;fill:none}
.k-hole+.label{stroke:var(--gap);stroke-width:3px;paint-order:stroke}
.label{fill:var(--ink);font-size:10px;pointer-events:none}
.axis{fill:var(--soft);font-size:10px}
.more{fill:var(--ink);font-size:10px}
.pin{fill:none;stroke-width:1.6}
.flag{stroke-width:1.4}
.number{font-weight:700}
svg .number{font-size:10.5px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:8px 0 0;padding:0;font-size:13px}
.swatch{display:inline-block;width:22px;height:12px;margin-right:6px;border:1px solid var(--soft);vertical-align:-1px}
.swatch.ramp{width:66px;background:linear-gradient(90deg,var(--ground),var(--shade))}
span.scanned{background:var(--scanned)}
span.skipped{background:repeating-linear-gradient(45deg,var(--medium) 0 2px,var(--ground) 2px 5px)}
span.hole,span.k-hole{background:repeating-linear-gradient(-45deg,var(--soft) 0 1px,var(--gap) 1px 5px)}
.chip{display:inline-block;min-width:22px;padding:0 6px;border:1.5px solid;border-radius:10px;font-size:12px;font-weight:700;line-height:18px;text-align:center}
.chip.critical{border-radius:2px}
`;

/** Most severe: filled. The others are told apart by the outline, too. */
const OUTLINES: Readonly<Record<string, string>> = { medium: '0', low: '3 2', waived: '1 2' };

const TONED = TONES.map((tone) => {
  const filled = tone === 'critical' || tone === 'high';
  const text = filled ? 'on' : tone;
  const dash = OUTLINES[tone] ?? '0';
  const style = dash === '0' ? 'solid' : dash === '3 2' ? 'dashed' : 'dotted';
  return `.pin.${tone}{stroke:var(--${tone})}.${tone} .flag{stroke:var(--${tone});fill:var(--${filled ? tone : 'ground'});stroke-dasharray:${dash}}.${tone} .number{fill:var(--${text})}
.severity.${tone}{color:var(--${tone})}.finding.${tone}{border-left-color:var(--${tone})}
.chip.${tone}{border-color:var(--${tone});border-style:${style};background:var(--${filled ? tone : 'ground'});color:var(--${text})}`;
}).join('\n');

const COLOURED = KINDS.map((kind) => `.k-${kind}{fill:var(--${kind})}span.k-${kind}{background:var(--${kind})}`).join(
  '',
);

const PRINT = `
@media print{body{max-width:none;padding:0;font-size:11px}code,small,dt,table,.note,.legend,.map figcaption p,thead th{font-size:inherit}h2{font-size:15px}h3,h4{font-size:13px}.finding,.map,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}.scroll{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.skip{display:none}a{color:inherit;text-decoration:none}}
`;

export const STYLE = new Markup([VARIABLES, PAGE, TABLES, MAPS, TONED, COLOURED, PRINT].join('\n'));
