using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.Entities;

/// <summary>What every entity does with an operation: the shared shell around the kind's rule, over the state that Durable keeps.</summary>
internal sealed class EntityOperations(RoomDirectory directory, TimeProvider time, ILogger<EntityOperations> logger)
{
    /// <summary>Applies a signal. Throws nothing: an exception would roll back and consume the signal, and nobody would hear of it.</summary>
    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        var id = operation.Context.Id;
        try
        {
            if (operation.Name != SignalMessage.Operation || !operation.HasInput || directory.FindEntity(id.Name) is not { } decider)
            {
                logger.OperationDropped(id.Name, id.Key, operation.Name, null);
                return default;
            }

            var signal = SignalMessage.ToSignal(operation.GetInput<JsonElement>());
            var before = operation.State.HasState ? Bytes(operation.State.GetState<JsonElement>()) : default;
            var after = EntityShell.Apply(decider, before, signal, time.GetUtcNow(), out var failure);
            if (failure is not null)
            {
                logger.SignalRefused(id.Name, id.Key, signal.Source, failure);
            }

            if (!after.Equals(before))
            {
                operation.State.SetState(JsonElement.Parse(after.Span));
            }
        }
#pragma warning disable CA1031 // See above; the shell catches what the rule throws, so this is a foreign or broken input.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.OperationDropped(id.Name, id.Key, operation.Name, e);
        }

        return default;
    }

    private static ReadOnlyMemory<byte> Bytes(JsonElement state) => Encoding.UTF8.GetBytes(state.GetRawText());
}
