"""Serve the registry with uvicorn and mutual TLS, for the folder of a node with a [server].

python serve.py NODE_FOLDER
"""

import os
import ssl
import sys

import uvicorn

from docexchange.node import read_config
from docexchange.web import WebLimits, guarded

if not sys.argv[1:]:
    sys.exit("expected the folder of a node with a [server]: python serve.py NODE_FOLDER")
os.environ["DJANGO_SETTINGS_MODULE"] = "registry.settings"
os.environ["NODE_FOLDER"] = sys.argv[1]
config = read_config(sys.argv[1])
uvicorn.run(
    "registry.asgi:application",
    host=config.server.host,
    port=config.server.port,
    # It shows the node the certificates of its callers, and bounds what they may ask.
    http=guarded(WebLimits(), lambda status, reason: print("cut off:", status, reason)),
    ssl_certfile=config.base / config.server.certificate,
    ssl_keyfile=config.base / config.server.key,
    ssl_ca_certs=config.base / config.trust.paths[0] / "root.pem",
    ssl_cert_reqs=ssl.CERT_OPTIONAL,
    timeout_graceful_shutdown=5,  # for requests in hand, and for peers who do not say goodbye
)
