using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Foundation.Workflows;

/// <summary>The tables of runs. One space: they commit together. Persisted names.</summary>
internal static class RunTables
{
    public static Space Space { get; } = new("runs");

    /// <summary>Runs by id: state; the body is <see cref="RunContent"/>.</summary>
    public static Table Runs { get; } = new("runs", Space, KeyForm.Id);

    /// <summary>What happened to a run and is not yet in its state, by <c>run/fact</c>.</summary>
    public static Table Inbox { get; } = new("run-inbox", Space, KeyForm.Text);

    /// <summary>What became of it, by <c>run/number</c>.</summary>
    public static Table History { get; } = new("run-history", Space, KeyForm.Text);

    /// <summary>The live run of a key, by workflow and hash.</summary>
    public static Table Keys { get; } = new("run-keys", Space, KeyForm.Text);

    /// <summary>Outputs by run id.</summary>
    public static Table Outputs { get; } = new("run-outputs", Space, KeyForm.Id);
}

/// <summary>The lanes of runs.</summary>
internal static class RunLanes
{
    /// <summary>Live runs and the rows of their inboxes: both name the run.</summary>
    public const string Waiting = "runs/waiting";

    public const string Ended = "runs/ended";

    /// <summary>No time at all: the year 9999.</summary>
    public const long Never = 253_370_764_800_000;
}

/// <summary>Between rows and states, with the invariants checked on the way in and out.</summary>
internal static class RunRows
{
    /// <summary>Of ids: <c>run_01…</c>.</summary>
    public const string Prefix = "run";

    public static WorkflowRun Read(Row row)
    {
        var run = JsonSerializer.Deserialize(row.State.Span, RunStateJson.Compact.WorkflowRun)
            ?? throw new InvalidOperationException($"{row.Key} has no state");
        run = run with { Id = row.Key.ResourceId };
        RunInvariants.Check(run);
        return run;
    }

    public static ReadOnlyMemory<byte> State(WorkflowRun run)
    {
        RunInvariants.Check(run);
        return JsonSerializer.SerializeToUtf8Bytes(run, RunStateJson.Compact.WorkflowRun);
    }

    public static RunContent Content(Row row) =>
        JsonSerializer.Deserialize(row.Body.Span, RunStateJson.Compact.RunContent) ?? throw new InvalidOperationException($"{row.Key} has no body");

    public static ReadOnlyMemory<byte> Body(RunContent content) => JsonSerializer.SerializeToUtf8Bytes(content, RunStateJson.Compact.RunContent);

    public static RowKey Key(ResourceId id) => new(RunTables.Runs, id);

    public static RowKey OutputKey(ResourceId id) => new(RunTables.Outputs, id);

    public static RowKey HistoryKey(ResourceId id, long number) =>
        new(RunTables.History, string.Create(CultureInfo.InvariantCulture, $"{id}/{number:D10}"));

    public static RowKey InboxKey(ResourceId id, string fact) => new(RunTables.Inbox, $"{id}/{fact}");

    /// <summary>All rows of a run in a table keyed by <c>run/…</c>.</summary>
    public static KeyRange RangeOf(Table table, ResourceId id) => KeyRange.Prefix(table, id + "/");

    /// <summary>The run that a row of <see cref="RunLanes.Waiting"/> is about.</summary>
    public static ResourceId RunOf(RowKey key) => key.Text is null ? key.ResourceId
        : ResourceId.TryParse(Prefix + "_" + key.Text.Split('/')[0], Prefix, out var id) ? id
        : throw new InvalidOperationException($"{key} names no run");

    /// <summary>Keys may hold anything, so they are hashed. The shard comes from workflow and key: the run's own.</summary>
    public static RowKey LiveKey(string tenant, string workflow, string key) =>
        new(RunTables.Keys, $"{workflow}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{key}")))}");

    public static ReadOnlyMemory<byte> LiveKeyState(ResourceId run) => Encoding.UTF8.GetBytes($"{{\"run\":\"{run}\"}}");

    public static ResourceId LiveRunOf(Row row)
    {
        using var json = JsonDocument.Parse(row.State);
        return ResourceId.TryParse(Prefix + "_" + json.RootElement.GetProperty("run").GetString(), Prefix, out var id) ? id
            : throw new InvalidOperationException($"{row.Key} names no run");
    }
}

/// <summary>What a run takes with it, written once: a document that changes or goes does not break a run in flight.</summary>
internal sealed record RunContent
{
    /// <summary>The document it runs by.</summary>
    public required RawJson Definition { get; init; }

    /// <summary>What it was started with; <c>null</c> where nothing was.</summary>
    public required RawJson Input { get; init; }
}
