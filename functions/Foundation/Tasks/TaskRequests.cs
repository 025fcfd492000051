using Foundation.Queues;
using Foundation.Registry;
using Foundation.Retry;

namespace Foundation.Tasks;

/// <summary>A task that may be stored: checked, with its id and the things its submitter should know.</summary>
internal sealed record PreparedTask(AgentTask Task, ReadOnlyMemory<byte> Data, IReadOnlyList<TaskWarning> Warnings);

/// <summary>Turns requests into tasks: defaults filled in, every fault named.</summary>
internal sealed class TaskRequests(
    IQueues queues, IRetryPolicies policies, IInstanceDirectory directory, IdFactory ids, RandomSource random, TimeProvider time)
{
    /// <summary>The task, or all faults. <paramref name="path"/> leads the faults' pointers.</summary>
    public Outcome<PreparedTask> Prepare(Caller caller, TaskRequest request, string? traceParent, ResourceId? id, TaskOwner? owner = null, string path = "")
    {
        var queue = queues.Find(request.Queue ?? "default");
        var faults = FaultsOf(request, queue, path);
        return faults.Count > 0
            ? new Problem(queue is null && faults.Count == 1 ? TaskErrors.UnknownQueue : ApiErrors.Invalid) { Faults = faults }
            : Build(caller, request, queue!, traceParent, id, owner);
    }

    /// <summary>What is wrong with a request.</summary>
    public IReadOnlyList<Fault> FaultsOf(TaskRequest request) => FaultsOf(request, queues.Find(request.Queue ?? "default"), "");

    /// <summary>The shard number that a new task of the queue gets.</summary>
    public int ShardFor(string queue) => queues.Find(queue) is { } settings
        ? settings.ShardOf(settings.Partitions == 1 ? 0 : (int)(random.NextSeed() % (uint)settings.Partitions))
        : 0;

    private List<Fault> FaultsOf(TaskRequest request, QueueSettings? queue, string path)
    {
        var faults = TaskRequestFaults.Of(request, policies, path);
        if (queue is null)
        {
            var name = request.Queue ?? "default";
            faults.Add(new Fault(path + "/queue", TaskErrors.UnknownQueue.Code, $"There is no queue '{name}'.", DidYouMean.Hint(name, queues.Names)));
        }

        return faults;
    }

    private PreparedTask Build(Caller caller, TaskRequest request, QueueSettings queue, string? traceParent, ResourceId? id, TaskOwner? owner)
    {
        var now = time.GetUtcNow();
        var target = request.Target ?? new TaskTarget { Capability = request.Type };
        var runAt = request.RunAt ?? (request.Delay is { } delay && delay > TimeSpan.Zero ? now + delay : null);
        var waits = runAt > now;
        var task = new AgentTask
        {
            Id = id ?? ids.Mint("task", ShardFor(queue.Name)),
            Tenant = caller.Tenant,
            CreatedBy = caller.KeyId,
            Type = request.Type,
            Queue = queue.Name,
            Target = target,
            Priority = request.Priority ?? TaskPriority.Normal,
            CreatedAt = now,
            Status = waits ? AgentTaskStatus.Scheduled : AgentTaskStatus.Queued,
            Since = now,
            Number = 1,
            QueuedAt = now,
            RunAt = waits ? runAt : null,
            Timeout = request.Timeout ?? TaskLimits.TimeoutDefault,
            Heartbeat = request.Heartbeat ?? TaskLimits.HeartbeatDefault,
            Retry = request.Retry,
            Labels = request.Labels is { Count: > 0 } labels ? labels : null,
            TraceParent = traceParent,
            Owner = owner,
        };
        return new PreparedTask(task, request.Data.Memory, Warnings(target));
    }

    private IReadOnlyList<TaskWarning> Warnings(TaskTarget target)
    {
        var (found, what) = target switch
        {
            { Capability: { } c } => (directory.WithCapability(c).Count > 0, $"capability '{c}'"),
            { Service: { } s } => (directory.OfService(s).Count > 0, $"service '{s}'"),
            { Instance: { } i } => (Find(i) is not null, $"instance '{i}'"),
            _ => (true, ""),
        };
        return found ? [] : [new TaskWarning("tasks.no-capable-instance", $"No instance offers {what} yet; the task waits until one registers.")];
    }

    private Instance? Find(string fullName) =>
        fullName.Split('/') is [var service, var instance] ? directory.Find(service, instance) : null;
}
