using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Api;

namespace Foundation.Tasks;

/// <summary>Answer to <c>POST /api/tasks/submit</c>.</summary>
/// <param name="Items">For each item, in order: the task, or the problem in its place (it has a <c>code</c> and no <c>id</c>).</param>
public sealed record TaskBatchAnswer(IReadOnlyList<TaskBatchItem> Items);

/// <summary>A task or a problem.</summary>
[JsonConverter(typeof(TaskBatchItemConverter))]
public sealed class TaskBatchItem
{
    private TaskBatchItem(TaskResource? task, Problem? problem) => (Task, Problem) = (task, problem);

    /// <summary>The accepted task.</summary>
    public TaskResource? Task { get; }

    /// <summary>Why the item was refused.</summary>
    public Problem? Problem { get; }

    internal static TaskBatchItem Of(TaskResource task) => new(task, null);

    internal static TaskBatchItem Of(Problem problem) => new(null, problem);
}

internal sealed class TaskBatchItemConverter : JsonConverter<TaskBatchItem>, IDescribesSchema
{
    public string JsonSchema =>
        """{ "oneOf": [ { "$ref": "#/components/schemas/TaskResource" }, { "$ref": "#/components/schemas/Problem" } ] }""";

    public override TaskBatchItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Batch answers are only written.");

    public override void Write(Utf8JsonWriter writer, TaskBatchItem value, JsonSerializerOptions options)
    {
        if (value.Task is not null)
        {
            JsonSerializer.Serialize(writer, value.Task, TasksJson.Default.TaskResource);
        }
        else
        {
            ProblemResult.Write(writer, value.Problem!, null);
        }
    }
}
