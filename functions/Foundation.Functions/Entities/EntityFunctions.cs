using Microsoft.Azure.Functions.Worker;

namespace Foundation.Functions.Entities;

/// <summary>A function per kind of entity, named like it; what they do is one thing.</summary>
internal sealed class EntityFunctions(EntityOperations operations)
{
    private const string Registry = "registry";

    [Function(Registry)]
    public Task RunRegistryAsync([EntityTrigger(EntityName = Registry)] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(operations.RunAsync);
}
