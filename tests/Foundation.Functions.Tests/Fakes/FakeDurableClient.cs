using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>A Durable client that remembers instances and what was asked of it.</summary>
internal sealed class FakeDurableClient(DurableEntityClient? entities = null) : DurableTaskClient("fake")
{
    /// <summary>Statuses of the instances there are.</summary>
    public ConcurrentDictionary<string, OrchestrationRuntimeStatus> Instances { get; } = new(StringComparer.Ordinal);

    /// <summary><c>start run_1</c>, <c>raise run_1 ring</c>, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Thrown by every call.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Done between the look at an instance and its start.</summary>
    public Action<string>? BeforeStart { get; set; }

    public override DurableEntityClient Entities => Failure is { } failure ? throw failure : entities ?? throw new NotSupportedException();

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        ThrowIfFailing();
        var id = options!.InstanceId!;
        BeforeStart?.Invoke(id);
        if (Instances.TryGetValue(id, out var status) && options.DedupeStatuses!.Contains(status.ToString()))
        {
            throw new InvalidOperationException($"{id} exists already");
        }

        Instances[id] = OrchestrationRuntimeStatus.Pending;
        Calls.Enqueue($"start {orchestratorName} {id}");
        return Task.FromResult(id);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ThrowIfFailing();
        Calls.Enqueue($"raise {eventName} {instanceId}");
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ThrowIfFailing();
        return Task.FromResult(Instances.TryGetValue(instanceId, out var status)
            ? new OrchestrationMetadata("run", instanceId) { RuntimeStatus = status }
            : null);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void ThrowIfFailing()
    {
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
