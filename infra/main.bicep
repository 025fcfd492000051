// The entry of `azd up`: one resource group, and the modules of ../bicep in it. Raw resources only, so it compiles offline.
import { principalKind, warmInstances } from '../bicep/types.bicep'

targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; every name below is derived from it.')
param environmentName string

@minLength(1)
@description('Region of all resources. Flex Consumption must exist there.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Object id of who deploys: may write the bootstrap key and packages. Empty gives no roles to anybody but the app.')
param principalId string = ''

@description('A pipeline deploys as a service principal.')
param principalType principalKind = 'User'

@description('Memory of an instance; the processor share follows it. 512 costs a quarter and is slow under load.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('How far each scaling group may grow.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Warm instances of the HTTP functions.')
@minValue(0)
param alwaysReadyHttp int = 0

@description('Warm instances for orchestrator and entities.')
@minValue(0)
param alwaysReadyDurable int = 0

@description('Warm instances of each of the three task queues: without them the first task after idle can take two minutes.')
@minValue(0)
param alwaysReadyTasks int = 0

@description('Partitions of the queue `default`, about 200 tasks/s each. Fixed when the queue is first used.')
@minValue(1)
@maxValue(16)
param defaultQueuePartitions int = 8

@description('Durable Task hub: letters and digits. Change it together with host.json\'s partitionCount, never alone.')
@minLength(3)
@maxLength(45)
param taskHubName string = 'foundation'

@description('Base URL that agents call back, for a domain of your own; empty is the app\'s host name.')
param publicUrl string = ''

@description('Copies of the data: ZRS is three zones, LRS one building, for regions without zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Gigabytes of telemetry a day; -1 is no limit.')
@minValue(-1)
param dailyQuotaGb int = 1

@description('Monthly budget that warns at 80 %; 0 makes none (some subscriptions cannot have one).')
@minValue(0)
param budgetAmount int = 50

@description('Kept from the first deployment, because a budget\'s start cannot be changed.')
param budgetStartDate string = ''

@description('Who hears of alerts and budget; empty is nobody.')
param alertEmail string = ''

@description('On, the vault\'s name stays taken after `azd down --purge`, and it can never be switched off again.')
param keyVaultPurgeProtection bool = false

@description('Seconds that the oldest queued task may wait before an alert.')
@minValue(1)
param oldestTaskAlertSeconds int = 900

@description('Only a default value may read the clock: do not pass this one.')
param firstOfThisMonth string = utcNow('yyyy-MM-01')

var abbreviations = loadJsonContent('./abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var functionAppName = '${abbreviations.webSitesFunctions}${token}'
var budgetStart = empty(budgetStartDate) ? firstOfThisMonth : budgetStartDate
var warm warmInstances = {
  http: alwaysReadyHttp
  durable: alwaysReadyDurable
  tasks: alwaysReadyTasks
}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${abbreviations.resourcesResourceGroups}${environmentName}'
  location: location
  tags: tags
}

module identity '../bicep/identity.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.managedIdentityUserAssignedIdentities}${token}'
    location: location
    tags: tags
  }
}

module storage '../bicep/storage.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.storageStorageAccounts}${token}'
    location: location
    tags: tags
    sku: storageSku
    deploymentContainerName: 'app-package-${functionAppName}'
  }
}

module serviceBus '../bicep/servicebus.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.serviceBusNamespaces}${token}'
    location: location
    tags: tags
  }
}

module monitoring '../bicep/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    applicationInsightsName: '${abbreviations.insightsComponents}${token}'
    location: location
    tags: tags
    dailyQuotaGb: dailyQuotaGb
  }
}

module keyVault '../bicep/keyvault.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.keyVaultVaults}${token}'
    location: location
    tags: tags
    purgeProtection: keyVaultPurgeProtection
  }
}

module rbac '../bicep/rbac.bicep' = {
  scope: group
  params: {
    storageAccountName: storage.outputs.name
    serviceBusNamespaceName: serviceBus.outputs.name
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

module functionApp '../bicep/functionapp.bicep' = {
  scope: group
  // Roles first: every minute that passes before the app starts is one in which they spread.
  dependsOn: [rbac]
  params: {
    planName: '${abbreviations.webServerFarms}${token}'
    name: functionAppName
    location: location
    tags: tags
    serviceName: 'foundation'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    serviceBusFullyQualifiedNamespace: serviceBus.outputs.fullyQualifiedNamespace
    keyVaultUri: keyVault.outputs.uri
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: warm
    defaultQueuePartitions: defaultQueuePartitions
    taskHubName: taskHubName
    publicUrl: publicUrl
  }
}

module diagnostics '../bicep/diagnostics.bicep' = {
  scope: group
  params: {
    workspaceId: monitoring.outputs.workspaceId
    functionAppName: functionApp.outputs.name
    serviceBusNamespaceName: serviceBus.outputs.name
    keyVaultName: keyVault.outputs.name
  }
}

module alerts '../bicep/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    actionGroupName: '${abbreviations.insightsActionGroups}${token}'
    serviceBusId: serviceBus.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    alertEmail: alertEmail
    oldestTaskSeconds: oldestTaskAlertSeconds
    throttledRequests: 10
    serverErrors: 5
  }
}

module budget '../bicep/budget.bicep' = if (budgetAmount > 0) {
  scope: group
  params: {
    name: '${abbreviations.consumptionBudgets}${token}'
    // The template is checked with 0 too, where this module is skipped.
    amount: max(budgetAmount, 1)
    startDate: budgetStart
    alertEmail: alertEmail
  }
}

// azd writes these into its environment, where the hooks find them. No secret may stand here.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_NAME string = functionApp.outputs.name
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name
output FOUNDATION_KEY_VAULT_URI string = keyVault.outputs.uri
output FOUNDATION_DEPLOYMENT_CONTAINER_URL string = storage.outputs.deploymentContainerUrl
output FOUNDATION_URL string = functionApp.outputs.url
output FOUNDATION_BUDGET_START_DATE string = budgetStart
