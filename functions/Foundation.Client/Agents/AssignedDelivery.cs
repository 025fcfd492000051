using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Foundation.Client.Agents;

/// <summary>A push as it arrived: a CloudEvent in binary mode.</summary>
internal sealed record AssignedDelivery(string Id, string Type, int Attempt, string Token, RawJson Data)
{
    /// <summary>The type by which an agent that answered 202 is asked to stop.</summary>
    public const string CancelType = "foundation.task.cancel";

    public string Queue { get; private init; } = "default";

    public string? Tenant { get; private init; }

    public DateTimeOffset? Deadline { get; private init; }

    public bool IsCancel => Type == CancelType;

    /// <summary>What deliveries are told apart by.</summary>
    public string Key => $"{Id}.{Attempt.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>What the signed <c>webhook-id</c> must be: the event's headers themselves are not signed.</summary>
    public string WebhookId => IsCancel ? Key + ".cancel" : Key;

    /// <summary>Reads a request, or says why it is none.</summary>
    public static (AssignedDelivery? Delivery, string? Reason) Read(IHeaderDictionary headers, ReadOnlyMemory<byte> body)
    {
        var (id, type, token) = (Text(headers, "ce-id"), Text(headers, "ce-type"), Text(headers, "ce-token"));
        if (id is null || type is null || token is null
            || !int.TryParse(Text(headers, "ce-attempt"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt))
        {
            return (null, "A delivery is a CloudEvent in binary mode with ce-id, ce-type, ce-attempt and ce-token.");
        }

        RawJson data = default;
        if (body.Length > 0 && !RawJson.TryParse(body, out data, out var reason))
        {
            return (null, reason);
        }

        var source = Text(headers, "ce-source");
        return (new AssignedDelivery(id, type, attempt, token, data)
        {
            Queue = source is not null && source.StartsWith("/queues/", StringComparison.Ordinal) ? source[8..] : "default",
            Tenant = Text(headers, "ce-tenant"),
            Deadline = DateTimeOffset.TryParse(Text(headers, "ce-deadline"), CultureInfo.InvariantCulture, out var at) ? at : null,
        }, null);
    }

    public AssignedTask ToTask(FoundationClient client, FoundationAgentBuilder options, CancellationToken cancellation) =>
        new(client, options.Json, cancellation)
        {
            Id = Id, Type = Type, Attempt = Attempt, Queue = Queue, Tenant = Tenant, Deadline = Deadline, RawData = Data, Token = Token,
        };

    // CloudEvents HTTP binding 3.1.3.2: values are percent-encoded.
    private static string? Text(IHeaderDictionary headers, string name) =>
        headers[name] is [{ Length: > 0 } value] ? Uri.UnescapeDataString(value) : null;
}
