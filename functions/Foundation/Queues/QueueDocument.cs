using System.Text.Json.Serialization;
using Foundation.Configuration;
using Foundation.Retry;

namespace Foundation.Queues;

/// <summary>A document of <c>queues</c>. Every member has a default.</summary>
public sealed record QueueDocument
{
    /// <summary>Shards that share the queue's tasks, 1–16. One: order and limits are exact; more: throughput. Fixed once the queue holds tasks.</summary>
    public int? Partitions { get; set; }

    /// <summary>The policy of tasks that name none: by name, or inline.</summary>
    public QueueRetry Retry { get; set; } = new() { Policy = RetryKind.DefaultName };

    /// <summary>Attempts lost in a row, without an outcome, before a task is dead-lettered. 1–100.</summary>
    public int DeadLetterAfter { get; set; } = 5;

    /// <summary>How long ended tasks are kept.</summary>
    public QueueRetention Retention { get; set; } = new();
}

/// <summary>A retry policy by name, or inline.</summary>
public sealed record QueueRetry
{
    /// <summary>The name of a document of kind <c>retry-policies</c>. Not together with the other members.</summary>
    public string? Policy { get; set; }

    /// <summary>How long to wait before which retry.</summary>
    public string? Delays { get; set; }

    /// <summary>After which failures.</summary>
    public IReadOnlyList<RetryOnEntry>? RetryOn { get; set; }
}

/// <summary>How long ended tasks are kept.</summary>
public sealed record QueueRetention
{
    /// <summary>Succeeded and cancelled ones. 1m–3650d.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Succeeded { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Dead letters. 1m–3650d.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan DeadLettered { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>The kind <c>queues</c>.</summary>
internal static class QueueKind
{
    public const string Name = "queues";
    public const string DefaultName = "default";
    private const int PartitionsMax = 16;
    private const int DeadLetterAfterMax = 100;
    private static readonly TimeSpan RetentionMin = TimeSpan.FromMinutes(1);

    /// <summary>Only <c>default</c> exists by itself; its partitions are the host's.</summary>
    public static Kind<QueueDocument, QueueSettings> Create(HostProfile profile) => new(
        Name,
        QueueDocumentJson.Default.QueueDocument,
        new Dictionary<string, QueueDocument> { [DefaultName] = new() { Partitions = profile.DefaultQueuePartitions } },
        Check,
        static document => document.Retry.Policy is { } policy ? [new DocumentReference(RetryKind.Name, policy, "/retry/policy")] : [],
        Compile);

    private static void Check(string name, QueueDocument document, ICollection<Fault> faults)
    {
        if (document.Partitions is < 1 or > PartitionsMax)
        {
            faults.Add(new Fault("/partitions", ApiErrors.InvalidValue.Code, $"A queue has 1–{PartitionsMax} partitions."));
        }

        if (document.DeadLetterAfter is < 1 or > DeadLetterAfterMax)
        {
            faults.Add(new Fault("/deadLetterAfter", ApiErrors.InvalidValue.Code, $"deadLetterAfter is 1–{DeadLetterAfterMax}."));
        }

        if (document.Retention.Succeeded < RetentionMin)
        {
            faults.Add(new Fault("/retention/succeeded", ApiErrors.InvalidValue.Code, $"Tasks are kept at least {Durations.Format(RetentionMin)}."));
        }

        if (document.Retention.DeadLettered < RetentionMin)
        {
            faults.Add(new Fault("/retention/deadLettered", ApiErrors.InvalidValue.Code, $"Dead letters are kept at least {Durations.Format(RetentionMin)}."));
        }

        if (document.Retry is { Policy: not null, Delays: not null } or { Policy: not null, RetryOn: not null })
        {
            faults.Add(new Fault("/retry", ApiErrors.InvalidValue.Code, "A policy stands by name or inline, not both."));
        }
    }

    private static Outcome<QueueSettings> Compile(string name, QueueDocument document, KindCompilation compilation)
    {
        var retry = Policy(document.Retry, compilation);
        return retry.Ok
            ? new QueueSettings(
                name, document.Partitions ?? 1, retry.Value, document.DeadLetterAfter, document.Retention.Succeeded, document.Retention.DeadLettered)
            : retry.Problem!;
    }

    private static Outcome<RetryPolicy> Policy(QueueRetry retry, KindCompilation compilation)
    {
        if (retry.Policy is { } name)
        {
            // A name that is not there is reported as a reference; compiling goes on to find the other faults.
            return compilation.Find<RetryPolicy>(RetryKind.Name, name) ?? RetryPolicy.Default;
        }

        var inline = new RetryPolicyDocument();
        inline.Delays = retry.Delays ?? inline.Delays;
        inline.RetryOn = retry.RetryOn ?? inline.RetryOn;
        return inline.Compile("/retry");
    }
}

/// <summary>The JSON of the kind.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueueDocument))]
internal sealed partial class QueueDocumentJson : JsonSerializerContext;
