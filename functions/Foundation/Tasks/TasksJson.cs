using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>How tasks are stored: short, without nulls.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentTask))]
internal sealed partial class TaskStateJson : JsonSerializerContext
{
    /// <summary>As stored: text of any language takes its UTF-8 bytes, not six per character, so that bounds in characters hold.</summary>
    public static TaskStateJson Compact { get; } =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
}

/// <summary>The API's bodies.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(TaskBatchRequest))]
[JsonSerializable(typeof(TaskResource))]
[JsonSerializable(typeof(TaskCancelRequest))]
[JsonSerializable(typeof(TaskReplayRequest))]
[JsonSerializable(typeof(TaskCompleteRequest))]
[JsonSerializable(typeof(TaskFailRequest))]
[JsonSerializable(typeof(TaskReleaseRequest))]
[JsonSerializable(typeof(TaskProgressRequest))]
[JsonSerializable(typeof(TaskProgressReply))]
[JsonSerializable(typeof(TaskSettled))]
[JsonSerializable(typeof(TaskAttemptResource))]
[JsonSerializable(typeof(TaskBatchAnswer))]
[JsonSerializable(typeof(TaskExplanation))]
[JsonSerializable(typeof(TaskFailure))]
internal sealed partial class TasksJson : JsonSerializerContext;
