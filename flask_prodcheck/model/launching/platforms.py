"""The formats by which a hosting platform is told what to run."""

from __future__ import annotations

#: Their commands run in the folder that holds the file, and are production unless something says otherwise.
PLATFORM_KINDS = frozenset(
    [
        "procfile",
        "heroku-yml",
        "app-json",
        "app-engine",
        "rockcraft",
        "render",
        "fly",
        "railway",
        "netlify",
        "nixpacks",
        "railpack",
        "cloudfoundry",
        "beanstalk",
        "apprunner",
        "digitalocean",
        "vercel",
        "zappa",
        "serverless",
        "sam",
    ]
)
