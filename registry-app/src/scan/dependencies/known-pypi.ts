/** Names on PyPI that everybody knows, as PEP 503 writes them. */
export const KNOWN_PYPI: ReadonlySet<string> = new Set(
  `requests urllib3 httpx aiohttp httplib2 certifi idna charset-normalizer chardet six setuptools pip wheel virtualenv pipenv
poetry pdm hatch flit twine build tox nox uv ruff black isort flake8 pylint pycodestyle pyflakes mypy pyright bandit safety
pre-commit autopep8 yapf pytest pytest-cov pytest-asyncio pytest-mock pytest-xdist hypothesis coverage mock nose unittest2
faker factory-boy responses vcrpy freezegun moto locust robotframework behave numpy scipy pandas polars pyarrow matplotlib
seaborn plotly bokeh altair dash streamlit gradio scikit-learn scikit-image scikit-bio statsmodels xgboost lightgbm catboost
tensorflow keras torch torchvision torchaudio pytorch-lightning jax flax transformers datasets tokenizers accelerate
diffusers sentence-transformers huggingface-hub peft trl bitsandbytes onnx onnxruntime openai anthropic cohere
google-generativeai google-genai langchain langchain-core langchain-openai langgraph llama-index litellm tiktoken chromadb
pinecone-client qdrant-client weaviate-client faiss-cpu spacy nltk gensim textblob opencv-python pillow imageio
imageio-ffmpeg moviepy pydub librosa soundfile sympy networkx numba cython cffi pybind11 dask distributed ray
joblib multiprocess cloudpickle dill flask flask-cors flask-login flask-sqlalchemy flask-restful django
djangorestframework django-cors-headers fastapi starlette uvicorn gunicorn hypercorn tornado sanic bottle falcon quart
werkzeug jinja2 markupsafe itsdangerous click typer rich textual tqdm colorama termcolor tabulate prettytable
pyfiglet prompt-toolkit inquirer questionary fire docopt argparse configargparse pydantic pydantic-core pydantic-settings
attrs marshmallow cerberus jsonschema orjson ujson simplejson toml tomli tomlkit pyyaml ruamel-yaml python-dotenv
dynaconf environs configparser sqlalchemy alembic psycopg2 psycopg2-binary psycopg asyncpg pymysql mysqlclient
mysql-connector-python pymongo motor redis hiredis sqlmodel peewee tortoise-orm databases cassandra-driver elasticsearch
opensearch-py neo4j celery kombu amqp pika kafka-python confluent-kafka rq dramatiq apscheduler schedule boto3
botocore s3transfer awscli aiobotocore s3fs azure-core azure-identity azure-storage-blob azure-keyvault-secrets
google-auth google-api-python-client google-cloud-storage google-cloud-bigquery google-auth-oauthlib gspread
oauthlib requests-oauthlib requests-toolbelt authlib pyjwt python-jose passlib bcrypt cryptography pycryptodome
pycrypto pyopenssl pynacl paramiko fabric ansible invoke netmiko scapy dnspython ldap3 impacket pwntools shodan
beautifulsoup4 bs4 lxml html5lib scrapy selenium playwright pyppeteer mechanize parsel cssselect feedparser newspaper3k
trafilatura readability-lxml markdown markdown2 mistune markdownify html2text docutils sphinx mkdocs mkdocs-material
python-docx python-pptx openpyxl xlsxwriter xlrd xlwt pypdf pypdf2 pdfplumber pdfminer-six pymupdf reportlab weasyprint
pdf2image pytesseract easyocr camelot-py tabula-py docx2txt nbformat nbconvert jupyter jupyterlab notebook ipython ipykernel
ipywidgets papermill python-dateutil pytz tzdata arrow pendulum dateparser humanize babel regex fuzzywuzzy rapidfuzz
python-levenshtein thefuzz unidecode emoji psutil watchdog pexpect ptyprocess sh plumbum gitpython pygithub python-gitlab
dulwich docker kubernetes docker-compose jmespath jsonpath-ng more-itertools toolz cytoolz cachetools diskcache
tenacity backoff retrying decorator wrapt typing-extensions importlib-metadata packaging pyparsing pluggy filelock
platformdirs appdirs loguru structlog python-json-logger sentry-sdk prometheus-client opentelemetry-api opentelemetry-sdk
grpcio grpcio-tools protobuf thrift websockets websocket-client python-socketio aiofiles anyio trio uvloop nest-asyncio
discord-py python-telegram-bot telethon slack-sdk tweepy praw twilio sendgrid stripe yfinance ccxt web3 eth-account
pandas-ta ta-lib backtrader alpaca-trade-api geopandas shapely fiona pyproj rasterio folium cartopy geopy osmnx
biopython rdkit pydicom nibabel astropy simpy qiskit pennylane gym gymnasium stable-baselines3 pygame pyautogui
pyperclip pynput keyboard mss pyinstaller nuitka cx-freeze yt-dlp youtube-dl youtube-transcript-api spotipy instaloader
whisper openai-whisper faster-whisper speechrecognition pyttsx3 gtts edge-tts elevenlabs mcp fastmcp crewai autogen
semgrep detect-secrets pip-audit pipdeptree pip-tools pipx cookiecutter copier jellyfish
lightning wandb mlflow optuna hydra-core omegaconf tensorboard tensorboardx einops timm ultralytics
albumentations shap umap-learn hdbscan prophet pmdarima sktime lifelines pymc arviz cvxpy pulp ortools deap
pillow-heif pyserial pyusb smbus2 rpi-gpio bleak zeroconf netifaces pycurl treq grequests requests-html requests-cache
colorlog coloredlogs blessed urwid pyqt5 pyqt6 pyside6 kivy wxpython dearpygui customtkinter flet nicegui reflex
pycountry phonenumbers validators email-validator zxcvbn python-magic filetype chevron mako cheetah3 genshi pystache
xmltodict defusedxml untangle jsonpickle msgpack bson cbor2 fastavro h5py zarr netcdf4 tables openai-agents browser-use
solana solders base58 ecdsa coincurve mnemonic bip-utils eth-abi py-solc-x vyper brownie-eth nvidia-cuda-runtime-cu12`
    .split(/\s+/)
    .filter((name) => name !== ""),
);
