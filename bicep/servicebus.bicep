import { tagSet } from 'types.bicep'

param name string
param location string
param tags tagSet

// What carries wake-ups. Their dead letters all end in one queue that has a trigger of its own.
var carriers = ['tasks-high', 'tasks-normal', 'tasks-low', 'wakeups']

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    // Identities only: no connection string opens this namespace.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource deadLetters 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'dead-letters'
  properties: {
    lockDuration: 'PT1M'
    // Its own dead-letter sub-queue is read by nobody: alerts.bicep watches it.
    maxDeliveryCount: 20
    maxSizeInMegabytes: 5120
    deadLetteringOnMessageExpiration: false
    enableBatchedOperations: true
    enablePartitioning: false
    requiresDuplicateDetection: false
    requiresSession: false
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for carrier in carriers: {
    parent: namespace
    name: carrier
    properties: {
      // Short, because the host renews locks (up to 5 minutes, host.json): a killed worker's message comes back within a minute.
      lockDuration: 'PT1M'
      // Higher than any limit of the product's own, so that its rules decide and the broker's count is the last net.
      maxDeliveryCount: 20
      maxSizeInMegabytes: 5120
      forwardDeadLetteredMessagesTo: deadLetters.name
      // A message only says "look": one that nobody fetched for a week is worth nothing, the sweeper has sent its row again long ago.
      defaultMessageTimeToLive: 'P7D'
      deadLetteringOnMessageExpiration: false
      enableBatchedOperations: true
      // These three cannot be changed after creation. Order and duplicates are the rows' business.
      enablePartitioning: false
      requiresDuplicateDetection: false
      requiresSession: false
    }
  }
]

output name string = namespace.name
output id string = namespace.id
// `host.servicebus.windows.net`, taken from the endpoint so that other clouds keep their suffix.
output fullyQualifiedNamespace string = split(split(namespace.properties.serviceBusEndpoint, '//')[1], ':')[0]
