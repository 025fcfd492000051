import { tagSet, warmInstances } from 'types.bicep'

param planName string
param name string
param location string
param tags tagSet

@description('The key of the service in azure.yaml: azd finds the app by this tag.')
param serviceName string

param identityId string
param identityClientId string
param applicationInsightsName string

@description('Where the deployed package lies; the app fetches it by its identity.')
param deploymentContainerUrl string
param blobEndpoint string
param queueEndpoint string
param tableEndpoint string
param serviceBusFullyQualifiedNamespace string
param keyVaultUri string

@description('The processor share follows the memory.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int
param alwaysReady warmInstances

@description('Partitions of the queue `default`, fixed when it is first used.')
@minValue(1)
@maxValue(16)
param defaultQueuePartitions int

@description('Durable Task hub: letters and digits. A new name is a new, empty hub.')
@minLength(3)
@maxLength(45)
param taskHubName string

@description('What agents call back; empty is the app\'s own host name.')
param publicUrl string

// A function's scaling group: HTTP and Durable are one each, every queue is its own.
var warmGroups = [
  { name: 'http', instanceCount: alwaysReady.http }
  { name: 'durable', instanceCount: alwaysReady.durable }
  { name: 'function:tasks-high', instanceCount: alwaysReady.tasks }
  { name: 'function:tasks-normal', instanceCount: alwaysReady.tasks }
  { name: 'function:tasks-low', instanceCount: alwaysReady.tasks }
]

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: filter(warmGroups, group => group.instanceCount > 0)
      }
    }
    siteConfig: {
      alwaysOn: false
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
  }
}

// Publishing is by identity too: no user name and password.
resource ftpPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scmPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

// Exactly the names that the code and the host read; a test compares them. What the runtime is stands in functionAppConfig
// above: Flex Consumption refuses FUNCTIONS_WORKER_RUNTIME and its like.
resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsStorage__blobServiceUri: blobEndpoint
    AzureWebJobsStorage__queueServiceUri: queueEndpoint
    AzureWebJobsStorage__tableServiceUri: tableEndpoint
    ServiceBusConnection__fullyQualifiedNamespace: serviceBusFullyQualifiedNamespace
    ServiceBusConnection__credential: 'managedidentity'
    ServiceBusConnection__clientId: identityClientId
    FOUNDATION_TABLES_URI: tableEndpoint
    FOUNDATION_BLOBS_URI: blobEndpoint
    FOUNDATION_KEY_VAULT_URI: keyVaultUri
    FOUNDATION_DEFAULT_QUEUE_PARTITIONS: string(defaultQueuePartitions)
    FOUNDATION_PUBLIC_URL: empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl
    AZURE_CLIENT_ID: identityClientId
    TASKHUB_NAME: taskHubName
    APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
