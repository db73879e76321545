/**
 * Vendors, products and skills that a skill's name can pretend to be. Being named like one of them is usual (a skill
 * about Slack is called slack); being named almost like one is not.
 */
export const KNOWN_SKILLS: ReadonlySet<string> = new Set(
  `anthropic claude claude-code openai chatgpt codex gemini google google-workspace google-drive google-sheets google-docs
gmail github github-actions gitlab bitbucket slack discord telegram whatsapp signal twitter facebook instagram linkedin
tiktok youtube reddit spotify notion obsidian evernote todoist trello asana linear jira confluence atlassian airtable
salesforce hubspot zendesk shopify stripe paypal coinbase binance bybit kraken metamask phantom polymarket hyperliquid
uniswap solana ethereum bitcoin aws azure gcp cloudflare vercel netlify heroku supabase firebase mongodb postgres
redis elasticsearch snowflake databricks docker kubernetes terraform ansible jenkins circleci datadog grafana
prometheus sentry pagerduty figma canva webflow wordpress zapier n8n microsoft outlook onedrive sharepoint
excel powerpoint dropbox zoom twilio sendgrid mailchimp openrouter perplexity elevenlabs replicate huggingface
langchain cursor windsurf copilot clawhub clawdbot openclaw moltbot moltbook playwright puppeteer selenium
agent-browser skill-creator mcp-builder frontend-design webapp-testing brainstorming deep-research summarize
nano-banana nano-banana-pro himalaya peekaboo apple-notes apple-reminders 1password bitwarden wrangler tavily
firecrawl brave-search exa yahoo-finance home-assistant superpowers systematic-debugging self-improvement`
    .split(/\s+/)
    .filter((name) => name !== ""),
);

/** Tools that agents have built in. A skill of the same name is taken for the tool. */
export const BUILTIN_TOOLS: ReadonlySet<string> = new Set(
  `bash read write edit multiedit glob grep ls task todowrite todoread webfetch websearch notebookedit notebookread
killshell bashoutput exitplanmode askuserquestion slashcommand str-replace-editor apply-patch shell exec
web-fetch web-search read-file write-file edit-file list-files run-command execute-command run-terminal-cmd
file-search codebase-search grep-search web-browser computer-use`
    .split(/\s+/)
    .filter((name) => name !== ""),
);
