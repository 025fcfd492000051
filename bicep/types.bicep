// The types that several modules share.

@export()
@description('The tags of every resource: azd finds its environment by them.')
type tagSet = {
  *: string
}

@export()
@description('The kinds of principals that a role may be given to.')
type principalKind = 'User' | 'Group' | 'ServicePrincipal'

@export()
@description('Instances that are kept warm, per scaling group; 0 lets a group sleep.')
type warmInstances = {
  @description('All HTTP functions: the API.')
  @minValue(0)
  http: int

  @description('Orchestrator, activities and entities.')
  @minValue(0)
  durable: int

  @description('Each of the three task queues.')
  @minValue(0)
  tasks: int
}
