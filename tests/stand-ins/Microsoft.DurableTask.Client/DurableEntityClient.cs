using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client
{
    public sealed class SerializedData(string data, DataConverter? converter = null)
    {
        public string Value { get; } = data;

        public DataConverter Converter { get; } = converter!;
    }
}

namespace Microsoft.DurableTask.Client.Entities
{
    public abstract class DurableEntityClient
    {
        protected DurableEntityClient(string name) => Name = name;

        public string Name { get; }

        public abstract Task SignalEntityAsync(
            EntityInstanceId id,
            string operationName,
            object? input = null,
            SignalEntityOptions? options = null,
            CancellationToken cancellation = default);

        public abstract Task<EntityMetadata?> GetEntityAsync(
            EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

        public abstract Task<EntityMetadata<T>?> GetEntityAsync<T>(
            EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

        public abstract AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null);

        public abstract AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null);

        public abstract Task<CleanEntityStorageResult> CleanEntityStorageAsync(
            CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default);
    }

    public class EntityMetadata<TState>(EntityInstanceId id)
    {
        private readonly TState? _state;

        public EntityMetadata(EntityInstanceId id, TState? state)
            : this(id) => (_state, IncludesState) = (state, state is not null);

        public EntityInstanceId Id { get; } = id;

        public DateTimeOffset LastModifiedTime { get; init; }

        public int BacklogQueueSize { get; init; }

        public bool IncludesState { get; }

        // Asking for a state that was not read is a mistake of the caller, there as here.
        public TState State => _state ?? throw new InvalidOperationException("The metadata was read without its state.");
    }

    public sealed class EntityMetadata(EntityInstanceId id, SerializedData? state = null) : EntityMetadata<SerializedData>(id, state);

    public readonly record struct CleanEntityStorageRequest
    {
        public static CleanEntityStorageRequest Default => new() { RemoveEmptyEntities = true, ReleaseOrphanedLocks = true };

        public bool RemoveEmptyEntities { get; init; }

        public bool ReleaseOrphanedLocks { get; init; }

        public string? ContinuationToken { get; init; }
    }

    public readonly record struct CleanEntityStorageResult
    {
        public int EmptyEntitiesRemoved { get; init; }

        public int OrphanedLocksReleased { get; init; }

        public string? ContinuationToken { get; init; }
    }

    // Named by a signature and not used.
    public record EntityQuery
    {
        internal EntityQuery() { }
    }
}
