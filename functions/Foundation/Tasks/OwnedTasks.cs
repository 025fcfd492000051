using Foundation.Tasks.Explain;

namespace Foundation.Tasks;

/// <summary>A task as its owner may read it.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Result">What it came to; empty where there is none.</param>
internal sealed record OwnedTask(AgentTaskStatus Status, RawJson Result);

/// <summary>
/// What a room that owns tasks needs besides posts (<see cref="TaskMail"/>): to mint their ids in the right shard, to check what it will
/// ask for, and to read what came of it.
/// </summary>
internal interface IOwnedTasks
{
    /// <summary>An id for a new task of a queue: minted and stored by the owner before it posts.</summary>
    ResourceId NewId(string? queue);

    /// <summary>What is wrong with a request; an unknown queue is a fault too.</summary>
    IReadOnlyList<Fault> Check(TaskRequest request);

    /// <summary>The task with its result, or null when there is none (any more).</summary>
    ValueTask<OwnedTask?> FindAsync(ResourceId id, CancellationToken ct);

    /// <summary>Why the task is as it is, or null when there is none.</summary>
    ValueTask<TaskExplanation?> ExplainAsync(ResourceId id, CancellationToken ct);
}

internal sealed class OwnedTasks(TaskService tasks, TaskRequests requests, TaskExplanations explanations, IdFactory ids) : IOwnedTasks
{
    public ResourceId NewId(string? queue) => ids.Mint("task", requests.ShardFor(queue ?? "default"));

    public IReadOnlyList<Fault> Check(TaskRequest request) => requests.FaultsOf(request);

    public async ValueTask<OwnedTask?> FindAsync(ResourceId id, CancellationToken ct) =>
        await tasks.FindAsync(Kernel.Caller.System, id, ct) is { } stored
            ? new OwnedTask(stored.Task.Status, await tasks.ResultOfAsync(stored, ct))
            : null;

    public async ValueTask<TaskExplanation?> ExplainAsync(ResourceId id, CancellationToken ct) =>
        await tasks.FindAsync(Kernel.Caller.System, id, ct) is { } stored ? await explanations.ExplainAsync(stored, ct) : null;
}
