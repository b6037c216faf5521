# Three stages: compile with the development packages, install what the service runs on, and an image with nothing but that.
# No stage needs the optional packages: they are the embedded Postgres and Node itself, and the image brings a database's address and a Node.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN ["node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]

FROM node:24-slim
LABEL org.opencontainers.image.title="REMS authorization service" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
# /data holds the signing key (and the demo's issuer); it is the only folder the service writes to.
RUN ["install", "-d", "-o", "node", "-g", "node", "-m", "0700", "/data"]
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY migrations migrations
COPY programs programs
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 REMS_DATA_DIR=/data
EXPOSE 3000
# By number, so that an orchestrator can see that it is not root. The node image's own user.
USER 1000:1000
# Alive, not ready: a database that is away for a while is no reason to kill the process. Ask /health/ready before sending requests.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The heap is kept small: the service lives in 300 MB (npm start does the same).
ENTRYPOINT ["node", "--max-old-space-size=256", "--max-semi-space-size=32", "dist/cli.js"]
CMD ["serve"]
