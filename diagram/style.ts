/**
 * Colours and fonts of architecture pictures. The palette is Okabe & Ito's (2008, "Color universal design"), told apart by
 * the colour-blind; what a colour says is also said by a shape or a word.
 */

const light = `
text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1b1f24}
.ground{fill:#fff}
.panel{font-size:13px;font-weight:600}.title{font-size:13px;font-weight:600}
.detail,.row,.size,.caption{font-size:10.5px}.label{font-size:10px}
.detail,.size,.label{fill:#57606a}.caption{fill:#0b5c8a;font-weight:600}
.unit rect,.unit path{stroke:#6e7781;stroke-width:1;fill:#f6f8fa}
.field rect{fill:#e6f2fb;stroke:#0072b2}.sample rect{fill:#f7eaf3;stroke:#a3588c}
.network>rect{fill:#fff;stroke:#1b1f24;stroke-width:1.4}.loss path{fill:#fdf3dc;stroke:#b9810b}
.unit rect.inset{fill:#eef1f4;stroke:#8c959f;stroke-dasharray:3 2;stroke-width:1}
.learns>rect{fill:#d8f0e6;stroke:#007a59;stroke-width:2.2}.passes>rect{stroke:#007a59;stroke-dasharray:5 3}
.edge path{fill:none;stroke:#8c959f;stroke-width:1.2}.edge .tip{fill:#8c959f;stroke:none}
.edge.flows path,.edge.reversed path{stroke:#007a59;stroke-width:2}.edge.flows .tip,.edge.reversed .tip{fill:#8c959f}
.edge.flows .back,.edge.reversed .back{fill:#007a59;stroke:none}
.edge.reversed path{stroke:#c44900}.edge.reversed .back{fill:#c44900}.edge .bar{stroke:#c44900;stroke-width:3}
`;

const dark = `
.ground{fill:#0d1117}text{fill:#e6edf3}.detail,.size,.label{fill:#9da7b3}.caption{fill:#79c0ff}
.unit rect,.unit path{fill:#161b22;stroke:#7d8590}
.field rect{fill:#0c2d44;stroke:#56b4e9}.sample rect{fill:#3a1f33;stroke:#cc79a7}
.network>rect{fill:#0d1117;stroke:#e6edf3}.loss path{fill:#3a2d0a;stroke:#e69f00}
.unit rect.inset{fill:#21262d;stroke:#7d8590}
.learns>rect{fill:#06352a;stroke:#2fd0a0}.passes>rect{stroke:#2fd0a0}
.edge.flows path{stroke:#2fd0a0}.edge.flows .back{fill:#2fd0a0}
.edge.reversed path,.edge .bar{stroke:#ff8a4c}.edge.reversed .back{fill:#ff8a4c}
`;

export const style = `<style>${light}@media (prefers-color-scheme:dark){${dark}}</style>`;
