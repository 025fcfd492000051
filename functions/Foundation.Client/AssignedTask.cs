using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Foundation.Tasks;

namespace Foundation.Client;

/// <summary>One attempt of a task, as a handler gets it.</summary>
public sealed class AssignedTask
{
    private readonly FoundationClient _client;
    private readonly JsonSerializerOptions _json;

    internal AssignedTask(FoundationClient client, JsonSerializerOptions json, CancellationToken cancellation) =>
        (_client, _json, Cancellation) = (client, json, cancellation);

    /// <summary>The task's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>The number of this attempt: 1, 2, 3 … Effects elsewhere are idempotent by <see cref="Id"/>, not by it.</summary>
    public required int Attempt { get; init; }

    /// <summary>The queue it came from.</summary>
    public required string Queue { get; init; }

    /// <summary>Whose it is, where it is not the tenant <c>default</c>.</summary>
    public string? Tenant { get; init; }

    /// <summary>When the task's time is over, where it has a deadline.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The payload, byte for byte; empty for none.</summary>
    public RawJson RawData { get; init; }

    /// <summary>Set when somebody cancelled the task, when the attempt is lost, or when the agent stops and its patience is over.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>What the attempt consumed; set it before the handler returns.</summary>
    public TaskUsage? Usage { get; set; }

    internal string Token { get; init; } = "";

    /// <summary>The payload as a type of the agent's own.</summary>
    public T Data<T>() => RawData.Read<T>(_json);

    /// <summary>The payload, read by source-generated code.</summary>
    public T Data<T>(JsonTypeInfo<T> type) => RawData.Read(type);

    /// <summary>Tells how far the attempt is.</summary>
    /// <param name="percent">0–100.</param>
    /// <param name="message">A sentence up to 500 characters.</param>
    /// <returns>The attempt's lease, and whether somebody wants it to stop.</returns>
    public Task<TaskProgressReply> ProgressAsync(double? percent = null, string? message = null) => _client.ProgressAsync(
        Id, new TaskProgressRequest { Token = Token, Percent = percent, Message = message, Usage = Usage }, Cancellation);
}
