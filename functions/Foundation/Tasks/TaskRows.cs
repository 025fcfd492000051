using System.Globalization;
using System.Text.Json;

namespace Foundation.Tasks;

/// <summary>Between rows and states, with the invariants checked on the way in and out.</summary>
internal static class TaskRows
{
    public static AgentTask Read(Row row)
    {
        var task = JsonSerializer.Deserialize(row.State.Span, TaskStateJson.Compact.AgentTask)
            ?? throw new InvalidOperationException($"{row.Key} has no state");
        task = task with { Id = row.Key.ResourceId };
        TaskInvariants.Check(task);
        return task;
    }

    public static ReadOnlyMemory<byte> State(AgentTask task)
    {
        TaskInvariants.Check(task);
        return JsonSerializer.SerializeToUtf8Bytes(task, TaskStateJson.Compact.AgentTask);
    }

    public static RowKey Key(ResourceId id) => new(TaskTables.Tasks, id);

    public static RowKey ResultKey(ResourceId id) => new(TaskTables.Results, id);

    public static RowKey EditKey(ResourceId id, int edition) =>
        new(TaskTables.Edits, string.Create(CultureInfo.InvariantCulture, $"{id}/{edition:D6}"));
}
