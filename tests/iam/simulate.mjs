// Answers, for each request on standard input, whether a policy allows it, and by which statements.
//
// In:  [{"policy": {...}, "action": "ecs:UpdateService", "resource": "arn:...", "context": {"ecs:cluster": "arn:..."}}]
// Out: [{"decision": "Allowed", "by": ["RestAndWakeServices"]}]

import { runSimulation } from '@cloud-copilot/iam-simulate'

const [account, principal] = process.argv.slice(2)

async function answer({ policy, action, resource, context }) {
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:PrincipalAccount': account, ...context },
      },
      identityPolicies: [{ name: 'policy', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {}
  )
  if (result.resultType !== 'single') {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors ?? result.resultType)}`)
  }
  const allowing = result.result.analysis?.identityAnalysis?.allowStatements ?? []
  return { decision: result.overallResult, by: allowing.map((s) => s.explain.identifier) }
}

let text = ''
for await (const chunk of process.stdin) text += chunk
const answers = []
for (const request of JSON.parse(text)) answers.push(await answer(request))
process.stdout.write(JSON.stringify(answers))
