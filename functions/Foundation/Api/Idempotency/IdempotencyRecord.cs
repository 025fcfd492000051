using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Api;

/// <summary>How far the first request is.</summary>
[JsonConverter(typeof(KebabEnumConverter<IdempotencyStatus>))]
internal enum IdempotencyStatus
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It failed or was given up before its answer: a repeat goes on under the same ids.</summary>
    Open,

    /// <summary>It was answered.</summary>
    Answered,
}

/// <summary>What is known of a request with an <c>Idempotency-Key</c>: the state of its row.</summary>
/// <param name="Hash">SHA-256 of the body.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Process">The incarnation of the process that runs it.</param>
/// <param name="StartedAt">When that process began.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
internal sealed record IdempotencyRecord(string Hash, IdempotencyStatus Status, string Process, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>The first of the ids to create under (see <see cref="IdFactory.Derive"/>); null when the request creates nothing.</summary>
    public string? BaseId { get; init; }

    /// <summary>The shard of each id, a byte each: a route or queue that changed meanwhile must not send a repeat elsewhere.</summary>
    public byte[]? Shards { get; init; }

    /// <summary>The first answer.</summary>
    public IdempotentAnswer? Answer { get; init; }
}

/// <summary>An answer that is given again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Location"><c>Location</c>.</param>
/// <param name="ETag"><c>ETag</c>.</param>
/// <param name="MediaType"><c>Content-Type</c>.</param>
/// <param name="Body">The body; empty when there was none, or when it is too large and is made again from the rows.</param>
/// <param name="Remade">Whether a repeat runs the endpoint again, under the stored ids.</param>
internal sealed record IdempotentAnswer(int Status, string? Location, string? ETag, string? MediaType, RawJson Body, bool Remade);

/// <summary>Records as bytes.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = JsonLimits.StoredDepthMax,
    Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(IdempotencyRecord))]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
