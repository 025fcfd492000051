using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>
/// Durable entities in memory, as far as state goes: inputs and states are stored as the JSON of whatever object was given, an
/// exception rolls the operation back and consumes it, and nothing waits for anything.
/// </summary>
/// <param name="run">What the entity's function does.</param>
internal sealed class FakeEntityClient(Func<TaskEntityOperation, ValueTask<object?>> run) : DurableEntityClient("fake")
{
    private readonly Lock _gate = new();

    /// <summary>The stored states.</summary>
    public ConcurrentDictionary<EntityInstanceId, string> States { get; } = new();

    public override Task SignalEntityAsync(
        EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            var operation = new FakeEntityOperation(id, operationName, input is null ? null : JsonSerializer.Serialize(input), States.GetValueOrDefault(id));
            var done = run(operation);
            if (done.IsCompletedSuccessfully && operation.Stored is { } state)
            {
                States[id] = state;
            }
        }

        return Task.CompletedTask;
    }

    public override Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        Task.FromResult(States.TryGetValue(id, out var state) ? new EntityMetadata(id, new SerializedData(state)) : null);

    public override Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) => throw new NotSupportedException();

    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) => throw new NotSupportedException();

    public override Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}

/// <summary>One operation of an entity.</summary>
internal sealed class FakeEntityOperation(EntityInstanceId id, string name, string? input, string? state) : TaskEntityOperation
{
    private readonly FakeState _state = new(state);

    /// <summary>The state after it.</summary>
    public string? Stored => _state.Json;

    public override string Name => name;

    public override TaskEntityContext Context { get; } = new FakeContext(id);

    public override TaskEntityState State => _state;

    public override bool HasInput => input is not null;

    public override object? GetInput(Type inputType) => input is null ? null : JsonSerializer.Deserialize(input, inputType);

    private sealed class FakeState(string? json) : TaskEntityState
    {
        public string? Json { get; private set; } = json;

        public override bool HasState => Json is not null;

        public override object? GetState(Type type) => Json is null ? null : JsonSerializer.Deserialize(Json, type);

        public override void SetState(object? state) => Json = state is null ? null : JsonSerializer.Serialize(state);
    }

    private sealed class FakeContext(EntityInstanceId id) : TaskEntityContext
    {
        public override EntityInstanceId Id => id;

        public override void SignalEntity(
            EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null) => throw new NotSupportedException();

        public override string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null) =>
            throw new NotSupportedException();
    }
}
