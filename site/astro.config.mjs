import node from "@astrojs/node";
import { defineConfig, passthroughImageService } from "astro/config";

/** The output directory is given by whoever builds: `astro build --outDir dist/<hash>`. */
export default defineConfig({
  output: "server",
  adapter: node({ mode: "middleware" }),
  session: false,
  compressHTML: "jsx",
  trailingSlash: "never",
  devToolbar: { enabled: false },
  markdown: { syntaxHighlight: false },
  image: { service: passthroughImageService() },
  build: { inlineStylesheets: "never" },
  security: {
    checkOrigin: true,
    csp: {
      directives: [
        "default-src 'none'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ],
    },
  },
  vite: { build: { assetsInlineLimit: 0 } },
});
