using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Foundation.Queues;
using Foundation.Registry;
using Foundation.Tasks;

namespace Foundation.Client;

/// <summary>The API's bodies, as a client writes and reads them: unknown members of answers are ignored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
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
[JsonSerializable(typeof(TaskUsage))]
[JsonSerializable(typeof(TaskExplanation))]
[JsonSerializable(typeof(QueueResource))]
[JsonSerializable(typeof(QueuePauseRequest))]
[JsonSerializable(typeof(InstanceRegistration))]
[JsonSerializable(typeof(InstanceResource))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(ServiceResource))]
[JsonSerializable(typeof(Listed<TaskResource>))]
[JsonSerializable(typeof(Listed<TaskAttemptResource>))]
[JsonSerializable(typeof(Listed<QueueResource>))]
[JsonSerializable(typeof(Listed<ServiceResource>))]
[JsonSerializable(typeof(Listed<InstanceResource>))]
[JsonSerializable(typeof(Listed<JsonElement>))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(AgentProblemBody))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    // Not over Default: which static of a partial class is set first is nobody's promise.
    /// <summary>With absent payloads left out: a struct is never null, and <c>"data": null</c> is something else than no data.</summary>
    public static JsonSerializerOptions Wire { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonLimits.StoredDepthMax,
        Converters = { new DurationJsonConverter() },
        TypeInfoResolver = new ClientJson().WithAddedModifier(LeaveOutEmpty),
    };

    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Wire.GetTypeInfo(typeof(T));

    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Of<T>());

    private static void LeaveOutEmpty(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.PropertyType == typeof(RawJson)))
        {
            property.ShouldSerialize = static (_, value) => value is RawJson { IsEmpty: false };
        }
    }
}

/// <summary>A page of a list.</summary>
internal sealed record Listed<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>A problem as the API sends it.</summary>
internal sealed record ProblemBody(
    string? Code, string? Title, string? Detail, string? Hint, string? TraceId, int? Status, IReadOnlyList<FoundationFault>? Errors, ProblemRetry? Retry)
{
    public FoundationException ToException(int status, TimeSpan? retryAfter = null) =>
        new(Status ?? status, Code ?? $"http.{status}", Detail ?? Title ?? $"The API answered {status}.", Errors ?? [])
        {
            Hint = Hint, TraceId = TraceId, Retryable = Retry?.Allowed ?? status >= 500, RetryAfter = Retry?.After ?? retryAfter,
        };
}

internal sealed record ProblemRetry(bool Allowed, TimeSpan? After = null);

/// <summary>A failure as an agent answers it to a push.</summary>
internal sealed record AgentProblemBody(string Code, string Detail, Retry.FailureClass? Class, bool? Retryable, int Status);
