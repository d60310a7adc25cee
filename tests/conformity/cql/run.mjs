// Translates CQL libraries with the official translator and runs them on raw FHIR.
//
// node run.mjs FOLDER: reads FOLDER/*.cql, FOLDER/bundles.json and FOLDER/runs.json, and writes
// FOLDER/answers.json: for each round of each run the value of each expression asked for.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(process.env.CQL_MODULES ?? process.cwd(), "package.json"));
const load = (name) => import(require.resolve(name));
const cql = (await load("cql-execution")).default;
const fhir = (await load("cql-exec-fhir")).default;
const home = path.join(process.env.CQL_MODULES ?? process.cwd(), "node_modules");
const translator = await import(path.join(home, "@cqframework/cql/cql-to-elm.mjs"));
const tools = await import(path.join(home, "@cqframework/cql/cql.mjs"));

const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
const MODEL = fs.readFileSync(path.join(home, "cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml"), "utf8");

function translate(names) {
  const models = new translator.ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(
    translator.createModelInfoProvider((id) => (id === "FHIR" ? translator.stringAsSource(MODEL) : null)),
  );
  models.modelInfoLoader.registerModelInfoProvider(new tools.SystemModelInfoProvider());
  // Only units of time occur: every unit is sound, and none is converted.
  const units = translator.createUcumService((value) => value, () => null, (a) => a, (a) => a);
  // Without annotations and places, which nobody reads here.
  const { DisableListDemotion, DisableListPromotion } = translator.CqlCompilerOptions.Options;
  const options = new translator.CqlCompilerOptions();
  options.setOptions([DisableListDemotion, DisableListPromotion]);
  const libraries = new translator.LibraryManager(models, options, undefined, units);
  libraries.librarySourceLoader.registerProvider(
    translator.createLibrarySourceProvider((id) =>
      names.includes(id) ? translator.stringAsSource(read(`${id}.cql`)) : null),
  );
  const made = {};
  for (const name of names) {
    const found = translator.CqlTranslator.fromText(read(`${name}.cql`), libraries);
    const list = (each) => Array.from(each.asJsReadonlyArrayView?.() ?? each);
    const errors = list(found.errors).map((each) => `${name}.cql ${each.locator?.toLocator?.() ?? ""}: ${each.message}`);
    if (errors.length) throw new Error(errors.join("\n"));
    made[name] = JSON.parse(found.toJson());
  }
  return made;
}

const time = (text) => (text == null ? null : cql.DateTime.parse(text));
const day = (text) => (text == null ? null : cql.Date.parse(text));

function parameters(run, round) {
  const given = run.parameters;
  const sources = given.Sources?.map((each) => ({ ...each, since: day(each.since), last: day(each.last) })) ?? null;
  const occurrences = round.occurrences?.map((each) => ({
    ...each, nominal: time(each.nominal), closes: time(each.closes), taken: day(each.taken),
  })) ?? null;
  return {
    AsOf: time(given.AsOf), KnownAt: time(given.KnownAt), EntryStart: time(given.EntryStart),
    EntryExact: given.EntryExact, EntryId: given.EntryId, Sources: sources, Occurrences: occurrences,
  };
}

const plain = (value) => (value === undefined ? null : value?.isMoment || value?.isDateTime ? value.toString() : value);

const names = fs.readdirSync(folder).filter((name) => name.endsWith(".cql")).map((name) => name.slice(0, -4)).sort();
const elm = translate(names);
const repository = new cql.Repository(elm);
const libraries = Object.fromEntries(names.map((name) => [name, new cql.Library(elm[name], repository)]));
const codes = new cql.CodeService({});
const bundles = JSON.parse(read("bundles.json"));
const source = fhir.PatientSource.FHIRv401();
const answers = [];

// Each round has a context of its own: nothing is carried over from one to the next.
async function ask(library, run, round, expressions) {
  source.reset();
  source.loadBundles([bundles[run.bundle]]);
  const context = new cql.PatientContext(library, await source.currentPatient(), codes, parameters(run, round));
  const found = {};
  for (const name of expressions) found[name] = plain(await library.expressions[name].execute(context));
  return found;
}

for (const run of JSON.parse(read("runs.json"))) {
  const library = libraries[run.library];
  const rounds = [];
  for (const round of run.rounds) rounds.push(await ask(library, run, round, round.ask));
  const oracles = run.oracles.length ? await ask(libraries.Oracles, run, {}, run.oracles) : {};
  answers.push({ rounds, oracles });
}
fs.writeFileSync(path.join(folder, "answers.json"), JSON.stringify(answers));
