// Runs translated CQL libraries on raw FHIR with an independent engine.
//
// node run.mjs FOLDER SHARE OF: reads FOLDER/*.json (libraries in ELM, bundles, runs), and writes
// FOLDER/answers-SHARE.json: of every OF-th bundle the value of each expression asked for, by run and round.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [folder, share, of] = [path.resolve(process.argv[2]), Number(process.argv[3]), Number(process.argv[4])];
const require = createRequire(path.join(process.env.CQL_MODULES ?? process.cwd(), "package.json"));
const load = (name) => import(require.resolve(name));
const cql = (await load("cql-execution")).default;
const fhir = (await load("cql-exec-fhir")).default;
const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), "utf8"));

const time = (text) => (text == null ? null : cql.DateTime.parse(text));
const day = (text) => (text == null ? null : cql.Date.parse(text));

function parameters(run, round) {
  const given = run.parameters;
  const sources = given.Sources?.map((each) => ({ ...each, since: day(each.since), last: day(each.last) })) ?? null;
  const occurrences = round.occurrences?.map((each) => ({
    ...each, nominal: time(each.nominal), closes: time(each.closes), since: time(each.since),
  })) ?? null;
  return {
    AsOf: time(given.AsOf), KnownAt: time(given.KnownAt), EntryStart: time(given.EntryStart),
    EntryExact: given.EntryExact, EntryId: given.EntryId, Side: given.Side, Sources: sources, Occurrences: occurrences,
  };
}

const plain = (value) => (value === undefined ? null : value?.isMoment || value?.isDateTime ? value.toString() : value);

const bundles = read("bundles");
const runs = read("runs").map((run, number) => ({ ...run, number })).filter((run) => run.bundle % of === share);
const common = { Vardforlopp: read("Vardforlopp") };
const made = {};
// A library is made when it is first asked for.
function library(name) {
  made[name] ??= new cql.Library(read(name), new cql.Repository(common));
  return made[name];
}
const codes = new cql.CodeService({});
const source = fhir.PatientSource.FHIRv401();

// Each round has a context of its own: nothing is carried over from one to the next.
async function ask(name, run, round, expressions) {
  source.reset();
  source.loadBundles([bundles[run.bundle]]);
  const from = library(name);
  const context = new cql.PatientContext(from, await source.currentPatient(), codes, parameters(run, round));
  const found = {};
  for (const each of expressions) found[each] = plain(await from.expressions[each].execute(context));
  return found;
}

const answers = [];
let begun = Date.now();
for (const [done, run] of runs.entries()) {
  const rounds = [];
  for (const round of run.rounds) rounds.push(await ask(run.library, run, round, round.ask));
  const oracles = run.oracles.length ? await ask("Oracles", run, {}, run.oracles) : {};
  answers.push({ run: run.number, rounds, oracles });
  if (Date.now() - begun > 20_000) {
    console.log(`share ${share + 1} of ${of}: ${done + 1} of ${runs.length} runs`);
    begun = Date.now();
  }
}
fs.writeFileSync(path.join(folder, `answers-${share}.json`), JSON.stringify(answers));
