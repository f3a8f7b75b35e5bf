// Our verdicts (policy_verdicts) against those of ajv, an independent draft-07 validator.
// Usage: node ajv_agreement.js POLICY_VERDICTS SCHEMA
'use strict';
const { execFileSync } = require('child_process');
const { readFileSync } = require('fs');
const Ajv = require('ajv');

const [program, schemaFile] = process.argv.slice(2);
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
const verdicts = JSON.parse(execFileSync(program, { encoding: 'utf8', maxBuffer: 1 << 28 }));

let valid = 0;
let disagreements = 0;
for (const { name, value, valid: ours } of verdicts) {
  const theirs = validate(value);
  valid += theirs ? 1 : 0;
  if (theirs !== ours) {
    disagreements += 1;
    console.error(`${name}: ours ${ours}, ajv ${theirs}: ${JSON.stringify(validate.errors)}\n${JSON.stringify(value)}`);
  }
}
const mutations = verdicts.filter(({ name }) => name.startsWith('mutation')).length;
console.log(`${verdicts.length} policies (${mutations} mutations), ${valid} valid, ${disagreements} disagreements`);
// A run that judged too little, or only one way, proves nothing.
const enough = mutations >= 2000 && valid > 200 && verdicts.length - valid > 1000;
process.exit(disagreements === 0 && enough ? 0 : 1);
