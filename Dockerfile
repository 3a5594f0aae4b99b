FROM node:20-bookworm-slim AS manifest
WORKDIR /app
COPY package.json package-lock.json ./

FROM manifest AS build
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY jobs jobs
RUN npm run build

FROM manifest AS production
RUN npm ci --ignore-scripts --omit=dev

FROM node:20-bookworm-slim
# The data folder is the only place that the process may write to.
ENV NODE_ENV=production \
    PAPERBOY_HOME=/var/lib/paperboy \
    PAPERBOY_HOST=0.0.0.0 \
    PAPERBOY_PORT=3000
WORKDIR /app
COPY package.json ./
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY templates templates
COPY sample sample
RUN install -d -o node -g node "$PAPERBOY_HOME"
USER node
VOLUME /var/lib/paperboy
EXPOSE 3000
STOPSIGNAL SIGTERM
# `run`, `web`, `migrate`: one image, three roles, and a health check that only compose can choose.
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["run"]
