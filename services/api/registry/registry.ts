import { type Answer, failed, forEver, found } from "./answers.ts";
import { InvalidSchema, type Shape, shapeOf } from "./shape.ts";
import type { Subjects, Version } from "./subjects.ts";

/** What a request names: the parts of its path, its query, and its JSON body. */
export type Asked = {
  readonly in: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string | undefined };
  readonly body: unknown;
};

/** Who may ask: what is read is public, as the schemas themselves are; a check of a given schema costs more; the rest changes something elsewhere. */
export type Access = "anybody" | "users" | "operators";

/** A route of the registry: a path, with `{name}` for its variable parts, and a pure function. */
export type RegistryRoute = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly access: Access;
  readonly answer: (asked: Asked) => Answer;
};

/** The reasons why readers with one schema could not read what was written with the other, in either direction. */
export type Incompatibilities = (earlier: Shape, later: Shape) => readonly string[];

/** The level that every change of an event keeps, and nobody can lower. */
const LEVEL = "FULL_TRANSITIVE";
const MODE = "READONLY";
const HIGHEST = 2 ** 31 - 1;

/** The API of Confluent's schema registry over the released schemas. They are released with the platform, so nothing can be added here. */
export const registry = ({ all, of }: Subjects, incompatibilities: Incompatibilities): readonly RegistryRoute[] => {
  const byId = new Map(all.map((version) => [version.id, version]));
  const subjects = [...of.keys()].sort();

  const withId = (id: string, give: (version: Version) => unknown): Answer => {
    const version = /^\d{1,10}$/.test(id) ? byId.get(Number(id)) : undefined;
    return version ? forEver(give(version)) : failed(40403, id);
  };
  const withSubject = (subject: string, give: (versions: readonly Version[]) => Answer): Answer => {
    const versions = of.get(subject);
    return versions ? give(versions) : failed(40401, subject);
  };
  const withVersion = (subject: string, wanted: string, give: (version: Version) => Answer): Answer => {
    const isLatest = wanted === "latest" || wanted === "-1";
    const isNumber = /^\d{1,10}$/.test(wanted) && Number(wanted) >= 1 && Number(wanted) <= HIGHEST;
    if (!isLatest && !isNumber) return failed(42202, wanted);
    return withSubject(subject, (versions) => {
      const version = isLatest ? versions.at(-1) : versions[Number(wanted) - 1];
      if (!version) return failed(40402, wanted);
      const answer = give(version);
      return isLatest ? { status: answer.status, body: answer.body } : answer;
    });
  };
  const withShape = (body: unknown, give: (shape: Shape) => Answer): Answer => {
    const { schema, schemaType, references } = Object(body);
    if (typeof schema !== "string") return failed(42201, "the body is no JSON object with a schema as text");
    if (schemaType !== undefined && schemaType !== null && schemaType !== "AVRO")
      return failed(42201, `the type ${schemaType} is not AVRO`);
    if (Array.isArray(references) && references.length > 0) return failed(42201, "references are not supported");
    try {
      return give(shapeOf(schema));
    } catch (error) {
      if (error instanceof InvalidSchema) return failed(42201, error.message);
      throw error;
    }
  };
  const against = (versions: readonly Version[], shape: Shape): readonly string[] =>
    versions.flatMap(({ version, shape: earlier }) => reasonsOf(earlier, shape).map((why) => `${why}, against version ${version}`));
  const reasonsOf = (earlier: Shape, later: Shape): readonly string[] =>
    Reflect.get(Object(later), "type") === "record" ? incompatibilities(earlier, later) : ["an event is a record"];

  const register = (subject: string, body: unknown): Answer =>
    withShape(body, (shape) => {
      const versions = of.get(subject);
      if (!versions) return failed(42205, `${subject} is no event of the platform; new events are released with it`);
      const known = sameAs(versions, shape);
      if (known) return found({ id: known.id });
      const reasons = against(versions, shape);
      return reasons.length > 0
        ? failed(409, reasons.join("; "))
        : failed(42205, `the schema is compatible, but new versions of ${subject} are released with the platform`);
    });
  const check = (asked: Asked, versions: readonly Version[]): Answer =>
    withShape(asked.body, (shape) => {
      const messages = against(versions, shape);
      return found({ is_compatible: messages.length === 0, ...(asked.query.verbose === "true" && { messages }) });
    });
  const fixed = (given: unknown, value: string, wrong: 42203 | 42204, answer: object): Answer => {
    if (typeof given !== "string" || !/^[A-Z_]{1,30}$/.test(given)) return failed(wrong, JSON.stringify(given ?? null).slice(0, 60));
    return given === value ? found(answer) : failed(42205, `it is always ${value}`);
  };
  const released = () => failed(42205, "a released version is never deleted");

  const open = { method: "GET", access: "anybody" } as const;
  return [
    { ...open, path: "/schemas/types", answer: () => found(["AVRO"]) },
    {
      ...open,
      path: "/schemas/ids/{id}",
      answer: ({ in: { id = "" }, query }) => {
        const answer = withId(id, ({ schema }) => ({ schema }));
        return query.fetchMaxId === "true" && answer.status === 200 ? found({ ...Object(answer.body), maxId: all.length }) : answer;
      },
    },
    { ...open, path: "/schemas/ids/{id}/schema", answer: ({ in: { id = "" } }) => withId(id, ({ schema }) => JSON.parse(schema)) },
    { ...open, path: "/schemas/ids/{id}/subjects", answer: ({ in: { id = "" } }) => withId(id, ({ subject }) => [subject]) },
    {
      ...open,
      path: "/schemas/ids/{id}/versions",
      answer: ({ in: { id = "" } }) => withId(id, ({ subject, version }) => [{ subject, version }]),
    },
    {
      ...open,
      path: "/subjects",
      answer: ({ query: { subjectPrefix = "" } }) => {
        // `:*:` is a client's word for all contexts; there is one.
        const prefix = subjectPrefix.replace(/^:[.*]?:/, "");
        return found(subjects.filter((subject) => subject.startsWith(prefix)));
      },
    },
    {
      ...open,
      path: "/subjects/{subject}/versions",
      answer: ({ in: { subject = "" } }) => withSubject(subject, (versions) => found(versions.map(({ version }) => version))),
    },
    {
      ...open,
      path: "/subjects/{subject}/versions/{version}",
      answer: ({ in: { subject = "", version = "" } }) => withVersion(subject, version, (found) => forEver(described(found))),
    },
    {
      ...open,
      path: "/subjects/{subject}/versions/{version}/schema",
      answer: ({ in: { subject = "", version = "" } }) => withVersion(subject, version, ({ schema }) => forEver(JSON.parse(schema))),
    },
    {
      method: "POST",
      path: "/subjects/{subject}",
      access: "anybody",
      answer: ({ in: { subject = "" }, body }) =>
        withSubject(subject, (versions) =>
          withShape(body, (shape) => {
            const known = sameAs(versions, shape);
            return known ? found(described(known)) : failed(40403, `in subject ${subject}`);
          }),
        ),
    },
    {
      method: "POST",
      path: "/subjects/{subject}/versions",
      access: "operators",
      answer: ({ in: { subject = "" }, body }) => register(subject, body),
    },
    { method: "DELETE", path: "/subjects/{subject}", access: "operators", answer: released },
    { method: "DELETE", path: "/subjects/{subject}/versions/{version}", access: "operators", answer: released },
    {
      method: "POST",
      path: "/compatibility/subjects/{subject}/versions",
      access: "users",
      answer: (asked) => withSubject(asked.in.subject ?? "", (versions) => check(asked, versions)),
    },
    {
      method: "POST",
      path: "/compatibility/subjects/{subject}/versions/{version}",
      access: "users",
      answer: (asked) => withVersion(asked.in.subject ?? "", asked.in.version ?? "", (version) => check(asked, [version])),
    },
    { ...open, path: "/config", answer: () => found({ compatibilityLevel: LEVEL }) },
    {
      ...open,
      path: "/config/{subject}",
      answer: ({ in: { subject = "" } }) => (of.has(subject) ? found({ compatibilityLevel: LEVEL }) : failed(40408, subject)),
    },
    ...["/config", "/config/{subject}"].map(
      (path): RegistryRoute => ({
        ...{ method: "PUT", path, access: "operators" },
        answer: ({ body }) => fixed(Object(body).compatibility, LEVEL, 42203, { compatibility: LEVEL }),
      }),
    ),
    { ...open, path: "/mode", answer: () => found({ mode: MODE }) },
    {
      ...open,
      path: "/mode/{subject}",
      answer: ({ in: { subject = "" } }) => (of.has(subject) ? found({ mode: MODE }) : failed(40409, subject)),
    },
    ...["/mode", "/mode/{subject}"].map(
      (path): RegistryRoute => ({
        ...{ method: "PUT", path, access: "operators" },
        answer: ({ body }) => fixed(Object(body).mode, MODE, 42204, { mode: MODE }),
      }),
    ),
    { ...open, path: "/contexts", answer: () => found(["."]) },
    { ...open, path: "/v1/metadata/id", answer: () => found({ id: "", scope: { path: [], clusters: {} } }) },
    { ...open, path: "/v1/metadata/version", answer: () => found({ version: "7.9.0", commitId: "" }) },
  ];
};

const described = ({ subject, version, id, schema }: Version) => ({ subject, version, id, schema });

const sameAs = (versions: readonly Version[], shape: Shape): Version | undefined => {
  const text = JSON.stringify(shape);
  return versions.find((version) => JSON.stringify(version.shape) === text);
};
