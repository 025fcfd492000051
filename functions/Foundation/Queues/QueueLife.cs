using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Queues;

/// <summary>The durable state of a queue beside its document: whether it is paused. One row per queue, in its first partition's shard.</summary>
internal sealed record QueueLife
{
    public bool Paused { get; init; }

    public DateTimeOffset Since { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What operators do to a queue.</summary>
internal abstract record QueueCommand
{
    private QueueCommand()
    {
    }

    public sealed record Pause(string? Reason) : QueueCommand;

    public sealed record Resume : QueueCommand;
}

/// <summary>Decides. Pausing what is paused, and resuming what runs, is what the caller wanted: nothing changes.</summary>
internal static class QueueDecider
{
    public static QueueLife Decide(QueueLife life, QueueCommand command, DateTimeOffset now) => (life.Paused, command) switch
    {
        (false, QueueCommand.Pause c) => new QueueLife { Paused = true, Since = now, Reason = c.Reason },
        (true, QueueCommand.Pause) => life,
        (true, QueueCommand.Resume) => new QueueLife { Paused = false, Since = now },
        (false, QueueCommand.Resume) => life,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No arm decides this command"),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueueLife))]
internal sealed partial class QueueLifeJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(QueueResource))]
[JsonSerializable(typeof(QueuePauseRequest))]
internal sealed partial class QueuesJson : JsonSerializerContext;
