using Foundation.Queues;
using Foundation.Registry;
using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks.Explain;

/// <summary>What an explanation is made from.</summary>
/// <param name="Task">The task.</param>
/// <param name="Pause">Whether its queue is paused.</param>
/// <param name="Slots">The instances that its target names.</param>
/// <param name="Ahead">How many stand before it.</param>
internal sealed record TaskFacts(AgentTask Task, QueuePause? Pause, IReadOnlyList<SlotView> Slots, long? Ahead);

/// <summary>
/// Answers "why is it so, what happens next": no slot fits because … Pure, so that a dry run, a waiting task and one that has
/// ended are explained by the same rules that dispatch them.
/// </summary>
internal static class TaskExplainer
{
    public static TaskExplanation Explain(TaskFacts facts, DateTimeOffset now)
    {
        var task = facts.Task;
        var candidates = facts.Slots.Select(s => Candidate(s, now)).ToList();
        return new TaskExplanation
        {
            Status = task.Status,
            Reasons = [.. Reasons(facts, candidates, now)],
            Ahead = task.Status == AgentTaskStatus.Queued ? facts.Ahead : null,
            NextChangeAt = NextChange(facts, candidates),
            Candidates = candidates,
            Timeline = TaskTimeline.Of(task),
        };
    }

    private static IEnumerable<TaskReason> Reasons(TaskFacts facts, List<TaskCandidate> candidates, DateTimeOffset now)
    {
        var task = facts.Task;
        var id = task.Id.ToText("task");
        return task.Status switch
        {
            AgentTaskStatus.Scheduled when task.Failures > 0 || task.History.Length > 0 =>
            [
                new TaskReason("tasks.retrying", $"{task.Reason ?? "retry"}; next attempt at {task.RunAt:u}", task.Since, id, task.RunAt),
            ],
            AgentTaskStatus.Scheduled =>
                [new TaskReason("tasks.delayed", $"It is due at {task.RunAt:u}", task.Since, id, task.RunAt)],
            AgentTaskStatus.Queued => Queued(facts, candidates),
            AgentTaskStatus.Running => Running(task),
            AgentTaskStatus.DeadLettered =>
            [
                new TaskReason("tasks.dead-lettered", $"{task.Reason}: {task.Problem?.Detail ?? task.Problem?.Code ?? "no detail"}", task.Since, id,
                    task.RetainUntil, new TaskFix("POST", $"/api/tasks/{id}/replay")),
            ],
            AgentTaskStatus.Cancelled => [new TaskReason("tasks.cancelled", task.Reason ?? "cancelled by a caller", task.Since, id)],
            _ => [],
        };
    }

    private static IEnumerable<TaskReason> Queued(TaskFacts facts, List<TaskCandidate> candidates)
    {
        var task = facts.Task;
        if (facts.Pause is { } pause)
        {
            yield return new TaskReason("queues.paused", $"Queue '{task.Queue}' is paused: {pause.Reason ?? "no reason was given"}", pause.Since, task.Queue,
                Fix: new TaskFix("POST", $"/api/queues/{task.Queue}/resume"));
        }

        if (candidates.Count == 0 || facts.Slots.All(s => s.Instance.Status == InstanceStatus.Down))
        {
            yield return new TaskReason("tasks.no-capable-instance", $"No live instance offers {Describe(task.Target)}", task.Since, Describe(task.Target),
                Fix: new TaskFix("PUT", "/api/services/{service}/instances/{instance}"));
        }
        else if (!candidates.Any(c => c.Eligible))
        {
            var soonest = candidates.SelectMany(c => c.Reasons).Select(r => r.Until).Where(u => u is not null).Min();
            yield return new TaskReason("tasks.instances-busy", $"All {candidates.Count} candidates are busy or unavailable", task.Since, Describe(task.Target), soonest);
        }
    }

    private static IEnumerable<TaskReason> Running(AgentTask task)
    {
        var current = task.Current!;
        var word = current.Accepted ? "accepted it and works on it" : "was sent it and has not answered";
        yield return new TaskReason("tasks.running", $"{current.Instance} {word} (attempt {task.Attempt})", current.StartedAt, current.Instance,
            TaskDecider.RunningUntil(task));
        if (task.Cancel is { } cancel)
        {
            yield return new TaskReason("tasks.cancelling", $"Asked to stop: {cancel.Reason ?? "no reason was given"}", cancel.RequestedAt, current.Instance,
                cancel.RequestedAt + TaskDecider.CancelPatience);
        }
    }

    private static TaskCandidate Candidate(SlotView view, DateTimeOffset now)
    {
        var reasons = CandidateReasons(view, now).ToList();
        return new TaskCandidate(view.Instance.FullName, reasons.Count == 0, reasons);
    }

    private static IEnumerable<TaskReason> CandidateReasons(SlotView view, DateTimeOffset now)
    {
        var instance = view.Instance;
        var name = instance.FullName;
        if (instance.Status == InstanceStatus.Down)
        {
            yield return new TaskReason("registry.instance-down", "It was not heard within its lease", instance.Since, name);
        }

        if (instance.Status == InstanceStatus.Draining)
        {
            yield return new TaskReason("registry.instance-draining", "It is draining and takes nothing new", instance.Since, name);
        }

        if (instance.Health is { } health && health.EjectedAt(now))
        {
            yield return new TaskReason("registry.instance-ejected", "The fleet could not reach it several times in a row", instance.Since, name, health.EjectedUntil);
        }

        if (instance.Endpoint is null)
        {
            yield return new TaskReason("registry.no-endpoint", "It has no endpoint to push to", instance.Since, name);
        }

        if (view.BlockedUntil > now)
        {
            yield return new TaskReason("tasks.instances-busy", view.BlockedBecause ?? "It asked to be left alone", instance.Since, name, view.BlockedUntil);
        }

        if (view.Open >= instance.MaxConcurrency)
        {
            yield return new TaskReason("tasks.instances-busy", $"All its {instance.MaxConcurrency} slots are taken", instance.Since, name);
        }
    }

    private static DateTimeOffset? NextChange(TaskFacts facts, List<TaskCandidate> candidates) => facts.Task.Status switch
    {
        AgentTaskStatus.Scheduled => facts.Task.RunAt,
        AgentTaskStatus.Running => TaskDecider.RunningUntil(facts.Task),
        AgentTaskStatus.Queued when facts.Pause is null && !candidates.Any(c => c.Eligible) =>
            candidates.SelectMany(c => c.Reasons).Select(r => r.Until).Where(u => u is not null).Min(),
        AgentTaskStatus.Queued => null,
        _ => facts.Task.RetainUntil,
    };

    private static string Describe(TaskTarget target) => target switch
    {
        { Capability: { } c } => $"capability '{c}'",
        { Service: { } s } => $"service '{s}'",
        { Instance: { } i } => $"instance '{i}'",
        _ => "nothing",
    };
}
