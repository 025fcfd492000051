using System.Globalization;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>What is told of one run: its results and output, its history, why it is as it is.</summary>
internal sealed class RunReads(IStore store, RunService runs, RunDefinitions definitions, IOwnedTasks tasks)
{
    private const int HistoryRowsMax = 100;

    /// <summary>The run with input, output and the results that fit.</summary>
    public async ValueTask<RunResource> WholeAsync(StoredRun stored, CancellationToken ct)
    {
        var results = new Dictionary<string, RawJson>(StringComparer.Ordinal);
        var left = WorkflowLimits.ShownResultsMax;
        foreach (var step in stored.Run.Steps.Where(s => s.Status == RunStepStatus.Succeeded))
        {
            if (left > 0 && ResourceId.TryParse(step.TaskId, "task", out var id) && await tasks.FindAsync(id, ct) is { Result: { IsEmpty: false } result }
                && result.Length <= Math.Min(left, WorkflowLimits.ShownResultMax))
            {
                results[step.Name] = result;
                left -= result.Length;
            }
        }

        return RunResources.Of(stored.Run, results) with
        {
            Input = RunRows.Content(stored.Row).Input,
            Output = await runs.OutputOfAsync(stored, ct),
        };
    }

    /// <summary>What happened, oldest first.</summary>
    public async ValueTask<Page<RunEvent>> HistoryAsync(StoredRun stored, int limit, string? cursor, CancellationToken ct)
    {
        var (number, index) = Place(cursor);
        var range = RunRows.RangeOf(RunTables.History, stored.Run.Id) with { From = RunRows.HistoryKey(stored.Run.Id, number) };
        var page = await store.ListAsync(stored.Shard, range, new Listing(HistoryRowsMax), ct);
        var events = new List<RunEvent>();
        foreach (var row in page.Items)
        {
            var at = long.Parse(row.Key.Text!.Split('/')[1], CultureInfo.InvariantCulture);
            var all = RunHistory.Read(row);
            for (var i = at == number ? index : 0; i < all.Count; i++)
            {
                if (events.Count == limit)
                {
                    return new Page<RunEvent>(events, string.Create(CultureInfo.InvariantCulture, $"{at}.{i}"));
                }

                events.Add(all[i]);
            }

            if (page.Next is not null && row == page.Items[^1])
            {
                return new Page<RunEvent>(events, string.Create(CultureInfo.InvariantCulture, $"{at + 1}.0"));
            }
        }

        return new Page<RunEvent>(events, null);
    }

    /// <summary>Why it is as it is, with what the tasks of its live steps say of themselves.</summary>
    public async ValueTask<RunExplanation> ExplainAsync(StoredRun stored, CancellationToken ct)
    {
        var definition = definitions.Of(stored.Run.Workflow, RunRows.Content(stored.Row).Definition);
        var explained = new Dictionary<string, TaskExplanation>(StringComparer.Ordinal);
        foreach (var step in stored.Run.Steps.Where(s => s.Live).Take(WorkflowLimits.ExplainedTasksMax))
        {
            if (ResourceId.TryParse(step.TaskId, "task", out var id) && await tasks.ExplainAsync(id, ct) is { } explanation)
            {
                explained[step.Name] = explanation;
            }
        }

        return RunExplainer.Explain(stored.Run, definition, explained);
    }

    private static (long Number, int Index) Place(string? cursor) => cursor?.Split('.') is [var number, var index]
        ? (long.Parse(number, CultureInfo.InvariantCulture), int.Parse(index, CultureInfo.InvariantCulture))
        : (0, 0);
}
