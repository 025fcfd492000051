using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Workflows;

/// <summary>How runs are stored: short, without nulls. Runs hold results, which hold payloads: deeper than what callers send.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkflowRun))]
[JsonSerializable(typeof(RunContent))]
[JsonSerializable(typeof(RunCommand))]
[JsonSerializable(typeof(RunHistoryRow))]
internal sealed partial class RunStateJson : JsonSerializerContext
{
    /// <summary>As stored: text of any language takes its UTF-8 bytes, not six per character, so that bounds in characters hold.</summary>
    public static RunStateJson Compact { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonLimits.StoredDepthMax,
        Converters = { new InstantJsonConverter() },
    });
}

/// <summary>The API's bodies and the documents.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(WorkflowDocument))]
[JsonSerializable(typeof(WorkflowResource))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RunSteerRequest))]
[JsonSerializable(typeof(RunResource))]
[JsonSerializable(typeof(RunPreview))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RunExplanation))]
internal sealed partial class WorkflowsJson : JsonSerializerContext;
