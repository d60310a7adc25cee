// CQL to ELM with the official translator; what was translated once is kept beside the packages.
//
// node translate.mjs FOLDER NAME...: reads FOLDER/*.cql, and writes FOLDER/NAME.json for each name.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const [folder, ...names] = process.argv.slice(2);
const home = path.join(process.env.CQL_MODULES ?? process.cwd(), "node_modules");
const kept = path.join(home, "..", "elm");
const read = (name) => fs.readFileSync(path.join(folder, `${name}.cql`), "utf8");
const common = read("Vardforlopp") + fs.readFileSync(path.join(home, ".package-lock.json"), "utf8")
  + fs.readFileSync(new URL(import.meta.url), "utf8");
const keyOf = (name) => createHash("sha256").update(common).update(read(name)).digest("hex");
const MODEL = fs.readFileSync(path.join(home, "cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml"), "utf8");

async function translatorOf() {
  const translator = await import(path.join(home, "@cqframework/cql/cql-to-elm.mjs"));
  const tools = await import(path.join(home, "@cqframework/cql/cql.mjs"));
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
    translator.createLibrarySourceProvider((id) => translator.stringAsSource(read(id))),
  );
  const list = (each) => Array.from(each.asJsReadonlyArrayView?.() ?? each);
  return (name) => {
    const found = translator.CqlTranslator.fromText(read(name), libraries);
    const errors = list(found.errors).map((each) => `${name}.cql ${each.locator?.toLocator?.() ?? ""}: ${each.message}`);
    if (errors.length) throw new Error(errors.join("\n"));
    return found.toJson();
  };
}

fs.mkdirSync(kept, { recursive: true });
let translate = null;
for (const name of names) {
  const file = path.join(kept, `${name}-${keyOf(name)}.json`);
  if (!fs.existsSync(file)) {
    translate ??= await translatorOf();
    const begun = Date.now();
    const elm = translate(name);
    for (const old of fs.readdirSync(kept)) if (old.startsWith(`${name}-`)) fs.rmSync(path.join(kept, old));
    fs.writeFileSync(`${file}.new`, elm);
    fs.renameSync(`${file}.new`, file);
    console.log(`translated ${name} in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }
  fs.copyFileSync(file, path.join(folder, `${name}.json`));
}
