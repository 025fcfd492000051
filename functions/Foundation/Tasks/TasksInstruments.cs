using System.Diagnostics.Metrics;
using Foundation.Queues;

namespace Foundation.Tasks;

/// <summary>Metrics of tasks: meter <c>Foundation.Tasks</c>.</summary>
internal sealed class TasksInstruments
{
    public const string MeterName = "Foundation.Tasks";
    private readonly QueueActivity _activity;
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _run;

    public TasksInstruments(IMeterFactory meters, QueueActivity activity)
    {
        _activity = activity;
        var meter = meters.Create(MeterName);
        _submitted = meter.CreateCounter<long>("foundation.tasks.submitted", "{task}", "Tasks accepted");
        _attempts = meter.CreateCounter<long>("foundation.tasks.attempts", "{attempt}", "Attempts that ended, by outcome");
        _ended = meter.CreateCounter<long>("foundation.tasks.ended", "{task}", "Tasks that ended, by status");
        _retries = meter.CreateCounter<long>("foundation.tasks.retries", "{attempt}", "Failures that will be retried");
        _wait = meter.CreateHistogram<double>("foundation.tasks.wait.duration", "s", "From queued to started");
        _run = meter.CreateHistogram<double>("foundation.tasks.run.duration", "s", "Of attempts");
    }

    public void Submitted(string queue)
    {
        _activity.Submitted(queue);
        _submitted.Add(1, Queue(queue));
    }

    public void Changed(AgentTask before, AgentTask after)
    {
        if (before.Status == AgentTaskStatus.Queued && after.Status == AgentTaskStatus.Running)
        {
            Started(after);
            return;
        }

        if (before.Current is { } current && after.Current is null && after.History is [.., var attempt])
        {
            _run.Record((attempt.EndedAt - current.StartedAt).TotalSeconds, Queue(after.Queue));
            _attempts.Add(1, Queue(after.Queue), new KeyValuePair<string, object?>("outcome", Kebab.Name(attempt.Outcome)));
            if (after.Status == AgentTaskStatus.Scheduled && attempt.Outcome is AttemptOutcome.Failed or AttemptOutcome.TimedOut)
            {
                _retries.Add(1, Queue(after.Queue));
            }
        }

        if (after.Ended && !before.Ended)
        {
            _activity.Ended(after.Queue);
            _ended.Add(1, Queue(after.Queue), new KeyValuePair<string, object?>("status", Kebab.Name(after.Status)));
        }
    }

    public void Started(AgentTask task)
    {
        _activity.Started(task.Queue);
        _wait.Record(Math.Max(0, (task.Since - task.QueuedAt).TotalSeconds), Queue(task.Queue));
    }

    private static KeyValuePair<string, object?> Queue(string queue) => new("queue", queue);
}
