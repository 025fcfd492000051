using System.Diagnostics.Metrics;

namespace Foundation.Workflows;

/// <summary>Metrics of runs: meter <c>Foundation.Workflows</c>.</summary>
internal sealed class WorkflowsInstruments
{
    public const string MeterName = "Foundation.Workflows";
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _facts;
    private readonly Counter<long> _conflicts;
    private readonly Histogram<double> _duration;

    public WorkflowsInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _started = meter.CreateCounter<long>("foundation.runs.started", "{run}", "Runs accepted, by workflow");
        _ended = meter.CreateCounter<long>("foundation.runs.ended", "{run}", "Runs that ended, by workflow and status");
        _steps = meter.CreateCounter<long>("foundation.runs.steps.ended", "{step}", "Steps that ended, by workflow and status");
        _facts = meter.CreateCounter<long>("foundation.runs.facts", "{fact}", "Facts taken from inboxes");
        _conflicts = meter.CreateCounter<long>("foundation.runs.conflicts", "{commit}", "Commits that met another writer and were decided again");
        _duration = meter.CreateHistogram<double>("foundation.runs.duration", "s", "From acceptance to end, by workflow and status");
    }

    public void Started(WorkflowRun run) => _started.Add(1, Workflow(run));

    public void Conflicted() => _conflicts.Add(1);

    public void Changed(WorkflowRun before, WorkflowRun after, int facts)
    {
        _facts.Add(facts);
        for (var i = 0; i < after.Steps.Length; i++)
        {
            if (!before.Steps[i].Ended && after.Steps[i].Ended)
            {
                _steps.Add(1, Workflow(after), Status(Kebab.Name(after.Steps[i].Status)));
            }
        }

        if (after.Ended && !before.Ended)
        {
            var status = Status(Kebab.Name(after.Status));
            _ended.Add(1, Workflow(after), status);
            _duration.Record(Math.Max(0, (after.EndedAt!.Value - after.CreatedAt).TotalSeconds), Workflow(after), status);
        }
    }

    private static KeyValuePair<string, object?> Workflow(WorkflowRun run) => new("workflow", run.Workflow);

    private static KeyValuePair<string, object?> Status(string status) => new("status", status);
}
