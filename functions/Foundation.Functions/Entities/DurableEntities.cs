using System.Text;
using Foundation.Functions.Orchestrations;
using Microsoft.DurableTask.Client;

namespace Foundation.Functions.Entities;

/// <summary>Entities as Durable entities: signals are queued, reads see the last committed state.</summary>
internal sealed class DurableEntities(DurableClients clients) : IEntities
{
    /// <inheritdoc/>
    public async ValueTask SignalAsync(EntityId id, Signal signal, CancellationToken ct) => await GuardAsync<object?>(id, async client =>
    {
        await client.Entities.SignalEntityAsync(EntityNames.ToInstance(id), SignalMessage.Operation, SignalMessage.ToInput(signal), null, ct);
        return null;
    }, ct);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(EntityId id, CancellationToken ct) => GuardAsync(id, async client =>
    {
        var entity = await client.Entities.GetEntityAsync(EntityNames.ToInstance(id), includeState: true, ct);
        return entity is { IncludesState: true, State.Value: { Length: > 0 } envelope }
            ? EntityShell.StateOf(Encoding.UTF8.GetBytes(envelope))
            : (ReadOnlyMemory<byte>?)null;
    }, ct);

    private async ValueTask<T> GuardAsync<T>(EntityId id, Func<DurableTaskClient, Task<T>> call, CancellationToken ct)
    {
        var client = clients.Client;
        try
        {
            return await call(client);
        }
#pragma warning disable CA1031 // The client speaks gRPC with the host; the port knows one failure.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new StoreUnavailableException($"The entity {id.Kind}/{id.Key} cannot be reached.", e);
        }
    }
}
