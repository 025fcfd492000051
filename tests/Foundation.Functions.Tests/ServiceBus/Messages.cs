using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Tests.Fakes;
using Foundation.Protocols;

namespace Foundation.Functions.Tests.ServiceBus;

/// <summary>Messages as the broker hands them out.</summary>
internal static class Messages
{
    public const string Lane = "tasks/queued/default/c:probe/2/default";

    public static RowKey Key(string name) => new(ProbeRoom.Rows, name);

    public static WakeUp WakeUp(string lane = Lane, string? key = "one", DateTimeOffset? at = null) => new(
        new Shard(ProbeRoom.Space, 0), lane, (at ?? Shell.Start).ToUnixTimeMilliseconds(), Promptness.Prompt, key is null ? null : Key(key));

    public static ServiceBusReceivedMessage Of(WakeUp wakeUp, int delivery = 1, string? reason = null, string? source = null) =>
        Of(BinaryData.FromBytes(WakeUpCodec.Encode(wakeUp)), delivery, reason, source);

    public static ServiceBusReceivedMessage Of(BinaryData body, int delivery = 1, string? reason = null, string? source = null) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: body, messageId: "m1", deliveryCount: delivery, deadLetterSource: source,
            properties: reason is null ? null : new Dictionary<string, object> { ["DeadLetterReason"] = reason });
}
