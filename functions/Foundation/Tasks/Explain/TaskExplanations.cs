using Foundation.Queues;
using Foundation.Registry;
using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks.Explain;

/// <summary>Gathers the facts and lets <see cref="TaskExplainer"/> speak.</summary>
internal sealed class TaskExplanations(IStore store, TaskService tasks, SlotLedger ledger, IInstanceDirectory directory, IQueues queues)
{
    private const int AheadMax = 1_000;
    private const int PreviewMax = 20;

    public async ValueTask<TaskExplanation> ExplainAsync(StoredTask stored, CancellationToken ct)
    {
        var ahead = stored.Task.Status == AgentTaskStatus.Queued && stored.Row.Due is { } due ? await AheadAsync(stored.Shard, due, ct) : (long?)null;
        return await ExplainAsync(stored.Task, ahead, ct);
    }

    /// <summary>What would happen to a task that is not stored.</summary>
    public async ValueTask<TaskExplanation> PreviewAsync(PreparedTask prepared, CancellationToken ct)
    {
        var rules = tasks.RulesOf(prepared.Task);
        var explanation = await ExplainAsync(prepared.Task, null, ct);
        return explanation with
        {
            RetryDelays = [.. rules.Retry.Delays.Preview(PreviewMax, 0)],
            Warnings = prepared.Warnings.Count > 0 ? prepared.Warnings : null,
        };
    }

    private async ValueTask<TaskExplanation> ExplainAsync(AgentTask task, long? ahead, CancellationToken ct)
    {
        await directory.RefreshAsync(ct);
        await queues.RefreshAsync(ct);
        var facts = new TaskFacts(task, queues.PauseOf(task.Queue), ledger.Views(InstancesOf(task.Target)), ahead);
        return TaskExplainer.Explain(facts, tasks.Now);
    }

    private IReadOnlyList<Instance> InstancesOf(TaskTarget target) => target switch
    {
        { Capability: { } capability } => directory.WithCapability(capability),
        { Service: { } service } => directory.OfService(service),
        { Instance: { } name } when name.Split('/') is [var service, var instance] && directory.Find(service, instance) is { } found => [found],
        _ => [],
    };

    private async ValueTask<long> AheadAsync(Shard shard, Due due, CancellationToken ct)
    {
        var before = await store.ListDueAsync(shard, new LaneRange(due.Lane, To: due.At), new Listing(AheadMax), ct);
        return before.Items.Count;
    }
}
