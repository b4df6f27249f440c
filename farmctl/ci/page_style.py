"""How the report's page looks, by day and by night, on a desk and on a phone. Pure."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#fff;--text:#1c1e21;--quiet:#5c636b;--rule:#d5d9de;
--wrong:#b3261e;--good:#1b6e2e;--changed:#8a5a00;--before:#9aa1a9;--after:#d9480f;--more:#0004}
@media(prefers-color-scheme:dark){:root{--ground:#15171a;--text:#e8eaed;--quiet:#a3abb3;
--rule:#3a4047;--wrong:#ff8a80;--good:#7bd88f;--changed:#ffc266;--before:#7d858d;--after:#ff922b;
--more:#fff5}}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
background:var(--ground);color:var(--text)}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
.quiet,th,figcaption{color:var(--quiet)}th{font-weight:500}
h1.wrong,li.wrong,.wrong td:nth-child(4),b.failed,b.breached{color:var(--wrong)}
.failed td:nth-child(2),.breached td:nth-child(2){color:var(--wrong)}
h1.good,.same td:nth-child(2),.new td:nth-child(2){color:var(--good)}
.changed td:nth-child(2){color:var(--changed)}
.wide{overflow-x:auto;background:
linear-gradient(to left,var(--ground) 50%,transparent) right/3rem 100% no-repeat local,
linear-gradient(to left,var(--more),transparent) right/1.2rem 100% no-repeat scroll}
table{border-collapse:collapse;margin:.5rem 0}
td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid var(--rule);
vertical-align:top;white-space:nowrap}
td.long{white-space:normal;min-width:11rem;overflow-wrap:anywhere}
.number{text-align:right;font-variant-numeric:tabular-nums}
.wrong td:nth-child(4){font-weight:600}
details{border:1px solid var(--rule);border-radius:.4rem;margin:.5rem 0;padding:.5rem .8rem}
details details{border:0;padding:0}
summary{cursor:pointer;overflow-wrap:anywhere}summary b{font-weight:600}
ul{padding-left:1.2rem;margin:.5rem 0}li{overflow-wrap:anywhere}
.pair{display:flex;flex-wrap:wrap;gap:1rem 2rem;margin-top:1rem}figure{margin:0;max-width:100%}
svg{max-width:100%;height:auto;display:block}
svg text{font:12px system-ui,sans-serif;fill:var(--quiet)}
.grid{stroke:var(--rule)}polyline{fill:none;stroke-linejoin:round}
.before{stroke:var(--before);stroke-width:5}.after{stroke:var(--after);stroke-width:1.8}
.layer{background:#15181c;border-radius:.4rem;margin-top:.3rem}
.laid{fill:none;stroke-linejoin:round}
.legend{margin:.5rem 0;font-size:.9rem}.legend span{margin-right:.8rem;white-space:nowrap}
.legend i{display:inline-block;width:.9rem;height:.9rem;border-radius:.15rem;margin-right:.3rem;
vertical-align:-.1rem}
.legend i.before,.legend i.after{height:.3rem;vertical-align:.2rem}
i.before{background:var(--before)}i.after{background:var(--after)}
@media(max-width:40rem){body{margin:1rem auto;font-size:14px}details{padding:.4rem .5rem}
td.long{white-space:nowrap}}
"""
