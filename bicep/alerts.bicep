import { tagSet } from 'types.bicep'

param location string
param tags tagSet
param actionGroupName string
param serviceBusId string
param workspaceId string

@description('Who is written to; empty leaves the alerts in the portal only.')
param alertEmail string

@description('Seconds that a queue\'s oldest task may wait before somebody is told.')
@minValue(1)
param oldestTaskSeconds int

@description('Service Bus requests refused for speed, in five minutes.')
@minValue(0)
param throttledRequests int

@description('Answers with a status of 500 or more, in five minutes.')
@minValue(0)
param serverErrors int

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'foundation'
    enabled: true
    emailReceivers: empty(alertEmail)
      ? []
      : [
          {
            name: 'operator'
            emailAddress: alertEmail
            useCommonAlertSchema: true
          }
        ]
  }
}

var metricRules = [
  {
    name: 'foundation-dead-letters-depth'
    // Messages pass through here whenever a task is dead-lettered; five minutes without a single empty moment means that nobody drains it.
    description: 'Messages stay in the queue dead-letters: its trigger does not run or keeps failing.'
    severity: 1
    metric: 'ActiveMessages'
    aggregation: 'Minimum'
    threshold: 0
    entities: ['dead-letters']
  }
  {
    name: 'foundation-dead-letters-own-dead-letters'
    description: 'The dead-letter sub-queue of dead-letters holds messages that nothing will ever read: look at them by hand.'
    severity: 1
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    threshold: 0
    entities: ['dead-letters']
  }
  {
    name: 'foundation-service-bus-throttled'
    description: 'Service Bus refuses requests for speed: the namespace is at its limit (docs/azure.md, throughput).'
    severity: 2
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: throttledRequests
    // The limit is the namespace's, and each queue watched by itself would be paid for by itself.
    entities: []
  }
]

var queryRules = [
  {
    name: 'foundation-server-errors'
    description: 'The API answers with statuses of 500 and more.'
    severity: 1
    query: 'AppRequests | where toint(ResultCode) between (500 .. 599) | summarize Measure = count()'
    operator: 'GreaterThan'
    threshold: serverErrors
  }
  {
    name: 'foundation-oldest-task'
    // Service Bus has no metric for the age of its oldest message; the rows know it better.
    description: 'The oldest queued task waits too long: no worker, no agent, or too few.'
    severity: 2
    query: 'AppMetrics | where Name == "foundation.queue.age" | summarize Measure = coalesce(max(Max), 0.0)'
    operator: 'GreaterThan'
    threshold: oldestTaskSeconds
  }
  {
    name: 'foundation-maintenance-silent'
    // Without it no lost wake-up is sent again. It fires too when the app does not start, or when telemetry does not arrive.
    description: 'No run of the timer function maintenance has been seen for five minutes.'
    severity: 1
    // Host and worker name the span of a run differently from version to version: any of these is one.
    query: '''
union isfuzzy=true AppRequests, AppDependencies
| where Name in ("maintenance", "function maintenance") or OperationName in ("maintenance", "function maintenance")
    or tostring(Properties["faas.name"]) == "maintenance"
| summarize Measure = count()
'''
    operator: 'LessThan'
    threshold: 1
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in metricRules: {
    name: rule.name
    location: 'global'
    tags: tags
    properties: {
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [serviceBusId]
      evaluationFrequency: 'PT1M'
      windowSize: 'PT5M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'criterion'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: empty(rule.entities)
              ? []
              : [
                  {
                    name: 'EntityName'
                    operator: 'Include'
                    values: rule.entities
                  }
                ]
          }
        ]
      }
      actions: [
        {
          actionGroupId: actions.id
        }
      ]
    }
  }
]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in queryRules: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      autoMitigate: true
      // The tables appear with the first telemetry, that is after the first deployment.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: 'Measure'
            timeAggregation: 'Maximum'
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [actions.id]
      }
    }
  }
]
