/** Words that names of skills and packages are put together from, seven letters and more or easily mistyped. */
export const NAME_WORDS: ReadonlySet<string> = new Set(
  `account accounts activity adapter address advanced agent aggregator analysis analytics analyzer analyser android
annotator answer application architect archive archiver assistant async audio audit auditor authenticator authentication
authorization automate automation automator background backup balance balancer banner baseline batch beautifier
benchmark billing binary bitcoin blockchain bookmark branch browser bucket budget builder bundle bundler business
calculator calendar caller camera capture catalog category certificate changelog channel charts checker checklist checker
classifier cleaner clickhouse client clipboard cloner cloud cluster coding collector collection color column combine
command comment commerce commit compare comparator compiler completion component composer compress compressor compute
concurrency config configuration connect connection connector console contact container content context contract
controller convert converter cookie coordinator copilot counter coverage crawler create creator credential crypto
currency customer daemon dashboard database dataset debug debugger decoder deduper dependency deploy deployer deployment
design designer desktop detector developer development device diagnose diagnostic diagnostics diagram dictionary diff
directory discovery docker document documentation documents domain download downloader drawing driver duplicate editor
elastic email embedding encoder encryption engine engineer environment error estimate ethereum evaluator event example
exchange excel execute executor expense explorer export exporter express expression extension extract extractor facebook
feedback fetcher filter finance finder firewall flask folder font forecast format formatter formatting framework frontend
function gateway generate generator github gitlab glossary google gradient graph graphql grammar guard guide handler
health helper highlighter history hosting hybrid image images importer indexer inspect inspector install installer
instagram instance integration interface interpreter inventory investment invoice iterator javascript journal kernel
keyboard keyword knowledge kubernetes label language launcher layout learning library license linkedin linter linting
listener loader localization locator logger logging lookup machine manager manifest manipulation mapper markdown market
marketing master matcher measure media meeting memory merger message messenger metadata metrics microservice migrate
migration minifier mobile model module monitor monitoring mongodb native navigator network newsletter normalizer notebook
notes notification notifier notion number object observer obsidian operator optimize optimizer orchestrator organizer
outlook output package packager parallel parser partition password pattern payment performance permission personal photo
picture pipeline planner platform player playwright plugin podcast polisher pool portfolio postgres powerpoint predict
prediction presentation preset preview pretty printer probe process processor product productivity profile profiler
program progress project prometheus prompt provider proxy publish publisher puppeteer python query question queue ranker
reader readme receipt recipe recommend recommender reconcile recorder recovery redactor redirect reducer refactor
reference registry release reminder remote renamer render renderer report reporter repository request requests research
researcher resolver resource response restore resume retriever review reviewer rotator router runner sampler scanner
schedule scheduler schema scraper screenshot script search secret secrets security selector semantic sender serializer
server service session settings shell shortener simulator skill slack snapshot snippet social software solver sorter
source specification speech splitter spreadsheet sprint stack standard startup static statistics stats status storage
strategy stream streaming string student studio style subscription subtitle summarize summarizer summary support survey
switch symbol sync synchronize syntax synthesizer system table tagger task telegram telemetry template terminal
terraform tester testing theme thread thumbnail ticket timeline timer toolkit topology tracing tracker tracking trader trading
trainer transaction transcribe transcriber transcript transcription transfer transform transformer translate translation
translator travel trigger twitter typescript typing update updater upload uploader uptime usage utility utils validate
validation validator variable vector version video viewer virtual visualizer vulnerability wallet watcher weather
webhook website whatsapp widget wizard worker workflow workspace wrapper writer writing youtube
counting compress matrix normalize analyze organize inspect collect remove rename convert calculate`
    .split(/\s+/)
    .filter((word) => word !== ""),
);
