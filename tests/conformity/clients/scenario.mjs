// fhir-kit-client goes through the scenario against the server at the address that is given; any fault ends it.
import assert from "node:assert/strict";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = process.env.CLIENTS_MODULES ?? process.cwd();
const folder = path.join(modules, "node_modules", "fhir-kit-client");
const main = createRequire(import.meta.url)(path.join(folder, "package.json")).exports["."].import;
const { Client } = await import(pathToFileURL(path.join(folder, main)));
const client = new Client({ baseUrl: process.argv[2] });
const resources = (bundle, mode = "match") =>
  (bundle.entry ?? []).filter((each) => (each.search?.mode ?? mode) === mode).map((each) => each.resource);

async function created() {
  const sent = { resourceType: "Patient", name: [{ family: "Testsson", given: ["Märta"] }] };
  const patient = await client.create({ resourceType: "Patient", body: sent });
  assert.equal(patient.meta.versionId, "1");
  assert.deepEqual(await client.read({ resourceType: "Patient", id: patient.id }), patient);
  return patient;
}

async function searchedAndPaged(patient) {
  for (let number = 0; number < 7; number += 1) {
    const body = {
      resourceType: "Observation", status: "final", subject: { reference: `Patient/${patient.id}` },
      code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] }, valueInteger: 60 + number,
    };
    await client.create({ resourceType: "Observation", body });
  }
  const searchParams = { patient: patient.id, code: "http://loinc.org|8867-4", _count: 3 };
  let bundle = await client.resourceSearch({ resourceType: "Observation", searchParams });
  const found = [];
  while (bundle) {
    found.push(resources(bundle).map((each) => each.valueInteger));
    bundle = await client.nextPage({ bundle });
  }
  assert.deepEqual(found, [[60, 61, 62], [63, 64, 65], [66]]);
  const posted = await client.resourceSearch({
    resourceType: "Observation", searchParams: { patient: patient.id }, options: { postSearch: true },
  });
  assert.equal(resources(posted).length, 7);
}

async function updatedAndPatched(patient) {
  const body = { ...patient, gender: "female" };
  const updated = await client.update({ resourceType: "Patient", id: patient.id, body });
  assert.equal(updated.meta.versionId, "2");
  const jsonPatch = [{ op: "replace", path: "/gender", value: "other" }];
  const patched = await client.patch({ resourceType: "Patient", id: patient.id, jsonPatch });
  assert.deepEqual([patched.gender, patched.meta.versionId], ["other", "3"]);
}

async function refused() {
  const status = async (act) => act().then(() => null, (error) => error.response.status);
  assert.equal(await status(() => client.read({ resourceType: "Patient", id: "nobody" })), 404);
  const body = { resourceType: "Patient", birthDate: "1950-13-01" };
  assert.equal(await status(() => client.create({ resourceType: "Patient", body })), 400);
  const told = await client.operation({ name: "validate", resourceType: "Patient", input: body });
  assert.deepEqual(told.issue[0].expression, ["Patient.birthDate"]);
}

async function transaction(patient) {
  const urn = "urn:uuid:5a3c0c3e-6f6b-4b5e-9d0c-0b2a2ad2b7a1";
  const subject = { reference: `Patient/${patient.id}` };
  const visit = { resourceType: "Encounter", status: "finished", class: { code: "AMB" }, subject };
  const seen = { resourceType: "Condition", subject, encounter: { reference: urn } };
  const entry = [
    { request: { method: "POST", url: "Condition" }, resource: seen },
    { fullUrl: urn, request: { method: "POST", url: "Encounter" }, resource: visit },
  ];
  const answer = await client.transaction({ body: { resourceType: "Bundle", type: "transaction", entry } });
  assert.deepEqual(answer.entry.map((each) => each.response.status), ["201", "201"]);
  const [condition] = resources(await client.resourceSearch({ resourceType: "Condition" }));
  const encounter = await client.resolve({ reference: condition.encounter.reference, context: condition });
  assert.equal(encounter.status, "finished");
  const gone = [{ request: { method: "GET", url: "Patient/nobody" } }];
  const batch = await client.batch({ body: { resourceType: "Bundle", type: "batch", entry: gone } });
  assert.equal(batch.entry[0].response.status, "404");
}

async function history(patient) {
  const past = await client.resourceHistory({ resourceType: "Patient", id: patient.id });
  assert.deepEqual(past.entry.map((each) => each.resource.meta.versionId), ["3", "2", "1"]);
  const first = await client.vread({ resourceType: "Patient", id: patient.id, version: "1" });
  assert.equal(first.gender, undefined);
}

async function everything(patient) {
  const asked = { name: "everything", resourceType: "Patient", id: patient.id, method: "GET" };
  const types = [];
  let bundle = await client.operation({ ...asked, input: { _count: 4 } });
  while (bundle) {
    types.push(...resources(bundle).map((each) => each.resourceType));
    bundle = await client.nextPage({ bundle });
  }
  const pulses = Array(7).fill("Observation");
  assert.deepEqual([...types].sort(), ["Condition", "Encounter", ...pulses, "Patient"]);
  assert.equal(types[0], "Patient");
}

async function applied(patient) {
  const input = { subject: `Patient/${patient.id}` };
  const asked = { name: "apply", resourceType: "PlanDefinition", id: "hjartsvikt", method: "GET", input };
  const draft = await client.operation(asked);
  assert.deepEqual([draft.resourceType, draft.status], ["CarePlan", "draft"]);
  assert.ok(draft.activity.length > 0);
  await client.update({ resourceType: "CarePlan", id: draft.id, body: { ...draft, status: "active" } });
  assert.equal((await client.operation(asked)).status, "active");
}

async function exported() {
  const options = { headers: { prefer: "respond-async" } };
  const begun = await client.operation({ name: "export", method: "GET", input: { _type: "Observation" }, options });
  const where = Client.httpFor(begun).response.headers.get("content-location");
  let told = {};
  for (let number = 0; number < 300 && !told.output; number += 1) {
    await new Promise((done) => setTimeout(done, 100));
    told = await client.request(where);
  }
  assert.deepEqual(told.output.map((each) => [each.type, each.count]), [["Observation", 7]]);
  // It reads JSON alone: the lines are fetched by what it stands on.
  const lines = (await (await fetch(told.output[0].url)).text()).trim().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line).valueInteger), [60, 61, 62, 63, 64, 65, 66]);
}

async function deleted() {
  const [condition] = resources(await client.resourceSearch({ resourceType: "Condition" }));
  await client.delete({ resourceType: "Condition", id: condition.id });
  assert.deepEqual(resources(await client.resourceSearch({ resourceType: "Condition" })), []);
}

const capabilities = await client.capabilityStatement();
assert.equal(capabilities.fhirVersion, "4.0.1");
const patient = await created();
await searchedAndPaged(patient);
await updatedAndPatched(patient);
await refused();
await transaction(patient);
await history(patient);
await everything(patient);
await applied(patient);
await exported();
await deleted();
console.log("done");
