/** Names on npm that everybody knows. A name that is nearly one of them, and is none of them, is looked at. */
export const KNOWN_NPM: ReadonlySet<string> = new Set(
  `react react-dom react-router react-router-dom react-redux react-native react-query react-hook-form react-icons react-select
react-scripts preact vue vuex vue-router pinia nuxt next next-auth gatsby remix svelte sveltekit solid-js angular ember lit
jquery backbone lodash lodash-es underscore ramda rxjs immer immutable zustand jotai recoil redux redux-thunk redux-saga
mobx express express-session express-validator koa koa-router fastify hapi nest restify connect cors helmet morgan
body-parser cookie-parser multer compression http-proxy http-proxy-middleware passport passport-local passport-jwt
jsonwebtoken bcrypt bcryptjs argon2 jose axios node-fetch cross-fetch got ky superagent request request-promise needle
undici isomorphic-fetch form-data qs query-string url-parse ws socket.io socket.io-client sockjs-client engine.io
mongoose mongodb mysql mysql2 pg pg-promise postgres redis ioredis sqlite3 better-sqlite3 knex sequelize typeorm prisma
drizzle-orm kysely objection waterline nodemailer winston pino bunyan log4js loglevel debug chalk kleur picocolors colors
colorette ansi-colors ansi-styles ansi-regex strip-ansi wrap-ansi string-width supports-color color color-convert
color-name commander yargs yargs-parser minimist meow inquirer enquirer prompts ora cli-progress cli-spinners boxen
figlet table cli-table cli-table3 listr listr2 execa cross-spawn cross-env shelljs zx npm-run-all concurrently nodemon
pm2 forever ts-node tsx tsup tslib typescript esbuild swc rollup webpack webpack-cli webpack-dev-server vite vitest
parcel turbo lerna nx gulp grunt browserify babel-core babel-loader babel-eslint core-js regenerator-runtime eslint
eslint-config-prettier eslint-plugin-react eslint-plugin-import eslint-plugin-prettier prettier stylelint husky
lint-staged commitlint semantic-release standard tslint jshint jest ts-jest mocha chai sinon ava tap tape karma jasmine
cypress playwright playwright-core puppeteer puppeteer-core nightwatch webdriverio selenium-webdriver supertest nock
msw faker jsdom cheerio htmlparser2 parse5 domhandler css-select xml2js fast-xml-parser xmldom marked markdown-it
remark rehype unified gray-matter showdown turndown highlight.js prismjs handlebars mustache ejs pug nunjucks
moment moment-timezone dayjs date-fns luxon ms uuid nanoid shortid cuid validator joi yup zod ajv class-validator
superstruct io-ts semver glob globby fast-glob minimatch micromatch picomatch chokidar rimraf mkdirp fs-extra
graceful-fs del cpy tmp temp tar tar-fs unzipper adm-zip archiver jszip yazl yauzl fflate pako through2 readable-stream
concat-stream split2 pump bluebird q async p-limit p-queue p-map p-retry async-retry eventemitter3 events mitt
inherits util util-deprecate assert buffer safe-buffer process path-to-regexp mime mime-types mime-db content-type
iconv-lite encoding chardet dotenv dotenv-expand config convict rc ini yaml js-yaml toml json5 jsonc-parser
json-stringify-safe fast-json-stable-stringify flatted node-gyp node-pre-gyp node-addon-api bindings nan ffi-napi
electron electron-builder tailwindcss postcss autoprefixer sass node-sass less stylus styled-components
emotion bootstrap material-ui antd chart.js d3 three pixi.js leaflet mapbox-gl echarts highcharts recharts plotly.js
framer-motion gsap swiper sharp jimp canvas pdfkit pdf-lib pdf-parse pdfjs-dist docx mammoth exceljs xlsx papaparse
csv-parse csv-parser csv-stringify pptxgenjs qrcode aws-sdk firebase firebase-admin stripe twilio openai langchain
discord.js telegraf node-telegram-bot-api whatsapp-web.js googleapis google-auth-library web3 ethers viem wagmi
bitcoinjs-lib bip39 hardhat truffle solc ganache web3-utils crypto-js tweetnacl elliptic node-forge node-rsa
ssh2 simple-git isomorphic-git octokit graphql graphql-tag apollo-server apollo-client urql mqtt amqplib kafkajs bull
bullmq agenda node-cron cron node-schedule i18next react-i18next classnames clsx prop-types invariant warning tiny-invariant
vercel netlify-cli wrangler serverless aws-cdk pnpm yarn npm npx bun deno corepack create-react-app create-next-app
degit plop hygen yo yeoman-generator http-server serve live-server json-server localtunnel ngrok open opn which
node-ipc left-pad is-odd is-even is-number kind-of isarray ua-parser-js event-stream coa rc faker formidable busboy
acorn esprima estree-walker escodegen recast jscodeshift magic-string source-map source-map-support terser uglify-js
html-webpack-plugin css-loader style-loader file-loader url-loader ts-loader sass-loader mini-css-extract-plugin
claude-code clawhub mcp-remote mcporter agent-browser supergateway repomix turndown jest-cli cross-zip
deepmerge dot-prop camelcase change-case slugify pluralize lru-cache node-cache keyv memoizee object-assign
escape-string-regexp string_decoder signal-exit once wrappy brace-expansion balanced-match concat-map`
    .split(/\s+/)
    .filter((name) => name !== ""),
);

/** Scopes that a vendor or a large project holds. */
export const KNOWN_SCOPES: ReadonlySet<string> = new Set(
  `@types @babel @angular @aws-sdk @azure @google-cloud @google @anthropic-ai @modelcontextprotocol @openai @microsoft
@vercel @supabase @prisma @nestjs @vue @vitejs @sveltejs @reduxjs @tanstack @mui @emotion @radix-ui @storybook @testing-library
@playwright @typescript-eslint @eslint @octokit @actions @sentry @stripe @solana @ethersproject @walletconnect @metamask
@huggingface @langchain @pinecone-database @qdrant @elastic @opentelemetry @grpc @apollo @graphql-tools @fastify @hapi
@slack @discordjs @twilio @sendgrid @notionhq @cloudflare @netlify @heroku @firebase @ionic @capacitor @expo @react-native
@tailwindcss @headlessui @heroicons @fortawesome @floating-ui @swc @rollup @webpack @parcel @nrwl @lerna @commitlint
@semantic-release @changesets @jest @vitest @cypress @puppeteer @wdio @mdx-js @shikijs @tiptap @lexical @codemirror`
    .split(/\s+/)
    .filter((name) => name !== ""),
);
