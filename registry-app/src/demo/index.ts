/** The demo registry: two teams with real history, made through the real path on the first start. */
export { makeDemo, type Demo, type DemoDeps, type DemoPlace } from "./make-demo.ts";
