/** A mistake that somebody could make: one place of one compiled file, and what would stand there. */
export type Planted = {
  readonly name: string;
  /** Below the compiled root. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
};

const execute = "events/store/execute.js";
const relay = "events/log/relay.js";
const partition = "events/subscription/partition.js";
const batch = "events/subscription/batch.js";
const parkedStreams = "events/subscription/parking/parked-streams.js";
const park = "events/subscription/parking/park.js";
const retry = "events/subscription/parking/retry.js";
const projections = "events/subscription/projections.js";
const reactions = "events/subscription/reactions.js";
const draft = "events/store/draft.js";
const chain = "events/store/chain.js";
const attempt = "events/effects/attempt.js";
const stream = "events/effects/stream.js";
const effects = "events/effects/effects.js";
const timers = "events/effects/timers.js";
const restore = "events/replay/restore.js";
const recorded = "events/replay/recorded.js";
const models = "events/subscription/read-models.js";

/** The mistakes that the checker must find, each by itself. */
export const planted: readonly Planted[] = [
  {
    name: "forget the cause of a decision with events",
    file: draft,
    from: "const { cause, fingerprint, ...metadata } = because;",
    to: "const { cause: given, fingerprint, ...metadata } = because; const cause = events.length > 0 ? null : given;",
  },
  {
    name: "record no receipt for an empty decision",
    file: execute,
    from: "if (empty && because.cause === null)",
    to: "if (empty)",
  },
  {
    name: "decide an empty decision from the cache",
    file: execute,
    from: "let fromPrimary = false;",
    to: "let fromPrimary = true;",
  },
  {
    name: "publish before the commit",
    file: execute,
    from: "if ((await store.append(commit)) === 1) {",
    to: "if (!empty) committed(commit); if ((await store.append(commit)) === 1) {",
  },
  {
    name: "put a decision into the cache before it is committed",
    file: execute,
    from: "if ((await store.append(commit)) === 1) {",
    to: "states.set(stream, next); if ((await store.append(commit)) === 1) {",
  },
  {
    name: "answer for a whole chain of commits where another writer cut it",
    file: chain,
    from: "chain.slice(0, appended)",
    to: "chain",
  },
  {
    name: "decide a chain on the state before it",
    file: chain,
    from: "before = drafted.next;",
    to: "before = { ...drafted.next, state: before.state };",
  },
  {
    name: "take a duplicate key that nobody can read for the commit of a twin",
    file: execute,
    from: "if (!taken && before.version === version) await clock.sleep(backOff(clock, attempt, 5, 500));".replace(
      ") await",
      ")\n                await",
    ),
    to: "if (!taken && before.version === version) return { stream, version: next.version, rejection, commit, repeated: true };",
  },
  {
    name: "do not renew the fold after a conflict",
    file: execute,
    from: "const { version } = before;\n            before = await states.fold(stream, decider, before);",
    to: "const { version } = before;",
  },
  {
    name: "do not look for the recorded answer after a conflict",
    file: execute,
    from: "if (recorded)\n                return outcomeOf(recorded, true);",
    to: "",
  },
  {
    name: "take no claims",
    file: draft,
    from: "commit: { ...bare, claims, ...dueOf(",
    to: "commit: { ...bare, ...dueOf(",
  },
  {
    name: "take a claim from who still holds it",
    file: execute,
    from: "if (holder.stream !== stream && (await holds()))",
    to: "if (false)",
  },
  {
    name: "let the time of a stream run backwards",
    file: draft,
    from: "time: before.time > now ? before.time : now,",
    to: "time: now,",
  },
  {
    name: "clear a mark before the publication is acknowledged",
    file: relay,
    from: "ends = await log.publish(batch.flatMap((commit) => recordsOf(contract, name, commit)));",
    to: 'await store.clear("publish", batch.map((commit) => ({ commit, version: commit.version }))); ends = await log.publish(batch.flatMap((commit) => recordsOf(contract, name, commit)));',
  },
  {
    name: "take a failed publication for done",
    file: relay,
    from: "ends = await log.publish(batch.flatMap((commit) => recordsOf(contract, name, commit)));",
    to: "await log.publish(batch.flatMap((commit) => recordsOf(contract, name, commit))).catch(() => {});",
  },
  {
    name: "skip the gap check of the relay",
    file: relay,
    from: "if (version > known + 1)",
    to: "if (false)",
  },
  {
    name: "look for gaps below the lowest commit of a batch only",
    file: relay,
    from: "if (version > known + 1)",
    to: "if (version > known + 1 && !reached.has(stream))",
  },
  {
    name: "publish the commits of a stream in the wrong order",
    file: relay,
    from: "a.stream === b.stream ? a.version - b.version",
    to: "a.stream === b.stream ? b.version - a.version",
  },
  {
    name: "leave what a dead process has not published",
    file: relay,
    from: "if ((before?.has(id(commit)) ?? true) && !queue.has(id(commit)))",
    to: "if (false)",
  },
  {
    name: "stamp an event anew at each publication",
    file: "events/log/record.js",
    from: "ce_time: time,",
    to: "ce_time: new Date(performance.timeOrigin + performance.now()).toISOString(),",
  },
  {
    name: "store the position before the write",
    file: partition,
    from: "const { latest, failed } = await handOver(",
    to: "await positions.save(batch.next); const { latest, failed } = await handOver(",
  },
  {
    name: "go on after an outage as if the batch were handled",
    file: batch,
    from: "const failures = events.size === 0 ? [] : await handler.handle(events);",
    to: "const failures = events.size === 0 ? [] : await handler.handle(events).catch(() => []);",
  },
  {
    name: "save the position of buffered writes",
    file: partition,
    from: "passed?.(batch, false);\n            return batch.next;",
    to: "passed?.(batch, false); position.save(batch.next);\n            return batch.next;",
  },
  {
    name: "go on after another owner wrote the buffered documents",
    file: partition,
    from: "if (!(await handler.flush()))\n            return position.saved();",
    to: "await handler.flush();",
  },
  {
    name: "buffer a batch with events of a parked stream",
    file: partition,
    from: "if (failed.length === 0 && mayBuffer",
    to: "if (failed.every(({ error }) => !error) && mayBuffer",
  },
  {
    name: "park a stream before what comes before it is written",
    file: partition,
    from: "if (!(await handler.flush()))",
    to: "if (!failed.some(({ error }) => error) && !(await handler.flush()))",
  },
  {
    name: "park the event that failed and not those behind it",
    file: batch,
    from: "records: records.slice(failure.at)",
    to: "records: records.slice(failure.at, failure.at + 1)",
  },
  {
    name: "do not keep later events of a parked stream",
    file: batch,
    from: "return events.has(stream) ? [] : [{ stream, records }];",
    to: "return [];",
  },
  {
    name: "let later events of a parked stream pass",
    file: batch,
    from: "if (waits(stream))\n            continue;",
    to: "",
  },
  {
    name: "begin reactions at the end after each assignment",
    file: "events/subscription/assignments.js",
    from: "({ name }, { documents }, { topic, partition }) => ({\n    load: () => documents.position(name, topic, partition),",
    to: `({ name, begin }, { documents, log }, { topic, partition }) => ({
    load: async () => begin === "start" ? documents.position(name, topic, partition)
      : (await log.ends(topic)).find((each) => each.partition === partition)?.offset,`,
  },
  {
    name: "forget to reload parked streams at assignment",
    file: parkedStreams,
    from: "const streams = heldIn(await parking.streams(subscription, partition));",
    to: "const streams = heldIn([]);",
  },
  {
    name: "park without a copy on the dead letter topic",
    file: park,
    from: "await log.publish(events.map((event) => deadLetter(contract, service, event)));",
    to: "",
  },
  {
    name: "park on the dead letter topic alone",
    file: park,
    from: "await parking.add(events);",
    to: "",
  },
  {
    name: "try a parked stream again in the wrong order",
    file: retry,
    from: "good.push(delivered);",
    to: "good.unshift(delivered);",
  },
  {
    name: "forget what is parked before it is handled",
    file: retry,
    from: "const failure = await firstFailure(context, handler, head.stream, chunk);",
    to: "await parking.remove(chunk); const failure = await firstFailure(context, handler, head.stream, chunk);",
  },
  {
    name: "take a redrive whose reply was lost for one that did nothing",
    file: retry,
    from: "held.head = { ...held.head, reason: WAITS, attempts: 0, unknownSchema: false };",
    to: "",
  },
  {
    name: "skip no versions that a document has seen",
    file: projections,
    from: "if (document && document.version >= meta.version)",
    to: "if (false)",
  },
  {
    name: "take a missed compare-and-set for done",
    file: projections,
    from: "const done = wereExpected ? writes : await stored(writes);",
    to: "const done = writes;",
  },
  {
    name: "trust what is known of documents after somebody else wrote",
    file: projections,
    from: "const isForgotten = !wereExpected || known.size > MAX_KNOWN",
    to: "const isForgotten = known.size > MAX_KNOWN",
  },
  {
    name: "write a document without compare-and-set",
    file: "events/memory/documents.js",
    from: "if ((documents.get(document.id)?.version ?? 0) !== expected)",
    to: "if (false)",
  },
  {
    name: "a reaction whose cause lacks the target",
    file: reactions,
    from: `cause: causeOf(meta.stream, meta.version, event.type, \`\${streamOf(aggregate, key)}/\${command.type}\`),`,
    to: "cause: causeOf(meta.stream, meta.version, event.type, command.type),",
  },
  {
    name: "a reaction without a cause",
    file: reactions,
    from: `cause: causeOf(meta.stream, meta.version, event.type, \`\${streamOf(aggregate, key)}/\${command.type}\`),`,
    to: "cause: null,",
  },
  {
    name: "take an outage for a bug and park the stream",
    file: reactions,
    from: "if (!isBug(error))\n                        throw error;",
    to: "",
  },
  {
    name: "lose the correlation in a reaction",
    file: reactions,
    from: "correlationId: meta.correlationId,",
    to: "correlationId: meta.eventId,",
  },
  {
    name: "run a stream's effects out of order",
    file: stream,
    from: 'const [commit] = await store.dueBelow("effects", stream, Number.MAX_SAFE_INTEGER, 1);',
    to: 'const commit = (await store.dueBelow("effects", stream, Number.MAX_SAFE_INTEGER, 1_000)).at(-1);',
  },
  {
    name: "do not look for the recorded outcome before an effect",
    file: stream,
    from: "if (found && !(await store.findCause(outcomeCause(task)))) {",
    to: "if (found) {",
  },
  {
    name: "another idempotency key at each attempt",
    file: attempt,
    from: "eventId: eventIdOf(stream, version),\n",
    to: `eventId: \`\${eventIdOf(stream, version)}#\${number}\`,\n`,
  },
  {
    name: "clear the mark of an effect before it has its outcome",
    file: stream,
    from: "const found = effectOf(runtime, task);",
    to: 'await store.clear("effects", [task]); const found = effectOf(runtime, task);',
  },
  {
    name: "take progress for the outcome",
    file: attempt,
    from: "because(task, null))",
    to: "because(task, outcomeCause(task)))",
  },
  {
    name: "an outcome without a cause",
    file: attempt,
    from: "because(task, outcomeCause(task)))",
    to: "because(task, null))",
  },
  {
    name: "leave the effects of a dead process",
    file: effects,
    from: "if (!running.has(stream))",
    to: "if (false)",
  },
  {
    name: "begin an effect on a cached state",
    file: execute,
    from: "return turns(stream, () => states.fold(stream, decider));",
    to: "return turns(stream, async () => states.get(stream) ?? states.fold(stream, decider));",
  },
  {
    name: "take a timer off before it has fired",
    file: timers,
    from: "const stored = commit.events[version - commit.version];",
    to: 'await store.clear("timers", [{ commit, version }]); const stored = commit.events[version - commit.version];',
  },
  {
    name: "fire a timer under another cause each time",
    file: timers,
    from: 'cause: causeOf(stream, version, "timer", command.type),',
    to: `cause: causeOf(stream, version, "timer", \`\${command.type}/\${clock.now()}\`),`,
  },
  {
    name: "tell that the read models have it when some have",
    file: "events/subscription/visibility.js",
    from: "if (missing.length === 0)",
    to: "if (missing.length === 0 || missing.length < wanted.length)",
  },
  {
    name: "delete a document without a tombstone",
    file: "events/memory/documents.js",
    from: "documents.set(document.id, copy(document));",
    to: "if (document.deleted) documents.delete(document.id); else documents.set(document.id, copy(document));",
  },
  {
    name: "use the wall clock in a decider",
    file: "services/runtime/domain.js",
    from: 'return [{ ...described, type: "RuntimeCreated" }];',
    to: 'return [{ ...described, type: "RuntimeCreated", description: String(performance.now()) }];',
  },
  {
    name: "ignore the action id of an outcome",
    file: "services/cluster/state.js",
    from: 'state.status !== "absent" && state.action?.jobId === jobId ? state.action : undefined',
    to: 'state.status !== "absent" && state.action ? state.action : undefined',
  },
  {
    name: "save the watermarks of a lost store before it is restored",
    file: restore,
    from: "await log.read(ranges, take, signal);",
    to: "await store.saveWatermarks(states.flatMap(({ id: topicId, ranges }) => ranges.map(({ topic, partition, to: offset }) => ({ topic, partition, topicId, offset })))); await log.read(ranges, take, signal);",
  },
  {
    name: "put a watermark behind a record that is not there yet",
    file: "events/log/watermarks.js",
    from: "for (const { topic, partition, end: offset } of ends) {",
    to: "for (const { topic, partition, end } of ends) { const offset = end + 1;",
  },
  {
    name: "restore a store without the claims of its streams",
    file: restore,
    from: "await claim(options, streams);",
    to: "",
  },
  {
    name: "publish again what is restored",
    file: recorded,
    from: "publish: false",
    to: "publish: true",
  },
  {
    name: "restore commits without their causes",
    file: recorded,
    from: "stream, version, cause, rejection: null",
    to: "stream, version, cause: null, rejection: null",
  },
  {
    name: "restore commits without what they made due",
    file: recorded,
    from: "...dueOf(aggregate,",
    to: "...{ effects: [], timers: [] }, ...((..._) => ({}))(aggregate,",
  },
  {
    name: "feed the active collection no more once another one is to follow",
    file: models,
    from: "if (fold === projection.version && !rebuild)",
    to: "if (fold === projection.version && !rebuild && collection === (pointers.get(projection.name)?.next ?? pointers.get(projection.name)?.active))",
  },
  {
    name: "drop a collection as soon as another one is read",
    file: models,
    from: "await move(promoted(pointer, clock.now()));",
    to: "{ await move(promoted(pointer, clock.now())); if (pointer.active !== null) await documents.drop(pointer.active); }",
  },
  {
    name: "answer from a fold that the build cannot read",
    file: "events/subscription/pointer.js",
    from: "return active && readsOf(projection).includes(active.fold) ? active.collection : undefined;",
    to: "return active ? active.collection : undefined;",
  },
  {
    name: "move the pointer away from a build that lives",
    file: models,
    from: "if (!live.every(({ models: all }) => all[pointer.model]?.reads.includes(next.fold) ?? true))\n            return;",
    to: "",
  },
];
